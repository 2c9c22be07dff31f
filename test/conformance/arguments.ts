/**
 * The small language in which cases are written: one line a command, words split as redis-cli splits them.
 *
 *   SET k "a b\x00c"      double quotes with \n \r \t \a \b \\ \" \xHH
 *   SET k 'it\'s'         single quotes, only \' is an escape
 *   SET k ${x*1000}       a thousand x
 */

/** One argument: text is taken as latin1 bytes; a function is asked when the command is sent. */
export type Argument = string | number | Buffer | ((context: CaseContext) => string | number | Buffer);

/** What a late argument may look at: the decoded values of the earlier steps of this case. */
export interface CaseContext {
  /** Value of the first reply of step `index`. */
  value(index: number): any;
  protocol: 2 | 3;
}

const ESCAPES: Record<string, string> = { n: '\n', r: '\r', t: '\t', a: '\x07', b: '\b' };
const REPEAT = /^\$\{(.+)\*(\d+)\}$/s;

/** Splits a line in words. Throws on an unbalanced quote: a case that is not what it says must not run. */
export function splitLine(line: string): string[] {
  const words: string[] = [];
  let position = 0;
  while (position < line.length) {
    if (/\s/.test(line[position]!)) {
      position += 1;
      continue;
    }
    const [word, next] = readWord(line, position);
    words.push(word);
    position = next;
  }
  return words;
}

function readWord(line: string, start: number): [string, number] {
  const quote = line[start];
  if (quote === '"' || quote === "'") return readQuoted(line, start + 1, quote);
  let end = start;
  while (end < line.length && !/\s/.test(line[end]!)) end += 1;
  const word = line.slice(start, end);
  const repeat = REPEAT.exec(word);
  return [repeat ? repeat[1]!.repeat(Number(repeat[2])) : word, end];
}

function readQuoted(line: string, start: number, quote: string): [string, number] {
  let word = '';
  let position = start;
  for (;;) {
    const char = line[position];
    if (char === undefined) throw new Error(`unbalanced quote in case: ${line}`);
    if (char === quote) return [word, position + 1];
    if (char !== '\\') {
      word += char;
      position += 1;
      continue;
    }
    const [escaped, length] = readEscape(line, position + 1, quote);
    word += escaped;
    position += 1 + length;
  }
}

function readEscape(line: string, position: number, quote: string): [string, number] {
  const char = line[position]!;
  if (quote === "'") return char === "'" ? ["'", 1] : [`\\`, 0];
  if (char === 'x') return [String.fromCharCode(parseInt(line.slice(position + 1, position + 3), 16)), 3];
  return [ESCAPES[char] ?? char, 1];
}

/** The bytes of an argument. */
export function argumentBytes(argument: Argument, context: CaseContext): Buffer {
  const value = typeof argument === 'function' ? argument(context) : argument;
  return Buffer.isBuffer(value) ? value : Buffer.from(String(value), 'latin1');
}

/** A short rendering of one argument for case names and failures. */
export function argumentLabel(argument: Argument): string {
  if (typeof argument === 'function') return '<late>';
  const text = Buffer.isBuffer(argument) ? argument.toString('latin1') : String(argument);
  const shown = text.length > 60 ? `${text.slice(0, 20)}…(${text.length})` : text;
  return shown === '' || /[\s"'\x00-\x1f\x7f-\xff]/.test(shown)
    ? `"${shown.replace(/[\\"\x00-\x1f\x7f-\xff]/g, (char) => (char === '"' || char === '\\' ? `\\${char}` : `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`))}"`
    : shown;
}
