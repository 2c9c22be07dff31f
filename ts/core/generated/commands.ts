/**
 * A typed method for every row of the command table. Written by `node tools/commands.mjs`; changes belong into the rows.
 */

import { type Argument, encode, type Key, type Node, type Numeric, type OneOf } from '../arguments.js';

/** The rows by the names that the table knows, in the order of `Commands.ids`. */
export const COMMAND_NAMES: readonly string[] = [
  'append',
  'config|get',
  'config|help',
  'config|resetstat',
  'config|rewrite',
  'config|set',
  'copy',
  'decr',
  'decrby',
  'del',
  'delex',
  'delifeq',
  'digest',
  'echo',
  'exists',
  'expire',
  'expireat',
  'expiretime',
  'get',
  'getdel',
  'getex',
  'getrange',
  'getset',
  'incr',
  'incrby',
  'incrbyfloat',
  'increx',
  'keys',
  'lcs',
  'memory',
  'memory|help',
  'memory|usage',
  'mget',
  'move',
  'mset',
  'msetex',
  'msetnx',
  'object',
  'object|encoding',
  'object|freq',
  'object|help',
  'object|idletime',
  'object|refcount',
  'persist',
  'pexpire',
  'pexpireat',
  'pexpiretime',
  'ping',
  'psetex',
  'pttl',
  'randomkey',
  'rename',
  'renamenx',
  'scan',
  'select',
  'set',
  'setex',
  'setnx',
  'setrange',
  'shutdown',
  'strlen',
  'substr',
  'touch',
  'ttl',
  'type',
  'unlink',
];

const CONFIG_SET_NODES: readonly Node[] = [
  {
    k: 'block',
    i: 0,
    m: 1,
    a: [
      { k: 'value', p: 'parameter' },
      { k: 'value', p: 'value' },
    ],
  },
];

/** Options of COPY. */
export type CopyOptions = { readonly db?: Numeric; readonly replace?: boolean };

const COPY_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
  { k: 'value', p: 'db', t: 'DB' },
  { k: 'flag', p: 'replace', t: 'REPLACE' },
];

/** Options of DELEX. */
export type DelexOptions = Partial<
  OneOf<
    | { readonly ifeq: Argument }
    | { readonly ifne: Argument }
    | { readonly ifdeq: Argument }
    | { readonly ifdne: Argument }
  >
>;

const DELEX_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  {
    k: 'oneof',
    a: [
      { k: 'value', p: 'ifeq', t: 'IFEQ' },
      { k: 'value', p: 'ifne', t: 'IFNE' },
      { k: 'value', p: 'ifdeq', t: 'IFDEQ' },
      { k: 'value', p: 'ifdne', t: 'IFDNE' },
    ],
  },
];

/** Options of EXPIRE. */
export type ExpireOptions = Partial<
  OneOf<{ readonly nx: boolean } | { readonly xx: boolean } | { readonly gt: boolean } | { readonly lt: boolean }>
>;

const EXPIRE_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
  {
    k: 'oneof',
    a: [
      { k: 'flag', p: 'nx', t: 'NX' },
      { k: 'flag', p: 'xx', t: 'XX' },
      { k: 'flag', p: 'gt', t: 'GT' },
      { k: 'flag', p: 'lt', t: 'LT' },
    ],
  },
];

/** Options of EXPIREAT. */
export type ExpireatOptions = Partial<
  OneOf<{ readonly nx: boolean } | { readonly xx: boolean } | { readonly gt: boolean } | { readonly lt: boolean }>
>;

const EXPIREAT_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
  {
    k: 'oneof',
    a: [
      { k: 'flag', p: 'nx', t: 'NX' },
      { k: 'flag', p: 'xx', t: 'XX' },
      { k: 'flag', p: 'gt', t: 'GT' },
      { k: 'flag', p: 'lt', t: 'LT' },
    ],
  },
];

/** Options of GETEX. */
export type GetexOptions = Partial<
  OneOf<
    | { readonly ex: Numeric }
    | { readonly px: Numeric }
    | { readonly exat: Numeric }
    | { readonly pxat: Numeric }
    | { readonly persist: boolean }
  >
>;

const GETEX_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  {
    k: 'oneof',
    a: [
      { k: 'value', p: 'ex', t: 'EX' },
      { k: 'value', p: 'px', t: 'PX' },
      { k: 'value', p: 'exat', t: 'EXAT' },
      { k: 'value', p: 'pxat', t: 'PXAT' },
      { k: 'flag', p: 'persist', t: 'PERSIST' },
    ],
  },
];

/** Options of INCREX. */
export type IncrexOptions = {
  readonly lbound?: Numeric;
  readonly ubound?: Numeric;
  readonly saturate?: boolean;
  readonly enx?: boolean;
} & Partial<OneOf<{ readonly byfloat: Numeric } | { readonly byint: Numeric }>> &
  Partial<
    OneOf<
      | { readonly ex: Numeric }
      | { readonly px: Numeric }
      | { readonly exat: Numeric }
      | { readonly pxat: Numeric }
      | { readonly persist: boolean }
    >
  >;

const INCREX_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  {
    k: 'oneof',
    a: [
      { k: 'value', p: 'byfloat', t: 'BYFLOAT' },
      { k: 'value', p: 'byint', t: 'BYINT' },
    ],
  },
  { k: 'value', p: 'lbound', t: 'LBOUND' },
  { k: 'value', p: 'ubound', t: 'UBOUND' },
  { k: 'flag', p: 'saturate', t: 'SATURATE' },
  {
    k: 'oneof',
    a: [
      { k: 'value', p: 'ex', t: 'EX' },
      { k: 'value', p: 'px', t: 'PX' },
      { k: 'value', p: 'exat', t: 'EXAT' },
      { k: 'value', p: 'pxat', t: 'PXAT' },
      { k: 'flag', p: 'persist', t: 'PERSIST' },
    ],
  },
  { k: 'flag', p: 'enx', t: 'ENX' },
];

/** Options of LCS. */
export type LcsOptions = {
  readonly len?: boolean;
  readonly idx?: boolean;
  readonly minmatchlen?: Numeric;
  readonly withmatchlen?: boolean;
};

const LCS_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
  { k: 'flag', p: 'len', t: 'LEN' },
  { k: 'flag', p: 'idx', t: 'IDX' },
  { k: 'value', p: 'minmatchlen', t: 'MINMATCHLEN' },
  { k: 'flag', p: 'withmatchlen', t: 'WITHMATCHLEN' },
];

/** Options of MEMORY USAGE. */
export type MemoryUsageOptions = { readonly samples?: Numeric };

const MEMORY_USAGE_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', p: 'samples', t: 'SAMPLES' },
];

const MSET_NODES: readonly Node[] = [
  {
    k: 'block',
    i: 0,
    m: 1,
    a: [
      { k: 'value', p: 'key' },
      { k: 'value', p: 'value' },
    ],
  },
];

/** Options of MSETEX. */
export type MsetexOptions = Partial<OneOf<{ readonly nx: boolean } | { readonly xx: boolean }>> &
  Partial<
    OneOf<
      | { readonly ex: Numeric }
      | { readonly px: Numeric }
      | { readonly exat: Numeric }
      | { readonly pxat: Numeric }
      | { readonly keepttl: boolean }
    >
  >;

const MSETEX_NODES: readonly Node[] = [
  { k: 'count' },
  {
    k: 'block',
    i: 0,
    m: 1,
    a: [
      { k: 'value', p: 'key' },
      { k: 'value', p: 'value' },
    ],
  },
  {
    k: 'oneof',
    a: [
      { k: 'flag', p: 'nx', t: 'NX' },
      { k: 'flag', p: 'xx', t: 'XX' },
    ],
  },
  {
    k: 'oneof',
    a: [
      { k: 'value', p: 'ex', t: 'EX' },
      { k: 'value', p: 'px', t: 'PX' },
      { k: 'value', p: 'exat', t: 'EXAT' },
      { k: 'value', p: 'pxat', t: 'PXAT' },
      { k: 'flag', p: 'keepttl', t: 'KEEPTTL' },
    ],
  },
];

const MSETNX_NODES: readonly Node[] = [
  {
    k: 'block',
    i: 0,
    m: 1,
    a: [
      { k: 'value', p: 'key' },
      { k: 'value', p: 'value' },
    ],
  },
];

/** Options of PEXPIRE. */
export type PexpireOptions = Partial<
  OneOf<{ readonly nx: boolean } | { readonly xx: boolean } | { readonly gt: boolean } | { readonly lt: boolean }>
>;

const PEXPIRE_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
  {
    k: 'oneof',
    a: [
      { k: 'flag', p: 'nx', t: 'NX' },
      { k: 'flag', p: 'xx', t: 'XX' },
      { k: 'flag', p: 'gt', t: 'GT' },
      { k: 'flag', p: 'lt', t: 'LT' },
    ],
  },
];

/** Options of PEXPIREAT. */
export type PexpireatOptions = Partial<
  OneOf<{ readonly nx: boolean } | { readonly xx: boolean } | { readonly gt: boolean } | { readonly lt: boolean }>
>;

const PEXPIREAT_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
  {
    k: 'oneof',
    a: [
      { k: 'flag', p: 'nx', t: 'NX' },
      { k: 'flag', p: 'xx', t: 'XX' },
      { k: 'flag', p: 'gt', t: 'GT' },
      { k: 'flag', p: 'lt', t: 'LT' },
    ],
  },
];

const PING_NODES: readonly Node[] = [{ k: 'value', i: 0 }];

/** Options of SCAN. */
export type ScanOptions = { readonly match?: Argument; readonly count?: Numeric; readonly type?: Argument };

const SCAN_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', p: 'match', t: 'MATCH' },
  { k: 'value', p: 'count', t: 'COUNT' },
  { k: 'value', p: 'type', t: 'TYPE' },
];

/** Options of SET. */
export type SetOptions = { readonly get?: boolean } & Partial<
  OneOf<
    | { readonly nx: boolean }
    | { readonly xx: boolean }
    | { readonly ifeq: Argument }
    | { readonly ifne: Argument }
    | { readonly ifdeq: Argument }
    | { readonly ifdne: Argument }
  >
> &
  Partial<
    OneOf<
      | { readonly ex: Numeric }
      | { readonly px: Numeric }
      | { readonly exat: Numeric }
      | { readonly pxat: Numeric }
      | { readonly keepttl: boolean }
    >
  >;

const SET_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
  {
    k: 'oneof',
    a: [
      { k: 'flag', p: 'nx', t: 'NX' },
      { k: 'flag', p: 'xx', t: 'XX' },
      { k: 'value', p: 'ifeq', t: 'IFEQ' },
      { k: 'value', p: 'ifne', t: 'IFNE' },
      { k: 'value', p: 'ifdeq', t: 'IFDEQ' },
      { k: 'value', p: 'ifdne', t: 'IFDNE' },
    ],
  },
  { k: 'flag', p: 'get', t: 'GET' },
  {
    k: 'oneof',
    a: [
      { k: 'value', p: 'ex', t: 'EX' },
      { k: 'value', p: 'px', t: 'PX' },
      { k: 'value', p: 'exat', t: 'EXAT' },
      { k: 'value', p: 'pxat', t: 'PXAT' },
      { k: 'flag', p: 'keepttl', t: 'KEEPTTL' },
    ],
  },
];

/** Options of SHUTDOWN. */
export type ShutdownOptions = {
  readonly abortSelector?:
    | ({ readonly now?: boolean; readonly force?: boolean } & Partial<
        OneOf<{ readonly nosave: boolean } | { readonly save: boolean }>
      >)
    | 'ABORT'
    | 'abort';
};

const SHUTDOWN_NODES: readonly Node[] = [
  {
    k: 'oneof',
    p: 'abortSelector',
    a: [
      {
        k: 'block',
        a: [
          {
            k: 'oneof',
            a: [
              { k: 'flag', p: 'nosave', t: 'NOSAVE' },
              { k: 'flag', p: 'save', t: 'SAVE' },
            ],
          },
          { k: 'flag', p: 'now', t: 'NOW' },
          { k: 'flag', p: 'force', t: 'FORCE' },
        ],
      },
      { k: 'flag', p: 'abort', t: 'ABORT' },
    ],
  },
];

/** Every command as a method; where it goes is the affair of the class that extends this one. */
export abstract class Commands {
  /** What `send` calls a command, in the order of `COMMAND_NAMES`. */
  protected abstract readonly ids: ArrayLike<number>;
  /** Runs a command; strings in the reply are strings. */
  protected abstract readonly send: (id: number, ...args: Argument[]) => unknown;
  /** Runs a command; strings in the reply are Buffers. */
  protected abstract readonly sendBuffer: (id: number, ...args: Argument[]) => unknown;

  /**
   * APPEND: Appends a string to the value of a key. Creates the key if it doesn't exist.
   *
   * Complexity: O(1). The amortized time complexity is O(1) assuming the appended value is small and the already present value is of any size, since the dynamic string library used by the server will double the free space available on every reallocation.
   */
  append(key: Key, value: Argument): number {
    return this.send(this.ids[0] as number, key, value) as number;
  }

  /**
   * CONFIG GET: Returns the effective values of configuration parameters.
   *
   * Complexity: O(N) when N is the number of configuration parameters provided
   */
  configGet(...parameter: readonly Argument[]): Map<string, string> {
    return this.send(this.ids[1] as number, ...parameter) as Map<string, string>;
  }

  /**
   * CONFIG GET: Returns the effective values of configuration parameters. Strings are Buffers.
   */
  configGetBuffer(...parameter: readonly Argument[]): Map<Buffer, Buffer> {
    return this.sendBuffer(this.ids[1] as number, ...parameter) as Map<Buffer, Buffer>;
  }

  /**
   * CONFIG HELP: Returns helpful text about the different subcommands.
   *
   * Complexity: O(1)
   */
  configHelp(): string[] {
    return this.send(this.ids[2] as number) as string[];
  }

  /**
   * CONFIG HELP: Returns helpful text about the different subcommands. Strings are Buffers.
   */
  configHelpBuffer(): Buffer[] {
    return this.sendBuffer(this.ids[2] as number) as Buffer[];
  }

  /**
   * CONFIG RESETSTAT: Resets the server's statistics.
   *
   * Complexity: O(1)
   */
  configResetstat(): 'OK' {
    return this.send(this.ids[3] as number) as 'OK';
  }

  /**
   * CONFIG REWRITE: Persists the effective configuration to file.
   *
   * Complexity: O(1)
   */
  configRewrite(): 'OK' {
    return this.send(this.ids[4] as number) as 'OK';
  }

  /**
   * CONFIG SET: Sets configuration parameters in-flight.
   *
   * Complexity: O(N) when N is the number of configuration parameters provided
   */
  configSet(...data: readonly (readonly [parameter: Argument, value: Argument])[]): 'OK' {
    return this.send(this.ids[5] as number, ...encode(CONFIG_SET_NODES, [data])) as 'OK';
  }

  /**
   * COPY: Copies the value of a key to a new key.
   *
   * Complexity: O(N) worst case for collections, where N is the number of nested items. O(1) for string values.
   */
  copy(source: Key, destination: Key, options?: CopyOptions): number {
    return this.send(this.ids[6] as number, ...encode(COPY_NODES, [source, destination], options)) as number;
  }

  /**
   * DECR: Decrements the integer value of a key by one. Uses 0 as initial value if the key doesn't exist.
   *
   * Complexity: O(1)
   */
  decr(key: Key): number {
    return this.send(this.ids[7] as number, key) as number;
  }

  /**
   * DECRBY: Decrements a number from the integer value of a key. Uses 0 as initial value if the key doesn't exist.
   *
   * Complexity: O(1)
   */
  decrby(key: Key, decrement: Numeric): number {
    return this.send(this.ids[8] as number, key, decrement) as number;
  }

  /**
   * DEL: Deletes one or more keys.
   *
   * Complexity: O(N) where N is the number of keys that will be removed. When a key to remove holds a value other than a string, the individual complexity for this key is O(M) where M is the number of elements in the list, set, sorted set or hash. Removing a single key that holds a string value is O(1).
   */
  del(...key: readonly Key[]): number {
    return this.send(this.ids[9] as number, ...key) as number;
  }

  /**
   * DELEX: Conditionally removes the specified key based on value or digest comparison.
   *
   * Complexity: O(1) for IFEQ/IFNE, O(N) for IFDEQ/IFDNE where N is the length of the string value.
   */
  delex(key: Key, options?: DelexOptions): number {
    return this.send(this.ids[10] as number, ...encode(DELEX_NODES, [key], options)) as number;
  }

  /**
   * DELIFEQ: Delete key if value matches string.
   *
   * Complexity: O(1)
   */
  delifeq(key: Key, value: Argument): number {
    return this.send(this.ids[11] as number, key, value) as number;
  }

  /**
   * DIGEST: Returns the XXH3 hash of a string value.
   *
   * Complexity: O(N) where N is the length of the string value.
   */
  digest(key: Key): string | null {
    return this.send(this.ids[12] as number, key) as string | null;
  }

  /**
   * DIGEST: Returns the XXH3 hash of a string value. Strings are Buffers.
   */
  digestBuffer(key: Key): Buffer | null {
    return this.sendBuffer(this.ids[12] as number, key) as Buffer | null;
  }

  /**
   * ECHO: Returns the given string.
   *
   * Complexity: O(1)
   */
  echo(message: Argument): string {
    return this.send(this.ids[13] as number, message) as string;
  }

  /**
   * ECHO: Returns the given string. Strings are Buffers.
   */
  echoBuffer(message: Argument): Buffer {
    return this.sendBuffer(this.ids[13] as number, message) as Buffer;
  }

  /**
   * EXISTS: Determines whether one or more keys exist.
   *
   * Complexity: O(N) where N is the number of keys to check.
   */
  exists(...key: readonly Key[]): number {
    return this.send(this.ids[14] as number, ...key) as number;
  }

  /**
   * EXPIRE: Sets the expiration time of a key in seconds.
   *
   * Complexity: O(1)
   */
  expire(key: Key, seconds: Numeric, options?: ExpireOptions): number {
    return this.send(this.ids[15] as number, ...encode(EXPIRE_NODES, [key, seconds], options)) as number;
  }

  /**
   * EXPIREAT: Sets the expiration time of a key to a Unix timestamp.
   *
   * Complexity: O(1)
   */
  expireat(key: Key, unixTimeSeconds: Numeric, options?: ExpireatOptions): number {
    return this.send(this.ids[16] as number, ...encode(EXPIREAT_NODES, [key, unixTimeSeconds], options)) as number;
  }

  /**
   * EXPIRETIME: Returns the expiration time of a key as a Unix timestamp.
   *
   * Complexity: O(1)
   */
  expiretime(key: Key): number {
    return this.send(this.ids[17] as number, key) as number;
  }

  /**
   * GET: Returns the string value of a key.
   *
   * Complexity: O(1)
   */
  get(key: Key): string | null {
    return this.send(this.ids[18] as number, key) as string | null;
  }

  /**
   * GET: Returns the string value of a key. Strings are Buffers.
   */
  getBuffer(key: Key): Buffer | null {
    return this.sendBuffer(this.ids[18] as number, key) as Buffer | null;
  }

  /**
   * GETDEL: Returns the string value of a key after deleting the key.
   *
   * Complexity: O(1)
   */
  getdel(key: Key): string | null {
    return this.send(this.ids[19] as number, key) as string | null;
  }

  /**
   * GETDEL: Returns the string value of a key after deleting the key. Strings are Buffers.
   */
  getdelBuffer(key: Key): Buffer | null {
    return this.sendBuffer(this.ids[19] as number, key) as Buffer | null;
  }

  /**
   * GETEX: Returns the string value of a key after setting its expiration time.
   *
   * Complexity: O(1)
   */
  getex(key: Key, options?: GetexOptions): string | null {
    return this.send(this.ids[20] as number, ...encode(GETEX_NODES, [key], options)) as string | null;
  }

  /**
   * GETEX: Returns the string value of a key after setting its expiration time. Strings are Buffers.
   */
  getexBuffer(key: Key, options?: GetexOptions): Buffer | null {
    return this.sendBuffer(this.ids[20] as number, ...encode(GETEX_NODES, [key], options)) as Buffer | null;
  }

  /**
   * GETRANGE: Returns a substring of the string stored at a key.
   *
   * Complexity: O(N) where N is the length of the returned string. The complexity is ultimately determined by the returned length, but because creating a substring from an existing string is very cheap, it can be considered O(1) for small strings.
   */
  getrange(key: Key, start: Numeric, end: Numeric): string {
    return this.send(this.ids[21] as number, key, start, end) as string;
  }

  /**
   * GETRANGE: Returns a substring of the string stored at a key. Strings are Buffers.
   */
  getrangeBuffer(key: Key, start: Numeric, end: Numeric): Buffer {
    return this.sendBuffer(this.ids[21] as number, key, start, end) as Buffer;
  }

  /**
   * GETSET: Returns the previous string value of a key after setting it to a new value.
   *
   * Complexity: O(1)
   *
   * @deprecated since 6.2.0: use `SET` with the `!GET` argument.
   */
  getset(key: Key, value: Argument): string | null {
    return this.send(this.ids[22] as number, key, value) as string | null;
  }

  /**
   * GETSET: Returns the previous string value of a key after setting it to a new value. Strings are Buffers.
   *
   * @deprecated since 6.2.0: use `SET` with the `!GET` argument.
   */
  getsetBuffer(key: Key, value: Argument): Buffer | null {
    return this.sendBuffer(this.ids[22] as number, key, value) as Buffer | null;
  }

  /**
   * INCR: Increments the integer value of a key by one. Uses 0 as initial value if the key doesn't exist.
   *
   * Complexity: O(1)
   */
  incr(key: Key): number {
    return this.send(this.ids[23] as number, key) as number;
  }

  /**
   * INCRBY: Increments the integer value of a key by a number. Uses 0 as initial value if the key doesn't exist.
   *
   * Complexity: O(1)
   */
  incrby(key: Key, increment: Numeric): number {
    return this.send(this.ids[24] as number, key, increment) as number;
  }

  /**
   * INCRBYFLOAT: Increment the floating point value of a key by a number. Uses 0 as initial value if the key doesn't exist.
   *
   * Complexity: O(1)
   */
  incrbyfloat(key: Key, increment: Numeric): string {
    return this.send(this.ids[25] as number, key, increment) as string;
  }

  /**
   * INCRBYFLOAT: Increment the floating point value of a key by a number. Uses 0 as initial value if the key doesn't exist. Strings are Buffers.
   */
  incrbyfloatBuffer(key: Key, increment: Numeric): Buffer {
    return this.sendBuffer(this.ids[25] as number, key, increment) as Buffer;
  }

  /**
   * INCREX: Increments the numeric value of a key by a number and sets its expiration time. Uses 0 as initial value if the key doesn't exist.
   *
   * Complexity: O(1)
   */
  increx(key: Key, options?: IncrexOptions): number[] {
    return this.send(this.ids[26] as number, ...encode(INCREX_NODES, [key], options)) as number[];
  }

  /**
   * KEYS: Returns all key names that match a pattern.
   *
   * Complexity: O(N) with N being the number of keys in the database, under the assumption that the key names in the database and the given pattern have limited length.
   */
  keys(pattern: Argument): string[] {
    return this.send(this.ids[27] as number, pattern) as string[];
  }

  /**
   * KEYS: Returns all key names that match a pattern. Strings are Buffers.
   */
  keysBuffer(pattern: Argument): Buffer[] {
    return this.sendBuffer(this.ids[27] as number, pattern) as Buffer[];
  }

  /**
   * LCS: Finds the longest common substring.
   *
   * Complexity: O(N*M) where N and M are the lengths of s1 and s2, respectively
   */
  lcs(key1: Key, key2: Key, options?: LcsOptions): string | number | Map<string, unknown> {
    return this.send(this.ids[28] as number, ...encode(LCS_NODES, [key1, key2], options)) as
      string | number | Map<string, unknown>;
  }

  /**
   * LCS: Finds the longest common substring. Strings are Buffers.
   */
  lcsBuffer(key1: Key, key2: Key, options?: LcsOptions): Buffer | number | Map<Buffer, unknown> {
    return this.sendBuffer(this.ids[28] as number, ...encode(LCS_NODES, [key1, key2], options)) as
      Buffer | number | Map<Buffer, unknown>;
  }

  /**
   * MEMORY: A container for memory diagnostics commands.
   *
   * Complexity: Depends on subcommand.
   */
  memory(): unknown {
    return this.send(this.ids[29] as number) as unknown;
  }

  /**
   * MEMORY: A container for memory diagnostics commands. Strings are Buffers.
   */
  memoryBuffer(): unknown {
    return this.sendBuffer(this.ids[29] as number) as unknown;
  }

  /**
   * MEMORY HELP: Returns helpful text about the different subcommands.
   *
   * Complexity: O(1)
   */
  memoryHelp(): string[] {
    return this.send(this.ids[30] as number) as string[];
  }

  /**
   * MEMORY HELP: Returns helpful text about the different subcommands. Strings are Buffers.
   */
  memoryHelpBuffer(): Buffer[] {
    return this.sendBuffer(this.ids[30] as number) as Buffer[];
  }

  /**
   * MEMORY USAGE: Estimates the memory usage of a key.
   *
   * Complexity: O(N) where N is the number of samples.
   */
  memoryUsage(key: Key, options?: MemoryUsageOptions): number | null {
    return this.send(this.ids[31] as number, ...encode(MEMORY_USAGE_NODES, [key], options)) as number | null;
  }

  /**
   * MGET: Atomically returns the string values of one or more keys.
   *
   * Complexity: O(N) where N is the number of keys to retrieve.
   */
  mget(...key: readonly Key[]): (string | null)[] {
    return this.send(this.ids[32] as number, ...key) as (string | null)[];
  }

  /**
   * MGET: Atomically returns the string values of one or more keys. Strings are Buffers.
   */
  mgetBuffer(...key: readonly Key[]): (Buffer | null)[] {
    return this.sendBuffer(this.ids[32] as number, ...key) as (Buffer | null)[];
  }

  /**
   * MOVE: Moves a key to another database.
   *
   * Complexity: O(1)
   */
  move(key: Key, db: Numeric): number {
    return this.send(this.ids[33] as number, key, db) as number;
  }

  /**
   * MSET: Atomically creates or modifies the string values of one or more keys.
   *
   * Complexity: O(N) where N is the number of keys to set.
   */
  mset(...data: readonly (readonly [key: Key, value: Argument])[]): 'OK' {
    return this.send(this.ids[34] as number, ...encode(MSET_NODES, [data])) as 'OK';
  }

  /**
   * MSETEX: Atomically sets multiple string keys with a shared expiration in a single operation.
   *
   * Complexity: O(N) where N is the number of keys to set.
   */
  msetex(data: readonly (readonly [key: Key, value: Argument])[], options?: MsetexOptions): number {
    return this.send(this.ids[35] as number, ...encode(MSETEX_NODES, [data], options)) as number;
  }

  /**
   * MSETNX: Atomically modifies the string values of one or more keys only when all keys don't exist.
   *
   * Complexity: O(N) where N is the number of keys to set.
   */
  msetnx(...data: readonly (readonly [key: Key, value: Argument])[]): number {
    return this.send(this.ids[36] as number, ...encode(MSETNX_NODES, [data])) as number;
  }

  /**
   * OBJECT: A container for object introspection commands.
   *
   * Complexity: Depends on subcommand.
   */
  object(): unknown {
    return this.send(this.ids[37] as number) as unknown;
  }

  /**
   * OBJECT: A container for object introspection commands. Strings are Buffers.
   */
  objectBuffer(): unknown {
    return this.sendBuffer(this.ids[37] as number) as unknown;
  }

  /**
   * OBJECT ENCODING: Returns the internal encoding of an object.
   *
   * Complexity: O(1)
   */
  objectEncoding(key: Key): null | string {
    return this.send(this.ids[38] as number, key) as null | string;
  }

  /**
   * OBJECT ENCODING: Returns the internal encoding of an object. Strings are Buffers.
   */
  objectEncodingBuffer(key: Key): null | Buffer {
    return this.sendBuffer(this.ids[38] as number, key) as null | Buffer;
  }

  /**
   * OBJECT FREQ: Returns the logarithmic access frequency counter of an object.
   *
   * Complexity: O(1)
   */
  objectFreq(key: Key): number {
    return this.send(this.ids[39] as number, key) as number;
  }

  /**
   * OBJECT HELP: Returns helpful text about the different subcommands.
   *
   * Complexity: O(1)
   */
  objectHelp(): string[] {
    return this.send(this.ids[40] as number) as string[];
  }

  /**
   * OBJECT HELP: Returns helpful text about the different subcommands. Strings are Buffers.
   */
  objectHelpBuffer(): Buffer[] {
    return this.sendBuffer(this.ids[40] as number) as Buffer[];
  }

  /**
   * OBJECT IDLETIME: Returns the time since the last access to an object.
   *
   * Complexity: O(1)
   */
  objectIdletime(key: Key): number {
    return this.send(this.ids[41] as number, key) as number;
  }

  /**
   * OBJECT REFCOUNT: Returns the reference count of a value of a key.
   *
   * Complexity: O(1)
   */
  objectRefcount(key: Key): number {
    return this.send(this.ids[42] as number, key) as number;
  }

  /**
   * PERSIST: Removes the expiration time of a key.
   *
   * Complexity: O(1)
   */
  persist(key: Key): number {
    return this.send(this.ids[43] as number, key) as number;
  }

  /**
   * PEXPIRE: Sets the expiration time of a key in milliseconds.
   *
   * Complexity: O(1)
   */
  pexpire(key: Key, milliseconds: Numeric, options?: PexpireOptions): number {
    return this.send(this.ids[44] as number, ...encode(PEXPIRE_NODES, [key, milliseconds], options)) as number;
  }

  /**
   * PEXPIREAT: Sets the expiration time of a key to a Unix milliseconds timestamp.
   *
   * Complexity: O(1)
   */
  pexpireat(key: Key, unixTimeMilliseconds: Numeric, options?: PexpireatOptions): number {
    return this.send(
      this.ids[45] as number,
      ...encode(PEXPIREAT_NODES, [key, unixTimeMilliseconds], options),
    ) as number;
  }

  /**
   * PEXPIRETIME: Returns the expiration time of a key as a Unix milliseconds timestamp.
   *
   * Complexity: O(1)
   */
  pexpiretime(key: Key): number {
    return this.send(this.ids[46] as number, key) as number;
  }

  /**
   * PING: Returns the server's liveliness response.
   *
   * Complexity: O(1)
   */
  ping(message?: Argument): string {
    return this.send(this.ids[47] as number, ...encode(PING_NODES, [message])) as string;
  }

  /**
   * PING: Returns the server's liveliness response. Strings are Buffers.
   */
  pingBuffer(message?: Argument): 'PONG' | Buffer {
    return this.sendBuffer(this.ids[47] as number, ...encode(PING_NODES, [message])) as 'PONG' | Buffer;
  }

  /**
   * PSETEX: Sets both string value and expiration time in milliseconds of a key. The key is created if it doesn't exist.
   *
   * Complexity: O(1)
   *
   * @deprecated since 2.6.12: use `SET` with the `PX` argument.
   */
  psetex(key: Key, milliseconds: Numeric, value: Argument): 'OK' {
    return this.send(this.ids[48] as number, key, milliseconds, value) as 'OK';
  }

  /**
   * PTTL: Returns the expiration time in milliseconds of a key.
   *
   * Complexity: O(1)
   */
  pttl(key: Key): number {
    return this.send(this.ids[49] as number, key) as number;
  }

  /**
   * RANDOMKEY: Returns a random key name from the database.
   *
   * Complexity: O(1)
   */
  randomkey(): null | string {
    return this.send(this.ids[50] as number) as null | string;
  }

  /**
   * RANDOMKEY: Returns a random key name from the database. Strings are Buffers.
   */
  randomkeyBuffer(): null | Buffer {
    return this.sendBuffer(this.ids[50] as number) as null | Buffer;
  }

  /**
   * RENAME: Renames a key and overwrites the destination.
   *
   * Complexity: O(1)
   */
  rename(key: Key, newkey: Key): 'OK' {
    return this.send(this.ids[51] as number, key, newkey) as 'OK';
  }

  /**
   * RENAMENX: Renames a key only when the target key name doesn't exist.
   *
   * Complexity: O(1)
   */
  renamenx(key: Key, newkey: Key): number {
    return this.send(this.ids[52] as number, key, newkey) as number;
  }

  /**
   * SCAN: Iterates over the key names in the database.
   *
   * Complexity: O(1) for every call. O(N) for a complete iteration, including enough command calls for the cursor to return back to 0. N is the number of elements inside the collection.
   */
  scan(cursor: Numeric, options?: ScanOptions): [string, string[]] {
    return this.send(this.ids[53] as number, ...encode(SCAN_NODES, [cursor], options)) as [string, string[]];
  }

  /**
   * SCAN: Iterates over the key names in the database. Strings are Buffers.
   */
  scanBuffer(cursor: Numeric, options?: ScanOptions): [Buffer, Buffer[]] {
    return this.sendBuffer(this.ids[53] as number, ...encode(SCAN_NODES, [cursor], options)) as [Buffer, Buffer[]];
  }

  /**
   * SELECT: Changes the selected database.
   *
   * Complexity: O(1)
   */
  select(index: Numeric): 'OK' {
    return this.send(this.ids[54] as number, index) as 'OK';
  }

  /**
   * SET: Sets the string value of a key, ignoring its type. The key is created if it doesn't exist.
   *
   * Complexity: O(1)
   */
  set(key: Key, value: Argument, options?: SetOptions): null | string {
    return this.send(this.ids[55] as number, ...encode(SET_NODES, [key, value], options)) as null | string;
  }

  /**
   * SET: Sets the string value of a key, ignoring its type. The key is created if it doesn't exist. Strings are Buffers.
   */
  setBuffer(key: Key, value: Argument, options?: SetOptions): null | 'OK' | Buffer {
    return this.sendBuffer(this.ids[55] as number, ...encode(SET_NODES, [key, value], options)) as null | 'OK' | Buffer;
  }

  /**
   * SETEX: Sets the string value and expiration time of a key. Creates the key if it doesn't exist.
   *
   * Complexity: O(1)
   *
   * @deprecated since 2.6.12: use `SET` with the `EX` argument.
   */
  setex(key: Key, seconds: Numeric, value: Argument): 'OK' {
    return this.send(this.ids[56] as number, key, seconds, value) as 'OK';
  }

  /**
   * SETNX: Set the string value of a key only when the key doesn't exist.
   *
   * Complexity: O(1)
   *
   * @deprecated since 2.6.12: use `SET` with the `NX` argument.
   */
  setnx(key: Key, value: Argument): number {
    return this.send(this.ids[57] as number, key, value) as number;
  }

  /**
   * SETRANGE: Overwrites a part of a string value with another by an offset. Creates the key if it doesn't exist.
   *
   * Complexity: O(1), not counting the time taken to copy the new string in place. Usually, this string is very small so the amortized complexity is O(1). Otherwise, complexity is O(M) with M being the length of the value argument.
   */
  setrange(key: Key, offset: Numeric, value: Argument): number {
    return this.send(this.ids[58] as number, key, offset, value) as number;
  }

  /**
   * SHUTDOWN: Synchronously saves the database(s) to disk and shuts down the server.
   *
   * Complexity: O(N) when saving, where N is the total number of keys in all databases when saving data, otherwise O(1)
   */
  shutdown(options?: ShutdownOptions): 'OK' {
    return this.send(this.ids[59] as number, ...encode(SHUTDOWN_NODES, [], options)) as 'OK';
  }

  /**
   * STRLEN: Returns the length of a string value.
   *
   * Complexity: O(1)
   */
  strlen(key: Key): number {
    return this.send(this.ids[60] as number, key) as number;
  }

  /**
   * SUBSTR: Returns a substring from a string value.
   *
   * Complexity: O(N) where N is the length of the returned string. The complexity is ultimately determined by the returned length, but because creating a substring from an existing string is very cheap, it can be considered O(1) for small strings.
   *
   * @deprecated since 2.0.0: use `GETRANGE`.
   */
  substr(key: Key, start: Numeric, end: Numeric): string {
    return this.send(this.ids[61] as number, key, start, end) as string;
  }

  /**
   * SUBSTR: Returns a substring from a string value. Strings are Buffers.
   *
   * @deprecated since 2.0.0: use `GETRANGE`.
   */
  substrBuffer(key: Key, start: Numeric, end: Numeric): Buffer {
    return this.sendBuffer(this.ids[61] as number, key, start, end) as Buffer;
  }

  /**
   * TOUCH: Returns the number of existing keys out of those specified after updating the time they were last accessed.
   *
   * Complexity: O(N) where N is the number of keys that will be touched.
   */
  touch(...key: readonly Key[]): number {
    return this.send(this.ids[62] as number, ...key) as number;
  }

  /**
   * TTL: Returns the expiration time in seconds of a key.
   *
   * Complexity: O(1)
   */
  ttl(key: Key): number {
    return this.send(this.ids[63] as number, key) as number;
  }

  /**
   * TYPE: Determines the type of value stored at a key.
   *
   * Complexity: O(1)
   */
  type(key: Key): null | string {
    return this.send(this.ids[64] as number, key) as null | string;
  }

  /**
   * TYPE: Determines the type of value stored at a key. Strings are Buffers.
   */
  typeBuffer(key: Key): null | Buffer {
    return this.sendBuffer(this.ids[64] as number, key) as null | Buffer;
  }

  /**
   * UNLINK: Asynchronously deletes one or more keys.
   *
   * Complexity: O(1) for each key removed regardless of its size. Then the command does O(N) work in a different thread in order to reclaim memory, where N is the number of allocations the deleted objects where composed of.
   */
  unlink(...key: readonly Key[]): number {
    return this.send(this.ids[65] as number, ...key) as number;
  }
}
