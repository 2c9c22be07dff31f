/**
 * Options of the comparison.
 */

import { parseArgs } from 'node:util';

export const USAGE = `npm run bench -- [options] [PREFIX ...]      prefixes are those of --only
  --quick            a tenth of the work, except for memory: a smoke test, not figures to quote
  --only PREFIXES    only rows whose names begin so, comma separated: cpu,memory.64,tail
  --list             names the rows and ends
  --rounds N         rounds over all servers, whose median counts (default 5, with --quick 2)
  --keys N           keys of the snapshots under load (default 4 million, with --quick 400,000)
  --port N           ports from here on (default 7900)
  --rival PATH:ARGS  a third server beside; {port} and {dir} in ARGS are replaced. "--rival kevy" takes kevy from the path
                     with its own arguments (it must be installed by hand: rustup toolchain install nightly, then
                     cargo +nightly install kevy)
  --readme           also writes the newest figures of all rows that bench/record holds into README.md, between its markers
`;

const KEVY = 'kevy:--port {port} --threads 1 --no-aof --dir {dir}';

/** A rival as `{ name, program, args }`. */
function parseRival(text) {
  const [program, ...rest] = (text === 'kevy' ? KEVY : text).split(':');
  const args = rest.join(':').split(' ').filter(Boolean);
  return { name: program.split('/').at(-1), program, args: args.length > 0 ? args : ['--port', '{port}'] };
}

/** Reads the command line; ends the process for --help and for what it does not know. */
export function readOptions(args) {
  let values, positionals;
  try {
    ({ values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        quick: { type: 'boolean', default: false },
        only: { type: 'string', default: '' },
        list: { type: 'boolean', default: false },
        rounds: { type: 'string' },
        keys: { type: 'string' },
        port: { type: 'string', default: '7900' },
        rival: { type: 'string' },
        readme: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }));
  } catch (error) {
    console.error(`${error.message}\n\n${USAGE}`);
    process.exit(2);
  }
  if (values.help) {
    console.log(USAGE);
    process.exit(0);
  }
  return {
    quick: values.quick,
    only: [...values.only.split(','), ...positionals].filter(Boolean),
    list: values.list,
    rounds: Number(values.rounds ?? (values.quick ? 2 : 5)),
    keys: values.keys === undefined ? undefined : Number(values.keys),
    port: Number(values.port),
    rival: values.rival === undefined ? undefined : parseRival(values.rival),
    readme: values.readme,
  };
}
