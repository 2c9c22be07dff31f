/**
 * The load itself: some connections, each with one pipeline of commands in flight, until so many requests are answered.
 *
 * A connection sends its next pipeline when the last reply of the one before is in; that round trip is the latency of
 * each request in it. Commands are encoded once; random digits are written into a copy of those bytes.
 */
import { connect, type Socket } from 'node:net';
import { encodeCommand, ReplyParser } from '../../core/resp.js';
import { describeError } from '../connection.js';
import { LatencyHistogram } from './histogram.js';
import { RANDOM, type BenchTest } from './tests.js';

export interface LoadOptions {
  host: string;
  port: number;
  socket?: string | undefined;
  user?: string | undefined;
  password?: string | undefined;
  db: number;
  clients: number;
  requests: number;
  pipeline: number;
  /** Size of the random key space; 0: one key. */
  keyspace: number;
}

export interface LoadResult {
  latency: LatencyHistogram;
  seconds: number;
  requestsPerSecond: number;
}

/** Run one test over fresh connections. @throws Error on a connection's loss or an error reply */
export async function runLoad(test: BenchTest, options: LoadOptions): Promise<LoadResult> {
  const payload = new Payload(test, options);
  const latency = new LatencyHistogram();
  const sockets = await Promise.all(Array.from({ length: options.clients }, () => open(options)));
  const progress = { left: options.requests };
  const started = performance.now();
  try {
    await Promise.all(sockets.map((socket) => drive(socket, payload, progress, latency)));
  } finally {
    for (const socket of sockets) socket.destroy();
  }
  const seconds = (performance.now() - started) / 1000;
  return { latency, seconds, requestsPerSecond: latency.count / seconds };
}

/** The bytes of up to `pipeline` commands, with fresh random digits each time where the test asks for them. */
class Payload {
  readonly #command: Buffer;
  readonly #full: Buffer;
  readonly #places: number[] = [];
  readonly #keyspace: number;
  readonly pipeline: number;

  constructor(test: BenchTest, options: LoadOptions) {
    this.#command = test.command ? encodeCommand(test.command) : Buffer.from(test.inline ?? '');
    this.#full = Buffer.concat(Array.from({ length: options.pipeline }, () => this.#command));
    this.#keyspace = options.keyspace;
    this.pipeline = options.pipeline;
    if (options.keyspace === 0) return;
    for (let at = this.#full.indexOf(RANDOM); at >= 0; at = this.#full.indexOf(RANDOM, at + 1)) this.#places.push(at);
  }

  take(count: number): Buffer {
    const bytes = this.#full.subarray(0, count * this.#command.length);
    if (this.#places.length === 0) return bytes;
    // A copy: the socket may still hold the bytes sent before.
    const copy = Buffer.from(bytes);
    for (const place of this.#places) {
      if (place >= copy.length) break;
      let digits = Math.floor(Math.random() * this.#keyspace);
      for (let i = RANDOM.length - 1; i >= 0; i--) {
        copy[place + i] = 48 + (digits % 10);
        digits = Math.floor(digits / 10);
      }
    }
    return copy;
  }
}

function drive(socket: Socket, payload: Payload, progress: { left: number }, latency: LatencyHistogram): Promise<void> {
  return new Promise((resolve, reject) => {
    let inFlight = 0;
    let waiting = 0;
    let sentAt = 0;
    const next = () => {
      inFlight = waiting = Math.min(payload.pipeline, progress.left);
      if (inFlight === 0) {
        resolve();
        return;
      }
      progress.left -= inFlight;
      sentAt = performance.now();
      socket.write(payload.take(inFlight));
    };
    const parser = new ReplyParser((reply) => {
      if (reply.kind === 'error') reject(new Error(`Error from server: ${reply.text.toString()}`));
      if (--waiting > 0) return;
      latency.record((performance.now() - sentAt) * 1000, inFlight);
      next();
    });
    socket.on('data', (chunk: Buffer) => {
      try {
        parser.feed(chunk);
      } catch (error) {
        reject(error as Error);
      }
    });
    socket.on('error', (error) => reject(new Error(`Error: ${describeError(error)}`)));
    socket.on('close', () => reject(new Error('Error: Server closed the connection')));
    next();
  });
}

/** A connection with AUTH and SELECT done. */
function open(options: LoadOptions): Promise<Socket> {
  const place = options.socket ?? `${options.host}:${options.port}`;
  const setup: string[][] = [];
  if (options.password !== undefined) setup.push(['AUTH', ...(options.user ? [options.user] : []), options.password]);
  if (options.db !== 0) setup.push(['SELECT', String(options.db)]);
  return new Promise((resolve, reject) => {
    const socket = options.socket ? connect(options.socket) : connect(options.port, options.host);
    socket.setNoDelay(true);
    let waiting = setup.length;
    const ready = () => {
      socket.removeAllListeners('data');
      socket.removeAllListeners('error');
      resolve(socket);
    };
    const parser = new ReplyParser((reply) => {
      if (reply.kind === 'error') {
        socket.destroy();
        reject(new Error(`Error from server: ${reply.text.toString()}`));
      } else if (--waiting === 0) {
        ready();
      }
    });
    socket.on('error', (error) => reject(new Error(`Could not connect to Redis at ${place}: ${describeError(error)}`)));
    socket.once('connect', () => {
      if (waiting === 0) {
        ready();
        return;
      }
      socket.on('data', (chunk: Buffer) => parser.feed(chunk));
      socket.write(Buffer.concat(setup.map((command) => encodeCommand(command))));
    });
  });
}
