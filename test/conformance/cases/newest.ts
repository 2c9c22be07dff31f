/**
 * Commands that Redis 8.6 to 8.10 added, with replies written by hand from their documentation: messages that are added
 * once, entries that are given back, several elements moved at a time, cardinalities without the set, hashes by fieldset.
 */

import { Family, blocked, by, holds, on, receive, send, want, type Step } from '../case.js';
import { array, bulk, bulks, error, integer, nil, nilArray, notInteger, ok, simple, syntaxError, wrongArity, wrongType, type Want } from '../want.js';

export const newest = new Family('newest');

type Line = string | Step | readonly [string | Step, Want];

/** A case of lines with their replies; a bare string is a preparation whose reply is not looked at. */
function since(version: string, ...lines: Line[]): void {
  const step = (line: Line): Step => (typeof line === 'string' ? by('ignore', line) : Array.isArray(line) ? want(line[0], line[1]) : (line as Step));
  newest.with({ since: version }, ...lines.map(step));
}

/** A step that answers nothing. */
const quiet = (step: Step): Step => want(step, () => '');

/* LMOVEM and BLMOVEM. */
const LIST = 'RPUSH a 1 2 3 4 5';
for (const [tail, reply, source, destination] of [
  ['LEFT RIGHT', ['1'], ['2', '3', '4', '5'], ['x', '1']],
  ['RIGHT LEFT', ['5'], ['1', '2', '3', '4'], ['5', 'x']],
  ['LEFT LEFT COUNT 3 OBO', ['3', '2', '1'], ['4', '5'], ['3', '2', '1', 'x']],
  ['LEFT LEFT COUNT 3 BULK', ['1', '2', '3'], ['4', '5'], ['1', '2', '3', 'x']],
  ['LEFT RIGHT COUNT 3 OBO', ['1', '2', '3'], ['4', '5'], ['x', '1', '2', '3']],
  ['LEFT RIGHT COUNT 3 BULK', ['1', '2', '3'], ['4', '5'], ['x', '1', '2', '3']],
  ['RIGHT RIGHT COUNT 3 OBO', ['5', '4', '3'], ['1', '2'], ['x', '5', '4', '3']],
  ['RIGHT RIGHT COUNT 3 BULK', ['3', '4', '5'], ['1', '2'], ['x', '3', '4', '5']],
  ['RIGHT LEFT COUNT 3 OBO', ['3', '4', '5'], ['1', '2'], ['3', '4', '5', 'x']],
  ['RIGHT LEFT COUNT 3 BULK', ['3', '4', '5'], ['1', '2'], ['3', '4', '5', 'x']],
  ['left right count 9 bulk', ['1', '2', '3', '4', '5'], [], ['x', '1', '2', '3', '4', '5']],
  ['LEFT RIGHT EXACTLY 5 BULK', ['1', '2', '3', '4', '5'], [], ['x', '1', '2', '3', '4', '5']],
] as const) {
  since('8.10', LIST, 'RPUSH b x', [`LMOVEM a b ${tail}`, bulks(...reply)], ['LRANGE a 0 -1', bulks(...source)], ['LRANGE b 0 -1', bulks(...destination)], ['EXISTS a', integer(source.length > 0 ? 1 : 0)]);
}
since('8.10', LIST, ['LMOVEM a b LEFT RIGHT EXACTLY 6 BULK', nilArray], ['LLEN a', integer(5)], ['EXISTS b', integer(0)]);
since('8.10', ['LMOVEM missing b LEFT RIGHT', nilArray], ['LMOVEM missing b LEFT RIGHT COUNT 2 OBO', nilArray], ['EXISTS b', integer(0)]);
since('8.10', LIST, ['LMOVEM a a LEFT RIGHT COUNT 2 BULK', bulks('1', '2')], ['LRANGE a 0 -1', bulks('3', '4', '5', '1', '2')], ['LMOVEM a a LEFT RIGHT COUNT 9 BULK', bulks('3', '4', '5', '1', '2')], ['LLEN a', integer(5)]);
for (const count of ['0', '-1', 'x', '1.5', '9223372036854775808']) since('8.10', LIST, [`LMOVEM a b LEFT RIGHT COUNT ${count} BULK`, error('ERR count should be greater than 0')], [`LMOVEM a b LEFT RIGHT EXACTLY ${count} BULK`, error('ERR count should be greater than 0')]);
for (const tail of ['LEFT RIGHT COUNT 2', 'LEFT RIGHT COUNT', 'LEFT RIGHT COUNT 2 OBO x', 'LEFT RIGHT some 2 OBO', 'LEFT RIGHT COUNT 2 some', 'UP RIGHT COUNT 2 OBO', 'LEFT DOWN COUNT 2 OBO']) since('8.10', LIST, [`LMOVEM a b ${tail}`, syntaxError], ['LLEN a', integer(5)]);
since('8.10', ['LMOVEM a b LEFT', wrongArity('lmovem')], ['BLMOVEM a b LEFT RIGHT', wrongArity('blmovem')]);
since('8.10', LIST, 'SET s v', ['LMOVEM s a LEFT RIGHT', wrongType], ['LMOVEM a s LEFT RIGHT COUNT 2 BULK', wrongType], ['LLEN a', integer(5)]);
since('8.10', LIST, ['BLMOVEM a b LEFT RIGHT 0 COUNT 2 BULK', bulks('1', '2')], ['BLMOVEM a b LEFT RIGHT -1', error('ERR timeout is negative')], ['BLMOVEM a b LEFT RIGHT x COUNT 2 BULK', error('ERR timeout is not a float or out of range')]);
since('8.10', 'MULTI', 'BLMOVEM a b LEFT RIGHT 0 EXACTLY 2 BULK', ['EXEC', array(nilArray)]);
newest.with({ since: '8.10', name: 'BLMOVEM COUNT goes on with what comes first', needs: ['blocking'] }, quiet(send('w', 'BLMOVEM a b LEFT RIGHT 0 COUNT 5 BULK')), quiet(blocked(1)), want('RPUSH a 1 2', integer(2)), want(receive('w'), bulks('1', '2')), want('LRANGE b 0 -1', bulks('1', '2')));
newest.with({ since: '8.10', name: 'BLMOVEM EXACTLY waits until there are enough', needs: ['blocking'] }, quiet(send('w', 'BLMOVEM a b LEFT RIGHT 0 EXACTLY 3 BULK')), quiet(blocked(1)), want('RPUSH a 1 2', integer(2)), want('EXISTS b', integer(0)), want('LINSERT a BEFORE 1 0', integer(3)), want(receive('w'), bulks('0', '1', '2')), want('EXISTS a', integer(0)));
newest.with({ since: '8.10', name: 'BLMOVEM gives up', needs: ['blocking'] }, quiet(send('w', 'BLMOVEM a b LEFT RIGHT 0.05 EXACTLY 3 BULK')), want(receive('w'), nilArray));

/* SUNIONCARD and SDIFFCARD. */
const SETS = ['SADD a x y z', 'SADD b 1 2 3', 'SADD c z 1 w'];
for (const [line, count] of [['SUNIONCARD 3 a b c', 7], ['SUNIONCARD 3 a b c LIMIT 0', 7], ['SUNIONCARD 3 a b c LIMIT 4', 4], ['SUNIONCARD 1 a', 3], ['SUNIONCARD 2 a a', 3], ['SUNIONCARD 2 a missing', 3], ['SUNIONCARD 1 missing', 0], ['SUNIONCARD 2 b b LIMIT 2', 2], ['SUNIONCARD 3 a b c APPROX', 7], ['SUNIONCARD 3 a b c APPROX LIMIT 3', 3], ['SDIFFCARD 2 a c', 2], ['SDIFFCARD 3 a b c', 2], ['SDIFFCARD 2 a c LIMIT 1', 1], ['SDIFFCARD 2 a c limit 0', 2], ['SDIFFCARD 2 a a', 0], ['SDIFFCARD 1 b', 3], ['SDIFFCARD 2 missing a', 0]] as const) since('8.10', ...SETS, [line, integer(count)]);
for (const command of ['SUNIONCARD', 'SDIFFCARD']) {
  since('8.10', [command, wrongArity(command.toLowerCase())], [`${command} 1`, wrongArity(command.toLowerCase())]);
  for (const [tail, text] of [['0 a', 'ERR numkeys should be greater than 0'], ['x a', 'ERR numkeys should be greater than 0'], ['3 a b', "ERR Number of keys can't be greater than number of args"], ['1 a LIMIT -1', "ERR LIMIT can't be negative"], ['1 a LIMIT x', "ERR LIMIT can't be negative"], ['1 a LIMIT', 'ERR syntax error'], ['1 a FOO', 'ERR syntax error']] as const) since('8.10', ...SETS, [`${command} ${tail}`, error(text)]);
  since('8.10', ...SETS, 'SET s v', [`${command} 2 a s`, wrongType], [`${command} 1 s`, wrongType]);
}

/* XADD IDMP and IDMPAUTO, XCFGSET, XIDMPRECORD. */
const sameIds = (line: string, first: number): Step => holds(line, (id: string) => typeof id === 'string' || `no id: ${String(id)} (${first})`);
since('8.6', sameIds('XADD s IDMP p m * f 1', 0), sameIds('XADD s IDMP p m * f 2', 0), ['XLEN s', integer(1)], sameIds('XADD s IDMP q m * f 1', 0), ['XLEN s', integer(2)]);
since('8.6', 'XADD s IDMPAUTO p * a 1 b 2', 'XADD s IDMPAUTO p * b 2 a 1', ['XLEN s', integer(1)], 'XADD s IDMPAUTO p * a 1 b 3', ['XLEN s', integer(2)], 'XADD s IDMPAUTO p * ab 1 c 2', 'XADD s IDMPAUTO p * a b1 c 2', ['XLEN s', integer(4)]);
since('8.6', ['XADD s NOMKSTREAM IDMP p m * f 1', nil], ['EXISTS s', integer(0)]);
since('8.6', 'XADD s MAXLEN ~ 100 IDMP p m * f 1', 'XADD s IDMP p m KEEPREF MAXLEN = 5 * f 2', ['XLEN s', integer(1)]);
for (const [line, text] of [
  ['XADD s IDMP p * f v', 'ERR Invalid stream ID specified as stream command argument'],
  ['XADD s IDMP p m 1-1 f v', 'ERR IDMP/IDMPAUTO can be used only with auto-generated IDs'],
  ['XADD s IDMPAUTO p 1-1 f v', 'ERR IDMP/IDMPAUTO can be used only with auto-generated IDs'],
  ['XADD s IDMP p m IDMP q n * f v', 'ERR IDMP/IDMPAUTO specified multiple times'],
  ['XADD s IDMPAUTO p IDMP q n * f v', 'ERR IDMP/IDMPAUTO specified multiple times'],
  ['XADD s IDMPAUTO p IDMPAUTO q * f v', 'ERR IDMP/IDMPAUTO specified multiple times'],
  ['XADD s IDMP "" m * f v', 'ERR IDMP requires a non-empty producer ID'],
  ['XADD s IDMP p "" * f v', 'ERR IDMP requires a non-empty idempotent ID'],
  ['XADD s IDMPAUTO "" * f v', 'ERR IDMPAUTO requires a non-empty producer ID'],
] as const) since('8.6', [line, error(text)], ['EXISTS s', integer(0)]);
since('8.6', 'XADD s IDMP p m * f 1', ['XCFGSET s IDMP-DURATION 100', ok], 'XADD s IDMP p m * f 1', ['XLEN s', integer(1)], ['XCFGSET s IDMP-DURATION 50 IDMP-MAXSIZE 10', ok], 'XADD s IDMP p m * f 1', ['XLEN s', integer(2)], holds('XINFO STREAM s', (info: unknown) => /idmp-duration,50,idmp-maxsize,10,pids-tracked,1,iids-tracked,1,iids-added,2,iids-duplicates,1/.test(String(Array.isArray(info) ? info : Object.entries(info as object))) || String(info)));
since('8.6', 'XADD s * f 0', 'XCFGSET s IDMP-MAXSIZE 2', 'XADD s IDMP p 1 * f v', 'XADD s IDMP p 2 * f v', 'XADD s IDMP p 3 * f v', ['XLEN s', integer(4)], 'XADD s IDMP p 2 * f v', 'XADD s IDMP p 3 * f v', ['XLEN s', integer(4)], 'XADD s IDMP p 1 * f v', ['XLEN s', integer(5)]);
for (const [tail, reply] of [['', error('ERR At least one parameter must be specified')], ['IDMP-DURATION', syntaxError], ['IDMP-MAXSIZE', syntaxError], ['FOO', syntaxError], ['IDMP-DURATION x', notInteger], ['IDMP-MAXSIZE 00', notInteger], ['IDMP-DURATION 0', error('ERR IDMP-DURATION must be between 1 and 86400 seconds')], ['IDMP-DURATION 86401', error('ERR IDMP-DURATION must be between 1 and 86400 seconds')], ['IDMP-MAXSIZE 0', error('ERR IDMP-MAXSIZE must be between 1 and 10000 entries')], ['IDMP-MAXSIZE 10001', error('ERR IDMP-MAXSIZE must be between 1 and 10000 entries')], ['IDMP-MAXSIZE 10000', ok], ['idmp-duration 86400', ok]] as const) since('8.6', 'XADD s * f v', [`XCFGSET s ${tail}`.trim(), reply]);
since('8.6', ['XCFGSET missing IDMP-DURATION 5', error('ERR no such key')], ['XCFGSET', wrongArity('xcfgset')], 'SET k v', ['XCFGSET k IDMP-DURATION 5', wrongType], ['XADD k IDMP p m * f v', wrongType]);
since('8.6', ['XIDMPRECORD s p m 1-1', error('ERR no such key')], 'XADD s 33177117420000-1 f v', ['XIDMPRECORD s p m 33177117420000-1', ok], ['XIDMPRECORD s p m 33177117420000-1', ok], ['XADD s IDMP p m * f v', bulk('33177117420000-1')], ['XLEN s', integer(1)], ['XIDMPRECORD s p m', wrongArity('xidmprecord')]);

/* XNACK. */
const PENDING = ['XADD s 1-0 f v', 'XADD s 2-0 f v', 'XADD s 3-0 f v', 'XGROUP CREATE s g 0', 'XREADGROUP GROUP g alice COUNT 2 STREAMS s >'];
const counts = (line: string, ...expected: Array<[string, string, number, number]>): Step => holds(line, (rows: unknown[][]) => JSON.stringify(rows.map((row) => [row[0], row[1], row[1] === '' ? row[2] : 0, row[3]])) === JSON.stringify(expected) || JSON.stringify(rows));
since('8.8', ...PENDING, ['XNACK s g FAIL IDS 2 2-0 1-0', integer(2)], counts('XPENDING s g - + 10', ['1-0', '', -1, 1], ['2-0', '', -1, 1]), ['XPENDING s g', array(integer(2), bulk('1-0'), bulk('2-0'), array())]);
since('8.8', ...PENDING, ['XNACK s g SILENT IDS 1 1-0', integer(1)], counts('XPENDING s g - + 10', ['1-0', '', -1, 0], ['2-0', 'alice', 0, 1]));
since('8.8', ...PENDING, ['XNACK s g FAIL IDS 1 1-0 RETRYCOUNT 9', integer(1)], counts('XPENDING s g 1 1 10', ['1-0', '', -1, 9]), ['XNACK s g fail IDS 1 9-0', integer(0)], ['XNACK s g FAIL IDS 1 3-0', integer(0)], ['XNACK s g FAIL IDS 1 3-0 FORCE', integer(1)], counts('XPENDING s g 3 3 10', ['3-0', '', -1, 0]));
since('8.8', ...PENDING, 'XNACK s g FAIL IDS 2 2-0 1-0', holds('XREADGROUP GROUP g bob COUNT 1 CLAIM 1000000 STREAMS s >', (reply: unknown) => /2-0/.test(JSON.stringify(reply)) && !/1-0/.test(JSON.stringify(reply)) || JSON.stringify(reply)), ['XCLAIM s g bob 1000000 1-0 JUSTID', bulks('1-0')], counts('XPENDING s g - + 10', ['1-0', 'bob', 0, 1], ['2-0', 'bob', 0, 2]));
since('8.8', ...PENDING, 'XNACK s g FAIL IDS 1 1-0', ['XACK s g 1-0 2-0', integer(2)], ['XPENDING s g', array(integer(0), nil, nil, nilArray)]);
since('8.8', ...PENDING, 'XNACK s g FAIL IDS 1 1-0', ['XGROUP DELCONSUMER s g alice', integer(1)], counts('XPENDING s g - + 10', ['1-0', '', -1, 1]));
for (const [line, reply] of [['XNACK s g FAIL IDS 1', wrongArity('xnack')], ['XNACK s g MAYBE IDS 1 1-0', error('ERR mode must be SILENT, FAIL, or FATAL')], ['XNACK s g FAIL IDX 1 1-0', error("ERR Unrecognized XNACK option 'IDX'")], ['XNACK s g FAIL IDS 1 1-0 FOO', error("ERR Unrecognized XNACK option 'FOO'")], ['XNACK s g FAIL FORCE RETRYCOUNT 5', error('ERR syntax error, expected IDS keyword')], ['XNACK s g FAIL IDS 0 1-0', error('ERR numids must be a positive integer')], ['XNACK s g FAIL IDS 2 1-0', error("ERR number of IDs doesn't match numids")], ['XNACK s g FAIL IDS 1 1-0 RETRYCOUNT -1', error('ERR Invalid RETRYCOUNT value, must be >= 0')], ['XNACK s g FAIL RETRYCOUNT 5 FORCE IDS 1 1-0', integer(1)], ['XNACK s nosuch FAIL IDS 1 1-0', error("NOGROUP No such key 's' or consumer group 'nosuch'")], ['XNACK missing g FAIL IDS 1 1-0', error("NOGROUP No such key 'missing' or consumer group 'g'")], ['XNACK s g FAIL IDS 1 x', error('ERR Invalid stream ID specified as stream command argument')]] as const) since('8.8', ...PENDING, [line, reply]);
since('8.8', 'SET k v', ['XNACK k g FAIL IDS 1 1-0', wrongType]);

/* XREADGROUP CLAIM. */
since('8.4', ...PENDING, ['XREADGROUP GROUP g bob CLAIM -10 STREAMS s >', error('ERR min-idle-time must be a positive integer')], ['XREADGROUP GROUP g bob CLAIM x STREAMS s >', error('ERR min-idle-time is not an integer')]);
since('8.4', ...PENDING, by({ mask: /:\d+\r\n(?=:1\r\n)/g }, want('XREADGROUP GROUP g bob CLAIM 0 STREAMS s >', (protocol) => `${protocol === 3 ? '%1\r\n' : '*1\r\n*2\r\n'}$1\r\ns\r\n*3\r\n*4\r\n$3\r\n1-0\r\n*2\r\n$1\r\nf\r\n$1\r\nv\r\n:0\r\n:1\r\n*4\r\n$3\r\n2-0\r\n*2\r\n$1\r\nf\r\n$1\r\nv\r\n:0\r\n:1\r\n*4\r\n$3\r\n3-0\r\n*2\r\n$1\r\nf\r\n$1\r\nv\r\n:0\r\n:0\r\n`)));
newest.with({ since: '8.4', name: 'XREADGROUP BLOCK CLAIM goes on once something is idle for long enough', needs: ['blocking'] }, ...PENDING.map((line) => by('ignore', line)), by('ignore', 'XREADGROUP GROUP g alice STREAMS s >'), quiet(send('w', 'XREADGROUP GROUP g bob COUNT 1 BLOCK 5000 CLAIM 700 STREAMS s >')), quiet(blocked(1)), holds(receive('w'), (reply: unknown) => /1-0/.test(JSON.stringify(reply)) || JSON.stringify(reply)));
newest.with({ since: '8.8', name: 'XREADGROUP BLOCK CLAIM goes on with what is given back', needs: ['blocking'] }, ...PENDING.map((line) => by('ignore', line)), by('ignore', 'XREADGROUP GROUP g alice STREAMS s >'), quiet(send('w', 'XREADGROUP GROUP g bob BLOCK 5000 CLAIM 1000000 STREAMS s >')), quiet(blocked(1)), want('XNACK s g FAIL IDS 1 2-0', integer(1)), holds(receive('w'), (reply: unknown) => /2-0/.test(JSON.stringify(reply)) || JSON.stringify(reply)));

/* HIMPORT. */
const fields = (key: string, ...expected: string[]): Step => by('pairs', want(`HGETALL ${key}`, (protocol) => `${protocol === 3 ? `%${expected.length / 2}` : `*${expected.length}`}\r\n${expected.map((text) => `$${text.length}\r\n${text}\r\n`).join('')}`));
const noFieldset = error('ERR no such fieldset');
const himport = (name: string, ...lines: Line[]): void => newest.with({ since: '8.10', name: `HIMPORT: ${name}` }, ...lines.map((line) => on('c', typeof line === 'string' ? by('ignore', line) : Array.isArray(line) ? want(line[0], line[1]) : (line as Step))));
himport('a hash of values', ['HIMPORT PREPARE u name email age', ok], ['HIMPORT SET k u ann a@b 30', ok], fields('k', 'age', '30', 'email', 'a@b', 'name', 'ann'), ['HIMPORT SET k u bob c@d 31', ok], ['HGET k name', bulk('bob')]);
himport('it replaces a hash, its time too, and nothing else', 'HSET k old 1', 'EXPIRE k 1000', 'HIMPORT PREPARE u a', ['HIMPORT SET k u 1', ok], fields('k', 'a', '1'), ['TTL k', integer(-1)], 'SET s v', ['HIMPORT SET s u 1', wrongType], ['GET s', bulk('v')]);
himport('what is wrong', ['HIMPORT PREPARE u a a', error('ERR duplicate field name in fieldset')], ['HIMPORT SET k u 1 2', noFieldset], 'HIMPORT PREPARE u a b', by('error-code', want('HIMPORT SET k u 1', () => '-ERR\r\n')), ['HIMPORT', wrongArity('himport')], ['HIMPORT SET k u', wrongArity('himport|set')], ['HIMPORT PREPARE u', wrongArity('himport|prepare')], ['HIMPORT DISCARD', wrongArity('himport|discard')], ['HIMPORT DISCARDALL x', wrongArity('himport|discardall')], by('error-code', want('HIMPORT FOO', () => '-ERR\r\n')));
himport('fieldsets go', 'HIMPORT PREPARE u a', 'HIMPORT PREPARE v b', ['HIMPORT DISCARD u', integer(1)], ['HIMPORT DISCARD u', integer(0)], ['HIMPORT SET k u 1', noFieldset], ['HIMPORT SET k v 1', ok], ['HIMPORT DISCARDALL', integer(1)], ['HIMPORT SET k v 1', noFieldset], ['HGET k b', bulk('1')], 'HIMPORT PREPARE u a', by('ignore', 'RESET'), ['HIMPORT SET k u 1', noFieldset]);
himport('in a transaction', 'HIMPORT PREPARE u a', 'MULTI', ['HIMPORT SET k u 1', simple('QUEUED')], ['EXEC', array(ok)], ['HGET k a', bulk('1')]);
newest.with({ since: '8.10', name: 'HIMPORT: fieldsets are their own session\'s' }, on('c', want('HIMPORT PREPARE u a', ok)), on('d', want('HIMPORT SET k u 1', noFieldset)), on('c', want('HIMPORT SET k u 1', ok)));
