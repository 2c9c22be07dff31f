/**
 * What may follow the words typed so far, from a command's argument tree.
 *
 * The words are matched against the arguments from left to right. Neighbouring optional arguments may come in any order;
 * an argument that repeats takes words until one is a token of a later argument. What is left over is the hint, and the
 * tokens that could come next are the completions. Words that fit nowhere end both: a wrong hint is worse than none.
 */
import { argumentBody, argumentText, type ArgumentDoc, type CommandDoc, type CommandDocs } from './docs.js';

export interface Rest {
  /** The text after the cursor: what is still to be typed. Undefined where a word fits nowhere. */
  hint: string | undefined;
  /** Tokens that may be the next word, upper case as the server gives them. */
  tokens: string[];
}

/** The command that the first words name, and how many words that took. */
export function findCommand(
  docs: CommandDocs,
  words: readonly string[],
): { doc: CommandDoc; used: number } | undefined {
  const doc = docs.get((words[0] ?? '').toLowerCase());
  if (!doc) return undefined;
  const sub = words.length > 1 ? doc.subcommands.get((words[1] as string).toLowerCase()) : undefined;
  return sub ? { doc: sub, used: 2 } : { doc, used: 1 };
}

/** The grey text to the right of `words`, without a leading blank; empty where there is nothing to say. */
export function hintFor(docs: CommandDocs, words: readonly string[]): string {
  const found = findCommand(docs, words);
  if (!found) return '';
  const { doc, used } = found;
  if (doc.subcommands.size > 0) return words.length === 1 ? `subcommand [argument [argument ...]]` : '';
  return restOf(doc.args, words.slice(used)).hint ?? '';
}

/** What remains of `args` once `words` are taken. */
export function restOf(args: readonly ArgumentDoc[], words: readonly string[]): Rest {
  const matcher = new Matcher(words);
  const step = matcher.sequence(args, []);
  if (step.at < words.length) return { hint: undefined, tokens: [] };
  return { hint: step.rest.join(' '), tokens: [...new Set(step.tokens)] };
}

interface Step {
  /** Words taken, counted from the first. */
  at: number;
  rest: string[];
  tokens: string[];
  /** Nothing that must come is missing. */
  whole: boolean;
}

class Matcher {
  readonly #words: readonly string[];

  constructor(words: readonly string[]) {
    this.#words = words;
  }

  /** Match `args` in order, starting at word `from`; `later` are the tokens that end a repetition. */
  sequence(args: readonly ArgumentDoc[], later: readonly string[], from = 0): Step {
    let at = from;
    let rest: string[] = [];
    let tokens: string[] = [];
    for (let i = 0; i < args.length;) {
      const end = optionalRun(args, i);
      const after = [...args.slice(end).flatMap(openingTokens), ...later];
      const step =
        end > i
          ? this.#anyOrder(args.slice(i, end), after, at)
          : this.#argument(args[i] as ArgumentDoc, [...args.slice(i + 1).flatMap(openingTokens), ...later], at);
      if (step.at > at) [rest, tokens] = [[], []];
      rest.push(...step.rest);
      tokens.push(...step.tokens);
      at = step.at;
      i = Math.max(end, i + 1);
      if (!step.whole) {
        rest.push(...args.slice(i).map(argumentText));
        return { at, rest, tokens, whole: false };
      }
    }
    return { at, rest, tokens, whole: true };
  }

  /** Optional neighbours: take whichever fits the next word, tokens before plain values, until none does. */
  #anyOrder(run: readonly ArgumentDoc[], later: readonly string[], from: number): Step {
    let at = from;
    const pending = [...run];
    const trailing: Step = { at, rest: [], tokens: [], whole: true };
    while (at < this.#words.length && pending.length > 0) {
      const word = this.#words[at] as string;
      let index = pending.findIndex((argument) => opens(argument, word));
      if (index < 0 && !later.some((token) => same(token, word))) {
        index = pending.findIndex((argument) => openingTokens(argument).length === 0);
      }
      if (index < 0) break;
      const [argument] = pending.splice(index, 1) as [ArgumentDoc];
      const others = [...pending.flatMap(openingTokens), ...later];
      const step = this.#argument({ ...argument, optional: false }, others, at);
      if (step.at === at) break;
      at = step.at;
      trailing.rest = step.rest;
      trailing.tokens = step.tokens;
      if (!step.whole) {
        return { at, rest: [...step.rest, ...pending.map(argumentText)], tokens: step.tokens, whole: false };
      }
    }
    return {
      at,
      rest: [...trailing.rest, ...pending.map(argumentText)],
      tokens: [...trailing.tokens, ...pending.flatMap(openingTokens)],
      whole: true,
    };
  }

  /** One argument that must come, with its repetitions. */
  #argument(argument: ArgumentDoc, later: readonly string[], from: number): Step {
    let step = this.#once(argument, later, from, argument.token !== undefined && argument.type !== 'pure-token');
    if (!argument.multiple || step.at === from) return step;
    const withToken = argument.multipleToken && argument.token !== undefined;
    while (
      step.whole &&
      step.at < this.#words.length &&
      !later.some((token) => same(token, this.#words[step.at] as string))
    ) {
      const next = this.#once(argument, later, step.at, withToken);
      if (next.at === step.at) break;
      step = next;
    }
    const once = { ...(withToken ? argument : withoutToken(argument)), multiple: false };
    return { ...step, rest: [...step.rest, `[${argumentBody(once)} ...]`] };
  }

  #once(argument: ArgumentDoc, later: readonly string[], from: number, withToken: boolean): Step {
    const word = this.#words[from];
    const missing = (tokens: string[]): Step => ({ at: from, rest: [argumentText(argument)], tokens, whole: false });
    if (argument.type === 'pure-token') {
      if (word === undefined || !same(word, argument.token ?? argument.name)) return missing(openingTokens(argument));
      return { at: from + 1, rest: [], tokens: [], whole: true };
    }
    if (!withToken) return this.#value(argument, later, from, missing);
    if (word === undefined || !same(word, argument.token ?? '')) return missing(openingTokens(argument));
    if (from + 1 >= this.#words.length) {
      return {
        at: from + 1,
        rest: [argumentBody(withoutToken(argument))],
        tokens: innerTokens(argument),
        whole: false,
      };
    }
    return this.#value(argument, later, from + 1, missing);
  }

  #value(argument: ArgumentDoc, later: readonly string[], from: number, missing: (tokens: string[]) => Step): Step {
    const word = this.#words[from];
    if (word === undefined) return missing(innerTokens(argument));
    if (argument.type === 'block') return this.sequence(argument.children, later, from);
    if (argument.type !== 'oneof') return { at: from + 1, rest: [], tokens: [], whole: true };
    const chosen =
      argument.children.find((child) => opens(child, word)) ??
      argument.children.find((child) => openingTokens(child).length === 0);
    return chosen ? this.#argument(chosen, later, from) : missing(innerTokens(argument));
  }
}

/** End of the run of optional arguments that starts at `from`. */
function optionalRun(args: readonly ArgumentDoc[], from: number): number {
  let end = from;
  while (end < args.length && (args[end] as ArgumentDoc).optional) end++;
  return end;
}

function withoutToken(argument: ArgumentDoc): ArgumentDoc {
  const { token: _, ...rest } = argument;
  return { ...rest, multiple: argument.multiple && !argument.multipleToken };
}

/** The tokens that can be an argument's first word; none where any value can. */
function openingTokens(argument: ArgumentDoc): string[] {
  if (argument.token !== undefined) return argument.token === '' ? [] : [argument.token];
  return innerTokens(argument);
}

function innerTokens(argument: ArgumentDoc): string[] {
  if (argument.type === 'oneof') return argument.children.flatMap(openingTokens);
  if (argument.type !== 'block') return [];
  const tokens: string[] = [];
  for (const child of argument.children) {
    tokens.push(...openingTokens(child));
    if (!child.optional) break;
  }
  return tokens;
}

function opens(argument: ArgumentDoc, word: string): boolean {
  return openingTokens(argument).some((token) => same(token, word));
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
