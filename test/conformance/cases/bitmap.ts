/** Bitmaps: single bits, counting, positions, bit operations, bit fields. */

import { Family } from '../case.js';
import { INTEGER_TEXTS, arity, combinations, everyType } from './torture.js';

export const bitmap = new Family('bitmap');

arity(bitmap, ['SETBIT', 'GETBIT', 'BITCOUNT', 'BITPOS', 'BITOP', 'BITFIELD', 'BITFIELD_RO'], 6);
everyType(bitmap, ['SETBIT k 7 1', 'GETBIT k 0', 'BITCOUNT k', 'BITCOUNT k 0 -1', 'BITPOS k 1', 'BITOP NOT d k', 'BITOP AND d k missing', 'BITOP OR d missing k', 'BITFIELD k GET u8 0', 'BITFIELD k SET u8 0 1', 'BITFIELD_RO k GET u8 0'], ['list', 'hash', 'set', 'zset', 'stream']);
const TEXTS = ['""', 'foobar', '"\\x00\\x00\\x00"', '"\\xff\\xff\\xff"', '"\\xff\\xf0\\x00"', '"\\x00\\xff\\xf0"', '12345', '"\\x80"', '"\\x01"', '${x*300}'];
const RANGES = ['', '0', '0 0', '0 -1', '1 1', '1 -1', '-2 -1', '5 30', '-100 100', '2 1', '-1 -2', '100 200', '0 0 BYTE', '1 2 byte', '5 30 BIT', '0 -1 BIT', '-8 -1 bit', '7 8 BIT', '1 1 FOO', '1 BIT', 'a 1', '1 a', '9223372036854775807 -1', '-9223372036854775808 9223372036854775807', '0 -9223372036854775808'];
for (const [text, range] of combinations(TEXTS, RANGES)) {
  bitmap.add(`SET k ${text}`, `BITCOUNT k ${range}`);
  bitmap.add(`SET k ${text}`, `BITPOS k 1 ${range}`);
  bitmap.add(`SET k ${text}`, `BITPOS k 0 ${range}`);
}
for (const range of RANGES) if (!/a|FOO|BIT$/.test(range)) bitmap.add(`BITCOUNT missing ${range}`, `BITPOS missing 1 ${range}`, `BITPOS missing 0 ${range}`);
bitmap.each(['SET k foobar'], ['BITPOS k 2', 'BITPOS k -1', 'BITPOS k abc', 'BITPOS missing 2', 'BITCOUNT k 1 2 BIT x', 'BITPOS k 1 2 BIT', 'BITPOS k 1 0 -1 BIT x']);
for (const offset of [...INTEGER_TEXTS, '7', '8', '4294967295']) {
  if (!['2147483647', '4294967295', '2147483648'].includes(offset)) bitmap.add(`SETBIT k ${offset} 1`, `GETBIT k ${offset}`, 'STRLEN k', 'GET k');
  bitmap.add('SET k foobar', `GETBIT k ${offset}`);
  bitmap.add(`SETBIT k 0 ${offset}`, 'EXISTS k');
}
for (const offset of [0, 1, 5, 7, 8, 15, 16, 100, 1000]) {
  for (const text of ['', 'SET k foobar', 'SET k 12345', 'SET k ${x*300}']) {
    bitmap.add(...(text ? [text] : []), `SETBIT k ${offset} 1`, `SETBIT k ${offset} 0`, `SETBIT k ${offset} 1`, `GETBIT k ${offset}`, 'STRLEN k', 'OBJECT ENCODING k', 'GET k');
  }
}
bitmap.add('SET k v EX 100', 'SETBIT k 1 0', 'TTL k');

/* BITOP. */
const SOURCES = ['SET a "\\xff\\x0f\\x55"', 'SET b "\\x0f\\xff"', 'SET c "\\xaa"', 'SET e ""', 'SET n 12345', 'SET l ${z*100}'];
for (const operation of ['AND', 'OR', 'XOR', 'and', 'NAND', 'NOT']) {
  for (const keys of ['a', 'a b', 'a b c', 'a missing', 'missing', 'missing missing', 'a a', 'e', 'a e', 'n a', 'l a b', 'a d', 'd']) {
    bitmap.add(...SOURCES, `BITOP ${operation} d ${keys}`, 'GET d', 'EXISTS d');
  }
  bitmap.add('SET d old EX 100', 'SET a x', `BITOP ${operation} d a`, 'TTL d', 'GET d');
  bitmap.add('RPUSH d x', 'SET a x', `BITOP ${operation} d a`, 'TYPE d');
  bitmap.add('RPUSH d x', `BITOP ${operation} d missing`, 'EXISTS d');
}
bitmap.add('SET a x', 'BITOP NOT a a', 'GET a', 'BITOP NOT a a', 'GET a');

/* BITFIELD. */
const FIELD_TYPES = ['u1', 'u8', 'i8', 'u16', 'i16', 'u32', 'i64', 'u63', 'i5'];
for (const [type, offset] of combinations(FIELD_TYPES, ['0', '1', '7', '8', '#0', '#1', '#3', '100'])) {
  bitmap.add('SET k foobar', `BITFIELD k GET ${type} ${offset}`, `BITFIELD_RO k GET ${type} ${offset}`);
  bitmap.add('SET k foobar', `BITFIELD k SET ${type} ${offset} 1`, 'GET k');
  bitmap.add(`BITFIELD k SET ${type} ${offset} -1`, 'GET k', `BITFIELD k GET ${type} ${offset}`);
}
for (const [type, overflow, step] of combinations(['u8', 'i8', 'u63', 'i64', 'u2', 'i2'], ['WRAP', 'SAT', 'FAIL', 'wrap'], ['1', '-1', '100', '-200', '255', '9223372036854775807', '-9223372036854775808'])) {
  bitmap.add(`BITFIELD k OVERFLOW ${overflow} INCRBY ${type} 0 ${step} INCRBY ${type} 0 ${step} GET ${type} 0`, 'GET k');
  bitmap.add(`BITFIELD k OVERFLOW ${overflow} SET ${type} 0 ${step} SET ${type} 0 3 INCRBY ${type} 3 ${step}`, 'GET k');
}
bitmap.each(['SET k foobar'], ['BITFIELD k', 'BITFIELD k GET u64 0', 'BITFIELD k GET i65 0', 'BITFIELD k GET u0 0', 'BITFIELD k GET x8 0', 'BITFIELD k GET u8 -1', 'BITFIELD k GET u8 #-1', 'BITFIELD k GET u8 abc', 'BITFIELD k GET u8', 'BITFIELD k SET u8 0', 'BITFIELD k SET u8 0 abc', 'BITFIELD k INCRBY u8 0', 'BITFIELD k OVERFLOW', 'BITFIELD k OVERFLOW FOO', 'BITFIELD k FOO u8 0', 'BITFIELD k GET u8 4294967296', 'BITFIELD k GET u8 4294967295', 'BITFIELD k GET u8 #536870911', 'BITFIELD k SET u8 4294967296 1', 'BITFIELD k GET u8 9223372036854775807', 'BITFIELD k GET "u 8" 0', 'BITFIELD k GET u8 0 GET i4 4 GET u63 1',
  'BITFIELD k SET u8 0 200 GET u8 0 INCRBY u8 8 5', 'BITFIELD_RO k SET u8 0 1', 'BITFIELD_RO k INCRBY u8 0 1', 'BITFIELD_RO k OVERFLOW WRAP GET u8 0', 'BITFIELD_RO k', 'BITFIELD k GET u-8 0', 'BITFIELD k GET 8 0', 'BITFIELD k get U8 0', 'BITFIELD k OVERFLOW SAT', 'BITFIELD k SET u8 0 9223372036854775808'], ['GET k']);
bitmap.add('BITFIELD missing GET u8 0', 'EXISTS missing', 'BITFIELD missing OVERFLOW SAT GET u8 0', 'BITFIELD_RO missing GET u8 0 GET u16 #2', 'EXISTS missing');
