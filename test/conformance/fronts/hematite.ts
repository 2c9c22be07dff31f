/**
 * The server under test over TCP.
 *
 * HEMATITE_SERVER        command line that starts it (default: node dist/cli/hematite.js server)
 * HEMATITE_SERVER_PORT   a server that already runs: nothing is started
 */

import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Front } from './front.js';
import { SERVER_OPTIONS } from './oracle.js';
import { freePort, startServer } from './process.js';
import { tcpFront } from './tcp.js';

/** The reference version that the engine reports and must behave as. */
export const ENGINE_VERSION = '7.2.4';
/** It also has the commands of everything that came later. */
export const ENGINE_LATEST = '99';

const ENTRY = resolve(fileURLToPath(new URL('../../../dist/cli/hematite.js', import.meta.url)));

/** Why the server under test cannot be started; undefined when it can. */
export function hematiteMissing(): string | undefined {
  if (process.env.HEMATITE_SERVER || process.env.HEMATITE_SERVER_PORT || existsSync(ENTRY)) return undefined;
  return `${ENTRY} is not built and HEMATITE_SERVER is not set`;
}

/** `driver`: the pump's io driver; `threads`: io-threads. */
export async function hematiteFront(options: { driver?: 'uring' | 'mio'; threads?: number } = {}): Promise<Front> {
  const name = `tcp${options.driver ? `-${options.driver}` : ''}`;
  const running = Number(process.env.HEMATITE_SERVER_PORT ?? 0);
  if (running) return tcpFront({ name, port: running, version: ENGINE_VERSION, latest: ENGINE_LATEST });
  const [command, ...leading] = process.env.HEMATITE_SERVER?.split(' ').filter(Boolean) ?? [
    process.execPath,
    ENTRY,
    'server',
  ];
  const port = await freePort();
  const args = [...leading, '--port', String(port), ...SERVER_OPTIONS];
  if (options.driver) args.push('--io-driver', options.driver);
  if (options.threads) args.push('--io-threads', String(options.threads));
  const directory = mkdtempSync(join(tmpdir(), 'hematite-conformance-'));
  const server = await startServer(
    command!,
    args,
    (line) => (line.includes('Ready to accept connections') ? port : 0),
    directory,
  );
  return tcpFront({ name, port, version: ENGINE_VERSION, latest: ENGINE_LATEST, stop: server.stop });
}
