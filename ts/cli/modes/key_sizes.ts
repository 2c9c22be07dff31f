/**
 * `--bigkeys` and `--memkeys`: walk the keyspace with SCAN, ask each key's type and size (elements, or bytes of memory),
 * print each new record as it is found, and the figures by type at the end. Ctrl-C goes straight to the figures.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Reply } from '../../core/resp.js';
import type { Connection } from '../connection.js';
import type { Output } from '../command.js';
import type { CliOptions } from '../options.js';
import { quote } from '../quoting.js';
import { ModeError, scanBatches } from './scan.js';

interface TypeFigures {
  name: string;
  command: string;
  unit: string;
  biggest: number;
  biggestKey: string | undefined;
  count: number;
  total: number;
}

const TYPES: readonly (readonly [name: string, command: string, unit: string])[] = [
  ['list', 'LLEN', 'items'],
  ['hash', 'HLEN', 'fields'],
  ['string', 'STRLEN', 'bytes'],
  ['stream', 'XLEN', 'entries'],
  ['set', 'SCARD', 'members'],
  ['zset', 'ZCARD', 'members'],
];
/** Types that are told only where there are any, as redis-cli does with those that it does not know. */
const LATER_TYPES: ReadonlyMap<string, readonly [command: string, unit: string]> = new Map([
  ['array', ['ARCOUNT', 'elements']],
]);
const PROGRESS_KEYS = 1_000_000;

/** `007.50`-like percentages: five characters at least, zeros in front. */
export function percent(part: number, whole: number): string {
  return `${(whole === 0 ? 0 : (100 * part) / whole).toFixed(2).padStart(5, '0')}%`;
}

/** @throws ModeError, ConnectionError */
export async function keySizesMode(
  connection: Connection,
  options: CliOptions,
  output: Output,
  signal: AbortSignal,
): Promise<number> {
  const sampler = new KeySizes(connection, options, output);
  await sampler.walk(signal);
  sampler.summarize();
  return 0;
}

/** Number of keys in the database. @throws ModeError */
export async function databaseSize(connection: Connection): Promise<number> {
  const reply = await connection.call('DBSIZE');
  if (reply.kind === 'integer') return Number(reply.value);
  throw new ModeError(
    reply.kind === 'error'
      ? `Couldn't determine DBSIZE: ${reply.text.toString()}`
      : 'Non INTEGER response from DBSIZE!',
  );
}

export const INTERVAL_NOTICE = `# average sizes per key type.  You can use -i 0.1 to sleep 0.1 sec
# per 100 SCAN commands (not usually needed).
`;

class KeySizes {
  readonly #connection: Connection;
  readonly #options: CliOptions;
  readonly #output: Output;
  readonly #types = new Map<string, TypeFigures>();
  #sampled = 0;
  #keyBytes = 0;
  #databaseKeys = 0;

  constructor(connection: Connection, options: CliOptions, output: Output) {
    this.#connection = connection;
    this.#options = options;
    this.#output = output;
    for (const [name, command, unit] of TYPES) this.#type(name, command, unit);
  }

  #type(name: string, command = '', unit = '?'): TypeFigures {
    let figures = this.#types.get(name);
    if (!figures) {
      const inBytes = this.#options.mode === 'memkeys';
      figures = {
        name,
        command,
        unit: inBytes ? 'bytes' : unit,
        biggest: 0,
        biggestKey: undefined,
        count: 0,
        total: 0,
      };
      this.#types.set(name, figures);
    }
    return figures;
  }

  async walk(signal: AbortSignal): Promise<void> {
    this.#databaseKeys = await databaseSize(this.#connection);
    this.#output.write(`\n# Scanning the entire keyspace to find biggest keys as well as\n${INTERVAL_NOTICE}\n`);
    let batches = 0;
    for await (const keys of scanBatches(this.#connection, this.#options)) {
      if (signal.aborted) break;
      await this.#sample(keys);
      if (this.#options.intervalMs > 0 && ++batches % 100 === 0) await sleep(this.#options.intervalMs);
    }
  }

  async #sample(keys: Buffer[]): Promise<void> {
    const done = percent(this.#sampled, this.#databaseKeys);
    const types = (await this.#connection.callAll(keys.map((key) => ['TYPE', key]))).map((reply) =>
      this.#type(statusText(reply), ...(LATER_TYPES.get(statusText(reply)) ?? [])),
    );
    const present = keys
      .map((key, i) => ({ key, type: types[i] as TypeFigures }))
      .filter(({ type }) => type.name !== 'none');
    const sized = present.filter(({ type }) => this.#options.mode === 'memkeys' || type.command !== '');
    const sizes = await this.#connection.callAll(sized.map(({ key, type }) => this.#sizeCommand(key, type)));
    const sizeOf = new Map(sized.map(({ key }, i) => [key, integer(sizes[i] as Reply)]));
    for (const { key, type } of present) this.#count(key, type, sizeOf.get(key) ?? 0, done);
  }

  #sizeCommand(key: Buffer, type: TypeFigures): (string | Buffer)[] {
    if (this.#options.mode === 'bigkeys') return [type.command, key];
    const samples = this.#options.memkeysSamples;
    return samples === undefined ? ['MEMORY', 'USAGE', key] : ['MEMORY', 'USAGE', key, 'SAMPLES', String(samples)];
  }

  #count(key: Buffer, type: TypeFigures, size: number, done: string): void {
    type.count++;
    type.total += size;
    this.#keyBytes += key.length;
    this.#sampled++;
    if (type.biggest < size) {
      type.biggest = size;
      type.biggestKey = quote(key);
      this.#output.write(
        `[${done}] Biggest ${type.name.padEnd(6)} found so far '${type.biggestKey}' with ${size} ${type.unit}\n`,
      );
    }
    if (this.#sampled % PROGRESS_KEYS === 0) this.#output.write(`[${done}] Sampled ${this.#sampled} keys so far\n`);
  }

  summarize(): void {
    const average = this.#sampled === 0 ? 0 : this.#keyBytes / this.#sampled;
    const lines = [
      '',
      '-------- summary -------',
      '',
      `Sampled ${this.#sampled} keys in the keyspace!`,
      `Total key length in bytes is ${this.#keyBytes} (avg len ${average.toFixed(2)})`,
      '',
    ];
    const types = [...this.#types.values()].filter((type) => type.name !== 'none');
    for (const type of types) {
      if (type.biggestKey === undefined) continue;
      lines.push(`Biggest ${type.name.padStart(6)} found '${type.biggestKey}' has ${type.biggest} ${type.unit}`);
    }
    lines.push('');
    for (const type of types) {
      const mean = (type.count === 0 ? 0 : type.total / type.count).toFixed(2);
      const share = percent(type.count, this.#sampled);
      lines.push(`${type.count} ${type.name}s with ${type.total} ${type.unit} (${share} of keys, avg size ${mean})`);
    }
    this.#output.write(`${lines.join('\n')}\n`);
  }
}

function statusText(reply: Reply): string {
  return reply.kind === 'status' || reply.kind === 'bulk' ? reply.text.toString() : 'none';
}

/** Keys that went or changed their type meanwhile count as empty. */
function integer(reply: Reply): number {
  return reply.kind === 'integer' ? Number(reply.value) : 0;
}
