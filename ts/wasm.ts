/**
 * Hematite as WASM: `import { openWasm } from 'hematite/wasm'`, a keyspace without the native addon.
 */

import { randomBytes } from 'node:crypto';
import { handleConfigCommand } from './config/command.js';
import { type Directives, inProcessConfig } from './config/in-process.js';
import { reply } from './core/reply.js';
import { WasmKeyspace } from './core/wasm.js';
import { applyConfig } from './server/settings.js';
import { NO_USER_FILE } from './server/users.js';

export { WasmKeyspace, WasmSession } from './core/wasm.js';

/** How a keyspace is opened. */
export interface WasmOptions {
  /** Number of databases; 16 by default. */
  readonly databases?: number;
  /** Directives as in redis.conf. */
  readonly config?: Directives;
  /** An RDB file whose contents the keyspace begins with, as `dump` gives it. */
  readonly snapshot?: Uint8Array;
}

/** Opens a keyspace in WASM; its sessions take and give bytes. */
export function openWasm(options: WasmOptions = {}): WasmKeyspace {
  const databases: Directives = options.databases === undefined ? {} : { databases: options.databases };
  const config = inProcessConfig({ ...databases, ...options.config }, () => keyspace.resetStatistics());
  const keyspace = new WasmKeyspace({ databases: config.get('databases'), seed: randomBytes(8).readBigUInt64LE() });
  applyConfig(
    {
      setSettings: (settings) => {
        for (const [name, value] of Object.entries(settings)) keyspace.configure(directive(name), value);
      },
      setLimits: (limits) => {
        const { notifyKeyspaceEvents, ...numbers } = limits;
        for (const [name, value] of Object.entries(numbers)) keyspace.configure(directive(name), value);
        keyspace.setNotifications(notifyKeyspaceEvents);
      },
      setDirective: (name, text) => keyspace.setDirective(name, text),
      setMemoryLimit: (limit) =>
        keyspace.setMemoryLimit(
          limit.maxmemory,
          limit.maxmemoryPolicy,
          limit.maxmemorySamples,
          limit.maxmemoryEvictionTenacity,
        ),
      setPassword: (password) => keyspace.setPassword(password),
      setAclOptions: (hearAll, entriesMax) => keyspace.setAclOptions(hearAll, entriesMax),
      setInformation: (section, fields) => keyspace.setInformation(section, fields),
    },
    config,
  );
  keyspace.host = (command, args) => {
    if (command.startsWith('config')) return handleConfigCommand(config, args, { local: true, loading: false });
    return command.startsWith('acl') ? NO_USER_FILE : reply.error(`ERR '${command}' is not available here`);
  };
  if (options.snapshot) keyspace.load(options.snapshot);
  return keyspace;
}

/** `hashMaxListpackEntries` → `hash-max-listpack-entries`. */
function directive(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
