/**
 * `hematite check-aof [--fix | --truncate-to-timestamp SECONDS] [--yes] FILE | MANIFEST`: looks through append-only files
 * without a server.
 *
 * A file, old or new, is checked by itself; a manifest (`appendonly.aof.manifest`) with all files that it names. `--fix`
 * cuts the last file behind what is right, `--truncate-to-timestamp` before what was written later than a time, where the
 * file has times (`aof-timestamp-enabled`). Both append first what a server that was killed had left with the kernel, show
 * what goes, ask, and keep a copy of the whole file beside it. Ends with status 0 if everything is right in the end, 1
 * otherwise.
 */

import {
  closeSync,
  copyFileSync,
  constants,
  existsSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { aofTakeIn, checkAof } from '../core/binding.js';
import { Manifest, ManifestError } from '../persistence/manifest.js';

const USAGE =
  'Usage: hematite check-aof [--fix | --truncate-to-timestamp <seconds>] [--yes] <file.manifest | file.aof>\n';
/** Bytes shown of what a fix takes away. */
const SHOWN_BYTES = 400;

type Check = ReturnType<typeof checkAof>;

interface Wishes {
  readonly fix: boolean;
  /** Cut before what was written later than this, Unix seconds. */
  readonly until: number | undefined;
  /** Answers yes without asking. */
  readonly yes: boolean;
}

function say(text: string): void {
  process.stdout.write(text);
}

export async function main(args: readonly string[]): Promise<void> {
  const [path, wishes] = parse(args) ?? [];
  if (path === undefined || wishes === undefined) {
    process.stderr.write(USAGE);
    process.exitCode = 1;
    return;
  }
  process.exitCode = (await run(path, wishes)) ? 0 : 1;
}

function parse(args: readonly string[]): [path: string, wishes: Wishes] | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        fix: { type: 'boolean', default: false },
        yes: { type: 'boolean', default: false },
        'truncate-to-timestamp': { type: 'string' },
      },
    });
    const [path] = positionals;
    const time = values['truncate-to-timestamp'];
    const isTime = time === undefined || (/^\d{1,15}$/.test(time) && !values.fix);
    if (path === undefined || positionals.length > 1 || !isTime) return undefined;
    return [path, { fix: values.fix, yes: values.yes, until: time === undefined ? undefined : Number(time) }];
  } catch {
    return undefined;
  }
}

async function run(path: string, wishes: Wishes): Promise<boolean> {
  if (!existsSync(path)) {
    process.stderr.write(`Cannot open file ${path}: it does not exist\n`);
    return false;
  }
  if (!looksLikeManifest(path)) return checkFile(path, wishes, true);
  return checkManifest(path, wishes);
}

/** A manifest begins with `file` or a comment; an append-only file with `*`, `#CRC:`, `#TS:` or `REDIS`. */
function looksLikeManifest(path: string): boolean {
  const head = Buffer.alloc(512);
  const descriptor = openSync(path, 'r');
  const count = readSync(descriptor, head, 0, head.length, 0);
  closeSync(descriptor);
  const lines = head.toString('latin1', 0, count).split('\n');
  return lines.find((line) => !line.startsWith('#'))?.startsWith('file ') ?? false;
}

async function checkManifest(path: string, wishes: Wishes): Promise<boolean> {
  let manifest: Manifest;
  try {
    manifest = Manifest.parse(readFileSync(path));
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    process.stderr.write(`${basename(path)}: ${error.message}\n`);
    return false;
  }
  say('Start checking Multi Part AOF\n');
  const parts = manifest.dataset;
  for (const part of parts) {
    const file = join(dirname(path), part.name);
    say(part.kind === 'b' ? 'Start to check BASE AOF.\n' : 'Start to check INCR AOF.\n');
    if (!existsSync(file)) {
      process.stderr.write(`${part.name}: the manifest names it, but it does not exist\n`);
      return false;
    }
    if (!(await checkFile(file, wishes, part === parts.at(-1)))) return false;
  }
  say('All AOF files and manifest are valid\n');
  return true;
}

/** Checks one file, and cuts it if that is wished for; whether it is right in the end. */
async function checkFile(path: string, wishes: Wishes, isLast: boolean): Promise<boolean> {
  let check = checkAof(path, wishes.until);
  if (check.left > 0 && (wishes.fix || wishes.until !== undefined)) {
    say(`Appended ${aofTakeIn(path)} bytes that a process which was killed had left with the kernel\n`);
    check = checkAof(path, wishes.until);
  } else if (check.left > 0) {
    say(
      `${check.left} more bytes were left with the kernel, in ${basename(path)}.tail, by a process that runs or was killed. ` +
        'If it was killed, the next start appends them, and so does --fix\n',
    );
  }
  if (check.ignored > 0) {
    say(`${check.ignored} bytes in ${basename(path)}.tail do not follow what the file holds, or are damaged\n`);
  }
  if (check.rdbBytes > 0) say(`The RDB preamble has ${check.rdbBytes} bytes and ${check.keys} keys\n`);
  if (typeof check.beforeLater === 'number') return cutToTime(path, check, check.beforeLater, wishes, isLast);
  say(
    `AOF analyzed: filename=${basename(path)}, size=${check.size}, commands=${check.commands}, ` +
      `checksums=${check.hasChecksums ? 'yes' : 'no'}, ok_up_to=${check.good}, diff=${check.size - check.good}\n`,
  );
  if (check.filler > 0) say(`The last ${check.filler} bytes are filler, to be written over\n`);
  if (typeof check.fault !== 'string') {
    say(`AOF ${basename(path)} is valid\n`);
    return true;
  }
  say(`AOF ${basename(path)} is not valid: at offset ${check.offset}: ${check.reason}\n`);
  if (!wishes.fix) {
    say(`Use the --fix option to try fixing it.\n`);
    return false;
  }
  return fix(path, check, wishes, isLast);
}

/** Cuts a file before what was written later than a time. */
async function cutToTime(path: string, check: Check, to: number, wishes: Wishes, isLast: boolean): Promise<boolean> {
  const [name, time] = [basename(path), wishes.until];
  if (check.commands === 0 && check.rdbBytes === 0) {
    process.stderr.write(`AOF ${name} has nothing before timestamp ${time}, aborting...\n`);
    return false;
  }
  if (!isLast) {
    process.stderr.write(
      `Failed to truncate AOF ${name} to timestamp ${time} to offset ${to} because it is not the last file.\n` +
        'If you insist, please delete all files after this file according to the manifest file and delete the ' +
        'corresponding records in manifest file manually. Then re-run hematite check-aof.\n',
    );
    return false;
  }
  if (!(await cut(path, check.size, to, wishes))) return false;
  say(`Successfully truncated AOF ${name} to timestamp ${time}\n`);
  return true;
}

async function fix(path: string, check: Check, wishes: Wishes, isLast: boolean): Promise<boolean> {
  if (check.fault === 'rdb') {
    process.stderr.write(`${basename(path)} can't be fixed: the damage is in its RDB preamble\n`);
    return false;
  }
  if (!isLast) {
    process.stderr.write(`Failed to truncate AOF ${basename(path)} because it is not the last file\n`);
    return false;
  }
  if (!(await cut(path, check.size, check.good, wishes))) return false;
  say(`Successfully truncated AOF ${basename(path)}\n`);
  return typeof checkAof(path).fault !== 'string';
}

/** Shows what goes, asks, keeps a copy, and cuts; whether that was done. */
async function cut(path: string, size: number, to: number, wishes: Wishes): Promise<boolean> {
  say(`This will shrink the AOF ${basename(path)} from ${size} bytes, with ${size - to} bytes, to ${to} bytes\n`);
  say(`What goes begins with:\n${shown(path, to)}\n`);
  if (!wishes.yes && !(await confirm('Continue? [y/N]: '))) {
    say('Aborting...\n');
    return false;
  }
  const copy = freeName(path);
  copyFileSync(path, copy, constants.COPYFILE_EXCL);
  say(`A copy of the whole file is kept as ${basename(copy)}\n`);
  const descriptor = openSync(path, 'r+');
  ftruncateSync(descriptor, to);
  fsyncSync(descriptor);
  closeSync(descriptor);
  return true;
}

function freeName(path: string): string {
  for (let number = 1; ; number += 1) {
    const name = `${path}.before-fix-${number}`;
    if (!existsSync(name)) return name;
  }
}

/** The start of what a fix takes away, one line of the file a line. */
function shown(path: string, from: number): string {
  const bytes = Buffer.alloc(SHOWN_BYTES);
  const descriptor = openSync(path, 'r');
  const count = readSync(descriptor, bytes, 0, bytes.length, from);
  closeSync(descriptor);
  const printable = (char: string) =>
    /[\x20-\x7e]/.test(char) ? char : `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`;
  return bytes
    .toString('latin1', 0, count)
    .split('\r\n')
    .map((line) => `  | ${[...line].map(printable).join('')}`)
    .join('\n');
}

async function confirm(question: string): Promise<boolean> {
  const prompt = createInterface({ input: process.stdin, output: process.stdout });
  // An input that ends says no.
  const end = new Promise<string>((resolve) => prompt.once('close', () => resolve('')));
  const answer = await Promise.race([prompt.question(question), end]);
  prompt.close();
  return answer.trim().toLowerCase().startsWith('y');
}
