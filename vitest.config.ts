/**
 * Vitest: unit tests stand beside what they test in ts/, suites over whole servers in test/.
 */

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['ts/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
});
