/**
 * The kinds with structure: save points, bind addresses, output buffer limits, event classes and their like.
 */

import { realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Kind, type RewriteLine, InvalidValue, oneLine, onlyWord } from './kind.js';
import { mustBeOneOf } from './scalars.js';
import { formatMemory, INT32_MAX, parseMemory } from './units.js';
import { decodeText, encodeText, quoteWord } from './words.js';
import { systemErrorText } from './system-error.js';

/** A save point: a snapshot after `seconds` if at least `changes` writes happened. */
export interface SavePoint {
  readonly seconds: number;
  readonly changes: number;
}

/** An integer as C's strtoll reads it from the front of a word: leading spaces and a sign are fine; else null. */
function looseInteger(word: string): bigint | null {
  const trimmed = word.replace(/^[ \t\n\v\f\r]+/, '');
  if (trimmed === '') return 0n;
  return /^[+-]?[0-9]+$/.test(trimmed) ? BigInt(trimmed.replace(/^\+/, '')) : null;
}

/** `seconds changes` pairs; an empty value is none. Further lines of a file add to the list. */
export const savePoints: Kind<readonly SavePoint[], readonly SavePoint[]> = {
  label: 'pairs of seconds and changes',
  multiple: true,
  parse(words, current, { append }) {
    const given = words.length === 1 && words[0] === '' ? [] : words;
    if (given.length % 2 !== 0) throw new InvalidValue('Invalid save parameters');
    const numbers = given.map((word, index) => {
      const value = looseInteger(word);
      if (value === null || value < (index % 2 === 0 ? 1n : 0n)) throw new InvalidValue('Invalid save parameters');
      return Number(value);
    });
    const points: SavePoint[] = append ? [...current] : [];
    for (let at = 0; at < numbers.length; at += 2) {
      points.push({ seconds: numbers[at] as number, changes: numbers[at + 1] as number });
    }
    return points;
  },
  format: (value) => value.map((point) => `${point.seconds} ${point.changes}`).join(' '),
  rewrite(name, value) {
    if (value.length === 0) return oneLine(name, '""', true);
    return value.flatMap((point) => oneLine(name, `${point.seconds} ${point.changes}`, true));
  },
  expose: (value) => value,
};

const BIND_ADDRESSES_MAX = 16;

/** Addresses to listen on; a leading `-` means that the address may be missing. The default leaves no line. */
export const bindAddresses: Kind<readonly string[], readonly string[]> = {
  label: 'up to 16 addresses',
  multiple: true,
  parse(words) {
    if (words.length > BIND_ADDRESSES_MAX) throw new InvalidValue('Too many bind addresses specified.');
    return words.length === 1 && words[0] === '' ? [] : [...words];
  },
  format: (value) => value.join(' '),
  rewrite(name, value, fallback) {
    if (value.join(' ') === fallback.join(' ')) return [];
    return oneLine(name, value.length > 0 ? value.join(' ') : '""', true);
  },
  expose: (value) => value.map(decodeText),
};

/** How much output a class of clients may leave unread. */
export interface OutputBufferLimit {
  readonly hardBytes: bigint;
  readonly softBytes: bigint;
  readonly softSeconds: number;
}

/** The classes of clients that have a limit; `slave` is what CONFIG GET calls replicas. */
export type OutputBufferClass = 'normal' | 'slave' | 'pubsub';
export type OutputBufferLimits = Readonly<Record<OutputBufferClass, OutputBufferLimit>>;

const OUTPUT_CLASSES = ['normal', 'slave', 'pubsub'] as const;
const OUTPUT_CLASS_NAMES: Readonly<Record<string, OutputBufferClass>> = {
  normal: 'normal',
  slave: 'slave',
  replica: 'slave',
  pubsub: 'pubsub',
};

function parseOutputLimit(words: readonly string[]): readonly [OutputBufferClass, OutputBufferLimit] {
  const name = OUTPUT_CLASS_NAMES[(words[0] as string).toLowerCase()];
  if (name === undefined) throw new InvalidValue('Invalid client class specified in buffer limit configuration.');
  const hardBytes = parseMemory(words[1] as string);
  const softBytes = parseMemory(words[2] as string);
  const seconds = looseInteger(words[3] as string);
  if (hardBytes === null || softBytes === null || seconds === null || seconds < 0n || seconds > INT32_MAX) {
    throw new InvalidValue('Error in hard, soft or soft_seconds setting in buffer limit configuration.');
  }
  return [name, { hardBytes, softBytes, softSeconds: Number(seconds) }];
}

/** `class hard soft seconds` groups; classes that are not named keep their limits. */
export const outputBufferLimits: Kind<OutputBufferLimits, OutputBufferLimits> = {
  label: 'groups of class, hard limit, soft limit, soft seconds',
  multiple: true,
  parse(words, current) {
    if (words.length % 4 !== 0) {
      throw new InvalidValue('Wrong number of arguments in buffer limit configuration.');
    }
    const limits = { ...current };
    for (let at = 0; at < words.length; at += 4) {
      const [name, limit] = parseOutputLimit(words.slice(at, at + 4));
      limits[name] = limit;
    }
    return limits;
  },
  format: (value) =>
    OUTPUT_CLASSES.map((name) => {
      const { hardBytes, softBytes, softSeconds } = value[name];
      return `${name} ${hardBytes} ${softBytes} ${softSeconds}`;
    }).join(' '),
  rewrite: (name, value, fallback) =>
    OUTPUT_CLASSES.map((of): RewriteLine => {
      const { hardBytes, softBytes, softSeconds } = value[of];
      const text = [of === 'slave' ? 'replica' : of, formatMemory(hardBytes), formatMemory(softBytes), softSeconds];
      const standard = fallback[of];
      const force =
        hardBytes !== standard.hardBytes || softBytes !== standard.softBytes || softSeconds !== standard.softSeconds;
      return { text: `${name} ${text.join(' ')}`, force };
    }),
  expose: (value) => value,
};

/** Three adjustments of the kernel's out-of-memory score: master, replica, background child. */
export const oomScores: Kind<readonly number[], readonly number[]> = {
  label: 'three integers, -2000 to 2000',
  multiple: true,
  parse(words) {
    if (words.length !== 3) throw new InvalidValue('wrong number of arguments');
    return words.map((word) => {
      const value = looseInteger(word);
      if (value === null || value < -2000n || value > 2000n) {
        throw new InvalidValue('Invalid oom-score-adj-values, elements must be between -2000 and 2000.');
      }
      return Number(value);
    });
  },
  format: (value) => value.join(' '),
  rewrite: (name, value, fallback) => oneLine(name, value.join(' '), value.join(' ') !== fallback.join(' ')),
  expose: (value) => value,
};

/** Percentiles to report, each from 0 to 100. */
export const percentiles: Kind<readonly number[], readonly number[]> = {
  label: 'numbers, 0 to 100',
  multiple: true,
  parse(words) {
    if (words.length === 1 && words[0] === '') return [];
    return words.map((word) => {
      const valid = /^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$/.test(word);
      if (!valid) throw new InvalidValue('Invalid latency-tracking-info-percentiles parameters');
      const value = Number(word);
      if (value < 0 || value > 100) {
        throw new InvalidValue('latency-tracking-info-percentiles parameters should sit between [0.0,100.0]');
      }
      return value;
    });
  },
  format: (value) => value.map(percentileText).join(' '),
  rewrite: (name, value) => oneLine(name, value.length > 0 ? value.map(percentileText).join(' ') : '""', true),
  expose: (value) => value,
};

/** Six decimals without trailing zeros. */
function percentileText(value: number): string {
  return value.toFixed(6).replace(/\.?0+$/, '');
}

const EVENT_CLASSES = 'g$lshzxetd';

/** Classes of keyspace notifications, stored in Redis's order with `A` for all of `g$lshzxetd`. */
export const eventClasses: Kind<string, string> = {
  label: 'event classes out of Aag$lshzxeKEtmdn',
  multiple: false,
  parse(words) {
    const word = onlyWord(words);
    if (!/^[Aag$lshzxeKEtmdn]*$/.test(word)) {
      throw new InvalidValue("Invalid event class character. Use 'Ag$lshzxeKEtmdn'.");
    }
    const given = new Set(word.replace('A', EVENT_CLASSES));
    const all = [...EVENT_CLASSES].every((char) => given.has(char));
    const pick = (order: string) => [...order].filter((char) => given.has(char)).join('');
    // `a` (arrays, of Redis 8.8) is one of all; whoever names the others of Redis 7 one by one gets it too, printed as Redis 7 does.
    // `n` (new key) stands with the data classes and is hidden behind `A`, as Redis 7 prints it.
    return (all ? 'A' : pick(EVENT_CLASSES + 'an')) + pick('KEm');
  },
  format: (value) => value,
  rewrite: (name, value, fallback) => oneLine(name, quoteWord(value), value !== fallback),
  expose: (value) => value,
};

/** Names out of `names` in any combination; the first one stands for none of them. */
export function choices(names: readonly string[], check?: (given: ReadonlySet<string>) => string | undefined) {
  const kind: Kind<readonly string[], readonly string[]> = {
    label: `one or several of ${names.join(', ')}`,
    multiple: true,
    parse(words) {
      const given = new Set(words.map((word) => word.toLowerCase()));
      if (given.size === 0 || [...given].some((word) => !names.includes(word))) {
        throw new InvalidValue(mustBeOneOf(names));
      }
      const refusal = check?.(given);
      if (refusal !== undefined) throw new InvalidValue(refusal);
      const set = names.slice(1).filter((name) => given.has(name));
      return set;
    },
    format: (value) => (value.length > 0 ? value.join(' ') : (names[0] as string)),
    rewrite: (name, value, fallback) => oneLine(name, kind.format(value), kind.format(value) !== kind.format(fallback)),
    expose: (value) => value,
  };
  return kind;
}

/** The server to replicate from. */
export interface ReplicationSource {
  readonly host: string;
  readonly port: number;
}

/** `host port`, or `no one`. */
export const replicationSource: Kind<ReplicationSource | null, ReplicationSource | null> = {
  label: 'host and port',
  multiple: true,
  parse(words) {
    if (words.length !== 2) throw new InvalidValue('wrong number of arguments');
    const [host, port] = words as [string, string];
    if (host.toLowerCase() === 'no' && port.toLowerCase() === 'one') return null;
    const number = looseInteger(port);
    if (number === null || number < 0n || number > 65535n) throw new InvalidValue('Invalid master port');
    return { host: decodeText(host), port: Number(number) };
  },
  format: (value) => (value ? `${encodeText(value.host)} ${value.port}` : ''),
  rewrite: (name, value) => (value ? oneLine(name, `${encodeText(value.host)} ${value.port}`, true) : []),
  expose: (value) => value,
};

/** The working directory: it has to exist, and is stored with symbolic links resolved, as getcwd would tell it. */
export const workingDirectory: Kind<string, string> = {
  label: 'directory',
  multiple: false,
  parse(words, _current, { directory }) {
    const path = resolve(directory, decodeText(onlyWord(words)));
    try {
      if (!statSync(path).isDirectory()) throw new InvalidValue('Not a directory');
      return encodeText(realpathSync(path));
    } catch (error) {
      if (error instanceof InvalidValue) throw error;
      throw new InvalidValue(systemErrorText(error));
    }
  },
  format: (value) => value,
  rewrite: (name, value) => oneLine(name, quoteWord(value), true),
  expose: decodeText,
};
