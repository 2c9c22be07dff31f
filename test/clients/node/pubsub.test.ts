/**
 * Publish and subscribe with ioredis in both protocols: messages, patterns, shard channels, keyspace events.
 */

import { Redis as Redis6 } from 'ioredis';
import { Redis as Redis5 } from 'ioredis5';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startHematite, type Server } from './server.js';

let server: Server;
beforeAll(async () => void (server = await startHematite()));
afterAll(() => server.stop());

const versions = [
  { name: 'ioredis 6', create: () => new Redis6({ port: server.port }) },
  // The two majors' types differ in overloads that these tests do not use.
  { name: 'ioredis 5', create: () => new Redis5({ port: server.port }) as unknown as Redis6 },
];

describe.each(versions)('$name', ({ create }) => {
  const clients: Redis6[] = [];
  const connect = (): Redis6 => {
    const client = create();
    clients.push(client);
    return client;
  };
  afterEach(() => clients.splice(0).forEach((client) => client.disconnect()));

  /** The first `count` tuples that a client emits under a name, without further ones meanwhile. */
  const collect = (client: Redis6, event: string, count: number): Promise<string[][]> =>
    new Promise((resolve) => {
      const seen: string[][] = [];
      client.on(event, (...words: string[]) => {
        if (seen.push(words) === count) resolve(seen);
      });
    });

  it('delivers messages in order', async () => {
    const [listener, publisher] = [connect(), connect()];
    expect(await listener.subscribe('news', 'other')).toBe(2);
    const messages = collect(listener, 'message', 100);
    const counts = await Promise.all(Array.from({ length: 100 }, (_unused, n) => publisher.publish('news', `${n}`)));
    expect(counts).toEqual(Array(100).fill(1));
    expect(await messages).toEqual(Array.from({ length: 100 }, (_unused, n) => ['news', `${n}`]));
  });

  it('matches patterns', async () => {
    const [listener, publisher] = [connect(), connect()];
    expect(await listener.psubscribe('news.*')).toBe(1);
    const messages = collect(listener, 'pmessage', 1);
    expect(await publisher.publish('weather', 'rain')).toBe(0);
    expect(await publisher.publish('news.art', 'big')).toBe(1);
    expect(await messages).toEqual([['news.*', 'news.art', 'big']]);
  });

  it('ends a subscription', async () => {
    const [listener, publisher] = [connect(), connect()];
    await listener.subscribe('a', 'b');
    expect(await listener.unsubscribe('a')).toBe(1);
    expect(await publisher.publish('a', 'm')).toBe(0);
    expect(await listener.unsubscribe()).toBe(0);
    expect(await listener.set('k', 'v')).toBe('OK');
  });

  it('carries a large message', async () => {
    const [listener, publisher] = [connect(), connect()];
    await listener.subscribe('large');
    const messages = collect(listener, 'message', 1);
    const text = 'x'.repeat(5_000_000);
    expect(await publisher.publish('large', text)).toBe(1);
    expect((await messages)[0]).toEqual(['large', text]);
  });

  it('tells of changes and of keys that expire', async () => {
    const [listener, client] = [connect(), connect()];
    await client.config('SET', 'notify-keyspace-events', 'KEA');
    await listener.psubscribe('__keyevent@0__:*');
    const messages = collect(listener, 'pmessage', 4);
    await client.set('short', 'v', 'PX', 20_000);
    await client.del('short');
    await client.set('gone', 'v');
    const named = (name: string, key: string) => ['__keyevent@0__:*', `__keyevent@0__:${name}`, key];
    expect(await messages).toEqual([
      named('set', 'short'),
      named('expire', 'short'),
      named('del', 'short'),
      named('set', 'gone'),
    ]);
    const expired = collect(listener, 'pmessage', 2);
    await client.pexpire('gone', 20);
    expect(await expired).toEqual([named('expire', 'gone'), named('expired', 'gone')]);
    await client.config('SET', 'notify-keyspace-events', '');
  });
});
