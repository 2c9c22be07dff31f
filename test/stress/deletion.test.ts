/**
 * Deleting what is huge: others are served as if nothing had happened, whichever way it goes, and its memory comes back.
 *
 * A client writes small values all the time, which asks the allocator for blocks of many sizes, and takes the time of each
 * reply; meanwhile another one deletes a sorted set. Figures are printed beside those of redis-server's DEL, if there is one.
 */

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHematite, type Server } from '../clients/node/server.js';
import { hasOracle, Oracle } from '../oracle/redis-server.js';
import { Client } from './client.js';

/** Members of the sorted set; 10 million are what the promise is about. */
const MEMBERS = Number(process.env.HEMATITE_STRESS_MEMBERS ?? 3_000_000);
const PER_COMMAND = 1000;
const COMMANDS_PER_PIPELINE = 20;
/**
 * The longest that somebody may wait, milliseconds. On an idle machine of two processors it is below 5; where a dozen others
 * want them, a reply takes tens of milliseconds without any deletion.
 */
const WAIT_MS_MAX = Number(process.env.HEMATITE_STRESS_WAIT_MS ?? 250);
/** How long others are watched, milliseconds. */
const WATCHED_MS = 1500;
const SIZES = [8, 40, 90, 300, 1500, 6000];

/** What makes the value under `big` go, and the reply. */
const WAYS: ReadonlyArray<{ title: string; words: readonly string[]; before?: readonly string[] }> = [
  { title: 'DEL', words: ['DEL', 'big'] },
  { title: 'UNLINK', words: ['UNLINK', 'big'] },
  { title: 'SET over it', words: ['SET', 'big', 'v'] },
  { title: 'RENAME over it', words: ['RENAME', 'small', 'big'], before: ['SET', 'small', 'v'] },
  { title: 'an expiry', words: ['PEXPIRE', 'big', '1'] },
  { title: 'FLUSHALL SYNC', words: ['FLUSHALL', 'SYNC'] },
];

/** Makes the value that is copied to `big` for each deletion. */
async function fill(client: Client): Promise<void> {
  const commands = [];
  for (let first = 0; first < MEMBERS; first += PER_COMMAND) {
    const words: (string | number)[] = ['ZADD', 'origin'];
    for (let n = first; n < first + PER_COMMAND; n += 1) words.push((n * 7919) % 1_000_003, `member:${n}`);
    commands.push(words);
    if (commands.length === COMMANDS_PER_PIPELINE) await client.pipeline(commands.splice(0));
  }
  await client.pipeline([...commands, ['PING']]);
}

/** The longest wait of a client that writes one value after the other, milliseconds, and how many it wrote. */
async function watch(client: Client, durationMs: number): Promise<{ longest: number; count: number }> {
  const end = performance.now() + durationMs;
  let [longest, count] = [0, 0];
  for (let now = performance.now(); now < end;) {
    await client.call('SET', `other:${count % 1000}`, 'x'.repeat(SIZES[count % SIZES.length] as number));
    const after = performance.now();
    longest = Math.max(longest, after - now);
    now = after;
    count += 1;
  }
  return { longest, count };
}

/** Deletes while somebody watches: the longest waits before and during. */
async function measure(port: number, way: (typeof WAYS)[number]): Promise<{ quiet: number; during: number }> {
  const [deleter, other] = [await Client.open(port), await Client.open(port)];
  expect(await deleter.call('COPY', 'origin', 'big', 'REPLACE')).toBe(1);
  if (way.before) await deleter.call(...way.before);
  const quiet = (await watch(other, WATCHED_MS)).longest;
  const watching = watch(other, WATCHED_MS);
  await new Promise((resolve) => setTimeout(resolve, 100));
  const deleting = deleter.call(...way.words);
  const { longest } = await watching;
  expect(['OK', 1]).toContain(await deleting);
  deleter.close();
  other.close();
  return { quiet, during: longest };
}

const residentMb = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

describe.skipIf(process.platform !== 'linux')(`deleting a sorted set of ${MEMBERS} members`, () => {
  let server: Server;
  beforeAll(async () => {
    server = await startHematite('--io-threads', '2');
    const client = await Client.open(server.port);
    await fill(client);
    client.close();
  }, 600_000);
  afterAll(() => server.stop());

  it('gives the memory back', { timeout: 600_000 }, async () => {
    const client = await Client.open(server.port);
    const before = residentMb(server.pid);
    await client.call('COPY', 'origin', 'big');
    const grown = residentMb(server.pid) - before;
    await client.call('DEL', 'big');
    const left = (): number => residentMb(server.pid) - before;
    for (const end = performance.now() + 60_000; left() > grown / 4 && performance.now() < end;) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    console.log(`grew by ${grown.toFixed(0)} MiB, of which ${left().toFixed(0)} are left`);
    expect(left()).toBeLessThan(grown / 4);
    client.close();
  });

  it.each(WAYS)('by $title', { timeout: 600_000 }, async (way) => {
    const { quiet, during } = await measure(server.port, way);
    console.log(`${way.title}: longest wait ${during.toFixed(1)} ms, without it ${quiet.toFixed(1)} ms`);
    expect(during).toBeLessThan(Math.max(WAIT_MS_MAX, 3 * quiet));
    const client = await Client.open(server.port);
    const pending = async (): Promise<number> =>
      Number(/lazyfree_pending_objects:(\d+)/.exec(String(await client.call('INFO', 'memory')))?.[1]);
    for (const end = performance.now() + 60_000; (await pending()) > 0 && performance.now() < end;) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(await pending()).toBe(0);
    client.close();
  });

  it('beside the reference', { timeout: 600_000 }, async ({ skip }) => {
    skip(!hasOracle(), 'no redis-server');
    const redis = await Oracle.start(['--save', '', '--appendonly', 'no']);
    const client = await Client.open(redis.port);
    await fill(client);
    client.close();
    const { quiet, during } = await measure(redis.port, WAYS[0] as (typeof WAYS)[number]);
    console.log(`redis-server, DEL: longest wait ${during.toFixed(1)} ms, without it ${quiet.toFixed(1)} ms`);
    await redis.stop();
  });
});
