/**
 * Resident bytes an element of large collections, and a key of small ones, each in a fresh server.
 */

import { eachKind } from '../rounds.mjs';
import { kinds } from '../servers.mjs';
import { summary } from '../statistics.mjs';
import { bytesEach } from './memory.mjs';

const digits = (n, width) => String(n).padStart(width, '0');

/** Commands that give a large collection `count` elements, a hundred at a time. */
function large(verb, item) {
  return function* commands(count) {
    for (let n = 0; n < count; n += 100) {
      const words = [];
      for (let each = n; each < n + 100; each += 1) words.push(...item(each));
      yield [verb, 'collection', ...words];
    }
  };
}

function* stream(count) {
  for (let n = 0; n < count; n += 1) yield ['XADD', 'collection', '*', 'field', n];
}

function* smallHashes(count) {
  for (let n = 0; n < count; n += 1) {
    const fields = Array.from({ length: 10 }, (_, at) => [`field:${at}`, `value:${digits(n % 1e6, 6)}`]);
    yield ['HSET', `hash:${digits(n, 11)}`, ...fields.flat()];
  }
}

function* smallSortedSets(count) {
  for (let n = 0; n < count; n += 1) {
    const members = Array.from({ length: 100 }, (_, at) => [at * 1000 + (n % 1000), `member:${digits(at, 3)}`]);
    yield ['ZADD', `zset:${digits(n, 11)}`, ...members.flat()];
  }
}

const SHAPES = {
  hash: { title: 'hash of 500 k fields (16 B / 16 B), bytes a field', max: 62, count: 500_000 },
  set: { title: 'set of 500 k members of 17 B, bytes a member', max: 36, count: 500_000 },
  zset: { title: 'sorted set of 500 k members of 17 B, bytes a member', max: 64, count: 500_000 },
  list: { title: 'list of 500 k elements of 15 B, bytes an element', max: 18, count: 500_000 },
  stream: { title: 'stream of 500 k entries of one number, bytes an entry', max: 16, count: 500_000 },
  smallHash: { title: 'hash of 10 fields, bytes a key', max: 300, count: 100_000 },
  smallZset: { title: 'sorted set of 100 members, bytes a key', max: 1850, count: 20_000 },
};

const FILLS = {
  hash: large('HSET', (n) => [`field:${digits(n, 10)}`, `value:${digits(n, 10)}`]),
  set: large('SADD', (n) => [`member:${digits(n, 10)}`]),
  zset: large('ZADD', (n) => [n, `member:${digits(n, 10)}`]),
  list: large('RPUSH', (n) => [`element:${digits(n, 7)}`]),
  stream,
  smallHash: smallHashes,
  smallZset: smallSortedSets,
};

export const elements = {
  rows: Object.entries(SHAPES).map(([shape, { title, max, count }]) => ({
    name: `elements.${shape}`,
    title,
    unit: 'B',
    max,
    shape,
    count,
  })),
  async measure(wanted, options) {
    const results = [];
    for (const row of wanted) {
      const measure = (kind) =>
        bytesEach(kind, options, row.count, (client, count) => client.fill(FILLS[row.shape](count)));
      results.push(await eachKind(row, kinds(options), async (kind) => summary([await measure(kind)])));
    }
    return results;
  },
};
