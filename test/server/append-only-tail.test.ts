/**
 * What an append-only file has in memory that the kernel keeps, on its way to the disk: there after the process was killed,
 * nobody else's as long as it runs, gone after it has ended.
 */

import { spawnSync } from 'node:child_process';
import { appendFileSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FOLDER, PROGRAM, aofFiles, folder, hematite, rewritten, takeIn, useFolder } from './append-only-scene.js';

useFolder();

const tails = () => aofFiles().filter((name) => name.endsWith('.tail'));

test('is there after the process was killed, once', async () => {
  const first = await hematite();
  await first.say('SET a 1', 'INCR a');
  await first.kill();
  expect(tails()).toEqual(['appendonly.aof.1.incr.aof.tail']);
  const file = join(folder, FOLDER, 'appendonly.aof.1.incr.aof');
  const check = spawnSync(process.execPath, [PROGRAM, 'check-aof', file], { encoding: 'utf8' }).stdout;
  expect(check).toMatch(/\d+ more bytes were left with the kernel, in appendonly\.aof\.1\.incr\.aof\.tail/);
  const second = await hematite();
  expect(await second.say('INCR a')).toEqual([':3\r\n']);
  await second.kill();
  takeIn();
  expect(tails()).toEqual([]);
  expect(readFileSync(file, 'latin1').match(/INCR/g)).toHaveLength(2);
  expect(await (await hematite()).say('GET a')).toEqual(['$1\r\n3\r\n']);
});

test('is left alone by others as long as the process runs, and gone after it has ended', async () => {
  const server = await hematite();
  await server.say('SET a 1');
  takeIn();
  await server.say('SET a 2');
  await server.kill();
  const second = await hematite();
  expect(await second.say('GET a')).toEqual(['$1\r\n2\r\n']);
  await second.say('SET a 3');
  await second.end();
  expect(tails()).toEqual([]);
  expect(await (await hematite()).say('GET a')).toEqual(['$1\r\n3\r\n']);
});

test('belongs to one process: a second server on the same files ends', async () => {
  const server = await hematite();
  await server.say('SET a 1');
  await expect(hematite()).rejects.toThrow(/another process writes to it/);
  await server.say('SET a 2');
  await server.kill();
  expect(await (await hematite()).say('GET a')).toEqual(['$1\r\n2\r\n']);
});

test('is not taken in behind what another server has written, and the log says so', async () => {
  const server = await hematite();
  await server.say('SET a 1');
  await server.kill();
  const file = join(folder, FOLDER, 'appendonly.aof.1.incr.aof');
  appendFileSync(file, '*3\r\n$3\r\nSET\r\n$1\r\nb\r\n$1\r\n1\r\n');
  const check = spawnSync(process.execPath, [PROGRAM, 'check-aof', file], { encoding: 'utf8' }).stdout;
  expect(check).toMatch(/\d+ bytes in .*tail do not follow what the file holds/);
  const again = await hematite();
  expect(await again.say('MGET a b')).toEqual(['*2\r\n$-1\r\n$1\r\n1\r\n']);
});

test('is made anew where somebody has removed it', async () => {
  const server = await hematite();
  await server.say('SET a 1');
  rmSync(join(folder, FOLDER, 'appendonly.aof.1.incr.aof.tail'));
  await expect
    .poll(
      async () => {
        await server.say('SET a 2');
        return tails();
      },
      { timeout: 5000 },
    )
    .toHaveLength(1);
  await server.say('SET a 3');
  await server.kill();
  expect(await (await hematite()).say('GET a')).toEqual(['$1\r\n3\r\n']);
});

test('is on the disk before the policy becomes always, and follows a rewrite', async () => {
  const server = await hematite('--appendfsync', 'no');
  await server.say('SET a 1', 'CONFIG SET appendfsync always', 'SET b 1');
  expect(tails()).toEqual([]);
  await server.say('CONFIG SET appendfsync everysec', 'SET c 1', 'BGREWRITEAOF', 'SET d 1');
  await rewritten(server);
  await server.say('SET e 1');
  expect(tails()).toEqual(['appendonly.aof.2.incr.aof.tail']);
  await server.kill();
  const again = await hematite();
  expect(await again.say('MGET a b c d e')).toEqual([`*5\r\n${'$1\r\n1\r\n'.repeat(5)}`]);
});

test('values that are larger than it go to the file', async () => {
  const server = await hematite();
  const large = 'x'.repeat(5 << 20);
  await server.say('SET small 1', `SET large ${large}`, 'SET after 1');
  await server.kill();
  const again = await hematite();
  expect(await again.say('MGET small after', 'STRLEN large')).toEqual([
    '*2\r\n$1\r\n1\r\n$1\r\n1\r\n',
    `:${large.length}\r\n`,
  ]);
});
