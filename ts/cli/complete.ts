/**
 * Tab completion: commands, their subcommands, the tokens that may come next, and topics after `help`.
 *
 * Works on whole words as typed; a word that opens a quote is left alone. Completions follow the case of what has been
 * typed so far (lower case after `se`, upper case after `SE`), and tokens are upper case where nothing is typed yet.
 */
import type { CommandDocs } from './docs.js';
import { findCommand, restOf } from './hints.js';

/** Commands that the client itself answers. */
const CLIENT_COMMANDS = ['help', 'clear', 'connect', 'exit', 'quit', ':set'];

/** The words that may stand in place of the last word of `line`, and that last word. */
export function complete(docs: CommandDocs, line: string): [candidates: string[], word: string] {
  const words = line.trimStart().split(/\s+/);
  const word = words.pop() as string;
  if (/["']/.test(line)) return [[], word];
  let candidates: string[];
  if (words.length === 0) {
    candidates = [...docs.keys(), ...CLIENT_COMMANDS];
  } else if (words[0]?.toLowerCase() === 'help') {
    candidates = helpTopics(docs, words.slice(1));
  } else if (words[0] === ':set') {
    candidates = words.length === 1 ? ['hints', 'nohints'] : [];
  } else {
    candidates = following(docs, words);
  }
  const wanted = word.toLowerCase();
  const matching = [...new Set(candidates.filter((name) => name.toLowerCase().startsWith(wanted)))].sort();
  return [matching.map((name) => inCaseOf(name, word)), word];
}

function following(docs: CommandDocs, words: string[]): string[] {
  const found = findCommand(docs, words);
  if (!found) return [];
  if (found.doc.subcommands.size > 0) return words.length === 1 ? [...found.doc.subcommands.keys()] : [];
  return restOf(found.doc.args, words.slice(found.used)).tokens.filter((token) => /^[\w-]/.test(token));
}

function helpTopics(docs: CommandDocs, words: string[]): string[] {
  const parent = docs.get(words[0]?.toLowerCase() ?? '');
  if (parent) return words.length === 1 ? [...parent.subcommands.keys()] : [];
  const groups = new Set([...docs.values()].map((doc) => doc.group).filter((group) => group !== ''));
  return [...docs.keys(), ...[...groups].map((group) => `@${group}`)];
}

function inCaseOf(name: string, typed: string): string {
  if (/[A-Z]/.test(typed)) return typed + name.slice(typed.length).toUpperCase();
  return typed === '' ? name : typed + name.slice(typed.length).toLowerCase();
}
