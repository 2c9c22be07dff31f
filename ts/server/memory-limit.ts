/**
 * The memory limit: from the configuration to the engine.
 */

import type { Config } from '../config/config.js';
import type { DirectiveName } from '../config/schema.js';
import type { NativeEngine } from '../core/binding.js';

/** What these directives change. */
export const MEMORY_LIMIT: readonly DirectiveName[] = [
  'maxmemory',
  'maxmemory-policy',
  'maxmemory-samples',
  'maxmemory-eviction-tenacity',
  'maxmemory-clients',
  'activedefrag',
  'active-defrag-ignore-bytes',
  'active-defrag-threshold-lower',
];

/** Hands the limit to the engine. */
export function applyMemoryLimit(native: Pick<NativeEngine, 'setMemoryLimit'>, config: Config): void {
  const maxmemory = config.get('maxmemory');
  const clients = config.get('maxmemory-clients');
  native.setMemoryLimit({
    maxmemory,
    maxmemoryPolicy: config.get('maxmemory-policy'),
    maxmemorySamples: config.get('maxmemory-samples'),
    maxmemoryEvictionTenacity: config.get('maxmemory-eviction-tenacity'),
    maxmemoryClients: 'bytes' in clients ? clients.bytes : Math.floor((maxmemory * clients.percent) / 100),
    activedefrag: config.get('activedefrag'),
    activeDefragIgnoreBytes: config.get('active-defrag-ignore-bytes'),
    activeDefragThresholdLower: config.get('active-defrag-threshold-lower'),
  });
}
