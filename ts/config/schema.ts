/**
 * The schema: every directive once, in the order in which CONFIG GET lists them.
 *
 * File parser, command line, CONFIG, documentation and the types of `Config.get` all derive from these rows; adding a
 * directive is adding its row to a file in directives/.
 */

import { cluster } from './directives/cluster.js';
import { encodings, keyspace, scripts } from './directives/data.js';
import { network, tls } from './directives/network.js';
import { observation, security, serverProcess } from './directives/process.js';
import { persistence, replication } from './directives/storage.js';
import type { Directive } from './kind.js';

const rows = [
  ...network,
  ...tls,
  ...serverProcess,
  ...security,
  ...observation,
  ...keyspace,
  ...encodings,
  ...scripts,
  ...persistence,
  ...replication,
  ...cluster,
] as const;

type Row = (typeof rows)[number];

/** The main name of a directive. */
export type DirectiveName = Row['name'];

/** The type that `Config.get` gives for each name. */
export type DirectiveValues = {
  [R in Row as R['name']]: R extends Directive<string, infer _S, infer T> ? T : never;
};

/** A row whose types do not matter where it is used. */
export type AnyDirective = Directive<DirectiveName>;

/** All rows. */
export const directives: readonly AnyDirective[] = rows as unknown as readonly AnyDirective[];

/** The rows by heading, for the documentation. */
export const sections: readonly (readonly [string, readonly AnyDirective[]])[] = (
  [
    ['Network and clients', network],
    ['TLS', tls],
    ['Process', serverProcess],
    ['Security', security],
    ['Observation', observation],
    ['Keyspace and memory', keyspace],
    ['Encodings', encodings],
    ['Scripts', scripts],
    ['Persistence', persistence],
    ['Replication', replication],
    ['Cluster', cluster],
  ] as const
).map(([title, group]) => [title, group as unknown as readonly AnyDirective[]] as const);

const byName = new Map<string, AnyDirective>();
for (const row of directives) {
  for (const name of [row.name, ...row.aliases]) byName.set(name, row);
}

/** The row for a name or an alias in any case. */
export function findDirective(name: string): AnyDirective | undefined {
  return byName.get(name.toLowerCase());
}
