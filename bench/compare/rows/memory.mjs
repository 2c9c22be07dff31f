/**
 * Resident bytes a key: growth of the resident set over a fill of strings with keys of 16 bytes, in a fresh server each.
 *
 * The same traffic without any data and a thousandth of the data go before it and are deleted, so that what a connection or
 * the first command of a kind takes once (buffers of both sides, pages of code) is not taken for the data's, in either
 * server.
 */

import { withClient } from '../client.mjs';
import { eachKind, fillStrings } from '../rounds.mjs';
import { kinds, startServer } from '../servers.mjs';
import { summary } from '../statistics.mjs';

const SHAPES = {
  64: { title: 'values of 64 B', max: 110, value: 'v'.repeat(64), counts: [300, 500, 700, 1000, 1500, 2000] },
  8: { title: 'values of 8 B', max: 50, value: 'v'.repeat(8), counts: [1000] },
  integer: { title: 'integers', max: 42, value: (n) => 1_000_000 + n, counts: [1000] },
  ttl: { title: 'values of 32 B with TTL', max: 90, value: 'v'.repeat(32), behind: ['EX', '100000'], counts: [1000] },
};

/** Lets the server finish what it does in the background before its memory is read. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 400));

/** Commands as large as a fill's, that leave nothing behind. */
function* echoes() {
  for (let n = 0; n < 5000; n += 1) yield ['ECHO', '1'.repeat(1 + ((n * 37) % 2000))];
}

/** Things made and deleted before, a part of all: what of their memory is used again distorts the figure by no more. */
const WARM_PART = 1000;

/** Resident bytes that each of `count` things costs, which `fill(client, count)` makes in a fresh server of a kind. */
export async function bytesEach(kind, options, count, fill) {
  const server = await startServer(kind, { options });
  try {
    return await withClient(server, async (client) => {
      await client.fill(echoes());
      await fill(client, Math.ceil(count / WARM_PART));
      await client.text('FLUSHALL');
      await settle();
      const before = server.residentBytes();
      await fill(client, count);
      await settle();
      return (server.residentBytes() - before) / count;
    });
  } finally {
    await server.stop();
  }
}

export const memory = {
  rows: Object.entries(SHAPES).flatMap(([shape, { title, max, counts }]) =>
    counts.map((thousands) => ({
      name: `memory.${shape}.${thousands}k`,
      title: `${title}, ${thousands} k keys, bytes a key`,
      unit: 'B',
      max,
      shape,
      count: thousands * 1000,
    })),
  ),
  async measure(wanted, options) {
    const results = [];
    for (const row of wanted) {
      const { value, behind } = SHAPES[row.shape];
      const measure = (kind) =>
        bytesEach(kind, options, row.count, (client, count) => fillStrings(client, count, value, behind));
      results.push(await eachKind(row, kinds(options), async (kind) => summary([await measure(kind)])));
    }
    return results;
  },
};
