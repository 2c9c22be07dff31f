/**
 * What an import shows while it runs: one line that is written over on a terminal, a line now and then elsewhere.
 */

import { size } from '../rdb.js';

const BAR = 24;
/** Time between two looks, milliseconds: on a terminal, and elsewhere. */
const TERMINAL_MS = 100;
const LOG_MS = 5000;

/** `1234567` as `1,234,567`. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Seconds as `1:02:03` or `2:03`. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, at) => (at === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
}

export class Progress {
  readonly #stream: NodeJS.WriteStream;
  readonly #startedMs: number;
  readonly #before: number;
  #shownMs = 0;
  #bytes = 0;
  #isLineOpen = false;

  /** `total`: keys that there are; `before`: keys that an earlier run has been through. */
  constructor(
    stream: NodeJS.WriteStream,
    private readonly total: number,
    before: number,
    private readonly now: () => number = Date.now,
  ) {
    this.#stream = stream;
    this.#startedMs = now();
    this.#before = before;
  }

  /** Keys are done, and so many bytes more. */
  update(db: number, done: number, bytes: number): void {
    this.#bytes += bytes;
    const now = this.now();
    if (now - this.#shownMs < (this.#stream.isTTY ? TERMINAL_MS : LOG_MS)) return;
    this.#shownMs = now;
    this.#show(this.line(db, done));
  }

  /** What is shown. */
  line(db: number, done: number): string {
    const share = this.total === 0 ? 1 : Math.min(1, done / this.total);
    const filled = Math.round(share * BAR);
    const seconds = Math.max(0.001, (this.now() - this.#startedMs) / 1000);
    const rate = (done - this.#before) / seconds;
    const left = rate > 0 ? clock(Math.max(0, this.total - done) / rate) : '-:--';
    const bar = `${'#'.repeat(filled)}${'.'.repeat(BAR - filled)}`;
    return (
      `[${bar}] ${Math.floor(share * 100)} %  db${db}  ${grouped(done)} of ${grouped(this.total)} keys  ` +
      `${grouped(Math.round(rate))}/s  ${size(this.#bytes)}  ${left} left`
    );
  }

  #show(line: string): void {
    if (!this.#stream.isTTY) return void this.#stream.write(`${line}\n`);
    this.#stream.write(`\r${line.slice(0, Math.max(20, (this.#stream.columns ?? 80) - 1))}\x1b[K`);
    this.#isLineOpen = true;
  }

  /** Writes a line of its own. */
  say(text: string): void {
    if (this.#isLineOpen) this.#stream.write('\n');
    this.#isLineOpen = false;
    this.#stream.write(`${text}\n`);
  }
}
