/**
 * Typed parameters to words, along rows of every shape that the table has.
 */

import { describe, expect, test } from 'vitest';
import { encode, type Node } from './arguments.js';

const key: Node = { k: 'value', i: 0 };
const flag = (p: string): Node => ({ k: 'flag', p, t: p.toUpperCase() });
const value = (p: string, t?: string): Node => ({ k: 'value', p, ...(t === undefined ? {} : { t }) });

const SET: readonly Node[] = [
  key,
  { k: 'value', i: 1 },
  { k: 'oneof', a: [flag('nx'), flag('xx'), value('ifeq', 'IFEQ')] },
  flag('get'),
  { k: 'oneof', a: [value('ex', 'EX'), value('px', 'PX'), flag('keepttl')] },
];
const unit: Node = { k: 'oneof', a: [flag('m'), flag('km')] };
const GEOSEARCH: readonly Node[] = [
  key,
  {
    k: 'oneof',
    i: 1,
    a: [
      value('frommember', 'FROMMEMBER'),
      { k: 'block', p: 'fromlonlat', t: 'FROMLONLAT', a: [value('longitude'), value('latitude')] },
    ],
  },
  {
    k: 'oneof',
    i: 2,
    a: [
      { k: 'block', a: [value('byradius', 'BYRADIUS'), unit] },
      { k: 'block', a: [value('bybox', 'BYBOX'), value('height'), unit] },
    ],
  },
  { k: 'block', p: 'countBlock', a: [value('count', 'COUNT'), flag('any')] },
];
const EVAL: readonly Node[] = [key, { k: 'count' }, { k: 'value', p: 'key', m: 1 }, { k: 'value', p: 'arg', m: 1 }];
const BITFIELD: readonly Node[] = [
  key,
  {
    k: 'oneof',
    p: 'operation',
    m: 1,
    a: [
      { k: 'block', p: 'get', t: 'GET', a: [value('encoding'), value('offset')] },
      {
        k: 'block',
        a: [
          { k: 'oneof', t: 'OVERFLOW', a: [flag('wrap'), flag('sat')] },
          { k: 'oneof', a: [{ k: 'block', p: 'set', t: 'SET', a: [value('e'), value('o'), value('v')] }] },
        ],
      },
    ],
  },
];

describe('options', () => {
  test('stand where the row has them, whatever their order in the object', () => {
    expect(encode(SET, ['k', 'v'], { ex: 5, get: true, nx: true })).toEqual(['k', 'v', 'NX', 'GET', 'EX', 5]);
    expect(encode(SET, ['k', 'v'], { keepttl: true, ifeq: 'old' })).toEqual(['k', 'v', 'IFEQ', 'old', 'KEEPTTL']);
  });

  test('that are absent, undefined or false leave no word', () => {
    expect(encode(SET, ['k', 'v'])).toEqual(['k', 'v']);
    expect(encode(SET, ['k', 'v'], {})).toEqual(['k', 'v']);
    expect(encode(SET, ['k', 'v'], { get: false, nx: undefined, keepttl: false })).toEqual(['k', 'v']);
  });

  test('may be zero or empty', () => {
    expect(encode(SET, ['', new Uint8Array(0)], { ex: 0 })).toEqual(['', new Uint8Array(0), 'EX', 0]);
  });
});

describe('choices', () => {
  test('between blocks are told by their properties', () => {
    expect(encode(GEOSEARCH, ['k', { frommember: 'a' }, { byradius: 5, km: true }])).toEqual([
      'k',
      'FROMMEMBER',
      'a',
      'BYRADIUS',
      5,
      'KM',
    ]);
    const box = { bybox: 5, height: 6, m: true };
    expect(encode(GEOSEARCH, ['k', { fromlonlat: [1, 2] }, box], { countBlock: { count: 3, any: true } })).toEqual([
      'k',
      'FROMLONLAT',
      1,
      2,
      'BYBOX',
      5,
      6,
      'M',
      'COUNT',
      3,
      'ANY',
    ]);
    expect(() => encode(GEOSEARCH, ['k', {}, {}])).toThrow('none of the alternatives is given');
  });

  test('between a word and a value are told by the value', () => {
    const where: Node = {
      k: 'oneof',
      i: 0,
      a: [
        { k: 'flag', t: 'LEFT' },
        { k: 'flag', t: 'RIGHT' },
      ],
    };
    expect(encode([where], ['right'])).toEqual(['right']);
  });

  test('of several operations', () => {
    const operation = [{ get: ['u8', 0] }, { sat: true, set: ['u8', 1, 300] }, { set: ['u8', 2, 1] }];
    expect(encode(BITFIELD, ['k'], { operation })).toEqual([
      'k',
      'GET',
      'u8',
      0,
      'OVERFLOW',
      'SAT',
      'SET',
      'u8',
      1,
      300,
      'SET',
      'u8',
      2,
      1,
    ]);
  });
});

describe('several values', () => {
  test('are counted where the row wants their number', () => {
    expect(encode(EVAL, ['return 1'])).toEqual(['return 1', 0]);
    expect(encode(EVAL, ['return 1'], { key: ['a', 'b'], arg: [7] })).toEqual(['return 1', 2, 'a', 'b', 7]);
  });

  test('of pairs, and behind a token each', () => {
    const pairs: Node = { k: 'block', i: 0, m: 1, a: [value('score'), value('member')] };
    expect(
      encode(
        [pairs],
        [
          [
            [1, 'a'],
            [2, 'b'],
          ],
        ],
      ),
    ).toEqual([1, 'a', 2, 'b']);
    expect(encode([{ k: 'value', p: 'get', t: 'GET', m: 2 }], [], { get: ['a', 'b'] })).toEqual([
      'GET',
      'a',
      'GET',
      'b',
    ]);
  });

  test('in a block that is nothing else', () => {
    const fields: Node = { k: 'block', i: 0, t: 'FIELDS', c: 1, a: [{ k: 'count' }, { k: 'value', p: 'field', m: 1 }] };
    expect(encode([fields], [['a', 'b']])).toEqual(['FIELDS', 2, 'a', 'b']);
  });
});
