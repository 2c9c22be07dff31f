/**
 * The embedded engine: typed methods, batches, host commands, several threads, several fronts on one keyspace.
 */

import { once } from 'node:events';
import { connect } from 'node:net';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Engine, open, ReplyError } from '../index.js';

let db: Engine;
beforeEach(() => void (db = open()));
afterEach(() => db.close());

/** Sends one request over TCP and gives the whole reply. */
async function overTcp(port: number, request: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(request);
  const [reply] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return reply.toString();
}

/** Everything that is answered until the server hangs up. */
async function conversation(port: number, request: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(`${request}QUIT\r\n`);
  let received = '';
  for await (const chunk of socket as AsyncIterable<Buffer>) received += chunk.toString();
  return received;
}

describe('the memory limit', () => {
  test('evicts what was not used, and refuses writes without a policy', () => {
    const used = () => Number(/used_memory:(\d+)/.exec(String(db.call('INFO', 'memory')))?.[1]);
    const cache = open({ maxmemory: used() + (4 << 20), maxmemoryPolicy: 'allkeys-lru' });
    const value = 'x'.repeat(1000);
    for (let at = 0; at < 20_000; at += 1) cache.set(`k${at}`, value);
    expect(cache.dbsize()).toBeGreaterThan(1000);
    expect(cache.dbsize()).toBeLessThan(5000);
    expect(cache.exists('k19999')).toBe(1);
    cache.call('CONFIG SET', 'maxmemory-policy', 'noeviction');
    expect(() => {
      for (let at = 0; at < 20_000; at += 1) cache.set(`m${at}`, value);
    }).toThrow("OOM command not allowed when used memory > 'maxmemory'.");
    expect(() => open({ maxmemoryPolicy: 'allkeys-ttl' as never })).toThrow('must be one of the following');
    cache.close();
  });
});

describe('calls', () => {
  test('typed methods take options and give natural values', () => {
    expect(db.set('k', 'v', { ex: 60 })).toBe('OK');
    expect(db.get('k')).toBe('v');
    expect(db.ttl('k')).toBe(60);
    expect(db.set('k', 'w', { xx: true, get: true, keepttl: true })).toBe('v');
    expect(db.ttl('k')).toBe(60);
    expect(db.set('k', 'x', { nx: true })).toBeNull();
    expect(db.mset(['a', 1], ['b', 2.5], ['c', 3n])).toBe('OK');
    expect(db.mget('a', 'b', 'c', 'nothing')).toEqual(['1', '2.5', '3', null]);
    expect(db.del('a', 'b')).toBe(2);
    expect(db.configGet('port')).toEqual(new Map([['port', '0']]));
  });

  test('bytes go through unchanged', () => {
    const key = Buffer.from([0, 255, 13, 10]);
    const value = Buffer.from(Uint8Array.from({ length: 256 }, (_, at) => at));
    db.set(key, value);
    expect(db.getBuffer(key)).toEqual(value);
    expect(db.strlen(key)).toBe(256);
    db.set('empty', new Uint8Array(0));
    expect(db.getBuffer('empty')).toEqual(Buffer.alloc(0));
    // A view into a larger buffer is its own bytes only.
    db.set('view', value.subarray(65, 68));
    expect(db.get('view')).toBe('ABC');
  });

  test('text of any length and script', () => {
    for (const text of ['', 'é', '日本語', '🦀'.repeat(3000), 'x'.repeat(4096), 'y'.repeat(1 << 20)]) {
      db.set('text', text);
      expect(db.get('text')).toBe(text);
    }
    // Around the size of what is kept for arguments, where a string just fits or just does not.
    for (let length = 4070; length < 4110; length += 1) {
      expect(db.call('ECHO', 'z'.repeat(length))).toHaveLength(length);
    }
  });

  test('many arguments', () => {
    const keys = Array.from({ length: 20_000 }, (_, at) => `key:${at}`);
    db.mset(...keys.map((key) => [key, key] as const));
    expect(db.mget(...keys)).toEqual(keys);
    expect(db.exists(...keys)).toBe(20_000);
  });

  test('integers beyond those of a number are bigints', () => {
    db.set('n', '9007199254740991');
    expect(db.incr('n')).toBe(9007199254740992n);
    db.set('n', '-9223372036854775807');
    expect(db.decr('n')).toBe(-9223372036854775808n);
  });

  test('an error reply is thrown as ReplyError with its code', () => {
    expect(() => db.call('GET')).toThrow(ReplyError);
    expect(() => db.call('GET')).toThrow("ERR wrong number of arguments for 'get' command");
    expect(() => db.call('nope', 'x')).toThrow("ERR unknown command 'nope'");
    try {
      db.set('k', 'v', { ex: 0 });
      expect.unreachable();
    } catch (error) {
      expect((error as ReplyError).code).toBe('ERR');
    }
  });

  test('what is no argument is refused before anything runs', () => {
    for (const wrong of [undefined, null, {}, [], () => 1, Symbol('s'), true, new Float64Array(1)]) {
      expect(() => db.call('SET', 'k', wrong as unknown as string)).toThrow('an argument is no string');
    }
    expect(() => (db.call as () => unknown)()).toThrow();
    expect(db.get('k')).toBeNull();
  });
});

test('opens with directives of redis.conf, and refuses wrong ones', () => {
  const other = open({ databases: 3, config: { 'set-max-intset-entries': 7, maxclients: '5' } });
  expect(other.configGet('databases', 'maxclients', 'set-max-intset-entries')).toEqual(
    new Map([
      ['databases', '3'],
      ['maxclients', '5'],
      ['set-max-intset-entries', '7'],
    ]),
  );
  other.call('SELECT', 2);
  expect(() => other.call('SELECT', 3)).toThrow('ERR DB index is out of range');
  other.close();
  expect(() => open({ config: { maxclients: 'many' } })).toThrow("argument couldn't be parsed into an integer");
  expect(() => open({ config: { 'no-such-directive': 1 } })).toThrow('Bad directive');
});

describe('batches', () => {
  test('run in order, errors in their places', () => {
    const replies = db.batch((batch) => {
      batch.set('n', 1);
      batch.incr('n');
      batch.call('NOPE');
      batch.call('CONFIG GET', 'port');
      batch.mget('n', 'nothing');
    });
    expect(replies.slice(0, 2)).toEqual(['OK', 2]);
    expect(replies[2]).toBeInstanceOf(ReplyError);
    expect(replies.slice(3)).toEqual([new Map([['port', '0']]), ['2', null]]);
    expect(db.batch(() => undefined)).toEqual([]);
    expect(db.batch((batch) => batch.get('n'), { buffers: true })).toEqual([Buffer.from('2')]);
  });

  test('of any size', () => {
    const count = 10_000;
    const replies = db.batch((batch) => {
      for (let at = 0; at < count; at += 1) batch.set(`k${at}`, at);
      for (let at = 0; at < count; at += 1) batch.get(`k${at}`);
    });
    expect(replies).toHaveLength(2 * count);
    expect(replies[count + 4321]).toBe('4321');
  });
});

describe('host commands', () => {
  test('are called from everywhere, with keys and errors', async () => {
    db.command({ name: 'Exchange', arity: 3, keys: [1, 2, 1], flags: ['write'] }, (context, a: string, b: string) => {
      const [x, y] = context.mget(a, b);
      context.mset([a, y ?? ''], [b, x ?? '']);
      return [y ?? null, x ?? null];
    });
    db.mset(['a', 1], ['b', 2]);
    expect(db.call('exchange', 'a', 'b')).toEqual(['2', '1']);
    expect(() => db.call('exchange', 'a')).toThrow("wrong number of arguments for 'exchange' command");
    const { port } = db.listen({ port: 0 });
    expect(await overTcp(port, 'EXCHANGE a b\r\n')).toBe('*2\r\n$1\r\n1\r\n$1\r\n2\r\n');
    expect(db.batch((batch) => (batch.call('EXCHANGE', 'a', 'b'), batch.get('a')))).toEqual([['2', '1'], '2']);
    expect(db.removeCommand('EXCHANGE')).toBe(true);
    expect(() => db.call('exchange', 'a', 'b')).toThrow('unknown command');
  });

  test('may be part of a transaction', async () => {
    db.command({ name: 'double', arity: 2, keys: [1, 1, 1], flags: ['write'] }, (context, key: string) =>
      context.incrby(key, Number(context.get(key))),
    );
    db.command({ name: 'later' }, (async () => 1) as unknown as () => number);
    const queue = (send: (...words: string[]) => void) => {
      send('MULTI');
      send('SET', 'n', '3');
      send('DOUBLE', 'n');
      send('LATER');
      send('INCR', 'n');
      send('EXEC');
    };
    let replies: unknown;
    queue((name, ...rest) => void (replies = db.call(name as string, ...rest)));
    expect(replies).toEqual(['OK', 6, expect.any(ReplyError), 7]);
    const batch = db.batch((each) => queue((name, ...rest) => each.call(name as string, ...rest)));
    expect(batch.at(-1)).toEqual(['OK', 6, expect.any(ReplyError), 7]);
    const { port } = db.listen({ port: 0, threads: 2 });
    let request = '';
    queue((...words) => void (request += `${words.join(' ')}\r\n`));
    const received = await conversation(port, request);
    expect(received).toBe(
      `+OK\r\n${'+QUEUED\r\n'.repeat(4)}*4\r\n+OK\r\n:6\r\n-ERR a host command has to return its reply, not a promise of it\r\n:7\r\n+OK\r\n`,
    );
    // A transaction within such a command is part of it.
    db.command({ name: 'nested' }, (context) => {
      context.call('MULTI');
      context.call('double', 'n');
      return context.call('EXEC') as number[];
    });
    expect(db.call('nested')).toEqual([14]);
  });

  test('reply with any value, fail with any error', () => {
    const answers: Record<string, unknown> = {
      text: 'x',
      number: 7,
      double: 1.5,
      nothing: null,
      yes: true,
      list: ['a', ['b', 2]],
      map: new Map([['k', 1]]),
      object: { k: 'v' },
    };
    db.command({ name: 'answer', arity: 2 }, (_, name: string) => answers[name] as string);
    expect(db.call('answer', 'text')).toBe('x');
    expect(db.call('answer', 'number')).toBe(7);
    expect(db.call('answer', 'double')).toBe(1.5);
    expect(db.call('answer', 'nothing')).toBeNull();
    expect(db.call('answer', 'yes')).toBe(true);
    expect(db.call('answer', 'list')).toEqual(['a', ['b', 2]]);
    expect(db.call('answer', 'map')).toEqual(new Map([['k', 1]]));
    expect(db.call('answer', 'object')).toEqual(new Map([['k', 'v']]));
    db.command({ name: 'fail', arity: 2 }, (_, kind: string) => {
      throw kind === 'reply' ? new ReplyError('WRONGTYPE no') : new Error('no');
    });
    expect(() => db.call('fail', 'reply')).toThrow(/^WRONGTYPE no$/);
    expect(() => db.call('fail', 'error')).toThrow(/^ERR no$/);
    db.command({ name: 'later' }, (async () => 1) as unknown as () => number);
    expect(() => db.call('later')).toThrow('a host command has to return its reply');
  });

  test('may call each other, in the database of the caller', () => {
    db.command({ name: 'inner', arity: 2 }, (context, key: string) => context.get(key));
    db.command({ name: 'outer', arity: 2 }, (context, key: string) => context.call('inner', key) as string);
    db.command({ name: 'endless' }, (context) => context.call('endless') as string);
    db.call('SELECT', 3);
    db.set('k', 'in three');
    expect(db.call('outer', 'k')).toBe('in three');
    expect(() => db.call('endless')).toThrow('too deeply');
    expect(db.get('k')).toBe('in three');
  });

  test('definitions that make no sense are refused', () => {
    const run = () => 1;
    expect(() => db.command({ name: 'get' }, run)).toThrow('is a command of the engine');
    expect(() => db.command({ name: 'a b' }, run)).toThrow("can't be a command's name");
    expect(() => db.command({ name: 'x', flags: ['nonsense'] }, run)).toThrow('is no command flag');
    expect(() => db.command({ name: 'x', keys: [2, 1, 1] }, run)).toThrow('make no sense');
    expect(() => db.command({ name: 'x', arity: 0 }, run)).toThrow('never 0');
  });

  test('are atomic: clients on other threads see all of it or nothing', async () => {
    db.mset(['from', 1000], ['to', 0]);
    db.command({ name: 'transfer' }, (context) => {
      context.decr('from');
      for (let wait = 0; wait < 1000; wait += 1) context.get('from');
      return context.incr('to');
    });
    const { port } = db.listen({ port: 0, threads: 2 });
    const socket = connect(port, '127.0.0.1');
    let received = '';
    socket.on('data', (chunk: Buffer) => void (received += chunk.toString()));
    const rounds = 200;
    for (let round = 0; round < rounds; round += 1) {
      socket.write('*3\r\n$4\r\nMGET\r\n$4\r\nfrom\r\n$2\r\nto\r\n');
      db.call('transfer');
      await new Promise((resolve) => setImmediate(resolve));
    }
    await expect.poll(() => received.match(/\*2/g)?.length).toBe(rounds);
    const sums = received.split('*2\r\n').slice(1);
    for (const sum of sums) {
      const [, from, , to] = sum.split('\r\n');
      expect(Number(from) + Number(to)).toBe(1000);
    }
    socket.destroy();
  });
});

describe('one keyspace, several ways in', () => {
  test('sockets see what calls do and the other way round', async () => {
    db.set('k', 'v');
    const listener = db.listen({ port: 0 });
    expect(await overTcp(listener.port, 'GET k\r\n')).toBe('$1\r\nv\r\n');
    expect(await overTcp(listener.port, 'SET k w\r\n')).toBe('+OK\r\n');
    expect(db.get('k')).toBe('w');
    expect(await overTcp(listener.port, 'CONFIG GET databases\r\n')).toContain('databases');
    expect(() => db.listen({ port: listener.port })).toThrow('EADDRINUSE');
    listener.close();
    const socket = connect(listener.port, '127.0.0.1');
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNREFUSED');
  });

  test('worker threads share it by name', async () => {
    const shared = open({ share: 'test' });
    shared.set('counter', 0);
    const program = `
      const { parentPort } = require('node:worker_threads');
      import(${JSON.stringify(new URL('../../dist/index.js', import.meta.url).href)}).then(({ open }) => {
        const db = open({ share: 'test' });
        for (let n = 0; n < 20000; n += 1) db.incr('counter');
        let refused = '';
        try { db.call('CONFIG GET', 'port'); } catch (error) { refused = error.message; }
        db.close();
        parentPort.postMessage(refused);
      });`;
    const workers = [1, 2].map(() => new Worker(program, { eval: true }));
    const messages = workers.map((worker) => once(worker, 'message') as Promise<[string]>);
    for (let n = 0; n < 20_000; n += 1) shared.incr('counter');
    for (const [refused] of await Promise.all(messages)) expect(refused).toContain('answered by another thread');
    expect(shared.get('counter')).toBe('60000');
    expect(open({ share: 'another' }).get('counter')).toBeNull();
    shared.close();
  });

  test('keys expire without being looked at', async () => {
    for (let at = 0; at < 500; at += 1) db.set(`k${at}`, at, { px: 1000 });
    const keys = () => db.keys('*').length;
    expect(keys()).toBe(500);
    await expect.poll(keys, { timeout: 20_000 }).toBe(0);
  });

  test('after close nothing runs', () => {
    const other = open();
    other.close();
    expect(() => other.get('k')).toThrow('the session has ended');
    other.close();
  });
});
