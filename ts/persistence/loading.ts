/**
 * Loading of the snapshot at the start, with what operators are told meanwhile.
 */

import { join } from 'node:path';
import { availableParallelism } from 'node:os';
import type { Config } from '../config/config.js';
import type { NativeEngine } from '../core/binding.js';
import type { SnapshotLog } from './snapshots.js';

/** The part of the engine that loads. */
export type Loader = Pick<NativeEngine, 'load' | 'loadNow' | 'loadProgress'>;
type LoadOptions = Parameters<Loader['load']>[0];
type Loaded = ReturnType<Loader['loadNow']>;
type Keep = Parameters<NativeEngine['reload']>[1];

/** Time between two lines about a load that takes long. */
const REPORT_PERIOD_MS = 2000;
const MiB = 1024 * 1024;

/** A snapshot that cannot be loaded; the message names file, offset and reason. */
export class LoadError extends Error {}

function optionsOf(config: Config): LoadOptions {
  return {
    path: join(config.get('dir'), config.get('dbfilename')),
    checksum: config.get('rdbchecksum'),
    lfu: config.get('maxmemory-policy').endsWith('lfu'),
    threads: availableParallelism(),
    keyDelay: Math.max(0, config.get('key-load-delay')),
  };
}

/** Loads the snapshot that the configuration names, if it is there; rejects with `LoadError`. */
export async function loadSnapshot(native: Loader, config: Config, log: SnapshotLog): Promise<void> {
  const options = optionsOf(config);
  const report = startReport(native, config.get('dbfilename'), log);
  const loaded = await new Promise<Loaded>((resolve) => native.load(options, resolve)).finally(report);
  settle(options, loaded, log);
}

/** The same, while the caller waits; throws `LoadError`. */
export function loadSnapshotNow(native: Loader, config: Config, log: SnapshotLog): void {
  const options = optionsOf(config);
  settle(options, native.loadNow(options), log);
}

/**
 * Loads the snapshot in the place of what is in memory, of which stays what `keep` says; throws `LoadError`, and everything is
 * as it was.
 */
export function reloadSnapshot(native: NativeEngine, config: Config, log: SnapshotLog, keep: Keep): void {
  const options = optionsOf(config);
  const loaded = native.reload(options, keep);
  if (loaded.code === 'ENOENT') throw new LoadError(`Fatal error loading the DB: ${options.path}: ${loaded.unopened}`);
  settle(options, loaded, log);
}

/** Says how far a load has come, every other second, until the function that it returns is called. */
export function startReport(native: Loader, name: string, log: SnapshotLog): () => void {
  const began = Date.now();
  const timer = setInterval(() => {
    const progress = native.loadProgress();
    const line = progress && progressLine(name, progress[0] ?? 0, progress[1] ?? 0, (Date.now() - began) / 1000);
    if (line) log.notice(line);
  }, REPORT_PERIOD_MS);
  return () => clearInterval(timer);
}

/** `Loading dump.rdb: 25 % of 812 MiB at 203 MiB/s, 3 s left`. */
export function progressLine(name: string, done: number, total: number, seconds: number): string {
  const rate = done / Math.max(seconds, 0.001);
  const left = done === 0 ? '' : `, ${Math.ceil((total - done) / rate)} s left`;
  const percent = total === 0 ? 100 : Math.floor((done * 100) / total);
  return `Loading ${name}: ${percent} % of ${Math.round(total / MiB)} MiB at ${Math.round(rate / MiB)} MiB/s${left}`;
}

function settle(options: LoadOptions, loaded: Loaded, log: SnapshotLog): void {
  if (loaded.unopened !== undefined) {
    if (loaded.code === 'ENOENT') return;
    throw new LoadError(`Fatal error loading the DB: ${options.path}: ${loaded.unopened}. Exiting.`);
  }
  describe(loaded, log);
  if (loaded.broken !== undefined) {
    throw new LoadError(`Fatal error loading the DB: ${options.path} is broken ${loaded.broken}. Exiting.`);
  }
  log.notice(`Done loading RDB, keys loaded: ${loaded.keys}, keys expired: ${loaded.expired}.`);
  log.notice(`DB loaded from disk: ${loaded.seconds.toFixed(3)} seconds`);
}

/** What the file says about itself. */
function describe(loaded: Loaded, log: SnapshotLog): void {
  for (let at = 0; at + 1 < loaded.aux.length; at += 2) {
    const [name, value] = [loaded.aux[at] as string, loaded.aux[at + 1] as string];
    if (name === 'redis-ver' || name === 'valkey-ver') log.notice(`Loading RDB produced by version ${value}`);
    if (name === 'ctime') log.notice(`RDB age ${Math.max(0, Math.floor(Date.now() / 1000) - Number(value))} seconds`);
    if (name === 'used-mem') log.notice(`RDB memory usage when created ${(Number(value) / MiB).toFixed(2)} Mb`);
  }
}
