/**
 * The recorded replies of the oracle: expected/<family>.json, one case a line.
 *
 *   { "oracle": "7.0.15", "cases": {
 *   "SET k v; GET k": ["+OK\r\n","$1\r\nv\r\n"],
 *   "HGETALL h": [["*0\r\n"],{"0":"%0\r\n"}]          RESP2, then the steps that differ in RESP3
 *   } }
 *
 * Replies of 1.5 KiB and more are kept as their SHA-1, so that a case may use megabytes without the snapshot growing.
 */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { canonical, condensed } from './compare.js';
import type { Case } from './case.js';
import type { Transcript } from './runner.js';

type Entry = string[] | [string[], Record<string, string>];

function fileOf(family: string): string {
  return fileURLToPath(new URL(`./expected/${family}.json`, import.meta.url));
}

export class Snapshot {
  private constructor(
    readonly oracle: string,
    private readonly entries: Map<string, Entry>,
  ) {}

  static load(family: string): Snapshot {
    const file = fileOf(family);
    if (!existsSync(file)) return new Snapshot('none', new Map());
    const parsed = JSON.parse(readFileSync(file, 'utf8')) as { oracle: string; cases: Record<string, Entry> };
    return new Snapshot(parsed.oracle, new Map(Object.entries(parsed.cases)));
  }

  static empty(oracle: string): Snapshot {
    return new Snapshot(oracle, new Map());
  }

  get names(): IterableIterator<string> {
    return this.entries.keys();
  }

  /** Canonical replies by step; undefined when the case was never recorded. */
  recorded(test: Case, protocol: 2 | 3): string[] | undefined {
    const entry = this.entries.get(test.name);
    if (!entry) return undefined;
    if (!Array.isArray(entry[0])) return entry as string[];
    const [base, changes] = entry as [string[], Record<string, string>];
    return protocol === 2 ? base : base.map((text, index) => changes[index] ?? text);
  }

  record(test: Case, transcripts: Map<2 | 3, Transcript>): void {
    const forms = new Map(
      [...transcripts].map(([protocol, transcript]) => [protocol, canonicalSteps(test, transcript)]),
    );
    const first = forms.get(2) ?? forms.get(3)!;
    const third = forms.get(3) ?? first;
    const changes = Object.fromEntries(
      third.flatMap((text, index) => (text === first[index] ? [] : [[String(index), text]])),
    );
    this.entries.set(test.name, Object.keys(changes).length > 0 ? [first, changes] : first);
  }

  save(family: string): void {
    const lines = [...this.entries].map(([name, entry]) => `${JSON.stringify(name)}:${JSON.stringify(entry)}`);
    writeFileSync(fileOf(family), `{"oracle":${JSON.stringify(this.oracle)},"cases":{\n${lines.join(',\n')}\n}}\n`);
  }
}

function canonicalSteps(test: Case, transcript: Transcript): string[] {
  return transcript.map((raw, index) =>
    condensed(canonical(raw, test.steps[index]!.compare), test.steps[index]!.compare),
  );
}
