/**
 * Which subcommand a command line is for.
 */

import { expect, test } from 'vitest';
import { pickSubcommand } from './main.js';

test.each([
  [[], '../server/main.js', []],
  [['server', '--port', '1'], '../server/main.js', ['--port', '1']],
  [['redis.conf', '--port', '1'], '../server/main.js', ['redis.conf', '--port', '1']],
  [['cli', '-p', '1'], './repl.js', ['-p', '1']],
  [['bench'], './bench.js', []],
  [['constructor'], '../server/main.js', ['constructor']],
])('%j', (args, module, rest) => {
  expect(pickSubcommand(args)).toEqual({ module, args: rest });
});
