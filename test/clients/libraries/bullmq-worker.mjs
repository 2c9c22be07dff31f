/**
 * A worker of the BullMQ test in a process or a thread of its own: works off jobs until it is ended; one that `dies` is
 * stuck after some of them.
 */

import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { Worker } from 'bullmq';

const [place, queue, behaviour] = isMainThread ? process.argv.slice(2) : workerData;

/** A port of a server, or in a thread the name of the keyspace that the threads share. */
async function reach() {
  if (isMainThread) return { host: '127.0.0.1', port: Number(place) };
  const { open } = await import('../../../dist/index.js');
  const { connector } = await import('../../../dist/client/ioredis.js');
  return { Connector: connector(open({ share: place })) };
}

const tell = (word) => (isMainThread ? process.send?.(word) : parentPort.postMessage(word));
const connection = { ...(await reach()), maxRetriesPerRequest: null };
const options = { connection, concurrency: 50, lockDuration: 4_000, stalledInterval: 1_000, maxStalledCount: 5 };
let taken = 0;
new Worker(
  queue,
  async (job) => {
    taken += 1;
    if (taken === 1) tell('working');
    if (behaviour === 'dies' && taken > 200) await new Promise(() => setInterval(() => undefined, 1_000));
    return job.data.n * 2;
  },
  options,
).on('error', (error) => process.stderr.write(`${error.message}\n`));
