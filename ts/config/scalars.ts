/**
 * The kinds with one plain value: yes/no, choices, numbers, memory, text and file names.
 */

import { type Kind, InvalidValue, oneLine, onlyWord } from './kind.js';
import { formatMemory, parseInteger, parseMemory, parseOctal } from './units.js';
import { decodeText, quoteWord } from './words.js';

/** `yes` or `no`; `refuseYes` is the reason for which `yes` cannot be had. */
export function yesNo(): Kind<boolean, boolean> {
  return {
    label: 'yes or no',
    multiple: false,
    parse(words) {
      const word = onlyWord(words).toLowerCase();
      if (word !== 'yes' && word !== 'no') throw new InvalidValue("argument must be 'yes' or 'no'");
      return word === 'yes';
    },
    format: (value) => (value ? 'yes' : 'no'),
    rewrite: (name, value, fallback) => oneLine(name, value ? 'yes' : 'no', value !== fallback),
    expose: (value) => value,
  };
}

/** One of `names`; `synonyms` says which of them are but other spellings, and of what. */
export function choice<const C extends string>(
  names: readonly C[],
  synonyms: Readonly<Record<string, C>> = {},
): Kind<C, C> {
  const spellings = new Map<string, C>(names.map((name) => [name, synonyms[name] ?? name]));
  return {
    label: names.join(', '),
    multiple: false,
    parse(words) {
      const found = spellings.get(onlyWord(words).toLowerCase());
      if (found === undefined) throw new InvalidValue(mustBeOneOf([...spellings.keys()]));
      return found;
    },
    format: (value) => value,
    rewrite: (name, value, fallback) => oneLine(name, value, value !== fallback),
    expose: (value) => value,
  };
}

/** Redis's words for a name that an enumeration lacks. */
export function mustBeOneOf(names: readonly string[]): string {
  return 'argument(s) must be one of the following: ' + names.join(', ');
}

interface Range {
  readonly min: bigint;
  readonly max: bigint;
}

function checkRange(value: bigint, { min, max }: Range, radix: number): bigint {
  if (value < min || value > max) {
    const text = `argument must be between ${min.toString(radix)} and ${max.toString(radix)} inclusive`;
    throw new InvalidValue(text);
  }
  return value;
}

/** A whole number from `min` to `max`; `settle` moves an accepted value to the one that is used. */
export function integer(min: bigint, max: bigint, settle = (value: bigint) => value): Kind<bigint, number> {
  return {
    label: `integer, ${min} to ${max}`,
    multiple: false,
    parse(words) {
      const value = parseInteger(onlyWord(words));
      if (value === null) throw new InvalidValue("argument couldn't be parsed into an integer");
      return settle(checkRange(value, { min, max }, 10));
    },
    format: String,
    rewrite: (name, value, fallback) => oneLine(name, String(value), value !== fallback),
    expose: Number,
  };
}

/** A file mode in octal digits. */
export function octal(min: bigint, max: bigint): Kind<bigint, number> {
  return {
    label: `octal number, ${min.toString(8)} to ${max.toString(8)}`,
    multiple: false,
    parse(words) {
      const value = parseOctal(onlyWord(words));
      if (value === null) throw new InvalidValue("argument couldn't be parsed as an octal number");
      return checkRange(value, { min, max }, 8);
    },
    format: (value) => value.toString(8),
    rewrite: (name, value, fallback) => oneLine(name, value.toString(8), value !== fallback),
    expose: Number,
  };
}

/** An amount of memory in bytes; `settle` as for integers. */
export function memory(min: bigint, max: bigint, settle = (value: bigint) => value): Kind<bigint, number> {
  return {
    label: `memory, ${min} to ${max} bytes`,
    multiple: false,
    parse(words) {
      const value = parseMemory(onlyWord(words));
      if (value === null) throw new InvalidValue('argument must be a memory value');
      return settle(checkRange(value, { min, max }, 10));
    },
    format: String,
    rewrite: (name, value, fallback) => oneLine(name, formatMemory(value), value !== fallback),
    expose: Number,
  };
}

/** What a limit may be: bytes, or a share of `maxmemory`. */
export type MemoryOrPercent = { readonly bytes: number } | { readonly percent: number };

/** Bytes, or `N%` of maxmemory, stored as `-N`; zero in either spelling is 0. */
export function memoryOrPercent(): Kind<bigint, MemoryOrPercent> {
  const format = (value: bigint) => (value < 0n ? `${-value}%` : String(value));
  return {
    label: 'memory, or a percentage of maxmemory',
    multiple: false,
    parse(words) {
      const word = onlyWord(words);
      const percent = word.endsWith('%') ? parseInteger(word.slice(0, -1)) : null;
      if (percent !== null && percent >= 0n) {
        if (percent > 100n) throw new InvalidValue('percentage argument must be less or equal to 100');
        return -percent;
      }
      const value = parseMemory(word);
      if (value === null) throw new InvalidValue('argument must be a memory or percent value');
      // Redis keeps it in a signed integer, so that an absurd amount wraps to a negative one, that is, to a percentage.
      const signed = BigInt.asIntN(64, value);
      if (signed < -100n) throw new InvalidValue('percentage argument must be less or equal to 100');
      return signed;
    },
    format,
    rewrite: (name, value, fallback) =>
      oneLine(name, value < 0n ? format(value) : formatMemory(value), value !== fallback),
    expose: (value) => (value < 0n ? { percent: Number(-value) } : { bytes: Number(value) }),
  };
}

/** Refuses a text by returning the reason. */
export type TextCheck = (text: string) => string | undefined;

/** Any text; the empty one is a value like others. */
export function text(check?: TextCheck, label = 'text'): Kind<string, string> {
  return {
    label,
    multiple: false,
    parse(words) {
      const word = onlyWord(words);
      const refusal = check?.(word);
      if (refusal !== undefined) throw new InvalidValue(refusal);
      return word;
    },
    format: (value) => value,
    rewrite: (name, value, fallback) => oneLine(name, quoteWord(value), value !== fallback),
    expose: decodeText,
  };
}

/** Any text, where the empty one means that nothing is set and leaves no line in the file. */
export function optionalText(check?: TextCheck): Kind<string, string | undefined> {
  return {
    ...text(check),
    rewrite: (name, value) => (value === '' ? [] : oneLine(name, quoteWord(value), true)),
    expose: (value) => (value === '' ? undefined : decodeText(value)),
  };
}

/** The name of a file without a path; `name` and `noun` are how the refusal names it. */
export function baseName(name: string, noun: string, mayBeEmpty: boolean): Kind<string, string> {
  return text((word) => {
    if (word === '' && !mayBeEmpty) return `${name} can't be empty`;
    return /[/\\]/.test(word) ? `${name} can't be a path, just a ${noun}` : undefined;
  }, 'file name');
}
