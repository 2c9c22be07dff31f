/** COMMAND: what the server says about its own table. Every row of Redis 7.0.15, place by place. */

import { Family, by, differs, holds, type Step } from '../case.js';
import { NOT_BUILT_YET } from '../excused.js';
import { error } from '../want.js';
import { COMMAND_NAMES, SUBCOMMAND_NAMES } from './command-names.js';

export const command = new Family('command');

/** Rows whose arity 7.2 changed (ZRANK and ZREVRANK gained WITHSCORE). */
const ARITY_CHANGED_IN_7_2 = new Set(['zrank', 'zrevrank']);

/** Rows in which the table of 7.2 and later says something else than that of 7.0: place in the row, its words, why. */
const BLOCKING_IN_SCRIPTS = 'scripts may call blocking commands since 7.2';
const NOT_IN_MULTI = 'MULTI and WATCH are told not to be queued since 7.2';
const CHANGED_FLAGS: Record<string, [words: string, reason: string]> = {
  blmove: ['write denyoom blocking', BLOCKING_IN_SCRIPTS], blpop: ['write blocking', BLOCKING_IN_SCRIPTS], brpop: ['write blocking', BLOCKING_IN_SCRIPTS],
  brpoplpush: ['write denyoom blocking', BLOCKING_IN_SCRIPTS], bzpopmax: ['write blocking fast', BLOCKING_IN_SCRIPTS], bzpopmin: ['write blocking fast', BLOCKING_IN_SCRIPTS],
  wait: ['blocking', BLOCKING_IN_SCRIPTS], multi: ['noscript loading stale fast no_multi allow_busy', NOT_IN_MULTI], watch: ['noscript loading stale fast no_multi allow_busy', NOT_IN_MULTI],
  publish: ['pubsub loading stale fast may_replicate', 'messages go to replicas, which the flag says since 7.2'],
  spublish: ['pubsub loading stale fast may_replicate', 'messages go to replicas, which the flag says since 7.2'],
  pfcount: ['readonly may_replicate', 'counting may rewrite the cache in the value, which replicas are told since 7.2'],
};
const sameWords = (found: readonly string[], wanted: string): string | undefined => {
  return [...found].sort().join(' ') === wanted.split(' ').sort().join(' ') ? undefined : `${found.join(' ')} is not ${wanted}`;
};
const changed = (step: Step, check: (reply: any) => string | undefined, reason: string): Step => ({ ...step, differs: { since: '7.2', check, reason } });
const flagsOf = (name: string): Step => {
  const step = by({ pick: [0, 2] }, `COMMAND INFO ${name}`);
  const change = CHANGED_FLAGS[name];
  return change ? changed(step, (rows) => sameWords(rows[0][2], change[0]), change[1]) : step;
};
const categoriesOf = (name: string): Step => {
  const step = by({ pick: [0, 6] }, `COMMAND INFO ${name}`);
  return name === 'wait' ? changed(step, (rows) => sameWords(rows[0][6], '@slow @blocking @connection'), BLOCKING_IN_SCRIPTS) : step;
};
const keySpecsOf = (name: string): Step => {
  const step = by({ pick: [0, 8] }, `COMMAND INFO ${name}`);
  const overwrites = (rows: any[]): string | undefined => (/"OW","update"/.test(JSON.stringify(rows[0][8])) ? undefined : 'the destination is not overwritten');
  return name === 'sinterstore' ? changed(step, overwrites, 'the destination is overwritten, not read') : step;
};
const arityOf = (name: string): Step => {
  const step = by({ pick: [0, 1, 3, 4, 5] }, `COMMAND INFO ${name}`);
  return /^command\|getkeys/.test(name) ? changed(step, (rows) => (rows[0][1] === -3 ? undefined : `arity ${rows[0][1]}`), 'a command of one word is let in since 7.2') : step;
};
const docsOf = (name: string): Step => {
  const step = by({ fields: ['since', 'group'] }, `COMMAND DOCS ${name}`);
  const isThree = (reply: unknown): string | undefined => (JSON.stringify(reply).includes('"3.0.0"') ? undefined : 'not since 3.0.0');
  return name === 'client|pause' ? changed(step, isThree, '2.9.50 was the development of 3.0.0, and the table says so now') : step;
};

for (const name of [...COMMAND_NAMES, ...SUBCOMMAND_NAMES]) {
  if (!ARITY_CHANGED_IN_7_2.has(name)) command.titled(`COMMAND INFO ${name}: arity and key positions`, arityOf(name));
  command.titled(`COMMAND INFO ${name}: flags`, flagsOf(name));
  command.titled(`COMMAND INFO ${name}: ACL categories`, categoriesOf(name));
  command.titled(`COMMAND INFO ${name}: key specs`, keySpecsOf(name));
  command.titled(`COMMAND DOCS ${name}: since and group`, docsOf(name));
}
command.each([], ['COMMAND INFO nosuch', 'COMMAND INFO nosuch other', 'COMMAND INFO ""', 'COMMAND DOCS nosuch', 'COMMAND DOCS ""', 'COMMAND INFO config|nosuch', 'COMMAND DOCS get|set', 'COMMAND COUNT x', 'COMMAND FOO', 'COMMAND GETKEYS', 'COMMAND GETKEYSANDFLAGS', 'COMMAND LIST FOO', 'COMMAND LIST FILTERBY', 'COMMAND LIST FILTERBY FOO bar',
  'COMMAND LIST FILTERBY MODULE', 'COMMAND LIST FILTERBY MODULE nosuch', 'COMMAND LIST FILTERBY ACLCAT nosuch', 'COMMAND LIST FILTERBY PATTERN nosuch', 'COMMAND LIST FILTERBY PATTERN x y', 'COMMAND LIST FILTERBY PATTERN a FILTERBY PATTERN b']);
for (const category of ['string', 'hash', 'list', 'set', 'sortedset', 'stream', 'geo', 'bitmap', 'hyperloglog', 'pubsub', 'transaction', 'scripting', 'connection', 'admin', 'dangerous', 'fast', 'slow', 'read', 'write', 'keyspace', 'blocking', 'STRING']) {
  command.add(by({ superset: true }, `COMMAND LIST FILTERBY ACLCAT ${category}`));
}
for (const pattern of ['get*', 'x*', '*', 'GET', 'z?ank', '[ab]*', 'config*', 'client|*', '*|get', 'h*del', 's[ae]t*']) {
  command.add(by({ superset: true }, `COMMAND LIST FILTERBY PATTERN ${pattern}`), by({ superset: true }, `command list filterby pattern ${pattern}`));
}
/** Rows that there are at least, those left out that are not there yet. */
const ROWS_MIN = 240 - [...NOT_BUILT_YET.keys()].filter((name) => !name.includes('|')).length;
command.titled('COMMAND LIST has every name', by({ superset: true }, 'COMMAND LIST'));
command.titled('COMMAND COUNT is the number of rows of COMMAND', holds('COMMAND COUNT', (count) => count >= ROWS_MIN), holds('COMMAND', (rows) => rows.length >= ROWS_MIN));
command.titled('COMMAND and COMMAND INFO agree', holds('COMMAND INFO', (rows) => rows.length >= ROWS_MIN), holds('COMMAND INFO get set', (rows) => rows.length === 2 && rows[0][0] === 'get' && rows[1][0] === 'set'));
command.titled('COMMAND DOCS of a command has a summary', holds('COMMAND DOCS get', (reply) => {
  const docs = Array.isArray(reply) ? Object.fromEntries(reply[1].flatMap((item: unknown, index: number, list: unknown[]) => (index % 2 ? [] : [[item, list[index + 1]]]))) : reply.get;
  return ['summary', 'since', 'group', 'complexity', 'arguments'].filter((name) => !(name in docs)).join() || undefined;
}));
command.titled('COMMAND DOCS of a container has its subcommands', holds('COMMAND DOCS object', (reply) => JSON.stringify(reply).includes('object|encoding')));

/* Keys out of arguments. */
const PROGRAMS = ['GET k', 'SET k v', 'SET k v GET', 'MSET a 1 b 2 c 3', 'MGET a b c', 'DEL a b', 'RENAME a b', 'COPY a b', 'BITOP AND d a b c', 'EVAL s 2 a b c', 'EVAL s 0', 'EVAL s 0 a', 'EVAL s 3 a b', 'EVAL s x a', 'EVAL s -1 a', 'EVALSHA s 1 a', 'FCALL f 2 a b c', 'ZUNIONSTORE d 2 a b', 'ZUNIONSTORE d 2 a b WEIGHTS 1 2', 'ZUNIONSTORE d 0 a', 'ZUNIONSTORE d 5 a b', 'ZUNION 2 a b', 'ZINTERCARD 2 a b LIMIT 1', 'SINTERCARD 2 a b', 'LMPOP 2 a b LEFT', 'BLMPOP 0 2 a b LEFT', 'ZMPOP 1 a MIN', 'BZMPOP 0 1 a MIN',
  'XREAD COUNT 2 STREAMS a b 0 0', 'XREAD STREAMS a 0', 'XREAD STREAMS a', 'XREAD BLOCK 0 STREAMS a b c 1 2 3', 'XREADGROUP GROUP g c STREAMS a >', 'XREADGROUP GROUP g c COUNT 1 STREAMS a b > >', 'XADD s * f v', 'XGROUP CREATE s g $', 'XINFO STREAM s', 'OBJECT ENCODING k', 'MEMORY USAGE k', 'SORT k', 'SORT k STORE d', 'SORT k BY w_* GET o_* STORE d', 'SORT k STORE a STORE b', 'SORT_RO k', 'GEORADIUS g 1 1 1 m', 'GEORADIUS g 1 1 1 m STORE d', 'GEORADIUS g 1 1 1 m STOREDIST d', 'GEORADIUSBYMEMBER g m 1 m STORE d', 'GEOSEARCHSTORE d s FROMMEMBER m BYRADIUS 1 m',
  'MIGRATE h 1 k 0 1000', 'MIGRATE h 1 "" 0 1000 KEYS a b', 'MIGRATE h 1 "" 0 1000 COPY KEYS a b c', 'PFADD h a', 'PFCOUNT a b', 'PFMERGE d a b', 'BLPOP a b 0', 'BRPOP a 0', 'BZPOPMIN a b 0', 'BLMOVE a b LEFT RIGHT 0', 'SMOVE a b m', 'SUNIONSTORE d a b', 'SDIFF a b', 'PING', 'ECHO x', 'PUBLISH c m', 'SSUBSCRIBE a b', 'SPUBLISH c m', 'SUBSCRIBE a', 'WATCH a b', 'MULTI', 'GET', 'GET a b', 'SET k', 'NOSUCH a', 'CONFIG GET x', 'OBJECT FREQ', 'OBJECT NOSUCH k', 'CLIENT ID', 'DEBUG OBJECT k', 'EXPIRE k 1', 'GETEX k', 'LCS a b', 'MSETNX a 1 b 2', 'MSET a 1 b', 'HSET h f v', 'ZADD z 1 a', 'DUMP k', 'RESTORE k 0 x', 'TOUCH a b', 'UNLINK a', 'EXISTS a a', 'BITFIELD k GET u8 0', 'BITFIELD k SET u8 0 1', 'SINTERSTORE d a', 'RPOPLPUSH a b', 'XAUTOCLAIM s g c 0 0', 'ZRANGESTORE d s 0 -1', 'ZDIFFSTORE d 1 a', 'LMOVE a b LEFT LEFT', 'FLUSHALL', 'SELECT 0', 'KEYS *', 'SCAN 0', 'RANDOMKEY', 'SWAPDB 0 1'];
/** One word alone: 7.0 wants two, and complains about COMMAND GETKEYS itself. */
const ONE_WORD: Record<string, string> = {
  GET: 'ERR Invalid number of arguments specified for command', PING: 'ERR The command has no key arguments', MULTI: 'ERR The command has no key arguments',
  FLUSHALL: 'ERR The command has no key arguments', RANDOMKEY: 'ERR The command has no key arguments',
};
const getKeys = (line: string, program: string): Step => {
  const text = ONE_WORD[program];
  if (text !== undefined) return differs(line, '7.2', error(text), 'a command of one word is let in since 7.2');
  const isSet = program === 'SINTERSTORE d a' && /flags/i.test(line);
  const step = by(undefined, line);
  return isSet ? changed(step, (keys) => sameWords(keys[0][1], 'OW update') ?? sameWords(keys[1][1], 'RO access'), 'the destination is overwritten, not read') : step;
};
for (const program of PROGRAMS) {
  command.add(getKeys(`COMMAND GETKEYS ${program}`, program));
  command.add(getKeys(`COMMAND GETKEYSANDFLAGS ${program}`, program));
  command.add(getKeys(`command getkeys ${program.toLowerCase()}`, program));
}
