/**
 * BullMQ as it is used: one process adds jobs, another works them off meanwhile.
 *
 * Settings: `{ port, queue, role }`. A `worker` works until it is ended; a `producer` (`jobs`, `total`) adds so many jobs and
 * ends once all of all producers are completed, with the result `{ seconds }` from its first to the last of them.
 */

import { createRequire } from 'node:module';
import { setTimeout as pause } from 'node:timers/promises';
import { serve } from './protocol.mjs';

const CONCURRENCY = 100;
const BULK = 500;
const POLL_MS = 5;

// Resolved from where the tests of libraries have it, since it is no dependency of the package itself.
const { Queue, Worker } = createRequire(new URL('../../../test/clients/libraries/', import.meta.url))('bullmq');

async function work(connection, { queue }) {
  const options = { connection, concurrency: CONCURRENCY };
  const worker = new Worker(queue, async (job) => job.data.n * 2, options);
  worker.on('error', (error) => process.stderr.write(`${error.message}\n`));
  await worker.waitUntilReady();
  return () => new Promise(() => undefined);
}

async function produce(connection, { queue: name, jobs, total }) {
  const queue = new Queue(name, { connection });
  queue.on('error', (error) => process.stderr.write(`${error.message}\n`));
  await queue.waitUntilReady();
  return async () => {
    const begin = performance.now();
    for (let at = 0; at < jobs; at += BULK) {
      const count = Math.min(BULK, jobs - at);
      await queue.addBulk(Array.from({ length: count }, (_, n) => ({ name: 'double', data: { n: at + n } })));
    }
    while ((await queue.getCompletedCount()) < total) await pause(POLL_MS);
    return { seconds: (performance.now() - begin) / 1000 };
  };
}

await serve(({ port, role, ...settings }) => {
  const connection = { host: '127.0.0.1', port, maxRetriesPerRequest: null };
  return (role === 'worker' ? work : produce)(connection, settings);
});
