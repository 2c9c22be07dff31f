/**
 * Reading configuration text, line by line, with Redis's fatal errors.
 *
 * A line is a directive and its words; `#` starts a comment line. An `include` is read where it stands. Errors carry
 * the line's number within its own file, as in Redis.
 */

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { globSync } from './file-glob.js';
import { InvalidValue } from './kind.js';
import { systemErrorText } from './system-error.js';
import { decodeText, fromBytes, splitWords } from './words.js';

/** A configuration that cannot be used. `report` is what is printed before exiting with status 1. */
export class ConfigFileError extends Error {
  constructor(
    readonly reason: string,
    readonly line?: { readonly number: number; readonly text: string },
  ) {
    super(reason);
  }

  /** The report in Redis's form; `redisVersion` is the version it names. */
  report(redisVersion: string): string {
    const where = this.line
      ? `Reading the configuration file, at line ${this.line.number}\n>>> '${decodeText(this.line.text)}'\n`
      : '';
    return `\n*** FATAL CONFIG FILE ERROR (Redis ${redisVersion}) ***\n${where}${this.reason}\n`;
  }
}

/** A configuration file that cannot be opened: a line for the log, then exit with status 1. */
export class ConfigOpenError extends Error {
  constructor(
    path: string,
    readonly systemError: unknown,
  ) {
    super(`Fatal error, can't open config file '${path}': ${systemErrorText(systemError)}`);
  }
}

/** Applies one directive; throws `InvalidValue` with the reason if it cannot be. Words are byte strings. */
export type ApplyLine = (name: string, words: readonly string[]) => void;

const INCLUDE_DEPTH_MAX = 16;

/**
 * Reads `content` (a byte string) and hands each directive to `apply`.
 *
 * `directory` tells where included files are looked up; it may move while lines are applied.
 */
export function readConfigText(content: string, apply: ApplyLine, directory: () => string, depth = 0): void {
  content.split('\n').forEach((raw, index) => {
    const text = raw.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');
    if (text === '' || text.startsWith('#')) return;
    try {
      const words = splitWords(text);
      if (words === null) throw new InvalidValue('Unbalanced quotes in configuration line');
      const [name, ...rest] = words;
      if (name === undefined) return;
      if (name.toLowerCase() === 'include' && rest.length === 1) {
        readIncluded(rest[0] as string, apply, directory, depth + 1);
      } else {
        apply(name.toLowerCase(), rest);
      }
    } catch (error) {
      if (!(error instanceof InvalidValue)) throw error;
      throw new ConfigFileError(error.message, { number: index + 1, text });
    }
  });
}

function readIncluded(pattern: string, apply: ApplyLine, directory: () => string, depth: number): void {
  if (depth > INCLUDE_DEPTH_MAX) throw new InvalidValue('Includes are nested too deeply');
  const path = decodeText(pattern);
  // A pattern that matches nothing is fine, so that an empty conf.d can be included; all matches read as one text.
  const paths = /[*?[]/.test(path) ? globSync(path, directory()) : [path];
  const content = paths.map((each) => readConfigFile(each, directory())).join('');
  readConfigText(content, apply, directory, depth);
}

/** The content of a configuration file as a byte string; throws `ConfigOpenError`. */
export function readConfigFile(path: string, directory: string): string {
  try {
    return fromBytes(readFileSync(resolve(directory, path)));
  } catch (error) {
    throw new ConfigOpenError(path, error);
  }
}
