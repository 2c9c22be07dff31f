/**
 * Durability: what a snapshot costs others while it is taken, how fast it is written and read, and what an append-only file
 * costs.
 */

import { copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open, withClient } from '../client.mjs';
import { load } from '../load.mjs';
import { eachKind, fillStrings } from '../rounds.mjs';
import { kinds, startServer } from '../servers.mjs';
import { summary } from '../statistics.mjs';

const MB = 1e6;
const VALUE = 'v'.repeat(64);
/** Time between two looks at a server, milliseconds. */
const POLL_MS = 20;
const SAMPLES_MS = 50;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const keysOf = (options) => (options.quick ? 400_000 : 4_000_000);
const SET = ['SET', 'key:__rand_int__', VALUE];

/** A field of INFO. */
async function field(client, section, name) {
  return new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(await client.text('INFO', section))?.[1];
}

/** Starts a server in a folder that is there, runs `work`, ends it. */
async function withServer(kind, options, extra, work) {
  const server = await startServer(kind, { options, extra });
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}

async function untilSaved(client) {
  while ((await field(client, 'persistence', 'rdb_bgsave_in_progress')) !== '0') await pause(POLL_MS);
}

/** Takes snapshots one after the other until `until` settles; how many. */
async function keepSaving(client, until) {
  let isOver = false;
  void until.finally(() => (isOver = true));
  let count = 0;
  while (!isOver) {
    await client.text('BGSAVE');
    await untilSaved(client);
    count += 1;
  }
  return count;
}

const load1 = (server, options) =>
  load(server, {
    command: SET,
    requests: options.quick ? 200_000 : 2_000_000,
    pipeline: 1,
    keys: keysOf(options),
  });

/** p99.9 of SET while snapshots are taken, in multiples of that without. */
async function tailRatio(kind, options) {
  return withServer(kind, options, [], (server) =>
    withClient(server, async (client) => {
      await fillStrings(client, keysOf(options), VALUE);
      const ratios = [];
      for (let round = 0; round < Math.min(3, options.rounds); round += 1) {
        const alone = await load1(server, options);
        const loading = load1(server, options);
        await keepSaving(client, loading);
        ratios.push((await loading).p999 / alone.p999);
      }
      return summary(ratios);
    }),
  );
}

/** The longest that one client waits for a SET from before BGSAVE until it has ended, milliseconds. */
async function longestWait(kind, options) {
  return withServer(kind, options, [], async (server) => {
    const [saver, other] = [await open(server), await open(server)];
    try {
      await fillStrings(saver, keysOf(options), VALUE);
      const waits = [];
      for (let round = 0; round < Math.min(3, options.rounds); round += 1) {
        let isOver = false;
        let longest = 0;
        const saving = saver
          .text('BGSAVE')
          .then(() => untilSaved(saver))
          .finally(() => (isOver = true));
        while (!isOver) longest = Math.max(longest, await other.time('SET', 'key:1', VALUE));
        await saving;
        waits.push(longest);
      }
      return summary(waits);
    } finally {
      saver.close();
      other.close();
    }
  });
}

/** Memory beyond that of before, while a snapshot is taken under load, percent. */
async function extraMemory(kind, options) {
  return withServer(kind, options, [], (server) =>
    withClient(server, async (client) => {
      await fillStrings(client, keysOf(options), VALUE);
      // Every key has been rewritten once, so that growth of the tables is not counted.
      await load1(server, options);
      const before = server.residentBytes();
      let highest = before;
      const loading = load1(server, options);
      const timer = setInterval(() => (highest = Math.max(highest, server.residentBytes())), SAMPLES_MS);
      await keepSaving(client, loading).finally(() => clearInterval(timer));
      await loading;
      // The child's copies of pages are not the parent's memory.
      const copied = kind === 'redis' ? Number(await field(client, 'persistence', 'rdb_last_cow_size')) : 0;
      return summary([((highest - before + copied) * 100) / before]);
    }),
  );
}

/** Fills a server with the data of the rows about speed: strings, and small values of every other type. */
async function fillMixed(client, options) {
  const count = keysOf(options) / 4;
  await fillStrings(client, count, (n) => `${n} ${'value '.repeat(n % 20)}`);
  await client.fill(
    (function* commands() {
      for (let n = 0; n < count / 10; n += 1) {
        yield ['HSET', `hash:${n}`, ...Array.from({ length: 16 }, (_, at) => `field:${at}:${n}`)];
        yield ['SADD', `set:${n}`, ...Array.from({ length: 10 }, (_, at) => at * n)];
        yield ['ZADD', `zset:${n}`, ...Array.from({ length: 10 }, (_, at) => [at * 1.5, `member:${at}`]).flat()];
        yield ['RPUSH', `list:${n}`, ...Array.from({ length: 10 }, (_, at) => `element:${at}:${n}`)];
      }
    })(),
  );
}

/** Megabytes of the file that a second of processor time saves. */
async function saveSpeed(kind, options) {
  const folder = mkdtempSync(join(tmpdir(), 'hematite-bench-save-'));
  try {
    return await withServer(kind, options, ['--dir', folder], (server) =>
      withClient(server, async (client) => {
        await fillMixed(client, options);
        const speeds = [];
        for (let round = 0; round < options.rounds; round += 1) {
          const before = server.cpuSeconds();
          await client.text('SAVE');
          const seconds = server.cpuSeconds() - before;
          speeds.push(statSync(join(folder, 'dump.rdb')).size / MB / seconds);
        }
        return summary(speeds);
      }),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Makes the file that all servers load: one that Redis has written. */
async function makeFile(options, path) {
  const folder = mkdtempSync(join(tmpdir(), 'hematite-bench-file-'));
  try {
    await withServer('redis', options, ['--dir', folder], (server) =>
      withClient(server, async (client) => {
        await fillMixed(client, options);
        await client.text('SAVE');
      }),
    );
    copyFileSync(join(folder, 'dump.rdb'), path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Processor seconds of a server until it has loaded what is in a folder. */
async function secondsToLoad(kind, options, folder) {
  return withServer(kind, options, ['--dir', folder], (server) =>
    withClient(server, async (client) => {
      while ((await field(client, 'persistence', 'loading')) !== '0') await pause(POLL_MS);
      return server.cpuSeconds();
    }),
  );
}

/** Megabytes of a file that a second of processor time loads; what a start without a file takes is left out. */
async function loadSpeed(row, options) {
  const [empty, full] = [0, 1].map(() => mkdtempSync(join(tmpdir(), 'hematite-bench-load-')));
  try {
    const path = join(full, 'dump.rdb');
    await makeFile(options, path);
    const size = statSync(path).size / MB;
    return await eachKind(row, kinds(options), async (kind) => {
      const speeds = [];
      for (let round = 0; round < options.rounds; round += 1) {
        const seconds = await secondsToLoad(kind, options, full);
        speeds.push(size / Math.max(seconds - (await secondsToLoad(kind, options, empty)), 0.01));
      }
      return summary(speeds);
    });
  } finally {
    for (const folder of [empty, full]) rmSync(folder, { recursive: true, force: true });
  }
}

/** Operations a second with an append-only file of a policy. */
async function rateWith(kind, options, policy) {
  const extra = policy === undefined ? [] : ['--appendonly', 'yes', '--appendfsync', policy];
  return withServer(kind, options, extra, async (server) => {
    const requests = (options.quick ? 20_000 : 200_000) * (policy === 'always' ? 1 : 5);
    const rates = [];
    for (let round = 0; round < options.rounds; round += 1) {
      rates.push((await load(server, { command: SET, requests, pipeline: policy === 'always' ? 1 : 16 })).rate);
    }
    return summary(rates);
  });
}

async function everysecShare(kind, options) {
  const without = await rateWith(kind, options, undefined);
  const rates = await rateWith(kind, options, 'everysec');
  return summary(rates.values.map((rate) => rate / without.median));
}

const each = (measure) => (row, options) => eachKind(row, kinds(options), (kind) => measure(kind, options));

const MEASURES = {
  'persistence.tail': each(tailRatio),
  'persistence.stall': each(longestWait),
  'persistence.memory': each(extraMemory),
  'persistence.save': each(saveSpeed),
  'persistence.load': loadSpeed,
  'persistence.everysec': each(everysecShare),
  'persistence.always': each((kind, options) => rateWith(kind, options, 'always')),
};

export const persistence = {
  rows: [
    {
      name: 'persistence.tail',
      title: 'SET P=1, p99.9 during BGSAVE of 4 M keys by that without',
      unit: '×',
      max: 1.3,
    },
    { name: 'persistence.stall', title: 'longest wait of a SET during BGSAVE of 4 M keys', unit: 'ms', max: 5 },
    { name: 'persistence.memory', title: 'extra memory of BGSAVE of 4 M keys under load', unit: '%', max: 10 },
    { name: 'persistence.save', title: 'SAVE, MB a second of processor time', unit: 'MB/s', ratioMin: 2 },
    { name: 'persistence.load', title: 'load at the start, MB a second of processor time', unit: 'MB/s', ratioMin: 2 },
    { name: 'persistence.everysec', title: 'SET P=16 with appendfsync everysec by that without', unit: '×', min: 0.9 },
    { name: 'persistence.always', title: 'SET, 50 clients, appendfsync always', unit: '/s', ratioMin: 1.5 },
  ],
  async measure(wanted, options) {
    const results = [];
    for (const row of wanted) results.push(await MEASURES[row.name](row, options));
    return results;
  },
};
