/** The server: FLUSH*, SWAPDB, DEBUG, MEMORY, INFO, TIME, SLOWLOG, LATENCY, ACL in so far as everyone meets it, help texts. */

import { Family, by, holds, on, raw, scan } from '../case.js';
import { MAKE, arity } from './torture.js';

export const server = new Family('server');

// `array` came with Redis 8.8. Before `arity`, which would compare exactly.
server.add(by({ superset: true }, 'ACL CAT'));
arity(server, ['DBSIZE', 'FLUSHDB', 'FLUSHALL', 'SWAPDB', 'TIME', 'LASTSAVE', 'ROLE', 'MEMORY', 'MEMORY USAGE', 'MEMORY DOCTOR', 'MEMORY PURGE', 'DEBUG', 'SLOWLOG', 'SLOWLOG RESET', 'LATENCY', 'LATENCY LATEST', 'LATENCY RESET', 'LATENCY HISTORY', 'MODULE', 'MODULE LIST', 'ACL', 'ACL WHOAMI', 'ACL CAT', 'ACL USERS'], 4);

/* Every container's help, and what it says to a subcommand it does not know. */
for (const container of ['CLIENT', 'COMMAND', 'CONFIG', 'DEBUG', 'MEMORY', 'OBJECT', 'LATENCY', 'SLOWLOG', 'ACL', 'PUBSUB', 'SCRIPT', 'FUNCTION', 'XGROUP', 'XINFO', 'MODULE', 'CLUSTER']) {
  server.add(by({ superset: true }, `${container} HELP`));
  server.add(by({ superset: true }, `${container.toLowerCase()} help`));
  server.each([], [`${container} HELP me`, `${container} NOSUCH`, `${container} NOSUCH a b c`, `${container} ""`, `${container} "a\\r\\nb"`, `${container} \${x*200}`]);
  if (container !== 'COMMAND') server.add(container);
}

/* FLUSHALL, FLUSHDB, SWAPDB, DBSIZE. */
for (const command of ['FLUSHALL', 'FLUSHDB']) {
  for (const option of ['', 'ASYNC', 'SYNC', 'async', 'Sync', 'FOO', 'ASYNC SYNC', '""']) {
    server.add('MSET a 1 b 2', `${command} ${option}`, 'DBSIZE');
    server.add('SET a 1', 'SELECT 1', 'SET b 1', `${command} ${option}`, 'DBSIZE', 'SELECT 0', 'DBSIZE');
    for (const make of Object.values(MAKE)) server.add(make, `${command} ${option}`, 'EXISTS k', make, 'EXISTS k');
  }
}
for (const pair of ['0 1', '1 0', '0 0', '0 15', '0 16', '-1 0', '0 abc', 'abc 0', '"" 0', '0 9223372036854775808', '1.5 0', '0', '0 1 2']) {
  server.add('SET k zero', 'SELECT 1', 'SET k one', 'SELECT 0', `SWAPDB ${pair}`, 'GET k', 'SELECT 1', 'GET k');
}
server.add('SET k v EXAT 33177117420', 'SWAPDB 0 5', 'EXISTS k', 'SELECT 5', 'EXPIRETIME k', 'DBSIZE', 'SWAPDB 0 5', 'DBSIZE');
server.titled('SWAPDB touches a watched key', 'SET k v', 'WATCH k', on('c1', 'SWAPDB 0 1'), 'MULTI', 'PING', 'EXEC');
server.titled('FLUSHALL touches a watched key', 'SET k v', 'WATCH k', on('c1', 'FLUSHALL'), 'MULTI', 'PING', 'EXEC');
server.titled('FLUSHDB of another database does not', 'SET k v', 'WATCH k', on('c1', 'SELECT 1'), on('c1', 'FLUSHDB'), 'MULTI', 'PING', 'EXEC');
server.add('DBSIZE', 'SET a 1', 'DBSIZE', 'SET b 1 PXAT 1', 'SADD s 1', 'DBSIZE', 'DEL a', 'DBSIZE');

/* DEBUG. */
for (const type of ['string', 'integer', 'double', 'null', 'array', 'set', 'map', 'attrib', 'push', 'verbatim', 'true', 'false', 'bignum', 'nosuch', '""', 'STRING']) {
  if (type === 'push') server.with({ protocols: [2] }, `DEBUG PROTOCOL ${type}`);
  else server.add(`DEBUG PROTOCOL ${type}`);
}
for (const line of ['DEBUG SLEEP 0', 'DEBUG SLEEP 0.001', 'DEBUG SLEEP abc', 'DEBUG SLEEP', 'DEBUG JMAP', 'DEBUG SET-ACTIVE-EXPIRE 1', 'DEBUG SET-ACTIVE-EXPIRE', 'DEBUG QUICKLIST-PACKED-THRESHOLD abc', 'DEBUG QUICKLIST-PACKED-THRESHOLD 4294967296',
  'DEBUG STRINGMATCH-LEN 10 a*', 'DEBUG STRINGMATCH-LEN abc a*', 'DEBUG OBJECT missing', 'DEBUG SDSLEN missing', 'DEBUG LISTPACK missing', 'DEBUG ZIPLIST missing', 'DEBUG DIGEST-VALUE', 'DEBUG CHANGE-REPL-ID', 'DEBUG DIGEST extra', 'DEBUG ERROR "foo bar"', 'DEBUG LOG hello', 'DEBUG REPLYBUFFER', 'DEBUG DICT-RESIZING 1']) server.add(line);
for (const size of ['100b', '1k', '0']) server.add(`DEBUG QUICKLIST-PACKED-THRESHOLD ${size}`, 'RPUSH l ${x*2000} a', 'LRANGE l 0 -1', 'DEBUG QUICKLIST-PACKED-THRESHOLD 0');
server.add('DEBUG SET-DISABLE-DENY-SCRIPTS 1', 'DEBUG SET-DISABLE-DENY-SCRIPTS 0');
server.add('DEBUG SET-ACTIVE-EXPIRE 0', 'SET k v PX 1', 'DEBUG SLEEP 0.01', 'DBSIZE', 'GET k', 'DBSIZE', 'DEBUG SET-ACTIVE-EXPIRE 1');
const digests = ['SET k v', 'SET k ""', 'SET k 12345', 'RPUSH k a b c', 'SADD k a b c', 'SADD k 1 2 3', 'ZADD k 1 a 2 b', 'ZADD k 1.5 a', 'HSET k f v g w', 'XADD k 1-1 f v', 'SET k v EX 1000', 'SETRANGE k 5 x', 'APPEND k abc', 'INCRBY k 7', 'RPUSH k 1 2 3', 'ZADD k inf a -inf b', 'HSET k f 1'];
for (const line of digests) {
  server.add(line, by(undefined, 'DEBUG DIGEST-VALUE k'));
  server.add(line, by(undefined, 'DEBUG DIGEST'));
  server.add(line, by(undefined, 'DEBUG DIGEST-VALUE k missing k'));
  server.add(line, 'COPY k other', by(undefined, 'DEBUG DIGEST-VALUE k other'));
}
server.add(by(undefined, 'DEBUG DIGEST'), 'MSET a 1 b 2', by(undefined, 'DEBUG DIGEST'), 'MSET b 2 a 1', by(undefined, 'DEBUG DIGEST'));
server.add('MSET a 1 b 2', by(undefined, 'DEBUG DIGEST'), 'MSET a 2 b 1', by(undefined, 'DEBUG DIGEST'), 'DEL a', by(undefined, 'DEBUG DIGEST'));
for (const [type, make] of Object.entries(MAKE)) {
  server.titled(`DEBUG OBJECT of a ${type} names its fields`, make, holds('DEBUG OBJECT k', (text: string) => ['Value at:', 'refcount:', 'encoding:', 'serializedlength:', 'lru:', 'lru_seconds_idle:'].filter((field) => !text.includes(field)).join() || undefined));
}
for (const make of ['SET k v', 'RPUSH k a', 'HSET k f v', 'MSET a 1 k 2']) server.titled(`DEBUG SDSLEN after ${make}`, make, by({ mask: /_zmalloc:\d+|avail:\d+/g }, 'DEBUG SDSLEN k'));

/* MEMORY. */
for (const make of Object.values(MAKE)) {
  server.add(make, holds('MEMORY USAGE k', (value) => typeof value === 'number' && value > 0), holds('MEMORY USAGE k SAMPLES 0', (value) => value > 0), holds('MEMORY USAGE k SAMPLES 5', (value) => value > 0));
}
server.each(['SET k v'], ['MEMORY USAGE missing', 'MEMORY USAGE k SAMPLES', 'MEMORY USAGE k SAMPLES abc', 'MEMORY USAGE k SAMPLES -1', 'MEMORY USAGE k FOO 1', 'MEMORY USAGE missing SAMPLES 5', 'MEMORY USAGE k SAMPLES 1 SAMPLES 2', 'MEMORY usage k', 'MEMORY PURGE', 'MEMORY DOCTOR', 'MEMORY MALLOC-STATS', 'MEMORY STATS'].map((line) => line));
server.titled('MEMORY USAGE grows with the value', 'SET k v', 'MEMORY USAGE k', 'SET k ${x*10000}', holds('MEMORY USAGE k', (value) => value > 10_000));
server.titled('MEMORY STATS names what clients read', holds('MEMORY STATS', (stats) => {
  const names = Array.isArray(stats) ? stats.filter((_item, index) => index % 2 === 0) : Object.keys(stats);
  return ['peak.allocated', 'total.allocated', 'startup.allocated', 'clients.normal', 'keys.count', 'keys.bytes-per-key', 'dataset.bytes', 'dataset.percentage', 'fragmentation'].filter((name) => !names.includes(name)).join() || undefined;
}));

/* INFO. */
const SECTIONS: Record<string, string[]> = {
  server: ['redis_version', 'redis_mode', 'os', 'arch_bits', 'process_id', 'run_id', 'tcp_port', 'uptime_in_seconds', 'uptime_in_days', 'hz', 'executable', 'config_file', 'server_time_usec', 'io_threads_active'],
  clients: ['connected_clients', 'maxclients', 'blocked_clients', 'tracking_clients', 'clients_in_timeout_table', 'client_recent_max_input_buffer', 'client_recent_max_output_buffer', 'cluster_connections'],
  memory: ['used_memory', 'used_memory_human', 'used_memory_rss', 'used_memory_peak', 'used_memory_dataset', 'total_system_memory', 'maxmemory', 'maxmemory_human', 'maxmemory_policy', 'mem_fragmentation_ratio', 'lazyfree_pending_objects', 'lazyfreed_objects'],
  persistence: ['loading', 'async_loading', 'rdb_changes_since_last_save', 'rdb_bgsave_in_progress', 'rdb_last_save_time', 'rdb_last_bgsave_status', 'aof_enabled', 'aof_rewrite_in_progress', 'aof_last_bgrewrite_status', 'aof_last_write_status'],
  stats: ['total_connections_received', 'total_commands_processed', 'instantaneous_ops_per_sec', 'total_net_input_bytes', 'total_net_output_bytes', 'rejected_connections', 'expired_keys', 'evicted_keys', 'keyspace_hits', 'keyspace_misses', 'pubsub_channels', 'pubsub_patterns', 'total_error_replies', 'unexpected_error_replies', 'total_reads_processed', 'total_writes_processed'],
  replication: ['role', 'connected_slaves', 'master_failover_state', 'master_replid', 'master_replid2', 'master_repl_offset', 'second_repl_offset', 'repl_backlog_active', 'repl_backlog_size'],
  cpu: ['used_cpu_sys', 'used_cpu_user', 'used_cpu_sys_children', 'used_cpu_user_children'],
  cluster: ['cluster_enabled'],
};
const infoFields = (text: string): Map<string, string> => new Map(text.split('\r\n').filter((line) => line.includes(':')).map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]));
const without = (text: string, fields: readonly string[]): string | undefined => {
  const found = infoFields(text);
  const missing = fields.filter((name) => !found.has(name));
  return missing.length ? `no ${missing.join(', ')}` : undefined;
};
for (const [section, fields] of Object.entries(SECTIONS)) {
  for (const name of fields) server.titled(`INFO ${section} has ${name}`, holds(`INFO ${section}`, (text: string) => without(text, [name])));
  server.titled(`INFO ${section} opens with its heading`, holds(`INFO ${section}`, (text: string) => text.startsWith(`# ${section[0]!.toUpperCase()}${section.slice(1)}\r\n`) || (section === 'cpu' && text.startsWith('# CPU\r\n')) || text.slice(0, 20)));
  server.titled(`INFO ${section} in capitals`, holds(`INFO ${section.toUpperCase()}`, (text: string) => without(text, fields.slice(0, 1))));
  server.titled(`INFO ${section} has nothing else`, holds(`INFO ${section}`, (text: string) => text.split('# ').length === 2));
}
for (const word of ['', 'default', 'all', 'everything']) server.titled(`INFO ${word} has the usual sections`, 'SET k v', holds(`INFO ${word}`, (text: string) => ['# Server', '# Clients', '# Memory', '# Persistence', '# Stats', '# Replication', '# CPU', '# Cluster', '# Keyspace'].filter((heading) => !text.includes(heading)).join() || undefined));
server.titled('INFO of several sections', holds('INFO server clients', (text: string) => text.includes('# Server') && text.includes('# Clients') && !text.includes('# Memory')));
server.titled('INFO of a section twice says it once', holds('INFO cpu cpu', (text: string) => text.split('# CPU').length === 2));
server.add(by(undefined, 'INFO nosuch'), by(undefined, 'INFO keyspace'), by(undefined, 'INFO modules'), by(undefined, 'INFO ""'));
server.titled('INFO keyspace counts keys and expires', 'SET a 1', 'SET b 1 EX 100', 'SELECT 3', 'SET c 1', holds('INFO keyspace', (text: string) => /^# Keyspace\r\ndb0:keys=2,expires=1,avg_ttl=\d+(,subexpiry=0)?\r\ndb3:keys=1,expires=0,avg_ttl=0(,subexpiry=0)?\r\n$/.test(text) || text));
server.titled('INFO is a verbatim string of text in RESP3', holds('INFO server', (text) => typeof text === 'string' && text.length > 50));
server.titled('INFO commandstats counts', 'CONFIG RESETSTAT', 'GET k', 'GET k', 'LPUSH l', holds('INFO commandstats', (text: string) => /cmdstat_get:calls=2,usec=\d+,usec_per_call=[\d.]+,rejected_calls=0,failed_calls=0/.test(text) && /cmdstat_lpush:calls=0,.*rejected_calls=1/.test(text) || text));
server.titled('INFO commandstats counts failures', 'CONFIG RESETSTAT', 'LPUSH l a', 'INCR l', holds('INFO commandstats', (text: string) => /cmdstat_incr:calls=1,.*failed_calls=1/.test(text) || text));
server.titled('INFO commandstats names subcommands', 'CONFIG RESETSTAT', 'CONFIG GET hz', holds('INFO commandstats', (text: string) => text.includes('cmdstat_config|get:calls=1,') || text));
server.titled('INFO errorstats counts by code', 'CONFIG RESETSTAT', 'LPUSH l a', 'INCR l', 'FOO', 'GET', holds('INFO errorstats', (text: string) => text.includes('errorstat_WRONGTYPE:count=1') && text.includes('errorstat_ERR:count=2') || text));
server.titled('INFO stats counts hits and misses', 'CONFIG RESETSTAT', 'SET k v', 'GET k', 'GET k', 'GET missing', holds('INFO stats', (text: string) => text.includes('keyspace_hits:2\r\nkeyspace_misses:1\r\n')));
server.titled('INFO stats counts expired keys', 'CONFIG RESETSTAT', 'DEBUG SET-ACTIVE-EXPIRE 0', 'SET k v PX 1', 'DEBUG SLEEP 0.01', 'GET k', 'DEBUG SET-ACTIVE-EXPIRE 1', holds('INFO stats', (text: string) => text.includes('expired_keys:1\r\n')));
server.titled('INFO latencystats has percentiles', 'CONFIG RESETSTAT', 'GET k', holds('INFO latencystats', (text: string) => /latency_percentiles_usec_get:p50=[\d.]+,p99=[\d.]+,p99.9=[\d.]+/.test(text) || text));
server.titled('INFO names a version clients know', holds('INFO server', (text: string) => /redis_version:7\.\d+\.\d+\r\n/.test(text) && !/valkey_version|dragonfly_version/.test(text)));

/* LOLWUT, TIME and the rest. */
for (const line of ['LOLWUT', 'LOLWUT VERSION 5', 'LOLWUT VERSION 6', 'LOLWUT VERSION 5 1 1 1', 'LOLWUT VERSION 99', 'LOLWUT foo', 'LOLWUT 1 2 3']) server.titled(`${line} ends with the version`, holds(line, (text: string) => /Redis ver\. 7\.\d+\.\d+\n$/.test(text) || text.slice(-40)));
server.each([], ['LOLWUT VERSION', 'LOLWUT VERSION abc']);
server.titled('TIME is now', holds('TIME', (pair: string[]) => Math.abs(Number(pair[0]) - Date.now() / 1000) < 5 && Number(pair[1]) < 1_000_000));
server.titled('TIME goes on', 'TIME', 'DEBUG SLEEP 0.002', 'TIME');
/* What a stall of the machine would log must not count here. */
const SLOWLOG_OFF = { config: { 'slowlog-log-slower-than': '-1' } };
server.with(SLOWLOG_OFF, 'SLOWLOG RESET', 'SLOWLOG LEN', 'SLOWLOG GET');
for (let count = 1; count <= 4; count += 1) server.add(`SLOWLOG LEN${' a'.repeat(count)}`);
server.with(SLOWLOG_OFF, by('shape', 'ROLE'), 'LASTSAVE', by(undefined, 'MODULE LIST'), 'SLOWLOG RESET', 'SLOWLOG LEN', 'LATENCY RESET', 'LATENCY LATEST', 'LATENCY HISTORY nosuch', 'LATENCY RESET nosuch');
server.each([], ['SHUTDOWN FOO', 'SHUTDOWN ABORT', 'SHUTDOWN NOSAVE SAVE', 'SHUTDOWN ABORT NOW', 'SHUTDOWN NOSAVE FOO', 'SLOWLOG GET abc', 'SLOWLOG GET -2', 'SLOWLOG GET 1 2', 'SLOWLOG LEN x', 'LATENCY GRAPH nosuch', 'LATENCY FOO', 'LATENCY HISTOGRAM nosuch', 'BGREWRITEAOF x', 'BGREWRITEAOF x y', 'BGSAVE FOO', 'BGSAVE SCHEDULE x', 'REPLICAOF a', 'FAILOVER FOO', 'PSYNC a']);
server.with({ config: { 'slowlog-log-slower-than': '0', 'slowlog-max-len': '10' }, name: 'SLOWLOG GET shows entries' }, 'SLOWLOG RESET', 'SET k v', 'GET k', holds('SLOWLOG GET 1', (entries) => entries.length === 1 && entries[0].length === 6 && entries[0][3].join(' ') === 'GET k'), holds('SLOWLOG LEN', (length) => length >= 3), holds('SLOWLOG GET -1', (entries) => entries.length >= 3), 'SLOWLOG GET 0');
server.with({ config: { 'slowlog-log-slower-than': '0' }, name: 'SLOWLOG cuts long argument lists' }, 'SLOWLOG RESET', ['DEL', ...Array.from({ length: 40 }, (_unused, index) => `k${index}`)], ['SET', 'k', 'x'.repeat(300)], holds('SLOWLOG GET 2', (entries) => entries[1][3].length === 32 && entries[1][3][31] === '... (10 more arguments)' && entries[0][3][2] === `${'x'.repeat(128)}... (172 more bytes)` || JSON.stringify(entries)));

/* ACL as everyone meets it. */
server.add('ACL WHOAMI', by('unordered', 'ACL USERS'), by({ superset: true }, 'ACL CAT'), 'ACL CAT nosuch', 'ACL GETUSER nobody', 'ACL DELUSER nobody', 'ACL DELUSER default');
for (const category of ['string', 'hash', 'list', 'set', 'sortedset', 'stream', 'geo', 'bitmap', 'hyperloglog', 'pubsub', 'transaction', 'scripting', 'connection', 'admin', 'dangerous', 'fast', 'slow', 'read', 'write', 'keyspace', 'blocking']) server.add(by({ superset: true }, `ACL CAT ${category}`));
server.each([], ['ACL SETUSER', 'ACL SETUSER "a b" on', 'ACL SETUSER u +nosuch', 'ACL SETUSER u +@nosuch', 'ACL SETUSER u >', 'ACL SETUSER u foo', 'ACL SETUSER u %X~k', 'ACL DRYRUN nobody GET k', 'ACL DRYRUN default GET k', 'ACL DRYRUN default FOO', 'ACL DRYRUN default GET', 'ACL LOG abc', 'ACL LOG 0', 'ACL GENPASS 0', 'ACL GENPASS abc', 'ACL GENPASS 5000', 'ACL SAVE', 'ACL LOAD'], ['ACL DELUSER u']);
server.titled('an ACL user is held to its keys and commands', 'ACL SETUSER u on >pw ~a:* &c* +get +set +ping', 'AUTH u pw', 'SET a:1 v', 'GET a:1', 'GET b', 'DEL a:1', 'PING', 'PUBLISH c x', 'AUTH default x', 'ACL WHOAMI');
server.with({ name: 'the ACL user is gone again' }, 'ACL SETUSER u on', 'ACL DELUSER u', 'AUTH u pw');

/* Many keys, then none. */
server.titled('FLUSHALL of many keys', ...Array.from({ length: 20 }, (_unused, index) => ['MSET', ...Array.from({ length: 100 }, (_also, inner) => [`k${index}:${inner}`, 'v']).flat()]), 'DBSIZE', 'FLUSHALL ASYNC', 'DBSIZE', scan('SCAN 0'));
server.titled('MONITOR answers OK first', raw('MONITOR\r\n'));
server.titled('DEBUG POPULATE', 'DEBUG POPULATE 100', 'DBSIZE', 'GET key:99', 'DEBUG POPULATE 10 p 5', 'DBSIZE', 'STRLEN p:3', 'GET p:3');
