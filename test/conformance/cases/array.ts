/**
 * Arrays of Redis 8.8, with replies written by hand from its documentation and from what its own tests expect.
 */

import { Family, by, holds, on, receive, want, type Step } from '../case.js';
import { payload } from './dump.js';
import { array as list, bulk, bulks, double, error, integer, integers, map, nil, notInteger, ok, simple, syntaxError, wrongArity, wrongType, type Want } from '../want.js';

export const array = new Family('array');

type Line = string | Step | readonly [string | Step, Want];

/** A case of lines with their replies; a bare string is a preparation whose reply is not looked at. */
function shows(...lines: Line[]): void {
  const step = (line: Line): Step => (typeof line === 'string' ? by('ignore', line) : Array.isArray(line) ? want(line[0], line[1]) : (line as Step));
  array.with({ since: '8.8' }, ...lines.map(step));
}

const LAST = '18446744073709551614';
const invalidIndex = error('ERR invalid array index');
const pairs = (...of: Array<[number | string, string]>): Want => list(...of.map(([index, value]) => list(integer(index), bulk(value))));

/* Values at indices. */
shows(['ARSET k 0 hello', integer(1)], ['ARGET k 0', bulk('hello')], ['ARGET k 1', nil], ['ARSET k 0 world', integer(0)], ['ARGET k 0', bulk('world')], ['TYPE k', simple('array')], ['OBJECT ENCODING k', bulk('sliced-array')]);
shows(['ARSET k 0 a b c', integer(3)], ['ARSET k 2 C d', integer(1)], ['ARGETRANGE k 0 4', bulks('a', 'b', 'C', 'd', null)], ['ARGETRANGE k 3 1', bulks('d', 'C', 'b')]);
shows(['ARMSET k 0 a 1 b 5 c', integer(3)], ['ARMSET k 0 aa 2 d', integer(1)], ['ARMGET k 0 1 5 3', bulks('aa', 'b', 'c', null)], ['ARLEN k', integer(6)], ['ARCOUNT k', integer(4)]);
shows(['ARGET missing 0', nil], ['ARMGET missing 0 1', bulks(null, null)], ['ARGETRANGE missing 4 5', bulks(null, null)], ['ARLEN missing', integer(0)], ['ARCOUNT missing', integer(0)], ['ARNEXT missing', integer(0)], ['ARSCAN missing 0 100', list()], ['ARLASTITEMS missing 5', list()], ['ARDEL missing 0', integer(0)], ['ARDELRANGE missing 0 9', integer(0)], ['ARSEEK missing 5', integer(0)], ['EXISTS missing', integer(0)]);
for (const value of ['12345', '-1', '9223372036854775807', '-9223372036854775808', '3.14159', '3.141592653589793', '-2.718281828459045', '1.0', '-0.0', '0.00', '10.500', '001.25', '1.0e-10', '1.0e+100', 'abc', 'eightbyt', '""', '"\\x00\\xff"', '${x*100}', '${x*70000}']) {
  shows(`ARSET k 7 ${value}`, `SET s ${value}`, holds('ARGET k 7', (text) => typeof text === 'string' || text), 'COPY k c', ['ARCOUNT c', integer(1)], [`AROP c 0 9 MATCH ${value}`, integer(1)], [`ARGREP c - + EXACT ${value}`, integers(7)]);
}
shows([`ARSET k ${LAST} last`, integer(1)], ['ARLEN k', integer('18446744073709551615')], ['ARSCAN k 0 18446744073709551614', pairs([LAST, 'last'])], ['ARGREP k - + MATCH a', integers(LAST)], [`ARGETRANGE k ${LAST} 18446744073709551613`, bulks('last', null)]);
shows(['ARSET k +5 a', integer(1)], ['ARGET k 05', bulk('a')]);

/* Deleting. */
shows('ARSET k 0 a b c d', ['ARDEL k 0 1 2 2 99', integer(3)], ['ARCOUNT k', integer(1)], ['ARDEL k 3', integer(1)], ['EXISTS k', integer(0)]);
shows(`ARSET k 0 ${Array.from({ length: 20 }, (_, at) => at).join(' ')}`, ['ARDELRANGE k 5 12 15 8', integer(11)], ['ARCOUNT k', integer(9)], ['ARGETRANGE k 4 5', bulks('4', null)], [`ARDELRANGE k ${LAST} 0`, integer(9)], ['EXISTS k', integer(0)]);
shows('ARSET k 100 block0', 'ARSET k 8388608 a', 'ARSET k 16777216 b', 'ARSET k 20000000 c', ['ARDELRANGE k 8388608 18000000', integer(2)], ['ARSCAN k 0 30000000', pairs([100, 'block0'], [20000000, 'c'])]);

/* Appending, and rings. */
shows(['ARINSERT k a', integer(0)], ['ARINSERT k b c', integer(2)], ['ARNEXT k', integer(3)], ['ARSEEK k 10', integer(1)], ['ARINSERT k d', integer(10)], ['ARLASTITEMS k 2', bulks(null, 'd')], ['ARSEEK k 18446744073709551615', integer(1)], ['ARNEXT k', nil], ['ARINSERT k e', error('ERR insert index overflow')]);
shows('ARINSERT k 0 10 20 30 40', ['ARLASTITEMS k 3', bulks('20', '30', '40')], ['ARLASTITEMS k 3 REV', bulks('40', '30', '20')], ['ARSEEK k 0', integer(1)], ['ARLASTITEMS k 3', bulks('20', '30', '40')], ['ARLASTITEMS k 0', list()], ['ARLASTITEMS k -5', list()]);
for (let count = 1; count <= 12; count++) {
  const inserted = Array.from({ length: count }, (_, at) => `v${at}`);
  shows(...inserted.map((value, at): Line => [`ARRING k 5 ${value}`, integer(at % 5)]), ['ARLASTITEMS k 3', bulks(...inserted.slice(-3))], ['ARLASTITEMS k 100 REV', bulks(...inserted.slice(-5).reverse())], ['ARCOUNT k', integer(Math.min(count, 5))]);
}
shows('ARRING k 5 v0 v1 v2 v3 v4 v5 v6 v7', ['ARRING k 8 grown', integer(5)], ['ARGETRANGE k 0 6', bulks('v3', 'v4', 'v5', 'v6', 'v7', 'grown', null)], ['ARNEXT k', integer(6)]);
shows('ARRING k 10 v0 v1 v2 v3 v4 v5 v6 v7 v8 v9 v10 v11 v12 v13 v14', ['ARRING k 5 cut', integer(0)], ['ARGETRANGE k 0 5', bulks('cut', 'v11', 'v12', 'v13', 'v14', null)]);
shows('ARRING k 5 v0 v1 v2 v3 v4', 'ARDEL k 3', ['ARRING k 3 new', integer(1)], ['ARSCAN k 0 9', pairs([0, 'v4'], [1, 'new'])]);
shows('ARRING k 5 v0 v1 v2 v3 v4 v5 v6 v7', 'ARDEL k 1', ['ARRING k 8 grown', integer(1)], ['ARSCAN k 0 9', pairs([0, 'v7'], [1, 'grown'])]);
shows('ARRING k 3 r0 r1 r2 r3 r4', 'ARSEEK k 0', ['ARRING k 8 grown', integer(0)], ['ARGETRANGE k 0 2', bulks('grown', 'r4', 'r2')], ['ARNEXT k', integer(1)]);
shows('ARRING k 3 r0 r1 r2 r3 r4', 'ARSET k 100 outside', ['ARRING k 3 r5', integer(0)], ['ARCOUNT k', integer(3)], ['ARGET k 100', nil], ['ARGET k 0', bulk('r5')]);
shows('ARINSERT k a b c', 'ARSEEK k 10', ['ARRING k 5 x', integer(0)], ['ARGET k 0', bulk('x')]);

/* Going through, searching, counting. */
shows('ARMSET k 0 a 5 b 9 c', ['ARSCAN k 0 10', pairs([0, 'a'], [5, 'b'], [9, 'c'])], ['ARSCAN k 9 1', pairs([9, 'c'], [5, 'b'])], ['ARSCAN k 0 10 LIMIT 2', pairs([0, 'a'], [5, 'b'])], ['ARSCAN k 1 4', list()]);
shows('ARMSET k 0 alpha 1 beta 2 alphabet 5 gamma', ['ARGREP k - + MATCH alpha', integers(0, 2)], ['ARGREP k 3 0 MATCH alpha WITHVALUES', pairs([2, 'alphabet'], [0, 'alpha'])], ['ARGREP k - + EXACT beta EXACT gamma', integers(1, 5)], ['ARGREP k + - MATCH a LIMIT 2', integers(5, 2)], ['ARGREP k - + MATCH ALPHA', list()], ['ARGREP k - + MATCH ALPHA NOCASE', integers(0, 2)]);
shows('ARMSET k 0 RedisArray 1 redis-match 2 array-only 3 plain', ['ARGREP k - + MATCH redis GLOB *array* AND NOCASE', integers(0)], ['ARGREP k - + OR MATCH redis LIMIT 3 GLOB *array* AND LIMIT 1 NOCASE', integers(0)]);
shows('ARMSET k 0 foo123 1 bar 2 zoo999 3 Foo777', ['ARGREP k - + RE ^.*[0-9]{3}$', integers(0, 2, 3)], ['ARGREP k - + RE ^foo[0-9]+$ NOCASE', integers(0, 3)], ['ARGREP k - + RE foo|bar', integers(0, 1)], ['ARGREP k - + RE "^(foo|zoo)\\\\d+"', integers(0, 2)]);
shows('ARSET k 0 v', [`ARGREP k - +${' MATCH v'.repeat(250)}`, integers(0)], [`ARGREP k - +${' MATCH v'.repeat(251)}`, error('ERR too many predicates, maximum is 250')], ['ARGREP k - + RE ${a*2049}', error('ERR regular expression is too long, maximum is 2048 bytes')], ['ARGREP k - + RE "(a)\\\\1"', error('ERR regular expression backreferences are not supported')], ['ARGREP k - + RE ""', error('ERR regular expression is empty')], ['ARGREP k - + RE (', error("ERR invalid regular expression: Missing ')'")]);
shows('ARMSET k 0 10 1 20.5 2 text 3 30', ['AROP k 0 3 SUM', bulk('60.5')], ['AROP k 0 3 MIN', bulk('10')], ['AROP k 0 3 MAX', bulk('30')], ['AROP k 0 3 USED', integer(4)], ['AROP k 3 0 MATCH text', integer(1)], ['AROP k 2 2 SUM', nil], ['AROP k 2 2 OR', nil]);
shows('ARMSET k 0 255 1 15 2 240', ['AROP k 0 2 AND', integer(0)], ['AROP k 0 2 OR', integer(255)], ['AROP k 0 2 XOR', integer(0)]);
shows('ARMSET k 0 7.9 1 3.2 2 1.8', ['AROP k 0 2 AND', integer(1)], ['AROP k 0 2 OR', integer(7)], ['AROP k 0 2 XOR', integer(5)]);
shows('ARMSET k 0 0.1 1 0.2', ['AROP k 0 1 SUM', bulk('0.3')], 'ARMSET k 2 1e30', ['AROP k 0 2 MAX', bulk('1e+30')], ['AROP missing 0 1 SUM', nil], ['AROP missing 0 1 USED', integer(0)], ['AROP missing 0 1 MATCH v', integer(0)], ['AROP missing 0 1 AND', nil]);

/* How it is kept. */
const info = (figures: Readonly<Record<string, number | string>>): Want => map(...Object.entries(figures).map(([name, value]): [Want, Want] => [bulk(name), typeof value === 'string' ? double(value) : integer(value)]));
const small = { count: 3, len: 101, 'next-insert-index': 1, slices: 1, 'directory-size': 1, 'super-dir-entries': 0, 'slice-size': 4096 };
shows('ARMSET k 0 a 1 b 100 c', 'ARINSERT k d', ['ARINFO k', info(small)], ['ARINFO k FULL', info({ ...small, 'dense-slices': 0, 'sparse-slices': 1, 'avg-dense-size': '0', 'avg-dense-fill': '0', 'avg-sparse-size': '4' })]);
const run = `ARSET k 0 ${Array.from({ length: 50 }, (_, at) => `val${at}`).join(' ')}`;
const full = { len: 50, 'next-insert-index': 0, slices: 1, 'directory-size': 1, 'super-dir-entries': 0, 'slice-size': 4096 };
shows(run, ['ARINFO k FULL', info({ count: 50, ...full, 'dense-slices': 1, 'sparse-slices': 0, 'avg-dense-size': '64', 'avg-dense-fill': '0.78125', 'avg-sparse-size': '0' })], 'ARDELRANGE k 3 49', ['ARINFO k FULL', info({ count: 3, ...full, len: 3, 'dense-slices': 0, 'sparse-slices': 1, 'avg-dense-size': '0', 'avg-dense-fill': '0', 'avg-sparse-size': '5' })]);
shows('ARSET k 0 base', 'ARSET k 8388608 second', 'ARSET k 100000000 third', ['ARINFO k', info({ count: 3, len: 100000001, 'next-insert-index': 0, slices: 3, 'directory-size': 4, 'super-dir-entries': 3, 'slice-size': 4096 })]);

/* What is refused, in this order. */
for (const index of ['x', '-1', '1.5', '""', '18446744073709551615', '18446744073709551616', '99999999999999999999999', '" 1 "']) {
  shows('ARSET k 0 v', [`ARGET k ${index}`, invalidIndex], [`ARSET k ${index} v`, invalidIndex], [`ARMSET k 0 w ${index} v`, invalidIndex], [`ARMGET k 0 ${index}`, invalidIndex], [`ARDEL k 0 ${index}`, invalidIndex], [`ARDELRANGE k 0 ${index}`, invalidIndex], [`ARGETRANGE k 0 ${index}`, invalidIndex], [`ARSCAN k ${index} 1`, invalidIndex], [`AROP k 0 ${index} SUM`, invalidIndex], [`ARGREP k 0 ${index} MATCH v`, invalidIndex], ['ARGET k 0', bulk('v')]);
}
shows('SET k v', ...['ARGET k x', 'ARSET k 0 v', 'ARMSET k 0 v', 'ARMGET k x', 'ARDEL k 0', 'ARDELRANGE k 0 1', 'ARLEN k', 'ARCOUNT k', 'ARNEXT k', 'ARSEEK k 0', 'ARINSERT k v', 'ARRING k 1 v', 'ARLASTITEMS k 1', 'ARSCAN k 0 1', 'AROP k 0 1 SUM', 'ARGREP k - + MATCH v', 'ARINFO k', 'ARGETRANGE k 0 5'].map((line): Line => [line, wrongType]), ['GET k', bulk('v')]);
shows('ARSET k 0 v', ...['GET k', 'LPUSH k v', 'SADD k v', 'HSET k f v', 'ZADD k 1 v', 'XLEN k', 'SORT k'].map((line): Line => [line, wrongType]));
shows([`ARSET k ${LAST} a b`, error('ERR array index overflow')], ['EXISTS k', integer(0)], ['ARGETRANGE k 0 1000000', error('ERR range exceeds maximum of 1000000 items')], [`ARGETRANGE k ${LAST} 0`, error('ERR range exceeds maximum of 1000000 items')]);
shows(['ARMSET k 0 a 1', wrongArity('armset')], ['ARDELRANGE k 0 1 2', wrongArity('ardelrange')], ['ARSCAN k 0 1 LIMIT', wrongArity('arscan')], ['ARSCAN k 0 1 MOST 1', syntaxError], ['ARSCAN k 0 1 LIMIT x', notInteger], ['ARSCAN k 0 1 LIMIT 0', error('ERR LIMIT must be positive')], ['ARRING k x v', error('ERR invalid size')], ['ARRING k 0 v', error('ERR size must be positive')], ['ARLASTITEMS k x', error('ERR invalid COUNT')], ['ARLASTITEMS k 1 FOO', syntaxError], ['ARLASTITEMS k 1 REV REV', wrongArity('arlastitems')], ['ARINFO k', error('ERR no such key')], ['ARINFO k MOST', syntaxError], ['AROP k 0 1 MEAN', error('ERR unknown operation')], ['AROP k 0 1 MATCH', error('ERR MATCH requires a value argument')], ['AROP k 0 1 SUM v', wrongArity('arop')], ['ARGREP k - + LIMIT 1', syntaxError], ['ARGREP k - + MATCH v LIMIT 0', error('ERR LIMIT must be positive')], ['ARGREP k - + MATCH v LIMIT', syntaxError], ['ARGREP k - + MATCH v WHAT', syntaxError], ['ARGREP k - + NOCASE RE', syntaxError], ['ARSEEK k x', invalidIndex]);
for (const [command, short] of [['arget', 'k'], ['armget', 'k'], ['arset', 'k 0'], ['armset', 'k 0'], ['ardel', 'k'], ['ardelrange', 'k 0'], ['arlen', ''], ['arcount', ''], ['arnext', ''], ['arseek', 'k'], ['arinsert', 'k'], ['arring', 'k 1'], ['arlastitems', 'k'], ['arscan', 'k 0'], ['arop', 'k 0 1'], ['argrep', 'k - + MATCH'], ['arinfo', ''], ['argetrange', 'k 0']] as const) {
  shows([`${command} ${short}`.trim(), wrongArity(command)]);
}

/* As keys are everywhere. */
const int64 = (n: number): string => String.fromCharCode(...Buffer.from(new BigInt64Array([BigInt(n)]).buffer));
const float64 = (n: number): string => String.fromCharCode(...Buffer.from(new Float64Array([n]).buffer));
const saved = `\x1c\x05\x01\x0c\x00\x01${int64(-7)}\x01\x02${float64(3.25)}\x02\x02${float64(1)}\x03\x03\x02ab\x80\x00\x01\x00\x00\x00\x0ceight or mor`;
shows([`RESTORE k 0 ${payload(saved, 14)}`, ok], ['ARSCAN k 0 100000', pairs([0, '-7'], [1, '3.25'], [2, '1.0'], [3, 'ab'], [65536, 'eight or mor'])], ['ARNEXT k', integer(13)]);
const badFormat = error('ERR Bad data format');
for (const broken of ['\x1c\x01\x02\x00\x03\x01a', '\x1c\x01\x00\x00\x04\x01a', '\x1c\x02\x00\x00\x03\x01a\x00\x03\x01b', '\x1c\x01\x00\x81\xff\xff\xff\xff\xff\xff\xff\xff\x03\x01a', '\x1c\x02\x00\x00\x03\x01a', `\x1c\x01\x00\x00\x02${float64(Infinity)}`, '\x1c\x00\x00']) {
  shows([`RESTORE k 0 ${payload(broken, 14)}`, badFormat], ['EXISTS k', integer(0)]);
}
shows('ARMSET k 0 a 4096 1.50 100000 ${x*100} 18446744073709551614 -7', 'ARSEEK k 12', 'DEBUG DIGEST-VALUE k', ['DEBUG RELOAD', ok], ['ARMGET k 0 4096 100000 18446744073709551614', bulks('a', '1.50', 'x'.repeat(100), '-7')], ['ARNEXT k', integer(12)]);
shows('ARMSET k 0 a 9 b', 'PEXPIRE k 100000', ['RENAME k other', ok], ['COPY other k', integer(1)], holds('PTTL k', (ttl) => ttl > 0), ['ARDEL k 0', integer(1)], ['ARCOUNT other', integer(2)], ['UNLINK k other', integer(2)]);
shows('ARSET k 0 a', 'SET s v', ['SCAN 0 TYPE array COUNT 100', list(bulk('0'), bulks('k'))], ['SCAN 0 TYPE ARRAY COUNT 100', list(bulk('0'), bulks('k'))]);
shows('ARSET a 0 x', 'ARSET a 7 y', 'ARSET b 7 y', 'ARSET b 0 x', 'DEBUG DIGEST-VALUE a b', holds('MEMORY USAGE a', (bytes) => bytes > 50 && bytes < 500));
shows(['MULTI', ok], ['ARINSERT k a b', simple('QUEUED')], ['ARLASTITEMS k 1', simple('QUEUED')], ['EXEC', list(integer(1), bulks('b'))], ['EVAL "return redis.call(\'ARSCAN\', KEYS[1], 0, 9)" 1 k', list(list(integer(0), bulk('a')), list(integer(1), bulk('b')))]);
shows(holds('ACL CAT array', (names) => (names as string[]).length === 18));
shows('ACL SETUSER reader on nopass ~* +@all -@array', ['ACL DRYRUN reader ARGET k 0', bulk("This user has no permissions to run the 'arget' command")], ['ACL DRYRUN reader GET k', ok]);

/* What others are told. */
const told = (event: string, key: string): Want => (protocol) => `${protocol === 3 ? '>' : '*'}4\r\n$8\r\npmessage\r\n$6\r\n__key*\r\n$${15 + event.length}\r\n__keyevent@0__:${event}\r\n$${key.length}\r\n${key}\r\n`;
array.with({ since: '8.8', config: { 'notify-keyspace-events': 'Eag' } }, by('ignore', on('listener', 'PSUBSCRIBE __key*')),
  ...(['ARSET k 0 a b', 'ARMSET k 5 c', 'ARINSERT k d', 'ARRING k 100 e', 'ARSEEK k 3', 'ARDEL k 0', 'ARDELRANGE k 1 1', 'ARDELRANGE k 0 9'] as const).flatMap((line) => {
    const event = line.slice(0, line.indexOf(' ')).toLowerCase();
    return [by('ignore', line), want(receive('listener'), told(event, 'k'))];
  }), want(receive('listener'), told('del', 'k')));
