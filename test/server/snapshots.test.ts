/**
 * Snapshots of the server as a process: what is saved is there after a restart, whatever happens in between.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hasOracle, Oracle } from '../oracle/redis-server.js';
import { Client, ServerProcess } from './server-process.js';

let folder: string;
let servers: ServerProcess[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hematite-snapshots-'));
  servers = [];
});

afterEach(async () => {
  for (const server of servers) await server.kill();
  rmSync(folder, { recursive: true, force: true });
});

async function start(...args: string[]): Promise<ServerProcess> {
  const server = await ServerProcess.start(folder, args);
  servers.push(server);
  return server;
}

const NO_POINTS = ['--save', ''];
const dump = () => join(folder, 'dump.rdb');

/** Keys of every type, large and small. */
async function fill(client: Client): Promise<void> {
  for (let at = 0; at < 300; at += 1) {
    await client.say('SET', `string:${at}`, at % 3 === 0 ? at : 'x'.repeat(at * 7));
    await client.say('RPUSH', `list:${at % 5}`, at, `element ${at}`);
    await client.say('SADD', `set:${at % 7}`, at, `member ${at}`);
    await client.say('HSET', `hash:${at % 3}`, `field ${at}`, at);
    await client.say('ZADD', 'zset', at / 7, `member ${at}`);
    await client.say('XADD', 'stream', `${at + 1}-1`, 'field', at);
  }
  await client.say('PEXPIRE', 'string:1', 100_000_000);
  await client.say('SELECT', 3);
  await client.say('SET', 'elsewhere', 1);
  await client.say('SELECT', 0);
}

async function finished(client: Client): Promise<Record<string, string>> {
  for (;;) {
    const info = await client.info('persistence');
    if (info.rdb_bgsave_in_progress === '0') return info;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('saving and loading', () => {
  test('what SAVE has written is there after a restart', async () => {
    const server = await start(...NO_POINTS, '--enable-debug-command', 'yes');
    const client = await server.client();
    await fill(client);
    const digest = await client.say('DEBUG', 'DIGEST');
    expect(await client.say('SAVE')).toBe('+OK\r\n');
    expect((await client.info('persistence')).rdb_changes_since_last_save).toBe('0');
    expect(server.output).toContain('DB saved on disk');
    await server.kill();
    const again = await start(...NO_POINTS, '--enable-debug-command', 'yes');
    const second = await again.client();
    expect(await second.say('DEBUG', 'DIGEST')).toBe(digest);
    expect(again.output).toMatch(/Done loading RDB, keys loaded: 318, keys expired: 0\./);
    expect(again.output).toMatch(/DB loaded from disk: \d+\.\d{3} seconds/);
    expect((await second.info('persistence')).rdb_last_load_keys_loaded).toBe('318');
  });

  test('libraries of functions are in the file', async () => {
    const client = await (await start(...NO_POINTS)).client();
    const code = "#!lua name=lib\nredis.register_function('twice', function(_, args) return 2 * args[1] end)";
    expect(await client.say('FUNCTION', 'LOAD', code)).toBe('$3\r\nlib\r\n');
    expect(await client.say('SAVE')).toBe('+OK\r\n');
    await servers[0]?.kill();
    const second = await (await start(...NO_POINTS)).client();
    expect(await second.say('FCALL', 'twice', 0, 21)).toBe(':42\r\n');
    expect(await second.say('FUNCTION', 'FLUSH')).toBe('+OK\r\n');
    expect(await second.say('SAVE')).toBe('+OK\r\n');
    await servers[1]?.kill();
    const third = await (await start(...NO_POINTS)).client();
    expect(await third.say('FUNCTION', 'LIST')).toBe('*0\r\n');
  });

  test('BGSAVE under load is one instant', async () => {
    const server = await start(...NO_POINTS, '--io-threads', '2');
    const client = await server.client();
    for (let at = 0; at < 2000; at += 1) await client.say('MSET', `a:${at}`, 0, `b:${at}`, 0);
    let goesOn = true;
    // Pairs that are always equal, and a list that is always as long as the counter says.
    const writer = async (from: number) => {
      const own = await server.client();
      for (let round = from; goesOn; round += 1) {
        const at = (round * 7919) % 2000;
        await own.say('MSET', `a:${at}`, round, `b:${at}`, round);
        await own.say('MULTI');
        void own.say('INCR', 'count');
        void own.say('RPUSH', 'list', 'x'.repeat(round % 50));
        await own.say('EXEC');
      }
    };
    const writers = [writer(1), writer(1000)];
    for (let save = 0; save < 5; save += 1) {
      expect(await client.say('BGSAVE')).toBe('+Background saving started\r\n');
      await finished(client);
    }
    goesOn = false;
    await Promise.all(writers);
    expect(await client.info('persistence')).toMatchObject({ rdb_last_bgsave_status: 'ok', rdb_saves: '5' });
    await server.kill();
    const second = await (await start(...NO_POINTS)).client();
    for (let at = 0; at < 2000; at += 1) {
      const [, , a, , b] = (await second.say('MGET', `a:${at}`, `b:${at}`)).split('\r\n');
      expect(a).toBe(b);
    }
    const count = (await second.say('GET', 'count')).split('\r\n')[1];
    expect(await second.say('LLEN', 'list')).toBe(`:${count}\r\n`);
    expect(Number(count)).toBeGreaterThan(0);
  });

  test('a save point saves', async () => {
    const server = await start('--save', '1 2');
    const client = await server.client();
    await client.say('MSET', 'a', 1, 'b', 2);
    await client.say('SET', 'c', 3);
    await server.says('Background saving terminated with success');
    expect(server.output).toContain('2 changes in 1 seconds. Saving...');
    expect(existsSync(dump())).toBe(true);
  });

  test('another one is refused meanwhile, and it can be called off', async () => {
    const server = await start(...NO_POINTS, '--rdb-key-save-delay', '3000');
    const client = await server.client();
    await fill(client);
    expect(await client.say('BGSAVE', 'CANCEL')).toMatch(/^-ERR Background saving is currently not in progress/);
    expect(await client.say('BGSAVE')).toBe('+Background saving started\r\n');
    expect(await client.say('BGSAVE')).toBe('-ERR Background save already in progress\r\n');
    expect(await client.say('SAVE')).toBe('-ERR Background save already in progress\r\n');
    expect((await client.info('persistence')).rdb_bgsave_in_progress).toBe('1');
    // Each key that changes is kept as it was.
    for (let n = 0; n < 300; n += 1) await client.say('SET', `string:${n}`, 'changed');
    await expect.poll(async () => Number((await client.info('persistence')).current_cow_size)).toBeGreaterThan(0);
    expect(await client.say('BGSAVE', 'CANCEL')).toBe('+Background saving cancelled\r\n');
    expect(await finished(client)).toMatchObject({ rdb_last_bgsave_status: 'ok', rdb_saves: '0' });
    expect(readdirSync(folder)).toEqual([]);
    await client.say('CONFIG', 'SET', 'rdb-key-save-delay', 0);
    expect(await client.say('SAVE')).toBe('+OK\r\n');
  });
});

describe('the end of the server', () => {
  test('SIGTERM saves where save points are set', async () => {
    const server = await start('--save', '3600 1');
    await (await server.client()).say('SET', 'k', 'kept');
    server.child.kill('SIGTERM');
    expect(await server.ended).toBe(0);
    expect(server.output).toContain('Saving the final RDB snapshot before exiting.');
    expect(await (await (await start('--save', '3600 1')).client()).say('GET', 'k')).toBe('$4\r\nkept\r\n');
  });

  test('SHUTDOWN saves or not, as it is told', async () => {
    const first = await start('--save', '3600 1');
    const client = await first.client();
    await client.say('SET', 'k', 1);
    expect(await client.say('SHUTDOWN', 'NOSAVE')).toBe('');
    expect(await first.ended).toBe(0);
    expect(existsSync(dump())).toBe(false);
    const second = await start(...NO_POINTS);
    const other = await second.client();
    await other.say('SET', 'k', 1);
    expect(await other.say('SHUTDOWN', 'SAVE')).toBe('');
    expect(await second.ended).toBe(0);
    expect(existsSync(dump())).toBe(true);
  });

  test('stays if it cannot save, unless it is forced', async () => {
    const inner = join(folder, 'inner');
    mkdirSync(inner);
    const server = await start(...NO_POINTS, '--dir', inner);
    const client = await server.client();
    await client.say('SET', 'k', 1);
    rmSync(inner, { recursive: true });
    expect(await client.say('SHUTDOWN', 'SAVE')).toBe('-ERR Errors trying to SHUTDOWN. Check logs.\r\n');
    expect(server.output).toContain("Error trying to save the DB, can't exit.");
    expect(await client.say('SET', 'k', 2)).toBe('+OK\r\n');
    expect(await client.say('SHUTDOWN', 'SAVE', 'FORCE')).toBe('');
    expect(await server.ended).toBe(0);
    expect(server.output).toContain('Error trying to save the DB. Exit anyway.');
  });

  test('killed while it saves, the old file is whole and the temporary one goes', async () => {
    const server = await start(...NO_POINTS);
    const client = await server.client();
    await fill(client);
    await client.say('SAVE');
    const before = readFileSync(dump());
    await client.say('FLUSHALL');
    await fill(client);
    await client.say('CONFIG', 'SET', 'rdb-key-save-delay', 10_000);
    await client.say('BGSAVE');
    while (readdirSync(folder).length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    await server.kill();
    expect(readdirSync(folder).sort()).toEqual(['dump.rdb', `temp-${server.child.pid}.rdb`]);
    expect(readFileSync(dump()).equals(before)).toBe(true);
    await start(...NO_POINTS);
    expect(readdirSync(folder)).toEqual(['dump.rdb']);
  });
});

describe('what goes wrong', () => {
  test('a save that fails has writes refused until one succeeds', async () => {
    const inner = join(folder, 'inner');
    mkdirSync(inner);
    const server = await start('--save', '3600 1', '--dir', inner);
    const client = await server.client();
    await client.say('SET', 'k', 1);
    rmSync(inner, { recursive: true });
    expect(await client.say('BGSAVE')).toBe('+Background saving started\r\n');
    await server.says('Background saving error');
    expect(server.output).toMatch(/Failed opening the temp RDB file temp-\d+\.rdb \(in server root dir .*inner\)/);
    expect(await client.say('SET', 'k', 2)).toMatch(/^-MISCONF Redis is configured to save RDB snapshots/);
    expect(await client.say('GET', 'k')).toBe('$1\r\n1\r\n');
    expect(await client.info('persistence')).toMatchObject({ rdb_last_bgsave_status: 'err' });
    expect(await client.say('CONFIG', 'SET', 'stop-writes-on-bgsave-error', 'no')).toBe('+OK\r\n');
    expect(await client.say('SET', 'k', 2)).toBe('+OK\r\n');
    expect(await client.say('CONFIG', 'SET', 'stop-writes-on-bgsave-error', 'yes')).toBe('+OK\r\n');
    expect(await client.say('SET', 'k', 3)).toMatch(/^-MISCONF/);
    mkdirSync(inner);
    // A save point tries again by itself, but SAVE is there at once.
    expect(await client.say('SAVE')).toBe('+OK\r\n');
    expect(await client.say('SET', 'k', 3)).toBe('+OK\r\n');
  });

  test('a broken file is named, with offset and reason, and nothing runs', async () => {
    const server = await start(...NO_POINTS);
    const client = await server.client();
    await fill(client);
    await client.say('SAVE');
    await server.kill();
    const file = readFileSync(dump());
    file[200] = file[200]! ^ 1;
    writeFileSync(dump(), file);
    const broken = await start(...NO_POINTS);
    expect(await broken.ended).toBe(1);
    expect(broken.output).toMatch(/Fatal error loading the DB: .*dump\.rdb is broken at offset \d+: .+ Exiting\./);
  });

  test('clients are told while it loads', async () => {
    const server = await start(...NO_POINTS);
    const client = await server.client();
    await fill(client);
    await client.say('SAVE');
    await server.kill();
    const loading = await ServerProcess.start(folder, [...NO_POINTS, '--key-load-delay', '10000'], 'speaks Redis');
    servers.push(loading);
    let early: Client | undefined;
    while (!early) early = await loading.client().catch(() => undefined);
    expect(await early.say('GET', 'k')).toBe('-LOADING Redis is loading the dataset in memory\r\n');
    const info = await early.info('persistence');
    expect(info.loading).toBe('1');
    expect(Number(info.loading_total_bytes)).toBeGreaterThan(1000);
    await loading.says('Ready to accept connections');
    expect(loading.output).toMatch(/Loading dump\.rdb: \d+ % of \d+ MiB at \d+ MiB\/s/);
    expect(await early.say('DBSIZE')).toBe(':317\r\n');
  });
});

describe.skipIf(!hasOracle())('with redis-server', () => {
  test('each loads what the other has saved', async () => {
    const server = await start(...NO_POINTS, '--rdb-version', '10', '--enable-debug-command', 'yes');
    const client = await server.client();
    await fill(client);
    await client.say('SAVE');
    const check = spawnSync('redis-check-rdb', [dump()], { encoding: 'utf8' });
    expect(check.stdout).toContain('RDB looks OK!');
    const digest = await client.say('DEBUG', 'DIGEST');
    await server.kill();
    const oracle = await Oracle.start(['--dir', folder, '--save', '', '--enable-debug-command', 'yes']);
    try {
      const theirs = await Client.open(oracle.port);
      expect(await theirs.say('DBSIZE')).toBe(':317\r\n');
      expect(await theirs.say('DEBUG', 'DIGEST')).toMatch(/^[$+]/);
      await theirs.say('HSET', 'theirs', 'a', 1);
      expect(await theirs.say('SAVE')).toBe('+OK\r\n');
      theirs.close();
    } finally {
      await oracle.stop();
    }
    const again = await (await start(...NO_POINTS, '--enable-debug-command', 'yes')).client();
    expect(await again.say('HGETALL', 'theirs')).toBe('*2\r\n$1\r\na\r\n$1\r\n1\r\n');
    await again.say('DEL', 'theirs');
    expect(await again.say('DEBUG', 'DIGEST')).toBe(digest);
  });
});
