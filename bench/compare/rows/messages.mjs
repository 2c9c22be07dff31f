/**
 * Pub/sub: processor time of the server a delivered message, and delivered messages a second, by number of subscribers.
 */

import { loadFromChild } from '../child.mjs';
import { interleave } from '../rounds.mjs';
import { withServers } from '../servers.mjs';

/** Messages to so many subscribers, so that each run takes a second or two of the server. */
const MESSAGES = { 1: 400_000, 100: 40_000, 1000: 4_000 };

const FIELDS = {
  cpu: { title: 'CPU a delivery', unit: 'µs', pick: ({ cpuMicros }) => cpuMicros },
  rate: { title: 'deliveries a second', unit: '/s', pick: ({ rate }) => rate },
};

async function publish(server, subscribers, options) {
  const messages = MESSAGES[subscribers] / (options.quick ? 10 : 1);
  const { seconds, cpuSeconds } = await loadFromChild(server, 'publish', { subscribers, messages });
  const deliveries = messages * subscribers;
  return { cpuMicros: (cpuSeconds * 1e6) / deliveries, rate: deliveries / seconds };
}

export const messages = {
  rows: Object.keys(MESSAGES).flatMap((subscribers) =>
    Object.entries(FIELDS).map(([field, { title, unit }]) => ({
      name: `publish.${subscribers}.${field}`,
      title: `PUBLISH to ${Number(subscribers).toLocaleString('en')}, ${title}`,
      unit,
      subscribers: Number(subscribers),
      field,
    })),
  ),
  async measure(wanted, options) {
    return withServers(options, async (servers) => {
      const counts = [...new Set(wanted.map(({ subscribers }) => subscribers))];
      const measured = await interleave(counts, servers, options, (server, count) => publish(server, count, options));
      return wanted.map((row) => measured.result(row, row.subscribers, FIELDS[row.field].pick));
    });
  },
};
