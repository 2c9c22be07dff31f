/**
 * The embedded engine beside what it replaces: awaited ioredis calls to a redis-server on this machine.
 *
 *     node bench/embedded/main.mjs [--keys 100000] [--port 7690]
 *
 * Prints operations a second for each, and the ratio. Needs redis-server in the path for the rival.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import Redis from 'ioredis';
import { Bench } from 'tinybench';
import { open } from '../../dist/index.js';
import { connector } from '../../dist/client/ioredis.js';

const { values: options } = parseArgs({
  options: { keys: { type: 'string', default: '100000' }, port: { type: 'string', default: '7690' } },
});
const count = Number(options.keys);
/** Calls a sample: a sample of one call would measure the clock. */
const CALLS = 1000;
const keys = Array.from({ length: count }, (_, at) => `key:${String(at).padStart(12, '0')}`);
const value = 'x'.repeat(64);
let at = 0;
const next = () => keys[(at = (at + 7919) % count)];

const db = open();
for (const key of keys) db.set(key, value);

const rival = spawn('redis-server', [
  '--port',
  options.port,
  '--save',
  '',
  '--appendonly',
  'no',
  '--bind',
  '127.0.0.1',
]);
const isThere = await Promise.race([
  once(rival.stdout, 'data').then(() => true),
  once(rival, 'error').then(() => false),
]);
const clients = { 'ioredis in process': new Redis({ Connector: connector(db), enableReadyCheck: false }) };
if (isThere) {
  clients['ioredis to redis-server'] = new Redis({ port: Number(options.port) });
  for (const key of keys) clients['ioredis to redis-server'].set(key, value);
  await clients['ioredis to redis-server'].ping();
}

const bench = new Bench({ time: 1000, warmupTime: 200 });
const repeat = (call) => () => {
  for (let n = 0; n < CALLS; n += 1) call();
};
bench.add(
  'db.get',
  repeat(() => db.get(next())),
);
bench.add(
  'db.getBuffer',
  repeat(() => db.getBuffer(next())),
);
bench.add(
  'db.set',
  repeat(() => db.set(next(), value)),
);
bench.add('db.batch of 100 get', () => {
  for (let n = 0; n < CALLS / 100; n += 1) {
    db.batch((batch) => {
      for (let m = 0; m < 100; m += 1) batch.get(next());
    });
  }
});
for (const [name, client] of Object.entries(clients)) {
  bench.add(`await ${name}: get`, async () => {
    for (let n = 0; n < CALLS; n += 1) await client.get(next());
  });
}
await bench.run();

const rate = (name) => (1000 / bench.getTask(name).result.latency.p50) * CALLS;
for (const { name } of bench.tasks) console.log(`${name.padEnd(40)} ${(rate(name) / 1e6).toFixed(3)} M/s`);
if (isThere) {
  const ratio = rate('db.get') / rate('await ioredis to redis-server: get');
  console.log(`db.get is ${ratio.toFixed(1)} times awaited ioredis to redis-server`);
}

for (const client of Object.values(clients)) client.disconnect();
rival.kill();
db.close();
