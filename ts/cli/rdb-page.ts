/**
 * The page of `hematite rdb --html`: what an RDB file's keys take in memory, plotted by type. One file without scripts or
 * anything from elsewhere.
 */
import { type Base64, shown } from './check-rdb.js';

/** Figures of some keys; sizes in bytes. */
export interface RdbMemory {
  readonly keys: number;
  readonly bytes: number;
  readonly bytesMax: number;
  readonly expires: number;
}

/** What the engine tells of a file. */
export interface MemoryReport {
  readonly total: RdbMemory;
  /** `sizes[n]`: keys that take less than 2^n bytes and no less than half of that. */
  readonly types: readonly (RdbMemory & { readonly type: string; readonly sizes: readonly number[] })[];
  /** The largest first; '' is keys without a prefix, null all that came after the first 100,000 prefixes. */
  readonly prefixes: readonly (RdbMemory & { readonly prefix: string | Base64 | null })[];
  readonly largest: readonly {
    readonly key: string | Base64;
    readonly db: number;
    readonly type: string;
    readonly bytes: number;
  }[];
}

const COLORS: Readonly<Record<string, string>> = {
  string: '#4e79a7',
  list: '#f28e2b',
  set: '#59a14f',
  zset: '#e15759',
  hash: '#b07aa1',
  stream: '#76b7b2',
};

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}
table{border-collapse:collapse;margin:1rem 0}td,th{padding:.15rem .8rem .15rem 0;text-align:right}
td:first-child,th:first-child{text-align:left;word-break:break-all}th{border-bottom:1px solid #999}
svg{display:block;margin:.5rem 0 1.5rem;overflow:visible}text{font:12px system-ui,sans-serif;fill:currentColor}
@media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}}`;

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}

function bytesText(bytes: number): string {
  const unit = bytes < 1024 ? 0 : Math.min(4, Math.floor(Math.log2(bytes) / 10));
  return `${unit === 0 ? bytes : (bytes / 1024 ** unit).toFixed(1)} ${['B', 'KiB', 'MiB', 'GiB', 'TiB'][unit]}`;
}

/** One bar a type: the memory of all its keys. */
function barsByType(report: MemoryReport): string {
  const widest = Math.max(1, ...report.types.map((type) => type.bytes));
  const rows = report.types.map((type, at) => {
    const y = at * 28;
    const width = Math.max(1, (600 * type.bytes) / widest);
    return `<text x="0" y="${y + 16}">${type.type}</text><rect x="70" y="${y + 2}" width="${width.toFixed(1)}" height="20" fill="${COLORS[type.type] ?? '#888'}"/><text x="${(78 + width).toFixed(1)}" y="${y + 16}">${bytesText(type.bytes)}, ${type.keys} keys</text>`;
  });
  return `<svg width="860" height="${report.types.length * 28}" role="img" aria-label="Memory by type">${rows.join('')}</svg>`;
}

/** How many keys of a type have which size, by powers of two. */
function histogram(type: MemoryReport['types'][number]): string {
  const first = type.sizes.findIndex((keys) => keys > 0);
  const classes = type.sizes.slice(first);
  const most = Math.max(1, ...classes);
  const step = Math.min(60, 800 / Math.max(1, classes.length));
  const columns = classes.map((keys, at) => {
    const height = (120 * keys) / most;
    const x = at * step;
    const label = `below ${bytesText(2 ** (first + at))}: ${keys} keys`;
    return `<g><title>${label}</title><rect x="${x.toFixed(1)}" y="${(130 - height).toFixed(1)}" width="${(step - 3).toFixed(1)}" height="${Math.max(keys > 0 ? 1 : 0, height).toFixed(1)}" fill="${COLORS[type.type] ?? '#888'}"/><text x="${(x + step / 2 - 2).toFixed(1)}" y="146" text-anchor="middle">&lt;${bytesText(
      2 ** (first + at),
    )
      .replace('.0', '')
      .replace(' ', '')}</text></g>`;
  });
  return `<h3>${type.type}</h3><svg width="820" height="150" role="img" aria-label="Sizes of keys of the type ${type.type}">${columns.join('')}</svg>`;
}

function row(cells: readonly string[], tag = 'td'): string {
  return `<tr>${cells.map((cell) => `<${tag}>${escape(cell)}</${tag}>`).join('')}</tr>`;
}

function prefixRow(each: MemoryReport['prefixes'][number]): string {
  const name = each.prefix === null ? '(further prefixes)' : each.prefix === '' ? '(no prefix)' : shown(each.prefix);
  return row([name, String(each.keys), bytesText(each.bytes), bytesText(each.bytesMax), String(each.expires)]);
}

/** The page. */
export function plotMemory(path: string, report: MemoryReport, top: number): string {
  const largest = report.largest.map((key) => row([shown(key.key), String(key.db), key.type, bytesText(key.bytes)]));
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(path)}</title><style>${STYLE}</style></head>
<body><h1>${escape(path)}</h1>
<p>${report.total.keys} keys take ${bytesText(report.total.bytes)} in memory; ${report.total.expires} have an expiry.</p>
<h2>Memory by type</h2>
${barsByType(report)}
<h2>Sizes of keys by type</h2>
${report.types.map(histogram).join('\n')}
<h2>Memory by prefix</h2>
<table>${row(['prefix', 'keys', 'memory', 'largest', 'expiring'], 'th')}${report.prefixes.slice(0, top).map(prefixRow).join('')}</table>
<h2>Largest keys</h2>
<table>${row(['key', 'db', 'type', 'memory'], 'th')}${largest.join('')}</table>
</body></html>
`;
}
