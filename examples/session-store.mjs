/**
 * A session store: a hash a session that lives as long as it is used, a set of each user's sessions, and a basket that may
 * be changed by two requests at once.
 *
 *     node examples/session-store.mjs [--embedded | --port N]
 */

import { run } from './connect.mjs';

const TTL_SECONDS = 1800;

async function logIn(redis, id, user) {
  const session = { user, basket: '0', theme: 'dark' };
  await redis
    .multi()
    .hset(`session:${id}`, session)
    .expire(`session:${id}`, TTL_SECONDS)
    .sadd(`sessions:${user}`, id)
    .exec();
}

/** The session, or null; each use prolongs it. */
async function use(redis, id) {
  const [[, isThere], [, session]] = await redis
    .multi()
    .expire(`session:${id}`, TTL_SECONDS)
    .hgetall(`session:${id}`)
    .exec();
  return isThere === 1 ? session : null;
}

async function logOutEverywhere(redis, user) {
  const ids = await redis.smembers(`sessions:${user}`);
  return redis.unlink(`sessions:${user}`, ...ids.map((id) => `session:${id}`));
}

await run(async (redis, open) => {
  await logIn(redis, 'phone', 'ada');
  await logIn(redis, 'laptop', 'ada');
  console.log('ada’s sessions:', (await redis.smembers('sessions:ada')).sort().join(', '));

  const { user, theme } = await use(redis, 'phone');
  console.log(`phone: ${user}, ${theme}, ${await redis.ttl('session:phone')} s to live`);

  // Two requests at once add to one basket.
  const other = open();
  await Promise.all([redis.hincrby('session:phone', 'basket', 2), other.hincrby('session:phone', 'basket', 3)]);
  console.log('in the basket:', await redis.hget('session:phone', 'basket'));

  await redis.pexpire('session:laptop', 20);
  await new Promise((resolve) => setTimeout(resolve, 40));
  console.log('laptop after a long pause:', await use(redis, 'laptop'));
  console.log('logged out everywhere, keys gone:', await logOutEverywhere(redis, 'ada'));
});
