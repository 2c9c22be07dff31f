/**
 * RDB files both ways with a real redis-server 7.0: what it wrote loads here with the same digest, what is written here
 * loads there, and redis-check-rdb agrees. Payloads of DUMP go both ways key by key.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Engine, open } from '../../ts/index.js';
import { Oracle, type Shown, hasOracle } from '../oracle/redis-server.js';
import { oldFile } from './old-encodings.js';

const COMMON = ['--save', '', '--appendonly', 'no', '--enable-debug-command', 'yes'];

/** Ways in which servers lay out and write data. */
const VARIANTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'the defaults': {},
  'tables instead of listpacks, uncompressed': {
    'hash-max-listpack-entries': '0',
    'zset-max-listpack-entries': '0',
    'set-max-intset-entries': '0',
    'list-max-listpack-size': '4',
    rdbcompression: 'no',
  },
  'compressed nodes, short stream nodes, no checksum': {
    'list-compress-depth': '1',
    'list-max-listpack-size': '2',
    rdbchecksum: 'no',
    'stream-node-max-entries': '2',
  },
  'idle times': { 'maxmemory-policy': 'allkeys-lru' },
  frequencies: { 'maxmemory-policy': 'allkeys-lfu' },
};

/** Fills a server with every type in every encoding. */
async function fill(server: Oracle): Promise<void> {
  const noise = Array.from({ length: 3000 }, (_, at) => String.fromCharCode(((at * 2654435761) >>> 13) & 255)).join('');
  const numbers = [
    '0',
    '-1',
    '127',
    '-128',
    '128',
    '-32768',
    '32768',
    '2147483647',
    '-2147483649',
    '9223372036854775807',
  ];
  for (const [at, number] of numbers.entries()) await server.call('SET', `number:${at}`, number);
  for (const [at, text] of ['', 'hello', '012', 'x'.repeat(21), 'ab'.repeat(5000), noise, '\0\xff\r\n'].entries()) {
    await server.call('SET', `text:${at}`, text);
    await server.call('RPUSH', 'list:texts', text, `${text}${at}`);
    await server.call('SADD', 'set:texts', text, `${text}${at}`);
    await server.call('HSET', 'hash:texts', text, `${text}${at}`, `${at}`, text);
    await server.call('ZADD', 'zset:texts', String(at / 3), text);
  }
  await server.call('SET', 'expiring', 'v', 'PXAT', '33177117420123');
  await server.call('RPUSH', 'list:small', 'a', '1', '-5000', '70000', '5000000000');
  await server.call('SADD', 'set:16', '1', '2', '-3');
  await server.call('SADD', 'set:32', '1', '70000');
  await server.call('SADD', 'set:64', '1', '5000000000');
  await server.call('SADD', 'set:mixed', 'a', '2', 'c');
  await server.call('HSET', 'hash:small', 'f', 'v', 'n', '17', '5', '5.5');
  await server.call(
    'ZADD',
    'zset:small',
    '1',
    'a',
    '-inf',
    'b',
    'inf',
    'c',
    '0.1',
    'd',
    '1e300',
    'e',
    '-0',
    'f',
    '3',
    'g',
  );
  for (let at = 0; at < 700; at += 1) {
    await server.call('RPUSH', 'list:large', `element ${at}`, String(at));
    await server.call('SADD', 'set:large', `member ${at}`);
    await server.call('SADD', 'set:integers', String(at * 3));
    await server.call('HSET', 'hash:large', `field ${at}`, String(at * 7));
    await server.call('ZADD', 'zset:large', String((at * 37) % 701), `member ${at}`);
    await server.call('XADD', 'stream:large', `${at + 1}-${at % 3}`, 'temperature', String(at), 'where', 'here');
  }
  for (const id of ['5-1', '5-2', '6-1', '7-1']) await server.call('XADD', 'stream:small', id, 'f', id);
  await server.call('XADD', 'stream:small', '8-1', 'other', 'fields', 'than', 'before');
  await server.call('XDEL', 'stream:small', '6-1');
  await server.call('XGROUP', 'CREATE', 'stream:small', 'g', '0');
  await server.call('XGROUP', 'CREATE', 'stream:small', 'none', '$', 'ENTRIESREAD', '3');
  await server.call('XREADGROUP', 'GROUP', 'g', 'alice', 'COUNT', '2', 'STREAMS', 'stream:small', '>');
  await server.call('XREADGROUP', 'GROUP', 'g', 'bob', 'COUNT', '1', 'STREAMS', 'stream:small', '>');
  await server.call('XACK', 'stream:small', 'g', '5-2');
  await server.call('XGROUP', 'CREATE', 'stream:empty', 'g', '$', 'MKSTREAM');
  for (let at = 0; at < 3000; at += 100) {
    await server.call('PFADD', 'hll', ...Array.from({ length: 100 }, (_, n) => `element ${at + n}`));
  }
  await server.call('PFADD', 'hll:sparse', 'a', 'b');
  await server.call('SELECT', '9');
  await server.call('SET', 'elsewhere', '1', 'EX', '1000000');
  await server.call('RPUSH', 'list:small', 'another');
  await server.call('SELECT', '0');
}

function digest(db: Engine): string {
  return db.call('DEBUG DIGEST') as string;
}

/** Everything that a digest does not tell: times, groups of streams. */
async function details(call: (...words: string[]) => Promise<Shown>): Promise<Shown> {
  const all: Shown[] = [await call('PEXPIRETIME', 'expiring'), await call('DBSIZE')];
  for (const key of ['stream:small', 'stream:large', 'stream:empty']) {
    all.push(await call('XRANGE', key, '-', '+'));
    all.push(await call('XPENDING', key, 'g'));
    const groups = (await call('XINFO', 'GROUPS', key)) as Shown[];
    all.push(groups);
    all.push(await call('XINFO', 'STREAM', key));
  }
  all.push(await call('XPENDING', 'stream:small', 'g', '-', '+', '10'));
  return all;
}

/** What is decoded as text on one side has to be on the other. */
function words(db: Engine): (...words: string[]) => Promise<Shown> {
  const show = (value: unknown): Shown => {
    if (Array.isArray(value)) return value.map(show);
    if (value instanceof Map) return [...value].flat().map(show);
    if (Buffer.isBuffer(value)) return value.toString('latin1');
    return value as Shown;
  };
  return (name, ...args) => {
    try {
      return Promise.resolve(show(db.callBuffer(name as string, ...args.map((arg) => Buffer.from(arg, 'latin1')))));
    } catch (error) {
      return Promise.resolve(`-${(error as Error).message}`);
    }
  };
}

/** Idle times of pending entries move on; trees are laid out differently. */
function settled(value: Shown): Shown {
  if (!Array.isArray(value)) return value;
  const items = value.map(settled);
  for (const name of ['radix-tree-keys', 'radix-tree-nodes']) {
    const at = items.indexOf(name);
    if (at >= 0) items.splice(at, 2);
  }
  const isPending = items.length === 4 && typeof items[0] === 'string' && typeof items[2] === 'number';
  return isPending ? [items[0] as Shown, items[1] as Shown, items[3] as Shown] : items;
}

async function withFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'hematite-rdb-'));
  try {
    await body(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Has a redis-server load a file. */
async function loadedThere(
  file: Uint8Array,
  args: readonly string[],
  body: (server: Oracle) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    const path = join(folder, 'dump.rdb');
    writeFileSync(path, file);
    const check = spawnSync('redis-check-rdb', [path], { encoding: 'utf8' });
    expect(check.stdout).toContain('RDB looks OK!');
    const server = await Oracle.start([...COMMON, ...args, '--dir', folder]);
    try {
      await body(server);
    } finally {
      await server.stop();
    }
  });
}

async function allKeys(server: Oracle): Promise<string[]> {
  return (await server.call('KEYS', '*')) as string[];
}

const config = { 'enable-debug-command': 'yes', 'rdb-version': '10' };

describe.skipIf(!hasOracle())('RDB files', { timeout: 60_000 }, () => {
  for (const [name, directives] of Object.entries(VARIANTS)) {
    test(`go both ways with ${name}`, async () => {
      const args = Object.entries(directives).flatMap(([directive, value]) => [`--${directive}`, value]);
      const server = await Oracle.start([...COMMON, ...args]);
      try {
        await fill(server);
        expect(await server.call('SAVE')).toBe('OK');
        const theirs = readFileSync(join(server.directory, 'dump.rdb'));
        const [theirDigest, theirDetails] = [
          await server.call('DEBUG', 'DIGEST'),
          await details((...w) => server.call(...w)),
        ];
        const db = open({ snapshot: theirs, config: { ...config, ...directives } });
        expect(digest(db)).toBe(theirDigest);
        expect(settled(await details(words(db)))).toEqual(settled(theirDetails));
        const ours = db.dump();
        await loadedThere(ours, args, async (back) => {
          expect(await back.call('DEBUG', 'DIGEST')).toBe(theirDigest);
          expect(settled(await details((...w) => back.call(...w)))).toEqual(settled(theirDetails));
        });
        const again = open({ snapshot: ours, config: { ...config, ...directives } });
        expect(digest(again)).toBe(theirDigest);
        db.close();
        again.close();
      } finally {
        await server.stop();
      }
    });
  }

  test('payloads of DUMP are restored on the other side', async () => {
    const server = await Oracle.start(COMMON);
    try {
      await fill(server);
      const db = open({ config });
      const call = words(db);
      const keys = await allKeys(server);
      expect(keys.length).toBeGreaterThan(35);
      for (const key of keys) {
        const payload = (await server.call('DUMP', key)) as string;
        const expiry = String(Math.max(0, (await server.call('PEXPIRETIME', key)) as number));
        expect(await call('RESTORE', key, expiry, payload, 'ABSTTL'), key).toBe('OK');
        expect(await call('DEBUG', 'DIGEST-VALUE', key), key).toEqual(await server.call('DEBUG', 'DIGEST-VALUE', key));
        const back = (await call('DUMP', key)) as string;
        expect(await server.call('RESTORE', `back:${key}`, expiry, back, 'ABSTTL'), key).toBe('OK');
        expect(await server.call('DEBUG', 'DIGEST-VALUE', `back:${key}`), key).toEqual(
          await server.call('DEBUG', 'DIGEST-VALUE', key),
        );
      }
      db.close();
    } finally {
      await server.stop();
    }
  });

  test('a few keys of a default engine restore on Redis 7.0, too', async () => {
    const server = await Oracle.start(COMMON);
    const db = open();
    try {
      db.sadd('set', 'a', '1', 'c');
      db.xadd('stream', '5-1', [['f', 'v']]);
      db.zadd('zset', [[0.1, 'a']]);
      const call = words(db);
      for (const key of ['set', 'stream', 'zset']) {
        const payload = (await call('DUMP', key)) as string;
        expect(await server.call('RESTORE', key, '0', payload), key).toBe('OK');
      }
    } finally {
      db.close();
      await server.stop();
    }
  });

  test('encodings of old versions are read as Redis 7.0 reads them', async () => {
    await withFolder(async (folder) => {
      const file = oldFile();
      writeFileSync(join(folder, 'dump.rdb'), file);
      const server = await Oracle.start([...COMMON, '--dir', folder]);
      try {
        const keys = await allKeys(server);
        expect(keys.length).toBe(15);
        const db = open({ snapshot: file, config });
        const call = words(db);
        for (const key of keys) {
          expect(await call('DEBUG', 'DIGEST-VALUE', key), key).toEqual(
            await server.call('DEBUG', 'DIGEST-VALUE', key),
          );
          expect(await call('PEXPIRETIME', key), key).toEqual(await server.call('PEXPIRETIME', key));
        }
        expect(digest(db)).toBe(await server.call('DEBUG', 'DIGEST'));
        db.close();
      } finally {
        await server.stop();
      }
    });
  });
});

describe('snapshots as bytes', () => {
  test('begin another keyspace, and a broken one changes nothing', () => {
    const db = open({ config });
    db.set('k', 'v', { ex: 1000 });
    db.hset('h', ['f', 'v']);
    const file = db.dump();
    expect(Buffer.from(file.subarray(0, 9)).toString()).toBe('REDIS0010');
    const other = open({ snapshot: file, config });
    expect(digest(other)).toBe(digest(db));
    expect(other.ttl('k')).toBeGreaterThan(900);
    const broken = Uint8Array.from(file);
    broken[20] = (broken[20] as number) ^ 1;
    expect(() => other.load(broken)).toThrow(/the snapshot cannot be read: at offset \d+: /);
    expect(() => open({ snapshot: file.subarray(0, file.length - 3) })).toThrow(/early/);
    expect(() => open({ snapshot: 'REDIS' as unknown as Uint8Array })).toThrow(
      'the bytes of an RDB file, a Uint8Array',
    );
    expect(() => open({ dir: '/none/such' })).toThrow('dir: the directory /none/such does not exist');
    expect(digest(other)).toBe(digest(db));
    db.close();
    other.close();
  });
});
