/**
 * `npm run docs`: writes the pages under docs/ that derive from tables in the code. With `--check` it only compares,
 * and exits with 1 where a committed page is not what the code says.
 */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { prepare, root } from './build.mjs';

prepare();
const { configurationPage } = await import(join(root, 'dist', 'config', 'docs.js'));

/** Each page's path and its content. */
const pages = [['docs/configuration.md', configurationPage()]];

let stale = 0;
for (const [path, content] of pages) {
  const at = join(root, path);
  if (existsSync(at) && readFileSync(at, 'utf8') === content) continue;
  if (process.argv.includes('--check')) {
    console.error(`${path} is out of date: run npm run docs`);
    stale += 1;
  } else {
    writeFileSync(at, content);
    console.log(`wrote ${path}`);
  }
}
process.exit(stale > 0 ? 1 : 0);
