/**
 * The engine without sockets: two threads on one keyspace, the longest single insert, calls from JavaScript, WASM.
 *
 * The first two come from bench/engine (Rust), the others from bench/embedded/main.mjs; both print a line of JSON a figure,
 * `{ "bench": NAME, ... }`, the latter `{ "bench": "embedded-get" | "ioredis-get" | "wasm-get", "ops_per_s": N }`.
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { output } from '../load.mjs';
import { root } from '../servers.mjs';
import { summary } from '../statistics.mjs';

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

/** Figures of bench/embedded by name, read once for all rows. */
async function embeddedFigures(options) {
  const entry = join(root, 'bench', 'embedded', 'main.mjs');
  if (!existsSync(entry)) throw new Error('bench/embedded is not there');
  const rounds = {};
  for (let round = 0; round < options.rounds; round += 1) {
    const text = await output(process.execPath, [entry, '--json', ...(options.quick ? ['--quick'] : [])], {
      cwd: root,
    });
    for (const line of lines(text)) (rounds[line.bench] ??= []).push(line.ops_per_s);
  }
  return rounds;
}

function embeddedRow(row, rounds) {
  const figures = {};
  if (rounds[row.bench] === undefined) return { ...row, figures, error: `bench/embedded printed no ${row.bench}` };
  figures.hematite = summary(rounds[row.bench]);
  if (row.against !== undefined && rounds[row.against] !== undefined) figures.redis = summary(rounds[row.against]);
  return { ...row, figures };
}

const EMBEDDED = [
  { name: 'embedded.get', title: 'db.get, one JS thread', unit: '/s', min: 1_500_000, bench: 'embedded-get' },
  {
    name: 'embedded.ioredis',
    title: 'db.get against awaited ioredis and redis-server',
    unit: '/s',
    ratioMin: 30,
    bench: 'embedded-get',
    against: 'ioredis-get',
    beside: 'ioredis → redis-server',
  },
  { name: 'embedded.wasm', title: 'WASM GET in Node', unit: '/s', min: 1_000_000, bench: 'wasm-get' },
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
