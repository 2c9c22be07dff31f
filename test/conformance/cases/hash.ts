/** Hashes up to Redis 7.0; field expiry and the newer commands are in newer.ts. */

import { Family, by, holds, scan } from '../case.js';
import { DOUBLE_TEXTS, INTEGER_TEXTS, arity, everyType } from './torture.js';

export const hash = new Family('hash');

const COMMANDS = ['HSET', 'HMSET', 'HSETNX', 'HGET', 'HMGET', 'HGETALL', 'HKEYS', 'HVALS', 'HLEN', 'HSTRLEN', 'HEXISTS', 'HDEL', 'HINCRBY', 'HINCRBYFLOAT', 'HRANDFIELD', 'HSCAN'];
arity(hash, COMMANDS, 6);
everyType(hash, ['HSET k f v', 'HMSET k f v', 'HSETNX k f v', 'HGET k f', 'HMGET k f g', 'HGETALL k', 'HKEYS k', 'HVALS k', 'HLEN k', 'HSTRLEN k f', 'HEXISTS k f', 'HDEL k f', 'HINCRBY k f 1', 'HINCRBYFLOAT k f 1', 'HRANDFIELD k', 'HRANDFIELD k 2', 'HSCAN k 0'],
  ['string', 'list', 'set', 'zset', 'stream']);
hash.each([], ['HGET k f', 'HMGET k f g', 'HGETALL k', 'HKEYS k', 'HVALS k', 'HLEN k', 'HSTRLEN k f', 'HEXISTS k f', 'HDEL k f', 'HRANDFIELD k', 'HRANDFIELD k 2', 'HRANDFIELD k -2', 'HRANDFIELD k 2 WITHVALUES', 'HSCAN k 0', 'HINCRBY k f 5', 'HINCRBYFLOAT k f 0.5', 'HSETNX k f v'], ['EXISTS k', 'TYPE k']);

/* Small (listpack: order of insertion) and large (hash table) hashes answer alike. */
const small = 'HSET h a 1 b 2 c 3';
const large: string[] = ['HSET', 'h', ...Array.from({ length: 600 }, (_unused, index) => [`f${index}`, `v${index}`]).flat()];
for (const [name, make] of [['small', small], ['large', large], ['long value', 'HSET h a 1 b ${x*100} c 3']] as const) {
  for (const line of ['HGET h a', 'HGET h f7', 'HGET h nosuch', 'HMGET h a f7 nosuch a', 'HLEN h', 'HSTRLEN h a', 'HSTRLEN h f100', 'HSTRLEN h nosuch', 'HEXISTS h a', 'HEXISTS h nosuch', 'HDEL h a', 'HDEL h a a b f1 nosuch', 'HSET h a 9', 'HSET h new 9 a 8', 'HSET h a 1 a 2 a 3', 'HSETNX h a 9', 'HSETNX h z 9', 'HINCRBY h a 5', 'HINCRBY h f1 5', 'HINCRBYFLOAT h a 0.5', 'HMSET h a x q y', 'OBJECT ENCODING h', 'HGETALL h', 'HKEYS h', 'HVALS h', 'COPY h h2', 'HDEL h a b c', 'HSET h "" empty', 'HSET h "\\x00" "\\xff"']) {
    hash.titled(`${name}: ${line}`, make, line, 'HLEN h', 'HMGET h a b c f1 f7 z "" "\\x00"', 'OBJECT ENCODING h');
  }
  hash.titled(`${name}: the whole of it`, make, 'HGETALL h', 'HKEYS h', 'HVALS h', scan('HSCAN h 0'), scan('HSCAN h 0 COUNT 1'), scan('HSCAN h 0 MATCH a*'), scan('HSCAN h 0 MATCH f1* COUNT 1000'));
  hash.titled(`${name}: deleted field by field`, make, 'HDEL h a b c', ['HDEL', 'h', ...Array.from({ length: 600 }, (_unused, index) => `f${index}`)], 'EXISTS h', 'TYPE h');
  for (const count of ['0', '1', '2', '3', '100', '-1', '-5', '-100']) {
    hash.titled(`${name}: HRANDFIELD ${count}`, make, `HRANDFIELD h ${count}`, `HRANDFIELD h ${count} WITHVALUES`);
    if (name === 'small' && Number(count) >= 3) hash.titled(`${name}: HRANDFIELD ${count} gives all`, make, by('unordered', `HRANDFIELD h ${count}`), by(count.startsWith('-') ? 'shape' : ['deep-unordered'], `HRANDFIELD h ${count}`));
  }
  hash.titled(`${name}: HRANDFIELD gives a field that exists`, make, holds('HRANDFIELD h', (field: string) => /^([abc]|f\d+)$/.test(field)), holds('HRANDFIELD h 3', (fields: string[]) => new Set(fields).size === 3));
}
for (let fields = 510; fields <= 514; fields += 1) {
  hash.titled(`the encoding at ${fields} fields`, ['HSET', 'h', ...Array.from({ length: fields }, (_unused, index) => [`f${index}`, '1']).flat()], 'OBJECT ENCODING h', 'HLEN h', 'HDEL h f1 f2 f3', 'OBJECT ENCODING h');
}
for (const size of [0, 1, 63, 64, 65, 66, 1000, 70_000]) {
  const value = size ? `\${v*${size}}` : '""';
  hash.add(`HSET h f ${value}`, 'OBJECT ENCODING h', 'HSTRLEN h f', 'HGET h f');
  hash.add(`HSET h ${value} v`, 'OBJECT ENCODING h', `HEXISTS h ${value}`, 'HKEYS h');
  hash.add('HSET h f v', `HSETNX h f ${value}`, 'HGET h f', `HSETNX h g ${value}`, 'HSTRLEN h g', 'OBJECT ENCODING h');
}
hash.each([], ['HSET h a', 'HSET h a 1 b', 'HMSET h a 1 b', 'HSET h', 'HMSET h a 1 a 2', 'HSET h a 1 a 2'], ['EXISTS h', 'HGETALL h']);

/* Counters in fields. */
for (const value of INTEGER_TEXTS) {
  hash.add('HSET h f 10', `HINCRBY h f ${value}`, 'HGET h f');
  hash.add('HSET h f -10', `HINCRBY h f ${value}`, 'HGET h f');
  hash.add(`HSET h f ${value}`, 'HINCRBY h f 1', 'HGET h f');
  hash.add(`HSET h f ${value}`, 'HINCRBY h f -1', 'HGET h f');
  hash.add(`HSET h f ${value}`, 'HGET h f', 'HSTRLEN h f', 'HVALS h');
  hash.add(`HINCRBY h f ${value}`, 'HGET h f', 'EXISTS h');
  hash.add('HSET h a 1 b 2 c 3', by('type', `HRANDFIELD h ${/^-?\d{10,}$/.test(value) ? 'x' : value}`));
}
for (const value of DOUBLE_TEXTS) {
  hash.add('HSET h f 10.5', `HINCRBYFLOAT h f ${value}`, 'HGET h f');
  hash.add(`HINCRBYFLOAT h f ${value}`, 'HGET h f');
  hash.add(`HSET h f ${value}`, 'HINCRBYFLOAT h f 1', 'HGET h f');
}
hash.each(['HSET h a 1 b 2 c 3'], ['HRANDFIELD h 9223372036854775807', 'HRANDFIELD h -9223372036854775808', 'HRANDFIELD h -9223372036854775808 WITHVALUES', 'HRANDFIELD h -4611686018427387904 WITHVALUES', 'HRANDFIELD h 9223372036854775808', 'HRANDFIELD h abc', 'HRANDFIELD h 1 FOO', 'HRANDFIELD h 1 WITHVALUES x', 'HRANDFIELD h WITHVALUES', 'HRANDFIELD h 1.5', 'HRANDFIELD h 0 WITHVALUES', 'HRANDFIELD h ""']);

/* HSCAN. */
hash.each(['HSET h a 1 b 2 c 3'], ['HSCAN h abc', 'HSCAN h ""', 'HSCAN h 1.5', 'HSCAN h 0 COUNT 0', 'HSCAN h 0 COUNT -1', 'HSCAN h 0 COUNT x', 'HSCAN h 0 COUNT', 'HSCAN h 0 MATCH', 'HSCAN h 0 FOO', 'HSCAN h 0 TYPE string', 'HSCAN h 5', 'HSCAN h 0 MATCH a COUNT 1', 'HSCAN h 0 MATCH nothing', 'HSCAN h 0', 'hscan h 0 match b count 100', 'HSCAN missing 0', 'HSCAN missing abc', 'HSCAN h 0 MATCH *', 'HSCAN h 0 MATCH ? COUNT 1', 'HSCAN h 0 MATCH [a-b]', 'HSCAN h 18446744073709551616']);
