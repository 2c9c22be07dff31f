/** Publish and subscribe: channels, patterns, shards, what a subscriber may say in RESP2 and RESP3. */

import { Family, by, close, on, receive, replies, silence, sleep } from '../case.js';
import { arity } from './torture.js';

export const pubsub = new Family('pubsub');

arity(pubsub, ['PUBLISH', 'SPUBLISH', 'PUBSUB CHANNELS', 'PUBSUB NUMSUB', 'PUBSUB NUMPAT', 'PUBSUB SHARDCHANNELS', 'PUBSUB SHARDNUMSUB'], 4);
for (const [subscribe, unsubscribe] of [['SUBSCRIBE', 'UNSUBSCRIBE'], ['PSUBSCRIBE', 'PUNSUBSCRIBE'], ['SSUBSCRIBE', 'SUNSUBSCRIBE']] as const) {
  pubsub.add(subscribe);
  for (const channels of ['a', 'a b', 'a a', '"" a', '"\\x00" "\\xff"', 'a b c d e']) {
    const count = channels.split(' ').length;
    pubsub.add(replies(count, `${subscribe} ${channels}`), replies(count, `${unsubscribe} ${channels}`), 'PING');
    pubsub.add(replies(count, `${subscribe} ${channels}`), replies(1, `${unsubscribe} nosuch`), replies(new Set(channels.split(' ')).size === 1 ? 1 : 1, `${unsubscribe} a`));
  }
  pubsub.add(replies(1, unsubscribe), replies(1, `${unsubscribe} a`), replies(2, `${unsubscribe} a b`), 'PING');
  pubsub.add(replies(1, `${subscribe} only`), replies(1, unsubscribe), replies(1, unsubscribe), 'PING');
}
/* Delivery. */
for (const channel of ['news', '""', '"a b"', '"\\x00\\xff"', 'news.art', 'NEWS']) {
  for (const message of ['hello', '""', '"\\r\\n"', '"\\x00"', '${m*5000}']) {
    pubsub.add(on('c1', `SUBSCRIBE ${channel}`), `PUBLISH ${channel} ${message}`, receive('c1'), 'PUBLISH other x', silence('c1'));
    pubsub.add(on('c1', `SSUBSCRIBE ${channel}`), `SPUBLISH ${channel} ${message}`, receive('c1'), `PUBLISH ${channel} x`, silence('c1'));
  }
}
for (const pattern of ['*', 'n*', 'news.?', 'n[ae]ws', 'n[^a]ws', 'news', '\\\\*', '', 'n\\\\ews', '*s', '[', 'news.*']) {
  for (const channel of ['news', 'news.1', 'naws', 'n', '*', '""']) {
    pubsub.titled(`pattern ${pattern} and channel ${channel}`, on('c1', `PSUBSCRIBE "${pattern}"`), `PUBLISH ${channel} m`, 'PUBLISH zzz end', on('c1', replies(1, 'PUNSUBSCRIBE nosuch')), 'PUBSUB NUMPAT');
  }
}
pubsub.titled('channel and two patterns: three messages', on('c1', 'SUBSCRIBE a'), on('c1', 'PSUBSCRIBE a*'), on('c1', 'PSUBSCRIBE *'), 'PUBLISH a m', receive('c1', 3, 'frames-unordered'), 'PUBLISH ab m', receive('c1', 2, 'frames-unordered'));
pubsub.titled('several subscribers are counted', on('c1', 'SUBSCRIBE a'), on('c2', 'SUBSCRIBE a'), on('c3', 'PSUBSCRIBE a'), 'PUBLISH a m', receive('c1'), receive('c2'), receive('c3'), 'PUBSUB NUMSUB a b', 'PUBSUB NUMPAT', 'PUBSUB CHANNELS', by('unordered', 'PUBSUB CHANNELS *'), 'PUBSUB CHANNELS b*');
pubsub.titled('who hangs up is gone', on('c1', 'SUBSCRIBE a'), 'PUBLISH a m', close('c1'), 'PUBLISH a m', 'PUBSUB NUMSUB a', 'PUBSUB CHANNELS');
pubsub.titled('order of messages', on('c1', 'SUBSCRIBE a'), ...Array.from({ length: 50 }, (_unused, index) => `PUBLISH a ${index}`), receive('c1', 50));
pubsub.titled('publishing inside MULTI', on('c1', 'SUBSCRIBE a'), 'MULTI', 'PUBLISH a 1', 'PUBLISH a 2', silence('c1'), 'EXEC', receive('c1', 2));
pubsub.with({ name: 'publishing to oneself in RESP3', protocols: [3] }, 'SUBSCRIBE a', replies(2, 'PUBLISH a m'));
pubsub.titled('channels do not know databases', on('c1', 'SELECT 5'), on('c1', 'SUBSCRIBE a'), 'PUBLISH a m', receive('c1'));
/* What a subscriber may say. */
for (const line of ['PING', 'PING hello', 'GET k', 'SET k v', 'FOO', 'PUBLISH a b', 'MULTI', 'HELLO', 'SELECT 1', 'ECHO x', 'CLIENT GETNAME', 'RESET', 'EXEC', 'PUBSUB CHANNELS', 'COMMAND COUNT x', 'PING a b', 'GET']) {
  const step = by(line === 'HELLO' ? 'type' : undefined, line);
  if (line === 'PUBLISH a b') pubsub.with({ protocols: [2] }, 'SUBSCRIBE a', step);
  else for (const subscribe of ['SUBSCRIBE a', 'PSUBSCRIBE a', 'SSUBSCRIBE a']) pubsub.add(subscribe, step);
  if (line !== 'PUBLISH a b') pubsub.add('SUBSCRIBE a', 'UNSUBSCRIBE a', by(line === 'HELLO' ? 'type' : undefined, line));
}
/* PUBSUB. */
const LISTENERS = [on('c1', replies(3, 'SUBSCRIBE a b ab')), on('c2', replies(2, 'PSUBSCRIBE a* b')), on('c3', replies(2, 'SSUBSCRIBE s1 s2')), on('c2', 'SUBSCRIBE a')];
for (const line of ['PUBSUB CHANNELS', 'PUBSUB CHANNELS *', 'PUBSUB CHANNELS a*', 'PUBSUB CHANNELS [b]', 'PUBSUB CHANNELS nosuch', 'PUBSUB CHANNELS ""', 'PUBSUB NUMSUB', 'PUBSUB NUMSUB a', 'PUBSUB NUMSUB a b nosuch a', 'PUBSUB NUMPAT', 'PUBSUB SHARDCHANNELS', 'PUBSUB SHARDCHANNELS s*', 'PUBSUB SHARDCHANNELS a', 'PUBSUB SHARDNUMSUB', 'PUBSUB SHARDNUMSUB s1 s2 a', 'pubsub channels', 'PUBSUB FOO', 'PUBSUB']) pubsub.add(...LISTENERS, by(/CHANNELS|channels/.test(line) ? 'unordered' : undefined, line));
for (const first of ['SUBSCRIBE', 'PSUBSCRIBE', 'SSUBSCRIBE']) for (const second of ['SUBSCRIBE', 'PSUBSCRIBE', 'SSUBSCRIBE']) pubsub.add(replies(2, `${first} a b`), replies(2, `${second} b c`), replies(1, 'UNSUBSCRIBE b'), replies(1, 'PUNSUBSCRIBE b'), replies(1, 'SUNSUBSCRIBE b'));
/* Keyspace notifications. */
const EVENTS = ['SET k v', 'SETEX k 100 v', 'DEL k', 'EXPIRE k 100', 'EXPIRE k -1', 'PERSIST k', 'APPEND k x', 'INCR n', 'SETRANGE k 0 x', 'LPUSH l a b', 'RPUSH l a', 'LPOP l', 'LTRIM l 5 9', 'HSET h f v', 'HDEL h f', 'SADD s a', 'SREM s a', 'SPOP s', 'SMOVE s t a', 'ZADD z 1 a', 'ZREM z a', 'ZINCRBY z 1 a', 'XADD x 1-1 f v', 'XTRIM x MAXLEN 0', 'RENAME k k2', 'COPY k k3', 'MOVE k 1', 'GETSET k w', 'GETDEL k', 'GETEX k EX 50', 'GETEX k PERSIST', 'MSET a 1 b 2', 'RPOPLPUSH l l2', 'LMOVE l l2 LEFT RIGHT', 'SUNIONSTORE d s', 'ZUNIONSTORE d 1 z', 'SORT l ALPHA STORE d', 'PFADD p a', 'SETBIT b 1 1', 'BITOP NOT d k', 'GET missing', 'RESTORE k 0 x', 'XGROUP CREATE x g 0', 'LSET l 0 q', 'LINSERT l BEFORE a q', 'LREM l 0 a', 'HINCRBY h c 1', 'HINCRBYFLOAT h c 0.5', 'ZPOPMIN z', 'ZREMRANGEBYRANK z 0 -1', 'GEOADD g 1 1 a', 'LMPOP 1 l LEFT', 'SETNX fresh v', 'MSETNX m1 1 m2 2', 'INCRBYFLOAT f 1.5', 'UNLINK k', 'HMSET h x y', 'XDEL x 1-1', 'XSETID x 9-9', 'BITFIELD b SET u8 0 1', 'PFMERGE p2 p', 'ZRANGESTORE d z 0 -1', 'GEOSEARCHSTORE d g FROMLONLAT 1 1 BYRADIUS 1 km'];
for (const line of EVENTS) {
  pubsub.with({ config: { 'notify-keyspace-events': 'KEA' }, name: `notifications of ${line}` }, 'MSET k v other w', 'RPUSH l a b', 'SADD s a', 'ZADD z 1 a', 'HSET h f v', 'XADD x 1-0 f v', 'PFADD p z', 'GEOADD g 1 1 q',
    on('c1', 'PSUBSCRIBE __key*__:*'), by('ignore', line), 'PUBLISH __keyend__:x end', sleep(3), { kind: 'raw', on: 'c1', args: [], replies: 0, bytes: '' });
}
for (const flags of ['K$', 'Eg', 'KEx', 'En', 'Km', 'KEl', 'Kh', 'KEz', '']) {
  pubsub.with({ config: { 'notify-keyspace-events': flags }, name: `notify-keyspace-events ${flags}` }, on('c1', 'PSUBSCRIBE __key*__:*'), 'SET k v', 'GET missing', 'DEL k', 'LPUSH l a', 'HSET h f v', 'ZADD z 1 a', 'SET e v PXAT 1', 'EXPIRE l 10', 'PUBLISH __keyend__:x end', sleep(3), { kind: 'raw', on: 'c1', args: [], replies: 0, bytes: '' });
}
