/**
 * Files as the control plane of persistence sees them: small ones that are replaced whole, and names.
 *
 * An interface, so that tests can put a disk in its place that fails at the n-th call or ends within one. What is large is
 * read and written by the native engine.
 */

import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

export interface Files {
  exists(path: string): boolean;
  /** Bytes of a file. */
  size(path: string): number;
  read(path: string): Buffer;
  /** Names in a directory. */
  list(directory: string): string[];
  /** Makes a directory if it is not there. */
  makeDirectory(path: string): void;
  /** Makes an empty file, which takes the place of one that was there; its name would survive a loss of power. */
  create(path: string): void;
  /** Puts bytes in the place of a file: whoever looks, and whatever happens, finds the old ones or the new ones. */
  replace(path: string, bytes: Buffer): void;
  /** Gives a file another name; the name would survive a loss of power. */
  rename(from: string, to: string): void;
  remove(path: string): void;
}

function syncDirectory(path: string): void {
  // Elsewhere directories can't be opened, and need not be synced.
  if (process.platform === 'win32') return;
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function write(path: string, bytes: Buffer): void {
  const descriptor = openSync(path, 'w', 0o644);
  try {
    for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** The files of the system. */
export const disk: Files = {
  exists: existsSync,
  size: (path) => statSync(path).size,
  read: (path) => readFileSync(path),
  list: (directory) => readdirSync(directory),
  makeDirectory: (path) => void mkdirSync(path, { recursive: true, mode: 0o755 }),
  create(path) {
    write(path, Buffer.alloc(0));
    syncDirectory(dirname(path));
  },
  replace(path, bytes) {
    const temporary = `${dirname(path)}/temp-${path.slice(dirname(path).length + 1)}`;
    try {
      write(temporary, bytes);
      renameSync(temporary, path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
    syncDirectory(dirname(path));
  },
  rename(from, to) {
    renameSync(from, to);
    syncDirectory(dirname(to));
  },
  remove: (path) => rmSync(path, { force: true }),
};

/** What went wrong, in the system's words where it has any. */
export function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Node's text: `ENOSPC: no space left on device, open 'name'`.
  const words = /^[A-Z0-9]+: ([^,]+)/.exec(error.message)?.[1] ?? error.message;
  return words.charAt(0).toUpperCase() + words.slice(1);
}
