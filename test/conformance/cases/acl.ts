/** Users and their rights: rules and how they are shown, what is refused and in which words, ACL LOG and DRYRUN. */

import { Family, by, holds, on, sleep, type StepText } from '../case.js';
import { arity } from './torture.js';

export const acl = new Family('acl');

const GONE = by('ignore', 'ACL DELUSER u v w');
/** A case that leaves no user behind. */
const users = (name: string, ...steps: StepText[]): void => acl.titled(name, GONE, ...steps, GONE);
const shown: StepText[] = ['ACL GETUSER u', 'ACL LIST'];

// `array` came with Redis 8.8. Before `arity`, which would compare exactly.
acl.add(by({ superset: true }, 'ACL CAT'));
arity(acl, ['ACL WHOAMI', 'ACL LIST', 'ACL USERS', 'ACL HELP', 'ACL CAT', 'ACL DELUSER', 'ACL GETUSER', 'ACL DRYRUN', 'ACL LOAD', 'ACL SAVE'], 4);
acl.each([], ['ACL SETUSER', 'ACL LOG RESET x', 'ACL LOG 1 2']);
acl.each([], ['ACL', 'ACL FOO', 'ACL LIST x', 'ACL HELP', 'acl whoami', 'ACL WHOAMI', 'ACL USERS', 'ACL LIST', 'ACL GETUSER default', 'ACL GETUSER nosuch', 'ACL DELUSER default', 'ACL DELUSER nosuch', 'ACL DELUSER nosuch default', 'ACL LOAD', 'ACL SAVE', 'ACL CAT']);
for (const category of ['nosuch', '', '"a b"', '@read', '${x*200}']) acl.add(['ACL', 'CAT', category.startsWith('$') ? 'x'.repeat(200) : category.replaceAll('"', '')]);
for (const category of ['keyspace', 'read', 'write', 'SET', 'sortedset', 'list', 'hash', 'string', 'bitmap', 'hyperloglog', 'geo', 'stream', 'pubsub', 'admin', 'fast', 'slow', 'blocking', 'dangerous', 'connection', 'transaction', 'scripting']) {
  acl.add(by({ superset: true }, `ACL CAT ${category}`));
}

/* Rules, one at a time: how they are shown, or why they are refused. */
const HASH = '148de9c5a7a44d19e56cd9ae1a554bf67847afb0c58f6e12fa29ac7ddfca9940';
const RULES = ['', 'on', 'off', 'ON', 'nopass', 'NOPASS', 'resetpass', 'reset', 'sanitize-payload', 'skip-sanitize-payload', 'Sanitize-Payload', 'clearselectors', 'allkeys', '~*', 'resetkeys', 'allchannels', '&*', 'resetchannels', 'allcommands', 'nocommands', '+@all', '-@all', '+@ALL',
  '~a', '~a*', '~', '~a~b', '~[', '~a b', '~a\tb', '%R~a', '%W~a', '%RW~a', '%WR~a', '%r~a', '%rw~a', '%RR~a', '%~a', '%', '%R', '%RW', '%X~a', '%RX~a', '%R~*', '%RW~*', '%R~a b',
  '&a', '&a*', '&', '&a b', '+get', '-get', '+GET', '+get|x', '+get|', '-get|x', '+nosuch', '-nosuch', '+', '-', '+|', '+|x', '+config', '-config', '+config|get', '-config|get', '+CONFIG|GET', '+config|nosuch', '-config|nosuch', '+config|get|x', '+config|', '+select|0', '+debug|jmap',
  '+@read', '-@read', '+@READ', '+@nosuch', '-@nosuch', '+@', '-@', '+@all|x', '>p', '>', '>a b', '<p', '<', `#${HASH}`, `#${HASH.toUpperCase()}`, `#${HASH.slice(1)}`, '#', `!${HASH}`, '!', '!x',
  '()', '(', ')', '(+get', '+get)', '(+get)', '(~a +get)', '( ~a  +get )', '(~a)(+get)', '(on)', '(reset)', '(>p)', '(~*)', '(&a)', '(%R~a)', '(+nosuch)', '((+get))', '(+@all -get)', '("~a" +get)', "('~a' +get)", '("~a b")', '("~a)', '(allkeys ~a)', 'what', '=', '@read', '*', 'allkeys ', ' on'];
for (const rule of RULES) {
  users(`rule ${JSON.stringify(rule)}`, ['ACL', 'SETUSER', 'u', rule], ...shown);
  users(`rule ${JSON.stringify(rule)} for a user who may everything`, 'ACL SETUSER u on nopass allkeys allchannels +@all', ['ACL', 'SETUSER', 'u', rule], ...shown);
  users(`rule ${JSON.stringify(rule)} twice`, ['ACL', 'SETUSER', 'u', '>p', rule, rule], ...shown);
}

/* Rules together. */
for (const rules of ['on nopass ~a ~b %R~c %W~d &e &f', 'on >p >q <p', '>p nopass', 'nopass >p', 'nopass resetpass', '~a allkeys', 'allkeys ~a', 'allkeys resetkeys ~a', '%R~a %W~a', '~a %R~a', '%R~a %R~b %W~a', '%RW~* %R~*', '&a allchannels', 'allchannels &a', 'allchannels resetchannels &a', '+get -@all', '+@all -get', '+get +@all', '-get +get', '+get -get', '+config -config|set', '+config|get +config', '+get|x +get', '+get|x -get', '+get|x +get|X',
  '+@read -@read', '(~a +get) (~b +set)', '(~a +get) clearselectors', '(~a +get) reset', '( +get', '( +get )', '(+get ~a )', '(+get', '(+get ~a) ~b', '(+get (+set)', 'on off on', 'reset on', 'sanitize-payload skip-sanitize-payload', '~a on what off', 'on +nosuch', '~a reset', 'nopass reset', 'allchannels reset', '(+@read ~a) (&c)', 'resetpass resetkeys resetchannels nocommands clearselectors off']) {
  users(`rules ${rules}`, `ACL SETUSER u ${rules}`, ...shown);
  users(`rules ${rules}, one command each`, ...rules.split(/ (?![^(]*\))/).map((rule): StepText => ['ACL', 'SETUSER', 'u', ...rule.split(' ')]), ...shown);
}
for (const name of ['a b', '', 'a\tb', 'a\nb', 'a"b', '"', 'a\\b', 'ü', '\u00ff', 'default2', '-', '~x', 'u'.repeat(300)]) {
  acl.titled(`user name ${JSON.stringify(name.slice(0, 20))}`, ['ACL', 'DELUSER', name], ['ACL', 'SETUSER', name, 'on'], 'ACL USERS', ['ACL', 'GETUSER', name], ['ACL', 'DELUSER', name]);
}
users('names are told apart by case', 'ACL SETUSER u on', 'ACL SETUSER U off', 'ACL USERS', 'ACL LIST', 'ACL GETUSER U', 'ACL DELUSER U', 'ACL USERS');
users('users are listed by name', 'ACL SETUSER w', 'ACL SETUSER u', 'ACL SETUSER v', 'ACL USERS', 'ACL LIST', 'ACL DELUSER v w nosuch', 'ACL USERS');
users('an error leaves the user as it was', 'ACL SETUSER u on ~a +get', 'ACL SETUSER u off ~b what', ...shown, 'ACL SETUSER v on what', 'ACL USERS');

/* What is refused, and in which words. */
const as = (rules: string, ...lines: StepText[]): StepText[] => [`ACL SETUSER u on nopass ${rules}`, on('u', 'AUTH u x'), ...lines.map((line) => on('u', line as string))];
const LINES = ['GET a', 'GET r', 'GET w', 'GET z', 'SET a 1', 'SET r 1', 'SET w 1', 'SET z 1', 'SET w 1 GET', 'SET w 1 EX 100', 'GETSET w 1', 'GETSET a 1', 'GETDEL w', 'GETDEL a', 'GETEX r', 'GETEX r EX 1', 'APPEND w x', 'STRLEN w', 'STRLEN r', 'EXISTS w', 'TYPE w', 'TTL w', 'MGET a r', 'MGET a r z', 'MGET z r a', 'MSET a 1 w 2', 'MSET a 1 r 2', 'MSETNX a 1 w 2', 'DEL a', 'DEL r', 'DEL w', 'DEL a w z', 'UNLINK w', 'TOUCH w', 'EXPIRE w 1', 'EXPIRE r 1', 'RENAME a w', 'RENAME r w', 'RENAME w a', 'COPY r w', 'COPY w r', 'COPY r w DB 3', 'INCR w', 'INCR a', 'BITFIELD r GET u8 0', 'BITFIELD r SET u8 0 1', 'BITFIELD w SET u8 0 1', 'BITFIELD a SET u8 0 1', 'BITFIELD_RO r GET u8 0', 'BITOP AND w r a', 'BITOP AND r w a', 'BITCOUNT r', 'BITCOUNT w',
  'LPUSH w 1', 'LPUSH r 1', 'LPOP w', 'LPOP a', 'LRANGE r 0 -1', 'LRANGE w 0 -1', 'LMOVE a w LEFT LEFT', 'LMOVE r w LEFT LEFT', 'LMPOP 2 a z LEFT', 'LMPOP 1 a LEFT', 'BLPOP a z 0.01', 'SADD w 1', 'SADD r 1', 'SMOVE a w 1', 'SMOVE w r 1', 'SINTERSTORE w r a', 'SINTERSTORE r w', 'SUNION a r', 'SUNION a w', 'SINTERCARD 2 a r', 'SINTERCARD 2 a z', 'ZADD w 1 a', 'ZADD r 1 a', 'ZUNIONSTORE w 1 r', 'ZUNIONSTORE w 1 w', 'ZUNIONSTORE z 1 r', 'ZUNIONSTORE w 2 r', 'ZUNIONSTORE w x r', 'ZUNION 2 a r', 'ZUNION 2 r w', 'ZRANGESTORE w r 0 1', 'ZRANGESTORE r w 0 1', 'ZMPOP 1 w MIN', 'ZMPOP 1 a MIN', 'HSET w a 1', 'HGET w a', 'HGET r a', 'HDEL w a', 'XADD w 1-1 a 1', 'XREAD STREAMS r 0', 'XREAD STREAMS w 0', 'XREAD COUNT 1 STREAMS a r 0 0', 'XREAD COUNT 1 STREAMS a z 0 0', 'XREADGROUP GROUP g c STREAMS a >', 'XREADGROUP GROUP g c STREAMS z >', 'XINFO STREAM w', 'XINFO STREAM r', 'PFADD w a', 'PFCOUNT r', 'PFMERGE w r', 'PFMERGE r w', 'GEOADD w 1 1 a', 'GEORADIUS r 1 1 1 m', 'GEORADIUS r 1 1 1 m STORE w', 'GEORADIUS r 1 1 1 m STORE r', 'GEOSEARCHSTORE w r FROMLONLAT 1 1 BYRADIUS 1 m',
  'SORT r', 'SORT w', 'SORT r BY nosort', 'SORT r BY x*', 'SORT r GET #', 'SORT r GET x*', 'SORT r STORE w', 'SORT r STORE r', 'SORT r BY x* STORE w', 'SORT r LIMIT 0 1 GET x', 'SORT_RO r', 'SORT_RO w', 'SORT_RO r BY x*', 'OBJECT ENCODING w', 'OBJECT ENCODING z', 'OBJECT HELP', 'MEMORY USAGE r', 'MEMORY USAGE z', 'WATCH r', 'WATCH z', 'LCS a r', 'LCS r w', 'SUBSTR r 0 1', 'PUBLISH c 1', 'PUBLISH x 1', 'SPUBLISH x 1', 'SUBSCRIBE x', 'SUBSCRIBE c x', 'PSUBSCRIBE c', 'PSUBSCRIBE c*', 'PSUBSCRIBE x*', 'SSUBSCRIBE x', 'UNSUBSCRIBE x', 'PUNSUBSCRIBE x*', 'SUNSUBSCRIBE x', 'PUBSUB CHANNELS', 'PING', 'ECHO x', 'SELECT 0', 'DBSIZE', 'RANDOMKEY', 'KEYS x', 'SCAN 0 COUNT 1 TYPE nosuch', 'CONFIG GET maxmemory', 'CONFIG', 'CONFIG NOSUCH', 'NOSUCH', 'GET', 'ACL WHOAMI', 'ACL LIST x', 'FLUSHALL', 'CLIENT GETNAME', 'COMMAND COUNT x', 'MULTI', 'EXEC', 'RESET', 'HELLO 9', 'AUTH u y', 'AUTH nobody y'];
for (const line of LINES) {
  const step = by(/^RANDOMKEY/.test(line) ? 'ignore' : undefined, line);
  users(`by keys and channels: ${line}`, ...as('+@all -@dangerous +sort +sort_ro +keys +config|help ~a %R~r %W~w resetchannels &c &c*', step));
  users(`without commands: ${line}`, ...as('allkeys allchannels', step));
  users(`with two commands: ${line}`, ...as('allkeys allchannels +get +config|get', step));
}
users('a selector alone must permit a command', ...as('+get ~a (+set ~b) (%R~c +@all)', 'GET a', 'SET b 1', 'GET b', 'SET a 1', 'MGET c c', 'MGET c a', 'SET c 1', 'PUBLISH x 1'));
users('of two selectors the reason that came furthest is told', ...as('(+get ~a) (+mget ~b)', 'GET c', 'MGET b c', 'SET a 1', 'MGET c b'));
users('first arguments alone', ...as('+select|2 +select|4 allkeys', 'SELECT 2', 'SELECT 4', 'SELECT 3', 'SELECT 2 3', 'SELECT'));
users('everything but', ...as('allkeys +@all -set', 'SET a 1', 'GET a', 'SETNX a 1'));
users('rights change at once', ...as('allkeys +@all', 'GET a'), 'ACL SETUSER u -get', on('u', 'GET a'), 'ACL SETUSER u +get', on('u', 'GET a'), 'ACL SETUSER u off', on('u', 'GET a'), on('u', 'AUTH u x'), on('u', 'GET a'));

/* Who one is. */
users('AUTH', 'ACL SETUSER u on >p +@all', ...['AUTH u q', 'AUTH u p', 'ACL WHOAMI', 'AUTH default x', 'ACL WHOAMI', 'AUTH v p', 'AUTH u', 'AUTH u p q', 'AUTH', 'ACL WHOAMI'].map((line) => on('u', line)));
users('AUTH of one who is off', 'ACL SETUSER u off nopass +@all', on('u', 'AUTH u x'), 'ACL SETUSER u on', on('u', 'AUTH u x'), on('u', 'ACL WHOAMI'));
users('AUTH with several passwords', 'ACL SETUSER u on >p >q +@all', on('u', 'AUTH u p'), on('u', 'AUTH u q'), 'ACL SETUSER u <p', on('u', 'AUTH u p'), on('u', 'AUTH u q'), 'ACL SETUSER u resetpass', on('u', 'AUTH u q'), 'ACL SETUSER u nopass', on('u', 'AUTH u r'));
users('AUTH with the hash is no proof', `ACL SETUSER u on #${HASH} +@all`, on('u', `AUTH u ${HASH}`), on('u', 'AUTH u p'));
users('HELLO AUTH', 'ACL SETUSER u on >p +@all', on('u', 'HELLO 2 AUTH u q'), on('u', by('type', 'HELLO 2 AUTH u p')), on('u', 'ACL WHOAMI'), on('u', by('type', 'HELLO 2 AUTH default x SETNAME n')), on('u', 'ACL WHOAMI'));
users('RESET is the default user again', ...as('+@all', 'ACL WHOAMI', 'RESET', 'ACL WHOAMI'));
users('CLIENT LIST and KILL know users', ...as('+@all', holds('CLIENT INFO', (text: string) => text.includes(' user=u '))), 'CLIENT KILL USER nosuch', by('type', 'CLIENT KILL USER u'), 'CLIENT KILL USER v');
acl.with({ name: 'CLIENT KILL USER', needs: ['hangup'] }, GONE, ...as('+@all'), 'CLIENT KILL USER u', { kind: 'raw', on: 'u', args: [], replies: 0, bytes: '' }, GONE);
acl.with({ name: 'who is deleted is hung up on', needs: ['hangup'] }, GONE, ...as('+@all'), 'ACL DELUSER u', { kind: 'raw', on: 'u', args: [], replies: 0, bytes: '' }, GONE);
acl.with({ name: 'who deletes itself hears the answer', needs: ['hangup'] }, GONE, ...as('+@all'), on('u', 'ACL DELUSER u'), { kind: 'raw', on: 'u', args: [], replies: 0, bytes: '' }, GONE);
for (const [before, listens, after] of [['&a', 'SUBSCRIBE a', 'resetchannels &b'], ['&a', 'SUBSCRIBE a', '&b'], ['allchannels', 'SUBSCRIBE a', 'resetchannels &a*'], ['allchannels', 'PSUBSCRIBE a*', 'resetchannels &a*'], ['allchannels', 'PSUBSCRIBE a*', 'resetchannels &*a*'], ['allchannels', 'SSUBSCRIBE a', 'resetchannels'], ['&a', 'SUBSCRIBE a', 'allchannels'], ['&a', 'SUBSCRIBE a', 'resetchannels (&a)'], ['(&a)', 'SUBSCRIBE a', 'clearselectors']] as const) {
  const allowed = before.startsWith('(') ? '+@all (&a +@all)' : `+@all resetchannels ${before}`;
  acl.with({ name: `${listens} with ${before}, then ${after}`, needs: ['hangup'] }, GONE, ...as(allowed, listens), `ACL SETUSER u ${after}`, sleep(5), { kind: 'raw', on: 'u', args: [], replies: 0, bytes: '' }, GONE);
}

/* Transactions and waiting. */
users('MULTI: refused when queued', ...as('+@all ~a', 'MULTI', 'GET b', 'GET a', 'EXEC'));
users('MULTI: a command that is refused in EXEC', ...as('+@all ~a', 'MULTI', 'SET a 1', 'PING'), 'ACL SETUSER u -set', on('u', 'EXEC'), on('u', 'GET a'));
users('MULTI: a key that is refused in EXEC', ...as('+@all ~a', 'MULTI', 'SET a 1', 'PING'), 'ACL SETUSER u resetkeys', on('u', 'EXEC'));
users('MULTI: a channel that is refused in EXEC', ...as('+@all &a', 'MULTI', 'PUBLISH a 1', 'PING'), 'ACL SETUSER u resetchannels', on('u', 'EXEC'));
users('EXEC itself may be refused', ...as('+@all -exec', 'MULTI', 'PING', 'EXEC', 'DISCARD'));

/* ACL DRYRUN. */
for (const line of ['u get a', 'u get z', 'u mget a z', 'u set a 1', 'u nosuch', 'u get', 'u get a b', 'v get a', 'u config get x', 'u config nosuch', 'u config', 'u auth x', 'u auth', 'u publish c 1', 'u publish x 1', 'u subscribe c x', 'u psubscribe c', 'u psubscribe d', 'u GET a', 'default flushall', 'u sort a by x*']) {
  users(`ACL DRYRUN ${line}`, 'ACL SETUSER u on +@read +@pubsub +sort ~a &c', `ACL DRYRUN ${line}`);
}

for (const line of ['u eval x 1 z', 'u eval x 1 a', 'u eval x nokeys z', 'u eval x 5 z', 'u eval x 0']) users(`ACL DRYRUN ${line}`, 'ACL SETUSER u on +@all ~a', `ACL DRYRUN ${line}`);

/* ACL LOG. */
acl.each(['ACL LOG RESET'], ['ACL LOG', 'ACL LOG 0', 'ACL LOG -1', 'ACL LOG x', 'ACL LOG reset', 'ACL LOG 9223372036854775807', 'ACL LOG 9223372036854775808']);
const entries = (reply: any): Record<string, any>[] =>
  reply.map((entry: any) => (Array.isArray(entry) ? Object.fromEntries(entry.flatMap((item: any, at: number) => (at % 2 ? [] : [[item, entry[at + 1]]]))) : entry));
const logged = (...wanted: string[]): StepText =>
  holds('ACL LOG', (reply: any) => {
    const got = entries(reply).map((entry) => `${entry.count} ${entry.reason} ${entry.context} ${entry.object} ${entry.username}`);
    return got.join('; ') === wanted.join('; ') || `logged: ${got.join('; ')}`;
  });
users('ACL LOG: the latest first', 'ACL LOG RESET', ...as('+get +multi ~a &c +publish', 'SET a 1', 'GET b', 'PUBLISH x 1', 'AUTH u2 x', 'MULTI', 'GET z'), logged('1 key multi z u', '1 auth toplevel AUTH u2', '1 channel toplevel x u', '1 key toplevel b u', '1 command toplevel set u'), 'ACL LOG RESET');
users('ACL LOG: what happens again is counted', 'ACL LOG RESET', ...as('+get ~a', 'SET a 1', 'SET b 1', 'GET b', 'set c 1'), logged('3 command toplevel set u', '1 key toplevel b u'), 'ACL LOG RESET');
users('ACL LOG: fields', 'ACL LOG RESET', ...as('+get', 'SET a 1'), holds('ACL LOG 1', (reply: any) => {
  const [entry] = entries(reply);
  return (Number(entry!['age-seconds']) < 5 && /^id=\d+ addr=.* cmd=set user=u /.test(entry!['client-info'])) || JSON.stringify(entry);
}), 'ACL LOG RESET');
acl.with({ name: 'acllog-max-len', config: { 'acllog-max-len': '2' } }, GONE, 'ACL LOG RESET', ...as('', 'GET a', 'SET a 1', 'DEL a'), logged('1 command toplevel del u', '1 command toplevel set u'), 'ACL LOG RESET', GONE);
acl.with({ name: 'acl-pubsub-default allchannels', config: { 'acl-pubsub-default': 'allchannels' } }, GONE, 'ACL SETUSER u on', 'ACL GETUSER u', 'ACL SETUSER u reset', 'ACL GETUSER u', 'ACL SETUSER u (+get)', 'ACL GETUSER u', GONE);

/* ACL GENPASS. */
for (const [bits, digits] of [['', 64], ['1', 1], ['4', 1], ['5', 2], ['128', 32], ['4096', 1024]] as const) {
  acl.titled(`ACL GENPASS ${bits}`, holds(`ACL GENPASS ${bits}`.trim(), (text: string) => (text.length === digits && /^[0-9a-f]+$/.test(text)) || text));
}
acl.each([], ['ACL GENPASS 0', 'ACL GENPASS -1', 'ACL GENPASS 4097', 'ACL GENPASS x', 'ACL GENPASS 1 2']);
