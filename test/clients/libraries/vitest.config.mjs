/**
 * The libraries' own vitest configuration: their packages lie beside it, not in the main package.
 */

import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: import.meta.dirname,
  test: {
    include: ['*.test.mjs'],
    testTimeout: 60_000,
    hookTimeout: 30_000,
    // What these libraries share is the machine: one at a time, so that each keeps its own deadlines.
    fileParallelism: false,
  },
});
