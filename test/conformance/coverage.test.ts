/** The coverage report as a test: groups listed as complete have no row never executed and no option never used. */

import { expect, it } from 'vitest';
import { coverage, report, tableOf } from './coverage.js';
import { oracleFront, oracleVersion } from './fronts/oracle.js';
import { hematiteFront, hematiteMissing } from './fronts/hematite.js';

it.skipIf(!oracleVersion())('covers the table of the oracle', async () => {
  const front = await oracleFront();
  const { lines, complaints } = report(coverage(await tableOf(front).finally(() => front.close())));
  console.log(lines.join('\n'));
  expect(lines.length).toBeGreaterThan(10);
  expect(complaints).toEqual([]);
});

it.skipIf(hematiteMissing())(
  `prints the coverage of the engine's own table${hematiteMissing() ? ` (${hematiteMissing()})` : ''}`,
  async () => {
    const front = await hematiteFront();
    const { lines } = report(coverage(await tableOf(front).finally(() => front.close())));
    console.log(lines.join('\n'));
    expect(lines.length).toBeGreaterThan(5);
  },
);
