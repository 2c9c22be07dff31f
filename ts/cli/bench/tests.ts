/** What `hematite bench` can measure: redis-benchmark's tests by their names, as commands with placeholders. */

/** Replaced by twelve random digits below the key space's size, with `-r`. */
export const RANDOM = '__rand_int__';

export interface BenchTest {
  name: string;
  title: string;
  /** Absent for the inline PING, which is bytes. */
  command?: string[];
  inline?: string;
  /** Run, unreported, before this test. */
  needs?: string;
}

/** The tests in their order, for values of `dataBytes` bytes. */
export function benchTests(dataBytes: number): BenchTest[] {
  const data = 'x'.repeat(dataBytes);
  const element = `element:${RANDOM}`;
  const range = (count: number, lastIndex: number): BenchTest => ({
    name: `lrange_${count}`,
    title: `LRANGE_${count} (first ${count} elements)`,
    command: ['LRANGE', 'mylist', '0', String(lastIndex)],
    needs: 'lpush',
  });
  return [
    { name: 'ping_inline', title: 'PING_INLINE', inline: 'PING\r\n' },
    { name: 'ping_mbulk', title: 'PING_MBULK', command: ['PING'] },
    { name: 'set', title: 'SET', command: ['SET', `key:${RANDOM}`, data] },
    { name: 'get', title: 'GET', command: ['GET', `key:${RANDOM}`] },
    { name: 'incr', title: 'INCR', command: ['INCR', `counter:${RANDOM}`] },
    { name: 'lpush', title: 'LPUSH', command: ['LPUSH', 'mylist', data] },
    { name: 'rpush', title: 'RPUSH', command: ['RPUSH', 'mylist', data] },
    { name: 'lpop', title: 'LPOP', command: ['LPOP', 'mylist'] },
    { name: 'rpop', title: 'RPOP', command: ['RPOP', 'mylist'] },
    { name: 'sadd', title: 'SADD', command: ['SADD', 'myset', element] },
    { name: 'hset', title: 'HSET', command: ['HSET', 'myhash', element, data] },
    { name: 'spop', title: 'SPOP', command: ['SPOP', 'myset'] },
    { name: 'zadd', title: 'ZADD', command: ['ZADD', 'myzset', '0', element] },
    { name: 'zpopmin', title: 'ZPOPMIN', command: ['ZPOPMIN', 'myzset'] },
    range(100, 99),
    range(300, 299),
    range(500, 499),
    range(600, 599),
    {
      name: 'mset',
      title: 'MSET (10 keys)',
      command: ['MSET', ...Array.from({ length: 10 }, () => [`key:${RANDOM}`, data]).flat()],
    },
  ];
}

/**
 * The tests that `-t` names; `ping`, `lrange` name all of theirs. Undefined: all.
 * @throws Error naming what is unknown
 */
export function chooseTests(tests: BenchTest[], names: string | undefined): BenchTest[] {
  if (names === undefined) return tests;
  const wanted = names
    .toLowerCase()
    .split(',')
    .filter((name) => name !== '');
  for (const name of wanted) {
    if (!tests.some((test) => matches(test, name))) throw new Error(`Unknown test '${name}'`);
  }
  return tests.filter((test) => wanted.some((name) => matches(test, name)));
}

function matches(test: BenchTest, name: string): boolean {
  return test.name === name || ((name === 'ping' || name === 'lrange') && test.name.startsWith(`${name}_`));
}
