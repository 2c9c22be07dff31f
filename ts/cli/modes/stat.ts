/** `--stat`: a row of INFO's figures each interval, with its header again every twenty rows. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../connection.js';
import type { Output } from '../command.js';
import type { CliOptions } from '../options.js';
import { ModeError } from './scan.js';

const INTERVAL_MS = 1000;
const HEADER_ROWS = 20;
const HEADER = `------- data ------ --------------------- load -------------------- - child -
keys       mem      clients blocked requests            connections          
`;

/** Runs until `signal` aborts. @throws ModeError, ConnectionError */
export async function statMode(
  connection: Connection,
  options: CliOptions,
  output: Output,
  signal: AbortSignal,
): Promise<number> {
  let requestsBefore: number | undefined;
  for (let row = 0; !signal.aborted; row++) {
    const reply = await connection.call('INFO');
    if (reply.kind === 'error') throw new ModeError(`ERROR: ${reply.text.toString()}`);
    const info = 'text' in reply ? reply.text.toString() : '';
    const field = (name: string) => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1] ?? 0);
    const requests = field('total_commands_processed');
    const keys = [...info.matchAll(/^db\d+:keys=(\d+)/gm)].reduce((sum, match) => sum + Number(match[1]), 0);
    const children = [field('rdb_bgsave_in_progress') && 'SAVE', field('aof_rewrite_in_progress') && 'AOF'].filter(
      Boolean,
    );
    if (row % HEADER_ROWS === 0) output.write(HEADER);
    output.write(
      [
        String(keys).padEnd(11),
        humanBytes(field('used_memory')).padEnd(8),
        ` ${String(field('connected_clients')).padEnd(8)}`,
        String(field('blocked_clients')).padEnd(8),
        `${requests} (+${requests - (requestsBefore ?? requests)})`.padEnd(19),
        ` ${String(field('total_connections_received')).padEnd(12)}`,
        children.join('+'),
        '\n',
      ].join(''),
    );
    requestsBefore = requests;
    await sleep(options.intervalMs || INTERVAL_MS, undefined, { signal }).catch(() => undefined);
  }
  return 0;
}

function humanBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes}B`;
  const power = Math.min(4, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** power).toFixed(2)}${'BKMGT'[power]}`;
}
