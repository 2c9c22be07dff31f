/**
 * BullMQ: ten thousand jobs over three workers of which one dies; delays, schedulers, flows, rate limits, priorities,
 * retries, events.
 */

import { fork } from 'node:child_process';
import { join } from 'node:path';
import { Worker as Thread } from 'node:worker_threads';
import { FlowProducer, Queue, QueueEvents, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { eventually, overEachFront } from './server.mjs';

const open = [];
/** Closes with the test. */
function keep(thing) {
  thing.on?.('error', () => undefined);
  open.push(thing);
  return thing;
}
afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close();
});

/** Starts a worker on a thread, or in a process of its own; what it gives ends it on the spot. */
function startWorker(front, ...words) {
  const file = join(import.meta.dirname, 'bullmq-worker.mjs');
  const worker = front.isInProcess
    ? new Thread(file, { workerData: [front.place(), ...words] })
    : fork(file, [front.place(), ...words].map(String));
  const kill = front.isInProcess ? () => worker.terminate() : () => worker.kill('SIGKILL');
  open.push({ close: kill });
  return new Promise((resolve, reject) => {
    worker.once('message', () => resolve(kill));
    worker.once('exit', () => reject(new Error('the worker has ended')));
  });
}

overEachFront((front) => {
  test('10,000 jobs with three workers of which one dies: each is done, once', async () => {
    const connection = { ...front.ioredis(), maxRetriesPerRequest: null };
    const queue = keep(new Queue('many', { connection }));
    const count = 10_000;
    for (let at = 0; at < count; at += 1_000) {
      await queue.addBulk(Array.from({ length: 1_000 }, (_, n) => ({ name: 'double', data: { n: at + n } })));
    }
    const killDying = await startWorker(front, 'many', 'dies');
    await Promise.all([startWorker(front, 'many', 'works'), startWorker(front, 'many', 'works')]);
    await eventually(async () => ((await queue.getActiveCount()) >= 50 ? true : undefined));
    await killDying();
    await eventually(async () => ((await queue.getCompletedCount()) === count ? true : undefined), 50_000);
    expect(await queue.getJobCounts('wait', 'active', 'failed', 'delayed')).toEqual({
      wait: 0,
      active: 0,
      failed: 0,
      delayed: 0,
    });
    const jobs = await queue.getCompleted(0, count);
    const values = new Set(jobs.map((job) => job.data.n));
    expect(values.size).toBe(count);
    expect(jobs.every((job) => job.returnvalue === job.data.n * 2)).toBe(true);
    await queue.obliterate({ force: true });
    expect(await queue.count()).toBe(0);
  });

  /** What BullMQ takes for `connection`; a client is shared by what it makes, and duplicated where one waits. */
  const options = () => ({ ...front.ioredis(), maxRetriesPerRequest: null });
  describe.each([
    ['options', () => [options(), () => undefined]],
    [
      'a client of ioredis',
      () => {
        const client = new Redis(options());
        return [client, () => client.disconnect()];
      },
    ],
    [
      'a client of node-redis',
      () => {
        const client = createClient({ socket: front.socket() });
        return [client, () => client.destroy()];
      },
    ],
  ])('by %s', (_, connect) => {
    let connection;
    let disconnect;
    beforeAll(async () => {
      const redis = new Redis(front.ioredis());
      await redis.flushall();
      redis.disconnect();
      [connection, disconnect] = connect();
    });
    afterAll(() => disconnect());

    const queueNamed = (name) => keep(new Queue(name, { connection }));
    const workerOf = (name, run, options) => keep(new Worker(name, run, { connection, ...options }));

    test('a worker waits for jobs on a connection of its own', async () => {
      const redis = new Redis(front.ioredis());
      keep({ close: () => redis.disconnect() });
      const worker = workerOf('idle', async () => 'done');
      await eventually(async () => (/cmd=bzpopmin/.test(await redis.client('LIST')) ? true : undefined));
      const done = new Promise((resolve) => worker.once('completed', (_, value) => resolve(value)));
      const begin = performance.now();
      await queueNamed('idle').add('x', {});
      expect(await done).toBe('done');
      // It was woken: waiting alone would last for five seconds.
      expect(performance.now() - begin).toBeLessThan(4_000);
    });

    test('delayed jobs, retries with backoff, events in order', async () => {
      const queue = queueNamed('delays');
      const events = keep(new QueueEvents('delays', { connection }));
      await events.waitUntilReady();
      const heard = [];
      for (const name of ['waiting', 'delayed', 'active', 'completed', 'failed', 'retries-exhausted']) {
        events.on(name, ({ jobId }) => heard.push(`${name} ${jobId}`));
      }
      let attempts = 0;
      workerOf('delays', async (job) => {
        if (job.name !== 'flaky') return Date.now() - job.timestamp;
        attempts += 1;
        if (attempts < 3) throw new Error('not yet');
        return attempts;
      });
      const delayed = await queue.add('later', {}, { delay: 200, jobId: 'later' });
      const flaky = await queue.add(
        'flaky',
        {},
        { attempts: 3, backoff: { type: 'fixed', delay: 20 }, jobId: 'flaky' },
      );
      expect(await flaky.waitUntilFinished(events, 20_000)).toBe(3);
      expect(await delayed.waitUntilFinished(events, 20_000)).toBeGreaterThanOrEqual(195);
      const hopeless = workerOf('hopeless', async () => Promise.reject(new Error('never')));
      const failed = await queueNamed('hopeless').add('x', {}, { attempts: 2 });
      await new Promise((resolve) => hopeless.on('failed', (job) => job.attemptsMade === 2 && resolve()));
      expect(await failed.getState()).toBe('failed');
      await eventually(() => (heard.includes('completed later') ? true : undefined));
      expect(heard.indexOf('delayed later')).toBeLessThan(heard.indexOf('active later'));
      expect(heard.indexOf('active later')).toBeLessThan(heard.indexOf('completed later'));
    });

    test('job schedulers repeat, and can be removed', async () => {
      const queue = queueNamed('repeat');
      const times = [];
      workerOf('repeat', async (job) => void times.push(job.name));
      await queue.upsertJobScheduler('every', { every: 50 }, { name: 'tick', data: {} });
      await queue.upsertJobScheduler('cron', { pattern: '* * * * * *' }, { name: 'tock', data: {} });
      expect((await queue.getJobSchedulers()).map(({ key }) => key).sort()).toEqual(['cron', 'every']);
      await eventually(() => (times.filter((name) => name === 'tick').length >= 3 ? true : undefined));
      await eventually(() => (times.includes('tock') ? true : undefined));
      expect(await queue.removeJobScheduler('every')).toBe(true);
      expect(await queue.removeJobScheduler('cron')).toBe(true);
      expect(await queue.getJobSchedulersCount()).toBe(0);
    });

    test('flows: a parent runs after its children and sees what they returned', async () => {
      const flows = keep(new FlowProducer({ connection }));
      const order = [];
      workerOf('children', async (job) => {
        order.push(job.name);
        return job.data.n;
      });
      const result = new Promise((resolve, reject) => {
        const parent = workerOf('parents', async (job) => Object.values(await job.getChildrenValues()));
        parent.on('completed', (_, value) => resolve(value));
        parent.on('failed', (_, error) => reject(error));
      });
      const tree = await flows.add({
        name: 'sum',
        queueName: 'parents',
        children: [1, 2, 3].map((n) => ({ name: `child-${n}`, queueName: 'children', data: { n } })),
      });
      expect((await result).sort()).toEqual([1, 2, 3]);
      expect(order.sort()).toEqual(['child-1', 'child-2', 'child-3']);
      expect(await tree.job.getDependenciesCount()).toMatchObject({ processed: 3, unprocessed: 0 });
    });

    test('priorities: the most urgent first, first come first served among equals', async () => {
      const queue = queueNamed('priorities');
      await queue.addBulk(
        [5, 1, 3, 1, 0].map((priority, at) => ({ name: `${priority}-${at}`, data: {}, opts: { priority } })),
      );
      const order = [];
      workerOf('priorities', async (job) => void order.push(job.name));
      await eventually(() => (order.length === 5 ? true : undefined));
      expect(order).toEqual(['0-4', '1-1', '1-3', '3-2', '5-0']);
    });

    test('rate limits hold a worker back', async () => {
      const queue = queueNamed('limited');
      await queue.addBulk(Array.from({ length: 6 }, (_, n) => ({ name: 'x', data: { n } })));
      const begin = performance.now();
      let done = 0;
      workerOf('limited', async () => void (done += 1), { limiter: { max: 2, duration: 200 } });
      await eventually(() => (done === 6 ? true : undefined));
      expect(performance.now() - begin).toBeGreaterThan(390);
    });

    test('deduplication, pause and resume, drain, removal by age', async () => {
      const queue = queueNamed('care');
      await queue.pause();
      const [first, again] = [1, 2].map(() => queue.add('same', {}, { deduplication: { id: 'one' } }));
      expect((await again).id).toBe((await first).id);
      await queue.addBulk(Array.from({ length: 20 }, (_, n) => ({ name: 'x', data: { n } })));
      const counts = await queue.getJobCounts('paused', 'wait');
      expect((counts.paused ?? 0) + (counts.wait ?? 0)).toBe(21);
      let done = 0;
      workerOf('care', async () => void (done += 1), { removeOnComplete: { count: 5 } });
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(done).toBe(0);
      await queue.resume();
      await eventually(() => (done === 21 ? true : undefined));
      await eventually(async () => ((await queue.getCompletedCount()) === 5 ? true : undefined));
      await queue.clean(0, 100, 'completed');
      expect(await queue.getCompletedCount()).toBe(0);
    });
  });
});
