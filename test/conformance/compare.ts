/**
 * How one reply is compared with the recorded one.
 *
 * Every comparison but `ttl` is "bring both replies to a canonical form, then demand equality"; the snapshot stores the
 * canonical form, so that regenerating it on another day changes nothing that did not change.
 */

import { createHash } from 'node:crypto';
import { decodeAll, encodeReply, pairsOf, toValue, type Reply } from './resp.js';

/** A predicate over the decoded reply: undefined when it holds, else what is wrong with it. */
export type Check = (value: any, reply: Reply) => string | undefined | void;

export type Mode =
  /** Elements of the top-level aggregate in any order. */
  | 'unordered'
  /** Elements of every aggregate, at every level, in any order. */
  | 'deep-unordered'
  /** Top-level key/value pairs (flat array or map) in any order. */
  | 'pairs'
  /** Strings that read as numbers are compared as doubles, so 0.1 equals 0.10000000000000001. */
  | 'numeric'
  /** Only the type byte; aggregates also their count. */
  | 'shape'
  /** Only the type byte. */
  | 'type'
  /** Only the first word of an error. */
  | 'error-code'
  /** Several frames (messages of several patterns) in any order. */
  | 'frames-unordered'
  /** The reply must exist; its content is not looked at. */
  | 'ignore';

export type Compare =
  | Mode
  | readonly Mode[]
  | { of: readonly Compare[] }
  /** Integers at most this far apart. */
  | { ttl: number }
  | { check: Check }
  /** What matches is not compared. */
  | { mask: RegExp }
  /** Only these places of the first element of the aggregate (COMMAND INFO). */
  | { pick: readonly number[] }
  /** Only these fields of the map that is the second element (COMMAND DOCS). */
  | { fields: readonly string[] }
  /** Everything recorded must be there; later versions may say more. */
  | { superset: true };

/** Canonical form of the raw replies of one step (latin1). */
export function canonical(raw: string, compare: Compare | undefined): string {
  if (compare === undefined) return raw;
  if (typeof compare === 'string') return transform(raw, [compare]);
  if (Array.isArray(compare)) return transform(raw, compare as Mode[]);
  if ('check' in compare) return '';
  if ('superset' in compare) return transform(raw, ['unordered']);
  if ('pick' in compare)
    return decodeAll(raw)
      .map((reply) => encodeReply(picked(reply, compare.pick)))
      .join('');
  if ('fields' in compare)
    return decodeAll(raw)
      .map((reply) => encodeReply(fieldsOf(reply, compare.fields)))
      .join('');
  if ('mask' in compare) return raw.replace(compare.mask, '…');
  if ('ttl' in compare)
    return raw.replace(
      /^:(-?\d+)/,
      (_all, digits: string) => `:${Number(digits) >= FAR_FUTURE ? 'far' : roundTo(Number(digits), compare.ttl)}`,
    );
  const parts = compare as { of: readonly Compare[] };
  return parts.of.reduce<string>((text, part) => canonical(text, part), raw);
}

/** Whether an element of the recorded aggregate need not be there. */
export type MayMiss = (element: string) => boolean;

/** Undefined when `got` (raw) agrees with `expected` (canonical), else a short reason. */
export function disagreement(
  expected: string | undefined,
  got: string,
  compare: Compare | undefined,
  may: MayMiss = () => false,
): string | undefined {
  if (compare !== undefined && typeof compare === 'object' && 'check' in compare) {
    const reply = decodeAll(got)[0];
    return reply ? compare.check(toValue(reply), reply) || undefined : 'no reply';
  }
  if (compare === 'ignore') return got === '' ? 'no reply' : undefined;
  if (expected === undefined) return 'no recorded reply: regenerate the snapshot';
  if (compare !== undefined && typeof compare === 'object' && 'ttl' in compare) {
    const wanted = /^:(-?\d+)/.exec(expected);
    const actual = /^:(-?\d+)/.exec(got);
    if (wanted && actual && Number(wanted[1]) > 0) {
      return Math.abs(Number(wanted[1]) - Number(actual[1])) <= compare.ttl
        ? undefined
        : `more than ${compare.ttl} apart`;
    }
  }
  if (isSuperset(compare) && /^[*%]/.test(expected)) return missingFrom(expected, got, may);
  return condensed(canonical(got, compare), compare) === expected ? undefined : 'differs';
}

function picked(reply: Reply, places: readonly number[]): Reply {
  const row = reply.items?.[0];
  return row?.items
    ? deepSorted({ ...row, items: places.map((place) => row.items![place] ?? { type: '_', text: '' }) })
    : reply;
}

function fieldsOf(reply: Reply, names: readonly string[]): Reply {
  const fields = reply.items?.[1]?.items;
  if (!fields) return reply;
  const wanted = pairsOf(fields).filter(([name]) => names.includes(name.text ?? ''));
  return { type: '*', items: wanted.flat() };
}

function isSuperset(compare: Compare | undefined): boolean {
  return typeof compare === 'object' && 'superset' in compare;
}

function missingFrom(expected: string, got: string, may: MayMiss): string | undefined {
  const found = new Set((decodeAll(got)[0]?.items ?? []).map(encodeReply));
  const missing = (decodeAll(expected)[0]?.items ?? [])
    .filter((item) => !found.has(encodeReply(item)) && !may(item.text ?? ''))
    .map(encodeReply);
  return missing.length === 0
    ? undefined
    : `missing: ${missing
        .slice(0, 5)
        .map((item) => JSON.stringify(item))
        .join(' ')}`;
}

/** Replies of this size and more are recorded as their SHA-1. */
const HASHED_FROM_BYTES = 1536;

/** Long canonical forms become a fingerprint, unless single elements are looked for; both sides of a comparison go through here. */
export function condensed(text: string, compare?: Compare): string {
  return isSuperset(compare) || text.length < HASHED_FROM_BYTES
    ? text
    : `sha1 of ${text.length} bytes: ${createHash('sha1').update(text, 'latin1').digest('hex')}`;
}

/** Remaining times from here on belong to deadlines centuries away: they shrink from recording to run. */
const FAR_FUTURE = 1e9;

function roundTo(value: number, step: number): number {
  return value <= 0 || step <= 1 ? value : Math.round(value / step) * step;
}

function transform(raw: string, modes: readonly Mode[]): string {
  if (modes.includes('ignore')) return '';
  const frames = decodeAll(raw);
  return (modes.includes('frames-unordered') ? sortedReplies(frames) : frames)
    .map((reply) => modes.reduce((text: Reply, mode) => apply(text, mode), reply))
    .map(encodeCanonical)
    .join('');
}

/** `encodeReply` tolerates the odd shapes that `shape` and `type` leave behind through the pseudo type `?`. */
function encodeCanonical(reply: Reply): string {
  return reply.type === '?' ? `${reply.text}\n` : encodeReply(reply);
}

function apply(reply: Reply, mode: Mode): Reply {
  switch (mode) {
    case 'type':
      return { type: '?', text: `type ${reply.type}${isNull(reply) ? ' null' : ''}` };
    case 'shape':
      return {
        type: '?',
        text: `type ${reply.type}${isNull(reply) ? ' null' : ''}${reply.items ? ` of ${reply.items.length}` : ''}`,
      };
    case 'error-code':
      return reply.type === '-' ? { type: '?', text: `error ${reply.text!.split(' ')[0]}` } : reply;
    case 'unordered':
      return reply.items ? { ...reply, items: sortedReplies(reply.items) } : reply;
    case 'deep-unordered':
      return deepSorted(reply);
    case 'pairs':
      return reply.items ? { ...reply, items: sortedPairs(reply.items) } : reply;
    case 'numeric':
      return numeric(reply);
    default:
      return reply;
  }
}

function isNull(reply: Reply): boolean {
  return reply.type === '_' || (reply.text === undefined && reply.items === undefined);
}

function sortedReplies(items: readonly Reply[]): Reply[] {
  return items
    .map((item) => ({ item, key: encodeReply(item) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ item }) => item);
}

function sortedPairs(items: readonly Reply[]): Reply[] {
  const keyed = pairsOf(items).map(([name, value]) => ({ name, value, key: encodeReply(name) + encodeReply(value) }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return keyed.flatMap(({ name, value }) => [name, value]);
}

function deepSorted(reply: Reply): Reply {
  if (!reply.items) return reply;
  const items = reply.items.map(deepSorted);
  return { ...reply, items: reply.type === '%' ? sortedPairs(items) : sortedReplies(items) };
}

function numeric(reply: Reply): Reply {
  if (reply.items) return { ...reply, items: reply.items.map(numeric) };
  if (reply.text === undefined || !/^[$,+]$/.test(reply.type) || !/^[-+]?(\d|\.\d|inf|nan)/.test(reply.text))
    return reply;
  const value = reply.text === 'inf' ? Infinity : reply.text === '-inf' ? -Infinity : Number(reply.text);
  // Numbers beyond 2^53 that are written out as integers stay text: they are ids, not scores.
  if (Number.isNaN(value) || /^-?\d{17,}$/.test(reply.text)) return reply;
  return { ...reply, text: String(value) };
}
