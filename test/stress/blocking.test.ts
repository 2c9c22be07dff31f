/**
 * 1,000 clients blocked on 100 lists, pushes from four connections over four io-threads: each element is delivered once, to
 * whoever has waited longest; clients that are killed meanwhile take nothing with them but what they were just being sent.
 */

import { afterAll, beforeAll, beforeEach, expect, it, type TestContext } from 'vitest';
import { sleep, startHematite, type Server } from '../clients/node/server.js';
import { Client, Refusal, below, openMany, shuffled, type Value } from './client.js';

const LISTS = Array.from({ length: 100 }, (_, n) => `list:${n}`);
const WAVES = 10;
const PUSHERS = 4;

let server: Server;
let control: Client;
beforeAll(async () => {
  server = await startHematite('--io-threads', '4');
  control = await Client.open(server.port);
});
beforeEach(async (context: TestContext) => {
  const probe = await control.call('LPUSH', 'probe', 'x');
  if (probe instanceof Refusal && probe.text.includes('unknown command')) context.skip('no lists yet');
  await control.call('FLUSHALL');
});
afterAll(async () => {
  control?.close();
  await server?.stop();
});

/** Waits until so many clients are blocked. */
async function untilBlocked(count: number): Promise<void> {
  for (let tries = 0; tries < 2_000; tries += 1) {
    const info = String(await control.call('INFO', 'clients'));
    if (info.includes(`blocked_clients:${count}\r`)) return;
    await sleep(5);
  }
  throw new Error(`never ${count} clients blocked: ${String(await control.call('INFO', 'clients'))}`);
}

/** One client a list and wave, blocked in that order. */
async function blockAll(): Promise<Client[][]> {
  const waves: Client[][] = [];
  for (let wave = 0; wave < WAVES; wave += 1) {
    const clients = await openMany(server.port, LISTS.length);
    clients.forEach((client, at) => client.send([['BLPOP', LISTS[at] as string, 0]]));
    waves.push(clients);
    await untilBlocked(LISTS.length * (wave + 1));
  }
  return waves;
}

/** Pushes elements `0` to `count - 1` on every list, each list's by one of four connections, one or two a command. */
async function pushAll(count: number): Promise<void> {
  const pushers = await openMany(server.port, PUSHERS);
  const push = async (pusher: Client, own: string[]): Promise<void> => {
    const next = new Map(own.map((list) => [list, 0]));
    while (next.size > 0) {
      for (const list of shuffled([...next.keys()])) {
        const from = next.get(list) as number;
        const to = Math.min(count, from + 1 + below(2));
        const reply = await pusher.call('RPUSH', list, ...Array.from({ length: to - from }, (_, n) => from + n));
        expect(typeof reply).toBe('number');
        if (to === count) next.delete(list);
        else next.set(list, to);
      }
    }
  };
  await Promise.all(
    pushers.map((pusher, at) =>
      push(
        pusher,
        LISTS.filter((_, list) => list % PUSHERS === at),
      ),
    ),
  );
  for (const pusher of pushers) pusher.close();
}

it('serves those who wait longest first', { timeout: 120_000 }, async () => {
  const waves = await blockAll();
  await pushAll(WAVES);
  for (const [wave, clients] of waves.entries()) {
    const replies = await Promise.all(clients.map((client) => client.reply()));
    expect(replies).toEqual(LISTS.map((list) => [list, String(wave)]));
  }
  expect(await control.call('DBSIZE')).toBe(0);
  for (const client of waves.flat()) client.close();
});

it('delivers each element once while blocked clients are killed', { timeout: 120_000 }, async () => {
  const clients = (await blockAll()).flat();
  const ids = String(await control.call('CLIENT', 'LIST'))
    .split('\n')
    .filter((line) => line.includes(' cmd=blpop'))
    .map((line) => /^id=(\d+)/.exec(line)?.[1] as string);
  expect(ids).toHaveLength(clients.length);
  const victims = shuffled(ids).slice(0, 300);
  const kill = async (): Promise<Value[]> => {
    const killer = await Client.open(server.port);
    const outcomes: Value[] = [];
    for (const id of victims) outcomes.push(await killer.call('CLIENT', 'KILL', 'ID', id));
    killer.close();
    return outcomes;
  };
  const hangUps = shuffled(clients).slice(0, 100);
  const hangUp = async (): Promise<void> => {
    for (const client of hangUps) {
      client.close();
      await sleep(1);
    }
  };
  const outcomes = clients.map((client) => client.reply(30_000).catch(() => undefined));
  const [, kills] = await Promise.all([pushAll(WAVES), kill(), hangUp()]);
  await sleep(300);
  // Who still waits has had nothing to take; an element more for each list and round wakes them all.
  const left = await control.pipeline(LISTS.map((list) => ['LRANGE', list, 0, -1]));
  await control.pipeline(LISTS.map((list) => ['RPUSH', list, ...Array.from({ length: WAVES }, () => 'end')]));
  const delivered = (await Promise.all(outcomes)).filter((each): each is [string, string] => Array.isArray(each));
  const elements = delivered.filter(([, element]) => element !== 'end').map((pair) => pair.join(' '));
  const kept = left.flatMap((items, at) => (items as string[]).map((item) => `${LISTS[at]} ${item}`));
  const all = [...elements, ...kept];
  expect(new Set(all).size, 'an element was delivered twice').toBe(all.length);
  // A client that is served and killed at the same moment takes its element along, as in Redis.
  const gone = kills.filter((each) => each === 1).length + hangUps.length;
  const lost = LISTS.length * WAVES - all.length;
  console.log(`${elements.length} delivered, ${kept.length} kept, ${lost} lost with ${gone} clients that went`);
  expect(lost).toBeLessThanOrEqual(gone);
  expect(lost).toBeGreaterThanOrEqual(0);
  expect(elements.length).toBeGreaterThan(500);
  for (const client of clients) client.close();
});
