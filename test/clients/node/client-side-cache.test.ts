/**
 * The client-side cache of node-redis 6: reads are answered from the client until another client changes the key.
 */

import { BasicClientSideCache, BasicPooledClientSideCache, createClient, createClientPool } from 'redis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sleep, startHematite, type Server } from './server.js';

let server: Server;
let writer: ReturnType<typeof createWriter>;
const createWriter = () => createClient({ socket: { port: server.port } });

beforeAll(async () => {
  server = await startHematite();
  writer = createWriter();
  await writer.connect();
});
beforeEach(async () => void (await writer.flushAll()));
afterAll(async () => {
  await writer.close();
  await server.stop();
});

/** How many commands the server has executed of a kind. */
async function calls(command: string): Promise<number> {
  const info = await writer.info('commandstats');
  return Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(info)?.[1] ?? 0);
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let left = 200; left > 0; left -= 1) {
    if (await condition()) return;
    await sleep(5);
  }
  throw new Error('it did not come to pass within a second');
}

describe('node-redis 6 with a client-side cache', () => {
  it('asks once, and again after a change', async () => {
    const cache = new BasicClientSideCache({ ttl: 0, maxEntries: 0, evictPolicy: 'LRU' });
    const client = createClient({ RESP: 3, socket: { port: server.port }, clientSideCache: cache });
    await client.connect();
    await writer.set('k', '1');
    const before = await calls('get');
    for (let n = 0; n < 100; n += 1) expect(await client.get('k')).toBe('1');
    expect((await calls('get')) - before).toBe(1);
    expect(cache.stats().hitCount).toBe(99);
    await writer.set('k', '2');
    await until(async () => (await client.get('k')) === '2');
    await writer.del('k');
    await until(async () => (await client.get('k')) === null);
    await client.close();
  });

  it('forgets everything with FLUSHALL, and what has expired', async () => {
    const cache = new BasicClientSideCache();
    const client = createClient({ RESP: 3, socket: { port: server.port }, clientSideCache: cache });
    await client.connect();
    await writer.mSet({ a: '1', b: '2' });
    expect(await client.mGet(['a', 'b'])).toEqual(['1', '2']);
    await writer.flushAll();
    await until(async () => (await client.get('a')) === null);
    await writer.set('short', 'x', { expiration: { type: 'PX', value: 40 } });
    expect(await client.get('short')).toBe('x');
    await until(async () => (await client.get('short')) === null);
    await client.close();
  });

  it('never shows an older value than the last one it was told of', async () => {
    const client = createClient({
      RESP: 3,
      socket: { port: server.port },
      clientSideCache: { ttl: 0, maxEntries: 0, evictPolicy: 'LRU' },
    });
    await client.connect();
    let last = 0;
    const writing = (async () => {
      for (let n = 1; n <= 500; n += 1) await writer.set('n', String(n));
    })();
    for (let n = 0; n < 2000; n += 1) {
      const seen = Number(await client.get('n'));
      expect(seen).toBeGreaterThanOrEqual(last);
      last = seen;
    }
    await writing;
    await until(async () => (await client.get('n')) === '500');
    await client.close();
  });

  it('is shared by the clients of a pool', async () => {
    const cache = new BasicPooledClientSideCache();
    const pool = createClientPool(
      { RESP: 3, socket: { port: server.port } },
      { minimum: 2, maximum: 2, clientSideCache: cache },
    );
    await pool.connect();
    await writer.set('k', '1');
    const seen = await Promise.all(Array.from({ length: 50 }, () => pool.get('k')));
    expect(new Set(seen)).toEqual(new Set(['1']));
    const before = await calls('get');
    for (let n = 0; n < 20; n += 1) await pool.get('k');
    expect((await calls('get')) - before).toBe(0);
    await writer.set('k', '2');
    await until(async () => (await pool.get('k')) === '2');
    await pool.close();
  });
});
