/**
 * WAITAOF of a whole server: it answers once the disk has what the connection wrote, whatever `appendfsync` says.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ServerProcess } from './server-process.js';

let folder: string;
let server: ServerProcess | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hematite-waitaof-'));
});

afterEach(async () => {
  await server?.kill();
  rmSync(folder, { recursive: true, force: true });
});

async function start(...options: string[]): Promise<ServerProcess> {
  server = await ServerProcess.start(folder, ['--save', '', ...options]);
  return server;
}

const SYNCED = '*2\r\n:1\r\n:0\r\n';
const UNSYNCED = '*2\r\n:0\r\n:0\r\n';
const OFF = '-ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.\r\n';

test('everysec: waits for the next sync, and holds nobody else up', async () => {
  const { say, other } = await clients(await start('--appendonly', 'yes'));
  for (let round = 0; round < 3; round += 1) {
    await say('INCR', 'n');
    const began = performance.now();
    const answer = say('WAITAOF', '1', '0', '0');
    expect(await other('GET', 'n')).toBe(`$1\r\n${round + 1}\r\n`);
    expect(await answer).toBe(SYNCED);
    expect(performance.now() - began).toBeLessThan(3000);
  }
});

test('always: at once', async () => {
  const { say } = await clients(await start('--appendonly', 'yes', '--appendfsync', 'always'));
  const [, answer] = await Promise.all([say('INCR', 'n'), say('WAITAOF', '1', '0', '0')]);
  expect(answer).toBe(SYNCED);
});

test('no: until its time is over, or the file is given up', async () => {
  const { say, other } = await clients(await start('--appendonly', 'yes', '--appendfsync', 'no'));
  await say('INCR', 'n');
  expect(await say('WAITAOF', '1', '0', '50')).toBe(UNSYNCED);
  const answer = say('WAITAOF', '1', '0', '0');
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await other('CONFIG', 'SET', 'appendonly', 'no')).toBe('+OK\r\n');
  expect(await answer).toBe(OFF);
});

test('a file that is turned on counts once its base is there', async () => {
  const { say } = await clients(await start());
  await say('SET', 'k', 'v');
  expect(await say('WAITAOF', '1', '0', '0')).toBe(OFF);
  expect(await say('CONFIG', 'SET', 'appendonly', 'yes')).toBe('+OK\r\n');
  expect(await say('INCR', 'n')).toBe(':1\r\n');
  expect(await say('WAITAOF', '1', '0', '10000')).toBe(SYNCED);
  expect(await say('BGREWRITEAOF')).toMatch(/^\+Background append only file rewriting (started|scheduled)/);
  expect(await say('INCR', 'n')).toBe(':2\r\n');
  expect(await say('WAITAOF', '1', '0', '10000')).toBe(SYNCED);
});

async function clients(of: ServerProcess) {
  const [first, second] = [await of.client(), await of.client()];
  return { say: first.say.bind(first), other: second.say.bind(second) };
}
