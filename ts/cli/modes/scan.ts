/** `--scan`: every key that SCAN gives, one a line; and the loop over SCAN that the key samplers share. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../connection.js';
import type { Output } from '../command.js';
import type { CliOptions } from '../options.js';
import type { OutputFormat } from '../render.js';
import { quote } from '../quoting.js';

/** The server refused a command that a mode depends on; the message is fit to be shown. */
export class ModeError extends Error {
  override name = 'ModeError';
}

/** Batches of keys until the cursor is back at 0. @throws ModeError, ConnectionError */
export async function* scanBatches(connection: Connection, options: CliOptions): AsyncGenerator<Buffer[]> {
  let cursor = '0';
  do {
    const args: (string | Buffer)[] = ['SCAN', cursor];
    if (options.pattern) args.push('MATCH', options.pattern);
    if (options.scanCount !== undefined) args.push('COUNT', String(options.scanCount));
    if (options.mode === 'scan' && options.scanType !== undefined) args.push('TYPE', options.scanType);
    const reply = await connection.call(...args);
    if (reply.kind === 'error') throw new ModeError(`ERROR: ${reply.text.toString()}`);
    const [next, keys] = 'items' in reply ? reply.items : [];
    if (!next || !('text' in next) || !keys || !('items' in keys)) throw new ModeError('Invalid reply to SCAN');
    cursor = next.text.toString();
    yield keys.items.flatMap((key) => ('text' in key ? [key.text] : []));
  } while (cursor !== '0');
}

export async function scanMode(
  connection: Connection,
  options: CliOptions,
  output: Output,
  format: OutputFormat,
): Promise<number> {
  for await (const keys of scanBatches(connection, options)) {
    const lines = keys.map((key) =>
      format === 'standard' ? Buffer.from(`${quote(key)}\n`) : Buffer.concat([key, NEWLINE]),
    );
    if (lines.length > 0) output.write(Buffer.concat(lines));
    if (options.intervalMs > 0) await sleep(options.intervalMs);
  }
  return 0;
}

const NEWLINE = Buffer.from('\n');
