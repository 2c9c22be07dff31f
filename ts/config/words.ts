/**
 * Words of a configuration line: splitting with quotes and escapes, and quoting back.
 *
 * Text here is a byte string: a JavaScript string in which every character stands for one byte (latin1). A value such
 * as a password keeps its bytes that way whatever its encoding; `fromBytes` and `toBytes` are the two borders.
 */

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', a: '\x07' };
const UNESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '"': '\\"',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\x07': '\\a',
  '\b': '\\b',
};

/** The byte string of `bytes`. */
export function fromBytes(bytes: Buffer): string {
  return bytes.toString('latin1');
}

/** The bytes of a byte string. */
export function toBytes(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

/** The byte string of ordinary text: its UTF-8 bytes. */
export function encodeText(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** Ordinary text from a byte string that holds UTF-8. */
export function decodeText(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8');
}

function isSpace(char: string | undefined): boolean {
  return char !== undefined && (char === ' ' || (char >= '\t' && char <= '\r'));
}

/**
 * The words of a line, or null where quotes are unbalanced or a closing quote is not followed by a space.
 *
 * Double quotes know `\xHH`, `\n \r \t \b \a` and `\` before any other character; single quotes know `\'` alone.
 */
export function splitWords(line: string): string[] | null {
  const words: string[] = [];
  let at = 0;
  for (;;) {
    while (isSpace(line[at])) at += 1;
    if (at >= line.length) return words;
    const word = readWord(line, at);
    if (word === null) return null;
    words.push(word.text);
    at = word.end;
  }
}

interface Word {
  readonly text: string;
  readonly end: number;
}

function readWord(line: string, start: number): Word | null {
  let text = '';
  let at = start;
  while (at < line.length && !isSpace(line[at])) {
    const char = line[at] as string;
    if (char === '"' || char === "'") {
      // A quoted part ends the word: what precedes it unquoted stays in front.
      const part = char === '"' ? readDoubleQuoted(line, at + 1) : readSingleQuoted(line, at + 1);
      if (part === null || (part.end < line.length && !isSpace(line[part.end]))) return null;
      return { text: text + part.text, end: part.end };
    }
    text += char;
    at += 1;
  }
  return { text, end: at };
}

function readDoubleQuoted(line: string, start: number): Word | null {
  let text = '';
  let at = start;
  while (at < line.length) {
    const char = line[at] as string;
    if (char === '"') return { text, end: at + 1 };
    const hex = char === '\\' ? /^x([0-9a-fA-F]{2})/.exec(line.slice(at + 1, at + 4)) : null;
    if (hex) {
      text += String.fromCharCode(Number.parseInt(hex[1] as string, 16));
      at += 4;
    } else if (char === '\\' && at + 1 < line.length) {
      const escaped = line[at + 1] as string;
      text += ESCAPES[escaped] ?? escaped;
      at += 2;
    } else {
      text += char;
      at += 1;
    }
  }
  return null;
}

function readSingleQuoted(line: string, start: number): Word | null {
  let text = '';
  let at = start;
  while (at < line.length) {
    const char = line[at] as string;
    if (char === "'") return { text, end: at + 1 };
    const escaped = char === '\\' && line[at + 1] === "'";
    text += escaped ? "'" : char;
    at += escaped ? 2 : 1;
  }
  return null;
}

/** A byte string in double quotes, so that `splitWords` gives it back: the form in which CONFIG REWRITE writes values. */
export function quoteWord(text: string): string {
  let quoted = '"';
  for (const char of text) {
    const code = char.charCodeAt(0);
    const printable = code >= 0x20 && code < 0x7f;
    quoted += UNESCAPES[char] ?? (printable ? char : '\\x' + code.toString(16).padStart(2, '0'));
  }
  return quoted + '"';
}
