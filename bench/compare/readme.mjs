/**
 * The table in README.md: of each row the newest figures that the records hold, and below it which are from which commit.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kept, surroundings } from './record.mjs';
import { root } from './servers.mjs';
import { renderMarkdown } from './table.mjs';

const BEGIN = '<!-- bench:begin -->';
const END = '<!-- bench:end -->';

/** By the row's name: the row as it was measured last, and the record that it stands in. */
function newest(records) {
  const found = new Map();
  for (const record of records) {
    for (const row of record.rows) {
      if (row.figures.hematite !== undefined) found.set(row.name, { row, record });
    }
  }
  return found;
}

/** `cpu, types at 1a2b3c4; memory at 5d6e7f8`, the groups of rows by their commits. */
function origins(entries) {
  const byCommit = new Map();
  for (const { row, record } of entries) {
    const { commit } = record.versions;
    const groups = byCommit.get(commit) ?? new Set();
    byCommit.set(commit, groups.add(row.name.split('.')[0]));
  }
  return [...byCommit].map(([commit, groups]) => `${[...groups].join(', ')} at ${commit}`).join('; ');
}

/** Writes the table of the rows with these names, in their order. */
export function writeTable(names) {
  const found = newest(kept());
  const entries = names.map((name) => found.get(name)).filter((entry) => entry !== undefined);
  const latest = entries.map(({ record }) => record).sort((a, b) => (a.date < b.date ? 1 : -1))[0];
  const rival = entries.find(({ row }) => row.figures.rival !== undefined)?.record;
  const rows = entries.map(({ row }) => row);
  const table = renderMarkdown(rows, rival?.options.rival.name);
  const others = [surroundings(latest), ...(rival === undefined ? [] : [`rival: ${rival.versions.rival}`])];
  const sources = `The newest figures of each row, by the commit that was measured: ${origins(entries)}.`;
  const markdown = `${table}\n\nHematite ${latest.versions.hematite} beside ${others.join(', ')}. ${sources}`;
  const path = join(root, 'README.md');
  const text = readFileSync(path, 'utf8');
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`README.md lacks ${BEGIN} and ${END}`);
  writeFileSync(path, `${text.slice(0, begin + BEGIN.length)}\n\n${markdown}\n\n${text.slice(end)}`);
}
