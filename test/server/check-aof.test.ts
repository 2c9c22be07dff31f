/**
 * `hematite check-aof --truncate-to-timestamp`, beside redis-check-aof: back to before a mistake.
 */

import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { oracleVersion } from '../conformance/fronts/oracle.js';
import { encodeCommand } from '../conformance/resp.js';
import { FOLDER, PROGRAM, folder, hematite, increment, useFolder } from './append-only-scene.js';

const noOracle = oracleVersion() ? undefined : 'redis-server is not installed';

useFolder();

const manifest = () => join(folder, FOLDER, 'appendonly.aof.manifest');
const hematiteCheck = (...args: string[]) =>
  spawnSync(process.execPath, [PROGRAM, 'check-aof', ...args], { encoding: 'utf8' });
const redisCheck = (path: string, time: string) =>
  spawnSync('redis-check-aof', ['--truncate-to-timestamp', time, path], { encoding: 'utf8', input: 'y\n' });

const command = (...words: string[]) => encodeCommand(words.map((word) => Buffer.from(word))).toString();

/** A file as Redis writes it, with times. */
const TIMED = [
  `#TS:1000\r\n${command('SELECT', '0')}${command('SET', 'a', '1')}`,
  `#TS:1005\r\n${command('MULTI')}${command('SET', 'b', '1')}${command('EXEC')}`,
  `#TS:1010\r\n${command('FLUSHALL')}`,
];

describe('check-aof --truncate-to-timestamp', () => {
  test.skipIf(noOracle).each(['999', '1000', '1004', '1005', '1009', '1010', '2000'])(
    'cuts the file where redis-check-aof does: %s',
    (time) => {
      const [ours, theirs] = [join(folder, 'a.aof'), join(folder, 'b.aof')];
      writeFileSync(ours, TIMED.join(''));
      copyFileSync(ours, theirs);
      const [our, their] = [hematiteCheck('--truncate-to-timestamp', time, '--yes', ours), redisCheck(theirs, time)];
      expect(our.status, our.stdout + our.stderr).toBe(their.status);
      expect(readFileSync(ours, 'latin1')).toBe(readFileSync(theirs, 'latin1'));
    },
  );

  test('goes back to before a mistake, of a server that was killed', async () => {
    const server = await hematite('--aof-timestamp-enabled', 'yes');
    await server.say('SET k 1', 'MSET a 1 b 2');
    // The mistake comes in another second.
    const time = Math.floor(Date.now() / 1000);
    while (Math.floor(Date.now() / 1000) <= time) await new Promise((resolve) => setTimeout(resolve, 20));
    await server.say('FLUSHALL', 'SET late 1');
    await server.kill();
    const before = hematiteCheck(manifest());
    expect(before.stdout).toContain('All AOF files and manifest are valid');
    // Nobody said yes.
    const asked = hematiteCheck('--truncate-to-timestamp', String(time), manifest());
    expect(asked.stdout).toContain('FLUSHALL');
    expect(asked.status).toBe(1);
    const whole = readFileSync(increment());
    const cut = hematiteCheck('--truncate-to-timestamp', String(time), '--yes', manifest());
    expect(cut.stdout).toContain(`to timestamp ${time}`);
    expect(cut.status).toBe(0);
    expect(readFileSync(`${increment()}.before-fix-1`).equals(whole)).toBe(true);
    const next = await hematite();
    expect(await next.say('MGET k a b late')).toStrictEqual(['*4\r\n$1\r\n1\r\n$1\r\n1\r\n$1\r\n2\r\n$-1\r\n']);
    expect(await next.say('INCR k', 'DEBUG LOADAOF', 'GET k')).toStrictEqual([':2\r\n', '+OK\r\n', '$1\r\n2\r\n']);
  });

  test('does not cut files that are followed by others', () => {
    const [first, second] = [join(folder, 'x.1.incr.aof'), join(folder, 'x.2.incr.aof')];
    writeFileSync(first, TIMED.join(''));
    writeFileSync(second, TIMED[2] as string);
    const list = join(folder, 'x.manifest');
    writeFileSync(list, 'file x.1.incr.aof seq 1 type i\nfile x.2.incr.aof seq 2 type i\n');
    const early = hematiteCheck('--truncate-to-timestamp', '1005', '--yes', list);
    expect(early.stderr).toContain('because it is not the last file');
    expect(early.status).toBe(1);
    expect(readFileSync(first, 'latin1')).toBe(TIMED.join(''));
    const none = hematiteCheck('--truncate-to-timestamp', '999', '--yes', first);
    expect(none.stderr).toBe('AOF x.1.incr.aof has nothing before timestamp 999, aborting...\n');
  });

  test.each([
    ['--truncate-to-timestamp', 'soon', 'x.aof'],
    ['--truncate-to-timestamp', '1', '--fix', 'x.aof'],
    ['--unknown', 'x.aof'],
    ['x.aof', 'y.aof'],
    [],
  ])('says how it is used: %s %s %s', (...args) => {
    const { status, stderr } = hematiteCheck(...args);
    expect([status, stderr]).toStrictEqual([1, expect.stringMatching(/^Usage: hematite check-aof /)]);
  });
});
