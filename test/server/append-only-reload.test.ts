/**
 * DEBUG LOADAOF of a whole server, beside a redis-server: what is in memory comes from the files, nothing is lost on the way, and
 * writes go on.
 */

import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { oracleVersion } from '../conformance/fronts/oracle.js';
import { ask } from '../fuzz/dump.js';
import { hematite, increment, redis, rewritten, useFolder } from './append-only-scene.js';

const noOracle = oracleVersion() ? undefined : 'redis-server is not installed';
const OK = '+OK\r\n';

useFolder();

/** What both servers are told; the replies are compared. */
const SCRIPT = [
  'SET string 1',
  'RPUSH list a b c',
  'SELECT 3',
  'SET other 2',
  'DEBUG LOADAOF',
  'GET other',
  'SELECT 0',
  'LRANGE list 0 -1',
  'INCR string',
  'DEBUG LOADAOF',
  'GET string',
  'FLUSHALL',
  'DEBUG loadaof',
  'DBSIZE',
  'SET string 3',
];

describe('DEBUG LOADAOF', () => {
  test.each(['always', 'everysec', 'no'])('gives the dataset again under appendfsync %s', async (policy) => {
    const server = await hematite('--appendfsync', policy);
    expect(await server.say('SET k 1', 'SET gone 1 PX 1', 'HSET h f v', 'DEBUG LOADAOF')).toStrictEqual([
      OK,
      OK,
      ':1\r\n',
      OK,
    ]);
    expect(await server.say('GET k', 'HGET h f', 'INCR k', 'DEBUG LOADAOF', 'GET k')).toStrictEqual([
      '$1\r\n1\r\n',
      '$1\r\nv\r\n',
      ':2\r\n',
      OK,
      '$1\r\n2\r\n',
    ]);
    await server.say('BGREWRITEAOF');
    await rewritten(server);
    await server.say('APPEND k x', 'DEBUG LOADAOF', 'APPEND k y');
    await server.kill();
    const next = await hematite('--appendfsync', policy);
    expect(await next.say('GET k', 'GET gone')).toStrictEqual(['$3\r\n2xy\r\n', '$-1\r\n']);
  });

  test.skipIf(noOracle)('answers as redis-server does', async () => {
    const theirs = await redis();
    const expected = await theirs.say(...SCRIPT);
    await theirs.end();
    const ours = await hematite('--appenddirname', 'ours');
    expect(await ours.say(...SCRIPT)).toStrictEqual(expected);
  });

  test('loads what others have appended to the file, and goes on behind it', async () => {
    const server = await hematite('--appendfsync', 'no');
    await server.say('SET k 1', 'DEBUG LOADAOF');
    appendFileSync(increment(), '*3\r\n$3\r\nSET\r\n$5\r\nother\r\n$1\r\n2\r\n');
    expect(await server.say('DEBUG LOADAOF', 'GET other', 'SET third 3')).toStrictEqual([OK, '$1\r\n2\r\n', OK]);
    await server.kill();
    const next = await hematite();
    expect(await next.say('MGET k other third')).toStrictEqual(['*3\r\n$1\r\n1\r\n$1\r\n2\r\n$1\r\n3\r\n']);
  });

  test('loses nothing where the files are wrong, and makes them right', async () => {
    const server = await hematite();
    const library = "#!lua name=l\nredis.register_function('f', function() return 7 end)";
    await ask(server.connection, [['FUNCTION', 'LOAD', library]]);
    const said = await server.say('SET k 1', 'DEBUG LOADAOF', 'SET k 2', 'WAITAOF 1 0 0', 'FCALL f 0');
    expect(said).toStrictEqual([OK, OK, OK, '*2\r\n:1\r\n:0\r\n', ':7\r\n']);
    const bytes = readFileSync(increment());
    writeFileSync(increment(), Buffer.concat([Buffer.from('*1\r\n$7\r\nNOTHING\r\n'), bytes]));
    const [failed, value, called] = await server.say('DEBUG LOADAOF', 'GET k', 'FCALL f 0');
    expect(called).toBe(':7\r\n');
    expect(failed).toMatch(/^-ERR Error trying to load the AOF files: .*NOTHING/);
    expect(value).toBe('$1\r\n2\r\n');
    expect(await server.say('SET k 3')).toStrictEqual([OK]);
    await expect.poll(() => server.say('DEBUG LOADAOF'), { timeout: 10_000 }).toStrictEqual([OK]);
    expect(await server.say('GET k')).toStrictEqual(['$1\r\n3\r\n']);
    await server.kill();
    const next = await hematite();
    expect(await next.say('GET k')).toStrictEqual(['$1\r\n3\r\n']);
  });

  test('is refused without files, and in a transaction', async () => {
    const server = await hematite();
    const said = await server.say('SET k 1', 'MULTI', 'DEBUG LOADAOF', 'EXEC', 'GET k', 'CONFIG SET appendonly no');
    expect(said[3]).toContain('-ERR');
    expect(said[4]).toBe('$1\r\n1\r\n');
    expect(await server.say('DEBUG LOADAOF')).toStrictEqual([
      '-ERR Error trying to load the AOF files: there are none, appendonly is off\r\n',
    ]);
    expect(await server.say('GET k')).toStrictEqual(['$1\r\n1\r\n']);
  });
});
