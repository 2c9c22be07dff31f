/**
 * The bounded run of the differential fuzzer. HEMATITE_FUZZ_SECONDS: how long (default 30), HEMATITE_FUZZ_SEED: where to start.
 */

import { describe, expect, it } from 'vitest';
import type { Connection, Front } from '../conformance/fronts/front.js';
import { hematiteFront, hematiteMissing } from '../conformance/fronts/hematite.js';
import { oracleFront, oracleVersion } from '../conformance/fronts/oracle.js';
import { fuzz, renderDifference } from './differential.js';
import { DEFAULT_GROUPS } from './selection.js';

const seconds = Number(process.env.HEMATITE_FUZZ_SECONDS ?? 30);
const seed = Number(process.env.HEMATITE_FUZZ_SEED ?? 1);
const groups = process.env.HEMATITE_FUZZ_GROUPS?.split(',') ?? DEFAULT_GROUPS;
const noOracle = oracleVersion() ? undefined : 'redis-server is not installed';

/** Every reply `:1` becomes `:2`: a server that is wrong in one small way. */
function wrongFront(front: Front): Front {
  const alter = (connection: Connection): Connection => ({
    ...connection,
    write: (bytes) => connection.write(bytes),
    drain: (quiet) => connection.drain(quiet),
    close: () => connection.close(),
    read: async (count, timeout) =>
      (await connection.read(count, timeout)).map((reply) =>
        reply.toString('latin1') === ':1\r\n' ? Buffer.from(':2\r\n') : reply,
      ),
  });
  return { ...front, open: async () => alter(await front.open()), close: () => front.close() };
}

describe.skipIf(noOracle)('differential fuzzer', () => {
  it('finds nothing between two oracles', async () => {
    const fronts = [await oracleFront(), await oracleFront()] as const;
    const result = await fuzz(fronts[0], fronts[1], {
      programs: 300,
      length: 50,
      seed,
      groups: DEFAULT_GROUPS,
      secondsMax: 20,
    }).finally(() => Promise.all(fronts.map((front) => front.close())));
    expect(result.difference && renderDifference(result.difference)).toBeUndefined();
    expect(result.programs).toBeGreaterThan(50);
  }, 60_000);

  it('finds and shrinks a wrong reply', async () => {
    const fronts = [await oracleFront(), await oracleFront()] as const;
    const result = await fuzz(wrongFront(fronts[0]), fronts[1], {
      programs: 50,
      length: 50,
      seed,
      groups: DEFAULT_GROUPS,
    }).finally(() => Promise.all(fronts.map((front) => front.close())));
    expect(result.difference).toBeDefined();
    expect(result.difference!.program.length).toBeLessThanOrEqual(3);
  }, 60_000);

  it.skipIf(hematiteMissing())(
    `finds nothing between the engine and the oracle (${hematiteMissing() ?? `${seconds} s`})`,
    async () => {
      const [tested, oracle] = [await hematiteFront(), await oracleFront()];
      const result = await fuzz(tested, oracle, {
        programs: 1_000_000,
        length: 50,
        seed,
        groups,
        secondsMax: seconds,
      }).finally(() => Promise.all([tested.close(), oracle.close()]));
      console.log(`${result.programs} programs, ${result.commands} commands`);
      expect(result.difference && renderDifference(result.difference)).toBeUndefined();
    },
    seconds * 1000 + 60_000,
  );
});
