/**
 * `npm run bench`: brings the build up to date and runs the comparison in bench/, with all options passed on.
 */

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { prepare, root } from './build.mjs';

const entry = join(root, 'bench', 'compare', 'main.mjs');
if (!existsSync(entry)) {
  console.error('bench/compare/main.mjs is missing: nothing to measure.');
  process.exit(1);
}
prepare();
const { status } = spawnSync(process.execPath, [entry, ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' });
process.exit(status ?? 1);
