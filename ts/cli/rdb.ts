/**
 * `hematite rdb FILE`: what an RDB file holds: as JSON, as a report of memory by type and by the keys' first words, or as
 * an HTML page that plots sizes by type.
 */
import { writeFileSync, writeSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { measureRdbFile, printRdbFile } from '../core/binding.js';
import { shown } from './check-rdb.js';
import { type MemoryReport, type RdbMemory, plotMemory } from './rdb-page.js';

const USAGE = `Usage: hematite rdb FILE [--json | --memory | --html OUT] [OPTIONS]
  --json               Everything, as a JSON array with one key a line (default)
  --memory             What keys take in memory, by type and by their first words
  --html <out>         The same as a page with plots of sizes by type
  --prefix-depth <n>   Words of a key that are told apart (default 1: user:1:name counts as user:)
  --separator <c>      What ends a word (default :)
  --top <n>            Prefixes that are shown (default 20)
  --help               This help
`;

interface RdbOptions {
  readonly path: string;
  readonly mode: 'json' | 'memory' | 'html';
  readonly out: string;
  readonly depth: number;
  readonly separator: string;
  readonly top: number;
}

function parseOptions(argv: readonly string[]): RdbOptions | undefined {
  const { values, positionals } = parseArgs({
    args: [...argv],
    options: {
      json: { type: 'boolean', default: false },
      memory: { type: 'boolean', default: false },
      html: { type: 'string' },
      'prefix-depth': { type: 'string', default: '1' },
      separator: { type: 'string', default: ':' },
      top: { type: 'string', default: '20' },
      help: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  if (values.help) return undefined;
  const [path] = positionals;
  if (path === undefined || positionals.length > 1) throw new Error('one FILE is needed');
  if (Number(values.json) + Number(values.memory) + Number(values.html !== undefined) > 1) {
    throw new Error('--json, --memory and --html exclude each other');
  }
  if (!/^[\x20-\x7e]$/.test(values.separator)) throw new Error('--separator takes one character');
  const mode = values.html === undefined ? (values.memory ? 'memory' : 'json') : 'html';
  return {
    path,
    mode,
    out: values.html ?? '',
    depth: count('--prefix-depth', values['prefix-depth']),
    separator: values.separator,
    top: count('--top', values.top),
  };
}

function count(name: string, text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new Error(`${name} takes a number`);
  return Number(text);
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** A size for people: `1.5 MiB`. */
export function size(bytes: number): string {
  let unit = 0;
  while (bytes >= 1024 && unit < UNITS.length - 1) {
    bytes /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? bytes : bytes.toFixed(1)} ${UNITS[unit]}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((word, at) => Math.max(word.length, ...rows.map((row) => (row[at] as string).length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] as number) : cell.padStart(widths[at] as number)))
      .join('  ')
      .trimEnd();
  return [line(head), ...rows.map(line)];
}

function cells(figures: RdbMemory, total: number): string[] {
  const share = total === 0 ? 0 : (100 * figures.bytes) / total;
  const mean = figures.keys === 0 ? 0 : Math.round(figures.bytes / figures.keys);
  return [
    String(figures.keys),
    size(figures.bytes),
    `${share.toFixed(1)} %`,
    size(mean),
    size(figures.bytesMax),
    String(figures.expires),
  ];
}

const COLUMNS = ['keys', 'memory', 'share', 'mean', 'largest', 'expiring'];

/** The report as a text. */
export function describeMemory(report: MemoryReport, top: number): string {
  const total = report.total.bytes;
  const prefixes = report.prefixes.slice(0, top);
  const more = report.prefixes.length - prefixes.length;
  return [
    `${report.total.keys} keys take ${size(total)}`,
    '',
    ...table(
      ['type', ...COLUMNS],
      report.types.map((type) => [type.type, ...cells(type, total)]),
    ),
    '',
    ...table(
      ['prefix', ...COLUMNS],
      prefixes.map((each) => [prefixName(each.prefix), ...cells(each, total)]),
    ),
    ...(more > 0 ? [`and ${more} more`] : []),
    '',
    ...table(
      ['largest keys', 'db', 'type', 'memory'],
      report.largest.map((key) => [shown(key.key), String(key.db), key.type, size(key.bytes)]),
    ),
    '',
  ].join('\n');
}

function prefixName(prefix: MemoryReport['prefixes'][number]['prefix']): string {
  if (prefix === null) return '(further prefixes)';
  return prefix === '' ? '(no prefix)' : shown(prefix);
}

/** Runs the words behind `hematite rdb`; the exit code. */
export function run(
  argv: readonly string[],
  write: (text: string) => void = writeAll,
  stderr: NodeJS.WritableStream = process.stderr,
): number {
  let options: RdbOptions | undefined;
  try {
    options = parseOptions(argv);
  } catch (error) {
    stderr.write(`${(error as Error).message}\n${USAGE}`);
    return 2;
  }
  if (!options) {
    write(USAGE);
    return 0;
  }
  // What goes wrong with the output is not the file's fault, though it comes out of the reading of the file.
  let unwritten: unknown;
  const writeOrTell = (text: string): void => {
    try {
      write(text);
    } catch (error) {
      unwritten = error;
      throw error;
    }
  };
  try {
    if (options.mode === 'json') {
      printRdbFile(options.path, writeOrTell);
      return 0;
    }
    const report = JSON.parse(measureRdbFile(options.path, options.depth, options.separator)) as MemoryReport;
    if (options.mode === 'memory') writeOrTell(describeMemory(report, options.top));
    else writeFileSync(options.out, plotMemory(options.path, report, options.top));
    return 0;
  } catch (error) {
    // Nobody reads on.
    if ((unwritten as NodeJS.ErrnoException | undefined)?.code === 'EPIPE') return 0;
    stderr.write(`${((unwritten ?? error) as Error).message}\n`);
    return 1;
  }
}

/** Writes to the standard output and waits: chunks come faster than a pipe takes them. */
function writeAll(text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

export function main(args: readonly string[]): void {
  process.exitCode = run(args);
}
