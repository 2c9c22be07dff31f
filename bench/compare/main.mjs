/**
 * `npm run bench`: Hematite beside redis-server, measured in the same run, in turn, with the same pinning.
 *
 * Every row is measured in several rounds; medians are compared and the spread is shown. Processor time counts more than
 * throughput, because the client is the bottleneck. The raw figures of each run stay in bench/record/.
 */

import { caption, circumstances, keep } from './record.mjs';
import { readOptions } from './options.mjs';
import { writeTable } from './readme.mjs';
import { judge, renderText } from './table.mjs';
import { elements } from './rows/elements.mjs';
import { engine } from './rows/engine.mjs';
import { eviction } from './rows/eviction.mjs';
import { jobs } from './rows/jobs.mjs';
import { memory } from './rows/memory.mjs';
import { messages } from './rows/messages.mjs';
import { persistence } from './rows/persistence.mjs';
import { processRows } from './rows/process.mjs';
import { programs } from './rows/programs.mjs';
import { singles } from './rows/singles.mjs';
import { strings } from './rows/strings.mjs';
import { types } from './rows/types.mjs';

const GROUPS = [
  ...[strings, processRows, memory, engine, types, elements, singles],
  ...[messages, programs, jobs, eviction, persistence],
];

const isWanted = (options) => (row) =>
  options.only.length === 0 || options.only.some((prefix) => row.name.startsWith(prefix));

/** Measures a group; if it fails as a whole, each of its rows says why. */
async function measureGroup(group, options) {
  const wanted = group.rows.filter(isWanted(options));
  if (wanted.length === 0) return [];
  process.stderr.write(`· ${wanted.map((row) => row.name).join(' ')}\n`);
  try {
    return await group.measure(wanted, options);
  } catch (error) {
    return wanted.map((row) => ({ ...row, figures: {}, error: error.message }));
  }
}

const options = readOptions(process.argv.slice(2));
if (options.list) {
  for (const row of GROUPS.flatMap((group) => group.rows)) console.log(`${row.name.padEnd(24)} ${row.title}`);
  process.exit(0);
}
if (process.platform !== 'linux') {
  console.error('The comparison reads /proc: it runs on Linux only.');
  process.exit(1);
}
const record = { ...circumstances(options), rows: [] };
for (const group of GROUPS) {
  const results = await measureGroup(group, options);
  record.rows.push(...results);
  if (results.length > 0) console.log(`\n${renderText(results, options.rival?.name)}\n`);
}
const path = keep(record);
const verdicts = record.rows.map(judge).filter(({ target }) => target !== '');
const count = (verdict) => verdicts.filter(({ holds }) => holds === verdict).length;
console.log(renderText(record.rows, options.rival?.name));
console.log(`\n${caption(record)}\nRaw record: ${path}`);
console.log(`${count(true)} targets met, ${count(false)} missed, ${count(undefined)} not measured`);
if (options.readme) writeTable(GROUPS.flatMap((group) => group.rows.map((row) => row.name)));
