/** Connections: HELLO, AUTH, CLIENT and its subcommands, SELECT, RESET, QUIT. */

import { Family, by, differs, holds, on, raw, receive, replies, send, silence, sleep, want } from '../case.js';
import { error, integer, nil, ok, simple, wrongArity } from '../want.js';
import { INTEGER_TEXTS, arity } from './torture.js';

export const connection = new Family('connection');

/** The version and the connection's id differ from server to server; everything else of HELLO's reply counts. */
const HELLO_REPLY = { mask: /\$\d+\r\n\d+\.\d+\.\d+\r\n|\$2\r\nid\r\n:\d+\r\n/g };
const hello = (line: string) => by(HELLO_REPLY, line);

arity(connection, ['PING', 'ECHO', 'SELECT', 'AUTH', 'RESET', 'READONLY', 'READWRITE', 'ASKING'], 4);
arity(connection, ['CLIENT GETNAME', 'CLIENT SETNAME', 'CLIENT ID', 'CLIENT INFO', 'CLIENT KILL', 'CLIENT NO-EVICT', 'CLIENT PAUSE', 'CLIENT UNPAUSE',
  'CLIENT REPLY', 'CLIENT UNBLOCK', 'CLIENT CACHING', 'CLIENT GETREDIR', 'CLIENT TRACKING', 'CLIENT TRACKINGINFO', 'CLIENT LIST'], 4);
connection.each([], ['CLIENT', 'CLIENT FOO', 'CLIENT FOO bar', 'CLIENT ""', 'client getname', 'CLIENT GetName', 'CLIENT|GETNAME', 'CLIENT "GETNAME "']);
connection.add(differs('CLIENT NO-TOUCH', '7.2', wrongArity('client|no-touch'), 'CLIENT NO-TOUCH came with 7.2'));
connection.add(by({ superset: true }, 'CLIENT HELP'));
connection.each([], ['PING', 'PING hello', 'PING ""', 'PING "a\\r\\nb"', 'PING "\\x00\\xff"', 'ping', 'PiNg Mixed', 'ECHO x', 'ECHO ""', 'ECHO "\\x00"', 'ECHO ${x*20000}']);
connection.each([], ['FOO', 'FOO a b c', 'foo "a b"', '""', '"\\x00"', '"PING "', 'FOO ${x*200}', 'FOO ${x*50} ${y*50} ${z*50} ${w*50}', '${F*200} a', 'FOO "a\\r\\nb"', 'FOO "\\xff"', '"foo\\r\\nbar" x', 'GET|SET a']);

/* HELLO. */
for (const line of ['HELLO', 'HELLO 2', 'HELLO 3', 'hello 3', 'HELLO 1', 'HELLO 4', 'HELLO 0', 'HELLO -1', 'HELLO abc', 'HELLO ""', 'HELLO 3.0', 'HELLO 99999999999999999999', 'HELLO 3 FOO', 'HELLO 3 AUTH', 'HELLO 3 AUTH default',
  'HELLO 3 AUTH default wrong', 'HELLO 3 AUTH nobody x', 'HELLO 3 SETNAME', 'HELLO 3 SETNAME me', 'HELLO 2 SETNAME me', 'HELLO 3 SETNAME "a b"', 'HELLO 3 SETNAME ""', 'HELLO 3 SETNAME "a\\nb"', 'HELLO 3 AUTH default x SETNAME me',
  'HELLO 3 SETNAME me AUTH default x', 'HELLO 3 SETNAME a SETNAME b', 'HELLO 3 setname me', 'HELLO AUTH default x', 'HELLO SETNAME me', 'HELLO 3 3', 'HELLO 2 FOO BAR']) {
  connection.add(hello(line), 'CLIENT GETNAME', 'HGETALL missing');
  connection.add(hello('HELLO 3'), hello(line), 'HGETALL missing', 'GET missing');
  connection.add(hello('HELLO 2'), hello(line), 'HGETALL missing', 'GET missing');
}
connection.add(hello('HELLO 3'), 'GET missing', hello('HELLO 2'), 'GET missing', hello('HELLO 3'), 'HGETALL missing', 'SMEMBERS missing', 'RESET', 'GET missing');
connection.add('MULTI', hello('HELLO 3'), by(HELLO_REPLY, 'EXEC'), 'GET missing');
connection.add(holds('HELLO', (reply) => (Array.isArray(reply) ? reply[1] : reply.server) === 'redis'));

/* AUTH without and with a password. */
connection.each([], ['AUTH x', 'AUTH default x', 'AUTH nobody x', 'AUTH ""', 'AUTH default ""', 'AUTH "a b" c', 'AUTH a b c']);
const locked = { config: { requirepass: 'secret' }, protocols: [2] as const, needs: ['network' as const] };
for (const line of ['PING', 'GET k', 'SET k v', 'FOO', 'GET', 'CLIENT ID', 'CLIENT GETNAME', 'COMMAND', 'INFO', 'MULTI', 'EXEC', 'SUBSCRIBE a', 'SELECT 1', 'DEBUG SLEEP 0', 'AUTH wrong', 'AUTH default wrong', 'AUTH nobody secret', 'AUTH', 'AUTH a b c',
  'HELLO', 'HELLO 2', 'HELLO 3', 'HELLO 3 AUTH default wrong', 'HELLO 3 AUTH nobody secret', 'HELLO 4', 'HELLO 3 SETNAME x', 'HELLO 2 AUTH default', 'CONFIG GET port', 'QUIT2', 'RESET', 'ECHO x', 'TIME', 'DISCARD', 'WATCH a']) {
  connection.with({ ...locked, name: `with a password: ${line}` }, line, 'GET k', 'AUTH secret', 'GET k');
}
connection.with({ ...locked, name: 'AUTH with the password' }, 'AUTH secret', 'SET k v', 'GET k', 'AUTH wrong', 'GET k', 'RESET', 'GET k', 'AUTH default secret', 'GET k');
connection.with({ ...locked, name: 'HELLO 3 AUTH with the password' }, hello('HELLO 3 AUTH default secret SETNAME me'), 'CLIENT GETNAME', 'GET k');
connection.with({ ...locked, name: 'QUIT needs no password' }, raw('QUIT\r\n'));
connection.with({ ...locked, name: 'RESET needs no password' }, raw('RESET\r\nPING\r\n'));
for (const bytes of ['*10\r\n', '*11\r\n', '*1\r\n$16384\r\n', '*1\r\n$16385\r\n', '*1000000\r\n', '*2\r\n$3\r\nGET\r\n$1000000\r\n', '*1\r\n$536870913\r\n', '*-1\r\n', 'PING\r\n']) {
  connection.with({ ...locked, name: `with a password, raw ${JSON.stringify(bytes)}` }, raw(bytes));
}

/* SELECT. */
for (const database of [...INTEGER_TEXTS, '15', '16']) connection.add(`SELECT ${database}`, 'SET k v', 'SELECT 0', 'EXISTS k');
connection.add('SET k zero', 'SELECT 3', 'GET k', 'SET k three', 'SELECT 0', 'GET k', 'SELECT 3', 'GET k', 'FLUSHDB', 'DBSIZE', 'SELECT 0', 'DBSIZE');
connection.add('SELECT 5', 'RESET', 'SET k v', 'SELECT 0', 'GET k');

/* Names. */
for (const name of ['me', '""', '"a b"', '"a\\nb"', '"\\x00"', '"\\xff"', '!', '~', '"\\x7f"', '${n*1000}', 'käse', '"a\\tb"']) connection.add(`CLIENT SETNAME ${name}`, 'CLIENT GETNAME');
connection.add('CLIENT SETNAME a', 'CLIENT SETNAME b', 'CLIENT GETNAME', 'CLIENT SETNAME ""', 'CLIENT GETNAME');
connection.add('CLIENT SETNAME a', 'RESET', 'CLIENT GETNAME');
connection.add('CLIENT SETNAME a', on('c1', 'CLIENT GETNAME'), on('c1', 'CLIENT SETNAME a'), on('c1', 'CLIENT GETNAME'));

/* Ids, INFO, LIST. */
const CLIENT_FIELDS = ['id', 'addr', 'laddr', 'fd', 'name', 'age', 'idle', 'flags', 'db', 'sub', 'psub', 'ssub', 'multi', 'qbuf', 'qbuf-free', 'argv-mem', 'multi-mem', 'rbs', 'rbp', 'obl', 'oll', 'omem', 'tot-mem', 'events', 'cmd', 'user', 'redir', 'resp'];
const clientLine = (text: string): Map<string, string> => new Map(text.trim().split(' ').map((field) => [field.slice(0, field.indexOf('=')), field.slice(field.indexOf('=') + 1)]));
const lacks = (text: string): string | undefined => {
  const line = clientLine(text);
  const missing = CLIENT_FIELDS.filter((field) => !line.has(field));
  return missing.length ? `no ${missing.join(', ')}` : undefined;
};
connection.titled('CLIENT INFO has the fields of CLIENT LIST', holds('CLIENT INFO', lacks));
connection.titled('CLIENT LIST has every field', holds('CLIENT LIST', (text: string) => lacks(text.split('\n')[0]!)));
connection.titled('CLIENT LIST orders fields as the reference', holds('CLIENT INFO', (text: string) => {
  const order = [...clientLine(text).keys()].filter((field) => CLIENT_FIELDS.includes(field));
  return order.join() === CLIENT_FIELDS.join() || `order is ${order.join()}`;
}));
const field = (name: string, value: string) => holds('CLIENT INFO', (text: string) => clientLine(text).get(name) === value || `${name}=${clientLine(text).get(name)}`);
connection.titled('CLIENT INFO shows name, database, command, user', 'CLIENT SETNAME me', 'SELECT 7', field('name', 'me'), field('db', '7'), field('cmd', 'client|info'), field('user', 'default'));
connection.titled('CLIENT INFO shows the protocol', by(HELLO_REPLY, 'HELLO 3'), field('resp', '3'), by(HELLO_REPLY, 'HELLO 2'), field('resp', '2'));
connection.titled('CLIENT INFO shows subscriptions', by(HELLO_REPLY, 'HELLO 3'), replies(2, 'SUBSCRIBE a b'), 'PSUBSCRIBE p*', field('sub', '2'), field('psub', '1'), field('flags', 'P'));
connection.titled('CLIENT INFO shows the queue of MULTI', 'MULTI', 'GET k', 'GET k', 'CLIENT INFO', holds('EXEC', (list: string[]) => /multi=\d/.test(list[2]!)));
connection.titled('CLIENT ID rises', holds('CLIENT ID', (id) => id > 0), on('c1', holds('CLIENT ID', (id) => id > 1)));
connection.titled('CLIENT LIST ID', 'CLIENT ID', holds(['CLIENT', 'LIST', 'ID', (context) => context.value(0)], (text: string) => text.trim().split('\n').length === 1));
connection.titled('CLIENT LIST ID of nobody', by({ mask: /^=.*?txt:/s }, 'CLIENT LIST ID 999999999'));
connection.titled('CLIENT LIST TYPE normal', holds('CLIENT LIST TYPE normal', (text: string) => text.includes('cmd=client|list')));
connection.titled('CLIENT LIST TYPE pubsub', on('c1', 'SUBSCRIBE a'), holds('CLIENT LIST TYPE pubsub', (text: string) => text.includes('sub=1')));
connection.each([], ['CLIENT LIST TYPE', 'CLIENT LIST TYPE foo', 'CLIENT LIST FOO bar', 'CLIENT LIST ID', 'CLIENT LIST ID abc', 'CLIENT LIST ID 0', 'CLIENT LIST ID -1', 'CLIENT LIST TYPE normal ID 1'].map((line) => by(undefined, line)));
connection.add(by(undefined, 'CLIENT LIST TYPE replica'), by(undefined, 'CLIENT LIST TYPE slave'), by(undefined, 'CLIENT LIST TYPE master'));

/* KILL. */
connection.each([], ['CLIENT KILL 1.2.3.4:5', 'CLIENT KILL ADDR 1.2.3.4:5', 'CLIENT KILL LADDR 1.2.3.4:5', 'CLIENT KILL ID 999999999', 'CLIENT KILL ID 0', 'CLIENT KILL ID -1', 'CLIENT KILL ID abc', 'CLIENT KILL TYPE foo', 'CLIENT KILL TYPE replica',
  'CLIENT KILL TYPE master', 'CLIENT KILL USER nobody', 'CLIENT KILL SKIPME', 'CLIENT KILL SKIPME maybe', 'CLIENT KILL ID 999999999 SKIPME yes', 'CLIENT KILL FOO bar', 'CLIENT KILL ADDR 1.2.3.4:5 TYPE normal', 'CLIENT KILL ID', 'CLIENT KILL ADDR a ADDR b']);
connection.titled('CLIENT KILL ID closes the other', on('c1', 'CLIENT ID'), ['CLIENT', 'KILL', 'ID', (context) => context.value(0)], ['CLIENT', 'KILL', 'ID', (context) => context.value(0)]);
connection.titled('CLIENT KILL ID of oneself with SKIPME', 'CLIENT ID', ['CLIENT', 'KILL', 'ID', (context) => context.value(0)], ['CLIENT', 'KILL', 'ID', (context) => context.value(0), 'SKIPME', 'yes'], 'PING');
connection.titled('CLIENT KILL TYPE pubsub', on('c1', 'SUBSCRIBE a'), on('c2', 'PSUBSCRIBE a'), 'CLIENT KILL TYPE pubsub', 'PUBSUB CHANNELS', 'PUBSUB NUMPAT');
connection.with({ name: 'CLIENT KILL by address', needs: ['network'] }, on('c1', 'CLIENT INFO'), ['CLIENT', 'KILL', 'ADDR', (context) => /addr=(\S+)/.exec(context.value(0))![1]!], 'PING');
connection.with({ name: 'CLIENT KILL by address, old form', needs: ['network'] }, on('c1', 'CLIENT INFO'), ['CLIENT', 'KILL', (context) => /addr=(\S+)/.exec(context.value(0))![1]!], 'PING');

/* REPLY. */
connection.titled('CLIENT REPLY OFF then ON', replies(0, 'CLIENT REPLY OFF'), replies(0, 'SET k v'), replies(0, 'GET k'), replies(0, 'FOO'), 'CLIENT REPLY ON', 'GET k');
connection.titled('CLIENT REPLY SKIP skips one', replies(0, 'CLIENT REPLY SKIP'), replies(0, 'SET k v'), 'GET k');
connection.titled('CLIENT REPLY SKIP twice', replies(0, 'CLIENT REPLY SKIP'), replies(0, 'CLIENT REPLY SKIP'), replies(0, 'SET k v'), 'GET k');
connection.titled('CLIENT REPLY SKIP inside OFF', replies(0, 'CLIENT REPLY OFF'), replies(0, 'CLIENT REPLY SKIP'), replies(0, 'PING'), 'CLIENT REPLY ON', 'PING');
connection.each([], ['CLIENT REPLY', 'CLIENT REPLY FOO', 'CLIENT REPLY ON', 'CLIENT REPLY on', 'CLIENT REPLY ON OFF']);

/* PAUSE and UNPAUSE. */
connection.each([], ['CLIENT PAUSE 0', 'CLIENT PAUSE -1', 'CLIENT PAUSE abc', 'CLIENT PAUSE 0 WRITE', 'CLIENT PAUSE 0 ALL', 'CLIENT PAUSE 0 FOO', 'CLIENT PAUSE 1.5', 'CLIENT PAUSE 9223372036854775808', 'CLIENT UNPAUSE', 'CLIENT PAUSE'], ['CLIENT UNPAUSE']);
connection.with({ needs: ['blocking'], name: 'CLIENT PAUSE WRITE holds writes until UNPAUSE' }, 'CLIENT PAUSE 5000 WRITE', on('c1', 'GET k'), send('c1', 'SET k v'), sleep(20), silence('c1'), 'CLIENT UNPAUSE', receive('c1'), 'GET k');
connection.with({ needs: ['blocking'], name: 'CLIENT PAUSE WRITE holds EXEC with a write' }, on('c1', 'MULTI'), on('c1', 'SET k v'), 'CLIENT PAUSE 5000 WRITE', send('c1', 'EXEC'), sleep(20), silence('c1'), 'CLIENT UNPAUSE', receive('c1'));
connection.with({ needs: ['blocking'], name: 'CLIENT PAUSE runs out by itself' }, 'CLIENT PAUSE 30 ALL', on('c1', 'PING'), 'CLIENT UNPAUSE');

/* UNBLOCK. */
connection.each([], ['CLIENT UNBLOCK 999999999', 'CLIENT UNBLOCK abc', 'CLIENT UNBLOCK 999999999 TIMEOUT', 'CLIENT UNBLOCK 999999999 ERROR', 'CLIENT UNBLOCK 999999999 FOO', 'CLIENT UNBLOCK -1', 'CLIENT UNBLOCK ""']);
for (const kind of ['', ' TIMEOUT', ' ERROR', ' error']) {
  connection.with({ needs: ['blocking'], name: `CLIENT UNBLOCK${kind} of a blocked client` }, on('c1', 'CLIENT ID'), send('c1', 'BLPOP list 0'), { kind: 'await-blocked', on: 'main', args: [], replies: 1 },
    ['CLIENT', 'UNBLOCK', (context) => context.value(0), ...kind.split(' ').filter(Boolean)], receive('c1'), ['CLIENT', 'UNBLOCK', (context) => context.value(0)], on('c1', 'PING'));
}

/* NO-EVICT, NO-TOUCH, SETINFO, TRACKING. */
connection.each([], ['CLIENT NO-EVICT on', 'CLIENT NO-EVICT off', 'CLIENT NO-EVICT ON', 'CLIENT NO-EVICT maybe']);
for (const [line, reply] of [['CLIENT NO-TOUCH on', ok], ['CLIENT NO-TOUCH OFF', ok], ['CLIENT NO-TOUCH maybe', error('ERR syntax error')], ['CLIENT NO-TOUCH', wrongArity('client|no-touch')], ['CLIENT NO-TOUCH on off', wrongArity('client|no-touch')]] as const) connection.with({ since: '7.2', name: `since 7.2: ${line}` }, want(line, reply));
connection.with({ since: '7.2', name: 'NO-TOUCH leaves the access clock alone' }, want('SET k v', ok), want('CLIENT NO-TOUCH ON', ok), want('GET k', () => '$1\r\nv\r\n'), want('TOUCH k', integer(1)));
for (const [line, reply] of [['CLIENT SETINFO LIB-NAME mylib', ok], ['CLIENT SETINFO lib-ver 1.2.3', ok], ['CLIENT SETINFO lib-name "my lib"', error('ERR lib-name cannot contain spaces, newlines or special characters.')],
  ['CLIENT SETINFO LIB-VER "a\\nb"', error('ERR LIB-VER cannot contain spaces, newlines or special characters.')], ['CLIENT SETINFO FOO bar', error("ERR Unrecognized option 'FOO'")],
  ['CLIENT SETINFO LIB-NAME ""', ok], ['CLIENT SETINFO', wrongArity('client|setinfo')], ['CLIENT SETINFO LIB-NAME', wrongArity('client|setinfo')], ['CLIENT SETINFO LIB-NAME a b', wrongArity('client|setinfo')]] as const) connection.with({ since: '7.2', name: `since 7.2: ${line}` }, want(line, reply));
connection.with({ since: '7.2', name: 'SETINFO shows in CLIENT INFO' }, want('CLIENT SETINFO LIB-NAME mylib', ok), want('CLIENT SETINFO LIB-VER 1.2', ok), holds('CLIENT INFO', (text: string) => text.includes(' lib-name=mylib lib-ver=1.2')));
connection.with({ since: '7.2', name: 'RESET keeps the library name' }, want('CLIENT SETINFO LIB-NAME mylib', ok), want('RESET', simple('RESET')), want('CLIENT GETNAME', () => '$-1\r\n'));
connection.with({ since: '7.2', name: 'SETINFO then GETNAME is null', protocols: [2, 3] }, want('CLIENT SETINFO LIB-NAME mylib', ok), want('CLIENT GETNAME', nil));
connection.each([], ['CLIENT TRACKING off', 'CLIENT TRACKING maybe', 'CLIENT TRACKING on FOO', 'CLIENT TRACKING on REDIRECT', 'CLIENT TRACKING on REDIRECT abc', 'CLIENT TRACKING on REDIRECT 999999999', 'CLIENT TRACKING on PREFIX a', 'CLIENT TRACKING on BCAST PREFIX a PREFIX ab', 'CLIENT TRACKING on OPTIN OPTOUT', 'CLIENT TRACKING on BCAST OPTIN',
  'CLIENT CACHING yes', 'CLIENT CACHING no', 'CLIENT CACHING maybe', 'CLIENT GETREDIR', 'CLIENT TRACKINGINFO'], ['CLIENT TRACKINGINFO', 'CLIENT GETREDIR']);
for (const options of ['', ' BCAST', ' BCAST PREFIX a', ' BCAST PREFIX a PREFIX b', ' OPTIN', ' OPTOUT', ' NOLOOP', ' OPTIN NOLOOP']) {
  connection.add(hello('HELLO 3'), `CLIENT TRACKING on${options}`, by('deep-unordered', 'CLIENT TRACKINGINFO'), 'CLIENT GETREDIR', 'CLIENT CACHING yes', by('deep-unordered', 'CLIENT TRACKINGINFO'), 'CLIENT TRACKING off', 'CLIENT TRACKINGINFO');
}

/* RESET and QUIT. */
connection.add('RESET', 'PING');
connection.add('MULTI', 'SET k v', 'RESET', 'GET k', 'EXEC');
connection.add('WATCH k', 'RESET', on('c1', 'SET k v'), 'MULTI', 'PING', 'EXEC');
connection.titled('RESET leaves subscriptions', 'SUBSCRIBE a', 'RESET', 'PING', 'PUBSUB CHANNELS');
for (const bytes of ['QUIT\r\n', '*1\r\n$4\r\nQUIT\r\n', 'QUIT\r\nPING\r\n', 'PING\r\nQUIT\r\n', 'quit\r\n', 'QUIT now\r\n', 'MULTI\r\nQUIT\r\n', 'SUBSCRIBE a\r\nQUIT\r\n', 'SET k v\r\nQUIT\r\nSET k w\r\n']) connection.add(raw(bytes), 'GET k');
connection.with({ name: 'a closed connection loses its MULTI' }, on('c1', 'MULTI'), on('c1', 'SET k v'), { kind: 'close', on: 'c1', args: [], replies: 0 }, 'GET k');
connection.titled('CLIENT TRACKING REDIRECT to another client', on('c1', 'CLIENT ID'), ['CLIENT', 'TRACKING', 'on', 'REDIRECT', (context) => context.value(0)], 'CLIENT TRACKING off');
connection.titled('CLIENT TRACKING in RESP3 tells of changes', by(HELLO_REPLY, 'HELLO 3'), 'CLIENT TRACKING on', 'SET k 1', 'GET k', on('c1', 'SET k 2'), receive('main'), 'GET k', on('c1', 'DEL k'), receive('main'));
connection.titled('CLIENT TRACKING OPTIN follows only what is asked for', by(HELLO_REPLY, 'HELLO 3'), 'CLIENT TRACKING on OPTIN', 'GET k', on('c1', 'SET k 2'), silence('main'), 'CLIENT CACHING yes', 'GET k', on('c1', 'SET k 3'), receive('main'));
connection.titled('CLIENT TRACKING OPTOUT leaves out what is asked for', by(HELLO_REPLY, 'HELLO 3'), 'CLIENT TRACKING on OPTOUT', 'CLIENT CACHING no', 'GET k', on('c1', 'SET k 2'), silence('main'), 'GET k', on('c1', 'SET k 3'), receive('main'));
connection.titled('CLIENT TRACKING BCAST tells of prefixes', by(HELLO_REPLY, 'HELLO 3'), 'CLIENT TRACKING on BCAST PREFIX a: PREFIX b:', on('c1', 'SET a:1 x'), receive('main'), on('c1', 'SET c:1 x'), silence('main'), on('c1', 'SET b:1 x'), receive('main'));
connection.titled('CLIENT TRACKING NOLOOP spares oneself', by(HELLO_REPLY, 'HELLO 3'), 'CLIENT TRACKING on NOLOOP', 'GET k', 'SET k 1', silence('main'), 'GET k', on('c1', 'SET k 2'), receive('main'));
connection.add('CLIENT KILL TYPE slave', 'CLIENT KILL USER nosuch TYPE pubsub', 'ACL SETUSER u on', 'CLIENT KILL USER u', 'ACL DELUSER u');
connection.titled('QUIT from a command', 'ACL LOG RESET', raw('QUIT\r\n'), 'PING');
