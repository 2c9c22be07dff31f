/**
 * The differential fuzzer: random programs to the server under test and to the oracle, replies compared one by one and the
 * dataset at the end. A program that tells them apart is shrunk before it is shown.
 *
 * Programs go out many at a time, each with a digest of the dataset, encodings and times behind it. One whose batch looks
 * suspicious runs once more on its own, with a dump of the dataset, and that decides.
 *
 *   npx tsx test/fuzz/differential.ts --programs 1000 --length 50 --seed 1 --groups string,generic
 *   npx tsx test/fuzz/differential.ts --programs 100000 --processes 4 --differences 20
 *   npx tsx test/fuzz/differential.ts --self          the oracle against a second oracle: proves the fuzzer
 *
 * Exit status 1 when a difference was found.
 */

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { canonical } from '../conformance/compare.js';
import { comparisonFor } from '../conformance/comparisons.js';
import type { Connection, Front } from '../conformance/fronts/front.js';
import { hematiteFront } from '../conformance/fronts/hematite.js';
import { oracleFront } from '../conformance/fronts/oracle.js';
import { decodeAll, encodeReply, printable } from '../conformance/resp.js';
import { argumentLabel } from '../conformance/arguments.js';
import { ask, dump, dumpDifference, sameEncoding } from './dump.js';
import { excusedDifference } from './excused.js';
import { PROGRAM_KEYS, randomProgram, type Program } from './generate.js';
import { parseDocs, type CommandNode } from './grammar.js';
import { Random } from './random.js';
import { DEFAULT_GROUPS, isArityChanged, selectCommands, storesTies, withoutStaleErrors } from './selection.js';

export interface FuzzOptions {
  programs: number;
  length: number;
  seed: number;
  groups: readonly string[];
  /** Stop after this long, whatever `programs` says. */
  secondsMax?: number;
  /** Go on until there are so many differences; 1 unless told. */
  differencesMax?: number;
}

export interface Difference {
  seed: number;
  program: Program;
  description: string;
}

export interface FuzzResult {
  programs: number;
  commands: number;
  /** The first of the differences. */
  difference?: Difference;
  differences: Difference[];
}

/** Programs of one round trip. */
const BATCH = 16;

/** Runs programs until one tells the two fronts apart, or the options are used up. */
export async function fuzz(tested: Front, oracle: Front, options: FuzzOptions): Promise<FuzzResult> {
  const pair = await Pair.open(tested, oracle);
  try {
    const commands = await commonCommands(pair, options.groups);
    const deadline = options.secondsMax ? Date.now() + options.secondsMax * 1000 : Infinity;
    const differences: Difference[] = [];
    const result = (programs: number): FuzzResult => ({
      programs,
      commands: programs * options.length,
      difference: differences[0],
      differences,
    });
    for (let first = 0; first < options.programs; first += BATCH) {
      if (Date.now() > deadline) return result(first);
      const seeds = Array.from(
        { length: Math.min(BATCH, options.programs - first) },
        (_unused, at) => options.seed + first + at,
      );
      const programs = seeds.map((seed) =>
        withoutStaleErrors(
          randomProgram(commands, new Random(seed), options.length).filter(
            (words) => !isArityChanged(words) && !storesTies(words),
          ),
        ),
      );
      for (const at of await pair.suspects(programs)) {
        const description = await pair.difference(programs[at]!);
        if (!description) continue;
        differences.push(await shrink(pair, programs[at]!, seeds[at]!, description));
        if (differences.length >= (options.differencesMax ?? 1)) return result(first + at + 1);
      }
    }
    return result(options.programs);
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

  /** The places of the programs on which the two servers may differ. */
  async suspects(programs: readonly Program[]): Promise<number[]> {
    const batch = programs.map((program) => [['RESET'], ['FLUSHALL'], ...program, ['RESET'], ...FINGERPRINT]);
    let replies: string[][];
    try {
      replies = await Promise.all([ask(this.tested, batch.flat()), ask(this.oracle, batch.flat())]);
    } catch {
      await this.reopen();
      return programs.map((_program, at) => at);
    }
    const suspects: number[] = [];
    let start = 0;
    for (const [at, commands] of batch.entries()) {
      const [mine, theirs] = replies.map((all) => all.slice(start, start + commands.length)) as [string[], string[]];
      start += commands.length;
      const dataset = commands.length - FINGERPRINT.length;
      const differs =
        this.replyDifference(commands.slice(0, dataset), mine, theirs) !== undefined ||
        !sameFingerprint(mine.slice(dataset), theirs.slice(dataset));
      if (differs) suspects.push(at);
    }
    return suspects;
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
    const differing = this.replyDifference(commands, mine, theirs);
    if (differing) return differing;
    const [left, right] = await Promise.all([dump(this.tested), dump(this.oracle)]);
    return dumpDifference(
      left,
      right,
      program.some((words) => /^sort/i.test(words[0]!)),
    );
  }

  /** The first reply that differs, in words. */
  private replyDifference(
    commands: readonly string[][],
    mine: readonly string[],
    theirs: readonly string[],
  ): string | undefined {
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
    return undefined;
  }

  close(): void {
    this.tested.close();
    this.oracle.close();
  }
}

/** What is asked of the dataset after each program of a batch. */
const FINGERPRINT: string[][] = [
  ['DEBUG', 'DIGEST'],
  ...PROGRAM_KEYS.flatMap((key) => [
    ['TYPE', key],
    ['OBJECT', 'ENCODING', key],
    ['PTTL', key],
  ]),
];

function sameFingerprint(mine: readonly string[], theirs: readonly string[]): boolean {
  if (mine[0] !== theirs[0]) return false;
  for (let at = 1; at < mine.length; at += 3) {
    const type = theirs[at]!.slice(1, -2);
    const same =
      mine[at] === theirs[at] &&
      (mine[at + 1] === theirs[at + 1] ||
        sameEncoding(type, decodeAll(mine[at + 1]!)[0]!.text ?? '', decodeAll(theirs[at + 1]!)[0]!.text ?? '')) &&
      (mine[at + 2] === theirs[at + 2] || withinTolerance(['pttl'], mine[at + 2]!, theirs[at + 2]!));
    if (!same) return false;
  }
  return true;
}

function sameReply(words: readonly string[], mine: string, theirs: string): boolean {
  if (mine === theirs) return true;
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

/** Runs a part of the programs in a process of its own, with servers of its own; what it printed, and whether all is well. */
function spawnPart(args: readonly string[]): Promise<{ output: string; isClean: boolean }> {
  const child = spawn(process.execPath, [...process.execArgv, fileURLToPath(import.meta.url), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve) => child.on('exit', (code) => resolve({ output, isClean: code === 0 })));
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      programs: { type: 'string', default: '1000' },
      length: { type: 'string', default: '50' },
      seed: { type: 'string', default: '1' },
      groups: { type: 'string', default: DEFAULT_GROUPS.join(',') },
      seconds: { type: 'string' },
      differences: { type: 'string', default: '1' },
      processes: { type: 'string', default: '1' },
      self: { type: 'boolean', default: false },
    },
  });
  const processes = Number(values.processes);
  if (processes > 1) {
    const share = Math.ceil(Number(values.programs) / processes);
    const parts = Array.from({ length: processes }, (_unused, at) => {
      const own = { programs: share, seed: Number(values.seed) + at * share };
      const passed = ['length', 'groups', 'seconds', 'differences'] as const;
      const rest = passed.flatMap((name) => (values[name] === undefined ? [] : [`--${name}`, values[name]]));
      return spawnPart([...rest, '--programs', String(own.programs), '--seed', String(own.seed)]);
    });
    const results = await Promise.all(parts);
    for (const { output } of results) process.stdout.write(output);
    process.exitCode = results.every(({ isClean }) => isClean) ? 0 : 1;
    return;
  }
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
      differencesMax: Number(values.differences),
    });
    console.log(
      `${result.programs} programs from seed ${values.seed}, ${result.commands} commands in ${((Date.now() - started) / 1000).toFixed(1)} s: ${result.differences.length} differences`,
    );
    result.differences.forEach((difference) => console.log(renderDifference(difference)));
    process.exitCode = result.differences.length > 0 ? 1 : 0;
  } finally {
    await Promise.all([tested.close(), oracle.close()]);
  }
}

if (process.argv[1]?.endsWith('differential.ts')) await main();
