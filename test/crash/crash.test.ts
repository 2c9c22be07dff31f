/**
 * Killing the server loses nothing that it has acknowledged, under `always` and under `everysec`.
 *
 * As many kills as fit into the time, up to 500 for each policy; HEMATITE_CRASH_KILLS and HEMATITE_CRASH_SECONDS say otherwise.
 * `npm run crash -- --kills 1000` (or 10000) does as many as are wanted, and `--redis` measures a redis-server beside.
 */

import { describe, expect, test } from 'vitest';
import { crash } from './crash.js';

const KILLS = Number(process.env.HEMATITE_CRASH_KILLS ?? 500);
const SECONDS = Number(process.env.HEMATITE_CRASH_SECONDS ?? 85);

describe('kill -9 under load', () => {
  for (const policy of ['always', 'everysec'] as const) {
    test(
      `${policy} loses nothing`,
      async () => {
        const result = await crash({ program: 'hematite', policy, kills: KILLS, seconds: SECONDS });
        console.log(`${policy}: ${JSON.stringify(result)}`);
        expect(result.kills).toBeGreaterThan(Math.min(10, KILLS - 1));
        expect(result.acknowledged).toBeGreaterThan(0);
        expect(result).toMatchObject({ lost: 0, broken: 0 });
      },
      (SECONDS + 90) * 1000,
    );
  }
});
