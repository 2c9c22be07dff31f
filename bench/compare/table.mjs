/**
 * The table of results: for the terminal, and as Markdown for the README.
 */

const COLUMNS = ['', 'Hematite', 'Redis', 'ratio', 'target', ''];

/** A figure with three digits that count. */
function figure(value) {
  if (value === undefined || !Number.isFinite(value)) return '–';
  if (value >= 1e6) return `${(value / 1e6).toFixed(2)} M`;
  if (value >= 1e4) return `${Math.round(value / 1e3)} k`;
  if (value >= 100) return String(Math.round(value));
  return value.toFixed(value >= 10 ? 1 : value >= 1 ? 2 : 3);
}

function measured(summary, unit) {
  if (summary === undefined) return '–';
  const spread = summary.values.length > 1 ? ` ±${Math.round(summary.spread * 100)} %` : '';
  return `${figure(summary.median)}${unit === '/s' ? '/s' : ` ${unit}`}${spread}`;
}

/** The ways to set a target: how it is written, and whether a row meets it. */
const TARGETS = {
  ratioMax: { text: (limit) => `≤ ${limit}×`, holds: (limit, _, ratio) => ratio <= limit },
  ratioMin: { text: (limit) => `≥ ${limit}×`, holds: (limit, _, ratio) => ratio >= limit },
  max: { text: (limit) => `≤ ${figure(limit)}`, holds: (limit, ours) => ours <= limit },
  min: { text: (limit) => `≥ ${figure(limit)}`, holds: (limit, ours) => ours >= limit },
};

/** What a row is compared by, and whether it holds: true, false, or undefined where nothing can be said. */
export function judge(row) {
  const ours = row.figures.hematite?.median;
  const ratio = ours / row.figures.redis?.median;
  const kind = Object.keys(TARGETS).find((name) => row[name] !== undefined);
  if (kind === undefined) return { ratio, target: '', holds: undefined };
  const target = TARGETS[kind].text(row[kind]);
  const isMeasured = ours !== undefined && (!kind.startsWith('ratio') || Number.isFinite(ratio));
  return { ratio, target, holds: isMeasured ? TARGETS[kind].holds(row[kind], ours, ratio) : undefined };
}

/** Why a row has no figures, shortly. */
function obstacle(error) {
  return /unknown command/i.test(error) ? 'no such command yet' : `not measured: ${error.slice(0, 60)}`;
}

function cells(row, hasRival) {
  const { ratio, target, holds } = judge(row);
  const { hematite, redis, rival } = row.figures;
  const beside = row.beside === undefined ? '' : ` (beside: ${row.beside})`;
  const note = row.note === undefined ? '' : `; ${row.note}`;
  return [
    `${row.title}${beside}`,
    hematite === undefined ? obstacle(row.error ?? '') : measured(hematite, row.unit) + note,
    measured(redis, row.unit),
    ...(hasRival ? [measured(rival, row.unit)] : []),
    figure(ratio),
    target,
    holds === undefined ? (target === '' ? '' : '–') : holds ? 'pass' : 'FAIL',
  ];
}

/** Header and lines of the table. */
function grid(results, rivalName) {
  const header = [...COLUMNS];
  if (rivalName !== undefined) header.splice(3, 0, rivalName);
  return [header, ...results.map((row) => cells(row, rivalName !== undefined))];
}

/** The table with columns aligned by spaces. */
export function renderText(results, rivalName) {
  const lines = grid(results, rivalName);
  const widths = lines[0].map((_, at) => Math.max(...lines.map((line) => line[at].length)));
  return lines
    .map((line) =>
      line
        .map((cell, at) => cell.padEnd(widths[at]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** The table as Markdown. */
export function renderMarkdown(results, rivalName) {
  const [header, ...lines] = grid(results, rivalName);
  const row = (line) => `| ${line.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [row(header), `|${header.map(() => '---|').join('')}`, ...lines.map(row)].join('\n');
}
