/**
 * Older queues: bull and bee-queue.
 */

import { createRequire } from 'node:module';
import Bee from 'bee-queue';
import Bull from 'bull';
import { Redis } from 'ioredis';
import { afterEach, expect, test } from 'vitest';
import { eventually, overEachFront } from './server.mjs';

const require = createRequire(import.meta.resolve('bee-queue'));

overEachFront((front) => {
  const open = [];
  /** A client that is not the queue's to close; ends with the test. */
  function keep(client, end) {
    open.push(end);
    return client;
  }
  afterEach(() => open.splice(0).forEach((end) => end()));

  /** Of ioredis, as bull wants them for blocking. */
  function ioredis() {
    const client = new Redis({ ...front.ioredis(), maxRetriesPerRequest: null, enableReadyCheck: false });
    return keep(client, () => client.disconnect());
  }

  /** Of node-redis 3, which bee-queue brings along. */
  function nodeRedis3() {
    const client = require('redis').createClient(front.socket());
    return keep(client, () => client.end(true));
  }

  test.each([
    ['options', () => ({ redis: front.ioredis() })],
    ['createClient', () => ({ createClient: () => ioredis() })],
  ])('bull by %s: concurrency, delays, retries, repeat, priorities, global events', async (name, reach) => {
    const queue = new Bull(`bull-${name}`, reach());
    const heard = new Set();
    queue.on('global:completed', (id) => heard.add(id));
    await queue.isReady();
    let attempts = 0;
    queue.process('*', 10, async (job) => {
      if (job.name === 'flaky' && (attempts += 1) < 3) throw new Error('not yet');
      return job.data.n;
    });
    const jobs = await queue.addBulk(Array.from({ length: 500 }, (_, n) => ({ name: 'x', data: { n } })));
    const results = await Promise.all(jobs.map((job) => job.finished()));
    expect(results).toEqual(Array.from({ length: 500 }, (_, n) => n));
    const delayed = await queue.add('later', { n: 'late' }, { delay: 100 });
    const flaky = await queue.add('flaky', { n: 'done' }, { attempts: 3, backoff: 10 });
    expect(await Promise.all([delayed.finished(), flaky.finished()])).toEqual(['late', 'done']);
    expect(Date.now() - delayed.timestamp).toBeGreaterThanOrEqual(100);
    await queue.add('often', { n: 1 }, { repeat: { every: 50, limit: 3 } });
    await eventually(async () => {
      const done = await queue.getCompleted();
      return done.filter(({ name }) => name === 'often').length === 3 ? true : undefined;
    });
    await eventually(() => (heard.size >= 502 ? true : undefined));
    expect(await queue.getJobCounts()).toMatchObject({ waiting: 0, active: 0, failed: 0 });
    await queue.close();
  });

  test.each([
    ['options', () => front.socket()],
    ['a client', () => nodeRedis3()],
  ])('bee-queue by %s: jobs with progress, retries, delays, health', async (name, reach) => {
    const queue = new Bee(`bee-${name}`, { redis: reach(), stallInterval: 200, activateDelayedJobs: true });
    const results = [];
    queue.on('job succeeded', (id, result) => results.push(result));
    let attempts = 0;
    queue.process(5, async (job) => {
      job.reportProgress({ page: 1 });
      if (job.data.flaky && (attempts += 1) < 3) throw new Error('not yet');
      return job.data.n;
    });
    const progress = [];
    const save = async (data, change = (job) => job) => {
      const job = change(queue.createJob(data));
      job.on('progress', (value) => progress.push(value));
      return job.save();
    };
    await Promise.all(Array.from({ length: 100 }, (_, n) => save({ n })));
    await save({ n: 'flaky', flaky: true }, (job) => job.retries(3));
    await save({ n: 'late' }, (job) => job.delayUntil(Date.now() + 100));
    await eventually(() => (results.length === 102 ? true : undefined));
    expect(results).toContain('flaky');
    expect(results).toContain('late');
    expect(progress.length).toBeGreaterThan(90);
    expect(await queue.checkHealth()).toMatchObject({ waiting: 0, active: 0, failed: 0, delayed: 0 });
    await queue.close();
  });
});
