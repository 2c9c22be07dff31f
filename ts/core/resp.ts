/**
 * Incremental parser of RESP2 and RESP3 replies, and the encoder of commands.
 *
 * The client's side of the wire: bytes arrive in chunks cut anywhere, replies leave whole and in order. What has been
 * parsed is never looked at again: open aggregates live on an explicit stack, so a reply of a million elements in a
 * thousand chunks is linear work, and nesting costs no call stack.
 *
 *     +text\r\n  -text\r\n  :int\r\n  ,double\r\n  (big\r\n  #t\r\n  _\r\n          one line
 *     $len\r\n<len bytes>\r\n   =len\r\ntxt:<bytes>\r\n   !len\r\n<bytes>\r\n       a counted payload
 *     *n\r\n  ~n\r\n  >n\r\n  <n replies>    %n\r\n  |n\r\n  <2n replies>           aggregates
 *
 * Invariants: a chunk's bytes are copied only when a reply straddles two chunks; memory held is what was received and
 * not yet emitted (a claimed length allocates nothing); text is handed out as views of the received chunks, so copy
 * what must outlive them. Streamed aggregates (`$?`, `*?`) are refused: no server sends them.
 */

/** Nested replies the parser follows before it calls the stream broken. */
const DEPTH_MAX = 1024;
/** Longest line (status, error, number) in bytes. */
const LINE_BYTES_MAX = 1 << 20;
/** Longest counted payload in bytes: the largest `proto-max-bulk-len` that a Buffer of Node 20 can hold. */
const BULK_BYTES_MAX = 2 ** 32;
/** Most elements of an aggregate, as in the reference client library. */
const ELEMENTS_MAX = 2 ** 32 - 1;

export type Reply =
  | TextReply
  | { kind: 'integer'; value: number | bigint; attributes?: Reply[] }
  | { kind: 'double'; value: number; text: Buffer; attributes?: Reply[] }
  | { kind: 'bignum'; value: bigint; attributes?: Reply[] }
  | { kind: 'boolean'; value: boolean; attributes?: Reply[] }
  | { kind: 'null'; attributes?: Reply[] }
  | { kind: 'verbatim'; format: string; text: Buffer; attributes?: Reply[] }
  | AggregateReply;

/** A status (`+`), an error (`-`, `!`) or a bulk string (`$`). */
export interface TextReply {
  kind: 'status' | 'error' | 'bulk';
  text: Buffer;
  attributes?: Reply[];
}

/** `items` of a map alternate key and value. */
export interface AggregateReply {
  kind: 'array' | 'set' | 'push' | 'map';
  items: Reply[];
  attributes?: Reply[];
}

/** The bytes are not RESP; the stream cannot be trusted any more and the parser refuses further input. */
export class ProtocolError extends Error {
  override name = 'ProtocolError';
}

interface Frame {
  kind: AggregateReply['kind'] | 'attribute';
  items: Reply[];
  remaining: number;
  attributes: Reply[] | undefined;
}

const EMPTY = Buffer.alloc(0);
const NEWLINE = 0x0a;
const RETURN = 0x0d;

export class ReplyParser {
  #buffer: Buffer = EMPTY;
  #position = 0;
  /** Chunks that came while `#buffer` could not make progress. */
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  /** Bytes that must lie behind `#position` before parsing can go on; 0: until a newline comes. */
  #wanted = 0;
  #stack: Frame[] = [];
  #attributes: Reply[] | undefined;
  #failed: ProtocolError | undefined;
  readonly #emit: (reply: Reply) => void;

  /** `emit` is called for each whole top-level reply, in order, from inside `feed`. */
  constructor(emit: (reply: Reply) => void) {
    this.#emit = emit;
  }

  /** Bytes received that belong to no emitted value yet. */
  get bufferedBytes(): number {
    return this.#buffer.length - this.#position + this.#pendingBytes;
  }

  /**
   * Parse `chunk` and emit every reply that it completes. The parser keeps views of the chunk: do not reuse it.
   * @throws ProtocolError where the bytes are not RESP; replies before the fault have been emitted.
   */
  feed(chunk: Buffer): void {
    if (this.#failed) throw this.#failed;
    if (!this.#absorb(chunk)) return;
    try {
      while (this.#position < this.#buffer.length && this.#value());
    } catch (error) {
      if (error instanceof ProtocolError) this.#failed = error;
      throw error;
    }
    if (this.#position === this.#buffer.length) {
      this.#buffer = EMPTY;
      this.#position = 0;
    }
  }

  /** Take the chunk in; false while what is there cannot complete the value that waits. */
  #absorb(chunk: Buffer): boolean {
    const held = this.#buffer.length - this.#position;
    if (held === 0 && this.#pendingBytes === 0) {
      this.#buffer = chunk;
      this.#position = 0;
      return chunk.length > 0;
    }
    this.#pending.push(chunk);
    this.#pendingBytes += chunk.length;
    if (this.#wanted > 0) {
      if (held + this.#pendingBytes < this.#wanted) return false;
    } else if (chunk.indexOf(NEWLINE) < 0) {
      if (held + this.#pendingBytes > LINE_BYTES_MAX) {
        throw (this.#failed = new ProtocolError('Protocol error, line too long'));
      }
      return false;
    }
    this.#buffer = Buffer.concat([this.#buffer.subarray(this.#position), ...this.#pending]);
    this.#position = 0;
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#wanted = 0;
    return true;
  }

  /** Parse one scalar or one aggregate's head at the position; false where bytes are missing. */
  #value(): boolean {
    const start = this.#position;
    const type = this.#buffer[start] as number;
    const end = this.#lineEnd(start + 1);
    if (end < 0) {
      this.#wanted = 0;
      return false;
    }
    switch (type) {
      case 0x24: // $
      case 0x3d: // =
      case 0x21: // !
        return this.#counted(type, start, end);
      case 0x2a: // *
        return this.#open('array', start, end);
      case 0x7e: // ~
        return this.#open('set', start, end);
      case 0x3e: // >
        return this.#open('push', start, end);
      case 0x25: // %
        return this.#open('map', start, end);
      case 0x7c: // |
        return this.#open('attribute', start, end);
      default:
        this.#position = end + 2;
        this.#complete(this.#line(type, start + 1, end));
        return true;
    }
  }

  /** Index of the `\r` that ends the line, or -1. */
  #lineEnd(from: number): number {
    const newline = this.#buffer.indexOf(NEWLINE, from);
    if (newline < 0) {
      if (this.#buffer.length - from > LINE_BYTES_MAX) throw new ProtocolError('Protocol error, line too long');
      return -1;
    }
    if (newline === from || this.#buffer[newline - 1] !== RETURN) {
      throw new ProtocolError('Protocol error, expected \\r\\n at the end of a line');
    }
    return newline - 1;
  }

  #line(type: number, from: number, to: number): Reply {
    const buffer = this.#buffer;
    switch (type) {
      case 0x2b: // +
        return { kind: 'status', text: buffer.subarray(from, to) };
      case 0x2d: // -
        return { kind: 'error', text: buffer.subarray(from, to) };
      case 0x3a: // :
        return { kind: 'integer', value: parseInteger(buffer, from, to) };
      case 0x2c: // ,
        return parseDouble(buffer.subarray(from, to));
      case 0x28: // (
        return { kind: 'bignum', value: parseBignum(buffer, from, to) };
      case 0x23: {
        // #
        const flag = buffer[from];
        if (to - from !== 1 || (flag !== 0x74 && flag !== 0x66))
          throw new ProtocolError('Protocol error, bad bool value');
        return { kind: 'boolean', value: flag === 0x74 };
      }
      case 0x5f: // _
        if (to !== from) throw new ProtocolError('Protocol error, bad nil value');
        return { kind: 'null' };
      default:
        throw new ProtocolError(`Protocol error, got ${quoteByte(type)} as reply type byte`);
    }
  }

  #counted(type: number, start: number, end: number): boolean {
    const length = parseLength(this.#buffer, start + 1, end, BULK_BYTES_MAX, 'bulk string');
    if (length < 0) {
      if (type !== 0x24) throw new ProtocolError('Protocol error, bulk string length out of range');
      this.#position = end + 2;
      this.#complete({ kind: 'null' });
      return true;
    }
    const from = end + 2;
    const to = from + length;
    if (to + 2 > this.#buffer.length) {
      this.#wanted = to + 2 - start;
      return false;
    }
    if (this.#buffer[to] !== RETURN || this.#buffer[to + 1] !== NEWLINE) {
      throw new ProtocolError('Protocol error, bulk string without a trailing \\r\\n');
    }
    const text = this.#buffer.subarray(from, to);
    this.#position = to + 2;
    if (type === 0x3d) {
      if (length < 4 || text[3] !== 0x3a) throw new ProtocolError('Protocol error, verbatim string without a format');
      this.#complete({ kind: 'verbatim', format: text.toString('latin1', 0, 3), text: text.subarray(4) });
    } else {
      this.#complete({ kind: type === 0x24 ? 'bulk' : 'error', text });
    }
    return true;
  }

  #open(kind: Frame['kind'], start: number, end: number): boolean {
    const count = parseLength(this.#buffer, start + 1, end, ELEMENTS_MAX, 'multi-bulk');
    this.#position = end + 2;
    if (count < 0) {
      if (kind !== 'array') throw new ProtocolError('Protocol error, multi-bulk length out of range');
      this.#complete({ kind: 'null' });
      return true;
    }
    if (this.#stack.length >= DEPTH_MAX) throw new ProtocolError('Protocol error, nested too deep');
    const remaining = kind === 'map' || kind === 'attribute' ? count * 2 : count;
    const frame: Frame = { kind, items: [], remaining, attributes: this.#attributes };
    this.#attributes = undefined;
    if (remaining > 0) this.#stack.push(frame);
    else this.#close(frame);
    return true;
  }

  /** A value is whole: give it to the aggregate that waits for it, close what it fills, or emit it. */
  #complete(value: Reply): void {
    let reply = value;
    if (this.#attributes) {
      reply.attributes = this.#attributes;
      this.#attributes = undefined;
    }
    for (;;) {
      const frame = this.#stack[this.#stack.length - 1];
      if (!frame) {
        this.#emit(reply);
        return;
      }
      frame.items.push(reply);
      if (--frame.remaining > 0) return;
      this.#stack.pop();
      if (frame.kind === 'attribute') {
        this.#attributes = frame.attributes ? frame.attributes.concat(frame.items) : frame.items;
        return;
      }
      reply = aggregate(frame, frame.kind);
    }
  }

  #close(frame: Frame): void {
    if (frame.kind === 'attribute') this.#attributes = frame.attributes;
    else this.#complete(aggregate(frame, frame.kind));
  }
}

function aggregate(frame: Frame, kind: AggregateReply['kind']): AggregateReply {
  const reply: AggregateReply = { kind, items: frame.items };
  if (frame.attributes) reply.attributes = frame.attributes;
  return reply;
}

/** Parse every reply in `bytes`, which must end where a reply ends. @throws ProtocolError */
export function parseReplies(bytes: Buffer): Reply[] {
  const replies: Reply[] = [];
  const parser = new ReplyParser((reply) => replies.push(reply));
  parser.feed(bytes);
  if (parser.bufferedBytes > 0) throw new ProtocolError('Protocol error, unexpected end of a reply');
  return replies;
}

function parseLength(buffer: Buffer, from: number, to: number, max: number, what: string): number {
  const value = Number(parseInteger(buffer, from, to));
  if (value < -1 || value > max) throw new ProtocolError(`Protocol error, ${what} length out of range`);
  return value;
}

/** A decimal of 64 bits, with a sign or without; a bigint only where a number would lose digits. */
function parseInteger(buffer: Buffer, from: number, to: number): number | bigint {
  let at = from;
  const sign = buffer[at];
  if (sign === 0x2d || sign === 0x2b) at++;
  const digits = to - at;
  if (digits < 1) throw new ProtocolError('Protocol error, bad integer value');
  let value = 0;
  for (let i = at; i < to; i++) {
    const digit = (buffer[i] as number) - 48;
    if (digit < 0 || digit > 9) throw new ProtocolError('Protocol error, bad integer value');
    value = value * 10 + digit;
  }
  if (digits <= 15) return sign === 0x2d && value !== 0 ? -value : value;
  const wide = BigInt(buffer.toString('latin1', at, to)) * (sign === 0x2d ? -1n : 1n);
  if (BigInt.asIntN(64, wide) !== wide && BigInt.asUintN(64, wide) !== wide)
    throw new ProtocolError('Protocol error, integer out of range');
  const narrow = Number(wide);
  return Number.isSafeInteger(narrow) ? narrow : wide;
}

const DOUBLE = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

function parseDouble(text: Buffer): Reply {
  const digits = text.toString('latin1');
  let value: number;
  switch (digits.toLowerCase()) {
    case 'inf':
    case '+inf':
      value = Infinity;
      break;
    case '-inf':
      value = -Infinity;
      break;
    case 'nan':
    case '-nan':
      value = NaN;
      break;
    default:
      if (!DOUBLE.test(digits)) throw new ProtocolError('Protocol error, bad double value');
      value = Number(digits);
  }
  return { kind: 'double', value, text };
}

function parseBignum(buffer: Buffer, from: number, to: number): bigint {
  const digits = buffer.toString('latin1', from, to);
  if (!/^[+-]?\d+$/.test(digits)) throw new ProtocolError('Protocol error, bad bignum value');
  return digits.startsWith('-') ? -BigInt(digits.slice(1)) : BigInt(digits.replace('+', ''));
}

function quoteByte(byte: number): string {
  const printable = byte >= 0x20 && byte < 0x7f;
  return printable ? JSON.stringify(String.fromCharCode(byte)) : `"\\x${byte.toString(16).padStart(2, '0')}"`;
}

/** A command as the RESP array of bulk strings that servers read. */
export function encodeCommand(args: readonly (string | Buffer)[]): Buffer {
  const parts: Buffer[] = [Buffer.from(`*${args.length}\r\n`)];
  for (const arg of args) {
    const bytes = typeof arg === 'string' ? Buffer.from(arg) : arg;
    parts.push(Buffer.from(`$${bytes.length}\r\n`), bytes, CRLF);
  }
  return Buffer.concat(parts);
}

const CRLF = Buffer.from('\r\n');
