/**
 * Hematite embedded: `import { open } from 'hematite'`.
 *
 *     const db = open();
 *     db.set('k', 'v', { ex: 60 });
 *     db.get('k');                       // 'v'
 *     db.listen({ port: 6379 });         // the same keyspace for other processes
 */

import { handleConfigCommand } from './config/command.js';
import { Config } from './config/config.js';
import { Engine, type EngineOptions } from './core/engine.js';
import { reply } from './core/reply.js';
import { applyConfig } from './server/settings.js';

export { Context, Engine } from './core/engine.js';
export type { Batch, CommandDefinition, EngineOptions, Listener, ListenOptions } from './core/engine.js';
export type { Argument, Key, Numeric } from './core/arguments.js';
export { type Natural, ReplyError } from './core/natural.js';
export { type Reply, reply } from './core/reply.js';

/** Opens a keyspace in this process, or, with `share`, the one that another thread of it has opened under that name. */
export function open(options: EngineOptions = {}): Engine {
  const engine = new Engine(options);
  const { hosts } = engine;
  if (hosts) {
    const config = new Config({ resetStatistics: () => engine.native.resetStatistics() });
    config.load(`databases ${options.databases ?? 16}\nio-threads 1\nport 0\nprotected-mode yes\n`);
    applyConfig(engine.native, config);
    hosts.set('config', (call) => handleConfigCommand(config, call.args, { local: call.isLocal, loading: false }));
    hosts.set('shutdown', () => reply.error('ERR an embedded engine ends with its process'));
  }
  return engine;
}
