/**
 * While a program runs for long: everybody hears BUSY, whatever the number of threads and the driver, what is allowed meanwhile
 * works, and the program can be ended. The same conversation is held with a redis-server, and must be the same to the byte.
 */

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hasOracle, freePort } from '../oracle/redis-server.js';
import { Client, ServerProcess } from './server-process.js';

const THRESHOLD_MS = 100;
/** Nobody may wait much longer than this for BUSY, also on a machine under load. */
const PATIENCE_MS = 3_000;
const ENDLESS = 'while true do end';

let folder: string;
let endings: (() => Promise<unknown> | undefined)[];
let clients: Client[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hematite-busy-'));
  endings = [];
  clients = [];
});
afterEach(async () => {
  for (const client of clients) client.close();
  await Promise.all(endings.map((end) => end()));
  rmSync(folder, { recursive: true, force: true });
});

const SETTINGS = ['--save', '', '--busy-reply-threshold', String(THRESHOLD_MS)];

async function start(...args: string[]): Promise<ServerProcess> {
  const server = await ServerProcess.start(folder, [...SETTINGS, ...args]);
  endings.push(() => server.kill());
  return server;
}

async function startOracle(): Promise<number> {
  const port = await freePort();
  const child = spawn('redis-server', ['--port', String(port), '--dir', folder, ...SETTINGS], { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  endings.push(() => (child.kill('SIGKILL'), ended));
  for (let tries = 0; tries < 100; tries += 1) {
    const client = await Client.open(port).catch(() => undefined);
    if (client) return (client.close(), port);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('redis-server does not start');
}

async function open(port: number): Promise<Client> {
  const client = await Client.open(port);
  clients.push(client);
  return client;
}

/** Waits until a client hears BUSY, which must be soon. */
async function untilBusy(client: Client): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await client.say('PING')).startsWith('-BUSY')) {
    expect(Date.now(), 'nobody hears BUSY').toBeLessThan(deadline);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** What is said to a server while a program runs; in the order in which it is said, by the clients of these names. */
const MEANWHILE: [who: string, ...words: string[]][] = [
  ['other', 'PING'],
  ['other', 'GET', 'k'],
  ['other', 'AUTH', 'x'],
  ['other', 'MULTI'],
  ['other', 'GET', 'k'],
  ['other', 'EXEC'],
  ['other', 'DISCARD'],
  ['other', 'MULTI'],
  ['other', 'DISCARD'],
  ['other', 'EXEC'],
  ['other', 'WATCH', 'k'],
  ['other', 'UNWATCH'],
  ['other', 'EVAL', 'return 1', '0'],
  ['other', 'FCALL', 'f', '0'],
  ['other', 'SCRIPT', 'EXISTS', 'x'],
  ['other', 'SCRIPT', 'KILL', 'x'],
  ['other', 'FUNCTION', 'LIST'],
  ['other', 'FUNCTION', 'STATS', 'x'],
  ['other', 'FLUSHALL'],
  ['other', 'SWAPDB', '0', '1'],
  ['other', 'SUBSCRIBE', 'c'],
  ['other', 'CLIENT', 'ID'],
  ['other', 'NOSUCH', 'x'],
  ['other', 'GET'],
  ['other', 'SHUTDOWN'],
  ['other', 'SHUTDOWN', 'SAVE'],
  ['other', 'RESET'],
  ['queuing', 'SET', 'y', '2'],
  ['queuing', 'EXEC'],
  ['queuing', 'EXEC'],
  ['queued', 'EXEC'],
  ['watching', 'MULTI'],
  ['watching', 'EXEC'],
  ['other', 'QUIT'],
];

/** A conversation with a busy server: how the program is run and ended, and what everybody hears. */
async function converse(port: number, program: string[], kill: [string, string]): Promise<string[]> {
  const names = ['main', 'other', 'queuing', 'queued', 'watching', 'late'] as const;
  const all = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await open(port)] as const)));
  const said: string[] = [];
  const say = async (who: string, ...words: string[]): Promise<string> => {
    const reply = await (all[who] as Client).say(...words);
    said.push(`${who}: ${words.join(' ')}: ${reply}`);
    return reply;
  };
  const library = `#!lua name=lib\nredis.register_function{function_name='f', callback=function() ${ENDLESS} end, flags={'no-writes'}}`;
  await say('main', 'FUNCTION', 'LOAD', 'REPLACE', library);
  await say('main', 'SET', 'k', '1');
  await say('watching', 'WATCH', 'k');
  for (const who of ['queuing', 'queued']) {
    await say(who, 'MULTI');
    await say(who, 'SET', 'x', '1');
  }
  const reply = (all['main'] as Client).say(...program);
  const next = (all['main'] as Client).say('ECHO', 'after');
  await untilBusy(all['late'] as Client);
  for (const [who, ...words] of MEANWHILE) await say(who, ...words);
  // What is for programs of the other kind does nothing.
  await say('late', kill[0] === 'SCRIPT' ? 'FUNCTION' : 'SCRIPT', 'KILL');
  await say('late', ...kill);
  said.push(await reply, await next);
  await say('late', 'MGET', 'k', 'x', 'y');
  await say('queued', 'EXEC');
  return said;
}

const FRONTS = [
  ['1', 'uring'],
  ['1', 'mio'],
  ['2', 'uring'],
  ['2', 'mio'],
] as const;

describe.each(FRONTS)('with %s thread(s) over %s', (threads, driver) => {
  const args = ['--io-threads', threads, '--io-driver', driver];

  test.runIf(hasOracle())('everybody hears what a redis-server says', async () => {
    const [server, oracle] = await Promise.all([start(...args), startOracle()]);
    for (const program of [
      { words: ['EVAL', ENDLESS, '0'], kill: ['SCRIPT', 'KILL'] },
      { words: ['EVAL', `while true do pcall(function() ${ENDLESS} end) end`, '0'], kill: ['SCRIPT', 'KILL'] },
      { words: ['FCALL', 'f', '0'], kill: ['FUNCTION', 'KILL'] },
      { words: ['FCALL_RO', 'f', '0'], kill: ['FUNCTION', 'KILL'] },
    ] as { words: string[]; kill: [string, string] }[]) {
      const ours = await converse(server.port, program.words, program.kill);
      const theirs = await converse(oracle, program.words, program.kill);
      for (const [at, reply] of theirs.entries()) expect(ours[at]).toBe(reply);
      expect(ours).toHaveLength(theirs.length);
    }
  });

  test('what is pipelined around a program is answered in order, and a transaction may hold it', async () => {
    const server = await start(...args);
    const [main, other] = [await open(server.port), await open(server.port)];
    const replies = [
      main.say('SET', 'k', '1'),
      main.say('EVAL', ENDLESS, '0'),
      main.say('INCR', 'k'),
      main.say('MULTI'),
      main.say('INCR', 'k'),
      main.say('EVAL', ENDLESS, '0'),
      main.say('INCR', 'k'),
      main.say('EXEC'),
      main.say('GET', 'k'),
    ];
    await untilBusy(other);
    expect(await other.say('SCRIPT', 'KILL')).toBe('+OK\r\n');
    expect(await replies[1]).toMatch(/^-ERR Script killed by user with SCRIPT KILL/);
    await untilBusy(other);
    const later = main.say('ECHO', 'sent meanwhile');
    expect(await other.say('SCRIPT', 'KILL')).toBe('+OK\r\n');
    expect((await Promise.all(replies)).slice(2)).toEqual([
      ':2\r\n',
      '+OK\r\n',
      '+QUEUED\r\n',
      '+QUEUED\r\n',
      '+QUEUED\r\n',
      expect.stringMatching(/^\*3\r\n:3\r\n-ERR Script killed by user[^\r]*\r\n:4\r\n$/),
      '$1\r\n4\r\n',
    ]);
    expect(await later).toBe('$14\r\nsent meanwhile\r\n');
  });

  test('a program whose client has gone goes on, and others can end it', async () => {
    const server = await start(...args);
    const [main, other] = [await open(server.port), await open(server.port)];
    void main.say('EVAL', ENDLESS, '0');
    await untilBusy(other);
    main.close();
    // New clients are taken meanwhile, and leave again.
    for (let count = 0; count < 20; count += 1) {
      const client = await open(server.port);
      expect(await client.say('PING')).toMatch(/^-BUSY/);
      client.close();
    }
    expect(await other.say('PING')).toMatch(/^-BUSY/);
    expect(await other.say('SCRIPT', 'KILL')).toBe('+OK\r\n');
    const deadline = Date.now() + PATIENCE_MS;
    while ((await other.say('PING')) !== '+PONG\r\n') expect(Date.now()).toBeLessThan(deadline);
    while ((await other.info('clients'))['connected_clients'] !== '1') expect(Date.now()).toBeLessThan(deadline);
  });

  test('those who wait for a key time out meanwhile, and those who push come after', async () => {
    const server = await start(...args);
    const [main, other, waiter] = [await open(server.port), await open(server.port), await open(server.port)];
    const waited = waiter.say('BLPOP', 'list', '0.5');
    while ((await other.info('clients'))['blocked_clients'] !== '1')
      await new Promise((resolve) => setTimeout(resolve, 5));
    void main.say('EVAL', ENDLESS, '0');
    await untilBusy(other);
    expect(await waited).toBe('*-1\r\n');
    expect(await other.say('RPUSH', 'list', 'a')).toMatch(/^-BUSY/);
    expect(await other.say('SCRIPT', 'KILL')).toBe('+OK\r\n');
  });

  test('a program that has written can only be ended with the server, and leaves nothing half done in its journal', async () => {
    const server = await start(...args, '--appendonly', 'yes', '--appendfsync', 'always');
    const [main, other] = [await open(server.port), await open(server.port)];
    expect(await main.say('SET', 'whole', '1')).toBe('+OK\r\n');
    void main.say('EVAL', `redis.call('SELECT', 3) redis.call('SET', 'half', '1') ${ENDLESS}`, '0');
    await untilBusy(other);
    expect(await other.say('SCRIPT', 'KILL')).toMatch(/^-UNKILLABLE Sorry the script already executed write commands/);
    expect(await other.say('FUNCTION', 'KILL')).toMatch(/^-(UNKILLABLE|BUSY)/);
    expect(await other.say('SHUTDOWN')).toMatch(/^-BUSY/);
    expect(await other.say('SHUTDOWN', 'NOSAVE')).toBe('');
    expect(await server.ended).toBe(0);
    const names = readFileSync(join(folder, 'appendonlydir', 'appendonly.aof.manifest'), 'latin1').match(
      /\S+\.incr\.aof/g,
    );
    const journal = (names ?? []).map((name) => readFileSync(join(folder, 'appendonlydir', name), 'latin1')).join('');
    expect(journal).toContain('whole');
    expect(journal).not.toContain('half');
    const again = await start(...args, '--appendonly', 'yes');
    const client = await open(again.port);
    expect(await client.say('GET', 'whole')).toBe('$1\r\n1\r\n');
    expect(await client.say('DBSIZE')).toBe(':1\r\n');
  });
});
