/**
 * The engine without sockets: two threads on one keyspace, the longest single insert, calls from JavaScript, WASM.
 *
 * The first two come from bench/engine (Rust), which prints a line of JSON a figure; the others from bench/embedded/main.mjs
 * and bench/wasm/main.mjs, whose lines are `NAME   1.234 M/s`.
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { output } from '../load.mjs';
import { root } from '../servers.mjs';
import { summary } from '../statistics.mjs';

/** Each round takes some ten seconds. */
const EMBEDDED_ROUNDS_MAX = 3;
const PACKAGE = ['-p', 'hematite-bench-engine'];

const lines = (text) =>
  text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));

async function engineBench(...args) {
  const text = await output('cargo', ['run', '-q', '--release', ...PACKAGE, '--', ...args.map(String)], { cwd: root });
  return lines(text)[0];
}

async function threads(row, options) {
  const args = ['speed', '--threads', 2, '--reads', row.reads, '--seconds', options.quick ? 2 : 4];
  const rates = { shared: [], separate: [] };
  for (let round = 0; round < options.rounds; round += 1) {
    rates.shared.push((await engineBench(...args)).ops_per_s);
    rates.separate.push((await engineBench(...args, '--separate')).ops_per_s);
  }
  return {
    ...row,
    beside: 'separate keyspaces',
    figures: { hematite: summary(rates.shared), redis: summary(rates.separate) },
  };
}

async function stall(row, options) {
  const {
    longest_us: longest,
    mean_ns: mean,
    keys,
  } = await engineBench('stall', '--keys', options.quick ? 500_000 : 10_000_000);
  return {
    ...row,
    title: `${row.title} ${keys / 1e6} M keys`,
    note: `mean ${mean} ns`,
    figures: { hematite: summary([longest]) },
  };
}

/** Operations a second by what bench/embedded and, once it is there, bench/wasm call their figures. */
async function embeddedFigures(options) {
  const rounds = {};
  for (let round = 0; round < Math.min(options.rounds, EMBEDDED_ROUNDS_MAX); round += 1) {
    for (const name of ['embedded', 'wasm']) {
      const entry = join(root, 'bench', name, 'main.mjs');
      if (!existsSync(entry)) continue;
      const text = await output(process.execPath, [entry, '--port', String(options.port + 90)], { cwd: root });
      for (const [, title, millions] of text.matchAll(/^(\S.*?)\s+([\d.]+) M\/s$/gm)) {
        (rounds[title] ??= []).push(Number(millions) * 1e6);
      }
    }
  }
  return rounds;
}

function embeddedRow(row, rounds) {
  const figures = {};
  if (rounds[row.bench] === undefined) return { ...row, figures, error: `no figure for ${row.bench}` };
  figures.hematite = summary(rounds[row.bench]);
  if (row.against !== undefined && rounds[row.against] !== undefined) figures.redis = summary(rounds[row.against]);
  return { ...row, figures };
}

const EMBEDDED = [
  { name: 'embedded.get', title: 'db.get, one JS thread', unit: '/s', min: 1_500_000, bench: 'db.get' },
  {
    name: 'embedded.ioredis',
    title: 'db.get against awaited ioredis and redis-server',
    unit: '/s',
    ratioMin: 30,
    bench: 'db.get',
    against: 'await ioredis to redis-server: get',
    beside: 'ioredis → redis-server',
  },
  { name: 'embedded.wasm', title: 'WASM GET in Node', unit: '/s', min: 1_000_000, bench: 'wasm get' },
];

export const engine = {
  rows: [
    { name: 'threads.95', title: 'two threads on one keyspace, 95/5', unit: '/s', ratioMin: 0.85, reads: 95 },
    { name: 'threads.50', title: 'two threads on one keyspace, 50/50', unit: '/s', ratioMin: 0.75, reads: 50 },
    { name: 'stall.insert', title: 'longest single insert up to', unit: 'µs' },
    ...EMBEDDED,
  ],
  async measure(wanted, options) {
    const results = [];
    let embedded;
    for (const row of wanted) {
      if (row.reads !== undefined) results.push(await threads(row, options));
      else if (row.bench === undefined) results.push(await stall(row, options));
      else results.push(embeddedRow(row, (embedded ??= await embeddedFigures(options))));
    }
    return results;
  },
};
