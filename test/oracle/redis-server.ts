/**
 * The oracle: a real redis-server beside the code under test, and a small client that shows replies as they are.
 */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whether a redis-server is installed. */
export function hasOracle(): boolean {
  return spawnSync('redis-server', ['--version'], { stdio: 'ignore' }).status === 0;
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A decoded RESP2 reply: errors keep their mark, so that they differ from text. */
export type Shown = string | number | null | Shown[];

function decode(bytes: Buffer, at: number): { value: Shown; end: number } | null {
  const lineEnd = bytes.indexOf('\r\n', at);
  if (lineEnd < 0) return null;
  const mark = String.fromCharCode(bytes[at] as number);
  const text = bytes.toString('latin1', at + 1, lineEnd);
  let end = lineEnd + 2;
  if (mark === '+') return { value: text, end };
  if (mark === '-') return { value: '-' + text, end };
  if (mark === ':') return { value: Number(text), end };
  const length = Number(text);
  if (length < 0) return { value: null, end };
  if (mark === '$') {
    const next = end + length + 2;
    return bytes.length < next ? null : { value: bytes.toString('latin1', end, end + length), end: next };
  }
  const items: Shown[] = [];
  for (let index = 0; index < length; index += 1) {
    const item = decode(bytes, end);
    if (item === null) return null;
    items.push(item.value);
    end = item.end;
  }
  return { value: items, end };
}

/** Decodes exactly one RESP2 reply. */
export function decodeReply(bytes: Buffer): Shown {
  const decoded = decode(bytes, 0);
  if (decoded === null || decoded.end !== bytes.length) throw new Error('not exactly one reply: ' + bytes.toString());
  return decoded.value;
}

/** A running redis-server on a port of its own. */
export class Oracle {
  private constructor(
    readonly directory: string,
    readonly port: number,
    private readonly child: ChildProcess,
    private readonly socket: Socket,
  ) {}

  /** Starts a server with `args` behind its port; `file` is a configuration file to start from. */
  static async start(args: readonly string[] = [], file?: string): Promise<Oracle> {
    const directory = mkdtempSync(join(tmpdir(), 'hematite-oracle-'));
    const port = await freePort();
    const own = ['--port', String(port), '--dir', directory];
    const child = spawn('redis-server', [...(file === undefined ? [] : [file]), ...own, ...args], { stdio: 'ignore' });
    for (let tries = 0; ; tries += 1) {
      const socket = await new Promise<Socket | undefined>((resolve) => {
        const attempt = connect(port, '127.0.0.1', () => resolve(attempt));
        attempt.on('error', () => resolve(undefined));
      });
      if (socket) return new Oracle(directory, port, child, socket);
      if (tries > 100) throw new Error('redis-server does not start');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Sends one command and gives its reply; words are byte strings (latin1). */
  async call(...words: string[]): Promise<Shown> {
    const frames = words.map((word) => `$${word.length}\r\n${word}\r\n`);
    this.socket.write(Buffer.from(`*${words.length}\r\n${frames.join('')}`, 'latin1'));
    let bytes = Buffer.alloc(0);
    return new Promise((resolve) => {
      const onData = (chunk: Buffer) => {
        bytes = Buffer.concat([bytes, chunk]);
        const decoded = decode(bytes, 0);
        if (decoded === null) return;
        this.socket.off('data', onData);
        resolve(decoded.value);
      };
      this.socket.on('data', onData);
    });
  }

  async stop(): Promise<void> {
    this.socket.destroy();
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    await ended;
    rmSync(this.directory, { recursive: true, force: true });
  }
}
