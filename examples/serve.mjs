/**
 * The same keyspace for this process and for others: `node examples/serve.mjs`, then `redis-cli -p 6380 get k`.
 */

import { open } from 'hematite';

const db = open();
db.set('k', 'v');
const listener = db.listen({ port: Number(process.argv[2] ?? 6380) });
console.log(`redis-cli -p ${listener.port} get k`);

process.once('SIGINT', () => db.close());
process.once('SIGTERM', () => db.close());
