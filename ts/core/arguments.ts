/**
 * From typed parameters to the words of a command, along the command's row.
 *
 * A generated method whose command has options carries its row in a compact form ({@link Node}); `encode` walks it once,
 * in the order of the row, and takes each value from the positional parameters or from the options object.
 */

/** What stands for a string: it is sent as UTF-8, in decimal, or as it is. */
export type Argument = string | number | bigint | Uint8Array;
/** A key. */
export type Key = string | Uint8Array;
/** A number, or its text where JavaScript has no such number. */
export type Numeric = number | bigint | string;

type Names<U> = U extends unknown ? keyof U : never;
/** Exactly one of the alternatives: the properties of the others are absent. */
export type OneOf<U, All = Names<U>> = U extends unknown
  ? U & { readonly [K in Exclude<All & PropertyKey, keyof U>]?: never }
  : never;

/** An argument of a row. */
export interface Node {
  /** The kind: a token alone, a value, several nodes in order, one of several, the number of items of the next node. */
  readonly k: 'flag' | 'value' | 'block' | 'oneof' | 'count';
  /** Position among the parameters. */
  readonly i?: number;
  /** Property of the options, or of the object around. */
  readonly p?: string;
  /** Token before it. */
  readonly t?: string;
  /** Several values; 2: each behind the token. */
  readonly m?: 1 | 2;
  /** The nodes inside. */
  readonly a?: readonly Node[];
  /** The value is that of the only node inside. */
  readonly c?: 1;
}

interface Fields {
  readonly [name: string]: unknown;
}

/** The words behind the command's name. */
export function encode(nodes: readonly Node[], values: readonly unknown[], options?: object): Argument[] {
  const out: Argument[] = [];
  encodeAll(nodes, values, options as Fields | undefined, out);
  return out;
}

function encodeAll(
  nodes: readonly Node[],
  values: readonly unknown[],
  fields: Fields | undefined,
  out: Argument[],
): void {
  nodes.forEach((node, at) => {
    const source = node.k === 'count' ? (nodes[at + 1] as Node) : node;
    const value = valueOf(source, values, fields);
    if (value === undefined) return;
    if (node.k === 'count') out.push((value as unknown[]).length);
    else encodeNode(node, value, out);
  });
}

/** The value for a node; the alternatives of a choice without a name are properties themselves. */
function valueOf(node: Node, values: readonly unknown[], fields: Fields | undefined): unknown {
  if (node.i !== undefined) return values[node.i];
  if (node.p !== undefined) return fields?.[node.p];
  const given = node.k === 'oneof' && node.a?.some((each) => each.p !== undefined && fields?.[each.p] !== undefined);
  return given ? fields : undefined;
}

function encodeNode(node: Node, value: unknown, out: Argument[]): void {
  if (node.k === 'flag') {
    if (value === true) out.push(node.t as string);
    return;
  }
  const items = node.m !== undefined ? (value as readonly unknown[]) : [value];
  if (node.t !== undefined && node.m !== 2) out.push(node.t);
  for (const item of items) {
    if (node.m === 2) out.push(node.t as string);
    if (node.k === 'value') out.push(item as Argument);
    else if (node.k === 'block') encodeBlock(node, item, out);
    else encodeChoice(node.a as readonly Node[], item, out);
  }
}

function encodeBlock(node: Node, item: unknown, out: Argument[]): void {
  const inner = node.a as readonly Node[];
  if (node.c === 1) {
    // The number of items, if the row wants it, and the items themselves.
    for (const each of inner) {
      if (each.k === 'count') out.push((item as unknown[]).length);
      else encodeNode(each, item, out);
    }
  } else if (Array.isArray(item)) {
    out.push(...(item as Argument[]));
  } else {
    encodeAll(inner, [], item as Fields, out);
  }
}

function encodeChoice(alternatives: readonly Node[], item: unknown, out: Argument[]): void {
  if (typeof item === 'object' && item !== null && !(item instanceof Uint8Array) && !Array.isArray(item)) {
    const fields = item as Fields;
    const chosen =
      alternatives.find((each) => each.p !== undefined && fields[each.p] !== undefined) ??
      alternatives.find((each) => each.k === 'block' && each.c === undefined);
    if (chosen === undefined) throw new TypeError('none of the alternatives is given');
    encodeNode(chosen, chosen.p !== undefined && fields[chosen.p] !== undefined ? fields[chosen.p] : item, out);
    return;
  }
  // A token's own name, or the value of the alternative that is a plain value.
  const list = Array.isArray(item) ? alternatives.find((each) => each.m !== undefined || each.c === 1) : undefined;
  if (list) encodeNode(list, item, out);
  else out.push(item as Argument);
}
