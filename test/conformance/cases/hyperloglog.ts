/** HyperLogLog: estimates, the sparse and dense bytes, corrupted registers. */

import { Family } from '../case.js';
import { arity, everyType } from './torture.js';

export const hyperloglog = new Family('hyperloglog');

arity(hyperloglog, ['PFADD', 'PFCOUNT', 'PFMERGE', 'PFDEBUG'], 5);
everyType(hyperloglog, ['PFADD k a', 'PFCOUNT k', 'PFMERGE d k', 'PFMERGE k d', 'PFCOUNT missing k', 'PFDEBUG ENCODING k', 'PFDEBUG GETREG k']);
const numbers = (count: number, prefix = ''): string[] => Array.from({ length: count }, (_unused, index) => `${prefix}${index}`);
for (const count of [1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 3000, 5000, 10_000]) {
  hyperloglog.titled(`${count} elements: reply, estimate, bytes`, ['PFADD', 'h', ...numbers(count)], 'PFCOUNT h', 'STRLEN h', 'GET h', 'PFDEBUG ENCODING h', 'PFADD h 0', 'PFCOUNT h', 'GET h');
  hyperloglog.titled(`${count} elements in two, merged`, ['PFADD', 'a', ...numbers(count, 'x')], ['PFADD', 'b', ...numbers(count, 'y')], 'PFCOUNT a b', 'PFMERGE c a b', 'PFCOUNT c', 'GET c', 'PFDEBUG ENCODING c');
  hyperloglog.titled(`${count} elements, PFDEBUG`, ['PFADD', 'h', ...numbers(count, 'd')], 'PFDEBUG DECODE h', 'PFDEBUG TODENSE h', 'PFDEBUG ENCODING h', 'PFCOUNT h', 'PFDEBUG GETREG h', 'GET h');
  hyperloglog.titled(`${count} elements one by one`, ...numbers(Math.min(count, 300), 'q').map((name) => `PFADD h ${name}`), 'GET h', 'PFCOUNT h');
}
for (const limit of ['0', '10', '100', '3000', '16000']) {
  hyperloglog.with({ config: { 'hll-sparse-max-bytes': limit }, name: `hll-sparse-max-bytes ${limit}` }, ['PFADD', 'h', ...numbers(300)], 'PFDEBUG ENCODING h', 'STRLEN h', 'PFCOUNT h', 'GET h');
}
hyperloglog.each([], ['PFADD h', 'PFADD h ""', 'PFADD h a a a', 'PFADD h "\\x00" "\\xff"', 'PFADD h ${x*1000}', 'PFADD h a b c d e f g', 'PFCOUNT h', 'PFCOUNT h h h', 'PFMERGE h', 'PFMERGE h missing', 'PFMERGE h h', 'PFMERGE h a b c'], ['EXISTS h', 'PFCOUNT h', 'GET h', 'PFADD h', 'PFADD h a', 'GET h']);
const header = (encoding: string, body: string): string => `SET h "HYLL\\x${encoding}\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00${body}"`;
for (const make of ['SET h ""', 'SET h HYLL', 'SET h ${x*100}', 'SET h HYL2aaaaaaaaaaaaaaaaa', header('01', ''), header('01', '\\x7f\\xff'), header('01', '\\x00'), header('01', '\\xff\\xff\\xff'), header('01', '\\x7f'), header('02', ''), header('00', ''), header('00', 'abc'), header('03', 'abc'), header('01', '\\x80\\x7f\\xff'), header('01', '\\x7f\\xfe\\x00')]) {
  hyperloglog.each([make], ['PFADD h a', 'PFCOUNT h', 'PFMERGE d h', 'PFCOUNT h other', 'PFDEBUG DECODE h', 'PFDEBUG GETREG h', 'PFDEBUG TODENSE h', 'PFDEBUG ENCODING h'], ['GET h', 'EXISTS d']);
}
hyperloglog.each(['PFADD h a b c'], ['PFDEBUG FOO h', 'PFDEBUG ENCODING missing', 'PFDEBUG GETREG h x', 'PFDEBUG encoding h', 'SETRANGE h 4 "\\x01"', 'APPEND h hello', 'SETRANGE h 0 X', 'SETRANGE h 15 "\\xff"', 'SETRANGE h 8 "\\xff\\xff"'], ['PFCOUNT h', 'PFADD h d', 'PFCOUNT h']);
hyperloglog.add('PFADD h a b c', 'PFCOUNT h', 'PFADD h d', 'PFCOUNT h', 'EXPIRE h 100', 'PFADD h e', 'TTL h', 'PFMERGE h h', 'TTL h');
hyperloglog.titled('PFSELFTEST passes', 'PFSELFTEST');
