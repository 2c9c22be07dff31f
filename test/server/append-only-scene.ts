/**
 * Servers with an append-only file in a directory of their test's own, ours and the reference's.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect } from 'vitest';
import type { Connection } from '../conformance/fronts/front.js';
import { freePort, type ServerProcess, startServer } from '../conformance/fronts/process.js';
import { openTcp } from '../conformance/fronts/tcp.js';
import { ask } from '../fuzz/dump.js';

export const PROGRAM = fileURLToPath(new URL('../../dist/cli/hematite.js', import.meta.url));

/** The directory of the test that runs. */
export let folder: string;
let running: { server: ServerProcess; connections: Connection[] }[];

/** Each test of the file gets a directory, and its servers end with it. */
export function useFolder(): void {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hematite-aof-'));
    running = [];
  });
  afterEach(() => {
    for (const { server, connections } of running) {
      connections.forEach((connection) => connection.close());
      server.child.kill('SIGKILL');
    }
    rmSync(folder, { recursive: true, force: true });
  });
}

export interface Server {
  readonly connection: Connection;
  readonly pid: number;
  /** Another connection, which ends with the test. */
  connect(): Promise<Connection>;
  /** Sends lines and gives the raw replies. */
  say(...lines: string[]): Promise<string[]>;
  kill(): Promise<void>;
  end(): Promise<void>;
}

/** A server by the command line that begins so. */
export async function start(command: string[], ...options: string[]): Promise<Server> {
  const port = await freePort();
  const args = [...command.slice(1), '--port', `${port}`, '--dir', folder, '--save', ''];
  const isReady = (line: string) => (line.includes('Ready to accept connections') ? port : 0);
  const debug = ['--enable-debug-command', 'yes'];
  const server = await startServer(
    command[0] as string,
    [...args, '--appendonly', 'yes', ...debug, ...options],
    isReady,
    folder,
  );
  const connection = await openTcp(port);
  const connections = [connection];
  running.push({ server, connections });
  const ended = new Promise<void>((resolve) => server.child.once('exit', () => resolve()));
  return {
    connection,
    pid: server.child.pid as number,
    connect: async () => {
      const another = await openTcp(port);
      connections.push(another);
      return another;
    },
    say: (...lines) =>
      ask(
        connection,
        lines.map((line) => line.split(' ')),
      ),
    kill: async () => {
      server.child.kill('SIGKILL');
      await ended;
    },
    end: () => server.stop(),
  };
}

export const hematite = (...options: string[]) => start([process.execPath, PROGRAM], ...options);
export const redis = (...options: string[]) => start(['redis-server'], ...options);

export const FOLDER = 'appendonlydir';
/** The incremental file of a server that keeps its files in a folder. */
export const increment = (name = FOLDER) =>
  join(folder, name, readdirSync(join(folder, name)).find((file) => file.endsWith('.incr.aof')) as string);
export const aofFiles = () => readdirSync(join(folder, FOLDER)).sort();
export const manifestText = () => readFileSync(join(folder, FOLDER, 'appendonly.aof.manifest'), 'latin1');

/** Has the files hold what a server that was killed had left with the kernel, as its next start would. */
export function takeIn(): string {
  const manifest = join(folder, FOLDER, 'appendonly.aof.manifest');
  const command = [PROGRAM, 'check-aof', '--fix', '--yes', manifest];
  const { status, stdout } = spawnSync(process.execPath, command, { encoding: 'utf8' });
  expect(status, stdout).toBe(0);
  return stdout;
}

/** Waits until no rewrite is under way. */
export async function rewritten(server: Server): Promise<void> {
  await expect
    .poll(async () => (await server.say('INFO persistence'))[0], { timeout: 10_000 })
    .toContain('aof_rewrite_in_progress:0');
}
