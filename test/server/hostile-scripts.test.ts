/**
 * Hostile scripts over TCP, with a single I/O thread: an error each or BUSY for the others until it is ended, and the server
 * goes on with a bounded memory. The scripts themselves are those of crates/script/tests/hostile.rs, in a choice.
 *
 * Beside them, what `redis.set_repl` keeps out of the journal, as redis-server does it.
 */

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freePort, hasOracle } from '../oracle/redis-server.js';
import { Client, ServerProcess } from './server-process.js';

let folder: string;
let endings: (() => Promise<unknown> | undefined)[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hematite-hostile-'));
  endings = [];
});
afterEach(async () => {
  await Promise.all(endings.map((end) => end()));
  rmSync(folder, { recursive: true, force: true });
});

async function start(...args: string[]): Promise<ServerProcess> {
  const server = await ServerProcess.start(folder, ['--save', '', ...args]);
  endings.push(() => server.kill());
  return server;
}

const REFUSED: [script: string, part: string][] = [
  ["local s = 'x' while true do s = s .. s end", 'not enough memory'],
  ['local t = {} for i = 1, 1e9 do t[i] = {i} end', 'not enough memory'],
  ["return string.rep('x', 2^31 - 1)", 'not enough memory'],
  ['local function f() return 1 + f() end return f()', 'stack overflow'],
  ['local function f() coroutine.wrap(f)() end f()', 'overflow'],
  ["local function f() return string.gsub('a', 'a', f) end return f()", 'overflow'],
  ['return {unpack({}, 1, 1e8)}', 'too many results'],
  ['local t = {} t[1] = t return cjson.encode(t)', 'excessive nesting'],
  ['cjson.encode_max_depth(2^31 - 1) local t = {} t[1] = t return cjson.encode(t)', 'excessive nesting'],
  ["cjson.decode_max_depth(2^31 - 1) return cjson.decode(('['):rep(1e6))", 'too many nested'],
  ["return cmsgpack.unpack(('\\145'):rep(1e6))", 'overflow'],
  ["return struct.pack('i2147483647', 1)", 'integral size'],
  ["return struct.pack('c2147483647', 'x')", 'string too short'],
];

const ENDLESS = [
  'while true do xpcall(function() while true do end end, function() while true do end end) end',
  "return string.find(('a'):rep(3000), ('a*'):rep(40) .. 'b')",
  'local t = {} for i = 0, 29 do t[2^i] = 1 end while true do table.remove(t, 1) end',
  "local s = ('x'):rep(5e7) while true do local t = s .. 'y' end",
  'local t = {} for i = 1, 60 do t = {t, t} end return cjson.encode(t)',
];

/** Resident memory of a process, MiB. */
function residentMiB(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

test('hostile scripts end in errors or can be ended, and others are answered', async () => {
  const server = await start('--io-threads', '1', '--busy-reply-threshold', '50');
  const [main, other] = [await server.client(), await server.client()];
  for (const [script, part] of REFUSED) {
    const reply = await main.say('EVAL', script, '0');
    expect(reply.startsWith('-') && reply.includes(part), `${script}: ${reply.slice(0, 200)}`).toBe(true);
    expect(await other.say('PING')).toBe('+PONG\r\n');
  }
  for (const script of ENDLESS) {
    const reply = main.say('EVAL', script, '0');
    const deadline = Date.now() + 10_000;
    while (!(await other.say('PING')).startsWith('-BUSY')) expect(Date.now(), script).toBeLessThan(deadline);
    expect(await other.say('SCRIPT', 'KILL'), script).toBe('+OK\r\n');
    expect(await reply, script).toMatch(/^-ERR Script killed by user/);
    expect(await other.say('PING')).toBe('+PONG\r\n');
  }
  if (process.platform === 'linux') {
    // A machine takes 512 MiB at most, and gives it back.
    expect(residentMiB(server.child.pid as number)).toBeLessThan(700);
  }
}, 120_000);

const REPLICATION = [
  "redis.call('SET', 'all', 1) redis.set_repl(redis.REPL_NONE) redis.call('SET', 'none', 1) redis.call('DEL', 'gone')",
  "redis.set_repl(redis.REPL_AOF) redis.call('SET', 'aof', 1)",
  "redis.set_repl(redis.REPL_REPLICA) redis.call('SET', 'replica', 1)",
  "redis.set_repl(redis.REPL_SLAVE) redis.pcall('INCR', 'all') redis.set_repl(redis.REPL_ALL) redis.call('INCR', 'again')",
  "redis.call('SET', 'after', 1)",
  "redis.set_repl(redis.REPL_NONE) redis.call('FLUSHALL') redis.call('SET', 'last', 1)",
];

/** The commands of an append-only file, without transactions and databases, and the keys that are left in memory. */
async function journalOf(client: Client): Promise<string[]> {
  for (const script of REPLICATION) expect(await client.say('EVAL', script, '0')).toBe('$-1\r\n');
  await client.say('SET', 'end', 1);
  const keys = (await client.say('KEYS', '*')).match(/(?<=\$\d+\r\n)[a-z]+/g) ?? [];
  const directory = join(folder, 'appendonlydir');
  const names = readdirSync(directory).filter((name) => name.endsWith('.incr.aof'));
  const text = names.map((name) => readFileSync(join(directory, name), 'latin1')).join('');
  const words = text.match(/(?<=\$\d+\r\n)[^\r]+/g) ?? [];
  const left = words.filter((word) => !/^(MULTI|EXEC|SELECT|0)$/i.test(word));
  return [...left.map((word) => word.toLowerCase()), 'keys', ...keys.sort()];
}

test('redis.set_repl decides what the journal learns', async () => {
  const args = ['--appendonly', 'yes', '--appendfsync', 'always'];
  const server = await start(...args);
  const ours = await journalOf(await server.client());
  await server.kill();
  const expected = 'set all 1 set aof 1 incr again set after 1 set end 1 keys end last';
  expect(ours.join(' ')).toBe(expected);
  if (!hasOracle()) return;
  rmSync(join(folder, 'appendonlydir'), { recursive: true });
  const port = await freePort();
  const child = spawn('redis-server', ['--port', String(port), '--dir', folder, '--save', '', ...args]);
  endings.push(() => new Promise((resolve) => (child.once('exit', resolve), child.kill('SIGKILL'))));
  let client: Client | undefined;
  while (!client) client = await Client.open(port).catch(() => undefined);
  expect((await journalOf(client)).join(' ')).toBe(expected);
  client.close();
}, 60_000);
