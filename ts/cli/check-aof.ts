/**
 * `hematite check-aof [--fix] [--yes] FILE | MANIFEST`: looks through append-only files without a server.
 *
 * A file, old or new, is checked by itself; a manifest (`appendonly.aof.manifest`) with all files that it names. `--fix`
 * appends what a server that was killed had left with the kernel, and cuts the last file behind what is right: it shows
 * what goes, asks, and keeps a copy of the whole file beside it. Ends
 * with status 0 if everything is right in the end, 1 otherwise.
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
import { aofTakeIn, checkAof } from '../core/binding.js';
import { Manifest, ManifestError } from '../persistence/manifest.js';

const USAGE = 'Usage: hematite check-aof [--fix] [--yes] <file.manifest | file.aof>\n';
/** Bytes shown of what a fix takes away. */
const SHOWN_BYTES = 400;

type Check = ReturnType<typeof checkAof>;

interface Wishes {
  readonly fix: boolean;
  /** Answers yes without asking. */
  readonly yes: boolean;
}

function say(text: string): void {
  process.stdout.write(text);
}

export async function main(args: readonly string[]): Promise<void> {
  const words = args.filter((word) => !word.startsWith('--'));
  const options = args.filter((word) => word.startsWith('--'));
  const isKnown = options.every((word) => word === '--fix' || word === '--yes');
  if (words.length !== 1 || !isKnown) {
    process.stderr.write(USAGE);
    process.exitCode = 1;
    return;
  }
  const wishes = { fix: options.includes('--fix'), yes: options.includes('--yes') };
  process.exitCode = (await run(words[0] as string, wishes)) ? 0 : 1;
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
  let check = checkAof(path);
  if (check.left > 0 && wishes.fix) {
    say(`Appended ${aofTakeIn(path)} bytes that a process which was killed had left with the kernel\n`);
    check = checkAof(path);
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

async function fix(path: string, check: Check, wishes: Wishes, isLast: boolean): Promise<boolean> {
  if (check.fault === 'rdb') {
    process.stderr.write(`${basename(path)} can't be fixed: the damage is in its RDB preamble\n`);
    return false;
  }
  if (!isLast) {
    process.stderr.write(`Failed to truncate AOF ${basename(path)} because it is not the last file\n`);
    return false;
  }
  say(
    `This will shrink the AOF ${basename(path)} from ${check.size} bytes, with ${check.size - check.good} bytes, to ${check.good} bytes\n`,
  );
  say(`What goes begins with:\n${shown(path, check.good)}\n`);
  if (!wishes.yes && !(await confirm('Continue? [y/N]: '))) {
    say('Aborting...\n');
    return false;
  }
  const copy = freeName(path);
  copyFileSync(path, copy, constants.COPYFILE_EXCL);
  say(`A copy of the whole file is kept as ${basename(copy)}\n`);
  const descriptor = openSync(path, 'r+');
  ftruncateSync(descriptor, check.good);
  fsyncSync(descriptor);
  closeSync(descriptor);
  say(`Successfully truncated AOF ${basename(path)}\n`);
  return typeof checkAof(path).fault !== 'string';
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
  const answer = await prompt.question(question);
  prompt.close();
  return answer.trim().toLowerCase().startsWith('y');
}
