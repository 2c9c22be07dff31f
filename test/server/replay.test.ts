/**
 * Random programs over all types, and what files make of them: the dataset is the same again, of what this server has written
 * here and in redis-server, and of what redis-server has written here.
 */

import { appendFileSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Connection } from '../conformance/fronts/front.js';
import { oracleVersion } from '../conformance/fronts/oracle.js';
import { decodeAll, replyEnd } from '../conformance/resp.js';
import { ask, dump, dumpDifference, type KeyDump } from '../fuzz/dump.js';
import { randomProgram } from '../fuzz/generate.js';
import type { CommandNode } from '../fuzz/grammar.js';
import { Random } from '../fuzz/random.js';
import { BLOCKING, grammarOf, UNRECORDED } from '../fuzz/selection.js';
import { hematite, increment, redis, type Server, useFolder } from './append-only-scene.js';

const noOracle = oracleVersion() ? undefined : 'redis-server is not installed';
const PROGRAMS = Number(process.env['HEMATITE_REPLAY_PROGRAMS'] ?? 150);
const COMMANDS = 60;
/** Keys that expire sooner are not compared. */
const SOON_MS = 100_000;
const RESET = [['RESET'], ['FLUSHALL'], ['FUNCTION', 'FLUSH'], ['DEBUG', 'SET-ACTIVE-EXPIRE', '0']];

useFolder();

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

/** Has programs run in one server, and `carry` bring what they have written to another, or to itself: both have the same then. */
async function everyProgram(
  [from, to]: readonly [Server, Server],
  grammar: readonly CommandNode[],
  carry: (run: () => Promise<void>, what: string) => Promise<void>,
): Promise<void> {
  for (let seed = 1; seed <= PROGRAMS; seed += 1) {
    for (const server of new Set([from, to])) await ask(server.connection, RESET);
    const program = randomProgram(grammar, new Random(seed), COMMANDS);
    let before = new Map<string, KeyDump>();
    await carry(async () => {
      await ask(from.connection, [...program, ['RESET']]);
      before = await contents(from.connection);
    }, `program ${seed}`);
    expectSame(program, seed, await contents(to.connection), before);
  }
}

const succeeds = async (server: Server, line: string, what?: string) =>
  expect(await server.say(line), what).toStrictEqual(['+OK\r\n']);

describe('random programs are the same again', () => {
  test.each(['LOADAOF', 'RELOAD'])('of this server, by DEBUG %s', async (subcommand) => {
    const server = await hematite('--appendfsync', 'no', '--appendonly', subcommand === 'LOADAOF' ? 'yes' : 'no');
    const grammar = await grammarOf(server.connection, BLOCKING);
    await everyProgram([server, server], grammar, async (run) => {
      await run();
      await succeeds(server, `DEBUG ${subcommand}`);
    });
  });

  test.skipIf(noOracle)('of this server, in redis-server', async () => {
    const ours = await hematite('--appendfsync', 'no', '--appenddirname', 'ours');
    const theirs = await redis('--appendonly', 'no');
    const grammar = await grammarOf(theirs.connection, BLOCKING);
    const written = async () => {
      await succeeds(ours, 'DEBUG LOADAOF');
      return readFileSync(increment('ours'));
    };
    await everyProgram([ours, theirs], grammar, async (run, what) => {
      const from = (await written()).length;
      await run();
      const recorded = commandsIn((await written()).subarray(from));
      const replies = await ask(theirs.connection, recorded);
      const refused = replies.map((reply, at) => [reply, recorded[at]]).filter(([reply]) => reply?.[0] === '-');
      expect(refused, what).toStrictEqual([]);
    });
  });

  test.skipIf(noOracle)('of redis-server, in this one', async () => {
    const ours = await hematite('--appendfsync', 'no', '--appenddirname', 'ours');
    const always = ['--appendfsync', 'always', '--auto-aof-rewrite-percentage', '0'];
    const theirs = await redis('--appenddirname', 'theirs', ...always);
    const grammar = await grammarOf(theirs.connection, UNRECORDED);
    await everyProgram([theirs, ours], grammar, async (run, what) => {
      const from = readFileSync(increment('theirs')).length;
      await run();
      const recorded = readFileSync(increment('theirs')).subarray(from);
      // Nothing of the server's own waits to be written when others append to its file.
      await succeeds(ours, 'DEBUG LOADAOF');
      appendFileSync(increment('ours'), Buffer.concat([Buffer.from('*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n'), recorded]));
      await succeeds(ours, 'DEBUG LOADAOF', what);
    });
  });

  test.skipIf(noOracle).each(['out', 'in'])(
    'by way of a snapshot, between redis-server and this one: %s',
    async (way) => {
      // Both have the same directory, and so the same file.
      const ours = await hematite('--appendonly', 'no', '--rdb-version', '10');
      const theirs = await redis('--appendonly', 'no');
      const [from, to] = way === 'out' ? [ours, theirs] : [theirs, ours];
      const grammar = await grammarOf(theirs.connection, BLOCKING);
      await everyProgram([from, to], grammar, async (run, what) => {
        await run();
        await succeeds(from, 'SAVE');
        await succeeds(to, 'DEBUG RELOAD NOSAVE', what);
      });
    },
  );
});
