/** Strings: SET with all its options, ranges, counters, LCS. */

import { Family, by } from '../case.js';
import { INDEX_TEXTS, INTEGER_TEXTS, DOUBLE_TEXTS, arity, combinations, everyType, subsets } from './torture.js';

export const string = new Family('string');

const COMMANDS = ['GET', 'SET', 'SETNX', 'SETEX', 'PSETEX', 'GETSET', 'GETDEL', 'GETEX', 'MGET', 'MSET', 'MSETNX', 'APPEND', 'STRLEN',
  'INCR', 'DECR', 'INCRBY', 'DECRBY', 'INCRBYFLOAT', 'SETRANGE', 'GETRANGE', 'SUBSTR', 'LCS'];

arity(string, COMMANDS, 5);
for (const command of COMMANDS) string.add(command.toLowerCase());

everyType(string, ['GET k', 'GETSET k new', 'GETDEL k', 'GETEX k', 'GETEX k EX 100', 'MGET k k missing', 'APPEND k x', 'STRLEN k', 'INCR k',
  'DECR k', 'INCRBY k 2', 'DECRBY k 2', 'INCRBYFLOAT k 1.5', 'SETRANGE k 1 zz', 'SETRANGE k 0 ""', 'GETRANGE k 0 -1', 'SUBSTR k 0 -1', 'SETNX k n',
  'SET k n', 'SET k n GET', 'SET k n NX GET', 'SET k n XX GET', 'SET k n KEEPTTL', 'MSET k n', 'MSETNX k n other n', 'SETEX k 100 n', 'PSETEX k 100000 n',
  'LCS k other', 'LCS other k', 'LCS k k LEN']);

/* SET: every subset of its options, on a missing key, an existing one, and one with a TTL. */
const SET_OPTIONS = ['NX', 'XX', 'GET', 'KEEPTTL', 'EX 100', 'PX 100000', 'EXAT 33177117420', 'PXAT 33177117420000'];
for (const options of subsets(SET_OPTIONS, 3)) {
  const line = ['SET k new', ...options].join(' ');
  string.add(line, 'GET k', 'TTL k');
  string.add('SET k old', line, 'GET k', 'TTL k');
  string.add('SET k old EX 5000', line, 'GET k', 'TTL k');
  if (line.includes('AT 3')) string.add('SET k old', line, 'PEXPIRETIME k');
}
for (const option of ['nx', 'xX', 'get', 'keepttl', 'ex 10', 'Px 10000', 'EXat 33177117420', 'FOO', 'EX', 'PX', 'EXAT', 'PXAT', 'NX NX', 'XX XX', 'GET GET', 'KEEPTTL KEEPTTL', 'EX 10 EX 10', '""', 'EX NX', 'IFFOO x']) {
  string.add(`SET k v ${option}`, 'GET k', 'TTL k');
}
for (const option of ['EX', 'PX', 'EXAT', 'PXAT']) {
  for (const value of [...INTEGER_TEXTS, '9223372036854775', '9223372036854776', '9223370000000000']) {
    if (option.endsWith('AT') && value.length < 14 && Number(value) > 2) continue;
    if (option === 'EX' || option === 'PX' ? value !== '1' : true) string.add('SET k old', `SET k v ${option} ${value}`, 'EXISTS k', 'GET k');
  }
}
string.each(['SET k old EX 5000'], ['SETNX k v', 'GETSET k v', 'APPEND k v', 'INCRBY k 1', 'SETRANGE k 0 v', 'MSET k v', 'SETEX k 100 v', 'PSETEX k 100000 v', 'GETEX k', 'GETDEL k'], ['TTL k', 'GET k']);

for (const command of ['SETEX', 'PSETEX']) {
  for (const value of INTEGER_TEXTS) if (value !== '1') string.add('SET k old', `${command} k ${value} v`, 'EXISTS k');
}

/* GETEX. */
for (const options of subsets(['EX 100', 'PX 100000', 'EXAT 33177117420', 'PXAT 33177117420000', 'PERSIST'], 2)) {
  for (const key of ['k', 'missing']) string.add('SET k v EX 5000', ['GETEX', key, ...options].join(' '), 'TTL k', 'EXISTS missing');
}
for (const option of ['EX', 'PX', 'EXAT', 'PXAT']) {
  for (const value of ['0', '-1', 'abc', '9223372036854775807', '-9223372036854775808', '1.5', '""', '9223372036854775808']) {
    string.add('SET k v', `GETEX k ${option} ${value}`, 'EXISTS k');
    string.add(`GETEX missing ${option} ${value}`);
  }
}
string.each(['SET k v'], ['GETEX k EXAT 1', 'GETEX k PXAT 1', 'GETEX k FOO', 'GETEX k EX', 'GETEX k PERSIST PERSIST', 'GETEX k KEEPTTL', 'GETEX k NX', 'GETEX k persist'], ['EXISTS k', 'TTL k']);

/* Counters. */
for (const value of [...INTEGER_TEXTS, '"12 34"', '"\\x31"', '9223372036854775806', '-9223372036854775807']) {
  string.add(`SET k ${value}`, 'INCR k', 'GET k');
  string.add(`SET k ${value}`, 'DECR k', 'GET k');
  string.add('SET k 10', `INCRBY k ${value}`, 'GET k');
  string.add('SET k 10', `DECRBY k ${value}`, 'GET k');
  string.add('SET k -10', `INCRBY k ${value}`, 'GET k');
  string.add('SET k -10', `DECRBY k ${value}`, 'GET k');
  string.add(`INCRBY k ${value}`, 'GET k', 'OBJECT ENCODING k');
  string.add(`SET k ${value}`, 'OBJECT ENCODING k', 'STRLEN k', 'GETRANGE k 0 1');
}
for (const value of DOUBLE_TEXTS) {
  string.add('SET k 10.5', `INCRBYFLOAT k ${value}`, 'GET k');
  string.add(`INCRBYFLOAT k ${value}`, 'GET k', 'STRLEN k');
  string.add(`SET k ${value}`, 'INCRBYFLOAT k 1', 'GET k');
}
for (const [start, step] of combinations(['0', '0.1', '5.0e3', '1e20', '-1', '3.0', '100000000000000000', '17179869184'], ['0.1', '0.2', '-5', '1e-17', '200', '5e2', '1.0000000001', '-0.1'])) {
  string.add(`SET k ${start}`, `INCRBYFLOAT k ${step}`, 'GET k');
}
string.add('INCR k', 'INCR k', 'DECR k', 'DECRBY k 5', 'INCRBY k 100', 'GET k', 'OBJECT ENCODING k');
string.add('SET k 1', 'APPEND k 2', 'OBJECT ENCODING k', 'INCR k', 'OBJECT ENCODING k', 'GET k');

/* Ranges. */
for (const [start, end] of combinations(INDEX_TEXTS, INDEX_TEXTS)) string.add('SET k Hello', `GETRANGE k ${start} ${end}`);
for (const [start, end] of combinations(['0', '1', '-2', '-9223372036854775808', '9223372036854775807'], ['0', '-1', '2', '9223372036854775807'])) {
  string.add('SET k 12345', `GETRANGE k ${start} ${end}`, `SUBSTR k ${start} ${end}`);
  string.add(`GETRANGE missing ${start} ${end}`);
}
for (const value of ['abc', '1.5', '""', '9223372036854775808', '" 1"']) string.each(['SET k Hello'], [`GETRANGE k ${value} 1`, `GETRANGE k 1 ${value}`, `SETRANGE k ${value} x`]);
for (const [offset, value] of combinations(['0', '1', '4', '5', '6', '20', '-1', '-9223372036854775808', '536870911', '536870912', '9223372036854775807', '4294967295', '4294967296'], ['""', 'x', '"a\\x00b"', 'longer-than-before'])) {
  if (offset === '536870911') continue;
  string.add('SET k Hello', `SETRANGE k ${offset} ${value}`, 'GET k', 'STRLEN k');
  if (Number(offset) < 100) string.add(`SETRANGE k ${offset} ${value}`, 'GET k', 'EXISTS k', 'OBJECT ENCODING k');
  else string.add(`SETRANGE k ${offset} ${value}`, 'EXISTS k');
  string.add('SET k 12345', `SETRANGE k ${offset} ${value}`, 'STRLEN k');
}

/* APPEND, binary values, sizes at the edges of the encodings. */
for (const size of [0, 1, 10, 38, 39, 40, 43, 44, 45, 63, 64, 65, 127, 128, 255, 256, 1000, 16_383, 16_384, 65_536, 100_000]) {
  const value = size === 0 ? '""' : `\${x*${size}}`;
  string.add(`SET k ${value}`, 'STRLEN k', 'OBJECT ENCODING k', 'GET k');
  string.add(`APPEND k ${value}`, `APPEND k ${value}`, 'STRLEN k', 'GET k');
  string.add(`SET k ${value}`, 'APPEND k y', 'OBJECT ENCODING k', 'GETRANGE k -2 -1');
}
for (const value of ['"\\x00"', '"\\xff\\xfe"', '"a\\r\\nb"', '"\\r\\n"', '"$3\\r\\nfoo\\r\\n"', '" "', '"\\x80"', '"*1\\r\\n"']) {
  string.add(`SET k ${value}`, 'GET k', 'STRLEN k', `APPEND k ${value}`, 'GET k');
  string.add(`SET ${value} v`, `GET ${value}`, `EXISTS ${value}`, 'KEYS *', `DEL ${value}`);
  string.add(`MSET ${value} 1 b ${value}`, `MGET ${value} b`);
}
string.add('SET "" v', 'GET ""', 'EXISTS ""', 'TYPE ""', 'DEL ""');
for (let length = 1; length <= 21; length += 1) {
  const digits = '12345678901234567890123'.slice(0, length);
  string.add(`SET k ${digits}`, 'OBJECT ENCODING k', 'GET k', 'STRLEN k');
  string.add(`SET k -${digits}`, 'OBJECT ENCODING k', 'GET k', 'STRLEN k');
}

/* Several keys. */
string.add('MSET a 1 b 2 c 3', 'MGET a b c d', 'DBSIZE');
string.add('MSET a 1 a 2 a 3', 'GET a', 'DBSIZE');
string.add('MSET a 1 b', 'DBSIZE');
string.add('MSETNX a 1 b', 'DBSIZE');
string.add('MSETNX a 1 b 2', 'MSETNX b 3 c 4', 'MGET a b c');
string.add('MSETNX a 1 a 2', 'GET a');
string.add('MSET a 1 EX 10');
string.add('SET a 1 EX 100', 'MSET a 2', 'TTL a');
string.add('MGET a a a', 'SET a 1', 'MGET a a a');
string.add('SADD s 1', 'MSET s 1', 'TYPE s');
for (const count of [10, 100, 500]) {
  const names = Array.from({ length: count }, (_unused, index) => `key:${index}`);
  string.titled(`MSET and MGET of ${count} keys`, ['MSET', ...names.flatMap((name, index) => [name, String(index * 7)])], ['MGET', ...names], 'DBSIZE', ['EXISTS', ...names], ['UNLINK', ...names], 'DBSIZE');
}

/* LCS. */
const LCS_PAIRS: ReadonlyArray<readonly [string, string]> = [['ohmytext', 'mynewtext'], ['', 'abc'], ['abc', ''], ['abc', 'abc'], ['abc', 'xyz'], ['aaaa', 'aa'], ['abcbdab', 'bdcaba'], ['12345', '345'], ['a\\x00b', '\\x00b'], ['GATTACA', 'TAGACCATAGA']];
const LCS_OPTIONS = ['', 'LEN', 'IDX', 'IDX LEN', 'IDX WITHMATCHLEN', 'IDX MINMATCHLEN 4', 'IDX MINMATCHLEN 2 WITHMATCHLEN', 'IDX MINMATCHLEN -1', 'IDX MINMATCHLEN 0', 'LEN IDX WITHMATCHLEN',
  'WITHMATCHLEN', 'MINMATCHLEN 2', 'idx withmatchlen', 'IDX MINMATCHLEN abc', 'FOO', 'IDX MINMATCHLEN', 'MINMATCHLEN 9223372036854775807 IDX'];
for (const [left, right] of LCS_PAIRS) {
  for (const option of LCS_OPTIONS) string.add(`MSET a "${left}" b "${right}"`, `LCS a b ${option}`);
}
string.add('LCS a b', 'LCS a b LEN', 'LCS a b IDX');
string.add('SET a x', 'LCS a missing IDX', 'LCS missing a LEN', 'LCS a a IDX WITHMATCHLEN');

/* Expired keys are gone for every command. */
string.each(['SET k v PXAT 1'], ['GET k', 'STRLEN k', 'APPEND k x', 'GETSET k x', 'SETNX k x', 'SET k x XX', 'SET k x NX', 'SET k x GET', 'GETDEL k', 'GETEX k', 'INCR k', 'SETRANGE k 1 x', 'GETRANGE k 0 -1', 'MGET k', 'MSETNX k x', 'INCRBYFLOAT k 1', 'LCS k k'], ['EXISTS k', 'DBSIZE', 'TTL k']);

/* Words that are read without regard to case. */
string.each(['SET k v'], ['get k', 'gEt k', 'strlen k', 'StrLen k', 'append k w', 'set k x nx get', 'set k x Ex 100', 'getex k pErSiSt', 'lcs k k len'], ['GET k']);

string.add(by('error-code', 'GETT k'), 'EXISTS k');
