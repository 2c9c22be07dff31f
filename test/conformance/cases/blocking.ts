/** Commands that wait: served at once, woken by a push, timed out, in the order of the reference. */

import { Family, blocked, by, close, on, receive, send, silence, sleep } from '../case.js';
import { arity, combinations, everyType } from './torture.js';

export const blocking = new Family('blocking', { needs: ['blocking'] });

const COMMANDS = ['BLPOP k', 'BRPOP k', 'BLMOVE k d LEFT RIGHT', 'BRPOPLPUSH k d', 'BZPOPMIN k', 'BZPOPMAX k'];
arity(blocking, ['BLPOP', 'BRPOP', 'BLMOVE', 'BRPOPLPUSH', 'BLMPOP', 'BZPOPMIN', 'BZPOPMAX', 'BZMPOP'], 6);
for (const command of COMMANDS) {
  for (const timeout of ['0.01', '0.001', '-1', '-0.1', 'abc', '""', 'inf', 'nan', '1e-3', '9223372036854775807', '1e20', '" 1"', '0x0.01']) {
    if (!['9223372036854775807', '1e20', 'inf'].includes(timeout)) blocking.add(`${command} ${timeout}`, 'EXISTS k d');
    blocking.add(command.startsWith('BZ') ? 'ZADD k 1 a 2 b' : 'RPUSH k a b', `${command} ${timeout}`, 'EXISTS k d');
  }
}
everyType(blocking, ['BLPOP k 0.01', 'BRPOP missing k 0.01', 'BLMOVE k d LEFT LEFT 0.01', 'BRPOPLPUSH k d 0.01', 'BLMPOP 0.01 1 k LEFT', 'BZPOPMIN k 0.01', 'BZPOPMAX missing k 0.01', 'BZMPOP 0.01 1 k MIN', 'BLMPOP 0.01 2 missing k RIGHT COUNT 5'], ['string', 'hash', 'set', 'stream', 'list', 'zset']);
for (const [where, count] of combinations(['LEFT', 'RIGHT', 'UP'], ['', 'COUNT 1', 'COUNT 5', 'COUNT 0', 'COUNT x'])) blocking.add('RPUSH k a b c', `BLMPOP 0.01 2 missing k ${where} ${count}`, 'LRANGE k 0 -1');
for (const [where, count] of combinations(['MIN', 'MAX', 'UP'], ['', 'COUNT 1', 'COUNT 5', 'COUNT 0', 'COUNT x'])) blocking.add('ZADD k 1 a 2 b 3 c', `BZMPOP 0.01 2 missing k ${where} ${count}`, 'ZRANGE k 0 -1');
for (const [from, to] of combinations(['LEFT', 'RIGHT', 'UP'], ['LEFT', 'RIGHT', 'DOWN'])) blocking.add('RPUSH k a b c', `BLMOVE k d ${from} ${to} 0.01`, 'LRANGE k 0 -1', 'LRANGE d 0 -1', `BLMOVE k k ${from} ${to} 0.01`, 'LRANGE k 0 -1');
for (const line of ['BLPOP a b c 0.01', 'BRPOP b c a 0.01', 'BLPOP c a 0.01', 'BLPOP a a b 0.01', 'BLMPOP 0.01 3 a b c LEFT']) blocking.add('RPUSH b 1 2', 'RPUSH c 3 4', line, 'LRANGE b 0 -1', 'LRANGE c 0 -1');

/* Woken by another client. */
const WAITERS: ReadonlyArray<readonly [string, string]> = [['BLPOP k 0', 'RPUSH k a'], ['BLPOP k 0', 'RPUSH k a b c'], ['BRPOP k 0', 'LPUSH k a b c'], ['BLPOP x k y 0', 'RPUSH k a'], ['BLMOVE k d LEFT RIGHT 0', 'RPUSH k a'], ['BRPOPLPUSH k d 0', 'RPUSH k a b'], ['BLMPOP 0 2 x k LEFT COUNT 2', 'RPUSH k a b c'], ['BZPOPMIN k 0', 'ZADD k 1 a 2 b'], ['BZPOPMAX x k 0', 'ZADD k 1 a 2 b'], ['BZMPOP 0 1 k MIN COUNT 2', 'ZADD k 1 a 2 b 3 c'], ['BLPOP k 0', 'LMOVE src k LEFT LEFT'], ['BLPOP k 0', 'RPOPLPUSH src k'], ['BLPOP k 0', 'RENAME src k'], ['BLPOP k 0', 'COPY src k'], ['BLPOP k 0', 'SORT src ALPHA STORE k'], ['BLPOP k 0', 'EVAL "redis.call(\'rpush\', KEYS[1], \'x\')" 1 k'], ['BZPOPMIN k 0', 'ZUNIONSTORE k 1 zsrc'], ['BZPOPMIN k 0', 'RENAME zsrc k'], ['BZPOPMIN k 0', 'ZRANGESTORE k zsrc 0 -1'], ['BZPOPMIN k 0', 'GEOADD k 1 1 a'], ['BZPOPMIN k 0', 'ZINCRBY k 5 a'],
  ['XREAD BLOCK 0 STREAMS k $', 'XADD k 5-5 f v'], ['XREAD BLOCK 0 STREAMS k 0', 'XADD k 5-5 f v'], ['XREAD COUNT 1 BLOCK 0 STREAMS x k $ 3', 'XADD k 5-5 f v'], ['BLPOP k 0', 'LINSERT k BEFORE a b'], ['BLPOP k 0', 'MSET k2 v k3 w']].filter(([, wake]) => !/LINSERT|MSET/.test(wake!)) as Array<[string, string]>;
for (const [wait, wake] of WAITERS) {
  const sources = ['RPUSH src s1 s2', 'ZADD zsrc 1 z1'];
  blocking.titled(`${wait} is woken by ${wake}`, ...sources, send('c1', wait), blocked(1), by('type', wake), receive('c1'), 'EXISTS k d', 'TYPE k', on('c1', 'PING'));
  blocking.titled(`${wait} twice, ${wake}: first come, first served`, ...sources, send('c1', wait), blocked(1), send('c2', wait), blocked(2), by('type', wake), receive('c1'), 'TYPE k', close('c2'), sleep(5), 'EXISTS k');
  blocking.titled(`${wait} is not woken by the wrong type, then by ${wake}`, send('c1', wait), blocked(1), 'SET k v', silence('c1'), 'DEL k', ...sources, by('type', wake), receive('c1'));
  blocking.titled(`${wait} is woken after EXEC of ${wake}`, ...sources, send('c1', wait), blocked(1), 'MULTI', wake, 'PING', silence('c1'), by('type', 'EXEC'), receive('c1'));
  blocking.titled(`${wait} is woken by the net effect of EXEC: ${wake}, then DEL`, ...sources, send('c1', wait), blocked(1), 'MULTI', wake, 'DEL k', by('type', 'EXEC'), silence('c1'), ...sources, by('type', wake.replace('XADD k 5-5', 'XADD k 6-6')), receive('c1'));
}
blocking.titled('three wait, two elements', send('c1', 'BLPOP k 0'), blocked(1), send('c2', 'BRPOP k 0'), blocked(2), send('c3', 'BLPOP k 0'), blocked(3), 'RPUSH k a b', receive('c1'), receive('c2'), silence('c3'), 'RPUSH k c', receive('c3'), 'EXISTS k');
blocking.titled('who waits for several keys gets the one that came first', send('c1', 'BLPOP a b 0'), blocked(1), 'MULTI', 'RPUSH b 1', 'RPUSH a 2', by(undefined, 'EXEC'), receive('c1'), 'LRANGE a 0 -1', 'LRANGE b 0 -1');
blocking.titled('a chain of BLMOVE', send('c1', 'BLMOVE a b LEFT RIGHT 0'), blocked(1), send('c2', 'BLMOVE b c LEFT RIGHT 0'), blocked(2), 'RPUSH a x', receive('c1'), receive('c2'), 'LRANGE c 0 -1', 'EXISTS a b');
blocking.titled('BRPOPLPUSH to a wrong type', 'SET d v', send('c1', 'BRPOPLPUSH k d 0'), blocked(1), 'RPUSH k a', receive('c1'), 'LRANGE k 0 -1');
blocking.titled('a timeout while another is served', send('c1', 'BLPOP k 0.6'), blocked(1), receive('c1'), 'RPUSH k a', 'LRANGE k 0 -1');
blocking.titled('who hangs up while waiting loses nothing', send('c1', 'BLPOP k 0'), blocked(1), close('c1'), blocked(0), 'RPUSH k a', 'LRANGE k 0 -1');
blocking.titled('commands behind a blocked one wait', send('c1', 'BLPOP k 0'), blocked(1), send('c1', 'SET behind 1'), sleep(10), 'GET behind', 'RPUSH k a', receive('c1', 2), 'GET behind');
blocking.titled('a push that is popped at once wakes nobody', send('c1', 'BLPOP k 0'), blocked(1), 'EVAL "redis.call(\'rpush\', KEYS[1], 1); redis.call(\'del\', KEYS[1])" 1 k', silence('c1'), 'RPUSH k z', receive('c1'));
blocking.titled('other databases do not wake', on('c1', 'SELECT 1'), send('c1', 'BLPOP k 0'), blocked(1), 'RPUSH k zero', silence('c1'), 'SELECT 1', 'RPUSH k one', receive('c1'));
blocking.titled('SWAPDB wakes', on('c1', 'SELECT 1'), send('c1', 'BLPOP k 0'), blocked(1), 'RPUSH k zero', 'SWAPDB 0 1', receive('c1'));
blocking.titled('FLUSHALL does not wake', send('c1', 'BLPOP k 0'), blocked(1), 'FLUSHALL', silence('c1'), 'RPUSH k a', receive('c1'));
blocking.titled('BLPOP and BZPOPMIN on one key', send('c1', 'BZPOPMIN k 0'), blocked(1), send('c2', 'BLPOP k 0'), blocked(2), 'RPUSH k a', receive('c2'), 'ZADD k 1 m', receive('c1'));
const G = ['XGROUP CREATE s g $ MKSTREAM'];
blocking.titled('XREADGROUP is woken', ...G, send('c1', 'XREADGROUP GROUP g alice BLOCK 0 STREAMS s >'), blocked(1), 'XADD s 1-1 f v', receive('c1'), 'XPENDING s g');
blocking.titled('two consumers of a group: one entry each', ...G, send('c1', 'XREADGROUP GROUP g alice COUNT 1 BLOCK 0 STREAMS s >'), blocked(1), send('c2', 'XREADGROUP GROUP g bob COUNT 1 BLOCK 0 STREAMS s >'), blocked(2), 'XADD s 1-1 f v', 'XADD s 1-2 f v', receive('c1'), receive('c2'), 'XPENDING s g');
blocking.titled('XREADGROUP ends when the group is destroyed', ...G, send('c1', 'XREADGROUP GROUP g alice BLOCK 0 STREAMS s >'), blocked(1), 'XGROUP DESTROY s g', receive('c1', 1, 'error-code'));
blocking.titled('XREAD with a timeout', 'XREAD BLOCK 10 STREAMS s $', 'XREAD BLOCK 10 STREAMS s 0', ...G, 'XREADGROUP GROUP g a BLOCK 10 STREAMS s >', 'XREADGROUP GROUP g a BLOCK 10 STREAMS s 0');
blocking.titled('all readers of a stream are woken', send('c1', 'XREAD BLOCK 0 STREAMS s $'), send('c2', 'XREAD BLOCK 0 STREAMS s $'), blocked(2), 'XADD s 3-3 f v', receive('c1'), receive('c2'));
