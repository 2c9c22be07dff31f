/**
 * ioredis against the built server: version 6, which opens with HELLO 3, and version 5, which speaks RESP2.
 */

import { Redis as Redis6 } from 'ioredis';
import { Redis as Redis5 } from 'ioredis5';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SCAN_KEYS, hundredMegabytes, sleep, startHematite, type Server } from './server.js';

let server: Server;
beforeAll(async () => void (server = await startHematite()));
afterAll(() => server.stop());

const versions = [
  { name: 'ioredis 6', protocol: 3, create: () => new Redis6({ port: server.port }) },
  // The two majors' types differ in overloads that these tests do not use.
  { name: 'ioredis 5', protocol: 2, create: () => new Redis5({ port: server.port }) as unknown as Redis6 },
];

describe.each(versions)('$name', ({ create, protocol }) => {
  let client: Redis6;
  beforeAll(() => void (client = create()));
  beforeEach(() => client.flushall());
  afterAll(() => client.quit());

  it(`speaks RESP${protocol} and says who it is`, async () => {
    const info = (await client.call('CLIENT', 'INFO')) as string;
    expect(info).toMatch(new RegExp(`\\bresp=${protocol}\\b`));
    expect(info).toMatch(/\blib-name=ioredis\b/);
  });

  it('sets, gets and deletes', async () => {
    expect(await client.set('greeting', 'grüß dich')).toBe('OK');
    expect(await client.get('greeting')).toBe('grüß dich');
    expect(await client.set('greeting', 'no', 'NX')).toBeNull();
    expect(await client.set('greeting', 'new', 'GET')).toBe('grüß dich');
    expect(await client.del('greeting', 'nothing')).toBe(1);
    expect(await client.get('greeting')).toBeNull();
  });

  it('counts', async () => {
    expect(await client.incr('n')).toBe(1);
    expect(await client.incrby('n', 41)).toBe(42);
    expect(await client.incrbyfloat('n', 0.5)).toBe('42.5');
    await expect(client.incr('n')).rejects.toThrow('ERR value is not an integer or out of range');
  });

  it('lets keys expire', async () => {
    await client.set('short', 'x', 'PX', 60);
    await client.set('long', 'x', 'EX', 100);
    expect(await client.pttl('short')).toBeGreaterThan(0);
    expect(await client.ttl('long')).toBe(100);
    await sleep(90);
    expect(await client.get('short')).toBeNull();
    expect(await client.exists('short', 'long')).toBe(1);
    expect(await client.persist('long')).toBe(1);
    expect(await client.ttl('long')).toBe(-1);
  });

  it('runs a pipeline of 10,000 commands in order', async () => {
    const pipeline = client.pipeline();
    for (let n = 0; n < 5_000; n += 1) pipeline.set(`key:${n}`, n).get(`key:${n}`);
    const replies = await pipeline.exec();
    expect(replies).toHaveLength(10_000);
    replies!.forEach(([error, reply], at) => {
      expect(error).toBeNull();
      expect(reply).toBe(at % 2 === 0 ? 'OK' : String(at >> 1));
    });
  });

  it('runs transactions, and gives them up when a watched key changes', async () => {
    expect(await client.multi().set('a', 1).incr('a').get('a').exec()).toEqual([
      [null, 'OK'],
      [null, 2],
      [null, '2'],
    ]);
    const other = create();
    await client.watch('a');
    await other.set('a', 'changed');
    expect(await client.multi().set('a', 'lost').exec()).toBeNull();
    expect(await client.get('a')).toBe('changed');
    await other.quit();
  });

  it('reports an error inside a transaction where it happened', async () => {
    const replies = await client.multi().set('text', 'x').incr('text').get('text').exec();
    expect(replies![1]![0]?.message).toBe('ERR value is not an integer or out of range');
    expect(replies![2]).toEqual([null, 'x']);
  });

  it('scans 100,000 keys, each at least once', async () => {
    for (let from = 0; from < SCAN_KEYS; from += 1000) {
      await client.mset(Array.from({ length: 1000 }, (_, at) => [`scan:${from + at}`, at]).flat() as string[]);
    }
    const seen = new Set<string>();
    for await (const keys of client.scanStream({ match: 'scan:*', count: 1000 })) {
      for (const key of keys as string[]) seen.add(key);
    }
    expect(seen.size).toBe(SCAN_KEYS);
    expect(await client.dbsize()).toBe(SCAN_KEYS);
  });

  it('stores and returns 100 MB of binary', { timeout: 60_000 }, async () => {
    const value = hundredMegabytes();
    await client.set(Buffer.from([0, 255, 13, 10]), value);
    const back = await client.getBuffer(Buffer.from([0, 255, 13, 10]));
    expect(back?.equals(value)).toBe(true);
    expect(await client.strlen(Buffer.from([0, 255, 13, 10]))).toBe(value.length);
  });

  it('takes HELLO', async () => {
    const reply = await client.call('HELLO', String(protocol));
    const fields = reply instanceof Map ? reply : Array.isArray(reply) ? pairs(reply) : new Map(Object.entries(reply!));
    expect(fields.get('proto')).toBe(protocol);
    expect(fields.get('role')).toBe('master');
    await expect(client.call('HELLO', '9')).rejects.toThrow('NOPROTO');
  });
});

/** A flat list of names and values as a map. */
function pairs(list: unknown[]): Map<unknown, unknown> {
  return new Map(list.flatMap((name, at) => (at % 2 === 0 ? [[name, list[at + 1]] as const] : [])));
}
