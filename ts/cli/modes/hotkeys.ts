/** `--hotkeys`: the keys with the highest access counters, which servers keep under an LFU maxmemory-policy only. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../connection.js';
import type { Output } from '../command.js';
import type { CliOptions } from '../options.js';
import { quote } from '../quoting.js';
import { databaseSize, percent } from './key_sizes.js';
import { ModeError, scanBatches } from './scan.js';

const HOT_KEYS = 16;

/** @throws ModeError, ConnectionError */
export async function hotkeysMode(
  connection: Connection,
  options: CliOptions,
  output: Output,
  signal: AbortSignal,
): Promise<number> {
  const hottest: { key: string; counter: number }[] = [];
  const total = await databaseSize(connection);
  let sampled = 0;
  let batches = 0;
  output.write(
    '\n# Scanning the entire keyspace to find hot keys as well as\n' +
      '# average sizes per key type.  You can use -i 0.1 to sleep 0.1 sec\n# per 100 SCAN commands (not usually needed).\n\n',
  );
  for await (const keys of scanBatches(connection, options)) {
    if (signal.aborted) break;
    const done = percent(sampled, total);
    const replies = await connection.callAll(keys.map((key) => ['OBJECT', 'FREQ', key]));
    keys.forEach((bytes, i) => {
      const reply = replies[i];
      if (reply?.kind === 'error') throw new ModeError(`Error: ${reply.text.toString()}`);
      sampled++;
      const counter = reply?.kind === 'integer' ? Number(reply.value) : 0;
      if (counter === 0 || (hottest.length === HOT_KEYS && counter <= (hottest[HOT_KEYS - 1]?.counter ?? 0))) return;
      const key = quote(bytes);
      const place = hottest.findIndex((hot) => hot.counter < counter);
      hottest.splice(place < 0 ? hottest.length : place, 0, { key, counter });
      hottest.splice(HOT_KEYS);
      output.write(`[${done}] Hot key '${key}' found so far with counter ${counter}\n`);
    });
    if (options.intervalMs > 0 && ++batches % 100 === 0) await sleep(options.intervalMs);
  }
  output.write(`\n-------- summary -------\n\nSampled ${sampled} keys in the keyspace!\n`);
  for (const { key, counter } of hottest) output.write(`hot key found with counter: ${counter}\tkeyname: ${key}\n`);
  return 0;
}
