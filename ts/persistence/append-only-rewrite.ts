/**
 * What a rewrite of the append-only file makes: the names of its files, and what the native engine is asked for.
 */

import type { Config } from '../config/config.js';
import type { NativeRewrite } from '../core/binding.js';
import { type Place, folderOf } from './append-only-load.js';
import type { Manifest, Part } from './manifest.js';

/** A rewrite under way. */
export interface Rewrite {
  readonly base: Part;
  /** The file that the journal goes over to; none while no journal is kept. */
  readonly increment: Part | undefined;
  /** Its name until the base is there, where the files so far do not count or there are none. */
  readonly temporaryIncrement: string | undefined;
  /** The files so far have lost something. */
  readonly isAnew: boolean;
  readonly startedMs: number;
}

/** What decides what a rewrite makes. */
export interface Situation {
  /** Whether the native engine records writes. */
  readonly isOn: boolean;
  /** Whether the files so far have lost something. */
  readonly hasLost: boolean;
  /** Whether a journal is to be kept. */
  readonly isKept: boolean;
  /** What a rewrite that has failed has left the journal with, under a temporary name. */
  readonly left: Part | undefined;
  readonly nowMs: number;
}

/** The name of a file that the journal goes to before it counts. */
export function temporaryName(increment: Part): string {
  return `temp-${increment.name}`;
}

export function planRewrite(manifest: Manifest, place: Place, config: Config, situation: Situation): Rewrite {
  const { isOn, hasLost, isKept, left, nowMs } = situation;
  const increment = isKept ? manifest.nextIncrement(place.stem, left) : undefined;
  const isFirst = !isOn || hasLost;
  return {
    base: manifest.nextBase(place.stem, config.get('aof-use-rdb-preamble') ? 'rdb' : 'aof'),
    increment,
    temporaryIncrement: increment && isFirst ? temporaryName(increment) : undefined,
    isAnew: hasLost,
    startedMs: nowMs,
  };
}

/** What the native engine is asked for. */
export function requestOf(rewrite: Rewrite, place: Place, config: Config): NativeRewrite {
  const { increment, temporaryIncrement } = rewrite;
  return {
    directory: folderOf(place),
    ...(increment ? { incremental: temporaryIncrement ?? increment.name } : {}),
    base: rewrite.base.name,
    temporary: `temp-rewriteaof-bg-${process.pid}.aof`,
    policy: config.get('appendfsync'),
    asCommands: rewrite.base.name.endsWith('.aof'),
    version: Number(config.get('rdb-version')),
    compression: config.get('rdbcompression'),
    checksum: config.get('rdbchecksum'),
    incrementalFsync: config.get('aof-rewrite-incremental-fsync'),
    anew: rewrite.isAnew,
  };
}
