/**
 * Unmodified client libraries on an engine in this process, without a socket.
 */

import { Worker } from 'node:worker_threads';
import { Redis as Redis6 } from 'ioredis';
import { Redis as Redis5 } from 'ioredis5';
import { createClient } from 'redis';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connector } from 'hematite/ioredis';
import { inProcess, release } from 'hematite/node-redis';
import { RedisMemoryServer } from 'hematite/redis-memory-server';
import { type Engine, open } from 'hematite';
import { sleep } from './server.js';

let db: Engine;
beforeEach(() => void (db = open()));
afterEach(() => db.close());

describe.each([
  ['ioredis 5', Redis5 as unknown as typeof Redis6],
  ['ioredis 6', Redis6],
])('%s', (_, Redis) => {
  const client = () => new Redis({ Connector: connector(db), enableReadyCheck: db.native.commandId('info') != null });

  test('commands, pipelines, errors and binary values', async () => {
    const redis = client();
    expect(await redis.set('a', '1')).toBe('OK');
    expect(await redis.get('a')).toBe('1');
    expect(db.get('a')).toBe('1');
    expect(await redis.pipeline().incr('a').get('a').call('nope').exec()).toEqual([
      [null, 2],
      [null, '2'],
      [expect.objectContaining({ message: expect.stringContaining('unknown command') as string })],
    ]);
    const bytes = Buffer.alloc(3 << 20, 0xfe);
    await redis.set('big', bytes);
    expect(bytes.equals((await redis.getBuffer('big')) as Buffer)).toBe(true);
    const many = await Promise.all(Array.from({ length: 5000 }, (_, at) => redis.set(`k${at}`, at)));
    expect(many.every((each) => each === 'OK')).toBe(true);
    expect(await redis.config('GET', 'port')).toBeTruthy();
    redis.disconnect();
  });

  test('messages and keyspace events', async () => {
    const redis = client();
    const listener = redis.duplicate();
    const seen: string[][] = [];
    const all = new Promise<void>((resolve) => {
      listener.on('pmessage', (...words: string[]) => {
        if (seen.push(words) === 4) resolve();
      });
    });
    await redis.config('SET', 'notify-keyspace-events', 'K$');
    expect(await listener.psubscribe('new*', '__key*')).toBe(2);
    expect(await redis.publish('news', 'one')).toBe(1);
    expect(await redis.publish('other', 'none')).toBe(0);
    expect(await redis.publish('news', 'two')).toBe(1);
    db.set('k', 'v');
    await redis.set('k', 'v');
    await all;
    const event = ['__key*', '__keyspace@0__:k', 'set'];
    expect(seen).toEqual([['new*', 'news', 'one'], ['new*', 'news', 'two'], event, event]);
    listener.disconnect();
    redis.disconnect();
  });

  test('connections of their own, which end', async () => {
    const redis = client();
    const other = redis.duplicate();
    await redis.select(2);
    await redis.set('k', 'in two');
    expect(await other.get('k')).toBeNull();
    const ended = new Promise((resolve) => redis.once('end', resolve));
    redis.disconnect();
    await ended;
    await expect(redis.get('k')).rejects.toThrow('Connection is closed');
    other.disconnect();
  });

  test('a host command answers as any other', async () => {
    db.command({ name: 'twice', arity: 2 }, (context, key: string) => {
      context.call('APPEND', key, context.get(key) ?? '');
      return context.get(key);
    });
    const redis = client();
    await redis.set('k', 'ab');
    expect(await redis.call('twice', 'k')).toBe('abab');
    redis.disconnect();
  });
});

describe('node-redis 6', () => {
  test('commands, multi values and a second client', async () => {
    const client = createClient({ socket: inProcess(db) });
    const faults: unknown[] = [];
    client.on('error', (error) => faults.push(error));
    // HELLO is what it opens with.
    if (db.native.commandId('hello') == null) return;
    await client.connect();
    expect(await client.set('b', '2')).toBe('OK');
    expect(await Promise.all([client.get('b'), client.mGet(['b', 'c'])])).toEqual(['2', ['2', null]]);
    expect(db.get('b')).toBe('2');
    const second = client.duplicate();
    second.on('error', (error) => faults.push(error));
    await second.connect();
    expect(await second.get('b')).toBe('2');
    second.destroy();
    await client.close();
    release(db);
    expect(faults).toEqual([]);
  });

  test('other connections are left alone', async () => {
    const { createConnection, createServer } = await import('node:net');
    inProcess(db);
    const server = createServer((socket) => socket.end('hello'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const socket = createConnection(port, '127.0.0.1');
    const chunk = await new Promise<Buffer>((resolve) => socket.once('data', resolve));
    expect(chunk.toString()).toBe('hello');
    server.close();
    release(db);
  });
});

test('a thread that is ended leaves nothing behind: neither its waiters nor its subscriptions', async () => {
  const shared = open({ share: 'ended' });
  const redis = new Redis6({ Connector: connector(shared) });
  const sessions = async () => ((await redis.client('LIST')) as string).match(/cmd=\S+/g);
  const before = await sessions();
  const thread = new Worker(
    `const { workerData, parentPort } = require('node:worker_threads');
    const { Redis } = require('ioredis');
    Promise.all([import(workerData.index), import(workerData.ioredis)]).then(async ([{ open }, { connector }]) => {
      const redis = new Redis({ Connector: connector(open({ share: 'ended' })) });
      await redis.duplicate().subscribe('news');
      redis.blpop('list', 0);
      parentPort.postMessage('waiting');
    });`,
    {
      eval: true,
      workerData: { index: import.meta.resolve('hematite'), ioredis: import.meta.resolve('hematite/ioredis') },
    },
  );
  await new Promise((resolve) => thread.once('message', resolve));
  while (!(await sessions())?.includes('cmd=blpop')) await sleep(5);
  expect(await redis.publish('news', 'one')).toBe(1);
  await thread.terminate();
  expect(await sessions()).toEqual(before);
  expect(await redis.publish('news', 'two')).toBe(0);
  expect(await redis.rpush('list', 'kept')).toBe(1);
  expect(await redis.lrange('list', 0, -1)).toEqual(['kept']);
  redis.disconnect();
  shared.close();
});

describe('the API of redis-memory-server', () => {
  test('starts by itself, tells where it is, and stops', async () => {
    const server = new RedisMemoryServer();
    const port = await server.getPort();
    expect(await server.getHost()).toBe('127.0.0.1');
    expect(server.getInstanceInfo()).toEqual({ port, ip: '127.0.0.1' });
    const redis = new Redis6({ port, enableReadyCheck: false });
    expect(await redis.set('k', 'v')).toBe('OK');
    await redis.quit().catch(() => redis.disconnect());
    redis.disconnect();
    expect(await server.stop()).toBe(true);
    expect(await server.stop()).toBe(false);
    expect(server.getInstanceInfo()).toBe(false);
  });

  test('with options it is a process of its own', async () => {
    const server = await RedisMemoryServer.create({ instance: { args: ['--databases', '3'] } });
    const redis = new Redis6({ port: await server.getPort(), enableReadyCheck: false });
    expect(await redis.config('GET', 'databases')).toEqual(['databases', '3']);
    redis.disconnect();
    await server.stop();
  });

  test('a port in use is an error', async () => {
    const first = await RedisMemoryServer.create();
    const port = await first.getPort();
    await expect(RedisMemoryServer.create({ instance: { port } })).rejects.toThrow('Address already in use');
    await expect(RedisMemoryServer.create({ instance: { port, args: ['--hz', '10'] } })).rejects.toThrow(
      'Address already in use',
    );
    await first.stop();
  });
});
