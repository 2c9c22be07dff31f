/**
 * Replies as text, byte for byte as redis-cli prints them: for people (numbered and indented), raw, CSV and JSON.
 *
 * Text of replies is kept as bytes: a value is whatever was stored, so the builders collect into a Buffer and never
 * decode. Beyond redis-cli 7.0, which gives up on them, big numbers print as `(big number) N` (raw, CSV and JSON: the
 * digits) and attributes print before their reply when people read it, `1| key => value`. In JSON, a map's key that is
 * itself an aggregate is quoted with its own quotes escaped; redis-cli leaves them bare, which no JSON parser reads.
 */
import type { AggregateReply, Reply } from '../core/resp.js';
import { quote } from './quoting.js';

export type OutputFormat = 'standard' | 'raw' | 'csv' | 'json' | 'quoted-json';

export interface Delimiters {
  /** Between the elements of an aggregate, raw format (`-d`). */
  element: string;
  /** After a reply, raw format (`-D`). */
  reply: string;
}

export const DEFAULT_DELIMITERS: Delimiters = { element: '\n', reply: '\n' };

/**
 * The whole output for one reply, its end included. `raw` forces raw text inside the standard format, for replies that
 * are lines for people and end with a newline themselves (INFO ...).
 */
export function render(reply: Reply, format: OutputFormat, delimiters = DEFAULT_DELIMITERS, raw = false): Buffer {
  const out: Part[] = [];
  if (format === 'raw' || (format === 'standard' && raw)) {
    raws(reply, delimiters.element, out);
    if (format === 'raw') out.push(delimiters.reply);
  } else if (format === 'standard') {
    standard(reply, '', out);
  } else {
    if (format === 'csv') csv(reply, out);
    else json(reply, format === 'json' ? jsonText : quotedJsonText, out);
    out.push('\n');
  }
  return join(out);
}

type Part = string | Buffer;

function join(parts: Part[]): Buffer {
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
}

const SEPARATORS = { array: ')', push: ')', set: '~', map: '#', attribute: '|' } as const;
const EMPTY_NAMES = { array: '(empty array)', push: '(empty push)', set: '(empty set)', map: '(empty hash)' } as const;

function standard(reply: Reply, prefix: string, out: Part[]): void {
  if (reply.attributes?.length) {
    numbered(reply.attributes, 'attribute', prefix, out);
    out.push(prefix);
  }
  switch (reply.kind) {
    case 'status':
      out.push(reply.text, '\n');
      break;
    case 'error':
      out.push('(error) ', reply.text, '\n');
      break;
    case 'integer':
      out.push(`(integer) ${reply.value}\n`);
      break;
    case 'double':
      out.push('(double) ', reply.text, '\n');
      break;
    case 'bignum':
      out.push(`(big number) ${reply.value}\n`);
      break;
    case 'bulk':
      out.push(quote(reply.text), '\n');
      break;
    case 'verbatim':
      out.push(reply.text, '\n');
      break;
    case 'null':
      out.push('(nil)\n');
      break;
    case 'boolean':
      out.push(reply.value ? '(true)\n' : '(false)\n');
      break;
    default:
      if (reply.items.length === 0) out.push(EMPTY_NAMES[reply.kind], '\n');
      else numbered(reply.items, reply.kind, prefix, out);
  }
}

/** The first element goes on the line that the parent has begun; the others are moved in by `prefix`. */
function numbered(items: Reply[], kind: AggregateReply['kind'] | 'attribute', prefix: string, out: Part[]): void {
  const paired = kind === 'map' || kind === 'attribute';
  const count = paired ? items.length / 2 : items.length;
  const width = String(count).length;
  const inner = prefix + ' '.repeat(width + 2);
  for (let i = 0; i < count; i++) {
    out.push(i === 0 ? '' : prefix, `${String(i + 1).padStart(width)}${SEPARATORS[kind]} `);
    if (paired) {
      standard(items[i * 2] as Reply, inner, out);
      dropNewline(out);
      out.push(' => ');
      if (spansLines(items[i * 2 + 1] as Reply)) out.push(`\n${inner}`);
    }
    standard(items[paired ? i * 2 + 1 : i] as Reply, inner, out);
  }
}

/** Whether a pair's value takes several numbered lines, and so begins on a line of its own. */
function spansLines(reply: Reply): boolean {
  if (!('items' in reply) || reply.items.length === 0) return false;
  const count = reply.kind === 'map' ? reply.items.length / 2 : reply.items.length;
  return count > 1 || spansLines(reply.items[reply.items.length - 1] as Reply);
}

/** Every branch of `standard` ends its last part with a newline; take it off so that the pair's value can follow. */
function dropNewline(out: Part[]): void {
  const last = out.pop();
  if (typeof last === 'string') out.push(last.slice(0, -1));
}

function raws(reply: Reply, delimiter: string, out: Part[]): void {
  switch (reply.kind) {
    case 'null':
      break;
    case 'error':
      out.push(reply.text, '\n');
      break;
    case 'status':
    case 'bulk':
    case 'double':
    case 'verbatim':
      out.push(reply.text);
      break;
    case 'boolean':
      out.push(reply.value ? '(true)' : '(false)');
      break;
    case 'integer':
    case 'bignum':
      out.push(String(reply.value));
      break;
    default:
      reply.items.forEach((item, i) => {
        if (i > 0) out.push(reply.kind === 'map' && i % 2 === 1 ? ' ' : delimiter);
        raws(item, delimiter, out);
      });
  }
}

function csv(reply: Reply, out: Part[]): void {
  switch (reply.kind) {
    case 'null':
      out.push('NULL');
      break;
    case 'error':
      out.push('ERROR,', quote(reply.text));
      break;
    case 'status':
    case 'bulk':
    case 'verbatim':
      out.push(quote(reply.text));
      break;
    case 'double':
      out.push(reply.text);
      break;
    case 'boolean':
    case 'integer':
    case 'bignum':
      out.push(String(reply.value));
      break;
    default:
      reply.items.forEach((item, i) => {
        if (i > 0) out.push(',');
        csv(item, out);
      });
  }
}

type TextWriter = (bytes: Buffer, out: Part[]) => void;

function json(reply: Reply, text: TextWriter, out: Part[]): void {
  switch (reply.kind) {
    case 'null':
      out.push('null');
      break;
    case 'error':
      out.push('error:');
      text(reply.text, out);
      break;
    case 'status':
    case 'bulk':
    case 'verbatim':
      text(reply.text, out);
      break;
    case 'double':
      out.push(reply.text);
      break;
    case 'boolean':
    case 'integer':
    case 'bignum':
      out.push(String(reply.value));
      break;
    case 'map':
      jsonMap(reply, text, out);
      break;
    default:
      out.push('[');
      reply.items.forEach((item, i) => {
        if (i > 0) out.push(',');
        json(item, text, out);
      });
      out.push(']');
  }
}

/** Keys of a JSON object are strings: any other kind of key is written as JSON and that text quoted. */
function jsonMap(reply: AggregateReply, text: TextWriter, out: Part[]): void {
  out.push('{');
  for (let i = 0; i < reply.items.length; i += 2) {
    if (i > 0) out.push(',');
    const key = reply.items[i] as Reply;
    if (key.kind === 'error' || key.kind === 'status' || key.kind === 'bulk' || key.kind === 'verbatim') {
      text(key.text, out);
    } else {
      const parts: Part[] = [];
      json(key, jsonText, parts);
      text(join(parts), out);
    }
    out.push(':');
    json(reply.items[i + 1] as Reply, text, out);
  }
  out.push('}');
}

const JSON_ESCAPES = new Map([
  [0x5c, '\\\\'],
  [0x22, '\\"'],
  [0x0a, '\\n'],
  [0x0c, '\\f'],
  [0x0d, '\\r'],
  [0x09, '\\t'],
  [0x08, '\\b'],
]);

/** A JSON string whose bytes above ASCII stay as they were stored. */
function jsonText(bytes: Buffer, out: Part[]): void {
  out.push('"');
  let from = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    if (byte > 0x1f && byte !== 0x22 && byte !== 0x5c) continue;
    if (i > from) out.push(bytes.subarray(from, i));
    out.push(JSON_ESCAPES.get(byte) ?? `\\u${byte.toString(16).padStart(4, '0')}`);
    from = i + 1;
  }
  if (from < bytes.length) out.push(bytes.subarray(from));
  out.push('"');
}

/** ASCII only: quoted as for people, with each backslash doubled, as redis-cli's --quoted-json has it. */
function quotedJsonText(bytes: Buffer, out: Part[]): void {
  out.push(quote(bytes).replaceAll('\\', '\\\\'));
}

/** A push message: tracking invalidations in their short form, any other as the reply it is. */
export function renderPush(reply: AggregateReply, format: OutputFormat = 'standard'): Buffer {
  const [name, keys] = reply.items;
  const invalidation =
    reply.items.length === 2 &&
    name?.kind === 'bulk' &&
    name.text.toString() === 'invalidate' &&
    (keys?.kind === 'array' || keys?.kind === 'null');
  if (!invalidation) return render(reply, format);
  const out: Part[] = ['-> invalidate: '];
  const listed = keys.kind === 'array' ? keys.items : [];
  listed.forEach((key, i) => {
    const text = 'text' in key ? key.text : Buffer.alloc(0);
    out.push(i > 0 ? ', ' : '', `'${quote(text).slice(1, -1)}'`);
  });
  out.push('\n');
  return join(out);
}
