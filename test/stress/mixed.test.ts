/**
 * Four io-threads, 200 clients, mixed commands over few keys, among them many with several keys in random order: no update is
 * lost, nothing is seen half done, nobody waits for ever. The laws are those of crates/engine/tests/parallel.rs.
 */

import { afterAll, beforeAll, expect, it } from 'vitest';
import { startHematite, type Server } from '../clients/node/server.js';
import { Client, Refusal, below, openMany, shuffled, stressSeconds, type Value } from './client.js';

const CLIENTS = 200;
const BATCH = 16;
const names = (group: string): string[] => Array.from({ length: 4 }, (_, n) => `${group}:${n}`);
const COUNTERS = names('counter');
const MIRRORS = names('mirror');
const COPIES = names('copy');
const LOGS = names('log');

let server: Server;
beforeAll(async () => void (server = await startHematite('--io-threads', '4')));
afterAll(() => server.stop());

const tally = { commands: 0, increments: 0, collected: 0, appends: 0 };

type Step = { words: (string | number)[]; check?: (reply: Value) => void };

const sum = (values: Value): number => (values as (string | null)[]).reduce((total, each) => total + Number(each), 0);

/** Sets all mirrors to the same value, or reads them, which must show one value. */
function mirror(stamp: string): Step {
  if (below(2) === 0) return { words: ['MSET', ...shuffled(MIRRORS).flatMap((key) => [key, stamp])] };
  const check = (reply: Value): void => void expect(new Set(reply as string[]).size, 'torn MSET').toBe(1);
  return { words: ['MGET', ...shuffled(MIRRORS)], check };
}

/** Copies and renames; whatever is read must have been written by these. */
function copy(stamp: string): Step {
  const [from, to] = shuffled(COPIES) as [string, string];
  const check = (reply: Value): void => {
    for (const each of reply as (string | null)[]) expect(each ?? 'copy-').toMatch(/^copy-/);
  };
  const steps: Step[] = [
    { words: ['COPY', from, to, 'REPLACE'] },
    { words: ['RENAME', from, to] },
    { words: ['SET', from, `copy-${stamp}`] },
    { words: ['MGET', ...shuffled(COPIES)], check },
  ];
  return steps[below(steps.length)] as Step;
}

/** Increments, moves and collects counters: what is collected and what is left must add up. */
function count(): Step {
  const [from, to] = shuffled(COUNTERS) as [string, string];
  const steps: Step[] = [
    { words: ['INCR', from], check: () => void (tally.increments += 1) },
    { words: ['INCRBY', from, 3], check: () => void (tally.increments += 3) },
    { words: ['RENAMENX', from, to] },
    { words: ['GETDEL', from], check: (reply) => void (tally.collected += Number(reply)) },
    { words: ['MGET', ...shuffled(COUNTERS)], check: (reply) => void expect(sum(reply)).toBeGreaterThanOrEqual(0) },
  ];
  return steps[below(steps.length)] as Step;
}

function append(): Step {
  return { words: ['APPEND', LOGS[below(4)] as string, 'x'], check: () => void (tally.appends += 1) };
}

/** Over all groups at once, so that locks of different groups are held together. */
function everything(): Step {
  return { words: ['MGET', ...shuffled([...COUNTERS, ...MIRRORS, ...COPIES])] };
}

function step(stamp: string): Step {
  const kind = below(10);
  if (kind < 4) return count();
  if (kind < 6) return mirror(stamp);
  if (kind < 8) return copy(stamp);
  return kind === 8 ? append() : everything();
}

async function load(client: Client, name: number, until: number): Promise<void> {
  for (let batch = 0; performance.now() < until; batch += 1) {
    const steps = Array.from({ length: BATCH }, () => step(`${name}-${batch}`));
    const replies = await client.pipeline(steps.map(({ words }) => words));
    replies.forEach((reply, at) => {
      const { words, check } = steps[at] as Step;
      if (reply instanceof Refusal) expect(`${words[0]}: ${reply.text}`).toMatch(/^RENAME(NX)?: ERR no such key$/);
      else check?.(reply);
    });
    tally.commands += BATCH;
  }
}

it(`keeps its accounts for ${stressSeconds} s`, { timeout: (stressSeconds + 120) * 1000 }, async () => {
  const clients = await openMany(server.port, CLIENTS);
  const until = performance.now() + stressSeconds * 1000;
  await Promise.all(clients.map((client, at) => load(client, at, until)));
  const [first] = clients as [Client];
  const left = sum(await first.call('MGET', ...COUNTERS));
  const lengths = await first.pipeline(LOGS.map((key) => ['STRLEN', key]));
  console.log(`${tally.commands} commands, ${tally.increments} increments, ${tally.collected} collected, ${left} left`);
  expect(left + tally.collected).toBe(tally.increments);
  expect((lengths as number[]).reduce((total, each) => total + each, 0)).toBe(tally.appends);
  expect(tally.increments).toBeGreaterThan(1000);
  for (const client of clients) client.close();
});
