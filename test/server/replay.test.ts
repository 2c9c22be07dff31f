/**
 * Random programs over all types, and what files make of them: the dataset is the same again, of what this server has written
 * here and in redis-server, and of what redis-server has written here.
 */

import { appendFileSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Connection } from '../conformance/fronts/front.js';
import { oracleVersion } from '../conformance/fronts/oracle.js';
import { decodeAll, replyEnd } from '../conformance/resp.js';
import { ask, dump, dumpDifference, type KeyDump } from '../fuzz/dump.js';
import { randomProgram } from '../fuzz/generate.js';
import { type CommandNode, parseDocs } from '../fuzz/grammar.js';
import { Random } from '../fuzz/random.js';
import { DEFAULT_GROUPS, selectCommands } from '../fuzz/selection.js';
import { folder, hematite, redis, useFolder } from './append-only-scene.js';

const noOracle = oracleVersion() ? undefined : 'redis-server is not installed';
const PROGRAMS = Number(process.env['HEMATITE_REPLAY_PROGRAMS'] ?? 150);
const COMMANDS = 60;
/** Keys that expire sooner are not compared. */
const SOON_MS = 100_000;
const RESET = [['RESET'], ['FLUSHALL'], ['FUNCTION', 'FLUSH'], ['DEBUG', 'SET-ACTIVE-EXPIRE', '0']];

useFolder();

async function grammarOf(connection: Connection, isLeftOut: RegExp): Promise<readonly CommandNode[]> {
  const docs = (await ask(connection, [['COMMAND', 'DOCS']]))[0] as string;
  return selectCommands(parseDocs(docs), DEFAULT_GROUPS).filter((command) => !isLeftOut.test(command.words[0] ?? ''));
}

/** Those that block would wait for somebody else. */
const BLOCKING = /^b[lrz]/i;

/** What a dataset is, but for encodings and what is about to expire. */
async function contents(connection: Connection): Promise<Map<string, KeyDump>> {
  const found = await dump(connection);
  for (const [key, value] of found) {
    if (value.ttl >= 0 && value.ttl < SOON_MS) found.delete(key);
    value.encoding = '';
  }
  return found;
}

function expectSame(
  program: readonly string[][],
  seed: number,
  after: Map<string, KeyDump>,
  before: typeof after,
): void {
  // What expires in between may be in one of them alone.
  const expiring = [...before, ...after].filter(([, { ttl }]) => ttl >= 0 && ttl < 2 * SOON_MS);
  for (const [key] of expiring) [before, after].forEach((side) => side.delete(key));
  const difference = dumpDifference(after, before, true);
  if (difference === undefined) return;
  const lines = program.map((words) => words.join(' ').slice(0, 200)).join('\n');
  throw new Error(`program ${seed}: ${difference}\n${lines}`);
}

const incrementIn = (name: string) => {
  const path = join(folder, name);
  return join(path, readdirSync(path).find((file) => file.endsWith('.incr.aof')) as string);
};

/** The commands of a part of a file, without annotations. */
function commandsIn(bytes: Buffer): string[][] {
  const commands: string[][] = [];
  for (let at = 0; at < bytes.length;) {
    if (bytes[at] === 0x23) {
      at = bytes.indexOf('\n', at) + 1;
      continue;
    }
    const end = replyEnd(bytes, at);
    const [command] = decodeAll(bytes.subarray(at, end).toString('latin1'));
    commands.push(command?.items?.map((item) => item.text ?? '') ?? []);
    at = end;
  }
  return commands;
}

describe('random programs are the same again', () => {
  test('of this server, loaded by itself', async () => {
    const server = await hematite('--appendfsync', 'no');
    const grammar = await grammarOf(server.connection, BLOCKING);
    for (let seed = 1; seed <= PROGRAMS; seed += 1) {
      await ask(server.connection, RESET);
      const program = randomProgram(grammar, new Random(seed), COMMANDS);
      await ask(server.connection, [...program, ['RESET']]);
      const before = await contents(server.connection);
      expect(await server.say('DEBUG LOADAOF')).toStrictEqual(['+OK\r\n']);
      expectSame(program, seed, await contents(server.connection), before);
    }
  });

  test.skipIf(noOracle)('of this server, in redis-server', async () => {
    const ours = await hematite('--appendfsync', 'no', '--appenddirname', 'ours');
    const theirs = await redis('--appendonly', 'no');
    const grammar = await grammarOf(theirs.connection, BLOCKING);
    const written = async () => {
      expect(await ours.say('DEBUG LOADAOF')).toStrictEqual(['+OK\r\n']);
      return readFileSync(incrementIn('ours'));
    };
    for (let seed = 1; seed <= PROGRAMS; seed += 1) {
      await ask(ours.connection, RESET);
      await ask(theirs.connection, RESET);
      const from = (await written()).length;
      const program = randomProgram(grammar, new Random(seed), COMMANDS);
      await ask(ours.connection, [...program, ['RESET']]);
      const before = await contents(ours.connection);
      const recorded = commandsIn((await written()).subarray(from));
      const replies = await ask(theirs.connection, recorded);
      const refused = replies.map((reply, at) => [reply, recorded[at]]).filter(([reply]) => reply?.[0] === '-');
      expect(refused, `program ${seed}`).toStrictEqual([]);
      expectSame(program, seed, await contents(theirs.connection), before);
    }
  });

  test.skipIf(noOracle)('of redis-server, in this one', async () => {
    const ours = await hematite('--appendfsync', 'no', '--appenddirname', 'ours');
    const theirs = await redis(
      '--appenddirname',
      'theirs',
      '--appendfsync',
      'always',
      '--auto-aof-rewrite-percentage',
      '0',
    );
    // A BITFIELD all of whose changes overflow leaves a longer string of which Redis records nothing; and of a SORT that leaves
    // ties it does not record how they came out.
    const grammar = await grammarOf(theirs.connection, /^(b[lrz].*|bitfield|sort)$/i);
    for (let seed = 1; seed <= PROGRAMS; seed += 1) {
      await ask(ours.connection, RESET);
      await ask(theirs.connection, RESET);
      const from = readFileSync(incrementIn('theirs'), 'latin1').length;
      const program = randomProgram(grammar, new Random(seed), COMMANDS);
      await ask(theirs.connection, [...program, ['RESET']]);
      const before = await contents(theirs.connection);
      const recorded = readFileSync(incrementIn('theirs'), 'latin1').slice(from);
      // Nothing of the server's own waits to be written when others append to its file.
      expect(await ours.say('DEBUG LOADAOF')).toStrictEqual(['+OK\r\n']);
      appendFileSync(incrementIn('ours'), Buffer.from(`*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n${recorded}`, 'latin1'));
      expect(await ours.say('DEBUG LOADAOF'), `program ${seed}`).toStrictEqual(['+OK\r\n']);
      expectSame(program, seed, await contents(ours.connection), before);
    }
  });

  test('of this server, by way of its snapshot', async () => {
    const server = await hematite('--appendonly', 'no');
    const grammar = await grammarOf(server.connection, BLOCKING);
    for (let seed = 1; seed <= PROGRAMS; seed += 1) {
      await ask(server.connection, RESET);
      const program = randomProgram(grammar, new Random(seed), COMMANDS);
      await ask(server.connection, [...program, ['RESET']]);
      const before = await contents(server.connection);
      expect(await server.say('DEBUG RELOAD')).toStrictEqual(['+OK\r\n']);
      expectSame(program, seed, await contents(server.connection), before);
    }
  });

  test.skipIf(noOracle).each(['out', 'in'])(
    'by way of a snapshot, between redis-server and this one: %s',
    async (way) => {
      // Both have the same directory, and so the same file.
      const ours = await hematite('--appendonly', 'no', '--rdb-version', '10');
      const theirs = await redis('--appendonly', 'no');
      const [from, to] = way === 'out' ? [ours, theirs] : [theirs, ours];
      const grammar = await grammarOf(theirs.connection, BLOCKING);
      for (let seed = 1; seed <= PROGRAMS; seed += 1) {
        await ask(ours.connection, RESET);
        await ask(theirs.connection, RESET);
        const program = randomProgram(grammar, new Random(seed), COMMANDS);
        await ask(from.connection, [...program, ['RESET']]);
        const before = await contents(from.connection);
        expect(await from.say('SAVE')).toStrictEqual(['+OK\r\n']);
        expect(await to.say('DEBUG RELOAD NOSAVE'), `program ${seed}`).toStrictEqual(['+OK\r\n']);
        expectSame(program, seed, await contents(to.connection), before);
      }
    },
  );
});
