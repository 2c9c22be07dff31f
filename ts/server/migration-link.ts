/**
 * The links that MIGRATE sends keys over: one connection a target, kept for some seconds for the next call, as in Redis.
 *
 * A link belongs to one migration at a time. What goes wrong ends it: the error says at which step, and whether time ran out,
 * since only what did not time out is tried again.
 */

import { connect, type Socket } from 'node:net';
import { type Reply, ReplyParser, encodeCommand } from '../core/resp.js';

/** How long an idle link is kept, milliseconds, and how many. */
const IDLE_MS = 10_000;
const IDLE_MAX = 64;

/** Steps that Redis tells apart. */
type Step = 'connecting to the client' | 'writing to target instance' | 'reading from target instance';

/** The target cannot be reached, or does not answer; the message is Redis's reply. */
export class LinkError extends Error {
  constructor(
    step: Step,
    readonly hasTimedOut: boolean,
  ) {
    super(`IOERR error or timeout ${step}`);
  }
}

export class Link {
  readonly #socket: Socket;
  readonly #replies: Reply[] = [];
  #wanted: { resolve: (reply: Reply) => void; reject: (error: LinkError) => void } | undefined;
  #failure: LinkError | undefined;
  /** The database that it has selected last; undefined: not known. */
  db: string | undefined;
  idleTimer: NodeJS.Timeout | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    const parser = new ReplyParser((reply) => this.#take(reply));
    socket.on('data', (chunk: Buffer) => {
      try {
        parser.feed(chunk);
      } catch {
        this.#fail(new LinkError('reading from target instance', false));
      }
    });
    socket.on('error', () => undefined);
    socket.on('close', () => this.#fail(new LinkError('reading from target instance', false)));
  }

  /** Throws `LinkError`. */
  static open(host: string, port: number, timeoutMs: number): Promise<Link> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host, port });
      const give = (step: Step, hasTimedOut: boolean) => {
        clearTimeout(timer);
        socket.destroy();
        reject(new LinkError(step, hasTimedOut));
      };
      const timer = setTimeout(() => give('connecting to the client', true), timeoutMs);
      socket.once('error', (error: NodeJS.ErrnoException) => {
        // Redis connects without waiting: who refuses is found out at the first write.
        const isName = error.syscall === 'getaddrinfo';
        give(isName ? 'connecting to the client' : 'writing to target instance', false);
      });
      socket.once('connect', () => {
        clearTimeout(timer);
        socket.removeAllListeners('error');
        resolve(new Link(socket));
      });
    });
  }

  get isOpen(): boolean {
    return this.#failure === undefined;
  }

  send(...commands: readonly (readonly (string | Buffer)[])[]): void {
    this.#socket.cork();
    for (const command of commands) this.#socket.write(encodeCommand(command));
    this.#socket.uncork();
  }

  /** The next reply. Throws `LinkError`. */
  next(timeoutMs: number): Promise<Reply> {
    const reply = this.#replies.shift();
    if (reply) return Promise.resolve(reply);
    return new Promise((resolve, reject) => {
      if (this.#failure) return reject(this.#failure);
      const timer = setTimeout(() => {
        this.#fail(new LinkError('reading from target instance', true));
      }, timeoutMs);
      this.#wanted = {
        resolve: (reply) => {
          clearTimeout(timer);
          resolve(reply);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
    });
  }

  close(): void {
    this.#fail(new LinkError('reading from target instance', false));
  }

  #take(reply: Reply): void {
    const wanted = this.#wanted;
    this.#wanted = undefined;
    if (wanted) wanted.resolve(reply);
    else this.#replies.push(reply);
  }

  #fail(error: LinkError): void {
    clearTimeout(this.idleTimer);
    if (this.#failure) return;
    this.#failure = error;
    this.#socket.destroy();
    const wanted = this.#wanted;
    this.#wanted = undefined;
    wanted?.reject(error);
  }
}

/** Links that nobody uses at present, by target. */
export class Links {
  readonly #idle = new Map<string, Link[]>();
  /** Told how many links are kept, whenever that changes. */
  onCount: (count: number) => void = () => undefined;

  /** A link of one's own; `isFresh`: not one that was used before. Throws `LinkError`. */
  async take(host: string, port: number, timeoutMs: number, isFresh = false): Promise<Link> {
    const links = this.#idle.get(`${host}:${port}`) ?? [];
    while (!isFresh) {
      const link = links.pop();
      if (!link) break;
      clearTimeout(link.idleTimer);
      this.#tell();
      if (link.isOpen) return link;
    }
    return Link.open(host, port, timeoutMs);
  }

  /** Keeps a link for the next call, or ends it if there are too many. */
  give(host: string, port: number, link: Link): void {
    if (!link.isOpen) return;
    const target = `${host}:${port}`;
    const links = this.#idle.get(target) ?? [];
    if (links.length === 0 && this.#idle.size >= IDLE_MAX) return link.close();
    links.push(link);
    this.#idle.set(target, links);
    this.#tell();
    link.idleTimer = setTimeout(() => {
      link.close();
      const left = (this.#idle.get(target) ?? []).filter((other) => other !== link);
      if (left.length > 0) this.#idle.set(target, left);
      else this.#idle.delete(target);
      this.#tell();
    }, IDLE_MS);
    link.idleTimer.unref();
  }

  #tell(): void {
    let count = 0;
    for (const links of this.#idle.values()) count += links.filter((link) => link.isOpen).length;
    this.onCount(count);
  }
}
