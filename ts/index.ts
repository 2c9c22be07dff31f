/**
 * Hematite embedded: `import { open } from 'hematite'`.
 *
 *     const db = open();
 *     db.set('k', 'v', { ex: 60 });
 *     db.get('k');                       // 'v'
 *     db.listen({ port: 6379 });         // the same keyspace for other processes
 */

import { handleConfigCommand } from './config/command.js';
import { type Directives, inProcessConfig } from './config/in-process.js';
import { Engine, type EngineOptions } from './core/engine.js';
import { reply } from './core/reply.js';
import { type FileOptions, fileDirectives, keepFiles } from './embedded-files.js';
import { migrator } from './server/migrate.js';
import { applyConfig } from './server/settings.js';
import { handleAclCommand, makeUsers } from './server/users.js';

export { Context, Engine } from './core/engine.js';
export type { Batch, CommandDefinition, EngineOptions, Listener, ListenOptions } from './core/engine.js';
export type { Argument, Key, Numeric } from './core/arguments.js';
export { type Natural, ReplyError } from './core/natural.js';
export { type Reply, reply } from './core/reply.js';

/** How a keyspace is opened. */
export interface OpenOptions extends EngineOptions, FileOptions {
  /** Directives as in redis.conf: `{ 'hash-max-listpack-entries': 256 }`. Those about sockets and files have no effect. */
  readonly config?: Directives;
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
  const limit = {
    ...(options.maxmemory === undefined ? {} : { maxmemory: options.maxmemory }),
    ...(options.maxmemoryPolicy === undefined ? {} : { 'maxmemory-policy': options.maxmemoryPolicy }),
  };
  const given = {
    ...(options.databases === undefined ? {} : { databases: options.databases }),
    ...options.config,
    ...limit,
    ...fileDirectives(options),
  };
  const config = inProcessConfig(given, () => engine.native.resetStatistics());
  const engine = new Engine({ ...options, databases: config.get('databases') });
  const { hosts } = engine;
  if (hosts) {
    applyConfig(engine.native, config);
    hosts.set('config', (call) => handleConfigCommand(config, call.args, { local: call.isLocal, loading: false }));
    const failure = makeUsers(engine.native, config);
    if (failure !== undefined) throw new Error(failure);
    hosts.set('acl', (call) => handleAclCommand(engine.native, config, call));
    hosts.set('migrate', migrator(engine.native));
    hosts.set('shutdown', () => reply.error('ERR an embedded engine ends with its process'));
    try {
      if (options.snapshot !== undefined) engine.load(options.snapshot);
      keepFiles(engine, config, options);
    } catch (error) {
      engine.close();
      throw error;
    }
  }
  return engine;
}
