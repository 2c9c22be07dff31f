/** The whole dataset read back by type, in a form that two servers can be compared by. */

import { canonical, type Compare } from '../conformance/compare.js';
import type { Connection } from '../conformance/fronts/front.js';
import { decodeAll, encodeCommand } from '../conformance/resp.js';

const READERS: Record<string, { read: (key: string) => string[]; compare?: Compare }> = {
  string: { read: (key) => ['GET', key] },
  list: { read: (key) => ['LRANGE', key, '0', '-1'] },
  set: { read: (key) => ['SMEMBERS', key], compare: 'unordered' },
  hash: { read: (key) => ['HGETALL', key], compare: 'pairs' },
  zset: { read: (key) => ['ZRANGE', key, '0', '-1', 'WITHSCORES'], compare: 'numeric' },
  stream: { read: (key) => ['XRANGE', key, '-', '+'] },
};

/** Encodings that 7.2 chose otherwise than 7.0: brought to one name before they are compared. */
const ENCODING_SINCE_7_2: Record<string, (encoding: string) => string> = {
  list: () => 'listpack or quicklist',
  set: (encoding) => (encoding === 'listpack' ? 'hashtable' : encoding),
};

/** Whether two names mean the same encoding of a value of this type. */
export function sameEncoding(type: string, mine: string, theirs: string): boolean {
  const name = ENCODING_SINCE_7_2[type] ?? ((encoding: string) => encoding);
  // The oracle's SORT turns the sorted set that it reads into a skiplist.
  return name(mine) === name(theirs) || (type === 'zset' && mine === 'listpack' && theirs === 'skiplist');
}

/** Since 7.2 a consumer is made though there is nothing to read or to claim: XINFO GROUPS without their number. */
export function withoutConsumerCounts(groups: string): string {
  return groups.replace(/(\$9\r\nconsumers\r\n):\d+/g, '$1:0');
}

/** A reply with its large numbers as doubles, whichever way they are written. */
export function withoutExponents(reply: string): string {
  return reply.replace(
    /(?:\$\d+\r\n|,)(-?\d{16,}|-?[\d.]+e\+\d+)\r\n/g,
    (_whole, number: string) => `,${Number(number)}\r\n`,
  );
}

export interface KeyDump {
  type: string;
  encoding: string;
  content: string;
  /** Milliseconds left; -1 none. */
  ttl: number;
  groups: string;
}

export async function ask(connection: Connection, commands: readonly string[][]): Promise<string[]> {
  if (commands.length === 0) return [];
  connection.write(
    Buffer.concat(commands.map((words) => encodeCommand(words.map((word) => Buffer.from(word, 'latin1'))))),
  );
  return (await connection.read(commands.length)).map((reply) => reply.toString('latin1'));
}

/** Database 0, key by key. */
export async function dump(connection: Connection): Promise<Map<string, KeyDump>> {
  const keys = (decodeAll((await ask(connection, [['KEYS', '*']]))[0]!)[0]!.items ?? [])
    .map((item) => item.text!)
    .sort();
  const types = (
    await ask(
      connection,
      keys.map((key) => ['TYPE', key]),
    )
  ).map((raw) => decodeAll(raw)[0]!.text!);
  const replies = await ask(
    connection,
    keys.flatMap((key, index) => [
      READERS[types[index]!]?.read(key) ?? ['EXISTS', key],
      ['PTTL', key],
      ['OBJECT', 'ENCODING', key],
      types[index] === 'stream' ? ['XINFO', 'GROUPS', key] : ['ECHO', ''],
    ]),
  );
  return new Map(
    keys.map((key, index) => {
      const [content, ttl, encoding, groups] = replies.slice(index * 4, index * 4 + 4);
      const type = types[index]!;
      const name = decodeAll(encoding!)[0]!.text ?? 'none';
      return [
        key,
        {
          type,
          encoding: ENCODING_SINCE_7_2[type]?.(name) ?? name,
          content:
            type === 'zset'
              ? withoutExponents(canonical(content!, 'numeric'))
              : canonical(content!, READERS[type]?.compare),
          ttl: Number(ttl!.slice(1)),
          groups: withoutConsumerCounts(groups!),
        },
      ];
    }),
  );
}

const TTL_TOLERANCE_MS = 5_000;

/**
 * The first difference between two dumps, in words; undefined when there is none. The oracle's SORT and SORT_RO turn the
 * sorted set that they read into a skiplist, whatever its size: after one, `hasSorted`, their encodings are not compared.
 */
export function dumpDifference(
  tested: Map<string, KeyDump>,
  oracle: Map<string, KeyDump>,
  hasSorted: boolean,
): string | undefined {
  for (const key of new Set([...tested.keys(), ...oracle.keys()])) {
    const [mine, theirs] = [tested.get(key), oracle.get(key)];
    if (!mine || !theirs)
      return `key ${JSON.stringify(key)} exists only in the ${mine ? 'server under test' : 'oracle'}`;
    for (const field of ['type', 'content', 'encoding', 'groups'] as const) {
      if (field === 'encoding' && hasSorted && theirs.type === 'zset') continue;
      if (mine[field] !== theirs[field])
        return `${field} of ${JSON.stringify(key)}: expected ${JSON.stringify(theirs[field])}, got ${JSON.stringify(mine[field])}`;
    }
    if (Math.sign(mine.ttl) !== Math.sign(theirs.ttl) || Math.abs(mine.ttl - theirs.ttl) > TTL_TOLERANCE_MS)
      return `time to live of ${JSON.stringify(key)}: expected ${theirs.ttl}, got ${mine.ttl}`;
  }
  return undefined;
}
