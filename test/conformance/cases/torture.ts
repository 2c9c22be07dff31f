/** Values and program makers that every family tortures its commands with. */

import type { Family, StepText } from '../case.js';

/** How a key of each type comes to be; the key is `k`. */
export const MAKE: Readonly<Record<string, string>> = {
  string: 'SET k v',
  list: 'RPUSH k a b c',
  set: 'SADD k a b c',
  zset: 'ZADD k 1 a 2 b 3 c',
  hash: 'HSET k f v g w',
  stream: 'XADD k 1-1 f v',
};

/** Texts that are no 64-bit integer, or look as if they were not. */
export const INTEGER_TEXTS: readonly string[] = [
  '0', '1', '-1', '-0', '+1', '01', '""', '" 1"', '"1 "', '1.0', '1e2', 'abc', '0x10', '9223372036854775807',
  '-9223372036854775808', '9223372036854775808', '-9223372036854775809', '18446744073709551616',
  '99999999999999999999999999', '"1\\x00"', '2147483647', '2147483648', '-2147483649', '4294967296',
];

/** Texts that try the reading of doubles. */
export const DOUBLE_TEXTS: readonly string[] = [
  '0', '-0', '1', '1.5', '-1.5', '.5', '5.', '1e3', '1E-3', 'inf', '-inf', '+inf', 'Infinity', 'nan', '-nan', 'NaN', '""', '" 1"', '"1 "',
  'abc', '1e400', '-1e400', '1e-400', '0x1p3', '1,5', '1.5.5', '3.0000000000000001', '1e17', '123456789012345678', '0.1', '1.7976931348623157e308', '"1\\x00"',
];

/** Offsets and indexes that matter at both ends. */
export const INDEX_TEXTS: readonly string[] = ['0', '1', '2', '-1', '-2', '-3', '5', '-5', '100', '-100', '9223372036854775807', '-9223372036854775808'];

/** `command` with 0 to `most` filler arguments: arity errors, and past them whatever the fillers earn. */
export function arity(family: Family, commands: readonly string[], most = 6): void {
  for (const command of commands) {
    for (let count = 0; count <= most; count += 1) family.add(`${command}${' a'.repeat(count)}`);
  }
}

/** Each line against a key `k` of every type, then the type again: nothing may have changed it by mistake. */
export function everyType(family: Family, lines: readonly StepText[], types: readonly string[] = Object.keys(MAKE)): void {
  for (const type of types) {
    for (const line of lines) family.add(MAKE[type]!, line, 'TYPE k', 'EXISTS k');
  }
}

/** Replaces `%` in `line` by each value. */
export function substitute(line: string, values: readonly string[]): string[] {
  return values.map((value) => line.replaceAll('%', value));
}

/** Every way to pick one element of each list. */
export function combinations(...lists: ReadonlyArray<readonly string[]>): string[][] {
  return lists.reduce<string[][]>((rows, list) => rows.flatMap((row) => list.map((item) => [...row, item])), [[]]);
}

/** Every subset of `items` up to `most` elements, in the given order. */
export function subsets(items: readonly string[], most = items.length): string[][] {
  return items.reduce<string[][]>((sets, item) => [...sets, ...sets.filter((found) => found.length < most).map((found) => [...found, item])], [[]]);
}
