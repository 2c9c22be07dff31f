/** Which commands the differential fuzzer draws, and which it leaves out, each for a reason. */

import type { Connection } from '../conformance/fronts/front.js';
import { ask } from './dump.js';
import { type CommandNode, parseDocs } from './grammar.js';

export const DEFAULT_GROUPS = [
  'string',
  'generic',
  'bitmap',
  'hyperloglog',
  'hash',
  'list',
  'set',
  'sorted-set',
  'geo',
  'stream',
  'transactions',
] as const;

/** Left out, with the reason. Names are in lower case, subcommands after a blank. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  migrate: 'needs a second server',
  wait: 'waits for replicas',
  waitaof: 'waits for replicas',
  dump: 'the payload carries a version',
  restore: 'takes only payloads; has its own cases',
  scan: 'a cursor means something to its own server only',
  sscan: 'see SCAN',
  hscan: 'see SCAN',
  zscan: 'see SCAN',
  randomkey: 'random by purpose',
  'object freq': 'approximate by design',
  'object idletime': 'a clock',
  'object help': 'a text',
  'object refcount': 'shared integers are a matter of storage',
  pfselftest: 'takes a second',
  pfdebug: 'internal',
  'xgroup help': 'a text',
  'xinfo help': 'a text',
  'xinfo stream': 'tells radix tree nodes and clocks',
  'xinfo consumers': 'tells clocks',
  blpop: 'blocks',
  brpop: 'blocks',
  blmove: 'blocks',
  brpoplpush: 'blocks',
  blmpop: 'blocks',
  bzpopmin: 'blocks',
  bzpopmax: 'blocks',
  bzmpop: 'blocks',
  move: 'SELECT is not fuzzed; has its own cases',
};

/** The commands of `groups` that may be drawn. */
export function selectCommands(commands: readonly CommandNode[], groups: readonly string[]): CommandNode[] {
  return commands.filter(
    (command) => groups.includes(command.group) && !Object.hasOwn(LEFT_OUT, command.words.join(' ').toLowerCase()),
  );
}

/** ZRANK and ZREVRANK take a fourth word since 7.2: where 7.0 refuses it, it discards a transaction with it. */
export function isArityChanged(words: readonly string[]): boolean {
  return /^z(rev)?rank$/i.test(words[0]!) && words.length === 4;
}

/** SORT with BY and STORE keeps elements that tie in the order of a table, which is each server's own. */
export function storesTies(words: readonly string[]): boolean {
  const has = (token: string) => words.some((word) => word.toLowerCase() === token);
  return words[0]?.toLowerCase() === 'sort' && has('by') && has('store');
}

/**
 * A number out of a double's range leaves the oracle's errno set, and its next SORT by number takes that for a score that
 * is none, whatever the scores: such commands go from behind such a number. It is no behaviour but chance: after
 * `RPUSH l 3.5 1.5`, `SORT l` answers; after `ZADD z 1e400 m` (or `INCRBYFLOAT x 1e5000`) the same SORT of the same list says
 * "One or more scores can't be converted into double", until some system call of the server's happens to fail.
 */
export function withoutStaleErrors(program: readonly string[][]): string[][] {
  let isStale = false;
  return program.filter((words) => {
    if (isStale && /^sort(_ro)?$/i.test(words[0]!)) return false;
    isStale ||= words.includes('1e400');
    return true;
  });
}

/** Commands that block: they would wait for somebody else. */
export const BLOCKING = /^b[lrz]/i;
/**
 * Commands that block, and those that Redis's own append-only file does not give again: a BITFIELD all of whose changes overflow leaves a longer string of which Redis records nothing; and of a SORT that leaves ties
 * it does not record how they came out.
 */
export const UNRECORDED = /^(b[lrz].*|bitfield|sort)$/i;

/** The commands of a server that random programs are made of, but for some. */
export async function grammarOf(connection: Connection, isLeftOut: RegExp): Promise<readonly CommandNode[]> {
  const docs = (await ask(connection, [['COMMAND', 'DOCS']]))[0] as string;
  return selectCommands(parseDocs(docs), DEFAULT_GROUPS).filter((command) => !isLeftOut.test(command.words[0] ?? ''));
}
