/**
 * Quoting of arguments, both ways, byte for byte as redis-cli does it.
 *
 * `splitArguments` reads a typed line: words apart by blanks; "double" with \n \r \t \b \a \xNN and \<any>; 'single'
 * with \' alone; a closing quote must be followed by a blank or the end. `quote` writes bytes the way the first kind
 * reads them, so `splitArguments(quote(x))` gives `[x]` back.
 */

const SPACE = new Set([0x20, 0x09, 0x0a, 0x0b, 0x0c, 0x0d]);
const BACKSLASH = 0x5c;
const DOUBLE = 0x22;
const SINGLE = 0x27;
const ESCAPES = new Map([
  [0x6e, 0x0a],
  [0x72, 0x0d],
  [0x74, 0x09],
  [0x62, 0x08],
  [0x61, 0x07],
]);

/** One word and where it stood in the line (byte offsets, `end` exclusive). */
interface Word {
  bytes: number[];
  end: number;
}

/** The arguments of a line, or undefined where its quotes are unbalanced. An empty line gives an empty list. */
export function splitArguments(line: string | Buffer): Buffer[] | undefined {
  const source = typeof line === 'string' ? Buffer.from(line) : line;
  const args: Buffer[] = [];
  let at = 0;
  for (;;) {
    while (at < source.length && SPACE.has(source[at] as number)) at++;
    if (at >= source.length) return args;
    const word = readWord(source, at);
    if (!word) return undefined;
    args.push(Buffer.from(word.bytes));
    at = word.end;
  }
}

function readWord(source: Buffer, start: number): Word | undefined {
  const bytes: number[] = [];
  let at = start;
  while (at < source.length) {
    const byte = source[at] as number;
    if (byte === DOUBLE || byte === SINGLE) {
      const end = byte === DOUBLE ? readDouble(source, at + 1, bytes) : readSingle(source, at + 1, bytes);
      if (end < 0 || (end < source.length && !SPACE.has(source[end] as number))) return undefined;
      return { bytes, end };
    }
    if (SPACE.has(byte) || byte === 0) break;
    bytes.push(byte);
    at++;
  }
  return { bytes, end: at < source.length && source[at] === 0 ? source.length : at };
}

/** Append what stands between double quotes; the index behind the closing one, or -1. */
function readDouble(source: Buffer, start: number, bytes: number[]): number {
  for (let at = start; at < source.length; at++) {
    const byte = source[at] as number;
    if (byte === DOUBLE) return at + 1;
    if (byte !== BACKSLASH || at + 1 >= source.length) {
      bytes.push(byte);
      continue;
    }
    const next = source[at + 1] as number;
    const hex = source.toString('latin1', at + 2, at + 4);
    if (next === 0x78 && /^[0-9a-fA-F]{2}$/.test(hex)) {
      bytes.push(parseInt(hex, 16));
      at += 3;
    } else {
      bytes.push(ESCAPES.get(next) ?? next);
      at++;
    }
  }
  return -1;
}

function readSingle(source: Buffer, start: number, bytes: number[]): number {
  for (let at = start; at < source.length; at++) {
    const byte = source[at] as number;
    if (byte === SINGLE) return at + 1;
    if (byte === BACKSLASH && source[at + 1] === SINGLE) at++;
    bytes.push(source[at] as number);
  }
  return -1;
}

const QUOTED: string[] = Array.from({ length: 256 }, (_, byte) => {
  switch (byte) {
    case BACKSLASH:
      return '\\\\';
    case DOUBLE:
      return '\\"';
    case 0x0a:
      return '\\n';
    case 0x0d:
      return '\\r';
    case 0x09:
      return '\\t';
    case 0x07:
      return '\\a';
    case 0x08:
      return '\\b';
    default:
      return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`;
  }
});

/** The bytes in double quotes, ASCII only. */
export function quote(bytes: Buffer): string {
  let out = '"';
  for (const byte of bytes) out += QUOTED[byte];
  return out + '"';
}

/**
 * One argument that may be quoted, for `--quoted-input` and `--quoted-pattern`: what is not one balanced word is
 * undefined.
 */
export function unquote(text: string): Buffer | undefined {
  const args = splitArguments(text);
  if (args?.length === 1) return args[0];
  return args?.length === 0 ? Buffer.alloc(0) : undefined;
}
