/**
 * A front over "bytes in, bytes out": in-process sessions and WASM.
 *
 * The adapter asks for a function that opens a session on one shared engine. A session that can wait (blocking commands,
 * pub/sub from another session) also offers `poll`, which is asked every few milliseconds while somebody reads.
 */

import type { Need } from '../case.js';
import { Inbox, type Connection, type Front } from './front.js';

const POLL_INTERVAL_MS = 1;

export interface ByteSession {
  /** Hands bytes to the session and returns what it answers at once. */
  feed(bytes: Uint8Array): Uint8Array;
  /** Output that arose without input: wake-ups, time-outs, messages. */
  poll?(): Uint8Array;
  /** True once the engine has said goodbye (QUIT, protocol error). */
  closed?(): boolean;
  close?(): void;
}

class ByteConnection implements Connection {
  private readonly inbox = new Inbox();
  private readonly timer: NodeJS.Timeout | undefined;

  constructor(private readonly session: ByteSession) {
    if (session.poll) this.timer = setInterval(() => this.take(session.poll!()), POLL_INTERVAL_MS);
  }

  write(bytes: Buffer): void {
    if (!this.inbox.hungUp) this.take(this.session.feed(bytes));
  }

  read(count: number, timeoutMs?: number): Promise<Buffer[]> {
    return this.inbox.read(count, timeoutMs);
  }

  drain(quietMs: number): Promise<{ bytes: Buffer; closed: boolean }> {
    return this.inbox.drain(quietMs);
  }

  close(): void {
    clearInterval(this.timer);
    this.inbox.end();
    this.session.close?.();
  }

  private take(bytes: Uint8Array): void {
    if (bytes.length > 0) this.inbox.push(bytes);
    if (this.session.closed?.()) this.inbox.end();
  }
}

/** `offers`: leave out 'blocking' where the sessions have no `poll`, and 'hangup' where they have no `closed`. */
export function bytesFront(options: {
  name: string;
  version: string;
  latest: string;
  openSession: () => ByteSession;
  offers?: ReadonlySet<Need>;
  stop?: () => void;
}): Front {
  return {
    name: options.name,
    version: options.version,
    latest: options.latest,
    offers: options.offers ?? new Set<Need>(['connections', 'hangup', 'raw', 'blocking']),
    open: async () => new ByteConnection(options.openSession()),
    close: async () => {
      options.stop?.();
    },
  };
}

/** The simplest case: `openFeed` gives one function a session, without a way to wait or to hang up. */
export function feedFront(options: {
  name: string;
  version: string;
  latest: string;
  openFeed: () => (bytes: Uint8Array) => Uint8Array;
}): Front {
  const { openFeed, ...rest } = options;
  return bytesFront({
    ...rest,
    openSession: () => ({ feed: openFeed() }),
    offers: new Set<Need>(['connections', 'raw']),
  });
}
