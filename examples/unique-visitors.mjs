/**
 * Unique visitors a day and a week in 12 KiB a day, however many there are: HyperLogLog beside the exact number.
 *
 *     node examples/unique-visitors.mjs [--embedded | --port N]
 */

import { run } from './connect.mjs';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const VISITORS = 20_000;
const RETURNING = 15_000;

/** Each day has 5,000 visitors of its own beside those who come every day. */
const visitor = (day, n) => (n < RETURNING ? `regular:${n}` : `guest:${day}:${n}`);

const percent = (estimate, exact) => (Math.abs(estimate - exact) / exact) * 100;

await run(async (redis) => {
  for (const day of DAYS) {
    const pipeline = redis.pipeline();
    for (let n = 0; n < VISITORS; n += 500) {
      pipeline.pfadd(`visitors:${day}`, ...Array.from({ length: 500 }, (_, at) => visitor(day, n + at)));
    }
    await pipeline.exec();
  }
  const days = DAYS.map((day) => `visitors:${day}`);
  const monday = await redis.pfcount(days[0]);
  console.log(`monday: within 3 % of ${VISITORS}:`, percent(monday, VISITORS) < 3);

  const exact = RETURNING + DAYS.length * (VISITORS - RETURNING);
  const week = await redis.pfcount(...days);
  console.log(`the week: within 3 % of ${exact}:`, percent(week, exact) < 3);

  await redis.pfmerge('visitors:week', ...days);
  console.log('merged, it counts the same:', (await redis.pfcount('visitors:week')) === week);
  console.log('bytes of a day:', await redis.strlen(days[0]));
});
