/** Streams: ids, trimming, ranges, reading, consumer groups. */

import { Family, by } from '../case.js';
import { INTEGER_TEXTS, arity, combinations, everyType } from './torture.js';

export const stream = new Family('stream');

arity(stream, ['XADD', 'XLEN', 'XRANGE', 'XREVRANGE', 'XDEL', 'XTRIM', 'XREAD', 'XSETID', 'XGROUP CREATE', 'XGROUP SETID', 'XGROUP DESTROY', 'XGROUP CREATECONSUMER', 'XGROUP DELCONSUMER', 'XREADGROUP', 'XACK', 'XPENDING', 'XCLAIM', 'XAUTOCLAIM', 'XINFO STREAM', 'XINFO GROUPS', 'XINFO CONSUMERS'], 6);
const LINES = ['XADD k 1-1 f v', 'XADD k NOMKSTREAM 1-1 f v', 'XLEN k', 'XRANGE k - +', 'XREVRANGE k + -', 'XDEL k 1-1', 'XTRIM k MAXLEN 0', 'XREAD STREAMS k 0', 'XSETID k 5-5', 'XGROUP CREATE k g 0', 'XGROUP CREATE k g $ MKSTREAM', 'XGROUP SETID k g 0', 'XGROUP DESTROY k g', 'XGROUP CREATECONSUMER k g c', 'XGROUP DELCONSUMER k g c', 'XREADGROUP GROUP g c STREAMS k >', 'XACK k g 1-1', 'XPENDING k g', 'XPENDING k g - + 10', 'XCLAIM k g c 0 1-1', 'XAUTOCLAIM k g c 0 0', 'XINFO STREAM k', 'XINFO GROUPS k', 'XINFO CONSUMERS k g'];
everyType(stream, LINES, ['string', 'list', 'hash', 'set', 'zset']);
stream.each([], LINES.map((line) => (/XINFO|STREAM k|\$ MK/.test(line) ? by('type', line) : line)), ['EXISTS k', 'TYPE k']);

const THREE = ['XADD s 1-1 a 1', 'XADD s 1-2 b 2 c 3', 'XADD s 2-0 d 4'];
const IDS = ['0', '0-0', '0-1', '1', '1-0', '1-1', '1-2', '1-3', '2', '2-0', '2-1', '3', '5-5', '18446744073709551615-18446744073709551615', '18446744073709551615', '18446744073709551616-0', '1-18446744073709551615', '1-18446744073709551616', '-', '+', '$', '*', '>', '1-*', '2-*', '0-*', '-1', '1--1', 'abc', '1-abc', '""', '1-', '-1-1', '1-1-1', ' ', '(1', '(1-1', '01-01', '+1', '1.5'].map((id) => (id === ' ' ? '" "' : id));
for (const id of IDS) {
  if (id !== '*') stream.add(...THREE, `XADD s ${id} x y`, 'XLEN s', 'XRANGE s - +');
  if (id !== '*') stream.add(`XADD new ${id} x y`, 'XRANGE new - +', 'EXISTS new');
  stream.add(...THREE, `XRANGE s ${id} +`, `XRANGE s - ${id}`, `XREVRANGE s + ${id}`, `XREVRANGE s ${id} -`);
  stream.add(...THREE, `XDEL s ${id}`, 'XLEN s', 'XRANGE s - +');
  stream.add(...THREE, `XREAD STREAMS s ${id}`, `XREAD COUNT 1 STREAMS s ${id}`);
  stream.add(...THREE, `XSETID s ${id}`, by('type', 'XADD s * f v'));
  stream.add(...THREE, `XGROUP CREATE s g ${id}`, 'XREADGROUP GROUP g c STREAMS s >', 'XINFO GROUPS s');
  stream.add(...THREE, 'XGROUP CREATE s g 0', 'XREADGROUP GROUP g c STREAMS s >', `XACK s g ${id}`, 'XPENDING s g');
  stream.add(...THREE, `XTRIM s MINID ${id}`, 'XRANGE s - +');
  stream.add(...THREE, 'XGROUP CREATE s g 0', 'XREADGROUP GROUP g c STREAMS s >', `XREADGROUP GROUP g c STREAMS s ${id}`, `XCLAIM s g d 0 ${id} JUSTID`, `XAUTOCLAIM s g e 0 ${id} JUSTID`);
}
for (const [low, high, count] of combinations(['-', '1', '1-2', '(1-1', '(1-2', '2', '(18446744073709551615-18446744073709551615', '(-', '3'], ['+', '1', '1-1', '(2', '(2-0', '2', '(0-0', '(+', '0'], ['', 'COUNT 1', 'COUNT 0', 'COUNT -1', 'COUNT x', 'COUNT'])) {
  stream.add(...THREE, `XRANGE s ${low} ${high} ${count}`, `XREVRANGE s ${high} ${low} ${count}`);
}

/* XADD options and XTRIM. */
const TEN = Array.from({ length: 10 }, (_unused, index) => `XADD s ${index + 1}-0 f ${index}`);
for (const strategy of ['MAXLEN 3', 'MAXLEN = 3', 'MAXLEN ~ 3', 'MAXLEN 0', 'MAXLEN ~ 0', 'MAXLEN 100', 'MAXLEN -1', 'MAXLEN x', 'MAXLEN', 'MAXLEN ~', 'MAXLEN = ', 'MAXLEN ~ 3 LIMIT 1', 'MAXLEN 3 LIMIT 1', 'MAXLEN ~ 3 LIMIT 0', 'MAXLEN ~ 3 LIMIT -1', 'MINID 5', 'MINID = 5-0', 'MINID ~ 5', 'MINID 5-1', 'MINID 0', 'MINID 100', 'MINID x', 'MINID ~ 5 LIMIT 2', 'MAXLEN 3 MINID 2', 'FOO 3', 'maxlen 3', 'LIMIT 5', 'MAXLEN 9223372036854775807', 'MAXLEN 9223372036854775808']) {
  stream.add(...TEN, `XTRIM s ${strategy}`, 'XLEN s', 'XRANGE s - + COUNT 2');
  stream.add(...TEN, `XADD s ${strategy} 11-0 f v`, 'XLEN s', 'XRANGE s - + COUNT 2');
  stream.add(...TEN, `XADD s NOMKSTREAM ${strategy} 11-0 f v`, `XADD missing NOMKSTREAM ${strategy} 11-0 f v`, 'XLEN s', 'EXISTS missing');
}
stream.with({ config: { 'stream-node-max-entries': '3' }, name: 'trimming by whole nodes' }, ...TEN, 'XTRIM s MAXLEN ~ 5', 'XLEN s', 'XTRIM s MAXLEN ~ 5 LIMIT 3', 'XLEN s', 'XTRIM s MINID ~ 7', 'XRANGE s - +', 'XADD s MAXLEN ~ 2 20-0 f v', 'XRANGE s - +', by({ mask: /radix-tree-(keys|nodes)\r\n:\d+/g }, 'XINFO STREAM s'));
stream.each([], ['XADD s 1-1 f', 'XADD s 1-1 f v g', 'XADD s 0-0 f v', 'XADD s 0-1 f v', 'XADD s 1-1 "" ""', 'XADD s 1-1 f v f w', 'XADD s 1-1 "\\x00" "\\xff"', 'XADD s 1-1 f ${x*5000}', 'XADD s NOMKSTREAM 1-1 f v', 'XADD s 18446744073709551615-18446744073709551615 f v', 'XADD s * f', 'XADD s MAXLEN 5 1-1 f v', 'XADD s nomkstream 1-1 f v'], ['XLEN s', 'XRANGE s - +', 'EXISTS s', 'XADD s 1-* f v', 'XADD s 18446744073709551615-18446744073709551615 f v', 'XADD s * f v'].map((line) => (line.startsWith('XADD s *') ? by('type', line) : line)));
const many = Array.from({ length: 300 }, (_unused, index) => `XADD s ${index + 1}-0 ${index % 4 ? 'f' : 'other'} value-${index}`);
stream.titled('three hundred entries', ...many, 'XLEN s', 'XRANGE s 95 105', 'XREVRANGE s 205 195', 'XDEL s 100 101 150-0 999', 'XRANGE s 98 103', 'XREAD COUNT 3 STREAMS s 298', 'XTRIM s MAXLEN 50', 'XRANGE s - + COUNT 1', 'XDEL s 300', 'XREVRANGE s + - COUNT 1');

/* XREAD. */
stream.each([...THREE, 'XADD t 5-0 f v'], ['XREAD STREAMS s t 0 0', 'XREAD COUNT 1 STREAMS s t 0 0', 'XREAD STREAMS s t 2 5', 'XREAD STREAMS s t 2-0 5-0', 'XREAD STREAMS s t $ $', 'XREAD STREAMS s t 0', 'XREAD STREAMS s', 'XREAD STREAMS', 'XREAD COUNT STREAMS s 0', 'XREAD COUNT x STREAMS s 0', 'XREAD COUNT 0 STREAMS s 0', 'XREAD COUNT -1 STREAMS s 0', 'XREAD BLOCK x STREAMS s 0', 'XREAD BLOCK -1 STREAMS s 0', 'XREAD BLOCK 1 STREAMS s $', 'XREAD BLOCK 1 STREAMS s 0', 'XREAD FOO STREAMS s 0', 'XREAD STREAMS s missing 0 0', 'XREAD STREAMS missing 0', 'XREAD STREAMS s >', 'xread count 2 streams s 0', 'XREAD COUNT 1 COUNT 2 STREAMS s 0', 'XREAD NOACK STREAMS s 0', 'XREAD GROUP g c STREAMS s 0', 'XREAD STREAMS s s 0 1']);

/* Groups. */
const GROUP = [...THREE, 'XGROUP CREATE s g 0'];
stream.each(THREE, ['XGROUP CREATE s g 0', 'XGROUP CREATE s g $', 'XGROUP CREATE s g 1-1', 'XGROUP CREATE s g 0 MKSTREAM', 'XGROUP CREATE new g 0', 'XGROUP CREATE new g 0 MKSTREAM', 'XGROUP CREATE s g 0 ENTRIESREAD 2', 'XGROUP CREATE s g 0 ENTRIESREAD -1', 'XGROUP CREATE s g 0 ENTRIESREAD -2', 'XGROUP CREATE s g 0 ENTRIESREAD x', 'XGROUP CREATE s g 0 ENTRIESREAD 100', 'XGROUP CREATE s g abc', 'XGROUP CREATE s g 0 FOO', 'XGROUP CREATE s "" 0', 'XGROUP CREATE new g abc MKSTREAM'], ['XINFO GROUPS s', 'EXISTS new', 'XGROUP CREATE s g 0', 'XGROUP SETID s g 1-1', 'XGROUP SETID s nosuch 0', 'XGROUP SETID s g 1 ENTRIESREAD 1', 'XINFO GROUPS s', 'XGROUP DESTROY s g', 'XGROUP DESTROY s g']);
for (const [count, noack, id] of combinations(['', 'COUNT 1', 'COUNT 2', 'COUNT 0', 'COUNT -1', 'COUNT x'], ['', 'NOACK'], ['>', '0', '1-1', '$', 'x', '+'])) {
  stream.add(...GROUP, 'XREADGROUP GROUP g a COUNT 1 STREAMS s >', `XREADGROUP GROUP g a ${count} ${noack} STREAMS s ${id}`, 'XPENDING s g', 'XINFO GROUPS s');
}
stream.each(GROUP, ['XREADGROUP GROUP nosuch c STREAMS s >', 'XREADGROUP GROUP g c STREAMS missing >', 'XREADGROUP GROUP g STREAMS s >', 'XREADGROUP g c STREAMS s >', 'XREADGROUP GROUP g c STREAMS s t > >', 'XREADGROUP GROUP g c STREAMS s', 'XREADGROUP GROUP g c BLOCK 1 STREAMS s >', 'XREADGROUP COUNT 1 GROUP g c STREAMS s >', 'XREADGROUP GROUP g "" STREAMS s >', 'XREADGROUP GROUP g c FOO STREAMS s >', 'XREADGROUP NOACK GROUP g c STREAMS s >', 'XREADGROUP STREAMS s >']);
const PENDING = [...GROUP, 'XADD s 3-0 e 5', 'XREADGROUP GROUP g alice COUNT 2 STREAMS s >', 'XREADGROUP GROUP g bob STREAMS s >'];
const IDLE = { mask: /(?<=\$\d\d?\r\n(alice|bob|carol)\r\n):\d+/g };
for (const tail of ['', '- + 10', '- + 1', '- + 0', '- + -1', '- +', '-', '- + x', '- + 10 alice', '- + 10 bob', '- + 10 nosuch', '1-2 2 10', '(1-1 + 10', '2 (3 10', 'IDLE 0 - + 10', 'IDLE 100000 - + 10', 'IDLE x - + 10', 'IDLE 0', 'IDLE 0 - + 10 alice', 'IDLE -1 - + 10', 'x + 10', '- + 10 alice x', 'IDLE 0 - +', '- + 10 ""']) stream.add(...PENDING, by(IDLE, `XPENDING s g ${tail}`));
stream.each(PENDING, ['XPENDING s nosuch', 'XPENDING missing g', 'XACK s g 1-1', 'XACK s g 1-1 1-1 1-2 9-9', 'XACK s nosuch 1-1', 'XACK missing g 1-1', 'XACK s g x', 'XACK s g 1-1 x', 'XGROUP DELCONSUMER s g alice', 'XGROUP DELCONSUMER s g nosuch', 'XGROUP CREATECONSUMER s g carol', 'XGROUP CREATECONSUMER s g alice', 'XGROUP DESTROY s g', 'XDEL s 1-1', 'XTRIM s MAXLEN 1', 'XREADGROUP GROUP g alice STREAMS s 0', 'XREADGROUP GROUP g bob STREAMS s 0', 'XREADGROUP GROUP g bob STREAMS s 2-0', 'DEL s', 'XSETID s 9-9', 'XGROUP SETID s g 0', 'XGROUP SETID s g $', 'XGROUP SETID s g 1-1 ENTRIESREAD 1'], ['XPENDING s g', by(IDLE, 'XPENDING s g - + 10'), 'XREADGROUP GROUP g alice STREAMS s 0', 'XREADGROUP GROUP g dave STREAMS s >', 'XPENDING s g']);
for (const options of ['', 'JUSTID', 'FORCE', 'FORCE JUSTID', 'IDLE 5000', 'TIME 1000', 'RETRYCOUNT 7', 'IDLE 1 RETRYCOUNT 3 FORCE', 'LASTID 9-9', 'IDLE x', 'RETRYCOUNT x', 'TIME x', 'LASTID x', 'FOO', 'IDLE', 'RETRYCOUNT -1', 'justid']) {
  for (const ids of ['1-1', '1-1 2-0', '9-9', '1-1 9-9', 'x', '1-1 x']) {
    stream.add(...PENDING, `XCLAIM s g carol 0 ${ids} ${options}`, 'XPENDING s g', by({ mask: /(?<=(alice|bob|carol)\r\n):\d+/g }, 'XPENDING s g - + 10'));
  }
  stream.add(...PENDING, `XCLAIM s g carol 100000 1-1 ${options}`, `XCLAIM s nosuch carol 0 1-1 ${options}`, `XCLAIM missing g carol 0 1-1 ${options}`, `XCLAIM s g carol x 1-1 ${options}`, `XCLAIM s g carol -1 1-1 ${options}`, 'XPENDING s g');
  stream.add(...PENDING, 'XDEL s 1-1', `XCLAIM s g carol 0 1-1 1-2 ${options}`, 'XPENDING s g');
}
for (const [start, count] of combinations(['0', '0-0', '-', '1-2', '2', '(1-1', '9-9', 'x', '+'], ['', 'COUNT 1', 'COUNT 2', 'COUNT 0', 'COUNT -1', 'COUNT x', 'JUSTID', 'COUNT 1 JUSTID', 'FOO', 'COUNT', 'COUNT 9223372036854775807'])) {
  stream.add(...PENDING, `XAUTOCLAIM s g carol 0 ${start} ${count}`, 'XPENDING s g');
  stream.add(...PENDING, 'XDEL s 1-1', 'XDEL s 2-0', `XAUTOCLAIM s g carol 0 ${start} ${count}`, 'XPENDING s g');
}
stream.each(PENDING, ['XAUTOCLAIM s g carol 100000 0', 'XAUTOCLAIM s nosuch carol 0 0', 'XAUTOCLAIM missing g carol 0 0', 'XAUTOCLAIM s g carol x 0', 'XAUTOCLAIM s g carol -1 0']);

/* XINFO and XSETID. */
const TREE = { mask: /radix-tree-(keys|nodes)\r\n:\d+/g };
const TIMES = { mask: /(seen-time|active-time|idle|inactive|pel-count|delivery-time)\r\n:-?\d+|:\d{13}\r\n|radix-tree-(keys|nodes)\r\n:\d+/g };
stream.add(...THREE, by(TREE, 'XINFO STREAM s'), 'XDEL s 2-0', by(TREE, 'XINFO STREAM s'), 'XTRIM s MAXLEN 0', by(TREE, 'XINFO STREAM s'));
stream.add(...PENDING, by(TREE, 'XINFO STREAM s'), 'XINFO GROUPS s', 'XACK s g 1-1', 'XINFO GROUPS s', 'XADD s 9-9 f v', 'XINFO GROUPS s');
for (const tail of ['FULL', 'FULL COUNT 1', 'FULL COUNT 0', 'FULL COUNT -1', 'FULL COUNT x', 'FULL COUNT', 'FULL FOO', 'FOO', 'full count 2']) {
  stream.add(...THREE, by(TIMES, `XINFO STREAM s ${tail}`));
  stream.add('XADD s 1-1 a 1', 'XGROUP CREATE s empty 0', by(TIMES, `XINFO STREAM s ${tail}`), by(TIMES, `XINFO STREAM missing ${tail}`));
}
stream.each(GROUP, ['XINFO CONSUMERS s g', 'XINFO CONSUMERS s nosuch', 'XINFO CONSUMERS missing g', 'XINFO GROUPS missing', 'XINFO STREAM missing', 'XINFO FOO s', 'XINFO', 'XINFO STREAM', 'XINFO CONSUMERS s', 'XGROUP FOO s g', 'XGROUP', 'XGROUP CREATE s']);
for (const tail of ['5-5', '1-1', '2-0', '5-5 ENTRIESADDED 10 MAXDELETEDID 2-0', '5-5 ENTRIESADDED 1 MAXDELETEDID 0-0', '5-5 ENTRIESADDED 10', '5-5 ENTRIESADDED -1 MAXDELETEDID 0-0', '5-5 ENTRIESADDED 10 MAXDELETEDID 9-9', '5-5 MAXDELETEDID 1-1', '5-5 ENTRIESADDED x MAXDELETEDID 1-1', '5-5 FOO', 'x', '5']) stream.add(...THREE, `XSETID s ${tail}`, by(TREE, 'XINFO STREAM s'), 'XADD s 5-4 f v');
for (const value of INTEGER_TEXTS) stream.add(...THREE, `XREAD COUNT ${value} STREAMS s 0`, `XRANGE s - + COUNT ${value}`, `XTRIM s MAXLEN ${value}`, 'XLEN s');
stream.titled('lag of a group', ...GROUP, 'XINFO GROUPS s', 'XREADGROUP GROUP g c COUNT 1 STREAMS s >', 'XINFO GROUPS s', 'XDEL s 1-2', 'XINFO GROUPS s', 'XREADGROUP GROUP g c STREAMS s >', 'XINFO GROUPS s', 'XADD s 7-0 f v', 'XINFO GROUPS s');
stream.titled('copy keeps groups and pending entries', ...PENDING, 'COPY s t', 'XPENDING t g', 'XINFO GROUPS t', 'XREADGROUP GROUP g alice STREAMS t 0', by(TREE, 'XINFO STREAM t'), by(undefined, 'DEBUG DIGEST-VALUE s'));
