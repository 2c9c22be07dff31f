/**
 * The ways in which a file's libraries reach the engine: over TCP, at a server of its own, and in process, where their
 * ioredis and node-redis clients, unmodified, end in an engine of the test's own process.
 *
 * HEMATITE_SERVER: another command that starts a server, to try the tests themselves.
 */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { open } from '../../../dist/index.js';
import { connector } from '../../../dist/client/ioredis.js';
import { inProcess, release } from '../../../dist/client/node-redis.js';
import { startHematite } from '../node/server.js';

/** Starts a server for the tests of a file; `port` and `url` are there once they run. */
export function useServer(...options) {
  const server = { port: 0, url: '' };
  let running;
  beforeAll(async () => {
    running = await startHematite(...options);
    server.port = running.port;
    server.url = `redis://127.0.0.1:${running.port}`;
  });
  afterAll(() => running?.stop());
  return server;
}

function overTcp() {
  const server = useServer();
  return {
    isInProcess: false,
    ioredis: () => ({ host: '127.0.0.1', port: server.port }),
    socket: () => ({ host: '127.0.0.1', port: server.port }),
    place: () => server.port,
  };
}

function overEngine() {
  const share = `libraries-${process.pid}`;
  let engine;
  beforeAll(() => void (engine = open({ share })));
  afterAll(() => {
    release(engine);
    engine.close();
  });
  return {
    isInProcess: true,
    ioredis: () => ({ Connector: connector(engine) }),
    socket: () => inProcess(engine),
    place: () => share,
    commandsProcessed: () => Number(/total_commands_processed:(\d+)/.exec(engine.call('INFO', 'stats'))[1]),
  };
}

/**
 * Defines tests once per front. What they get, in functions since it is there only while they run:
 *
 * - `ioredis`: the options that bring a client of ioredis to this front;
 * - `socket`: node-redis's option `socket`, which brings one of its clients there;
 * - `place`: where another process (by port) or thread (by the keyspace's name) finds it;
 * - `isInProcess`.
 */
export function overEachFront(define) {
  describe('over TCP', () => define(overTcp()));
  describe('in process', () => {
    const front = overEngine();
    define(front);
    test('it was this engine that answered', () => expect(front.commandsProcessed()).toBeGreaterThan(100));
  });
}

/** Resolves with the first value of `probe` that is not undefined; rejects after a while. */
export async function eventually(probe, ms = 20_000) {
  const deadline = performance.now() + ms;
  for (;;) {
    const value = await probe();
    if (value !== undefined) return value;
    if (performance.now() > deadline) throw new Error(`it did not happen within ${ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
