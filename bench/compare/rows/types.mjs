/**
 * Processor time an operation of the other types at P=16: redis-benchmark's tests, each on data that lasts for all requests.
 */

import { withClient } from '../client.mjs';
import { load } from '../load.mjs';
import { interleave } from '../rounds.mjs';
import { withServers } from '../servers.mjs';

const KEYS = 1_000_000;
const REQUESTS = 500_000;
const VALUE = 'xxx';
/** Elements of one command of a fill. */
const CHUNK = 100;

function* inChunks(count, verb, key, item) {
  for (let n = 0; n < count; n += CHUNK) {
    const words = [];
    for (let each = n; each < Math.min(n + CHUNK, count); each += 1) words.push(...item(each));
    yield [verb, key, ...words];
  }
}

const digits = (n) => String(n).padStart(12, '0');
const list = (count) => inChunks(count, 'RPUSH', 'mylist', () => [VALUE]);
const set = (count) => inChunks(count, 'SADD', 'myset', (n) => [`element:${digits(n)}`]);
const sortedSet = (count) => inChunks(count, 'ZADD', 'myzset', (n) => [n, `element:${digits(n)}`]);

/** `before(requests)` gives what must be there: as many elements as will be popped. */
const TESTS = {
  incr: { max: 0.4, command: ['INCR', 'counter:__rand_int__'] },
  lpush: { max: 0.5, command: ['LPUSH', 'mylist', VALUE] },
  rpush: { max: 0.5, command: ['RPUSH', 'mylist', VALUE] },
  lpop: { max: 0.5, command: ['LPOP', 'mylist'], before: list },
  rpop: { max: 0.5, command: ['RPOP', 'mylist'], before: list },
  sadd: { max: 0.5, command: ['SADD', 'myset', 'element:__rand_int__'] },
  hset: { max: 0.5, command: ['HSET', 'myhash', 'element:__rand_int__', VALUE] },
  spop: { max: 0.5, command: ['SPOP', 'myset'], before: set },
  zadd: { max: 0.5, command: ['ZADD', 'myzset', '__rand_int__', 'element:__rand_int__'] },
  zpopmin: { max: 0.5, command: ['ZPOPMIN', 'myzset'], before: sortedSet },
  lrange_100: { max: 0.45, command: ['LRANGE', 'mylist', '0', '99'], before: () => list(500), part: 0.4 },
  mset: { max: 0.45, command: ['MSET', ...Array(10).fill(['key:__rand_int__', VALUE]).flat()], part: 0.4 },
};

async function prepare(server, test, requests) {
  await withClient(server, async (client) => {
    await client.text('FLUSHALL');
    if (test.before) await client.fill(test.before(requests + 1));
    // redis-benchmark goes on over errors, so the command is tried first.
    await client.time(...test.command.map((word) => word.replace('__rand_int__', digits(0))));
  });
}

export const types = {
  rows: Object.entries(TESTS).map(([test, { max }]) => ({
    name: `types.${test}`,
    title: `${test} P=16, CPU an operation`,
    unit: 'µs',
    ratioMax: max,
    test,
  })),
  async measure(wanted, options) {
    return withServers(options, async (servers) => {
      const results = [];
      for (const row of wanted) {
        const test = TESTS[row.test];
        const requests = Math.round((REQUESTS * (test.part ?? 1)) / (options.quick ? 10 : 1));
        const measured = await interleave([row.test], servers, options, async (server) => {
          await prepare(server, test, requests);
          return load(server, { command: test.command, requests, pipeline: 16, keys: KEYS });
        });
        results.push(measured.result(row, row.test, (run) => run.cpuMicros));
      }
      return results;
    });
  },
};
