/**
 * Differences that are excused, each with its reason. A case is excused whole; to excuse one step, use `differs` there.
 */

import type { Case } from './case.js';
import type { Front } from './fronts/front.js';
import { atLeast } from './versions.js';

export interface Excuse {
  family: string;
  /** Which cases, by name. */
  names: RegExp;
  /** Which fronts; all but the oracle when left out. */
  fronts?: RegExp;
  reason: string;
}

export const EXCUSED: readonly Excuse[] = [];

/** Why `test` is not run on `front`; undefined when it is. */
export function skipReason(test: Case, front: Front): string | undefined {
  if (test.since && !atLeast(front.latest, test.since)) return `came with ${test.since}, this is ${front.latest}`;
  const missing = test.needs?.find((need) => !front.offers.has(need));
  if (missing) return `this front has no ${missing}`;
  return EXCUSED.find((excuse) => excuse.family === test.family && excuse.names.test(test.name)
    && (excuse.fronts ? excuse.fronts.test(front.name) : front.name !== 'oracle'))?.reason;
}
