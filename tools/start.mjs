/**
 * `npm start`: brings the build up to date and becomes the server, with all options passed on.
 */

import { join } from 'node:path';
import { prepare, root } from './build.mjs';

prepare();
// The server runs in this very process: no second start of Node, and signals reach it directly.
const { run } = await import(join(root, 'dist', 'cli', 'main.js'));
await run(process.argv.slice(2));
