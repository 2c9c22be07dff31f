#!/usr/bin/env node
/**
 * Writes ts/core/generated/commands.ts from the command table: a typed method for every row.
 *
 *     node tools/commands.mjs            writes it
 *     node tools/commands.mjs --check    fails if it is out of date
 *
 * How a row becomes a method:
 *
 * - Required arguments are parameters in the row's order, optional ones properties of an options object behind them; a
 *   single optional argument without a token, at the end, is an optional parameter.
 * - A token names its property (`EX seconds` is `{ ex }`); a token alone is a boolean; alternatives exclude each other.
 * - Several values are a rest parameter where nothing follows, else an array; pairs are tuples; a count of what follows is
 *   taken from its length.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import prettier from 'prettier';
import { root } from './build.mjs';

const TARGET = 'ts/core/generated/commands.ts';
/** Names that the engine's own methods have. */
const RENAMED = { command: 'commandAll' };
const SCALARS = { key: 'Key', integer: 'Numeric', double: 'Numeric', 'unix-time': 'Numeric' };
const COUNTS = new Set(['numkeys', 'numfields', 'num-ids', 'numids', 'count-of-fields']);

const camel = (text) => text.toLowerCase().replace(/[^a-z0-9]+([a-z0-9])/g, (_, letter) => letter.toUpperCase());
const pascal = (text) => camel(text).replace(/^./, (letter) => letter.toUpperCase());
const isWord = (text) => /^[A-Za-z][A-Za-z0-9_-]*$/.test(text ?? '');
const property = (arg) => camel(isWord(arg.token) ? arg.token : arg.name);
const isPlain = (arg) => !['pure-token', 'oneof', 'block'].includes(arg.type);
/** Positions whose number is told before them. */
const isCount = (arg, next) => COUNTS.has(arg.name) && next?.multiple === true && !arg.optional;

/** The inner arguments of a block that its value is made of. */
const parts = (block) => block.args.filter((arg, at) => !isCount(arg, block.args[at + 1]));
const isCollapsed = (block) => {
  const [only, ...others] = parts(block);
  return others.length === 0 && !only.optional && (isPlain(only) || only.type === 'block') && block.args.length > 1;
};
const isTuple = (block) => block.args.every((arg) => isPlain(arg) && !arg.optional && !arg.multiple && !arg.token);

/** The type of one value of an argument, without its multiplicity. */
function itemType(arg) {
  switch (arg.type) {
    case 'pure-token':
      return 'boolean';
    case 'oneof':
      return choiceType(arg);
    case 'block':
      if (isCollapsed(arg)) return valueType(parts(arg)[0]);
      if (isTuple(arg))
        return `readonly [${arg.args.map((each) => `${camel(each.name)}: ${itemType(each)}`).join(', ')}]`;
      return fieldsType(arg.args);
    default:
      return SCALARS[arg.type] ?? 'Argument';
  }
}

function valueType(arg) {
  return arg.multiple ? `readonly (${itemType(arg)})[]` : itemType(arg);
}

/** A choice as a value of its own: tokens as their names, plain values as they are, everything else as objects. */
function choiceType(arg) {
  const types = arg.args.map((each) => {
    if (each.type === 'pure-token') return literals(each.token);
    if (each.token !== undefined) return `{ readonly ${property(each)}: ${valueType(each)} }`;
    return valueType(each);
  });
  return [...new Set(types)].join(' | ');
}

const literals = (token) => (/[a-z]/i.test(token) ? `'${token}' | '${token.toLowerCase()}'` : `'${token}'`);

/** Whether a choice can be laid into the object around it: each alternative has a name of its own. */
const isFlat = (arg) => arg.type === 'oneof' && arg.args.every((each) => isWord(each.token) && !each.multiple);

/** An object with a property for each argument. */
function fieldsType(args) {
  const own = [];
  const choices = [];
  args.forEach((arg, at) => {
    if (isCount(arg, args[at + 1])) return;
    if (isFlat(arg)) {
      const alternatives = arg.args.map((each) => `{ readonly ${property(each)}: ${valueType(each)} }`);
      const choice = alternatives.length > 1 ? `OneOf<${alternatives.join(' | ')}>` : alternatives[0];
      choices.push(arg.optional ? `Partial<${choice}>` : choice);
    } else {
      own.push(`readonly ${property(arg)}${arg.optional ? '?' : ''}: ${valueType(arg)}`);
    }
  });
  const types = [...(own.length > 0 || choices.length === 0 ? [`{ ${own.join('; ')} }`] : []), ...choices];
  return types.join(' & ');
}

/** The compact form of an argument, as ts/core/arguments.ts reads it. */
function node(arg, place, next) {
  if (isCount(arg, next)) return { k: 'count' };
  const kind = arg.type === 'pure-token' ? 'flag' : isPlain(arg) ? 'value' : arg.type;
  const result = { k: kind, ...place };
  if (arg.token !== undefined) result.t = arg.token;
  if (arg.multiple) result.m = arg.multipleToken ? 2 : 1;
  if (arg.args) {
    result.a = arg.args.map((each, at) => {
      const inside = { p: property(each) };
      if (arg.type === 'oneof' && !isWord(each.token)) delete inside.p;
      if (arg.type === 'block' && isFlat(each)) delete inside.p;
      return node(each, inside, arg.args[at + 1]);
    });
    if (arg.type === 'block' && isCollapsed(arg)) result.c = 1;
  }
  return result;
}

/** A reply in the words of the row as a type. */
function replyType(reply, strings) {
  let at = 0;
  const union = () => {
    const types = [one()];
    while (reply.slice(at).startsWith(' | ')) {
      at += 3;
      types.push(one());
    }
    const known = [...new Set(types)];
    // A literal beside its own type says nothing; keep what is wider.
    const wide = known.filter((type) => !(known.includes('number') && /^-?\d+$/.test(type)));
    return wide.filter((type) => !(known.includes('string') && type.startsWith("'"))).join(' | ');
  };
  const list = () => {
    const types = [union()];
    while (reply.slice(at).startsWith(', ')) {
      at += 2;
      types.push(union());
    }
    at += 1;
    return types;
  };
  const one = () => {
    const [text] = /^('[^']*'|-?\d+|\w+)/.exec(reply.slice(at));
    at += text.length;
    if (reply[at] === '<') {
      at += 1;
      const inner = list();
      if (text === 'array' || text === 'set') return `(${inner[0]})[]`;
      if (text === 'map') return `Map<${inner[0]}, ${inner[1]}>`;
      return `[${inner.join(', ')}]`;
    }
    const scalars = { ok: "'OK'", integer: 'number', double: 'number', string: strings, null: 'null', any: 'unknown' };
    return scalars[text] ?? (text === 'boolean' ? 'boolean' : text);
  };
  return union();
}

/** Parameters, compact form and call of one row. */
function signature(row) {
  const nodes = [];
  const parameters = [];
  const optional = row.args.filter((arg) => arg.optional);
  const last = row.args.at(-1);
  const trailing = optional.length === 1 && last === optional[0] && isPlain(last) && !last.token && !last.multiple;
  const used = new Set(['options']);
  const parameterName = (arg) => {
    let name = camel(arg.name).replace(/^(\d)/, '_$1');
    if (/^(function|default|delete|new|in|with|class|arguments|eval)$/.test(name)) name += 'Value';
    while (used.has(name)) name += '2';
    used.add(name);
    return name;
  };
  row.args.forEach((arg, at) => {
    const next = row.args[at + 1];
    if (arg.optional && !trailing) {
      nodes.push(node(arg, isFlat(arg) ? {} : { p: property(arg) }, next));
      return;
    }
    if (isCount(arg, next)) return void nodes.push(node(arg, {}, next));
    // A required token says nothing that a parameter could add.
    if (arg.type === 'pure-token') return void nodes.push({ k: 'flag', i: -1, t: arg.token });
    const rest = arg === last && arg.multiple && optional.length === 0;
    const name = parameterName(arg);
    const type = `${rest ? '...' : ''}${name}${arg.optional ? '?' : ''}: ${valueType(arg)}`;
    parameters.push({ name, rest, text: type, isSimple: isPlain(arg) && !arg.token && (!arg.multiple || rest) });
    nodes.push(node(arg, { i: parameters.length - 1 }, next));
  });
  const options = trailing ? [] : optional;
  const isSimple =
    options.length === 0 &&
    !trailing &&
    parameters.every((each) => each.isSimple) &&
    nodes.length === parameters.length;
  return { parameters, options, nodes, isSimple };
}

function method(row, id) {
  const { parameters, options, nodes, isSimple } = signature(row);
  const name = RENAMED[row.name] ?? camel(row.name);
  const types = parameters.map((each) => each.text);
  const [rest] = parameters.filter((each) => each.rest);
  const declarations = [];
  const optionsType = `${pascal(row.name)}Options`;
  if (options.length > 0) {
    declarations.push(`/** Options of ${title(row)}. */\nexport type ${optionsType} = ${fieldsType(options)};\n`);
    types.push(`options?: ${optionsType}`);
  }
  let words = parameters.map((each) => `, ${each.rest ? '...' : ''}${each.name}`).join('');
  if (!isSimple) {
    const constant = row.name.toUpperCase().replace(/[^A-Z0-9]+/g, '_') + '_NODES';
    const fixed = JSON.stringify(nodes).replaceAll('"i":-1', `"i":${parameters.length}`);
    declarations.push(`const ${constant}: readonly Node[] = ${fixed};\n`);
    const values = [
      ...parameters.map((each) => each.name),
      ...(fixed.includes(`"i":${parameters.length}`) ? ['true'] : []),
    ];
    words = `, ...encode(${constant}, [${values.join(', ')}]${options.length > 0 ? ', options' : ''})`;
  }
  const methods = [];
  const variants = /\b(string|any)\b/.test(row.reply) ? ['', 'Buffer'] : [''];
  for (const variant of variants) {
    const reply = replyType(row.reply, variant === '' ? 'string' : 'Buffer');
    const send = variant === '' ? 'send' : 'sendBuffer';
    methods.push(
      `${documentation(row, variant)}  ${name}${variant}(${types.join(', ')}): ${reply} {\n` +
        `    return this.${send}(this.ids[${id}] as number${words}) as ${reply};\n  }\n`,
    );
  }
  void rest;
  return { declarations, methods };
}

const title = (row) => row.name.toUpperCase().replace('|', ' ');

function documentation(row, variant) {
  const lines = [`${title(row)}: ${row.summary}${variant === '' ? '' : ' Strings are Buffers.'}`];
  if (row.complexity && variant === '') lines.push('', `Complexity: ${row.complexity}`);
  if (row.deprecated) lines.push('', `@deprecated since ${row.deprecated.since}: use ${row.deprecated.replacedBy}.`);
  const body = lines.map((line) => `   *${line === '' ? '' : ' '}${line.replaceAll('*/', '* /')}\n`).join('');
  return `  /**\n${body}   */\n`;
}

/** The module's text for all rows of a table. */
export function generate(table) {
  const rows = table.filter((row) => row.kind !== 'container' || row.arity === -1 || row.arity === 1);
  const made = rows.map((row, id) => method(row, id));
  const declarations = made.flatMap((each) => each.declarations);
  const methods = made.flatMap((each) => each.methods);
  const body = declarations.join('\n') + methods.join('\n');
  const imports = ['Argument', 'Key', 'Node', 'Numeric', 'OneOf'].filter((name) =>
    new RegExp(`\\b${name}\\b`).test(body),
  );
  const types = imports.filter((name) => name !== 'Argument').map((name) => `, type ${name}`);
  return `/**
 * A typed method for every row of the command table. Written by \`node tools/commands.mjs\`; changes belong into the rows.
 */

import { type Argument, encode${types.join('')} } from '../arguments.js';

/** The rows by the names that the table knows, in the order of \`Commands.ids\`. */
export const COMMAND_NAMES: readonly string[] = ${JSON.stringify(rows.map((row) => row.name))};

${declarations.join('\n')}
/** Every command as a method; where it goes is the affair of the class that extends this one. */
export abstract class Commands {
  /** What \`send\` calls a command, in the order of \`COMMAND_NAMES\`. */
  protected abstract readonly ids: ArrayLike<number>;
  /** Runs a command; strings in the reply are strings. */
  protected abstract readonly send: (id: number, ...args: Argument[]) => unknown;
  /** Runs a command; strings in the reply are Buffers. */
  protected abstract readonly sendBuffer: (id: number, ...args: Argument[]) => unknown;

${methods.join('\n')}}
`;
}

async function main() {
  const { NativeEngine } = await import(join(root, 'bindings', 'node', 'index.js'));
  const engine = new NativeEngine({ databases: 1, stripes: 1, ticks: false, systemMemory: 0 });
  const target = join(root, TARGET);
  const style = { ...(await prettier.resolveConfig(target)), parser: 'typescript' };
  const text = await prettier.format(generate(JSON.parse(engine.commandTable())), style);
  if (!process.argv.includes('--check')) return writeFileSync(target, text);
  if (readFileSync(target, 'utf8') === text) return;
  console.error(`${TARGET} is out of date: run node tools/commands.mjs`);
  process.exitCode = 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
