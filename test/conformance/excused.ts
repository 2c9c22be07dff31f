/**
 * Differences that are excused, each with its reason. A case is excused whole; to excuse one step, use `differs` there, or
 * CHANGED for a command line that many cases have.
 */

import { describeStep, type Case, type Step } from './case.js';
import type { Front } from './fronts/front.js';
import { atLeast } from './versions.js';
import { bulk, error, notInteger, syntaxError, type Want } from './want.js';

export interface Excuse {
  family: string;
  /** Which cases, by name. */
  names: RegExp;
  /** Which fronts; all but the oracle when left out. */
  fronts?: RegExp;
  reason: string;
}

export const EXCUSED: readonly Excuse[] = [
  { family: 'bitmap', names: /; BITCOUNT k 0$/, reason: 'the end of the range may be left out since 8.0' },
  { family: 'blocking', names: /^who waits for several keys gets the one that came first$/, reason: 'a command that goes on is run anew since 7.2, and looks at its keys in their order' },
  { family: 'stream', names: /XGROUP CREATE s g (2|2-0|2-1|3|5-5|18446744073709551615|18446744073709551615-18446744073709551615|\$); XREADGROUP GROUP g c STREAMS s >; XINFO GROUPS s$/, reason: 'XREADGROUP makes the consumer though there is nothing to read since 7.2' },
  { family: 'stream', names: /XREAD STREAMS s \+; XREAD COUNT 1 STREAMS s \+$/, reason: 'the id + of XREAD came with 7.4' },
  { family: 'hyperloglog', names: /^SET h "HYLL\\x01(\\x00){11}(|\\x00|\\xff\\xff\\xff|\\x7f|\\x80\\x7f\\xff)"; (PFDEBUG DECODE h|PFADD h a)/, reason: 'sparse runs that do not make up all registers are refused whole; the reference notices some of them late or never' },
  { family: 'zset', names: /#63819a54$/, reason: 'what a range by bytes holds is not specified where scores differ' },
];

/** A reply that newer versions changed. */
interface Change {
  family: string;
  /** The step as it is written. */
  line: RegExp;
  since: string;
  want: Want;
  reason: string;
}

const CHANGED: readonly Change[] = [
  { family: 'list', line: /^LPOS .* RANK -9223372036854775808/, since: '7.2', want: error('ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807'), reason: 'the lowest integer has no negation: refused since 7.2' },
  { family: 'sort', line: /^OBJECT ENCODING d$/, since: '7.2', want: bulk('listpack'), reason: 'small lists are listpacks since 7.2' },
  { family: 'bitmap', line: /^BITCOUNT a a( a){0,2}$/, since: '7.2', want: notInteger, reason: 'arguments are checked though the key is missing since 7.2' },
  { family: 'bitmap', line: /^BITCOUNT a a a a a( a)*$/, since: '7.2', want: syntaxError, reason: 'arguments are checked though the key is missing since 7.2' },
  { family: 'blocking', line: /^B\w+ k .*\b(inf|9223372036854775807|1e20)$/, since: '7.2', want: error('ERR timeout is out of range'), reason: 'a timeout beyond the clock is told from a negative one since 7.2' },
  { family: 'stream', line: /^XREAD STREAMS s t 0$/, since: '7.2', want: error("ERR Unbalanced 'xread' list of streams: for each stream key an ID or '$' must be specified."), reason: 'the error names the command as it is since 7.2' },
];

/** What `step` answers on `front` instead of what the oracle answers; undefined where nothing changed. */
export function changed(family: string, step: Step, front: Front): Want | undefined {
  const of = CHANGED.filter((change) => change.family === family && atLeast(front.version, change.since));
  if (of.length === 0) return undefined;
  const line = describeStep(step);
  return of.find((change) => change.line.test(line))?.want;
}

/** Why `test` is not run on `front`; undefined when it is. */
export function skipReason(test: Case, front: Front): string | undefined {
  if (test.since && !atLeast(front.latest, test.since)) return `came with ${test.since}, this is ${front.latest}`;
  const missing = test.needs?.find((need) => !front.offers.has(need));
  if (missing) return `this front has no ${missing}`;
  return EXCUSED.find((excuse) => excuse.family === test.family && excuse.names.test(test.name)
    && (excuse.fronts ? excuse.fronts.test(front.name) : front.name !== 'oracle'))?.reason;
}
