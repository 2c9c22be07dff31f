/**
 * Commands and options that came after the oracle (7.0.15): replies written by hand from the documented semantics of
 * Redis 7.4 to 8.8 and Valkey 8.1 to 9.1. Where the two word an error differently only its code is compared.
 */

import { Family, by, holds, want, type Argument, type CaseContext, type Step } from '../case.js';
import { bulk, bulks, error, integer, integers, map, nil, notInteger, ok, simple, wrongArity, wrongType, type Want } from '../want.js';

export const newer = new Family('newer');

type Line = string | readonly Argument[] | Step;
const ANY_ERROR: Want = () => '-ERR\r\n';

/** A case of lines with their replies: `[line, reply]`; a bare string is a preparation whose reply is not looked at. */
function since(version: string, ...lines: Array<string | Step | readonly [Line, Want]>): void {
  newer.with({ since: version }, ...lines.map((line) => (typeof line === 'string' ? by('ignore', line) : Array.isArray(line) ? want(line[0], line[1]) : (line as Step))));
}

/** The same for an error of which only the code is compared. */
function refuses(version: string, preparation: readonly string[], ...lines: string[]): void {
  for (const line of lines) newer.with({ since: version }, ...preparation.map((text) => by('ignore', text)), by('error-code', want(line, ANY_ERROR)));
}

const digestOf = (index: number) => (context: CaseContext): string => String(context.value(index));

/* SET IFEQ, IFNE, IFDEQ, IFDNE. */
for (const [value, match, equal] of [['v', 'v', true], ['v', 'w', false], ['10', '10', true], ['10', '010', false], ['""', '""', true], ['v', '""', false], ['"a\\x00b"', '"a\\x00b"', true], ['${x*100}', '${x*100}', true], ['${x*100}', '${x*99}', false]] as const) {
  since('8.4', `SET k ${value}`, [`SET k new IFEQ ${match}`, equal ? ok : nil], [`EXISTS k`, integer(1)], ['STRLEN k', integer(equal ? 3 : value === 'v' ? 1 : value === '10' ? 2 : 100)]);
  since('8.4', `SET k ${value}`, [`SET k new IFNE ${match}`, equal ? nil : ok]);
  since('8.4', `SET k ${value} EX 1000`, [`SET k new IFEQ ${match} KEEPTTL`, equal ? ok : nil], holds('TTL k', (ttl) => ttl > 900));
  since('8.4', `SET k ${value}`, [`SET k new IFEQ ${match} EX 500`, equal ? ok : nil], holds('TTL k', (ttl) => (equal ? ttl > 400 : ttl === -1)));
}
since('8.4', ['SET k v IFEQ v', nil], ['EXISTS k', integer(0)]);
since('8.4', ['SET k v IFEQ ""', nil], ['EXISTS k', integer(0)]);
since('8.4', ['SET k v IFNE x', ok], ['GET k', bulk('v')]);
since('8.4', 'SET k old', ['SET k new IFEQ old GET', bulk('old')], ['GET k', bulk('new')]);
since('8.4', 'SET k old', ['SET k new IFEQ other GET', bulk('old')], ['GET k', bulk('old')]);
since('8.4', 'SET k old', ['SET k new IFNE other GET', bulk('old')], ['GET k', bulk('new')]);
since('8.4', ['SET k new IFEQ other GET', nil], ['EXISTS k', integer(0)]);
since('8.4', ['SET k new IFNE other GET', nil], ['GET k', bulk('new')]);
since('8.4', 'RPUSH k a', ['SET k new IFEQ a', wrongType], ['TYPE k', () => '+list\r\n']);
since('8.4', 'RPUSH k a', ['SET k new IFNE a', wrongType], ['TYPE k', () => '+list\r\n']);
since('8.4', 'SET k v', 'DIGEST k', [['SET', 'k', 'new', 'IFDEQ', digestOf(1)], ok], ['GET k', bulk('new')]);
since('8.4', 'SET k v', 'DIGEST k', [['SET', 'k', 'new', 'IFDNE', digestOf(1)], nil], ['GET k', bulk('v')]);
since('8.4', 'SET k v', 'DIGEST k', 'SET k w', [['SET', 'k', 'new', 'IFDEQ', digestOf(1)], nil], [['SET', 'k', 'new', 'IFDNE', digestOf(1)], ok]);
since('8.4', ['SET k v IFDEQ 2d06800538d394c2', nil], ['SET k v IFDNE 2d06800538d394c2', ok]);
refuses('8.4', ['SET k v'], 'SET k n IFEQ', 'SET k n IFNE', 'SET k n IFEQ v NX', 'SET k n XX IFEQ v', 'SET k n IFEQ v IFNE w', 'SET k n IFDEQ v IFEQ v', 'SET k n IFEQ v EX', 'SET k n IFEQ v EX 10 KEEPTTL', 'SET k n IFEQ v FOO', 'SET k n IFDEQ');

/* DIGEST (XXH3, 64 bits, 16 hexadecimal digits). */
since('8.4', 'SET k ""', ['DIGEST k', bulk('2d06800538d394c2')]);
since('8.4', ['DIGEST missing', nil]);
since('8.4', 'RPUSH k a', ['DIGEST k', wrongType]);
for (const value of ['v', '12345', '${x*15}', '${x*16}', '${x*17}', '${x*128}', '${x*129}', '${x*240}', '${x*241}', '${x*5000}', '"\\x00"']) {
  since('8.4', `SET k ${value}`, holds('DIGEST k', (digest: string) => /^[0-9a-f]{16}$/.test(digest) || digest));
  newer.with({ since: '8.4', name: `DIGEST depends on the value alone: ${value}` }, by('ignore', `SET a ${value}`), by('ignore', `SET b ${value}`), by('ignore', 'DIGEST a'), by('ignore', ['SET', 'b', 'changed', 'IFDEQ', digestOf(2)]), want('GET b', bulk('changed')));
}
for (const line of ['DIGEST', 'DIGEST a b']) since('8.4', [line, wrongArity('digest')]);

/* DELEX and DELIFEQ. */
for (const [make, line, reply] of [['SET k v', 'DELEX k', 1], ['SET k v', 'DELEX missing', 0], ['RPUSH k a', 'DELEX k', 1], ['HSET k f v', 'DELEX k', 1], ['SET k v', 'DELEX k IFEQ v', 1], ['SET k v', 'DELEX k IFEQ w', 0], ['SET k v', 'DELEX k IFNE v', 0], ['SET k v', 'DELEX k IFNE w', 1], ['SET k v', 'DELEX missing IFEQ v', 0], ['SET k v', 'DELEX missing IFNE v', 0], ['SET k 10', 'DELEX k IFEQ 10', 1], ['SET k ""', 'DELEX k IFEQ ""', 1], ['SET k ""', 'DELEX k IFDEQ 2d06800538d394c2', 1], ['SET k ""', 'DELEX k IFDNE 2d06800538d394c2', 0], ['SET k v', 'DELEX k IFDEQ 2d06800538d394c2', 0], ['SET k v', 'DELEX k IFDNE 2d06800538d394c2', 1], ['SET k v', 'delex k ifeq v', 1]] as const) {
  since('8.4', make, [line, integer(reply)], ['EXISTS k', integer(reply === 1 ? 0 : 1)]);
}
refuses('8.4', ['SET k v'], 'DELEX k IFEQ', 'DELEX k FOO v', 'DELEX k IFEQ v IFNE w', 'DELEX', 'DELEX k l');
for (const [make, line, reply] of [['SET k v', 'DELIFEQ k v', 1], ['SET k v', 'DELIFEQ k w', 0], ['SET k v', 'DELIFEQ missing v', 0], ['SET k 10', 'DELIFEQ k 10', 1], ['SET k 10', 'DELIFEQ k 010', 0], ['SET k ""', 'DELIFEQ k ""', 1], ['SET k v', 'delifeq k v', 1], ['SET k "a\\x00"', 'DELIFEQ k "a\\x00"', 1]] as const) {
  since('9.0', make, [line, integer(reply)], ['EXISTS k', integer(reply === 1 ? 0 : 1)]);
}
since('9.0', 'RPUSH k a', ['DELIFEQ k a', wrongType], ['EXISTS k', integer(1)]);
for (const line of ['DELIFEQ', 'DELIFEQ k', 'DELIFEQ k v w']) since('9.0', [line, wrongArity('delifeq')]);

/* MSETEX. */
for (const [option, existing, reply, ttl] of [['', false, 1, -1], ['', true, 1, -1], ['NX', false, 1, -1], ['NX', true, 0, 1000], ['XX', false, 0, -2], ['XX', true, 0, 1000], ['EX 100', false, 1, 100], ['PX 100000', true, 1, 100], ['EXAT 33177117420', false, 1, 1e9], ['PXAT 33177117420000', false, 1, 1e9], ['KEEPTTL', true, 1, 1000], ['NX EX 100', false, 1, 100], ['EX 100 NX', false, 1, 100], ['nx ex 100', false, 1, 100]] as const) {
  since('8.4', ...(existing ? ['SET a old EX 1000'] : []), [`MSETEX 2 a 1 b 2 ${option}`, integer(reply)], ['EXISTS b', integer(reply)], holds('TTL a', (left) => (ttl <= 0 ? left === ttl : left > ttl * 0.9) || `TTL ${left}`));
}
since('8.4', 'MSET a x b y', ['MSETEX 2 a 1 b 2 XX', integer(1)], ['MGET a b', bulks('1', '2')]);
since('8.4', 'RPUSH a x', ['MSETEX 1 a 1', integer(1)], ['GET a', bulk('1')]);
since('8.4', ['MSETEX 2 a 1 a 2', integer(1)], ['GET a', bulk('2')]);
refuses('8.4', [], 'MSETEX 0 a 1', 'MSETEX -1 a 1', 'MSETEX x a 1', 'MSETEX 2 a 1', 'MSETEX 1 a 1 FOO', 'MSETEX 1 a 1 NX XX', 'MSETEX 1 a 1 EX 10 PX 10', 'MSETEX 1 a 1 EX 0', 'MSETEX 1 a 1 EX -1', 'MSETEX 1 a 1 EX x', 'MSETEX 1 a 1 EX', 'MSETEX 1 a 1 EX 10 KEEPTTL', 'MSETEX', 'MSETEX 1', 'MSETEX 1 a', 'MSETEX 9223372036854775807 a 1', 'MSETEX 1 a 1 EX 9223372036854775807');

/* INCREX. */
const pair = (left: number | string, right: number | string): Want => integers(left, right);
for (const [make, line, reply, stays] of [['', 'INCREX k', pair(1, 1), '1'], ['SET k 10', 'INCREX k', pair(11, 1), '11'], ['SET k 100', 'INCREX k BYINT 5', pair(105, 5), '105'], ['SET k 100', 'INCREX k BYINT -10', pair(90, -10), '90'], ['SET k 100', 'INCREX k BYINT 0', pair(100, 0), '100'], ['SET k 50', 'INCREX k BYINT 100 UBOUND 80 SATURATE', pair(80, 30), '80'], ['SET k 50', 'INCREX k BYINT 100 UBOUND 80', pair(50, 0), '50'], ['SET k 10', 'INCREX k BYINT -100 LBOUND 0 SATURATE', pair(0, -10), '0'], ['SET k 10', 'INCREX k BYINT -100 LBOUND 0', pair(10, 0), '10'], ['SET k 5', 'INCREX k BYINT 1 LBOUND 0 UBOUND 10', pair(6, 1), '6'], ['SET k 5', 'INCREX k BYINT 5 UBOUND 10', pair(10, 5), '10'], ['SET k 9223372036854775800', 'INCREX k BYINT 100 SATURATE', pair('9223372036854775807', 7), '9223372036854775807'], ['SET k 9223372036854775800', 'INCREX k BYINT 100', pair('9223372036854775800', 0), '9223372036854775800'], ['SET k 5', 'increx k byint 2 ubound 9', pair(7, 2), '7']] as const) {
  since('8.8', ...(make ? [make] : []), [line, reply], ['GET k', bulk(stays)]);
}
since('8.8', ['INCREX k BYINT 15 UBOUND 10', pair(0, 0)], ['EXISTS k', integer(0)]);
since('8.8', 'SET k 1 EX 1000', ['INCREX k', pair(2, 1)], holds('TTL k', (ttl) => ttl > 900));
since('8.8', 'SET k 1 EX 1000', ['INCREX k PERSIST', pair(2, 1)], ['TTL k', integer(-1)]);
since('8.8', 'SET k 1 EX 1000', ['INCREX k EX 50 ENX', pair(2, 1)], holds('TTL k', (ttl) => ttl > 900));
since('8.8', 'SET k 1', ['INCREX k EX 50 ENX', pair(2, 1)], holds('TTL k', (ttl) => ttl > 40 && ttl <= 50));
since('8.8', ['INCREX k BYINT 3 EX 100', pair(3, 3)], holds('TTL k', (ttl) => ttl > 90));
since('8.8', 'SET k 5 EX 1000', ['INCREX k BYINT 100 UBOUND 10 EX 50', pair(5, 0)], holds('TTL k', (ttl) => ttl > 900));
since('8.8', 'RPUSH k a', ['INCREX k', wrongType], ['INCREX k BYFLOAT 1', wrongType]);
for (const [make, line, check] of [['SET k 1.5', 'INCREX k BYFLOAT 0.25', [1.75, 0.25]], ['SET k 10', 'INCREX k BYFLOAT 100 UBOUND 42.5 SATURATE', [42.5, 32.5]], ['SET k 10', 'INCREX k BYFLOAT 100 UBOUND 42.5', [10, 0]], ['SET k 0', 'INCREX k BYFLOAT -100 LBOUND -5.5 SATURATE', [-5.5, -5.5]]] as const) {
  since('8.8', make, holds(line, (values: Array<string | number>) => Number(values[0]) === check[0] && Number(values[1]) === check[1] || JSON.stringify(values)));
}
refuses('8.8', ['SET k 1'], 'INCREX', 'INCREX k FOO', 'INCREX k BYINT', 'INCREX k BYINT abc', 'INCREX k BYINT 1.5', 'INCREX k BYFLOAT abc', 'INCREX k BYFLOAT inf', 'INCREX k BYINT 1 BYFLOAT 1', 'INCREX k EX 10 PX 10', 'INCREX k EX 10 PERSIST', 'INCREX k EX 0', 'INCREX k EX -1', 'INCREX k EX abc', 'INCREX k ENX', 'INCREX k PERSIST ENX', 'INCREX k LBOUND 10 UBOUND 5', 'INCREX k UBOUND abc', 'INCREX k UBOUND');
refuses('8.8', ['SET k hello'], 'INCREX k', 'INCREX k BYFLOAT 1');

/* Field expiry. */
const H = 'HSET h a 1 b 2 c 3';
const EXPIRIES = [['HEXPIRE', '1000', '2000', '500'], ['HPEXPIRE', '1000000', '2000000', '500000'], ['HEXPIREAT', '33177117420', '33177117500', '33177117300'], ['HPEXPIREAT', '33177117420000', '33177117500000', '33177117300000']] as const;
for (const [command, middle, later, sooner] of EXPIRIES) {
  since('7.4', H, [`${command} h ${middle} FIELDS 1 a`, integers(1)], holds('HTTL h FIELDS 3 a b z', (ttls: number[]) => ttls[0]! > 400 && ttls[1] === -1 && ttls[2] === -2), ['HGET h a', bulk('1')]);
  since('7.4', H, [`${command} h ${middle} FIELDS 3 a b z`, integers(1, 1, -2)], ['HLEN h', integer(3)]);
  since('7.4', [`${command} missing ${middle} FIELDS 2 a b`, integers(-2, -2)], ['EXISTS missing', integer(0)]);
  for (const [condition, value, without, withOne] of [['NX', middle, 1, 0], ['XX', middle, 0, 1], ['GT', later, 0, 1], ['GT', sooner, 0, 0], ['LT', later, 1, 0], ['LT', sooner, 1, 1], ['nx', middle, 1, 0]] as const) {
    since('7.4', H, [`${command} h ${value} ${condition} FIELDS 1 a`, integers(without)]);
    since('7.4', H, `${command} h ${middle} FIELDS 1 a`, [`${command} h ${value} ${condition} FIELDS 1 a`, integers(withOne)]);
  }
  since('7.4', H, [`${command} h 0 FIELDS 1 a`, integers(2)], ['HEXISTS h a', integer(0)], ['HLEN h', integer(2)]);
  since('7.4', H, [`${command} h 0 FIELDS 3 a b c`, integers(2, 2, 2)], ['EXISTS h', integer(0)]);
  since('7.4', 'SET k v', [`${command} k ${middle} FIELDS 1 a`, wrongType]);
  since('7.4', [command, wrongArity(command.toLowerCase())], [`${command} h`, wrongArity(command.toLowerCase())], [`${command} h ${middle} FIELDS`, wrongArity(command.toLowerCase())]);
  refuses('7.4', [H], `${command} h ${middle} FIELDS 0 a b`, `${command} h ${middle} FIELDS -1 a`, `${command} h ${middle} FIELDS x a`, `${command} h ${middle} FIELDS 3 a b`, `${command} h ${middle} FIELDS 1 a b`, `${command} h abc FIELDS 1 a`, `${command} h -1 FIELDS 1 a`, `${command} h ${middle} FOO 1 a b`, `${command} h ${middle} NX XX FIELDS 1 a`, `${command} h 9223372036854775807 FIELDS 1 a`);
}
since('7.4', H, 'HEXPIREAT h 33177117420 FIELDS 1 a', ['HEXPIRETIME h FIELDS 3 a b z', integers('33177117420', -1, -2)], ['HPEXPIRETIME h FIELDS 1 a', integers('33177117420000')], ['HPERSIST h FIELDS 3 a b z', integers(1, -1, -2)], ['HTTL h FIELDS 1 a', integers(-1)]);
since('7.4', H, 'HEXPIREAT h 33177117420 FIELDS 1 a', 'HSET h a new', ['HEXPIRETIME h FIELDS 1 a', integers(-1)], ['HGET h a', bulk('new')]);
since('7.4', H, 'HEXPIREAT h 33177117420 FIELDS 1 a', 'HINCRBY h a 5', ['HEXPIRETIME h FIELDS 1 a', integers('33177117420')], ['HGET h a', bulk('6')]);
since('7.4', H, 'HEXPIREAT h 33177117420 FIELDS 1 a', 'COPY h h2', ['HEXPIRETIME h2 FIELDS 2 a b', integers('33177117420', -1)], 'RENAME h h3', ['HEXPIRETIME h3 FIELDS 1 a', integers('33177117420')]);
since('7.4', H, 'HPEXPIRE h 5 FIELDS 1 a', 'DEBUG SLEEP 0.02', ['HGET h a', nil], ['HMGET h a b', bulks(null, '2')], ['HEXISTS h a', integer(0)], by('pairs', want('HGETALL h', map([bulk('b'), bulk('2')], [bulk('c'), bulk('3')]))), ['HSTRLEN h a', integer(0)]);
since('7.4', 'HSET h a 1', 'HPEXPIRE h 5 FIELDS 1 a', 'DEBUG SLEEP 0.3', ['HGET h a', nil], ['HSETNX h a 2', integer(1)], ['HTTL h FIELDS 1 a', integers(-1)]);
for (const command of ['HTTL', 'HPTTL', 'HEXPIRETIME', 'HPEXPIRETIME', 'HPERSIST']) {
  since('7.4', [`${command} missing FIELDS 2 a b`, integers(-2, -2)]);
  since('7.4', H, [`${command} h FIELDS 2 a z`, integers(-1, -2)]);
  since('7.4', 'SET k v', [`${command} k FIELDS 1 a`, wrongType]);
  refuses('7.4', [H], `${command} h FIELDS 0 a`, `${command} h FIELDS 2 a`, `${command} h FIELDS 1 a b`, `${command} h FIELDS x a`, `${command} h FOO 1 a`, `${command} h`, command);
}

/* HGETEX, HSETEX, HGETDEL. */
since('8.0', H, ['HGETEX h FIELDS 2 a z', bulks('1', null)], ['HTTL h FIELDS 1 a', integers(-1)]);
since('8.0', H, ['HGETEX h EX 1000 FIELDS 2 a b', bulks('1', '2')], holds('HTTL h FIELDS 3 a b c', (ttls: number[]) => ttls[0]! > 900 && ttls[1]! > 900 && ttls[2] === -1));
for (const [option, deadline] of [['EXAT 33177117420', '33177117420'], ['PXAT 33177117420000', '33177117420']] as const) since('8.0', H, [`HGETEX h ${option} FIELDS 1 a`, bulks('1')], ['HEXPIRETIME h FIELDS 1 a', integers(deadline)], ['HGETEX h PERSIST FIELDS 1 a', bulks('1')], ['HTTL h FIELDS 1 a', integers(-1)]);
since('8.0', ['HGETEX missing FIELDS 2 a b', bulks(null, null)], ['EXISTS missing', integer(0)]);
since('8.0', H, ['HGETEX h EX 0 FIELDS 1 a', bulks('1')], ['HEXISTS h a', integer(0)]);
since('8.0', H, ['HGETEX h EXAT 1 FIELDS 3 a b c', bulks('1', '2', '3')], ['EXISTS h', integer(0)]);
for (const [option, reply, a] of [['', 1, 'x'], ['FNX', 0, '1'], ['FXX', 0, '1'], ['EX 1000', 1, 'x'], ['PX 1000000', 1, 'x'], ['KEEPTTL', 1, 'x'], ['EXAT 33177117420', 1, 'x']] as const) since('8.0', H, [`HSETEX h ${option} FIELDS 2 a x new y`, integer(reply)], ['HGET h a', bulk(a)], ['HEXISTS h new', integer(reply)]);
since('8.0', H, ['HSETEX h FXX FIELDS 2 a x b y', integer(1)], ['HMGET h a b', bulks('x', 'y')]);
since('8.0', H, ['HSETEX h FNX FIELDS 1 new y', integer(1)], ['HGET h new', bulk('y')]);
since('8.0', ['HSETEX h FXX FIELDS 1 a x', integer(0)], ['EXISTS h', integer(0)]);
since('8.0', ['HSETEX h EXAT 33177117420 FIELDS 1 a x', integer(1)], ['HEXPIRETIME h FIELDS 1 a', integers('33177117420')], ['HSETEX h KEEPTTL FIELDS 1 a y', integer(1)], ['HEXPIRETIME h FIELDS 1 a', integers('33177117420')], ['HSETEX h FIELDS 1 a z', integer(1)], ['HTTL h FIELDS 1 a', integers(-1)]);
since('8.0', H, ['HGETDEL h FIELDS 2 a z', bulks('1', null)], ['HEXISTS h a', integer(0)], ['HLEN h', integer(2)], ['HGETDEL h FIELDS 2 b c', bulks('2', '3')], ['EXISTS h', integer(0)]);
since('8.0', H, ['HGETDEL h FIELDS 2 a a', bulks('1', null)], ['HGETDEL missing FIELDS 2 a b', bulks(null, null)]);
for (const [command, good] of [['HGETEX', 'FIELDS 1 a'], ['HGETDEL', 'FIELDS 1 a'], ['HSETEX', 'FIELDS 1 a x']] as const) {
  since('8.0', 'SET k v', [`${command} k ${good}`, wrongType]);
  refuses('8.0', [H], `${command} h`, `${command} h FIELDS`, `${command} h FIELDS 0 a`, `${command} h FIELDS 2 a`, `${command} h FIELDS x a b`, `${command} h FOO ${good}`, `${command} h FIELDS -1 a b`, command);
}
refuses('8.0', [H], 'HGETEX h EX x FIELDS 1 a', 'HGETEX h EX 10 PX 10 FIELDS 1 a', 'HGETEX h EX 10 PERSIST FIELDS 1 a', 'HSETEX h FNX FXX FIELDS 1 a x', 'HSETEX h EX 10 KEEPTTL FIELDS 1 a x', 'HSETEX h EX -1 FIELDS 1 a x', 'HSETEX h FIELDS 2 a x b');

/* BITOP DIFF, DIFF1, ANDOR, ONE. */
for (const [operation, keys, reply] of [['DIFF', 'a b', '\xf0'], ['DIFF1', 'a b', '\x00'], ['ANDOR', 'a b', '\x0f'], ['ONE', 'a b', '\xf0'], ['DIFF', 'a b c', '\x70'], ['ANDOR', 'a b c', '\x8f'], ['ONE', 'a b c', '\x70'], ['DIFF1', 'a b c', '\x00'], ['diff', 'a b', '\xf0']] as const) {
  since('8.2', 'SET a "\\xff"', 'SET b "\\x0f"', 'SET c "\\x80"', [`BITOP ${operation} d ${keys}`, integer(1)], ['GET d', bulk(reply)]);
}
refuses('8.2', ['SET a x'], 'BITOP DIFF d a', 'BITOP DIFF1 d a', 'BITOP ANDOR d a');

/* XDELEX and XACKDEL. */
const STREAM = ['XADD s 1-0 f v', 'XADD s 2-0 f v', 'XADD s 3-0 f v', 'XGROUP CREATE s g 0', 'XREADGROUP GROUP g alice COUNT 2 STREAMS s >'];
const pendingCount = (count: number): Step => holds('XPENDING s g', (summary: unknown[]) => summary[0] === count || `pending ${String(summary[0])}`);
since('8.2', ...STREAM, ['XDELEX s IDS 2 1-0 9-0', integers(1, -1)], ['XLEN s', integer(2)], pendingCount(2));
since('8.2', ...STREAM, ['XDELEX s KEEPREF IDS 1 1-0', integers(1)], pendingCount(2));
since('8.2', ...STREAM, ['XDELEX s DELREF IDS 1 1-0', integers(1)], pendingCount(1));
since('8.2', ...STREAM, ['XDELEX s ACKED IDS 2 1-0 3-0', integers(2, 2)], ['XLEN s', integer(3)]);
since('8.2', ...STREAM, 'XACK s g 1-0', ['XDELEX s ACKED IDS 2 1-0 2-0', integers(1, 2)], ['XLEN s', integer(2)]);
since('8.2', ['XDELEX missing IDS 2 1-0 2-0', integers(-1, -1)], ['EXISTS missing', integer(0)]);
since('8.2', ...STREAM, ['XACKDEL s g IDS 2 1-0 9-0', integers(1, -1)], ['XLEN s', integer(2)], pendingCount(1));
since('8.2', ...STREAM, ['XACKDEL s g DELREF IDS 1 1-0', integers(1)], ['XLEN s', integer(2)], pendingCount(1));
since('8.2', ...STREAM, 'XGROUP CREATE s other 0', 'XREADGROUP GROUP other bob STREAMS s >', ['XACKDEL s g ACKED IDS 1 1-0', integers(2)], ['XLEN s', integer(3)], pendingCount(1), ['XACKDEL s other ACKED IDS 1 1-0', integers(1)], ['XLEN s', integer(2)]);
since('8.2', ['XACKDEL missing g IDS 1 1-0', integers(-1)]);
since('8.2', 'SET s v', ['XDELEX s IDS 1 1-0', wrongType], ['XACKDEL s g IDS 1 1-0', wrongType]);
refuses('8.2', STREAM, 'XDELEX s IDS 0 1-0', 'XDELEX s IDS 2 1-0', 'XDELEX s IDS x 1-0', 'XDELEX s FOO 1 1-0', 'XDELEX s KEEPREF DELREF IDS 1 1-0', 'XDELEX s IDS 1 x', 'XDELEX s', 'XACKDEL s g IDS 0 1-0', 'XACKDEL s g IDS 2 1-0', 'XACKDEL s g FOO 1 1-0', 'XACKDEL s g IDS 1 x', 'XACKDEL s g');

/* WAITAOF, without an append-only file; with one see test/server/waitaof.test.ts. */
const WITHOUT_FILE = error('ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.');
since('7.2', ['WAITAOF 0 0 0', integers(0, 0)], ['WAITAOF 1 0 0', WITHOUT_FILE], ['WAITAOF 1 1 10', WITHOUT_FILE], ['WAITAOF 0 1 10', integers(0, 0)]);
since('7.2', ['WAITAOF x 0 0', notInteger], ['WAITAOF 0 x 0', error('ERR value is out of range, must be positive')], ['WAITAOF 2 0 0', error('ERR value is out of range, value must between 0 and 1')], ['WAITAOF -1 0 0', error('ERR value is out of range, value must between 0 and 1')], ['WAITAOF 0 -1 0', error('ERR value is out of range, must be positive')]);
since('7.2', ['WAITAOF 0 0 x', error('ERR timeout is not an integer or out of range')], ['WAITAOF 0 0 -1', error('ERR timeout is negative')], ['WAITAOF 0 0 9223372036854775807', error('ERR timeout is out of range')], ['WAITAOF 0 0', wrongArity('waitaof')], ['WAITAOF 0 0 0 0', wrongArity('waitaof')]);
since('7.2', 'MULTI', 'SET k v', 'WAITAOF 0 0 0', 'WAITAOF 1 0 0', ['GET k', simple('QUEUED')], by('ignore', 'EXEC'), ['GET k', bulk('v')]);
