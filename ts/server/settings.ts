/**
 * From the configuration to the engine: settings, limits, password and what INFO tells, now and whenever they change.
 */

import { arch, release, type } from 'node:os';
import { randomBytes } from 'node:crypto';
import type { Config } from '../config/config.js';
import type { DirectiveName } from '../config/schema.js';
import type { NativeEngine } from '../core/binding.js';
import { applyObservation, OBSERVATION } from './observation.js';
import { applyMemoryLimit, MEMORY_LIMIT } from './memory-limit.js';

/** What the configuration sets: the native engine, or what stands for it. */
export type Configurable = Pick<
  NativeEngine,
  'setSettings' | 'setLimits' | 'setDirective' | 'setMemoryLimit' | 'setPassword' | 'setAclOptions' | 'setInformation'
>;

const SETTINGS: readonly DirectiveName[] = [
  'proto-max-bulk-len',
  'hash-max-listpack-entries',
  'hash-max-listpack-value',
  'list-max-listpack-size',
  'list-compress-depth',
  'set-max-intset-entries',
  'set-max-listpack-entries',
  'set-max-listpack-value',
  'zset-max-listpack-entries',
  'zset-max-listpack-value',
  'hll-sparse-max-bytes',
  'stream-node-max-bytes',
  'stream-node-max-entries',
  'stream-idmp-duration',
  'stream-idmp-maxsize',
  'array-slice-size',
  'array-sparse-kmax',
  'array-sparse-kmin',
  'lazyfree-lazy-user-del',
  'lazyfree-lazy-server-del',
  'lazyfree-lazy-expire',
  'rdbcompression',
  'rdb-version',
  'lazyfree-lazy-eviction',
  'maxmemory',
  'maxmemory-policy',
  'lfu-log-factor',
  'lfu-decay-time',
];

const LIMITS: readonly DirectiveName[] = [
  'maxclients',
  'client-query-buffer-limit',
  'client-output-buffer-limit',
  'timeout',
  'busy-reply-threshold',
  'protected-mode',
  'notify-keyspace-events',
];

const INFORMATION: readonly DirectiveName[] = ['port', 'hz'];

const PERMISSIONS = { no: 0, local: 1, yes: 2 } as const;

/** Hands everything over, and again what changes. */
export function applyConfig(native: Configurable, config: Config): void {
  const runId = randomBytes(20).toString('hex');
  const parts: readonly [readonly DirectiveName[], () => void][] = [
    [SETTINGS, () => applySettings(native, config)],
    [LIMITS, () => applyLimits(native, config)],
    [OBSERVATION, () => applyObservation(native, config)],
    [MEMORY_LIMIT, () => applyMemoryLimit(native, config)],
    [['acl-pubsub-default', 'acllog-max-len'], () => applyAclOptions(native, config)],
    [['requirepass'], () => native.setPassword(config.bytes('requirepass'))],
    [INFORMATION, () => applyInformation(native, config, runId)],
  ];
  for (const [names, apply] of parts) {
    apply();
    config.onChange(names, apply);
  }
}

function applySettings(native: Configurable, config: Config): void {
  const policy = config.get('maxmemory-policy');
  native.setSettings({
    protoMaxBulkLen: config.get('proto-max-bulk-len'),
    hashMaxListpackEntries: config.get('hash-max-listpack-entries'),
    hashMaxListpackValue: config.get('hash-max-listpack-value'),
    listMaxListpackSize: config.get('list-max-listpack-size'),
    listCompressDepth: config.get('list-compress-depth'),
    setMaxIntsetEntries: config.get('set-max-intset-entries'),
    setMaxListpackEntries: config.get('set-max-listpack-entries'),
    setMaxListpackValue: config.get('set-max-listpack-value'),
    zsetMaxListpackEntries: config.get('zset-max-listpack-entries'),
    zsetMaxListpackValue: config.get('zset-max-listpack-value'),
    hllSparseMaxBytes: config.get('hll-sparse-max-bytes'),
    streamNodeMaxBytes: config.get('stream-node-max-bytes'),
    streamNodeMaxEntries: config.get('stream-node-max-entries'),
    streamIdmpDuration: config.get('stream-idmp-duration'),
    streamIdmpMaxsize: config.get('stream-idmp-maxsize'),
    arraySliceSize: config.get('array-slice-size'),
    arraySparseKmax: config.get('array-sparse-kmax'),
    arraySparseKmin: config.get('array-sparse-kmin'),
    lazyfreeLazyUserDel: config.get('lazyfree-lazy-user-del'),
    lazyfreeLazyServerDel: config.get('lazyfree-lazy-server-del'),
    lazyfreeLazyExpire: config.get('lazyfree-lazy-expire'),
    rdbCompression: config.get('rdbcompression'),
    rdbChecksum: config.get('rdbchecksum'),
    rdbVersion: Number(config.get('rdb-version')),
    lazyfreeLazyEviction: config.get('lazyfree-lazy-eviction'),
    lfu: policy.endsWith('lfu'),
    lfuLogFactor: config.get('lfu-log-factor'),
    lfuDecayTime: config.get('lfu-decay-time'),
    ownsIntegers: config.get('maxmemory') > 0 && /l[rf]u$/.test(policy),
  });
}

function applyLimits(native: Configurable, config: Config): void {
  const { pubsub } = config.get('client-output-buffer-limit');
  native.setLimits({
    maxclients: config.get('maxclients'),
    clientQueryBufferLimit: config.get('client-query-buffer-limit'),
    timeout: config.get('timeout'),
    busyReplyThreshold: Number(config.get('busy-reply-threshold')),
    protectedMode: config.get('protected-mode'),
    enableDebugCommand: PERMISSIONS[config.get('enable-debug-command')],
    pubsubHardBytes: Number(pubsub.hardBytes),
    pubsubSoftBytes: Number(pubsub.softBytes),
    pubsubSoftSeconds: pubsub.softSeconds,
    notifyKeyspaceEvents: config.get('notify-keyspace-events'),
  });
}

function applyAclOptions(native: Configurable, config: Config): void {
  native.setAclOptions(config.get('acl-pubsub-default') === 'allchannels', Number(config.get('acllog-max-len')));
}

function applyInformation(native: Configurable, config: Config, runId: string): void {
  const fields = (values: Record<string, string | number>) => Object.entries(values).flatMap(([k, v]) => [k, `${v}`]);
  native.setInformation(
    'server',
    fields({
      redis_mode: 'standalone',
      os: `${type()} ${release()} ${arch()}`,
      arch_bits: 64,
      process_id: process.pid,
      run_id: runId,
      tcp_port: config.get('port'),
      hz: config.get('hz'),
      configured_hz: config.get('hz'),
      executable: process.execPath,
      config_file: config.file ?? '',
      io_threads_active: config.get('io-threads') > 1 ? 1 : 0,
    }),
  );
}
