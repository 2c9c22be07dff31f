/**
 * Starting with a wrong configuration: the same report as redis-server's, to the byte but for the version.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasOracle } from '../../test/oracle/redis-server.js';
import { parseCommandLine } from './command-line.js';
import { Config } from './config.js';
import { ConfigFileError, ConfigOpenError } from './load.js';

const FILES: Readonly<Record<string, string>> = {
  'quotes.conf': 'port 7201\n# c\n\nsave "abc\n',
  'words.conf': 'port 1 2\n',
  'sentinel.conf': 'sentinel monitor a 127.0.0.1 1 1\n',
  'fine.conf': 'port 7201\n',
  'missing.conf': 'include /nosuch/file\n',
  'outer.conf': 'timeout 1\ninclude words.conf\n',
};

const COMMAND_LINES: string[][] = [
  ['--port', 'abc'],
  ['--nosuch', '1'],
  ['--port'],
  ['--port', '--save'],
  ['--port', '7201 '],
  ['--port abc'],
  ['--save', '900'],
  ['--save', '900 1 2'],
  ['--save', '900 x'],
  ['--save', '--port', 'x'],
  ['--maxmemory', '1xb'],
  ['--client-output-buffer-limit', 'normal', '1'],
  ['--unixsocketperm', '999'],
  ['--unixsocketperm', '1000'],
  ['--logfile', '/nosuch/x'],
  ['--logfile', '', '--dir', '/nosuch'],
  ['--include'],
  ['--a', 'b', 'c.conf'],
  ['--maxclients', '0'],
  ['--hz', '-1'],
  ['--foo.bar'],
  ["--bogus'x", 'a'],
  ['--appendfilename', ''],
  ['--appenddirname', 'a/b'],
  ['--replicaof', 'a', 'x'],
  ['--replicaof', 'a', '1', '--cluster-enabled', 'yes'],
  ['--supervised', 'x'],
  ['--bind', ...'abcdefghijklmnopq'],
  ['--daemonize', 'maybe'],
  ['quotes.conf'],
  ['words.conf'],
  ['fine.conf', '--port', 'x'],
  ['missing.conf'],
  ['sentinel.conf'],
  ['outer.conf'],
  ['/nosuch.conf'],
  ['port 70x'],
  ['-'],
  ['-', '--port', 'xx'],
  ['fine.conf', '--hz', '1', '-'],
];

const STDIN = 'timeout 1\ntimeout x\n';

describe.runIf(hasOracle())('start-up errors beside redis-server', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'hematite-start-'));
    for (const [name, text] of Object.entries(FILES)) writeFileSync(join(directory, name), text);
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  function ours(args: readonly string[]): string {
    const line = parseCommandLine(args);
    if (line.mode !== 'serve') return line.mode;
    try {
      Config.fromCommandLine(line, line.stdin ? Buffer.from(STDIN) : undefined, { directory });
      return 'started';
    } catch (error) {
      if (error instanceof ConfigFileError) return error.report('7.0.15');
      if (error instanceof ConfigOpenError) return error.message + '\n';
      throw error;
    }
  }

  test.each(COMMAND_LINES.map((args) => ({ args, shown: args.join(' ') })))('$shown', ({ args }) => {
    // Redis includes relative to where it was started, which is the directory here too.
    const { stdout, stderr, status } = spawnSync('redis-server', args, {
      cwd: directory,
      input: STDIN,
      encoding: 'utf8',
      timeout: 5000,
    });
    expect(status).toBe(1);
    const logged = stdout.replace(/^\d+:C .*? # /gm, '').replace('Reading config from stdin\n', '');
    expect(ours(args)).toBe(logged + stderr);
  });
});
