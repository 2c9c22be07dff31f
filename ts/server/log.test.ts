/**
 * Log lines and the files of a server that runs in the background.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { formatLogLine, Log } from './log.js';
import { removePidfile, writePidfile } from './pidfile.js';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'hematite-log-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

test('a line has Redis’s form', () => {
  const time = new Date(2026, 10, 5, 4, 3, 2, 1);
  expect(formatLogLine(42, 'M', time, 'notice', 'hi')).toBe('42:M 05 Nov 2026 04:03:02.001 * hi\n');
  expect(formatLogLine(42, 'C', time, 'warning', 'hi')).toBe('42:C 05 Nov 2026 04:03:02.001 # hi\n');
});

test('the threshold and a renamed file are minded', () => {
  const log = new Log();
  log.file = join(directory, 'a.log');
  log.debug('d');
  log.verbose('v');
  log.notice('n');
  log.threshold = 'debug';
  log.debug('d2');
  log.threshold = 'nothing';
  log.warning('w');
  const marks = readFileSync(log.file, 'utf8').match(/[.\-*#] \w+$/gm);
  expect(marks).toEqual(['* n', '. d2']);
  log.threshold = 'notice';
  log.file = '/nosuch/folder/x.log';
  log.notice('nobody hears this, and nothing breaks');
});

test('the pidfile names this process and goes with it, but not with another one', () => {
  const path = join(directory, 'pid');
  expect(writePidfile(path)).toBeUndefined();
  expect(readFileSync(path, 'utf8')).toBe(`${process.pid}\n`);
  removePidfile(path);
  expect(existsSync(path)).toBe(false);
  writeFileSync(path, '1\n');
  removePidfile(path);
  expect(existsSync(path)).toBe(true);
  expect(writePidfile('/nosuch/pid')).toBe('Failed to write PID file: No such file or directory');
});

test('the daemon is a process of its own that gets arguments and standard input', async () => {
  const script = join(directory, 'daemon.mjs');
  const result = join(directory, 'result');
  const module = new URL('../../dist/server/daemonize.js', import.meta.url);
  writeFileSync(
    script,
    `import { daemonize, isDaemon } from ${JSON.stringify(module.href)};
     import { readFileSync, renameSync, writeFileSync } from 'node:fs';
     if (isDaemon()) {
       writeFileSync(process.argv[2] + '.part', process.argv[3] + readFileSync(0, 'utf8') + process.pid);
       renameSync(process.argv[2] + '.part', process.argv[2]);
     } else {
       console.log(await daemonize(Buffer.from('configuration ')));
     }`,
  );
  const { stdout } = spawnSync(process.execPath, [script, result, 'argument '], { encoding: 'utf8' });
  await expect.poll(() => existsSync(result), { timeout: 5000 }).toBe(true);
  expect(readFileSync(result, 'utf8')).toBe('argument configuration ' + stdout.trim());
});
