/**
 * Two rate limiters: a fixed window (a counter that expires) and a sliding one (a sorted set of the calls themselves).
 *
 *     node examples/rate-limiter.mjs [--embedded | --port N]
 */

import { run } from './connect.mjs';

const LIMIT = 5;
const WINDOW_MS = 10_000;

/** Whether a call fits into its window; the counter goes by itself when the window is over. */
async function fixedWindow(redis, user) {
  const key = `fixed:${user}`;
  const replies = await redis.multi().set(key, 0, 'PX', WINDOW_MS, 'NX').incr(key).exec();
  return replies[1][1] <= LIMIT;
}

/** Whether fewer than `LIMIT` calls were allowed in the `WINDOW_MS` before `now`. */
async function slidingWindow(redis, user, now) {
  const key = `sliding:${user}`;
  await redis.zremrangebyscore(key, '-inf', now - WINDOW_MS);
  if ((await redis.zcard(key)) >= LIMIT) return false;
  await redis.multi().zadd(key, now, `call:${now}`).pexpire(key, WINDOW_MS).exec();
  return true;
}

await run(async (redis) => {
  const fixed = [];
  for (let call = 0; call < 8; call += 1) fixed.push(await fixedWindow(redis, 'ada'));
  console.log('fixed window:', fixed.map((isAllowed) => (isAllowed ? 'ok' : 'refused')).join(' '));
  const left = await redis.pttl('fixed:ada');
  console.log('the window ends by itself:', left > 0 && left <= WINDOW_MS);

  // By a clock of our own: ten seconds later the first calls no longer count.
  const sliding = [];
  for (const second of [0, 1, 2, 3, 4, 5, 6, 11, 12, 12.5]) {
    sliding.push(`${second}s ${(await slidingWindow(redis, 'ada', second * 1000)) ? 'ok' : 'refused'}`);
  }
  console.log('sliding window:', sliding.join(', '));
});
