/**
 * A duplex stream that ends in the engine of this process: what a client library takes for its socket.
 *
 * What the client writes within one tick is handed to the engine as a whole, so that its pipelines are batches there, and
 * replies never arrive before the write has returned, which client libraries rely on.
 */

import { Duplex } from 'node:stream';
import type { Engine } from '../core/engine.js';
import type { ByteLane } from '../core/lane.js';

export class EngineStream extends Duplex {
  /** Socket properties that clients look at. */
  readonly connecting = false;
  readonly remoteAddress = 'in-process';
  readonly remotePort = 0;
  readonly #lane: ByteLane;
  #pending: Buffer[] = [];
  /** A session may be waited for (a subscription, a blocking command), so it keeps the process running as a socket would. */
  #keepAlive: NodeJS.Timeout;

  constructor(engine: Engine, name: string) {
    super({ allowHalfOpen: false });
    this.#lane = engine.connect(
      name,
      (bytes) => void this.push(bytes),
      () => void this.push(null),
    );
    this.#keepAlive = setInterval(() => undefined, 0x7fffffff);
    process.nextTick(() => this.emit('connect'));
  }

  override _read(): void {
    // Output is pushed when it arises.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    if (this.#pending.push(chunk) === 1) process.nextTick(() => this.#feed());
    done();
  }

  #feed(): void {
    const pending = this.#pending;
    this.#pending = [];
    if (pending.length === 0) return;
    try {
      this.#lane.feed(pending.length === 1 ? (pending[0] as Buffer) : Buffer.concat(pending));
    } catch (error) {
      this.destroy(error as Error);
    }
  }

  override _final(done: () => void): void {
    this.#feed();
    if (!this.#lane.hasEnded) this.push(null);
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearInterval(this.#keepAlive);
    this.#lane.close();
    done(error);
  }

  /** Ends once everything written is handed over, as a socket does; node-redis 3 closes this way. */
  destroySoon(): void {
    if (!this.writableEnded) this.end();
    if (this.writableFinished) this.destroy();
    else this.once('finish', () => this.destroy());
  }

  /** Time-outs guard against a network, and there is none. */
  setTimeout(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    this.#keepAlive.ref();
    return this;
  }

  unref(): this {
    this.#keepAlive.unref();
    return this;
  }
}
