/**
 * `hematite import --from redis://host (--to redis://host | --dir DIRECTORY)`: copies keys and functions of a running server to
 * another one, or into the files that a server of ours then starts from.
 *
 * Status 0: everything is there. 1: something was refused, or it could not go on. 130: it was interrupted; with --state it goes on
 * from there when it is called again.
 */

import { parseArgs } from 'node:util';
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { Connection, ConnectionError } from './connection.js';
import { copyAll, FatalRefusal, type Observer } from './import/copy.js';
import { grouped, Progress } from './import/progress.js';
import { type ImportState, loadState, removeState, saveState } from './import/state.js';
import { DirectoryTarget, type ImportTarget, ServerTarget } from './import/target.js';
import { type CliOptions, parseOptions as cliOptions, type TlsOptions, UsageError } from './options.js';
import { quote } from './quoting.js';
import { parseUri } from './uri.js';

const USAGE = `Usage: hematite import --from URI (--to URI | --dir DIRECTORY) [OPTIONS]
  --from <uri>        The source: redis://[user:password@]host[:port][/db], rediss:// for TLS
  --to <uri>          The target, in the same form
  --dir <directory>   Writes a snapshot that a server with this directory starts from
  --db <n>            Only this database (as /n behind the source's address)
  --match <pattern>   Only keys that match, as SCAN's MATCH
  --type <type>       Only keys of this type, as SCAN's TYPE
  --replace           Replaces keys that the target has already; otherwise they stay as they are
  --no-functions      Leaves libraries of functions out
  --count <n>         Keys that SCAN looks at in one call (default 1000)
  --state <file>      Notes how far it has come; called again, it goes on from there
  --cacert <file>     Authority that certificates of rediss:// must lead to
  --cert <file>       Certificate to show, with --key <file>
  --insecure          Takes any certificate
  --quiet             Shows no progress
  --help              This help
`;

/** Refusals that are shown one by one. */
const SHOWN_MAX = 10;
const INTERRUPTED = 130;

interface ImportOptions {
  readonly from: string;
  readonly to: string | undefined;
  readonly directory: string | undefined;
  readonly db: number | undefined;
  readonly match: string | undefined;
  readonly type: string | undefined;
  readonly replaces: boolean;
  readonly functions: boolean;
  readonly scanCount: number;
  readonly state: string | undefined;
  readonly tls: Partial<TlsOptions>;
  readonly quiet: boolean;
}

function parse(argv: readonly string[]): ImportOptions | undefined {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    args: [...argv],
    options: {
      ...{ from: text, to: text, dir: text, db: text, match: text, type: text, state: text },
      ...{ cacert: text, cert: text, key: text, count: { type: 'string', default: '1000' } },
      ...{ replace: flag, 'no-functions': flag, insecure: flag, quiet: flag, help: flag },
    },
  });
  if (values.help) return undefined;
  if (values.from === undefined) throw new UsageError('--from is needed');
  if ((values.to === undefined) === (values.dir === undefined)) throw new UsageError('either --to or --dir is needed');
  const number = (name: string, given: string | undefined) => {
    if (given !== undefined && !/^\d{1,9}$/.test(given)) throw new UsageError(`${name} takes a number`);
    return given === undefined ? undefined : Number(given);
  };
  return {
    from: values.from,
    to: values.to,
    directory: values.dir === undefined ? undefined : resolve(values.dir),
    db: number('--db', values.db),
    match: values.match,
    type: values.type,
    replaces: values.replace,
    functions: !values['no-functions'],
    scanCount: Math.max(1, number('--count', values.count) ?? 1000),
    state: values.state,
    tls: {
      insecure: values.insecure,
      ...(values.cacert === undefined ? {} : { caFile: values.cacert }),
      ...(values.cert === undefined ? {} : { certFile: values.cert }),
      ...(values.key === undefined ? {} : { keyFile: values.key }),
    },
    quiet: values.quiet,
  };
}

/** A server's address and credentials; the password is not part of the name. */
function addressOf(uri: string, tls: Partial<TlsOptions>): CliOptions {
  const options = cliOptions([], {});
  parseUri(options, uri);
  Object.assign(options.tls, tls);
  return options;
}

function nameOf(options: CliOptions): string {
  return `${options.host}:${options.port}`;
}

async function connect(options: CliOptions): Promise<Connection> {
  const connection = await Connection.open(options);
  if (options.password !== undefined) {
    const credentials = options.user === undefined ? [options.password] : [options.user, options.password];
    const answer = await connection.call('AUTH', ...credentials);
    if (answer.kind === 'error') throw new ConnectionError(`${nameOf(options)}: ${answer.text.toString()}`);
  }
  return connection;
}

interface SourceFacts {
  readonly runId: string;
  /** Keys by database. */
  readonly keys: ReadonlyMap<number, number>;
}

async function look(source: Connection): Promise<SourceFacts> {
  const replies = await source.callAll([
    ['INFO', 'server'],
    ['INFO', 'keyspace'],
  ]);
  const texts = replies.map((reply) => {
    if (reply.kind === 'bulk' || reply.kind === 'verbatim') return reply.text.toString();
    throw new ConnectionError(`INFO on the source: ${reply.kind === 'error' ? reply.text.toString() : reply.kind}`);
  });
  const keys = [...(texts[1] as string).matchAll(/^db(\d+):keys=(\d+)/gm)];
  return {
    runId: /^run_id:(\w+)/m.exec(texts[0] as string)?.[1] ?? '',
    keys: new Map(keys.map((match) => [Number(match[1]), Number(match[2])])),
  };
}

async function openTarget(options: ImportOptions, databases: readonly number[]): Promise<ImportTarget> {
  if (options.to !== undefined) {
    const address = addressOf(options.to, options.tls);
    return new ServerTarget(await connect(address));
  }
  const directory = options.directory as string;
  mkdirSync(directory, { recursive: true });
  const { open } = await import('../index.js');
  return new DirectoryTarget(open({ dir: directory, databases: Math.max(15, ...databases) + 1 }));
}

/** One run, from its options to its exit code. */
class Import implements Observer {
  #shown = 0;
  #progress: Progress | undefined;
  isCancelled = false;

  constructor(
    private readonly options: ImportOptions,
    private readonly stderr: NodeJS.WriteStream,
    private readonly stdout: { write(text: string): unknown },
  ) {}

  async run(): Promise<number> {
    const { options } = this;
    const from = addressOf(options.from, options.tls);
    const source = await connect(from);
    try {
      const facts = await look(source);
      const only = options.db ?? (/\/\d+(\?.*)?$/.test(options.from) ? from.db : undefined);
      const databases = only === undefined ? [...facts.keys.keys()].sort((a, b) => a - b) : [only];
      const place = options.to === undefined ? options.directory : nameOf(addressOf(options.to, options.tls));
      const task = JSON.stringify([nameOf(from), place, only ?? 'all', options.match ?? '*', options.type ?? 'any']);
      const state = loadState(options.state, task, facts.runId);
      const total = databases.reduce((sum, db) => sum + (facts.keys.get(db) ?? 0), 0);
      this.#progress = new Progress(this.stderr, total, done(state));
      return await this.#copy(source, databases, state);
    } finally {
      source.close();
    }
  }

  async #copy(source: Connection, databases: readonly number[], state: ImportState): Promise<number> {
    const target = await openTarget(this.options, databases);
    this.#keepState = target.isSafe ? (now) => this.#note(now) : () => undefined;
    let isWhole = false;
    try {
      isWhole = await copyAll(source, target, { ...this.options, databases }, state, this);
    } catch (error) {
      if (!(error instanceof ConnectionError || error instanceof FatalRefusal)) throw error;
      this.#progress?.say(error.message);
    } finally {
      // For a directory this writes the snapshot: only then is anything safe.
      target.close();
    }
    if (isWhole && this.options.state !== undefined) removeState(this.options.state);
    else this.#note(state);
    this.#tell(state, isWhole);
    if (this.isCancelled) return INTERRUPTED;
    return isWhole && state.failed === 0 ? 0 : 1;
  }

  #tell(state: ImportState, isWhole: boolean): void {
    const parts = [`${grouped(state.copied)} keys imported`];
    if (state.skipped > 0) parts.push(`${grouped(state.skipped)} were there already`);
    if (state.failed > 0) parts.push(`${grouped(state.failed)} were refused`);
    if (!isWhole) {
      const { state: path } = this.options;
      parts.push(path === undefined ? 'not everything was copied' : `call it again to go on (${path})`);
    }
    if (!this.options.quiet) this.#progress?.say(parts.join(', '));
    else if (!isWhole) this.stdout.write(`${parts.join(', ')}\n`);
  }

  #note(state: ImportState): void {
    if (this.options.state !== undefined) saveState(this.options.state, state);
  }

  #keepState: (state: ImportState) => void = () => undefined;

  progress(state: ImportState, db: number, bytes: number): void {
    if (!this.options.quiet) this.#progress?.update(db, done(state), bytes);
  }

  refused(db: number, key: Buffer, reason: string): void {
    this.#shown += 1;
    if (this.#shown <= SHOWN_MAX) this.#progress?.say(`db${db} ${quote(key)}: ${reason}`);
    else if (this.#shown === SHOWN_MAX + 1) this.#progress?.say('further refusals are counted');
  }

  note(text: string): void {
    this.#progress?.say(text);
  }

  checkpoint(state: ImportState): void {
    this.#keepState(state);
  }
}

function done(state: ImportState): number {
  return state.copied + state.skipped + state.failed;
}

/** Runs the words behind `hematite import`; the exit code. */
export async function run(argv: readonly string[]): Promise<number> {
  let options: ImportOptions | undefined;
  try {
    options = parse(argv);
    if (options) addressOf(options.from, options.tls);
    if (options?.to !== undefined) addressOf(options.to, options.tls);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${USAGE}`);
    return 2;
  }
  if (!options) {
    process.stdout.write(USAGE);
    return 0;
  }
  const task = new Import(options, process.stderr, process.stdout);
  const cancel = () => void (task.isCancelled = true);
  process.once('SIGINT', cancel);
  process.once('SIGTERM', cancel);
  try {
    return await task.run();
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    return 1;
  } finally {
    process.off('SIGINT', cancel);
    process.off('SIGTERM', cancel);
  }
}

export async function main(args: readonly string[]): Promise<void> {
  process.exitCode = await run(args);
}
