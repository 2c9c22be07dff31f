/**
 * Killing the server loses nothing that it has acknowledged, under `always` and under `everysec`.
 *
 * A bounded number of kills; `npm run crash -- --kills 1000` does as many as are wanted, and `--redis` measures a
 * redis-server beside.
 */

import { describe, expect, test } from 'vitest';
import { crash } from './crash.js';

const SECONDS = Number(process.env.HEMATITE_CRASH_SECONDS ?? 20);

describe('kill -9 under load', () => {
  for (const policy of ['always', 'everysec'] as const) {
    test(
      `${policy} loses nothing`,
      async () => {
        const result = await crash({ program: 'hematite', policy, kills: 1000, seconds: SECONDS });
        console.log(`${policy}: ${JSON.stringify(result)}`);
        expect(result.kills).toBeGreaterThan(2);
        expect(result.acknowledged).toBeGreaterThan(0);
        expect(result).toMatchObject({ lost: 0, broken: 0 });
      },
      (SECONDS + 90) * 1000,
    );
  }
});
