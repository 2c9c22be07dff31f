/**
 * How the examples reach an engine: `--embedded` makes one in this process, under an unmodified ioredis without a socket;
 * otherwise ioredis connects over TCP to `--port` (default 6379).
 */

import { parseArgs } from 'node:util';
import { Redis } from 'ioredis';

const { values } = parseArgs({
  options: { embedded: { type: 'boolean', default: false }, port: { type: 'string', default: '6379' } },
});

/** Runs an example with a client on an empty database, and ends what it opened. */
export async function run(example) {
  const clients = [];
  let db;
  if (values.embedded) db = (await import('hematite')).open();
  const connector = db && (await import('hematite/ioredis')).connector;
  const open = () => {
    const client = new Redis(db ? { Connector: connector(db) } : { port: Number(values.port) });
    clients.push(client);
    return client;
  };
  try {
    const redis = open();
    await redis.flushdb();
    await example(redis, open);
  } finally {
    for (const client of clients) client.disconnect();
    db?.close();
  }
}
