/** CONFIG: every directive of the reference by name, setting and refusing, globs, several at once. */

import { Family, by, differs, holds } from '../case.js';
import { error } from '../want.js';

export const configuration = new Family('configuration');

/** Directives whose value is the reference's default whatever the machine. */
const DEFAULTS = ['rdbchecksum', 'daemonize', 'lua-replicate-commands', 'always-show-logo', 'rdbcompression', 'rdb-del-sync-files', 'activerehashing', 'stop-writes-on-bgsave-error', 'set-proc-title', 'dynamic-hz', 'lazyfree-lazy-eviction', 'lazyfree-lazy-expire', 'lazyfree-lazy-server-del', 'lazyfree-lazy-user-del', 'lazyfree-lazy-user-flush',
  'repl-disable-tcp-nodelay', 'repl-diskless-sync', 'aof-rewrite-incremental-fsync', 'no-appendfsync-on-rewrite', 'aof-load-truncated', 'aof-use-rdb-preamble', 'aof-timestamp-enabled', 'replica-serve-stale-data', 'replica-read-only', 'replica-ignore-maxmemory', 'jemalloc-bg-thread', 'activedefrag', 'syslog-enabled', 'cluster-enabled', 'appendonly',
  'cluster-allow-reads-when-down', 'cluster-allow-pubsubshard-when-down', 'crash-log-enabled', 'crash-memcheck-enabled', 'use-exit-on-panic', 'disable-thp', 'cluster-allow-replica-migration', 'replica-announced', 'latency-tracking', 'replica-announce-ip', 'masteruser', 'masterauth', 'requirepass', 'cluster-announce-ip', 'cluster-config-file', 'cluster-announce-hostname', 'syslog-ident', 'dbfilename',
  'appendfilename', 'appenddirname', 'server_cpulist', 'bio_cpulist', 'aof_rewrite_cpulist', 'bgsave_cpulist', 'ignore-warnings', 'proc-title-template', 'syslog-facility', 'repl-diskless-load', 'maxmemory-policy', 'appendfsync', 'oom-score-adj', 'acl-pubsub-default', 'sanitize-dump-payload', 'propagation-error-behavior', 'shutdown-on-sigint', 'shutdown-on-sigterm', 'databases', 'io-threads-do-reads',
  'auto-aof-rewrite-percentage', 'cluster-replica-validity-factor', 'list-max-listpack-size', 'list-max-ziplist-size', 'tcp-keepalive', 'cluster-migration-barrier', 'active-defrag-cycle-min', 'active-defrag-cycle-max', 'active-defrag-threshold-lower', 'active-defrag-threshold-upper', 'lfu-log-factor', 'lfu-decay-time', 'replica-priority', 'repl-diskless-sync-delay', 'maxmemory-samples', 'maxmemory-eviction-tenacity',
  'timeout', 'replica-announce-port', 'tcp-backlog', 'cluster-announce-bus-port', 'cluster-announce-port', 'cluster-announce-tls-port', 'repl-timeout', 'repl-ping-replica-period', 'list-compress-depth', 'rdb-key-save-delay', 'key-load-delay', 'active-expire-effort', 'hz', 'min-replicas-to-write', 'min-replicas-max-lag', 'watchdog-period', 'shutdown-timeout', 'repl-diskless-sync-max-replicas', 'unixsocketperm',
  'lua-time-limit', 'busy-reply-threshold', 'cluster-node-timeout', 'slowlog-log-slower-than', 'latency-monitor-threshold', 'proto-max-bulk-len', 'stream-node-max-entries', 'repl-backlog-size', 'maxmemory', 'hash-max-listpack-entries', 'hash-max-ziplist-entries', 'set-max-intset-entries', 'zset-max-listpack-entries', 'zset-max-ziplist-entries', 'active-defrag-ignore-bytes', 'hash-max-listpack-value', 'hash-max-ziplist-value',
  'stream-node-max-bytes', 'zset-max-listpack-value', 'zset-max-ziplist-value', 'hll-sparse-max-bytes', 'tracking-table-max-keys', 'client-query-buffer-limit', 'maxmemory-clients', 'repl-backlog-ttl', 'auto-aof-rewrite-min-size', 'loglevel', 'slowlog-max-len', 'acllog-max-len', 'maxclients', 'notify-keyspace-events', 'client-output-buffer-limit', 'oom-score-adj-values', 'latency-tracking-info-percentiles', 'save', 'enable-protected-configs', 'enable-module-command', 'cluster-link-sendbuf-limit', 'cluster-require-full-coverage', 'cluster-preferred-endpoint-type', 'socket-mark-id'];
for (const name of DEFAULTS) {
  configuration.add(`CONFIG GET ${name}`);
  configuration.add(`CONFIG GET ${name.toUpperCase()}`);
}

/* Booleans: yes and no, nothing else. */
for (const name of ['lazyfree-lazy-expire', 'lazyfree-lazy-user-del', 'activerehashing', 'rdbcompression', 'crash-log-enabled', 'latency-tracking', 'dynamic-hz', 'replica-serve-stale-data', 'aof-load-truncated', 'no-appendfsync-on-rewrite']) {
  for (const value of ['yes', 'no', 'YES', 'No', 'maybe', '1', 'true', '""', '" yes"']) configuration.with({ config: { [name]: 'yes' } }, `CONFIG SET ${name} ${value}`, `CONFIG GET ${name}`);
}

/* Numbers with their limits. */
const NUMBERS: Record<string, string[]> = {
  'hash-max-listpack-entries': ['0', '1', '128', '-1', 'abc', '9223372036854775807', '9223372036854775808', '1kb', '""'], 'zset-max-listpack-value': ['0', '64', '-1', '1k', 'x'], 'set-max-intset-entries': ['0', '512', '-1', 'x'],
  'list-max-listpack-size': ['-2', '-5', '-6', '128', '2147483647', '2147483648', 'x', '0'], 'list-compress-depth': ['0', '1', '-1', 'x'], 'slowlog-log-slower-than': ['-1', '0', '10000', 'x', '1.5'], 'slowlog-max-len': ['0', '128', '-1', 'x'],
  timeout: ['0', '100', '-1', 'x', '2147483648'], hz: ['1', '10', '0', '500', '501', '1000', '-5', 'x'], 'maxmemory-samples': ['1', '5', '0', '64', '65', '-1'], 'lfu-log-factor': ['0', '10', '-1'], 'lfu-decay-time': ['0', '1', '-1'],
  'active-expire-effort': ['1', '10', '0', '11'], 'maxmemory-eviction-tenacity': ['0', '100', '101', '-1'], 'tcp-keepalive': ['0', '300', '-1'], 'tracking-table-max-keys': ['0', '1000000', '-1'], 'stream-node-max-entries': ['0', '100', '-1'],
  'latency-monitor-threshold': ['0', '100', '-1'], 'lua-time-limit': ['0', '5000', '-1'], 'min-replicas-to-write': ['0', '1', '-1'], 'repl-timeout': ['1', '60', '0'], 'acllog-max-len': ['0', '128', '-1'], 'proto-max-bulk-len': ['1mb', '1048575', '512mb', '1gb', '-1'],
};
const KEEP: Record<string, string> = { 'proto-max-bulk-len': '512mb', hz: '10', timeout: '0' };
for (const [name, values] of Object.entries(NUMBERS)) {
  for (const value of values) configuration.with({ config: { [name]: KEEP[name] ?? '10' } }, `CONFIG SET ${name} ${value}`, `CONFIG GET ${name}`);
}
for (const value of ['0', '100', '100b', '1k', '1kb', '1m', '1mb', '1g', '1gb', '1GB', '1Mb', '-1', 'abc', '1tb', '1.5gb', '1 gb', '""', '100MB', '18446744073709551615', '10%', 'k']) {
  configuration.with({ config: { maxmemory: '0' } }, ['CONFIG', 'SET', 'maxmemory', value === '""' ? '' : value], 'CONFIG SET maxmemory 0', 'CONFIG GET maxmemory');
  configuration.with({ config: { 'repl-backlog-size': '1mb' } }, ['CONFIG', 'SET', 'repl-backlog-size', value === '""' ? '' : value], 'CONFIG GET repl-backlog-size');
}
for (const value of ['10%', '0%', '100%', '101%', '-1%', 'abc%', '5mb']) configuration.with({ config: { 'maxmemory-clients': '0' } }, `CONFIG SET maxmemory-clients ${value}`, 'CONFIG GET maxmemory-clients');

/* Words out of a list. */
const WORDS: Record<string, string[]> = {
  'maxmemory-policy': ['noeviction', 'allkeys-lru', 'volatile-lru', 'allkeys-random', 'volatile-random', 'volatile-ttl', 'allkeys-lfu', 'volatile-lfu', 'NOEVICTION', 'nosuch', '""'],
  appendfsync: ['always', 'everysec', 'no', 'No', 'never', '""'], loglevel: ['debug', 'verbose', 'notice', 'warning', 'nothing', 'loud', '""'], 'repl-diskless-load': ['disabled', 'on-empty-db', 'swapdb', 'nosuch'],
  'sanitize-dump-payload': ['no', 'yes', 'clients', 'nosuch'], 'acl-pubsub-default': ['allchannels', 'resetchannels', 'nosuch'], 'shutdown-on-sigterm': ['default', 'nosave', 'save', 'now', 'force', 'nosave force', 'save nosave', 'nosuch', '""'],
  'oom-score-adj': ['no', 'yes', 'relative', 'absolute', 'nosuch'],
};
const LEVELS_REFUSED = "ERR CONFIG SET failed (possibly related to argument 'loglevel') - argument(s) must be one of the following: debug, verbose, notice, warning, nothing";
for (const [name, values] of Object.entries(WORDS)) {
  for (const value of values) {
    if (name === 'oom-score-adj' && value !== 'nosuch' && value !== 'no') continue;
    if (value === 'nothing') continue;
    const set = ['CONFIG', 'SET', name, value === '""' ? '' : value];
    const isRefusedLevel = name === 'loglevel' && (value === 'loud' || value === '""');
    const step = isRefusedLevel ? differs(set, '7.2', error(LEVELS_REFUSED), 'the level nothing came with 7.2') : set;
    configuration.with({ config: { [name]: name === 'loglevel' ? 'warning' : values[0]! } }, step, `CONFIG GET ${name}`);
  }
}

/* The special ones. */
for (const value of ['', 'K', 'E', 'KEA', 'AKE', 'Kx', 'g$lshzxetdmn', 'KE$', 'A', 'q', 'K q', 'Knm', 'KEAnm', 'kea']) configuration.with({ config: { 'notify-keyspace-events': '' } }, ['CONFIG', 'SET', 'notify-keyspace-events', value], 'CONFIG GET notify-keyspace-events');
for (const value of ['normal 0 0 0', 'pubsub 32mb 8mb 60', 'replica 256mb 64mb 60', 'slave 1 2 3', 'normal 0 0', 'nosuch 0 0 0', 'normal a b c', 'normal 0 0 0 pubsub 1mb 1mb 10', '', 'normal -1 0 0', 'normal 1mb 2mb -1', 'master 0 0 0']) configuration.with({ config: { 'client-output-buffer-limit': 'normal 0 0 0' } }, ['CONFIG', 'SET', 'client-output-buffer-limit', value], 'CONFIG GET client-output-buffer-limit');
for (const value of ['', '3600 1', '3600 1 300 100', '3600', 'a b', '0 1', '1 0', '-1 1', '3600 1 60']) configuration.with({ config: { save: '' } }, ['CONFIG', 'SET', 'save', value], 'CONFIG GET save');
for (const value of ['50 99', '50 99.9 100', '', '101', '-1', 'abc', '0']) configuration.with({ config: { 'latency-tracking-info-percentiles': '50 99 99.9' } }, ['CONFIG', 'SET', 'latency-tracking-info-percentiles', value], 'CONFIG GET latency-tracking-info-percentiles');
for (const value of ['1 2', '0 200 800', '1 2 a', '-3000 0 0', '0 200 5000', '']) configuration.with({ config: { 'oom-score-adj-values': '0 200 800' } }, ['CONFIG', 'SET', 'oom-score-adj-values', value], 'CONFIG GET oom-score-adj-values');

/* What may not be set, or not at all, or not so. */
configuration.each([], ['CONFIG SET databases 20', 'CONFIG SET daemonize yes', 'CONFIG SET nosuch 1', 'CONFIG SET nosuch 1 other 2', 'CONFIG SET', 'CONFIG SET maxmemory', 'CONFIG SET maxmemory 1 hz', 'CONFIG SET "" ""', 'CONFIG SET always-show-logo yes', 'CONFIG SET rdbchecksum no', 'CONFIG SET tcp-backlog 1', 'CONFIG SET cluster-enabled yes', 'CONFIG SET dbfilename a/b.rdb', 'CONFIG SET appenddirname x', 'CONFIG SET enable-debug-command no', 'CONFIG SET io-threads 4', 'CONFIG SET unixsocket /tmp/x', 'CONFIG SET logfile x', 'CONFIG SET pidfile x', 'CONFIG SET supervised no', 'CONFIG SET syslog-enabled yes', 'CONFIG SET include x', 'CONFIG SET rename-command x',
  'CONFIG SET hz 10 hz 20', 'CONFIG SET hash-max-listpack-entries 128 hash-max-ziplist-entries 64', 'CONFIG SET hz 10 nosuch 1', 'CONFIG SET nosuch 1 hz abc', 'CONFIG SET hz abc timeout abc', 'CONFIG SET hz 10 databases 3', 'CONFIG GET', 'CONFIG GET nosuch', 'CONFIG GET ""', 'CONFIG FOO', 'CONFIG', 'CONFIG RESETSTAT', 'CONFIG RESETSTAT x', 'CONFIG REWRITE', 'CONFIG REWRITE x', 'config get hz', 'Config Get Hz']);
configuration.with({ config: { hz: '10', timeout: '0' }, name: 'CONFIG SET of several is all or nothing' }, 'CONFIG SET hz 20 timeout 30', 'CONFIG GET hz', 'CONFIG GET timeout', 'CONFIG SET hz 40 timeout abc', 'CONFIG GET hz', 'CONFIG GET timeout', 'CONFIG SET hz 40 nosuch 1', 'CONFIG GET hz');

/* Globs and several patterns. */
for (const patterns of ['hash-max-*', 'hz timeout', 'hz hz', 'HZ', 'h?', 'lfu-*', 'nosuch hz', '*-listpack-* zset-max-listpack-value', '[h]z', 'slowlog-*', 'maxmemory*', 'list-*', '*ziplist*', 'aof-*', 'lazyfree-*', 'latency-*', 'active-*', 'set-max-*']) {
  configuration.add(by(patterns.includes('*') ? { superset: true } : 'pairs', `CONFIG GET ${patterns}`));
}
configuration.titled('CONFIG GET * has every directive', holds('CONFIG GET *', (reply) => {
  const names = new Set(Array.isArray(reply) ? reply.filter((_item: string, index: number) => index % 2 === 0) : Object.keys(reply));
  // Hidden from globs in the reference; a name given in full finds them.
  const hidden = ['lua-replicate-commands', 'use-exit-on-panic', 'rdb-key-save-delay', 'key-load-delay', 'watchdog-period'];
  return DEFAULTS.filter((name) => !hidden.includes(name)).concat(['port', 'bind', 'dir', 'logfile', 'pidfile']).filter((name) => !names.has(name)).join() || undefined;
}));

/* A setting that shows in behaviour. */
configuration.with({ config: { 'hash-max-listpack-entries': '2' } }, 'HSET h a 1 b 2', 'OBJECT ENCODING h', 'HSET h c 3', 'OBJECT ENCODING h');
configuration.with({ config: { 'hash-max-listpack-value': '4' } }, 'HSET h a 1234', 'OBJECT ENCODING h', 'HSET h c 12345', 'OBJECT ENCODING h');
configuration.with({ config: { 'set-max-intset-entries': '2' } }, 'SADD s 1 2', 'OBJECT ENCODING s');
configuration.with({ config: { 'zset-max-listpack-entries': '2' } }, 'ZADD z 1 a 2 b', 'OBJECT ENCODING z', 'ZADD z 3 c', 'OBJECT ENCODING z');
configuration.with({ config: { 'zset-max-listpack-value': '4' } }, 'ZADD z 1 abcd', 'OBJECT ENCODING z', 'ZADD z 3 abcde', 'OBJECT ENCODING z');
