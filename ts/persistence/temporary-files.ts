/**
 * Temporary files that a process left behind when it was killed while it saved or rewrote: `temp-<pid>.rdb`,
 * `temp-rewriteaof-bg-<pid>.aof`.
 */

import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const TEMPORARY = /^temp-(?:(\d+)\.rdb|rewriteaof-bg-(\d+)\.aof)$/;

/** Whether a process of this number runs. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It runs, and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Removes those of processes that are gone (and of this one's predecessor with the same number); their names. */
export function removeStaleFiles(directory: string): string[] {
  const removed: string[] = [];
  try {
    for (const name of readdirSync(directory)) {
      const match = TEMPORARY.exec(name);
      const pid = Number(match?.[1] ?? match?.[2] ?? 0);
      if (pid === 0 || (pid !== process.pid && isAlive(pid))) continue;
      rmSync(join(directory, name), { force: true });
      removed.push(name);
    }
  } catch {
    // What can't be listed or removed disturbs nobody; saving there will say what is wrong.
  }
  return removed;
}
