/**
 * Between JavaScript values and replies: what a host command's function returns, and what errors are.
 */

import { type Reply, reply } from './reply.js';

/** An error reply; the message begins with its code, as in `WRONGTYPE Operation against ...`. */
export class ReplyError extends Error {
  override name = 'ReplyError';

  /** The first word: `ERR`, `WRONGTYPE`, `NOAUTH` ... */
  get code(): string {
    return this.message.split(' ', 1)[0] as string;
  }
}

/** What a host command may return. */
export type Natural =
  | string
  | number
  | bigint
  | boolean
  | null
  | undefined
  | Uint8Array
  | readonly Natural[]
  | ReadonlySet<Natural>
  | ReadonlyMap<Natural, Natural>
  | { readonly [name: string]: Natural }
  | Reply;

function isReply(value: object): value is Reply {
  return 'kind' in value && typeof value.kind === 'string';
}

/** The reply that a value stands for; strings and bytes are bulk strings, plain objects maps. */
export function toReply(value: Natural): Reply {
  switch (typeof value) {
    case 'string':
      return reply.bulk(value);
    case 'number':
      return Number.isSafeInteger(value) ? reply.integer(value) : reply.double(value);
    case 'bigint':
      return BigInt.asIntN(64, value) === value ? reply.integer(value) : reply.bignumber(value);
    case 'boolean':
      return reply.boolean(value);
    case 'object':
      return value === null ? reply.null : objectReply(value);
    default:
      return reply.null;
  }
}

function objectReply(value: Exclude<Natural, null> & object): Reply {
  if (value instanceof Uint8Array) return reply.bulk(Buffer.from(value.buffer, value.byteOffset, value.byteLength));
  if (Array.isArray(value)) return reply.array((value as readonly Natural[]).map(toReply));
  if (value instanceof Set) return reply.set([...(value as ReadonlySet<Natural>)].map(toReply));
  if (value instanceof Map) {
    const entries = [...(value as ReadonlyMap<Natural, Natural>)];
    return reply.map(entries.map(([key, item]) => [toReply(key), toReply(item)] as const));
  }
  if (value instanceof Error) return errorReply(value);
  if (isReply(value)) return value;
  return reply.map(Object.entries(value as object).map(([key, item]) => [reply.bulk(key), toReply(item)] as const));
}

/** The reply for what was thrown; an error that is no reply gets the code `ERR`. */
export function errorReply(error: unknown): Reply {
  if (error instanceof ReplyError) return reply.error(error.message);
  return reply.error(`ERR ${error instanceof Error ? error.message : String(error)}`);
}
