/**
 * A disk that is full when the server starts, for which a limit of the size of files stands: what a process that was killed had
 * left with the kernel is loaded all the same, writes are refused, and all is well once there is room.
 */

import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PROGRAM, aofFiles, hematite, increment, start, useFolder } from './append-only-scene.js';

const hasLimits = process.platform === 'linux' && spawnSync('prlimit', ['--version']).status === 0;

useFolder();

/** Nothing that a base could make smaller than the limit. */
const VALUE = randomBytes(2250).toString('base64');
/** A server that can't make files longer than 1 KiB; the signal is ignored, so that writing more is an error as on a full disk. */
const limited = () => start(['bash', '-c', 'trap "" XFSZ; ulimit -S -f 1; exec "$0" "$@"', process.execPath, PROGRAM]);

test.skipIf(!hasLimits)('a start on a full disk loses nothing, and goes on once there is room', async () => {
  const first = await hematite();
  await first.say(`SET a ${VALUE}`, 'SET b 1', `RPUSH l ${VALUE} x`);
  await first.kill();
  expect(statSync(increment()).size).toBeLessThan(100);
  const second = await limited();
  expect(await second.say('STRLEN a', 'GET b', 'LLEN l')).toStrictEqual([':3000\r\n', '$1\r\n1\r\n', ':2\r\n']);
  const [refused, status] = await second.say('SET c 1', 'INFO persistence');
  expect(refused).toMatch(/^-MISCONF Errors writing to the AOF file: File too large/);
  expect(status).toContain('aof_last_write_status:err');
  // Rewrites that find no room change nothing.
  await expect
    .poll(async () => (await second.say('INFO persistence'))[0], { timeout: 10_000 })
    .toMatch(/aof_rewrites_consecutive_failures:[2-9]/);
  expect(await second.say('SET c 1', 'GET b')).toStrictEqual([refused, '$1\r\n1\r\n']);
  expect(spawnSync('prlimit', ['--pid', `${second.pid}`, '--fsize=unlimited']).status).toBe(0);
  await expect.poll(() => second.say('SET c 1'), { timeout: 20_000, interval: 200 }).toStrictEqual(['+OK\r\n']);
  await second.kill();
  // Each try has another file, of which the last remains.
  const names = aofFiles().map((name) => name.replace(/[3-9](?=\.incr)/, 'N'));
  expect(names).toStrictEqual([
    'appendonly.aof.2.base.rdb',
    'appendonly.aof.N.incr.aof',
    'appendonly.aof.N.incr.aof.tail',
    'appendonly.aof.manifest',
  ]);
  const third = await hematite();
  expect(await third.say('STRLEN a', 'GET b', 'LLEN l', 'GET c')).toStrictEqual([
    ':3000\r\n',
    '$1\r\n1\r\n',
    ':2\r\n',
    '$1\r\n1\r\n',
  ]);
});

test.skipIf(!hasLimits)('so does a second start, and one that finds room', async () => {
  const first = await hematite();
  await first.say(`SET a ${VALUE}`);
  await first.kill();
  for (let start = 0; start < 2; start += 1) {
    const server = await limited();
    expect(await server.say('STRLEN a')).toStrictEqual([':3000\r\n']);
    await server.kill();
  }
  const last = await hematite();
  expect(await last.say('STRLEN a', 'SET b 1')).toStrictEqual([':3000\r\n', '+OK\r\n']);
});
