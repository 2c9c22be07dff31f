/**
 * The engine as WASM, in this process: GET of 64-byte values through one session.
 *
 *     node bench/wasm/main.mjs [--keys 100000]
 *
 * Prints operations a second for one command a call and for a hundred. The replies are taken and looked at.
 */

import { parseArgs } from 'node:util';
import { Bench } from 'tinybench';
import { openWasm } from '../../dist/wasm.js';

const { values: options } = parseArgs({
  options: { keys: { type: 'string', default: '100000' }, port: { type: 'string' } },
});
const count = Number(options.keys);
/** Calls a sample: a sample of one call would measure the clock. */
const CALLS = 1000;
const PIPELINE = 100;
const key = (at) => `key:${String(at).padStart(12, '0')}`;
const command = (...words) =>
  `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
const value = 'x'.repeat(64);

const session = openWasm().open();
for (let at = 0; at < count; at += 1) session.feed(Buffer.from(command('SET', key(at), value)));

let at = 0;
const next = () => (at = (at + 7919) % count);
const requests = Array.from({ length: CALLS }, () => Buffer.from(command('GET', key(next()))));
const pipelines = Array.from({ length: CALLS / PIPELINE }, () =>
  Buffer.from(Array.from({ length: PIPELINE }, () => command('GET', key(next()))).join('')),
);
const replyBytes = `$64\r\n${value}\r\n`.length;

/** Feeds each request; every reply must have come whole. */
function feed(all, expected) {
  for (const request of all) {
    const reply = session.feed(request);
    if (reply.length !== expected) throw new Error(`a reply of ${reply.length} bytes instead of ${expected}`);
  }
}

const bench = new Bench({ time: 1000, warmupTime: 300 });
bench.add('wasm get', () => feed(requests, replyBytes));
bench.add('wasm get, 100 a call', () => feed(pipelines, replyBytes * PIPELINE));
await bench.run();
for (const { name, result } of bench.tasks) {
  const rate = (1000 / result.latency.p50) * CALLS;
  console.log(`${name.padEnd(40)} ${(rate / 1e6).toFixed(3)} M/s`);
}
