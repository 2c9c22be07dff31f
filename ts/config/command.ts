/**
 * CONFIG GET, SET, REWRITE, RESETSTAT and HELP as functions from arguments to a reply.
 */

import { type Reply, reply } from '../core/reply.js';
import { type Config, ConfigSetError, type Requester } from './config.js';
import { isGlob, matchesGlob } from './glob.js';
import { directives, findDirective } from './schema.js';
import { systemErrorText } from './system-error.js';
import { decodeText, fromBytes, toBytes } from './words.js';

const HELP = [
  'CONFIG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:',
  'GET <pattern>',
  '    Return parameters matching the glob-like <pattern> and their values.',
  'SET <directive> <value>',
  '    Set the configuration <directive> to <value>.',
  'RESETSTAT',
  '    Reset statistics reported by the INFO command.',
  'REWRITE',
  '    Rewrite the configuration file.',
  'HELP',
  '    Prints this help.',
];

const SUBCOMMAND_SHOWN_MAX = 128;

/** Least and greatest number of arguments behind the subcommand. */
const ARITY: Readonly<Record<string, readonly [number, number]>> = {
  get: [1, Infinity],
  set: [2, Infinity],
  rewrite: [0, 0],
  resetstat: [0, 0],
  help: [0, 0],
};

/** Answers `CONFIG ...`; `args` are all words of the command, `CONFIG` itself included. */
export function handleConfigCommand(config: Config, args: readonly Buffer[], requester: Requester): Reply {
  const words = args.slice(2).map(fromBytes);
  if (args.length < 2) return reply.error("ERR wrong number of arguments for 'config' command");
  const given = fromBytes(args[1] as Buffer);
  const subcommand = given.toLowerCase();
  const arity = Object.hasOwn(ARITY, subcommand) ? ARITY[subcommand] : undefined;
  if (!arity) {
    const shown = decodeText(given.slice(0, SUBCOMMAND_SHOWN_MAX));
    return reply.error(`ERR unknown subcommand '${shown}'. Try CONFIG HELP.`);
  }
  if (words.length < arity[0] || words.length > arity[1]) {
    return reply.error(`ERR wrong number of arguments for 'config|${subcommand}' command`);
  }
  switch (subcommand) {
    case 'get':
      return configGet(config, words);
    case 'set':
      return configSet(config, words, requester);
    case 'rewrite':
      return configRewrite(config);
    case 'resetstat':
      config.options.resetStatistics?.();
      return reply.ok;
    default:
      return reply.array(HELP.map(reply.simple));
  }
}

/** Whether the value at `index` of a CONFIG SET command is one that slow log and MONITOR have to hide. */
export function isSensitiveArgument(args: readonly Buffer[], index: number): boolean {
  const name = args[index - 1];
  const isValue = args[1]?.toString('latin1').toLowerCase() === 'set' && index >= 3 && index % 2 === 1;
  return isValue && name !== undefined && findDirective(fromBytes(name))?.sensitive === true;
}

function configGet(config: Config, patterns: readonly string[]): Reply {
  // Keyed by the lower-case name: a directive is shown once, spelled as it was first asked for.
  const found = new Map<string, readonly [Reply, Reply]>();
  const show = (name: string, shown: string) => {
    const row = findDirective(name);
    if (!row || found.has(name)) return;
    found.set(name, [reply.bulk(toBytes(shown)), reply.bulk(config.bytes(row.name))]);
  };
  for (const pattern of patterns) {
    if (!isGlob(pattern)) {
      show(pattern.toLowerCase(), pattern);
      continue;
    }
    for (const row of directives) {
      if (row.hidden) continue;
      for (const name of [row.name, ...row.aliases]) if (matchesGlob(pattern, name)) show(name, name);
    }
  }
  return reply.map([...found.values()]);
}

function configSet(config: Config, words: readonly string[], requester: Requester): Reply {
  if (words.length % 2 !== 0) return reply.error('ERR syntax error');
  const pairs: [string, string][] = [];
  for (let at = 0; at < words.length; at += 2) pairs.push([words[at] as string, words[at + 1] as string]);
  try {
    config.set(pairs, requester);
    return reply.ok;
  } catch (error) {
    if (error instanceof ConfigSetError) return reply.error(`${error.code} ${decodeText(error.message)}`);
    throw error;
  }
}

function configRewrite(config: Config): Reply {
  if (config.file === undefined) return reply.error('ERR The server is running without a config file');
  try {
    config.rewrite();
  } catch (error) {
    const text = systemErrorText(error);
    config.options.warn?.(`CONFIG REWRITE failed: ${text}`);
    return reply.error(`ERR Rewriting config file: ${text}`);
  }
  config.options.warn?.('CONFIG REWRITE executed with success.');
  return reply.ok;
}

/** Answers DEBUG CONFIG-REWRITE-FORCE-ALL. */
export function rewriteAll(config: Config): Reply {
  try {
    config.rewrite(true);
    return reply.ok;
  } catch (error) {
    return reply.error(`ERR CONFIG-REWRITE-FORCE-ALL failed: ${systemErrorText(error)}`);
  }
}
