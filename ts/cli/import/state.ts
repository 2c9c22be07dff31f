/**
 * How far an import has come, as a small file beside it: what is noted there is safe on the target.
 *
 * A SCAN cursor stays good as long as the source runs, so the state names the source's run; after a restart of the source the
 * database at hand is walked from its start again, and keys that are there already are left alone or replaced, as told.
 */

import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

export interface ImportState {
  /** Where keys come from and go to, and which; a state of another import is refused. */
  readonly task: string;
  /** The source's `run_id`. */
  runId: string;
  functions: boolean;
  /** Databases that are done. */
  done: number[];
  /** The database at hand and where SCAN goes on in it. */
  db: number | undefined;
  cursor: string;
  copied: number;
  skipped: number;
  failed: number;
}

export function freshState(task: string, runId: string): ImportState {
  return { task, runId, functions: false, done: [], db: undefined, cursor: '0', copied: 0, skipped: 0, failed: 0 };
}

/** The state of an import that goes on, or a fresh one. Throws if the file is another import's, or none. */
export function loadState(path: string | undefined, task: string, runId: string): ImportState {
  const found = path === undefined ? undefined : read(path);
  if (found === undefined) return freshState(task, runId);
  if (found.task !== task) throw new Error(`${path} is the state of another import: ${found.task}`);
  return found.runId === runId ? found : { ...found, runId, cursor: '0' };
}

function read(path: string): ImportState | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const state = JSON.parse(text) as ImportState;
    if (typeof state.task === 'string' && Array.isArray(state.done) && /^\d+$/.test(state.cursor)) return state;
  } catch {
    // Said below.
  }
  throw new Error(`${path} is no state of an import`);
}

/** Whole or not at all. */
export function saveState(path: string, state: ImportState): void {
  const temporary = `${path}.tmp`;
  writeFileSync(temporary, `${JSON.stringify(state)}\n`);
  renameSync(temporary, path);
}

export function removeState(path: string): void {
  rmSync(path, { force: true });
}
