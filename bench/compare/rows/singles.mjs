/**
 * Single commands over large values: wall time until the last byte of the reply, and how long others wait meanwhile.
 */

import { open, withClient } from '../client.mjs';
import { interleave } from '../rounds.mjs';
import { withServers } from '../servers.mjs';

const REPEATS = 5;
const CHUNK = 100;
/** Freeing may go on in the background after DEL has been answered. */
const GRACE_MS = 500;
/** To fill ten million members in takes longest. */
const DELETIONS_MAX = 3;
const digits = (n) => String(n).padStart(10, '0');

function* chunks(verb, key, count, item) {
  for (let n = 0; n < count; n += CHUNK) {
    const words = [];
    for (let each = n; each < Math.min(count, n + CHUNK); each += 1) words.push(...item(each));
    yield [verb, key, ...words];
  }
}

/** Points that do not depend on chance, spread over Europe. */
const point = (n) => [
  ((n * 7919) % 400_000) / 10_000 - 10,
  ((n * 104_729) % 300_000) / 10_000 + 36,
  `place:${digits(n)}`,
];
const scored = (n) => [n, `member:${digits(n)}`];

function* tenSortedSets(size) {
  for (let at = 0; at < 10; at += 1) yield* chunks('ZADD', `part:${at}`, size, (n) => scored(n + (at * size) / 2));
}

function* hundredLogs(size) {
  for (let at = 0; at < 100; at += 1) yield* chunks('PFADD', `log:${at}`, size, (n) => [`visitor:${n * (at + 1)}`]);
}

const logs = Array.from({ length: 100 }, (_, at) => `log:${at}`);
const parts = Array.from({ length: 10 }, (_, at) => `part:${at}`);
const zset = (size) => chunks('ZADD', 'zset', size, scored);

/** `fill(size)` gives the commands that make the data; `size` is that of the issue, a tenth with --quick. */
const TESTS = {
  zrange: { title: 'ZRANGE 0 99999 of 1 M', size: 1e6, fill: zset, command: ['ZRANGE', 'zset', 0, 99_999] },
  zrank: { title: '1,000 ZRANK of 1 M', size: 1e6, fill: zset, command: ['ZRANK', 'zset', 'member:{n}'], times: 1000 },
  zrangebyscore: {
    title: 'ZRANGEBYSCORE 100,000 of 1 M',
    size: 1e6,
    fill: zset,
    command: ['ZRANGEBYSCORE', 'zset', 0, 99_999],
  },
  sinter: {
    title: 'SINTER of two sets of 1 M, half in common',
    size: 1e6,
    fill: function* sets(size) {
      yield* chunks('SADD', 'left', size, (n) => [`member:${digits(n)}`]);
      yield* chunks('SADD', 'right', size, (n) => [`member:${digits(n + size / 2)}`]);
    },
    command: ['SINTER', 'left', 'right'],
  },
  zunionstore: {
    title: 'ZUNIONSTORE of 10 × 100 k',
    size: 1e5,
    fill: tenSortedSets,
    command: ['ZUNIONSTORE', 'union', 10, ...parts],
  },
  pfcount: { title: 'PFCOUNT of 100 keys', size: 1e4, fill: hundredLogs, command: ['PFCOUNT', ...logs] },
  bitcount: {
    title: 'BITCOUNT of 100 MB',
    size: 1e8,
    fill: (size) => [['SETRANGE', 'bits', size - 8, 'abcdefgh']],
    command: ['BITCOUNT', 'bits'],
  },
  geosearch: {
    title: 'GEOSEARCH 100 km among 1 M points',
    size: 1e6,
    fill: (size) => chunks('GEOADD', 'places', size, point),
    command: ['GEOSEARCH', 'places', 'FROMLONLAT', 10, 50, 'BYRADIUS', 100, 'km', 'ASC'],
  },
};

/** The best of several calls: what the command takes when nothing disturbs it. */
async function timed(client, test, size) {
  const calls = [];
  for (let repeat = 0; repeat < REPEATS; repeat += 1) {
    if (test.times === undefined) {
      calls.push(await client.time(...test.command));
      continue;
    }
    const each = (n) =>
      test.command.map((word) => String(word).replace('{n}', digits(Math.floor((n * size) / test.times))));
    calls.push(await client.timeAll(Array.from({ length: test.times }, (_, n) => each(n))));
  }
  return Math.min(...calls);
}

async function single(row, options) {
  const test = TESTS[row.test];
  const size = options.quick ? test.size / 10 : test.size;
  return withServers(options, async (servers) => {
    const measured = await interleave([row.test], servers, options, (server, _, round) =>
      withClient(server, async (client) => {
        if (round === 0) await client.fill(test.fill(size));
        return timed(client, test, size);
      }),
    );
    return measured.result(row, row.test, (run) => run);
  });
}

/** The longest that a PING takes, in milliseconds, until `isOver`. */
async function longestPing(client, isOver) {
  let longest = 0;
  while (!isOver()) longest = Math.max(longest, await client.time('PING'));
  return longest;
}

/** The longest that a PING takes while another client deletes a sorted set, and in as long a time before. */
async function pausesWhileDeleting(server, size) {
  const [deleter, other] = [await open(server), await open(server)];
  try {
    await deleter.fill(zset(size));
    const quietUntil = performance.now() + GRACE_MS;
    const quiet = await longestPing(other, () => performance.now() >= quietUntil);
    let end = Infinity;
    const deletion = deleter.text('DEL', 'zset').then(() => (end = performance.now() + GRACE_MS));
    const deleting = await longestPing(other, () => performance.now() >= end);
    await deletion;
    return { deleting, quiet };
  } finally {
    deleter.close();
    other.close();
  }
}

async function deletion(row, options) {
  const size = options.quick ? 500_000 : 10_000_000;
  return withServers(options, async (servers) => {
    const rounds = Math.min(DELETIONS_MAX, options.rounds);
    const measured = await interleave(['del'], servers, { ...options, rounds }, (server) =>
      pausesWhileDeleting(server, size),
    );
    const quiet = Object.entries(measured.result(row, 'del', (pauses) => pauses.quiet).figures).map(
      ([kind, { median: middle }]) => `${kind} ${middle.toFixed(1)} ms`,
    );
    return { ...measured.result(row, 'del', (pauses) => pauses.deleting), note: `before: ${quiet.join(', ')}` };
  });
}

export const singles = {
  rows: [
    ...Object.entries(TESTS).map(([test, { title }]) => ({
      name: `single.${test}`,
      title,
      unit: 'ms',
      ratioMax: 0.6,
      test,
    })),
    { name: 'single.del', title: 'longest wait of others, DEL of a sorted set of 10 M', unit: 'ms', max: 5 },
  ],
  async measure(wanted, options) {
    const results = [];
    for (const row of wanted) results.push(await (row.test === undefined ? deletion : single)(row, options));
    return results;
  },
};
