/** Every row and every key spec, allowed and denied, over every front, and over the oracle, which tells that the test is right. */

import { describe, expect, it } from 'vitest';
import type { Front } from './fronts/front.js';
import { hematiteFront, hematiteMissing } from './fronts/hematite.js';
import { moduleFront, moduleMissing } from './fronts/module.js';
import { oracleFront, oracleVersion } from './fronts/oracle.js';
import { tryRights } from './rights.js';

const FRONTS: readonly (readonly [string, () => Promise<Front>, string | undefined])[] = [
  ['oracle', oracleFront, oracleVersion() ? undefined : 'redis-server is not installed'],
  ['tcp-uring', () => hematiteFront({ driver: 'uring' }), hematiteMissing()],
  ['tcp-mio', () => hematiteFront({ driver: 'mio', threads: 2 }), hematiteMissing()],
  ['embedded', () => moduleFront('embedded'), moduleMissing('embedded')],
  ['wasm', () => moduleFront('wasm'), moduleMissing('wasm')],
];

describe.each(FRONTS)('%s', (_name, openFront, missing) => {
  it.skipIf(missing)(
    `checks rights from the table${missing ? ` (skipped: ${missing})` : ''}`,
    async () => {
      const front = await openFront();
      const outcome = await tryRights(front).finally(() => front.close());
      expect(outcome.complaints).toEqual([]);
      expect(outcome.rows).toBeGreaterThan(200);
      expect(outcome.checks).toBeGreaterThan(outcome.rows * 2);
      console.log(`${outcome.rows} rows, ${outcome.keySpecs} key specs, ${outcome.checks} checks`);
    },
    120_000,
  );
});
