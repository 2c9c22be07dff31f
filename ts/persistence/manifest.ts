/**
 * The manifest of a multi-part append-only file: which files make up the dataset, in which order.
 *
 *     file appendonly.aof.2.base.rdb seq 2 type b
 *     file appendonly.aof.1.incr.aof seq 1 type h
 *     file appendonly.aof.2.incr.aof seq 2 type i
 *
 * One base (`b`) at most, then incremental files (`i`) whose numbers rise, and files that a rewrite has made superfluous
 * (`h`), which are removed as soon as the manifest that says so is on the disk. Manifests are values: each change is a new
 * one, so that nothing has changed while it is not written.
 */

import { decodeText, encodeText, fromBytes, quoteWord, splitWords, toBytes } from '../config/words.js';

export type PartKind = 'b' | 'i' | 'h';

export interface Part {
  readonly name: string;
  readonly sequence: number;
  readonly kind: PartKind;
}

/** A manifest that says what no writer says; `line` counts from 1. */
export class ManifestError extends Error {
  constructor(
    readonly line: number,
    reason: string,
  ) {
    super(`line ${line}: ${reason}`);
  }
}

const LINE_MAX = 1024;

export class Manifest {
  constructor(
    readonly base: Part | undefined = undefined,
    readonly increments: readonly Part[] = [],
    readonly history: readonly Part[] = [],
  ) {}

  /** Whether it names no file of the dataset. */
  get isEmpty(): boolean {
    return this.base === undefined && this.increments.length === 0;
  }

  /** The files of the dataset in the order in which they are loaded. */
  get dataset(): readonly Part[] {
    return this.base === undefined ? this.increments : [this.base, ...this.increments];
  }

  /** The file that is written to. */
  get last(): Part | undefined {
    return this.increments.at(-1);
  }

  /** The next base's place, for a file name that begins with `stem`; `extension`: `rdb` or `aof`. */
  nextBase(stem: string, extension: 'rdb' | 'aof'): Part {
    const sequence = this.#highest('base') + 1;
    return { name: `${stem}.${sequence}.base.${extension}`, sequence, kind: 'b' };
  }

  /** The next incremental file, after one that it does not know as well. */
  nextIncrement(stem: string, after?: Part): Part {
    const sequence = Math.max(this.#highest('incr'), after?.sequence ?? 0) + 1;
    return { name: `${stem}.${sequence}.incr.aof`, sequence, kind: 'i' };
  }

  /** The highest number given to a kind of file, those that are history included. */
  #highest(word: 'base' | 'incr'): number {
    const given = [...this.dataset, ...this.history].filter(
      (part) => part.kind === (word === 'base' ? 'b' : 'i') || (part.kind === 'h' && part.name.includes(`.${word}.`)),
    );
    return given.reduce((highest, part) => Math.max(highest, part.sequence), 0);
  }

  /** With one more incremental file. */
  withIncrement(part: Part): Manifest {
    return new Manifest(this.base, [...this.increments, part], this.history);
  }

  /** With a base that stands for everything before the incremental file `first`, or for everything. */
  withBase(base: Part, first: Part | undefined): Manifest {
    const kept = this.increments.filter((part) => first !== undefined && part.sequence >= first.sequence);
    const gone = this.dataset.filter((part) => !kept.includes(part)).map((part) => ({ ...part, kind: 'h' as const }));
    return new Manifest(base, kept, [...this.history, ...gone]);
  }

  /** Without history. */
  withoutHistory(): Manifest {
    return new Manifest(this.base, this.increments);
  }

  toBytes(): Buffer {
    const line = (part: Part) => `file ${wordOf(part.name)} seq ${part.sequence} type ${part.kind}\n`;
    // The reference's order.
    const parts = [...(this.base ? [this.base] : []), ...this.history, ...this.increments];
    return toBytes(parts.map(line).join(''));
  }

  /** Reads a manifest; throws `ManifestError`. */
  static parse(bytes: Buffer): Manifest {
    if (bytes.length === 0) throw new ManifestError(1, 'it is empty');
    const text = fromBytes(bytes);
    let base: Part | undefined;
    const increments: Part[] = [];
    const history: Part[] = [];
    const lines = text.split('\n');
    if (lines.at(-1) !== '') throw new ManifestError(lines.length, 'the last line does not end');
    lines.slice(0, -1).forEach((line, index) => {
      if (line.startsWith('#')) return;
      const part = parseLine(line, index + 1);
      if (part.kind === 'h') history.push(part);
      else if (part.kind === 'i') {
        const before = increments.at(-1);
        if (before && part.sequence <= before.sequence) {
          throw new ManifestError(index + 1, 'the numbers of incremental files do not rise');
        }
        increments.push(part);
      } else {
        if (base) throw new ManifestError(index + 1, 'a second base');
        base = part;
      }
    });
    return new Manifest(base, increments, history);
  }
}

/** A name as one word. */
function wordOf(name: string): string {
  return /^[\w.+-]+$/.test(name) ? name : quoteWord(encodeText(name));
}

function parseLine(line: string, at: number): Part {
  if (line.length > LINE_MAX) throw new ManifestError(at, 'it is too long');
  const words = splitWords(line);
  if (!words || words.length < 6 || words.length % 2 !== 0) throw new ManifestError(at, 'it has no pairs of words');
  const given = new Map<string, string>();
  for (let i = 0; i < words.length; i += 2) given.set((words[i] as string).toLowerCase(), words[i + 1] as string);
  const [name, number, kind] = [given.get('file'), given.get('seq'), given.get('type')];
  if (name === undefined || number === undefined || kind === undefined) {
    throw new ManifestError(at, 'it does not say file, seq and type');
  }
  if (name === '' || name.includes('/') || name.includes('\\') || name.includes('\0')) {
    throw new ManifestError(at, "the file's name is a path, not just a filename");
  }
  const sequence = /^\d{1,15}$/.test(number) ? Number(number) : 0;
  if (sequence <= 0) throw new ManifestError(at, "the file's number is no positive integer");
  if (kind !== 'b' && kind !== 'i' && kind !== 'h') throw new ManifestError(at, `an unknown type '${kind}'`);
  return { name: decodeText(name), sequence, kind };
}
