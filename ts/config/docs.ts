/**
 * The page docs/configuration.md, out of the schema.
 */

import { type AnyDirective, sections } from './schema.js';
import { decodeText } from './words.js';

const EFFECTS = { live: '', later: 'not yet', never: 'no such mechanism' } as const;

/** Defaults that differ from machine to machine, in words. */
const COMPUTED: Readonly<Record<string, string>> = {
  'io-threads': 'cores, at most 8',
  dir: 'where it was started',
};

/** The page as Markdown. */
export function configurationPage(): string {
  const head = [
    '# Configuration',
    '',
    '<!-- Written by `npm run docs` from ts/config/directives; edit those. -->',
    '',
    'Every directive of redis.conf is accepted in the file, on the command line as `--name value`, and by CONFIG.',
    'One whose effect says *not yet* or *no such mechanism* is stored, shown, and named in the log.',
    '',
  ];
  return [...head, ...sections.flatMap(([title, rows]) => section(title, rows))].join('\n');
}

function section(title: string, rows: readonly AnyDirective[]): string[] {
  const table = ['| directive | default | takes | at run time | effect | |', '|---|---|---|---|---|---|'];
  return [`## ${title}`, '', ...table, ...rows.filter((row) => !row.hidden).map(tableRow), ''];
}

function tableRow(row: AnyDirective): string {
  const names = [row.name, ...row.aliases].map((name) => `\`${name}\``).join(', ');
  const fallback = COMPUTED[row.name] ?? code(decodeText(row.kind.format(row.fallback)));
  const when = row.immutable ? 'no' : row.protected ? 'protected' : 'yes';
  return `| ${[names, fallback, row.kind.label, when, EFFECTS[row.effect], row.doc].map(escape).join(' | ')} |`;
}

function code(text: string): string {
  return text === '' ? '' : `\`${text}\``;
}

function escape(text: string): string {
  return text.replaceAll('|', '\\|');
}
