/**
 * The grammar of commands, read from COMMAND DOCS: the same argument trees that clients see, so that a command which
 * gains an option is fuzzed with it without a line changing here.
 */

import { decodeAll, pairsOf, type Reply } from '../conformance/resp.js';

export interface ArgumentNode {
  name: string;
  type: string;
  token?: string;
  optional: boolean;
  multiple: boolean;
  /** The token is said again before each element. */
  multipleToken: boolean;
  children: ArgumentNode[];
}

export interface CommandNode {
  /** Words of the command: one, or container and subcommand. */
  words: string[];
  group: string;
  arguments: ArgumentNode[];
}

/** The grammar out of a raw COMMAND DOCS reply (RESP2 or RESP3). Containers are replaced by their subcommands. */
export function parseDocs(raw: string): CommandNode[] {
  const reply = decodeAll(raw)[0]!;
  return pairsOf(reply.items ?? []).flatMap(([name, docs]) => commandsOf(name.text!, docs));
}

function commandsOf(name: string, docs: Reply): CommandNode[] {
  const fields = fieldsOf(docs);
  const subcommands = fields.get('subcommands');
  if (subcommands?.items) return pairsOf(subcommands.items).flatMap(([sub, subDocs]) => commandsOf(sub.text!, subDocs));
  const nodes = fields.get('arguments')?.items ?? [];
  return [{ words: name.split('|'), group: fields.get('group')?.text ?? '', arguments: nodes.map(argumentOf) }];
}

function argumentOf(reply: Reply): ArgumentNode {
  const fields = fieldsOf(reply);
  const flags = (fields.get('flags')?.items ?? []).map((flag) => flag.text);
  return {
    name: fields.get('name')?.text ?? '',
    type: fields.get('type')?.text ?? 'string',
    token: fields.get('token')?.text,
    optional: flags.includes('optional'),
    multiple: flags.includes('multiple'),
    multipleToken: flags.includes('multiple_token'),
    children: (fields.get('arguments')?.items ?? []).map(argumentOf),
  };
}

function fieldsOf(reply: Reply): Map<string, Reply> {
  return new Map(pairsOf(reply.items ?? []).map(([key, value]) => [key.text ?? '', value]));
}

/** Every token (option word) of a command's tree, upper case. */
export function tokensOf(nodes: readonly ArgumentNode[]): string[] {
  return nodes
    .flatMap((node) => [...(node.token ? [node.token.toUpperCase()] : []), ...tokensOf(node.children)])
    .filter((token) => token !== '""');
}
