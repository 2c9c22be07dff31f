/**
 * The server that a file's libraries talk to. HEMATITE_SERVER: another command that starts one, to try the tests themselves.
 */

import { afterAll, beforeAll } from 'vitest';
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
