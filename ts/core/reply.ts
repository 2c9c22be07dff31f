/**
 * Replies as values, for the commands that TypeScript answers, and their encoding.
 *
 * A host command returns a `Reply` and never learns which protocol its client speaks; `encodeReply` writes it as
 * RESP2 or RESP3. The types that RESP2 lacks fall back as Redis lets them fall back: a map becomes a flat array, a set
 * and a push become arrays, a double, a big number and a verbatim string become bulk strings, a boolean an integer.
 */

/** The protocol version of a session, as HELLO has set it. */
export type Protocol = 2 | 3;

/** One reply, nested where the type is a container. */
export type Reply =
  | { readonly kind: 'simple'; readonly text: string }
  | { readonly kind: 'error'; readonly text: string }
  | { readonly kind: 'integer'; readonly value: number | bigint }
  | { readonly kind: 'bulk'; readonly value: Buffer }
  | { readonly kind: 'null' }
  | { readonly kind: 'nullArray' }
  | { readonly kind: 'array'; readonly items: readonly Reply[] }
  | { readonly kind: 'set'; readonly items: readonly Reply[] }
  | { readonly kind: 'push'; readonly items: readonly Reply[] }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [Reply, Reply])[] }
  | { readonly kind: 'double'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'bignumber'; readonly value: bigint }
  | { readonly kind: 'verbatim'; readonly format: string; readonly value: Buffer };

/** Constructors, so that a command reads like the reply it gives. */
export const reply = {
  ok: { kind: 'simple', text: 'OK' } as Reply,
  null: { kind: 'null' } as Reply,
  nullArray: { kind: 'nullArray' } as Reply,
  /** A status line; newlines are replaced by spaces when it is written. */
  simple: (text: string): Reply => ({ kind: 'simple', text }),
  /** An error; `text` starts with its code, as in `ERR syntax error`. */
  error: (text: string): Reply => ({ kind: 'error', text }),
  /** A signed 64-bit integer; a number has to be a safe integer. */
  integer: (value: number | bigint): Reply => ({ kind: 'integer', value }),
  /** A bulk string; text is encoded as UTF-8. */
  bulk: (value: string | Buffer): Reply => ({
    kind: 'bulk',
    value: typeof value === 'string' ? Buffer.from(value) : value,
  }),
  array: (items: readonly Reply[]): Reply => ({ kind: 'array', items }),
  set: (items: readonly Reply[]): Reply => ({ kind: 'set', items }),
  push: (items: readonly Reply[]): Reply => ({ kind: 'push', items }),
  map: (entries: readonly (readonly [Reply, Reply])[]): Reply => ({ kind: 'map', entries }),
  double: (value: number): Reply => ({ kind: 'double', value }),
  boolean: (value: boolean): Reply => ({ kind: 'boolean', value }),
  bignumber: (value: bigint): Reply => ({ kind: 'bignumber', value }),
  /** A verbatim string; `format` is its three-letter type, `txt` or `mkd`. */
  verbatim: (text: string, format: 'txt' | 'mkd' = 'txt'): Reply => ({
    kind: 'verbatim',
    format,
    value: Buffer.from(text),
  }),
};

const LINE_END = Buffer.from('\r\n');

/** Writes one reply as wire bytes for a session that speaks `protocol`. */
export function encodeReply(value: Reply, protocol: Protocol): Buffer {
  const chunks: Buffer[] = [];
  write(chunks, value, protocol);
  return Buffer.concat(chunks);
}

function write(chunks: Buffer[], value: Reply, protocol: Protocol): void {
  switch (value.kind) {
    case 'simple':
      return line(chunks, '+' + oneLine(value.text));
    case 'error':
      return line(chunks, '-' + oneLine(value.text));
    case 'integer':
      return line(chunks, ':' + value.value);
    case 'bulk':
      return bulk(chunks, value.value);
    case 'null':
      return line(chunks, protocol === 3 ? '_' : '$-1');
    case 'nullArray':
      return line(chunks, protocol === 3 ? '_' : '*-1');
    case 'array':
      return list(chunks, '*', value.items, protocol);
    case 'set':
      return list(chunks, protocol === 3 ? '~' : '*', value.items, protocol);
    case 'push':
      return list(chunks, protocol === 3 ? '>' : '*', value.items, protocol);
    case 'map':
      return map(chunks, value.entries, protocol);
    case 'double':
      return scalar(chunks, ',', doubleText(value.value), protocol);
    case 'boolean':
      return line(chunks, protocol === 3 ? (value.value ? '#t' : '#f') : value.value ? ':1' : ':0');
    case 'bignumber':
      return scalar(chunks, '(', value.value.toString(), protocol);
    case 'verbatim':
      return verbatim(chunks, value.format, value.value, protocol);
  }
}

function line(chunks: Buffer[], text: string): void {
  chunks.push(Buffer.from(text + '\r\n'));
}

function bulk(chunks: Buffer[], bytes: Buffer): void {
  line(chunks, '$' + bytes.length);
  chunks.push(bytes, LINE_END);
}

function list(chunks: Buffer[], mark: string, items: readonly Reply[], protocol: Protocol): void {
  line(chunks, mark + items.length);
  for (const item of items) write(chunks, item, protocol);
}

function map(chunks: Buffer[], entries: readonly (readonly [Reply, Reply])[], protocol: Protocol): void {
  line(chunks, protocol === 3 ? '%' + entries.length : '*' + entries.length * 2);
  for (const [key, item] of entries) {
    write(chunks, key, protocol);
    write(chunks, item, protocol);
  }
}

function scalar(chunks: Buffer[], mark: string, text: string, protocol: Protocol): void {
  if (protocol === 3) line(chunks, mark + text);
  else bulk(chunks, Buffer.from(text));
}

function verbatim(chunks: Buffer[], format: string, bytes: Buffer, protocol: Protocol): void {
  if (protocol === 2) return bulk(chunks, bytes);
  const tagged = Buffer.concat([Buffer.from(format + ':'), bytes]);
  line(chunks, '=' + tagged.length);
  chunks.push(tagged, LINE_END);
}

/** A newline inside a status or an error would break the framing; Redis writes a space in its place. */
function oneLine(text: string): string {
  return text.replace(/[\r\n]/g, ' ');
}

function doubleText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  return Object.is(value, -0) ? '-0' : String(value);
}
