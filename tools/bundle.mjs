/**
 * Joins the server's modules into dist/bundle/: opening some twenty files took 20 ms of the 150 ms a start may take.
 *
 * The bundle lies as deep as the modules it comes from, so that a path relative to a module, such as the native
 * binding's, holds in both. What is imported dynamically becomes a file of its own and is still loaded on demand.
 */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { root } from './build.mjs';

const directory = join(root, 'dist', 'bundle');
rmSync(directory, { recursive: true, force: true });
const build = await rolldown({
  input: { server: join(root, 'dist', 'server', 'main.js') },
  platform: 'node',
  // The binding is native, and packages stay where npm has put them.
  external: (id) => /[\\/]bindings[\\/]|\.node$/.test(id) || /^(@?[a-z]|node:)/.test(id),
});
await build.write({ dir: directory, format: 'esm', entryFileNames: '[name].js', chunkFileNames: '[name].js' });
await build.close();
