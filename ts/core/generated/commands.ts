/**
 * A typed method for every row of the command table. Written by `node tools/commands.mjs`; changes belong into the rows.
 */

import { type Argument, encode, type Key, type Node, type Numeric, type OneOf } from '../arguments.js';

/** The rows by the names that the table knows, in the order of `Commands.ids`. */
export const COMMAND_NAMES: readonly string[] = [
  'acl|cat',
  'acl|deluser',
  'acl|dryrun',
  'acl|genpass',
  'acl|getuser',
  'acl|help',
  'acl|list',
  'acl|load',
  'acl|log',
  'acl|save',
  'acl|setuser',
  'acl|users',
  'acl|whoami',
  'append',
  'arcount',
  'ardel',
  'ardelrange',
  'arget',
  'argetrange',
  'argrep',
  'arinfo',
  'arinsert',
  'arlastitems',
  'arlen',
  'armget',
  'armset',
  'arnext',
  'arop',
  'arring',
  'arscan',
  'arseek',
  'arset',
  'asking',
  'auth',
  'bgrewriteaof',
  'bgsave',
  'bitcount',
  'bitfield',
  'bitfield_ro',
  'bitop',
  'bitpos',
  'blmove',
  'blmovem',
  'blmpop',
  'blpop',
  'brpop',
  'brpoplpush',
  'bzmpop',
  'bzpopmax',
  'bzpopmin',
  'client|caching',
  'client|capa',
  'client|getname',
  'client|getredir',
  'client|help',
  'client|id',
  'client|import-source',
  'client|info',
  'client|kill',
  'client|list',
  'client|no-evict',
  'client|no-touch',
  'client|pause',
  'client|reply',
  'client|setinfo',
  'client|setname',
  'client|tracking',
  'client|trackinginfo',
  'client|unblock',
  'client|unpause',
  'command',
  'commandlog|get',
  'commandlog|help',
  'commandlog|len',
  'commandlog|reset',
  'command|count',
  'command|docs',
  'command|getkeys',
  'command|getkeysandflags',
  'command|help',
  'command|info',
  'command|list',
  'config|get',
  'config|help',
  'config|resetstat',
  'config|rewrite',
  'config|set',
  'copy',
  'dbsize',
  'debug',
  'decr',
  'decrby',
  'del',
  'delex',
  'delifeq',
  'digest',
  'discard',
  'dump',
  'echo',
  'eval',
  'eval_ro',
  'evalsha',
  'evalsha_ro',
  'exec',
  'exists',
  'expire',
  'expireat',
  'expiretime',
  'fcall',
  'fcall_ro',
  'flushall',
  'flushdb',
  'function|delete',
  'function|dump',
  'function|flush',
  'function|help',
  'function|kill',
  'function|list',
  'function|load',
  'function|restore',
  'function|stats',
  'geoadd',
  'geodist',
  'geohash',
  'geopos',
  'georadius',
  'georadius_ro',
  'georadiusbymember',
  'georadiusbymember_ro',
  'geosearch',
  'geosearchstore',
  'get',
  'getbit',
  'getdel',
  'getex',
  'getrange',
  'getset',
  'hdel',
  'hello',
  'hexists',
  'hexpire',
  'hexpireat',
  'hexpiretime',
  'hget',
  'hgetall',
  'hgetdel',
  'hgetex',
  'himport|discard',
  'himport|discardall',
  'himport|prepare',
  'himport|set',
  'hincrby',
  'hincrbyfloat',
  'hkeys',
  'hlen',
  'hmget',
  'hmset',
  'hotkeys|get',
  'hotkeys|help',
  'hotkeys|reset',
  'hotkeys|start',
  'hotkeys|stop',
  'hpersist',
  'hpexpire',
  'hpexpireat',
  'hpexpiretime',
  'hpttl',
  'hrandfield',
  'hscan',
  'hset',
  'hsetex',
  'hsetnx',
  'hstrlen',
  'httl',
  'hvals',
  'incr',
  'incrby',
  'incrbyfloat',
  'increx',
  'info',
  'keys',
  'lastsave',
  'latency|doctor',
  'latency|graph',
  'latency|help',
  'latency|histogram',
  'latency|history',
  'latency|latest',
  'latency|reset',
  'lcs',
  'lindex',
  'linsert',
  'llen',
  'lmove',
  'lmovem',
  'lmpop',
  'lolwut',
  'lpop',
  'lpos',
  'lpush',
  'lpushx',
  'lrange',
  'lrem',
  'lset',
  'ltrim',
  'memory',
  'memory|doctor',
  'memory|help',
  'memory|malloc-stats',
  'memory|purge',
  'memory|stats',
  'memory|usage',
  'mget',
  'migrate',
  'module|help',
  'module|list',
  'monitor',
  'move',
  'mset',
  'msetex',
  'msetnx',
  'multi',
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
  'pfadd',
  'pfcount',
  'pfdebug',
  'pfmerge',
  'pfselftest',
  'ping',
  'psetex',
  'psubscribe',
  'pttl',
  'publish',
  'pubsub|channels',
  'pubsub|help',
  'pubsub|numpat',
  'pubsub|numsub',
  'pubsub|shardchannels',
  'pubsub|shardnumsub',
  'punsubscribe',
  'quit',
  'randomkey',
  'readonly',
  'readwrite',
  'rename',
  'renamenx',
  'reset',
  'restore',
  'restore-asking',
  'role',
  'rpop',
  'rpoplpush',
  'rpush',
  'rpushx',
  'sadd',
  'save',
  'scan',
  'scard',
  'script|debug',
  'script|exists',
  'script|flush',
  'script|help',
  'script|kill',
  'script|load',
  'script|show',
  'sdiff',
  'sdiffcard',
  'sdiffstore',
  'select',
  'set',
  'setbit',
  'setex',
  'setnx',
  'setrange',
  'shutdown',
  'sinter',
  'sintercard',
  'sinterstore',
  'sismember',
  'slowlog|get',
  'slowlog|help',
  'slowlog|len',
  'slowlog|reset',
  'smembers',
  'smismember',
  'smove',
  'sort',
  'sort_ro',
  'spop',
  'spublish',
  'srandmember',
  'srem',
  'sscan',
  'ssubscribe',
  'strlen',
  'subscribe',
  'substr',
  'sunion',
  'sunioncard',
  'sunionstore',
  'sunsubscribe',
  'swapdb',
  'time',
  'touch',
  'ttl',
  'type',
  'unlink',
  'unsubscribe',
  'unwatch',
  'wait',
  'waitaof',
  'watch',
  'xack',
  'xackdel',
  'xadd',
  'xautoclaim',
  'xcfgset',
  'xclaim',
  'xdel',
  'xdelex',
  'xgroup',
  'xgroup|create',
  'xgroup|createconsumer',
  'xgroup|delconsumer',
  'xgroup|destroy',
  'xgroup|help',
  'xgroup|setid',
  'xidmprecord',
  'xinfo',
  'xinfo|consumers',
  'xinfo|groups',
  'xinfo|help',
  'xinfo|stream',
  'xlen',
  'xnack',
  'xpending',
  'xrange',
  'xread',
  'xreadgroup',
  'xrevrange',
  'xsetid',
  'xtrim',
  'zadd',
  'zcard',
  'zcount',
  'zdiff',
  'zdiffstore',
  'zincrby',
  'zinter',
  'zintercard',
  'zinterstore',
  'zlexcount',
  'zmpop',
  'zmscore',
  'zpopmax',
  'zpopmin',
  'zrandmember',
  'zrange',
  'zrangebylex',
  'zrangebyscore',
  'zrangestore',
  'zrank',
  'zrem',
  'zremrangebylex',
  'zremrangebyrank',
  'zremrangebyscore',
  'zrevrange',
  'zrevrangebylex',
  'zrevrangebyscore',
  'zrevrank',
  'zscan',
  'zscore',
  'zunion',
  'zunionstore',
];

const ACL_CAT_NODES: readonly Node[] = [{ k: 'value', i: 0 }];

/** Options of ACL DRYRUN. */
export type AclDryrunOptions = { readonly arg?: readonly Argument[] };

const ACL_DRYRUN_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
  { k: 'value', p: 'arg', m: 1 },
];

const ACL_GENPASS_NODES: readonly Node[] = [{ k: 'value', i: 0 }];

/** Options of ACL LOG. */
export type AclLogOptions = { readonly operation?: Numeric | 'RESET' | 'reset' };

const ACL_LOG_NODES: readonly Node[] = [
  { k: 'oneof', p: 'operation', a: [{ k: 'value' }, { k: 'flag', p: 'reset', t: 'RESET' }] },
];

/** Options of ACL SETUSER. */
export type AclSetuserOptions = { readonly rule?: readonly Argument[] };

const ACL_SETUSER_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', p: 'rule', m: 1 },
];

const ARDELRANGE_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  {
    k: 'block',
    i: 1,
    m: 1,
    a: [
      { k: 'value', p: 'start' },
      { k: 'value', p: 'end' },
    ],
  },
];

/** Options of ARGREP. */
export type ArgrepOptions = Partial<
  OneOf<
    | { readonly and: boolean }
    | { readonly or: boolean }
    | { readonly limit: Numeric }
    | { readonly withvalues: boolean }
    | { readonly nocase: boolean }
  >
>;

const ARGREP_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
  { k: 'value', i: 2 },
  {
    k: 'oneof',
    i: 3,
    m: 1,
    a: [
      {
        k: 'block',
        a: [
          { k: 'flag', p: 'exact', t: 'EXACT' },
          { k: 'value', p: 'string' },
        ],
      },
      {
        k: 'block',
        a: [
          { k: 'flag', p: 'match', t: 'MATCH' },
          { k: 'value', p: 'string' },
        ],
      },
      {
        k: 'block',
        a: [
          { k: 'flag', p: 'glob', t: 'GLOB' },
          { k: 'value', p: 'pattern' },
        ],
      },
      {
        k: 'block',
        a: [
          { k: 'flag', p: 're', t: 'RE' },
          { k: 'value', p: 'pattern' },
        ],
      },
    ],
  },
  {
    k: 'oneof',
    m: 1,
    a: [
      { k: 'flag', p: 'and', t: 'AND' },
      { k: 'flag', p: 'or', t: 'OR' },
      { k: 'value', p: 'limit', t: 'LIMIT' },
      { k: 'flag', p: 'withvalues', t: 'WITHVALUES' },
      { k: 'flag', p: 'nocase', t: 'NOCASE' },
    ],
  },
];

/** Options of ARINFO. */
export type ArinfoOptions = { readonly full?: boolean };

const ARINFO_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'flag', p: 'full', t: 'FULL' },
];

/** Options of ARLASTITEMS. */
export type ArlastitemsOptions = { readonly rev?: boolean };

const ARLASTITEMS_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
  { k: 'flag', p: 'rev', t: 'REV' },
];

const ARMSET_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  {
    k: 'block',
    i: 1,
    m: 1,
    a: [
      { k: 'value', p: 'index' },
      { k: 'value', p: 'value' },
    ],
  },
];

const AROP_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
  { k: 'value', i: 2 },
  {
    k: 'oneof',
    i: 3,
    a: [
      { k: 'flag', p: 'sum', t: 'SUM' },
      { k: 'flag', p: 'min', t: 'MIN' },
      { k: 'flag', p: 'max', t: 'MAX' },
      { k: 'flag', p: 'and', t: 'AND' },
      { k: 'flag', p: 'or', t: 'OR' },
      { k: 'flag', p: 'xor', t: 'XOR' },
      {
        k: 'block',
        a: [
          { k: 'flag', p: 'match', t: 'MATCH' },
          { k: 'value', p: 'value' },
        ],
      },
      { k: 'flag', p: 'used', t: 'USED' },
    ],
  },
];

/** Options of ARSCAN. */
export type ArscanOptions = { readonly limit?: Numeric };

const ARSCAN_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
  { k: 'value', i: 2 },
  { k: 'value', p: 'limit', t: 'LIMIT' },
];

/** Options of AUTH. */
export type AuthOptions = { readonly username?: Argument };

const AUTH_NODES: readonly Node[] = [
  { k: 'value', p: 'username' },
  { k: 'value', i: 0 },
];

/** Options of BGSAVE. */
export type BgsaveOptions = Partial<OneOf<{ readonly schedule: boolean } | { readonly cancel: boolean }>>;

const BGSAVE_NODES: readonly Node[] = [
  {
    k: 'oneof',
    a: [
      { k: 'flag', p: 'schedule', t: 'SCHEDULE' },
      { k: 'flag', p: 'cancel', t: 'CANCEL' },
    ],
  },
];

/** Options of BITCOUNT. */
export type BitcountOptions = {
  readonly range?: {
    readonly start: Numeric;
    readonly endUnitBlock?: { readonly end: Numeric } & Partial<
      OneOf<{ readonly byte: boolean } | { readonly bit: boolean }>
    >;
  };
};

const BITCOUNT_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  {
    k: 'block',
    p: 'range',
    a: [
      { k: 'value', p: 'start' },
      {
        k: 'block',
        p: 'endUnitBlock',
        a: [
          { k: 'value', p: 'end' },
          {
            k: 'oneof',
            a: [
              { k: 'flag', p: 'byte', t: 'BYTE' },
              { k: 'flag', p: 'bit', t: 'BIT' },
            ],
          },
        ],
      },
    ],
  },
];

/** Options of BITFIELD. */
export type BitfieldOptions = {
  readonly operation?: readonly (
    | { readonly get: readonly [encoding: Argument, offset: Numeric] }
    | (Partial<OneOf<{ readonly wrap: boolean } | { readonly sat: boolean } | { readonly fail: boolean }>> &
        OneOf<
          | { readonly set: readonly [encoding: Argument, offset: Numeric, value: Numeric] }
          | { readonly incrby: readonly [encoding: Argument, offset: Numeric, increment: Numeric] }
        >)
  )[];
};

const BITFIELD_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  {
    k: 'oneof',
    p: 'operation',
    m: 1,
    a: [
      {
        k: 'block',
        p: 'get',
        t: 'GET',
        a: [
          { k: 'value', p: 'encoding' },
          { k: 'value', p: 'offset' },
        ],
      },
      {
        k: 'block',
        a: [
          {
            k: 'oneof',
            t: 'OVERFLOW',
            a: [
              { k: 'flag', p: 'wrap', t: 'WRAP' },
              { k: 'flag', p: 'sat', t: 'SAT' },
              { k: 'flag', p: 'fail', t: 'FAIL' },
            ],
          },
          {
            k: 'oneof',
            a: [
              {
                k: 'block',
                p: 'set',
                t: 'SET',
                a: [
                  { k: 'value', p: 'encoding' },
                  { k: 'value', p: 'offset' },
                  { k: 'value', p: 'value' },
                ],
              },
              {
                k: 'block',
                p: 'incrby',
                t: 'INCRBY',
                a: [
                  { k: 'value', p: 'encoding' },
                  { k: 'value', p: 'offset' },
                  { k: 'value', p: 'increment' },
                ],
              },
            ],
          },
        ],
      },
    ],
  },
];

/** Options of BITFIELD_RO. */
export type BitfieldRoOptions = { readonly get?: readonly (readonly [encoding: Argument, offset: Numeric])[] };

const BITFIELD_RO_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  {
    k: 'block',
    p: 'get',
    t: 'GET',
    m: 2,
    a: [
      { k: 'value', p: 'encoding' },
      { k: 'value', p: 'offset' },
    ],
  },
];

const BITOP_NODES: readonly Node[] = [
  {
    k: 'oneof',
    i: 0,
    a: [
      { k: 'flag', p: 'and', t: 'AND' },
      { k: 'flag', p: 'or', t: 'OR' },
      { k: 'flag', p: 'xor', t: 'XOR' },
      { k: 'flag', p: 'not', t: 'NOT' },
      { k: 'flag', p: 'diff', t: 'DIFF' },
      { k: 'flag', p: 'diff1', t: 'DIFF1' },
      { k: 'flag', p: 'andor', t: 'ANDOR' },
      { k: 'flag', p: 'one', t: 'ONE' },
    ],
  },
  { k: 'value', i: 1 },
  { k: 'value', i: 2, m: 1 },
];

/** Options of BITPOS. */
export type BitposOptions = {
  readonly range?: {
    readonly start: Numeric;
    readonly endUnitBlock?: { readonly end: Numeric } & Partial<
      OneOf<{ readonly byte: boolean } | { readonly bit: boolean }>
    >;
  };
};

const BITPOS_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
  {
    k: 'block',
    p: 'range',
    a: [
      { k: 'value', p: 'start' },
      {
        k: 'block',
        p: 'endUnitBlock',
        a: [
          { k: 'value', p: 'end' },
          {
            k: 'oneof',
            a: [
              { k: 'flag', p: 'byte', t: 'BYTE' },
              { k: 'flag', p: 'bit', t: 'BIT' },
            ],
          },
        ],
      },
    ],
  },
];

const BLMOVE_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
  {
    k: 'oneof',
    i: 2,
    a: [
      { k: 'flag', p: 'left', t: 'LEFT' },
      { k: 'flag', p: 'right', t: 'RIGHT' },
    ],
  },
  {
    k: 'oneof',
    i: 3,
    a: [
      { k: 'flag', p: 'left', t: 'LEFT' },
      { k: 'flag', p: 'right', t: 'RIGHT' },
    ],
  },
  { k: 'value', i: 4 },
];

/** Options of BLMOVEM. */
export type BlmovemOptions = {
  readonly howMany?: OneOf<{ readonly count: Numeric } | { readonly exactly: Numeric }> &
    OneOf<{ readonly obo: boolean } | { readonly bulk: boolean }>;
};

const BLMOVEM_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
  {
    k: 'oneof',
    i: 2,
    a: [
      { k: 'flag', p: 'left', t: 'LEFT' },
      { k: 'flag', p: 'right', t: 'RIGHT' },
    ],
  },
  {
    k: 'oneof',
    i: 3,
    a: [
      { k: 'flag', p: 'left', t: 'LEFT' },
      { k: 'flag', p: 'right', t: 'RIGHT' },
    ],
  },
  { k: 'value', i: 4 },
  {
    k: 'block',
    p: 'howMany',
    a: [
      {
        k: 'oneof',
        a: [
          { k: 'value', p: 'count', t: 'COUNT' },
          { k: 'value', p: 'exactly', t: 'EXACTLY' },
        ],
      },
      {
        k: 'oneof',
        a: [
          { k: 'flag', p: 'obo', t: 'OBO' },
          { k: 'flag', p: 'bulk', t: 'BULK' },
        ],
      },
    ],
  },
];

/** Options of BLMPOP. */
export type BlmpopOptions = { readonly count?: Numeric };

const BLMPOP_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'count' },
  { k: 'value', i: 1, m: 1 },
  {
    k: 'oneof',
    i: 2,
    a: [
      { k: 'flag', p: 'left', t: 'LEFT' },
      { k: 'flag', p: 'right', t: 'RIGHT' },
    ],
  },
  { k: 'value', p: 'count', t: 'COUNT' },
];

const BLPOP_NODES: readonly Node[] = [
  { k: 'value', i: 0, m: 1 },
  { k: 'value', i: 1 },
];

const BRPOP_NODES: readonly Node[] = [
  { k: 'value', i: 0, m: 1 },
  { k: 'value', i: 1 },
];

/** Options of BZMPOP. */
export type BzmpopOptions = { readonly count?: Numeric };

const BZMPOP_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'count' },
  { k: 'value', i: 1, m: 1 },
  {
    k: 'oneof',
    i: 2,
    a: [
      { k: 'flag', p: 'min', t: 'MIN' },
      { k: 'flag', p: 'max', t: 'MAX' },
    ],
  },
  { k: 'value', p: 'count', t: 'COUNT' },
];

const BZPOPMAX_NODES: readonly Node[] = [
  { k: 'value', i: 0, m: 1 },
  { k: 'value', i: 1 },
];

const BZPOPMIN_NODES: readonly Node[] = [
  { k: 'value', i: 0, m: 1 },
  { k: 'value', i: 1 },
];

const CLIENT_CACHING_NODES: readonly Node[] = [
  {
    k: 'oneof',
    i: 0,
    a: [
      { k: 'flag', p: 'yes', t: 'YES' },
      { k: 'flag', p: 'no', t: 'NO' },
    ],
  },
];

const CLIENT_IMPORT_SOURCE_NODES: readonly Node[] = [
  {
    k: 'oneof',
    i: 0,
    a: [
      { k: 'flag', p: 'on', t: 'ON' },
      { k: 'flag', p: 'off', t: 'OFF' },
    ],
  },
];

const CLIENT_KILL_NODES: readonly Node[] = [
  {
    k: 'oneof',
    i: 0,
    a: [
      { k: 'value' },
      {
        k: 'oneof',
        m: 1,
        a: [
          { k: 'value', p: 'id', t: 'ID' },
          {
            k: 'oneof',
            p: 'type',
            t: 'TYPE',
            a: [
              { k: 'flag', p: 'normal', t: 'normal' },
              { k: 'flag', p: 'master', t: 'master' },
              { k: 'flag', p: 'primary', t: 'primary' },
              { k: 'flag', p: 'slave', t: 'slave' },
              { k: 'flag', p: 'replica', t: 'replica' },
              { k: 'flag', p: 'pubsub', t: 'pubsub' },
            ],
          },
          { k: 'value', p: 'user', t: 'USER' },
          { k: 'value', p: 'addr', t: 'ADDR' },
          { k: 'value', p: 'laddr', t: 'LADDR' },
          {
            k: 'oneof',
            p: 'skipme',
            t: 'SKIPME',
            a: [
              { k: 'flag', p: 'yes', t: 'YES' },
              { k: 'flag', p: 'no', t: 'NO' },
            ],
          },
          { k: 'value', p: 'maxage', t: 'MAXAGE' },
        ],
      },
    ],
  },
];

/** Options of CLIENT LIST. */
export type ClientListOptions = { readonly id?: readonly Numeric[] } & Partial<
  OneOf<
    | { readonly normal: boolean }
    | { readonly master: boolean }
    | { readonly replica: boolean }
    | { readonly pubsub: boolean }
  >
>;

const CLIENT_LIST_NODES: readonly Node[] = [
  {
    k: 'oneof',
    t: 'TYPE',
    a: [
      { k: 'flag', p: 'normal', t: 'normal' },
      { k: 'flag', p: 'master', t: 'master' },
      { k: 'flag', p: 'replica', t: 'replica' },
      { k: 'flag', p: 'pubsub', t: 'pubsub' },
    ],
  },
  { k: 'value', p: 'id', t: 'ID', m: 1 },
];

const CLIENT_NO_EVICT_NODES: readonly Node[] = [
  {
    k: 'oneof',
    i: 0,
    a: [
      { k: 'flag', p: 'on', t: 'ON' },
      { k: 'flag', p: 'off', t: 'OFF' },
    ],
  },
];

const CLIENT_NO_TOUCH_NODES: readonly Node[] = [
  {
    k: 'oneof',
    i: 0,
    a: [
      { k: 'flag', p: 'on', t: 'ON' },
      { k: 'flag', p: 'off', t: 'OFF' },
    ],
  },
];

/** Options of CLIENT PAUSE. */
export type ClientPauseOptions = Partial<OneOf<{ readonly write: boolean } | { readonly all: boolean }>>;

const CLIENT_PAUSE_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  {
    k: 'oneof',
    a: [
      { k: 'flag', p: 'write', t: 'WRITE' },
      { k: 'flag', p: 'all', t: 'ALL' },
    ],
  },
];

const CLIENT_REPLY_NODES: readonly Node[] = [
  {
    k: 'oneof',
    i: 0,
    a: [
      { k: 'flag', p: 'on', t: 'ON' },
      { k: 'flag', p: 'off', t: 'OFF' },
      { k: 'flag', p: 'skip', t: 'SKIP' },
    ],
  },
];

const CLIENT_SETINFO_NODES: readonly Node[] = [
  {
    k: 'oneof',
    i: 0,
    a: [
      { k: 'value', p: 'libName', t: 'lib-name' },
      { k: 'value', p: 'libVer', t: 'lib-ver' },
    ],
  },
];

/** Options of CLIENT TRACKING. */
export type ClientTrackingOptions = {
  readonly redirect?: Numeric;
  readonly prefix?: readonly Argument[];
  readonly bcast?: boolean;
  readonly optin?: boolean;
  readonly optout?: boolean;
  readonly noloop?: boolean;
};

const CLIENT_TRACKING_NODES: readonly Node[] = [
  {
    k: 'oneof',
    i: 0,
    a: [
      { k: 'flag', p: 'on', t: 'ON' },
      { k: 'flag', p: 'off', t: 'OFF' },
    ],
  },
  { k: 'value', p: 'redirect', t: 'REDIRECT' },
  { k: 'value', p: 'prefix', t: 'PREFIX', m: 2 },
  { k: 'flag', p: 'bcast', t: 'BCAST' },
  { k: 'flag', p: 'optin', t: 'OPTIN' },
  { k: 'flag', p: 'optout', t: 'OPTOUT' },
  { k: 'flag', p: 'noloop', t: 'NOLOOP' },
];

/** Options of CLIENT UNBLOCK. */
export type ClientUnblockOptions = Partial<OneOf<{ readonly timeout: boolean } | { readonly error: boolean }>>;

const CLIENT_UNBLOCK_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  {
    k: 'oneof',
    a: [
      { k: 'flag', p: 'timeout', t: 'TIMEOUT' },
      { k: 'flag', p: 'error', t: 'ERROR' },
    ],
  },
];

const COMMANDLOG_GET_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  {
    k: 'oneof',
    i: 1,
    a: [
      { k: 'flag', p: 'slow', t: 'slow' },
      { k: 'flag', p: 'largeRequest', t: 'large-request' },
      { k: 'flag', p: 'largeReply', t: 'large-reply' },
    ],
  },
];

const COMMANDLOG_LEN_NODES: readonly Node[] = [
  {
    k: 'oneof',
    i: 0,
    a: [
      { k: 'flag', p: 'slow', t: 'slow' },
      { k: 'flag', p: 'largeRequest', t: 'large-request' },
      { k: 'flag', p: 'largeReply', t: 'large-reply' },
    ],
  },
];

const COMMANDLOG_RESET_NODES: readonly Node[] = [
  {
    k: 'oneof',
    i: 0,
    a: [
      { k: 'flag', p: 'slow', t: 'slow' },
      { k: 'flag', p: 'largeRequest', t: 'large-request' },
      { k: 'flag', p: 'largeReply', t: 'large-reply' },
    ],
  },
];

/** Options of COMMAND DOCS. */
export type CommandDocsOptions = { readonly commandName?: readonly Argument[] };

const COMMAND_DOCS_NODES: readonly Node[] = [{ k: 'value', p: 'commandName', m: 1 }];

/** Options of COMMAND GETKEYS. */
export type CommandGetkeysOptions = { readonly arg?: readonly Argument[] };

const COMMAND_GETKEYS_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', p: 'arg', m: 1 },
];

/** Options of COMMAND GETKEYSANDFLAGS. */
export type CommandGetkeysandflagsOptions = { readonly arg?: readonly Argument[] };

const COMMAND_GETKEYSANDFLAGS_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', p: 'arg', m: 1 },
];

/** Options of COMMAND INFO. */
export type CommandInfoOptions = { readonly commandName?: readonly Argument[] };

const COMMAND_INFO_NODES: readonly Node[] = [{ k: 'value', p: 'commandName', m: 1 }];

/** Options of COMMAND LIST. */
export type CommandListOptions = Partial<
  OneOf<{ readonly module: Argument } | { readonly aclcat: Argument } | { readonly pattern: Argument }>
>;

const COMMAND_LIST_NODES: readonly Node[] = [
  {
    k: 'oneof',
    t: 'FILTERBY',
    a: [
      { k: 'value', p: 'module', t: 'MODULE' },
      { k: 'value', p: 'aclcat', t: 'ACLCAT' },
      { k: 'value', p: 'pattern', t: 'PATTERN' },
    ],
  },
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

/** Options of EVAL. */
export type EvalOptions = { readonly key?: readonly Key[]; readonly arg?: readonly Argument[] };

const EVAL_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'count' },
  { k: 'value', p: 'key', m: 1 },
  { k: 'value', p: 'arg', m: 1 },
];

/** Options of EVAL_RO. */
export type EvalRoOptions = { readonly key?: readonly Key[]; readonly arg?: readonly Argument[] };

const EVAL_RO_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'count' },
  { k: 'value', p: 'key', m: 1 },
  { k: 'value', p: 'arg', m: 1 },
];

/** Options of EVALSHA. */
export type EvalshaOptions = { readonly key?: readonly Key[]; readonly arg?: readonly Argument[] };

const EVALSHA_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'count' },
  { k: 'value', p: 'key', m: 1 },
  { k: 'value', p: 'arg', m: 1 },
];

/** Options of EVALSHA_RO. */
export type EvalshaRoOptions = { readonly key?: readonly Key[]; readonly arg?: readonly Argument[] };

const EVALSHA_RO_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'count' },
  { k: 'value', p: 'key', m: 1 },
  { k: 'value', p: 'arg', m: 1 },
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

/** Options of FCALL. */
export type FcallOptions = { readonly key?: readonly Key[]; readonly arg?: readonly Argument[] };

const FCALL_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'count' },
  { k: 'value', p: 'key', m: 1 },
  { k: 'value', p: 'arg', m: 1 },
];

/** Options of FCALL_RO. */
export type FcallRoOptions = { readonly key?: readonly Key[]; readonly arg?: readonly Argument[] };

const FCALL_RO_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'count' },
  { k: 'value', p: 'key', m: 1 },
  { k: 'value', p: 'arg', m: 1 },
];

/** Options of FLUSHALL. */
export type FlushallOptions = Partial<OneOf<{ readonly async: boolean } | { readonly sync: boolean }>>;

const FLUSHALL_NODES: readonly Node[] = [
  {
    k: 'oneof',
    a: [
      { k: 'flag', p: 'async', t: 'ASYNC' },
      { k: 'flag', p: 'sync', t: 'SYNC' },
    ],
  },
];

/** Options of FLUSHDB. */
export type FlushdbOptions = Partial<OneOf<{ readonly async: boolean } | { readonly sync: boolean }>>;

const FLUSHDB_NODES: readonly Node[] = [
  {
    k: 'oneof',
    a: [
      { k: 'flag', p: 'async', t: 'ASYNC' },
      { k: 'flag', p: 'sync', t: 'SYNC' },
    ],
  },
];

/** Options of FUNCTION FLUSH. */
export type FunctionFlushOptions = Partial<OneOf<{ readonly async: boolean } | { readonly sync: boolean }>>;

const FUNCTION_FLUSH_NODES: readonly Node[] = [
  {
    k: 'oneof',
    a: [
      { k: 'flag', p: 'async', t: 'ASYNC' },
      { k: 'flag', p: 'sync', t: 'SYNC' },
    ],
  },
];

/** Options of FUNCTION LIST. */
export type FunctionListOptions = { readonly libraryname?: Argument; readonly withcode?: boolean };

const FUNCTION_LIST_NODES: readonly Node[] = [
  { k: 'value', p: 'libraryname', t: 'LIBRARYNAME' },
  { k: 'flag', p: 'withcode', t: 'WITHCODE' },
];

/** Options of FUNCTION LOAD. */
export type FunctionLoadOptions = { readonly replace?: boolean };

const FUNCTION_LOAD_NODES: readonly Node[] = [
  { k: 'flag', p: 'replace', t: 'REPLACE' },
  { k: 'value', i: 0 },
];

/** Options of FUNCTION RESTORE. */
export type FunctionRestoreOptions = Partial<
  OneOf<{ readonly flush: boolean } | { readonly append: boolean } | { readonly replace: boolean }>
>;

const FUNCTION_RESTORE_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  {
    k: 'oneof',
    a: [
      { k: 'flag', p: 'flush', t: 'FLUSH' },
      { k: 'flag', p: 'append', t: 'APPEND' },
      { k: 'flag', p: 'replace', t: 'REPLACE' },
    ],
  },
];

/** Options of GEOADD. */
export type GeoaddOptions = { readonly ch?: boolean } & Partial<
  OneOf<{ readonly nx: boolean } | { readonly xx: boolean }>
>;

const GEOADD_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  {
    k: 'oneof',
    a: [
      { k: 'flag', p: 'nx', t: 'NX' },
      { k: 'flag', p: 'xx', t: 'XX' },
    ],
  },
  { k: 'flag', p: 'ch', t: 'CH' },
  {
    k: 'block',
    i: 1,
    m: 1,
    a: [
      { k: 'value', p: 'longitude' },
      { k: 'value', p: 'latitude' },
      { k: 'value', p: 'member' },
    ],
  },
];

/** Options of GEODIST. */
export type GeodistOptions = Partial<
  OneOf<{ readonly m: boolean } | { readonly km: boolean } | { readonly ft: boolean } | { readonly mi: boolean }>
>;

const GEODIST_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
  { k: 'value', i: 2 },
  {
    k: 'oneof',
    a: [
      { k: 'flag', p: 'm', t: 'm' },
      { k: 'flag', p: 'km', t: 'km' },
      { k: 'flag', p: 'ft', t: 'ft' },
      { k: 'flag', p: 'mi', t: 'mi' },
    ],
  },
];

/** Options of GEOHASH. */
export type GeohashOptions = { readonly member?: readonly Argument[] };

const GEOHASH_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', p: 'member', m: 1 },
];

/** Options of GEOPOS. */
export type GeoposOptions = { readonly member?: readonly Argument[] };

const GEOPOS_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', p: 'member', m: 1 },
];

/** Options of GEORADIUS. */
export type GeoradiusOptions = {
  readonly withcoord?: boolean;
  readonly withdist?: boolean;
  readonly withhash?: boolean;
  readonly countBlock?: { readonly count: Numeric; readonly any?: boolean };
} & Partial<OneOf<{ readonly asc: boolean } | { readonly desc: boolean }>> &
  Partial<OneOf<{ readonly store: Key } | { readonly storedist: Key }>>;

const GEORADIUS_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
  { k: 'value', i: 2 },
  { k: 'value', i: 3 },
  {
    k: 'oneof',
    i: 4,
    a: [
      { k: 'flag', p: 'm', t: 'm' },
      { k: 'flag', p: 'km', t: 'km' },
      { k: 'flag', p: 'ft', t: 'ft' },
      { k: 'flag', p: 'mi', t: 'mi' },
    ],
  },
  { k: 'flag', p: 'withcoord', t: 'WITHCOORD' },
  { k: 'flag', p: 'withdist', t: 'WITHDIST' },
  { k: 'flag', p: 'withhash', t: 'WITHHASH' },
  {
    k: 'block',
    p: 'countBlock',
    a: [
      { k: 'value', p: 'count', t: 'COUNT' },
      { k: 'flag', p: 'any', t: 'ANY' },
    ],
  },
  {
    k: 'oneof',
    a: [
      { k: 'flag', p: 'asc', t: 'ASC' },
      { k: 'flag', p: 'desc', t: 'DESC' },
    ],
  },
  {
    k: 'oneof',
    a: [
      { k: 'value', p: 'store', t: 'STORE' },
      { k: 'value', p: 'storedist', t: 'STOREDIST' },
    ],
  },
];

/** Options of GEORADIUS_RO. */
export type GeoradiusRoOptions = {
  readonly withcoord?: boolean;
  readonly withdist?: boolean;
  readonly withhash?: boolean;
  readonly countBlock?: { readonly count: Numeric; readonly any?: boolean };
} & Partial<OneOf<{ readonly asc: boolean } | { readonly desc: boolean }>>;

const GEORADIUS_RO_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
  { k: 'value', i: 2 },
  { k: 'value', i: 3 },
  {
    k: 'oneof',
    i: 4,
    a: [
      { k: 'flag', p: 'm', t: 'm' },
      { k: 'flag', p: 'km', t: 'km' },
      { k: 'flag', p: 'ft', t: 'ft' },
      { k: 'flag', p: 'mi', t: 'mi' },
    ],
  },
  { k: 'flag', p: 'withcoord', t: 'WITHCOORD' },
  { k: 'flag', p: 'withdist', t: 'WITHDIST' },
  { k: 'flag', p: 'withhash', t: 'WITHHASH' },
  {
    k: 'block',
    p: 'countBlock',
    a: [
      { k: 'value', p: 'count', t: 'COUNT' },
      { k: 'flag', p: 'any', t: 'ANY' },
    ],
  },
  {
    k: 'oneof',
    a: [
      { k: 'flag', p: 'asc', t: 'ASC' },
      { k: 'flag', p: 'desc', t: 'DESC' },
    ],
  },
];

/** Options of GEORADIUSBYMEMBER. */
export type GeoradiusbymemberOptions = {
  readonly withcoord?: boolean;
  readonly withdist?: boolean;
  readonly withhash?: boolean;
  readonly countBlock?: { readonly count: Numeric; readonly any?: boolean };
} & Partial<OneOf<{ readonly asc: boolean } | { readonly desc: boolean }>> &
  Partial<OneOf<{ readonly store: Key } | { readonly storedist: Key }>>;

const GEORADIUSBYMEMBER_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
  { k: 'value', i: 2 },
  {
    k: 'oneof',
    i: 3,
    a: [
      { k: 'flag', p: 'm', t: 'm' },
      { k: 'flag', p: 'km', t: 'km' },
      { k: 'flag', p: 'ft', t: 'ft' },
      { k: 'flag', p: 'mi', t: 'mi' },
    ],
  },
  { k: 'flag', p: 'withcoord', t: 'WITHCOORD' },
  { k: 'flag', p: 'withdist', t: 'WITHDIST' },
  { k: 'flag', p: 'withhash', t: 'WITHHASH' },
  {
    k: 'block',
    p: 'countBlock',
    a: [
      { k: 'value', p: 'count', t: 'COUNT' },
      { k: 'flag', p: 'any', t: 'ANY' },
    ],
  },
  {
    k: 'oneof',
    a: [
      { k: 'flag', p: 'asc', t: 'ASC' },
      { k: 'flag', p: 'desc', t: 'DESC' },
    ],
  },
  {
    k: 'oneof',
    a: [
      { k: 'value', p: 'store', t: 'STORE' },
      { k: 'value', p: 'storedist', t: 'STOREDIST' },
    ],
  },
];

/** Options of GEORADIUSBYMEMBER_RO. */
export type GeoradiusbymemberRoOptions = {
  readonly withcoord?: boolean;
  readonly withdist?: boolean;
  readonly withhash?: boolean;
  readonly countBlock?: { readonly count: Numeric; readonly any?: boolean };
} & Partial<OneOf<{ readonly asc: boolean } | { readonly desc: boolean }>>;

const GEORADIUSBYMEMBER_RO_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
  { k: 'value', i: 2 },
  {
    k: 'oneof',
    i: 3,
    a: [
      { k: 'flag', p: 'm', t: 'm' },
      { k: 'flag', p: 'km', t: 'km' },
      { k: 'flag', p: 'ft', t: 'ft' },
      { k: 'flag', p: 'mi', t: 'mi' },
    ],
  },
  { k: 'flag', p: 'withcoord', t: 'WITHCOORD' },
  { k: 'flag', p: 'withdist', t: 'WITHDIST' },
  { k: 'flag', p: 'withhash', t: 'WITHHASH' },
  {
    k: 'block',
    p: 'countBlock',
    a: [
      { k: 'value', p: 'count', t: 'COUNT' },
      { k: 'flag', p: 'any', t: 'ANY' },
    ],
  },
  {
    k: 'oneof',
    a: [
      { k: 'flag', p: 'asc', t: 'ASC' },
      { k: 'flag', p: 'desc', t: 'DESC' },
    ],
  },
];

/** Options of GEOSEARCH. */
export type GeosearchOptions = {
  readonly countBlock?: { readonly count: Numeric; readonly any?: boolean };
  readonly withcoord?: boolean;
  readonly withdist?: boolean;
  readonly withhash?: boolean;
} & Partial<OneOf<{ readonly asc: boolean } | { readonly desc: boolean }>>;

const GEOSEARCH_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  {
    k: 'oneof',
    i: 1,
    a: [
      { k: 'value', p: 'frommember', t: 'FROMMEMBER' },
      {
        k: 'block',
        p: 'fromlonlat',
        t: 'FROMLONLAT',
        a: [
          { k: 'value', p: 'longitude' },
          { k: 'value', p: 'latitude' },
        ],
      },
    ],
  },
  {
    k: 'oneof',
    i: 2,
    a: [
      {
        k: 'block',
        a: [
          { k: 'value', p: 'byradius', t: 'BYRADIUS' },
          {
            k: 'oneof',
            a: [
              { k: 'flag', p: 'm', t: 'm' },
              { k: 'flag', p: 'km', t: 'km' },
              { k: 'flag', p: 'ft', t: 'ft' },
              { k: 'flag', p: 'mi', t: 'mi' },
            ],
          },
        ],
      },
      {
        k: 'block',
        a: [
          { k: 'value', p: 'bybox', t: 'BYBOX' },
          { k: 'value', p: 'height' },
          {
            k: 'oneof',
            a: [
              { k: 'flag', p: 'm', t: 'm' },
              { k: 'flag', p: 'km', t: 'km' },
              { k: 'flag', p: 'ft', t: 'ft' },
              { k: 'flag', p: 'mi', t: 'mi' },
            ],
          },
        ],
      },
      {
        k: 'block',
        a: [
          { k: 'value', p: 'bypolygon', t: 'BYPOLYGON' },
          {
            k: 'block',
            p: 'vertex',
            m: 1,
            a: [
              { k: 'value', p: 'longitude' },
              { k: 'value', p: 'latitude' },
            ],
          },
        ],
      },
    ],
  },
  {
    k: 'oneof',
    a: [
      { k: 'flag', p: 'asc', t: 'ASC' },
      { k: 'flag', p: 'desc', t: 'DESC' },
    ],
  },
  {
    k: 'block',
    p: 'countBlock',
    a: [
      { k: 'value', p: 'count', t: 'COUNT' },
      { k: 'flag', p: 'any', t: 'ANY' },
    ],
  },
  { k: 'flag', p: 'withcoord', t: 'WITHCOORD' },
  { k: 'flag', p: 'withdist', t: 'WITHDIST' },
  { k: 'flag', p: 'withhash', t: 'WITHHASH' },
];

/** Options of GEOSEARCHSTORE. */
export type GeosearchstoreOptions = {
  readonly countBlock?: { readonly count: Numeric; readonly any?: boolean };
  readonly storedist?: boolean;
} & Partial<OneOf<{ readonly asc: boolean } | { readonly desc: boolean }>>;

const GEOSEARCHSTORE_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
  {
    k: 'oneof',
    i: 2,
    a: [
      { k: 'value', p: 'frommember', t: 'FROMMEMBER' },
      {
        k: 'block',
        p: 'fromlonlat',
        t: 'FROMLONLAT',
        a: [
          { k: 'value', p: 'longitude' },
          { k: 'value', p: 'latitude' },
        ],
      },
    ],
  },
  {
    k: 'oneof',
    i: 3,
    a: [
      {
        k: 'block',
        a: [
          { k: 'value', p: 'byradius', t: 'BYRADIUS' },
          {
            k: 'oneof',
            a: [
              { k: 'flag', p: 'm', t: 'm' },
              { k: 'flag', p: 'km', t: 'km' },
              { k: 'flag', p: 'ft', t: 'ft' },
              { k: 'flag', p: 'mi', t: 'mi' },
            ],
          },
        ],
      },
      {
        k: 'block',
        a: [
          { k: 'value', p: 'bybox', t: 'BYBOX' },
          { k: 'value', p: 'height' },
          {
            k: 'oneof',
            a: [
              { k: 'flag', p: 'm', t: 'm' },
              { k: 'flag', p: 'km', t: 'km' },
              { k: 'flag', p: 'ft', t: 'ft' },
              { k: 'flag', p: 'mi', t: 'mi' },
            ],
          },
        ],
      },
      {
        k: 'block',
        a: [
          { k: 'value', p: 'bypolygon', t: 'BYPOLYGON' },
          {
            k: 'block',
            p: 'vertex',
            m: 1,
            a: [
              { k: 'value', p: 'longitude' },
              { k: 'value', p: 'latitude' },
            ],
          },
        ],
      },
    ],
  },
  {
    k: 'oneof',
    a: [
      { k: 'flag', p: 'asc', t: 'ASC' },
      { k: 'flag', p: 'desc', t: 'DESC' },
    ],
  },
  {
    k: 'block',
    p: 'countBlock',
    a: [
      { k: 'value', p: 'count', t: 'COUNT' },
      { k: 'flag', p: 'any', t: 'ANY' },
    ],
  },
  { k: 'flag', p: 'storedist', t: 'STOREDIST' },
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

/** Options of HELLO. */
export type HelloOptions = {
  readonly arguments?: {
    readonly protover: Numeric;
    readonly auth?: readonly [username: Argument, password: Argument];
    readonly setname?: Argument;
  };
};

const HELLO_NODES: readonly Node[] = [
  {
    k: 'block',
    p: 'arguments',
    a: [
      { k: 'value', p: 'protover' },
      {
        k: 'block',
        p: 'auth',
        t: 'AUTH',
        a: [
          { k: 'value', p: 'username' },
          { k: 'value', p: 'password' },
        ],
      },
      { k: 'value', p: 'setname', t: 'SETNAME' },
    ],
  },
];

/** Options of HEXPIRE. */
export type HexpireOptions = Partial<
  OneOf<{ readonly nx: boolean } | { readonly xx: boolean } | { readonly gt: boolean } | { readonly lt: boolean }>
>;

const HEXPIRE_NODES: readonly Node[] = [
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
  { k: 'block', i: 2, t: 'FIELDS', a: [{ k: 'count' }, { k: 'value', p: 'field', m: 1 }], c: 1 },
];

/** Options of HEXPIREAT. */
export type HexpireatOptions = Partial<
  OneOf<{ readonly nx: boolean } | { readonly xx: boolean } | { readonly gt: boolean } | { readonly lt: boolean }>
>;

const HEXPIREAT_NODES: readonly Node[] = [
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
  { k: 'block', i: 2, t: 'FIELDS', a: [{ k: 'count' }, { k: 'value', p: 'field', m: 1 }], c: 1 },
];

const HEXPIRETIME_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'block', i: 1, t: 'FIELDS', a: [{ k: 'count' }, { k: 'value', p: 'field', m: 1 }], c: 1 },
];

const HGETDEL_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'block', i: 1, t: 'FIELDS', a: [{ k: 'count' }, { k: 'value', p: 'field', m: 1 }], c: 1 },
];

/** Options of HGETEX. */
export type HgetexOptions = Partial<
  OneOf<
    | { readonly ex: Numeric }
    | { readonly px: Numeric }
    | { readonly exat: Numeric }
    | { readonly pxat: Numeric }
    | { readonly persist: boolean }
  >
>;

const HGETEX_NODES: readonly Node[] = [
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
  { k: 'block', i: 1, t: 'FIELDS', a: [{ k: 'count' }, { k: 'value', p: 'field', m: 1 }], c: 1 },
];

const HMSET_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  {
    k: 'block',
    i: 1,
    m: 1,
    a: [
      { k: 'value', p: 'field' },
      { k: 'value', p: 'value' },
    ],
  },
];

/** Options of HOTKEYS START. */
export type HotkeysStartOptions = {
  readonly count?: Numeric;
  readonly duration?: Numeric;
  readonly sample?: Numeric;
  readonly slots?: { readonly count: Numeric; readonly slot: readonly Numeric[] };
};

const HOTKEYS_START_NODES: readonly Node[] = [
  {
    k: 'block',
    i: 0,
    t: 'METRICS',
    a: [
      { k: 'value', p: 'count' },
      { k: 'flag', p: 'cpu', t: 'CPU' },
      { k: 'flag', p: 'net', t: 'NET' },
    ],
  },
  { k: 'value', p: 'count', t: 'COUNT' },
  { k: 'value', p: 'duration', t: 'DURATION' },
  { k: 'value', p: 'sample', t: 'SAMPLE' },
  {
    k: 'block',
    p: 'slots',
    t: 'SLOTS',
    a: [
      { k: 'value', p: 'count' },
      { k: 'value', p: 'slot', m: 1 },
    ],
  },
];

const HPERSIST_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'block', i: 1, t: 'FIELDS', a: [{ k: 'count' }, { k: 'value', p: 'field', m: 1 }], c: 1 },
];

/** Options of HPEXPIRE. */
export type HpexpireOptions = Partial<
  OneOf<{ readonly nx: boolean } | { readonly xx: boolean } | { readonly gt: boolean } | { readonly lt: boolean }>
>;

const HPEXPIRE_NODES: readonly Node[] = [
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
  { k: 'block', i: 2, t: 'FIELDS', a: [{ k: 'count' }, { k: 'value', p: 'field', m: 1 }], c: 1 },
];

/** Options of HPEXPIREAT. */
export type HpexpireatOptions = Partial<
  OneOf<{ readonly nx: boolean } | { readonly xx: boolean } | { readonly gt: boolean } | { readonly lt: boolean }>
>;

const HPEXPIREAT_NODES: readonly Node[] = [
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
  { k: 'block', i: 2, t: 'FIELDS', a: [{ k: 'count' }, { k: 'value', p: 'field', m: 1 }], c: 1 },
];

const HPEXPIRETIME_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'block', i: 1, t: 'FIELDS', a: [{ k: 'count' }, { k: 'value', p: 'field', m: 1 }], c: 1 },
];

const HPTTL_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'block', i: 1, t: 'FIELDS', a: [{ k: 'count' }, { k: 'value', p: 'field', m: 1 }], c: 1 },
];

/** Options of HRANDFIELD. */
export type HrandfieldOptions = { readonly options?: { readonly count: Numeric; readonly withvalues?: boolean } };

const HRANDFIELD_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  {
    k: 'block',
    p: 'options',
    a: [
      { k: 'value', p: 'count' },
      { k: 'flag', p: 'withvalues', t: 'WITHVALUES' },
    ],
  },
];

/** Options of HSCAN. */
export type HscanOptions = { readonly match?: Argument; readonly count?: Numeric; readonly novalues?: boolean };

const HSCAN_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
  { k: 'value', p: 'match', t: 'MATCH' },
  { k: 'value', p: 'count', t: 'COUNT' },
  { k: 'flag', p: 'novalues', t: 'NOVALUES' },
];

const HSET_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  {
    k: 'block',
    i: 1,
    m: 1,
    a: [
      { k: 'value', p: 'field' },
      { k: 'value', p: 'value' },
    ],
  },
];

/** Options of HSETEX. */
export type HsetexOptions = Partial<OneOf<{ readonly fnx: boolean } | { readonly fxx: boolean }>> &
  Partial<
    OneOf<
      | { readonly ex: Numeric }
      | { readonly px: Numeric }
      | { readonly exat: Numeric }
      | { readonly pxat: Numeric }
      | { readonly keepttl: boolean }
    >
  >;

const HSETEX_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  {
    k: 'oneof',
    a: [
      { k: 'flag', p: 'fnx', t: 'FNX' },
      { k: 'flag', p: 'fxx', t: 'FXX' },
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
  {
    k: 'block',
    i: 1,
    t: 'FIELDS',
    a: [
      { k: 'count' },
      {
        k: 'block',
        p: 'data',
        m: 1,
        a: [
          { k: 'value', p: 'field' },
          { k: 'value', p: 'value' },
        ],
      },
    ],
    c: 1,
  },
];

const HTTL_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'block', i: 1, t: 'FIELDS', a: [{ k: 'count' }, { k: 'value', p: 'field', m: 1 }], c: 1 },
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

/** Options of INFO. */
export type InfoOptions = { readonly section?: readonly Argument[] };

const INFO_NODES: readonly Node[] = [{ k: 'value', p: 'section', m: 1 }];

/** Options of LATENCY HISTOGRAM. */
export type LatencyHistogramOptions = { readonly command?: readonly Argument[] };

const LATENCY_HISTOGRAM_NODES: readonly Node[] = [{ k: 'value', p: 'command', m: 1 }];

/** Options of LATENCY RESET. */
export type LatencyResetOptions = { readonly event?: readonly Argument[] };

const LATENCY_RESET_NODES: readonly Node[] = [{ k: 'value', p: 'event', m: 1 }];

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

const LINSERT_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  {
    k: 'oneof',
    i: 1,
    a: [
      { k: 'flag', p: 'before', t: 'BEFORE' },
      { k: 'flag', p: 'after', t: 'AFTER' },
    ],
  },
  { k: 'value', i: 2 },
  { k: 'value', i: 3 },
];

const LMOVE_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
  {
    k: 'oneof',
    i: 2,
    a: [
      { k: 'flag', p: 'left', t: 'LEFT' },
      { k: 'flag', p: 'right', t: 'RIGHT' },
    ],
  },
  {
    k: 'oneof',
    i: 3,
    a: [
      { k: 'flag', p: 'left', t: 'LEFT' },
      { k: 'flag', p: 'right', t: 'RIGHT' },
    ],
  },
];

/** Options of LMOVEM. */
export type LmovemOptions = {
  readonly howMany?: OneOf<{ readonly count: Numeric } | { readonly exactly: Numeric }> &
    OneOf<{ readonly obo: boolean } | { readonly bulk: boolean }>;
};

const LMOVEM_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
  {
    k: 'oneof',
    i: 2,
    a: [
      { k: 'flag', p: 'left', t: 'LEFT' },
      { k: 'flag', p: 'right', t: 'RIGHT' },
    ],
  },
  {
    k: 'oneof',
    i: 3,
    a: [
      { k: 'flag', p: 'left', t: 'LEFT' },
      { k: 'flag', p: 'right', t: 'RIGHT' },
    ],
  },
  {
    k: 'block',
    p: 'howMany',
    a: [
      {
        k: 'oneof',
        a: [
          { k: 'value', p: 'count', t: 'COUNT' },
          { k: 'value', p: 'exactly', t: 'EXACTLY' },
        ],
      },
      {
        k: 'oneof',
        a: [
          { k: 'flag', p: 'obo', t: 'OBO' },
          { k: 'flag', p: 'bulk', t: 'BULK' },
        ],
      },
    ],
  },
];

/** Options of LMPOP. */
export type LmpopOptions = { readonly count?: Numeric };

const LMPOP_NODES: readonly Node[] = [
  { k: 'count' },
  { k: 'value', i: 0, m: 1 },
  {
    k: 'oneof',
    i: 1,
    a: [
      { k: 'flag', p: 'left', t: 'LEFT' },
      { k: 'flag', p: 'right', t: 'RIGHT' },
    ],
  },
  { k: 'value', p: 'count', t: 'COUNT' },
];

/** Options of LOLWUT. */
export type LolwutOptions = { readonly version?: Numeric };

const LOLWUT_NODES: readonly Node[] = [{ k: 'value', p: 'version', t: 'VERSION' }];

const LPOP_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
];

/** Options of LPOS. */
export type LposOptions = { readonly rank?: Numeric; readonly count?: Numeric; readonly maxlen?: Numeric };

const LPOS_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
  { k: 'value', p: 'rank', t: 'RANK' },
  { k: 'value', p: 'count', t: 'COUNT' },
  { k: 'value', p: 'maxlen', t: 'MAXLEN' },
];

/** Options of MEMORY USAGE. */
export type MemoryUsageOptions = { readonly samples?: Numeric };

const MEMORY_USAGE_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', p: 'samples', t: 'SAMPLES' },
];

/** Options of MIGRATE. */
export type MigrateOptions = {
  readonly copy?: boolean;
  readonly replace?: boolean;
  readonly keys?: readonly Key[];
} & Partial<OneOf<{ readonly auth: Argument } | { readonly auth2: readonly [username: Argument, password: Argument] }>>;

const MIGRATE_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
  { k: 'oneof', i: 2, a: [{ k: 'value' }, { k: 'flag', t: '""' }] },
  { k: 'value', i: 3 },
  { k: 'value', i: 4 },
  { k: 'flag', p: 'copy', t: 'COPY' },
  { k: 'flag', p: 'replace', t: 'REPLACE' },
  {
    k: 'oneof',
    a: [
      { k: 'value', p: 'auth', t: 'AUTH' },
      {
        k: 'block',
        p: 'auth2',
        t: 'AUTH2',
        a: [
          { k: 'value', p: 'username' },
          { k: 'value', p: 'password' },
        ],
      },
    ],
  },
  { k: 'value', p: 'keys', t: 'KEYS', m: 1 },
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

/** Options of PFADD. */
export type PfaddOptions = { readonly element?: readonly Argument[] };

const PFADD_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', p: 'element', m: 1 },
];

/** Options of PFMERGE. */
export type PfmergeOptions = { readonly sourcekey?: readonly Key[] };

const PFMERGE_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', p: 'sourcekey', m: 1 },
];

const PING_NODES: readonly Node[] = [{ k: 'value', i: 0 }];

const PUBSUB_CHANNELS_NODES: readonly Node[] = [{ k: 'value', i: 0 }];

/** Options of PUBSUB NUMSUB. */
export type PubsubNumsubOptions = { readonly channel?: readonly Argument[] };

const PUBSUB_NUMSUB_NODES: readonly Node[] = [{ k: 'value', p: 'channel', m: 1 }];

const PUBSUB_SHARDCHANNELS_NODES: readonly Node[] = [{ k: 'value', i: 0 }];

/** Options of PUBSUB SHARDNUMSUB. */
export type PubsubShardnumsubOptions = { readonly shardchannel?: readonly Argument[] };

const PUBSUB_SHARDNUMSUB_NODES: readonly Node[] = [{ k: 'value', p: 'shardchannel', m: 1 }];

/** Options of PUNSUBSCRIBE. */
export type PunsubscribeOptions = { readonly pattern?: readonly Argument[] };

const PUNSUBSCRIBE_NODES: readonly Node[] = [{ k: 'value', p: 'pattern', m: 1 }];

/** Options of RESTORE. */
export type RestoreOptions = {
  readonly replace?: boolean;
  readonly absttl?: boolean;
  readonly idletime?: Numeric;
  readonly freq?: Numeric;
};

const RESTORE_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
  { k: 'value', i: 2 },
  { k: 'flag', p: 'replace', t: 'REPLACE' },
  { k: 'flag', p: 'absttl', t: 'ABSTTL' },
  { k: 'value', p: 'idletime', t: 'IDLETIME' },
  { k: 'value', p: 'freq', t: 'FREQ' },
];

/** Options of RESTORE-ASKING. */
export type RestoreAskingOptions = {
  readonly replace?: boolean;
  readonly absttl?: boolean;
  readonly idletime?: Numeric;
  readonly freq?: Numeric;
};

const RESTORE_ASKING_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
  { k: 'value', i: 2 },
  { k: 'flag', p: 'replace', t: 'REPLACE' },
  { k: 'flag', p: 'absttl', t: 'ABSTTL' },
  { k: 'value', p: 'idletime', t: 'IDLETIME' },
  { k: 'value', p: 'freq', t: 'FREQ' },
];

const RPOP_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
];

/** Options of SCAN. */
export type ScanOptions = { readonly match?: Argument; readonly count?: Numeric; readonly type?: Argument };

const SCAN_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', p: 'match', t: 'MATCH' },
  { k: 'value', p: 'count', t: 'COUNT' },
  { k: 'value', p: 'type', t: 'TYPE' },
];

const SCRIPT_DEBUG_NODES: readonly Node[] = [
  {
    k: 'oneof',
    i: 0,
    a: [
      { k: 'flag', p: 'yes', t: 'YES' },
      { k: 'flag', p: 'sync', t: 'SYNC' },
      { k: 'flag', p: 'no', t: 'NO' },
    ],
  },
];

/** Options of SCRIPT FLUSH. */
export type ScriptFlushOptions = Partial<OneOf<{ readonly async: boolean } | { readonly sync: boolean }>>;

const SCRIPT_FLUSH_NODES: readonly Node[] = [
  {
    k: 'oneof',
    a: [
      { k: 'flag', p: 'async', t: 'ASYNC' },
      { k: 'flag', p: 'sync', t: 'SYNC' },
    ],
  },
];

/** Options of SDIFFCARD. */
export type SdiffcardOptions = { readonly limit?: Numeric };

const SDIFFCARD_NODES: readonly Node[] = [
  { k: 'count' },
  { k: 'value', i: 0, m: 1 },
  { k: 'value', p: 'limit', t: 'LIMIT' },
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

/** Options of SINTERCARD. */
export type SintercardOptions = { readonly limit?: Numeric };

const SINTERCARD_NODES: readonly Node[] = [
  { k: 'count' },
  { k: 'value', i: 0, m: 1 },
  { k: 'value', p: 'limit', t: 'LIMIT' },
];

const SLOWLOG_GET_NODES: readonly Node[] = [{ k: 'value', i: 0 }];

/** Options of SORT. */
export type SortOptions = {
  readonly by?: Argument;
  readonly limit?: readonly [offset: Numeric, count: Numeric];
  readonly get?: readonly Argument[];
  readonly alpha?: boolean;
  readonly store?: Key;
} & Partial<OneOf<{ readonly asc: boolean } | { readonly desc: boolean }>>;

const SORT_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', p: 'by', t: 'BY' },
  {
    k: 'block',
    p: 'limit',
    t: 'LIMIT',
    a: [
      { k: 'value', p: 'offset' },
      { k: 'value', p: 'count' },
    ],
  },
  { k: 'value', p: 'get', t: 'GET', m: 2 },
  {
    k: 'oneof',
    a: [
      { k: 'flag', p: 'asc', t: 'ASC' },
      { k: 'flag', p: 'desc', t: 'DESC' },
    ],
  },
  { k: 'flag', p: 'alpha', t: 'ALPHA' },
  { k: 'value', p: 'store', t: 'STORE' },
];

/** Options of SORT_RO. */
export type SortRoOptions = {
  readonly by?: Argument;
  readonly limit?: readonly [offset: Numeric, count: Numeric];
  readonly get?: readonly Argument[];
  readonly alpha?: boolean;
} & Partial<OneOf<{ readonly asc: boolean } | { readonly desc: boolean }>>;

const SORT_RO_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', p: 'by', t: 'BY' },
  {
    k: 'block',
    p: 'limit',
    t: 'LIMIT',
    a: [
      { k: 'value', p: 'offset' },
      { k: 'value', p: 'count' },
    ],
  },
  { k: 'value', p: 'get', t: 'GET', m: 2 },
  {
    k: 'oneof',
    a: [
      { k: 'flag', p: 'asc', t: 'ASC' },
      { k: 'flag', p: 'desc', t: 'DESC' },
    ],
  },
  { k: 'flag', p: 'alpha', t: 'ALPHA' },
];

const SPOP_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
];

const SRANDMEMBER_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
];

/** Options of SSCAN. */
export type SscanOptions = { readonly match?: Argument; readonly count?: Numeric };

const SSCAN_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
  { k: 'value', p: 'match', t: 'MATCH' },
  { k: 'value', p: 'count', t: 'COUNT' },
];

/** Options of SUNIONCARD. */
export type SunioncardOptions = { readonly approx?: boolean; readonly limit?: Numeric };

const SUNIONCARD_NODES: readonly Node[] = [
  { k: 'count' },
  { k: 'value', i: 0, m: 1 },
  { k: 'flag', p: 'approx', t: 'APPROX' },
  { k: 'value', p: 'limit', t: 'LIMIT' },
];

/** Options of SUNSUBSCRIBE. */
export type SunsubscribeOptions = { readonly shardchannel?: readonly Argument[] };

const SUNSUBSCRIBE_NODES: readonly Node[] = [{ k: 'value', p: 'shardchannel', m: 1 }];

/** Options of UNSUBSCRIBE. */
export type UnsubscribeOptions = { readonly channel?: readonly Argument[] };

const UNSUBSCRIBE_NODES: readonly Node[] = [{ k: 'value', p: 'channel', m: 1 }];

/** Options of XACKDEL. */
export type XackdelOptions = Partial<
  OneOf<{ readonly keepref: boolean } | { readonly delref: boolean } | { readonly acked: boolean }>
>;

const XACKDEL_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
  {
    k: 'oneof',
    a: [
      { k: 'flag', p: 'keepref', t: 'KEEPREF' },
      { k: 'flag', p: 'delref', t: 'DELREF' },
      { k: 'flag', p: 'acked', t: 'ACKED' },
    ],
  },
  { k: 'block', i: 2, t: 'IDS', a: [{ k: 'count' }, { k: 'value', p: 'id', m: 1 }], c: 1 },
];

/** Options of XADD. */
export type XaddOptions = {
  readonly nomkstream?: boolean;
  readonly trim?: { readonly operator?: '=' | '~'; readonly threshold: Argument; readonly limit?: Numeric } & OneOf<
    { readonly maxlen: boolean } | { readonly minid: boolean }
  >;
} & Partial<OneOf<{ readonly keepref: boolean } | { readonly delref: boolean } | { readonly acked: boolean }>> &
  Partial<
    OneOf<{ readonly idmpauto: Argument } | { readonly idmp: readonly [producerId: Argument, idempotentId: Argument] }>
  >;

const XADD_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'flag', p: 'nomkstream', t: 'NOMKSTREAM' },
  {
    k: 'oneof',
    a: [
      { k: 'flag', p: 'keepref', t: 'KEEPREF' },
      { k: 'flag', p: 'delref', t: 'DELREF' },
      { k: 'flag', p: 'acked', t: 'ACKED' },
    ],
  },
  {
    k: 'oneof',
    a: [
      { k: 'value', p: 'idmpauto', t: 'IDMPAUTO' },
      {
        k: 'block',
        p: 'idmp',
        t: 'IDMP',
        a: [
          { k: 'value', p: 'producerId' },
          { k: 'value', p: 'idempotentId' },
        ],
      },
    ],
  },
  {
    k: 'block',
    p: 'trim',
    a: [
      {
        k: 'oneof',
        a: [
          { k: 'flag', p: 'maxlen', t: 'MAXLEN' },
          { k: 'flag', p: 'minid', t: 'MINID' },
        ],
      },
      {
        k: 'oneof',
        p: 'operator',
        a: [
          { k: 'flag', t: '=' },
          { k: 'flag', t: '~' },
        ],
      },
      { k: 'value', p: 'threshold' },
      { k: 'value', p: 'limit', t: 'LIMIT' },
    ],
  },
  { k: 'oneof', i: 1, a: [{ k: 'flag', t: '*' }, { k: 'value' }] },
  {
    k: 'block',
    i: 2,
    m: 1,
    a: [
      { k: 'value', p: 'field' },
      { k: 'value', p: 'value' },
    ],
  },
];

/** Options of XAUTOCLAIM. */
export type XautoclaimOptions = { readonly count?: Numeric; readonly justid?: boolean };

const XAUTOCLAIM_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
  { k: 'value', i: 2 },
  { k: 'value', i: 3 },
  { k: 'value', i: 4 },
  { k: 'value', p: 'count', t: 'COUNT' },
  { k: 'flag', p: 'justid', t: 'JUSTID' },
];

/** Options of XCFGSET. */
export type XcfgsetOptions = { readonly idmpDuration?: Numeric; readonly idmpMaxsize?: Numeric };

const XCFGSET_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', p: 'idmpDuration', t: 'IDMP-DURATION' },
  { k: 'value', p: 'idmpMaxsize', t: 'IDMP-MAXSIZE' },
];

/** Options of XCLAIM. */
export type XclaimOptions = {
  readonly idle?: Numeric;
  readonly time?: Numeric;
  readonly retrycount?: Numeric;
  readonly force?: boolean;
  readonly justid?: boolean;
  readonly lastid?: Argument;
};

const XCLAIM_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
  { k: 'value', i: 2 },
  { k: 'value', i: 3 },
  { k: 'value', i: 4, m: 1 },
  { k: 'value', p: 'idle', t: 'IDLE' },
  { k: 'value', p: 'time', t: 'TIME' },
  { k: 'value', p: 'retrycount', t: 'RETRYCOUNT' },
  { k: 'flag', p: 'force', t: 'FORCE' },
  { k: 'flag', p: 'justid', t: 'JUSTID' },
  { k: 'value', p: 'lastid', t: 'LASTID' },
];

/** Options of XDELEX. */
export type XdelexOptions = Partial<
  OneOf<{ readonly keepref: boolean } | { readonly delref: boolean } | { readonly acked: boolean }>
>;

const XDELEX_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  {
    k: 'oneof',
    a: [
      { k: 'flag', p: 'keepref', t: 'KEEPREF' },
      { k: 'flag', p: 'delref', t: 'DELREF' },
      { k: 'flag', p: 'acked', t: 'ACKED' },
    ],
  },
  { k: 'block', i: 1, t: 'IDS', a: [{ k: 'count' }, { k: 'value', p: 'id', m: 1 }], c: 1 },
];

/** Options of XGROUP CREATE. */
export type XgroupCreateOptions = { readonly mkstream?: boolean; readonly entriesread?: Numeric };

const XGROUP_CREATE_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
  { k: 'oneof', i: 2, a: [{ k: 'value' }, { k: 'flag', t: '$' }] },
  { k: 'flag', p: 'mkstream', t: 'MKSTREAM' },
  { k: 'value', p: 'entriesread', t: 'ENTRIESREAD' },
];

/** Options of XGROUP SETID. */
export type XgroupSetidOptions = { readonly entriesread?: Numeric };

const XGROUP_SETID_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
  { k: 'oneof', i: 2, a: [{ k: 'value' }, { k: 'flag', t: '$' }] },
  { k: 'value', p: 'entriesread', t: 'ENTRIESREAD' },
];

/** Options of XINFO STREAM. */
export type XinfoStreamOptions = { readonly fullBlock?: { readonly full: boolean; readonly count?: Numeric } };

const XINFO_STREAM_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  {
    k: 'block',
    p: 'fullBlock',
    a: [
      { k: 'flag', p: 'full', t: 'FULL' },
      { k: 'value', p: 'count', t: 'COUNT' },
    ],
  },
];

/** Options of XNACK. */
export type XnackOptions = { readonly retrycount?: Numeric; readonly force?: boolean };

const XNACK_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
  {
    k: 'oneof',
    i: 2,
    a: [
      { k: 'flag', p: 'silent', t: 'SILENT' },
      { k: 'flag', p: 'fail', t: 'FAIL' },
      { k: 'flag', p: 'fatal', t: 'FATAL' },
    ],
  },
  { k: 'block', i: 3, t: 'IDS', a: [{ k: 'count' }, { k: 'value', p: 'id', m: 1 }], c: 1 },
  { k: 'value', p: 'retrycount', t: 'RETRYCOUNT' },
  { k: 'flag', p: 'force', t: 'FORCE' },
];

/** Options of XPENDING. */
export type XpendingOptions = {
  readonly filters?: {
    readonly idle?: Numeric;
    readonly start: Argument;
    readonly end: Argument;
    readonly count: Numeric;
    readonly consumer?: Argument;
  };
};

const XPENDING_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
  {
    k: 'block',
    p: 'filters',
    a: [
      { k: 'value', p: 'idle', t: 'IDLE' },
      { k: 'value', p: 'start' },
      { k: 'value', p: 'end' },
      { k: 'value', p: 'count' },
      { k: 'value', p: 'consumer' },
    ],
  },
];

/** Options of XRANGE. */
export type XrangeOptions = { readonly count?: Numeric };

const XRANGE_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
  { k: 'value', i: 2 },
  { k: 'value', p: 'count', t: 'COUNT' },
];

/** Options of XREAD. */
export type XreadOptions = { readonly count?: Numeric; readonly block?: Numeric };

const XREAD_NODES: readonly Node[] = [
  { k: 'value', p: 'count', t: 'COUNT' },
  { k: 'value', p: 'block', t: 'BLOCK' },
  {
    k: 'block',
    i: 0,
    t: 'STREAMS',
    a: [
      { k: 'value', p: 'key', m: 1 },
      { k: 'value', p: 'id', m: 1 },
    ],
  },
];

/** Options of XREADGROUP. */
export type XreadgroupOptions = {
  readonly count?: Numeric;
  readonly block?: Numeric;
  readonly claim?: Numeric;
  readonly noack?: boolean;
};

const XREADGROUP_NODES: readonly Node[] = [
  {
    k: 'block',
    i: 0,
    t: 'GROUP',
    a: [
      { k: 'value', p: 'group' },
      { k: 'value', p: 'consumer' },
    ],
  },
  { k: 'value', p: 'count', t: 'COUNT' },
  { k: 'value', p: 'block', t: 'BLOCK' },
  { k: 'value', p: 'claim', t: 'CLAIM' },
  { k: 'flag', p: 'noack', t: 'NOACK' },
  {
    k: 'block',
    i: 1,
    t: 'STREAMS',
    a: [
      { k: 'value', p: 'key', m: 1 },
      { k: 'value', p: 'id', m: 1 },
    ],
  },
];

/** Options of XREVRANGE. */
export type XrevrangeOptions = { readonly count?: Numeric };

const XREVRANGE_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
  { k: 'value', i: 2 },
  { k: 'value', p: 'count', t: 'COUNT' },
];

/** Options of XSETID. */
export type XsetidOptions = { readonly entriesadded?: Numeric; readonly maxdeletedid?: Argument };

const XSETID_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
  { k: 'value', p: 'entriesadded', t: 'ENTRIESADDED' },
  { k: 'value', p: 'maxdeletedid', t: 'MAXDELETEDID' },
];

/** Options of XTRIM. */
export type XtrimOptions = Partial<
  OneOf<{ readonly keepref: boolean } | { readonly delref: boolean } | { readonly acked: boolean }>
>;

const XTRIM_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  {
    k: 'oneof',
    a: [
      { k: 'flag', p: 'keepref', t: 'KEEPREF' },
      { k: 'flag', p: 'delref', t: 'DELREF' },
      { k: 'flag', p: 'acked', t: 'ACKED' },
    ],
  },
  {
    k: 'block',
    i: 1,
    a: [
      {
        k: 'oneof',
        a: [
          { k: 'flag', p: 'maxlen', t: 'MAXLEN' },
          { k: 'flag', p: 'minid', t: 'MINID' },
        ],
      },
      {
        k: 'oneof',
        p: 'operator',
        a: [
          { k: 'flag', t: '=' },
          { k: 'flag', t: '~' },
        ],
      },
      { k: 'value', p: 'threshold' },
      { k: 'value', p: 'limit', t: 'LIMIT' },
    ],
  },
];

/** Options of ZADD. */
export type ZaddOptions = { readonly ch?: boolean; readonly incr?: boolean } & Partial<
  OneOf<{ readonly nx: boolean } | { readonly xx: boolean }>
> &
  Partial<OneOf<{ readonly gt: boolean } | { readonly lt: boolean }>>;

const ZADD_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
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
      { k: 'flag', p: 'gt', t: 'GT' },
      { k: 'flag', p: 'lt', t: 'LT' },
    ],
  },
  { k: 'flag', p: 'ch', t: 'CH' },
  { k: 'flag', p: 'incr', t: 'INCR' },
  {
    k: 'block',
    i: 1,
    m: 1,
    a: [
      { k: 'value', p: 'score' },
      { k: 'value', p: 'member' },
    ],
  },
];

/** Options of ZDIFF. */
export type ZdiffOptions = { readonly withscores?: boolean };

const ZDIFF_NODES: readonly Node[] = [
  { k: 'count' },
  { k: 'value', i: 0, m: 1 },
  { k: 'flag', p: 'withscores', t: 'WITHSCORES' },
];

const ZDIFFSTORE_NODES: readonly Node[] = [{ k: 'value', i: 0 }, { k: 'count' }, { k: 'value', i: 1, m: 1 }];

/** Options of ZINTER. */
export type ZinterOptions = { readonly weights?: readonly Numeric[]; readonly withscores?: boolean } & Partial<
  OneOf<{ readonly sum: boolean } | { readonly min: boolean } | { readonly max: boolean } | { readonly count: boolean }>
>;

const ZINTER_NODES: readonly Node[] = [
  { k: 'count' },
  { k: 'value', i: 0, m: 1 },
  { k: 'value', p: 'weights', t: 'WEIGHTS', m: 1 },
  {
    k: 'oneof',
    t: 'AGGREGATE',
    a: [
      { k: 'flag', p: 'sum', t: 'SUM' },
      { k: 'flag', p: 'min', t: 'MIN' },
      { k: 'flag', p: 'max', t: 'MAX' },
      { k: 'flag', p: 'count', t: 'COUNT' },
    ],
  },
  { k: 'flag', p: 'withscores', t: 'WITHSCORES' },
];

/** Options of ZINTERCARD. */
export type ZintercardOptions = { readonly limit?: Numeric };

const ZINTERCARD_NODES: readonly Node[] = [
  { k: 'count' },
  { k: 'value', i: 0, m: 1 },
  { k: 'value', p: 'limit', t: 'LIMIT' },
];

/** Options of ZINTERSTORE. */
export type ZinterstoreOptions = { readonly weights?: readonly Numeric[] } & Partial<
  OneOf<{ readonly sum: boolean } | { readonly min: boolean } | { readonly max: boolean } | { readonly count: boolean }>
>;

const ZINTERSTORE_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'count' },
  { k: 'value', i: 1, m: 1 },
  { k: 'value', p: 'weights', t: 'WEIGHTS', m: 1 },
  {
    k: 'oneof',
    t: 'AGGREGATE',
    a: [
      { k: 'flag', p: 'sum', t: 'SUM' },
      { k: 'flag', p: 'min', t: 'MIN' },
      { k: 'flag', p: 'max', t: 'MAX' },
      { k: 'flag', p: 'count', t: 'COUNT' },
    ],
  },
];

/** Options of ZMPOP. */
export type ZmpopOptions = { readonly count?: Numeric };

const ZMPOP_NODES: readonly Node[] = [
  { k: 'count' },
  { k: 'value', i: 0, m: 1 },
  {
    k: 'oneof',
    i: 1,
    a: [
      { k: 'flag', p: 'min', t: 'MIN' },
      { k: 'flag', p: 'max', t: 'MAX' },
    ],
  },
  { k: 'value', p: 'count', t: 'COUNT' },
];

const ZPOPMAX_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
];

const ZPOPMIN_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
];

/** Options of ZRANDMEMBER. */
export type ZrandmemberOptions = { readonly options?: { readonly count: Numeric; readonly withscores?: boolean } };

const ZRANDMEMBER_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  {
    k: 'block',
    p: 'options',
    a: [
      { k: 'value', p: 'count' },
      { k: 'flag', p: 'withscores', t: 'WITHSCORES' },
    ],
  },
];

/** Options of ZRANGE. */
export type ZrangeOptions = {
  readonly rev?: boolean;
  readonly limit?: readonly [offset: Numeric, count: Numeric];
  readonly withscores?: boolean;
} & Partial<OneOf<{ readonly byscore: boolean } | { readonly bylex: boolean }>>;

const ZRANGE_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
  { k: 'value', i: 2 },
  {
    k: 'oneof',
    a: [
      { k: 'flag', p: 'byscore', t: 'BYSCORE' },
      { k: 'flag', p: 'bylex', t: 'BYLEX' },
    ],
  },
  { k: 'flag', p: 'rev', t: 'REV' },
  {
    k: 'block',
    p: 'limit',
    t: 'LIMIT',
    a: [
      { k: 'value', p: 'offset' },
      { k: 'value', p: 'count' },
    ],
  },
  { k: 'flag', p: 'withscores', t: 'WITHSCORES' },
];

/** Options of ZRANGEBYLEX. */
export type ZrangebylexOptions = { readonly limit?: readonly [offset: Numeric, count: Numeric] };

const ZRANGEBYLEX_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
  { k: 'value', i: 2 },
  {
    k: 'block',
    p: 'limit',
    t: 'LIMIT',
    a: [
      { k: 'value', p: 'offset' },
      { k: 'value', p: 'count' },
    ],
  },
];

/** Options of ZRANGEBYSCORE. */
export type ZrangebyscoreOptions = {
  readonly withscores?: boolean;
  readonly limit?: readonly [offset: Numeric, count: Numeric];
};

const ZRANGEBYSCORE_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
  { k: 'value', i: 2 },
  { k: 'flag', p: 'withscores', t: 'WITHSCORES' },
  {
    k: 'block',
    p: 'limit',
    t: 'LIMIT',
    a: [
      { k: 'value', p: 'offset' },
      { k: 'value', p: 'count' },
    ],
  },
];

/** Options of ZRANGESTORE. */
export type ZrangestoreOptions = {
  readonly rev?: boolean;
  readonly limit?: readonly [offset: Numeric, count: Numeric];
} & Partial<OneOf<{ readonly byscore: boolean } | { readonly bylex: boolean }>>;

const ZRANGESTORE_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
  { k: 'value', i: 2 },
  { k: 'value', i: 3 },
  {
    k: 'oneof',
    a: [
      { k: 'flag', p: 'byscore', t: 'BYSCORE' },
      { k: 'flag', p: 'bylex', t: 'BYLEX' },
    ],
  },
  { k: 'flag', p: 'rev', t: 'REV' },
  {
    k: 'block',
    p: 'limit',
    t: 'LIMIT',
    a: [
      { k: 'value', p: 'offset' },
      { k: 'value', p: 'count' },
    ],
  },
];

/** Options of ZRANK. */
export type ZrankOptions = { readonly withscore?: boolean };

const ZRANK_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
  { k: 'flag', p: 'withscore', t: 'WITHSCORE' },
];

/** Options of ZREVRANGE. */
export type ZrevrangeOptions = { readonly withscores?: boolean };

const ZREVRANGE_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
  { k: 'value', i: 2 },
  { k: 'flag', p: 'withscores', t: 'WITHSCORES' },
];

/** Options of ZREVRANGEBYLEX. */
export type ZrevrangebylexOptions = { readonly limit?: readonly [offset: Numeric, count: Numeric] };

const ZREVRANGEBYLEX_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
  { k: 'value', i: 2 },
  {
    k: 'block',
    p: 'limit',
    t: 'LIMIT',
    a: [
      { k: 'value', p: 'offset' },
      { k: 'value', p: 'count' },
    ],
  },
];

/** Options of ZREVRANGEBYSCORE. */
export type ZrevrangebyscoreOptions = {
  readonly withscores?: boolean;
  readonly limit?: readonly [offset: Numeric, count: Numeric];
};

const ZREVRANGEBYSCORE_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
  { k: 'value', i: 2 },
  { k: 'flag', p: 'withscores', t: 'WITHSCORES' },
  {
    k: 'block',
    p: 'limit',
    t: 'LIMIT',
    a: [
      { k: 'value', p: 'offset' },
      { k: 'value', p: 'count' },
    ],
  },
];

/** Options of ZREVRANK. */
export type ZrevrankOptions = { readonly withscore?: boolean };

const ZREVRANK_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
  { k: 'flag', p: 'withscore', t: 'WITHSCORE' },
];

/** Options of ZSCAN. */
export type ZscanOptions = { readonly match?: Argument; readonly count?: Numeric; readonly noscores?: boolean };

const ZSCAN_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'value', i: 1 },
  { k: 'value', p: 'match', t: 'MATCH' },
  { k: 'value', p: 'count', t: 'COUNT' },
  { k: 'flag', p: 'noscores', t: 'NOSCORES' },
];

/** Options of ZUNION. */
export type ZunionOptions = { readonly weights?: readonly Numeric[]; readonly withscores?: boolean } & Partial<
  OneOf<{ readonly sum: boolean } | { readonly min: boolean } | { readonly max: boolean } | { readonly count: boolean }>
>;

const ZUNION_NODES: readonly Node[] = [
  { k: 'count' },
  { k: 'value', i: 0, m: 1 },
  { k: 'value', p: 'weights', t: 'WEIGHTS', m: 1 },
  {
    k: 'oneof',
    t: 'AGGREGATE',
    a: [
      { k: 'flag', p: 'sum', t: 'SUM' },
      { k: 'flag', p: 'min', t: 'MIN' },
      { k: 'flag', p: 'max', t: 'MAX' },
      { k: 'flag', p: 'count', t: 'COUNT' },
    ],
  },
  { k: 'flag', p: 'withscores', t: 'WITHSCORES' },
];

/** Options of ZUNIONSTORE. */
export type ZunionstoreOptions = { readonly weights?: readonly Numeric[] } & Partial<
  OneOf<{ readonly sum: boolean } | { readonly min: boolean } | { readonly max: boolean } | { readonly count: boolean }>
>;

const ZUNIONSTORE_NODES: readonly Node[] = [
  { k: 'value', i: 0 },
  { k: 'count' },
  { k: 'value', i: 1, m: 1 },
  { k: 'value', p: 'weights', t: 'WEIGHTS', m: 1 },
  {
    k: 'oneof',
    t: 'AGGREGATE',
    a: [
      { k: 'flag', p: 'sum', t: 'SUM' },
      { k: 'flag', p: 'min', t: 'MIN' },
      { k: 'flag', p: 'max', t: 'MAX' },
      { k: 'flag', p: 'count', t: 'COUNT' },
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
   * ACL CAT: Lists the ACL categories, or the commands inside a category.
   *
   * Complexity: O(1) since the categories and commands are a fixed set.
   */
  aclCat(category?: Argument): string[] {
    return this.send(this.ids[0] as number, ...encode(ACL_CAT_NODES, [category])) as string[];
  }

  /**
   * ACL CAT: Lists the ACL categories, or the commands inside a category. Strings are Buffers.
   */
  aclCatBuffer(category?: Argument): Buffer[] {
    return this.sendBuffer(this.ids[0] as number, ...encode(ACL_CAT_NODES, [category])) as Buffer[];
  }

  /**
   * ACL DELUSER: Deletes ACL users, and terminates their connections.
   *
   * Complexity: O(1) amortized time considering the typical user.
   */
  aclDeluser(...username: Argument[]): number {
    return this.send(this.ids[1] as number, ...username) as number;
  }

  /**
   * ACL DRYRUN: Simulates the execution of a command by a user, without executing the command.
   *
   * Complexity: O(1).
   */
  aclDryrun(username: Argument, command: Argument, options?: AclDryrunOptions): string {
    return this.send(this.ids[2] as number, ...encode(ACL_DRYRUN_NODES, [username, command], options)) as string;
  }

  /**
   * ACL DRYRUN: Simulates the execution of a command by a user, without executing the command. Strings are Buffers.
   */
  aclDryrunBuffer(username: Argument, command: Argument, options?: AclDryrunOptions): 'OK' | Buffer {
    return this.sendBuffer(this.ids[2] as number, ...encode(ACL_DRYRUN_NODES, [username, command], options)) as
      'OK' | Buffer;
  }

  /**
   * ACL GENPASS: Generates a pseudorandom, secure password that can be used to identify ACL users.
   *
   * Complexity: O(1)
   */
  aclGenpass(bits?: Numeric): string {
    return this.send(this.ids[3] as number, ...encode(ACL_GENPASS_NODES, [bits])) as string;
  }

  /**
   * ACL GENPASS: Generates a pseudorandom, secure password that can be used to identify ACL users. Strings are Buffers.
   */
  aclGenpassBuffer(bits?: Numeric): Buffer {
    return this.sendBuffer(this.ids[3] as number, ...encode(ACL_GENPASS_NODES, [bits])) as Buffer;
  }

  /**
   * ACL GETUSER: Lists the ACL rules of a user.
   *
   * Complexity: O(N). Where N is the number of password, command and pattern rules that the user has.
   */
  aclGetuser(username: Argument): Map<string, unknown> | null {
    return this.send(this.ids[4] as number, username) as Map<string, unknown> | null;
  }

  /**
   * ACL GETUSER: Lists the ACL rules of a user. Strings are Buffers.
   */
  aclGetuserBuffer(username: Argument): Map<Buffer, unknown> | null {
    return this.sendBuffer(this.ids[4] as number, username) as Map<Buffer, unknown> | null;
  }

  /**
   * ACL HELP: Returns helpful text about the different subcommands.
   *
   * Complexity: O(1)
   */
  aclHelp(): string[] {
    return this.send(this.ids[5] as number) as string[];
  }

  /**
   * ACL HELP: Returns helpful text about the different subcommands. Strings are Buffers.
   */
  aclHelpBuffer(): Buffer[] {
    return this.sendBuffer(this.ids[5] as number) as Buffer[];
  }

  /**
   * ACL LIST: Dumps the effective rules in ACL file format.
   *
   * Complexity: O(N). Where N is the number of configured users.
   */
  aclList(): string[] {
    return this.send(this.ids[6] as number) as string[];
  }

  /**
   * ACL LIST: Dumps the effective rules in ACL file format. Strings are Buffers.
   */
  aclListBuffer(): Buffer[] {
    return this.sendBuffer(this.ids[6] as number) as Buffer[];
  }

  /**
   * ACL LOAD: Reloads the rules from the configured ACL file.
   *
   * Complexity: O(N). Where N is the number of configured users.
   */
  aclLoad(): 'OK' {
    return this.send(this.ids[7] as number) as 'OK';
  }

  /**
   * ACL LOG: Lists recent security events generated due to ACL rules.
   *
   * Complexity: O(N) with N being the number of entries shown.
   */
  aclLog(options?: AclLogOptions): 'OK' | Map<string, unknown>[] {
    return this.send(this.ids[8] as number, ...encode(ACL_LOG_NODES, [], options)) as 'OK' | Map<string, unknown>[];
  }

  /**
   * ACL LOG: Lists recent security events generated due to ACL rules. Strings are Buffers.
   */
  aclLogBuffer(options?: AclLogOptions): 'OK' | Map<Buffer, unknown>[] {
    return this.sendBuffer(this.ids[8] as number, ...encode(ACL_LOG_NODES, [], options)) as
      'OK' | Map<Buffer, unknown>[];
  }

  /**
   * ACL SAVE: Saves the effective ACL rules in the configured ACL file.
   *
   * Complexity: O(N). Where N is the number of configured users.
   */
  aclSave(): 'OK' {
    return this.send(this.ids[9] as number) as 'OK';
  }

  /**
   * ACL SETUSER: Creates and modifies an ACL user and its rules.
   *
   * Complexity: O(N). Where N is the number of rules provided.
   */
  aclSetuser(username: Argument, options?: AclSetuserOptions): 'OK' {
    return this.send(this.ids[10] as number, ...encode(ACL_SETUSER_NODES, [username], options)) as 'OK';
  }

  /**
   * ACL USERS: Lists all ACL users.
   *
   * Complexity: O(N). Where N is the number of configured users.
   */
  aclUsers(): string[] {
    return this.send(this.ids[11] as number) as string[];
  }

  /**
   * ACL USERS: Lists all ACL users. Strings are Buffers.
   */
  aclUsersBuffer(): Buffer[] {
    return this.sendBuffer(this.ids[11] as number) as Buffer[];
  }

  /**
   * ACL WHOAMI: Returns the authenticated username of the current connection.
   *
   * Complexity: O(1)
   */
  aclWhoami(): string {
    return this.send(this.ids[12] as number) as string;
  }

  /**
   * ACL WHOAMI: Returns the authenticated username of the current connection. Strings are Buffers.
   */
  aclWhoamiBuffer(): Buffer {
    return this.sendBuffer(this.ids[12] as number) as Buffer;
  }

  /**
   * APPEND: Appends a string to the value of a key. Creates the key if it doesn't exist.
   *
   * Complexity: O(1). The amortized time complexity is O(1) assuming the appended value is small and the already present value is of any size, since the dynamic string library used by the server will double the free space available on every reallocation.
   */
  append(key: Key, value: Argument): number {
    return this.send(this.ids[13] as number, key, value) as number;
  }

  /**
   * ARCOUNT: Returns the number of non-empty elements in an array.
   *
   * Complexity: O(1)
   */
  arcount(key: Key): number {
    return this.send(this.ids[14] as number, key) as number;
  }

  /**
   * ARDEL: Deletes elements at the specified indices in an array.
   *
   * Complexity: O(N) where N is the number of indices to delete
   */
  ardel(key: Key, ...index: Numeric[]): number {
    return this.send(this.ids[15] as number, key, ...index) as number;
  }

  /**
   * ARDELRANGE: Deletes elements in one or more ranges.
   *
   * Complexity: Proportional to the number of existing elements / slices touched, not to the numeric span of the requested ranges
   */
  ardelrange(key: Key, ...range: (readonly [start: Numeric, end: Numeric])[]): number {
    return this.send(this.ids[16] as number, ...encode(ARDELRANGE_NODES, [key, range])) as number;
  }

  /**
   * ARGET: Gets the value at an index in an array.
   *
   * Complexity: O(1)
   */
  arget(key: Key, index: Numeric): string | null {
    return this.send(this.ids[17] as number, key, index) as string | null;
  }

  /**
   * ARGET: Gets the value at an index in an array. Strings are Buffers.
   */
  argetBuffer(key: Key, index: Numeric): Buffer | null {
    return this.sendBuffer(this.ids[17] as number, key, index) as Buffer | null;
  }

  /**
   * ARGETRANGE: Gets values in a range of indices.
   *
   * Complexity: O(N) where N is the range length
   */
  argetrange(key: Key, start: Numeric, end: Numeric): (string | null)[] {
    return this.send(this.ids[18] as number, key, start, end) as (string | null)[];
  }

  /**
   * ARGETRANGE: Gets values in a range of indices. Strings are Buffers.
   */
  argetrangeBuffer(key: Key, start: Numeric, end: Numeric): (Buffer | null)[] {
    return this.sendBuffer(this.ids[18] as number, key, start, end) as (Buffer | null)[];
  }

  /**
   * ARGREP: Searches array elements in a range using textual predicates.
   *
   * Complexity: O(P * C) where P is the number of visited positions in touched slices and C is the cost of evaluating the predicates on one existing element.
   */
  argrep(
    key: Key,
    start: Argument,
    end: Argument,
    predicate: readonly (
      | { readonly exact: boolean; readonly string: Argument }
      | { readonly match: boolean; readonly string: Argument }
      | { readonly glob: boolean; readonly pattern: Argument }
      | { readonly re: boolean; readonly pattern: Argument }
    )[],
    options?: ArgrepOptions,
  ): number[] | [number, string][] {
    return this.send(this.ids[19] as number, ...encode(ARGREP_NODES, [key, start, end, predicate], options)) as
      number[] | [number, string][];
  }

  /**
   * ARGREP: Searches array elements in a range using textual predicates. Strings are Buffers.
   */
  argrepBuffer(
    key: Key,
    start: Argument,
    end: Argument,
    predicate: readonly (
      | { readonly exact: boolean; readonly string: Argument }
      | { readonly match: boolean; readonly string: Argument }
      | { readonly glob: boolean; readonly pattern: Argument }
      | { readonly re: boolean; readonly pattern: Argument }
    )[],
    options?: ArgrepOptions,
  ): number[] | [number, Buffer][] {
    return this.sendBuffer(this.ids[19] as number, ...encode(ARGREP_NODES, [key, start, end, predicate], options)) as
      number[] | [number, Buffer][];
  }

  /**
   * ARINFO: Returns metadata about an array.
   *
   * Complexity: O(1), or O(N) with FULL option where N is the number of slices.
   */
  arinfo(key: Key, options?: ArinfoOptions): Map<string, number> {
    return this.send(this.ids[20] as number, ...encode(ARINFO_NODES, [key], options)) as Map<string, number>;
  }

  /**
   * ARINFO: Returns metadata about an array. Strings are Buffers.
   */
  arinfoBuffer(key: Key, options?: ArinfoOptions): Map<Buffer, number> {
    return this.sendBuffer(this.ids[20] as number, ...encode(ARINFO_NODES, [key], options)) as Map<Buffer, number>;
  }

  /**
   * ARINSERT: Inserts one or more values at consecutive indices.
   *
   * Complexity: O(N) where N is the number of values
   */
  arinsert(key: Key, ...value: Argument[]): number {
    return this.send(this.ids[21] as number, key, ...value) as number;
  }

  /**
   * ARLASTITEMS: Returns the most recently inserted elements.
   *
   * Complexity: O(N) where N is the count
   */
  arlastitems(key: Key, count: Numeric, options?: ArlastitemsOptions): (string | null)[] {
    return this.send(this.ids[22] as number, ...encode(ARLASTITEMS_NODES, [key, count], options)) as (string | null)[];
  }

  /**
   * ARLASTITEMS: Returns the most recently inserted elements. Strings are Buffers.
   */
  arlastitemsBuffer(key: Key, count: Numeric, options?: ArlastitemsOptions): (Buffer | null)[] {
    return this.sendBuffer(
      this.ids[22] as number,
      ...encode(ARLASTITEMS_NODES, [key, count], options),
    ) as (Buffer | null)[];
  }

  /**
   * ARLEN: Returns the length of an array (max index + 1).
   *
   * Complexity: O(1)
   */
  arlen(key: Key): number {
    return this.send(this.ids[23] as number, key) as number;
  }

  /**
   * ARMGET: Gets values at multiple indices in an array.
   *
   * Complexity: O(N) where N is the number of indices
   */
  armget(key: Key, ...index: Numeric[]): (string | null)[] {
    return this.send(this.ids[24] as number, key, ...index) as (string | null)[];
  }

  /**
   * ARMGET: Gets values at multiple indices in an array. Strings are Buffers.
   */
  armgetBuffer(key: Key, ...index: Numeric[]): (Buffer | null)[] {
    return this.sendBuffer(this.ids[24] as number, key, ...index) as (Buffer | null)[];
  }

  /**
   * ARMSET: Sets multiple index-value pairs in an array.
   *
   * Complexity: O(N) where N is the number of pairs
   */
  armset(key: Key, ...data: (readonly [index: Numeric, value: Argument])[]): number {
    return this.send(this.ids[25] as number, ...encode(ARMSET_NODES, [key, data])) as number;
  }

  /**
   * ARNEXT: Returns the next index ARINSERT would use.
   *
   * Complexity: O(1)
   */
  arnext(key: Key): number | null {
    return this.send(this.ids[26] as number, key) as number | null;
  }

  /**
   * AROP: Performs aggregate operations on array elements in a range.
   *
   * Complexity: O(P) where P is visited positions in touched slices (dense scanned slots + sparse entries), with worst-case O(|end-start|+1) and typical case close to O(N), where N is the number of existing elements in range.
   */
  arop(
    key: Key,
    start: Numeric,
    end: Numeric,
    operation:
      | 'SUM'
      | 'sum'
      | 'MIN'
      | 'min'
      | 'MAX'
      | 'max'
      | 'AND'
      | 'and'
      | 'OR'
      | 'or'
      | 'XOR'
      | 'xor'
      | { readonly match: boolean; readonly value: Argument }
      | 'USED'
      | 'used',
  ): string | number | null {
    return this.send(this.ids[27] as number, ...encode(AROP_NODES, [key, start, end, operation])) as
      string | number | null;
  }

  /**
   * AROP: Performs aggregate operations on array elements in a range. Strings are Buffers.
   */
  aropBuffer(
    key: Key,
    start: Numeric,
    end: Numeric,
    operation:
      | 'SUM'
      | 'sum'
      | 'MIN'
      | 'min'
      | 'MAX'
      | 'max'
      | 'AND'
      | 'and'
      | 'OR'
      | 'or'
      | 'XOR'
      | 'xor'
      | { readonly match: boolean; readonly value: Argument }
      | 'USED'
      | 'used',
  ): Buffer | number | null {
    return this.sendBuffer(this.ids[27] as number, ...encode(AROP_NODES, [key, start, end, operation])) as
      Buffer | number | null;
  }

  /**
   * ARRING: Inserts values into a ring buffer of specified size, wrapping and truncating as needed.
   *
   * Complexity: O(M) normally, O(N+M) on ring resize, where N is the maximum of the old and new ring size and M is the number of inserted values
   */
  arring(key: Key, size: Numeric, ...value: Argument[]): number {
    return this.send(this.ids[28] as number, key, size, ...value) as number;
  }

  /**
   * ARSCAN: Iterates existing elements in a range, returning index-value pairs.
   *
   * Complexity: O(P) where P is visited positions in touched slices (dense scanned slots + sparse entries), with worst-case O(|end-start|+1) and typical case close to O(N), where N is the number of existing elements in range.
   */
  arscan(key: Key, start: Numeric, end: Numeric, options?: ArscanOptions): [number, string][] {
    return this.send(this.ids[29] as number, ...encode(ARSCAN_NODES, [key, start, end], options)) as [number, string][];
  }

  /**
   * ARSCAN: Iterates existing elements in a range, returning index-value pairs. Strings are Buffers.
   */
  arscanBuffer(key: Key, start: Numeric, end: Numeric, options?: ArscanOptions): [number, Buffer][] {
    return this.sendBuffer(this.ids[29] as number, ...encode(ARSCAN_NODES, [key, start, end], options)) as [
      number,
      Buffer,
    ][];
  }

  /**
   * ARSEEK: Sets the ARINSERT / ARRING cursor to a specific index.
   *
   * Complexity: O(1)
   */
  arseek(key: Key, index: Numeric): number {
    return this.send(this.ids[30] as number, key, index) as number;
  }

  /**
   * ARSET: Sets one or more contiguous values starting at an index in an array.
   *
   * Complexity: O(N) where N is the number of values
   */
  arset(key: Key, index: Numeric, ...value: Argument[]): number {
    return this.send(this.ids[31] as number, key, index, ...value) as number;
  }

  /**
   * ASKING: Signals that a cluster client is following an -ASK redirect.
   *
   * Complexity: O(1)
   */
  asking(): 'OK' {
    return this.send(this.ids[32] as number) as 'OK';
  }

  /**
   * AUTH: Authenticates the connection.
   *
   * Complexity: O(N) where N is the number of passwords defined for the user
   */
  auth(password: Argument, options?: AuthOptions): 'OK' {
    return this.send(this.ids[33] as number, ...encode(AUTH_NODES, [password], options)) as 'OK';
  }

  /**
   * BGREWRITEAOF: Asynchronously rewrites the append-only file to disk.
   *
   * Complexity: O(1)
   */
  bgrewriteaof(): string {
    return this.send(this.ids[34] as number) as string;
  }

  /**
   * BGREWRITEAOF: Asynchronously rewrites the append-only file to disk. Strings are Buffers.
   */
  bgrewriteaofBuffer(): Buffer {
    return this.sendBuffer(this.ids[34] as number) as Buffer;
  }

  /**
   * BGSAVE: Asynchronously saves the database(s) to disk.
   *
   * Complexity: O(1)
   */
  bgsave(
    options?: BgsaveOptions,
  ):
    | 'Background saving started'
    | 'Background saving scheduled'
    | 'Background saving cancelled'
    | 'Scheduled background saving cancelled' {
    return this.send(this.ids[35] as number, ...encode(BGSAVE_NODES, [], options)) as
      | 'Background saving started'
      | 'Background saving scheduled'
      | 'Background saving cancelled'
      | 'Scheduled background saving cancelled';
  }

  /**
   * BITCOUNT: Counts the number of set bits (population counting) in a string.
   *
   * Complexity: O(N)
   */
  bitcount(key: Key, options?: BitcountOptions): number {
    return this.send(this.ids[36] as number, ...encode(BITCOUNT_NODES, [key], options)) as number;
  }

  /**
   * BITFIELD: Performs arbitrary bitfield integer operations on strings.
   *
   * Complexity: O(1) for each subcommand specified
   */
  bitfield(key: Key, options?: BitfieldOptions): (number | null)[] {
    return this.send(this.ids[37] as number, ...encode(BITFIELD_NODES, [key], options)) as (number | null)[];
  }

  /**
   * BITFIELD_RO: Performs arbitrary read-only bitfield integer operations on strings.
   *
   * Complexity: O(1) for each subcommand specified
   */
  bitfieldRo(key: Key, options?: BitfieldRoOptions): number[] {
    return this.send(this.ids[38] as number, ...encode(BITFIELD_RO_NODES, [key], options)) as number[];
  }

  /**
   * BITOP: Performs bitwise operations on multiple strings, and stores the result.
   *
   * Complexity: O(N)
   */
  bitop(
    operation:
      | 'AND'
      | 'and'
      | 'OR'
      | 'or'
      | 'XOR'
      | 'xor'
      | 'NOT'
      | 'not'
      | 'DIFF'
      | 'diff'
      | 'DIFF1'
      | 'diff1'
      | 'ANDOR'
      | 'andor'
      | 'ONE'
      | 'one',
    destkey: Key,
    ...key: Key[]
  ): number {
    return this.send(this.ids[39] as number, ...encode(BITOP_NODES, [operation, destkey, key])) as number;
  }

  /**
   * BITPOS: Finds the first set (1) or clear (0) bit in a string.
   *
   * Complexity: O(N)
   */
  bitpos(key: Key, bit: Numeric, options?: BitposOptions): number {
    return this.send(this.ids[40] as number, ...encode(BITPOS_NODES, [key, bit], options)) as number;
  }

  /**
   * BLMOVE: Pops an element from a list, pushes it to another list and returns it. Blocks until an element is available otherwise. Deletes the list if the last element was moved.
   *
   * Complexity: O(1)
   */
  blmove(
    source: Key,
    destination: Key,
    wherefrom: 'LEFT' | 'left' | 'RIGHT' | 'right',
    whereto: 'LEFT' | 'left' | 'RIGHT' | 'right',
    timeout: Numeric,
  ): string | null {
    return this.send(
      this.ids[41] as number,
      ...encode(BLMOVE_NODES, [source, destination, wherefrom, whereto, timeout]),
    ) as string | null;
  }

  /**
   * BLMOVE: Pops an element from a list, pushes it to another list and returns it. Blocks until an element is available otherwise. Deletes the list if the last element was moved. Strings are Buffers.
   */
  blmoveBuffer(
    source: Key,
    destination: Key,
    wherefrom: 'LEFT' | 'left' | 'RIGHT' | 'right',
    whereto: 'LEFT' | 'left' | 'RIGHT' | 'right',
    timeout: Numeric,
  ): Buffer | null {
    return this.sendBuffer(
      this.ids[41] as number,
      ...encode(BLMOVE_NODES, [source, destination, wherefrom, whereto, timeout]),
    ) as Buffer | null;
  }

  /**
   * BLMOVEM: Moves up to (or exactly) a number of elements from one list to another and returns them. Blocks until the elements are available otherwise. Deletes the source list if it becomes empty.
   *
   * Complexity: O(N) where N is the number of elements moved.
   */
  blmovem(
    source: Key,
    destination: Key,
    wherefrom: 'LEFT' | 'left' | 'RIGHT' | 'right',
    whereto: 'LEFT' | 'left' | 'RIGHT' | 'right',
    timeout: Numeric,
    options?: BlmovemOptions,
  ): string[] | null {
    return this.send(
      this.ids[42] as number,
      ...encode(BLMOVEM_NODES, [source, destination, wherefrom, whereto, timeout], options),
    ) as string[] | null;
  }

  /**
   * BLMOVEM: Moves up to (or exactly) a number of elements from one list to another and returns them. Blocks until the elements are available otherwise. Deletes the source list if it becomes empty. Strings are Buffers.
   */
  blmovemBuffer(
    source: Key,
    destination: Key,
    wherefrom: 'LEFT' | 'left' | 'RIGHT' | 'right',
    whereto: 'LEFT' | 'left' | 'RIGHT' | 'right',
    timeout: Numeric,
    options?: BlmovemOptions,
  ): Buffer[] | null {
    return this.sendBuffer(
      this.ids[42] as number,
      ...encode(BLMOVEM_NODES, [source, destination, wherefrom, whereto, timeout], options),
    ) as Buffer[] | null;
  }

  /**
   * BLMPOP: Pops the first element from one of multiple lists. Blocks until an element is available otherwise. Deletes the list if the last element was popped.
   *
   * Complexity: O(N+M) where N is the number of provided keys and M is the number of elements returned.
   */
  blmpop(
    timeout: Numeric,
    key: readonly Key[],
    where: 'LEFT' | 'left' | 'RIGHT' | 'right',
    options?: BlmpopOptions,
  ): null | [string, string[]] {
    return this.send(this.ids[43] as number, ...encode(BLMPOP_NODES, [timeout, key, where], options)) as
      null | [string, string[]];
  }

  /**
   * BLMPOP: Pops the first element from one of multiple lists. Blocks until an element is available otherwise. Deletes the list if the last element was popped. Strings are Buffers.
   */
  blmpopBuffer(
    timeout: Numeric,
    key: readonly Key[],
    where: 'LEFT' | 'left' | 'RIGHT' | 'right',
    options?: BlmpopOptions,
  ): null | [Buffer, Buffer[]] {
    return this.sendBuffer(this.ids[43] as number, ...encode(BLMPOP_NODES, [timeout, key, where], options)) as
      null | [Buffer, Buffer[]];
  }

  /**
   * BLPOP: Removes and returns the first element in a list. Blocks until an element is available otherwise. Deletes the list if the last element was popped.
   *
   * Complexity: O(N) where N is the number of provided keys.
   */
  blpop(key: readonly Key[], timeout: Numeric): null | [string, string] {
    return this.send(this.ids[44] as number, ...encode(BLPOP_NODES, [key, timeout])) as null | [string, string];
  }

  /**
   * BLPOP: Removes and returns the first element in a list. Blocks until an element is available otherwise. Deletes the list if the last element was popped. Strings are Buffers.
   */
  blpopBuffer(key: readonly Key[], timeout: Numeric): null | [Buffer, Buffer] {
    return this.sendBuffer(this.ids[44] as number, ...encode(BLPOP_NODES, [key, timeout])) as null | [Buffer, Buffer];
  }

  /**
   * BRPOP: Removes and returns the last element in a list. Blocks until an element is available otherwise. Deletes the list if the last element was popped.
   *
   * Complexity: O(N) where N is the number of provided keys.
   */
  brpop(key: readonly Key[], timeout: Numeric): null | [string, string] {
    return this.send(this.ids[45] as number, ...encode(BRPOP_NODES, [key, timeout])) as null | [string, string];
  }

  /**
   * BRPOP: Removes and returns the last element in a list. Blocks until an element is available otherwise. Deletes the list if the last element was popped. Strings are Buffers.
   */
  brpopBuffer(key: readonly Key[], timeout: Numeric): null | [Buffer, Buffer] {
    return this.sendBuffer(this.ids[45] as number, ...encode(BRPOP_NODES, [key, timeout])) as null | [Buffer, Buffer];
  }

  /**
   * BRPOPLPUSH: Pops an element from a list, pushes it to another list and returns it. Block until an element is available otherwise. Deletes the list if the last element was popped.
   *
   * Complexity: O(1)
   *
   * @deprecated since 6.2.0: use `BLMOVE` with the `RIGHT` and `LEFT` arguments.
   */
  brpoplpush(source: Key, destination: Key, timeout: Numeric): string | null {
    return this.send(this.ids[46] as number, source, destination, timeout) as string | null;
  }

  /**
   * BRPOPLPUSH: Pops an element from a list, pushes it to another list and returns it. Block until an element is available otherwise. Deletes the list if the last element was popped. Strings are Buffers.
   *
   * @deprecated since 6.2.0: use `BLMOVE` with the `RIGHT` and `LEFT` arguments.
   */
  brpoplpushBuffer(source: Key, destination: Key, timeout: Numeric): Buffer | null {
    return this.sendBuffer(this.ids[46] as number, source, destination, timeout) as Buffer | null;
  }

  /**
   * BZMPOP: Removes and returns a member by score from one or more sorted sets. Blocks until a member is available otherwise. Deletes the sorted set if the last element was popped.
   *
   * Complexity: O(K) + O(M*log(N)) where K is the number of provided keys, N being the number of elements in the sorted set, and M being the number of elements popped.
   */
  bzmpop(
    timeout: Numeric,
    key: readonly Key[],
    where: 'MIN' | 'min' | 'MAX' | 'max',
    options?: BzmpopOptions,
  ): null | [string, [string, number][]] {
    return this.send(this.ids[47] as number, ...encode(BZMPOP_NODES, [timeout, key, where], options)) as
      null | [string, [string, number][]];
  }

  /**
   * BZMPOP: Removes and returns a member by score from one or more sorted sets. Blocks until a member is available otherwise. Deletes the sorted set if the last element was popped. Strings are Buffers.
   */
  bzmpopBuffer(
    timeout: Numeric,
    key: readonly Key[],
    where: 'MIN' | 'min' | 'MAX' | 'max',
    options?: BzmpopOptions,
  ): null | [Buffer, [Buffer, number][]] {
    return this.sendBuffer(this.ids[47] as number, ...encode(BZMPOP_NODES, [timeout, key, where], options)) as
      null | [Buffer, [Buffer, number][]];
  }

  /**
   * BZPOPMAX: Removes and returns the member with the highest score from one or more sorted sets. Blocks until a member available otherwise.  Deletes the sorted set if the last element was popped.
   *
   * Complexity: O(log(N)) with N being the number of elements in the sorted set.
   */
  bzpopmax(key: readonly Key[], timeout: Numeric): null | [string, string, number] {
    return this.send(this.ids[48] as number, ...encode(BZPOPMAX_NODES, [key, timeout])) as
      null | [string, string, number];
  }

  /**
   * BZPOPMAX: Removes and returns the member with the highest score from one or more sorted sets. Blocks until a member available otherwise.  Deletes the sorted set if the last element was popped. Strings are Buffers.
   */
  bzpopmaxBuffer(key: readonly Key[], timeout: Numeric): null | [Buffer, Buffer, number] {
    return this.sendBuffer(this.ids[48] as number, ...encode(BZPOPMAX_NODES, [key, timeout])) as
      null | [Buffer, Buffer, number];
  }

  /**
   * BZPOPMIN: Removes and returns the member with the lowest score from one or more sorted sets. Blocks until a member is available otherwise. Deletes the sorted set if the last element was popped.
   *
   * Complexity: O(log(N)) with N being the number of elements in the sorted set.
   */
  bzpopmin(key: readonly Key[], timeout: Numeric): null | [string, string, number] {
    return this.send(this.ids[49] as number, ...encode(BZPOPMIN_NODES, [key, timeout])) as
      null | [string, string, number];
  }

  /**
   * BZPOPMIN: Removes and returns the member with the lowest score from one or more sorted sets. Blocks until a member is available otherwise. Deletes the sorted set if the last element was popped. Strings are Buffers.
   */
  bzpopminBuffer(key: readonly Key[], timeout: Numeric): null | [Buffer, Buffer, number] {
    return this.sendBuffer(this.ids[49] as number, ...encode(BZPOPMIN_NODES, [key, timeout])) as
      null | [Buffer, Buffer, number];
  }

  /**
   * CLIENT CACHING: Instructs the server whether to track the keys in the next request.
   *
   * Complexity: O(1)
   */
  clientCaching(mode: 'YES' | 'yes' | 'NO' | 'no'): 'OK' {
    return this.send(this.ids[50] as number, ...encode(CLIENT_CACHING_NODES, [mode])) as 'OK';
  }

  /**
   * CLIENT CAPA: A client claims its capability.
   *
   * Complexity: O(1)
   */
  clientCapa(...capability: Argument[]): 'OK' {
    return this.send(this.ids[51] as number, ...capability) as 'OK';
  }

  /**
   * CLIENT GETNAME: Returns the name of the connection.
   *
   * Complexity: O(1)
   */
  clientGetname(): string | null {
    return this.send(this.ids[52] as number) as string | null;
  }

  /**
   * CLIENT GETNAME: Returns the name of the connection. Strings are Buffers.
   */
  clientGetnameBuffer(): Buffer | null {
    return this.sendBuffer(this.ids[52] as number) as Buffer | null;
  }

  /**
   * CLIENT GETREDIR: Returns the client ID to which the connection's tracking notifications are redirected.
   *
   * Complexity: O(1)
   */
  clientGetredir(): number {
    return this.send(this.ids[53] as number) as number;
  }

  /**
   * CLIENT HELP: Returns helpful text about the different subcommands.
   *
   * Complexity: O(1)
   */
  clientHelp(): string[] {
    return this.send(this.ids[54] as number) as string[];
  }

  /**
   * CLIENT HELP: Returns helpful text about the different subcommands. Strings are Buffers.
   */
  clientHelpBuffer(): Buffer[] {
    return this.sendBuffer(this.ids[54] as number) as Buffer[];
  }

  /**
   * CLIENT ID: Returns the unique client ID of the connection.
   *
   * Complexity: O(1)
   */
  clientId(): number {
    return this.send(this.ids[55] as number) as number;
  }

  /**
   * CLIENT IMPORT-SOURCE: Marks this client as an import source when the server is in import mode.
   *
   * Complexity: O(1)
   */
  clientImportSource(enabled: 'ON' | 'on' | 'OFF' | 'off'): 'OK' {
    return this.send(this.ids[56] as number, ...encode(CLIENT_IMPORT_SOURCE_NODES, [enabled])) as 'OK';
  }

  /**
   * CLIENT INFO: Returns information about the connection.
   *
   * Complexity: O(1)
   */
  clientInfo(): string {
    return this.send(this.ids[57] as number) as string;
  }

  /**
   * CLIENT INFO: Returns information about the connection. Strings are Buffers.
   */
  clientInfoBuffer(): Buffer {
    return this.sendBuffer(this.ids[57] as number) as Buffer;
  }

  /**
   * CLIENT KILL: Terminates open connections.
   *
   * Complexity: O(N) where N is the number of client connections
   */
  clientKill(
    filter:
      | Argument
      | readonly (
          | { readonly id: Numeric }
          | { readonly type: 'normal' | 'master' | 'primary' | 'slave' | 'replica' | 'pubsub' }
          | { readonly user: Argument }
          | { readonly addr: Argument }
          | { readonly laddr: Argument }
          | { readonly skipme: 'YES' | 'yes' | 'NO' | 'no' }
          | { readonly maxage: Numeric }
        )[],
  ): 'OK' | number {
    return this.send(this.ids[58] as number, ...encode(CLIENT_KILL_NODES, [filter])) as 'OK' | number;
  }

  /**
   * CLIENT LIST: Lists open connections.
   *
   * Complexity: O(N) where N is the number of client connections
   */
  clientList(options?: ClientListOptions): string {
    return this.send(this.ids[59] as number, ...encode(CLIENT_LIST_NODES, [], options)) as string;
  }

  /**
   * CLIENT LIST: Lists open connections. Strings are Buffers.
   */
  clientListBuffer(options?: ClientListOptions): Buffer {
    return this.sendBuffer(this.ids[59] as number, ...encode(CLIENT_LIST_NODES, [], options)) as Buffer;
  }

  /**
   * CLIENT NO-EVICT: Sets the client eviction mode of the connection.
   *
   * Complexity: O(1)
   */
  clientNoEvict(enabled: 'ON' | 'on' | 'OFF' | 'off'): 'OK' {
    return this.send(this.ids[60] as number, ...encode(CLIENT_NO_EVICT_NODES, [enabled])) as 'OK';
  }

  /**
   * CLIENT NO-TOUCH: Controls whether commands sent by the client affect the LRU/LFU of accessed keys.
   *
   * Complexity: O(1)
   */
  clientNoTouch(enabled: 'ON' | 'on' | 'OFF' | 'off'): 'OK' {
    return this.send(this.ids[61] as number, ...encode(CLIENT_NO_TOUCH_NODES, [enabled])) as 'OK';
  }

  /**
   * CLIENT PAUSE: Suspends commands processing.
   *
   * Complexity: O(1)
   */
  clientPause(timeout: Numeric, options?: ClientPauseOptions): 'OK' {
    return this.send(this.ids[62] as number, ...encode(CLIENT_PAUSE_NODES, [timeout], options)) as 'OK';
  }

  /**
   * CLIENT REPLY: Instructs the server whether to reply to commands.
   *
   * Complexity: O(1)
   */
  clientReply(action: 'ON' | 'on' | 'OFF' | 'off' | 'SKIP' | 'skip'): 'OK' {
    return this.send(this.ids[63] as number, ...encode(CLIENT_REPLY_NODES, [action])) as 'OK';
  }

  /**
   * CLIENT SETINFO: Sets information specific to the client or connection.
   *
   * Complexity: O(1)
   */
  clientSetinfo(attr: { readonly libName: Argument } | { readonly libVer: Argument }): 'OK' {
    return this.send(this.ids[64] as number, ...encode(CLIENT_SETINFO_NODES, [attr])) as 'OK';
  }

  /**
   * CLIENT SETNAME: Sets the connection name.
   *
   * Complexity: O(1)
   */
  clientSetname(connectionName: Argument): 'OK' {
    return this.send(this.ids[65] as number, connectionName) as 'OK';
  }

  /**
   * CLIENT TRACKING: Controls server-assisted client-side caching for the connection.
   *
   * Complexity: O(1). Some options may introduce additional complexity.
   */
  clientTracking(status: 'ON' | 'on' | 'OFF' | 'off', options?: ClientTrackingOptions): 'OK' {
    return this.send(this.ids[66] as number, ...encode(CLIENT_TRACKING_NODES, [status], options)) as 'OK';
  }

  /**
   * CLIENT TRACKINGINFO: Returns information about server-assisted client-side caching for the connection.
   *
   * Complexity: O(1)
   */
  clientTrackinginfo(): Map<string, unknown> {
    return this.send(this.ids[67] as number) as Map<string, unknown>;
  }

  /**
   * CLIENT TRACKINGINFO: Returns information about server-assisted client-side caching for the connection. Strings are Buffers.
   */
  clientTrackinginfoBuffer(): Map<Buffer, unknown> {
    return this.sendBuffer(this.ids[67] as number) as Map<Buffer, unknown>;
  }

  /**
   * CLIENT UNBLOCK: Unblocks a client blocked by a blocking command from a different connection.
   *
   * Complexity: O(log N) where N is the number of client connections
   */
  clientUnblock(clientId: Numeric, options?: ClientUnblockOptions): number {
    return this.send(this.ids[68] as number, ...encode(CLIENT_UNBLOCK_NODES, [clientId], options)) as number;
  }

  /**
   * CLIENT UNPAUSE: Resumes processing commands from paused clients.
   *
   * Complexity: O(N) Where N is the number of paused clients
   */
  clientUnpause(): 'OK' {
    return this.send(this.ids[69] as number) as 'OK';
  }

  /**
   * COMMAND: Returns detailed information about all commands.
   *
   * Complexity: O(N) where N is the total number of commands
   */
  commandAll(): unknown {
    return this.send(this.ids[70] as number) as unknown;
  }

  /**
   * COMMAND: Returns detailed information about all commands. Strings are Buffers.
   */
  commandAllBuffer(): unknown {
    return this.sendBuffer(this.ids[70] as number) as unknown;
  }

  /**
   * COMMANDLOG GET: Returns the specified command log's entries.
   *
   * Complexity: O(N) where N is the number of entries returned
   */
  commandlogGet(
    count: Numeric,
    type: 'slow' | 'large-request' | 'large-reply',
  ): [number, number, number, string[], string, string][] {
    return this.send(this.ids[71] as number, ...encode(COMMANDLOG_GET_NODES, [count, type])) as [
      number,
      number,
      number,
      string[],
      string,
      string,
    ][];
  }

  /**
   * COMMANDLOG GET: Returns the specified command log's entries. Strings are Buffers.
   */
  commandlogGetBuffer(
    count: Numeric,
    type: 'slow' | 'large-request' | 'large-reply',
  ): [number, number, number, Buffer[], Buffer, Buffer][] {
    return this.sendBuffer(this.ids[71] as number, ...encode(COMMANDLOG_GET_NODES, [count, type])) as [
      number,
      number,
      number,
      Buffer[],
      Buffer,
      Buffer,
    ][];
  }

  /**
   * COMMANDLOG HELP: Show helpful text about the different subcommands
   *
   * Complexity: O(1)
   */
  commandlogHelp(): string[] {
    return this.send(this.ids[72] as number) as string[];
  }

  /**
   * COMMANDLOG HELP: Show helpful text about the different subcommands Strings are Buffers.
   */
  commandlogHelpBuffer(): Buffer[] {
    return this.sendBuffer(this.ids[72] as number) as Buffer[];
  }

  /**
   * COMMANDLOG LEN: Returns the number of entries in the specified type of command log.
   *
   * Complexity: O(1)
   */
  commandlogLen(type: 'slow' | 'large-request' | 'large-reply'): number {
    return this.send(this.ids[73] as number, ...encode(COMMANDLOG_LEN_NODES, [type])) as number;
  }

  /**
   * COMMANDLOG RESET: Clears all entries from the specified type of command log.
   *
   * Complexity: O(N) where N is the number of entries in the commandlog
   */
  commandlogReset(type: 'slow' | 'large-request' | 'large-reply'): 'OK' {
    return this.send(this.ids[74] as number, ...encode(COMMANDLOG_RESET_NODES, [type])) as 'OK';
  }

  /**
   * COMMAND COUNT: Returns a count of commands.
   *
   * Complexity: O(1)
   */
  commandCount(): number {
    return this.send(this.ids[75] as number) as number;
  }

  /**
   * COMMAND DOCS: Returns documentary information about one, multiple or all commands.
   *
   * Complexity: O(N) where N is the number of commands to look up
   */
  commandDocs(options?: CommandDocsOptions): Map<string, Map<string, unknown>> {
    return this.send(this.ids[76] as number, ...encode(COMMAND_DOCS_NODES, [], options)) as Map<
      string,
      Map<string, unknown>
    >;
  }

  /**
   * COMMAND DOCS: Returns documentary information about one, multiple or all commands. Strings are Buffers.
   */
  commandDocsBuffer(options?: CommandDocsOptions): Map<Buffer, Map<Buffer, unknown>> {
    return this.sendBuffer(this.ids[76] as number, ...encode(COMMAND_DOCS_NODES, [], options)) as Map<
      Buffer,
      Map<Buffer, unknown>
    >;
  }

  /**
   * COMMAND GETKEYS: Extracts the key names from an arbitrary command.
   *
   * Complexity: O(N) where N is the number of arguments to the command
   */
  commandGetkeys(command: Argument, options?: CommandGetkeysOptions): string[] {
    return this.send(this.ids[77] as number, ...encode(COMMAND_GETKEYS_NODES, [command], options)) as string[];
  }

  /**
   * COMMAND GETKEYS: Extracts the key names from an arbitrary command. Strings are Buffers.
   */
  commandGetkeysBuffer(command: Argument, options?: CommandGetkeysOptions): Buffer[] {
    return this.sendBuffer(this.ids[77] as number, ...encode(COMMAND_GETKEYS_NODES, [command], options)) as Buffer[];
  }

  /**
   * COMMAND GETKEYSANDFLAGS: Extracts the key names and access flags for an arbitrary command.
   *
   * Complexity: O(N) where N is the number of arguments to the command
   */
  commandGetkeysandflags(command: Argument, options?: CommandGetkeysandflagsOptions): [string, string[]][] {
    return this.send(this.ids[78] as number, ...encode(COMMAND_GETKEYSANDFLAGS_NODES, [command], options)) as [
      string,
      string[],
    ][];
  }

  /**
   * COMMAND GETKEYSANDFLAGS: Extracts the key names and access flags for an arbitrary command. Strings are Buffers.
   */
  commandGetkeysandflagsBuffer(command: Argument, options?: CommandGetkeysandflagsOptions): [Buffer, Buffer[]][] {
    return this.sendBuffer(this.ids[78] as number, ...encode(COMMAND_GETKEYSANDFLAGS_NODES, [command], options)) as [
      Buffer,
      Buffer[],
    ][];
  }

  /**
   * COMMAND HELP: Returns helpful text about the different subcommands.
   *
   * Complexity: O(1)
   */
  commandHelp(): string[] {
    return this.send(this.ids[79] as number) as string[];
  }

  /**
   * COMMAND HELP: Returns helpful text about the different subcommands. Strings are Buffers.
   */
  commandHelpBuffer(): Buffer[] {
    return this.sendBuffer(this.ids[79] as number) as Buffer[];
  }

  /**
   * COMMAND INFO: Returns information about one, multiple or all commands.
   *
   * Complexity: O(N) where N is the number of commands to look up
   */
  commandInfo(
    options?: CommandInfoOptions,
  ): (
    null | [string, number, string[], number, number, number, string[], string[], Map<string, unknown>[], unknown[]]
  )[] {
    return this.send(this.ids[80] as number, ...encode(COMMAND_INFO_NODES, [], options)) as (
      null | [string, number, string[], number, number, number, string[], string[], Map<string, unknown>[], unknown[]]
    )[];
  }

  /**
   * COMMAND INFO: Returns information about one, multiple or all commands. Strings are Buffers.
   */
  commandInfoBuffer(
    options?: CommandInfoOptions,
  ): (
    null | [Buffer, number, Buffer[], number, number, number, Buffer[], Buffer[], Map<Buffer, unknown>[], unknown[]]
  )[] {
    return this.sendBuffer(this.ids[80] as number, ...encode(COMMAND_INFO_NODES, [], options)) as (
      null | [Buffer, number, Buffer[], number, number, number, Buffer[], Buffer[], Map<Buffer, unknown>[], unknown[]]
    )[];
  }

  /**
   * COMMAND LIST: Returns a list of command names.
   *
   * Complexity: O(N) where N is the total number of commands
   */
  commandList(options?: CommandListOptions): string[] {
    return this.send(this.ids[81] as number, ...encode(COMMAND_LIST_NODES, [], options)) as string[];
  }

  /**
   * COMMAND LIST: Returns a list of command names. Strings are Buffers.
   */
  commandListBuffer(options?: CommandListOptions): Buffer[] {
    return this.sendBuffer(this.ids[81] as number, ...encode(COMMAND_LIST_NODES, [], options)) as Buffer[];
  }

  /**
   * CONFIG GET: Returns the effective values of configuration parameters.
   *
   * Complexity: O(N) when N is the number of configuration parameters provided
   */
  configGet(...parameter: Argument[]): Map<string, string> {
    return this.send(this.ids[82] as number, ...parameter) as Map<string, string>;
  }

  /**
   * CONFIG GET: Returns the effective values of configuration parameters. Strings are Buffers.
   */
  configGetBuffer(...parameter: Argument[]): Map<Buffer, Buffer> {
    return this.sendBuffer(this.ids[82] as number, ...parameter) as Map<Buffer, Buffer>;
  }

  /**
   * CONFIG HELP: Returns helpful text about the different subcommands.
   *
   * Complexity: O(1)
   */
  configHelp(): string[] {
    return this.send(this.ids[83] as number) as string[];
  }

  /**
   * CONFIG HELP: Returns helpful text about the different subcommands. Strings are Buffers.
   */
  configHelpBuffer(): Buffer[] {
    return this.sendBuffer(this.ids[83] as number) as Buffer[];
  }

  /**
   * CONFIG RESETSTAT: Resets the server's statistics.
   *
   * Complexity: O(1)
   */
  configResetstat(): 'OK' {
    return this.send(this.ids[84] as number) as 'OK';
  }

  /**
   * CONFIG REWRITE: Persists the effective configuration to file.
   *
   * Complexity: O(1)
   */
  configRewrite(): 'OK' {
    return this.send(this.ids[85] as number) as 'OK';
  }

  /**
   * CONFIG SET: Sets configuration parameters in-flight.
   *
   * Complexity: O(N) when N is the number of configuration parameters provided
   */
  configSet(...data: (readonly [parameter: Argument, value: Argument])[]): 'OK' {
    return this.send(this.ids[86] as number, ...encode(CONFIG_SET_NODES, [data])) as 'OK';
  }

  /**
   * COPY: Copies the value of a key to a new key.
   *
   * Complexity: O(N) worst case for collections, where N is the number of nested items. O(1) for string values.
   */
  copy(source: Key, destination: Key, options?: CopyOptions): number {
    return this.send(this.ids[87] as number, ...encode(COPY_NODES, [source, destination], options)) as number;
  }

  /**
   * DBSIZE: Returns the number of keys in the database.
   *
   * Complexity: O(1)
   */
  dbsize(): number {
    return this.send(this.ids[88] as number) as number;
  }

  /**
   * DEBUG: A container for debugging commands.
   *
   * Complexity: Depends on subcommand.
   */
  debug(): unknown {
    return this.send(this.ids[89] as number) as unknown;
  }

  /**
   * DEBUG: A container for debugging commands. Strings are Buffers.
   */
  debugBuffer(): unknown {
    return this.sendBuffer(this.ids[89] as number) as unknown;
  }

  /**
   * DECR: Decrements the integer value of a key by one. Uses 0 as initial value if the key doesn't exist.
   *
   * Complexity: O(1)
   */
  decr(key: Key): number {
    return this.send(this.ids[90] as number, key) as number;
  }

  /**
   * DECRBY: Decrements a number from the integer value of a key. Uses 0 as initial value if the key doesn't exist.
   *
   * Complexity: O(1)
   */
  decrby(key: Key, decrement: Numeric): number {
    return this.send(this.ids[91] as number, key, decrement) as number;
  }

  /**
   * DEL: Deletes one or more keys.
   *
   * Complexity: O(N) where N is the number of keys that will be removed. When a key to remove holds a value other than a string, the individual complexity for this key is O(M) where M is the number of elements in the list, set, sorted set or hash. Removing a single key that holds a string value is O(1).
   */
  del(...key: Key[]): number {
    return this.send(this.ids[92] as number, ...key) as number;
  }

  /**
   * DELEX: Conditionally removes the specified key based on value or digest comparison.
   *
   * Complexity: O(1) for IFEQ/IFNE, O(N) for IFDEQ/IFDNE where N is the length of the string value.
   */
  delex(key: Key, options?: DelexOptions): number {
    return this.send(this.ids[93] as number, ...encode(DELEX_NODES, [key], options)) as number;
  }

  /**
   * DELIFEQ: Delete key if value matches string.
   *
   * Complexity: O(1)
   */
  delifeq(key: Key, value: Argument): number {
    return this.send(this.ids[94] as number, key, value) as number;
  }

  /**
   * DIGEST: Returns the XXH3 hash of a string value.
   *
   * Complexity: O(N) where N is the length of the string value.
   */
  digest(key: Key): string | null {
    return this.send(this.ids[95] as number, key) as string | null;
  }

  /**
   * DIGEST: Returns the XXH3 hash of a string value. Strings are Buffers.
   */
  digestBuffer(key: Key): Buffer | null {
    return this.sendBuffer(this.ids[95] as number, key) as Buffer | null;
  }

  /**
   * DISCARD: Discards a transaction.
   *
   * Complexity: O(N), when N is the number of queued commands
   */
  discard(): 'OK' {
    return this.send(this.ids[96] as number) as 'OK';
  }

  /**
   * DUMP: Returns a serialized representation of the value stored at a key.
   *
   * Complexity: O(1) to access the key and additional O(N*M) to serialize it, where N is the number of objects composing the value and M their average size. For small string values the time complexity is thus O(1)+O(1*M) where M is small, so simply O(1).
   */
  dump(key: Key): string | null {
    return this.send(this.ids[97] as number, key) as string | null;
  }

  /**
   * DUMP: Returns a serialized representation of the value stored at a key. Strings are Buffers.
   */
  dumpBuffer(key: Key): Buffer | null {
    return this.sendBuffer(this.ids[97] as number, key) as Buffer | null;
  }

  /**
   * ECHO: Returns the given string.
   *
   * Complexity: O(1)
   */
  echo(message: Argument): string {
    return this.send(this.ids[98] as number, message) as string;
  }

  /**
   * ECHO: Returns the given string. Strings are Buffers.
   */
  echoBuffer(message: Argument): Buffer {
    return this.sendBuffer(this.ids[98] as number, message) as Buffer;
  }

  /**
   * EVAL: Executes a server-side Lua script.
   *
   * Complexity: Depends on the script that is executed.
   */
  eval(script: Argument, options?: EvalOptions): unknown {
    return this.send(this.ids[99] as number, ...encode(EVAL_NODES, [script], options)) as unknown;
  }

  /**
   * EVAL: Executes a server-side Lua script. Strings are Buffers.
   */
  evalBuffer(script: Argument, options?: EvalOptions): unknown {
    return this.sendBuffer(this.ids[99] as number, ...encode(EVAL_NODES, [script], options)) as unknown;
  }

  /**
   * EVAL_RO: Executes a read-only server-side Lua script.
   *
   * Complexity: Depends on the script that is executed.
   */
  evalRo(script: Argument, options?: EvalRoOptions): unknown {
    return this.send(this.ids[100] as number, ...encode(EVAL_RO_NODES, [script], options)) as unknown;
  }

  /**
   * EVAL_RO: Executes a read-only server-side Lua script. Strings are Buffers.
   */
  evalRoBuffer(script: Argument, options?: EvalRoOptions): unknown {
    return this.sendBuffer(this.ids[100] as number, ...encode(EVAL_RO_NODES, [script], options)) as unknown;
  }

  /**
   * EVALSHA: Executes a server-side Lua script by SHA1 digest.
   *
   * Complexity: Depends on the script that is executed.
   */
  evalsha(sha1: Argument, options?: EvalshaOptions): unknown {
    return this.send(this.ids[101] as number, ...encode(EVALSHA_NODES, [sha1], options)) as unknown;
  }

  /**
   * EVALSHA: Executes a server-side Lua script by SHA1 digest. Strings are Buffers.
   */
  evalshaBuffer(sha1: Argument, options?: EvalshaOptions): unknown {
    return this.sendBuffer(this.ids[101] as number, ...encode(EVALSHA_NODES, [sha1], options)) as unknown;
  }

  /**
   * EVALSHA_RO: Executes a read-only server-side Lua script by SHA1 digest.
   *
   * Complexity: Depends on the script that is executed.
   */
  evalshaRo(sha1: Argument, options?: EvalshaRoOptions): unknown {
    return this.send(this.ids[102] as number, ...encode(EVALSHA_RO_NODES, [sha1], options)) as unknown;
  }

  /**
   * EVALSHA_RO: Executes a read-only server-side Lua script by SHA1 digest. Strings are Buffers.
   */
  evalshaRoBuffer(sha1: Argument, options?: EvalshaRoOptions): unknown {
    return this.sendBuffer(this.ids[102] as number, ...encode(EVALSHA_RO_NODES, [sha1], options)) as unknown;
  }

  /**
   * EXEC: Executes all commands in a transaction.
   *
   * Complexity: Depends on commands in the transaction
   */
  exec(): unknown[] | null {
    return this.send(this.ids[103] as number) as unknown[] | null;
  }

  /**
   * EXEC: Executes all commands in a transaction. Strings are Buffers.
   */
  execBuffer(): unknown[] | null {
    return this.sendBuffer(this.ids[103] as number) as unknown[] | null;
  }

  /**
   * EXISTS: Determines whether one or more keys exist.
   *
   * Complexity: O(N) where N is the number of keys to check.
   */
  exists(...key: Key[]): number {
    return this.send(this.ids[104] as number, ...key) as number;
  }

  /**
   * EXPIRE: Sets the expiration time of a key in seconds.
   *
   * Complexity: O(1)
   */
  expire(key: Key, seconds: Numeric, options?: ExpireOptions): number {
    return this.send(this.ids[105] as number, ...encode(EXPIRE_NODES, [key, seconds], options)) as number;
  }

  /**
   * EXPIREAT: Sets the expiration time of a key to a Unix timestamp.
   *
   * Complexity: O(1)
   */
  expireat(key: Key, unixTimeSeconds: Numeric, options?: ExpireatOptions): number {
    return this.send(this.ids[106] as number, ...encode(EXPIREAT_NODES, [key, unixTimeSeconds], options)) as number;
  }

  /**
   * EXPIRETIME: Returns the expiration time of a key as a Unix timestamp.
   *
   * Complexity: O(1)
   */
  expiretime(key: Key): number {
    return this.send(this.ids[107] as number, key) as number;
  }

  /**
   * FCALL: Invokes a function.
   *
   * Complexity: Depends on the function that is executed.
   */
  fcall(functionValue: Argument, options?: FcallOptions): unknown {
    return this.send(this.ids[108] as number, ...encode(FCALL_NODES, [functionValue], options)) as unknown;
  }

  /**
   * FCALL: Invokes a function. Strings are Buffers.
   */
  fcallBuffer(functionValue: Argument, options?: FcallOptions): unknown {
    return this.sendBuffer(this.ids[108] as number, ...encode(FCALL_NODES, [functionValue], options)) as unknown;
  }

  /**
   * FCALL_RO: Invokes a read-only function.
   *
   * Complexity: Depends on the function that is executed.
   */
  fcallRo(functionValue: Argument, options?: FcallRoOptions): unknown {
    return this.send(this.ids[109] as number, ...encode(FCALL_RO_NODES, [functionValue], options)) as unknown;
  }

  /**
   * FCALL_RO: Invokes a read-only function. Strings are Buffers.
   */
  fcallRoBuffer(functionValue: Argument, options?: FcallRoOptions): unknown {
    return this.sendBuffer(this.ids[109] as number, ...encode(FCALL_RO_NODES, [functionValue], options)) as unknown;
  }

  /**
   * FLUSHALL: Removes all keys from all databases.
   *
   * Complexity: O(N) where N is the total number of keys in all databases
   */
  flushall(options?: FlushallOptions): 'OK' {
    return this.send(this.ids[110] as number, ...encode(FLUSHALL_NODES, [], options)) as 'OK';
  }

  /**
   * FLUSHDB: Remove all keys from the current database.
   *
   * Complexity: O(N) where N is the number of keys in the selected database
   */
  flushdb(options?: FlushdbOptions): 'OK' {
    return this.send(this.ids[111] as number, ...encode(FLUSHDB_NODES, [], options)) as 'OK';
  }

  /**
   * FUNCTION DELETE: Deletes a library and its functions.
   *
   * Complexity: O(1)
   */
  functionDelete(libraryName: Argument): 'OK' {
    return this.send(this.ids[112] as number, libraryName) as 'OK';
  }

  /**
   * FUNCTION DUMP: Dumps all libraries into a serialized binary payload.
   *
   * Complexity: O(N) where N is the number of functions
   */
  functionDump(): string {
    return this.send(this.ids[113] as number) as string;
  }

  /**
   * FUNCTION DUMP: Dumps all libraries into a serialized binary payload. Strings are Buffers.
   */
  functionDumpBuffer(): Buffer {
    return this.sendBuffer(this.ids[113] as number) as Buffer;
  }

  /**
   * FUNCTION FLUSH: Deletes all libraries and functions.
   *
   * Complexity: O(N) where N is the number of functions deleted
   */
  functionFlush(options?: FunctionFlushOptions): 'OK' {
    return this.send(this.ids[114] as number, ...encode(FUNCTION_FLUSH_NODES, [], options)) as 'OK';
  }

  /**
   * FUNCTION HELP: Returns helpful text about the different subcommands.
   *
   * Complexity: O(1)
   */
  functionHelp(): string[] {
    return this.send(this.ids[115] as number) as string[];
  }

  /**
   * FUNCTION HELP: Returns helpful text about the different subcommands. Strings are Buffers.
   */
  functionHelpBuffer(): Buffer[] {
    return this.sendBuffer(this.ids[115] as number) as Buffer[];
  }

  /**
   * FUNCTION KILL: Terminates a function during execution.
   *
   * Complexity: O(1)
   */
  functionKill(): 'OK' {
    return this.send(this.ids[116] as number) as 'OK';
  }

  /**
   * FUNCTION LIST: Returns information about all libraries.
   *
   * Complexity: O(N) where N is the number of functions
   */
  functionList(options?: FunctionListOptions): Map<string, unknown>[] {
    return this.send(this.ids[117] as number, ...encode(FUNCTION_LIST_NODES, [], options)) as Map<string, unknown>[];
  }

  /**
   * FUNCTION LIST: Returns information about all libraries. Strings are Buffers.
   */
  functionListBuffer(options?: FunctionListOptions): Map<Buffer, unknown>[] {
    return this.sendBuffer(this.ids[117] as number, ...encode(FUNCTION_LIST_NODES, [], options)) as Map<
      Buffer,
      unknown
    >[];
  }

  /**
   * FUNCTION LOAD: Creates a library.
   *
   * Complexity: O(1) (considering compilation time is redundant)
   */
  functionLoad(functionCode: Argument, options?: FunctionLoadOptions): string {
    return this.send(this.ids[118] as number, ...encode(FUNCTION_LOAD_NODES, [functionCode], options)) as string;
  }

  /**
   * FUNCTION LOAD: Creates a library. Strings are Buffers.
   */
  functionLoadBuffer(functionCode: Argument, options?: FunctionLoadOptions): Buffer {
    return this.sendBuffer(this.ids[118] as number, ...encode(FUNCTION_LOAD_NODES, [functionCode], options)) as Buffer;
  }

  /**
   * FUNCTION RESTORE: Restores all libraries from a payload.
   *
   * Complexity: O(N) where N is the number of functions on the payload
   */
  functionRestore(serializedValue: Argument, options?: FunctionRestoreOptions): 'OK' {
    return this.send(this.ids[119] as number, ...encode(FUNCTION_RESTORE_NODES, [serializedValue], options)) as 'OK';
  }

  /**
   * FUNCTION STATS: Returns information about a function during execution.
   *
   * Complexity: O(1)
   */
  functionStats(): Map<string, unknown> {
    return this.send(this.ids[120] as number) as Map<string, unknown>;
  }

  /**
   * FUNCTION STATS: Returns information about a function during execution. Strings are Buffers.
   */
  functionStatsBuffer(): Map<Buffer, unknown> {
    return this.sendBuffer(this.ids[120] as number) as Map<Buffer, unknown>;
  }

  /**
   * GEOADD: Adds one or more members to a geospatial index. The key is created if it doesn't exist.
   *
   * Complexity: O(log(N)) for each item added, where N is the number of elements in the sorted set.
   */
  geoadd(
    key: Key,
    data: readonly (readonly [longitude: Numeric, latitude: Numeric, member: Argument])[],
    options?: GeoaddOptions,
  ): number {
    return this.send(this.ids[121] as number, ...encode(GEOADD_NODES, [key, data], options)) as number;
  }

  /**
   * GEODIST: Returns the distance between two members of a geospatial index.
   *
   * Complexity: O(1)
   */
  geodist(key: Key, member1: Argument, member2: Argument, options?: GeodistOptions): null | string {
    return this.send(this.ids[122] as number, ...encode(GEODIST_NODES, [key, member1, member2], options)) as
      null | string;
  }

  /**
   * GEODIST: Returns the distance between two members of a geospatial index. Strings are Buffers.
   */
  geodistBuffer(key: Key, member1: Argument, member2: Argument, options?: GeodistOptions): null | Buffer {
    return this.sendBuffer(
      this.ids[122] as number,
      ...encode(GEODIST_NODES, [key, member1, member2], options),
    ) as null | Buffer;
  }

  /**
   * GEOHASH: Returns members from a geospatial index as geohash strings.
   *
   * Complexity: O(1) for each member requested.
   */
  geohash(key: Key, options?: GeohashOptions): string[] {
    return this.send(this.ids[123] as number, ...encode(GEOHASH_NODES, [key], options)) as string[];
  }

  /**
   * GEOHASH: Returns members from a geospatial index as geohash strings. Strings are Buffers.
   */
  geohashBuffer(key: Key, options?: GeohashOptions): Buffer[] {
    return this.sendBuffer(this.ids[123] as number, ...encode(GEOHASH_NODES, [key], options)) as Buffer[];
  }

  /**
   * GEOPOS: Returns the longitude and latitude of members from a geospatial index.
   *
   * Complexity: O(1) for each member requested.
   */
  geopos(key: Key, options?: GeoposOptions): (null | [number, number])[] {
    return this.send(this.ids[124] as number, ...encode(GEOPOS_NODES, [key], options)) as (null | [number, number])[];
  }

  /**
   * GEORADIUS: Queries a geospatial index for members within a distance from a coordinate, optionally stores the result.
   *
   * Complexity: O(N+log(M)) where N is the number of elements inside the bounding box of the circular area delimited by center and radius and M is the number of items inside the index.
   *
   * @deprecated since 6.2.0: use `GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` argument.
   */
  georadius(
    key: Key,
    longitude: Numeric,
    latitude: Numeric,
    radius: Numeric,
    unit: 'm' | 'km' | 'ft' | 'mi',
    options?: GeoradiusOptions,
  ): string[] | [string][] | number {
    return this.send(
      this.ids[125] as number,
      ...encode(GEORADIUS_NODES, [key, longitude, latitude, radius, unit], options),
    ) as string[] | [string][] | number;
  }

  /**
   * GEORADIUS: Queries a geospatial index for members within a distance from a coordinate, optionally stores the result. Strings are Buffers.
   *
   * @deprecated since 6.2.0: use `GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` argument.
   */
  georadiusBuffer(
    key: Key,
    longitude: Numeric,
    latitude: Numeric,
    radius: Numeric,
    unit: 'm' | 'km' | 'ft' | 'mi',
    options?: GeoradiusOptions,
  ): Buffer[] | [Buffer][] | number {
    return this.sendBuffer(
      this.ids[125] as number,
      ...encode(GEORADIUS_NODES, [key, longitude, latitude, radius, unit], options),
    ) as Buffer[] | [Buffer][] | number;
  }

  /**
   * GEORADIUS_RO: Returns members from a geospatial index that are within a distance from a coordinate.
   *
   * Complexity: O(N+log(M)) where N is the number of elements inside the bounding box of the circular area delimited by center and radius and M is the number of items inside the index.
   *
   * @deprecated since 6.2.0: use `GEOSEARCH` with the `BYRADIUS` argument.
   */
  georadiusRo(
    key: Key,
    longitude: Numeric,
    latitude: Numeric,
    radius: Numeric,
    unit: 'm' | 'km' | 'ft' | 'mi',
    options?: GeoradiusRoOptions,
  ): string[] | [string][] {
    return this.send(
      this.ids[126] as number,
      ...encode(GEORADIUS_RO_NODES, [key, longitude, latitude, radius, unit], options),
    ) as string[] | [string][];
  }

  /**
   * GEORADIUS_RO: Returns members from a geospatial index that are within a distance from a coordinate. Strings are Buffers.
   *
   * @deprecated since 6.2.0: use `GEOSEARCH` with the `BYRADIUS` argument.
   */
  georadiusRoBuffer(
    key: Key,
    longitude: Numeric,
    latitude: Numeric,
    radius: Numeric,
    unit: 'm' | 'km' | 'ft' | 'mi',
    options?: GeoradiusRoOptions,
  ): Buffer[] | [Buffer][] {
    return this.sendBuffer(
      this.ids[126] as number,
      ...encode(GEORADIUS_RO_NODES, [key, longitude, latitude, radius, unit], options),
    ) as Buffer[] | [Buffer][];
  }

  /**
   * GEORADIUSBYMEMBER: Queries a geospatial index for members within a distance from a member, optionally stores the result.
   *
   * Complexity: O(N+log(M)) where N is the number of elements inside the bounding box of the circular area delimited by center and radius and M is the number of items inside the index.
   *
   * @deprecated since 6.2.0: use `GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` and `FROMMEMBER` arguments.
   */
  georadiusbymember(
    key: Key,
    member: Argument,
    radius: Numeric,
    unit: 'm' | 'km' | 'ft' | 'mi',
    options?: GeoradiusbymemberOptions,
  ): string[] | [string][] | number {
    return this.send(
      this.ids[127] as number,
      ...encode(GEORADIUSBYMEMBER_NODES, [key, member, radius, unit], options),
    ) as string[] | [string][] | number;
  }

  /**
   * GEORADIUSBYMEMBER: Queries a geospatial index for members within a distance from a member, optionally stores the result. Strings are Buffers.
   *
   * @deprecated since 6.2.0: use `GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` and `FROMMEMBER` arguments.
   */
  georadiusbymemberBuffer(
    key: Key,
    member: Argument,
    radius: Numeric,
    unit: 'm' | 'km' | 'ft' | 'mi',
    options?: GeoradiusbymemberOptions,
  ): Buffer[] | [Buffer][] | number {
    return this.sendBuffer(
      this.ids[127] as number,
      ...encode(GEORADIUSBYMEMBER_NODES, [key, member, radius, unit], options),
    ) as Buffer[] | [Buffer][] | number;
  }

  /**
   * GEORADIUSBYMEMBER_RO: Returns members from a geospatial index that are within a distance from a member.
   *
   * Complexity: O(N+log(M)) where N is the number of elements inside the bounding box of the circular area delimited by center and radius and M is the number of items inside the index.
   *
   * @deprecated since 6.2.0: use `GEOSEARCH` with the `BYRADIUS` and `FROMMEMBER` arguments.
   */
  georadiusbymemberRo(
    key: Key,
    member: Argument,
    radius: Numeric,
    unit: 'm' | 'km' | 'ft' | 'mi',
    options?: GeoradiusbymemberRoOptions,
  ): string[] | [string][] {
    return this.send(
      this.ids[128] as number,
      ...encode(GEORADIUSBYMEMBER_RO_NODES, [key, member, radius, unit], options),
    ) as string[] | [string][];
  }

  /**
   * GEORADIUSBYMEMBER_RO: Returns members from a geospatial index that are within a distance from a member. Strings are Buffers.
   *
   * @deprecated since 6.2.0: use `GEOSEARCH` with the `BYRADIUS` and `FROMMEMBER` arguments.
   */
  georadiusbymemberRoBuffer(
    key: Key,
    member: Argument,
    radius: Numeric,
    unit: 'm' | 'km' | 'ft' | 'mi',
    options?: GeoradiusbymemberRoOptions,
  ): Buffer[] | [Buffer][] {
    return this.sendBuffer(
      this.ids[128] as number,
      ...encode(GEORADIUSBYMEMBER_RO_NODES, [key, member, radius, unit], options),
    ) as Buffer[] | [Buffer][];
  }

  /**
   * GEOSEARCH: Queries a geospatial index for members inside an area of a box or a circle.
   *
   * Complexity: O(N+log(M)) where N is the number of elements in the grid-aligned bounding box area around the shape provided as the filter and M is the number of items inside the shape
   */
  geosearch(
    key: Key,
    from: { readonly frommember: Argument } | { readonly fromlonlat: readonly [longitude: Numeric, latitude: Numeric] },
    by:
      | ({ readonly byradius: Numeric } & OneOf<
          { readonly m: boolean } | { readonly km: boolean } | { readonly ft: boolean } | { readonly mi: boolean }
        >)
      | ({ readonly bybox: Numeric; readonly height: Numeric } & OneOf<
          { readonly m: boolean } | { readonly km: boolean } | { readonly ft: boolean } | { readonly mi: boolean }
        >)
      | { readonly bypolygon: Numeric; readonly vertex: readonly (readonly [longitude: Numeric, latitude: Numeric])[] },
    options?: GeosearchOptions,
  ): string[] | [string][] {
    return this.send(this.ids[129] as number, ...encode(GEOSEARCH_NODES, [key, from, by], options)) as
      string[] | [string][];
  }

  /**
   * GEOSEARCH: Queries a geospatial index for members inside an area of a box or a circle. Strings are Buffers.
   */
  geosearchBuffer(
    key: Key,
    from: { readonly frommember: Argument } | { readonly fromlonlat: readonly [longitude: Numeric, latitude: Numeric] },
    by:
      | ({ readonly byradius: Numeric } & OneOf<
          { readonly m: boolean } | { readonly km: boolean } | { readonly ft: boolean } | { readonly mi: boolean }
        >)
      | ({ readonly bybox: Numeric; readonly height: Numeric } & OneOf<
          { readonly m: boolean } | { readonly km: boolean } | { readonly ft: boolean } | { readonly mi: boolean }
        >)
      | { readonly bypolygon: Numeric; readonly vertex: readonly (readonly [longitude: Numeric, latitude: Numeric])[] },
    options?: GeosearchOptions,
  ): Buffer[] | [Buffer][] {
    return this.sendBuffer(this.ids[129] as number, ...encode(GEOSEARCH_NODES, [key, from, by], options)) as
      Buffer[] | [Buffer][];
  }

  /**
   * GEOSEARCHSTORE: Queries a geospatial index for members inside an area of a box or a circle, optionally stores the result.
   *
   * Complexity: O(N+log(M)) where N is the number of elements in the grid-aligned bounding box area around the shape provided as the filter and M is the number of items inside the shape
   */
  geosearchstore(
    destination: Key,
    source: Key,
    from: { readonly frommember: Argument } | { readonly fromlonlat: readonly [longitude: Numeric, latitude: Numeric] },
    by:
      | ({ readonly byradius: Numeric } & OneOf<
          { readonly m: boolean } | { readonly km: boolean } | { readonly ft: boolean } | { readonly mi: boolean }
        >)
      | ({ readonly bybox: Numeric; readonly height: Numeric } & OneOf<
          { readonly m: boolean } | { readonly km: boolean } | { readonly ft: boolean } | { readonly mi: boolean }
        >)
      | { readonly bypolygon: Numeric; readonly vertex: readonly (readonly [longitude: Numeric, latitude: Numeric])[] },
    options?: GeosearchstoreOptions,
  ): number {
    return this.send(
      this.ids[130] as number,
      ...encode(GEOSEARCHSTORE_NODES, [destination, source, from, by], options),
    ) as number;
  }

  /**
   * GET: Returns the string value of a key.
   *
   * Complexity: O(1)
   */
  get(key: Key): string | null {
    return this.send(this.ids[131] as number, key) as string | null;
  }

  /**
   * GET: Returns the string value of a key. Strings are Buffers.
   */
  getBuffer(key: Key): Buffer | null {
    return this.sendBuffer(this.ids[131] as number, key) as Buffer | null;
  }

  /**
   * GETBIT: Returns a bit value by offset.
   *
   * Complexity: O(1)
   */
  getbit(key: Key, offset: Numeric): number {
    return this.send(this.ids[132] as number, key, offset) as number;
  }

  /**
   * GETDEL: Returns the string value of a key after deleting the key.
   *
   * Complexity: O(1)
   */
  getdel(key: Key): string | null {
    return this.send(this.ids[133] as number, key) as string | null;
  }

  /**
   * GETDEL: Returns the string value of a key after deleting the key. Strings are Buffers.
   */
  getdelBuffer(key: Key): Buffer | null {
    return this.sendBuffer(this.ids[133] as number, key) as Buffer | null;
  }

  /**
   * GETEX: Returns the string value of a key after setting its expiration time.
   *
   * Complexity: O(1)
   */
  getex(key: Key, options?: GetexOptions): string | null {
    return this.send(this.ids[134] as number, ...encode(GETEX_NODES, [key], options)) as string | null;
  }

  /**
   * GETEX: Returns the string value of a key after setting its expiration time. Strings are Buffers.
   */
  getexBuffer(key: Key, options?: GetexOptions): Buffer | null {
    return this.sendBuffer(this.ids[134] as number, ...encode(GETEX_NODES, [key], options)) as Buffer | null;
  }

  /**
   * GETRANGE: Returns a substring of the string stored at a key.
   *
   * Complexity: O(N) where N is the length of the returned string. The complexity is ultimately determined by the returned length, but because creating a substring from an existing string is very cheap, it can be considered O(1) for small strings.
   */
  getrange(key: Key, start: Numeric, end: Numeric): string {
    return this.send(this.ids[135] as number, key, start, end) as string;
  }

  /**
   * GETRANGE: Returns a substring of the string stored at a key. Strings are Buffers.
   */
  getrangeBuffer(key: Key, start: Numeric, end: Numeric): Buffer {
    return this.sendBuffer(this.ids[135] as number, key, start, end) as Buffer;
  }

  /**
   * GETSET: Returns the previous string value of a key after setting it to a new value.
   *
   * Complexity: O(1)
   *
   * @deprecated since 6.2.0: use `SET` with the `!GET` argument.
   */
  getset(key: Key, value: Argument): string | null {
    return this.send(this.ids[136] as number, key, value) as string | null;
  }

  /**
   * GETSET: Returns the previous string value of a key after setting it to a new value. Strings are Buffers.
   *
   * @deprecated since 6.2.0: use `SET` with the `!GET` argument.
   */
  getsetBuffer(key: Key, value: Argument): Buffer | null {
    return this.sendBuffer(this.ids[136] as number, key, value) as Buffer | null;
  }

  /**
   * HDEL: Deletes one or more fields and their values from a hash. Deletes the hash if no fields remain.
   *
   * Complexity: O(N) where N is the number of fields to be removed.
   */
  hdel(key: Key, ...field: Argument[]): number {
    return this.send(this.ids[137] as number, key, ...field) as number;
  }

  /**
   * HELLO: Handshakes with the server.
   *
   * Complexity: O(1)
   */
  hello(options?: HelloOptions): Map<string, unknown> {
    return this.send(this.ids[138] as number, ...encode(HELLO_NODES, [], options)) as Map<string, unknown>;
  }

  /**
   * HELLO: Handshakes with the server. Strings are Buffers.
   */
  helloBuffer(options?: HelloOptions): Map<Buffer, unknown> {
    return this.sendBuffer(this.ids[138] as number, ...encode(HELLO_NODES, [], options)) as Map<Buffer, unknown>;
  }

  /**
   * HEXISTS: Determines whether a field exists in a hash.
   *
   * Complexity: O(1)
   */
  hexists(key: Key, field: Argument): number {
    return this.send(this.ids[139] as number, key, field) as number;
  }

  /**
   * HEXPIRE: Sets the expiration of hash fields in seconds.
   *
   * Complexity: O(N) where N is the number of specified fields
   */
  hexpire(key: Key, seconds: Numeric, fields: readonly Argument[], options?: HexpireOptions): number[] {
    return this.send(this.ids[140] as number, ...encode(HEXPIRE_NODES, [key, seconds, fields], options)) as number[];
  }

  /**
   * HEXPIREAT: Sets the expiration of hash fields to a Unix time in seconds.
   *
   * Complexity: O(N) where N is the number of specified fields
   */
  hexpireat(key: Key, unixTimeSeconds: Numeric, fields: readonly Argument[], options?: HexpireatOptions): number[] {
    return this.send(
      this.ids[141] as number,
      ...encode(HEXPIREAT_NODES, [key, unixTimeSeconds, fields], options),
    ) as number[];
  }

  /**
   * HEXPIRETIME: Returns when hash fields expire as a Unix time in seconds.
   *
   * Complexity: O(N) where N is the number of specified fields
   */
  hexpiretime(key: Key, fields: readonly Argument[]): number[] {
    return this.send(this.ids[142] as number, ...encode(HEXPIRETIME_NODES, [key, fields])) as number[];
  }

  /**
   * HGET: Returns the value of a field in a hash.
   *
   * Complexity: O(1)
   */
  hget(key: Key, field: Argument): string | null {
    return this.send(this.ids[143] as number, key, field) as string | null;
  }

  /**
   * HGET: Returns the value of a field in a hash. Strings are Buffers.
   */
  hgetBuffer(key: Key, field: Argument): Buffer | null {
    return this.sendBuffer(this.ids[143] as number, key, field) as Buffer | null;
  }

  /**
   * HGETALL: Returns all fields and values in a hash.
   *
   * Complexity: O(N) where N is the size of the hash.
   */
  hgetall(key: Key): Map<string, string> {
    return this.send(this.ids[144] as number, key) as Map<string, string>;
  }

  /**
   * HGETALL: Returns all fields and values in a hash. Strings are Buffers.
   */
  hgetallBuffer(key: Key): Map<Buffer, Buffer> {
    return this.sendBuffer(this.ids[144] as number, key) as Map<Buffer, Buffer>;
  }

  /**
   * HGETDEL: Returns the values of hash fields and deletes the fields; the key goes with its last field.
   *
   * Complexity: O(N) where N is the number of specified fields
   */
  hgetdel(key: Key, fields: readonly Argument[]): (string | null)[] {
    return this.send(this.ids[145] as number, ...encode(HGETDEL_NODES, [key, fields])) as (string | null)[];
  }

  /**
   * HGETDEL: Returns the values of hash fields and deletes the fields; the key goes with its last field. Strings are Buffers.
   */
  hgetdelBuffer(key: Key, fields: readonly Argument[]): (Buffer | null)[] {
    return this.sendBuffer(this.ids[145] as number, ...encode(HGETDEL_NODES, [key, fields])) as (Buffer | null)[];
  }

  /**
   * HGETEX: Returns the values of hash fields and optionally changes their expiration.
   *
   * Complexity: O(N) where N is the number of specified fields
   */
  hgetex(key: Key, fields: readonly Argument[], options?: HgetexOptions): (string | null)[] {
    return this.send(this.ids[146] as number, ...encode(HGETEX_NODES, [key, fields], options)) as (string | null)[];
  }

  /**
   * HGETEX: Returns the values of hash fields and optionally changes their expiration. Strings are Buffers.
   */
  hgetexBuffer(key: Key, fields: readonly Argument[], options?: HgetexOptions): (Buffer | null)[] {
    return this.sendBuffer(
      this.ids[146] as number,
      ...encode(HGETEX_NODES, [key, fields], options),
    ) as (Buffer | null)[];
  }

  /**
   * HIMPORT DISCARD: Removes a single session-local fieldset by name.
   *
   * Complexity: O(N) where N is the number of session-local fieldsets.
   */
  himportDiscard(fieldsetName: Argument): number {
    return this.send(this.ids[147] as number, fieldsetName) as number;
  }

  /**
   * HIMPORT DISCARDALL: Removes all session-local fieldsets of the connection.
   *
   * Complexity: O(N) where N is the number of session-local fieldsets.
   */
  himportDiscardall(): number {
    return this.send(this.ids[148] as number) as number;
  }

  /**
   * HIMPORT PREPARE: Defines a session-local fieldset that maps a name to a sorted set of field names.
   *
   * Complexity: O(N*log(N)) where N is the number of fields.
   */
  himportPrepare(fieldsetName: Argument, ...field: Argument[]): 'OK' {
    return this.send(this.ids[149] as number, fieldsetName, ...field) as 'OK';
  }

  /**
   * HIMPORT SET: Creates a fieldset-based hash from values supplied in the order matching a previously prepared fieldset.
   *
   * Complexity: O(N) where N is the number of fields in the fieldset.
   */
  himportSet(key: Key, fieldsetName: Argument, ...value: Argument[]): 'OK' {
    return this.send(this.ids[150] as number, key, fieldsetName, ...value) as 'OK';
  }

  /**
   * HINCRBY: Increments the integer value of a field in a hash by a number. Uses 0 as initial value if the field doesn't exist.
   *
   * Complexity: O(1)
   */
  hincrby(key: Key, field: Argument, increment: Numeric): number {
    return this.send(this.ids[151] as number, key, field, increment) as number;
  }

  /**
   * HINCRBYFLOAT: Increments the floating point value of a field by a number. Uses 0 as initial value if the field doesn't exist.
   *
   * Complexity: O(1)
   */
  hincrbyfloat(key: Key, field: Argument, increment: Numeric): string {
    return this.send(this.ids[152] as number, key, field, increment) as string;
  }

  /**
   * HINCRBYFLOAT: Increments the floating point value of a field by a number. Uses 0 as initial value if the field doesn't exist. Strings are Buffers.
   */
  hincrbyfloatBuffer(key: Key, field: Argument, increment: Numeric): Buffer {
    return this.sendBuffer(this.ids[152] as number, key, field, increment) as Buffer;
  }

  /**
   * HKEYS: Returns all fields in a hash.
   *
   * Complexity: O(N) where N is the size of the hash.
   */
  hkeys(key: Key): string[] {
    return this.send(this.ids[153] as number, key) as string[];
  }

  /**
   * HKEYS: Returns all fields in a hash. Strings are Buffers.
   */
  hkeysBuffer(key: Key): Buffer[] {
    return this.sendBuffer(this.ids[153] as number, key) as Buffer[];
  }

  /**
   * HLEN: Returns the number of fields in a hash.
   *
   * Complexity: O(1)
   */
  hlen(key: Key): number {
    return this.send(this.ids[154] as number, key) as number;
  }

  /**
   * HMGET: Returns the values of all fields in a hash.
   *
   * Complexity: O(N) where N is the number of fields being requested.
   */
  hmget(key: Key, ...field: Argument[]): (string | null)[] {
    return this.send(this.ids[155] as number, key, ...field) as (string | null)[];
  }

  /**
   * HMGET: Returns the values of all fields in a hash. Strings are Buffers.
   */
  hmgetBuffer(key: Key, ...field: Argument[]): (Buffer | null)[] {
    return this.sendBuffer(this.ids[155] as number, key, ...field) as (Buffer | null)[];
  }

  /**
   * HMSET: Sets the values of multiple fields.
   *
   * Complexity: O(N) where N is the number of fields being set.
   *
   * @deprecated since 4.0.0: use `HSET` with multiple field-value pairs.
   */
  hmset(key: Key, ...data: (readonly [field: Argument, value: Argument])[]): 'OK' {
    return this.send(this.ids[156] as number, ...encode(HMSET_NODES, [key, data])) as 'OK';
  }

  /**
   * HOTKEYS GET: Returns lists of top K hotkeys depending on metrics chosen in HOTKEYS START command.
   *
   * Complexity: O(K) where K is the number of hotkeys returned.
   */
  hotkeysGet(): unknown {
    return this.send(this.ids[157] as number) as unknown;
  }

  /**
   * HOTKEYS GET: Returns lists of top K hotkeys depending on metrics chosen in HOTKEYS START command. Strings are Buffers.
   */
  hotkeysGetBuffer(): unknown {
    return this.sendBuffer(this.ids[157] as number) as unknown;
  }

  /**
   * HOTKEYS HELP: Returns helpful text about HOTKEYS commands and parameters.
   *
   * Complexity: O(1)
   */
  hotkeysHelp(): string[] {
    return this.send(this.ids[158] as number) as string[];
  }

  /**
   * HOTKEYS HELP: Returns helpful text about HOTKEYS commands and parameters. Strings are Buffers.
   */
  hotkeysHelpBuffer(): Buffer[] {
    return this.sendBuffer(this.ids[158] as number) as Buffer[];
  }

  /**
   * HOTKEYS RESET: Release the resources used for hotkey tracking.
   *
   * Complexity: O(1)
   */
  hotkeysReset(): 'OK' {
    return this.send(this.ids[159] as number) as 'OK';
  }

  /**
   * HOTKEYS START: Starts hotkeys tracking.
   *
   * Complexity: O(1)
   */
  hotkeysStart(
    metrics: { readonly count: Numeric; readonly cpu?: boolean; readonly net?: boolean },
    options?: HotkeysStartOptions,
  ): 'OK' {
    return this.send(this.ids[160] as number, ...encode(HOTKEYS_START_NODES, [metrics], options)) as 'OK';
  }

  /**
   * HOTKEYS STOP: Stops hotkeys tracking.
   *
   * Complexity: O(1)
   */
  hotkeysStop(): 'OK' | null {
    return this.send(this.ids[161] as number) as 'OK' | null;
  }

  /**
   * HPERSIST: Removes the expiration of hash fields.
   *
   * Complexity: O(N) where N is the number of specified fields
   */
  hpersist(key: Key, fields: readonly Argument[]): number[] {
    return this.send(this.ids[162] as number, ...encode(HPERSIST_NODES, [key, fields])) as number[];
  }

  /**
   * HPEXPIRE: Sets the expiration of hash fields in milliseconds.
   *
   * Complexity: O(N) where N is the number of specified fields
   */
  hpexpire(key: Key, milliseconds: Numeric, fields: readonly Argument[], options?: HpexpireOptions): number[] {
    return this.send(
      this.ids[163] as number,
      ...encode(HPEXPIRE_NODES, [key, milliseconds, fields], options),
    ) as number[];
  }

  /**
   * HPEXPIREAT: Sets the expiration of hash fields to a Unix time in milliseconds.
   *
   * Complexity: O(N) where N is the number of specified fields
   */
  hpexpireat(
    key: Key,
    unixTimeMilliseconds: Numeric,
    fields: readonly Argument[],
    options?: HpexpireatOptions,
  ): number[] {
    return this.send(
      this.ids[164] as number,
      ...encode(HPEXPIREAT_NODES, [key, unixTimeMilliseconds, fields], options),
    ) as number[];
  }

  /**
   * HPEXPIRETIME: Returns when hash fields expire as a Unix time in milliseconds.
   *
   * Complexity: O(N) where N is the number of specified fields
   */
  hpexpiretime(key: Key, fields: readonly Argument[]): number[] {
    return this.send(this.ids[165] as number, ...encode(HPEXPIRETIME_NODES, [key, fields])) as number[];
  }

  /**
   * HPTTL: Returns the time to live of hash fields in milliseconds.
   *
   * Complexity: O(N) where N is the number of specified fields
   */
  hpttl(key: Key, fields: readonly Argument[]): number[] {
    return this.send(this.ids[166] as number, ...encode(HPTTL_NODES, [key, fields])) as number[];
  }

  /**
   * HRANDFIELD: Returns one or more random fields from a hash.
   *
   * Complexity: O(N) where N is the number of fields returned
   */
  hrandfield(key: Key, options?: HrandfieldOptions): null | string | string[] | [string, string][] {
    return this.send(this.ids[167] as number, ...encode(HRANDFIELD_NODES, [key], options)) as
      null | string | string[] | [string, string][];
  }

  /**
   * HRANDFIELD: Returns one or more random fields from a hash. Strings are Buffers.
   */
  hrandfieldBuffer(key: Key, options?: HrandfieldOptions): null | Buffer | Buffer[] | [Buffer, Buffer][] {
    return this.sendBuffer(this.ids[167] as number, ...encode(HRANDFIELD_NODES, [key], options)) as
      null | Buffer | Buffer[] | [Buffer, Buffer][];
  }

  /**
   * HSCAN: Iterates over fields and values of a hash.
   *
   * Complexity: O(1) for every call. O(N) for a complete iteration, including enough command calls for the cursor to return back to 0. N is the number of elements inside the collection.
   */
  hscan(key: Key, cursor: Numeric, options?: HscanOptions): [string, string[]] {
    return this.send(this.ids[168] as number, ...encode(HSCAN_NODES, [key, cursor], options)) as [string, string[]];
  }

  /**
   * HSCAN: Iterates over fields and values of a hash. Strings are Buffers.
   */
  hscanBuffer(key: Key, cursor: Numeric, options?: HscanOptions): [Buffer, Buffer[]] {
    return this.sendBuffer(this.ids[168] as number, ...encode(HSCAN_NODES, [key, cursor], options)) as [
      Buffer,
      Buffer[],
    ];
  }

  /**
   * HSET: Creates or modifies the value of a field in a hash.
   *
   * Complexity: O(1) for each field/value pair added, so O(N) to add N field/value pairs when the command is called with multiple field/value pairs.
   */
  hset(key: Key, ...data: (readonly [field: Argument, value: Argument])[]): number {
    return this.send(this.ids[169] as number, ...encode(HSET_NODES, [key, data])) as number;
  }

  /**
   * HSETEX: Sets the values of hash fields and optionally their expiration.
   *
   * Complexity: O(N) where N is the number of specified fields
   */
  hsetex(key: Key, fields: readonly (readonly [field: Argument, value: Argument])[], options?: HsetexOptions): number {
    return this.send(this.ids[170] as number, ...encode(HSETEX_NODES, [key, fields], options)) as number;
  }

  /**
   * HSETNX: Sets the value of a field in a hash only when the field doesn't exist.
   *
   * Complexity: O(1)
   */
  hsetnx(key: Key, field: Argument, value: Argument): number {
    return this.send(this.ids[171] as number, key, field, value) as number;
  }

  /**
   * HSTRLEN: Returns the length of the value of a field.
   *
   * Complexity: O(1)
   */
  hstrlen(key: Key, field: Argument): number {
    return this.send(this.ids[172] as number, key, field) as number;
  }

  /**
   * HTTL: Returns the time to live of hash fields in seconds.
   *
   * Complexity: O(N) where N is the number of specified fields
   */
  httl(key: Key, fields: readonly Argument[]): number[] {
    return this.send(this.ids[173] as number, ...encode(HTTL_NODES, [key, fields])) as number[];
  }

  /**
   * HVALS: Returns all values in a hash.
   *
   * Complexity: O(N) where N is the size of the hash.
   */
  hvals(key: Key): string[] {
    return this.send(this.ids[174] as number, key) as string[];
  }

  /**
   * HVALS: Returns all values in a hash. Strings are Buffers.
   */
  hvalsBuffer(key: Key): Buffer[] {
    return this.sendBuffer(this.ids[174] as number, key) as Buffer[];
  }

  /**
   * INCR: Increments the integer value of a key by one. Uses 0 as initial value if the key doesn't exist.
   *
   * Complexity: O(1)
   */
  incr(key: Key): number {
    return this.send(this.ids[175] as number, key) as number;
  }

  /**
   * INCRBY: Increments the integer value of a key by a number. Uses 0 as initial value if the key doesn't exist.
   *
   * Complexity: O(1)
   */
  incrby(key: Key, increment: Numeric): number {
    return this.send(this.ids[176] as number, key, increment) as number;
  }

  /**
   * INCRBYFLOAT: Increment the floating point value of a key by a number. Uses 0 as initial value if the key doesn't exist.
   *
   * Complexity: O(1)
   */
  incrbyfloat(key: Key, increment: Numeric): string {
    return this.send(this.ids[177] as number, key, increment) as string;
  }

  /**
   * INCRBYFLOAT: Increment the floating point value of a key by a number. Uses 0 as initial value if the key doesn't exist. Strings are Buffers.
   */
  incrbyfloatBuffer(key: Key, increment: Numeric): Buffer {
    return this.sendBuffer(this.ids[177] as number, key, increment) as Buffer;
  }

  /**
   * INCREX: Increments the numeric value of a key by a number and sets its expiration time. Uses 0 as initial value if the key doesn't exist.
   *
   * Complexity: O(1)
   */
  increx(key: Key, options?: IncrexOptions): number[] {
    return this.send(this.ids[178] as number, ...encode(INCREX_NODES, [key], options)) as number[];
  }

  /**
   * INFO: Returns information and statistics about the server.
   *
   * Complexity: O(1)
   */
  info(options?: InfoOptions): string {
    return this.send(this.ids[179] as number, ...encode(INFO_NODES, [], options)) as string;
  }

  /**
   * INFO: Returns information and statistics about the server. Strings are Buffers.
   */
  infoBuffer(options?: InfoOptions): Buffer {
    return this.sendBuffer(this.ids[179] as number, ...encode(INFO_NODES, [], options)) as Buffer;
  }

  /**
   * KEYS: Returns all key names that match a pattern.
   *
   * Complexity: O(N) with N being the number of keys in the database, under the assumption that the key names in the database and the given pattern have limited length.
   */
  keys(pattern: Argument): string[] {
    return this.send(this.ids[180] as number, pattern) as string[];
  }

  /**
   * KEYS: Returns all key names that match a pattern. Strings are Buffers.
   */
  keysBuffer(pattern: Argument): Buffer[] {
    return this.sendBuffer(this.ids[180] as number, pattern) as Buffer[];
  }

  /**
   * LASTSAVE: Returns the Unix timestamp of the last successful save to disk.
   *
   * Complexity: O(1)
   */
  lastsave(): number {
    return this.send(this.ids[181] as number) as number;
  }

  /**
   * LATENCY DOCTOR: Returns a human-readable latency analysis report.
   *
   * Complexity: O(1)
   */
  latencyDoctor(): string {
    return this.send(this.ids[182] as number) as string;
  }

  /**
   * LATENCY DOCTOR: Returns a human-readable latency analysis report. Strings are Buffers.
   */
  latencyDoctorBuffer(): Buffer {
    return this.sendBuffer(this.ids[182] as number) as Buffer;
  }

  /**
   * LATENCY GRAPH: Returns a latency graph for an event.
   *
   * Complexity: O(1)
   */
  latencyGraph(event: Argument): string {
    return this.send(this.ids[183] as number, event) as string;
  }

  /**
   * LATENCY GRAPH: Returns a latency graph for an event. Strings are Buffers.
   */
  latencyGraphBuffer(event: Argument): Buffer {
    return this.sendBuffer(this.ids[183] as number, event) as Buffer;
  }

  /**
   * LATENCY HELP: Returns helpful text about the different subcommands.
   *
   * Complexity: O(1)
   */
  latencyHelp(): string[] {
    return this.send(this.ids[184] as number) as string[];
  }

  /**
   * LATENCY HELP: Returns helpful text about the different subcommands. Strings are Buffers.
   */
  latencyHelpBuffer(): Buffer[] {
    return this.sendBuffer(this.ids[184] as number) as Buffer[];
  }

  /**
   * LATENCY HISTOGRAM: Returns the cumulative distribution of latencies of a subset or all commands.
   *
   * Complexity: O(N) where N is the number of commands with latency information being retrieved.
   */
  latencyHistogram(options?: LatencyHistogramOptions): Map<string, Map<string, unknown>> {
    return this.send(this.ids[185] as number, ...encode(LATENCY_HISTOGRAM_NODES, [], options)) as Map<
      string,
      Map<string, unknown>
    >;
  }

  /**
   * LATENCY HISTOGRAM: Returns the cumulative distribution of latencies of a subset or all commands. Strings are Buffers.
   */
  latencyHistogramBuffer(options?: LatencyHistogramOptions): Map<Buffer, Map<Buffer, unknown>> {
    return this.sendBuffer(this.ids[185] as number, ...encode(LATENCY_HISTOGRAM_NODES, [], options)) as Map<
      Buffer,
      Map<Buffer, unknown>
    >;
  }

  /**
   * LATENCY HISTORY: Returns timestamp-latency samples for an event.
   *
   * Complexity: O(1)
   */
  latencyHistory(event: Argument): [number, number][] {
    return this.send(this.ids[186] as number, event) as [number, number][];
  }

  /**
   * LATENCY LATEST: Returns the latest latency samples for all events.
   *
   * Complexity: O(1)
   */
  latencyLatest(): [string, number, number, number][] {
    return this.send(this.ids[187] as number) as [string, number, number, number][];
  }

  /**
   * LATENCY LATEST: Returns the latest latency samples for all events. Strings are Buffers.
   */
  latencyLatestBuffer(): [Buffer, number, number, number][] {
    return this.sendBuffer(this.ids[187] as number) as [Buffer, number, number, number][];
  }

  /**
   * LATENCY RESET: Resets the latency data for one or more events.
   *
   * Complexity: O(1)
   */
  latencyReset(options?: LatencyResetOptions): number {
    return this.send(this.ids[188] as number, ...encode(LATENCY_RESET_NODES, [], options)) as number;
  }

  /**
   * LCS: Finds the longest common substring.
   *
   * Complexity: O(N*M) where N and M are the lengths of s1 and s2, respectively
   */
  lcs(key1: Key, key2: Key, options?: LcsOptions): string | number | Map<string, unknown> {
    return this.send(this.ids[189] as number, ...encode(LCS_NODES, [key1, key2], options)) as
      string | number | Map<string, unknown>;
  }

  /**
   * LCS: Finds the longest common substring. Strings are Buffers.
   */
  lcsBuffer(key1: Key, key2: Key, options?: LcsOptions): Buffer | number | Map<Buffer, unknown> {
    return this.sendBuffer(this.ids[189] as number, ...encode(LCS_NODES, [key1, key2], options)) as
      Buffer | number | Map<Buffer, unknown>;
  }

  /**
   * LINDEX: Returns an element from a list by its index.
   *
   * Complexity: O(N) where N is the number of elements to traverse to get to the element at index. This makes asking for the first or the last element of the list O(1).
   */
  lindex(key: Key, index: Numeric): null | string {
    return this.send(this.ids[190] as number, key, index) as null | string;
  }

  /**
   * LINDEX: Returns an element from a list by its index. Strings are Buffers.
   */
  lindexBuffer(key: Key, index: Numeric): null | Buffer {
    return this.sendBuffer(this.ids[190] as number, key, index) as null | Buffer;
  }

  /**
   * LINSERT: Inserts an element before or after another element in a list.
   *
   * Complexity: O(N) where N is the number of elements to traverse before seeing the value pivot. This means that inserting somewhere on the left end on the list (head) can be considered O(1) and inserting somewhere on the right end (tail) is O(N).
   */
  linsert(key: Key, where: 'BEFORE' | 'before' | 'AFTER' | 'after', pivot: Argument, element: Argument): number {
    return this.send(this.ids[191] as number, ...encode(LINSERT_NODES, [key, where, pivot, element])) as number;
  }

  /**
   * LLEN: Returns the length of a list.
   *
   * Complexity: O(1)
   */
  llen(key: Key): number {
    return this.send(this.ids[192] as number, key) as number;
  }

  /**
   * LMOVE: Returns an element after popping it from one list and pushing it to another. Deletes the list if the last element was moved.
   *
   * Complexity: O(1)
   */
  lmove(
    source: Key,
    destination: Key,
    wherefrom: 'LEFT' | 'left' | 'RIGHT' | 'right',
    whereto: 'LEFT' | 'left' | 'RIGHT' | 'right',
  ): string {
    return this.send(
      this.ids[193] as number,
      ...encode(LMOVE_NODES, [source, destination, wherefrom, whereto]),
    ) as string;
  }

  /**
   * LMOVE: Returns an element after popping it from one list and pushing it to another. Deletes the list if the last element was moved. Strings are Buffers.
   */
  lmoveBuffer(
    source: Key,
    destination: Key,
    wherefrom: 'LEFT' | 'left' | 'RIGHT' | 'right',
    whereto: 'LEFT' | 'left' | 'RIGHT' | 'right',
  ): Buffer {
    return this.sendBuffer(
      this.ids[193] as number,
      ...encode(LMOVE_NODES, [source, destination, wherefrom, whereto]),
    ) as Buffer;
  }

  /**
   * LMOVEM: Moves up to (or exactly) a number of elements from one list to another and returns them. Deletes the source list if it becomes empty.
   *
   * Complexity: O(N) where N is the number of elements moved.
   */
  lmovem(
    source: Key,
    destination: Key,
    wherefrom: 'LEFT' | 'left' | 'RIGHT' | 'right',
    whereto: 'LEFT' | 'left' | 'RIGHT' | 'right',
    options?: LmovemOptions,
  ): string[] | null {
    return this.send(
      this.ids[194] as number,
      ...encode(LMOVEM_NODES, [source, destination, wherefrom, whereto], options),
    ) as string[] | null;
  }

  /**
   * LMOVEM: Moves up to (or exactly) a number of elements from one list to another and returns them. Deletes the source list if it becomes empty. Strings are Buffers.
   */
  lmovemBuffer(
    source: Key,
    destination: Key,
    wherefrom: 'LEFT' | 'left' | 'RIGHT' | 'right',
    whereto: 'LEFT' | 'left' | 'RIGHT' | 'right',
    options?: LmovemOptions,
  ): Buffer[] | null {
    return this.sendBuffer(
      this.ids[194] as number,
      ...encode(LMOVEM_NODES, [source, destination, wherefrom, whereto], options),
    ) as Buffer[] | null;
  }

  /**
   * LMPOP: Returns multiple elements from a list after removing them. Deletes the list if the last element was popped.
   *
   * Complexity: O(N+M) where N is the number of provided keys and M is the number of elements returned.
   */
  lmpop(
    key: readonly Key[],
    where: 'LEFT' | 'left' | 'RIGHT' | 'right',
    options?: LmpopOptions,
  ): null | [string, string[]] {
    return this.send(this.ids[195] as number, ...encode(LMPOP_NODES, [key, where], options)) as
      null | [string, string[]];
  }

  /**
   * LMPOP: Returns multiple elements from a list after removing them. Deletes the list if the last element was popped. Strings are Buffers.
   */
  lmpopBuffer(
    key: readonly Key[],
    where: 'LEFT' | 'left' | 'RIGHT' | 'right',
    options?: LmpopOptions,
  ): null | [Buffer, Buffer[]] {
    return this.sendBuffer(this.ids[195] as number, ...encode(LMPOP_NODES, [key, where], options)) as
      null | [Buffer, Buffer[]];
  }

  /**
   * LOLWUT: Displays computer art and the server version
   */
  lolwut(options?: LolwutOptions): string {
    return this.send(this.ids[196] as number, ...encode(LOLWUT_NODES, [], options)) as string;
  }

  /**
   * LOLWUT: Displays computer art and the server version Strings are Buffers.
   */
  lolwutBuffer(options?: LolwutOptions): Buffer {
    return this.sendBuffer(this.ids[196] as number, ...encode(LOLWUT_NODES, [], options)) as Buffer;
  }

  /**
   * LPOP: Returns the first elements in a list after removing it. Deletes the list if the last element was popped.
   *
   * Complexity: O(N) where N is the number of elements returned
   */
  lpop(key: Key, count?: Numeric): null | string | string[] {
    return this.send(this.ids[197] as number, ...encode(LPOP_NODES, [key, count])) as null | string | string[];
  }

  /**
   * LPOP: Returns the first elements in a list after removing it. Deletes the list if the last element was popped. Strings are Buffers.
   */
  lpopBuffer(key: Key, count?: Numeric): null | Buffer | Buffer[] {
    return this.sendBuffer(this.ids[197] as number, ...encode(LPOP_NODES, [key, count])) as null | Buffer | Buffer[];
  }

  /**
   * LPOS: Returns the index of matching elements in a list.
   *
   * Complexity: O(N) where N is the number of elements in the list, for the average case. When searching for elements near the head or the tail of the list, or when the MAXLEN option is provided, the command may run in constant time.
   */
  lpos(key: Key, element: Argument, options?: LposOptions): null | number | number[] {
    return this.send(this.ids[198] as number, ...encode(LPOS_NODES, [key, element], options)) as
      null | number | number[];
  }

  /**
   * LPUSH: Prepends one or more elements to a list. Creates the key if it doesn't exist.
   *
   * Complexity: O(1) for each element added, so O(N) to add N elements when the command is called with multiple arguments.
   */
  lpush(key: Key, ...element: Argument[]): number {
    return this.send(this.ids[199] as number, key, ...element) as number;
  }

  /**
   * LPUSHX: Prepends one or more elements to a list only when the list exists.
   *
   * Complexity: O(1) for each element added, so O(N) to add N elements when the command is called with multiple arguments.
   */
  lpushx(key: Key, ...element: Argument[]): number {
    return this.send(this.ids[200] as number, key, ...element) as number;
  }

  /**
   * LRANGE: Returns a range of elements from a list.
   *
   * Complexity: O(S+N) where S is the distance of start offset from HEAD for small lists, from nearest end (HEAD or TAIL) for large lists; and N is the number of elements in the specified range.
   */
  lrange(key: Key, start: Numeric, stop: Numeric): string[] {
    return this.send(this.ids[201] as number, key, start, stop) as string[];
  }

  /**
   * LRANGE: Returns a range of elements from a list. Strings are Buffers.
   */
  lrangeBuffer(key: Key, start: Numeric, stop: Numeric): Buffer[] {
    return this.sendBuffer(this.ids[201] as number, key, start, stop) as Buffer[];
  }

  /**
   * LREM: Removes elements from a list. Deletes the list if the last element was removed.
   *
   * Complexity: O(N+M) where N is the length of the list and M is the number of elements removed.
   */
  lrem(key: Key, count: Numeric, element: Argument): number {
    return this.send(this.ids[202] as number, key, count, element) as number;
  }

  /**
   * LSET: Sets the value of an element in a list by its index.
   *
   * Complexity: O(N) where N is the length of the list. Setting either the first or the last element of the list is O(1).
   */
  lset(key: Key, index: Numeric, element: Argument): 'OK' {
    return this.send(this.ids[203] as number, key, index, element) as 'OK';
  }

  /**
   * LTRIM: Removes elements from both ends a list. Deletes the list if all elements were trimmed.
   *
   * Complexity: O(N) where N is the number of elements to be removed by the operation.
   */
  ltrim(key: Key, start: Numeric, stop: Numeric): 'OK' {
    return this.send(this.ids[204] as number, key, start, stop) as 'OK';
  }

  /**
   * MEMORY: A container for memory diagnostics commands.
   *
   * Complexity: Depends on subcommand.
   */
  memory(): unknown {
    return this.send(this.ids[205] as number) as unknown;
  }

  /**
   * MEMORY: A container for memory diagnostics commands. Strings are Buffers.
   */
  memoryBuffer(): unknown {
    return this.sendBuffer(this.ids[205] as number) as unknown;
  }

  /**
   * MEMORY DOCTOR: Outputs a memory problems report.
   *
   * Complexity: O(1)
   */
  memoryDoctor(): string {
    return this.send(this.ids[206] as number) as string;
  }

  /**
   * MEMORY DOCTOR: Outputs a memory problems report. Strings are Buffers.
   */
  memoryDoctorBuffer(): Buffer {
    return this.sendBuffer(this.ids[206] as number) as Buffer;
  }

  /**
   * MEMORY HELP: Returns helpful text about the different subcommands.
   *
   * Complexity: O(1)
   */
  memoryHelp(): string[] {
    return this.send(this.ids[207] as number) as string[];
  }

  /**
   * MEMORY HELP: Returns helpful text about the different subcommands. Strings are Buffers.
   */
  memoryHelpBuffer(): Buffer[] {
    return this.sendBuffer(this.ids[207] as number) as Buffer[];
  }

  /**
   * MEMORY MALLOC-STATS: Returns the allocator statistics.
   *
   * Complexity: Depends on how much memory is allocated, could be slow
   */
  memoryMallocStats(): string {
    return this.send(this.ids[208] as number) as string;
  }

  /**
   * MEMORY MALLOC-STATS: Returns the allocator statistics. Strings are Buffers.
   */
  memoryMallocStatsBuffer(): Buffer {
    return this.sendBuffer(this.ids[208] as number) as Buffer;
  }

  /**
   * MEMORY PURGE: Asks the allocator to release memory.
   *
   * Complexity: Depends on how much memory is allocated, could be slow
   */
  memoryPurge(): 'OK' {
    return this.send(this.ids[209] as number) as 'OK';
  }

  /**
   * MEMORY STATS: Returns details about memory usage.
   *
   * Complexity: O(1)
   */
  memoryStats(): Map<string, unknown> {
    return this.send(this.ids[210] as number) as Map<string, unknown>;
  }

  /**
   * MEMORY STATS: Returns details about memory usage. Strings are Buffers.
   */
  memoryStatsBuffer(): Map<Buffer, unknown> {
    return this.sendBuffer(this.ids[210] as number) as Map<Buffer, unknown>;
  }

  /**
   * MEMORY USAGE: Estimates the memory usage of a key.
   *
   * Complexity: O(N) where N is the number of samples.
   */
  memoryUsage(key: Key, options?: MemoryUsageOptions): number | null {
    return this.send(this.ids[211] as number, ...encode(MEMORY_USAGE_NODES, [key], options)) as number | null;
  }

  /**
   * MGET: Atomically returns the string values of one or more keys.
   *
   * Complexity: O(N) where N is the number of keys to retrieve.
   */
  mget(...key: Key[]): (string | null)[] {
    return this.send(this.ids[212] as number, ...key) as (string | null)[];
  }

  /**
   * MGET: Atomically returns the string values of one or more keys. Strings are Buffers.
   */
  mgetBuffer(...key: Key[]): (Buffer | null)[] {
    return this.sendBuffer(this.ids[212] as number, ...key) as (Buffer | null)[];
  }

  /**
   * MIGRATE: Atomically transfers a key from one instance to another.
   *
   * Complexity: This command actually executes a DUMP+DEL in the source instance, and a RESTORE in the target instance. See the pages of these commands for time complexity. Also an O(N) data transfer between the two instances is performed.
   */
  migrate(
    host: Argument,
    port: Numeric,
    keySelector: Key | '""',
    destinationDb: Numeric,
    timeout: Numeric,
    options?: MigrateOptions,
  ): 'OK' | 'NOKEY' {
    return this.send(
      this.ids[213] as number,
      ...encode(MIGRATE_NODES, [host, port, keySelector, destinationDb, timeout], options),
    ) as 'OK' | 'NOKEY';
  }

  /**
   * MODULE HELP: Returns helpful text about the different subcommands.
   *
   * Complexity: O(1)
   */
  moduleHelp(): string[] {
    return this.send(this.ids[214] as number) as string[];
  }

  /**
   * MODULE HELP: Returns helpful text about the different subcommands. Strings are Buffers.
   */
  moduleHelpBuffer(): Buffer[] {
    return this.sendBuffer(this.ids[214] as number) as Buffer[];
  }

  /**
   * MODULE LIST: Returns all loaded modules.
   *
   * Complexity: O(N) where N is the number of loaded modules.
   */
  moduleList(): unknown[] {
    return this.send(this.ids[215] as number) as unknown[];
  }

  /**
   * MODULE LIST: Returns all loaded modules. Strings are Buffers.
   */
  moduleListBuffer(): unknown[] {
    return this.sendBuffer(this.ids[215] as number) as unknown[];
  }

  /**
   * MONITOR: Listens for all requests received by the server in real-time.
   */
  monitor(): unknown {
    return this.send(this.ids[216] as number) as unknown;
  }

  /**
   * MONITOR: Listens for all requests received by the server in real-time. Strings are Buffers.
   */
  monitorBuffer(): unknown {
    return this.sendBuffer(this.ids[216] as number) as unknown;
  }

  /**
   * MOVE: Moves a key to another database.
   *
   * Complexity: O(1)
   */
  move(key: Key, db: Numeric): number {
    return this.send(this.ids[217] as number, key, db) as number;
  }

  /**
   * MSET: Atomically creates or modifies the string values of one or more keys.
   *
   * Complexity: O(N) where N is the number of keys to set.
   */
  mset(...data: (readonly [key: Key, value: Argument])[]): 'OK' {
    return this.send(this.ids[218] as number, ...encode(MSET_NODES, [data])) as 'OK';
  }

  /**
   * MSETEX: Atomically sets multiple string keys with a shared expiration in a single operation.
   *
   * Complexity: O(N) where N is the number of keys to set.
   */
  msetex(data: readonly (readonly [key: Key, value: Argument])[], options?: MsetexOptions): number {
    return this.send(this.ids[219] as number, ...encode(MSETEX_NODES, [data], options)) as number;
  }

  /**
   * MSETNX: Atomically modifies the string values of one or more keys only when all keys don't exist.
   *
   * Complexity: O(N) where N is the number of keys to set.
   */
  msetnx(...data: (readonly [key: Key, value: Argument])[]): number {
    return this.send(this.ids[220] as number, ...encode(MSETNX_NODES, [data])) as number;
  }

  /**
   * MULTI: Starts a transaction.
   *
   * Complexity: O(1)
   */
  multi(): 'OK' {
    return this.send(this.ids[221] as number) as 'OK';
  }

  /**
   * OBJECT: A container for object introspection commands.
   *
   * Complexity: Depends on subcommand.
   */
  object(): unknown {
    return this.send(this.ids[222] as number) as unknown;
  }

  /**
   * OBJECT: A container for object introspection commands. Strings are Buffers.
   */
  objectBuffer(): unknown {
    return this.sendBuffer(this.ids[222] as number) as unknown;
  }

  /**
   * OBJECT ENCODING: Returns the internal encoding of an object.
   *
   * Complexity: O(1)
   */
  objectEncoding(key: Key): null | string {
    return this.send(this.ids[223] as number, key) as null | string;
  }

  /**
   * OBJECT ENCODING: Returns the internal encoding of an object. Strings are Buffers.
   */
  objectEncodingBuffer(key: Key): null | Buffer {
    return this.sendBuffer(this.ids[223] as number, key) as null | Buffer;
  }

  /**
   * OBJECT FREQ: Returns the logarithmic access frequency counter of an object.
   *
   * Complexity: O(1)
   */
  objectFreq(key: Key): number {
    return this.send(this.ids[224] as number, key) as number;
  }

  /**
   * OBJECT HELP: Returns helpful text about the different subcommands.
   *
   * Complexity: O(1)
   */
  objectHelp(): string[] {
    return this.send(this.ids[225] as number) as string[];
  }

  /**
   * OBJECT HELP: Returns helpful text about the different subcommands. Strings are Buffers.
   */
  objectHelpBuffer(): Buffer[] {
    return this.sendBuffer(this.ids[225] as number) as Buffer[];
  }

  /**
   * OBJECT IDLETIME: Returns the time since the last access to an object.
   *
   * Complexity: O(1)
   */
  objectIdletime(key: Key): number {
    return this.send(this.ids[226] as number, key) as number;
  }

  /**
   * OBJECT REFCOUNT: Returns the reference count of a value of a key.
   *
   * Complexity: O(1)
   */
  objectRefcount(key: Key): number {
    return this.send(this.ids[227] as number, key) as number;
  }

  /**
   * PERSIST: Removes the expiration time of a key.
   *
   * Complexity: O(1)
   */
  persist(key: Key): number {
    return this.send(this.ids[228] as number, key) as number;
  }

  /**
   * PEXPIRE: Sets the expiration time of a key in milliseconds.
   *
   * Complexity: O(1)
   */
  pexpire(key: Key, milliseconds: Numeric, options?: PexpireOptions): number {
    return this.send(this.ids[229] as number, ...encode(PEXPIRE_NODES, [key, milliseconds], options)) as number;
  }

  /**
   * PEXPIREAT: Sets the expiration time of a key to a Unix milliseconds timestamp.
   *
   * Complexity: O(1)
   */
  pexpireat(key: Key, unixTimeMilliseconds: Numeric, options?: PexpireatOptions): number {
    return this.send(
      this.ids[230] as number,
      ...encode(PEXPIREAT_NODES, [key, unixTimeMilliseconds], options),
    ) as number;
  }

  /**
   * PEXPIRETIME: Returns the expiration time of a key as a Unix milliseconds timestamp.
   *
   * Complexity: O(1)
   */
  pexpiretime(key: Key): number {
    return this.send(this.ids[231] as number, key) as number;
  }

  /**
   * PFADD: Adds elements to a HyperLogLog key. Creates the key if it doesn't exist.
   *
   * Complexity: O(1) to add every element.
   */
  pfadd(key: Key, options?: PfaddOptions): number {
    return this.send(this.ids[232] as number, ...encode(PFADD_NODES, [key], options)) as number;
  }

  /**
   * PFCOUNT: Returns the approximated cardinality of the set(s) observed by the HyperLogLog key(s).
   *
   * Complexity: O(1) with a very small average constant time when called with a single key. O(N) with N being the number of keys, and much bigger constant times, when called with multiple keys.
   */
  pfcount(...key: Key[]): number {
    return this.send(this.ids[233] as number, ...key) as number;
  }

  /**
   * PFDEBUG: Internal commands for debugging HyperLogLog values.
   *
   * Complexity: N/A
   */
  pfdebug(subcommand: Argument, key: Key): unknown | string | number | number[] {
    return this.send(this.ids[234] as number, subcommand, key) as unknown | string | number | number[];
  }

  /**
   * PFDEBUG: Internal commands for debugging HyperLogLog values. Strings are Buffers.
   */
  pfdebugBuffer(subcommand: Argument, key: Key): unknown | Buffer | number | number[] {
    return this.sendBuffer(this.ids[234] as number, subcommand, key) as unknown | Buffer | number | number[];
  }

  /**
   * PFMERGE: Merges one or more HyperLogLog values into a single key.
   *
   * Complexity: O(N) to merge N HyperLogLogs, but with high constant times.
   */
  pfmerge(destkey: Key, options?: PfmergeOptions): 'OK' {
    return this.send(this.ids[235] as number, ...encode(PFMERGE_NODES, [destkey], options)) as 'OK';
  }

  /**
   * PFSELFTEST: An internal command for testing HyperLogLog values.
   *
   * Complexity: N/A
   */
  pfselftest(): 'OK' {
    return this.send(this.ids[236] as number) as 'OK';
  }

  /**
   * PING: Returns the server's liveliness response.
   *
   * Complexity: O(1)
   */
  ping(message?: Argument): string {
    return this.send(this.ids[237] as number, ...encode(PING_NODES, [message])) as string;
  }

  /**
   * PING: Returns the server's liveliness response. Strings are Buffers.
   */
  pingBuffer(message?: Argument): 'PONG' | Buffer {
    return this.sendBuffer(this.ids[237] as number, ...encode(PING_NODES, [message])) as 'PONG' | Buffer;
  }

  /**
   * PSETEX: Sets both string value and expiration time in milliseconds of a key. The key is created if it doesn't exist.
   *
   * Complexity: O(1)
   *
   * @deprecated since 2.6.12: use `SET` with the `PX` argument.
   */
  psetex(key: Key, milliseconds: Numeric, value: Argument): 'OK' {
    return this.send(this.ids[238] as number, key, milliseconds, value) as 'OK';
  }

  /**
   * PSUBSCRIBE: Listens for messages published to channels that match one or more patterns.
   *
   * Complexity: O(N) where N is the number of patterns to subscribe to.
   */
  psubscribe(...pattern: Argument[]): unknown {
    return this.send(this.ids[239] as number, ...pattern) as unknown;
  }

  /**
   * PSUBSCRIBE: Listens for messages published to channels that match one or more patterns. Strings are Buffers.
   */
  psubscribeBuffer(...pattern: Argument[]): unknown {
    return this.sendBuffer(this.ids[239] as number, ...pattern) as unknown;
  }

  /**
   * PTTL: Returns the expiration time in milliseconds of a key.
   *
   * Complexity: O(1)
   */
  pttl(key: Key): number {
    return this.send(this.ids[240] as number, key) as number;
  }

  /**
   * PUBLISH: Posts a message to a channel.
   *
   * Complexity: O(N+M) where N is the number of clients subscribed to the receiving channel and M is the total number of subscribed patterns (by any client).
   */
  publish(channel: Argument, message: Argument): number {
    return this.send(this.ids[241] as number, channel, message) as number;
  }

  /**
   * PUBSUB CHANNELS: Returns the active channels.
   *
   * Complexity: O(N) where N is the number of active channels, and assuming constant time pattern matching (relatively short channels and patterns)
   */
  pubsubChannels(pattern?: Argument): string[] {
    return this.send(this.ids[242] as number, ...encode(PUBSUB_CHANNELS_NODES, [pattern])) as string[];
  }

  /**
   * PUBSUB CHANNELS: Returns the active channels. Strings are Buffers.
   */
  pubsubChannelsBuffer(pattern?: Argument): Buffer[] {
    return this.sendBuffer(this.ids[242] as number, ...encode(PUBSUB_CHANNELS_NODES, [pattern])) as Buffer[];
  }

  /**
   * PUBSUB HELP: Returns helpful text about the different subcommands.
   *
   * Complexity: O(1)
   */
  pubsubHelp(): string[] {
    return this.send(this.ids[243] as number) as string[];
  }

  /**
   * PUBSUB HELP: Returns helpful text about the different subcommands. Strings are Buffers.
   */
  pubsubHelpBuffer(): Buffer[] {
    return this.sendBuffer(this.ids[243] as number) as Buffer[];
  }

  /**
   * PUBSUB NUMPAT: Returns a count of unique pattern subscriptions.
   *
   * Complexity: O(1)
   */
  pubsubNumpat(): number {
    return this.send(this.ids[244] as number) as number;
  }

  /**
   * PUBSUB NUMSUB: Returns a count of subscribers to channels.
   *
   * Complexity: O(N) for the NUMSUB subcommand, where N is the number of requested channels
   */
  pubsubNumsub(options?: PubsubNumsubOptions): unknown[] {
    return this.send(this.ids[245] as number, ...encode(PUBSUB_NUMSUB_NODES, [], options)) as unknown[];
  }

  /**
   * PUBSUB NUMSUB: Returns a count of subscribers to channels. Strings are Buffers.
   */
  pubsubNumsubBuffer(options?: PubsubNumsubOptions): unknown[] {
    return this.sendBuffer(this.ids[245] as number, ...encode(PUBSUB_NUMSUB_NODES, [], options)) as unknown[];
  }

  /**
   * PUBSUB SHARDCHANNELS: Returns the active shard channels.
   *
   * Complexity: O(N) where N is the number of active shard channels, and assuming constant time pattern matching (relatively short shard channels).
   */
  pubsubShardchannels(pattern?: Argument): string[] {
    return this.send(this.ids[246] as number, ...encode(PUBSUB_SHARDCHANNELS_NODES, [pattern])) as string[];
  }

  /**
   * PUBSUB SHARDCHANNELS: Returns the active shard channels. Strings are Buffers.
   */
  pubsubShardchannelsBuffer(pattern?: Argument): Buffer[] {
    return this.sendBuffer(this.ids[246] as number, ...encode(PUBSUB_SHARDCHANNELS_NODES, [pattern])) as Buffer[];
  }

  /**
   * PUBSUB SHARDNUMSUB: Returns the count of subscribers of shard channels.
   *
   * Complexity: O(N) for the SHARDNUMSUB subcommand, where N is the number of requested shard channels
   */
  pubsubShardnumsub(options?: PubsubShardnumsubOptions): unknown[] {
    return this.send(this.ids[247] as number, ...encode(PUBSUB_SHARDNUMSUB_NODES, [], options)) as unknown[];
  }

  /**
   * PUBSUB SHARDNUMSUB: Returns the count of subscribers of shard channels. Strings are Buffers.
   */
  pubsubShardnumsubBuffer(options?: PubsubShardnumsubOptions): unknown[] {
    return this.sendBuffer(this.ids[247] as number, ...encode(PUBSUB_SHARDNUMSUB_NODES, [], options)) as unknown[];
  }

  /**
   * PUNSUBSCRIBE: Stops listening to messages published to channels that match one or more patterns.
   *
   * Complexity: O(N) where N is the number of patterns to unsubscribe.
   */
  punsubscribe(options?: PunsubscribeOptions): unknown {
    return this.send(this.ids[248] as number, ...encode(PUNSUBSCRIBE_NODES, [], options)) as unknown;
  }

  /**
   * PUNSUBSCRIBE: Stops listening to messages published to channels that match one or more patterns. Strings are Buffers.
   */
  punsubscribeBuffer(options?: PunsubscribeOptions): unknown {
    return this.sendBuffer(this.ids[248] as number, ...encode(PUNSUBSCRIBE_NODES, [], options)) as unknown;
  }

  /**
   * QUIT: Closes the connection.
   *
   * Complexity: O(1)
   *
   * @deprecated since 7.2.0: use just closing the connection.
   */
  quit(): 'OK' {
    return this.send(this.ids[249] as number) as 'OK';
  }

  /**
   * RANDOMKEY: Returns a random key name from the database.
   *
   * Complexity: O(1)
   */
  randomkey(): null | string {
    return this.send(this.ids[250] as number) as null | string;
  }

  /**
   * RANDOMKEY: Returns a random key name from the database. Strings are Buffers.
   */
  randomkeyBuffer(): null | Buffer {
    return this.sendBuffer(this.ids[250] as number) as null | Buffer;
  }

  /**
   * READONLY: Enables read-only queries for a connection to a replica node.
   *
   * Complexity: O(1)
   */
  readonly(): 'OK' {
    return this.send(this.ids[251] as number) as 'OK';
  }

  /**
   * READWRITE: Enables read-write queries for a connection to a replica node.
   *
   * Complexity: O(1)
   */
  readwrite(): 'OK' {
    return this.send(this.ids[252] as number) as 'OK';
  }

  /**
   * RENAME: Renames a key and overwrites the destination.
   *
   * Complexity: O(1)
   */
  rename(key: Key, newkey: Key): 'OK' {
    return this.send(this.ids[253] as number, key, newkey) as 'OK';
  }

  /**
   * RENAMENX: Renames a key only when the target key name doesn't exist.
   *
   * Complexity: O(1)
   */
  renamenx(key: Key, newkey: Key): number {
    return this.send(this.ids[254] as number, key, newkey) as number;
  }

  /**
   * RESET: Resets the connection.
   *
   * Complexity: O(1)
   */
  reset(): 'RESET' {
    return this.send(this.ids[255] as number) as 'RESET';
  }

  /**
   * RESTORE: Creates a key from the serialized representation of a value.
   *
   * Complexity: O(1) to create the new key and additional O(N*M) to reconstruct the serialized value, where N is the number of objects composing the value and M their average size. For small string values the time complexity is thus O(1)+O(1*M) where M is small, so simply O(1). However for sorted set values the complexity is O(N*M*log(N)) because inserting values into sorted sets is O(log(N)).
   */
  restore(key: Key, ttl: Numeric, serializedValue: Argument, options?: RestoreOptions): 'OK' {
    return this.send(this.ids[256] as number, ...encode(RESTORE_NODES, [key, ttl, serializedValue], options)) as 'OK';
  }

  /**
   * RESTORE-ASKING: An internal command for migrating keys in a cluster.
   *
   * Complexity: O(1) to create the new key and additional O(N*M) to reconstruct the serialized value, where N is the number of objects composing the value and M their average size. For small string values the time complexity is thus O(1)+O(1*M) where M is small, so simply O(1). However for sorted set values the complexity is O(N*M*log(N)) because inserting values into sorted sets is O(log(N)).
   */
  restoreAsking(key: Key, ttl: Numeric, serializedValue: Argument, options?: RestoreAskingOptions): 'OK' {
    return this.send(
      this.ids[257] as number,
      ...encode(RESTORE_ASKING_NODES, [key, ttl, serializedValue], options),
    ) as 'OK';
  }

  /**
   * ROLE: Returns the replication role.
   *
   * Complexity: O(1)
   */
  role(): unknown[] {
    return this.send(this.ids[258] as number) as unknown[];
  }

  /**
   * ROLE: Returns the replication role. Strings are Buffers.
   */
  roleBuffer(): unknown[] {
    return this.sendBuffer(this.ids[258] as number) as unknown[];
  }

  /**
   * RPOP: Returns and removes the last elements of a list. Deletes the list if the last element was popped.
   *
   * Complexity: O(N) where N is the number of elements returned
   */
  rpop(key: Key, count?: Numeric): null | string | string[] {
    return this.send(this.ids[259] as number, ...encode(RPOP_NODES, [key, count])) as null | string | string[];
  }

  /**
   * RPOP: Returns and removes the last elements of a list. Deletes the list if the last element was popped. Strings are Buffers.
   */
  rpopBuffer(key: Key, count?: Numeric): null | Buffer | Buffer[] {
    return this.sendBuffer(this.ids[259] as number, ...encode(RPOP_NODES, [key, count])) as null | Buffer | Buffer[];
  }

  /**
   * RPOPLPUSH: Returns the last element of a list after removing and pushing it to another list. Deletes the list if the last element was popped.
   *
   * Complexity: O(1)
   *
   * @deprecated since 6.2.0: use `LMOVE` with the `RIGHT` and `LEFT` arguments.
   */
  rpoplpush(source: Key, destination: Key): string | null {
    return this.send(this.ids[260] as number, source, destination) as string | null;
  }

  /**
   * RPOPLPUSH: Returns the last element of a list after removing and pushing it to another list. Deletes the list if the last element was popped. Strings are Buffers.
   *
   * @deprecated since 6.2.0: use `LMOVE` with the `RIGHT` and `LEFT` arguments.
   */
  rpoplpushBuffer(source: Key, destination: Key): Buffer | null {
    return this.sendBuffer(this.ids[260] as number, source, destination) as Buffer | null;
  }

  /**
   * RPUSH: Appends one or more elements to a list. Creates the key if it doesn't exist.
   *
   * Complexity: O(1) for each element added, so O(N) to add N elements when the command is called with multiple arguments.
   */
  rpush(key: Key, ...element: Argument[]): number {
    return this.send(this.ids[261] as number, key, ...element) as number;
  }

  /**
   * RPUSHX: Appends an element to a list only when the list exists.
   *
   * Complexity: O(1) for each element added, so O(N) to add N elements when the command is called with multiple arguments.
   */
  rpushx(key: Key, ...element: Argument[]): number {
    return this.send(this.ids[262] as number, key, ...element) as number;
  }

  /**
   * SADD: Adds one or more members to a set. Creates the key if it doesn't exist.
   *
   * Complexity: O(1) for each element added, so O(N) to add N elements when the command is called with multiple arguments.
   */
  sadd(key: Key, ...member: Argument[]): number {
    return this.send(this.ids[263] as number, key, ...member) as number;
  }

  /**
   * SAVE: Synchronously saves the database(s) to disk.
   *
   * Complexity: O(N) where N is the total number of keys in all databases
   */
  save(): 'OK' {
    return this.send(this.ids[264] as number) as 'OK';
  }

  /**
   * SCAN: Iterates over the key names in the database.
   *
   * Complexity: O(1) for every call. O(N) for a complete iteration, including enough command calls for the cursor to return back to 0. N is the number of elements inside the collection.
   */
  scan(cursor: Numeric, options?: ScanOptions): [string, string[]] {
    return this.send(this.ids[265] as number, ...encode(SCAN_NODES, [cursor], options)) as [string, string[]];
  }

  /**
   * SCAN: Iterates over the key names in the database. Strings are Buffers.
   */
  scanBuffer(cursor: Numeric, options?: ScanOptions): [Buffer, Buffer[]] {
    return this.sendBuffer(this.ids[265] as number, ...encode(SCAN_NODES, [cursor], options)) as [Buffer, Buffer[]];
  }

  /**
   * SCARD: Returns the number of members in a set.
   *
   * Complexity: O(1)
   */
  scard(key: Key): number {
    return this.send(this.ids[266] as number, key) as number;
  }

  /**
   * SCRIPT DEBUG: Sets the debug mode of server-side Lua scripts.
   *
   * Complexity: O(1)
   */
  scriptDebug(mode: 'YES' | 'yes' | 'SYNC' | 'sync' | 'NO' | 'no'): 'OK' {
    return this.send(this.ids[267] as number, ...encode(SCRIPT_DEBUG_NODES, [mode])) as 'OK';
  }

  /**
   * SCRIPT EXISTS: Determines whether server-side Lua scripts exist in the script cache.
   *
   * Complexity: O(N) with N being the number of scripts to check (so checking a single script is an O(1) operation).
   */
  scriptExists(...sha1: Argument[]): number[] {
    return this.send(this.ids[268] as number, ...sha1) as number[];
  }

  /**
   * SCRIPT FLUSH: Removes all server-side Lua scripts from the script cache.
   *
   * Complexity: O(N) with N being the number of scripts in cache
   */
  scriptFlush(options?: ScriptFlushOptions): 'OK' {
    return this.send(this.ids[269] as number, ...encode(SCRIPT_FLUSH_NODES, [], options)) as 'OK';
  }

  /**
   * SCRIPT HELP: Returns helpful text about the different subcommands.
   *
   * Complexity: O(1)
   */
  scriptHelp(): string[] {
    return this.send(this.ids[270] as number) as string[];
  }

  /**
   * SCRIPT HELP: Returns helpful text about the different subcommands. Strings are Buffers.
   */
  scriptHelpBuffer(): Buffer[] {
    return this.sendBuffer(this.ids[270] as number) as Buffer[];
  }

  /**
   * SCRIPT KILL: Terminates a server-side Lua script during execution.
   *
   * Complexity: O(1)
   */
  scriptKill(): 'OK' {
    return this.send(this.ids[271] as number) as 'OK';
  }

  /**
   * SCRIPT LOAD: Loads a server-side Lua script to the script cache.
   *
   * Complexity: O(N) with N being the length in bytes of the script body.
   */
  scriptLoad(script: Argument): string {
    return this.send(this.ids[272] as number, script) as string;
  }

  /**
   * SCRIPT LOAD: Loads a server-side Lua script to the script cache. Strings are Buffers.
   */
  scriptLoadBuffer(script: Argument): Buffer {
    return this.sendBuffer(this.ids[272] as number, script) as Buffer;
  }

  /**
   * SCRIPT SHOW: Show server-side Lua script in the script cache.
   *
   * Complexity: O(1).
   */
  scriptShow(sha1: Argument): string {
    return this.send(this.ids[273] as number, sha1) as string;
  }

  /**
   * SCRIPT SHOW: Show server-side Lua script in the script cache. Strings are Buffers.
   */
  scriptShowBuffer(sha1: Argument): Buffer {
    return this.sendBuffer(this.ids[273] as number, sha1) as Buffer;
  }

  /**
   * SDIFF: Returns the difference of multiple sets.
   *
   * Complexity: O(N) where N is the total number of elements in all given sets.
   */
  sdiff(...key: Key[]): string[] {
    return this.send(this.ids[274] as number, ...key) as string[];
  }

  /**
   * SDIFF: Returns the difference of multiple sets. Strings are Buffers.
   */
  sdiffBuffer(...key: Key[]): Buffer[] {
    return this.sendBuffer(this.ids[274] as number, ...key) as Buffer[];
  }

  /**
   * SDIFFCARD: Returns the number of members of the difference between the first set and all successive sets.
   *
   * Complexity: O(N) where N is the total number of elements in all given sets.
   */
  sdiffcard(key: readonly Key[], options?: SdiffcardOptions): number {
    return this.send(this.ids[275] as number, ...encode(SDIFFCARD_NODES, [key], options)) as number;
  }

  /**
   * SDIFFSTORE: Stores the difference of multiple sets in a key.
   *
   * Complexity: O(N) where N is the total number of elements in all given sets.
   */
  sdiffstore(destination: Key, ...key: Key[]): number {
    return this.send(this.ids[276] as number, destination, ...key) as number;
  }

  /**
   * SELECT: Changes the selected database.
   *
   * Complexity: O(1)
   */
  select(index: Numeric): 'OK' {
    return this.send(this.ids[277] as number, index) as 'OK';
  }

  /**
   * SET: Sets the string value of a key, ignoring its type. The key is created if it doesn't exist.
   *
   * Complexity: O(1)
   */
  set(key: Key, value: Argument, options?: SetOptions): null | string {
    return this.send(this.ids[278] as number, ...encode(SET_NODES, [key, value], options)) as null | string;
  }

  /**
   * SET: Sets the string value of a key, ignoring its type. The key is created if it doesn't exist. Strings are Buffers.
   */
  setBuffer(key: Key, value: Argument, options?: SetOptions): null | 'OK' | Buffer {
    return this.sendBuffer(this.ids[278] as number, ...encode(SET_NODES, [key, value], options)) as
      null | 'OK' | Buffer;
  }

  /**
   * SETBIT: Sets or clears the bit at offset of the string value. Creates the key if it doesn't exist.
   *
   * Complexity: O(1)
   */
  setbit(key: Key, offset: Numeric, value: Numeric): number {
    return this.send(this.ids[279] as number, key, offset, value) as number;
  }

  /**
   * SETEX: Sets the string value and expiration time of a key. Creates the key if it doesn't exist.
   *
   * Complexity: O(1)
   *
   * @deprecated since 2.6.12: use `SET` with the `EX` argument.
   */
  setex(key: Key, seconds: Numeric, value: Argument): 'OK' {
    return this.send(this.ids[280] as number, key, seconds, value) as 'OK';
  }

  /**
   * SETNX: Set the string value of a key only when the key doesn't exist.
   *
   * Complexity: O(1)
   *
   * @deprecated since 2.6.12: use `SET` with the `NX` argument.
   */
  setnx(key: Key, value: Argument): number {
    return this.send(this.ids[281] as number, key, value) as number;
  }

  /**
   * SETRANGE: Overwrites a part of a string value with another by an offset. Creates the key if it doesn't exist.
   *
   * Complexity: O(1), not counting the time taken to copy the new string in place. Usually, this string is very small so the amortized complexity is O(1). Otherwise, complexity is O(M) with M being the length of the value argument.
   */
  setrange(key: Key, offset: Numeric, value: Argument): number {
    return this.send(this.ids[282] as number, key, offset, value) as number;
  }

  /**
   * SHUTDOWN: Synchronously saves the database(s) to disk and shuts down the server.
   *
   * Complexity: O(N) when saving, where N is the total number of keys in all databases when saving data, otherwise O(1)
   */
  shutdown(options?: ShutdownOptions): 'OK' {
    return this.send(this.ids[283] as number, ...encode(SHUTDOWN_NODES, [], options)) as 'OK';
  }

  /**
   * SINTER: Returns the intersect of multiple sets.
   *
   * Complexity: O(N*M) worst case where N is the cardinality of the smallest set and M is the number of sets.
   */
  sinter(...key: Key[]): string[] {
    return this.send(this.ids[284] as number, ...key) as string[];
  }

  /**
   * SINTER: Returns the intersect of multiple sets. Strings are Buffers.
   */
  sinterBuffer(...key: Key[]): Buffer[] {
    return this.sendBuffer(this.ids[284] as number, ...key) as Buffer[];
  }

  /**
   * SINTERCARD: Returns the number of members of the intersect of multiple sets.
   *
   * Complexity: O(N*M) worst case where N is the cardinality of the smallest set and M is the number of sets.
   */
  sintercard(key: readonly Key[], options?: SintercardOptions): number {
    return this.send(this.ids[285] as number, ...encode(SINTERCARD_NODES, [key], options)) as number;
  }

  /**
   * SINTERSTORE: Stores the intersect of multiple sets in a key.
   *
   * Complexity: O(N*M) worst case where N is the cardinality of the smallest set and M is the number of sets.
   */
  sinterstore(destination: Key, ...key: Key[]): number {
    return this.send(this.ids[286] as number, destination, ...key) as number;
  }

  /**
   * SISMEMBER: Determines whether a member belongs to a set.
   *
   * Complexity: O(1)
   */
  sismember(key: Key, member: Argument): number {
    return this.send(this.ids[287] as number, key, member) as number;
  }

  /**
   * SLOWLOG GET: Returns the slow log's entries.
   *
   * Complexity: O(N) where N is the number of entries returned
   */
  slowlogGet(count?: Numeric): [number, number, number, string[], string, string][] {
    return this.send(this.ids[288] as number, ...encode(SLOWLOG_GET_NODES, [count])) as [
      number,
      number,
      number,
      string[],
      string,
      string,
    ][];
  }

  /**
   * SLOWLOG GET: Returns the slow log's entries. Strings are Buffers.
   */
  slowlogGetBuffer(count?: Numeric): [number, number, number, Buffer[], Buffer, Buffer][] {
    return this.sendBuffer(this.ids[288] as number, ...encode(SLOWLOG_GET_NODES, [count])) as [
      number,
      number,
      number,
      Buffer[],
      Buffer,
      Buffer,
    ][];
  }

  /**
   * SLOWLOG HELP: Show helpful text about the different subcommands
   *
   * Complexity: O(1)
   */
  slowlogHelp(): string[] {
    return this.send(this.ids[289] as number) as string[];
  }

  /**
   * SLOWLOG HELP: Show helpful text about the different subcommands Strings are Buffers.
   */
  slowlogHelpBuffer(): Buffer[] {
    return this.sendBuffer(this.ids[289] as number) as Buffer[];
  }

  /**
   * SLOWLOG LEN: Returns the number of entries in the slow log.
   *
   * Complexity: O(1)
   */
  slowlogLen(): number {
    return this.send(this.ids[290] as number) as number;
  }

  /**
   * SLOWLOG RESET: Clears all entries from the slow log.
   *
   * Complexity: O(N) where N is the number of entries in the slowlog
   */
  slowlogReset(): 'OK' {
    return this.send(this.ids[291] as number) as 'OK';
  }

  /**
   * SMEMBERS: Returns all members of a set.
   *
   * Complexity: O(N) where N is the set cardinality.
   */
  smembers(key: Key): string[] {
    return this.send(this.ids[292] as number, key) as string[];
  }

  /**
   * SMEMBERS: Returns all members of a set. Strings are Buffers.
   */
  smembersBuffer(key: Key): Buffer[] {
    return this.sendBuffer(this.ids[292] as number, key) as Buffer[];
  }

  /**
   * SMISMEMBER: Determines whether multiple members belong to a set.
   *
   * Complexity: O(N) where N is the number of elements being checked for membership
   */
  smismember(key: Key, ...member: Argument[]): number[] {
    return this.send(this.ids[293] as number, key, ...member) as number[];
  }

  /**
   * SMOVE: Moves a member from one set to another.
   *
   * Complexity: O(1)
   */
  smove(source: Key, destination: Key, member: Argument): number {
    return this.send(this.ids[294] as number, source, destination, member) as number;
  }

  /**
   * SORT: Sorts the elements in a list, a set, or a sorted set, optionally storing the result.
   *
   * Complexity: O(N+M*log(M)) where N is the number of elements in the list or set to sort, and M the number of returned elements. When the elements are not sorted, complexity is O(N).
   */
  sort(key: Key, options?: SortOptions): number | (string | null)[] {
    return this.send(this.ids[295] as number, ...encode(SORT_NODES, [key], options)) as number | (string | null)[];
  }

  /**
   * SORT: Sorts the elements in a list, a set, or a sorted set, optionally storing the result. Strings are Buffers.
   */
  sortBuffer(key: Key, options?: SortOptions): number | (Buffer | null)[] {
    return this.sendBuffer(this.ids[295] as number, ...encode(SORT_NODES, [key], options)) as
      number | (Buffer | null)[];
  }

  /**
   * SORT_RO: Returns the sorted elements of a list, a set, or a sorted set.
   *
   * Complexity: O(N+M*log(M)) where N is the number of elements in the list or set to sort, and M the number of returned elements. When the elements are not sorted, complexity is O(N).
   */
  sortRo(key: Key, options?: SortRoOptions): (string | null)[] {
    return this.send(this.ids[296] as number, ...encode(SORT_RO_NODES, [key], options)) as (string | null)[];
  }

  /**
   * SORT_RO: Returns the sorted elements of a list, a set, or a sorted set. Strings are Buffers.
   */
  sortRoBuffer(key: Key, options?: SortRoOptions): (Buffer | null)[] {
    return this.sendBuffer(this.ids[296] as number, ...encode(SORT_RO_NODES, [key], options)) as (Buffer | null)[];
  }

  /**
   * SPOP: Returns one or more random members from a set after removing them. Deletes the set if the last member was popped.
   *
   * Complexity: Without the count argument O(1), otherwise O(N) where N is the value of the passed count.
   */
  spop(key: Key, count?: Numeric): null | string | string[] {
    return this.send(this.ids[297] as number, ...encode(SPOP_NODES, [key, count])) as null | string | string[];
  }

  /**
   * SPOP: Returns one or more random members from a set after removing them. Deletes the set if the last member was popped. Strings are Buffers.
   */
  spopBuffer(key: Key, count?: Numeric): null | Buffer | Buffer[] {
    return this.sendBuffer(this.ids[297] as number, ...encode(SPOP_NODES, [key, count])) as null | Buffer | Buffer[];
  }

  /**
   * SPUBLISH: Post a message to a shard channel
   *
   * Complexity: O(N) where N is the number of clients subscribed to the receiving shard channel.
   */
  spublish(shardchannel: Argument, message: Argument): number {
    return this.send(this.ids[298] as number, shardchannel, message) as number;
  }

  /**
   * SRANDMEMBER: Get one or multiple random members from a set
   *
   * Complexity: Without the count argument O(1), otherwise O(N) where N is the absolute value of the passed count.
   */
  srandmember(key: Key, count?: Numeric): null | string | string[] | unknown[] {
    return this.send(this.ids[299] as number, ...encode(SRANDMEMBER_NODES, [key, count])) as
      null | string | string[] | unknown[];
  }

  /**
   * SRANDMEMBER: Get one or multiple random members from a set Strings are Buffers.
   */
  srandmemberBuffer(key: Key, count?: Numeric): null | Buffer | Buffer[] | unknown[] {
    return this.sendBuffer(this.ids[299] as number, ...encode(SRANDMEMBER_NODES, [key, count])) as
      null | Buffer | Buffer[] | unknown[];
  }

  /**
   * SREM: Removes one or more members from a set. Deletes the set if the last member was removed.
   *
   * Complexity: O(N) where N is the number of members to be removed.
   */
  srem(key: Key, ...member: Argument[]): number {
    return this.send(this.ids[300] as number, key, ...member) as number;
  }

  /**
   * SSCAN: Iterates over members of a set.
   *
   * Complexity: O(1) for every call. O(N) for a complete iteration, including enough command calls for the cursor to return back to 0. N is the number of elements inside the collection.
   */
  sscan(key: Key, cursor: Numeric, options?: SscanOptions): [string, string[]] {
    return this.send(this.ids[301] as number, ...encode(SSCAN_NODES, [key, cursor], options)) as [string, string[]];
  }

  /**
   * SSCAN: Iterates over members of a set. Strings are Buffers.
   */
  sscanBuffer(key: Key, cursor: Numeric, options?: SscanOptions): [Buffer, Buffer[]] {
    return this.sendBuffer(this.ids[301] as number, ...encode(SSCAN_NODES, [key, cursor], options)) as [
      Buffer,
      Buffer[],
    ];
  }

  /**
   * SSUBSCRIBE: Listens for messages published to shard channels.
   *
   * Complexity: O(N) where N is the number of shard channels to subscribe to.
   */
  ssubscribe(...shardchannel: Argument[]): unknown {
    return this.send(this.ids[302] as number, ...shardchannel) as unknown;
  }

  /**
   * SSUBSCRIBE: Listens for messages published to shard channels. Strings are Buffers.
   */
  ssubscribeBuffer(...shardchannel: Argument[]): unknown {
    return this.sendBuffer(this.ids[302] as number, ...shardchannel) as unknown;
  }

  /**
   * STRLEN: Returns the length of a string value.
   *
   * Complexity: O(1)
   */
  strlen(key: Key): number {
    return this.send(this.ids[303] as number, key) as number;
  }

  /**
   * SUBSCRIBE: Listens for messages published to channels.
   *
   * Complexity: O(N) where N is the number of channels to subscribe to.
   */
  subscribe(...channel: Argument[]): unknown {
    return this.send(this.ids[304] as number, ...channel) as unknown;
  }

  /**
   * SUBSCRIBE: Listens for messages published to channels. Strings are Buffers.
   */
  subscribeBuffer(...channel: Argument[]): unknown {
    return this.sendBuffer(this.ids[304] as number, ...channel) as unknown;
  }

  /**
   * SUBSTR: Returns a substring from a string value.
   *
   * Complexity: O(N) where N is the length of the returned string. The complexity is ultimately determined by the returned length, but because creating a substring from an existing string is very cheap, it can be considered O(1) for small strings.
   *
   * @deprecated since 2.0.0: use `GETRANGE`.
   */
  substr(key: Key, start: Numeric, end: Numeric): string {
    return this.send(this.ids[305] as number, key, start, end) as string;
  }

  /**
   * SUBSTR: Returns a substring from a string value. Strings are Buffers.
   *
   * @deprecated since 2.0.0: use `GETRANGE`.
   */
  substrBuffer(key: Key, start: Numeric, end: Numeric): Buffer {
    return this.sendBuffer(this.ids[305] as number, key, start, end) as Buffer;
  }

  /**
   * SUNION: Returns the union of multiple sets.
   *
   * Complexity: O(N) where N is the total number of elements in all given sets.
   */
  sunion(...key: Key[]): string[] {
    return this.send(this.ids[306] as number, ...key) as string[];
  }

  /**
   * SUNION: Returns the union of multiple sets. Strings are Buffers.
   */
  sunionBuffer(...key: Key[]): Buffer[] {
    return this.sendBuffer(this.ids[306] as number, ...key) as Buffer[];
  }

  /**
   * SUNIONCARD: Returns the number of members of the union of multiple sets.
   *
   * Complexity: O(N) where N is the total number of elements in all given sets.
   */
  sunioncard(key: readonly Key[], options?: SunioncardOptions): number {
    return this.send(this.ids[307] as number, ...encode(SUNIONCARD_NODES, [key], options)) as number;
  }

  /**
   * SUNIONSTORE: Stores the union of multiple sets in a key.
   *
   * Complexity: O(N) where N is the total number of elements in all given sets.
   */
  sunionstore(destination: Key, ...key: Key[]): number {
    return this.send(this.ids[308] as number, destination, ...key) as number;
  }

  /**
   * SUNSUBSCRIBE: Stops listening to messages posted to shard channels.
   *
   * Complexity: O(N) where N is the number of shard channels to unsubscribe.
   */
  sunsubscribe(options?: SunsubscribeOptions): unknown {
    return this.send(this.ids[309] as number, ...encode(SUNSUBSCRIBE_NODES, [], options)) as unknown;
  }

  /**
   * SUNSUBSCRIBE: Stops listening to messages posted to shard channels. Strings are Buffers.
   */
  sunsubscribeBuffer(options?: SunsubscribeOptions): unknown {
    return this.sendBuffer(this.ids[309] as number, ...encode(SUNSUBSCRIBE_NODES, [], options)) as unknown;
  }

  /**
   * SWAPDB: Swaps two databases.
   *
   * Complexity: O(N) where N is the count of clients watching or blocking on keys from both databases.
   */
  swapdb(index1: Numeric, index2: Numeric): 'OK' {
    return this.send(this.ids[310] as number, index1, index2) as 'OK';
  }

  /**
   * TIME: Returns the server time.
   *
   * Complexity: O(1)
   */
  time(): string[] {
    return this.send(this.ids[311] as number) as string[];
  }

  /**
   * TIME: Returns the server time. Strings are Buffers.
   */
  timeBuffer(): Buffer[] {
    return this.sendBuffer(this.ids[311] as number) as Buffer[];
  }

  /**
   * TOUCH: Returns the number of existing keys out of those specified after updating the time they were last accessed.
   *
   * Complexity: O(N) where N is the number of keys that will be touched.
   */
  touch(...key: Key[]): number {
    return this.send(this.ids[312] as number, ...key) as number;
  }

  /**
   * TTL: Returns the expiration time in seconds of a key.
   *
   * Complexity: O(1)
   */
  ttl(key: Key): number {
    return this.send(this.ids[313] as number, key) as number;
  }

  /**
   * TYPE: Determines the type of value stored at a key.
   *
   * Complexity: O(1)
   */
  type(key: Key): null | string {
    return this.send(this.ids[314] as number, key) as null | string;
  }

  /**
   * TYPE: Determines the type of value stored at a key. Strings are Buffers.
   */
  typeBuffer(key: Key): null | Buffer {
    return this.sendBuffer(this.ids[314] as number, key) as null | Buffer;
  }

  /**
   * UNLINK: Asynchronously deletes one or more keys.
   *
   * Complexity: O(1) for each key removed regardless of its size. Then the command does O(N) work in a different thread in order to reclaim memory, where N is the number of allocations the deleted objects where composed of.
   */
  unlink(...key: Key[]): number {
    return this.send(this.ids[315] as number, ...key) as number;
  }

  /**
   * UNSUBSCRIBE: Stops listening to messages posted to channels.
   *
   * Complexity: O(N) where N is the number of channels to unsubscribe.
   */
  unsubscribe(options?: UnsubscribeOptions): unknown {
    return this.send(this.ids[316] as number, ...encode(UNSUBSCRIBE_NODES, [], options)) as unknown;
  }

  /**
   * UNSUBSCRIBE: Stops listening to messages posted to channels. Strings are Buffers.
   */
  unsubscribeBuffer(options?: UnsubscribeOptions): unknown {
    return this.sendBuffer(this.ids[316] as number, ...encode(UNSUBSCRIBE_NODES, [], options)) as unknown;
  }

  /**
   * UNWATCH: Forgets about watched keys of a transaction.
   *
   * Complexity: O(1)
   */
  unwatch(): 'OK' {
    return this.send(this.ids[317] as number) as 'OK';
  }

  /**
   * WAIT: Blocks until the asynchronous replication of all preceding write commands sent by the connection is completed.
   *
   * Complexity: O(1)
   */
  wait(numreplicas: Numeric, timeout: Numeric): number {
    return this.send(this.ids[318] as number, numreplicas, timeout) as number;
  }

  /**
   * WAITAOF: Blocks until all of the preceding write commands sent by the connection are written to the append-only file of the primary and/or replicas.
   *
   * Complexity: O(1)
   */
  waitaof(numlocal: Numeric, numreplicas: Numeric, timeout: Numeric): number[] {
    return this.send(this.ids[319] as number, numlocal, numreplicas, timeout) as number[];
  }

  /**
   * WATCH: Monitors changes to keys to determine the execution of a transaction.
   *
   * Complexity: O(1) for every key.
   */
  watch(...key: Key[]): 'OK' {
    return this.send(this.ids[320] as number, ...key) as 'OK';
  }

  /**
   * XACK: Returns the number of messages that were successfully acknowledged by the consumer group member of a stream.
   *
   * Complexity: O(1) for each message ID processed.
   */
  xack(key: Key, group: Argument, ...id: Argument[]): number {
    return this.send(this.ids[321] as number, key, group, ...id) as number;
  }

  /**
   * XACKDEL: Acknowledges entries for a consumer group, and deletes them where they are not needed any more.
   *
   * Complexity: O(1) for each entry ID processed.
   */
  xackdel(key: Key, group: Argument, ids: readonly Argument[], options?: XackdelOptions): number[] {
    return this.send(this.ids[322] as number, ...encode(XACKDEL_NODES, [key, group, ids], options)) as number[];
  }

  /**
   * XADD: Appends a new message to a stream. Creates the key if it doesn't exist.
   *
   * Complexity: O(1) when adding a new entry, O(N) when trimming where N being the number of entries evicted.
   */
  xadd(
    key: Key,
    idSelector: '*' | Argument,
    data: readonly (readonly [field: Argument, value: Argument])[],
    options?: XaddOptions,
  ): string | null {
    return this.send(this.ids[323] as number, ...encode(XADD_NODES, [key, idSelector, data], options)) as string | null;
  }

  /**
   * XADD: Appends a new message to a stream. Creates the key if it doesn't exist. Strings are Buffers.
   */
  xaddBuffer(
    key: Key,
    idSelector: '*' | Argument,
    data: readonly (readonly [field: Argument, value: Argument])[],
    options?: XaddOptions,
  ): Buffer | null {
    return this.sendBuffer(
      this.ids[323] as number,
      ...encode(XADD_NODES, [key, idSelector, data], options),
    ) as Buffer | null;
  }

  /**
   * XAUTOCLAIM: Changes, or acquires, ownership of messages in a consumer group, as if the messages were delivered to as consumer group member.
   *
   * Complexity: O(1) if COUNT is small.
   */
  xautoclaim(
    key: Key,
    group: Argument,
    consumer: Argument,
    minIdleTime: Argument,
    start: Argument,
    options?: XautoclaimOptions,
  ): [string, [string, string[]][], string[]] | [string, string[], string[]] {
    return this.send(
      this.ids[324] as number,
      ...encode(XAUTOCLAIM_NODES, [key, group, consumer, minIdleTime, start], options),
    ) as [string, [string, string[]][], string[]] | [string, string[], string[]];
  }

  /**
   * XAUTOCLAIM: Changes, or acquires, ownership of messages in a consumer group, as if the messages were delivered to as consumer group member. Strings are Buffers.
   */
  xautoclaimBuffer(
    key: Key,
    group: Argument,
    consumer: Argument,
    minIdleTime: Argument,
    start: Argument,
    options?: XautoclaimOptions,
  ): [Buffer, [Buffer, Buffer[]][], Buffer[]] | [Buffer, Buffer[], Buffer[]] {
    return this.sendBuffer(
      this.ids[324] as number,
      ...encode(XAUTOCLAIM_NODES, [key, group, consumer, minIdleTime, start], options),
    ) as [Buffer, [Buffer, Buffer[]][], Buffer[]] | [Buffer, Buffer[], Buffer[]];
  }

  /**
   * XCFGSET: Sets the IDMP configuration parameters for a stream.
   *
   * Complexity: O(1)
   */
  xcfgset(key: Key, options?: XcfgsetOptions): 'OK' {
    return this.send(this.ids[325] as number, ...encode(XCFGSET_NODES, [key], options)) as 'OK';
  }

  /**
   * XCLAIM: Changes, or acquires, ownership of a message in a consumer group, as if the message was delivered a consumer group member.
   *
   * Complexity: O(log N) with N being the number of messages in the PEL of the consumer group.
   */
  xclaim(
    key: Key,
    group: Argument,
    consumer: Argument,
    minIdleTime: Argument,
    id: readonly Argument[],
    options?: XclaimOptions,
  ): string[] | [string, string[]][] {
    return this.send(
      this.ids[326] as number,
      ...encode(XCLAIM_NODES, [key, group, consumer, minIdleTime, id], options),
    ) as string[] | [string, string[]][];
  }

  /**
   * XCLAIM: Changes, or acquires, ownership of a message in a consumer group, as if the message was delivered a consumer group member. Strings are Buffers.
   */
  xclaimBuffer(
    key: Key,
    group: Argument,
    consumer: Argument,
    minIdleTime: Argument,
    id: readonly Argument[],
    options?: XclaimOptions,
  ): Buffer[] | [Buffer, Buffer[]][] {
    return this.sendBuffer(
      this.ids[326] as number,
      ...encode(XCLAIM_NODES, [key, group, consumer, minIdleTime, id], options),
    ) as Buffer[] | [Buffer, Buffer[]][];
  }

  /**
   * XDEL: Returns the number of messages after removing them from a stream.
   *
   * Complexity: O(1) for each single item to delete in the stream, regardless of the stream size.
   */
  xdel(key: Key, ...id: Argument[]): number {
    return this.send(this.ids[327] as number, key, ...id) as number;
  }

  /**
   * XDELEX: Deletes entries from a stream, with a say in what becomes of references to them.
   *
   * Complexity: O(1) for each entry ID processed, regardless of the stream size.
   */
  xdelex(key: Key, ids: readonly Argument[], options?: XdelexOptions): number[] {
    return this.send(this.ids[328] as number, ...encode(XDELEX_NODES, [key, ids], options)) as number[];
  }

  /**
   * XGROUP: A container for consumer groups commands.
   *
   * Complexity: Depends on subcommand.
   */
  xgroup(): unknown {
    return this.send(this.ids[329] as number) as unknown;
  }

  /**
   * XGROUP: A container for consumer groups commands. Strings are Buffers.
   */
  xgroupBuffer(): unknown {
    return this.sendBuffer(this.ids[329] as number) as unknown;
  }

  /**
   * XGROUP CREATE: Creates a consumer group.
   *
   * Complexity: O(1)
   */
  xgroupCreate(key: Key, group: Argument, idSelector: Argument | '$', options?: XgroupCreateOptions): 'OK' {
    return this.send(
      this.ids[330] as number,
      ...encode(XGROUP_CREATE_NODES, [key, group, idSelector], options),
    ) as 'OK';
  }

  /**
   * XGROUP CREATECONSUMER: Creates a consumer in a consumer group.
   *
   * Complexity: O(1)
   */
  xgroupCreateconsumer(key: Key, group: Argument, consumer: Argument): number {
    return this.send(this.ids[331] as number, key, group, consumer) as number;
  }

  /**
   * XGROUP DELCONSUMER: Deletes a consumer from a consumer group.
   *
   * Complexity: O(1)
   */
  xgroupDelconsumer(key: Key, group: Argument, consumer: Argument): number {
    return this.send(this.ids[332] as number, key, group, consumer) as number;
  }

  /**
   * XGROUP DESTROY: Destroys a consumer group.
   *
   * Complexity: O(N) where N is the number of entries in the group's pending entries list (PEL).
   */
  xgroupDestroy(key: Key, group: Argument): number {
    return this.send(this.ids[333] as number, key, group) as number;
  }

  /**
   * XGROUP HELP: Returns helpful text about the different subcommands.
   *
   * Complexity: O(1)
   */
  xgroupHelp(): string[] {
    return this.send(this.ids[334] as number) as string[];
  }

  /**
   * XGROUP HELP: Returns helpful text about the different subcommands. Strings are Buffers.
   */
  xgroupHelpBuffer(): Buffer[] {
    return this.sendBuffer(this.ids[334] as number) as Buffer[];
  }

  /**
   * XGROUP SETID: Sets the last-delivered ID of a consumer group.
   *
   * Complexity: O(1)
   */
  xgroupSetid(key: Key, group: Argument, idSelector: Argument | '$', options?: XgroupSetidOptions): 'OK' {
    return this.send(this.ids[335] as number, ...encode(XGROUP_SETID_NODES, [key, group, idSelector], options)) as 'OK';
  }

  /**
   * XIDMPRECORD: An internal command for setting IDMP metadata on an existing stream message.
   *
   * Complexity: O(1)
   */
  xidmprecord(key: Key, pid: Argument, iid: Argument, streamId: Argument): 'OK' {
    return this.send(this.ids[336] as number, key, pid, iid, streamId) as 'OK';
  }

  /**
   * XINFO: A container for stream introspection commands.
   *
   * Complexity: Depends on subcommand.
   */
  xinfo(): unknown {
    return this.send(this.ids[337] as number) as unknown;
  }

  /**
   * XINFO: A container for stream introspection commands. Strings are Buffers.
   */
  xinfoBuffer(): unknown {
    return this.sendBuffer(this.ids[337] as number) as unknown;
  }

  /**
   * XINFO CONSUMERS: Returns a list of the consumers in a consumer group.
   *
   * Complexity: O(1)
   */
  xinfoConsumers(key: Key, group: Argument): Map<string, unknown>[] {
    return this.send(this.ids[338] as number, key, group) as Map<string, unknown>[];
  }

  /**
   * XINFO CONSUMERS: Returns a list of the consumers in a consumer group. Strings are Buffers.
   */
  xinfoConsumersBuffer(key: Key, group: Argument): Map<Buffer, unknown>[] {
    return this.sendBuffer(this.ids[338] as number, key, group) as Map<Buffer, unknown>[];
  }

  /**
   * XINFO GROUPS: Returns a list of the consumer groups of a stream.
   *
   * Complexity: O(1)
   */
  xinfoGroups(key: Key): Map<string, unknown>[] {
    return this.send(this.ids[339] as number, key) as Map<string, unknown>[];
  }

  /**
   * XINFO GROUPS: Returns a list of the consumer groups of a stream. Strings are Buffers.
   */
  xinfoGroupsBuffer(key: Key): Map<Buffer, unknown>[] {
    return this.sendBuffer(this.ids[339] as number, key) as Map<Buffer, unknown>[];
  }

  /**
   * XINFO HELP: Returns helpful text about the different subcommands.
   *
   * Complexity: O(1)
   */
  xinfoHelp(): string[] {
    return this.send(this.ids[340] as number) as string[];
  }

  /**
   * XINFO HELP: Returns helpful text about the different subcommands. Strings are Buffers.
   */
  xinfoHelpBuffer(): Buffer[] {
    return this.sendBuffer(this.ids[340] as number) as Buffer[];
  }

  /**
   * XINFO STREAM: Returns information about a stream.
   *
   * Complexity: O(1)
   */
  xinfoStream(key: Key, options?: XinfoStreamOptions): Map<string, unknown> {
    return this.send(this.ids[341] as number, ...encode(XINFO_STREAM_NODES, [key], options)) as Map<string, unknown>;
  }

  /**
   * XINFO STREAM: Returns information about a stream. Strings are Buffers.
   */
  xinfoStreamBuffer(key: Key, options?: XinfoStreamOptions): Map<Buffer, unknown> {
    return this.sendBuffer(this.ids[341] as number, ...encode(XINFO_STREAM_NODES, [key], options)) as Map<
      Buffer,
      unknown
    >;
  }

  /**
   * XLEN: Return the number of messages in a stream.
   *
   * Complexity: O(1)
   */
  xlen(key: Key): number {
    return this.send(this.ids[342] as number, key) as number;
  }

  /**
   * XNACK: Releases pending messages back to the group's PEL without acknowledging them, making them available for re-delivery.
   *
   * Complexity: O(1) for each message ID processed.
   */
  xnack(
    key: Key,
    group: Argument,
    mode: 'SILENT' | 'silent' | 'FAIL' | 'fail' | 'FATAL' | 'fatal',
    ids: readonly Argument[],
    options?: XnackOptions,
  ): number {
    return this.send(this.ids[343] as number, ...encode(XNACK_NODES, [key, group, mode, ids], options)) as number;
  }

  /**
   * XPENDING: Returns the information and entries from a stream consumer group's pending entries list.
   *
   * Complexity: O(N) with N being the number of elements returned, so asking for a small fixed number of entries per call is O(1). O(M), where M is the total number of entries scanned when used with the IDLE filter. When the command returns just the summary and the list of consumers is small, it runs in O(1) time; otherwise, an additional O(N) time for iterating every consumer.
   */
  xpending(
    key: Key,
    group: Argument,
    options?: XpendingOptions,
  ): [string, string, number, number][] | [number, string, string, [string, string][]] {
    return this.send(this.ids[344] as number, ...encode(XPENDING_NODES, [key, group], options)) as
      [string, string, number, number][] | [number, string, string, [string, string][]];
  }

  /**
   * XPENDING: Returns the information and entries from a stream consumer group's pending entries list. Strings are Buffers.
   */
  xpendingBuffer(
    key: Key,
    group: Argument,
    options?: XpendingOptions,
  ): [Buffer, Buffer, number, number][] | [number, Buffer, Buffer, [Buffer, Buffer][]] {
    return this.sendBuffer(this.ids[344] as number, ...encode(XPENDING_NODES, [key, group], options)) as
      [Buffer, Buffer, number, number][] | [number, Buffer, Buffer, [Buffer, Buffer][]];
  }

  /**
   * XRANGE: Returns the messages from a stream within a range of IDs.
   *
   * Complexity: O(N) with N being the number of elements being returned. If N is constant (e.g. always asking for the first 10 elements with COUNT), you can consider it O(1).
   */
  xrange(key: Key, start: Argument, end: Argument, options?: XrangeOptions): [string, string[]][] {
    return this.send(this.ids[345] as number, ...encode(XRANGE_NODES, [key, start, end], options)) as [
      string,
      string[],
    ][];
  }

  /**
   * XRANGE: Returns the messages from a stream within a range of IDs. Strings are Buffers.
   */
  xrangeBuffer(key: Key, start: Argument, end: Argument, options?: XrangeOptions): [Buffer, Buffer[]][] {
    return this.sendBuffer(this.ids[345] as number, ...encode(XRANGE_NODES, [key, start, end], options)) as [
      Buffer,
      Buffer[],
    ][];
  }

  /**
   * XREAD: Returns messages from multiple streams with IDs greater than the ones requested. Blocks until a message is available otherwise.
   *
   * Complexity: For each stream: O(M) with M being the number of elements returned; O(1) where M is constant, as with COUNT.
   */
  xread(
    streams: { readonly key: readonly Key[]; readonly id: readonly Argument[] },
    options?: XreadOptions,
  ): Map<string, [string, string[]][]> | null {
    return this.send(this.ids[346] as number, ...encode(XREAD_NODES, [streams], options)) as Map<
      string,
      [string, string[]][]
    > | null;
  }

  /**
   * XREAD: Returns messages from multiple streams with IDs greater than the ones requested. Blocks until a message is available otherwise. Strings are Buffers.
   */
  xreadBuffer(
    streams: { readonly key: readonly Key[]; readonly id: readonly Argument[] },
    options?: XreadOptions,
  ): Map<Buffer, [Buffer, Buffer[]][]> | null {
    return this.sendBuffer(this.ids[346] as number, ...encode(XREAD_NODES, [streams], options)) as Map<
      Buffer,
      [Buffer, Buffer[]][]
    > | null;
  }

  /**
   * XREADGROUP: Returns new or historical messages from a stream for a consumer in a group. Blocks until a message is available otherwise.
   *
   * Complexity: For each stream mentioned: O(M) with M being the number of elements returned. If M is constant (e.g. always asking for the first 10 elements with COUNT), you can consider it O(1). On the other side when XREADGROUP blocks, XADD will pay the O(N) time in order to serve the N clients blocked on the stream getting new data.
   */
  xreadgroup(
    groupBlock: readonly [group: Argument, consumer: Argument],
    streams: { readonly key: readonly Key[]; readonly id: readonly Argument[] },
    options?: XreadgroupOptions,
  ): null | Map<string, [string, string[] | null][]> {
    return this.send(
      this.ids[347] as number,
      ...encode(XREADGROUP_NODES, [groupBlock, streams], options),
    ) as null | Map<string, [string, string[] | null][]>;
  }

  /**
   * XREADGROUP: Returns new or historical messages from a stream for a consumer in a group. Blocks until a message is available otherwise. Strings are Buffers.
   */
  xreadgroupBuffer(
    groupBlock: readonly [group: Argument, consumer: Argument],
    streams: { readonly key: readonly Key[]; readonly id: readonly Argument[] },
    options?: XreadgroupOptions,
  ): null | Map<Buffer, [Buffer, Buffer[] | null][]> {
    return this.sendBuffer(
      this.ids[347] as number,
      ...encode(XREADGROUP_NODES, [groupBlock, streams], options),
    ) as null | Map<Buffer, [Buffer, Buffer[] | null][]>;
  }

  /**
   * XREVRANGE: Returns the messages from a stream within a range of IDs in reverse order.
   *
   * Complexity: O(N) with N being the number of elements returned. If N is constant (e.g. always asking for the first 10 elements with COUNT), you can consider it O(1).
   */
  xrevrange(key: Key, end: Argument, start: Argument, options?: XrevrangeOptions): [string, string[]][] {
    return this.send(this.ids[348] as number, ...encode(XREVRANGE_NODES, [key, end, start], options)) as [
      string,
      string[],
    ][];
  }

  /**
   * XREVRANGE: Returns the messages from a stream within a range of IDs in reverse order. Strings are Buffers.
   */
  xrevrangeBuffer(key: Key, end: Argument, start: Argument, options?: XrevrangeOptions): [Buffer, Buffer[]][] {
    return this.sendBuffer(this.ids[348] as number, ...encode(XREVRANGE_NODES, [key, end, start], options)) as [
      Buffer,
      Buffer[],
    ][];
  }

  /**
   * XSETID: An internal command for replicating stream values.
   *
   * Complexity: O(1)
   */
  xsetid(key: Key, lastId: Argument, options?: XsetidOptions): 'OK' {
    return this.send(this.ids[349] as number, ...encode(XSETID_NODES, [key, lastId], options)) as 'OK';
  }

  /**
   * XTRIM: Deletes messages from the beginning of a stream.
   *
   * Complexity: O(N), with N being the number of evicted entries. Constant times are very small however, since entries are organized in macro nodes containing multiple entries that can be released with a single deallocation.
   */
  xtrim(
    key: Key,
    trim: { readonly operator?: '=' | '~'; readonly threshold: Argument; readonly limit?: Numeric } & OneOf<
      { readonly maxlen: boolean } | { readonly minid: boolean }
    >,
    options?: XtrimOptions,
  ): number {
    return this.send(this.ids[350] as number, ...encode(XTRIM_NODES, [key, trim], options)) as number;
  }

  /**
   * ZADD: Adds one or more members to a sorted set, or updates their scores. Creates the key if it doesn't exist.
   *
   * Complexity: O(log(N)) for each item added, where N is the number of elements in the sorted set.
   */
  zadd(key: Key, data: readonly (readonly [score: Numeric, member: Argument])[], options?: ZaddOptions): null | number {
    return this.send(this.ids[351] as number, ...encode(ZADD_NODES, [key, data], options)) as null | number;
  }

  /**
   * ZCARD: Returns the number of members in a sorted set.
   *
   * Complexity: O(1)
   */
  zcard(key: Key): number {
    return this.send(this.ids[352] as number, key) as number;
  }

  /**
   * ZCOUNT: Returns the count of members in a sorted set that have scores within a range.
   *
   * Complexity: O(log(N)) with N being the number of elements in the sorted set.
   */
  zcount(key: Key, min: Numeric, max: Numeric): number {
    return this.send(this.ids[353] as number, key, min, max) as number;
  }

  /**
   * ZDIFF: Returns the difference between multiple sorted sets.
   *
   * Complexity: O(L + (N-K)log(N)) worst case where L is the total number of elements in all the sets, N is the size of the first set, and K is the size of the result set.
   */
  zdiff(key: readonly Key[], options?: ZdiffOptions): string[] | [string, number][] {
    return this.send(this.ids[354] as number, ...encode(ZDIFF_NODES, [key], options)) as string[] | [string, number][];
  }

  /**
   * ZDIFF: Returns the difference between multiple sorted sets. Strings are Buffers.
   */
  zdiffBuffer(key: readonly Key[], options?: ZdiffOptions): Buffer[] | [Buffer, number][] {
    return this.sendBuffer(this.ids[354] as number, ...encode(ZDIFF_NODES, [key], options)) as
      Buffer[] | [Buffer, number][];
  }

  /**
   * ZDIFFSTORE: Stores the difference of multiple sorted sets in a key.
   *
   * Complexity: O(L + (N-K)log(N)) worst case where L is the total number of elements in all the sets, N is the size of the first set, and K is the size of the result set.
   */
  zdiffstore(destination: Key, ...key: Key[]): number {
    return this.send(this.ids[355] as number, ...encode(ZDIFFSTORE_NODES, [destination, key])) as number;
  }

  /**
   * ZINCRBY: Increments the score of a member in a sorted set.
   *
   * Complexity: O(log(N)) where N is the number of elements in the sorted set.
   */
  zincrby(key: Key, increment: Numeric, member: Argument): number {
    return this.send(this.ids[356] as number, key, increment, member) as number;
  }

  /**
   * ZINTER: Returns the intersect of multiple sorted sets.
   *
   * Complexity: O(N*K)+O(M*log(M)) worst case with N being the smallest input sorted set, K being the number of input sorted sets and M being the number of elements in the resulting sorted set.
   */
  zinter(key: readonly Key[], options?: ZinterOptions): string[] | [string, number][] {
    return this.send(this.ids[357] as number, ...encode(ZINTER_NODES, [key], options)) as string[] | [string, number][];
  }

  /**
   * ZINTER: Returns the intersect of multiple sorted sets. Strings are Buffers.
   */
  zinterBuffer(key: readonly Key[], options?: ZinterOptions): Buffer[] | [Buffer, number][] {
    return this.sendBuffer(this.ids[357] as number, ...encode(ZINTER_NODES, [key], options)) as
      Buffer[] | [Buffer, number][];
  }

  /**
   * ZINTERCARD: Returns the number of members of the intersect of multiple sorted sets.
   *
   * Complexity: O(N*K) worst case with N being the smallest input sorted set, K being the number of input sorted sets.
   */
  zintercard(key: readonly Key[], options?: ZintercardOptions): number {
    return this.send(this.ids[358] as number, ...encode(ZINTERCARD_NODES, [key], options)) as number;
  }

  /**
   * ZINTERSTORE: Stores the intersect of multiple sorted sets in a key.
   *
   * Complexity: O(N*K)+O(M*log(M)) worst case with N being the smallest input sorted set, K being the number of input sorted sets and M being the number of elements in the resulting sorted set.
   */
  zinterstore(destination: Key, key: readonly Key[], options?: ZinterstoreOptions): number {
    return this.send(this.ids[359] as number, ...encode(ZINTERSTORE_NODES, [destination, key], options)) as number;
  }

  /**
   * ZLEXCOUNT: Returns the number of members in a sorted set within a lexicographical range.
   *
   * Complexity: O(log(N)) with N being the number of elements in the sorted set.
   */
  zlexcount(key: Key, min: Argument, max: Argument): number {
    return this.send(this.ids[360] as number, key, min, max) as number;
  }

  /**
   * ZMPOP: Returns the highest- or lowest-scoring members from one or more sorted sets after removing them. Deletes the sorted set if the last member was popped.
   *
   * Complexity: O(K) + O(M*log(N)) where K is the number of provided keys, N being the number of elements in the sorted set, and M being the number of elements popped.
   */
  zmpop(
    key: readonly Key[],
    where: 'MIN' | 'min' | 'MAX' | 'max',
    options?: ZmpopOptions,
  ): null | [string, [string, number][]] {
    return this.send(this.ids[361] as number, ...encode(ZMPOP_NODES, [key, where], options)) as
      null | [string, [string, number][]];
  }

  /**
   * ZMPOP: Returns the highest- or lowest-scoring members from one or more sorted sets after removing them. Deletes the sorted set if the last member was popped. Strings are Buffers.
   */
  zmpopBuffer(
    key: readonly Key[],
    where: 'MIN' | 'min' | 'MAX' | 'max',
    options?: ZmpopOptions,
  ): null | [Buffer, [Buffer, number][]] {
    return this.sendBuffer(this.ids[361] as number, ...encode(ZMPOP_NODES, [key, where], options)) as
      null | [Buffer, [Buffer, number][]];
  }

  /**
   * ZMSCORE: Returns the score of one or more members in a sorted set.
   *
   * Complexity: O(N) where N is the number of members being requested.
   */
  zmscore(key: Key, ...member: Argument[]): (number | null)[] {
    return this.send(this.ids[362] as number, key, ...member) as (number | null)[];
  }

  /**
   * ZPOPMAX: Returns the highest-scoring members from a sorted set after removing them. Deletes the sorted set if the last member was popped.
   *
   * Complexity: O(log(N)*M) with N being the number of elements in the sorted set, and M being the number of elements popped.
   */
  zpopmax(key: Key, count?: Numeric): [string, number] | [string, number][] {
    return this.send(this.ids[363] as number, ...encode(ZPOPMAX_NODES, [key, count])) as
      [string, number] | [string, number][];
  }

  /**
   * ZPOPMAX: Returns the highest-scoring members from a sorted set after removing them. Deletes the sorted set if the last member was popped. Strings are Buffers.
   */
  zpopmaxBuffer(key: Key, count?: Numeric): [Buffer, number] | [Buffer, number][] {
    return this.sendBuffer(this.ids[363] as number, ...encode(ZPOPMAX_NODES, [key, count])) as
      [Buffer, number] | [Buffer, number][];
  }

  /**
   * ZPOPMIN: Returns the lowest-scoring members from a sorted set after removing them. Deletes the sorted set if the last member was popped.
   *
   * Complexity: O(log(N)*M) with N being the number of elements in the sorted set, and M being the number of elements popped.
   */
  zpopmin(key: Key, count?: Numeric): [string, number] | [string, number][] {
    return this.send(this.ids[364] as number, ...encode(ZPOPMIN_NODES, [key, count])) as
      [string, number] | [string, number][];
  }

  /**
   * ZPOPMIN: Returns the lowest-scoring members from a sorted set after removing them. Deletes the sorted set if the last member was popped. Strings are Buffers.
   */
  zpopminBuffer(key: Key, count?: Numeric): [Buffer, number] | [Buffer, number][] {
    return this.sendBuffer(this.ids[364] as number, ...encode(ZPOPMIN_NODES, [key, count])) as
      [Buffer, number] | [Buffer, number][];
  }

  /**
   * ZRANDMEMBER: Returns one or more random members from a sorted set.
   *
   * Complexity: O(N) where N is the number of members returned
   */
  zrandmember(key: Key, options?: ZrandmemberOptions): null | string | string[] | [string, number][] {
    return this.send(this.ids[365] as number, ...encode(ZRANDMEMBER_NODES, [key], options)) as
      null | string | string[] | [string, number][];
  }

  /**
   * ZRANDMEMBER: Returns one or more random members from a sorted set. Strings are Buffers.
   */
  zrandmemberBuffer(key: Key, options?: ZrandmemberOptions): null | Buffer | Buffer[] | [Buffer, number][] {
    return this.sendBuffer(this.ids[365] as number, ...encode(ZRANDMEMBER_NODES, [key], options)) as
      null | Buffer | Buffer[] | [Buffer, number][];
  }

  /**
   * ZRANGE: Returns members in a sorted set within a range of indexes.
   *
   * Complexity: O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements returned.
   */
  zrange(key: Key, start: Argument, stop: Argument, options?: ZrangeOptions): string[] | [string, number][] {
    return this.send(this.ids[366] as number, ...encode(ZRANGE_NODES, [key, start, stop], options)) as
      string[] | [string, number][];
  }

  /**
   * ZRANGE: Returns members in a sorted set within a range of indexes. Strings are Buffers.
   */
  zrangeBuffer(key: Key, start: Argument, stop: Argument, options?: ZrangeOptions): Buffer[] | [Buffer, number][] {
    return this.sendBuffer(this.ids[366] as number, ...encode(ZRANGE_NODES, [key, start, stop], options)) as
      Buffer[] | [Buffer, number][];
  }

  /**
   * ZRANGEBYLEX: Returns members in a sorted set within a lexicographical range.
   *
   * Complexity: O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements being returned. If M is constant (e.g. always asking for the first 10 elements with LIMIT), you can consider it O(log(N)).
   *
   * @deprecated since 6.2.0: use `ZRANGE` with the `BYLEX` argument.
   */
  zrangebylex(key: Key, min: Argument, max: Argument, options?: ZrangebylexOptions): string[] {
    return this.send(this.ids[367] as number, ...encode(ZRANGEBYLEX_NODES, [key, min, max], options)) as string[];
  }

  /**
   * ZRANGEBYLEX: Returns members in a sorted set within a lexicographical range. Strings are Buffers.
   *
   * @deprecated since 6.2.0: use `ZRANGE` with the `BYLEX` argument.
   */
  zrangebylexBuffer(key: Key, min: Argument, max: Argument, options?: ZrangebylexOptions): Buffer[] {
    return this.sendBuffer(this.ids[367] as number, ...encode(ZRANGEBYLEX_NODES, [key, min, max], options)) as Buffer[];
  }

  /**
   * ZRANGEBYSCORE: Returns members in a sorted set within a range of scores.
   *
   * Complexity: O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements being returned. If M is constant (e.g. always asking for the first 10 elements with LIMIT), you can consider it O(log(N)).
   *
   * @deprecated since 6.2.0: use `ZRANGE` with the `BYSCORE` argument.
   */
  zrangebyscore(key: Key, min: Numeric, max: Numeric, options?: ZrangebyscoreOptions): string[] | [string, number][] {
    return this.send(this.ids[368] as number, ...encode(ZRANGEBYSCORE_NODES, [key, min, max], options)) as
      string[] | [string, number][];
  }

  /**
   * ZRANGEBYSCORE: Returns members in a sorted set within a range of scores. Strings are Buffers.
   *
   * @deprecated since 6.2.0: use `ZRANGE` with the `BYSCORE` argument.
   */
  zrangebyscoreBuffer(
    key: Key,
    min: Numeric,
    max: Numeric,
    options?: ZrangebyscoreOptions,
  ): Buffer[] | [Buffer, number][] {
    return this.sendBuffer(this.ids[368] as number, ...encode(ZRANGEBYSCORE_NODES, [key, min, max], options)) as
      Buffer[] | [Buffer, number][];
  }

  /**
   * ZRANGESTORE: Stores a range of members from sorted set in a key.
   *
   * Complexity: O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements stored into the destination key.
   */
  zrangestore(dst: Key, src: Key, min: Argument, max: Argument, options?: ZrangestoreOptions): number {
    return this.send(this.ids[369] as number, ...encode(ZRANGESTORE_NODES, [dst, src, min, max], options)) as number;
  }

  /**
   * ZRANK: Returns the index of a member in a sorted set ordered by ascending scores.
   *
   * Complexity: O(log(N))
   */
  zrank(key: Key, member: Argument, options?: ZrankOptions): null | number | [number, number] {
    return this.send(this.ids[370] as number, ...encode(ZRANK_NODES, [key, member], options)) as
      null | number | [number, number];
  }

  /**
   * ZREM: Removes one or more members from a sorted set. Deletes the sorted set if all members were removed.
   *
   * Complexity: O(M*log(N)) with N being the number of elements in the sorted set and M the number of elements to be removed.
   */
  zrem(key: Key, ...member: Argument[]): number {
    return this.send(this.ids[371] as number, key, ...member) as number;
  }

  /**
   * ZREMRANGEBYLEX: Removes members in a sorted set within a lexicographical range. Deletes the sorted set if all members were removed.
   *
   * Complexity: O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements removed by the operation.
   */
  zremrangebylex(key: Key, min: Argument, max: Argument): number {
    return this.send(this.ids[372] as number, key, min, max) as number;
  }

  /**
   * ZREMRANGEBYRANK: Removes members in a sorted set within a range of indexes. Deletes the sorted set if all members were removed.
   *
   * Complexity: O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements removed by the operation.
   */
  zremrangebyrank(key: Key, start: Numeric, stop: Numeric): number {
    return this.send(this.ids[373] as number, key, start, stop) as number;
  }

  /**
   * ZREMRANGEBYSCORE: Removes members in a sorted set within a range of scores. Deletes the sorted set if all members were removed.
   *
   * Complexity: O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements removed by the operation.
   */
  zremrangebyscore(key: Key, min: Numeric, max: Numeric): number {
    return this.send(this.ids[374] as number, key, min, max) as number;
  }

  /**
   * ZREVRANGE: Returns members in a sorted set within a range of indexes in reverse order.
   *
   * Complexity: O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements returned.
   *
   * @deprecated since 6.2.0: use `ZRANGE` with the `REV` argument.
   */
  zrevrange(key: Key, start: Numeric, stop: Numeric, options?: ZrevrangeOptions): string[] | [string, number][] {
    return this.send(this.ids[375] as number, ...encode(ZREVRANGE_NODES, [key, start, stop], options)) as
      string[] | [string, number][];
  }

  /**
   * ZREVRANGE: Returns members in a sorted set within a range of indexes in reverse order. Strings are Buffers.
   *
   * @deprecated since 6.2.0: use `ZRANGE` with the `REV` argument.
   */
  zrevrangeBuffer(key: Key, start: Numeric, stop: Numeric, options?: ZrevrangeOptions): Buffer[] | [Buffer, number][] {
    return this.sendBuffer(this.ids[375] as number, ...encode(ZREVRANGE_NODES, [key, start, stop], options)) as
      Buffer[] | [Buffer, number][];
  }

  /**
   * ZREVRANGEBYLEX: Returns members in a sorted set within a lexicographical range in reverse order.
   *
   * Complexity: O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements being returned. If M is constant (e.g. always asking for the first 10 elements with LIMIT), you can consider it O(log(N)).
   *
   * @deprecated since 6.2.0: use `ZRANGE` with the `REV` and `BYLEX` arguments.
   */
  zrevrangebylex(key: Key, max: Argument, min: Argument, options?: ZrevrangebylexOptions): string[] {
    return this.send(this.ids[376] as number, ...encode(ZREVRANGEBYLEX_NODES, [key, max, min], options)) as string[];
  }

  /**
   * ZREVRANGEBYLEX: Returns members in a sorted set within a lexicographical range in reverse order. Strings are Buffers.
   *
   * @deprecated since 6.2.0: use `ZRANGE` with the `REV` and `BYLEX` arguments.
   */
  zrevrangebylexBuffer(key: Key, max: Argument, min: Argument, options?: ZrevrangebylexOptions): Buffer[] {
    return this.sendBuffer(
      this.ids[376] as number,
      ...encode(ZREVRANGEBYLEX_NODES, [key, max, min], options),
    ) as Buffer[];
  }

  /**
   * ZREVRANGEBYSCORE: Returns members in a sorted set within a range of scores in reverse order.
   *
   * Complexity: O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements being returned. If M is constant (e.g. always asking for the first 10 elements with LIMIT), you can consider it O(log(N)).
   *
   * @deprecated since 6.2.0: use `ZRANGE` with the `REV` and `BYSCORE` arguments.
   */
  zrevrangebyscore(
    key: Key,
    max: Numeric,
    min: Numeric,
    options?: ZrevrangebyscoreOptions,
  ): string[] | [string, number][] {
    return this.send(this.ids[377] as number, ...encode(ZREVRANGEBYSCORE_NODES, [key, max, min], options)) as
      string[] | [string, number][];
  }

  /**
   * ZREVRANGEBYSCORE: Returns members in a sorted set within a range of scores in reverse order. Strings are Buffers.
   *
   * @deprecated since 6.2.0: use `ZRANGE` with the `REV` and `BYSCORE` arguments.
   */
  zrevrangebyscoreBuffer(
    key: Key,
    max: Numeric,
    min: Numeric,
    options?: ZrevrangebyscoreOptions,
  ): Buffer[] | [Buffer, number][] {
    return this.sendBuffer(this.ids[377] as number, ...encode(ZREVRANGEBYSCORE_NODES, [key, max, min], options)) as
      Buffer[] | [Buffer, number][];
  }

  /**
   * ZREVRANK: Returns the index of a member in a sorted set ordered by descending scores.
   *
   * Complexity: O(log(N))
   */
  zrevrank(key: Key, member: Argument, options?: ZrevrankOptions): null | number | [number, number] {
    return this.send(this.ids[378] as number, ...encode(ZREVRANK_NODES, [key, member], options)) as
      null | number | [number, number];
  }

  /**
   * ZSCAN: Iterates over members and scores of a sorted set.
   *
   * Complexity: O(1) for every call. O(N) for a complete iteration, including enough command calls for the cursor to return back to 0. N is the number of elements inside the collection.
   */
  zscan(key: Key, cursor: Numeric, options?: ZscanOptions): [string, string[]] {
    return this.send(this.ids[379] as number, ...encode(ZSCAN_NODES, [key, cursor], options)) as [string, string[]];
  }

  /**
   * ZSCAN: Iterates over members and scores of a sorted set. Strings are Buffers.
   */
  zscanBuffer(key: Key, cursor: Numeric, options?: ZscanOptions): [Buffer, Buffer[]] {
    return this.sendBuffer(this.ids[379] as number, ...encode(ZSCAN_NODES, [key, cursor], options)) as [
      Buffer,
      Buffer[],
    ];
  }

  /**
   * ZSCORE: Returns the score of a member in a sorted set.
   *
   * Complexity: O(1)
   */
  zscore(key: Key, member: Argument): number | null {
    return this.send(this.ids[380] as number, key, member) as number | null;
  }

  /**
   * ZUNION: Returns the union of multiple sorted sets.
   *
   * Complexity: O(N)+O(M*log(M)) with N being the sum of the sizes of the input sorted sets, and M being the number of elements in the resulting sorted set.
   */
  zunion(key: readonly Key[], options?: ZunionOptions): string[] | [string, number][] {
    return this.send(this.ids[381] as number, ...encode(ZUNION_NODES, [key], options)) as string[] | [string, number][];
  }

  /**
   * ZUNION: Returns the union of multiple sorted sets. Strings are Buffers.
   */
  zunionBuffer(key: readonly Key[], options?: ZunionOptions): Buffer[] | [Buffer, number][] {
    return this.sendBuffer(this.ids[381] as number, ...encode(ZUNION_NODES, [key], options)) as
      Buffer[] | [Buffer, number][];
  }

  /**
   * ZUNIONSTORE: Stores the union of multiple sorted sets in a key.
   *
   * Complexity: O(N)+O(M log(M)) with N being the sum of the sizes of the input sorted sets, and M being the number of elements in the resulting sorted set.
   */
  zunionstore(destination: Key, key: readonly Key[], options?: ZunionstoreOptions): number {
    return this.send(this.ids[382] as number, ...encode(ZUNIONSTORE_NODES, [destination, key], options)) as number;
  }
}
