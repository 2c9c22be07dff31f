/** SORT and SORT_RO: numbers, words, BY and GET patterns, limits, STORE. */

import { Family, by } from '../case.js';
import { combinations } from './torture.js';

export const sort = new Family('sort');

const DATA = ['RPUSH l 3 1 2 10 -5', 'RPUSH w banana Apple cherry apple 10 9', 'SADD s 5 1 9 3', 'ZADD z 3 7 1 8 2 9', 'RPUSH mixed 1 a 2', 'RPUSH f 1.5 -0.5 1e2 inf', 'MSET w_1 30 w_2 20 w_3 10 w_10 5 w_-5 x', 'MSET o_1 one o_2 two o_3 three o_5 five o_7 seven o_8 eight o_9 nine o_-5 minus', 'HSET h_1 n 9 t first', 'HSET h_2 n 8 t second', 'HSET h_3 n 7', 'RPUSH empties "" a ""'];
for (const [key, order, alpha, limit] of combinations(['l', 'w', 's', 'z', 'mixed', 'f', 'missing', 'empties'], ['', 'ASC', 'DESC'], ['', 'ALPHA'], ['', 'LIMIT 0 2', 'LIMIT 1 -1', 'LIMIT -1 2', 'LIMIT 10 5', 'LIMIT 1 0'])) {
  sort.add(...DATA, `SORT ${key} ${limit} ${order} ${alpha}`, `SORT_RO ${key} ${order} ${alpha} ${limit}`);
}
for (const [key, pattern, get, order] of combinations(['l', 's', 'z'], ['BY w_*', 'BY h_*->n', 'BY nosuch_*', 'BY o_* ALPHA', 'BY h_*->nosuch', 'BY *'], ['', 'GET #', 'GET o_*', 'GET # GET o_* GET h_*->t', 'GET nosuch', 'GET h_*->'], ['', 'DESC', 'LIMIT 0 2'])) {
  sort.add(...DATA, `SORT ${key} ${pattern} ${get} ${order}`, `SORT ${key} ${pattern} ${get} ${order} STORE d`, 'LRANGE d 0 -1', 'TYPE d');
}
for (const key of ['l', 'z']) for (const tail of ['BY nosort', 'BY nosort DESC', 'BY nosort LIMIT 1 2', 'BY nosort DESC LIMIT 0 2', 'BY nosort GET #', 'BY nosort STORE d']) sort.add(...DATA, `SORT ${key} ${tail}`, 'LRANGE d 0 -1');
sort.add(...DATA, by('unordered', 'SORT s BY nosort'), by('unordered', 'SORT s BY nosort GET # GET o_*'), 'SORT s BY nosort STORE d', 'LRANGE d 0 -1');
sort.each(DATA, ['SORT l FOO', 'SORT l BY', 'SORT l GET', 'SORT l LIMIT 1', 'SORT l LIMIT a b', 'SORT l STORE', 'SORT l STORE d STORE e', 'SORT_RO l STORE d', 'SORT l ASC DESC', 'SORT l BY w_* BY h_*->n', 'SORT l LIMIT 0 1 LIMIT 1 1', 'SORT h_1', 'SORT o_1', 'SORT mixed', 'SORT l BY w_* GET # GET #', 'SORT l get # by w_* desc alpha', 'SORT missing STORE l', 'SORT l STORE l', 'SORT l STORE o_1', 'SORT w', 'SORT l BY w_', 'SORT l GET w_', 'SORT l LIMIT 9223372036854775807 1', 'SORT l LIMIT 0 9223372036854775807', 'SORT l LIMIT -5 -5'], ['LRANGE l 0 -1', 'TYPE d', 'TYPE o_1', 'LRANGE d 0 -1']);
sort.titled('a long list', ['RPUSH', 'long', ...Array.from({ length: 500 }, (_unused, index) => String((index * 7919) % 1009))], 'SORT long', 'SORT long DESC LIMIT 100 20', 'SORT long ALPHA LIMIT 0 30', 'SORT long STORE d', 'LLEN d', 'OBJECT ENCODING d');
sort.each(DATA, ['SORT_RO l BY w_* GET # GET o_*', 'SORT_RO z BY h_*->n DESC GET h_*->t', 'SORT_RO l BY nosort', 'SORT_RO l GET nosuch LIMIT 0 2', 'SORT_RO w ALPHA DESC']);
