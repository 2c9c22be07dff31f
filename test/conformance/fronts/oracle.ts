/** The oracle front: a real redis-server, started for the run. HEMATITE_ORACLE overrides the binary. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Front } from './front.js';
import { freePort, startServer } from './process.js';
import { tcpFront } from './tcp.js';

/** Options under which every server of the suite runs: nothing on disk, DEBUG allowed, quick to start. */
export const SERVER_OPTIONS = [
  '--save',
  '',
  '--appendonly',
  'no',
  '--enable-debug-command',
  'yes',
  '--databases',
  '16',
  '--bind',
  '127.0.0.1',
] as const;

const BINARY = process.env.HEMATITE_ORACLE ?? 'redis-server';

/** Version of the installed oracle, undefined when there is none. */
export function oracleVersion(): string | undefined {
  try {
    return /v=([\d.]+)/.exec(execFileSync(BINARY, ['--version'], { encoding: 'latin1' }))?.[1];
  } catch {
    return undefined;
  }
}

export async function oracleFront(): Promise<Front> {
  const version = oracleVersion();
  if (!version) throw new Error(`no oracle: ${BINARY} is not installed`);
  const port = await freePort();
  const directory = mkdtempSync(join(tmpdir(), 'hematite-oracle-'));
  const server = await startServer(
    BINARY,
    ['--port', String(port), ...SERVER_OPTIONS],
    (line) => (line.includes('Ready to accept connections') ? port : 0),
    directory,
  );
  return tcpFront({ name: 'oracle', port, version, stop: server.stop });
}
