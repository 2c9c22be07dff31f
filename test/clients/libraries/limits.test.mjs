/**
 * Locks and rate limits, all of them scripts: redlock, rate-limiter-flexible, express-rate-limit, @upstash/ratelimit.
 */

import { Ratelimit } from '@upstash/ratelimit';
import express from 'express';
import { rateLimit } from 'express-rate-limit';
import { Redis } from 'ioredis';
import { RateLimiterQueue, RateLimiterRedis } from 'rate-limiter-flexible';
import { RedisStore } from 'rate-limit-redis';
import { createClient } from 'redis';
import Redlock from 'redlock';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually, overEachFront } from './server.mjs';

/** Its scripts name a flag that Upstash alone has. */
const plain = (script) => script.replace(/^#!lua[^\n]*\n/, '');

overEachFront((front) => {
  let redis;
  let nodeRedis;
  beforeAll(async () => {
    redis = new Redis(front.ioredis());
    nodeRedis = await createClient({ socket: front.socket() }).connect();
  });
  afterAll(() => {
    redis.disconnect();
    nodeRedis.destroy();
  });

  test('redlock: one holder at a time, extension, release, expiry', async () => {
    const locks = new Redlock([redis], { retryCount: 200, retryDelay: 5, retryJitter: 5 });
    let [inside, most, done] = [0, 0, 0];
    const work = async () => {
      const lock = await locks.lock('resource', 2_000);
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setTimeout(resolve, 3));
      inside -= 1;
      done += 1;
      await lock.unlock();
    };
    await Promise.all(Array.from({ length: 20 }, work));
    expect([most, done]).toEqual([1, 20]);
    const impatient = new Redlock([redis], { retryCount: 0 });
    const held = await impatient.lock('other', 100);
    await expect(impatient.lock('other', 100)).rejects.toThrow();
    const extended = await held.extend(5_000);
    expect(await redis.pttl('other')).toBeGreaterThan(4_000);
    await extended.unlock();
    await impatient.lock('other', 30);
    await eventually(() => impatient.lock('other', 30).catch(() => undefined));
  });

  test.each([
    ['ioredis', () => ({ storeClient: redis })],
    ['node-redis', () => ({ storeClient: nodeRedis, useRedisPackage: true })],
  ])('rate-limiter-flexible over %s: points, blocks, penalties and a queue', async (name, client) => {
    const limiter = new RateLimiterRedis({ ...client(), points: 5, duration: 60, keyPrefix: `rl-${name}` });
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => limiter.consume('user')));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    expect((await limiter.get('user')).consumedPoints).toBe(8);
    await limiter.reward('user', 4);
    expect((await limiter.consume('user')).remainingPoints).toBe(0);
    await limiter.block('user', 30);
    await expect(limiter.consume('user')).rejects.toMatchObject({ remainingPoints: 0 });
    expect(await limiter.delete('user')).toBe(true);
    expect((await limiter.penalty('user', 2)).consumedPoints).toBe(2);
    const queue = new RateLimiterQueue(
      new RateLimiterRedis({ ...client(), points: 3, duration: 1, keyPrefix: `queue-${name}` }),
    );
    const begin = performance.now();
    await Promise.all(Array.from({ length: 5 }, () => queue.removeTokens(1, 'q')));
    expect(performance.now() - begin).toBeGreaterThan(300);
  });

  test.each([
    ['ioredis', (command, ...args) => redis.call(command, ...args)],
    ['node-redis', (...words) => nodeRedis.sendCommand(words)],
  ])('express-rate-limit with rate-limit-redis over %s: two servers count together', async (name, sendCommand) => {
    const prefix = `web-${name}:`;
    const application = () => {
      const app = express();
      const store = new RedisStore({ sendCommand, prefix });
      app.use(rateLimit({ windowMs: 60_000, limit: 4, standardHeaders: 'draft-8', legacyHeaders: false, store }));
      app.get('/', (_, response) => response.send('ok'));
      const listener = app.listen(0, '127.0.0.1');
      return new Promise((resolve) => listener.once('listening', () => resolve(listener)));
    };
    const listeners = await Promise.all([application(), application()]);
    const statuses = [];
    for (let at = 0; at < 6; at += 1) {
      const response = await fetch(`http://127.0.0.1:${listeners[at % 2].address().port}/`);
      statuses.push(response.status);
    }
    expect(statuses).toEqual([200, 200, 200, 200, 429, 429]);
    expect(await redis.pttl((await redis.keys(`${prefix}*`))[0])).toBeGreaterThan(50_000);
    for (const listener of listeners) listener.close();
  });

  /** What @upstash/redis offers to scripts, over a connection instead of HTTP. */
  const upstash = () => ({
    eval: (script, keys, args) => redis.eval(plain(script), keys.length, ...keys, ...args.map(String)),
    evalsha: () => Promise.reject(new Error('NOSCRIPT No matching script.')),
    smismember: (key, members) => redis.smismember(key, ...members),
    multi: () => redis.multi(),
  });

  test.each([
    ['fixed window', () => Ratelimit.fixedWindow(3, '60 s')],
    ['sliding window', () => Ratelimit.slidingWindow(3, '60 s')],
    ['token bucket', () => Ratelimit.tokenBucket(3, '60 s', 3)],
  ])('@upstash/ratelimit: %s', async (name, limiter) => {
    const limit = new Ratelimit({ redis: upstash(), limiter: limiter(), prefix: name, ephemeralCache: false });
    const results = [];
    for (let at = 0; at < 5; at += 1) results.push((await limit.limit('user')).success);
    expect(results).toEqual([true, true, true, false, false]);
    expect((await limit.getRemaining('user')).remaining).toBe(0);
    await limit.resetUsedTokens('user');
    expect((await limit.limit('user')).success).toBe(true);
  });
});
