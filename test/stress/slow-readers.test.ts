/**
 * 200 clients ask for 128 MB each and read nothing, their process stopped: the server's memory stays bounded, and others are
 * served as before.
 */

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sleep, startHematite, type Server } from '../clients/node/server.js';
import { Client } from './client.js';

const CLIENTS = 200;
const REQUESTS = 2_000;
const VALUE_BYTES = 64 * 1024;
/** The engine stops at 1 MiB of output; growing buffers take twice that, and something is on its way to the socket. */
const BYTES_PER_CLIENT_MAX = 3 * 1024 * 1024;
/** Filling all those buffers takes a moment; from then on nobody may notice the silent clients. */
const FILL_MS = 3_000;
const WAIT_MS_MAX = 250;
const SILENT = fileURLToPath(new URL('silent-clients.mjs', import.meta.url));

let server: Server;
beforeAll(async () => void (server = await startHematite('--io-threads', '2')));
afterAll(() => server.stop());

const residentBytes = (): number =>
  Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]) * 1024;

/** Starts the silent clients; resolves when all have asked. */
async function startSilent(): Promise<{ pid: number; end: () => Promise<void> }> {
  const args = [SILENT, server.port, CLIENTS, REQUESTS, 'large'].map(String);
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return { pid: child.pid as number, end: () => (child.kill('SIGKILL'), closed) };
}

/** Looks on for a while: the most that the server grew over `before`, and the longest wait of a client that reads. */
async function watch(client: Client, before: number): Promise<{ peak: number; longest: number; served: number }> {
  const seen = { peak: 0, longest: 0, served: 0 };
  const start = performance.now();
  while (performance.now() < start + 2 * FILL_MS) {
    const begin = performance.now();
    expect(await client.call('GET', 'small')).toBe('value');
    seen.served += 1;
    if (begin > start + FILL_MS) seen.longest = Math.max(seen.longest, performance.now() - begin);
    seen.peak = Math.max(seen.peak, residentBytes() - before);
    await sleep(1);
  }
  return seen;
}

it.skipIf(process.platform !== 'linux')('bounds memory for clients that never read', { timeout: 60_000 }, async () => {
  const client = await Client.open(server.port);
  await client.call('MSET', 'large', 'v'.repeat(VALUE_BYTES), 'small', 'value');
  const before = residentBytes();
  // The second time shows that what the first clients left behind is used again.
  for (let round = 1; round <= 2; round += 1) {
    const silent = await startSilent();
    process.kill(silent.pid, 'SIGSTOP');
    const { peak, longest, served } = await watch(client, before);
    await silent.end();
    console.log(
      `${(peak / CLIENTS / 1024).toFixed(0)} KiB a silent client, others waited ${longest.toFixed(1)} ms at most`,
    );
    // They must have filled their buffers, or this shows nothing.
    expect(peak).toBeGreaterThan((CLIENTS * VALUE_BYTES) / 2);
    expect(peak).toBeLessThan(CLIENTS * BYTES_PER_CLIENT_MAX);
    expect(served).toBeGreaterThan(100);
    expect(longest).toBeLessThan(WAIT_MS_MAX);
  }
  client.close();
});
