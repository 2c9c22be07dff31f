/**
 * The programs in examples/ that work on data print the same over TCP, inside this process, and on a real redis-server; what
 * they print is kept as a snapshot.
 */

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Oracle, hasOracle } from '../../oracle/redis-server.js';
import { startHematite, type Server } from './server.js';

const PROGRAMS = ['leaderboard', 'rate-limiter', 'delivery-radius', 'unique-visitors', 'job-stream', 'session-store'];

const path = (name: string): string => fileURLToPath(new URL(`../../../examples/${name}.mjs`, import.meta.url));

async function output(name: string, ...options: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [path(name), ...options], { timeout: 15_000 });
  return stdout;
}

let server: Server;
let oracle: Oracle | undefined;
beforeAll(async () => {
  server = await startHematite();
  if (hasOracle()) oracle = await Oracle.start(['--save', '']);
});
afterAll(async () => {
  await server.stop();
  await oracle?.stop();
});

describe.each(PROGRAMS)('%s', (name) => {
  it('over TCP', async () => expect(await output(name, '--port', String(server.port))).toMatchSnapshot('output'));
  it('embedded', async () => {
    expect(await output(name, '--embedded')).toBe(await output(name, '--port', String(server.port)));
  });
  it.skipIf(!hasOracle())('as on redis-server', async () => {
    const port = String((oracle as Oracle).port);
    expect(await output(name, '--port', port)).toBe(await output(name, '--port', String(server.port)));
  });
});
