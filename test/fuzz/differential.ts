/**
 * The differential fuzzer: random programs to the server under test and to the oracle, replies compared one by one and the
 * dataset at the end. A program that tells them apart is shrunk before it is shown.
 *
 *   npx tsx test/fuzz/differential.ts --programs 1000 --length 50 --seed 1 --groups string,generic
 *   npx tsx test/fuzz/differential.ts --self          the oracle against a second oracle: proves the fuzzer
 *
 * Exit status 1 when a difference was found.
 */

import { parseArgs } from 'node:util';
import { canonical } from '../conformance/compare.js';
import { comparisonFor } from '../conformance/comparisons.js';
import type { Connection, Front } from '../conformance/fronts/front.js';
import { hematiteFront } from '../conformance/fronts/hematite.js';
import { oracleFront } from '../conformance/fronts/oracle.js';
import { decodeAll, encodeReply, printable } from '../conformance/resp.js';
import { argumentLabel } from '../conformance/arguments.js';
import { ask, dump, dumpDifference } from './dump.js';
import { excusedDifference } from './excused.js';
import { randomProgram, type Program } from './generate.js';
import { parseDocs, type CommandNode } from './grammar.js';
import { Random } from './random.js';
import { DEFAULT_GROUPS, isArityChanged, selectCommands, storesTies } from './selection.js';

export interface FuzzOptions {
  programs: number;
  length: number;
  seed: number;
  groups: readonly string[];
  /** Stop after this long, whatever `programs` says. */
  secondsMax?: number;
}

export interface Difference {
  seed: number;
  program: Program;
  description: string;
}

export interface FuzzResult {
  programs: number;
  commands: number;
  difference?: Difference;
}

/** Runs programs until one tells the two fronts apart, or the options are used up. */
export async function fuzz(tested: Front, oracle: Front, options: FuzzOptions): Promise<FuzzResult> {
  const pair = await Pair.open(tested, oracle);
  try {
    const commands = await commonCommands(pair, options.groups);
    const deadline = options.secondsMax ? Date.now() + options.secondsMax * 1000 : Infinity;
    for (let index = 0; index < options.programs; index += 1) {
      if (Date.now() > deadline) return { programs: index, commands: index * options.length };
      const seed = options.seed + index;
      const program = randomProgram(commands, new Random(seed), options.length).filter(
        (words) => !isArityChanged(words) && !storesTies(words),
      );
      const description = await pair.difference(program);
      if (description)
        return {
          programs: index + 1,
          commands: (index + 1) * options.length,
          difference: await shrink(pair, program, seed, description),
        };
    }
    return { programs: options.programs, commands: options.programs * options.length };
  } finally {
    pair.close();
  }
}

/** The grammar is the oracle's; a command that the server under test does not know yet is left out. */
async function commonCommands(pair: Pair, groups: readonly string[]): Promise<CommandNode[]> {
  const docs = parseDocs((await ask(pair.oracle, [['COMMAND', 'DOCS']]))[0]!);
  const known = new Set(
    parseDocs((await ask(pair.tested, [['COMMAND', 'DOCS']]))[0]!).map((command) => command.words.join(' ')),
  );
  const selected = selectCommands(docs, groups).filter((command) => known.has(command.words.join(' ')));
  if (selected.length === 0) throw new Error(`no command of ${groups.join(', ')} is known to both servers`);
  return selected;
}

class Pair {
  private constructor(
    private readonly fronts: readonly [Front, Front],
    public tested: Connection,
    public oracle: Connection,
  ) {}

  static async open(tested: Front, oracle: Front): Promise<Pair> {
    return new Pair([tested, oracle], await tested.open(), await oracle.open());
  }

  /** After a missing answer nobody knows what is still under way: begin anew. */
  private async reopen(): Promise<void> {
    this.close();
    [this.tested, this.oracle] = [await this.fronts[0].open(), await this.fronts[1].open()];
  }

  /** What tells the two servers apart on `program`; undefined when nothing does. */
  async difference(program: Program): Promise<string | undefined> {
    const commands = [['RESET'], ['FLUSHALL'], ...program, ['RESET']];
    let replies: string[][];
    try {
      replies = await Promise.all([ask(this.tested, commands), ask(this.oracle, commands)]);
    } catch (error) {
      await this.reopen();
      return `no answer: ${(error as Error).message}`;
    }
    const [mine, theirs] = replies as [string[], string[]];
    const queue: string[][] = [];
    for (const [index, words] of commands.entries()) {
      const same = /^exec$/i.test(words[0]!)
        ? sameExec(queue, mine[index]!, theirs[index]!)
        : sameReply(words, mine[index]!, theirs[index]!);
      if (!same)
        return `command ${index - 1}  ${words.map(argumentLabel).join(' ')}\n    expected  ${printable(theirs[index]!)}\n    got       ${printable(mine[index]!)}`;
      if (/^(exec|discard|reset)$/i.test(words[0]!)) queue.length = 0;
      else if (theirs[index] === '+QUEUED\r\n') queue.push(words);
    }
    const [left, right] = await Promise.all([dump(this.tested), dump(this.oracle)]);
    return dumpDifference(
      left,
      right,
      program.some((words) => /^sort/i.test(words[0]!)),
    );
  }

  close(): void {
    this.tested.close();
    this.oracle.close();
  }
}

function sameReply(words: readonly string[], mine: string, theirs: string): boolean {
  // Elements that are not to be sorted, or that tie in an alphabetical BY, come in the order of a table.
  const unsorted =
    /^sort/i.test(words[0]!) &&
    words.some(
      (word, index) =>
        word.toUpperCase() === 'BY' &&
        (!words[index + 1]?.includes('*') || words.some((other) => other.toUpperCase() === 'ALPHA')),
    );
  const compare = unsorted ? 'shape' : comparisonFor(words);
  return (
    canonical(mine, compare) === canonical(theirs, compare) ||
    withinTolerance(words, mine, theirs) ||
    excusedDifference(words, mine, theirs) !== undefined
  );
}

/** The replies inside EXEC, each compared as the command that earned it. */
function sameExec(queue: readonly string[][], mine: string, theirs: string): boolean {
  const [left, right] = [decodeAll(mine)[0]!.items, decodeAll(theirs)[0]!.items];
  if (!left || !right || left.length !== right.length || left.length !== queue.length) return mine === theirs;
  return queue.every((words, index) => sameReply(words, encodeReply(left[index]!), encodeReply(right[index]!)));
}

const CLOCK_TOLERANCES: Record<string, number> = { ttl: 5, expiretime: 5, pttl: 5_000, pexpiretime: 5_000 };

/** Clocks of two servers: remaining times and the deadlines that relative times led to. */
function withinTolerance(words: readonly string[], mine: string, theirs: string): boolean {
  const tolerance = CLOCK_TOLERANCES[words[0]!.toLowerCase()];
  const [left, right] = [/^:(\d+)/.exec(mine), /^:(\d+)/.exec(theirs)];
  return (
    tolerance !== undefined &&
    left !== null &&
    right !== null &&
    Math.abs(Number(left[1]) - Number(right[1])) <= tolerance
  );
}

/** Drops steps, larger runs first, as long as the difference stays. */
async function shrink(pair: Pair, program: Program, seed: number, description: string): Promise<Difference> {
  let smallest = program;
  let words = description;
  for (let run = Math.ceil(smallest.length / 2); run >= 1; run = run === 1 ? 0 : Math.ceil(run / 2)) {
    for (let at = 0; at < smallest.length;) {
      const shorter = [...smallest.slice(0, at), ...smallest.slice(at + run)];
      const still = shorter.length > 0 ? await pair.difference(shorter) : undefined;
      if (still) {
        smallest = shorter;
        words = still;
      } else {
        at += run;
      }
    }
  }
  return { seed, program: smallest, description: words };
}

/** The failing program as lines that redis-cli takes. */
export function renderDifference(difference: Difference): string {
  const lines = difference.program.map((words) => `  ${words.map(argumentLabel).join(' ')}`);
  return `seed ${difference.seed}: the servers differ after ${lines.length} command(s)\n${lines.join('\n')}\n  ${difference.description}`;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      programs: { type: 'string', default: '1000' },
      length: { type: 'string', default: '50' },
      seed: { type: 'string', default: '1' },
      groups: { type: 'string', default: DEFAULT_GROUPS.join(',') },
      seconds: { type: 'string' },
      self: { type: 'boolean', default: false },
    },
  });
  const oracle = await oracleFront();
  const tested = values.self ? await oracleFront() : await hematiteFront();
  try {
    const started = Date.now();
    const result = await fuzz(tested, oracle, {
      programs: Number(values.programs),
      length: Number(values.length),
      seed: Number(values.seed),
      groups: values.groups.split(','),
      secondsMax: values.seconds ? Number(values.seconds) : undefined,
    });
    console.log(
      `${result.programs} programs, ${result.commands} commands in ${((Date.now() - started) / 1000).toFixed(1)} s`,
    );
    if (result.difference) console.log(renderDifference(result.difference));
    process.exitCode = result.difference ? 1 : 0;
  } finally {
    await Promise.all([tested.close(), oracle.close()]);
  }
}

if (process.argv[1]?.endsWith('differential.ts')) await main();
