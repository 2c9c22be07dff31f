/**
 * BullMQ end to end: jobs are added, worked off meanwhile and completed, by processes of their own on the cores that the
 * server leaves. With two cores they share one, and what limits the rate is BullMQ, not the server: the target asks for more.
 */

import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { otherCores, startLoad } from '../child.mjs';
import { withClient } from '../client.mjs';
import { interleave } from '../rounds.mjs';
import { root, withServers } from '../servers.mjs';

const JOBS = 10_000;
const QUEUE = 'bench';
const LIBRARIES = 'test/clients/libraries';

const FIELDS = {
  rate: ({ rate }) => rate,
  cpu: ({ cpuMicros }) => cpuMicros,
};

/** So many of each as keep one server busy, where there are cores for them. */
function processes() {
  const cores = availableParallelism() - 1;
  return cores < 4
    ? { producers: 1, workers: Math.max(1, cores - 1) }
    : { producers: 2, workers: Math.min(8, cores - 2) };
}

async function checkCompleted(server, jobs) {
  await withClient(server, async (client) => {
    const completed = Number(await client.text('ZCARD', `bull:${QUEUE}:completed`));
    const failed = Number(await client.text('ZCARD', `bull:${QUEUE}:failed`));
    if (completed !== jobs || failed !== 0) throw new Error(`${completed} of ${jobs} completed, ${failed} failed`);
  });
}

/** Starts all, runs all that `work` needs, and ends all whatever happens. */
async function withLoads(settings, work) {
  const loads = [];
  try {
    for (const each of settings) loads.push(await startLoad('bullmq', { queue: QUEUE, ...each }, otherCores()));
    return await work(loads);
  } finally {
    await Promise.all(loads.map((load) => load.stop()));
  }
}

async function workOff(server, jobs) {
  await withClient(server, (client) => client.text('FLUSHALL'));
  const { producers, workers } = processes();
  const { port } = server;
  const settings = [
    ...Array(producers).fill({ port, role: 'producer', jobs: jobs / producers, total: jobs }),
    ...Array(workers).fill({ port, role: 'worker' }),
  ];
  return withLoads(settings, async (loads) => {
    const before = server.cpuSeconds();
    const results = await Promise.all(loads.slice(0, producers).map((load) => load.run()));
    const cpuSeconds = server.cpuSeconds() - before;
    await checkCompleted(server, jobs);
    const seconds = Math.max(...results.map((result) => result.seconds));
    return { rate: jobs / seconds, cpuMicros: (cpuSeconds * 1e6) / jobs };
  });
}

export const jobs = {
  rows: [
    { name: 'bullmq.rate', title: 'BullMQ, jobs a second end to end', unit: '/s', ratioMin: 1.3, field: 'rate' },
    { name: 'bullmq.cpu', title: 'BullMQ, CPU of the server a job', unit: 'µs', field: 'cpu' },
  ],
  async measure(wanted, options) {
    // Nothing is downloaded by a measurement; `npm test` installs the libraries.
    if (!existsSync(join(root, LIBRARIES, 'node_modules', 'bullmq')))
      throw new Error(`npm ci --prefix ${LIBRARIES} --ignore-scripts`);
    const count = options.quick ? JOBS / 5 : JOBS;
    return withServers(options, async (servers) => {
      const measured = await interleave(['bullmq'], servers, options, (server) => workOff(server, count));
      return wanted.map((row) => measured.result(row, 'bullmq', FIELDS[row.field]));
    });
  },
};
