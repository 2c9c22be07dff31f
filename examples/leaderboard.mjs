/**
 * A leaderboard: scores in a sorted set, ranks, neighbours, and the best of two seasons together.
 *
 *     node examples/leaderboard.mjs [--embedded | --port N]
 */

import { run } from './connect.mjs';

const SEASONS = {
  spring: { ada: 310, grace: 450, alan: 120, edsger: 290, barbara: 380 },
  summer: { ada: 270, grace: 100, alan: 505, donald: 330 },
};

await run(async (redis) => {
  for (const [season, scores] of Object.entries(SEASONS)) {
    await redis.zadd(`season:${season}`, ...Object.entries(scores).flatMap(([name, score]) => [score, name]));
  }
  console.log('spring, best first:', (await redis.zrevrange('season:spring', 0, 2)).join(', '));

  await redis.zincrby('season:spring', 100, 'edsger');
  const rank = await redis.zrevrank('season:spring', 'edsger');
  console.log(`edsger wins 100 and is number ${rank + 1}`);
  const neighbours = await redis.zrange('season:spring', rank - 1, rank + 1, 'REV');
  console.log('around edsger:', neighbours.join(', '));

  console.log('300 to 400 points:', (await redis.zrangebyscore('season:spring', 300, 400)).join(', '));
  const players = await redis.zunionstore('all', 2, 'season:spring', 'season:summer', 'AGGREGATE', 'SUM');
  const [champion] = await redis.zrevrange('all', 0, 0);
  console.log(`${players} players in both seasons, champion: ${champion} with ${await redis.zscore('all', champion)}`);
});
