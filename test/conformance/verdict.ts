/** Judges a transcript against the snapshot and the hand-written replies, and words the failure. */

import { canonical, condensed, disagreement, type Compare } from './compare.js';
import { describeStep, type Case, type Step } from './case.js';
import { changed, notBuilt } from './excused.js';
import type { Front } from './fronts/front.js';
import { printable } from './resp.js';
import type { Transcript } from './runner.js';
import { atLeast } from './versions.js';

/** What a step of `test` must answer on `front`: canonical text, or undefined when nothing is on record. */
export function expectedStep(
  family: string,
  step: Step,
  index: number,
  protocol: 2 | 3,
  recorded: readonly string[] | undefined,
  front: Front,
): string | undefined {
  if (step.want) return condensed(canonical(step.want(protocol), step.compare), step.compare);
  if (step.differs?.want && atLeast(front.version, step.differs.since))
    return condensed(canonical(step.differs.want(protocol), step.compare), step.compare);
  const newer = changed(family, step, front);
  return newer ? condensed(canonical(newer(protocol), step.compare), step.compare) : recorded?.[index];
}

/** The comparison in force for `step` on `front`. */
function comparisonInForce(step: Step, front: Front): Compare | undefined {
  const { differs } = step;
  if (differs?.check && atLeast(front.version, differs.since)) return { check: (value) => differs.check!(value) };
  return step.compare;
}

/** Undefined when the transcript is as it must be; else a message of a few lines. */
export function verdict(
  test: Case,
  protocol: 2 | 3,
  transcript: Transcript,
  recorded: readonly string[] | undefined,
  front: Front,
): string | undefined {
  const lines: string[] = [];
  for (const [index, step] of test.steps.entries()) {
    const compare = comparisonInForce(step, front);
    const expected = expectedStep(test.family, step, index, protocol, recorded, front);
    const got = transcript[index]!;
    const reason = disagreement(
      expected,
      got,
      compare,
      front.name === 'oracle' ? undefined : (element) => notBuilt(element.split('|')) !== undefined,
    );
    if (!reason) continue;
    lines.push(`  step ${index + 1}  ${describeStep(step)}`);
    lines.push(
      `    expected  ${expected === undefined ? '(nothing recorded)' : compare && typeof compare === 'object' && 'check' in compare ? '(a condition)' : printable(expected)}`,
    );
    lines.push(
      `    got       ${printable(compare && !(typeof compare === 'object' && 'check' in compare) ? canonical(got, compare) : got)}${reason === 'differs' ? '' : `   (${reason})`}`,
    );
  }
  return lines.length === 0
    ? undefined
    : `${test.family}: ${test.name}  [RESP${protocol}, ${front.name}]\n${lines.join('\n')}`;
}
