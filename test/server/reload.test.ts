/**
 * DEBUG RELOAD of a whole server, beside a redis-server: what is in memory goes through dump.rdb and is there again, in the
 * place of what was there or beside it; what cannot be loaded changes nothing.
 */

import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { oracleVersion } from '../conformance/fronts/oracle.js';
import { ask } from '../fuzz/dump.js';
import { folder, hematite, redis, type Server, useFolder } from './append-only-scene.js';

const noOracle = oracleVersion() ? undefined : 'redis-server is not installed';
const OK = '+OK\r\n';
const FAILED = '-ERR Error trying to load the RDB dump\r\n';
const OFF = ['--appendonly', 'no'];

useFolder();

const dump = () => join(folder, 'dump.rdb');
const bulk = (text: string | number) => `$${String(text).length}\r\n${text}\r\n`;
const library = (name: string, value: number) =>
  `#!lua name=${name}\nredis.register_function('${name}', function() return ${value} end)`;
const define = (server: Server, name: string, value: number) =>
  ask(server.connection, [['FUNCTION', 'LOAD', 'REPLACE', library(name, value)]]);

/** What both servers are told; the replies are compared. */
const SCRIPT = [
  'DEBUG RELOAD NOSAVE',
  'SET string 1',
  'RPUSH list a b c',
  'SELECT 3',
  'SET other 2',
  'DEBUG RELOAD',
  'GET other',
  'SELECT 0',
  'LRANGE list 0 -1',
  'INCR string',
  'SET new 1',
  'DEBUG RELOAD NOSAVE',
  'MGET string new',
  'SET new 1',
  'INCRBY string 10',
  'DEBUG reload nosave noflush merge',
  'MGET string new',
  'DBSIZE',
  'FLUSHALL',
  'DEBUG RELOAD NOFLUSH',
  'SET new 1',
  'DEBUG RELOAD NOFLUSH MERGE',
  'DEBUG RELOAD MERGE',
  'DBSIZE',
  'DEBUG RELOAD nothing',
  'DEBUG RELOAD NOSAVE nothing',
];

describe('DEBUG RELOAD', () => {
  test.skipIf(noOracle)('answers as redis-server does', async () => {
    const theirs = await redis(...OFF);
    const expected = await theirs.say(...SCRIPT);
    await theirs.end();
    rmSync(dump());
    const ours = await hematite(...OFF);
    expect(await ours.say(...SCRIPT)).toStrictEqual(expected);
  });

  test('functions come and go with the file', async () => {
    const server = await hematite(...OFF);
    await define(server, 'a', 1);
    expect(await server.say('DEBUG RELOAD', 'FCALL a 0')).toStrictEqual([OK, ':1\r\n']);
    await define(server, 'a', 7);
    await define(server, 'b', 2);
    // One that both have cannot stay, unless the file's shall.
    expect(await server.say('DEBUG RELOAD NOSAVE NOFLUSH', 'FCALL a 0', 'FCALL b 0')).toStrictEqual([
      FAILED,
      ':7\r\n',
      ':2\r\n',
    ]);
    expect(await server.say('DEBUG RELOAD NOSAVE NOFLUSH MERGE', 'FCALL a 0', 'FCALL b 0')).toStrictEqual([
      OK,
      ':1\r\n',
      ':2\r\n',
    ]);
    const [reloaded, called] = await server.say('DEBUG RELOAD NOSAVE', 'FCALL b 0');
    expect(reloaded).toBe(OK);
    expect(called).toMatch(/^-ERR Function not found/);
  });

  test('changes nothing where the file cannot be loaded, or has a key that is there', async () => {
    const server = await hematite(...OFF);
    expect(await server.say('SET k 1', 'SET file 1', 'SAVE', 'SET k 2', 'DEL file')).toContain(OK);
    expect(await server.say('DEBUG RELOAD NOSAVE NOFLUSH', 'MGET k file')).toStrictEqual([
      FAILED,
      '*2\r\n$1\r\n2\r\n$-1\r\n',
    ]);
    const bytes = readFileSync(dump());
    bytes[bytes.length - 12] = (bytes[bytes.length - 12] as number) ^ 1;
    copyFileSync(dump(), join(folder, 'whole.rdb'));
    writeFileSync(dump(), bytes);
    for (const options of ['', ' NOFLUSH', ' NOFLUSH MERGE']) {
      expect(await server.say(`DEBUG RELOAD NOSAVE${options}`, 'MGET k file')).toStrictEqual([
        FAILED,
        '*2\r\n$1\r\n2\r\n$-1\r\n',
      ]);
    }
    copyFileSync(join(folder, 'whole.rdb'), dump());
    expect(await server.say('DEBUG RELOAD NOSAVE', 'MGET k file')).toStrictEqual([OK, '*2\r\n$1\r\n1\r\n$1\r\n1\r\n']);
  });

  test('what others write meanwhile is not lost', async () => {
    const server = await hematite(...OFF, '--io-threads', '2');
    const other = await server.connect();
    let [written, goesOn] = [0, true];
    const writer = (async () => {
      while (goesOn) {
        const [reply] = await ask(other, [['INCR', 'count']]);
        if (reply === `:${written + 1}\r\n`) written += 1;
        else if (!reply?.startsWith('-LOADING')) throw new Error(`${reply} after ${written}`);
      }
    })();
    for (let round = 0; round < 20; round += 1) {
      expect(await server.say('DEBUG RELOAD')).toStrictEqual([OK]);
    }
    goesOn = false;
    await writer;
    expect(written).toBeGreaterThan(20);
    expect(await server.say('GET count')).toStrictEqual([bulk(written)]);
  });

  test('an append-only file follows what was loaded', async () => {
    const server = await hematite();
    await server.say('SET k 1', 'SAVE', 'SET k 2', 'SET gone 1');
    expect(await server.say('DEBUG RELOAD', 'DEBUG RELOAD NOSAVE', 'GET k')).toStrictEqual([OK, OK, bulk(2)]);
    await server.say('SAVE', 'SET k 3', 'SET late 1', 'DEBUG RELOAD NOSAVE', 'APPEND k x');
    // A rewrite is due at once, and takes in what has come since.
    await expect
      .poll(async () => (await server.say('INFO persistence'))[0], { timeout: 10_000 })
      .toMatch(/aof_rewrite_in_progress:0\r\naof_rewrite_scheduled:0\r\n[^]*aof_rewrites:[1-9]/);
    await server.say('DEBUG LOADAOF');
    expect(await server.say('MGET k gone late')).toStrictEqual(['*3\r\n$2\r\n2x\r\n$1\r\n1\r\n$-1\r\n']);
    await server.kill();
    const next = await hematite();
    expect(await next.say('MGET k gone late')).toStrictEqual(['*3\r\n$2\r\n2x\r\n$1\r\n1\r\n$-1\r\n']);
  });

  test('waits for a snapshot that is being written', async () => {
    const server = await hematite(...OFF, '--rdb-key-save-delay', '1000');
    await server.say('DEBUG POPULATE 300', 'BGSAVE');
    expect(await server.say('DEBUG RELOAD', 'DBSIZE')).toStrictEqual([OK, ':300\r\n']);
  });

  test('goes through memory within a transaction', async () => {
    const server = await hematite(...OFF);
    const said = await server.say('MULTI', 'SET k 1', 'DEBUG RELOAD', 'GET k', 'EXEC');
    expect(said.at(-1)).toBe('*3\r\n+OK\r\n+OK\r\n$1\r\n1\r\n');
  });
});
