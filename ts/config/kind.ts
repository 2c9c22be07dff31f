/**
 * What a directive is made of: its kind (how a value is parsed, shown and written back) and its row in the schema.
 *
 * `S` is the stored form, exact to the byte and to 64 bits; `T` is what `Config.get` hands to the program.
 * All text is byte strings (see words.ts).
 */

/** A value that a directive does not take; the message is Redis's words for it. */
export class InvalidValue extends Error {}

/** A line of the configuration file as CONFIG REWRITE would write it. */
export interface RewriteLine {
  readonly text: string;
  /** Whether it is added where the file has no line for this directive; else it only replaces one. */
  readonly force: boolean;
}

/** Circumstances that a few kinds need while they parse. */
export interface ParseContext {
  /** The directory against which paths are resolved: the value of `dir`. */
  readonly directory: string;
  /** Whether a further line of the same directive in a file adds to this value instead of replacing it. */
  readonly append: boolean;
}

/** How values of one type are read and written. */
export interface Kind<S, T> {
  /** The type's name and range, for the documentation. */
  readonly label: string;
  /** Whether the directive takes several words; CONFIG SET then splits its value at single spaces. */
  readonly multiple: boolean;
  /** The stored value for `words`; throws `InvalidValue`. `current` is what is stored now. */
  parse(words: readonly string[], current: S, context: ParseContext): S;
  /** The value as CONFIG GET shows it. */
  format(value: S): string;
  /** The lines for CONFIG REWRITE; none removes the directive from the file. */
  rewrite(name: string, value: S, fallback: S): readonly RewriteLine[];
  /** The value as the program wants it. */
  expose(value: S): T;
}

/**
 * Whether a directive does anything.
 *
 * - `live`: implemented.
 * - `later`: the part it configures does not exist yet; accepted, stored, and named in the log as without effect.
 * - `never`: it tunes a mechanism that Hematite does not have (such as jemalloc's threads); treated like `later`.
 */
export type Effect = 'live' | 'later' | 'never';

/** Where a directive comes from: the first Redis of the reference line, a later server, or Hematite itself. */
export type Origin = 'redis-7.0' | 'redis-7.2' | 'redis-8' | 'valkey' | 'hematite';

/** What a row may say beside name, default and documentation. */
export interface Traits {
  readonly aliases?: readonly string[];
  /** Only the file and the command line set it. */
  readonly immutable?: boolean;
  /** CONFIG SET needs `enable-protected-configs`. */
  readonly protected?: boolean;
  /** CONFIG GET shows it for its exact name only. */
  readonly hidden?: boolean;
  /** Its value is redacted in slow log and MONITOR. */
  readonly sensitive?: boolean;
  /** CONFIG SET is refused while a dataset is loading. */
  readonly denyLoading?: boolean;
  /** Setting it to the value that it has counts as a change: what it names may be another. */
  readonly volatile?: boolean;
  readonly effect?: Effect;
  readonly origin?: Origin;
  /** The value that describes what happens while the directive has no effect, so that setting it is not worth a word. */
  readonly asIs?: string;
}

/** A row of the schema. */
export interface Directive<N extends string = string, S = unknown, T = unknown> {
  readonly name: N;
  readonly kind: Kind<S, T>;
  readonly fallback: S;
  readonly doc: string;
  readonly aliases: readonly string[];
  readonly immutable: boolean;
  readonly protected: boolean;
  readonly hidden: boolean;
  readonly sensitive: boolean;
  readonly denyLoading: boolean;
  readonly volatile: boolean;
  readonly effect: Effect;
  readonly origin: Origin;
  readonly asIs: string | undefined;
}

/** Makes a row; a directive is modifiable, visible and `later` unless its traits say otherwise. */
export function directive<N extends string, S, T>(
  name: N,
  kind: Kind<S, T>,
  fallback: S,
  doc: string,
  traits: Traits = {},
): Directive<N, S, T> {
  return {
    name,
    kind,
    fallback,
    doc,
    aliases: traits.aliases ?? [],
    immutable: traits.immutable ?? false,
    protected: traits.protected ?? false,
    hidden: traits.hidden ?? false,
    sensitive: traits.sensitive ?? false,
    denyLoading: traits.denyLoading ?? false,
    volatile: traits.volatile ?? false,
    effect: traits.effect ?? 'later',
    origin: traits.origin ?? 'redis-7.0',
    asIs: traits.asIs,
  };
}

/** Several words without a meaning of their own are refused; returns the only one. */
export function onlyWord(words: readonly string[]): string {
  if (words.length !== 1) throw new InvalidValue('wrong number of arguments');
  return words[0] as string;
}

/** The single-line form most kinds share. */
export function oneLine(name: string, text: string, force: boolean): readonly RewriteLine[] {
  return [{ text: `${name} ${text}`, force }];
}
