/**
 * Directives of persistence and replication.
 */

import { directive } from '../kind.js';
import { replicationSource, savePoints } from '../lists.js';
import { baseName, choice, integer, memory, optionalText, yesNo } from '../scalars.js';
import { INT32_MAX, INT32_MIN, INT64_MAX } from '../units.js';

const natural = integer(0n, INT32_MAX);
const positive = integer(1n, INT32_MAX);
const port = integer(0n, 65535n);
const MiB = 1024n * 1024n;

const BACKLOG_MIN = 16n * 1024n;

/** A backlog below the least useful size is made that large. */
function settleBacklog(bytes: bigint): bigint {
  return bytes < BACKLOG_MIN ? BACKLOG_MIN : bytes;
}

export const persistence = [
  directive(
    'save',
    savePoints,
    [
      { seconds: 3600, changes: 1 },
      { seconds: 300, changes: 100 },
      { seconds: 60, changes: 10000 },
    ],
    'When to write a snapshot.',
    { effect: 'live' },
  ),
  directive('dbfilename', baseName('dbfilename', 'filename', true), 'dump.rdb', 'File of the snapshot.', {
    protected: true,
    effect: 'live',
  }),
  directive('rdbcompression', yesNo(), true, 'Compress text in snapshots.', { effect: 'live' }),
  directive('rdbchecksum', yesNo(), true, 'End snapshots with a checksum.', { immutable: true, effect: 'live' }),
  directive(
    'rdb-version',
    choice(['10', '11', '12', '80']),
    '11',
    'Format of snapshots: 10 for Redis 7.0, 11 from 7.2 and for Valkey, 12 from 7.4, 80 for Valkey 9.',
    { origin: 'hematite', effect: 'live' },
  ),
  directive('rdb-version-check', choice(['strict', 'relaxed']), 'strict', 'Whether newer snapshots are refused.', {
    origin: 'valkey',
  }),
  directive('rdb-del-sync-files', yesNo(), false, 'Delete snapshots made for replication.'),
  directive('rdb-save-incremental-fsync', yesNo(), true, 'Sync while writing a snapshot.', { effect: 'live' }),
  directive('rdb-key-save-delay', integer(INT32_MIN, INT32_MAX), 0n, 'Microseconds to wait a key, for tests.', {
    hidden: true,
    effect: 'live',
  }),
  directive('key-load-delay', integer(INT32_MIN, INT32_MAX), 0n, 'The same while loading.', {
    hidden: true,
    effect: 'live',
  }),
  directive('loading-process-events-interval-bytes', integer(1024n, INT32_MAX), 2n * MiB, 'Bytes between events.', {
    hidden: true,
    effect: 'never',
  }),
  directive('sanitize-dump-payload', choice(['no', 'yes', 'clients']), 'no', 'Payloads are always checked here.', {
    effect: 'never',
  }),
  directive('stop-writes-on-bgsave-error', yesNo(), true, 'Refuse writes after a snapshot has failed.', {
    effect: 'live',
  }),
  directive('appendonly', yesNo(), false, 'Keep an append-only file.', {
    denyLoading: true,
    effect: 'live',
  }),
  directive('appendfilename', baseName('appendfilename', 'filename', false), 'appendonly.aof', 'Its base name.', {
    immutable: true,
    effect: 'live',
  }),
  directive('appenddirname', baseName('appenddirname', 'dirname', false), 'appendonlydir', 'Its directory.', {
    immutable: true,
    effect: 'live',
  }),
  directive('appendfsync', choice(['everysec', 'always', 'no']), 'everysec', 'When it is synced to disk.', {
    effect: 'live',
  }),
  directive('no-appendfsync-on-rewrite', yesNo(), false, 'Not while it is rewritten.', { effect: 'live' }),
  directive('auto-aof-rewrite-percentage', natural, 100n, 'Growth in percent at which it is rewritten.', {
    effect: 'live',
  }),
  directive('auto-aof-rewrite-min-size', memory(0n, INT64_MAX), 64n * MiB, 'Size below which it is not.', {
    effect: 'live',
  }),
  directive('aof-load-truncated', yesNo(), true, 'Load a file whose end is missing.', { effect: 'live' }),
  directive('aof-use-rdb-preamble', yesNo(), true, 'Begin it with a snapshot; otherwise with commands.', {
    effect: 'live',
  }),
  directive('aof-timestamp-enabled', yesNo(), false, 'Note times in it.', { effect: 'live' }),
  directive('aof-rewrite-incremental-fsync', yesNo(), true, 'Sync while rewriting.', { effect: 'live' }),
  directive('aof-disable-auto-gc', yesNo(), false, 'Keep files that are no longer needed.', { effect: 'live' }),
] as const;

export const replication = [
  directive('replicaof', replicationSource, null, 'The server to follow.', { immutable: true, aliases: ['slaveof'] }),
  directive('masterauth', optionalText(), '', 'Password towards it.', { sensitive: true }),
  directive('masteruser', optionalText(), '', 'User towards it.', { sensitive: true, aliases: ['primaryuser'] }),
  directive('replica-serve-stale-data', yesNo(), true, 'Answer while the link is down.', {
    aliases: ['slave-serve-stale-data'],
  }),
  directive('replica-read-only', yesNo(), true, 'Refuse writes of clients.', { aliases: ['slave-read-only'] }),
  directive('replica-lazy-flush', yesNo(), false, 'Drop the old dataset in the background.', {
    aliases: ['slave-lazy-flush'],
  }),
  directive('replica-ignore-maxmemory', yesNo(), true, 'Leave eviction to the master.', {
    aliases: ['slave-ignore-maxmemory'],
  }),
  directive('replica-ignore-disk-write-errors', yesNo(), false, 'Go on when the disk fails.'),
  directive('replica-priority', natural, 100n, 'Rank for failover; 0 never.', { aliases: ['slave-priority'] }),
  directive('replica-announced', yesNo(), true, 'Let Sentinel tell of this replica.'),
  directive('replica-announce-ip', optionalText(), '', 'Address to announce.', { aliases: ['slave-announce-ip'] }),
  directive('replica-announce-port', port, 0n, 'Port to announce.', { aliases: ['slave-announce-port'] }),
  directive('repl-ping-replica-period', positive, 10n, 'Seconds between pings.', {
    aliases: ['repl-ping-slave-period'],
  }),
  directive('repl-timeout', positive, 60n, 'Seconds until a link is given up.'),
  directive('repl-disable-tcp-nodelay', yesNo(), false, 'Save packets towards replicas.'),
  directive('repl-backlog-size', memory(1n, INT64_MAX, settleBacklog), MiB, 'Stream kept for replicas that come back.'),
  directive('repl-backlog-ttl', integer(0n, INT64_MAX), 3600n, 'Seconds for which it is, without replicas.'),
  directive('repl-diskless-sync', yesNo(), true, 'Send the dataset without a file.'),
  directive('repl-diskless-sync-delay', natural, 5n, 'Seconds to wait for more replicas.'),
  directive('repl-diskless-sync-max-replicas', natural, 0n, 'Number at which waiting ends.'),
  directive(
    'repl-diskless-load',
    choice(['disabled', 'on-empty-db', 'swapdb']),
    'disabled',
    'Load the dataset without a file.',
    { denyLoading: true },
  ),
  directive('repl-rdb-channel', yesNo(), false, 'A second connection for the dataset.', {
    origin: 'redis-8',
    aliases: ['dual-channel-replication-enabled'],
  }),
  directive('replica-full-sync-buffer-limit', memory(0n, INT64_MAX), 0n, 'Stream kept during it.', {
    origin: 'redis-8',
  }),
  directive('min-replicas-to-write', natural, 0n, 'Replicas without which writes are refused.', {
    aliases: ['min-slaves-to-write'],
  }),
  directive('min-replicas-max-lag', natural, 10n, 'Seconds within which they count.', {
    aliases: ['min-slaves-max-lag'],
  }),
  directive(
    'propagation-error-behavior',
    choice(['ignore', 'panic', 'panic-on-replicas']),
    'ignore',
    'When a replica cannot follow.',
  ),
] as const;
