/**
 * The copying itself: SCAN, PTTL and DUMP on the source, RESTORE on the target, one batch read while the one before is written.
 *
 * The state moves on only once a batch is on the target. A refusal of one key is counted and told; a refusal that would hit every
 * key (no memory, no rights, no disk) ends the import, which can go on from its state later.
 */

import type { Reply } from '../../core/resp.js';
import type { Connection } from '../connection.js';
import type { ImportState } from './state.js';
import type { Entry, ImportTarget } from './target.js';

/** Bytes of values that are asked for at once, about. */
const BATCH_BYTES = 8 << 20;
/** Keys that are asked for at once, at most. */
const BATCH_KEYS = 256;
/** What says that going on is of no use. */
const FATAL = /^(OOM|MISCONF|READONLY|NOAUTH|NOPERM|LOADING|MASTERDOWN|CLUSTERDOWN|MOVED|NOREPLICAS)\b/;

export interface CopyOptions {
  readonly match: string | undefined;
  readonly type: string | undefined;
  readonly scanCount: number;
  readonly replaces: boolean;
  readonly functions: boolean;
  /** Databases to copy, in order. */
  readonly databases: readonly number[];
}

/** Is told how it goes. */
export interface Observer {
  progress(state: ImportState, db: number, bytes: number): void;
  refused(db: number, key: Buffer, reason: string): void;
  note(text: string): void;
  /** What the state says is on the target. */
  checkpoint(state: ImportState): void;
  readonly isCancelled: boolean;
}

/** A refusal that every key would meet. */
export class FatalRefusal extends Error {}

/** Copies until everything is there or it is called off; whether everything is. */
export async function copyAll(
  source: Connection,
  target: ImportTarget,
  options: CopyOptions,
  state: ImportState,
  observer: Observer,
): Promise<boolean> {
  if (options.functions && !state.functions) await copyFunctions(source, target, options, observer);
  state.functions = true;
  for (const db of options.databases) {
    if (state.done.includes(db)) continue;
    if (state.db !== db) [state.db, state.cursor] = [db, '0'];
    if (!(await copyDatabase(source, target, options, state, observer, db))) return false;
    state.done.push(db);
    [state.db, state.cursor] = [undefined, '0'];
    observer.checkpoint(state);
  }
  return true;
}

async function copyFunctions(
  source: Connection,
  target: ImportTarget,
  options: CopyOptions,
  observer: Observer,
): Promise<void> {
  const dumped = await source.call('FUNCTION', 'DUMP');
  // Before Redis 7 there were none.
  if (dumped.kind !== 'bulk') return;
  const refusal = await target.functions(dumped.text, options.replaces);
  if (refusal !== undefined) observer.note(`functions were not imported: ${refusal}`);
}

function expectOk(reply: Reply, what: string): void {
  if (reply.kind === 'error') throw new FatalRefusal(`${what}: ${reply.text.toString()}`);
}

async function copyDatabase(
  source: Connection,
  target: ImportTarget,
  options: CopyOptions,
  state: ImportState,
  observer: Observer,
  db: number,
): Promise<boolean> {
  expectOk(await source.call('SELECT', `${db}`), `SELECT ${db} on the source`);
  let writing: Promise<void> = Promise.resolve();
  let cursor = state.cursor;
  try {
    do {
      const page = await scan(source, cursor, options);
      const next = page.cursor;
      for (const keys of batches(page.keys)) {
        const entries = await fetch(source, keys, db, state, observer);
        await writing;
        if (observer.isCancelled) return false;
        writing = write(target, db, entries, options, state, observer);
        // A refusal shows when the batch is waited for.
        writing.catch(() => undefined);
      }
      const done = writing.then(() => {
        state.cursor = next;
        observer.checkpoint(state);
      });
      done.catch(() => undefined);
      writing = done;
      cursor = next;
    } while (cursor !== '0' && !observer.isCancelled);
  } finally {
    await writing;
  }
  return cursor === '0';
}

async function scan(
  source: Connection,
  cursor: string,
  options: CopyOptions,
): Promise<{ cursor: string; keys: Buffer[] }> {
  const reply = await source.call(
    ...['SCAN', cursor, 'COUNT', `${options.scanCount}`],
    ...(options.match === undefined ? [] : ['MATCH', options.match]),
    ...(options.type === undefined ? [] : ['TYPE', options.type]),
  );
  expectOk(reply, 'SCAN on the source');
  const [next, keys] = reply.kind === 'array' ? reply.items : [];
  if (next?.kind !== 'bulk' || keys?.kind !== 'array') throw new FatalRefusal('SCAN on the source: not its reply');
  // A page may name a key twice.
  const unique = new Map(keys.items.map((item) => [item.kind === 'bulk' ? item.text.toString('latin1') : '', item]));
  return {
    cursor: next.text.toString(),
    keys: [...unique.values()].flatMap((item) => (item.kind === 'bulk' ? [Buffer.from(item.text)] : [])),
  };
}

function* batches(keys: readonly Buffer[]): Generator<readonly Buffer[]> {
  for (let at = 0; at < keys.length; at += BATCH_KEYS) yield keys.slice(at, at + BATCH_KEYS);
}

/** Times to live and values of keys; what has gone since is left out. Large values are fetched in parts of the batch. */
async function fetch(
  source: Connection,
  keys: readonly Buffer[],
  db: number,
  state: ImportState,
  observer: Observer,
): Promise<Entry[]> {
  const entries: Entry[] = [];
  let [at, step, bytes] = [0, keys.length, 0];
  while (at < keys.length) {
    const part = keys.slice(at, at + step);
    const replies = await source.callAll(part.flatMap((key) => [['PTTL', key], ['DUMP', key]])); // prettier-ignore
    let partBytes = 0;
    part.forEach((key, index) => {
      const [ttl, value] = [replies[2 * index], replies[2 * index + 1]];
      if (value?.kind === 'error') {
        const reason = value.text.toString();
        if (FATAL.test(reason)) throw new FatalRefusal(`DUMP on the source: ${reason}`);
        state.failed += 1;
        observer.refused(db, key, `DUMP: ${reason}`);
      }
      if (value?.kind !== 'bulk' || ttl?.kind !== 'integer') return;
      // 0 would be for ever.
      const ttlMs = Number(ttl.value) < 0 ? 0 : Math.max(1, Number(ttl.value));
      entries.push({ key, payload: Buffer.from(value.text), ttlMs });
      partBytes += value.text.length;
    });
    at += part.length;
    bytes += partBytes;
    // What comes next will be about as large.
    const mean = Math.max(1, bytes / at);
    step = Math.max(1, Math.min(BATCH_KEYS, Math.floor(BATCH_BYTES / mean)));
  }
  return entries;
}

async function write(
  target: ImportTarget,
  db: number,
  entries: readonly Entry[],
  options: CopyOptions,
  state: ImportState,
  observer: Observer,
): Promise<void> {
  if (entries.length === 0) return;
  const errors = await target.restore(db, entries, options.replaces);
  let bytes = 0;
  entries.forEach((entry, index) => {
    const error = errors[index];
    bytes += entry.payload.length;
    if (error === undefined) state.copied += 1;
    else if (error.startsWith('BUSYKEY') && !options.replaces) state.skipped += 1;
    else if (FATAL.test(error)) throw new FatalRefusal(`RESTORE on the target: ${error}`);
    else {
      state.failed += 1;
      observer.refused(db, entry.key, error);
    }
  });
  observer.progress(state, db, bytes);
}
