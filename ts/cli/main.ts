/**
 * The `hematite` program: picks a subcommand and loads that alone, since start-up time counts.
 *
 * Each subcommand's module exports `main(args): Promise<void> | void`. Anything that is not a subcommand's name is for
 * the server, whose command line is redis-server's: a file, options, or `-`.
 */

import { existsSync } from 'node:fs';

interface Subcommand {
  main(args: readonly string[]): Promise<void> | void;
}

/** Names computed at run time keep the type checker and a bundler from following modules that other rooms provide. */
const SUBCOMMANDS: Readonly<Record<string, string>> = {
  server: '../server/main.js',
  cli: './repl.js',
  bench: './bench.js',
  'check-aof': './check-aof.js',
  'check-rdb': './check-rdb.js',
  import: './import.js',
  rdb: './rdb.js',
};

/** The module to load and the arguments for it. */
export function pickSubcommand(args: readonly string[]): { module: string; args: readonly string[] } {
  const [first, ...rest] = args;
  const module = first !== undefined && Object.hasOwn(SUBCOMMANDS, first) ? SUBCOMMANDS[first] : undefined;
  return module === undefined ? { module: SUBCOMMANDS.server as string, args } : { module, args: rest };
}

/** The server as one file, which starts faster, where the build has made it. */
const BUNDLED_SERVER = '../bundle/server.js';

/** Runs a command line (without node and script). */
export async function run(args: readonly string[]): Promise<void> {
  const picked = pickSubcommand(args);
  const bundled = picked.module === SUBCOMMANDS.server && existsSync(new URL(BUNDLED_SERVER, import.meta.url));
  const subcommand = (await import(bundled ? BUNDLED_SERVER : picked.module)) as Subcommand;
  await subcommand.main(picked.args);
}
