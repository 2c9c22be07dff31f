/**
 * A write storm against a memory limit: used memory stays at it, and what the server takes from the system a bounded part
 * above, while others are served.
 */

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { sleep, startHematite, type Server } from '../clients/node/server.js';
import { Client } from './client.js';

/** MiB; a larger limit takes proportionally longer. */
const LIMIT_MB = Number(process.env.HEMATITE_STRESS_MAXMEMORY_MB ?? 128);
const LIMIT = LIMIT_MB * 1024 * 1024;
const WRITERS = 4;
const BATCH = 100;
/** Keys that somebody asks for all the time. */
const HOT = 100;

const mixed = (): number => Math.floor(16 * 2 ** (Math.random() * 11));

/**
 * Sizes of values in bytes, one storm after the other, and what the resident set may grow by as a part of the limit: at its
 * worst, and a moment after each storm. Where sizes change, what is left of the old ones is moved together while the new ones
 * come: 1.06 to 1.12 are usual at the worst, 1.9 without. The bounds leave room for a machine with ten other things to do.
 */
const SHAPES: ReadonlyArray<{ title: string; sizes: (() => number)[]; peakMax: number; restMax: number }> = [
  { title: 'values of 1 kB', sizes: [() => 1_000], peakMax: 1.1, restMax: 1.1 },
  { title: 'values of all sizes', sizes: [mixed], peakMax: 1.2, restMax: 1.15 },
  { title: 'sizes that change', sizes: [() => 1_000, () => 100, () => 3_000], peakMax: 1.4, restMax: 1.15 },
];
const CASES = ['allkeys-lru', 'allkeys-random'].flatMap((policy) => SHAPES.map((shape) => ({ policy, ...shape })));
/** After this long nothing is left to be moved. */
const REST_MS = 5_000;

let server: Server;
afterEach(() => server.stop());

const residentBytes = (): number =>
  Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]) * 1024;

let keys = 0;
const filler = Buffer.alloc(200_000, 'x').toString('latin1');

/** Writes until `bytes` of values were written. */
async function storm(socket: Socket, size: () => number, bytes: number): Promise<void> {
  let written = 0;
  while (written < bytes) {
    let text = '';
    let count = 0;
    while (count < BATCH && text.length < 1 << 20) {
      const key = `key:${(keys += 1)}`;
      const length = size();
      text += `*3\r\n$3\r\nSET\r\n$${key.length}\r\n${key}\r\n$${length}\r\n${filler.slice(0, length)}\r\n`;
      written += length;
      count += 1;
    }
    socket.write(text, 'latin1');
    for (let left = count * 5; left > 0;) {
      const [replies] = (await once(socket, 'data')) as [Buffer];
      if (replies.includes(0x2d)) throw new Error(replies.toString().slice(0, 200));
      left -= replies.length;
    }
  }
}

/** A field of INFO as a number. */
async function figure(client: Client, section: string, field: string): Promise<number> {
  return Number(new RegExp(`^${field}:([\\d.]+)`, 'm').exec(String(await client.call('INFO', section)))?.[1]);
}

/** Asks for hot keys until `isOver`; the most that the server grew over `before` meanwhile. */
async function watch(client: Client, before: number, isOver: () => boolean): Promise<number> {
  let peak = 0;
  for (let at = 0; !isOver(); at += 1) {
    await client.call('GET', `hot:${at % HOT}`);
    peak = Math.max(peak, residentBytes() - before);
    await sleep(2);
  }
  return peak;
}

/** Waits until the server has grown by `max` at most over `before`, or for a while; what it has grown by then. */
async function rest(before: number, max: number): Promise<number> {
  const end = performance.now() + REST_MS;
  while (residentBytes() - before > max && performance.now() < end) await sleep(20);
  return residentBytes() - before;
}

describe.skipIf(process.platform !== 'linux')('a write storm stays within the limit', () => {
  it.each(CASES)('$title, $policy', { timeout: 300_000 }, async ({ title, policy, sizes, peakMax, restMax }) => {
    server = await startHematite('--io-threads', '2', '--maxmemory', `${LIMIT}`, '--maxmemory-policy', policy);
    const client = await Client.open(server.port);
    for (let at = 0; at < HOT; at += 1) await client.call('SET', `hot:${at}`, 'v');
    const before = residentBytes();
    for (const size of sizes) {
      const sockets = Array.from({ length: WRITERS }, () => connect(server.port, '127.0.0.1'));
      let isOver = false;
      const watching = watch(client, before, () => isOver);
      await Promise.all(sockets.map((socket) => storm(socket, size, ((sizes.length > 1 ? 1 : 2) * LIMIT) / WRITERS)));
      isOver = true;
      const [peak, after] = [(await watching) / LIMIT, (await rest(before, restMax * LIMIT)) / LIMIT];
      const [used, ratio] = [
        (await figure(client, 'memory', 'used_memory')) / LIMIT,
        await figure(client, 'memory', 'allocator_frag_ratio'),
      ];
      console.log(
        `${title}, ${policy}: resident ${peak.toFixed(3)} of the limit at most, ${after.toFixed(3)} after; ` +
          `used ${used.toFixed(3)}, allocator_frag_ratio ${ratio}`,
      );
      expect(used).toBeLessThan(1.02);
      expect(used).toBeGreaterThan(0.95);
      expect(peak).toBeLessThan(peakMax);
      expect(after).toBeLessThan(restMax);
      expect(ratio).toBeLessThan(1.15);
      for (const socket of sockets) socket.destroy();
    }
    expect(await figure(client, 'stats', 'evicted_keys')).toBeGreaterThan(10_000);
    client.close();
  });
});
