/**
 * `hematite check-rdb FILE`: whether an RDB file is whole, and what it holds. Every byte is read and every value
 * validated; what is wrong is told with its offset.
 */
import { parseArgs } from 'node:util';
import { checkRdbFile } from '../core/binding.js';

const USAGE = `Usage: hematite check-rdb [--json] FILE
Reads an RDB file (Redis 1 to 12, Valkey 80) to its end, validates every value and compares the checksum.
  --json   The figures as JSON
  --help   This help
Exit code: 0 the file is whole, 1 it is not, 2 the command line is wrong
`;

/** Bytes of JSON that are not UTF-8. */
export interface Base64 {
  readonly base64: string;
}

interface RdbFigures {
  readonly version: number;
  readonly bytes: number;
  readonly checksum: string;
  readonly isChecked: boolean;
  readonly keys: number;
  readonly expires: number;
  readonly expired: number;
  readonly empty: number;
  readonly functions: number;
  readonly databases: readonly { readonly db: number; readonly keys: number }[];
  readonly types: readonly { readonly type: string; readonly keys: number }[];
  readonly aux: readonly { readonly name: string | Base64; readonly value: string | Base64 }[];
  readonly modules: readonly { readonly name: string }[];
}

/** A text of a report; bytes that are no text are shown escaped. */
export function shown(text: string | Base64): string {
  if (typeof text === 'string') return text;
  const bytes = Buffer.from(text.base64, 'base64');
  return Array.from(bytes, (byte) =>
    byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`,
  ).join('');
}

function describe(path: string, figures: RdbFigures): string {
  const magic = figures.version >= 80 ? 'VALKEY' : 'REDIS';
  const lines = [
    `${path}: RDB version ${figures.version} (${magic}), ${figures.bytes} bytes`,
    figures.isChecked ? `checksum ${figures.checksum} is right` : 'the file has no checksum',
    `${figures.keys} keys, ${figures.expires} with an expiry, ${figures.expired} expired`,
    ...figures.databases.map(({ db, keys }) => `  database ${db}: ${keys} keys`),
    ...figures.types.map(({ type, keys }) => `  ${type}: ${keys} keys`),
  ];
  if (figures.empty > 0) lines.push(`${figures.empty} empty collections, which are left out`);
  if (figures.functions > 0) lines.push(`${figures.functions} libraries of functions`);
  for (const { name } of figures.modules) lines.push(`data of the module '${name}', which is passed over`);
  for (const { name, value } of figures.aux) lines.push(`  ${shown(name)}: ${shown(value)}`);
  return `${lines.join('\n')}\nThe file is whole.\n`;
}

/** Checks the file that the words behind `hematite check-rdb` name; the exit code. */
export function run(
  argv: readonly string[],
  stdout: NodeJS.WritableStream = process.stdout,
  stderr: NodeJS.WritableStream = process.stderr,
): number {
  let path: string | undefined;
  let asJson: boolean;
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      options: { json: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
      allowPositionals: true,
    });
    if (values.help) {
      stdout.write(USAGE);
      return 0;
    }
    [path] = positionals;
    asJson = values.json;
    if (path === undefined || positionals.length > 1) throw new Error('one FILE is needed');
  } catch (error) {
    stderr.write(`${(error as Error).message}\n${USAGE}`);
    return 2;
  }
  try {
    const json = checkRdbFile(path);
    stdout.write(asJson ? `${json}\n` : describe(path, JSON.parse(json) as RdbFigures));
    return 0;
  } catch (error) {
    stderr.write(`${(error as Error).message}\n`);
    return 1;
  }
}

export function main(args: readonly string[]): void {
  process.exitCode = run(args);
}
