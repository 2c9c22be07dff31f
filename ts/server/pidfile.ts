/**
 * The file that holds the process id while the server runs.
 */

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { systemErrorText } from '../config/system-error.js';

/** Where a daemon without `pidfile` writes it, as Redis does. */
export const DEFAULT_PIDFILE = '/var/run/redis.pid';

/** Writes the process id; the text says why that failed, which stops nothing. */
export function writePidfile(path: string): string | undefined {
  try {
    writeFileSync(path, `${process.pid}\n`);
    return undefined;
  } catch (error) {
    return `Failed to write PID file: ${systemErrorText(error)}`;
  }
}

/** Removes the file if it still names this process. */
export function removePidfile(path: string): void {
  try {
    if (readFileSync(path, 'utf8').trim() === String(process.pid)) rmSync(path);
  } catch {
    // It is gone already, or was never written; either way nothing is left to remove.
  }
}
