/**
 * An RDB file with the encodings that servers before Redis 7.0 wrote: ziplists, zipmap, the first quicklist, scores as
 * text, the first form of streams, expiries in seconds.
 */

/** A number in `width` bytes, little endian. */
function little(n: number | bigint, width: number): number[] {
  return Array.from({ length: width }, (_, at) => Number((BigInt(n) >> BigInt(8 * at)) & 255n));
}

function bytes(text: string): number[] {
  return [...Buffer.from(text, 'latin1')];
}

function length(n: number): number[] {
  if (n < 64) return [n];
  return n < 16384 ? [0x40 | (n >> 8), n & 255] : [0x80, ...little(n, 4).reverse()];
}

function string(content: readonly number[] | string): number[] {
  const own = typeof content === 'string' ? bytes(content) : content;
  return [...length(own.length), ...own];
}

/** What a ziplist holds: a text, or an integer in the shortest form that has it. */
function ziplistEntry(item: string | number): number[] {
  if (typeof item === 'string') {
    const text = bytes(item);
    if (text.length < 64) return [text.length, ...text];
    if (text.length < 16384) return [0x40 | (text.length >> 8), text.length & 255, ...text];
    return [0x80, ...little(text.length, 4).reverse(), ...text];
  }
  if (item >= 0 && item <= 12) return [0xf1 + item];
  for (const [bits, mark] of [
    [8, 0xfe],
    [16, 0xc0],
    [24, 0xf0],
    [32, 0xd0],
    [64, 0xe0],
  ] as const) {
    if (Math.abs(item) < 2 ** (bits - 1)) return [mark, ...little(item, bits / 8)];
  }
  throw new Error('out of range');
}

function ziplist(items: readonly (string | number)[]): number[] {
  const body: number[] = [];
  let previous = 0;
  let last = 10;
  for (const item of items) {
    const head = previous < 254 ? [previous] : [254, ...little(previous, 4)];
    const entry = [...head, ...ziplistEntry(item)];
    last = 10 + body.length;
    body.push(...entry);
    previous = entry.length;
  }
  return [...little(body.length + 11, 4), ...little(last, 4), ...little(items.length, 2), ...body, 255];
}

function zipmap(pairs: readonly (readonly [string, string])[]): number[] {
  const part = (text: string, room?: number): number[] => [
    ...(text.length < 254 ? [text.length] : [254, ...little(text.length, 4)]),
    ...(room === undefined ? [] : [room]),
    ...bytes(text),
    ...Array<number>(room ?? 0).fill(120),
  ];
  return [pairs.length, ...pairs.flatMap(([field, value], at) => [...part(field), ...part(value, at % 3)]), 255];
}

function intset(width: number, members: readonly number[]): number[] {
  return [...little(width, 4), ...little(members.length, 4), ...members.flatMap((n) => little(n, width))];
}

/** A stream's node of entries with the fields of the first, in the listpack's bytes. */
function streamNode(): number[] {
  const small = (n: number): number[] => [n, 1];
  const text = (content: string): number[] => [0x80 | content.length, ...bytes(content), content.length + 1];
  const elements = [
    ...[small(2), small(0), small(1), text('f'), small(0)],
    ...[small(2), small(0), small(0), text('a'), small(4)],
    ...[small(2), small(1), small(0), text('b'), small(4)],
  ];
  const body = elements.flat();
  return [...little(body.length + 7, 4), ...little(elements.length, 2), ...body, 255];
}

function id(ms: number, seq: number): number[] {
  return [...little(ms, 8).reverse(), ...little(seq, 8).reverse()];
}

function stream(): number[] {
  const group = [
    ...string('g'),
    ...[...length(5), ...length(1)],
    ...[1, ...id(5, 1), ...little(1_600_000_000_000, 8), ...length(3)],
    ...[1, ...string('c'), ...little(1_600_000_000_500, 8), 1, ...id(5, 1)],
  ];
  return [1, ...string(id(5, 1)), ...string(streamNode()), 2, ...length(6), ...length(1), 1, ...group];
}

/** The file; it says version 5, and has no checksum. */
export function oldFile(): Buffer {
  const long = 'long '.repeat(80);
  const integers = [0, 12, 13, -1, 127, -128, 128, -32768, 40_000, -9_000_000, 5_000_000_000];
  const pairs = Array.from({ length: 30 }, (_, at) => [`field ${at}`, at % 2 ? at : `value ${at}`] as const);
  const entry = (type: number, key: string, value: readonly number[]): number[] => [type, ...string(key), ...value];
  const file = [
    ...bytes('REDIS0005'),
    ...[0xfe, 0],
    ...entry(0, 'string', string('plain')),
    ...[0xfd, ...little(2_000_000_000, 4)],
    ...entry(0, 'string in seconds', [0xc1, ...little(-300, 2)]),
    ...entry(0, 'packed', [0xc3, 5, 10, 0, 97, 0xe0, 0, 0]),
    ...entry(1, 'list', [3, ...string('a'), 0xc0, 5, ...string(long)]),
    ...entry(2, 'set of integers', [3, 0xc0, 1, 0xc0, 2, ...string('70000')]),
    ...entry(2, 'set', [2, ...string('a'), ...string('b')]),
    ...entry(3, 'zset', [
      4,
      ...string('a'),
      3,
      ...bytes('1.5'),
      ...string('b'),
      254,
      ...string('c'),
      255,
      ...string('d'),
      2,
      ...bytes('-7'),
    ]),
    ...entry(4, 'hash', [2, ...string('f'), ...string('v'), ...string('n'), 0xc0, 7]),
    ...entry(
      9,
      'zipmap',
      string(
        zipmap([
          ['f', 'v'],
          ['n', '17'],
          [long, 'x'],
          ['empty', ''],
        ]),
      ),
    ),
    ...entry(10, 'list of a ziplist', string(ziplist([...integers, 'text', long, '', 'x'.repeat(300), 'after']))),
    ...entry(11, 'intset', string(intset(4, [-70_000, 1, 70_000]))),
    ...entry(12, 'zset of a ziplist', string(ziplist(['b', '-1.5', 'a', 3, 'c', 3, 'd', '0.1e2']))),
    ...entry(13, 'hash of a ziplist', string(ziplist(pairs.flat()))),
    ...entry(14, 'quicklist', [2, ...string(ziplist(['a', 1, long])), ...string(ziplist([-5, 'z']))]),
    ...entry(15, 'stream', stream()),
    255,
    ...Array<number>(8).fill(0),
  ];
  return Buffer.from(file);
}
