/** Sorted sets: ZADD's grammar, ranges by rank, score and name, algebra, pops. */

import { Family, by, holds, scan, want } from '../case.js';
import { array, double, integer, nil, nilArray } from '../want.js';
import { DOUBLE_TEXTS, INDEX_TEXTS, INTEGER_TEXTS, arity, combinations, everyType, subsets } from './torture.js';

export const zset = new Family('zset');

const COMMANDS = ['ZADD', 'ZREM', 'ZCARD', 'ZCOUNT', 'ZSCORE', 'ZMSCORE', 'ZINCRBY', 'ZRANGE', 'ZREVRANGE', 'ZRANGEBYSCORE', 'ZREVRANGEBYSCORE', 'ZRANGEBYLEX', 'ZREVRANGEBYLEX', 'ZLEXCOUNT', 'ZREMRANGEBYRANK', 'ZREMRANGEBYSCORE', 'ZREMRANGEBYLEX', 'ZPOPMIN', 'ZPOPMAX', 'ZMPOP', 'ZRANDMEMBER', 'ZRANGESTORE', 'ZUNION', 'ZINTER', 'ZDIFF', 'ZUNIONSTORE', 'ZINTERSTORE', 'ZDIFFSTORE', 'ZINTERCARD', 'ZSCAN'];
arity(zset, COMMANDS, 6);
const READS = ['ZCARD k', 'ZCOUNT k -inf +inf', 'ZSCORE k a', 'ZMSCORE k a b', 'ZRANGE k 0 -1', 'ZREVRANGE k 0 -1', 'ZRANK k a', 'ZREVRANK k a', 'ZRANGEBYSCORE k -inf +inf', 'ZREVRANGEBYSCORE k +inf -inf', 'ZRANGEBYLEX k - +', 'ZREVRANGEBYLEX k + -', 'ZLEXCOUNT k - +', 'ZRANDMEMBER k', 'ZRANDMEMBER k 2', 'ZSCAN k 0', 'ZUNION 1 k', 'ZINTER 1 k', 'ZDIFF 1 k', 'ZINTERCARD 1 k'];
const WRITES = ['ZADD k 1 a', 'ZREM k a', 'ZINCRBY k 1 a', 'ZREMRANGEBYRANK k 0 -1', 'ZREMRANGEBYSCORE k -inf +inf', 'ZREMRANGEBYLEX k - +', 'ZPOPMIN k', 'ZPOPMAX k 2', 'ZMPOP 1 k MIN', 'ZRANGESTORE d k 0 -1', 'ZUNIONSTORE d 1 k', 'ZINTERSTORE d 1 k', 'ZDIFFSTORE d 1 k', 'ZUNIONSTORE k 1 missing', 'ZADD k XX 1 a', 'ZADD k INCR 1 a'];
everyType(zset, [...READS, ...WRITES], ['string', 'list', 'hash', 'stream']);
everyType(zset, [...READS, ...WRITES].filter((line) => !/ZUNION|ZINTER|ZDIFF/.test(line)), ['set']);
zset.each([], [...READS, ...WRITES], ['EXISTS k d']);

const small = 'ZADD z 1 a 2 b 2 c 3 d 4.5 e';
const large: string[] = ['ZADD', 'z', ...Array.from({ length: 400 }, (_unused, index) => [String(index % 50), `m${index}`]).flat()];
const names = 'ZADD z 0 a 0 b 0 c 0 d 0 e 0 f 0 aa 0 ab 0 "" 0 "\\xff"';

/* ZADD. */
const FLAGS = ['NX', 'XX', 'GT', 'LT', 'CH', 'INCR'];
for (const flags of subsets(FLAGS, 3)) {
  const text = flags.join(' ');
  for (const pairs of ['5 b', '1 b', '2 b', '9 new']) zset.add(small, `ZADD z ${text} ${pairs}`, 'ZRANGE z 0 -1 WITHSCORES');
  zset.add(small, `ZADD z ${text} 5 a 0 d 7 x`, 'ZRANGE z 0 -1 WITHSCORES');
  zset.add(`ZADD z ${text} 5 a`, 'EXISTS z', 'ZRANGE z 0 -1 WITHSCORES');
}
for (const score of DOUBLE_TEXTS) {
  zset.add(`ZADD z ${score} a`, 'ZSCORE z a', 'ZCARD z');
  zset.add('ZADD z 1 a', `ZADD z 5 b ${score} c`, 'ZRANGE z 0 -1 WITHSCORES');
  zset.add('ZADD z 1.5 a', `ZINCRBY z ${score} a`, 'ZSCORE z a');
  zset.add('ZADD z 1.5 a', `ZADD z INCR ${score} a`, 'ZSCORE z a');
  zset.add('ZADD z inf a -inf b', `ZINCRBY z ${score} a`, `ZINCRBY z ${score} b`);
  zset.add(small, `ZCOUNT z ${score} +inf`, `ZCOUNT z -inf ${score}`, `ZRANGEBYSCORE z ${score} 3`, `ZREMRANGEBYSCORE z 10 ${score}`);
}
zset.each([small], ['ZADD z', 'ZADD z 1', 'ZADD z 1 a 2', 'ZADD z nx 1 q', 'ZADD z FOO 1 q', 'ZADD z NX XX 1 q', 'ZADD z GT LT 1 q', 'ZADD z GT NX 1 q', 'ZADD z INCR 1 a 2 b', 'ZADD z CH', 'ZADD z 1 a 1 a 2 a', 'ZADD z CH 9 a 9 b 2 c', 'ZADD z 1 "" 2 "\\x00"', 'ZADD z NX NX 1 q', 'ZADD z ch incr 5 a'], ['ZRANGE z 0 -1 WITHSCORES']);

/* Ranges. */
for (const [start, end] of combinations(INDEX_TEXTS, INDEX_TEXTS)) {
  zset.add(small, `ZRANGE z ${start} ${end}`, `ZRANGE z ${start} ${end} WITHSCORES`, `ZREVRANGE z ${start} ${end} WITHSCORES`, `ZRANGE z ${start} ${end} REV`);
  zset.add(small, `ZREMRANGEBYRANK z ${start} ${end}`, 'ZRANGE z 0 -1', 'EXISTS z');
}
const LIMITS = ['-inf', '+inf', '0', '1', '2', '(1', '(2', '3', '(3', '(-inf', '(+inf', 'abc', '(', '4.5', '(4.5', '2.0', '10', '""', 'nan', '(nan'];
for (const [low, high] of combinations(LIMITS, LIMITS)) {
  zset.add(small, `ZRANGEBYSCORE z ${low} ${high}`, `ZREVRANGEBYSCORE z ${high} ${low} WITHSCORES`, `ZCOUNT z ${low} ${high}`, `ZRANGE z ${low} ${high} BYSCORE`, `ZREMRANGEBYSCORE z ${low} ${high}`, 'ZCARD z');
}
const LEXES = ['-', '+', '[a', '(a', '[c', '(c', '[aa', '(f', '[', '(', 'a', '""', '[zzz', '[\\xff', '--', '-x'];
for (const [low, high] of combinations(LEXES, LEXES)) {
  const [from, to] = [low, high].map((text) => (text!.includes('\\x') ? `"${text}"` : text));
  zset.add(names, `ZRANGEBYLEX z ${from} ${to}`, `ZREVRANGEBYLEX z ${to} ${from}`, `ZLEXCOUNT z ${from} ${to}`, `ZRANGE z ${from} ${to} BYLEX`, `ZRANGE z ${to} ${from} BYLEX REV`, `ZREMRANGEBYLEX z ${from} ${to}`, 'ZCARD z');
}
for (const [offset, count] of combinations(['0', '1', '2', '100', '-1', 'x', '9223372036854775807'], ['0', '1', '2', '-1', '-5', '100', 'x', '9223372036854775807'])) {
  zset.add(small, `ZRANGEBYSCORE z -inf +inf LIMIT ${offset} ${count}`, `ZREVRANGEBYSCORE z +inf -inf WITHSCORES LIMIT ${offset} ${count}`, `ZRANGE z -inf +inf BYSCORE LIMIT ${offset} ${count}`);
  zset.add(names, `ZRANGEBYLEX z - + LIMIT ${offset} ${count}`, `ZREVRANGEBYLEX z + - LIMIT ${offset} ${count}`, `ZRANGE z + - BYLEX REV LIMIT ${offset} ${count}`);
  zset.titled(`a large sorted set, LIMIT ${offset} ${count}`, large, `ZRANGEBYSCORE z 10 20 WITHSCORES LIMIT ${offset} ${count}`, `ZREVRANGEBYSCORE z 20 (10 LIMIT ${offset} ${count}`);
}
for (const options of subsets(['BYSCORE', 'BYLEX', 'REV', 'WITHSCORES', 'LIMIT 0 2', 'limit 1 1'], 4)) {
  for (const bounds of ['0 -1', '-inf +inf', '+inf -inf', '- +', '[a [z']) zset.add(small, `ZRANGE z ${bounds} ${options.join(' ')}`);
}
for (const [start, end] of combinations(['0', '10', '199', '399', '400', '-1', '-400', '-401'], ['0', '50', '399', '-1', '-200'])) {
  zset.titled(`a large sorted set: ranks ${start} ${end}`, large, `ZRANGE z ${start} ${end} WITHSCORES`, `ZREVRANGE z ${start} ${end}`, `ZREMRANGEBYRANK z ${start} ${end}`, 'ZCARD z', 'ZRANGE z 0 5 WITHSCORES');
}
for (const member of ['a', 'b', 'e', 'nosuch', '""']) {
  zset.add(small, `ZRANK z ${member}`, `ZREVRANK z ${member}`, `ZSCORE z ${member}`, `ZMSCORE z ${member} a nosuch`, `ZREM z ${member} ${member} a`, 'ZRANGE z 0 -1');
}
for (const member of ['m0', 'm49', 'm50', 'm399', 'm200', 'nosuch']) zset.titled(`a large sorted set: ${member}`, large, `ZRANK z ${member}`, `ZREVRANK z ${member}`, `ZSCORE z ${member}`, `ZINCRBY z 3.5 ${member}`, `ZRANK z ${member}`, `ZREM z ${member}`, 'ZCARD z', `ZADD z 25 ${member}`, `ZRANK z ${member}`);
zset.each([small], ['ZRANGE z 0', 'ZRANGE z a 1', 'ZRANGE z 0 1 FOO', 'ZREVRANGE z 0 -1 FOO', 'ZREVRANGE z 0 -1 WITHSCORES x', 'ZRANGEBYSCORE z 0 1 WITHSCORES WITHSCORES', 'ZRANGEBYSCORE z 0 9 LIMIT 1', 'ZRANGEBYSCORE z 0 9 FOO', 'ZRANGE z 0 9 LIMIT 0 1', 'ZRANGEBYLEX z - + WITHSCORES', 'ZRANGE z - + BYLEX WITHSCORES', 'ZREVRANGE z 0 -1 BYSCORE', 'ZRANGE z 1.5 2', 'zrange z 0 -1 rev withscores', 'ZRANGE missing a b', 'ZRANGEBYSCORE missing a b', 'ZRANGEBYLEX missing a b']);

/* Scores as they are printed. */
for (const score of ['0.1', '3.3', '1e21', '1e-7', '123456789.123', '-0', '1.0', '100', '1e15', '1e16', '1e17', '9007199254740993', '0.30000000000000004', '5e-324', '1.7976931348623157e308', '0.1e1', '2.5', '-1e-10']) {
  zset.add(`ZADD z ${score} a`, 'ZSCORE z a', 'ZRANGE z 0 -1 WITHSCORES', 'ZPOPMIN z');
  zset.add(`ZADD z INCR ${score} a`, 'ZINCRBY z 1 a', 'ZMSCORE z a b');
}
for (const [score, shown] of [['0.1', '0.1'], ['3.3', '3.3'], ['1e21', '1e+21'], ['1e-7', '1e-7'], ['123456789.123', '123456789.123'], ['5', '5'], ['-0.5', '-0.5'], ['inf', 'inf'], ['-inf', '-inf'], ['100000', '100000'], ['0.30000000000000004', '0.30000000000000004']] as const) {
  zset.with({ since: '7.2', name: `since 7.2 the score ${score} is printed ${shown}` }, want(`ZADD z ${score} a`, integer(1)), by(undefined, want('ZSCORE z a', double(shown))));
}
for (const [line, reply] of [['ZRANK z b WITHSCORE', array(integer(1), double('2'))], ['ZREVRANK z a WITHSCORE', array(integer(4), double('1'))], ['ZRANK z nosuch WITHSCORE', nilArray], ['ZRANK missing a WITHSCORE', nilArray], ['ZRANK z nosuch', nil], ['ZRANK z b', integer(1)], ['zrank z e withscore', array(integer(4), double('4.5'))]] as const) {
  zset.with({ since: '7.2', name: `since 7.2: ${line}` }, want(small, integer(5)), want(line, reply));
}
for (const line of ['ZRANK z b FOO', 'ZREVRANK z b FOO']) zset.with({ since: '7.2', name: `since 7.2: ${line}` }, want(small, integer(5)), want(line, () => '-ERR syntax error\r\n'));

/* Pops. */
for (const [command, count] of combinations(['ZPOPMIN', 'ZPOPMAX'], ['', '0', '1', '2', '100', '-1', 'x', '9223372036854775807', '1.5', '""'])) zset.add(small, `${command} z ${count}`, 'ZRANGE z 0 -1', 'EXISTS z');
for (const [where, count] of combinations(['MIN', 'MAX', 'min', 'UP'], ['', 'COUNT 1', 'COUNT 2', 'COUNT 100', 'COUNT 0', 'COUNT -1', 'COUNT x', 'COUNT', 'FOO 1', 'COUNT 1 COUNT 1'])) zset.add(small, `ZMPOP 2 missing z ${where} ${count}`, 'ZRANGE z 0 -1', 'EXISTS z');
for (const value of INTEGER_TEXTS) {
  zset.add(small, `ZMPOP ${value} z MIN`, 'ZCARD z');
  zset.add(small, by('type', `ZRANDMEMBER z ${/^-?\d{6,}$/.test(value) ? '-3' : value}`), 'ZCARD z');
  zset.add(small, `ZUNION ${value} z`, `ZINTERCARD 1 z LIMIT ${value}`);
}
for (const count of ['0', '1', '3', '100', '-1', '-10']) zset.add(small, `ZRANDMEMBER z ${count}`, `ZRANDMEMBER z ${count} WITHSCORES`, `ZRANDMEMBER missing ${count}`);
zset.add(small, by('unordered', 'ZRANDMEMBER z 100'), holds('ZRANDMEMBER z', (member: string) => 'abcde'.includes(member)));
zset.each([small], ['ZRANDMEMBER z -9223372036854775808', 'ZRANDMEMBER z -9223372036854775808 WITHSCORES', 'ZRANDMEMBER z -4611686018427387904 WITHSCORES', 'ZRANDMEMBER z 1 FOO', 'ZRANDMEMBER z abc', 'ZRANDMEMBER z 1 WITHSCORES x', 'ZRANDMEMBER z WITHSCORES']);

/* Algebra. */
const ZOO = ['ZADD a 1 x 2 y 3 z', 'ZADD b 10 y 20 z 30 w', 'ZADD i inf x -inf y', 'SADD s x w q', ['ZADD', 'l', ...Array.from({ length: 200 }, (_unused, index) => [String(index), index % 3 ? `m${index}` : 'xyz'[index % 9 / 3]!]).flat()]];
const OPTIONS = ['', 'WEIGHTS 2 3', 'WEIGHTS 1 -1', 'WEIGHTS 0 inf', 'AGGREGATE SUM', 'AGGREGATE MIN', 'AGGREGATE MAX', 'WEIGHTS 2 0.5 AGGREGATE MAX', 'aggregate min weights 1 2', 'WITHSCORES', 'WEIGHTS 2 3 WITHSCORES', 'WEIGHTS 1', 'WEIGHTS a b', 'WEIGHTS nan 1', 'AGGREGATE FOO', 'AGGREGATE', 'FOO'];
for (const operation of ['ZUNION', 'ZINTER']) {
  for (const [keys, option] of combinations(['a b', 'a s', 'a i', 'i i', 'a missing', 'missing missing', 'l a', 's s'], OPTIONS)) {
    zset.add(...ZOO, `${operation} 2 ${keys} ${option}`, `${operation}STORE d 2 ${keys} ${option}`, 'ZRANGE d 0 -1 WITHSCORES');
  }
}
for (const keys of ['1 a', '2 a b', '2 b a', '2 a s', '2 s a', '3 a b s', '2 a missing', '2 missing a', '2 a a', '2 l a', '2 a l', '0 a', '-1 a', '5 a b', 'x a', '1 a b', '2 a']) {
  for (const operation of ['ZDIFF', 'ZUNION', 'ZINTER']) {
    zset.add(...ZOO, `${operation} ${keys}`, `${operation} ${keys} WITHSCORES`, `${operation}STORE d ${keys}`, 'ZRANGE d 0 -1 WITHSCORES', `${operation}STORE a ${keys}`, 'ZRANGE a 0 -1 WITHSCORES');
  }
  zset.add(...ZOO, `ZINTERCARD ${keys}`, `ZINTERCARD ${keys} LIMIT 1`, `ZINTERCARD ${keys} LIMIT 0`, `ZINTERCARD ${keys} LIMIT -1`, `ZINTERCARD ${keys} LIMIT`, `ZINTERCARD ${keys} LIMIT x`);
}
for (const operation of ['ZUNIONSTORE', 'ZINTERSTORE', 'ZDIFFSTORE']) {
  zset.add('SET d v EX 100', ...ZOO, `${operation} d 1 a`, 'TYPE d', 'TTL d');
  zset.add('SET d v', `${operation} d 1 missing`, 'EXISTS d');
  zset.add('SET w v', ...ZOO, `${operation} d 2 a w`, `${operation} d 2 missing w`, 'EXISTS d');
}

/* ZRANGESTORE. */
for (const bounds of ['0 -1', '1 2', '5 9', '0 -1 REV', '-inf +inf BYSCORE', '(1 3 BYSCORE', '3 1 BYSCORE REV', '1 3 BYSCORE LIMIT 1 1', '- + BYLEX', '[x [y BYLEX', '0 -1 WITHSCORES', '0 -1 LIMIT 0 1', 'a b', '- + BYSCORE', '0 -1 FOO', '+ - BYLEX REV LIMIT 0 2', '-inf +inf BYSCORE LIMIT 0 -1']) {
  zset.add(...ZOO, `ZRANGESTORE d a ${bounds}`, 'ZRANGE d 0 -1 WITHSCORES', `ZRANGESTORE a a ${bounds}`, 'ZRANGE a 0 -1', `ZRANGESTORE b missing ${bounds}`, 'EXISTS b');
  zset.add(...ZOO, 'SET d v EX 50', `ZRANGESTORE d l ${bounds}`, 'TYPE d', 'TTL d', 'ZCARD d', 'OBJECT ENCODING d');
}

/* Encodings, scanning. */
for (const count of [127, 128, 129]) zset.titled(`the encoding at ${count} members`, ['ZADD', 'z', ...Array.from({ length: count }, (_unused, index) => [String(index), `m${index}`]).flat()], 'OBJECT ENCODING z', 'ZCARD z');
for (const size of [1, 63, 64, 65, 1000]) zset.add(`ZADD z 1 \${m*${size}}`, 'OBJECT ENCODING z', 'ZRANGE z 0 -1');
for (const make of [small, large]) zset.titled(`scanned whole: ${make === small ? 'small' : 'large'}`, make, scan('ZSCAN z 0'), scan('ZSCAN z 0 COUNT 1'), scan('ZSCAN z 0 MATCH *1*'), scan('ZSCAN z 0 MATCH a COUNT 100'));
zset.each([small], ['ZSCAN z abc', 'ZSCAN z 0 COUNT 0', 'ZSCAN z 0 FOO', 'ZSCAN z 0 MATCH', 'ZSCAN z 0', 'ZSCAN missing 0', 'ZSCAN z 0 MATCH b']);
zset.add('ZADD z 1 a', 'ZREM z a', 'EXISTS z', 'TYPE z');
zset.add('ZADD z 0 a -0 b', 'ZRANGE z 0 -1', 'ZRANGEBYSCORE z 0 0', 'ZRANGEBYSCORE z -0 (0');
