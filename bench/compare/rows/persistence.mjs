/**
 * Durability: what a snapshot costs others while it is taken, how fast it is written and read, and what an append-only file
 * costs. The 4 million keys are filled in once a server; servers that hold them run one after the other.
 */

import { copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open, withClient } from '../client.mjs';
import { load } from '../load.mjs';
import { fillStrings, interleave } from '../rounds.mjs';
import { kinds, startServer, withServers } from '../servers.mjs';
import { median, summary } from '../statistics.mjs';

const MB = 1e6;
const VALUE = 'v'.repeat(64);
/** Time between two looks at a server, milliseconds. */
const POLL_MS = 20;
const SAMPLES_MS = 50;
const ROUNDS_MAX = 7;
/** How long a load goes on while snapshots are taken, seconds, and the requests that tell how many that are. */
const LOAD_S = 6;
const PROBE_REQUESTS = 20_000;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const keysOf = (options) => options.keys ?? (options.quick ? 400_000 : 4_000_000);
const roundsOf = (options) => Math.min(ROUNDS_MAX, options.rounds);
const share = (options, count) => (options.quick ? count / 10 : count);
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

/** Begins a snapshot. One that has just ended may count as under way for a moment longer. */
async function beginSaving(client) {
  for (;;) {
    try {
      return await client.text('BGSAVE');
    } catch (error) {
      if (!/in progress/.test(error.message)) throw error;
      await pause(POLL_MS);
    }
  }
}

/** Takes snapshots one after the other until `until` settles; how many. */
async function keepSaving(client, until) {
  let isOver = false;
  // Whoever waits for the load hears of its failure.
  const end = () => (isOver = true);
  until.then(end, end);
  let count = 0;
  while (!isOver) {
    await beginSaving(client);
    await untilSaved(client);
    count += 1;
  }
  return count;
}

const loadSingly = (server, options, requests) =>
  load(server, { command: SET, requests, pipeline: 1, keys: keysOf(options) });

/** Requests of a load that takes about `LOAD_S`, whatever else keeps the machine busy. */
async function requestsFor(server, options) {
  const { rate: perSecond } = await loadSingly(server, options, PROBE_REQUESTS);
  return Math.round(Math.max(PROBE_REQUESTS, share(options, perSecond * LOAD_S)));
}

/** p99.9 of SET while snapshots are taken, in multiples of that without. */
async function tailRatio(server, saver, options, requests) {
  const alone = await loadSingly(server, options, requests);
  const loading = loadSingly(server, options, requests);
  await keepSaving(saver, loading);
  return { value: (await loading).p999 / alone.p999 };
}

/** The longest that one client waits for a SET until `work` settles, milliseconds. */
async function longestSet(server, work) {
  const other = await open(server);
  try {
    let [isOver, longest] = [false, 0];
    const end = () => (isOver = true);
    work.then(end, end);
    while (!isOver) longest = Math.max(longest, await other.time('SET', 'key:000000000001', VALUE));
    await work;
    return longest;
  } finally {
    other.close();
  }
}

/** The longest wait for a SET from before BGSAVE until it has ended, and in as long a time without, milliseconds. */
async function longestWait(server, saver) {
  const began = performance.now();
  const saving = await longestSet(
    server,
    beginSaving(saver).then(() => untilSaved(saver)),
  );
  return { value: saving, without: await longestSet(server, pause(performance.now() - began)) };
}

/** Memory beyond that of before, while a snapshot is taken under load, percent. */
async function extraMemory(server, saver, options, requests) {
  const before = server.residentBytes();
  let highest = before;
  const loading = loadSingly(server, options, requests);
  const timer = setInterval(() => (highest = Math.max(highest, server.residentBytes())), SAMPLES_MS);
  await keepSaving(saver, loading).finally(() => clearInterval(timer));
  await loading;
  // The child's copies of pages are not the parent's memory.
  const copied = server.kind === 'redis' ? Number(await field(saver, 'persistence', 'rdb_last_cow_size')) : 0;
  return { value: ((highest - before + copied) * 100) / before };
}

const UNDER_LOAD = {
  'persistence.tail': tailRatio,
  'persistence.stall': longestWait,
  'persistence.memory': extraMemory,
};

/** The rows about a snapshot of all keys under load, on one server: values by row, and of some what they are without it. */
async function underLoad(names, kind, options) {
  const [values, without] = [0, 1].map(() => Object.fromEntries(names.map((name) => [name, []])));
  await withServer(kind, options, [], (server) =>
    withClient(server, async (saver) => {
      await fillStrings(saver, keysOf(options), VALUE);
      const requests = await requestsFor(server, options);
      // Buffers and statistics have their size before memory is looked at.
      await loadSingly(server, options, requests);
      for (let round = 0; round < roundsOf(options); round += 1) {
        for (const name of names) {
          const measured = await UNDER_LOAD[name](server, saver, options, requests);
          values[name].push(measured.value);
          if (measured.without !== undefined) without[name].push(measured.without);
        }
      }
    }),
  );
  return { values, without };
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

/** Processor seconds of a server until it has loaded what is in a folder, and those of saving it again. */
async function secondsOf(kind, options, folder) {
  return withServer(kind, options, ['--dir', folder], (server) =>
    withClient(server, async (client) => {
      while ((await field(client, 'persistence', 'loading')) !== '0') await pause(POLL_MS);
      const loaded = server.cpuSeconds();
      await client.text('SAVE');
      return { load: loaded, save: server.cpuSeconds() - loaded };
    }),
  );
}

/**
 * Megabytes of a file that a second of processor time loads and saves: values by row. What a start without a file takes is
 * left out. The file is the same for all, and its size counts both ways, so that who packs better does not seem slower.
 */
async function speeds(options) {
  const folder = mkdtempSync(join(tmpdir(), 'hematite-bench-load-'));
  const [file, dump] = [join(folder, 'file'), join(folder, 'dump.rdb')];
  const figures = Object.fromEntries(kinds(options).map((kind) => [kind, { load: [], save: [] }]));
  try {
    await makeFile(options, file);
    const size = statSync(file).size / MB;
    for (let round = 0; round < roundsOf(options); round += 1) {
      for (const kind of kinds(options)) {
        rmSync(dump, { force: true });
        const empty = await secondsOf(kind, options, folder);
        copyFileSync(file, dump);
        const full = await secondsOf(kind, options, folder);
        for (const way of ['load', 'save']) {
          figures[kind][way].push(size / Math.max(full[way] - empty[way], 0.01));
        }
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return figures;
}

/** Operations a second with an append-only file of a policy, of a server that is there. */
async function rate(server, options, policy) {
  const [requests, pipeline] = policy === 'always' ? [50_000, 1] : [1_000_000, 16];
  return (await load(server, { command: SET, requests: share(options, requests), pipeline })).rate;
}

const withFile = (policy) => ['--appendonly', 'yes', '--appendfsync', policy];

/** Throughput under `everysec` by that without a file. */
function everysec(kind, options) {
  return withServer(kind, options, [], (without) =>
    withServer(kind, options, withFile('everysec'), async (server) => {
      const values = [];
      for (let round = 0; round < options.rounds; round += 1) {
        const alone = await rate(without, options);
        values.push((await rate(server, options, 'everysec')) / alone);
      }
      return values;
    }),
  );
}

/** Operations a second under `always`, of all kinds of server in turn. */
function always(row, options) {
  const settings = { extra: withFile('always') };
  const measure = (servers) => interleave(['always'], servers, options, (server) => rate(server, options, 'always'));
  return withServers(
    options,
    async (servers) => (await measure(servers)).result(row, 'always', (run) => run),
    settings,
  );
}

/**
 * Runs `work`, which gives values by row for a kind of server or for all, and what some of them are without what the row is
 * about, and notes them; a failure is noted with its rows.
 */
async function note(results, names, kind, work) {
  const began = performance.now();
  try {
    const { values, without = {} } = await work();
    for (const name of names) {
      const row = results.get(name);
      row.figures[kind] = summary(values[name]);
      if (!(without[name]?.length > 0)) continue;
      const figure = `${kind} ${median(without[name]).toFixed(1)} ${row.unit}`;
      row.note = row.note === undefined ? `without: ${figure}` : `${row.note}, ${figure}`;
    }
  } catch (error) {
    for (const name of names) results.get(name).error ??= `${kind}: ${error.message}`;
  }
  process.stderr.write(`  ${kind}: ${names.join(', ')} took ${Math.round((performance.now() - began) / 1000)} s\n`);
}

async function noteSpeeds(results, names, options) {
  let figures;
  for (const kind of kinds(options)) {
    await note(results, names, kind, async () => {
      figures ??= await speeds(options);
      const { load: loaded, save: saved } = figures[kind];
      return { values: { 'persistence.load': loaded, 'persistence.save': saved } };
    });
  }
}

export const persistence = {
  rows: [
    {
      name: 'persistence.tail',
      title: 'SET P=1, p99.9 during BGSAVE by that without',
      unit: '×',
      max: 1.3,
    },
    { name: 'persistence.stall', title: 'longest wait of a SET during BGSAVE', unit: 'ms', max: 5 },
    { name: 'persistence.memory', title: 'extra memory of BGSAVE under load', unit: '%', max: 10 },
    { name: 'persistence.save', title: 'SAVE, MB a second of processor time', unit: 'MB/s', ratioMin: 2 },
    { name: 'persistence.load', title: 'load at the start, MB a second of processor time', unit: 'MB/s', ratioMin: 2 },
    { name: 'persistence.everysec', title: 'SET P=16 with appendfsync everysec by that without', unit: '×', min: 0.9 },
    { name: 'persistence.always', title: 'SET, 50 clients, appendfsync always', unit: '/s', ratioMin: 1.5 },
  ],
  async measure(wanted, options) {
    const results = new Map(wanted.map((row) => [row.name, { ...row, figures: {} }]));
    const of = (...names) => names.filter((name) => results.has(name));
    const [loaded, speed] = [of(...Object.keys(UNDER_LOAD)), of('persistence.save', 'persistence.load')];
    for (const kind of kinds(options)) {
      if (loaded.length > 0) await note(results, loaded, kind, () => underLoad(loaded, kind, options));
    }
    if (speed.length > 0) await noteSpeeds(results, speed, options);
    for (const kind of results.has('persistence.everysec') ? kinds(options) : []) {
      const name = 'persistence.everysec';
      await note(results, [name], kind, async () => ({ values: { [name]: await everysec(kind, options) } }));
    }
    const last = results.get('persistence.always');
    if (last !== undefined) results.set(last.name, await always(last, options));
    return [...results.values()];
  },
};
