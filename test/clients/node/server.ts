/**
 * The built server for tests with real clients: one process a test file, on a free port.
 *
 * HEMATITE_SERVER: another command that starts a server, such as `redis-server`, to try the tests themselves.
 */

import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, startServer } from '../../conformance/fronts/process.js';

const ENTRY = fileURLToPath(new URL('../../../dist/cli/hematite.js', import.meta.url));

export interface Server {
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts the server with further options; resolves when it accepts connections. */
export async function startHematite(...options: string[]): Promise<Server> {
  const directory = mkdtempSync(join(tmpdir(), 'hematite-clients-'));
  const port = await freePort();
  const [command, ...leading] = process.env.HEMATITE_SERVER?.split(' ') ?? [process.execPath, ENTRY];
  const args = [...leading, '--port', String(port), '--save', '', '--dir', directory, ...options];
  const isReady = (line: string) => (line.includes('Ready to accept connections') ? port : 0);
  const server = await startServer(command as string, args, isReady, directory);
  return {
    port,
    pid: server.child.pid as number,
    stop: async () => {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export const HUNDRED_MEGABYTES = 100 * 1024 * 1024;

/** 100 MiB in which every byte value occurs, and no two pages are alike. */
export function hundredMegabytes(): Buffer {
  const page = randomBytes(1 << 16);
  const value = Buffer.alloc(HUNDRED_MEGABYTES);
  for (let at = 0; at < value.length; at += page.length) {
    page.copy(value, at);
    value.writeUInt32LE(at, at);
  }
  return value;
}

export const SCAN_KEYS = 100_000;

/** Resolves after a while. */
export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
