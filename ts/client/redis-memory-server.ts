/**
 * The API of the package redis-memory-server, served by Hematite: nothing is downloaded or compiled, and a server without
 * options of its own is an engine in this process with a listener, which starts within a millisecond.
 *
 *     import { RedisMemoryServer } from 'hematite/redis-memory-server';
 *     const server = new RedisMemoryServer();
 *     const host = await server.getHost(), port = await server.getPort();
 *     await server.stop();
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Engine } from '../core/engine.js';

/** The options of redis-memory-server; those about its binary have no meaning here. */
export interface RedisMemoryServerOptions {
  instance?: {
    /** 0 or absent: any free one. */
    port?: number;
    /** 127.0.0.1 by default. */
    ip?: string;
    /** Options for the server; it is a process of its own then. */
    args?: string[];
  };
  binary?: object;
  /** Whether it starts at once; it does by default. */
  autoStart?: boolean;
}

/** Where a server is. */
export interface RedisInstanceData {
  port: number;
  ip: string;
  childProcess?: ChildProcess;
}

interface Running {
  readonly data: RedisInstanceData;
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 10_000;

export class RedisMemoryServer {
  readonly opts: RedisMemoryServerOptions;
  #running: Promise<Running> | undefined;
  #data: RedisInstanceData | undefined;

  constructor(opts: RedisMemoryServerOptions = {}) {
    this.opts = opts;
    // The failure is told to whoever asks for the instance.
    if (opts.autoStart !== false) this.start().catch(() => undefined);
  }

  /** A server that has started. */
  static async create(opts: RedisMemoryServerOptions = {}): Promise<RedisMemoryServer> {
    const server = new RedisMemoryServer({ ...opts, autoStart: false });
    await server.start();
    return server;
  }

  async start(): Promise<boolean> {
    if (this.#running) throw new Error('RedisMemoryServer is already running');
    const starting = startServer(this.opts.instance ?? {});
    this.#running = starting;
    try {
      this.#data = (await starting).data;
      return true;
    } catch (error) {
      this.#running = undefined;
      throw error;
    }
  }

  async stop(): Promise<boolean> {
    const running = this.#running;
    if (!running) return false;
    this.#running = undefined;
    this.#data = undefined;
    await (await running).stop();
    return true;
  }

  getInstanceInfo(): RedisInstanceData | false {
    return this.#data ?? false;
  }

  async ensureInstance(): Promise<RedisInstanceData> {
    if (!this.#running) await this.start();
    return (await (this.#running as Promise<Running>)).data;
  }

  async getHost(): Promise<string> {
    return (await this.ensureInstance()).ip;
  }

  async getIp(): Promise<string> {
    return this.getHost();
  }

  async getPort(): Promise<number> {
    return (await this.ensureInstance()).port;
  }
}

export default RedisMemoryServer;

async function startServer(instance: NonNullable<RedisMemoryServerOptions['instance']>): Promise<Running> {
  const ip = instance.ip ?? '127.0.0.1';
  if (instance.args?.length) return startProcess(ip, instance.port ?? (await freePort(ip)), instance.args);
  const engine = new Engine();
  try {
    const { port } = engine.listen({ host: ip, port: instance.port ?? 0 });
    return { data: { port, ip }, stop: async () => engine.close() };
  } catch (error) {
    engine.close();
    throw error;
  }
}

async function freePort(ip: string): Promise<number> {
  const { createServer } = await import('node:net');
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, ip, resolve);
  });
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function startProcess(ip: string, port: number, args: readonly string[]): Promise<Running> {
  const program = fileURLToPath(new URL('../cli/hematite.js', import.meta.url));
  const options = ['--bind', ip, '--port', String(port), '--save', '', ...args];
  const child = spawn(process.execPath, [program, ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
  await ready(child);
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  };
  return { data: { port, ip, childProcess: child }, stop };
}

/** Waits for the line that says so; rejects with what the server has said if it ends instead. */
function ready(child: ChildProcess): Promise<void> {
  let said = '';
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`The server is not ready after ${READY_WITHIN_MS} ms:\n${said}`));
    }, READY_WITHIN_MS);
    const listen = (chunk: Buffer) => {
      said += chunk.toString();
      if (!said.includes('Ready to accept connections')) return;
      clearTimeout(timer);
      child.stdout?.removeAllListeners('data').resume();
      child.stderr?.removeAllListeners('data').resume();
      resolve();
    };
    child.stdout?.on('data', listen);
    child.stderr?.on('data', listen);
    child.once('exit', () => {
      clearTimeout(timer);
      reject(new Error(`The server has not started:\n${said}`));
    });
  });
}
