/**
 * Files by pattern, as glob(3) finds them: sorted, `*` not crossing a slash, hidden files only by name.
 */

import { existsSync, readdirSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { matchesFileGlob } from './glob.js';

/** Paths that match `pattern`, relative ones against `directory`, in byte order. */
export function globSync(pattern: string, directory: string): string[] {
  const parts = pattern.split('/').filter((part) => part !== '');
  let found = [isAbsolute(pattern) ? '/' : ''];
  for (const part of parts) found = found.flatMap((base) => step(base, part, directory));
  return found.sort();
}

function step(base: string, part: string, directory: string): string[] {
  if (!/[*?[]/.test(part)) {
    const path = join(base, part);
    return existsSync(resolve(directory, path)) ? [path] : [];
  }
  return names(resolve(directory, base))
    .filter((name) => (part.startsWith('.') || !name.startsWith('.')) && matchesFileGlob(part, name))
    .map((name) => join(base, name));
}

function names(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    // Not a directory, or not ours to read: nothing in it matches, as in glob(3).
    return [];
  }
}
