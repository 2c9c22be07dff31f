/** Keys as such: existence, expiry, renaming, copying, patterns, iteration, OBJECT. */

import { Family, by, differs, holds, scan, type Argument } from '../case.js';
import { bulk } from '../want.js';
import { INTEGER_TEXTS, MAKE, arity, combinations, everyType, subsets } from './torture.js';

export const generic = new Family('generic');

const COMMANDS = ['DEL', 'UNLINK', 'EXISTS', 'TOUCH', 'TYPE', 'RENAME', 'RENAMENX', 'COPY', 'MOVE', 'KEYS', 'SCAN', 'RANDOMKEY', 'EXPIRE', 'PEXPIRE',
  'EXPIREAT', 'PEXPIREAT', 'TTL', 'PTTL', 'EXPIRETIME', 'PEXPIRETIME', 'PERSIST', 'OBJECT', 'OBJECT ENCODING', 'OBJECT REFCOUNT', 'OBJECT IDLETIME', 'OBJECT FREQ',
  'DUMP', 'RESTORE', 'WAIT', 'SORT', 'SORT_RO'];
arity(generic, COMMANDS, 5);
for (const command of COMMANDS) generic.add(command.toLowerCase());

everyType(generic, ['DEL k', 'UNLINK k', 'EXISTS k k', 'TOUCH k missing k', 'RENAME k other', 'RENAMENX k other', 'COPY k other', 'EXPIRE k 100', 'PEXPIRE k 100000', 'EXPIRE k 0',
  'EXPIRE k -1', 'PERSIST k', 'TTL k', 'PTTL k', 'EXPIRETIME k', 'PEXPIRETIME k', 'MOVE k 1', 'RANDOMKEY', 'KEYS k*', 'OBJECT REFCOUNT k', 'OBJECT FREQ k', 'OBJECT IDLETIME k', 'DUMP k']);
for (const [type, make] of Object.entries(MAKE)) {
  generic.add(make, 'RENAME k k', 'TYPE k');
  generic.add(make, 'SET other x EX 100', 'RENAME k other', 'TYPE other', 'TTL other');
  generic.add(make, 'EXPIREAT k 33177117420', 'RENAME k other', 'EXPIRETIME other');
  generic.add(make, 'EXPIREAT k 33177117420', 'COPY k other', 'EXPIRETIME other', 'EXPIRETIME k');
  generic.add(make, 'EXPIREAT k 33177117420', 'PERSIST k', 'PERSIST k', 'TTL k');
  generic.add(make, 'SET other x', 'COPY k other', 'COPY k other REPLACE', 'TYPE other', 'DEBUG DIGEST-VALUE k other');
  generic.add(make, scan(`SCAN 0 TYPE ${type}`), scan(`SCAN 0 TYPE ${type.toUpperCase()}`), scan('SCAN 0 TYPE string'));
}
for (const [type, make] of Object.entries(MAKE)) {
  if (type === 'list' || type === 'set') continue;
  generic.add(make, 'OBJECT ENCODING k');
}
generic.add('RPUSH k a', differs('OBJECT ENCODING k', '7.2', bulk('listpack'), 'small lists are listpacks since 7.2'));
generic.add('SADD k a', differs('OBJECT ENCODING k', '7.2', bulk('listpack'), 'small sets are listpacks since 7.2'));
generic.add('SADD k 1 2 3', 'OBJECT ENCODING k');

/* EXPIRE and its relatives, with every condition. */
const EXPIRES = [['EXPIRE', '100', '200', '50'], ['PEXPIRE', '100000', '200000', '50000'], ['EXPIREAT', '33177117420', '33177117500', '33177117300'], ['PEXPIREAT', '33177117420000', '33177117500000', '33177117300000']] as const;
for (const [command, middle, later, sooner] of EXPIRES) {
  for (const condition of ['', 'NX', 'XX', 'GT', 'LT', 'nx', 'NX XX', 'GT LT', 'NX GT', 'XX GT', 'XX LT', 'GT GT', 'FOO', '""']) {
    for (const value of [middle, later, sooner]) {
      generic.add('SET k v', `${command} k ${middle}`, `${command} k ${value} ${condition}`, 'TTL k');
      generic.add('SET k v', `${command} k ${value} ${condition}`, 'TTL k');
    }
    generic.add(`${command} missing ${middle} ${condition}`);
    generic.add('SET k v', `${command} k -1 ${condition}`, 'EXISTS k');
    generic.add('SET k v', `${command} k ${middle}`, `${command} k 0 ${condition}`, 'EXISTS k');
  }
  for (const value of [...INTEGER_TEXTS, '9223372036854775', '9223372036854776', '-9223372036854776', '9223372036854774807', '9221680000000000000']) {
    if (value === '1' || value === '+1') continue;
    generic.add('SET k v', `${command} k ${value}`, 'EXISTS k');
    generic.add(`${command} missing ${value}`);
  }
}
generic.add('SET k v', 'EXPIREAT k 33177117420', 'EXPIRETIME k', 'PEXPIRETIME k');
generic.add('SET k v', 'PEXPIREAT k 33177117420123', 'EXPIRETIME k', 'PEXPIRETIME k');
generic.add('SET k v', 'PEXPIREAT k 33177117420500', 'EXPIRETIME k');
generic.add('SET k v', 'PEXPIREAT k 33177117420499', 'EXPIRETIME k');
generic.add('SET k v PXAT 33177117420999', 'PEXPIRETIME k', 'EXPIRETIME k', 'PERSIST k', 'PEXPIRETIME k');
generic.each([], ['TTL missing', 'PTTL missing', 'EXPIRETIME missing', 'PEXPIRETIME missing', 'PERSIST missing', 'TYPE missing', 'DUMP missing', 'OBJECT ENCODING missing', 'OBJECT FREQ missing', 'OBJECT REFCOUNT missing', 'OBJECT IDLETIME missing',
  'RENAME missing other', 'RENAMENX missing other', 'RENAME missing missing', 'COPY missing other', 'COPY missing missing', 'MOVE missing 1', 'TOUCH missing', 'DEL missing', 'UNLINK missing', 'EXISTS missing', 'RANDOMKEY']);

/* DEL, EXISTS and friends over several keys. */
for (const command of ['DEL', 'UNLINK', 'EXISTS', 'TOUCH']) {
  generic.add('MSET a 1 b 2 c 3', `${command} a b c`, 'DBSIZE');
  generic.add('MSET a 1 b 2 c 3', `${command} a a a`, 'DBSIZE');
  generic.add('MSET a 1 b 2', `${command} x y z`, 'DBSIZE');
  generic.add('SET a 1 PXAT 1', 'SET b 1', `${command} a b`, 'DBSIZE');
}

/* RENAME, RENAMENX, COPY, MOVE. */
generic.add('SET a 1', 'SET b 2', 'RENAME a b', 'GET b', 'EXISTS a');
generic.add('SET a 1', 'SET b 2', 'RENAMENX a b', 'GET b', 'GET a');
generic.add('SET a 1', 'RENAMENX a a', 'GET a');
generic.add('SET a 1', 'SET b 2 EX 100', 'RENAME a b', 'TTL b');
generic.add('SET a 1 PXAT 1', 'RENAME a b');
generic.add('SET a 1', 'SET b 2 PXAT 1', 'RENAMENX a b', 'GET b');
for (const option of ['', 'REPLACE', 'DB 0', 'DB 1', 'DB 15', 'DB 16', 'DB -1', 'DB abc', 'DB', 'DB 1 REPLACE', 'REPLACE DB 1', 'replace', 'db 1', 'FOO', 'REPLACE REPLACE', 'DB 1 DB 2', 'DB 9223372036854775808']) {
  generic.add('SET a 1', `COPY a b ${option}`, 'EXISTS b', 'GET a');
  generic.add('SET a 1', 'SET b 2', `COPY a b ${option}`, 'GET b');
  generic.add('SET a 1', `COPY a a ${option}`, 'GET a');
}
for (const database of ['0', '1', '15', '16', '-1', 'abc', '""', '1.0', '9223372036854775808', '4294967296']) {
  generic.add('SET a 1', `MOVE a ${database}`, 'EXISTS a');
  generic.add('SET a 1', `COPY a b DB ${database}`, 'EXISTS b');
}
generic.add('SET a 1', 'MOVE a 1', 'SELECT 1', 'GET a', 'DBSIZE', 'SET a 2', 'SELECT 0', 'SET a 3', 'MOVE a 1', 'GET a', 'FLUSHALL');
generic.add('SET a 1 EXAT 33177117420', 'MOVE a 3', 'SELECT 3', 'EXPIRETIME a', 'COPY a a DB 4', 'SELECT 4', 'EXPIRETIME a');
generic.add('SET a 1', 'COPY a b DB 2', 'SELECT 2', 'GET b', 'SET b 5', 'COPY b a DB 0', 'COPY b a DB 0 REPLACE', 'SELECT 0', 'GET a');

/* Patterns: KEYS and SCAN MATCH over names made to confuse them. */
const NAMES = ['a', 'b', 'ab', 'abc', 'hello', 'hallo', 'hxllo', 'heello', 'h*llo', 'h?llo', '[abc]', 'h[llo', 'back\\\\slash', '^', '-', 'a-c', ']', 'key:1', 'key:12', 'KEY:1', '\\x00nul', 'm\\xc3\\xa9', '.', '"', ' '];
const SETUP = `MSET ${NAMES.map((name) => `"${name.replaceAll('"', '\\"')}" 1`).join(' ')}`;
const PATTERNS = ['*', '**', '***a', '?', '??', '???', 'h?llo', 'h*llo', 'h**llo', 'h[ae]llo', 'h[^e]llo', 'h[a-e]llo', 'h[e-a]llo', 'h\\\\*llo', 'h\\\\?llo', '\\\\[abc]', '[abc]', '[^a]', '[a-]', '[-a]', '[]a]', '[^]', '[', '[a',
  'h[', '[^', '\\\\', 'a\\\\', '[\\\\]]', '[a\\\\-c]', '[a-c]', '[c-a]', 'key:*', 'KEY:*', 'key:?', 'key:[0-9]', 'key:[0-9][0-9]', '*:*', '*1', '*l*l*', 'a*b*c*', '*a*b*', '', 'hello', 'hell', '?*', '*?', '*??*', '[\\x00-\\xff]', '\\x00*', '*\\xa9', 'm??', '.', '" "', '[[]', '[a-b-c]', '[^a-z]*', '\\\\a', '*\\\\', '\\"', 'h[a-]llo', '[z-\\xff]', '[\\\\a-\\\\c]'];
for (const pattern of PATTERNS) {
  const quoted = pattern === '" "' || pattern === '\\"' ? '"\\""' : `"${pattern}"`;
  generic.add(SETUP, `KEYS ${quoted}`, scan(`SCAN 0 MATCH ${quoted} COUNT 100`));
  generic.add('SET "x" 1', `KEYS ${quoted}`, `DEBUG STRINGMATCH-LEN 10 ${quoted}`);
}
generic.add('SET a 1', 'KEYS a*a*a*a*a*a*a*a*a*a*a*a*a*b');
generic.add('SET aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa 1', 'KEYS a*a*a*a*a*a*a*a*b');
generic.add('KEYS *', 'RANDOMKEY', 'DBSIZE');

/* SCAN. */
const SCAN_OPTIONS = ['', 'COUNT 1', 'COUNT 5', 'COUNT 1000', 'MATCH *1*', 'MATCH nothing', 'TYPE string', 'TYPE hash', 'TYPE nosuch', 'COUNT 3 MATCH k*', 'MATCH k* COUNT 3 TYPE string', 'TYPE string MATCH *2*', 'match K* count 10', 'COUNT 2 COUNT 50', 'MATCH a* MATCH k*'];
for (const count of [0, 1, 10, 200]) {
  const keys = Array.from({ length: count }, (_unused, index) => `k${index}`);
  const fill = count ? [['MSET', ...keys.flatMap((key) => [key, '1'])], 'RPUSH list a'] : [];
  for (const option of SCAN_OPTIONS) generic.with({ name: `SCAN 0 ${option} over ${count} keys` }, ...fill, scan(`SCAN 0 ${option}`));
}
generic.each(['SET k v'], ['SCAN abc', 'SCAN ""', 'SCAN 1.5', 'SCAN 0x1', 'SCAN 18446744073709551616', 'SCAN 99999999999999999999', 'SCAN 0 COUNT 0', 'SCAN 0 COUNT -1', 'SCAN 0 COUNT abc', 'SCAN 0 COUNT', 'SCAN 0 MATCH', 'SCAN 0 TYPE', 'SCAN 0 FOO bar', 'SCAN 0 NOVALUES',
  'SCAN 0 COUNT 9223372036854775808', 'SCAN " 0"', 'SCAN "0 "', 'SCAN 0 COUNT 9223372036854775807', 'SCAN 0 COUNT 10 MATCH']);
generic.add('SET k v PXAT 1', scan('SCAN 0'), 'KEYS *', 'DBSIZE');

generic.add(by('type', 'SCAN -1'));

/* RANDOMKEY gives a key that exists. */
generic.add('SET only v', by(undefined, 'RANDOMKEY'));
generic.add('MSET a 1 b 2', holds('RANDOMKEY', (key) => key === 'a' || key === 'b'));
generic.add('SET gone v PXAT 1', 'RANDOMKEY');

/* OBJECT. */
generic.each(['SET k 12345'], ['OBJECT ENCODING k', 'OBJECT encoding k', 'object ENCODING k', 'OBJECT REFCOUNT k', 'OBJECT FOO k', 'OBJECT ENCODING k k', 'OBJECT HELP', 'OBJECT HELP x', 'OBJECT FREQ k', 'OBJECT IDLETIME k']);
generic.with({ config: { 'maxmemory-policy': 'allkeys-lfu' } }, 'SET k v', holds('OBJECT FREQ k', (value) => typeof value === 'number' && value >= 0), 'OBJECT IDLETIME k', 'OBJECT FREQ missing');
generic.add('SET k v', 'RESTORE k 0 ""', 'RESTORE other 0 ""', 'RESTORE other -1 x', 'RESTORE other abc x', 'RESTORE k 0 x REPLACE', 'RESTORE other 0 garbage');

/* DUMP and RESTORE: the payload is the server's own. */
for (const [type, make] of Object.entries(MAKE)) {
  for (const tail of ['', 'REPLACE', 'replace', 'ABSTTL', 'FOO', 'REPLACE ABSTTL']) {
    const restore = (key: string, ttl: string): Argument[] => ['RESTORE', key, ttl, (context) => context.value(1), ...tail.split(' ').filter(Boolean)];
    generic.titled(`RESTORE of a ${type} ${tail}`, make, 'DUMP k', restore('other', '0'), restore('other', '0'), restore('k', '0'), 'TYPE other', by(undefined, 'DEBUG DIGEST-VALUE k other'), 'TTL other');
    generic.titled(`RESTORE of a ${type} ${tail} with a time to live`, make, 'DUMP k', restore('other', tail.includes('ABSTTL') ? '33177117420000' : '500000'), 'TTL other', restore('past', '-1'), restore('bad', 'x'), 'EXISTS past bad');
  }
}
generic.titled('RESTORE sets the access clock', 'SET k v', 'DUMP k', ['RESTORE', 'other', '0', (context) => context.value(1), 'IDLETIME', '1000'], holds('OBJECT IDLETIME other', (idle) => idle >= 999 && idle <= 1010), ['RESTORE', 'bad', '0', (context) => context.value(1), 'IDLETIME', '-1'], ['RESTORE', 'bad', '0', (context) => context.value(1), 'FREQ', '256'], 'EXISTS bad');
generic.titled('RESTORE refuses a payload with a bit changed', 'SET k value', 'DUMP k', ['RESTORE', 'other', '0', (context) => `X${String(context.value(1)).slice(1)}`], ['RESTORE', 'other', '0', (context) => `${String(context.value(1)).slice(0, -1)}X`], ['RESTORE', 'other', '0', (context) => String(context.value(1)).slice(0, -4)], 'EXISTS other');

/* SORT of what is no list. */
everyType(generic, ['SORT k', 'SORT k ALPHA', 'SORT_RO k ALPHA'], ['string', 'hash', 'stream']);
generic.add('SORT missing', 'SORT_RO missing', 'SORT missing STORE other', 'EXISTS other');

/* Expiry seen from every reading command: gone is gone, and writing starts afresh. */
for (const [type, make] of Object.entries(MAKE)) {
  generic.add(make, 'PEXPIREAT k 1', 'EXISTS k', 'TYPE k', 'TTL k', 'OBJECT ENCODING k', 'DUMP k', 'DBSIZE');
  generic.add(make, 'EXPIRE k 100', 'DEL k', MAKE[type]!, 'TTL k');
  generic.add(make, 'EXPIRE k 100', 'SET k v', 'TTL k');
  generic.add(make, 'EXPIRE k 100', 'SET k v KEEPTTL', 'TTL k');
}
for (const order of subsets(['EXPIRE k 100', 'PERSIST k', 'SET k w', 'GETEX k PERSIST', 'RENAME k k2', 'COPY k k2', 'APPEND k x', 'INCR n'], 3)) {
  generic.add('SET k v', ...order, 'TTL k', 'TTL k2', 'EXISTS k k2 n');
}
/* MIGRATE, as far as one server can answer; between two see test/server/migrate.test.ts. Nobody listens at port 1. */
for (const words of ['', ' COPY', ' REPLACE', ' COPY REPLACE', ' AUTH x', ' AUTH2 u p', ' copy auth x', ' KEYS', ' FOO', ' AUTH', ' AUTH2', ' AUTH2 u', ' COPY COPY', ' KEYS a b', ' AUTH x KEYS a']) {
  generic.add('SET k v', `MIGRATE 127.0.0.1 1 k 0 200${words}`, 'GET k');
  generic.add('SET k v', `MIGRATE 127.0.0.1 1 "" 0 200${words}`, 'GET k');
  generic.add(`MIGRATE 127.0.0.1 1 missing 0 200${words}`);
}
generic.add('MIGRATE', 'MIGRATE a', 'MIGRATE a 1 k 0', 'MIGRATE 127.0.0.1 1 k x 1', 'MIGRATE 127.0.0.1 1 k 0 x', 'MIGRATE 127.0.0.1 1 k x y', 'MIGRATE 127.0.0.1 1 k 0 1.5', 'MIGRATE 127.0.0.1 x missing 0 -5', 'MIGRATE 127.0.0.1 1 "" 0 1 KEYS');
generic.add('SET k v', 'SET e v PX 1', 'MIGRATE 127.0.0.1 1 "" 0 200 KEYS k missing', 'MGET k');
generic.add('SELECT 1', 'SET k v', 'SELECT 0', 'MIGRATE 127.0.0.1 1 k 1 200');

generic.add('WAIT 0 0', 'WAIT 0 10', 'WAIT abc 0', 'WAIT 0 abc', 'WAIT 0 -1', 'WAIT -1 0');
for (const [left, right] of combinations(Object.values(MAKE), Object.values(MAKE))) {
  generic.add(left!, 'RENAME k src', right!, 'RENAME src k', 'TYPE k', 'DBSIZE');
  generic.add(left!, 'RENAME k src', right!, 'COPY src k', 'COPY src k REPLACE', 'TYPE k', 'DBSIZE');
}
