/**
 * A server as a process, for the tests of this folder: started in a folder of its own, asked by bytes, watched.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { freePort } from '../conformance/fronts/process.js';
import { replyEnd } from '../conformance/resp.js';

export const program = fileURLToPath(new URL('../../dist/cli/hematite.js', import.meta.url));

/** One connection; replies come back whole, as text. */
export class Client {
  #received = Buffer.alloc(0);
  #waiting: ((reply: string) => void)[] = [];

  constructor(private readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#settle();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => this.#waiting.splice(0).forEach((resolve) => resolve('')));
  }

  static open(port: number): Promise<Client> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => resolve(new Client(socket)));
      socket.once('error', reject);
    });
  }

  #settle(): void {
    while (this.#waiting.length > 0) {
      const end = this.#received.length > 0 ? replyEnd(this.#received, 0) : -1;
      if (end <= 0) return;
      const reply = this.#received.subarray(0, end).toString();
      this.#received = this.#received.subarray(end);
      this.#waiting.shift()?.(reply);
    }
  }

  /** Sends a command; its reply, or nothing if the server hung up. */
  say(...words: (string | number)[]): Promise<string> {
    return new Promise((resolve) => {
      if (this.socket.destroyed) return resolve('');
      this.#waiting.push(resolve);
      const parts = words.map((word) => `$${Buffer.byteLength(String(word))}\r\n${word}\r\n`);
      this.socket.write(`*${words.length}\r\n${parts.join('')}`);
    });
  }

  /** The fields of a section of INFO. */
  async info(section: string): Promise<Record<string, string>> {
    const text = await this.say('INFO', section);
    return Object.fromEntries(text.split('\r\n').flatMap((line) => (line.includes(':') ? [line.split(/:(.*)/)] : [])));
  }

  close(): void {
    this.socket.destroy();
  }
}

export class ServerProcess {
  #text = '';
  readonly #children: Client[] = [];
  /** Resolves with the exit status; null after a signal. */
  readonly ended: Promise<number | null>;

  private constructor(
    readonly child: ChildProcess,
    readonly port: number,
  ) {
    this.ended = new Promise((resolve) => child.once('exit', (status) => resolve(status)));
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.#text += chunk.toString()));
    }
  }

  /** Starts a server in `folder`; resolves once it has said `until`, or has ended. */
  static async start(
    folder: string,
    args: readonly string[] = [],
    until = 'Ready to accept connections',
  ): Promise<ServerProcess> {
    const port = await freePort();
    return ServerProcess.run(port, ['--port', String(port), '--dir', folder, ...args], until);
  }

  /** Starts a server with these words alone, which make it listen on `port`; resolves as `start` does. */
  static async run(
    port: number,
    words: readonly string[],
    until = 'Ready to accept connections',
  ): Promise<ServerProcess> {
    const server = new ServerProcess(spawn(process.execPath, [program, ...words]), port);
    try {
      await Promise.race([server.says(until), server.ended]);
    } catch (error) {
      await server.kill();
      throw error;
    }
    return server;
  }

  /** What it has printed. */
  get output(): string {
    return this.#text;
  }

  /** Resolves once it has printed a text. */
  async says(text: string, timeoutMs = 20_000): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!this.#text.includes(text)) {
      if (Date.now() > deadline) throw new Error(`never said "${text}":\n${this.#text}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  async client(): Promise<Client> {
    const client = await Client.open(this.port);
    this.#children.push(client);
    return client;
  }

  /** Ends it at once, if it still runs. */
  async kill(): Promise<void> {
    for (const client of this.#children) client.close();
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill('SIGKILL');
      await this.ended;
    }
  }
}
