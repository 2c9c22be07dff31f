/** DUMP and RESTORE: the bytes of every encoding, options and refusals, payloads that are broken. */

import { Family, differs } from '../case.js';
import { bulk } from '../want.js';
import { INTEGER_TEXTS, arity, combinations, subsets } from './torture.js';

export const dump = new Family('dump');

const POLYNOMIAL = 0x95ac9329ac4bc9b5n;

/** CRC-64 with the Jones polynomial. */
function crc64(bytes: Uint8Array): bigint {
  let crc = 0n;
  for (const byte of bytes) {
    crc ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1n ? (crc >> 1n) ^ POLYNOMIAL : crc >> 1n;
  }
  return crc;
}

/** A payload as an argument; `value` is a byte string. */
export function payload(value: string, version = 10): string {
  const body = Buffer.from(`${value}${String.fromCharCode(version & 255, version >> 8)}`, 'latin1');
  const footer = Buffer.alloc(8);
  footer.writeBigUInt64LE(crc64(body));
  return quoted(Buffer.concat([body, footer]));
}

function quoted(bytes: Buffer): string {
  return `"${Array.from(bytes, (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')}"`;
}

arity(dump, ['DUMP', 'RESTORE', 'RESTORE-ASKING'], 6);
dump.add('dump');
dump.add('restore');

/* What every encoding looks like; strings over 20 bytes may be packed in more than one way. */
const MAKES = [
  'SET k hello', 'SET k ""', 'SET k 0', 'SET k -1', 'SET k 127', 'SET k 128', 'SET k -128', 'SET k -129', 'SET k 32767', 'SET k 32768', 'SET k 2147483647',
  'SET k 2147483648', 'SET k -2147483648', 'SET k -2147483649', 'SET k 9223372036854775807', 'SET k 12345678901', 'SET k 012', 'SET k -0', 'SET k 1.5', 'SET k abcdefghijklmnopqrst',
  'SET k "\\x00\\xff\\r\\n"', 'RPUSH k a', 'RPUSH k a b c', 'RPUSH k 1 -5 300 70000', 'RPUSH k ""', 'SADD k 1', 'SADD k 1 2 3', 'SADD k 1 70000', 'SADD k 1 5000000000', 'SADD k a',
  'HSET k f v', 'HSET k f v n 1', 'HSET k "" ""', 'ZADD k 1 a', 'ZADD k 1 a 2 b', 'ZADD k 1.5 a', 'ZADD k -inf a inf b', 'ZADD k -0 a', 'XADD k 5-1 f v', 'PFADD k a',
];
for (const make of MAKES) {
  dump.add(make, 'DUMP k', 'DUMP k', 'TYPE k');
  dump.add(make, 'EXPIREAT k 33177117420', 'DUMP k');
}
dump.add('SET k v PXAT 1', 'DUMP k');
dump.add('SET k v', 'DEL k', 'DUMP k');
dump.add('XADD k 5-1 f v', 'XADD k 6-1 f w', 'XDEL k 5-1', 'XGROUP CREATE k g 0', 'DUMP k');
dump.add('XADD k 5-1 f v', 'XADD k 5-2 g w', 'XTRIM k MAXLEN 1', 'DUMP k');

/* What was dumped by a server of version 7.0, restored: bytes of values, without version and checksum. */
const listpack = (...entries: string[]): string => {
  const body = entries.join('');
  const total = body.length + 7;
  return `${String.fromCharCode(total, 0, 0, 0, entries.length, 0)}${body}\xff`;
};
const text = (value: string): string => `${String.fromCharCode(0x80 | value.length)}${value}${String.fromCharCode(value.length + 1)}`;
const small = (n: number): string => `${String.fromCharCode(n)}\x01`;
const string = (value: string): string => `${String.fromCharCode(value.length)}${value}`;
const VALUES: Readonly<Record<string, string>> = {
  text: '\x00\x05hello',
  empty: '\x00\x00',
  integer: '\x00\xc1\xe8\x03',
  packed: '\x00\xc3\x05\x0a\x00a\xe0\x00\x00',
  list: `\x01\x03${string('a')}${string('b')}\xc0\x05`,
  set: `\x02\x02${string('a')}${string('b')}`,
  'old zset': `\x03\x02${string('a')}\x031.5${string('b')}\xfe`,
  hash: `\x04\x01${string('f')}${string('v')}`,
  zset: `\x05\x01${string('a')}\x00\x00\x00\x00\x00\x00\xf8\x3f`,
  zipmap: `\x09${string('\x01\x01f\x01\x00v\xff')}`,
  'ziplist list': `\x0a${string('\x0f\x00\x00\x00\x0a\x00\x00\x00\x01\x00\x00\x02ab\xff')}`,
  intset: `\x0b${string('\x02\x00\x00\x00\x02\x00\x00\x00\x01\x00\x02\x00')}`,
  'ziplist zset': `\x0c${string('\x10\x00\x00\x00\x0d\x00\x00\x00\x02\x00\x00\x01a\x03\xf3\xff')}`,
  'ziplist hash': `\x0d${string('\x11\x00\x00\x00\x0d\x00\x00\x00\x02\x00\x00\x01f\x03\x01v\xff')}`,
  quicklist: `\x0e\x01${string('\x0e\x00\x00\x00\x0a\x00\x00\x00\x01\x00\x00\x01a\xff')}`,
  'listpack hash': `\x10${string(listpack(text('f'), text('v')))}`,
  'listpack zset': `\x11${string(listpack(text('a'), small(1), text('b'), small(2)))}`,
  'quicklist 2': `\x12\x02\x02${string(listpack(text('a'), small(7)))}\x02${string(listpack(text('b')))}`,
  'plain node': `\x12\x01\x01${string('large')}`,
};
for (const [name, value] of Object.entries(VALUES)) {
  const restore = `RESTORE k 0 ${payload(value)}`;
  dump.titled(`restores ${name}`, restore, 'TYPE k', 'DEBUG DIGEST-VALUE k', 'OBJECT FREQ k');
  dump.titled(`restores ${name} of other versions`, ...[1, 5, 9].flatMap((version) => ['DEL k', `RESTORE k 0 ${payload(value, version)}`, 'DEBUG DIGEST-VALUE k']));
  dump.titled(`refuses ${name} cut short`, `RESTORE k 0 ${payload(value.slice(0, -1))}`, 'EXISTS k');
  dump.titled(`replaces by ${name}`, 'RPUSH k x', restore, `${restore} REPLACE`, 'TYPE k', 'DEBUG DIGEST-VALUE k');
}

const HELLO = payload('\x00\x05hello');
const OPTIONS = ['REPLACE', 'ABSTTL', 'IDLETIME 100', 'FREQ 5'];
for (const options of subsets(OPTIONS)) {
  dump.add('SET k old', `RESTORE k 0 ${HELLO} ${options.join(' ')}`, 'GET k', 'TTL k');
  dump.add(`RESTORE k 0 ${HELLO} ${options.join(' ').toLowerCase()}`, 'GET k', 'TTL k');
}
for (const options of ['IDLETIME', 'FREQ', 'IDLETIME x', 'FREQ x', 'IDLETIME -1', 'FREQ -1', 'FREQ 255', 'FREQ 256', 'IDLETIME 0', 'IDLETIME 9223372036854775807', 'FREQ 5 IDLETIME 5', 'IDLETIME 5 FREQ 5', 'IDLETIME 1 IDLETIME 2', 'FREQ 1 FREQ 2', 'NX', '""', 'REPLACE REPLACE', 'ABSTTL ABSTTL', 'FREQ 5 x', 'IDLETIME 9223372036854775808']) {
  dump.add(`RESTORE k 0 ${HELLO} ${options}`, 'GET k');
}
for (const [ttl, option] of combinations([...INTEGER_TEXTS, '33177117420000', '1000000', '1600000000000'], ['', 'ABSTTL'])) {
  if (ttl === '1' || ttl === '9223372036854775807') continue;
  dump.add(`RESTORE k ${ttl} ${HELLO} ${option}`, 'GET k', option === '' ? 'TTL k' : 'PEXPIRETIME k');
  dump.add('SET k old', `RESTORE k ${ttl} ${HELLO} ${option} REPLACE`, 'GET k');
}
dump.add(`RESTORE k 33177117420000 ${HELLO} ABSTTL`, 'PEXPIRETIME k', 'PERSIST k', 'GET k');
dump.add('SET k v PXAT 1', `RESTORE k 0 ${HELLO}`, 'GET k');
dump.add('SET k v', `RESTORE k 0 ${HELLO}`, 'GET k');
dump.add(`RESTORE-ASKING k 0 ${HELLO}`, 'GET k');
dump.add('MULTI', `RESTORE k 0 ${HELLO}`, 'DUMP k', 'EXEC');

/* Broken from the outside: the footer. */
for (const broken of ['""', 'x', '"\\x00\\x05hello"', '"\\x00\\x05hello\\x0a\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x01"', payload('\x00\x05hello', 99), payload('\x00\x05hello', 512), payload('')]) {
  dump.add(`RESTORE k 0 ${broken}`, 'EXISTS k');
  dump.add('SET k v', `RESTORE k 0 ${broken} REPLACE`, 'GET k');
  dump.add('SET k v', `RESTORE k 0 ${broken}`, 'GET k');
}
/* Version and checksum are right, what is within is not. */
const BROKEN: Readonly<Record<string, string>> = {
  'an unknown type': '\x63\x00',
  'a module before its time': '\x06\x00',
  'no such encoding of a string': '\x00\xc5a',
  'a text that ends early': '\x00\x09hello',
  'LZF that does not unpack': '\x00\xc3\x02\x05\x20\x09',
  'an intset of a wrong size': `\x0b${string('\x02\x00\x00\x00\x03\x00\x00\x00\x01\x00\x02\x00')}`,
  'an intset of a wrong width': `\x0b${string('\x03\x00\x00\x00\x01\x00\x00\x00\x01\x00\x02\x00')}`,
  'an empty set': '\x02\x00',
  'an empty list': '\x12\x00',
  'an empty hash': '\x04\x00',
  'an empty sorted set': '\x05\x00',
  'an empty listpack': `\x10${string(listpack())}`,
  'a listpack that is none': `\x10${string('abc')}`,
  'a container of no sort': `\x12\x01\x05${string(listpack(text('a')))}`,
  'a score that is no number': `\x05\x01${string('a')}\x00\x00\x00\x00\x00\x00\xf8\x7f`,
  'a member twice': `\x02\x02${string('a')}${string('a')}`,
};
for (const [name, value] of Object.entries(BROKEN)) {
  dump.titled(`refuses ${name}`, `RESTORE k 0 ${payload(value)}`, 'EXISTS k');
  dump.titled(`keeps the key and refuses ${name}`, 'SET k v', `RESTORE k 0 ${payload(value)} REPLACE`, 'GET k');
}
dump.titled('small sets restore in one encoding since 7.2', `RESTORE k 0 ${payload(VALUES.set as string)}`, differs('OBJECT ENCODING k', '7.2', bulk('listpack'), 'small sets are listpacks since 7.2'));
