/**
 * The server as a process: what it prints, how it listens, how it ends.
 */

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { freePort } from '../conformance/fronts/process.js';
import { program, ServerProcess } from './server-process.js';

let folder: string;
let children: ChildProcess[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hematite-'));
  children = [];
});

afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

interface Server {
  readonly child: ChildProcess;
  readonly port: number;
  /** What it has printed. */
  output(): string;
  /** Resolves with the exit status. */
  readonly ended: Promise<number | null>;
}

async function start(...args: string[]): Promise<Server> {
  const port = await freePort();
  const words = args.includes('--port') ? args : ['--port', String(port), ...args];
  const server = await ServerProcess.run(port, ['--save', '', '--dir', folder, ...words]);
  children.push(server.child);
  return { child: server.child, port, output: () => server.output, ended: server.ended };
}

/** Sends one inline request; the reply is whatever comes before the connection falls silent or ends. */
function ask(where: { port: number } | { path: string }, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...where, host: '127.0.0.1' });
    let reply = '';
    socket.on('data', (chunk: Buffer) => {
      reply += chunk.toString();
      setTimeout(() => socket.destroy(), 20);
    });
    socket.once('error', reject);
    socket.once('close', () => resolve(reply));
    socket.write(request + '\r\n');
  });
}

describe('starting', () => {
  test('says version, mode, port and threads, and that it is ready, in the format of Redis', async () => {
    const server = await start('--io-threads', '2');
    expect(server.output()).toMatch(/Hematite \d+\.\d+\.\d+/);
    expect(server.output()).toContain(`port ${server.port}`);
    expect(server.output()).toContain('mode standalone');
    expect(server.output()).toContain('threads 2');
    expect(server.output()).toMatch(/^\d+:M \d\d \w{3} \d{4} [\d:.]{12} \* Ready to accept connections tcp$/m);
    expect(await ask(server, 'PING')).toBe('+PONG\r\n');
    expect(await ask(server, 'GET a')).toBe('$-1\r\n');
  });

  test('a port in use is told in the words of Redis, with status 1', async () => {
    const first = await start();
    const second = await start('--port', String(first.port));
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain(
      `Warning: Could not create server TCP listening socket *:${first.port}: bind: Address already in use`,
    );
    expect(second.output()).toContain(`Failed listening on port ${first.port} (tcp), aborting.`);
  });

  test.each(['mio', 'auto'])('io-driver %s serves', async (driver) => {
    const server = await start('--io-driver', driver);
    expect(await ask(server, 'SET k v')).toBe('+OK\r\n');
  });

  test('a unix socket with its mode', async () => {
    const path = join(folder, 'server.sock');
    const server = await start('--unixsocket', path, '--unixsocketperm', '700');
    await expect.poll(server.output).toContain('Ready to accept connections unix');
    expect(statSync(path).mode & 0o777).toBe(0o700);
    expect(await ask({ path }, 'PING')).toBe('+PONG\r\n');
    server.child.kill('SIGTERM');
    expect(await server.ended).toBe(0);
    expect(existsSync(path)).toBe(false);
  });

  test('log file and id file', async () => {
    const [log, pidfile] = [join(folder, 'server.log'), join(folder, 'server.pid')];
    const port = await freePort();
    const args = ['--port', String(port), '--dir', folder, '--logfile', log, '--pidfile', pidfile];
    const child = spawn(process.execPath, [program, ...args], { stdio: 'ignore' });
    children.push(child);
    await expect
      .poll(() => existsSync(log) && readFileSync(log, 'utf8'), { timeout: 5000 })
      .toContain('Ready to accept');
    expect(readFileSync(pidfile, 'utf8')).toBe(`${child.pid}\n`);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
    expect(existsSync(pidfile)).toBe(false);
    expect(readFileSync(log, 'utf8')).toContain('bye bye');
  });

  test('daemonize leaves a process that serves', async () => {
    const port = await freePort();
    const pidfile = join(folder, 'daemon.pid');
    const args = [program, '--port', String(port), '--dir', folder, '--daemonize', 'yes', '--pidfile', pidfile];
    await new Promise<void>((resolve, reject) => {
      execFile(process.execPath, args, (error) => (error ? reject(error) : resolve()));
    });
    await expect.poll(() => existsSync(pidfile), { timeout: 5000 }).toBe(true);
    expect(await ask({ port }, 'PING')).toBe('+PONG\r\n');
    process.kill(Number(readFileSync(pidfile, 'utf8')), 'SIGTERM');
    await expect.poll(() => existsSync(pidfile), { timeout: 5000 }).toBe(false);
  });

  test('a wrong option names its line, with status 1', async () => {
    const server = await start('--maxclients', 'many');
    expect(await server.ended).toBe(1);
    expect(server.output()).toContain('FATAL CONFIG FILE ERROR');
    expect(server.output()).toContain('maxclients');
  });
});

describe('configuration at run time', () => {
  test('reaches the engine', async () => {
    const server = await start();
    expect(await ask(server, 'CONFIG SET requirepass secret')).toBe('+OK\r\n');
    expect(await ask(server, 'GET k')).toBe('-NOAUTH Authentication required.\r\n');
  });

  test('moves the port, and keeps the old one if the new one is taken', async () => {
    const server = await start();
    const port = await freePort();
    expect(await ask(server, `CONFIG SET port ${port}`)).toBe('+OK\r\n');
    expect(await ask({ port }, 'PING')).toBe('+PONG\r\n');
    await expect(ask(server, 'PING')).rejects.toThrow('ECONNREFUSED');
    const other = await start();
    expect(await ask({ port }, `CONFIG SET port ${other.port}`)).toBe(
      "-ERR CONFIG SET failed (possibly related to argument 'port') - Unable to listen on this port. Check server logs.\r\n",
    );
    expect(await ask({ port }, 'PING')).toBe('+PONG\r\n');
  });
});

describe('ending', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('%s ends it with status 0', async (signal) => {
    const server = await start();
    server.child.kill(signal);
    expect(await server.ended).toBe(0);
    expect(server.output()).toContain(`Received ${signal} scheduling shutdown...`);
    expect(server.output()).toContain('bye bye');
  });

  test('SHUTDOWN and its options', async () => {
    const server = await start();
    expect(await ask(server, 'SHUTDOWN SAVE NOSAVE')).toBe('-ERR syntax error\r\n');
    expect(await ask(server, 'SHUTDOWN WHY')).toBe('-ERR syntax error\r\n');
    expect(await ask(server, 'SHUTDOWN ABORT')).toBe('-ERR No shutdown in progress.\r\n');
    expect(await ask(server, 'SHUTDOWN NOSAVE NOW')).toBe('');
    expect(await server.ended).toBe(0);
  });
});
