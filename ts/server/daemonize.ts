/**
 * Running in the background: the process starts itself again, detached from terminal and session, and exits.
 *
 * Node cannot fork, so the second process begins anew with the same arguments; an environment variable tells it that
 * it is the daemon. The caller has read the configuration before, so that errors in it still reach the terminal.
 */

import { spawn } from 'node:child_process';

const DAEMON_MARK = 'HEMATITE_DAEMON';

/** Whether this process is the one that was sent to the background. */
export function isDaemon(): boolean {
  return process.env[DAEMON_MARK] === '1';
}

/**
 * Starts the same program in the background and resolves with its process id; the caller then exits.
 *
 * `stdin` is what this process has read from its standard input, for a configuration that came that way.
 */
export async function daemonize(stdin?: Buffer): Promise<number> {
  const args = [...process.execArgv, ...process.argv.slice(1)];
  const child = spawn(process.execPath, args, {
    detached: true,
    stdio: [stdin === undefined ? 'ignore' : 'pipe', 'ignore', 'ignore'],
    env: { ...process.env, [DAEMON_MARK]: '1' },
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  if (stdin !== undefined) await new Promise<void>((resolve) => child.stdin?.end(stdin, () => resolve()));
  child.unref();
  return child.pid as number;
}
