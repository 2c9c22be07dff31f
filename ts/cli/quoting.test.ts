/** Splitting and quoting of arguments, and that one undoes the other. */
import { describe, expect, it } from 'vitest';
import { quote, splitArguments, unquote } from './quoting.js';

const split = (line: string) => splitArguments(line)?.map((arg) => arg.toString('latin1'));

describe('splitArguments', () => {
  it.each<[string, string[] | undefined]>([
    ['', []],
    ['  \t ', []],
    ['get key', ['get', 'key']],
    ['  set  a   b ', ['set', 'a', 'b']],
    ['set "a b" c', ['set', 'a b', 'c']],
    ['"\\x00\\xfF\\n\\r\\t\\b\\a\\\\\\"\\q"', ['\x00\xff\n\r\t\b\x07\\"q']],
    ['"\\xzz"', ['xzz']],
    ["'a\\'b' 'c\\n'", ["a'b", 'c\\n']],
    ['""', ['']],
    ['a"b"', ['ab']],
    ['"a"b', undefined],
    ['"a', undefined],
    ["'a", undefined],
    ["'a'b", undefined],
    ['"a\\', undefined],
    ['"a\\"', undefined],
    ['a\\nb', ['a\\nb']],
    ['é', ['\xc3\xa9']],
  ])('%j', (line, expected) => {
    expect(split(line)).toEqual(expected);
  });

  it('reads back every byte that quote writes', () => {
    const every = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    expect(splitArguments(quote(every))).toEqual([every]);
    expect(quote(every)).toMatch(/^[\x20-\x7e]*$/);
  });
});

describe('unquote', () => {
  it('takes exactly one word', () => {
    expect(unquote('"a\\x00b"')).toEqual(Buffer.from('a\0b'));
    expect(unquote('plain')).toEqual(Buffer.from('plain'));
    expect(unquote('two words')).toBeUndefined();
    expect(unquote('"open')).toBeUndefined();
  });
});
