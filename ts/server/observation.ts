/**
 * From the configuration to what the engine observes: slow log, command log, latency, tracked keys, slow readers.
 */

import type { Config } from '../config/config.js';
import type { DirectiveName } from '../config/schema.js';
import type { NativeEngine } from '../core/binding.js';

const PLAIN: readonly DirectiveName[] = [
  'slowlog-log-slower-than',
  'slowlog-max-len',
  'commandlog-request-larger-than',
  'commandlog-large-request-max-len',
  'commandlog-reply-larger-than',
  'commandlog-large-reply-max-len',
  'latency-monitor-threshold',
  'latency-tracking',
  'latency-tracking-info-percentiles',
  'tracking-table-max-keys',
];

export const OBSERVATION: readonly DirectiveName[] = [...PLAIN, 'client-output-buffer-limit'];

/** Hands the directives over in the texts that the engine reads. */
export function applyObservation(native: Pick<NativeEngine, 'setDirective'>, config: Config): void {
  for (const name of PLAIN) {
    const value: unknown = config.get(name);
    native.setDirective(name, Array.isArray(value) ? value.join(' ') : String(value));
  }
  const { normal } = config.get('client-output-buffer-limit');
  native.setDirective(
    'client-output-buffer-limit normal',
    `${normal.hardBytes} ${normal.softBytes} ${normal.softSeconds}`,
  );
}
