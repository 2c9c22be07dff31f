/** `--eval FILE key1 key2 , arg1 arg2`: the EVAL command for a script in a file. */
import { readFileSync } from 'node:fs';
import { describeError } from '../connection.js';
import { UsageError } from '../options.js';

/** @throws UsageError where the file cannot be read. */
export function evalCommand(file: string, words: readonly Buffer[]): Buffer[] {
  let script: Buffer;
  try {
    script = readFileSync(file);
  } catch (error) {
    throw new UsageError(`Can't open file '${file}': ${describeError(error as Error)}`);
  }
  const comma = words.findIndex((word) => word.toString() === ',');
  const keys = comma < 0 ? words : words.slice(0, comma);
  const args = comma < 0 ? [] : words.slice(comma + 1);
  return [Buffer.from('EVAL'), script, Buffer.from(String(keys.length)), ...keys, ...args];
}
