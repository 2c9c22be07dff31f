/** Client-side caching: what is told to whom, in every mode of CLIENT TRACKING. */

import { type Argument, Family, by, close, on, receive, replies, send, silence, sleep, type Step, type StepText } from '../case.js';

export const tracking = new Family('tracking');

const RESP3 = { protocols: [3] } as const;
/** Everything that has come on `main` since. */
const collect: StepText[] = [sleep(3), { kind: 'raw', on: 'main', args: [], replies: 0, bytes: '' }];
const DATA = ['MSET k v n 1', 'RPUSH l b a', 'SADD s a b', 'SADD t b', 'ZADD z 1 a 2 b', 'HSET h f v', 'XADD x 1-0 f v', 'PFADD p z', 'GEOADD g 1 1 q', 'SETBIT b 1 1'];

/* Which readers are told. */
const READS = ['GET k', 'MGET k n none', 'STRLEN k', 'GETRANGE k 0 1', 'SUBSTR k 0 1', 'EXISTS k', 'EXISTS k none k', 'TYPE k', 'TTL k', 'PTTL k', 'EXPIRETIME k', 'OBJECT ENCODING k', 'OBJECT FREQ k', 'OBJECT REFCOUNT k', 'OBJECT IDLETIME k', 'MEMORY USAGE k', 'DUMP none', 'TOUCH k', 'RANDOMKEY', 'KEYS k', 'DBSIZE', 'LCS k n', 'BITCOUNT b', 'BITPOS b 1', 'GETBIT b 1', 'BITFIELD_RO b GET u8 0', 'BITFIELD b GET u8 0',
  'LLEN l', 'LRANGE l 0 -1', 'LINDEX l 0', 'LPOS l a', 'SORT l ALPHA', 'SORT_RO l ALPHA', 'SCARD s', 'SMEMBERS s', 'SISMEMBER s a', 'SMISMEMBER s a b', 'SRANDMEMBER s 0', 'SINTER s t', 'SUNION s none', 'SDIFF s t', 'SINTERCARD 2 s t', 'SSCAN s 0', 'ZCARD z', 'ZSCORE z a', 'ZMSCORE z a b', 'ZRANGE z 0 -1', 'ZRANGEBYSCORE z 0 9', 'ZRANGEBYLEX z - +', 'ZREVRANGE z 0 -1', 'ZRANK z a', 'ZREVRANK z a', 'ZCOUNT z 0 9', 'ZLEXCOUNT z - +', 'ZDIFF 2 z none', 'ZINTER 1 z', 'ZUNION 2 z none', 'ZINTERCARD 1 z', 'ZSCAN z 0', 'ZRANDMEMBER z 0',
  'HGET h f', 'HMGET h f q', 'HGETALL h', 'HKEYS h', 'HVALS h', 'HLEN h', 'HEXISTS h f', 'HSTRLEN h f', 'HSCAN h 0', 'HRANDFIELD h 0', 'XLEN x', 'XRANGE x - +', 'XREVRANGE x + -', 'XREAD STREAMS x 0', 'XREAD COUNT 1 STREAMS x none 0 0', 'XINFO STREAM x', 'XINFO GROUPS x', 'PFCOUNT p', 'PFCOUNT p none', 'GEOPOS g q', 'GEODIST g q q', 'GEOHASH g q', 'GEOSEARCH g FROMMEMBER q BYRADIUS 1 km', 'GEORADIUS_RO g 1 1 1 km', 'GETEX k', 'GETEX k PERSIST', 'GETSET k v', 'INCR n', 'LPOP l', 'SPOP t', 'GET l', 'HGET k f', 'get k'];
for (const line of READS) {
  tracking.with({ ...RESP3, name: `reading by ${line}` }, ...DATA, 'CLIENT TRACKING on', by('ignore', line), on('c1', 'DEL k n b l s t z h x p g none'), ...collect);
}
/* What counts as a change. */
const CHANGES = ['SET k v', 'SET k v NX', 'SET k w XX', 'SET k v GET', 'SETNX none v', 'SETEX k 100 v', 'PSETEX k 1000 v', 'DEL k', 'DEL k n none', 'UNLINK k n', 'EXPIRE k 100', 'EXPIRE k -1', 'PEXPIREAT k 1', 'PERSIST k', 'APPEND k x', 'INCR n', 'INCRBYFLOAT n 1', 'SETRANGE k 0 x', 'SETRANGE k 0 ""', 'LPUSH l a b', 'LPUSHX none a', 'LPOP l', 'LPOP l 0', 'LTRIM l 5 9', 'LTRIM l 0 -1', 'LSET l 0 q', 'LREM l 0 nosuch', 'LREM l 0 a', 'HSET h f v', 'HSETNX h f v', 'HDEL h f', 'HDEL h nosuch', 'HINCRBY h c 1', 'SADD s a', 'SADD s new', 'SREM s a', 'SREM s nosuch', 'SPOP t', 'SMOVE s t a', 'SMOVE s t nosuch', 'ZADD z 1 a', 'ZADD z 9 a', 'ZREM z a', 'ZINCRBY z 1 a', 'ZPOPMIN z', 'XADD x 9-1 f v', 'XTRIM x MAXLEN 0', 'XDEL x 1-0', 'XGROUP CREATE x g 0', 'XSETID x 9-9', 'RENAME k none', 'RENAME k n', 'RENAMENX k n', 'COPY k none', 'COPY k n REPLACE', 'MOVE k 1', 'GETSET k w', 'GETDEL k', 'GETEX k EX 50', 'GETEX k PERSIST', 'MSET k 1 n 2', 'MSETNX k 1 none 2', 'RPOPLPUSH l l', 'LMOVE l none LEFT RIGHT', 'SUNIONSTORE d s', 'SUNIONSTORE s t', 'SINTERSTORE s none', 'ZUNIONSTORE z 1 none', 'ZRANGESTORE none z 0 -1', 'SORT l ALPHA STORE s', 'PFADD p a', 'PFADD p z', 'PFMERGE p none', 'SETBIT b 1 1', 'SETBIT b 1 0', 'BITOP NOT k b', 'BITFIELD b SET u8 0 1', 'GEOADD g 1 1 q', 'GEOADD g 2 2 r', 'TOUCH k', 'OBJECT FREQ k', 'BLPOP l 0', 'LMPOP 2 none l LEFT', 'SELECT 1', 'SWAPDB 0 1', 'FLUSHDB', 'FLUSHALL', 'FLUSHALL ASYNC', 'LPUSH k a', 'SET none v'];
const ALL = 'EXISTS k n l s t z h x p g b d none';
for (const line of CHANGES) {
  tracking.with({ ...RESP3, name: `change by ${line}` }, ...DATA, 'CLIENT TRACKING on', ALL, on('c1', by('ignore', line)), ...collect);
  tracking.with({ ...RESP3, name: `change of one's own by ${line}` }, ...DATA, 'CLIENT TRACKING on', ALL, send('main', line), sleep(3), { kind: 'raw', on: 'main', args: [], replies: 0, bytes: '' });
  tracking.with({ ...RESP3, name: `change by ${line}, broadcast` }, ...DATA, 'CLIENT TRACKING on BCAST', on('c1', by('ignore', line)), ...collect);
}

/* Once is enough, and one reads again to be told again. */
tracking.with(RESP3, 'CLIENT TRACKING on', 'GET k', 'GET k', on('c1', 'SET k 1'), receive('main'), on('c1', 'SET k 2'), silence('main'), 'GET k', on('c1', 'SET k 3'), receive('main'));
tracking.with(RESP3, 'CLIENT TRACKING on', 'SELECT 3', 'GET k', 'SELECT 0', on('c1', 'SET k 1'), receive('main'));
tracking.with(RESP3, 'CLIENT TRACKING on', 'GET k', 'CLIENT TRACKING off', on('c1', 'SET k 1'), silence('main'), 'CLIENT TRACKING on', on('c1', 'SET k 2'), silence('main'));
tracking.with(RESP3, 'CLIENT TRACKING on', 'GET k', by('ignore', 'RESET'), on('c1', 'SET k 1'), silence('main'), 'CLIENT TRACKINGINFO');
tracking.with(RESP3, 'CLIENT TRACKING on', on('c2', 'CLIENT TRACKING on'), 'GET k', on('c2', 'GET k'), on('c1', 'SET k 1'), receive('main'), receive('c2'));
tracking.with(RESP3, 'CLIENT TRACKING on', 'GET k', on('c1', 'MULTI'), on('c1', 'SET k 1'), silence('main'), on('c1', 'EXEC'), receive('main'));
tracking.with(RESP3, 'CLIENT TRACKING on', 'MULTI', 'GET k', 'GET l', 'EXEC', on('c1', 'MSET k 1 l 2'), receive('main', 2));
tracking.with(RESP3, 'CLIENT TRACKING on', 'SET k v PX 400', replies(1, 'GET k'), sleep(600), on('c1', 'EXISTS k'), receive('main'));
tracking.with(RESP3, 'CLIENT TRACKING on', 'GET k', replies(2, 'SET k 1'), 'PING');
tracking.with(RESP3, 'CLIENT TRACKING on', 'GET a', 'GET b', 'MULTI', 'SET b 1', 'GET a', 'SET a 1', replies(3, 'EXEC'), 'PING');
tracking.with(RESP3, 'CLIENT TRACKING on', replies(0, 'CLIENT REPLY off'), replies(0, 'GET k'), on('c1', 'SET k 1'), receive('main'));
tracking.with(RESP3, 'CLIENT TRACKING on', on('c1', 'SUBSCRIBE __redis__:invalidate'), 'GET k', on('c2', 'SET k 1'), receive('main'), silence('c1'));
tracking.with({ protocols: [2] }, 'CLIENT TRACKING on', 'GET k', on('c1', 'SET k 1'), silence('main'), 'SET k 2', 'PING', 'CLIENT TRACKINGINFO');
tracking.with(RESP3, 'CLIENT TRACKING on', "EVAL \"return redis.call('get', KEYS[1])\" 1 k", on('c1', 'SET k 1'), receive('main'));
tracking.with(RESP3, 'CLIENT TRACKING on', 'GET k', replies(2, "EVAL \"return redis.call('set', KEYS[1], '2')\" 1 k"), 'PING');
tracking.with(RESP3, 'CLIENT TRACKING on', 'MGET k l', on('c1', "EVAL \"redis.call('set', 'k', '2'); redis.call('set', 'l', '2')\" 0"), receive('main', 2));
/* OPTIN and OPTOUT. */
for (const [mode, word] of [['OPTIN', 'yes'], ['OPTOUT', 'no']] as const) {
  for (const between of [[], ['PING'], ['CLIENT ID'], ['CLIENT GETNAME', 'CLIENT GETREDIR'], ['GET other'], ['MULTI', 'GET a', 'GET b'], ['FOO'], ['GET'], [`CLIENT CACHING ${word}`]]) {
    const inside = between[0] === 'MULTI';
    tracking.with(RESP3, `CLIENT TRACKING on ${mode}`, `CLIENT CACHING ${word}`, ...between.map((line) => by(/CLIENT ID/.test(line) ? 'type' : undefined, line)), inside ? 'EXEC' : 'GET k', 'GET l', on('c1', 'MSET k 1 l 1 a 1 b 1 other 1'), ...collect);
  }
}
/* Broadcast. */
for (const prefixes of ['', ' PREFIX a', ' PREFIX a PREFIX b', ' PREFIX ""', ' PREFIX aa PREFIX ab PREFIX c']) {
  for (const line of ['SET a 1', 'SET ab 1', 'SET b 1', 'MSET aa 1 ab 2 b 3 c 4 d 5', 'MSET ab 1 aa 2 ab 3', 'DEL a', 'FLUSHALL']) {
    tracking.with({ ...RESP3, name: `broadcast${prefixes}: ${line}` }, `CLIENT TRACKING on BCAST${prefixes}`, on('c1', line), ...collect);
    tracking.with({ ...RESP3, name: `broadcast without oneself${prefixes}: ${line}` }, `CLIENT TRACKING on BCAST NOLOOP${prefixes}`, line, on('c1', line), ...collect);
  }
}
tracking.with(RESP3, 'CLIENT TRACKING on BCAST', on('c1', 'MULTI'), on('c1', 'SET b 1'), on('c1', 'SET a 1'), on('c1', 'SET b 2'), on('c1', 'EXEC'), receive('main'));
tracking.with(RESP3, 'CLIENT TRACKING on BCAST PREFIX a', 'CLIENT TRACKING on BCAST PREFIX b', by('deep-unordered', 'CLIENT TRACKINGINFO'), on('c1', 'MSET a 1 b 1 c 1'), receive('main', 2), 'CLIENT TRACKING off', on('c1', 'SET a 2'), silence('main'));
tracking.with(RESP3, 'CLIENT TRACKING on NOLOOP', 'MGET k l', 'SET k 1', silence('main'), on('c1', 'MSET k 2 l 2'), receive('main'));
/* REDIRECT. */
const redirect = (options: string): readonly Argument[] => ['CLIENT', 'TRACKING', 'on', 'REDIRECT', (context) => context.value(0), ...options.split(' ').filter((word) => word !== '')];
for (const options of ['', 'NOLOOP', 'BCAST', 'BCAST PREFIX k', 'OPTOUT']) {
  tracking.with({ name: `redirect ${options}` }, by('ignore', on('c1', 'CLIENT ID')), on('c1', 'SUBSCRIBE __redis__:invalidate'), redirect(options), 'GET k', on('c2', 'MSET k 1 l 1'), receive('c1'), 'SET k 2', by({ mask: /[1-9]\d*/ }, 'CLIENT GETREDIR'), on('c2', 'FLUSHALL'), ...[sleep(3), { kind: 'raw', on: 'c1', args: [], replies: 0, bytes: '' } as Step]);
}
tracking.with({ protocols: [2], name: 'redirect to one that subscribes to nothing' }, by('ignore', on('c1', 'CLIENT ID')), redirect(''), 'GET k', on('c2', 'SET k 1'), silence('c1'), on('c1', 'PING'));
tracking.with({ protocols: [2], name: 'redirect to one that subscribes to something else' }, by('ignore', on('c1', 'CLIENT ID')), on('c1', 'PSUBSCRIBE other'), redirect(''), 'GET k', on('c2', 'SET k 1'), receive('c1'));
tracking.with({ name: 'redirect to one that hangs up' }, by('ignore', on('c1', 'CLIENT ID')), on('c1', 'SUBSCRIBE __redis__:invalidate'), redirect(''), 'GET k', close('c1'), on('c2', 'SET k 1'), sleep(3), by({ mask: /(?<=^|\n):\d+/g }, { kind: 'raw', on: 'main', args: [], replies: 0, bytes: '' }));
tracking.with({ name: 'redirect twice', protocols: [2] }, by('ignore', on('c1', 'CLIENT ID')), [...redirect(''), 'REDIRECT', (context) => context.value(0)]);
tracking.with({ ...RESP3, name: 'redirect to oneself' }, by('ignore', 'CLIENT ID'), redirect(''), 'GET k', replies(2, 'SET k 1'), 'CLIENT TRACKING off');
/* Switching over. */
const MODES = ['', 'BCAST', 'OPTIN', 'OPTOUT', 'NOLOOP', 'BCAST PREFIX a', 'BCAST PREFIX b PREFIX c', 'OPTIN NOLOOP', 'BCAST NOLOOP'];
for (const first of MODES) for (const second of MODES) tracking.with({}, `CLIENT TRACKING on ${first}`, `CLIENT TRACKING on ${second}`, by('deep-unordered', 'CLIENT TRACKINGINFO'));
for (const wrong of ['OPTIN OPTOUT', 'BCAST OPTIN', 'BCAST OPTOUT', 'PREFIX a', 'BCAST PREFIX a PREFIX a', 'BCAST PREFIX ab PREFIX a', 'BCAST PREFIX', 'NOLOOP NOLOOP', 'REDIRECT', 'REDIRECT x', 'REDIRECT 0', 'REDIRECT -1', 'REDIRECT 99999999', 'noloop bcast prefix ""', 'FOO', 'BCAST PREFIX "" PREFIX a']) tracking.with({}, `CLIENT TRACKING on ${wrong}`, by('deep-unordered', 'CLIENT TRACKINGINFO'), `CLIENT TRACKING off ${wrong}`);
