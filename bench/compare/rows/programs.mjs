/**
 * Several commands that run as one: scripts of one call and of ten, and transactions. Processor time of the server each.
 */

import { loadFromChild } from '../child.mjs';
import { withClient } from '../client.mjs';
import { load } from '../load.mjs';
import { VALUE } from '../loads/shape.mjs';
import { fillStrings, interleave } from '../rounds.mjs';
import { withServers } from '../servers.mjs';

const KEYS = 100_000;
const TRANSACTIONS = { count: 150_000, connections: 50 };

const ONE_CALL = "return redis.call('GET', KEYS[1])";

/** What BullMQ's scripts do to add a job and to take it, over declared keys: ten calls. Nothing grows by it. */
const TEN_CALLS = `
local idKey, metaKey, jobKey, eventsKey = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local waitKey, markerKey, activeKey = KEYS[5], KEYS[6], KEYS[7]
local rcall = redis.call
local jobId = rcall('INCR', idKey)
local maxEvents = rcall('HGET', metaKey, 'opts.maxLenEvents')
rcall('HSET', jobKey, 'name', ARGV[1], 'data', ARGV[2], 'timestamp', ARGV[3], 'delay', 0, 'priority', 0)
rcall('XADD', eventsKey, 'MAXLEN', '~', maxEvents, '*', 'event', 'added', 'jobId', jobId, 'name', ARGV[1])
rcall('LPUSH', waitKey, jobId)
rcall('ZADD', markerKey, 0, '0')
rcall('XADD', eventsKey, 'MAXLEN', '~', maxEvents, '*', 'event', 'waiting', 'jobId', jobId)
local taken = rcall('RPOPLPUSH', waitKey, activeKey)
local job = rcall('HGETALL', jobKey)
rcall('LREM', activeKey, -1, taken)
return {job, taken}`;

const queueKeys = ['id', 'meta', '__rand_int__', 'events', 'wait', 'marker', 'active'].map(
  (key) => `bull:bench:${key}`,
);
const job = [queueKeys.length, ...queueKeys, 'double', JSON.stringify({ n: 1, text: VALUE }), '1700000000000'];

/** `words` follow the script or its digest. */
const SCRIPTS = {
  'eval.1': { title: 'EVAL of 1 call', script: ONE_CALL, words: [1, 'key:__rand_int__'], requests: 300_000 },
  'eval.10': { title: 'EVAL of 10 calls', script: TEN_CALLS, words: job, requests: 60_000, ratioMax: 0.8 },
  'evalsha.10': {
    title: 'EVALSHA of 10 calls',
    script: TEN_CALLS,
    words: job,
    requests: 60_000,
    byDigest: true,
    ratioMax: 0.8,
  },
};

/** The command that runs a script, on data as it needs them. */
async function prepare(server, { script, words, byDigest }) {
  return withClient(server, async (client) => {
    await client.text('FLUSHALL');
    await fillStrings(client, KEYS, VALUE);
    await client.text('HSET', 'bull:bench:meta', 'opts.maxLenEvents', 10_000);
    const command = [
      ...(byDigest ? ['EVALSHA', await client.text('SCRIPT', 'LOAD', script)] : ['EVAL', script]),
      ...words,
    ];
    // redis-benchmark goes on over errors, so the command is tried first.
    await client.time(...command.map((word) => String(word).replace('__rand_int__', '000000000000')));
    return command.map(String);
  });
}

async function scripts(row, servers, options) {
  const test = SCRIPTS[row.test];
  const requests = test.requests / (options.quick ? 10 : 1);
  const measured = await interleave([row.name], servers, options, async (server) => {
    const command = await prepare(server, test);
    return load(server, { command, requests, pipeline: 16, keys: KEYS });
  });
  return measured.result(row, row.name, ({ cpuMicros }) => cpuMicros);
}

async function transactions(row, servers, options) {
  const count = TRANSACTIONS.count / (options.quick ? 10 : 1);
  const settings = { connections: TRANSACTIONS.connections, transactions: count, keys: KEYS };
  const measured = await interleave([row.name], servers, options, async (server) => {
    await withClient(server, async (client) => {
      await client.text('FLUSHALL');
      await fillStrings(client, KEYS, VALUE);
    });
    return loadFromChild(server, 'transactions', settings);
  });
  return measured.result(row, row.name, ({ cpuSeconds }) => (cpuSeconds * 1e6) / count);
}

export const programs = {
  rows: [
    ...Object.entries(SCRIPTS).map(([test, { title, ratioMax }]) => ({
      name: `script.${test}`,
      title: `${title} P=16, CPU a script`,
      unit: 'µs',
      ...(ratioMax === undefined ? {} : { ratioMax }),
      test,
    })),
    { name: 'multi.10', title: 'MULTI of 10 and EXEC, CPU a transaction', unit: 'µs' },
  ],
  async measure(wanted, options) {
    return withServers(options, async (servers) => {
      const results = [];
      for (const row of wanted)
        results.push(await (row.test === undefined ? transactions : scripts)(row, servers, options));
      return results;
    });
  },
};
