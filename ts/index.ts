/**
 * Hematite embedded: `import { open } from 'hematite'`.
 *
 *     const db = open();
 *     db.set('k', 'v', { ex: 60 });
 *     db.get('k');                       // 'v'
 *     db.listen({ port: 6379 });         // the same keyspace for other processes
 */

import { resolve } from 'node:path';
import { handleConfigCommand } from './config/command.js';
import { Config } from './config/config.js';
import { encodeText, quoteWord } from './config/words.js';
import { Engine, type EngineOptions } from './core/engine.js';
import { reply } from './core/reply.js';
import { AppendOnlyFile } from './persistence/append-only.js';
import { applyConfig } from './server/settings.js';
import { handleAclCommand, makeUsers } from './server/users.js';

export { Context, Engine } from './core/engine.js';
export type { Batch, CommandDefinition, EngineOptions, Listener, ListenOptions } from './core/engine.js';
export type { Argument, Key, Numeric } from './core/arguments.js';
export { type Natural, ReplyError } from './core/natural.js';
export { type Reply, reply } from './core/reply.js';

/** How a keyspace is opened. */
export interface OpenOptions extends EngineOptions {
  /** Directives as in redis.conf: `{ 'hash-max-listpack-entries': 256 }`. Those about sockets and files have no effect. */
  readonly config?: Readonly<Record<string, string | number>>;
  /** The directory of its files; without one nothing is kept. It must be there. */
  readonly dir?: string;
  /** Keep an append-only file in `dir`: what is there is loaded, and whatever is written follows. */
  readonly appendonly?: boolean;
}

/** Without a directory nothing can be kept: CONFIG SET says so. */
function refuseFiles(config: Config): void {
  config.onChange(['appendonly'], () =>
    config.get('appendonly') ? 'this keyspace was opened without a directory' : undefined,
  );
}

/** What operators of a server would read in its log. */
const log = {
  notice: () => undefined,
  warning: (text: string) => process.emitWarning(text, 'HematiteWarning'),
};

function keepFiles(engine: Engine, config: Config): void {
  const file = new AppendOnlyFile(engine.native, config, { log });
  engine.hosts?.set('bgrewriteaof', () => file.handle());
  engine.beforeClose = () => file.stop();
  if (config.get('appendonly')) file.startNow();
}

/**
 * Opens a keyspace in this process, or, with `share`, the one that another thread of it has opened under that name; the
 * configuration is that of the thread which was first.
 */
export function open(options: OpenOptions = {}): Engine {
  const config = new Config({ resetStatistics: () => engine.native.resetStatistics() });
  const given = {
    databases: options.databases ?? 16,
    ...options.config,
    ...(options.dir === undefined ? {} : { dir: resolve(options.dir) }),
    appendonly: options.appendonly === true ? 'yes' : 'no',
    'io-threads': 1,
    port: 0,
  };
  if (options.appendonly === true && options.dir === undefined) throw new Error('appendonly needs a directory: dir');
  config.load(
    Object.entries(given)
      .map(([name, value]) => `${name} ${quoteWord(encodeText(String(value)))}`)
      .join('\n'),
  );
  const engine = new Engine({ ...options, databases: config.get('databases') });
  const { hosts } = engine;
  if (hosts) {
    applyConfig(engine.native, config);
    hosts.set('config', (call) => handleConfigCommand(config, call.args, { local: call.isLocal, loading: false }));
    const failure = makeUsers(engine.native, config);
    if (failure !== undefined) throw new Error(failure);
    hosts.set('acl', (call) => handleAclCommand(engine.native, config, call));
    if (options.dir === undefined) refuseFiles(config);
    else keepFiles(engine, config);
    hosts.set('shutdown', () => reply.error('ERR an embedded engine ends with its process'));
  }
  return engine;
}
