/**
 * The server in a Node process whose own thread is busy for 200 ms of every second, as a slow callback or a garbage
 * collection would make it. Takes the server's command line.
 */

import { run } from '../../dist/cli/main.js';

const PERIOD_MS = 1000;
const BUSY_MS = 200;

await run(['server', ...process.argv.slice(2)]);

setInterval(() => {
  const end = performance.now() + BUSY_MS;
  while (performance.now() < end);
}, PERIOD_MS);
