/**
 * `hematite bench`: load for any Redis-compatible server, and what came of it, in redis-benchmark's terms.
 *
 * One JavaScript thread drives all connections, so at low pipelining the client is the limit: compare servers with it,
 * and take redis-benchmark, which is C, for a server's ceiling.
 */
import { parseArgs } from 'node:util';
import { runLoad, type LoadOptions, type LoadResult } from './bench/load.js';
import { benchTests, chooseTests, type BenchTest } from './bench/tests.js';

const USAGE = `Usage: hematite bench [OPTIONS] [cmd [arg [arg ...]]]
  -h <hostname>   Server hostname (default 127.0.0.1)
  -p <port>       Server port (default 6379)
  -s <socket>     Server socket (overrides host and port)
  -a <password>   Password for AUTH
  --user <name>   Username for AUTH
  --dbnum <db>    SELECT this database (default 0)
  -c <clients>    Parallel connections (default 50)
  -n <requests>   Total requests of each test (default 100000)
  -P <numreq>     Requests in one pipeline (default 1)
  -d <size>       Bytes of a value in SET, GET ... (default 3)
  -r <keyspace>   Random keys: __rand_int__ in a command becomes a number below <keyspace>
  -t <tests>      Only these tests, by name, comma separated (ping,set,get,incr,lpush ...)
  -q              One line a test
  --csv           CSV
  --help          This help
`;

interface BenchOptions extends LoadOptions {
  dataBytes: number;
  tests: string | undefined;
  quiet: boolean;
  csv: boolean;
  help: boolean;
  command: string[];
}

/** Run the benchmark with the words behind `hematite bench`; resolves to the exit code. */
export async function run(
  argv: string[],
  stdout: NodeJS.WritableStream = process.stdout,
  stderr: NodeJS.WritableStream = process.stderr,
): Promise<number> {
  try {
    const options = parseOptions(argv);
    if (options.help) {
      stdout.write(USAGE);
      return 0;
    }
    await runTests(options, stdout);
    return 0;
  } catch (error) {
    stderr.write(`${(error as Error).message}\n`);
    return 1;
  }
}

function parseOptions(argv: string[]): BenchOptions {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const takesValue = /^-[hpsacnPdrt]$|^--(user|dbnum)$/;
  let split = 0;
  while (split < argv.length && (argv[split] as string).startsWith('-'))
    split += takesValue.test(argv[split] as string) ? 2 : 1;
  const { values } = parseArgs({
    args: argv.slice(0, split),
    options: {
      host: { ...text, short: 'h' },
      port: { ...text, short: 'p' },
      socket: { ...text, short: 's' },
      pass: { ...text, short: 'a' },
      user: text,
      dbnum: text,
      clients: { ...text, short: 'c' },
      requests: { ...text, short: 'n' },
      pipeline: { ...text, short: 'P' },
      size: { ...text, short: 'd' },
      keyspace: { ...text, short: 'r' },
      tests: { ...text, short: 't' },
      quiet: { ...flag, short: 'q' },
      csv: flag,
      help: flag,
    },
  });
  const number = (name: keyof typeof values, fallback: number, min: number): number => {
    const value = values[name] === undefined ? fallback : Number(values[name]);
    if (!Number.isSafeInteger(value) || value < min) throw new Error(`Invalid ${name}: '${String(values[name])}'`);
    return value;
  };
  return {
    host: values.host ?? '127.0.0.1',
    port: number('port', 6379, 1),
    socket: values.socket,
    user: values.user,
    password: values.pass,
    db: number('dbnum', 0, 0),
    clients: number('clients', 50, 1),
    requests: number('requests', 100_000, 1),
    pipeline: number('pipeline', 1, 1),
    keyspace: number('keyspace', 0, 0),
    dataBytes: number('size', 3, 1),
    tests: values.tests,
    quiet: values.quiet ?? false,
    csv: values.csv ?? false,
    help: values.help ?? false,
    command: argv.slice(split),
  };
}

async function runTests(options: BenchOptions, stdout: NodeJS.WritableStream): Promise<void> {
  const known = benchTests(options.dataBytes);
  const custom: BenchTest = { name: 'custom', title: options.command.join(' '), command: options.command };
  const chosen = options.command.length > 0 ? [custom] : chooseTests(known, options.tests);
  if (options.csv) {
    stdout.write(
      '"test","rps","avg_latency_ms","min_latency_ms","p50_latency_ms","p95_latency_ms","p99_latency_ms","max_latency_ms"\n',
    );
  }
  for (const test of chosen) {
    const needed = known.find((other) => other.name === test.needs);
    if (needed) await runLoad(needed, { ...options, requests: Math.min(options.requests, 1000) });
    const result = await runLoad(test, options);
    stdout.write(
      options.csv ? csvLine(test, result) : options.quiet ? quietLine(test, result) : report(test, result, options),
    );
  }
}

const ms = (us: number): string => (us / 1000).toFixed(3);

function csvLine(test: BenchTest, { latency, requestsPerSecond }: LoadResult): string {
  const fields = [
    test.title,
    requestsPerSecond.toFixed(2),
    ms(latency.meanUs),
    ms(latency.minUs),
    ms(latency.percentileUs(50)),
    ms(latency.percentileUs(95)),
    ms(latency.percentileUs(99)),
    ms(latency.maxUs),
  ];
  return `${fields.map((field) => `"${field.replaceAll('"', '""')}"`).join(',')}\n`;
}

function quietLine(test: BenchTest, { latency, requestsPerSecond }: LoadResult): string {
  return `${test.title}: ${requestsPerSecond.toFixed(2)} requests per second, p50=${ms(latency.percentileUs(50))} msec\n`;
}

function report(test: BenchTest, { latency, seconds, requestsPerSecond }: LoadResult, options: BenchOptions): string {
  const columns: [string, number][] = [
    ['avg', latency.meanUs],
    ['min', latency.minUs],
    ['p50', latency.percentileUs(50)],
    ['p95', latency.percentileUs(95)],
    ['p99', latency.percentileUs(99)],
    ['p99.9', latency.percentileUs(99.9)],
    ['max', latency.maxUs],
  ];
  return `====== ${test.title} ======
  ${latency.count} requests completed in ${seconds.toFixed(2)} seconds
  ${options.clients} parallel clients, ${options.pipeline} in a pipeline
  ${options.dataBytes} bytes payload

Summary:
  throughput summary: ${requestsPerSecond.toFixed(2)} requests per second
  latency summary (msec):
    ${columns.map(([name]) => name.padStart(9)).join(' ')}
    ${columns.map(([, us]) => ms(us).padStart(9)).join(' ')}

`;
}

/** The subcommand: its code becomes the process's. */
export async function main(args: readonly string[]): Promise<void> {
  process.exitCode = await run([...args]);
}
