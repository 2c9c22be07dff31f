/**
 * node-redis on an engine in this process, without a socket:
 *
 *     import { open } from 'hematite';
 *     import { inProcess } from 'hematite/node-redis';
 *     const client = createClient({ socket: inProcess(open()) });
 *
 * node-redis has no option for a transport, but it makes its sockets by `net.createConnection`. That function is replaced
 * while at least one engine is attached; it answers for the paths that `inProcess` has given out and passes on everything
 * else. `release` detaches an engine.
 */

import net, { type NetConnectOpts, type Socket } from 'node:net';
import { syncBuiltinESMExports } from 'node:module';
import type { Engine } from '../core/engine.js';
import { EngineStream } from './stream.js';

const engines = new Map<string, Engine>();
/** What `net.createConnection` was before; undefined while no engine is attached. */
let original: typeof net.createConnection | undefined;
let count = 0;

/** The value for node-redis's option `socket`. */
export function inProcess(engine: Engine): { path: string; tls: false } {
  for (const [path, each] of engines) if (each === engine) return { path, tls: false };
  count += 1;
  // A path that no file can have.
  const path = `\0hematite:${process.pid}:${count}`;
  engines.set(path, engine);
  attach();
  return { path, tls: false };
}

/** Detaches an engine; connections that are open stay. */
export function release(engine: Engine): void {
  for (const [path, each] of engines) if (each === engine) engines.delete(path);
  if (engines.size === 0) detach();
}

function attach(): void {
  if (original !== undefined) return;
  const before = net.createConnection;
  original = before;
  const createConnection = (...args: unknown[]): Socket => {
    const [options] = args as [NetConnectOpts | undefined];
    const path = typeof options === 'object' && options !== null && 'path' in options ? options.path : undefined;
    const engine = path === undefined ? undefined : engines.get(path);
    if (engine) return new EngineStream(engine, 'node-redis:0') as unknown as Socket;
    return (before as (...args: unknown[]) => Socket)(...args);
  };
  net.createConnection = createConnection as typeof net.createConnection;
  syncBuiltinESMExports();
}

function detach(): void {
  if (original === undefined) return;
  net.createConnection = original;
  original = undefined;
  syncBuiltinESMExports();
}
