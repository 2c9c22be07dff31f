/**
 * Regenerates expected/*.json from the oracle.
 *
 *   npx tsx test/conformance/record.ts [family ...]
 *
 * Names of cases that no longer exist disappear; cases newer than the oracle are not recorded.
 */

import { families } from './cases/index.js';
import type { Case, Family } from './case.js';
import { oracleFront } from './fronts/oracle.js';
import type { Front } from './fronts/front.js';
import { Runner, type Transcript } from './runner.js';
import { Snapshot } from './snapshot.js';
import { atLeast } from './versions.js';

async function recordCase(test: Case, runner: Runner): Promise<Map<2 | 3, Transcript>> {
  const transcripts = new Map<2 | 3, Transcript>();
  for (const protocol of test.protocols) transcripts.set(protocol, await runner.run(test, protocol));
  return transcripts;
}

async function recordFamily(family: Family, front: Front): Promise<number> {
  const runner = new Runner(front, { recording: true });
  const snapshot = Snapshot.empty(front.version);
  let failures = 0;
  for (const test of family.cases) {
    if (test.since && !atLeast(front.version, test.since)) continue;
    try {
      snapshot.record(test, await recordCase(test, runner));
    } catch (error) {
      failures += 1;
      console.error(`${family.name}: ${test.name}\n  ${(error as Error).message}`);
    }
  }
  await runner.close();
  snapshot.save(family.name);
  console.log(`${family.name}: ${family.cases.length} cases, ${[...snapshot.names].length} recorded`);
  return failures;
}

async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const front = await oracleFront();
  let failures = 0;
  try {
    for (const family of families) {
      if (wanted.length === 0 || wanted.includes(family.name)) failures += await recordFamily(family, front);
    }
    console.log(`${families.reduce((sum, family) => sum + family.cases.length, 0)} cases in all`);
  } finally {
    await front.close();
  }
  process.exitCode = failures ? 1 : 0;
}

await main();
