#!/usr/bin/env node
/**
 * The executable: runs the command line it was given.
 */

import { run } from './main.js';

await run(process.argv.slice(2));
