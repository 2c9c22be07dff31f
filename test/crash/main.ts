/**
 * Kills the server at random moments under load, and prints how many acknowledged writes were lost.
 *
 *     npm run crash -- --kills 1000 --policy everysec --redis --load-ms 3000 --seed 7
 */

import { parseArgs } from 'node:util';
import { type CrashResult, type Policy, type Program, crash } from './crash.js';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '86400' },
    policy: { type: 'string', multiple: true, default: ['always', 'everysec'] },
    redis: { type: 'boolean', default: false },
    'only-redis': { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    'load-ms': { type: 'string', default: '60' },
    lanes: { type: 'string', default: '4' },
  },
});

const programs: Program[] = values['only-redis']
  ? ['redis-server']
  : values.redis
    ? ['hematite', 'redis-server']
    : ['hematite'];
let hasFailed = false;

for (const program of programs) {
  for (const policy of values.policy as Policy[]) {
    const show = (result: CrashResult) =>
      `${program} ${policy}: ${result.lost} of ${result.acknowledged} acknowledged writes lost, ` +
      `${result.broken} lists broken, ${result.kills} kills (${result.duringRewrite} during a rewrite)`;
    const began = Date.now();
    const result = await crash({
      program,
      policy,
      kills: Number(values.kills),
      seconds: Number(values.seconds),
      seed: Number(values.seed),
      loadMs: Number(values['load-ms']),
      lanes: Number(values.lanes),
      report: (result) => {
        if (result.kills % 50 === 0) console.error(show(result));
      },
    });
    console.log(`${show(result)}, ${Math.round((Date.now() - began) / 1000)} s`);
    hasFailed ||= program === 'hematite' && (result.lost > 0 || result.broken > 0);
  }
}
process.exit(hasFailed ? 1 : 0);
