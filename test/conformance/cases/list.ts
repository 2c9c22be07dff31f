/** Lists: ends, ranges, positions, moves. The blocking forms are in blocking.ts. */

import { Family, differs } from '../case.js';
import { bulk } from '../want.js';
import { INDEX_TEXTS, INTEGER_TEXTS, arity, combinations, everyType } from './torture.js';

export const list = new Family('list');

const COMMANDS = ['LPUSH', 'RPUSH', 'LPUSHX', 'RPUSHX', 'LPOP', 'RPOP', 'LLEN', 'LRANGE', 'LINDEX', 'LSET', 'LINSERT', 'LREM', 'LTRIM', 'LPOS', 'LMOVE', 'RPOPLPUSH', 'LMPOP'];
arity(list, COMMANDS, 6);
everyType(list, ['LPUSH k x', 'RPUSH k x', 'LPUSHX k x', 'RPUSHX k x', 'LPOP k', 'RPOP k', 'LPOP k 2', 'RPOP k 0', 'LLEN k', 'LRANGE k 0 -1', 'LINDEX k 0', 'LSET k 0 x', 'LINSERT k BEFORE a x', 'LREM k 0 a', 'LTRIM k 0 1', 'LPOS k a', 'LMOVE k d LEFT RIGHT', 'RPOPLPUSH k d', 'LMPOP 1 k LEFT', 'LMPOP 2 missing k RIGHT COUNT 2'],
  ['string', 'hash', 'set', 'zset', 'stream']);
everyType(list, ['LMOVE src k LEFT RIGHT', 'RPOPLPUSH src k'].map((line) => line), ['string', 'hash', 'set', 'zset', 'stream']);
for (const make of ['SET k v', 'HSET k f v']) list.add('RPUSH src a b', make, 'LMOVE src k LEFT RIGHT', 'LRANGE src 0 -1');
list.each([], ['LPOP k', 'RPOP k', 'LPOP k 0', 'LPOP k 1', 'LPOP k -1', 'RPOP k 5', 'LLEN k', 'LRANGE k 0 -1', 'LINDEX k 0', 'LSET k 0 x', 'LINSERT k BEFORE a x', 'LREM k 0 a', 'LTRIM k 0 1', 'LPOS k a', 'LPOS k a COUNT 0', 'LMOVE k d LEFT RIGHT', 'RPOPLPUSH k d', 'LMPOP 1 k LEFT', 'LPUSHX k a', 'RPUSHX k a b'], ['EXISTS k d']);

const five = 'RPUSH l a b c d e';
const many: string[] = ['RPUSH', 'l', ...Array.from({ length: 1000 }, (_unused, index) => `element-${index}`)];
for (const [start, end] of combinations(INDEX_TEXTS, INDEX_TEXTS)) {
  list.add(five, `LRANGE l ${start} ${end}`);
  list.add(five, `LTRIM l ${start} ${end}`, 'LRANGE l 0 -1', 'EXISTS l');
}
for (const [start, end] of combinations(['0', '1', '499', '998', '999', '1000', '-1', '-2', '-1000', '-1001'], ['0', '500', '999', '-1', '-500'])) {
  list.titled(`a thousand elements: LRANGE ${start} ${end}`, many, `LRANGE l ${start} ${end}`);
  list.titled(`a thousand elements: LTRIM ${start} ${end}`, many, `LTRIM l ${start} ${end}`, 'LLEN l', 'LINDEX l 0', 'LINDEX l -1', 'LRANGE l 0 3');
}
for (const value of [...INTEGER_TEXTS, '4', '-5', '-6', '5']) {
  list.add(five, `LINDEX l ${value}`);
  list.add(five, `LSET l ${value} x`, 'LRANGE l 0 -1');
  list.add(five, `LRANGE l ${value} 2`, `LRANGE l 1 ${value}`);
  list.add(five, `LREM l ${value} c`, 'LRANGE l 0 -1');
  list.add(five, `LPOP l ${value}`, 'LRANGE l 0 -1', 'EXISTS l');
  list.add(five, `RPOP l ${value}`, 'LRANGE l 0 -1', 'EXISTS l');
  list.add(five, `LPOS l c RANK ${value}`, `LPOS l c COUNT ${value}`, `LPOS l c MAXLEN ${value}`);
  list.add(five, `LMPOP ${value} l LEFT`, `LMPOP 1 l LEFT COUNT ${value}`, 'LRANGE l 0 -1');
}
for (const index of ['0', '1', '499', '500', '998', '999', '1000', '-1', '-500', '-1000', '-1001']) {
  list.titled(`a thousand elements: LINDEX and LSET ${index}`, many, `LINDEX l ${index}`, `LSET l ${index} changed`, `LINDEX l ${index}`, 'LLEN l');
}

/* LPUSH and RPUSH. */
list.add('LPUSH l a b c', 'RPUSH l x y z', 'LRANGE l 0 -1', 'LLEN l', 'LPUSHX l q r', 'RPUSHX l s t', 'LRANGE l 0 -1');
for (const value of ['""', '"\\x00"', '"\\xff"', '12345', '-1', '9223372036854775807', '0', '127', '128', '-129', '32767', '32768', '8388607', '8388608', '2147483648', '01', '1.5', '" 1"', '${x*63}', '${x*64}', '${x*4095}', '${x*4096}', '${x*9000}', '${x*70000}']) {
  list.add(`RPUSH l a ${value} b`, 'LRANGE l 0 -1', 'LINDEX l 1', `LPOS l ${value}`, `LREM l 0 ${value}`, 'LLEN l');
  list.add(`LPUSH l ${value}`, 'LPOP l', 'EXISTS l');
  list.add(five, `LINSERT l BEFORE c ${value}`, `LINSERT l AFTER ${value} z`, 'LRANGE l 0 -1');
  list.add(five, `LSET l 2 ${value}`, 'LRANGE l 0 -1');
}

/* LINSERT, LREM, LPOS. */
for (const [where, pivot] of combinations(['BEFORE', 'AFTER', 'before', 'AFTer', 'BETWEEN', '""'], ['a', 'c', 'e', 'nosuch', '""'])) list.add(five, `LINSERT l ${where} ${pivot} X`, 'LRANGE l 0 -1');
const repeated = 'RPUSH l a b a c a b a';
for (const [count, value] of combinations(['0', '1', '2', '3', '10', '-1', '-2', '-10', '9223372036854775807', '-9223372036854775808'], ['a', 'b', 'nosuch'])) list.add(repeated, `LREM l ${count} ${value}`, 'LRANGE l 0 -1');
list.add('RPUSH l a a a', 'LREM l 0 a', 'EXISTS l');
for (const [rank, count, most] of combinations(['', 'RANK 1', 'RANK 2', 'RANK -1', 'RANK -2', 'RANK 0', 'RANK 10', 'RANK -9223372036854775808', 'RANK -9223372036854775807'], ['', 'COUNT 0', 'COUNT 1', 'COUNT 2', 'COUNT -1'], ['', 'MAXLEN 0', 'MAXLEN 2', 'MAXLEN -1'])) {
  list.add(repeated, `LPOS l a ${rank} ${count} ${most}`);
}
list.each([repeated], ['LPOS l a FOO 1', 'LPOS l a RANK', 'LPOS l a COUNT', 'LPOS l nosuch', 'LPOS l nosuch COUNT 0', 'LPOS l a rank 1 count 0', 'LPOS missing a RANK 0', 'LPOS l a RANK 1 RANK 2', 'LPOS missing a COUNT -1', 'LPOS l a RANK 1.5']);

/* LMOVE, RPOPLPUSH, LMPOP. */
for (const [from, to] of combinations(['LEFT', 'RIGHT', 'left', 'UP'], ['LEFT', 'RIGHT', 'right', ''])) {
  list.add('RPUSH a 1 2 3', 'RPUSH b x y', `LMOVE a b ${from} ${to}`, 'LRANGE a 0 -1', 'LRANGE b 0 -1');
  list.add('RPUSH a 1 2 3', `LMOVE a a ${from} ${to}`, 'LRANGE a 0 -1');
  list.add('RPUSH a 1', `LMOVE a b ${from} ${to}`, 'EXISTS a', 'LRANGE b 0 -1');
  list.add('RPUSH a 1', `LMOVE a a ${from} ${to}`, 'LRANGE a 0 -1');
  list.add(`LMOVE missing b ${from} ${to}`, 'EXISTS b');
}
list.add('RPUSH a 1 2 3', 'RPOPLPUSH a b', 'RPOPLPUSH a a', 'RPOPLPUSH b b', 'LRANGE a 0 -1', 'LRANGE b 0 -1', 'RPOPLPUSH a b', 'RPOPLPUSH a b', 'EXISTS a');
for (const [where, count] of combinations(['LEFT', 'RIGHT', 'left', 'UP'], ['', 'COUNT 1', 'COUNT 2', 'COUNT 10', 'COUNT 0', 'COUNT -1', 'COUNT x', 'COUNT', 'FOO 1', 'COUNT 1 COUNT 2', 'COUNT 9223372036854775807'])) {
  list.add('RPUSH b 1 2 3', `LMPOP 2 a b ${where} ${count}`, 'LRANGE b 0 -1', 'EXISTS b');
}
list.each(['RPUSH l a b'], ['LMPOP 0 l LEFT', 'LMPOP -1 l LEFT', 'LMPOP 2 l LEFT', 'LMPOP 1 l', 'LMPOP 1 l m LEFT', 'LMPOP x l LEFT', 'LMPOP 1 l LEFT RIGHT', 'LMPOP 3 l l LEFT', 'LMPOP 2 l l LEFT COUNT 5', 'LMPOP 1.5 l LEFT', 'LMPOP 9223372036854775807 l LEFT', 'LMPOP 2147483648 l LEFT'], ['LRANGE l 0 -1']);

/* Encodings: a quicklist throughout before 7.2, a listpack while small since. */
const smallEncoding = differs('OBJECT ENCODING l', '7.2', bulk('listpack'), 'small lists are listpacks since 7.2');
list.titled('a small list', 'RPUSH l a b c', smallEncoding);
list.titled('a list of integers', 'RPUSH l 1 2 3', smallEncoding);
list.titled('a large list', many, 'LTRIM l 0 9999', 'LLEN l');
list.titled('a list of 20,000 bytes is a quicklist', 'RPUSH l ${x*10000} ${y*10000}', 'OBJECT ENCODING l');
for (const size of ['1', '3', '-1', '-2']) {
  for (const depth of ['0', '1', '2']) {
    list.with({ config: { 'list-max-listpack-size': size, 'list-compress-depth': depth }, name: `list-max-listpack-size ${size}, list-compress-depth ${depth}` }, many, 'LINDEX l 500', 'LSET l 500 x', 'LINSERT l AFTER x y', 'LREM l 1 element-3', 'LRANGE l 495 505', 'LRANGE l 0 5', 'LPOP l 400', 'RPOP l 400', 'LRANGE l 0 -1', 'LLEN l', 'LPOS l y', 'LTRIM l 5 10', 'LRANGE l 0 -1');
  }
}
list.titled('pushes and pops at both ends keep the order', ...Array.from({ length: 60 }, (_unused, index) => (index % 7 === 3 ? 'LPOP l' : index % 11 === 5 ? 'RPOP l' : index % 2 ? `LPUSH l ${index}` : `RPUSH l ${index}`)), 'LRANGE l 0 -1');
