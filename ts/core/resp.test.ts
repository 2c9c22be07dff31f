/** The reply parser: every type, every cut between chunks, and what is not RESP. */
import { describe, expect, it } from 'vitest';
import { encodeCommand, parseReplies, ProtocolError, ReplyParser, type Reply } from './resp.js';

const one = (wire: string): Reply => {
  const replies = parseReplies(Buffer.from(wire, 'latin1'));
  expect(replies).toHaveLength(1);
  return replies[0] as Reply;
};
const text = (s: string) => Buffer.from(s, 'latin1');

/** Deterministic random numbers in [0, 1), so that a failing seed can be run again. */
function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A random reply of bounded depth, as wire bytes and as the value they mean. */
function randomReply(random: () => number, depth: number): { wire: Buffer; value: Reply } {
  const pick = Math.floor(random() * (depth > 0 ? 14 : 10));
  const bytes = Buffer.from(Array.from({ length: Math.floor(random() * 40) }, () => Math.floor(random() * 256)));
  const line = Buffer.from(bytes.toString('hex'));
  const wrap = (head: string, body: Buffer, tail = '\r\n') => Buffer.concat([text(head), body, text(tail)]);
  switch (pick) {
    case 0:
      return { wire: wrap('+', line), value: { kind: 'status', text: line } };
    case 1:
      return { wire: wrap('-', line), value: { kind: 'error', text: line } };
    case 2: {
      const value = BigInt.asIntN(64, BigInt(Math.floor(random() * 2 ** 53)) * (random() < 0.5 ? -4096n : 3n));
      const narrow = Number(value);
      return {
        wire: text(`:${value}\r\n`),
        value: { kind: 'integer', value: Number.isSafeInteger(narrow) ? narrow : value },
      };
    }
    case 3: {
      const value = (random() - 0.5) * 1e6;
      return { wire: text(`,${value}\r\n`), value: { kind: 'double', value, text: text(String(value)) } };
    }
    case 4:
      return { wire: text('_\r\n'), value: { kind: 'null' } };
    case 5:
      return { wire: text('#t\r\n'), value: { kind: 'boolean', value: true } };
    case 6:
      return {
        wire: text('(-12345678901234567890123\r\n'),
        value: { kind: 'bignum', value: -12345678901234567890123n },
      };
    case 7:
      return { wire: wrap(`$${bytes.length}\r\n`, bytes), value: { kind: 'bulk', text: bytes } };
    case 8:
      return {
        wire: wrap(`=${bytes.length + 4}\r\nmkd:`, bytes),
        value: { kind: 'verbatim', format: 'mkd', text: bytes },
      };
    case 9:
      return { wire: wrap(`!${bytes.length}\r\n`, bytes), value: { kind: 'error', text: bytes } };
    default: {
      const kind = (['array', 'set', 'push', 'map'] as const)[pick - 10]!;
      const count = Math.floor(random() * 4);
      const parts = Array.from({ length: kind === 'map' ? count * 2 : count }, () => randomReply(random, depth - 1));
      const head = text(`${{ array: '*', set: '~', push: '>', map: '%' }[kind]}${count}\r\n`);
      return {
        wire: Buffer.concat([head, ...parts.map((p) => p.wire)]),
        value: { kind, items: parts.map((p) => p.value) },
      };
    }
  }
}

describe('values', () => {
  it.each<[string, Reply]>([
    ['+OK\r\n', { kind: 'status', text: text('OK') }],
    ['+\r\n', { kind: 'status', text: text('') }],
    ['-ERR no\r\n', { kind: 'error', text: text('ERR no') }],
    [':-0\r\n', { kind: 'integer', value: 0 }],
    [':9223372036854775807\r\n', { kind: 'integer', value: 9223372036854775807n }],
    [':18446744073709551615\r\n', { kind: 'integer', value: 18446744073709551615n }],
    [':-9007199254740991\r\n', { kind: 'integer', value: -9007199254740991 }],
    ['$0\r\n\r\n', { kind: 'bulk', text: text('') }],
    ['$4\r\n\r\n\x00\xff\r\n', { kind: 'bulk', text: text('\r\n\x00\xff') }],
    ['$-1\r\n', { kind: 'null' }],
    ['*-1\r\n', { kind: 'null' }],
    ['_\r\n', { kind: 'null' }],
    ['#f\r\n', { kind: 'boolean', value: false }],
    [',-inf\r\n', { kind: 'double', value: -Infinity, text: text('-inf') }],
    [',nan\r\n', { kind: 'double', value: NaN, text: text('nan') }],
    [',1e-7\r\n', { kind: 'double', value: 1e-7, text: text('1e-7') }],
    ['(-42\r\n', { kind: 'bignum', value: -42n }],
    ['=7\r\ntxt:abc\r\n', { kind: 'verbatim', format: 'txt', text: text('abc') }],
    ['!5\r\nERR x\r\n', { kind: 'error', text: text('ERR x') }],
    [
      '%1\r\n+k\r\n*0\r\n',
      {
        kind: 'map',
        items: [
          { kind: 'status', text: text('k') },
          { kind: 'array', items: [] },
        ],
      },
    ],
    [
      '|1\r\n+ttl\r\n:9\r\n+OK\r\n',
      {
        kind: 'status',
        text: text('OK'),
        attributes: [
          { kind: 'status', text: text('ttl') },
          { kind: 'integer', value: 9 },
        ],
      },
    ],
    [
      '*2\r\n|1\r\n+a\r\n:1\r\n:2\r\n:3\r\n',
      {
        kind: 'array',
        items: [
          {
            kind: 'integer',
            value: 2,
            attributes: [
              { kind: 'status', text: text('a') },
              { kind: 'integer', value: 1 },
            ],
          },
          { kind: 'integer', value: 3 },
        ],
      },
    ],
    ['|0\r\n+OK\r\n', { kind: 'status', text: text('OK') }],
  ])('%j', (wire, expected) => {
    expect(one(wire)).toEqual(expected);
  });

  it('keeps the attributes of an aggregate on the aggregate', () => {
    const reply = one('|1\r\n+a\r\n:1\r\n*1\r\n:5\r\n');
    expect(reply).toMatchObject({ kind: 'array', attributes: [{ kind: 'status' }, { kind: 'integer', value: 1 }] });
  });
});

describe('what is not RESP', () => {
  it.each([
    '?\r\n',
    ':\r\n',
    ':1x\r\n',
    ':18446744073709551616\r\n',
    ':-9223372036854775809\r\n',
    '#x\r\n',
    '_x\r\n',
    ',1.2.3\r\n',
    '(1.5\r\n',
    '$-2\r\n',
    '$3\r\nabcd\r\n',
    '$99999999999\r\n',
    '*-2\r\n',
    '%-1\r\n',
    '=-1\r\n',
    '=2\r\nab\r\n',
    '*?\r\n',
    '+a\n',
    '*4294967296\r\n',
    '*1\r\n'.repeat(2000),
  ])('%j', (wire) => {
    expect(() => parseReplies(Buffer.from(wire))).toThrow(ProtocolError);
  });

  it('stays refused after the fault, and has emitted what came before', () => {
    const replies: Reply[] = [];
    const parser = new ReplyParser((reply) => replies.push(reply));
    expect(() => parser.feed(Buffer.from('+OK\r\n?\r\n+OK\r\n'))).toThrow('got "?" as reply type byte');
    expect(replies).toHaveLength(1);
    expect(() => parser.feed(Buffer.from('+OK\r\n'))).toThrow(ProtocolError);
  });

  it('refuses an endless line without a newline', () => {
    const parser = new ReplyParser(() => undefined);
    const chunk = Buffer.alloc(1 << 16, 0x61);
    parser.feed(Buffer.from('+'));
    expect(() => {
      for (let i = 0; i < 64; i++) parser.feed(chunk);
    }).toThrow(ProtocolError);
  });
});

describe('chunks', () => {
  it('gives the same replies for every random cut', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const random = mulberry(seed);
      const made = Array.from({ length: 1 + Math.floor(random() * 5) }, () => randomReply(random, 3));
      const wire = Buffer.concat(made.map((m) => m.wire));
      const replies: Reply[] = [];
      const parser = new ReplyParser((reply) => replies.push(reply));
      for (let at = 0; at < wire.length;) {
        const next = Math.min(wire.length, at + 1 + Math.floor(random() * random() * 60));
        parser.feed(wire.subarray(at, next));
        at = next;
      }
      expect(replies, `seed ${seed}`).toEqual(made.map((m) => m.value));
      expect(parser.bufferedBytes).toBe(0);
    }
  });

  it('takes a byte at a time', () => {
    const random = mulberry(7);
    const made = Array.from({ length: 50 }, () => randomReply(random, 4));
    const replies: Reply[] = [];
    const parser = new ReplyParser((reply) => replies.push(reply));
    for (const byte of Buffer.concat(made.map((m) => m.wire))) parser.feed(Buffer.from([byte]));
    expect(replies).toEqual(made.map((m) => m.value));
  });

  it('never throws anything but ProtocolError on damaged bytes', () => {
    for (let seed = 1; seed <= 500; seed++) {
      const random = mulberry(seed * 31);
      const wire = Buffer.from(randomReply(random, 3).wire);
      for (let i = 0; i < 3; i++) wire[Math.floor(random() * wire.length)] = Math.floor(random() * 256);
      try {
        parseReplies(wire);
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError);
      }
    }
  });

  it('assembles a large payload from many chunks without quadratic copying', () => {
    const payload = Buffer.alloc(64 << 20, 0x78);
    const wire = Buffer.concat([text(`$${payload.length}\r\n`), payload, text('\r\n')]);
    let length = 0;
    const parser = new ReplyParser((reply) => {
      if (reply.kind === 'bulk') length = reply.text.length;
    });
    for (let at = 0; at < wire.length; at += 16384) parser.feed(wire.subarray(at, at + 16384));
    expect(length).toBe(payload.length);
  });
});

describe('commands', () => {
  it('encodes text as UTF-8 and bytes as they are', () => {
    expect(encodeCommand(['SET', 'é', Buffer.from([0, 255])])).toEqual(
      Buffer.concat([text('*3\r\n$3\r\nSET\r\n$2\r\n\xc3\xa9\r\n$2\r\n'), Buffer.from([0, 255]), text('\r\n')]),
    );
  });
});
