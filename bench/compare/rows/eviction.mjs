/**
 * Eviction: hit ratios of a cache that holds a tenth of the keys that a trace of Zipf's distribution asks for.
 *
 * Both servers hold as many keys: each gets the memory that so many take in it, so what is compared is whether the right ones
 * stay. The trace is paced, since access clocks have seconds: without time passing all keys would be equally old.
 */

import { Redis } from 'ioredis';
import { kinds, withServers } from '../servers.mjs';
import { summary } from '../statistics.mjs';

const KEYS = 50_000;
const RESIDENT = 5_000;
const SKEW = 1;
/** Accesses in one request. */
const WINDOW = 50;
const SECONDS = 15;
const ACCESSES_PER_SECOND = 20_000;
const VALUE = 'v'.repeat(100);

const POLICIES = ['allkeys-lru', 'allkeys-lfu', 'allkeys-random', 'volatile-lru', 'volatile-lfu'];

/** A generator of numbers in [0, 1) that repeats itself (xorshift32). */
function chance(seed) {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Key numbers by Zipf's distribution, the most popular ones spread over the names. */
function zipfTrace(length) {
  const cumulative = new Float64Array(KEYS);
  let sum = 0;
  for (let rank = 0; rank < KEYS; rank += 1) cumulative[rank] = sum += 1 / (rank + 1) ** SKEW;
  const random = chance(12345);
  return Int32Array.from({ length }, () => {
    const wanted = random() * sum;
    let [low, high] = [0, KEYS - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cumulative[middle] < wanted) low = middle + 1;
      else high = middle;
    }
    return (low * 7_919) % KEYS;
  });
}

/** The hit ratio of exact LRU, the first third left out as well. */
function exactLru(trace) {
  const recent = new Map();
  let hits = 0;
  for (const [at, key] of trace.entries()) {
    if (recent.delete(key) && at >= trace.length / 3) hits += 1;
    recent.set(key, true);
    if (recent.size > RESIDENT) recent.delete(recent.keys().next().value);
  }
  return hits / (trace.length * (2 / 3));
}

const usedMemory = async (redis) => Number(/used_memory:(\d+)/.exec(await redis.info('memory'))[1]);

const nameOf = (key) => `object:${key}`;
const behind = (policy) => (policy.startsWith('volatile') ? ['EX', 100_000] : []);

async function setAll(redis, keys, policy) {
  const pipeline = redis.pipeline();
  for (const key of keys) pipeline.set(nameOf(key), VALUE, ...behind(policy));
  await pipeline.exec();
}

/** Limits a server to the memory that `RESIDENT` keys take in it; a function that corrects the limit. */
async function limit(redis, policy) {
  await redis.config('SET', 'maxmemory-policy', policy);
  const before = await usedMemory(redis);
  for (let at = 0; at < RESIDENT; at += 1_000) {
    await setAll(
      redis,
      Array.from({ length: 1_000 }, (_, n) => at + n),
      policy,
    );
  }
  let bytes = await usedMemory(redis);
  const bytesEach = (bytes - before) / RESIDENT;
  await redis.config('SET', 'maxmemory', bytes);
  return async () => {
    bytes += Math.round((RESIDENT - (await redis.dbsize())) * bytesEach);
    await redis.config('SET', 'maxmemory', bytes);
  };
}

/** Plays the trace; the share of accesses that found their key, the first third left out: the cache fills. */
async function play(redis, trace, policy, correct) {
  const begin = performance.now();
  let [hits, counted] = [0, 0];
  for (let at = 0; at < trace.length; at += WINDOW) {
    const wanted = trace.subarray(at, at + WINDOW);
    const distinct = [...new Set(wanted)];
    const values = await redis.mget(distinct.map(nameOf));
    const missing = new Set(distinct.filter((_, index) => values[index] === null));
    if (missing.size > 0) await setAll(redis, missing, policy);
    if (at < trace.length / 4 && at % (100 * WINDOW) === 0) await correct();
    if (at >= trace.length / 3) {
      counted += wanted.length;
      hits += wanted.reduce((sum, key) => sum + (missing.has(key) ? 0 : 1), 0);
    }
    const due = begin + (1000 * (at + WINDOW)) / ACCESSES_PER_SECOND;
    if (due > performance.now() + 5) await new Promise((resolve) => setTimeout(resolve, due - performance.now()));
  }
  return hits / counted;
}

async function hitRatio(server, trace, policy) {
  const redis = new Redis({ host: '127.0.0.1', port: server.port });
  try {
    const correct = await limit(redis, policy);
    const ratio = await play(redis, trace, policy, correct);
    return { ratio, keys: await redis.dbsize() };
  } finally {
    redis.disconnect();
  }
}

export const eviction = {
  rows: POLICIES.map((policy) => ({
    name: `eviction.${policy}`,
    title: `hit ratio, ${policy}, Zipf`,
    unit: '',
    ratioMin: 0.99,
    policy,
  })),
  async measure(wanted, options) {
    const trace = zipfTrace(SECONDS * ACCESSES_PER_SECOND * (options.quick ? 0.4 : 1));
    const exact = exactLru(trace);
    const results = [];
    for (const row of wanted) {
      const measured = await withServers(options, async (servers) => {
        const each = await Promise.all(
          kinds(options).map(async (kind) => [kind, await hitRatio(servers[kind], trace, row.policy)]),
        );
        return Object.fromEntries(each);
      });
      const figures = Object.fromEntries(Object.entries(measured).map(([kind, { ratio }]) => [kind, summary([ratio])]));
      const keys = Object.values(measured).map((one) => one.keys);
      results.push({ ...row, figures, note: `exact LRU ${exact.toFixed(3)}, keys ${keys.join(' and ')}` });
    }
    return results;
  },
};
