/**
 * The configuration of one server or engine: values, transactions, subscriptions.
 *
 * Invariants: every stored value has passed its kind's parse; a transaction either holds for all of its directives and
 * all subscribers have agreed, or nothing has changed. Text is byte strings inside (words.ts), ordinary text outside.
 */

import { closeSync, fchmodSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { type CommandLine } from './command-line.js';
import { InvalidValue, type ParseContext } from './kind.js';
import { ConfigFileError, type ConfigOpenError, readConfigFile, readConfigText } from './load.js';
import { rewriteConfigText, type WantedLines } from './rewrite.js';
import { type AnyDirective, directives, type DirectiveName, type DirectiveValues, findDirective } from './schema.js';
import { systemErrorText } from './system-error.js';
import { encodeText, fromBytes, toBytes } from './words.js';

/** Directives that a file may hold and CONFIG does not know. */
export type FileDirective = 'user' | 'rename-command' | 'loadmodule';

/** Called after values have changed; a text that it returns vetoes the change, which is then undone. */
export type ChangeListener = (changed: ReadonlySet<DirectiveName>) => string | void;

/** Who asks, as far as configuration cares. */
export interface Requester {
  /** Whether the client is on this host: what `local` permits. */
  readonly local: boolean;
  /** Whether a dataset is being loaded. */
  readonly loading: boolean;
}

export interface ConfigOptions {
  /** Where relative paths start; the process's working directory by default. */
  readonly directory?: string;
  /** Judges a `user`, `rename-command` or `loadmodule` line; a text that it returns refuses it. */
  readonly checkLine?: (name: FileDirective, words: readonly string[]) => string | undefined;
  /** The lines for `user` that CONFIG REWRITE writes; without it they stay as they are. */
  readonly describeUsers?: () => readonly string[];
  /** Clears statistics for CONFIG RESETSTAT. */
  readonly resetStatistics?: () => void;
  /** Where warnings go. */
  readonly warn?: (message: string) => void;
}

/** Why a transaction failed; the messages are Redis's. */
export class ConfigSetError extends Error {
  constructor(
    message: string,
    readonly code: 'ERR' | 'LOADING' = 'ERR',
  ) {
    super(message);
  }
}

/** One directive of a transaction. */
interface Assignment {
  readonly row: AnyDirective;
  /** The name as errors give it. */
  readonly name: string;
  readonly text: string;
}

interface Subscription {
  readonly names: ReadonlySet<DirectiveName>;
  readonly listener: ChangeListener;
}

/** Words of a CONFIG SET value: split at single spaces, so that two in a row hold an empty word, as in Redis. */
function valueWords(row: AnyDirective, text: string): string[] {
  if (!row.kind.multiple) return [text];
  return text === '' ? [] : text.split(' ');
}

export class Config {
  /** The absolute path of the configuration file, if there is one. */
  file: string | undefined;
  readonly options: ConfigOptions;
  readonly #values = new Map<DirectiveName, unknown>();
  readonly #explicit = new Set<DirectiveName>();
  readonly #fileLines = new Map<FileDirective, (readonly string[])[]>();
  #subscriptions: Subscription[] = [];

  constructor(options: ConfigOptions = {}) {
    this.options = options;
    for (const row of directives) this.#values.set(row.name, row.fallback);
    if (options.directory !== undefined) this.#values.set('dir', encodeText(resolve(options.directory)));
  }

  /**
   * Reads what a command line names: file, standard input, options, in this order.
   *
   * `stdin` is the text of standard input. Throws `ConfigFileError` or `ConfigOpenError`.
   */
  static fromCommandLine(line: CommandLine & { mode: 'serve' }, stdin?: Buffer, options: ConfigOptions = {}): Config {
    const config = new Config(options);
    const directory = config.get('dir');
    let text = '';
    if (line.file !== undefined) {
      config.file = resolve(directory, line.file);
      text = readConfigFile(config.file, directory);
    }
    if (stdin !== undefined) text += fromBytes(stdin);
    if (line.options !== '') text += '\n' + line.options;
    config.load(text);
    return config;
  }

  /** Applies configuration text (a byte string); throws `ConfigFileError` or `ConfigOpenError`. */
  load(text: string): void {
    // The first line of a list in the text replaces the default, further ones add to it.
    const seen = new Set<AnyDirective>();
    readConfigText(
      text,
      (name, words) => this.#applyLine(name, words, seen),
      () => this.get('dir'),
    );
    if (this.get('cluster-enabled') && this.get('replicaof')) {
      throw new ConfigFileError('replicaof directive not allowed in cluster mode');
    }
    this.#checkLogFile();
  }

  /** Later there is nobody to tell that the log cannot be written. */
  #checkLogFile(): void {
    if (this.get('logfile') === '') return;
    try {
      closeSync(openSync(resolve(this.get('dir'), this.get('logfile')), 'a'));
    } catch (error) {
      throw new ConfigFileError(`Can't open the log file: ${systemErrorText(error)}`);
    }
  }

  #applyLine(name: string, words: readonly string[], seen: Set<AnyDirective>): void {
    const row = findDirective(name);
    if (row) {
      if (!row.kind.multiple && words.length !== 1) throw new InvalidValue('wrong number of arguments');
      // One quoted word may hold all of them: --save "3600 1 300 100".
      const [first = ''] = words;
      const isJoined = row.kind.multiple && words.length === 1 && first.includes(' ');
      this.#store(row, isJoined ? valueWords(row, first) : words, seen.has(row));
      seen.add(row);
      this.#explicit.add(row.name);
    } else if (!isObsolete(name, words)) {
      this.#applyFileLine(name, words);
    }
  }

  #applyFileLine(name: string, words: readonly string[]): void {
    if (name.includes('.')) {
      if (words.length !== 1) throw new InvalidValue('Module config specified without value');
    } else if (name === 'sentinel') {
      throw new InvalidValue('sentinel directive while not in sentinel mode');
    } else if (isFileDirective(name) && words.length >= 1 && (name !== 'rename-command' || words.length === 2)) {
      const refusal = this.options.checkLine?.(name, words);
      if (refusal !== undefined) throw new InvalidValue(refusal);
      this.#fileLines.set(name, [...(this.#fileLines.get(name) ?? []), words]);
    } else {
      throw new InvalidValue('Bad directive or wrong number of arguments');
    }
  }

  /** Parses and stores; true if the value is another one now. */
  #store(row: AnyDirective, words: readonly string[], append: boolean): boolean {
    const current = this.#values.get(row.name);
    const context: ParseContext = { directory: this.get('dir'), append };
    const value = row.kind.parse(words, current, context);
    this.#values.set(row.name, value);
    return row.kind.format(value) !== row.kind.format(current);
  }

  /** The value of a directive. */
  get<N extends DirectiveName>(name: N): DirectiveValues[N] {
    const row = findDirective(name) as AnyDirective;
    return row.kind.expose(this.#values.get(name)) as DirectiveValues[N];
  }

  /** The bytes of a directive as CONFIG GET shows them: what a password has to be taken from. */
  bytes(name: DirectiveName): Buffer {
    return toBytes(this.format(name));
  }

  /** A directive as CONFIG GET shows it, as a byte string. */
  format(name: DirectiveName): string {
    return (findDirective(name) as AnyDirective).kind.format(this.#values.get(name));
  }

  /** The words of each `user`, `rename-command` or `loadmodule` line, as byte strings. */
  lines(name: FileDirective): readonly (readonly string[])[] {
    return this.#fileLines.get(name) ?? [];
  }

  /** Names that file or command line have set to something that has no effect yet. */
  withoutEffect(): DirectiveName[] {
    return directives
      .filter((row) => row.effect !== 'live' && this.#explicit.has(row.name))
      .filter((row) => ![row.kind.format(row.fallback), row.asIs].includes(this.format(row.name)))
      .map((row) => row.name);
  }

  /** Calls `listener` when a transaction changes one of `names`; the result ends the subscription. */
  onChange(names: readonly DirectiveName[], listener: ChangeListener): () => void {
    const subscription = { names: new Set(names), listener };
    this.#subscriptions.push(subscription);
    return () => {
      this.#subscriptions = this.#subscriptions.filter((each) => each !== subscription);
    };
  }

  /**
   * Sets several directives at once, or none; `pairs` are names and values as byte strings.
   *
   * Throws `ConfigSetError` with Redis's message.
   */
  set(pairs: readonly (readonly [name: string, text: string])[], requester: Requester = TRUSTED): void {
    const assignments = this.#resolve(pairs, requester);
    const before = new Map(assignments.map(({ row }) => [row.name, this.#values.get(row.name)]));
    const changed: DirectiveName[] = [];
    for (const { row, name, text } of assignments) {
      try {
        if (this.#store(row, valueWords(row, text), false) || row.volatile) changed.push(row.name);
      } catch (error) {
        this.#restore(before);
        if (error instanceof InvalidValue) throw setFailed(name, error.message);
        throw error;
      }
    }
    this.#notify(changed, before, assignments);
    for (const { row } of assignments) this.#explicit.add(row.name);
    this.#warnWithoutEffect(changed);
  }

  /** Finds the rows; the first name that is unknown or may not be set decides. */
  #resolve(pairs: readonly (readonly [string, string])[], requester: Requester): Assignment[] {
    const assignments: Assignment[] = [];
    for (const [given, text] of pairs) {
      const row = findDirective(given);
      if (!row) throw new ConfigSetError(`Unknown option or number of arguments for CONFIG SET - '${given}'`);
      const refusal = this.#refusal(row, given, requester, assignments);
      if (refusal) throw refusal;
      // For an alias, a failure names the alias.
      assignments.push({ row, name: given.toLowerCase(), text });
    }
    return assignments;
  }

  #refusal(row: AnyDirective, given: string, who: Requester, earlier: Assignment[]): ConfigSetError | undefined {
    if (row.immutable) return setFailed(given, "can't set immutable config");
    if (row.protected && !this.#permitsProtected(who)) return setFailed(given, "can't set protected config");
    if (row.denyLoading && who.loading) {
      return new ConfigSetError('Redis is loading the dataset in memory', 'LOADING');
    }
    // An alias and its directive count as two names, as in Redis.
    if (earlier.some((each) => each.name === given.toLowerCase())) return setFailed(given, 'duplicate parameter');
    return undefined;
  }

  #permitsProtected(who: Requester): boolean {
    const permission = this.get('enable-protected-configs');
    return who === TRUSTED || permission === 'yes' || (permission === 'local' && who.local);
  }

  #restore(before: ReadonlyMap<DirectiveName, unknown>): void {
    for (const [name, value] of before) this.#values.set(name, value);
  }

  /** Asks the subscribers in the order of the directives set; a veto undoes everything and tells them so. */
  #notify(
    changed: readonly DirectiveName[],
    before: ReadonlyMap<DirectiveName, unknown>,
    assignments: readonly Assignment[],
  ): void {
    const names = new Set(changed);
    const asked: Subscription[] = [];
    for (const name of changed) {
      for (const subscription of this.#subscriptions) {
        if (!subscription.names.has(name) || asked.includes(subscription)) continue;
        asked.push(subscription);
        const veto = subscription.listener(names);
        if (typeof veto !== 'string') continue;
        this.options.warn?.(
          `Failed applying new configuration. Possibly related to new ${name} setting. Restoring previous settings.`,
        );
        this.#restore(before);
        for (const each of asked) each.listener(names);
        throw setFailed(assignments.find(({ row }) => row.name === name)?.name ?? name, veto);
      }
    }
  }

  #warnWithoutEffect(changed: readonly DirectiveName[]): void {
    const idle = this.withoutEffect().filter((name) => changed.includes(name));
    if (idle.length > 0) this.options.warn?.(withoutEffectMessage(idle));
  }

  /** The text of the configuration file as CONFIG REWRITE would write it over `content`; `all`: with what has its default. */
  rewritten(content: string | undefined, all = false): string {
    const wanted: WantedLines[] = directives.map((row) => {
      const lines = row.kind.rewrite(row.name, this.#values.get(row.name), row.fallback);
      return [row.name, all ? lines.map((line) => ({ ...line, force: true })) : lines];
    });
    const users = this.get('aclfile') !== '' ? [] : this.options.describeUsers?.();
    if (users) wanted.push(['user', users.map((text) => ({ text: `user ${text}`, force: true }))]);
    const known = (name: string) => findDirective(name) !== undefined || isFileDirective(name) || name === 'include';
    return rewriteConfigText(content, wanted, known);
  }

  /** Rewrites the configuration file in one step; throws the system's error, or `Error` without a file. */
  rewrite(all = false): void {
    if (this.file === undefined) throw new Error('The server is running without a config file');
    let content: string | undefined;
    try {
      content = readConfigFile(this.file, '/');
    } catch (error) {
      const cause = (error as ConfigOpenError).systemError as NodeJS.ErrnoException;
      if (cause.code !== 'ENOENT') throw cause;
    }
    replaceFile(this.file, toBytes(this.rewritten(content, all)));
  }
}

/** Nobody has to be asked: the program itself sets values. */
export const TRUSTED: Requester = { local: true, loading: false };

function setFailed(name: string, reason: string): ConfigSetError {
  return new ConfigSetError(`CONFIG SET failed (possibly related to argument '${name}') - ${reason}`);
}

function isFileDirective(name: string): name is FileDirective {
  return name === 'user' || name === 'rename-command' || name === 'loadmodule';
}

/** Directives of long ago that are read over. */
function isObsolete(name: string, words: readonly string[]): boolean {
  const obsolete = ['list-max-ziplist-entries', 'list-max-ziplist-value', 'lua-replicate-commands'];
  return obsolete.includes(name) && words.length === 1;
}

/** The log line that names directives without effect. */
export function withoutEffectMessage(names: readonly DirectiveName[]): string {
  return `Accepted without effect in this version: ${names.join(', ')}`;
}

/** Writes beside the file, syncs, renames: a crash leaves the old file or the new one. */
export function replaceFile(path: string, content: Buffer): void {
  const draft = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  const handle = openSync(draft, 'w', 0o600);
  try {
    for (let at = 0; at < content.length;) at += writeSync(handle, content, at);
    fchmodSync(handle, 0o644 & ~process.umask());
    fsyncSync(handle);
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  } finally {
    closeSync(handle);
  }
}
