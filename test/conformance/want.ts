/**
 * Hand-written replies: one description, rendered for RESP2 and RESP3.
 * Used only where the oracle is older than the command.
 */

export type Want = (protocol: 2 | 3) => string;

export const ok: Want = () => '+OK\r\n';
/** The null of a missing bulk. */
export const nil: Want = (protocol) => (protocol === 3 ? '_\r\n' : '$-1\r\n');
/** The null of a missing array. */
export const nilArray: Want = (protocol) => (protocol === 3 ? '_\r\n' : '*-1\r\n');

export function simple(text: string): Want {
  return () => `+${text}\r\n`;
}

export function integer(value: number | bigint | string): Want {
  return () => `:${value}\r\n`;
}

export function bulk(text: string): Want {
  return () => `$${text.length}\r\n${text}\r\n`;
}

export function error(text: string): Want {
  return () => `-${text}\r\n`;
}

/** A double: a bulk in RESP2. */
export function double(text: string): Want {
  return (protocol) => (protocol === 3 ? `,${text}\r\n` : `$${text.length}\r\n${text}\r\n`);
}

export function array(...items: Want[]): Want {
  return (protocol) => `*${items.length}\r\n${items.map((item) => item(protocol)).join('')}`;
}

export function set(...items: Want[]): Want {
  return (protocol) =>
    `${protocol === 3 ? '~' : '*'}${items.length}\r\n${items.map((item) => item(protocol)).join('')}`;
}

/** A map: a flat array in RESP2. */
export function map(...pairs: Array<[Want, Want]>): Want {
  return (protocol) =>
    `${protocol === 3 ? `%${pairs.length}` : `*${pairs.length * 2}`}\r\n${pairs.map(([key, value]) => key(protocol) + value(protocol)).join('')}`;
}

/** Integers as an array. */
export function integers(...values: Array<number | bigint | string>): Want {
  return array(...values.map(integer));
}

/** Bulks as an array; null gives the null bulk. */
export function bulks(...texts: Array<string | null>): Want {
  return array(...texts.map((text) => (text === null ? nil : bulk(text))));
}

export const wrongType = error('WRONGTYPE Operation against a key holding the wrong kind of value');
export const syntaxError = error('ERR syntax error');
export const notInteger = error('ERR value is not an integer or out of range');

export function wrongArity(command: string): Want {
  return error(`ERR wrong number of arguments for '${command}' command`);
}
