/**
 * `hematite import`: from a redis-server and from ourselves, into a server and into a directory, all at once and in parts, and
 * back again.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { freePort } from '../conformance/fronts/process.js';
import { hasOracle, Oracle } from '../oracle/redis-server.js';
import { Authority, certificatesMissing } from '../server/certificates.js';
import { type Client, program, ServerProcess } from '../server/server-process.js';

let folder: string;
let servers: ServerProcess[];
let oracles: Oracle[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hematite-import-'));
  [servers, oracles] = [[], []];
});

afterEach(async () => {
  await Promise.all(servers.map((server) => server.kill()));
  await Promise.all(oracles.map((oracle) => oracle.stop()));
  rmSync(folder, { recursive: true, force: true });
});

interface Place {
  readonly server: ServerProcess;
  readonly client: Client;
  readonly uri: string;
}

async function hematite(...options: string[]): Promise<Place> {
  const server = await ServerProcess.start(folder, ['--save', '', '--enable-debug-command', 'yes', ...options]);
  servers.push(server);
  return { server, client: await server.client(), uri: `redis://127.0.0.1:${server.port}` };
}

async function redis(...options: string[]): Promise<{ oracle: Oracle; uri: string }> {
  const oracle = await Oracle.start(['--save', '', '--enable-debug-command', 'yes', ...options]);
  oracles.push(oracle);
  return { oracle, uri: `redis://127.0.0.1:${oracle.port}` };
}

interface Ended {
  readonly status: number | null;
  readonly said: string;
}

function begin(...args: string[]): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [program, 'import', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<Ended>((resolve) => child.once('close', (status) => resolve({ status, said })));
  return { child, ended };
}

const importing = (...args: string[]): Promise<Ended> => begin(...args).ended;

const LIBRARY = "#!lua name=lib\nredis.register_function('one', function() return 1 end)";

/** Every type, small and large, in three databases, with times to live and a library. */
async function fill(say: (...words: string[]) => Promise<unknown>): Promise<void> {
  const many = Array.from({ length: 700 }, (_, index) => `m${index}`);
  await say('SET', 'text', 'value');
  await say('SET', 'brief', 'v', 'PX', '100000');
  await say('RPUSH', 'list', ...many);
  await say('SADD', 'set', ...many);
  await say('SADD', 'intset', '1', '2', '3');
  await say('HSET', 'hash', ...many);
  await say('HSET', 'small', 'f', 'v');
  await say('ZADD', 'zset', ...many.flatMap((member, index) => [`${index}.5`, member]));
  await say('XADD', 'stream', '5-1', 'f', 'v');
  await say('XGROUP', 'CREATE', 'stream', 'g', '0');
  await say('XREADGROUP', 'GROUP', 'g', 'c', 'STREAMS', 'stream', '>');
  await say('PFADD', 'log', ...many);
  await say('FUNCTION', 'LOAD', LIBRARY);
  for (const db of ['3', '9']) {
    await say('SELECT', db);
    await say('DEBUG', 'POPULATE', '1500', `key:${db}`);
  }
  await say('SELECT', '0');
}

describe.skipIf(!hasOracle())('from and to redis-server', () => {
  test('everything comes over: all databases, times to live, functions', async () => {
    const { oracle, uri } = await redis('--requirepass', 'secret');
    await oracle.call('AUTH', 'secret');
    await fill((...words) => oracle.call(...words));
    const target = await hematite();
    const from = uri.replace('redis://', 'redis://default:secret@');
    const { status, said } = await importing('--from', from, '--to', target.uri);
    expect(said).toContain('3,010 keys imported');
    expect(status).toBe(0);
    expect(await target.client.say('DEBUG', 'DIGEST')).toBe(`+${String(await oracle.call('DEBUG', 'DIGEST'))}\r\n`);
    const left = Number((await target.client.say('PTTL', 'brief')).slice(1));
    expect(left).toBeGreaterThan(50_000);
    expect(left).toBeLessThanOrEqual(100_000);
    expect(await target.client.say('FCALL', 'one', '0')).toBe(':1\r\n');
    // And back, into another one.
    const back = await redis();
    expect((await importing('--from', target.uri, '--to', back.uri, '--quiet')).status).toBe(0);
    expect(await back.oracle.call('DEBUG', 'DIGEST')).toBe(await oracle.call('DEBUG', 'DIGEST'));
    expect(await back.oracle.call('FCALL', 'one', '0')).toBe(1);
  }, 60_000);

  test('a directory gets a snapshot that a server starts from', async () => {
    const { oracle, uri } = await redis();
    await fill((...words) => oracle.call(...words));
    const directory = join(folder, 'new');
    expect((await importing('--from', uri, '--dir', directory, '--quiet')).status).toBe(0);
    expect(existsSync(join(directory, 'dump.rdb'))).toBe(true);
    const target = await ServerProcess.start(directory, ['--enable-debug-command', 'yes']);
    servers.push(target);
    const client = await target.client();
    expect(await client.say('DEBUG', 'DIGEST')).toBe(`+${String(await oracle.call('DEBUG', 'DIGEST'))}\r\n`);
    expect(await client.say('FCALL', 'one', '0')).toBe(':1\r\n');
  }, 60_000);
});

describe('between ourselves', () => {
  test('some keys, one database', async () => {
    const [source, target] = [await hematite(), await hematite()];
    await fill((...words) => source.client.say(...words));
    await importing('--from', source.uri, '--to', target.uri, '--match', 's*', '--no-functions', '--quiet');
    expect((await target.client.info('keyspace')).db0).toMatch(/^keys=3,/);
    expect(Object.keys(await target.client.info('keyspace')).filter((name) => name.startsWith('db'))).toEqual(['db0']);
    expect(await target.client.say('FUNCTION', 'LIST')).toBe('*0\r\n');
    await importing('--from', `${source.uri}/9`, '--to', target.uri, '--quiet');
    await importing('--from', source.uri, '--db', '0', '--type', 'hash', '--to', target.uri, '--quiet');
    const sizes = await target.client.info('keyspace');
    expect(sizes.db9).toMatch(/^keys=1500,/);
    expect(sizes.db0).toMatch(/^keys=4,/);
    expect(sizes.db3).toBeUndefined();
  }, 60_000);

  test('what is there already stays, or is replaced', async () => {
    const [source, target] = [await hematite(), await hematite()];
    await source.client.say('MSET', 'a', 'new', 'b', 'new');
    await target.client.say('SET', 'a', 'old');
    const first = await importing('--from', source.uri, '--to', target.uri);
    expect(first.said).toContain('1 keys imported, 1 were there already');
    expect(first.status).toBe(0);
    expect(await target.client.say('MGET', 'a', 'b')).toBe('*2\r\n$3\r\nold\r\n$3\r\nnew\r\n');
    expect((await importing('--from', source.uri, '--to', target.uri, '--replace')).said).toContain('2 keys imported');
    expect(await target.client.say('GET', 'a')).toBe('$3\r\nnew\r\n');
  }, 60_000);

  test('an interrupted import goes on where it was, and gives the whole', async () => {
    const [source, target] = [await hematite(), await hematite()];
    await source.client.say('DEBUG', 'POPULATE', '60000', 'key', '100');
    await source.client.say('SELECT', '1');
    await source.client.say('DEBUG', 'POPULATE', '20000', 'other', '100');
    const state = join(folder, 'state.json');
    const words = ['--from', source.uri, '--to', target.uri, '--state', state, '--count', '200'];
    const first = begin(...words);
    await expect
      .poll(async () => Number((await target.client.say('DBSIZE')).slice(1)), { timeout: 20_000, interval: 5 })
      .toBeGreaterThan(3000);
    first.child.kill('SIGKILL');
    await first.ended;
    const noted = JSON.parse(readFileSync(state, 'utf8')) as { copied: number; db: number; cursor: string };
    expect(noted.copied).toBeGreaterThan(2000);
    expect(noted.copied).toBeLessThan(80_000);
    const second = await importing(...words);
    expect(second.status).toBe(0);
    expect(existsSync(state)).toBe(false);
    // It did not begin anew: at most what was under way came twice.
    const skipped = Number(/([\d,]+) were there already/.exec(second.said)?.[1]?.replace(/,/g, '') ?? 0);
    expect(skipped).toBeLessThan(2000);
    expect(await target.client.say('DEBUG', 'DIGEST')).toBe(await source.client.say('DEBUG', 'DIGEST'));
  }, 60_000);

  test('SIGINT ends it in good order, a target that refuses ends it with the reason', async () => {
    const [source, target] = [await hematite(), await hematite('--maxmemory', '3mb')];
    await source.client.say('DEBUG', 'POPULATE', '50000', 'key', '200');
    const full = await importing('--from', source.uri, '--to', target.uri);
    expect(full.status).toBe(1);
    expect(full.said).toContain('RESTORE on the target: OOM command not allowed');
    await target.client.say('CONFIG', 'SET', 'maxmemory', '0');
    const state = join(folder, 'state.json');
    const words = ['--from', source.uri, '--to', target.uri, '--replace', '--state', state, '--count', '100'];
    const begun = begin(...words);
    await expect.poll(() => existsSync(state), { timeout: 20_000, interval: 5 }).toBe(true);
    begun.child.kill('SIGINT');
    const ended = await begun.ended;
    expect(ended.status).toBe(130);
    expect(ended.said).toContain('call it again to go on');
    expect((await importing(...words)).status).toBe(0);
    expect(await target.client.say('DEBUG', 'DIGEST')).toBe(await source.client.say('DEBUG', 'DIGEST'));
  }, 60_000);

  test('what cannot be done is said in one line', async () => {
    const source = await hematite('--requirepass', 'secret');
    expect((await importing()).said).toMatch(/^--from is needed\nUsage/);
    expect((await importing('--from', source.uri)).said).toMatch(/^either --to or --dir is needed\n/);
    expect((await importing('--from', 'http://x', '--dir', folder)).said).toMatch(/^Invalid URI scheme\n/);
    const none = await importing('--from', `redis://127.0.0.1:${await freePort()}`, '--dir', join(folder, 'new'));
    expect(none.said).toMatch(/^Could not connect to Redis at 127\.0\.0\.1:\d+: Connection refused\n$/);
    expect(none.status).toBe(1);
    const denied = await importing('--from', source.uri, '--dir', join(folder, 'new'));
    expect(denied.said).toContain('NOAUTH Authentication required.');
    expect(existsSync(join(folder, 'new'))).toBe(false);
  }, 60_000);

  test.skipIf(certificatesMissing())(
    'over TLS',
    async () => {
      const authority = new Authority(folder, 'authority');
      const pair = authority.issue('server', 'localhost', 'serverAuth');
      const material = ['--tls-cert-file', pair.cert, '--tls-key-file', pair.key, '--tls-ca-cert-file', authority.cert];
      const tlsPort = await freePort();
      const source = await hematite('--tls-port', `${tlsPort}`, '--tls-auth-clients', 'no', ...material);
      const target = await hematite();
      await source.client.say('MSET', 'a', '1', 'b', '2');
      const from = ['--from', `rediss://127.0.0.1:${tlsPort}`, '--to', target.uri];
      expect((await importing(...from)).status).toBe(1);
      expect((await importing(...from, '--cacert', authority.cert)).said).toContain('2 keys imported');
      expect(await target.client.say('MGET', 'a', 'b')).toBe('*2\r\n$1\r\n1\r\n$1\r\n2\r\n');
    },
    60_000,
  );
});
