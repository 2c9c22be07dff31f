/**
 * `--latency`, `--latency-history`: time PINGs, a hundred a second, in whole milliseconds as redis-cli does.
 *
 * On a terminal the figures are drawn over themselves; with --latency-history a line stays behind for each interval.
 * Raw and CSV output measures one interval and prints one line: min max average samples.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../connection.js';
import type { Output } from '../command.js';
import type { CliOptions } from '../options.js';
import type { OutputFormat } from '../render.js';

const SAMPLE_PAUSE_MS = 10;
const HISTORY_INTERVAL_MS = 15_000;
const REPORT_INTERVAL_MS = 1_000;

class Samples {
  #min = Infinity;
  #max = 0;
  #total = 0;
  #count = 0;

  add(ms: number): void {
    this.#min = Math.min(this.#min, ms);
    this.#max = Math.max(this.#max, ms);
    this.#total += ms;
    this.#count++;
  }

  text(format: OutputFormat): string {
    const min = this.#count === 0 ? 0 : this.#min;
    const average = (this.#count === 0 ? 0 : this.#total / this.#count).toFixed(2);
    const [max, count] = [this.#max, this.#count];
    switch (format) {
      case 'standard':
        return `min: ${min}, max: ${max}, avg: ${average} (${count} samples)`;
      case 'json':
      case 'quoted-json':
        return `{"min": ${min}, "max": ${max}, "avg": ${average}, "count": ${count}}\n`;
      default:
        return [min, max, average, count].join(format === 'csv' ? ',' : ' ') + '\n';
    }
  }
}

/** Runs until `signal` aborts (or one interval, for raw, CSV and JSON output). @throws ConnectionError */
export async function latencyMode(
  connection: Connection,
  options: CliOptions,
  output: Output,
  format: OutputFormat,
  signal: AbortSignal,
): Promise<number> {
  const history = options.mode === 'latency-history';
  const intervalMs = options.intervalMs || (history ? HISTORY_INTERVAL_MS : REPORT_INTERVAL_MS);
  let samples = new Samples();
  let started = performance.now();
  while (!signal.aborted) {
    const sent = performance.now();
    await connection.call('PING');
    samples.add(Math.round(performance.now() - sent));
    if (format === 'standard') output.write(`\x1b[0G\x1b[2K${samples.text(format)}`);
    const elapsedMs = performance.now() - started;
    if (elapsedMs > intervalMs) {
      if (format !== 'standard') {
        output.write(samples.text(format));
        return 0;
      }
      if (history) {
        output.write(` -- ${(elapsedMs / 1000).toFixed(2)} seconds range\n`);
        samples = new Samples();
        started = performance.now();
      }
    }
    await sleep(SAMPLE_PAUSE_MS);
  }
  output.write('\n');
  return 0;
}
