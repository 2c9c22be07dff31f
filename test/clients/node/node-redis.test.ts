/**
 * node-redis 6 against the built server, in both protocol versions.
 */

import { RESP_TYPES, createClient } from 'redis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SCAN_KEYS, hundredMegabytes, sleep, startHematite, type Server } from './server.js';

let server: Server;
beforeAll(async () => void (server = await startHematite()));
afterAll(() => server.stop());

const create = (RESP: 2 | 3) => createClient({ RESP, socket: { port: server.port } });

describe.each([2, 3] as const)('node-redis 6, RESP%i', (protocol) => {
  let client: ReturnType<typeof create>;
  beforeAll(async () => {
    client = create(protocol);
    await client.connect();
  });
  beforeEach(async () => void (await client.flushAll()));
  afterAll(() => client.close());

  it('speaks the protocol it was told to', async () => {
    const info = String(await client.sendCommand(['CLIENT', 'INFO']));
    expect(info).toMatch(new RegExp(`\\bresp=${protocol}\\b`));
    expect(info).toMatch(/\blib-name=node-redis\b/);
  });

  it('sets, gets and deletes', async () => {
    expect(await client.set('greeting', 'grüß dich')).toBe('OK');
    expect(await client.get('greeting')).toBe('grüß dich');
    expect(await client.set('greeting', 'no', { condition: 'NX' })).toBeNull();
    expect(await client.mGet(['greeting', 'nothing'])).toEqual(['grüß dich', null]);
    expect(await client.del(['greeting', 'nothing'])).toBe(1);
    expect(await client.get('greeting')).toBeNull();
  });

  it('lets keys expire', async () => {
    await client.set('short', 'x', { expiration: { type: 'PX', value: 60 } });
    await client.set('long', 'x', { expiration: { type: 'EX', value: 100 } });
    expect(await client.ttl('long')).toBe(100);
    await sleep(90);
    expect(await client.get('short')).toBeNull();
    expect(await client.exists(['short', 'long'])).toBe(1);
  });

  it('pipelines 10,000 commands that are sent in one tick', async () => {
    const replies = await Promise.all(Array.from({ length: 10_000 }, () => client.incr('n')));
    expect(replies).toEqual(Array.from({ length: 10_000 }, (_, n) => n + 1));
  });

  it('runs transactions, and gives them up when a watched key changes', async () => {
    expect(await client.multi().set('a', 1).incr('a').get('a').exec()).toEqual(['OK', 2, '2']);
    const other = create(protocol);
    await other.connect();
    await client.watch('a');
    await other.set('a', 'changed');
    await expect(client.multi().set('a', 'lost').exec()).rejects.toThrow(/watched keys/);
    expect(await client.get('a')).toBe('changed');
    await other.close();
  });

  it('scans 100,000 keys, each at least once', async () => {
    for (let from = 0; from < SCAN_KEYS; from += 1000) {
      await client.mSet(Array.from({ length: 1000 }, (_, at): [string, string] => [`scan:${from + at}`, String(at)]));
    }
    const seen = new Set<string>();
    for await (const keys of client.scanIterator({ MATCH: 'scan:*', COUNT: 1000 })) {
      for (const key of keys) seen.add(key);
    }
    expect(seen.size).toBe(SCAN_KEYS);
    expect(await client.dbSize()).toBe(SCAN_KEYS);
  });

  it('stores and returns 100 MB of binary', { timeout: 60_000 }, async () => {
    const value = hundredMegabytes();
    const binary = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
    await binary.set(Buffer.from([0, 255, 13, 10]), value);
    const back = await binary.get(Buffer.from([0, 255, 13, 10]));
    expect((back as Buffer | null)?.equals(value)).toBe(true);
  });

  it('passes errors on', async () => {
    await client.set('text', 'x');
    await expect(client.incr('text')).rejects.toThrow('ERR value is not an integer or out of range');
    await expect(client.sendCommand(['NOSUCH', 'a'])).rejects.toThrow(
      "ERR unknown command 'NOSUCH', with args beginning with: 'a'",
    );
  });
});
