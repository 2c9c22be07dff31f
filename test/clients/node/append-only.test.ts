/**
 * An embedded keyspace with an append-only file: the same files as a server's, through a restart of the process or without.
 */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { open } from '../../../ts/index.js';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'hematite-embedded-aof-'));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

const manifest = () => readFileSync(join(directory, 'appendonlydir', 'appendonly.aof.manifest'), 'latin1');

test('what was written is there again, and a rewrite keeps it', async () => {
  const first = open({ dir: directory, appendonly: true });
  first.set('k', 'v');
  first.rpush('l', '1', '2');
  first.batch((batch) => {
    batch.incr('n');
    batch.incr('n');
  });
  first.close();
  const second = open({ dir: directory, appendonly: true, config: { appendfsync: 'always' } });
  expect([second.get('k'), second.lrange('l', 0, -1), second.get('n')]).toEqual(['v', ['1', '2'], '2']);
  expect(second.call('BGREWRITEAOF')).toBe('Background append only file rewriting started');
  second.incr('n');
  await expect
    .poll(manifest)
    .toBe('file appendonly.aof.2.base.rdb seq 2 type b\nfile appendonly.aof.2.incr.aof seq 2 type i\n');
  second.close();
  const third = open({ dir: directory, appendonly: true });
  expect(third.get('n')).toBe('3');
  third.close();
});

test('a command written in TypeScript is one group', () => {
  const first = open({ dir: directory, appendonly: true });
  first.command({ name: 'both', arity: 1, flags: ['write'] }, (context) => {
    context.set('a', '1');
    context.set('b', '2');
    return 'OK';
  });
  expect(first.call('BOTH')).toBe('OK');
  first.close();
  const file = readFileSync(join(directory, 'appendonlydir', 'appendonly.aof.1.incr.aof'), 'latin1');
  const words = file.split('\r\n').filter((line) => /^[A-Z]+$/i.test(line));
  expect(words.join(' ').toUpperCase()).toContain('MULTI SELECT SET A SET B EXEC');
  const second = open({ dir: directory, appendonly: true });
  expect([second.get('a'), second.get('b')]).toEqual(['1', '2']);
  second.close();
});

test('a file that is missing keeps the keyspace from being opened', () => {
  const first = open({ dir: directory, appendonly: true });
  first.set('k', 'value');
  first.close();
  const path = join(directory, 'appendonlydir', 'appendonly.aof.1.incr.aof');

  rmSync(path);
  expect(() => open({ dir: directory, appendonly: true })).toThrow(
    "the AOF file appendonly.aof.1.incr.aof doesn't exist",
  );
});

test('without a directory there is nowhere to keep it', () => {
  expect(() => open({ appendonly: true })).toThrow('appendonly needs a directory');
  const db = open();
  expect(() => db.call('CONFIG SET', 'appendonly', 'yes')).toThrow('opened without a directory');
  db.close();
});
