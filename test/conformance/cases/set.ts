/** Sets: members, moves, algebra, random picks. */

import { Family, by, differs, holds, scan } from '../case.js';
import { bulk } from '../want.js';
import { INTEGER_TEXTS, arity, combinations, everyType } from './torture.js';

export const set = new Family('set');

const COMMANDS = ['SADD', 'SREM', 'SISMEMBER', 'SMISMEMBER', 'SCARD', 'SMEMBERS', 'SPOP', 'SRANDMEMBER', 'SMOVE', 'SINTER', 'SUNION', 'SDIFF', 'SINTERSTORE', 'SUNIONSTORE', 'SDIFFSTORE', 'SINTERCARD', 'SSCAN'];
arity(set, COMMANDS, 6);
const OTHERS = ['string', 'list', 'hash', 'zset', 'stream'];
everyType(set, ['SADD k x', 'SREM k a', 'SISMEMBER k a', 'SMISMEMBER k a b', 'SCARD k', 'SMEMBERS k', 'SPOP k', 'SPOP k 2', 'SRANDMEMBER k', 'SRANDMEMBER k 2', 'SMOVE k d a', 'SMOVE s k a', 'SINTER k', 'SUNION k other', 'SDIFF k', 'SDIFF other k', 'SINTER other k', 'SINTERSTORE d k', 'SUNIONSTORE d k', 'SDIFFSTORE d other k', 'SINTERCARD 1 k', 'SSCAN k 0', 'SUNIONSTORE k missing', 'SINTERSTORE k missing'], OTHERS);
for (const type of ['SET k v', 'RPUSH k a']) set.add('SADD s a', type, 'SMOVE s k a', 'SMEMBERS s', 'SUNIONSTORE k s', 'TYPE k');
set.each([], ['SREM k a', 'SISMEMBER k a', 'SMISMEMBER k a b', 'SCARD k', 'SMEMBERS k', 'SPOP k', 'SPOP k 2', 'SPOP k 0', 'SRANDMEMBER k', 'SRANDMEMBER k 2', 'SRANDMEMBER k -2', 'SMOVE k d a', 'SINTER k', 'SUNION k k', 'SDIFF k k', 'SINTERCARD 1 k', 'SSCAN k 0', 'SINTERSTORE d k', 'SUNIONSTORE d k', 'SDIFFSTORE d k'], ['EXISTS k d']);

/* The three encodings answer alike. */
const MAKES = { integers: 'SADD s 1 2 3 4 5', words: 'SADD s a b c d e', mixed: 'SADD s 1 2 a b 3', 'long word': 'SADD s a ${x*100} 1', large: ['SADD', 's', ...Array.from({ length: 700 }, (_unused, index) => `m${index}`)], 'large integers': ['SADD', 's', ...Array.from({ length: 700 }, (_unused, index) => String(index * 37))] };
for (const [name, make] of Object.entries(MAKES)) {
  for (const line of ['SADD s 1', 'SADD s new', 'SADD s 6', 'SADD s a b c new 1 2 99', 'SADD s ""', 'SADD s a a a', 'SREM s a', 'SREM s 1 2 3', 'SREM s nosuch', 'SREM s a a m1 m1', 'SISMEMBER s a', 'SISMEMBER s 1', 'SISMEMBER s 01', 'SISMEMBER s ""', 'SMISMEMBER s a 1 nosuch m5 37 a', 'SCARD s', 'SMEMBERS s', 'SMOVE s d a', 'SMOVE s d 1', 'SMOVE s d nosuch', 'SMOVE s s a', 'SPOP s', 'SPOP s 2', 'SPOP s 0', 'SPOP s 1000', 'SRANDMEMBER s', 'SRANDMEMBER s 2', 'SRANDMEMBER s -10', 'SRANDMEMBER s 0', 'COPY s d', 'SADD s 9223372036854775807 -9223372036854775808', 'SADD s 9223372036854775808', 'SADD s -0 +1 01']) {
    set.titled(`${name}: ${line}`, make, line, 'SCARD s', 'SCARD d', line.startsWith('SPOP') ? 'EXISTS s' : 'SMEMBERS s', 'SMEMBERS d');
  }
  set.titled(`${name}: scanned whole`, make, scan('SSCAN s 0'), scan('SSCAN s 0 COUNT 1'), scan('SSCAN s 0 MATCH *1*'), scan('SSCAN s 0 MATCH [a-c] COUNT 1000'));
  set.titled(`${name}: SPOP of all gives all`, make, 'SCARD s', by('unordered', 'SPOP s 100000'), 'EXISTS s');
  set.titled(`${name}: SRANDMEMBER of all gives all`, make, by('unordered', 'SRANDMEMBER s 100000'), 'SCARD s');
  set.titled(`${name}: SRANDMEMBER gives members`, make, 'SMEMBERS s', holds('SRANDMEMBER s 3', (members: string[]) => new Set(members).size === 3), 'SCARD s');
}
set.add('SADD s 1 2 3', 'OBJECT ENCODING s', 'SADD s 9223372036854775807', 'OBJECT ENCODING s', 'SADD s -1', 'SMEMBERS s');
set.add('SADD s 1 2 3', 'SADD s a', differs('OBJECT ENCODING s', '7.2', bulk('listpack'), 'small sets are listpacks since 7.2'), 'SREM s a', differs('OBJECT ENCODING s', '7.2', bulk('listpack'), 'small sets are listpacks since 7.2'));
for (let count = 510; count <= 514; count += 1) set.titled(`${count} integers`, ['SADD', 's', ...Array.from({ length: count }, (_unused, index) => String(index))], 'OBJECT ENCODING s', 'SCARD s');
set.titled('200 words are a hash table', ['SADD', 's', ...Array.from({ length: 200 }, (_unused, index) => `w${index}`)], 'OBJECT ENCODING s');
set.titled('a word of 65 bytes makes a hash table', 'SADD s ${x*65}', 'OBJECT ENCODING s');
for (const value of INTEGER_TEXTS) {
  set.add(`SADD s ${value}`, `SISMEMBER s ${value}`, 'SMEMBERS s', 'SCARD s');
  set.add('SADD s 5', `SADD s ${value}`, 'SMEMBERS s');
  set.add('SADD s a b c', `SPOP s ${/^\d{6,}$/.test(value) ? '7' : value}`, 'EXISTS s');
  set.add('SADD s a b c', by('type', `SRANDMEMBER s ${/^-?\d{6,}$/.test(value) ? '-7' : value}`), 'SCARD s');
  set.add('SADD s a b', `SINTERCARD ${value} s`, `SINTERCARD 1 s LIMIT ${value}`);
}
set.each(['SADD s a b c'], ['SRANDMEMBER s -9223372036854775808', 'SRANDMEMBER s 9223372036854775807', 'SRANDMEMBER s 9223372036854775808', 'SPOP s -1', 'SPOP s 9223372036854775807', 'SPOP s abc', 'SPOP s 1 2', 'SRANDMEMBER s 1 2', 'SRANDMEMBER s abc', 'SRANDMEMBER s ""', 'SSCAN s abc', 'SSCAN s 0 COUNT 0', 'SSCAN s 0 FOO', 'SSCAN s 0 MATCH', 'SSCAN s 0 TYPE set', 'SSCAN missing x'], ['SCARD s']);

/* Algebra: every operation over every pair and triple of a small zoo. */
const ZOO = ['SADD ints 1 2 3 4', 'SADD more 3 4 5 6', 'SADD words a b c', 'SADD mix 1 a 3 c', 'SADD one 3', ['SADD', 'big', ...Array.from({ length: 600 }, (_unused, index) => String(index % 2 ? index : `w${index}`)), 'a', '3']];
const NAMES = ['ints', 'more', 'words', 'mix', 'one', 'big', 'missing'];
for (const operation of ['SINTER', 'SUNION', 'SDIFF']) {
  for (const [left, right] of combinations(NAMES, NAMES)) {
    set.add(...ZOO, `${operation} ${left} ${right}`);
    set.add(...ZOO, `${operation}STORE d ${left} ${right}`, 'SMEMBERS d', 'SCARD d');
  }
  for (const [left, middle, right] of combinations(['ints', 'mix', 'missing'], ['more', 'big', 'words'], ['one', 'mix', 'missing'])) set.add(...ZOO, `${operation} ${left} ${middle} ${right}`);
  for (const name of NAMES) {
    set.add(...ZOO, `${operation} ${name}`, `${operation} ${name} ${name}`);
    set.add(...ZOO, `${operation}STORE ${name} ${name} ints`, `SMEMBERS ${name}`, 'EXISTS missing');
    set.add(...ZOO, `${operation}STORE ${name} missing`, `EXISTS ${name}`);
  }
  set.add('SET d string', 'SADD s a', `${operation}STORE d s`, 'TYPE d');
  set.add('SET d string', `${operation}STORE d missing`, 'EXISTS d');
  set.add('SADD d x EX', 'EXPIRE d 100', 'SADD s a', `${operation}STORE d s`, 'TTL d');
  set.add('SET wrong v', 'SADD s a', `${operation} s wrong`, `${operation} wrong s`, `${operation} missing wrong`, `${operation}STORE d missing wrong`, 'EXISTS d');
}
for (const [left, right, limit] of combinations(NAMES, NAMES, ['', 'LIMIT 0', 'LIMIT 1', 'LIMIT 2', 'LIMIT 100'])) set.add(...ZOO, `SINTERCARD 2 ${left} ${right} ${limit}`);
set.each(ZOO, ['SINTERCARD 0 ints', 'SINTERCARD 2 ints', 'SINTERCARD 1 ints more', 'SINTERCARD 1 ints LIMIT', 'SINTERCARD 1 ints LIMIT -1', 'SINTERCARD 1 ints FOO 1', 'SINTERCARD x ints', 'SINTERCARD 2 ints more LIMIT 1 LIMIT 2', 'SINTERCARD 2 ints more limit 1']);
