/**
 * The files of an embedded keyspace: snapshot and append-only file in the directory that it was opened with.
 *
 * With an append-only file the dataset comes from there, as with a server; otherwise from the snapshot, which `close` saves.
 */

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Config } from './config/config.js';
import type { Engine } from './core/engine.js';
import { AppendOnlyFile } from './persistence/append-only.js';
import { loadSnapshotNow } from './persistence/loading.js';
import { answerReloads } from './persistence/reload.js';
import { Snapshots } from './persistence/snapshots.js';

/** Where an embedded keyspace keeps what. */
export interface FileOptions {
  /** The directory of its files: what is there is loaded, save points save, and so does `close`. It must be there. */
  readonly dir?: string;
  /** Keep an append-only file in `dir`: what is there is loaded instead of the snapshot, and whatever is written follows. */
  readonly appendonly?: boolean;
}

/** The directives that the options stand for. */
export function fileDirectives(options: FileOptions): Record<string, string> {
  if (options.appendonly === true && options.dir === undefined) throw new Error('appendonly needs a directory: dir');
  if (options.dir !== undefined && !existsSync(options.dir)) {
    throw new Error(`dir: the directory ${resolve(options.dir)} does not exist`);
  }
  return {
    ...(options.dir === undefined ? {} : { dir: resolve(options.dir) }),
    ...(options.appendonly === undefined ? {} : { appendonly: options.appendonly ? 'yes' : 'no' }),
  };
}

/** What operators of a server would read in its log. */
const log = {
  notice: () => undefined,
  warning: (message: string) => process.emitWarning(message, 'HematiteWarning'),
};

/** Loads what there is and keeps what follows, as the options say. Throws where that can't be. */
export function keepFiles(engine: Engine, config: Config, options: FileOptions): void {
  const snapshots = new Snapshots(engine.native, config, log);
  engine.hosts?.set('save', (call) => snapshots.save(call));
  engine.hosts?.set('bgsave', (call) => snapshots.backgroundSave(call));
  if (options.dir === undefined) {
    // CONFIG SET says that nothing can be kept.
    config.onChange(['appendonly'], () =>
      config.get('appendonly') ? 'this keyspace was opened without a directory' : undefined,
    );
    return;
  }
  const file = new AppendOnlyFile(engine.native, config, { log, isSaving: () => snapshots.isRunning });
  snapshots.isOtherwiseBusy = () => file.isRewriting;
  engine.hosts?.set('bgrewriteaof', (call) => file.handle(call));
  if (engine.hosts) answerReloads(engine.hosts, { native: engine.native, config, log, snapshots, appendOnly: file });
  if (config.get('appendonly')) file.startNow();
  else loadSnapshotNow(engine.native, config, log);
  snapshots.start();
  engine.beforeClose = () => {
    snapshots.stop();
    const isKept = config.get('appendonly');
    file.stop();
    if (!isKept && snapshots.saveNow() !== 'saved') {
      throw new Error('the dataset could not be saved; the engine stays open');
    }
  };
}
