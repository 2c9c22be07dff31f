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
import { loadSnapshotNow } from './persistence/loading.js';
import { Snapshots } from './persistence/snapshots.js';
import { applyConfig } from './server/settings.js';
import { handleAclCommand, makeUsers } from './server/users.js';

export { Context, Engine } from './core/engine.js';
export type { Batch, CommandDefinition, EngineOptions, Listener, ListenOptions } from './core/engine.js';
export type { Argument, Key, Numeric } from './core/arguments.js';
export { type Natural, ReplyError } from './core/natural.js';
export { type Reply, reply } from './core/reply.js';

/** How a keyspace is opened. */
export interface OpenOptions extends EngineOptions {
  /** Directory of the snapshot: what is there is loaded, save points save, and so does `close`. */
  readonly dir?: string;
  /** Directives as in redis.conf: `{ 'hash-max-listpack-entries': 256 }`. Those about sockets and files have no effect. */
  readonly config?: Readonly<Record<string, string | number>>;
  /** An RDB file whose contents the keyspace begins with, as `db.dump()` gives it; only who opens the keyspace first. */
  readonly snapshot?: Uint8Array;
  /** Bytes that may be used before keys give way, or writes are refused; no limit by default. */
  readonly maxmemory?: number;
  /** Which keys give way; none by default. */
  readonly maxmemoryPolicy?: EvictionPolicy;
}

/** Which keys give way when memory is full. */
export type EvictionPolicy = 'noeviction' | `${'allkeys' | 'volatile'}-${'lru' | 'lfu' | 'random'}` | 'volatile-ttl';

/**
 * Opens a keyspace in this process, or, with `share`, the one that another thread of it has opened under that name; the
 * configuration is that of the thread which was first.
 */
export function open(options: OpenOptions = {}): Engine {
  const config = new Config({ resetStatistics: () => engine.native.resetStatistics() });
  const dir = options.dir === undefined ? {} : { dir: resolve(options.dir) };
  const limit = {
    ...(options.maxmemory === undefined ? {} : { maxmemory: options.maxmemory }),
    ...(options.maxmemoryPolicy === undefined ? {} : { 'maxmemory-policy': options.maxmemoryPolicy }),
  };
  const given = { databases: options.databases ?? 16, ...options.config, ...limit, ...dir, 'io-threads': 1, port: 0 };
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
    hosts.set('shutdown', () => reply.error('ERR an embedded engine ends with its process'));
    keepSnapshots(engine, config, options.dir !== undefined);
    if (options.snapshot) engine.load(options.snapshot);
  }
  return engine;
}

/** Has SAVE and BGSAVE work; with a directory of its own, the dataset comes from there and stays there. */
function keepSnapshots(engine: Engine, config: Config, hasDirectory: boolean): void {
  const log = {
    notice: () => undefined,
    warning: (message: string) => process.emitWarning(message, 'HematiteWarning'),
  };
  const snapshots = new Snapshots(engine.native, config, log);
  engine.hosts?.set('save', (call) => snapshots.save(call));
  engine.hosts?.set('bgsave', (call) => snapshots.backgroundSave(call));
  if (!hasDirectory) return;
  try {
    loadSnapshotNow(engine.native, config, log);
  } catch (error) {
    engine.close();
    throw error;
  }
  snapshots.start();
  engine.beforeClose = () => {
    snapshots.stop();
    if (snapshots.saveNow() !== 'saved') throw new Error('the dataset could not be saved; the engine stays open');
  };
}
