/** `hematite check-rdb` and `hematite rdb` over files that are written here, whole and broken. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { open } from '../index.js';
import { run as check } from './check-rdb.js';
import { run as print, size } from './rdb.js';

let folder: string;
let file: string;
let bytes: Buffer;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hematite-rdb-'));
  file = join(folder, 'dump.rdb');
  const db = open();
  for (let at = 0; at < 50; at += 1) db.set(`user:${at}:name`, `name ${at}`);
  db.call('SET', Buffer.from([255, 254]), 'bytes');
  db.call('SET', 'soon', '1', 'PXAT', '33177117420123');
  db.call('HSET', 'session:1', 'f', 'v', '<b>', '"quoted"');
  db.call('RPUSH', 'queue:1', 'a', 'b');
  db.call('SADD', 'tags', 'x', 'y');
  db.call('ZADD', 'board', '1.5', 'ann', 'inf', 'bob');
  db.call('XADD', 'log', '5-1', 'f', 'v');
  db.call('SELECT', '3');
  db.call('SET', 'elsewhere', 'v');
  bytes = Buffer.from(db.dump());
  db.close();
  writeFileSync(file, bytes);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function drained(stream: PassThrough): string {
  return ((stream.read() as Buffer | null) ?? Buffer.alloc(0)).toString();
}

function checked(...args: string[]): Ran {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const code = check(args, stdout, stderr);
  return { code, stdout: drained(stdout), stderr: drained(stderr) };
}

function printed(...args: string[]): Ran {
  const stderr = new PassThrough();
  let stdout = '';
  const code = print(args, (text) => (stdout += text), stderr);
  return { code, stdout, stderr: drained(stderr) };
}

describe('hematite check-rdb', () => {
  test('tells what a whole file holds', () => {
    const { code, stdout } = checked(file);
    expect(code).toBe(0);
    expect(stdout).toContain(`RDB version 11 (REDIS), ${bytes.length} bytes`);
    expect(stdout).toContain('58 keys, 1 with an expiry, 0 expired\n  database 0: 57 keys\n  database 3: 1 keys');
    expect(stdout).toMatch(/checksum [0-9a-f]{16} is right/);
    const figures = JSON.parse(checked('--json', file).stdout) as { keys: number; types: unknown[] };
    expect(figures.keys).toBe(58);
    expect(figures.types).toContainEqual({ type: 'stream', keys: 1 });
  });

  test('names the offset and the reason of what is broken', () => {
    const path = join(folder, 'broken.rdb');
    writeFileSync(path, bytes.subarray(0, 700));
    expect(checked(path)).toMatchObject({ code: 1, stdout: '' });
    expect(checked(path).stderr).toMatch(/broken\.rdb: at offset 700: ends \d+ bytes early/);
    const flipped = Buffer.from(bytes);
    flipped[flipped.length - 20] = (flipped[flipped.length - 20] as number) ^ 4;
    writeFileSync(path, flipped);
    expect(checked(path).stderr).toMatch(/at offset \d+: /);
    writeFileSync(path, 'something else altogether');
    expect(checked(path).stderr).toContain('at offset 0: no RDB file');
    expect(checked(join(folder, 'none')).stderr).toContain('No such file');
    expect(checked().code).toBe(2);
    expect(checked('--what', file).code).toBe(2);
    expect(checked('--help')).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('hematite rdb', () => {
  test('says what is wrong with the output, and is quiet where nobody reads on', () => {
    const failing = (code: string) => () => {
      throw Object.assign(new Error(`${code}: it cannot be written, write`), { code });
    };
    for (const mode of ['--json', '--memory']) {
      const stderr = new PassThrough();
      expect(print([mode, file], failing('ENOSPC'), stderr)).toBe(1);
      expect(drained(stderr)).toBe('ENOSPC: it cannot be written, write\n');
      expect(print([mode, file], failing('EPIPE'), stderr)).toBe(0);
      expect(drained(stderr)).toBe('');
    }
  });

  test('prints everything as JSON', () => {
    const { code, stdout } = printed(file);
    expect(code).toBe(0);
    const items = JSON.parse(stdout) as { key?: unknown; aux?: string; value: unknown }[];
    const value = (key: unknown) => items.find((item) => JSON.stringify(item.key) === JSON.stringify(key));
    expect(items.filter((item) => item.key !== undefined)).toHaveLength(58);
    expect(items[0]).toEqual({ aux: 'redis-ver', value: '7.2.4' });
    expect(value({ base64: '//4=' })).toMatchObject({ type: 'string', value: 'bytes' });
    expect(value('soon')).toMatchObject({ encoding: 'int', expiresAt: 33177117420123, value: '1' });
    expect(value('session:1')?.value).toEqual([
      { field: 'f', value: 'v' },
      { field: '<b>', value: '"quoted"' },
    ]);
    expect(value('board')?.value).toEqual([
      { member: 'ann', score: 1.5 },
      { member: 'bob', score: 'inf' },
    ]);
    expect(value('log')).toMatchObject({ value: { length: 1, entries: [{ id: '5-1', fields: ['f', 'v'] }] } });
    expect(value('elsewhere')).toMatchObject({ db: 3 });
  });

  test('reports memory by type and prefix', () => {
    const { stdout } = printed(file, '--memory', '--top', '2');
    expect(stdout).toMatch(/^58 keys take /);
    expect(stdout).toMatch(/\nuser: +50 +/);
    expect(stdout).toMatch(/\nand \d+ more\n/);
    expect(printed(file, '--memory', '--prefix-depth', '2', '--top', '99').stdout).toMatch(/\nuser:7: +1 +/);
    expect(printed(file, '--memory', '--separator', 'u').stdout).toContain('\nu ');
    expect(size(0)).toBe('0 B');
    expect(size(1536)).toBe('1.5 KiB');
  });

  test('plots sizes on a page that nothing can break out of', () => {
    const out = join(folder, 'out.html');
    expect(printed(file, '--html', out)).toMatchObject({ code: 0, stdout: '' });
    const page = readFileSync(out, 'utf8');
    expect(page).toContain('<svg');
    expect(page).toContain('Sizes of keys of the type stream');
    expect(page).not.toContain('<script');
    expect(page.match(/<rect/g)?.length).toBeGreaterThan(10);
  });

  test('refuses command lines that make no sense', () => {
    for (const args of [
      [],
      ['a', 'b'],
      [file, '--json', '--memory'],
      [file, '--top', 'x'],
      [file, '--separator', 'ab'],
    ]) {
      expect(printed(...args).code, args.join(' ')).toBe(2);
    }
    expect(printed(join(folder, 'none'))).toMatchObject({ code: 1 });
  });
});
