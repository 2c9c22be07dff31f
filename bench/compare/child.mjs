/**
 * Loads of our own (`loads/`), each in a pinned process of its own, so that what they cost is not taken from the server.
 */

import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { pinned, root } from './servers.mjs';

/** No load takes as long as this; one that hangs is ended. */
const SECONDS_MAX = 120;

/** All cores but the server's: "1", "1-15". */
export function otherCores() {
  const count = availableParallelism();
  return count > 2 ? `1-${count - 1}` : '1';
}

/** Starts `loads/PROGRAM.mjs` and waits until it is ready: `{ run(), stop() }`. */
export async function startLoad(program, settings, cores = '1') {
  const path = join(root, 'bench', 'compare', 'loads', `${program}.mjs`);
  const [command, words] = pinned(cores, process.execPath, [path, JSON.stringify(settings)]);
  const child = spawn(command, words, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const timer = setTimeout(() => child.kill('SIGKILL'), SECONDS_MAX * 1000);
  const ended = new Promise((resolve) => child.once('close', resolve));
  const heard = {};
  const failed = new Promise((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the load ended with ${code ?? 'a signal'}`)));
    heard.error = (message) => reject(new Error(message));
  });
  failed.catch(() => undefined);
  const said = (what) => Promise.race([new Promise((resolve) => (heard[what] = resolve)), failed]);
  child.on('message', (message) => {
    for (const [what, value] of Object.entries(message)) heard[what]?.(value);
  });
  const stop = async () => {
    clearTimeout(timer);
    child.kill('SIGKILL');
    await ended;
  };
  try {
    await said('ready');
  } catch (error) {
    await stop();
    throw error;
  }
  const run = () => {
    const result = said('result');
    child.send('go');
    return result;
  };
  return { run, stop };
}

/** Runs one load on a server: its result, and the seconds of processor time that the server took meanwhile. */
export async function loadFromChild(server, program, settings, cores) {
  const load = await startLoad(program, { port: server.port, ...settings }, cores);
  try {
    const before = server.cpuSeconds();
    const result = await load.run();
    return { ...result, cpuSeconds: server.cpuSeconds() - before };
  } finally {
    await load.stop();
  }
}
