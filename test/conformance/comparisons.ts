/**
 * The comparison a command's reply gets when nobody says otherwise. Shared by the suite and the differential fuzzer:
 * only replies whose order or content the reference leaves open are loosened, each for the reason beside it.
 */

import type { Argument } from './arguments.js';
import type { Compare } from './compare.js';

const TTL_TOLERANCE_SECONDS = 2;
const TTL_TOLERANCE_MS = 2_000;

const BY_COMMAND: Record<string, Compare> = {
  // Order of a hash table: not defined.
  keys: 'unordered',
  smembers: 'unordered',
  sunion: 'unordered',
  sinter: 'unordered',
  sdiff: 'unordered',
  hkeys: 'unordered',
  hvals: 'unordered',
  hgetall: 'pairs',
  'pubsub channels': 'unordered',
  'config get': 'pairs',
  'command list': 'unordered',
  'pubsub numsub': 'pairs',
  'script list': 'unordered',
  'acl cat': 'unordered',
  // Random by purpose.
  randomkey: 'type',
  srandmember: 'shape',
  spop: 'shape',
  hrandfield: 'shape',
  zrandmember: 'shape',
  'acl genpass': 'type',
  // Time passes between the two servers.
  ttl: { ttl: TTL_TOLERANCE_SECONDS },
  pttl: { ttl: TTL_TOLERANCE_MS },
  // Idle times of pending entries.
  xpending: { mask: /(?<=\*4\r\n\$\d+\r\n\d+-\d+\r\n\$\d+\r\n[^\r]*\r\n):\d+/g },
  time: 'shape',
  lastsave: 'type',
  'object idletime': { ttl: TTL_TOLERANCE_SECONDS },
  // Says how things are stored, not what.
  dump: 'type',
  'memory usage': 'type',
  'memory stats': 'type',
  'memory doctor': 'type',
  'memory malloc-stats': 'type',
  'object refcount': 'type',
  info: 'type',
  lolwut: 'type',
  'client id': 'type',
  'client list': 'type',
  'client info': 'type',
  'debug object': 'type',
  'latency doctor': 'type',
  'slowlog get': 'type',
  'debug digest': 'type',
  'debug digest-value': 'type',
  // Doubles are printed with 17 digits before 7.2 and shortest from 7.2 on.
  zscore: 'numeric',
  zmscore: 'numeric',
  zincrby: 'numeric',
  zadd: 'numeric',
  zrange: 'numeric',
  zrevrange: 'numeric',
  zrangebyscore: 'numeric',
  zrevrangebyscore: 'numeric',
  zunion: 'numeric',
  zinter: 'numeric',
  zdiff: 'numeric',
  zpopmin: 'numeric',
  zpopmax: 'numeric',
  bzpopmin: 'numeric',
  bzpopmax: 'numeric',
  zmpop: 'numeric',
  bzmpop: 'numeric',
  zrank: 'numeric',
  zrevrank: 'numeric',
  zscan: 'numeric',
  geodist: 'numeric',
  geopos: 'numeric',
};

/** The default comparison of a command given by its arguments, if it has one. */
export function comparisonFor(args: readonly Argument[]): Compare | undefined {
  const words = args
    .slice(0, 2)
    .map((argument) => (typeof argument === 'function' ? '' : String(argument).toLowerCase()));
  // `hasOwn`: an unknown command may be called "constructor".
  const pair = `${words[0]} ${words[1]}`;
  if (Object.hasOwn(BY_COMMAND, pair)) return BY_COMMAND[pair];
  return Object.hasOwn(BY_COMMAND, words[0] ?? '') ? BY_COMMAND[words[0]!] : undefined;
}
