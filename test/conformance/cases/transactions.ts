/** MULTI, EXEC, DISCARD, WATCH: queueing, aborting, what may not be inside, optimistic locking. */

import { Family, blocked, by, on, raw, receive, send } from '../case.js';
import { arity, everyType, MAKE } from './torture.js';

export const transactions = new Family('transactions');

arity(transactions, ['MULTI', 'EXEC', 'DISCARD', 'WATCH', 'UNWATCH'], 3);
const QUEUED = ['GET k', 'SET k v', 'INCR k', 'LPUSH k a', 'HSET k f v', 'SADD k a', 'ZADD k 1 a', 'XADD k 1-1 f v', 'DEL k', 'EXPIRE k 100', 'KEYS *', 'PING', 'ECHO hi', 'FLUSHALL', 'DBSIZE', 'TYPE k', 'RENAME k other', 'COPY k other', 'SELECT 1', 'SWAPDB 0 1', 'OBJECT ENCODING k', 'GETEX k PERSIST', 'MSET a 1 b 2', 'BITCOUNT k', 'PFADD k a', 'BLPOP k 0', 'BRPOP k 0', 'BLMOVE k d LEFT LEFT 0', 'BZPOPMIN k 0', 'BLMPOP 0 1 k LEFT', 'BZMPOP 0 1 k MIN', 'BRPOPLPUSH k d 0', 'XREAD BLOCK 0 STREAMS k 0', 'XREAD BLOCK 0 STREAMS k $', 'CLIENT GETNAME', 'CONFIG GET hz', 'COMMAND COUNT', 'TIME', 'UNWATCH', 'PUBLISH c m', 'HELLO', 'EVAL "return 1" 0', 'LOLWUT', 'INFO nosuch', 'WAIT 0 0', 'OBJECT HELP', 'DEBUG SLEEP 0', 'MEMORY USAGE k', 'SCAN 0', 'LASTSAVE'];
for (const line of QUEUED) {
  const exec = by(['TIME', 'SCAN 0', 'LASTSAVE', 'MEMORY USAGE k', 'HELLO', 'LOLWUT', 'KEYS *', 'COMMAND COUNT', 'OBJECT HELP', 'CONFIG GET hz', 'OBJECT ENCODING k'].includes(line) ? 'shape' : undefined, 'EXEC');
  transactions.add('MULTI', by(undefined, line), exec, 'PING');
  transactions.add('MULTI', by(undefined, line), 'DISCARD', 'EXISTS k', 'EXEC');
  for (const make of ['SET k 5', 'RPUSH k a b', 'ZADD k 1 a']) transactions.add(make, 'MULTI', 'SET first 1', by(undefined, line), 'SET last 1', exec, 'EXISTS first last');
}
/* Mistakes while queueing abort; mistakes while executing do not. */
for (const line of ['FOO', 'GET', 'SET k', 'GET a b', 'CONFIG', 'CONFIG FOO', 'CLIENT NOSUCH', 'OBJECT ENCODING', '""', 'WATCH k', 'MULTI', 'SUBSCRIBE c', 'PSUBSCRIBE c', 'UNSUBSCRIBE', 'MONITOR', 'SHUTDOWN x y z a', 'SYNC x', 'RESET x', 'CLIENT REPLY', 'EVAL "return 1"', 'WATCH', 'EXEC x', 'DISCARD x', 'HELLO 9', 'AUTH x', 'SELECT 99', 'INCRBY k abc', 'SET k v NX XX', 'LPUSH', 'SSUBSCRIBE c']) {
  if (/^(MONITOR|SUBSCRIBE|PSUBSCRIBE|UNSUBSCRIBE|SSUBSCRIBE)/.test(line)) {
    transactions.with({ protocols: [2] }, 'MULTI', 'SET k v', line, 'DISCARD', 'GET k');
    continue;
  }
  transactions.add('MULTI', line, 'EXEC', 'EXEC');
  transactions.add('MULTI', 'SET k v', line, 'SET k w', 'EXEC', 'GET k', 'EXEC');
  transactions.add('MULTI', 'SET k v', line, 'DISCARD', 'GET k', 'MULTI', 'SET k x', 'EXEC', 'GET k');
}
for (const line of ['INCR k', 'LPUSH k a', 'HGET k f', 'EXPIRE k abc', 'SETRANGE k -1 x', 'EVAL "return redis.call(\'incr\', KEYS[1])" 1 k', 'EVAL "error" 0', 'RENAME missing other', 'XADD k 0-0 f v', 'OBJECT FREQ k']) {
  transactions.add('SET k text', 'MULTI', 'SET a 1', line, 'SET b 2', 'EXEC', 'MGET a b');
}
/* WATCH. */
const TOUCHES = ['SET k 2', 'DEL k', 'APPEND k x', 'INCR k', 'EXPIRE k 100', 'EXPIRE k -1', 'RENAME k other', 'SET other 1', 'GET k', 'EXISTS k', 'TOUCH k', 'FLUSHALL', 'FLUSHDB', 'SWAPDB 0 1', 'GETEX k EX 100', 'GETEX k', 'PERSIST k', 'COPY k other', 'COPY other k REPLACE', 'MOVE k 1', 'SETRANGE k 0 ""', 'SET k 1', 'SETNX k 5', 'GETDEL k', 'LPUSH k a', 'UNLINK k', 'RESTORE k 0 x REPLACE', 'DBSIZE', 'SET k 9 NX', 'SET k 9 XX', 'SORT missing STORE k', 'SUNIONSTORE k missing', 'BITOP NOT k k', 'PFMERGE k', 'HSET other f v', 'EVAL "redis.call(\'set\', KEYS[1], 1)" 1 k', 'EVAL "return redis.call(\'get\', KEYS[1])" 1 k', 'INCRBY k 0', 'SETBIT k 0 0', 'XADD k NOMKSTREAM 1-1 a b'];
for (const touch of TOUCHES) {
  for (const make of ['SET k 1', 'DEL k']) {
    transactions.titled(`WATCH of a key ${make === 'DEL k' ? 'that is missing' : 'that exists'}, another client: ${touch}`, make, 'WATCH k', on('c1', touch), 'MULTI', 'SET result 1', 'EXEC', 'GET result');
    transactions.titled(`WATCH of a key ${make === 'DEL k' ? 'that is missing' : 'that exists'}, oneself: ${touch}`, make, 'WATCH k', touch, 'MULTI', 'SET result 1', 'EXEC', 'GET result');
  }
}
for (const [type, make] of Object.entries(MAKE)) {
  transactions.titled(`WATCH of a ${type} that is deleted and made again`, make, 'WATCH k', on('c1', 'DEL k'), on('c1', make), 'MULTI', 'PING', 'EXEC');
  transactions.titled(`WATCH of a ${type} that nobody touches`, make, 'WATCH k', on('c1', 'TYPE k'), 'MULTI', 'PING', 'EXEC');
}
transactions.titled('UNWATCH forgives', 'SET k 1', 'WATCH k', on('c1', 'SET k 2'), 'UNWATCH', 'MULTI', 'PING', 'EXEC');
transactions.titled('EXEC forgets what was watched', 'WATCH k', 'MULTI', 'EXEC', on('c1', 'SET k 1'), 'MULTI', 'PING', 'EXEC');
transactions.titled('DISCARD forgets what was watched', 'WATCH k', 'MULTI', 'DISCARD', on('c1', 'SET k 1'), 'MULTI', 'PING', 'EXEC');
transactions.titled('a failed EXEC forgets what was watched', 'WATCH k', on('c1', 'SET k 1'), 'MULTI', 'PING', 'EXEC', 'MULTI', 'PING', 'EXEC');
transactions.titled('several keys watched, one touched', 'WATCH a b c', 'WATCH d', on('c1', 'SET d 1'), 'MULTI', 'PING', 'EXEC');
transactions.titled('the same key in another database', 'WATCH k', on('c1', 'SELECT 1'), on('c1', 'SET k 1'), 'MULTI', 'PING', 'EXEC');
transactions.titled('watched in database 1, touched there', 'SELECT 1', 'WATCH k', 'SELECT 0', on('c1', 'SELECT 1'), on('c1', 'SET k 1'), 'MULTI', 'PING', 'EXEC');
transactions.titled('a key that expires while watched', 'SET k v PX 150', 'WATCH k', 'DEBUG SLEEP 0.3', 'MULTI', 'PING', 'EXEC');
transactions.titled('a key that had expired when watched', 'DEBUG SET-ACTIVE-EXPIRE 0', 'SET k v PX 1', 'DEBUG SLEEP 0.01', 'WATCH k', on('c1', 'GET k'), 'MULTI', 'PING', 'EXEC', 'DEBUG SET-ACTIVE-EXPIRE 1');
transactions.titled('nobody sees the middle', 'MULTI', 'SET a 1', on('c1', 'GET a'), 'SET a 2', on('c1', 'GET a'), 'EXEC', on('c1', 'GET a'));
transactions.titled('a thousand commands', 'MULTI', ...Array.from({ length: 1000 }, () => 'INCR n'), 'EXEC', 'GET n');
/* What the control plane answers takes hold at its place among the others. */
transactions.with({ config: { 'hash-max-listpack-entries': '128' }, name: 'CONFIG SET between writes' }, 'MULTI', 'CONFIG SET hash-max-listpack-entries 0', 'HSET h f v', 'OBJECT ENCODING h', 'CONFIG GET hash-max-listpack-entries', 'CONFIG SET hash-max-listpack-entries 64', 'HSET i f v', 'OBJECT ENCODING i', 'EXEC', 'CONFIG GET hash-max-listpack-entries', 'OBJECT ENCODING h');
transactions.with({ config: { timeout: '0' }, name: 'CONFIG SET of a transaction that does not run' }, 'SET k 1', 'WATCH k', on('c1', 'SET k 2'), 'MULTI', 'SET k 3', 'CONFIG SET timeout 77', 'EXEC', 'CONFIG GET timeout', 'GET k');
for (const line of ['CONFIG SET hz', 'CONFIG SET hz 10 timeout', 'CONFIG SET hz abc', 'CONFIG SET nosuch 1', 'CONFIG SET hz 10 hz 11', 'CONFIG GET', 'CONFIG GET nosuch', 'CONFIG RESETSTAT', 'CONFIG RESETSTAT x', 'CONFIG REWRITE', 'CONFIG HELP', 'ACL LOAD', 'ACL SAVE', 'SAVE', 'SHUTDOWN NOSAVE', 'SHUTDOWN']) {
  transactions.add('MULTI', 'INCR a', line, 'INCR a', 'EXEC', 'GET a');
  transactions.add('MULTI', line, 'DISCARD', 'PING');
}
transactions.titled('what follows EXEC in the same request', raw('MULTI\r\nSET k v\r\nCONFIG GET timeout\r\nEXEC\r\nGET k\r\nINCR n\r\nQUIT\r\n'));
transactions.titled('who waits is served after such a transaction', send('c1', 'BLPOP l 0'), blocked(1), 'MULTI', 'RPUSH l a', 'CONFIG GET timeout', 'RPUSH l b', 'EXEC', receive('c1'), 'LRANGE l 0 -1');
transactions.titled('an empty transaction', 'MULTI', 'EXEC');
transactions.titled('SELECT inside lasts', 'MULTI', 'SELECT 2', 'SET k v', 'EXEC', 'GET k', 'SELECT 0', 'GET k');
everyType(transactions, ['WATCH k']);
