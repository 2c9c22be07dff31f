/**
 * A worker process of the BullMQ test: works off jobs until it is ended; `slow` ones are never done.
 */

import { Worker } from 'bullmq';

const [port, queue, behaviour] = process.argv.slice(2);
const connection = { host: '127.0.0.1', port: Number(port), maxRetriesPerRequest: null };
const options = { connection, concurrency: 50, lockDuration: 4_000, stalledInterval: 1_000, maxStalledCount: 5 };
let taken = 0;
new Worker(
  queue,
  async (job) => {
    taken += 1;
    if (taken === 1) process.send?.('working');
    if (behaviour === 'dies' && taken > 200) await new Promise(() => setInterval(() => undefined, 1_000));
    return job.data.n * 2;
  },
  options,
).on('error', (error) => process.stderr.write(`${error.message}\n`));
