/**
 * An unmodified ioredis on an engine in this process: `node examples/in-process-client.mjs`.
 */

import Redis from 'ioredis';
import { open } from 'hematite';
import { connector } from 'hematite/ioredis';

const db = open();
const redis = new Redis({ Connector: connector(db) });

await redis.set('k', 'v');
console.log(await redis.get('k'), db.get('k')); // v v

redis.disconnect();
db.close();
