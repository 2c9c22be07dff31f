/** Differences between the engine (7.2 and later) and the oracle (7.0.15) that are right, each with its reason. */

interface Excuse {
  reason: string;
  holds(words: readonly string[], mine: string, theirs: string): boolean;
}

const EXCUSES: readonly Excuse[] = [
  {
    reason: 'ZRANK and ZREVRANK take WITHSCORE since 7.2, so a fourth argument is an option and no arity error',
    holds: (words, _mine, theirs) => /^zrev?rank$/i.test(words[0]!) && words.length === 4 && theirs.includes('wrong number of arguments'),
  },
  {
    reason: 'small lists and sets are listpacks since 7.2',
    holds: (words, mine, theirs) => words[0]!.toLowerCase() === 'object' && words[1]?.toLowerCase() === 'encoding' && mine.includes('listpack') && /quicklist|hashtable/.test(theirs),
  },
];

/** The reason why the two replies may differ; undefined when they may not. */
export function excusedDifference(words: readonly string[], mine: string, theirs: string): string | undefined {
  return EXCUSES.find((excuse) => excuse.holds(words, mine, theirs))?.reason;
}
