/**
 * Directives of the dataset: memory, expiry, encodings, scripts.
 */

import { InvalidValue, directive } from '../kind.js';
import { eventClasses } from '../lists.js';
import { choice, integer, memory, yesNo } from '../scalars.js';
import { INT32_MAX, INT32_MIN, INT64_MAX, UINT64_MAX } from '../units.js';

const natural = integer(0n, INT32_MAX);
const entries = integer(0n, INT64_MAX);
const bytes = memory(0n, INT64_MAX);

/** hz outside of its useful range is taken for a hint and moved into it. */
function settleHz(hz: bigint): bigint {
  return hz < 1n ? 1n : hz > 500n ? 500n : hz;
}

function powerOfTwo(value: bigint): bigint {
  if ((value & (value - 1n)) !== 0n) throw new InvalidValue('array-slice-size must be a power of two');
  return value;
}

export const keyspace = [
  directive('maxmemory', memory(0n, UINT64_MAX), 0n, 'Memory for the dataset; 0 is unlimited.', { effect: 'live' }),
  directive(
    'maxmemory-policy',
    choice([
      'volatile-lru',
      'volatile-lfu',
      'volatile-random',
      'volatile-ttl',
      'allkeys-lru',
      'allkeys-lfu',
      'allkeys-random',
      'noeviction',
    ]),
    'noeviction',
    'Which keys give way when memory is full.',
    { effect: 'live' },
  ),
  directive('maxmemory-samples', integer(1n, INT32_MAX), 5n, 'Keys compared before one is evicted.', {
    effect: 'live',
  }),
  directive('maxmemory-eviction-tenacity', integer(0n, 100n), 10n, 'How long one round of eviction may take.', {
    effect: 'live',
  }),
  directive('lfu-log-factor', natural, 10n, 'How many hits saturate the frequency counter.', { effect: 'live' }),
  directive('lfu-decay-time', natural, 1n, 'Minutes after which the counter decays.', { effect: 'live' }),
  directive('hz', integer(0n, INT32_MAX, settleHz), 10n, 'Rounds of background work a second.', { effect: 'live' }),
  directive('dynamic-hz', yesNo(), true, 'More rounds when there are many clients.', { effect: 'never' }),
  directive('active-expire-effort', integer(1n, 10n), 1n, 'How hard expired keys are searched for.', {
    effect: 'live',
  }),
  directive('lazyexpire-nested-arbitrary-keys', yesNo(), true, 'Delete expired keys that scripts touch undeclared.', {
    hidden: true,
    origin: 'redis-8',
  }),
  directive('lazyfree-lazy-eviction', yesNo(), false, 'Free evicted values in the background.', { effect: 'live' }),
  directive('lazyfree-lazy-expire', yesNo(), false, 'The same for expired values.', { effect: 'live' }),
  directive('lazyfree-lazy-server-del', yesNo(), false, 'The same for overwritten values.', { effect: 'live' }),
  directive('lazyfree-lazy-user-del', yesNo(), false, 'DEL frees like UNLINK.', { effect: 'live' }),
  directive('lazyfree-lazy-user-flush', yesNo(), false, 'FLUSHALL without ASYNC or SYNC frees in the background.', {
    effect: 'live',
  }),
  directive('notify-keyspace-events', eventClasses, '', 'Events that are published.', { effect: 'live' }),
  directive('activerehashing', yesNo(), true, 'The dict never rehashes as a whole.', { effect: 'never' }),
  directive('jemalloc-bg-thread', yesNo(), true, "Purge jemalloc's arenas in the background.", { effect: 'never' }),
  directive('activedefrag', yesNo(), false, 'Pack memory without a limit, too.', { effect: 'live' }),
  directive('active-defrag-ignore-bytes', memory(1n, INT64_MAX), 100n << 20n, 'Waste below which nothing is done.', {
    effect: 'live',
  }),
  directive('active-defrag-threshold-lower', integer(0n, 1000n), 10n, 'Fragmentation at which it starts.', {
    effect: 'live',
  }),
  directive('active-defrag-threshold-upper', integer(0n, 1000n), 100n, 'Fragmentation of greatest effort.', {
    effect: 'never',
  }),
  directive('active-defrag-cycle-min', integer(1n, 99n), 1n, 'Least share of CPU.', { effect: 'never' }),
  directive('active-defrag-cycle-max', integer(1n, 99n), 25n, 'Greatest share of CPU.', { effect: 'never' }),
  directive('active-defrag-max-scan-fields', integer(1n, INT64_MAX), 1000n, 'Fields looked at in one go.', {
    effect: 'never',
  }),
] as const;

export const encodings = [
  directive('hash-max-listpack-entries', entries, 512n, 'Fields up to which a hash is a listpack.', {
    effect: 'live',
    aliases: ['hash-max-ziplist-entries'],
  }),
  directive('hash-max-listpack-value', bytes, 64n, 'Longest value in it.', {
    effect: 'live',
    aliases: ['hash-max-ziplist-value'],
  }),
  directive('list-max-listpack-size', integer(INT32_MIN, INT32_MAX), -2n, 'Entries, or size class, of a list node.', {
    effect: 'live',
    aliases: ['list-max-ziplist-size'],
  }),
  directive('list-compress-depth', natural, 0n, 'Nodes at both ends that stay uncompressed.', { effect: 'live' }),
  directive('set-max-intset-entries', entries, 512n, 'Members up to which a set of integers is an intset.', {
    effect: 'live',
  }),
  directive('set-max-listpack-entries', entries, 128n, 'Members up to which a set is a listpack.', {
    effect: 'live',
    origin: 'redis-7.2',
  }),
  directive('set-max-listpack-value', bytes, 64n, 'Longest member in it.', { effect: 'live', origin: 'redis-7.2' }),
  directive('zset-max-listpack-entries', entries, 128n, 'Members up to which a sorted set is a listpack.', {
    effect: 'live',
    aliases: ['zset-max-ziplist-entries'],
  }),
  directive('zset-max-listpack-value', bytes, 64n, 'Longest member in it.', {
    effect: 'live',
    aliases: ['zset-max-ziplist-value'],
  }),
  directive('hll-sparse-max-bytes', bytes, 3000n, 'Size up to which a HyperLogLog is sparse.', { effect: 'live' }),
  directive('stream-node-max-bytes', bytes, 4096n, 'Size of a stream node.', { effect: 'live' }),
  directive('stream-node-max-entries', integer(0n, INT64_MAX), 100n, 'Entries in it.', { effect: 'live' }),
  directive('stream-idmp-duration', integer(1n, 86400n), 100n, 'Seconds for which streams remember IDMP messages.', {
    effect: 'live',
    origin: 'redis-8',
  }),
  directive('array-slice-size', integer(256n, 65536n, powerOfTwo), 4096n, 'Slots of a slice of new arrays.', {
    effect: 'live',
    origin: 'redis-8',
  }),
  directive(
    'array-sparse-kmax',
    integer(0n, 65535n),
    10n,
    'Values up to which a slice of new arrays is sparse; 0: none.',
    {
      effect: 'live',
      origin: 'redis-8',
    },
  ),
  directive(
    'array-sparse-kmin',
    integer(0n, 65535n),
    5n,
    'Values with which a dense slice is sparse again; 0: never.',
    {
      effect: 'live',
      origin: 'redis-8',
    },
  ),
  directive('stream-idmp-maxsize', integer(1n, 10000n), 100n, 'Messages of each producer that they remember.', {
    effect: 'live',
    origin: 'redis-8',
  }),
] as const;

export const scripts = [
  directive('busy-reply-threshold', integer(0n, INT64_MAX), 5000n, 'Milliseconds after which others hear BUSY.', {
    aliases: ['lua-time-limit'],
    effect: 'live',
  }),
  directive('lua-enable-insecure-api', yesNo(), false, 'Let scripts use loadstring and its like.', {
    origin: 'valkey',
    aliases: ['lua-enable-deprecated-api'],
  }),
] as const;
