/**
 * When snapshots are taken, what is said about them, and the whole way in process: open, close, open again.
 */

import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Config } from '../config/config.js';
import type { HostCall } from '../core/host-commands.js';
import { reply } from '../core/reply.js';
import { open } from '../index.js';
import { LoadError, progressLine } from './loading.js';
import { type Saver, Snapshots } from './snapshots.js';
import { removeStaleFiles } from './temporary-files.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hematite-snapshots-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const SAVED = { isCancelled: false, bytes: 1, keys: 1, preimageBytes: 0 };

/** Snapshots over a saver that ends when it is told. */
function scene(text: string) {
  const state = { changes: 0, lastSave: 1000, isOk: true, isSaving: false };
  const log: string[] = [];
  const calls: string[] = [];
  let done: (saved: Parameters<Parameters<Saver['save']>[1]>[0]) => void = () => undefined;
  const saver: Saver = {
    save: (options, settle) => {
      calls.push(options.background ? 'background' : 'foreground');
      state.isSaving = true;
      done = settle;
    },
    saveNow: () => SAVED,
    cancelSave: () => calls.push('cancel') > 0,
    saves: () => state,
    refuseWrites: (refuse) => void calls.push(`refuse ${refuse}`),
  };
  const config = new Config({ directory: folder });
  config.load(text);
  const snapshots = new Snapshots(saver, config, { notice: (m) => log.push(m), warning: (m) => log.push(m) });
  const finish = async (saved: Parameters<typeof done>[0]) => {
    state.isSaving = false;
    done(saved);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { state, log, calls, config, snapshots, finish };
}

const call = (...words: string[]): HostCall => ({
  session: 1,
  command: words[0] as string,
  args: words.map((word) => Buffer.from(word)),
  protocol: 2,
  db: 0,
  inProcess: false,
  isLocal: true,
  mayWait: true,
  inTransaction: false,
});

test('a save point is due after more than its seconds with at least its changes', () => {
  const { state, calls, snapshots, log } = scene('save 60 10\nsave 300 1');
  state.changes = 9;
  snapshots.tick(1100);
  state.changes = 10;
  snapshots.tick(1060);
  expect(calls).toEqual([]);
  snapshots.tick(1061);
  expect(calls).toEqual(['background']);
  expect(log[0]).toBe('10 changes in 60 seconds. Saving...');
  snapshots.tick(1400);
  expect(calls).toHaveLength(1);
});

test('after a failure writes are refused, and a save point waits before it tries again', async () => {
  const { state, calls, snapshots, finish, log } = scene('save 60 1');
  const now = Math.floor(Date.now() / 1000);
  state.changes = 5;
  snapshots.tick(now);
  state.isOk = false;
  await finish({ ...SAVED, failed: 'write', reason: 'No space left on device' });
  expect(log.slice(-2)).toEqual([
    'Write error saving DB on disk(rdbSaveRio): No space left on device',
    'Background saving error',
  ]);
  expect(calls.at(-1)).toBe('refuse true');
  snapshots.tick(now + 5);
  expect(snapshots.isRunning).toBe(false);
  snapshots.tick(now + 7);
  expect(snapshots.isRunning).toBe(true);
  state.isOk = true;
  await finish(SAVED);
  expect(calls.at(-1)).toBe('refuse false');
});

test('BGSAVE waits for a rewrite only if it is told to', async () => {
  const { calls, snapshots, finish } = scene('save ""');
  let busy = true;
  snapshots.isOtherwiseBusy = () => busy;
  expect(snapshots.backgroundSave(call('BGSAVE'))).toMatchObject({
    text: expect.stringContaining('Another child process is active (AOF?)') as string,
  });
  expect(snapshots.backgroundSave(call('BGSAVE', 'schedule'))).toMatchObject({ text: 'Background saving scheduled' });
  snapshots.tick(2000);
  expect(calls).toEqual([]);
  expect(snapshots.backgroundSave(call('BGSAVE', 'CANCEL'))).toMatchObject({
    text: 'Scheduled background saving cancelled',
  });
  snapshots.backgroundSave(call('BGSAVE', 'SCHEDULE'));
  busy = false;
  snapshots.tick(2000);
  expect(calls).toEqual(['background']);
  await finish(SAVED);
  snapshots.tick(2001);
  expect(calls.filter((name) => name === 'background')).toHaveLength(1);
});

test('what is kept in a directory is there when it is opened again', () => {
  const first = open({ dir: folder });
  first.set('k', 'v');
  first.call('HSET', 'h', 'a', '1');
  first.close();
  expect(readdirSync(folder)).toEqual(['dump.rdb']);
  const second = open({ dir: folder });
  expect(second.get('k')).toBe('v');
  expect(second.call('SAVE')).toBe('OK');
  second.close();
});

test('a broken file is named when it is opened', () => {
  writeFileSync(join(folder, 'dump.rdb'), 'REDIS0011 and then something else');
  expect(() => open({ dir: folder })).toThrow(LoadError);
  expect(() => open({ dir: folder })).toThrow(/dump\.rdb is broken at offset \d+/);
});

test('the line about a load tells rate and time left', () => {
  const MiB = 1024 * 1024;
  expect(progressLine('dump.rdb', 50 * MiB, 200 * MiB, 2)).toBe(
    'Loading dump.rdb: 25 % of 200 MiB at 25 MiB/s, 6 s left',
  );
  expect(progressLine('dump.rdb', 0, 0, 0)).toBe('Loading dump.rdb: 100 % of 0 MiB at 0 MiB/s');
});

test('temporary files of processes that are gone are removed', () => {
  // No process has a number this large.
  const gone = ['temp-99999999.rdb', 'temp-rewriteaof-bg-99999999.aof'];
  for (const name of [...gone, `temp-${process.ppid}.rdb`, 'temp-x.rdb', 'dump.rdb']) {
    writeFileSync(join(folder, name), '');
  }
  expect(removeStaleFiles(folder).sort()).toEqual(gone);
  expect(existsSync(join(folder, `temp-${process.ppid}.rdb`))).toBe(true);
  expect(removeStaleFiles(join(folder, 'nowhere'))).toEqual([]);
});

test('a save that has ended, but for its message, keeps nobody from the next', async () => {
  const { state, calls, snapshots, finish } = scene('');
  const say = () => snapshots.backgroundSave(call('bgsave'));
  expect(say()).toEqual(reply.simple('Background saving started'));
  expect(say()).toEqual(reply.error('ERR Background save already in progress'));
  state.isSaving = false;
  expect(say()).toEqual(reply.simple('Background saving started'));
  expect(say()).toEqual(reply.error('ERR Background save already in progress'));
  expect(calls.filter((name) => name === 'background')).toHaveLength(1);
  await finish(SAVED);
  expect(calls.filter((name) => name === 'background')).toHaveLength(2);
  expect(snapshots.isRunning).toBe(true);
  await finish(SAVED);
  expect(snapshots.isRunning).toBe(false);
});
