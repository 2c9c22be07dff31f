/**
 * The append-only file of a whole server: what a restart finds, at run time on and off, with damaged and old files, and both
 * ways with a redis-server.
 */

import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { oracleVersion } from '../conformance/fronts/oracle.js';
import { decodeAll } from '../conformance/resp.js';
import { ask, dump, dumpDifference, type KeyDump } from '../fuzz/dump.js';
import type { CommandNode } from '../fuzz/grammar.js';
import { randomProgram } from '../fuzz/generate.js';
import { Random } from '../fuzz/random.js';
import { grammarOf, UNRECORDED } from '../fuzz/selection.js';
import {
  FOLDER,
  PROGRAM,
  type Server,
  aofFiles,
  folder,
  hematite,
  manifestText,
  redis,
  rewritten,
  takeIn,
  useFolder,
} from './append-only-scene.js';

const noOracle = oracleVersion() ? undefined : 'redis-server is not installed';

useFolder();

/**
 * The dataset. A string that was changed has another encoding than one that was loaded, in either server. When a key expires
 * stands in place of the time that it has left, which depends on when one asks.
 */
async function contents(server: Server): Promise<Map<string, KeyDump>> {
  const found = await dump(server.connection);
  const times = await ask(
    server.connection,
    [...found.keys()].map((key) => ['PEXPIRETIME', key]),
  );
  [...found.values()].forEach((key, index) => {
    key.encoding = '';
    key.ttl = Number(times[index]?.slice(1));
  });
  return found;
}

/** Says all of a difference. */
function expectSame(first: Map<string, KeyDump>, second: Map<string, KeyDump>): void {
  const difference = dumpDifference(first, second, true);
  if (difference !== undefined) throw new Error(difference);
  for (const [key, { ttl }] of first) expect(second.get(key)?.ttl, `when ${key} expires`).toBe(ttl);
}

/** Whether the newest file ends with what is overwritten by the next groups. */
function endsWithFiller(): boolean {
  const names = [...manifestText().matchAll(/^file (\S+) .* type i$/gm)].map((match) => match[1] as string);
  return readFileSync(join(folder, FOLDER, names.at(-1) as string), 'latin1').endsWith('##\n');
}

async function digest(server: Server): Promise<string> {
  return (await server.say('DEBUG DIGEST'))[0] as string;
}

/** Random programs over all types, as the fuzzer makes them, and nothing that expires soon is left. */
async function fill(server: Server, seed: number, programs: number, grammar?: readonly CommandNode[]): Promise<void> {
  const commands = grammar ?? (await grammarOf(server.connection, UNRECORDED));
  const random = new Random(seed);
  for (let index = 0; index < programs; index += 1) {
    await ask(server.connection, [...randomProgram(commands, random, 40), ['RESET']]);
  }
  await settle(server);
}

const SOON_MS = 300_000;

/** Deletes what would expire while a test runs. */
async function settle(server: Server): Promise<void> {
  const items = (raw: string | undefined) => decodeAll(raw ?? '*0\r\n')[0]?.items ?? [];
  const keys = items((await ask(server.connection, [['KEYS', '*']]))[0]).map((item) => item.text as string);
  for (const key of keys) {
    const [left, fields] = await ask(server.connection, [
      ['PTTL', key],
      ['HKEYS', key],
    ]);
    const names = fields?.startsWith('*') ? items(fields).map((item) => item.text as string) : [];
    const lefts = [Number(left?.slice(1))];
    if (names.length > 0) {
      const [times] = await ask(server.connection, [['HPTTL', key, 'FIELDS', `${names.length}`, ...names]]);
      if (times?.startsWith('*'))
        lefts.push(
          ...times
            .split('\r\n')
            .slice(1, -1)
            .map((line) => Number(line.slice(1))),
        );
    }
    if (lefts.some((ms) => ms >= 0 && ms < SOON_MS)) await ask(server.connection, [['DEL', key]]);
  }
}

describe('restarting', () => {
  test.each([1, 2, 3])('gives the same dataset after kill -9, whatever was written (seed %i)', async (seed) => {
    const first = await hematite();
    await fill(first, seed, 60);
    const before = await digest(first);
    await first.kill();
    const second = await hematite();
    expect(await digest(second)).toBe(before);
  });

  test.each([
    ['yes', 'rdb'],
    ['no', 'aof'],
  ])('gives the same after rewrites under load, and no other files (preamble %s)', async (preamble, kind) => {
    const first = await hematite('--aof-use-rdb-preamble', preamble);
    for (let round = 0; round < 4; round += 1) {
      await fill(first, 10 + round, 10);
      expect(await first.say('BGREWRITEAOF')).toEqual(['+Background append only file rewriting started\r\n']);
      await first.say('RPUSH l 1', 'INCR n', `SET round ${round}`);
      await rewritten(first);
    }
    await first.say('INCR n');
    const before = await digest(first);
    expect(manifestText()).toBe(
      `file appendonly.aof.5.base.${kind} seq 5 type b\nfile appendonly.aof.5.incr.aof seq 5 type i\n`,
    );
    expect(aofFiles()).toEqual([
      `appendonly.aof.5.base.${kind}`,
      'appendonly.aof.5.incr.aof',
      'appendonly.aof.5.incr.aof.tail',
      'appendonly.aof.manifest',
    ]);
    await first.kill();
    const second = await hematite();
    expect(await digest(second)).toBe(before);
    expect(await second.say('GET n')).toEqual([`$1\r\n5\r\n`]);
  });

  test('a base of commands gives the same as a snapshot, and is checked as such', async () => {
    const first = await hematite('--aof-use-rdb-preamble', 'no');
    await fill(first, 40, 40);
    const code = "#!lua name=lib\nredis.register_function('one', function() return 1 end)";
    await ask(first.connection, [['FUNCTION', 'LOAD', code]]);
    await first.say('BGREWRITEAOF');
    await rewritten(first);
    await fill(first, 41, 5);
    const before = await digest(first);
    expect(manifestText()).toContain('file appendonly.aof.2.base.aof seq 2 type b\n');
    const base = join(folder, FOLDER, 'appendonly.aof.2.base.aof');
    expect(readFileSync(base, 'latin1')).toMatch(/^#CRC:-{8}\r\n\*3\r\n\$8\r\nFUNCTION\r\n/);
    await first.kill();
    const manifest = join(folder, FOLDER, 'appendonly.aof.manifest');
    const check = spawnSync(process.execPath, [PROGRAM, 'check-aof', manifest], { encoding: 'utf8' });
    expect(check.stdout).toContain('All AOF files and manifest are valid');
    const second = await hematite();
    expect(await digest(second)).toBe(before);
    expect(await second.say('FCALL one 0')).toEqual([':1\r\n']);
    // And back to a snapshot.
    await second.say('BGREWRITEAOF');
    await rewritten(second);
    expect(manifestText()).toContain('file appendonly.aof.3.base.rdb seq 3 type b\n');
    expect(await digest(second)).toBe(before);
    await second.kill();
  });

  test('a changed byte in a base of commands is found', async () => {
    const first = await hematite('--aof-use-rdb-preamble', 'no');
    await first.say('SET key value', 'BGREWRITEAOF');
    await rewritten(first);
    await first.kill();
    const base = join(folder, FOLDER, 'appendonly.aof.2.base.aof');
    const bytes = readFileSync(base);
    bytes[bytes.indexOf('value')] = 0x56;
    writeFileSync(base, bytes);
    await expect(hematite()).rejects.toThrow(
      /Bad file format reading the append only file appendonly\.aof\.2\.base\.aof/,
    );
  });

  test('consumers of streams keep when they were given entries', async () => {
    const first = await hematite();
    await first.say('XADD s 1-1 f v', 'XGROUP CREATE s g 0', 'XREADGROUP GROUP g alice STREAMS s >');
    await first.say('XGROUP CREATECONSUMER s g idle');
    await first.kill();
    const second = await hematite();
    const [told, pending] = await second.say('XINFO CONSUMERS s g', 'XPENDING s g - + 10');
    const times = [...(told as string).matchAll(/\$(?:4\r\nidle|8\r\ninactive)\r\n:(-?\d+)/g)].map((match) =>
      Number(match[1]),
    );
    expect(times).toHaveLength(4);
    for (const ms of times) expect(ms).toBeLessThan(20_000);
    expect(Number(/alice\r\n:(\d+)/.exec(pending as string)?.[1])).toBeLessThan(20_000);
  });

  test('scripts are one group, and libraries of functions outlive rewrites', async () => {
    const first = await hematite();
    const code =
      "#!lua name=lib\nredis.register_function('twice', function(keys) return redis.call('INCRBY', keys[1], 2) end)";
    const script = "redis.call('SET', KEYS[1], 1); redis.call('INCR', KEYS[1]); return redis.call('TIME')";
    await ask(first.connection, [
      ['FUNCTION', 'LOAD', code],
      ['EVAL', script, '1', 'n'],
      ['FCALL', 'twice', '1', 'n'],
    ]);
    expect(await first.say('WAITAOF 1 0 0')).toEqual(['*2\r\n:1\r\n:0\r\n']);
    const text = readFileSync(join(folder, FOLDER, 'appendonly.aof.1.incr.aof'), 'latin1');
    expect(text).toContain('*1\r\n$5\r\nMULTI\r\n*3\r\n$3\r\nSET\r\n$1\r\nn\r\n$1\r\n1\r\n*2\r\n$4\r\nINCR\r\n');
    expect(text).not.toContain('EVAL');
    await first.kill();
    const second = await hematite();
    expect(await second.say('GET n')).toEqual(['$1\r\n4\r\n']);
    await second.say('BGREWRITEAOF', 'FCALL twice 1 n');
    await rewritten(second);
    await second.kill();
    const third = await hematite();
    expect(await third.say('GET n', 'FCALL twice 1 n')).toEqual(['$1\r\n6\r\n', ':8\r\n']);
  });

  test('a transaction that was cut off is gone as a whole', async () => {
    const first = await hematite();
    await first.say('SET a 1');
    await first.kill();
    expect(takeIn()).toMatch(/Appended \d+ bytes that a process which was killed had left/);
    const file = join(folder, FOLDER, 'appendonly.aof.1.incr.aof');
    const half = '*1\r\n$5\r\nMULTI\r\n*2\r\n$4\r\nINCR\r\n$1\r\na\r\n';
    appendFileSync(file, half);
    const length = readFileSync(file).length;
    const second = await hematite();
    expect(await second.say('GET a')).toEqual(['$1\r\n1\r\n']);
    await second.say('SET b 2');
    await second.kill();
    takeIn();
    expect(readFileSync(file).length).toBeGreaterThan(length - half.length);
    const third = await hematite();
    expect(await third.say('GET a', 'GET b')).toEqual(['$1\r\n1\r\n', '$1\r\n2\r\n']);
  });

  test('a file with a changed byte is refused, with file and offset', async () => {
    const first = await hematite();
    await first.say('SET key value', 'SET other value');
    await first.kill();
    takeIn();
    const file = join(folder, FOLDER, 'appendonly.aof.1.incr.aof');
    const bytes = readFileSync(file);
    bytes[bytes.indexOf('value')] = 0x56;
    writeFileSync(file, bytes);
    await expect(hematite()).rejects.toThrow(
      /Bad file format reading the append only file appendonly\.aof\.1\.incr\.aof at offset \d+/,
    );
    const check = spawnSync(process.execPath, [PROGRAM, 'check-aof', '--fix', '--yes', file], { encoding: 'utf8' });
    expect(check.stdout).toContain('Successfully truncated AOF');
    expect(check.status).toBe(0);
    expect(readFileSync(`${file}.before-fix-1`)).toEqual(bytes);
    const second = await hematite();
    expect(await second.say('GET key')).toEqual(['$-1\r\n']);
  });

  test('a file that ends within a command is refused where the configuration says so', async () => {
    const first = await hematite();
    await first.say('SET a 1');
    await first.kill();
    takeIn();
    appendFileSync(join(folder, FOLDER, 'appendonly.aof.1.incr.aof'), '*3\r\n$3\r\nSET\r\n$1\r\nb');
    await expect(hematite('--aof-load-truncated', 'no')).rejects.toThrow(
      /Unexpected end of file reading the append only file/,
    );
    const second = await hematite();
    expect(await second.say('GET a', 'GET b')).toEqual(['$1\r\n1\r\n', '$-1\r\n']);
  });
});

describe('at run time', () => {
  test('CONFIG SET turns it on and off', async () => {
    const first = await hematite('--appendonly', 'no');
    await first.say('SET before 1');
    expect(existsSync(join(folder, FOLDER))).toBe(false);
    expect(await first.say('CONFIG SET appendonly yes')).toEqual(['+OK\r\n']);
    await rewritten(first);
    await first.say('SET during 1');
    expect((await first.say('INFO persistence'))[0]).toContain('aof_enabled:1');
    expect(await first.say('CONFIG SET appendonly no')).toEqual(['+OK\r\n']);
    expect((await first.say('INFO persistence'))[0]).toContain('aof_enabled:0');
    await first.say('SET after 1');
    await first.kill();
    const second = await hematite();
    expect(await second.say('GET before', 'GET during', 'GET after')).toEqual([
      '$1\r\n1\r\n',
      '$1\r\n1\r\n',
      '$-1\r\n',
    ]);
    expect(await second.say('CONFIG SET appendonly no', 'CONFIG SET appendonly yes')).toEqual(['+OK\r\n', '+OK\r\n']);
    await second.say('SET after 2');
    await rewritten(second);
    await second.end();
    const third = await hematite();
    expect(await third.say('GET before', 'GET after')).toEqual(['$1\r\n1\r\n', '$1\r\n2\r\n']);
  });

  test('it is rewritten once it has grown', async () => {
    const server = await hematite('--auto-aof-rewrite-min-size', '20kb');
    const value = 'x'.repeat(1000);
    for (let round = 0; round < 60; round += 1) await server.say(`SET k ${value}`);
    await expect.poll(() => manifestText(), { timeout: 10_000 }).toContain('appendonly.aof.2.base.rdb');
    await rewritten(server);
    const info = (await server.say('INFO persistence'))[0] as string;
    expect(Number(/aof_current_size:(\d+)/.exec(info)?.[1])).toBeLessThan(20_000);
  });

  test('appendfsync changes', async () => {
    const server = await hematite();
    for (const policy of ['always', 'no', 'everysec']) {
      expect(await server.say(`CONFIG SET appendfsync ${policy}`, 'INCR n')).toHaveLength(2);
    }
    await server.kill();
    expect(await (await hematite()).say('GET n')).toEqual(['$1\r\n3\r\n']);
  });
});

describe.skipIf(noOracle)('both ways with redis-server', () => {
  const only7_0 = ['--rdb-version', '10'];

  test.each(['everysec', 'always'])('a folder of Redis is loaded, gone on with, and given back: %s', async (policy) => {
    const theirs = await redis();
    const grammar = await grammarOf(theirs.connection, UNRECORDED);
    await fill(theirs, 21, 40);
    await theirs.say('BGREWRITEAOF');
    await rewritten(theirs);
    await fill(theirs, 22, 20);
    const before = await contents(theirs);
    await theirs.end();
    const ours = await hematite('--appendfsync', policy, ...only7_0);
    expectSame(await contents(ours), before);
    await fill(ours, 23, 20, grammar);
    const later = await contents(ours);
    await ours.kill();
    takeIn();
    expect(endsWithFiller()).toBe(policy === 'always');
    const manifest = join(folder, FOLDER, 'appendonly.aof.manifest');
    expect(spawnSync('redis-check-aof', [manifest], { encoding: 'utf8' }).stdout).toContain(
      'All AOF files and manifest are valid',
    );
    const check = spawnSync(process.execPath, [PROGRAM, 'check-aof', manifest], { encoding: 'utf8' }).stdout;
    expect(check).toContain('All AOF files and manifest are valid');
    expect(/The last \d+ bytes are filler/.test(check)).toBe(policy === 'always');
    const again = await redis();
    expectSame(later, await contents(again));
    await again.say('SET theirs 1');
    await again.end();
    const last = await hematite('--appendfsync', policy, ...only7_0);
    expect(await last.say('GET theirs')).toEqual(['$1\r\n1\r\n']);
    await last.say('SET ours 1');
    const end = await contents(last);
    await last.end();
    expect(endsWithFiller()).toBe(false);
    expectSame(end, await contents(await redis()));
  });

  test('a base of commands goes both ways', async () => {
    const theirs = await redis('--aof-use-rdb-preamble', 'no');
    const grammar = await grammarOf(theirs.connection, UNRECORDED);
    await fill(theirs, 51, 40);
    await theirs.say('BGREWRITEAOF');
    await rewritten(theirs);
    const before = await contents(theirs);
    await theirs.end();
    expect(aofFiles().some((name) => name.endsWith('.base.aof'))).toBe(true);
    const ours = await hematite('--aof-use-rdb-preamble', 'no', ...only7_0);
    expectSame(await contents(ours), before);
    await fill(ours, 52, 20, grammar);
    await ours.say('BGREWRITEAOF');
    await rewritten(ours);
    const later = await contents(ours);
    await ours.kill();
    takeIn();
    const manifest = join(folder, FOLDER, 'appendonly.aof.manifest');
    expect(readFileSync(manifest, 'latin1')).toMatch(/base\.aof seq \d+ type b/);
    expect(spawnSync('redis-check-aof', [manifest], { encoding: 'utf8' }).stdout).toContain(
      'All AOF files and manifest are valid',
    );
    const again = await redis();
    expectSame(later, await contents(again));
  });

  test('a folder of ours is loaded by Redis after a rewrite', async () => {
    const oracle = await redis('--appendonly', 'no');
    const grammar = await grammarOf(oracle.connection, UNRECORDED);
    await oracle.kill();
    const ours = await hematite(...only7_0);
    await fill(ours, 31, 40, grammar);
    await ours.say('BGREWRITEAOF');
    await rewritten(ours);
    await ours.say('SET ours 1');
    const before = await contents(ours);
    await ours.end();
    const theirs = await redis();
    expectSame(before, await contents(theirs));
  });

  test('a single file of before Redis 7 is taken over', async () => {
    writeFileSync(
      join(folder, 'appendonly.aof'),
      '*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n',
    );
    const ours = await hematite();
    expect(await ours.say('GET a')).toEqual(['$1\r\n1\r\n']);
    expect(manifestText()).toBe('file appendonly.aof seq 1 type b\nfile appendonly.aof.1.incr.aof seq 1 type i\n');
    await ours.say('SET b 2');
    await ours.kill();
    takeIn();
    expect(await (await redis()).say('GET a', 'GET b')).toEqual(['$1\r\n1\r\n', '$1\r\n2\r\n']);
  });
});
