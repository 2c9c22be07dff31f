/**
 * Room for as many connections as `maxclients` says: each takes a file, and the process needs some itself.
 */

import type { Config } from '../config/config.js';
import type { NativeEngine } from '../core/binding.js';
import type { Log } from './log.js';

/** Files that the process needs besides connections. */
export const RESERVED = 32;

/** Raises the limit of open files, or says that there will be fewer clients; returns how many there may be. */
export function makeRoom(native: Pick<NativeEngine, 'raiseFileLimit'>, config: Config, log: Log): number {
  const wanted = config.get('maxclients');
  const { before, after, error } = native.raiseFileLimit(wanted + RESERVED);
  if (after >= wanted + RESERVED) {
    if (after > before) {
      log.notice(`Increased maximum number of open files to ${after} (it was originally set to ${before}).`);
    }
    return wanted;
  }
  const left = Math.max(after - RESERVED, 1);
  log.warning(`You requested maxclients of ${wanted} requiring at least ${wanted + RESERVED} max file descriptors.`);
  log.warning(`Server can't set maximum open files to ${wanted + RESERVED} because of OS error: ${error ?? 'none'}.`);
  log.warning(
    `Current maximum open files is ${after}. maxclients has been reduced to ${left} to compensate for low ulimit. If you need higher maxclients increase 'ulimit -n'.`,
  );
  return left;
}
