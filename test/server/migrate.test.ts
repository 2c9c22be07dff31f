/**
 * MIGRATE between whole servers: two of ours, and to and from a redis-server. Errors, time limits, targets that go away, keys
 * that are written to while they move, and other clients meanwhile.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server as TcpServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { freePort } from '../conformance/fronts/process.js';
import { hasOracle, Oracle } from '../oracle/redis-server.js';
import { type Client, ServerProcess } from './server-process.js';

let folder: string;
let servers: ServerProcess[];
let listeners: TcpServer[];
let oracle: Oracle | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hematite-migrate-'));
  [servers, listeners, oracle] = [[], [], undefined];
});

afterEach(async () => {
  await Promise.all(servers.map((server) => server.kill()));
  for (const listener of listeners) listener.close();
  await oracle?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function hematite(...options: string[]): Promise<{ server: ServerProcess; client: Client; port: number }> {
  const server = await ServerProcess.start(folder, ['--save', '', '--enable-debug-command', 'yes', ...options]);
  servers.push(server);
  return { server, client: await server.client(), port: server.port };
}

/** Listens, and does with connections what a test says. */
async function listen(answer: (socket: Socket) => void): Promise<number> {
  const port = await freePort();
  const listener = createServer((socket) => {
    socket.on('error', () => undefined);
    answer(socket);
  });
  listeners.push(listener);
  await new Promise<void>((resolve) => listener.listen(port, '127.0.0.1', resolve));
  return port;
}

const OK = '+OK\r\n';
const HOST = '127.0.0.1';

/** A key of each type, small and large. */
async function fill(client: Client): Promise<string[]> {
  const many = Array.from({ length: 600 }, (_, index) => [`m${index}`, `${index}`]).flat();
  await client.say('SET', 'text', 'value');
  await client.say('SET', 'number', '42', 'PX', '100000');
  await client.say('RPUSH', 'list', ...many);
  await client.say('SADD', 'set', 'a', 'b', '3');
  await client.say('HSET', 'hash', ...many);
  await client.say('ZADD', 'zset', '1', 'a', '2.5', 'b');
  await client.say('XADD', 'stream', '5-1', 'f', 'v');
  await client.say('XGROUP', 'CREATE', 'stream', 'g', '0');
  await client.say('XREADGROUP', 'GROUP', 'g', 'c', 'STREAMS', 'stream', '>');
  return ['text', 'number', 'list', 'set', 'hash', 'zset', 'stream'];
}

describe('between two of ours', () => {
  test('keys of each type go, one and several, with their expiry', async () => {
    const [from, to] = [await hematite(), await hematite()];
    const keys = await fill(from.client);
    const digests = await from.client.say('DEBUG', 'DIGEST-VALUE', ...keys);
    expect(await from.client.say('MIGRATE', HOST, to.port, 'text', 0, 1000)).toBe(OK);
    expect(await from.client.say('MIGRATE', HOST, to.port, '', 0, 1000, 'KEYS', ...keys.slice(1), 'none')).toBe(OK);
    expect(await from.client.say('DBSIZE')).toBe(':0\r\n');
    expect(await to.client.say('DEBUG', 'DIGEST-VALUE', ...keys)).toBe(digests);
    const left = Number((await to.client.say('PTTL', 'number')).slice(1));
    expect(left).toBeGreaterThan(50_000);
    expect(left).toBeLessThanOrEqual(100_000);
    expect(await from.client.say('MIGRATE', HOST, to.port, 'text', 0, 1000)).toBe('+NOKEY\r\n');
  });

  test('COPY, REPLACE and another database', async () => {
    const [from, to] = [await hematite(), await hematite()];
    await from.client.say('SET', 'k', 'new');
    await to.client.say('SET', 'k', 'old');
    const refused = '-ERR Target instance replied with error: BUSYKEY Target key name already exists.\r\n';
    expect(await from.client.say('MIGRATE', HOST, to.port, 'k', 0, 1000, 'COPY')).toBe(refused);
    expect(await to.client.say('GET', 'k')).toBe('$3\r\nold\r\n');
    expect(await from.client.say('MIGRATE', HOST, to.port, 'k', 0, 1000, 'COPY', 'REPLACE')).toBe(OK);
    expect(await to.client.say('GET', 'k')).toBe('$3\r\nnew\r\n');
    expect(await from.client.say('EXISTS', 'k')).toBe(':1\r\n');
    expect(await from.client.say('MIGRATE', HOST, to.port, 'k', 3, 1000)).toBe(OK);
    expect(await from.client.say('EXISTS', 'k')).toBe(':0\r\n');
    await to.client.say('SELECT', 3);
    expect(await to.client.say('GET', 'k')).toBe('$3\r\nnew\r\n');
    await from.client.say('SET', 'k', 'other');
    expect(await from.client.say('MIGRATE', HOST, to.port, 'k', 99, 1000)).toBe(
      '-ERR Target instance replied with error: ERR DB index is out of range\r\n',
    );
    expect(await from.client.say('GET', 'k')).toBe('$5\r\nother\r\n');
  });

  test('AUTH and AUTH2', async () => {
    const [from, to] = [await hematite(), await hematite('--requirepass', 'secret')];
    await from.client.say('SET', 'k', 'v');
    const target = 'ERR Target instance replied with error:';
    const wrong = 'WRONGPASS invalid username-password pair or user is disabled.';
    expect(await from.client.say('MIGRATE', HOST, to.port, 'k', 0, 1000)).toBe(
      `-${target} NOAUTH Authentication required.\r\n`,
    );
    expect(await from.client.say('MIGRATE', HOST, to.port, 'k', 0, 1000, 'AUTH', 'bad')).toBe(
      `-${target} ${wrong}\r\n`,
    );
    expect(await from.client.say('MIGRATE', HOST, to.port, 'k', 0, 1000, 'COPY', 'AUTH', 'secret')).toBe(OK);
    expect(await from.client.say('MIGRATE', HOST, to.port, 'k', 0, 1000, 'REPLACE', 'AUTH2', 'default', 'secret')).toBe(
      OK,
    );
    await to.client.say('AUTH', 'secret');
    expect(await to.client.say('GET', 'k')).toBe('$1\r\nv\r\n');
  });

  test('a source whose default user may nothing migrates for those who may', async () => {
    const [from, to] = [await hematite(), await hematite()];
    await from.client.say('ACL', 'SETUSER', 'mover', 'on', '>p', '+migrate', '+set', '+get', '~a*');
    await from.client.say('ACL', 'SETUSER', 'default', 'off');
    const mover = await from.server.client();
    await mover.say('AUTH', 'mover', 'p');
    await mover.say('SET', 'a1', 'v');
    expect(await mover.say('MIGRATE', HOST, to.port, '', 0, 1000, 'KEYS', 'a1', 'b1')).toMatch(/^-NOPERM/);
    expect(await mover.say('MIGRATE', HOST, to.port, 'a1', 0, 1000)).toBe(OK);
    expect(await to.client.say('GET', 'a1')).toBe('$1\r\nv\r\n');
  });

  test('what has moved stays moved after a restart', async () => {
    const from = await hematite('--appendonly', 'yes', '--appendfsync', 'always');
    const other = mkdtempSync(join(tmpdir(), 'hematite-migrate-'));
    const to = await ServerProcess.start(other, ['--save', '']);
    servers.push(to);
    await from.client.say('SET', 'k', 'v');
    await from.client.say('SET', 'stays', 'v');
    expect(await from.client.say('MIGRATE', HOST, to.port, 'k', 0, 1000)).toBe(OK);
    await from.server.kill();
    const again = await hematite('--appendonly', 'yes');
    expect(await again.client.say('KEYS', '*')).toBe('*1\r\n$5\r\nstays\r\n');
    rmSync(other, { recursive: true, force: true });
  });

  test('counters that are written to all the time lose nothing', async () => {
    const [from, to] = [await hematite(), await hematite()];
    const mover = await from.server.client();
    const writers = await Promise.all([from.server.client(), from.server.client(), from.server.client()]);
    let [sum, moves, isOver] = [0, 0, false];
    const write = async (writer: Client) => {
      while (!isOver) {
        const replies = await Promise.all(Array.from({ length: 20 }, () => writer.say('INCR', 'n')));
        sum += replies.filter((reply) => reply.startsWith(':')).length;
      }
    };
    const writing = writers.map(write);
    // What arrives is taken away, so that the next move finds nothing of that name.
    let arrived = 0;
    while (moves < 30) {
      const answer = await mover.say('MIGRATE', HOST, to.port, 'n', 0, 5000);
      expect(answer === OK || answer === '+NOKEY\r\n').toBe(true);
      if (answer !== OK) continue;
      moves += 1;
      arrived += Number(/\r\n(\d+)/.exec(await to.client.say('GETDEL', 'n'))?.[1] ?? 0);
    }
    isOver = true;
    await Promise.all(writing);
    const rest = Number(/\r\n(\d+)/.exec(await from.client.say('GET', 'n'))?.[1] ?? 0);
    expect(arrived + rest).toBe(sum);
    expect(sum).toBeGreaterThan(1000);
  }, 60_000);
});

describe('targets that fail', () => {
  test('nobody there, a name that is none', async () => {
    const { client } = await hematite();
    await client.say('SET', 'k', 'v');
    const writing = '-IOERR error or timeout writing to target instance\r\n';
    expect(await client.say('MIGRATE', HOST, await freePort(), 'k', 0, 500)).toBe(writing);
    expect(await client.say('MIGRATE', 'no.such.host.invalid', 1, 'k', 0, 2000)).toBe(
      '-IOERR error or timeout connecting to the client\r\n',
    );
    expect(await client.say('GET', 'k')).toBe('$1\r\nv\r\n');
  });

  test('one that does not answer holds nobody else up, and the key stays', async () => {
    const { server, client } = await hematite();
    const port = await listen(() => undefined);
    await client.say('SET', 'k', 'v');
    const other = await server.client();
    const began = performance.now();
    const answer = client.say('MIGRATE', HOST, port, 'k', 0, 700);
    for (let round = 0; round < 20; round += 1) {
      expect(await other.say('SET', `other:${round}`, round)).toBe(OK);
      expect(await other.say('GET', 'k')).toBe('$1\r\nv\r\n');
    }
    expect(performance.now() - began).toBeLessThan(600);
    expect(await answer).toBe('-IOERR error or timeout reading from target instance\r\n');
    expect(performance.now() - began).toBeGreaterThan(650);
    expect(await client.say('GET', 'k')).toBe('$1\r\nv\r\n');
  });

  test('one that hangs up is tried once more', async () => {
    const { client } = await hematite();
    let connections = 0;
    const port = await listen((socket) => {
      connections += 1;
      if (connections === 1) socket.once('data', () => socket.destroy());
      else socket.on('data', (chunk) => socket.write('+OK\r\n'.repeat(chunk.includes('SELECT') ? 2 : 1)));
    });
    await client.say('SET', 'k', 'v');
    expect(await client.say('MIGRATE', HOST, port, 'k', 0, 1000)).toBe(OK);
    expect(connections).toBe(2);
    expect(await client.say('EXISTS', 'k')).toBe(':0\r\n');
  });

  test('a connection is kept for the next call, and a dead one is noticed', async () => {
    const [from, to] = [await hematite(), await hematite()];
    for (let round = 0; round < 3; round += 1) {
      await from.client.say('SET', 'k', round);
      expect(await from.client.say('MIGRATE', HOST, to.port, 'k', 0, 1000, 'REPLACE')).toBe(OK);
    }
    const received = Number((await to.client.info('stats')).total_connections_received);
    expect(received).toBe(2);
    expect((await from.client.info('stats')).migrate_cached_sockets).toBe('1');
    await to.client.say('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await from.client.say('SET', 'k', 'last');
    expect(await from.client.say('MIGRATE', HOST, to.port, 'k', 0, 1000, 'REPLACE')).toBe(OK);
    expect(await to.client.say('GET', 'k')).toBe('$4\r\nlast\r\n');
  });
});

describe.skipIf(!hasOracle())('with redis-server', () => {
  test('keys of each type go there and come back', async () => {
    oracle = await Oracle.start(['--save', '']);
    const { client, port } = await hematite();
    const keys = await fill(client);
    const digests = await client.say('DEBUG', 'DIGEST-VALUE', ...keys);
    expect(await client.say('MIGRATE', HOST, oracle.port, '', 0, 2000, 'KEYS', ...keys)).toBe(OK);
    expect(await client.say('DBSIZE')).toBe(':0\r\n');
    expect(await oracle.call('DBSIZE')).toBe(keys.length);
    expect(await oracle.call('LLEN', 'list')).toBe(1200);
    expect(await oracle.call('XPENDING', 'stream', 'g')).toEqual([1, '5-1', '5-1', [['c', '1']]]);
    expect(await oracle.call('MIGRATE', HOST, `${port}`, '', '0', '2000', 'KEYS', ...keys)).toBe('OK');
    expect(await oracle.call('DBSIZE')).toBe(0);
    expect(await client.say('DBSIZE')).toBe(`:${keys.length}\r\n`);
    expect(await client.say('DEBUG', 'DIGEST-VALUE', ...keys)).toBe(digests);
    expect(Number((await client.say('PTTL', 'number')).slice(1))).toBeGreaterThan(50_000);
  });

  test('the same errors', async () => {
    oracle = await Oracle.start(['--save', '', '--requirepass', 'secret']);
    const { client } = await hematite();
    await client.say('SET', 'k', 'v');
    const answers = [];
    for (const more of [[], ['AUTH', 'bad'], ['AUTH', 'secret', 'COPY'], ['AUTH', 'secret']]) {
      answers.push(await client.say('MIGRATE', HOST, oracle.port, 'k', 0, 1000, ...more));
    }
    const target = '-ERR Target instance replied with error:';
    expect(answers).toEqual([
      `${target} NOAUTH Authentication required.\r\n`,
      `${target} WRONGPASS invalid username-password pair or user is disabled.\r\n`,
      OK,
      `${target} BUSYKEY Target key name already exists.\r\n`,
    ]);
  });
});
