/**
 * Coverage of the command table by the suite: rows that no case executes with success, option words that no successful
 * command uses, group by group.
 *
 *   npx tsx test/conformance/coverage.ts                 the table of the oracle
 *   npx tsx test/conformance/coverage.ts table.json      an exported table: [{ name, group, arguments: [...] }, ...]
 *   npx tsx test/conformance/coverage.ts --server        the table of the server under test (COMMAND DOCS)
 *
 * Exit status 1 when a group listed as complete has an uncovered row or option.
 */

import { readFileSync } from 'node:fs';
import { parseDocs, tokensOf, type ArgumentNode, type CommandNode } from '../fuzz/grammar.js';
import type { Case, Step } from './case.js';
import { families } from './cases/index.js';
import type { Front } from './fronts/front.js';
import { hematiteFront } from './fronts/hematite.js';
import { oracleFront } from './fronts/oracle.js';
import { encodeCommand } from './resp.js';
import { Snapshot } from './snapshot.js';

/** Groups that must have no uncovered row. */
export const COMPLETE_GROUPS: readonly string[] = [
  'string',
  'generic',
  'connection',
  'hash',
  'list',
  'set',
  'sorted-set',
  'geo',
  'bitmap',
  'hyperloglog',
  'stream',
  'transactions',
  'pubsub',
  'scripting',
  'array',
];

/** Rows and options that a suite of programs cannot show, with the reason. `row` or `row TOKEN`, lower case row. */
export const NOT_HERE: Readonly<Record<string, string>> = {
  readonly: 'cluster only',
  readwrite: 'cluster only',
  asking: 'cluster only',
  quit: 'shown with raw bytes, for it hangs up',
  'xadd *': "an id of the server's own making is a clock; its shape is checked",
  'restore IDLETIME': 'loads an access clock',
  'restore FREQ': 'loads an access counter',
  'function kill': 'needs a function that runs on',
  'script kill': 'needs a script that runs on',
  'script debug': 'an interactive debugger',
  'function dump': 'the payload carries a version',
  'function restore': 'see FUNCTION DUMP',
};

export interface GroupCoverage {
  group: string;
  rows: number;
  tokens: number;
  uncoveredRows: string[];
  unusedTokens: string[];
}

/** For each row that some case runs with another answer than an error: every word that such a command carried. */
function successfulUses(): Map<string, Set<string>> {
  const uses = new Map<string, Set<string>>();
  for (const family of families) {
    const snapshot = Snapshot.load(family.name);
    for (const test of family.cases) {
      for (const [index, step] of test.steps.entries()) {
        if (!succeeded(test, step, index, snapshot)) continue;
        const words = step.args.map((argument) =>
          typeof argument === 'function' ? '' : String(argument).toUpperCase(),
        );
        for (const row of [words[0]!, `${words[0]} ${words[1] ?? ''}`]) {
          const said = uses.get(row) ?? new Set<string>();
          uses.set(row, said);
          for (const word of words.slice(1)) said.add(word);
        }
      }
    }
  }
  return uses;
}

function succeeded(test: Case, step: Step, index: number, snapshot: Snapshot): boolean {
  if (step.args.length === 0) return false;
  const recorded =
    step.want?.(2) ??
    step.differs?.want?.(2) ??
    snapshot.recorded(test, 2)?.[index] ??
    snapshot.recorded(test, 3)?.[index];
  return recorded !== undefined && !recorded.startsWith('-');
}

/** How much of `table` the suite covers. */
export function coverage(table: readonly CommandNode[]): GroupCoverage[] {
  const uses = successfulUses();
  const groups = new Map<string, GroupCoverage>();
  for (const command of table) {
    const row = command.words.join(' ').toUpperCase();
    const entry = groups.get(command.group) ?? {
      group: command.group,
      rows: 0,
      tokens: 0,
      uncoveredRows: [],
      unusedTokens: [],
    };
    groups.set(command.group, entry);
    entry.rows += 1;
    if (Object.hasOwn(NOT_HERE, row.toLowerCase())) continue;
    const said = uses.get(row);
    if (!said) entry.uncoveredRows.push(row);
    const tokens = [...new Set(tokensOf(command.arguments))];
    entry.tokens += tokens.length;
    entry.unusedTokens.push(
      ...tokens
        .filter((token) => said && !said.has(token) && !Object.hasOwn(NOT_HERE, `${row.toLowerCase()} ${token}`))
        .map((token) => `${row} ${token}`),
    );
  }
  return [...groups.values()].sort((left, right) => (left.group < right.group ? -1 : 1));
}

/** The report as lines, and the complaints about groups that are to be complete. */
export function report(groups: readonly GroupCoverage[]): { lines: string[]; complaints: string[] } {
  const lines = groups.map(
    (entry) =>
      `${entry.group.padEnd(14)} ${String(entry.rows - entry.uncoveredRows.length).padStart(3)}/${entry.rows} rows  ${String(entry.tokens - entry.unusedTokens.length).padStart(3)}/${entry.tokens} options` +
      `${entry.uncoveredRows.length ? `  never executed: ${entry.uncoveredRows.join(', ')}` : ''}${entry.unusedTokens.length ? `  never used: ${entry.unusedTokens.join(', ')}` : ''}`,
  );
  const complaints = groups
    .filter((entry) => COMPLETE_GROUPS.includes(entry.group))
    .flatMap((entry) => [...entry.uncoveredRows, ...entry.unusedTokens]);
  return { lines, complaints };
}

/** COMMAND DOCS of a front. */
export async function tableOf(front: Front): Promise<CommandNode[]> {
  const connection = await front.open();
  connection.write(encodeCommand([Buffer.from('COMMAND'), Buffer.from('DOCS')]));
  const raw = (await connection.read(1, 20_000))[0]!.toString('latin1');
  connection.close();
  return parseDocs(raw);
}

interface TableRow {
  name: string;
  group: string;
  arguments?: unknown[];
  subcommands?: TableRow[];
}

/** An exported table: rows with their argument trees, subcommands nested or named `container|sub`. */
export function parseTable(json: string): CommandNode[] {
  const rows = (list: readonly TableRow[]): CommandNode[] =>
    list.flatMap((row) =>
      row.subcommands?.length
        ? rows(row.subcommands)
        : [{ words: row.name.split(/[| ]/), group: row.group, arguments: (row.arguments ?? []).map(nodeOf) }],
    );
  return rows(JSON.parse(json) as TableRow[]);
}

function nodeOf(value: unknown): ArgumentNode {
  const node = value as {
    name?: string;
    type?: string;
    token?: string;
    flags?: string[];
    arguments?: unknown[];
    optional?: boolean;
    multiple?: boolean;
  };
  const flags = node.flags ?? [];
  return {
    name: node.name ?? '',
    type: node.type ?? 'string',
    token: node.token,
    optional: node.optional ?? flags.includes('optional'),
    multiple: node.multiple ?? flags.includes('multiple'),
    multipleToken: flags.includes('multiple_token'),
    children: (node.arguments ?? []).map(nodeOf),
  };
}

async function main(): Promise<void> {
  const [source] = process.argv.slice(2);
  let table: CommandNode[];
  if (source && source !== '--server') {
    table = parseTable(readFileSync(source, 'utf8'));
  } else {
    const front = source ? await hematiteFront() : await oracleFront();
    table = await tableOf(front).finally(() => front.close());
  }
  const { lines, complaints } = report(coverage(table));
  console.log(lines.join('\n'));
  if (complaints.length) console.error(`uncovered in groups that are to be complete: ${complaints.join(', ')}`);
  process.exitCode = complaints.length ? 1 : 0;
}

if (process.argv[1]?.endsWith('coverage.ts')) await main();
