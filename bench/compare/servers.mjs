/**
 * The servers that are compared: started alike, pinned alike, and read from outside through /proc.
 *
 * A server is `{ kind, port, pid, version, cpuSeconds(), residentBytes(), stop() }`. With two cores or more it runs on core
 * 0 and its load on core 1, so that neither takes time from the other.
 */

import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectOnce } from './client.mjs';

export const root = fileURLToPath(new URL('../../', import.meta.url));

const START_MS_MAX = 20_000;
const TICKS_PER_SECOND = Number(spawnSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }).stdout) || 100;

export const canPin =
  process.platform === 'linux' &&
  availableParallelism() >= 2 &&
  spawnSync('taskset', ['--version'], { stdio: 'ignore' }).status === 0;

/** A command line that runs on `cores` ("0", "0,2") where pinning is possible. */
export function pinned(cores, program, args) {
  return canPin && cores !== undefined ? ['taskset', ['-c', cores, program, ...args]] : [program, args];
}

/** How each kind is started; `extra` are further options of the server's own. */
function commandLine(kind, port, directory, { extra = [], rival }) {
  const alike = ['--port', String(port), '--save', '', '--appendonly', 'no', '--dir', directory];
  if (kind === 'redis') return ['redis-server', [...alike, '--loglevel', 'warning', ...extra]];
  if (kind === 'rival') {
    const fill = (word) => word.replace('{port}', String(port)).replace('{dir}', directory);
    return [rival.program, rival.args.map(fill)];
  }
  const entry = kind === 'hematite-busy' ? 'bench/compare/busy-host.mjs' : 'dist/cli/hematite.js';
  return [process.execPath, [join(root, entry), ...alike, '--io-threads', '1', ...extra]];
}

async function answers(port) {
  const deadline = performance.now() + START_MS_MAX;
  while (performance.now() < deadline) {
    const client = await connectOnce(port);
    if (client !== undefined) {
      const greeting = await client.text('INFO', 'server').catch(() => '');
      client.close();
      return /(?:hematite_version|redis_version|version):(\S+)/.exec(greeting)?.[1] ?? 'unknown';
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`nothing answers on port ${port}`);
}

/** User and system time of all threads that there are or were, seconds. */
function cpuSeconds(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in parentheses may hold anything; what follows it is regular.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function residentBytes(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
}

let nextPort = 0;

/** Starts a server of a kind (`hematite`, `hematite-busy`, `redis`, `rival`); `cores` default to core 0. */
export async function startServer(kind, { options, cores = '0', extra = [] }) {
  const port = options.port + (nextPort++ % 60);
  const directory = mkdtempSync(join(tmpdir(), 'hematite-bench-'));
  const [program, args] = pinned(cores, ...commandLine(kind, port, directory, { extra, rival: options.rival }));
  const child = spawn(program, args, { cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] });
  let complaint = '';
  child.stderr.on('data', (text) => (complaint = (complaint + text).slice(-2000)));
  const ended = new Promise((resolve) => child.once('close', resolve));
  const failed = new Promise((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${kind} ended with ${code}: ${complaint}`)));
  });
  failed.catch(() => undefined);
  const version = await Promise.race([answers(port), failed]);
  return {
    kind,
    port,
    version,
    pid: child.pid,
    cpuSeconds: () => cpuSeconds(child.pid),
    residentBytes: () => residentBytes(child.pid),
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The kinds that a row compares, ours first. */
export function kinds(options) {
  return options.rival === undefined ? ['hematite', 'redis'] : ['hematite', 'redis', 'rival'];
}

/** Starts one server of each kind, hands them to `work` as an object by kind, and ends them whatever happens. */
export async function withServers(options, work, { only = kinds(options), ...settings } = {}) {
  const servers = {};
  try {
    for (const kind of only) servers[kind] = await startServer(kind, { options, ...settings });
    return await work(servers);
  } finally {
    await Promise.all(Object.values(servers).map((server) => server.stop()));
  }
}
