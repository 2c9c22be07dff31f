/**
 * What the server says about its commands (COMMAND DOCS, Redis 7 and later), as a tree that hints, completion and help
 * read. Works over both protocols: a RESP2 server sends maps as flat arrays. Servers without COMMAND DOCS give names
 * alone, from COMMAND.
 */
import type { Reply } from '../core/resp.js';
import type { Connection } from './connection.js';

export interface ArgumentDoc {
  /** What stands for the value in a hint. */
  name: string;
  /** `oneof` and `block` have children; `pure-token` is its token alone; anything else is one value. */
  type: string;
  token?: string;
  optional: boolean;
  multiple: boolean;
  /** With `multiple`: each repetition writes the token again. */
  multipleToken: boolean;
  children: ArgumentDoc[];
}

export interface CommandDoc {
  /** Upper case; a subcommand's name holds its container's: `CONFIG GET`. */
  name: string;
  summary: string;
  since: string;
  group: string;
  args: ArgumentDoc[];
  /** By lower-case name of the second word. */
  subcommands: Map<string, CommandDoc>;
}

/** By lower-case name. */
export type CommandDocs = Map<string, CommandDoc>;

/** Ask the server. An empty map where it knows neither COMMAND DOCS nor COMMAND. */
export async function fetchDocs(connection: Connection): Promise<CommandDocs> {
  const docs = await connection.call('COMMAND', 'DOCS');
  if (docs.kind !== 'error' && 'items' in docs) return parseDocs(docs);
  const names = await connection.call('COMMAND');
  const result: CommandDocs = new Map();
  if (!('items' in names)) return result;
  for (const entry of names.items) {
    const name = 'items' in entry ? text(entry.items[0]) : '';
    if (name) result.set(name.toLowerCase(), emptyDoc(name));
  }
  return result;
}

/** The tree in a COMMAND DOCS reply. What is not understood is left out. */
export function parseDocs(reply: Reply): CommandDocs {
  const docs: CommandDocs = new Map();
  for (const [name, value] of pairs(reply)) docs.set(name.toLowerCase(), parseDoc(name, value));
  return docs;
}

function emptyDoc(name: string): CommandDoc {
  return {
    name: name.toUpperCase().replace('|', ' '),
    summary: '',
    since: '',
    group: '',
    args: [],
    subcommands: new Map(),
  };
}

function parseDoc(name: string, reply: Reply): CommandDoc {
  const doc = emptyDoc(name);
  for (const [field, value] of pairs(reply)) {
    if (field === 'summary') doc.summary = text(value);
    else if (field === 'since') doc.since = text(value);
    else if (field === 'group') doc.group = text(value);
    else if (field === 'arguments') doc.args = list(value).map(parseArgument);
    else if (field === 'subcommands') {
      for (const [sub, body] of pairs(value)) {
        doc.subcommands.set(sub.slice(sub.indexOf('|') + 1).toLowerCase(), parseDoc(sub, body));
      }
    }
  }
  return doc;
}

function parseArgument(reply: Reply): ArgumentDoc {
  const argument: ArgumentDoc = {
    name: '',
    type: 'string',
    optional: false,
    multiple: false,
    multipleToken: false,
    children: [],
  };
  for (const [field, value] of pairs(reply)) {
    if (field === 'name' && argument.name === '') argument.name = text(value);
    else if (field === 'display_text') argument.name = text(value);
    else if (field === 'type') argument.type = text(value);
    else if (field === 'token') argument.token = text(value);
    else if (field === 'arguments') argument.children = list(value).map(parseArgument);
    else if (field === 'flags') {
      const flags = list(value).map(text);
      argument.optional = flags.includes('optional');
      argument.multiple = flags.includes('multiple');
      argument.multipleToken = flags.includes('multiple_token');
    }
  }
  return argument;
}

function list(reply: Reply): Reply[] {
  return 'items' in reply ? reply.items : [];
}

function pairs(reply: Reply): [string, Reply][] {
  const items = list(reply);
  const result: [string, Reply][] = [];
  for (let i = 0; i + 1 < items.length; i += 2) result.push([text(items[i]), items[i + 1] as Reply]);
  return result;
}

function text(reply: Reply | undefined): string {
  return reply && 'text' in reply ? reply.text.toString() : '';
}

/** An argument as help and hints write it: `key [key ...]`, `[EX seconds|PX milliseconds]`. */
export function argumentText(argument: ArgumentDoc): string {
  const body = argumentBody(argument);
  return argument.optional ? `[${body}]` : body;
}

/** As `argumentText`, without the brackets of an optional argument. */
export function argumentBody(argument: ArgumentDoc): string {
  const token = argument.token === '' ? '""' : argument.token;
  if (argument.type === 'pure-token') return token ?? argument.name;
  let value: string;
  if (argument.type === 'oneof') value = argument.children.map(argumentText).join('|');
  else if (argument.type === 'block') value = argument.children.map(argumentText).join(' ');
  else value = argument.name;
  const once = token === undefined ? value : `${token} ${value}`;
  if (!argument.multiple) return once;
  return argument.multipleToken ? `${once} [${once} ...]` : `${once} [${value} ...]`;
}

export function argumentsText(args: readonly ArgumentDoc[]): string {
  return args.map(argumentText).join(' ');
}
