/** What operators see: MONITOR, the slow log and command log, latency. */

import { Family, by, close, holds, on, receive, replies, send, silence, sleep, want, type Step } from '../case.js';
import { bulk, error, integer, nil, ok } from '../want.js';

export const observation = new Family('observation');

for (const line of ['MONITOR x', 'SLOWLOG RESET x', 'LATENCY LATEST x', 'LATENCY HISTORY', 'LATENCY HISTORY a b', 'LATENCY GRAPH', 'LATENCY GRAPH a b', 'LATENCY DOCTOR x', 'SLOWLOG GET a b']) observation.add(line);

/* MONITOR: lines but for time and address. */
const LINE = { mask: /(?<=^\+|\n\+)\d{10}\.\d{6}|(?<=\[\d+ )[^\]]+/g };
const collect: Step[] = [sleep(3), by(LINE, { kind: 'raw', on: 'm', args: [], replies: 0, bytes: '' })];
for (const line of ['PING', 'SET k "a b"', 'SET k "\\"\\\\\\n\\r\\t\\x07\\x08\\x00\\xff"', 'GET', 'FOO', 'SELECT 3', 'AUTH secret', 'AUTH user secret', 'HELLO 3 AUTH user secret', 'CONFIG GET port', 'CLIENT ID', 'CLIENT LIST', 'DEBUG SLEEP 0', 'SLOWLOG LEN', 'LATENCY LATEST', 'MEMORY USAGE k', 'OBJECT ENCODING k', 'SUBSCRIBE c', 'SET', 'LPUSH k a', 'BLPOP none 0.001', 'MSET a 1 b 2', 'FLUSHALL', 'COMMAND COUNT', 'PUBLISH a b', 'ECHO ${x*300}', 'INFO server', 'XADD s * f v', 'MULTI', 'EXEC', 'WATCH k', 'CLIENT SETNAME me', 'CLIENT TRACKING on', 'RESET', 'TIME', 'ROLE', 'MONITOR', 'gEt K']) {
  observation.with({ name: `MONITOR shows ${line}` }, on('m', 'MONITOR'), by('ignore', line), ...collect);
}
observation.titled('MONITOR shows a transaction as it is executed', on('m', 'MONITOR'), 'MULTI', 'SET k 1', 'GET', 'EXEC', 'MULTI', 'SET k 1', 'INCR k', 'EXEC', 'MULTI', 'GET k', 'DISCARD', ...collect);
observation.titled('MONITOR shows databases', on('m', 'MONITOR'), 'SELECT 2', 'GET k', 'SELECT 0', 'GET k', ...collect);
observation.titled('MONITOR over several clients', on('m', 'MONITOR'), on('n', 'MONITOR'), on('a', 'PING'), on('b', 'GET k'), 'PING', on('m', by(LINE, receive('m', 3))), on('n', by(LINE, receive('n', 3))));
observation.titled('MONITOR does not show a blocked command twice', on('m', 'MONITOR'), send('b', 'BLPOP l 0'), sleep(10), 'LPUSH l a', receive('b'), ...collect);
for (const line of ['PING', 'GET k', 'SET k v', 'MGET a b', 'DEL k', 'CLIENT GETNAME', 'ECHO x', 'MULTI', 'PUBLISH a b', 'SUBSCRIBE x', 'TIME', 'KEYS *', 'EXISTS k', 'DBSIZE', 'MONITOR', 'SELECT 1', 'FOO', 'GET', 'FLUSHALL', 'OBJECT HELP']) {
  const type = line === 'TIME' ? 'ignore' : LINE;
  observation.with({ name: `a monitor says ${line}` }, on('m', 'MONITOR'), send('m', line), sleep(3), by(type, { kind: 'raw', on: 'm', args: [], replies: 0, bytes: '' }));
}
for (const script of ["redis.call('set', KEYS[1], 'v')", "return redis.call('get', KEYS[1])", "redis.call('select', 3); return redis.call('get', KEYS[1])", "redis.pcall('nosuch')", 'return 1']) {
  observation.titled(`MONITOR shows a script: ${script}`, on('m', 'MONITOR'), by('ignore', ['EVAL', script, '1', 'k']), ...collect);
}
observation.titled('MONITOR shows a script in a transaction', on('m', 'MONITOR'), 'MULTI', "EVAL \"return redis.call('incr', KEYS[1])\" 1 k", 'GET k', 'EXEC', ...collect);
observation.titled('a monitor is reset', on('m', 'MONITOR'), on('m', replies(1, 'RESET')), 'PING', silence('m'), on('m', 'GET k'));
observation.titled('a monitor that hangs up', on('m', 'MONITOR'), close('m'), 'PING');
observation.with({ protocols: [2], name: 'MONITOR is refused in a transaction' }, 'MULTI', 'MONITOR', 'EXEC', 'PING');

/* SLOWLOG. */
const LOG_ALL = { 'slowlog-log-slower-than': '0', 'slowlog-max-len': '128' };
const args = (entries: any): string => entries.map((entry: any) => entry[3].join(' ')).join(' | ');
/** The first entry's arguments as the reply to compare: the oracle records them. */
for (const line of ['SET k v', 'GET k', 'AUTH secret', 'AUTH user secret', 'HELLO 3 AUTH u p', 'HELLO 3 SETNAME x', 'CONFIG SET requirepass ""', 'CONFIG SET masterauth x hz 10', 'CONFIG SET masteruser x', 'CONFIG GET requirepass', 'MULTI', 'SELECT 0', 'CLIENT SETNAME me', 'BLPOP none 0.001', 'FOO', 'GET', 'SUBSCRIBE c', 'SET k "\\x00\\xff\\n"', 'SET k ${x*128}', 'SET k ${x*129}', 'SLOWLOG LEN', 'SLOWLOG GET', 'DEBUG SLEEP 0', 'INCR k', 'LPUSH k a', 'WATCH k', 'PING', 'ECHO x', 'TIME']) {
  observation.with({ config: LOG_ALL, name: `SLOWLOG shows ${line}` }, 'SLOWLOG RESET', by('ignore', line), on('c1', by({ mask: SLOWLOG_FIGURES() }, 'SLOWLOG GET 1')));
}
/** Ids, times and addresses of entries. */
function SLOWLOG_FIGURES(): RegExp {
  return /:\d+\r\n:\d+\r\n:\d+\r\n|\$\d+\r\n(127\.0\.0\.1:|\/|conformance:|wasm:)[^\r]*\r\n/g;
}
for (const count of [30, 31, 32, 33, 34, 100]) {
  observation.with({ config: LOG_ALL, name: `SLOWLOG shows ${count} arguments` }, 'SLOWLOG RESET', ['DEL', ...Array.from({ length: count }, (_unused, index) => `k${index}`)], by({ mask: SLOWLOG_FIGURES() }, 'SLOWLOG GET 1'));
}
observation.with({ config: LOG_ALL, name: 'SLOWLOG shows what EXEC runs, not EXEC' }, 'SLOWLOG RESET', 'MULTI', 'SET a 1', 'GET a', 'EXEC', holds('SLOWLOG GET', (entries) => args(entries) === 'GET a | SET a 1 | MULTI | SLOWLOG RESET' || args(entries)));
observation.with({ config: LOG_ALL, name: 'SLOWLOG shows the client' }, 'CLIENT SETNAME me', 'SLOWLOG RESET', 'GET k', holds('SLOWLOG GET 1', (entries) => String(entries[0][5]) === 'me' && entries[0][4].length > 0 && entries[0][1] > 1_500_000_000 && entries[0][2] >= 0));
observation.with({ config: { 'slowlog-log-slower-than': '-1' }, name: 'SLOWLOG may be off' }, 'SLOWLOG RESET', 'GET k', 'SLOWLOG LEN', 'SLOWLOG GET');
observation.with({ config: { 'slowlog-log-slower-than': '0', 'slowlog-max-len': '0' }, name: 'SLOWLOG may be empty' }, 'GET k', 'SLOWLOG LEN', 'SLOWLOG GET');
observation.with({ config: { 'slowlog-log-slower-than': '0', 'slowlog-max-len': '3' }, name: 'SLOWLOG keeps the newest' }, 'SLOWLOG RESET', 'GET a', 'GET b', 'GET c', holds('SLOWLOG GET', (entries) => args(entries) === 'GET c | GET b | GET a' || args(entries)), 'CONFIG SET slowlog-max-len 2', 'SLOWLOG LEN');
observation.with({ config: { 'slowlog-log-slower-than': '200000' }, name: 'SLOWLOG has what is slow alone' }, 'SLOWLOG RESET', 'GET k', 'DEBUG SLEEP 0.3', 'GET k', holds('SLOWLOG GET', (entries) => args(entries) === 'DEBUG SLEEP 0.3' && entries[0][2] >= 300_000 && entries[0][2] < 3_000_000));
for (const count of ['-1', '0', '1', '10', '9223372036854775807', '-2', 'x', '', '1.5']) observation.with({ config: { 'slowlog-log-slower-than': '-1' } }, 'SLOWLOG RESET', `SLOWLOG GET ${count === '' ? '""' : count}`);

/* LATENCY. */
const MONITORED = { 'latency-monitor-threshold': '200' };
observation.with({ config: MONITORED, name: 'LATENCY tells of a slow command' }, by('ignore', 'LATENCY RESET'), 'DEBUG SLEEP 0.3', holds('LATENCY LATEST', ([entry]) => String(entry[0]) === 'command' && entry[2] >= 300 && entry[3] >= entry[2]), holds('LATENCY HISTORY command', (samples) => samples.length === 1 && samples[0][1] >= 300), holds('LATENCY GRAPH command', (text) => /^command - high \d+ ms, low \d+ ms \(all time high \d+ ms\)\n-{80}\n/.test(text)), holds('LATENCY DOCTOR', (text) => text.startsWith('Dave, I have observed latency spikes in this Redis instance.')), 'LATENCY RESET nosuch', 'LATENCY RESET command', 'LATENCY LATEST', 'LATENCY DOCTOR');
observation.with({ config: MONITORED, name: 'LATENCY RESET forgets all events' }, by('ignore', 'LATENCY RESET'), 'DEBUG SLEEP 0.3', 'LATENCY RESET', 'LATENCY RESET', 'LATENCY HISTORY command');
observation.with({ config: { 'latency-monitor-threshold': '0' }, name: 'LATENCY may be off' }, by('ignore', 'LATENCY RESET'), 'DEBUG SLEEP 0.3', 'LATENCY LATEST', 'LATENCY DOCTOR', 'LATENCY GRAPH command');
observation.each([], ['LATENCY HELP', 'SLOWLOG HELP', 'LATENCY HISTOGRAM nosuch', 'LATENCY HISTOGRAM ""', 'LATENCY RESET a b c', 'LATENCY GRAPH ""', 'LATENCY NOSUCH', 'SLOWLOG NOSUCH']);
observation.with({ config: LOG_ALL, name: 'LATENCY HISTOGRAM counts calls' }, 'CONFIG RESETSTAT', 'GET k', 'GET k', 'SET k v', holds('LATENCY HISTOGRAM get set nosuch', (found) => {
  const shown = Array.isArray(found) ? found : Object.entries(found).flat();
  const calls = (entry: any) => (Array.isArray(entry) ? entry[1] : entry.calls);
  return (shown.length === 4 && String(shown[0]) === 'get' && calls(shown[1]) === 2 && calls(shown[3]) === 1) || JSON.stringify(shown);
}));
observation.with({ config: { 'latency-tracking': 'no' }, name: 'LATENCY HISTOGRAM may be off' }, 'CONFIG RESETSTAT', 'GET k', 'LATENCY HISTOGRAM get');
observation.with({ config: { 'latency-tracking-info-percentiles': '50 75.5 100', 'slowlog-log-slower-than': '0' }, name: 'percentiles are as configured' }, 'GET k', holds('INFO latencystats', (text: string) => /latency_percentiles_usec_get:p50=[\d.]+,p75\.5=[\d.]+,p100=[\d.]+\r\n/.test(text) || text));

/* COMMANDLOG. */
const SIZES = { 'commandlog-request-larger-than': '1000', 'commandlog-reply-larger-than': '1000' };
const TYPE = error('ERR type should be one of the following: slow, large-request, large-reply');
observation.with({ since: '8.1', config: SIZES, name: 'COMMANDLOG has large requests and replies' }, want('COMMANDLOG RESET large-request', ok), want('COMMANDLOG RESET large-reply', ok), want('SET k ${x*1000}', ok), want('GET k', bulk('x'.repeat(1000))), want('GET none', nil), want('COMMANDLOG LEN large-request', integer(1)), want('COMMANDLOG LEN LARGE-REPLY', integer(1)));
observation.with({ since: '8.1' }, want('COMMANDLOG LEN medium', TYPE), want('COMMANDLOG GET 1 medium', TYPE), want('COMMANDLOG RESET medium', TYPE), want('COMMANDLOG GET x slow', error('ERR count should be greater than or equal to -1')));

/* HOTKEYS, after its documentation: the oracle does not have it. */
const HOT = { since: '8.6' } as const;
const hot = (line: string, reply: Parameters<typeof want>[1]) => want(`HOTKEYS ${line}`, reply);
const clean = [want('HOTKEYS STOP', nil), hot('RESET', ok)];
observation.with({ ...HOT, name: 'HOTKEYS that were not started' }, ...clean, hot('GET', nil), hot('STOP', nil), hot('RESET', ok));
for (const [words, text] of [
  ['', 'METRICS parameter is required'],
  [' COUNT 3', 'METRICS parameter is required'],
  [' METRICS 0', 'METRICS count must be positive'],
  [' METRICS 2 CPU', 'METRICS count does not match number of metric types provided'],
  [' METRICS 1 GPU', 'METRICS no valid metrics passed. Supported: CPU, NET'],
  [' METRICS 2 NET NET', 'METRICS NET defined more than once'],
  [' METRICS 1 CPU NET', 'syntax error'],
  [' METRICS 1 CPU COUNT 0', 'COUNT must be between 1 and 64'],
  [' METRICS 1 CPU DURATION x', 'DURATION must be between 1 and 1000000'],
  [' METRICS 1 CPU SAMPLE 0', 'SAMPLE ratio must be positive'],
  [' METRICS 1 CPU SLOTS 1 0', 'SLOTS parameter cannot be used in non-cluster mode'],
] as const) observation.with(HOT, hot(`START${words}`, error(`ERR ${text}`)), hot('GET', nil));
observation.with({ ...HOT, name: 'HOTKEYS by time and bytes' }, hot('START METRICS 2 CPU NET COUNT 5 DURATION 1000 SAMPLE 1', ok), hot('START METRICS 1 CPU', error('ERR hotkey tracking session already in progress')), want('SET k v', ok), hot('RESET', error('ERR hotkey tracking session in progress, stop tracking first')), hot('STOP', ok), holds('HOTKEYS GET', ([found]: any[]) => {
  const shown: Record<string, any> = Array.isArray(found) ? Object.fromEntries(found.flatMap((name, at) => (at % 2 === 0 ? [[String(name), found[at + 1]]] : []))) : found;
  return (Number(shown['tracking-active']) === 0 && String(shown['by-net-bytes'][0]) === 'k' && Number(shown['by-net-bytes'][1]) === 32 && String(shown['by-cpu-time-us'][0]) === 'k') || JSON.stringify(shown);
}), hot('RESET', ok), hot('GET', nil));
observation.with({ ...HOT, name: 'HOTKEYS HELP' }, holds('HOTKEYS HELP', (lines: any[]) => String(lines[0]).startsWith('HOTKEYS <subcommand>')));
