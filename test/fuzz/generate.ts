/**
 * Random programs from the grammar: commands well formed for the most part, some of them broken on purpose.
 *
 * Values come from small pools, so that commands meet: few keys of every type, few members, boundary numbers.
 */

import type { ArgumentNode, CommandNode } from './grammar.js';
import type { Random } from './random.js';

export type Program = string[][];

/** Key names say what usually lives there; one key in six is of the wrong type on purpose. */
const KEYS: Record<string, readonly string[]> = {
  string: ['str:1', 'str:2', 'str:3'],
  list: ['list:1', 'list:2', 'list:3'],
  hash: ['hash:1', 'hash:2'],
  set: ['set:1', 'set:2', 'set:3'],
  'sorted-set': ['zset:1', 'zset:2', 'zset:3'],
  stream: ['stream:1', 'stream:2'],
  geo: ['geo:1', 'geo:2', 'zset:1'],
  bitmap: ['bits:1', 'bits:2', 'str:1'],
  hyperloglog: ['hll:1', 'hll:2', 'hll:3'],
};
const ALL_KEYS = [...new Set(Object.values(KEYS).flat())];
/** Ranges by name mean something only where all scores are equal: they go to a key of their own that has no others. */
const LEX_KEY = 'lex:1';
/** Every key that programs make, but for what a damaged command may. */
export const PROGRAM_KEYS: readonly string[] = [...ALL_KEYS, LEX_KEY];
const MEMBERS = [
  'a',
  'b',
  'c',
  'd',
  'e',
  '1',
  '2',
  '3',
  '10',
  '-5',
  '',
  'hello',
  'x'.repeat(70),
  '\x00',
  '\xff',
  'm1',
  'm2',
  '9223372036854775807',
  '1.5',
];
const INTEGERS = ['0', '1', '2', '3', '5', '10', '100', '-1', '-2', '-3', '-10', '-100'];
const BOUNDARIES = [
  '9223372036854775807',
  '-9223372036854775808',
  '9223372036854775808',
  '4294967296',
  '2147483648',
  '-2147483649',
  'abc',
  '',
  ' 1',
  '1.0',
  '01',
  '+1',
  '1e3',
  '0x1',
];
const DOUBLES = ['0', '1', '2', '3.5', '-1.5', '1e3', '10', '0.1', '-0', 'inf', '-inf', '2'];
const BAD_DOUBLES = ['nan', 'abc', '', '1e400', '0x10', '+inf', ' 1', '1..2'];
const SCORE_BOUNDS = ['-inf', '+inf', '0', '(1', '2', '(3.5', '5', '10', '(-inf', '(abc', '1'];
const LEX_BOUNDS = ['-', '+', '[a', '(a', '[c', '(d', '[hello', '[', '(', 'a', '[m1'];
const STREAM_IDS = [
  '0',
  '0-1',
  '1-1',
  '2-2',
  '3',
  '5-0',
  '7-7',
  '10-1',
  '12',
  '18446744073709551615-18446744073709551615',
  '-',
  '+',
  'x',
  '1-*',
  '20-1',
  '15-3',
];
const PATTERNS = ['*', 'str:*', '?ist:1', '[hl]*:2', '*1', 'nothing', '\\*', 'set:[^1]'];
/** Far enough that nothing expires while both servers are compared; zero and below expire at once. */
const SECONDS = ['1000', '5000', '100000', '0', '-1', '9223372036854775807', 'abc', '33177117'];
const MILLISECONDS = ['1000000', '5000000', '0', '-1', '9223372036854775807', 'x'];
const UNIX_SECONDS = ['33177117420', '33177117500', '1', '0', '-1', 'x'];
const UNIX_MILLISECONDS = ['33177117420000', '33177117500123', '1', '0', '-1', 'x'];

const BY_NAME: Record<string, readonly string[]> = {
  seconds: SECONDS,
  milliseconds: MILLISECONDS,
  'unix-time-seconds': UNIX_SECONDS,
  'unix-time-milliseconds': UNIX_MILLISECONDS,
  min: SCORE_BOUNDS,
  max: SCORE_BOUNDS,
  start: INTEGERS,
  stop: INTEGERS,
  end: INTEGERS,
  id: STREAM_IDS,
  'last-id': STREAM_IDS,
  threshold: ['0', '2', '5', '3-1', '100'],
  lastid: STREAM_IDS,
  group: ['g1', 'g2', 'nosuch'],
  groupname: ['g1', 'g2'],
  consumer: ['alice', 'bob'],
  consumername: ['alice', 'bob'],
  'min-idle-time': ['0', '100000'],
  ms: ['0', '100000'],
  milliseconds_block: ['1'],
  pattern: PATTERNS,
  cursor: ['0', '0', '0', '5', 'x'],
  member: MEMBERS,
  element: MEMBERS,
  field: ['f1', 'f2', 'f3', 'f4', '', 'n'],
  value: [...MEMBERS, '7', '-3', '42', '0.5', '12345678'],
  longitude: ['0', '13.361389', '15.087269', '-122.4', '180', '180.1', '2.35'],
  latitude: ['0', '38.115556', '37.502669', '37.77', '85.05', '86', '48.85'],
  radius: ['100', '500', '20000', '0', '-1', '1.5'],
  width: ['400', '1000'],
  height: ['400', '10'],
  offset: ['0', '1', '2', '7', '8', '15', '100', '-1', '#1'],
  bit: ['0', '1', '2'],
  encoding: ['u8', 'i8', 'u4', 'i16', 'u63', 'i64', 'u64', 'x8'],
  index: INTEGERS,
  count: ['0', '1', '2', '3', '10', '-1', '-5', '100'],
  rank: ['1', '2', '-1', '-2', '0'],
  len: ['0', '1', '3', '-1'],
  'min-match-len': ['0', '2', '4'],
  limit: ['0', '1', '2', '5', '-1'],
  increment: [...INTEGERS, '0.5', '9223372036854775807'],
  decrement: INTEGERS,
  score: DOUBLES,
  weight: ['1', '2', '0.5', '-1', 'inf', 'x'],
  'destination-db': ['0', '1', '2', '99'],
  db: ['0', '1', '2', '99', 'x'],
  index1: ['0', '1'],
  index2: ['1', '2'],
  type: ['string', 'list', 'hash', 'zset', 'set', 'stream'],
  timeout: ['0.01'],
  message: ['hi'],
  channel: ['ch'],
  pivot: MEMBERS,
  'entries-added': ['5', '100'],
  'max-deleted-id': ['0-0', '1-1'],
  'entries-read': ['0', '2', '5'],
};

/** Draws `length` commands out of `commands`. */
export function randomProgram(commands: readonly CommandNode[], random: Random, length: number): Program {
  return Array.from({ length }, () => randomCommand(random.pick(commands), random));
}

export function randomCommand(command: CommandNode, random: Random): string[] {
  const draw = new Draw(command, random);
  const args = [
    ...command.words.map((word) => (random.chance(0.05) ? word.toLowerCase() : word.toUpperCase())),
    ...draw.all(command.arguments),
  ];
  const damaged = random.chance(0.06) ? broken(args, random) : args;
  if (/^zadd$/i.test(args[0]!) && random.chance(0.2))
    return ['ZADD', LEX_KEY, '0', random.pick(MEMBERS), '0', random.pick(MEMBERS)];
  return withoutChance(byName(damaged));
}

function byName(args: string[]): string[] {
  const byLex = args.some((word) => word.toUpperCase() === 'BYLEX');
  const place = /^z\w*lex/i.test(args[0]!) ? 1 : !byLex ? 0 : /^zrangestore$/i.test(args[0]!) ? 2 : 1;
  return place > 0 && place < args.length ? args.map((word, index) => (index === place ? LEX_KEY : word)) : args;
}

/** Commands that take from chance or the clock would drive the two servers apart: SPOP always pops everything. */
function withoutChance(args: string[]): string[] {
  // An id of the server's own making is a clock.
  if (args[0]?.toUpperCase() === 'XADD') return args.map((word, index) => (word === '*' && index > 1 ? '30-1' : word));
  // Waiting is not what is tested here: whoever blocks waits a millisecond.
  if (/^xread/i.test(args[0] ?? ''))
    return args.map((word, index) => (args[index - 1]?.toUpperCase() === 'BLOCK' ? '1' : word));
  // Billions that the reference would take at their word: 256 MB bitmaps, replies of two thousand million members.
  if (/^(setbit|bitfield|setrange|[sz]randmember|hrandfield)$/i.test(args[0] ?? ''))
    return args.map((word) => (/^#?-?(214748364\d|4294967296)$/.test(word) ? word.replace(/\d{7}$/, '') : word));
  if (args[0]?.toUpperCase() === 'SPOP' && args.length <= 3) return [args[0], args[1] ?? 'set:1', '1000'];
  return args;
}

/** One small damage: an argument too few, too many, twice, or exchanged. */
function broken(args: string[], random: Random): string[] {
  const at = 1 + random.below(Math.max(1, args.length - 1));
  switch (random.below(5)) {
    case 0:
      return args.slice(0, at);
    case 1:
      return [...args, random.pick(MEMBERS)];
    case 2:
      return [...args.slice(0, at), ...args.slice(Math.max(1, at - 1))];
    case 3:
      return args.map((word, index) => (index === at ? random.pick(BOUNDARIES) : word));
    default:
      return [...args.slice(0, at), random.pick(['FOO', 'NX', 'COUNT', 'LIMIT', 'WITHSCORES', '']), ...args.slice(at)];
  }
}

class Draw {
  private pendingKeys: number | undefined;

  constructor(
    private readonly command: CommandNode,
    private readonly random: Random,
  ) {}

  all(nodes: readonly ArgumentNode[]): string[] {
    return nodes.flatMap((node) => this.one(node));
  }

  private one(node: ArgumentNode): string[] {
    if (node.optional && !this.random.chance(0.3)) return [];
    const rounds = node.multiple ? this.rounds(node) : 1;
    const words: string[] = [];
    for (let round = 0; round < rounds; round += 1) {
      if (node.token && node.token !== '""' && node.type !== 'pure-token' && (round === 0 || node.multipleToken))
        words.push(node.token);
      words.push(...this.element(node));
    }
    return words;
  }

  private rounds(node: ArgumentNode): number {
    if (node.type === 'key' && this.pendingKeys !== undefined) return this.pendingKeys;
    if (node.name === 'weight' && this.pendingKeys !== undefined && this.random.chance(0.9)) return this.pendingKeys;
    return 1 + this.random.below(3);
  }

  private element(node: ArgumentNode): string[] {
    if (node.type === 'oneof')
      return node.children.length ? this.one({ ...this.random.pick(node.children), optional: false }) : [];
    if (node.type === 'block') return this.all(node.children);
    if (node.type === 'pure-token') return [node.token === '""' ? '' : node.token!];
    return [this.scalar(node)];
  }

  private scalar(node: ArgumentNode): string {
    const { random } = this;
    if (node.type === 'key') return this.key();
    if (node.name === 'numkeys') {
      this.pendingKeys = 1 + random.below(3);
      return random.chance(0.95) ? String(this.pendingKeys) : random.pick(['0', '-1', 'x', '5']);
    }
    if (random.chance(0.03)) return random.pick(node.type === 'double' ? BAD_DOUBLES : BOUNDARIES);
    const pool = this.pool(node);
    return random.pick(pool);
  }

  private pool(node: ArgumentNode): readonly string[] {
    const name = this.command.words.join(' ').toLowerCase();
    if (/^z.*lex|^zlexcount/.test(name) && /^(min|max|start|stop)$/.test(node.name)) return LEX_BOUNDS;
    if (/^(zrange|zrangestore)$/.test(name) && /^(min|max|start|stop)$/.test(node.name))
      return this.random.pick([INTEGERS, INTEGERS, SCORE_BOUNDS, LEX_BOUNDS]);
    if (/^x(range|revrange|pending|autoclaim)/.test(name) && /^(start|end)$/.test(node.name)) return STREAM_IDS;
    if (name === 'setbit' && node.name === 'value') return ['0', '1', '1', '2'];
    if (/^(setbit|setrange|getbit)$/.test(name) && node.name === 'offset')
      return ['0', '1', '7', '8', '100', '-1', '1000'];
    if (/^x/.test(name) && node.type === 'integer' && node.name === 'milliseconds') return ['1'];
    const named = Object.hasOwn(BY_NAME, node.name) ? BY_NAME[node.name] : undefined;
    if (named) return named;
    if (node.type === 'integer') return INTEGERS;
    if (node.type === 'double') return DOUBLES;
    if (node.type === 'unix-time')
      return name.startsWith('p') || node.token?.startsWith('PX') ? UNIX_MILLISECONDS : UNIX_SECONDS;
    return MEMBERS;
  }

  private key(): string {
    const own = KEYS[this.command.group];
    return own && this.random.chance(0.85) ? this.random.pick(own) : this.random.pick(ALL_KEYS);
  }
}
