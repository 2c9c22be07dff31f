/**
 * RESP2 and RESP3 seen from the client: commands in, reply trees out.
 *
 * Strings are kept as latin1 (one char per byte) so that any reply survives a round trip through JSON unchanged.
 * This is deliberately a second, independent reading of the format: the suite must not trust the engine's own parser.
 */

/** A decoded reply. `type` is the first byte on the wire; aggregates carry `items`, scalars carry `text`. */
export interface Reply {
  type: string;
  /** Scalars: the text after the type byte (or the body of a bulk). Null bulk and null array: undefined. */
  text?: string;
  /** Aggregates: children in wire order; maps are flattened to key, value, key, value. */
  items?: Reply[];
  /** `|` attributes that preceded the reply. */
  attribute?: Reply;
}

const CR = 13;
const AGGREGATES = '*~%>|';
const BULKS = '$=!';

/** Encodes one command as an array of bulks. */
export function encodeCommand(args: readonly Buffer[]): Buffer {
  const parts: Buffer[] = [Buffer.from(`*${args.length}\r\n`)];
  for (const arg of args) {
    parts.push(Buffer.from(`$${arg.length}\r\n`), arg, Buffer.from('\r\n'));
  }
  return Buffer.concat(parts);
}

/**
 * Index just past the reply that starts at `start`, or -1 when the reply is not complete yet.
 * Throws when the bytes are not RESP at all.
 */
export function replyEnd(bytes: Buffer, start: number): number {
  let position = start;
  let pending = 1;
  while (pending > 0) {
    const line = bytes.indexOf(CR, position);
    if (line < 0 || line + 1 >= bytes.length) return -1;
    const type = String.fromCharCode(bytes[position]!);
    pending -= 1;
    if (BULKS.includes(type)) {
      const length = Number(bytes.toString('latin1', position + 1, line));
      position = length < 0 ? line + 2 : line + 2 + length + 2;
      if (position > bytes.length) return -1;
    } else if (AGGREGATES.includes(type)) {
      const count = Number(bytes.toString('latin1', position + 1, line));
      if (count > 0) pending += type === '%' || type === '|' ? count * 2 : count;
      if (type === '|') pending += 1;
      position = line + 2;
    } else if ('+-:_,#('.includes(type)) {
      position = line + 2;
    } else {
      throw new Error(
        `not a reply: ${JSON.stringify(bytes.toString('latin1', position, Math.min(bytes.length, position + 60)))}`,
      );
    }
  }
  return position;
}

/** Decodes every complete reply in `raw` (latin1 or bytes). */
export function decodeAll(raw: string | Buffer): Reply[] {
  const bytes = typeof raw === 'string' ? Buffer.from(raw, 'latin1') : raw;
  const reader = { bytes, position: 0 };
  const replies: Reply[] = [];
  while (reader.position < bytes.length) replies.push(decodeOne(reader));
  return replies;
}

function decodeOne(reader: { bytes: Buffer; position: number }): Reply {
  const { bytes } = reader;
  const line = bytes.indexOf(CR, reader.position);
  const type = String.fromCharCode(bytes[reader.position]!);
  const text = bytes.toString('latin1', reader.position + 1, line);
  reader.position = line + 2;
  if (BULKS.includes(type)) {
    const length = Number(text);
    if (length < 0) return { type };
    const body = bytes.toString('latin1', reader.position, reader.position + length);
    reader.position += length + 2;
    return { type, text: body };
  }
  if (!AGGREGATES.includes(type)) return { type, text };
  const count = Number(text);
  if (count < 0) return { type };
  const items: Reply[] = [];
  const children = type === '%' || type === '|' ? count * 2 : count;
  for (let index = 0; index < children; index += 1) items.push(decodeOne(reader));
  if (type !== '|') return { type, items };
  const reply = decodeOne(reader);
  reply.attribute = { type, items };
  return reply;
}

/** The wire form of a reply tree, latin1. Inverse of `decodeAll` for one reply. */
export function encodeReply(reply: Reply): string {
  const attribute = reply.attribute
    ? `|${reply.attribute.items!.length / 2}\r\n${reply.attribute.items!.map(encodeReply).join('')}`
    : '';
  if (AGGREGATES.includes(reply.type)) {
    if (!reply.items) return `${attribute}${reply.type}-1\r\n`;
    const count = reply.type === '%' ? reply.items.length / 2 : reply.items.length;
    return `${attribute}${reply.type}${count}\r\n${reply.items.map(encodeReply).join('')}`;
  }
  if (BULKS.includes(reply.type)) {
    if (reply.text === undefined) return `${attribute}${reply.type}-1\r\n`;
    return `${attribute}${reply.type}${reply.text.length}\r\n${reply.text}\r\n`;
  }
  return `${attribute}${reply.type}${reply.text}\r\n`;
}

/** A readable one-line rendering for failure messages; long bodies are cut at `limit` characters. */
export function printable(raw: string, limit = 400): string {
  const text = JSON.stringify(raw)
    .slice(1, -1)
    .replace(/[\u0080-\u00ff]/g, (char) => `\\x${char.charCodeAt(0).toString(16)}`);
  return text.length > limit ? `${text.slice(0, limit)}… (${raw.length} bytes)` : text;
}

/** Plain JavaScript values for predicates: bulk and simple strings → string, integers → number, null → null, errors → Error. */
export function toValue(reply: Reply): unknown {
  switch (reply.type) {
    case ':':
      return Number(reply.text);
    case '-':
    case '!':
      return new Error(reply.text);
    case '_':
      return null;
    case '#':
      return reply.text === 't';
    case ',':
      return Number(reply.text);
    case '=':
      return reply.text?.slice(4);
    case '%':
      return Object.fromEntries(pairsOf(reply.items!).map(([key, value]) => [String(toValue(key)), toValue(value)]));
    default:
      if (AGGREGATES.includes(reply.type)) return reply.items ? reply.items.map(toValue) : null;
      return reply.text === undefined ? null : reply.text;
  }
}

/** Splits a flat key, value, ... list in pairs; an odd last element pairs with itself. */
export function pairsOf(items: readonly Reply[]): Array<[Reply, Reply]> {
  const pairs: Array<[Reply, Reply]> = [];
  for (let index = 0; index < items.length; index += 2) pairs.push([items[index]!, items[index + 1] ?? items[index]!]);
  return pairs;
}
