/**
 * The suite as vitest sees it: for one front, every family, every case a test that covers both protocols.
 *
 *   HEMATITE_FAMILY=string,generic   only these families
 */

import { afterAll, beforeAll, describe, it } from 'vitest';
import type { Case } from './case.js';
import { families } from './cases/index.js';
import { skipReason } from './excused.js';
import type { Front } from './fronts/front.js';
import { Runner } from './runner.js';
import { Snapshot } from './snapshot.js';
import { expectedStep, verdict } from './verdict.js';

/** Raised without a stack: command, expected and got are all there is to say. */
class Nonconformance extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Nonconformance';
    this.stack = message;
  }
}

/** Runs `test` on `front` in each of its protocols; a message when it does not conform. */
export async function judge(test: Case, front: Front, runner: Runner, snapshot: Snapshot): Promise<string | undefined> {
  for (const protocol of test.protocols) {
    const recorded = snapshot.recorded(test, protocol);
    const expected = test.steps.map((step, index) => expectedStep(test.family, step, index, protocol, recorded, front));
    try {
      const complaint = verdict(test, protocol, await runner.run(test, protocol, expected), recorded, front);
      if (complaint) return complaint;
    } catch (error) {
      return `${test.family}: ${test.name}  [RESP${protocol}, ${front.name}]\n  ${(error as Error).message}`;
    }
  }
  return undefined;
}

/** Declares the tests of one front. `missing`: why it cannot run here, which skips it visibly. */
export function conform(name: string, openFront: () => Promise<Front>, missing?: string): void {
  const wanted = process.env.HEMATITE_FAMILY?.split(',');
  describe.skipIf(missing !== undefined)(missing ? `${name} (skipped: ${missing})` : name, () => {
    let front: Front;
    let runner: Runner;
    beforeAll(async () => {
      front = await openFront();
      runner = new Runner(front);
    }, 30_000);
    afterAll(async () => {
      await runner?.close();
      await front?.close();
    });
    for (const family of families) {
      if (wanted && !wanted.includes(family.name)) continue;
      const snapshot = Snapshot.load(family.name);
      describe(family.name, () => {
        for (const test of family.cases) {
          it(test.name, async (context) => {
            const reason = skipReason(test, front);
            if (reason) context.skip(reason);
            const complaint = await judge(test, front, runner, snapshot);
            if (complaint) throw new Nonconformance(complaint);
          });
        }
      });
    }
  });
}
