/**
 * redis-benchmark as the load, and the server's processor time beside it.
 */

import { spawn } from 'node:child_process';
import { pinned } from './servers.mjs';

/** Runs a program; resolves with what it printed. */
export function output(program, args, settings = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'], ...settings });
    let text = '';
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (chunk) => (text += chunk));
    child.once('error', reject);
    child.once('close', (status) => {
      if (status === 0) resolve(text);
      else reject(new Error(`${program} ${args.join(' ')} ended with ${status}: ${text.slice(-500)}`));
    });
  });
}

/** `99.902% <= 0.327 milliseconds`: the latency at or below which `percent` of all requests were answered. */
function percentile(text, percent) {
  for (const match of text.matchAll(/^([\d.]+)% <= ([\d.]+) milliseconds/gm)) {
    if (Number(match[1]) >= percent) return Number(match[2]);
  }
  return NaN;
}

/**
 * Loads a server with one command; `__rand_int__` in it becomes twelve digits below `keys`.
 *
 * Gives microseconds of the server's processor time an operation, operations a second, and p99.9 in milliseconds.
 */
export async function load(server, { command, requests, pipeline, keys = 1_000_000, clients = 50, cores = '1' }) {
  const args = ['-p', server.port, '-c', clients, '-n', requests, '-P', pipeline, '-r', keys, '--precision', 3];
  const before = server.cpuSeconds();
  const [program, words] = pinned(cores, 'redis-benchmark', [...args.map(String), ...command]);
  const text = await output(program, words);
  const seconds = server.cpuSeconds() - before;
  const rate = Number(/throughput summary: ([\d.]+) requests per second/.exec(text)?.[1]);
  if (!Number.isFinite(rate) || /^(Error|WARNING: .*error)/im.test(text)) {
    throw new Error(`redis-benchmark said: ${text.slice(0, 500)}`);
  }
  return { cpuMicros: (seconds * 1e6) / requests, rate, p999: percentile(text, 99.9) };
}
