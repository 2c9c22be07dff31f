/** Memory limits: what is refused, what is evicted, who hears of it; the access clocks of LRU and LFU. */

import { Family, holds, on, receive, differs } from '../case.js';
import { integer } from '../want.js';
import { MAKE } from './torture.js';

export const eviction = new Family('eviction');

const FULL = { 'maxmemory-policy': 'noeviction', maxmemory: '0' };
const POLICIES = ['volatile-lru', 'volatile-lfu', 'volatile-random', 'volatile-ttl', 'allkeys-lru', 'allkeys-lfu', 'allkeys-random'];

/* What is refused where memory is full, and what is not: every kind of write, reads, and what frees. */
const WRITES = ['SET k v', 'SET k v XX', 'SETNX k v', 'APPEND k v', 'INCR n', 'MSET a 1 b 2', 'GETSET k v', 'SETRANGE k 1 x', 'SETBIT k 7 1', 'BITFIELD k SET u8 0 1', 'BITOP AND d k k', 'PFADD p a', 'LPUSH l a', 'LPUSHX l a', 'RPUSH l a', 'LINSERT l BEFORE a b', 'LSET l 0 b', 'LMOVE l l LEFT RIGHT', 'SADD s a', 'SINTERSTORE d s s', 'SUNIONSTORE d s s', 'HSET h f v', 'HINCRBY h n 1', 'HSETNX h f v', 'ZADD z 1 a', 'ZINCRBY z 1 a', 'ZUNIONSTORE d 1 z', 'ZRANGESTORE d z 0 -1', 'GEOADD g 1 1 a', 'XADD x * f v', 'COPY k d', 'SORT l ALPHA STORE d', 'GETEX k EX 100'];
const OTHERS = ['GET k', 'DEL k', 'UNLINK k', 'EXPIRE k 100', 'PERSIST k', 'RENAME k d', 'LPOP l', 'RPOP l', 'SPOP s', 'SREM s a', 'HDEL h f', 'ZREM z a', 'ZPOPMIN z', 'LTRIM l 0 0', 'LREM l 0 a', 'GETDEL k', 'SMOVE s d a', 'MOVE k 1', 'XTRIM x MAXLEN 0', 'XDEL x 1-1', 'XGROUP CREATE x g 0 MKSTREAM', 'EXISTS k', 'TTL k', 'TYPE k', 'DBSIZE', 'FLUSHALL', 'FLUSHDB', 'SWAPDB 0 1', 'TOUCH k', 'PING', 'ECHO x', 'PUBLISH c m', 'PFCOUNT p', 'OBJECT ENCODING k', 'RPOPLPUSH l d', 'HGETALL h'];
for (const line of [...WRITES, ...OTHERS]) {
  eviction.with({ config: FULL }, 'SET k v', 'RPUSH l a', 'SADD s a', 'CONFIG SET maxmemory 1', line, 'CONFIG SET maxmemory 0', 'EXISTS k l s n p h z d x');
}
for (const [type, make] of Object.entries(MAKE)) {
  eviction.with({ config: FULL, name: `a ${type} cannot be made where memory is full` }, 'CONFIG SET maxmemory 1', make, 'EXISTS k');
}

/* Transactions. */
eviction.with({ config: FULL }, 'SET k v', 'CONFIG SET maxmemory 1', 'MULTI', 'GET k', 'EXEC');
eviction.with({ config: FULL }, 'SET k v', 'CONFIG SET maxmemory 1', 'MULTI', 'SET k w', 'EXEC', 'GET k');
eviction.with({ config: FULL }, 'SET k v', 'CONFIG SET maxmemory 1', 'MULTI', 'DISCARD', 'GET k');
eviction.with({ config: FULL }, 'SET k v', 'CONFIG SET maxmemory 1', 'MULTI', 'EXEC');
eviction.with({ config: FULL }, 'SET k v', 'CONFIG SET maxmemory 1', 'MULTI', 'RESET', 'GET k');
eviction.with({ config: FULL }, 'SET k v', 'CONFIG SET maxmemory 1', 'MULTI', 'WATCH k', 'DISCARD');
eviction.with({ config: FULL }, 'SET k v', 'CONFIG SET maxmemory 1', 'MULTI', 'MULTI', 'DISCARD');
eviction.with({ config: FULL }, 'SET k v', 'CONFIG SET maxmemory 1', 'MULTI', 'NOSUCH', 'EXEC');
eviction.with({ config: FULL, name: 'EXEC of writes is refused where memory has become full' }, 'MULTI', 'SET k w', on('c1', 'CONFIG SET maxmemory 1'), 'EXEC', 'EXISTS k');
eviction.with({ config: FULL, name: 'EXEC of reads is not' }, 'SET k v', 'MULTI', 'GET k', 'DEL k', on('c1', 'CONFIG SET maxmemory 1'), 'EXEC', 'EXISTS k');
eviction.with({ config: FULL, name: 'EXEC of writes with a watched key that changed says OOM' }, 'WATCH k', 'MULTI', 'SET k w', on('c1', 'SET k other'), on('c1', 'CONFIG SET maxmemory 1'), 'EXEC');

/* Order of checks: what is said where a command is wrong in two ways. */
for (const line of ['SET', 'SET k', 'SET k v EX', 'SET k v NX XX', 'LPUSH k v', 'INCR k', 'NOSUCH', 'OBJECT NOSUCH k', 'HSET k f', 'ZADD k x a', 'XADD k 0-0 f v', 'EXPIRE k x']) {
  eviction.with({ config: FULL }, 'SET k v', 'CONFIG SET maxmemory 1', line);
}
eviction.with({ config: FULL, protocols: [2], name: 'a subscriber hears of full memory first' }, 'CONFIG SET maxmemory 1', 'SUBSCRIBE c', 'SET k v', 'GET k');

/* Where everything may go, everything goes, and writes are refused still. */
for (const policy of POLICIES) {
  const config = { 'maxmemory-policy': policy, maxmemory: '0', 'maxmemory-eviction-tenacity': '100' };
  eviction.with({ config }, 'MSET a 1 b 2', 'SET c 3 EX 1000', 'SADD s x', 'EXPIRE s 1000', 'CONFIG SET maxmemory 1', 'PING', 'EXISTS a b', 'EXISTS c s', 'SET k v', 'GET a', 'CONFIG SET maxmemory 0', 'SET k v');
  eviction.with({ config }, 'SET a 1 EX 100', 'SELECT 3', 'SET b 1 EX 100', 'SELECT 9', 'SET c 1 EX 100', 'CONFIG SET maxmemory 1', 'DBSIZE', 'SELECT 3', 'DBSIZE', 'SELECT 0', 'DBSIZE');
  eviction.with({ config: { ...config, 'lazyfree-lazy-eviction': 'yes' } }, 'SADD s a b c', 'EXPIRE s 100', 'CONFIG SET maxmemory 1', 'EXISTS s');
  eviction.with({ config, name: `a watched key that ${policy} evicts is touched` }, 'SET k v EX 100', 'WATCH k', on('c1', 'CONFIG SET maxmemory 1'), on('c1', 'PING'), on('c1', 'CONFIG SET maxmemory 0'), 'MULTI', 'PING', 'EXEC');
  eviction.with({ config: { ...config, 'notify-keyspace-events': 'KEe' }, name: `${policy} tells listeners` }, on('c1', 'PSUBSCRIBE __key*'), 'SET k v EX 100', 'CONFIG SET maxmemory 1', 'PING', receive('c1', 2));
  eviction.with({ config: { ...config, 'notify-keyspace-events': 'KEg$' }, name: `${policy} tells listeners of evicted keys alone` }, on('c1', 'PSUBSCRIBE __key*'), 'CONFIG SET maxmemory 1', 'PING', 'CONFIG SET maxmemory 0', 'SET last v', receive('c1', 2));
  eviction.with({ config, name: `${policy} and INFO` }, 'CONFIG SET maxmemory 100mb', holds('INFO memory', (text: string) => [`maxmemory_policy:${policy}`, 'maxmemory:104857600', 'maxmemory_human:100.00M'].filter((line) => !text.includes(line)).join() || undefined));
}
eviction.with({ config: { 'maxmemory-policy': 'allkeys-lru', maxmemory: '0' } }, 'SET k v', 'CONFIG RESETSTAT', 'CONFIG SET maxmemory 1', 'PING', 'CONFIG SET maxmemory 0', holds('INFO stats', (text: string) => (/evicted_keys:1\r/.test(text) ? undefined : text)));
eviction.with({ config: { 'maxmemory-policy': 'volatile-ttl', maxmemory: '0' } }, 'SET k v', 'EXPIRE k 100', 'PERSIST k', 'CONFIG SET maxmemory 1', 'GET k', 'SET k v', 'EXPIRE k 100', 'PING', 'EXISTS k');

/* The access clock of LFU: with a log factor of 0 each access counts. */
const LFU = { 'maxmemory-policy': 'allkeys-lfu', 'lfu-log-factor': '0', 'lfu-decay-time': '0' };
const ACCESSES = ['GET k', 'SET k w', 'SET k w XX', 'SET k w NX', 'SETNX k w', 'MSET k w', 'MGET k', 'STRLEN k', 'GETRANGE k 0 1', 'SETRANGE k 1 x', 'SETBIT k 1 1', 'GETBIT k 1', 'BITCOUNT k', 'APPEND k s', 'TTL k', 'EXPIRE k 100', 'PERSIST k', 'EXISTS k', 'TYPE k', 'TOUCH k', 'OBJECT ENCODING k', 'OBJECT FREQ k', 'GETEX k', 'GETEX k EX 100', 'GETDEL k', 'COPY k other', 'DUMP k', 'SCAN 0', 'KEYS *', 'RANDOMKEY', 'DBSIZE', 'LPUSH k v', 'HGET k f', 'MEMORY USAGE k'];
for (const line of ACCESSES) eviction.with({ config: LFU }, 'SET k v', holds(line, () => undefined), 'OBJECT FREQ k', holds(line, () => undefined), 'OBJECT FREQ k');
const COLLECTIONS: Record<string, string[]> = {
  'RPUSH k a b c': ['LRANGE k 0 -1', 'LLEN k', 'LINDEX k 0', 'LSET k 0 z', 'LPOP k', 'RPUSH k d', 'LREM k 0 a', 'LINSERT k BEFORE b q', 'LTRIM k 0 100', 'LMOVE k other LEFT RIGHT', 'RPOPLPUSH k other', 'SORT k ALPHA', 'LPOS k a', 'LPUSHX k z'],
  'SADD k a b c': ['SISMEMBER k a', 'SMEMBERS k', 'SCARD k', 'SADD k d', 'SREM k a', 'SRANDMEMBER k', 'SINTER k', 'SMOVE k other nosuch', 'SMISMEMBER k a b', 'SPOP k', 'SINTERSTORE other k', 'SSCAN k 0'],
  'HSET k f v g w': ['HGET k f', 'HGETALL k', 'HSET k f x', 'HDEL k f', 'HINCRBY k n 1', 'HLEN k', 'HEXISTS k f', 'HMGET k f g', 'HKEYS k', 'HSTRLEN k f', 'HINCRBYFLOAT k n 1.5', 'HSETNX k f v', 'HRANDFIELD k', 'HSCAN k 0'],
  'ZADD k 1 a 2 b 3 c': ['ZRANGE k 0 -1', 'ZSCORE k a', 'ZRANK k a', 'ZADD k 4 d', 'ZINCRBY k 1 a', 'ZREM k a', 'ZPOPMIN k', 'ZCARD k', 'ZCOUNT k 0 9', 'ZRANGEBYSCORE k 0 9', 'ZUNIONSTORE other 1 k', 'ZRANGESTORE other k 0 -1', 'ZMSCORE k a b', 'ZREMRANGEBYRANK k 0 0', 'ZSCAN k 0'],
  'XADD k 1-1 f v': ['XADD k * f v', 'XLEN k', 'XRANGE k - +', 'XDEL k 1-1', 'XTRIM k MAXLEN 5', 'XGROUP CREATE k g 0', 'XINFO STREAM k', 'XSETID k 9-9'],
  'PFADD k a b': ['PFADD k c', 'PFCOUNT k', 'PFMERGE other k'],
  'GEOADD k 1 1 a': ['GEOPOS k a', 'GEODIST k a a', 'GEOHASH k a', 'GEOSEARCH k FROMLONLAT 1 1 BYRADIUS 9 km ASC'],
  'SET k 5': ['INCR k', 'DECRBY k 2', 'INCRBYFLOAT k 1.5', 'INCRBY k 7', 'BITFIELD k GET u8 0', 'BITFIELD k SET u8 0 1', 'BITOP NOT other k', 'BITPOS k 1', 'LCS k other'],
};
for (const [make, lines] of Object.entries(COLLECTIONS)) {
  for (const line of lines) eviction.with({ config: { ...LFU, maxmemory: '1gb' } }, make, holds(line, () => undefined), 'OBJECT FREQ k');
}
eviction.with({ config: LFU }, 'SET k v', 'GET k', 'COPY k other', 'OBJECT FREQ other', 'RENAME k third', 'OBJECT FREQ third', 'MOVE third 1', 'SELECT 1', 'OBJECT FREQ third');
eviction.with({ config: LFU }, 'SET k v', 'GET k', 'GETSET k w', differs('OBJECT FREQ k', '7.2', integer(7), 'one access a command'));
for (const policy of ['noeviction', ...POLICIES]) {
  const config = { 'maxmemory-policy': policy, 'lfu-decay-time': '0' };
  eviction.with({ config }, 'SET k v', 'OBJECT FREQ k');
  eviction.with({ config }, 'SET k v', 'OBJECT IDLETIME k');
  eviction.with({ config }, 'OBJECT IDLETIME missing', 'OBJECT FREQ missing');
  eviction.with({ config: { ...config, maxmemory: '1gb' } }, 'SET k 5', 'OBJECT REFCOUNT k', 'INCR n', 'OBJECT REFCOUNT n');
}
eviction.with({ config: { 'maxmemory-policy': 'noeviction' }, name: 'the clock follows the policy at run time' }, 'SET k v', 'OBJECT IDLETIME k', 'OBJECT FREQ k', 'CONFIG SET maxmemory-policy volatile-lfu', 'GET k', 'OBJECT IDLETIME k', 'CONFIG SET maxmemory-policy allkeys-lru', 'GET k', 'OBJECT IDLETIME k', 'OBJECT FREQ k');
eviction.with({ config: { ...LFU }, name: 'the counter ends at 255' }, 'SET k v', ...Array.from({ length: 260 }, () => 'GET k'), 'OBJECT FREQ k');

/* What the directives take. */
eviction.with({ config: FULL }, 'CONFIG SET maxmemory 1', 'CONFIG GET maxmemory', 'CONFIG SET maxmemory-policy allkeys-lru', 'CONFIG GET maxmemory-policy', 'CONFIG SET maxmemory 0');
