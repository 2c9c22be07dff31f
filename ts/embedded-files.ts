/**
 * The files of an embedded keyspace: the append-only file in the directory that it was opened with.
 */

import { resolve } from 'node:path';
import type { Config } from './config/config.js';
import type { Engine } from './core/engine.js';
import { AppendOnlyFile } from './persistence/append-only.js';

/** Where an embedded keyspace keeps what. */
export interface FileOptions {
  /** The directory of its files; without one nothing is kept. It must be there. */
  readonly dir?: string;
  /** Keep an append-only file in `dir`: what is there is loaded, and whatever is written follows. */
  readonly appendonly?: boolean;
}

/** The directives that the options stand for. */
export function fileDirectives(options: FileOptions): Record<string, string> {
  if (options.appendonly === true && options.dir === undefined) throw new Error('appendonly needs a directory: dir');
  return {
    ...(options.dir === undefined ? {} : { dir: resolve(options.dir) }),
    ...(options.appendonly === undefined ? {} : { appendonly: options.appendonly ? 'yes' : 'no' }),
  };
}

/** What operators of a server would read in its log. */
const log = {
  notice: () => undefined,
  warning: (text: string) => process.emitWarning(text, 'HematiteWarning'),
};

/** Loads what there is and keeps what follows, as the options say. Throws where that can't be. */
export function keepFiles(engine: Engine, config: Config, options: FileOptions): void {
  if (options.dir === undefined) {
    // CONFIG SET says that nothing can be kept.
    config.onChange(['appendonly'], () =>
      config.get('appendonly') ? 'this keyspace was opened without a directory' : undefined,
    );
    return;
  }
  const file = new AppendOnlyFile(engine.native, config, { log });
  engine.hosts?.set('bgrewriteaof', () => file.handle());
  engine.beforeClose = () => file.stop();
  if (config.get('appendonly')) file.startNow();
}
