/**
 * Config: typed values, transactions with subscribers that veto, files, includes, what has no effect.
 */

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Config, ConfigSetError } from './config.js';
import { ConfigFileError, ConfigOpenError } from './load.js';
import { directives, findDirective } from './schema.js';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'hematite-config-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

test('values have the types that the program wants', () => {
  const config = new Config();
  config.load('port 7001\nmaxmemory 1gb\nmaxmemory-clients 5%\nsave ""\nbind a b\nlogfile ""\nrequirepass "\\xff"\n');
  const port: number = config.get('port');
  expect(port).toBe(7001);
  expect(config.get('maxmemory')).toBe(1024 ** 3);
  expect(config.get('maxmemory-clients')).toEqual({ percent: 5 });
  expect(config.get('save')).toEqual([]);
  expect(config.get('bind')).toEqual(['a', 'b']);
  expect(config.get('unixsocket')).toBeUndefined();
  expect(config.bytes('requirepass')).toEqual(Buffer.from([0xff]));
  expect(config.get('client-output-buffer-limit').pubsub.softSeconds).toBe(60);
});

test('repeated save lines add up, other repeated lines replace', () => {
  const config = new Config();
  config.load('save 900 1\nsave 300 10\ntimeout 5\ntimeout 6\nbind a\nbind b\n');
  expect(config.format('save')).toBe('900 1 300 10');
  expect(config.get('timeout')).toBe(6);
  expect(config.get('bind')).toEqual(['b']);
});

test('a veto undoes the whole transaction and names the directive as it was given', () => {
  const warnings: string[] = [];
  const config = new Config({ warn: (message) => warnings.push(message) });
  const seen: number[] = [];
  config.onChange(['timeout'], () => void seen.push(config.get('timeout')));
  config.onChange(['port', 'bind'], () => (config.get('port') === 1 ? 'Unable to listen on this port.' : undefined));
  const refused = () =>
    config.set([
      ['timeout', '9'],
      ['PORT', '1'],
      ['bind', 'x'],
    ]);
  expect(refused).toThrow(
    new ConfigSetError("CONFIG SET failed (possibly related to argument 'port') - Unable to listen on this port."),
  );
  expect([config.get('timeout'), config.get('port'), config.format('bind')]).toEqual([0, 6379, '* -::*']);
  expect(seen).toEqual([9, 0]);
  expect(warnings).toHaveLength(1);
});

test('a subscriber hears of a transaction once, only of real changes, and not after it has ended', () => {
  const config = new Config();
  const heard: string[][] = [];
  const end = config.onChange(['timeout', 'hz'], (names) => void heard.push([...names]));
  config.set([
    ['timeout', '5'],
    ['hz', '20'],
  ]);
  config.set([['timeout', '5']]);
  end();
  config.set([['timeout', '6']]);
  expect(heard).toEqual([['timeout', 'hz']]);
});

test('protected directives need permission, except from the program itself', () => {
  const config = new Config();
  const remote = { local: false, loading: false };
  expect(() => config.set([['dbfilename', 'x.rdb']], remote)).toThrow("can't set protected config");
  config.load('enable-protected-configs local\n');
  expect(() => config.set([['dbfilename', 'x.rdb']], remote)).toThrow("can't set protected config");
  config.set([['dbfilename', 'x.rdb']], { local: true, loading: false });
  expect(config.get('dbfilename')).toBe('x.rdb');
  expect(() => config.set([['dir', '/']], { local: true, loading: true })).toThrow(
    'Redis is loading the dataset in memory',
  );
});

test('includes: plain, by pattern, missing, without end; dir moves relative paths', () => {
  writeFileSync(join(directory, 'one.conf'), 'timeout 1\ninclude inner*.conf\n');
  writeFileSync(join(directory, 'inner1.conf'), 'hz 11\n');
  writeFileSync(join(directory, 'inner2.conf'), 'databases 3\n');
  writeFileSync(join(directory, 'loop.conf'), 'include loop.conf\n');
  const config = new Config();
  config.load(`dir ${directory}\ninclude one.conf\ninclude nothing*.conf\n`);
  expect([config.get('timeout'), config.get('hz'), config.get('databases')]).toEqual([1, 11, 3]);
  expect(() => config.load('include missing.conf\n')).toThrow(ConfigOpenError);
  expect(() => config.load('include loop.conf\n')).toThrow(ConfigFileError);
});

test('user, rename-command and loadmodule lines are kept and judged', () => {
  const checkLine = (name: string, words: readonly string[]) =>
    name === 'rename-command' && words[0] === 'nosuch' ? 'No such command in rename-command' : undefined;
  const config = new Config({ checkLine });
  config.load('user bob on nopass\nrename-command FLUSHALL ""\nloadmodule a.so b\n');
  expect(config.lines('user')).toEqual([['bob', 'on', 'nopass']]);
  expect(config.lines('rename-command')).toEqual([['FLUSHALL', '']]);
  expect(config.lines('loadmodule')).toEqual([['a.so', 'b']]);
  expect(() => config.load('rename-command nosuch x\n')).toThrow('No such command in rename-command');
});

test('only directives that are set to something they cannot do are named as without effect', () => {
  const config = new Config();
  config.load('save ""\nappendonly no\nport 7001\nlua-enable-insecure-api yes\nactiverehashing no\n');
  expect(config.withoutEffect().sort()).toEqual(['activerehashing', 'lua-enable-insecure-api']);
});

test('rewriting replaces the file in one step, with ordinary rights, and can be read again', () => {
  const config = new Config();
  config.file = join(directory, 'fresh.conf');
  config.set([
    ['requirepass', 'a "b" \xff\n'],
    ['timeout', '5'],
  ]);
  config.rewrite();
  expect(statSync(config.file).mode & 0o777).toBe(0o644 & ~process.umask());
  const again = new Config();
  again.load(readFileSync(config.file, 'latin1'));
  expect(again.bytes('requirepass')).toEqual(config.bytes('requirepass'));
  expect(again.get('timeout')).toBe(5);
});

test('rewriting everything names what has its default, and can be read again', () => {
  const config = new Config();
  config.set([['timeout', '5']]);
  const text = config.rewritten(undefined, true);
  expect(text).toMatch(/^timeout 5$/m);
  expect(text).toMatch(/^appendfsync everysec$/m);
  expect(config.rewritten(undefined)).not.toContain('appendfsync');
  const again = new Config();
  again.load(text);
  for (const row of directives) expect(again.format(row.name), row.name).toBe(config.format(row.name));
});

test('every row: names are unique, the default is a value of its kind, a line is its own inverse', () => {
  const names = directives.flatMap((row) => [row.name as string, ...row.aliases]);
  expect(new Set(names).size).toBe(names.length);
  for (const row of directives) {
    expect(findDirective(row.name.toUpperCase())).toBe(row);
    expect(row.doc).toMatch(/\.$/);
    const config = new Config();
    const lines = row.kind.rewrite(row.name, row.fallback, row.fallback);
    config.load(lines.map(({ text }) => text).join('\n'));
    expect(config.format(row.name)).toBe(row.kind.format(row.fallback));
  }
});
