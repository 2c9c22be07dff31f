/**
 * The process itself: time to the ready line, memory when idle, and the tail of latencies while its Node thread is busy.
 */

import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { withClient } from '../client.mjs';
import { load } from '../load.mjs';
import { fillStrings, interleave } from '../rounds.mjs';
import { root, withServers } from '../servers.mjs';
import { summary } from '../statistics.mjs';

const START_ROUNDS = 11;

/** Milliseconds from the start of the program to its ready line. */
function timeToReady(program, args) {
  return new Promise((resolve, reject) => {
    const begin = performance.now();
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    let elapsed;
    child.stdout.on('data', (chunk) => {
      output += chunk;
      if (elapsed !== undefined || !output.includes('Ready to accept connections')) return;
      elapsed = performance.now() - begin;
      child.kill('SIGKILL');
    });
    child.once('error', reject);
    child.once('close', () =>
      elapsed === undefined ? reject(new Error(`${program} ended: ${output}`)) : resolve(elapsed),
    );
  });
}

async function startUp(row, options) {
  // io_uring frees a killed server's port a little later than the process: each start gets a port of its own.
  let port = options.port + 60;
  const quiet = () => ['--save', '', '--port', String((port += 1))];
  const times = { hematite: [], redis: [] };
  for (let round = 0; round < START_ROUNDS; round += 1) {
    times.hematite.push(await timeToReady(process.execPath, [join(root, 'dist/cli/hematite.js'), ...quiet()]));
    times.redis.push(await timeToReady('redis-server', quiet()));
  }
  return { ...row, figures: { hematite: summary(times.hematite), redis: summary(times.redis) } };
}

async function idle(row, options) {
  return withServers(options, async (servers) => {
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const figures = {};
    for (const [kind, server] of Object.entries(servers)) figures[kind] = summary([server.residentBytes() / 2 ** 20]);
    return { ...row, figures };
  });
}

/** Servers may use every core but the load's, or, with two cores only, both: a busy thread needs somewhere to be. */
function tailCores() {
  const count = availableParallelism();
  return count > 2 ? ['0,2', '1'] : [undefined, undefined];
}

async function tail(row, options) {
  const [serverCores, loadCores] = tailCores();
  const work = async ({ 'hematite-busy': hematite, redis }) => {
    const servers = { hematite, redis };
    for (const server of Object.values(servers))
      await withClient(server, (client) => fillStrings(client, 100_000, 'v'.repeat(64)));
    const requests = options.quick ? 50_000 : 400_000;
    const measured = await interleave(['tail'], servers, options, (server) =>
      load(server, { command: ['GET', 'key:__rand_int__'], requests, pipeline: 1, keys: 100_000, cores: loadCores }),
    );
    return measured.result(row, 'tail', (run) => run.p999);
  };
  return withServers(options, work, { only: ['hematite-busy', 'redis'], cores: serverCores });
}

const MEASURES = { 'start.ready': startUp, 'start.idle': idle, 'tail.get.p1': tail };

export const processRows = {
  rows: [
    { name: 'start.ready', title: 'start to the ready line', unit: 'ms', max: 150 },
    { name: 'start.idle', title: 'resident when idle', unit: 'MiB', max: 60 },
    { name: 'tail.get.p1', title: 'GET P=1, p99.9, Node thread busy 200 ms each second', unit: 'ms', ratioMax: 1 },
  ],
  async measure(wanted, options) {
    const results = [];
    for (const row of wanted) results.push(await MEASURES[row.name](row, options));
    return results;
  },
};
