/**
 * A front: one way to reach an engine. The suite knows nothing else about what it tests.
 */

import { replyEnd } from '../resp.js';
import type { Need } from '../case.js';

/** One session. Replies come back as raw bytes, one buffer a reply (pushes count). */
export interface Connection {
  write(bytes: Buffer): void;
  /** Waits for `count` complete replies. Rejects after `timeoutMs` or when the peer hangs up first. */
  read(count: number, timeoutMs?: number): Promise<Buffer[]>;
  /** Everything received until the peer hung up or `quietMs` passed without a byte. */
  drain(quietMs: number): Promise<{ bytes: Buffer; closed: boolean }>;
  close(): void;
}

export interface Front {
  readonly name: string;
  /** What this front can show of the engine. */
  readonly offers: ReadonlySet<Need>;
  /** Version of the reference this front speaks, e.g. '7.2.4'. */
  readonly version: string;
  /** Newest version whose commands this front has; the engine has them all. */
  readonly latest: string;
  open(): Promise<Connection>;
  close(): Promise<void>;
}

const REPLY_TIMEOUT_MS = 5_000;

/** Received bytes, cut in replies; the part that every kind of connection shares. */
export class Inbox {
  private received: Buffer = Buffer.alloc(0);
  private waiter: (() => void) | undefined;
  hungUp = false;

  push(bytes: Uint8Array): void {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.received = this.received.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.received, chunk]);
    this.wake();
  }

  end(): void {
    this.hungUp = true;
    this.wake();
  }

  async read(count: number, timeoutMs = REPLY_TIMEOUT_MS): Promise<Buffer[]> {
    const replies: Buffer[] = [];
    let position = 0;
    const deadline = Date.now() + timeoutMs;
    while (replies.length < count) {
      const end = position < this.received.length ? replyEnd(this.received, position) : -1;
      if (end > 0) {
        replies.push(this.received.subarray(position, end));
        position = end;
        continue;
      }
      if (this.hungUp) throw new Error(`hung up after ${replies.length} of ${count} replies`);
      if (!(await this.wait(deadline - Date.now())))
        throw new Error(`no reply within ${timeoutMs} ms (${replies.length} of ${count} came)`);
    }
    this.received = this.received.subarray(position);
    return replies;
  }

  async drain(quietMs: number): Promise<{ bytes: Buffer; closed: boolean }> {
    while (!this.hungUp && (await this.wait(quietMs)));
    const bytes = this.received;
    this.received = Buffer.alloc(0);
    return { bytes, closed: this.hungUp };
  }

  /** True when something happened, false when `milliseconds` passed first. */
  private wait(milliseconds: number): Promise<boolean> {
    if (milliseconds <= 0) return Promise.resolve(false);
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.waiter = undefined;
        resolve(false);
      }, milliseconds);
      this.waiter = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }

  private wake(): void {
    const waiter = this.waiter;
    this.waiter = undefined;
    waiter?.();
  }
}
