/** Differences between the engine (7.2 and later) and the oracle (7.0.15) that are right, each with its reason. */

import { withoutConsumerCounts, withoutExponents } from './dump.js';

interface Excuse {
  reason: string;
  holds(words: readonly string[], mine: string, theirs: string): boolean;
}

const EXCUSES: readonly Excuse[] = [
  {
    reason: 'the lowest integer as RANK of LPOS has no negation: refused since 7.2',
    holds: (words, mine) =>
      /^lpos$/i.test(words[0]!) &&
      words.includes('-9223372036854775808') &&
      mine.startsWith('-ERR value is out of range, value must between'),
  },
  {
    reason: 'BITCOUNT and BITPOS check their arguments before they look at the key since 7.2',
    holds: (words, mine, theirs) =>
      /^bit(count|pos)$/i.test(words[0]!) &&
      words.length > 2 &&
      mine.startsWith('-ERR') &&
      /^(:|-WRONGTYPE)/.test(theirs),
  },
  {
    reason: 'the end of the range of BITCOUNT may be left out since 8.0',
    holds: (words, _mine, theirs) =>
      /^bitcount$/i.test(words[0]!) && words.length === 3 && theirs.startsWith('-ERR syntax error'),
  },
  {
    reason: 'the error of unpaired keys and ids names the command as it is since 7.2',
    holds: (words, mine, theirs) =>
      /^xread(group)?$/i.test(words[0]!) &&
      mine.includes("ERR Unbalanced '") &&
      theirs.includes('ERR Unbalanced XREAD'),
  },
  {
    reason: 'XREAD takes the id + since 7.4',
    holds: (words, _mine, theirs) =>
      /^xread$/i.test(words[0]!) && words.includes('+') && theirs.includes('Invalid stream ID'),
  },
  {
    reason: 'XREADGROUP, XCLAIM and XAUTOCLAIM make the consumer though there is nothing for it since 7.2',
    holds: (words, mine, theirs) =>
      (/^xinfo$/i.test(words[0]!) &&
        /^groups$/i.test(words[1]!) &&
        withoutConsumerCounts(mine) === withoutConsumerCounts(theirs)) ||
      (/^xgroup$/i.test(words[0]!) && /^createconsumer$/i.test(words[1]!) && mine === ':0\r\n' && theirs === ':1\r\n'),
  },
  {
    reason: 'scores that are integers are written out up to 2^62 since 7.2, in 7.0 up to 2^52',
    holds: (words, mine, theirs) => /^(z|geo)/i.test(words[0]!) && withoutExponents(mine) === withoutExponents(theirs),
  },
  {
    reason: 'SORT of the oracle turns the sorted set that it reads into a skiplist',
    holds: (words, mine, theirs) =>
      words[0]!.toLowerCase() === 'object' &&
      words[1]?.toLowerCase() === 'encoding' &&
      mine.includes('listpack') &&
      theirs.includes('skiplist'),
  },
  {
    reason: 'small lists and sets are listpacks since 7.2',
    holds: (words, mine, theirs) =>
      words[0]!.toLowerCase() === 'object' &&
      words[1]?.toLowerCase() === 'encoding' &&
      mine.includes('listpack') &&
      /quicklist|hashtable/.test(theirs),
  },
];

/** The reason why the two replies may differ; undefined when they may not. */
export function excusedDifference(words: readonly string[], mine: string, theirs: string): string | undefined {
  return EXCUSES.find((excuse) => excuse.holds(words, mine, theirs))?.reason;
}
