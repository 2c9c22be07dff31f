/**
 * Transactions from many connections, each with one on its way: MULTI, five SET, five GET and EXEC in one write.
 *
 * Settings: `{ port, connections, transactions, keys }`; result: `{ seconds }`. The keys hold `VALUE` already.
 */

import { encode } from '../client.mjs';
import { key } from '../rounds.mjs';
import { VALUE } from './shape.mjs';
import { connected, exchange, serve } from './protocol.mjs';

/** Transactions that differ in their keys; made beforehand. */
const VARIANTS = 5_000;
const PAIRS = 5;

function transaction(at, keys) {
  const commands = [['MULTI']];
  for (let pair = 0; pair < PAIRS; pair += 1) {
    // Steps by a prime scatter the keys without chance.
    const n = (at * PAIRS + pair) * 7_919;
    commands.push(['SET', key(n % keys), VALUE], ['GET', key((n * 31) % keys)]);
  }
  return Buffer.concat([...commands, ['EXEC']].map(encode));
}

const EXPECTED = Buffer.from(
  `+OK\r\n${'+QUEUED\r\n'.repeat(2 * PAIRS)}*${2 * PAIRS}\r\n${`+OK\r\n$${VALUE.length}\r\n${VALUE}\r\n`.repeat(PAIRS)}`,
);

await serve(async ({ port, connections, transactions, keys }) => {
  let fail;
  const failed = new Promise((_, reject) => (fail = reject));
  failed.catch(() => undefined);
  const sockets = await Promise.all(Array.from({ length: connections }, () => connected(port, fail)));
  const variants = Array.from({ length: VARIANTS }, (_, at) => transaction(at, keys));
  let next = 0;
  const work = async (socket) => {
    while (next < transactions) {
      next += 1;
      await exchange(socket, variants[next % VARIANTS], EXPECTED);
    }
  };
  return async () => {
    const begin = performance.now();
    await Promise.race([Promise.all(sockets.map(work)), failed]);
    return { seconds: (performance.now() - begin) / 1000 };
  };
});
