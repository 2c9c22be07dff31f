/**
 * A write storm against a memory limit: used memory stays at it, and what the server takes from the system a bounded part
 * above, while others are served.
 */

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startHematite, type Server } from '../clients/node/server.js';
import { Client } from './client.js';

/** MiB; a larger limit takes proportionally longer. */
const LIMIT_MB = Number(process.env.HEMATITE_STRESS_MAXMEMORY_MB ?? 128);
const LIMIT = LIMIT_MB * 1024 * 1024;
const WRITERS = 4;
const BATCH = 100;
/** Keys that somebody asks for all the time. */
const HOT = 100;

/** Sizes of values, bytes. */
const SHAPES: ReadonlyArray<{ title: string; size: () => number }> = [
  { title: 'values of 1 kB', size: () => 1_000 },
  { title: 'values of all sizes', size: () => Math.floor(16 * 2 ** (Math.random() * 11)) },
];
/**
 * What the resident set may grow by, as a part of the limit: 1.04 and 1.17 are usual for the two shapes, 1.6 was seen on a
 * machine with ten other things to do.
 */
const GROWTH_MAX = 2;

let server: Server;
beforeEach(async () => {
  const options = ['--io-threads', '2', '--maxmemory', `${LIMIT}`, '--maxmemory-policy', 'allkeys-lru'];
  server = await startHematite(...options);
});
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

describe.skipIf(process.platform !== 'linux')('a write storm stays within the limit', () => {
  it.each(SHAPES)('$title', { timeout: 120_000 }, async ({ size }) => {
    const client = await Client.open(server.port);
    for (let at = 0; at < HOT; at += 1) await client.call('SET', `hot:${at}`, 'v');
    const before = residentBytes();
    const sockets = Array.from({ length: WRITERS }, () => connect(server.port, '127.0.0.1'));
    let [peak, isOver] = [0, false];
    const asking = (async () => {
      for (let at = 0; !isOver; at += 1) {
        await client.call('GET', `hot:${at % HOT}`);
        peak = Math.max(peak, residentBytes() - before);
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    })();
    await Promise.all(sockets.map((socket) => storm(socket, size, (3 * LIMIT) / WRITERS)));
    isOver = true;
    await asking;
    const used = Number(/used_memory:(\d+)/.exec(String(await client.call('INFO', 'memory')))?.[1]);
    expect(used / LIMIT).toBeLessThan(1.02);
    expect(used / LIMIT).toBeGreaterThan(0.95);
    expect(peak / LIMIT).toBeLessThan(GROWTH_MAX);
    expect(Number(/evicted_keys:(\d+)/.exec(String(await client.call('INFO', 'stats')))?.[1])).toBeGreaterThan(10_000);
    for (const socket of sockets) socket.destroy();
    client.close();
  });
});
