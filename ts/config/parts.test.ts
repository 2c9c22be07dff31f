/**
 * The small parts of the configuration room: words, units, globs, command line, documentation.
 */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseCommandLine, usage } from './command-line.js';
import { configurationPage } from './docs.js';
import { matchesGlob } from './glob.js';
import { formatMemory, parseInteger, parseMemory, parseOctal } from './units.js';
import { quoteWord, splitWords } from './words.js';

test.each([
  ['a b  c', ['a', 'b', 'c']],
  ['', []],
  ['  ', []],
  ['a ""', ['a', '']],
  ['"a\\x41\\n\\q"', ['aA\nq']],
  ["'a\\'b\\n'", ["a'b\\n"]],
  ['pre"fix"', ['prefix']],
  ['"a"b', null],
  ['"a', null],
  ["'a", null],
  ['"a\\', null],
  ['"\\x4"', ['x4']],
])('words of %j', (line, words) => {
  expect(splitWords(line)).toEqual(words);
});

test('every byte survives being quoted', () => {
  const all = String.fromCharCode(...Array.from({ length: 256 }, (_, code) => code));
  expect(splitWords(`name ${quoteWord(all)}`)).toEqual(['name', all]);
});

test.each([
  ['0', 0n],
  ['1k', 1000n],
  ['1kb', 1024n],
  ['2M', 2_000_000n],
  ['2mB', 2n << 20n],
  ['3g', 3_000_000_000n],
  ['3gb', 3n << 30n],
  ['7b', 7n],
  ['', 0n],
  ['mb', 0n],
  ['-1', null],
  ['1tb', null],
  ['1.5gb', null],
  ['1 mb', null],
])('memory %j', (text, bytes) => {
  expect(parseMemory(text)).toBe(bytes);
});

test('memory is written in the largest unit that divides it', () => {
  expect([0n, 1n, 1024n, 1025n, 3n << 20n, 3n << 30n].map(formatMemory)).toEqual([
    '0',
    '1',
    '1kb',
    '1025',
    '3mb',
    '3gb',
  ]);
});

test('integers have one spelling', () => {
  expect(['0', '-1', '9223372036854775807', '-9223372036854775808'].map(parseInteger)).not.toContain(null);
  const refused = ['', '-0', '00', '+1', ' 1', '1 ', '9223372036854775808', '0x1', '1e3'];
  expect(refused.map(parseInteger)).toEqual(refused.map(() => null));
  expect([parseOctal('755'), parseOctal('8'), parseOctal('')]).toEqual([0o755n, null, null]);
});

test.each([
  ['*', '', true],
  ['max*', 'MaxMemory', true],
  ['m?x', 'max', true],
  ['m[^b]x', 'max', true],
  ['m[a-c]x', 'mbx', true],
  ['m[c-a]x', 'mbx', true],
  ['m[a', 'ma', true],
  ['a\\*', 'a*', true],
  ['a\\*', 'ab', false],
  ['*a*b*c', 'xaxbxc', true],
  ['*a*b*c', 'xaxbx', false],
  ['', 'a', false],
  ['a', '', false],
])('glob %j over %j', (pattern, text, matches) => {
  expect(matchesGlob(pattern, text)).toBe(matches);
});

test('a glob made to backtrack stays quick', () => {
  const started = performance.now();
  expect(matchesGlob('*a'.repeat(200) + 'b', 'a'.repeat(2000))).toBe(false);
  expect(performance.now() - started).toBeLessThan(500);
});

test('the command line becomes configuration text', () => {
  const line = parseCommandLine([
    'x.conf',
    '--port',
    '7001',
    '--save',
    '',
    '--save',
    '900',
    '1',
    '--bind',
    'a',
    'b',
    '-',
  ]);
  expect(line).toEqual({
    mode: 'serve',
    file: 'x.conf',
    stdin: true,
    options: 'port "7001" \nsave "" \nsave "900" "1" \nbind "a" "b" ',
  });
  expect(parseCommandLine(['--save', '--port', '1'])).toMatchObject({ options: 'save ""\nport "1" ' });
  expect(parseCommandLine(['--port 1', '--save'])).toMatchObject({ options: 'port 1 \nsave ""' });
  expect(parseCommandLine([])).toEqual({ mode: 'serve', file: undefined, stdin: false, options: '' });
  expect([parseCommandLine(['-v']), parseCommandLine(['--help'])]).toEqual([{ mode: 'version' }, { mode: 'help' }]);
  expect(usage('hematite')).toContain('hematite --port 7777');
});

test('the committed page is what the schema says', () => {
  const page = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
  expect(configurationPage()).toBe(page);
});
