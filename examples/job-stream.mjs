/**
 * Jobs in a stream with two consumer groups: mailers share the work, an auditor sees everything. One mailer crashes in the
 * middle, and another claims what it had taken but not acknowledged.
 *
 *     node examples/job-stream.mjs [--embedded | --port N]
 */

import { run } from './connect.mjs';

const JOBS = ['welcome ada', 'invoice grace', 'reminder alan', 'receipt edsger', 'welcome donald', 'invoice barbara'];

/** Takes up to `count` new jobs for a consumer, as `[id, job]`. */
async function take(redis, group, consumer, count) {
  const reply = await redis.xreadgroup('GROUP', group, consumer, 'COUNT', count, 'STREAMS', 'jobs', '>');
  if (reply === null) return [];
  // RESP3 answers with a map of streams, RESP2 with a list of pairs.
  const entries = reply instanceof Map ? reply.get('jobs') : Array.isArray(reply) ? reply[0][1] : reply.jobs;
  return entries.map(([id, [, job]]) => [id, job]);
}

await run(async (redis, open) => {
  await redis.xgroup('CREATE', 'jobs', 'mailers', '$', 'MKSTREAM');
  await redis.xgroup('CREATE', 'jobs', 'auditors', '0');
  for (const [at, job] of JOBS.entries()) await redis.xadd('jobs', `${at + 1}-0`, 'job', job);

  const steady = await take(redis, 'mailers', 'steady', 3);
  for (const [id, job] of steady) {
    await redis.xack('jobs', 'mailers', id);
    console.log(`steady sent: ${job}`);
  }

  const doomed = open();
  const taken = await take(doomed, 'mailers', 'doomed', 3);
  await doomed.xack('jobs', 'mailers', taken[0][0]);
  console.log(`doomed sent: ${taken[0][1]}, and crashed with ${taken.length - 1} jobs in hand`);
  doomed.disconnect();

  const [pending, , , consumers] = await redis.xpending('jobs', 'mailers');
  console.log(`${pending} pending, of ${consumers.map(([name]) => name).join(', ')}`);
  const [, claimed] = await redis.xautoclaim('jobs', 'mailers', 'steady', 0, '0');
  for (const [id, [, job]] of claimed) {
    await redis.xack('jobs', 'mailers', id);
    console.log(`steady claimed and sent: ${job}`);
  }
  console.log('left for mailers:', (await redis.xpending('jobs', 'mailers'))[0]);
  console.log('the auditor saw:', (await take(redis, 'auditors', 'auditor', 100)).length);
  console.log('trimmed:', await redis.xtrim('jobs', 'MAXLEN', 2), 'kept:', await redis.xlen('jobs'));
});
