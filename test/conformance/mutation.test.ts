/**
 * The suite tested by wrong servers: a proxy in front of the oracle falsifies replies in one way at a time, and the suite
 * has to notice each of them. A suite that passes a liar proves nothing.
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { families } from './cases/index.js';
import { judge } from './conform.js';
import { skipReason } from './excused.js';
import type { Connection, Front } from './fronts/front.js';
import { oracleFront, oracleVersion } from './fronts/oracle.js';
import { Runner } from './runner.js';
import { Snapshot } from './snapshot.js';

type Falsify = (reply: string) => string;

function falsified(front: Front, falsify: Falsify): Front {
  const wrap = (connection: Connection): Connection => ({
    write: (bytes) => connection.write(bytes),
    close: () => connection.close(),
    read: async (count, timeout) =>
      (await connection.read(count, timeout)).map((reply) => Buffer.from(falsify(reply.toString('latin1')), 'latin1')),
    drain: async (quiet) => {
      const answer = await connection.drain(quiet);
      return { ...answer, bytes: Buffer.from(falsify(answer.bytes.toString('latin1')), 'latin1') };
    },
  });
  return { ...front, name: 'falsified', open: async () => wrap(await front.open()) };
}

/** What is falsified, in which family, and how many cases at least must see it. */
const LIES: ReadonlyArray<{ title: string; family: string; falsify: Falsify; least: number }> = [
  {
    title: 'an error loses its full stop or last letter',
    family: 'string',
    falsify: (reply) => (reply.startsWith('-') ? `${reply.slice(0, -3)}\r\n` : reply),
    least: 300,
  },
  {
    title: 'a missing key answers an empty string',
    family: 'string',
    falsify: (reply) => (reply === '$-1\r\n' || reply === '_\r\n' ? '$0\r\n\r\n' : reply),
    least: 50,
  },
  {
    title: 'TTL is ten seconds off',
    family: 'string',
    falsify: (reply) => (/^:(100|99|5000|4999)\r\n$/.test(reply) ? `:${Number(reply.slice(1)) - 10}\r\n` : reply),
    least: 20,
  },
  {
    title: 'integers 1 become 2',
    family: 'generic',
    falsify: (reply) => (reply === ':1\r\n' ? ':2\r\n' : reply),
    least: 300,
  },
  {
    title: 'a key is left out of KEYS',
    family: 'generic',
    falsify: (reply) => reply.replace(/^\*3\r\n\$\d+\r\n[^\r]*\r\n/, '*2\r\n'),
    least: 3,
  },
  {
    title: 'TYPE answers a bulk instead of a simple string',
    family: 'generic',
    falsify: (reply) =>
      reply.replace(/^\+(string|list|hash|zset|set)\r\n$/, (_all, name: string) => `$${name.length}\r\n${name}\r\n`),
    least: 50,
  },
  {
    title: 'a RESP3 map is flattened',
    family: 'hash',
    falsify: (reply) => reply.replace(/^%(\d+)/, (_all, count: string) => `*${Number(count) * 2}`),
    least: 10,
  },
  {
    title: 'a field and its value change places',
    family: 'hash',
    falsify: (reply) => reply.replace(/\$1\r\na\r\n\$1\r\n1\r\n/, '$1\r\n1\r\n$1\r\na\r\n'),
    least: 5,
  },
  {
    title: 'LRANGE comes reversed',
    family: 'list',
    falsify: (reply) => reply.replace(/^\*2\r\n(\$\d+\r\n[^\r]*\r\n)(\$\d+\r\n[^\r]*\r\n)$/, '*2\r\n$2$1'),
    least: 20,
  },
  {
    title: 'a member is doubled',
    family: 'set',
    falsify: (reply) => reply.replace(/^([*~])2\r\n(\$\d+\r\n[^\r]*\r\n)(\$\d+\r\n[^\r]*\r\n)$/, '$12\r\n$2$2'),
    least: 20,
  },
  {
    title: 'a score is off by one',
    family: 'zset',
    falsify: (reply) => reply.replace(/\$1\r\n4\.5|\$3\r\n4\.5/, '$3\r\n4.6').replace(/,4\.5/, ',4.6'),
    least: 50,
  },
  {
    title: 'a double is an integer in RESP3',
    family: 'zset',
    falsify: (reply) => reply.replace(/^,(\d)\r\n$/, ':$1\r\n'),
    least: 5,
  },
  {
    title: 'an inline error loses its prefix',
    family: 'protocol',
    falsify: (reply) => reply.replace('Protocol error: ', ''),
    least: 50,
  },
  { title: 'PONG in lower case', family: 'protocol', falsify: (reply) => reply.replace('+PONG', '+pong'), least: 50 },
];

describe.skipIf(!oracleVersion())('the suite notices', () => {
  let oracle: Front;
  beforeAll(async () => {
    oracle = await oracleFront();
  }, 30_000);
  afterAll(async () => {
    await oracle?.close();
  });
  for (const lie of LIES) {
    it(`${lie.title} (${lie.family})`, async () => {
      const front = falsified(oracle, lie.falsify);
      // What is falsified never comes.
      const runner = new Runner(front, { latePatienceMs: 0 });
      const snapshot = Snapshot.load(lie.family);
      let noticed = 0;
      const cases = families
        .find((family) => family.name === lie.family)!
        .cases.filter((test) => !skipReason(test, front) && !test.config);
      for (const test of cases) {
        if (await judge(test, front, runner, snapshot)) noticed += 1;
        if (noticed >= lie.least) break;
      }
      await runner.close();
      expect(noticed).toBeGreaterThanOrEqual(lie.least);
    }, 60_000);
  }
});
