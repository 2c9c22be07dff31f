/**
 * The examples run as they stand, and print what they say they print.
 */

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { open } from 'hematite';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';

const path = (name: string) => fileURLToPath(new URL(`../../../examples/${name}.mjs`, import.meta.url));
const run = async (name: string) => (await promisify(execFile)(process.execPath, [path(name)])).stdout;

/** Whether the engine has a command that an example's client opens with. */
function has(command: string): boolean {
  const db = open();
  const found = db.native.commandId(command) != null;
  db.close();
  return found;
}

test('embedded', async () => {
  expect(await run('embedded')).toBe("hello 60\n42\n[ '42', 'hello' ]\n");
});

test.skipIf(!has('info'))('in-process-client', async () => {
  expect(await run('in-process-client')).toBe('v v\n');
});

test('serve', async () => {
  const child = spawn(process.execPath, [path('serve'), '0']);
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const port = Number(/-p (\d+)/.exec(line.toString())?.[1]);
  const redis = new Redis({ port, enableReadyCheck: false });
  expect(await redis.get('k')).toBe('v');
  redis.disconnect();
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});
