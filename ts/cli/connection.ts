/**
 * One connection to a server: a socket (TCP, unix, TLS), commands out, replies in, in order.
 *
 * Replies go to whoever called, first come first served. Pushes, and replies that nobody waits for (MONITOR, SUBSCRIBE),
 * go to the handlers. When the socket closes, every waiter fails with a ConnectionError, and so does every later call.
 */
import { readFileSync } from 'node:fs';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { getSystemErrorMap } from 'node:util';
import { encodeCommand, ReplyParser, type AggregateReply, type Reply } from '../core/resp.js';
import type { TlsOptions } from './options.js';

export interface Target {
  host: string;
  port: number;
  socket?: string;
  tls: TlsOptions;
  /** Limit on connecting, in milliseconds; 0: none. */
  timeoutMs: number;
}

/** The server cannot be reached, or the connection is gone; the message is fit to be shown. */
export class ConnectionError extends Error {
  override name = 'ConnectionError';
}

interface Waiter {
  resolve: (reply: Reply) => void;
  reject: (error: Error) => void;
}

const KEEPALIVE_MS = 15_000;

export class Connection {
  readonly #socket: Socket;
  readonly #waiters: Waiter[] = [];
  #closed: ConnectionError | undefined;
  /** A reply was handed over in this turn and its waiter has not run yet. */
  #handedOver = false;
  /** Replies that nobody waits for. While `streaming`, pushes come here too. */
  onReply: ((reply: Reply) => void) | undefined;
  onPush: ((reply: AggregateReply) => void) | undefined;
  onClose: ((error: ConnectionError) => void) | undefined;
  streaming = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    const parser = new ReplyParser((reply) => this.#deliver(reply));
    socket.on('data', (chunk: Buffer) => {
      try {
        parser.feed(chunk);
      } catch (error) {
        this.#fail(new ConnectionError(`Error: ${(error as Error).message}`));
      }
    });
    socket.on('error', (error) => this.#fail(new ConnectionError(`Error: ${describeError(error)}`)));
    socket.on('close', () => this.#fail(new ConnectionError('Error: Server closed the connection')));
  }

  /** @throws ConnectionError `Could not connect to Redis at 127.0.0.1:6379: Connection refused` */
  static async open(target: Target): Promise<Connection> {
    const place = target.socket ?? `${target.host}:${target.port}`;
    try {
      const socket = await dial(target);
      socket.setNoDelay(true);
      socket.setKeepAlive(true, KEEPALIVE_MS);
      return new Connection(socket);
    } catch (error) {
      throw new ConnectionError(`Could not connect to Redis at ${place}: ${describeError(error as Error)}`);
    }
  }

  get closed(): boolean {
    return this.#closed !== undefined;
  }

  /** Send a command; its reply, which may be an error reply. @throws ConnectionError */
  call(...args: (string | Buffer)[]): Promise<Reply> {
    return this.callEncoded(encodeCommand(args));
  }

  /** Send several commands at once; their replies. @throws ConnectionError */
  callAll(commands: readonly (readonly (string | Buffer)[])[]): Promise<Reply[]> {
    if (commands.length === 0) return Promise.resolve([]);
    this.#socket.cork();
    const replies = commands.map((args) => this.call(...args));
    this.#socket.uncork();
    return Promise.all(replies);
  }

  callEncoded(bytes: Buffer): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (this.#closed) {
        reject(this.#closed);
        return;
      }
      this.#waiters.push({ resolve, reject });
      this.#socket.write(bytes);
    });
  }

  /** Send bytes whose replies nobody waits for; false where the caller should await `drained` before more. */
  send(bytes: Buffer): boolean {
    return this.#socket.write(bytes);
  }

  drained(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#closed || !this.#socket.writableNeedDrain) resolve();
      else {
        this.#socket.once('drain', resolve);
        this.#socket.once('close', () => resolve());
      }
    });
  }

  close(): void {
    this.#fail(new ConnectionError('Error: Connection closed'));
  }

  #deliver(reply: Reply): void {
    if (reply.kind === 'push' && !this.streaming) {
      // A push behind a reply must not overtake it: the reply's waiter runs at the end of this turn.
      if (this.#handedOver) setImmediate(() => this.onPush?.(reply));
      else this.onPush?.(reply);
      return;
    }
    const waiter = this.#waiters.shift();
    if (!waiter) {
      this.onReply?.(reply);
      return;
    }
    waiter.resolve(reply);
    if (this.#handedOver) return;
    this.#handedOver = true;
    setImmediate(() => {
      this.#handedOver = false;
    });
  }

  #fail(error: ConnectionError): void {
    if (this.#closed) return;
    this.#closed = error;
    this.#socket.destroy();
    for (const waiter of this.#waiters.splice(0)) waiter.reject(error);
    this.onClose?.(error);
  }
}

function dial(target: Target): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const { tls } = target;
    const address = target.socket ? { path: target.socket } : { host: target.host, port: target.port };
    const servername = tls.sni ?? (/^[\d.]+$|:/.test(target.host) ? undefined : target.host);
    const socket: Socket = tls.enabled
      ? connectTls({
          ...address,
          ...(servername ? { servername } : {}),
          ...(tls.caFile ? { ca: readFileSync(tls.caFile) } : {}),
          ...(tls.certFile ? { cert: readFileSync(tls.certFile) } : {}),
          ...(tls.keyFile ? { key: readFileSync(tls.keyFile) } : {}),
          ...(tls.ciphers ? { ciphers: tls.ciphers } : {}),
          rejectUnauthorized: !tls.insecure,
          // As redis-cli: the certificate must lead to the authority, whatever the host is called.
          checkServerIdentity: () => undefined,
        })
      : connectTcp(address);
    const fail = (error: Error) => {
      clearTimeout(timer);
      socket.destroy();
      reject(error);
    };
    const timer =
      target.timeoutMs > 0 ? setTimeout(() => fail(new Error('Connection timed out')), target.timeoutMs) : undefined;
    socket.once('error', fail);
    socket.once('close', () => fail(new Error('Server closed the connection')));
    socket.once(tls.enabled ? 'secureConnect' : 'connect', () => {
      clearTimeout(timer);
      socket.removeAllListeners('error');
      socket.removeAllListeners('close');
      resolve(socket);
    });
  });
}

/** The system's words for an error, as C programs print them. */
export function describeError(error: Error): string {
  const { code, errors } = error as NodeJS.ErrnoException & { errors?: Error[] };
  if (errors?.[0]) return describeError(errors[0]);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'Name or service not known';
  const { errno } = error as NodeJS.ErrnoException;
  const words = errno === undefined ? undefined : getSystemErrorMap().get(errno)?.[1];
  return words ? words.charAt(0).toUpperCase() + words.slice(1) : error.message;
}
