/**
 * Sessions without a socket, in two forms: commands as calls (`CallLane`), and bytes for client libraries (`ByteLane`).
 */

import type { NativeEngine, NativeSession } from './binding.js';
import type { Argument } from './arguments.js';
import { ReplyError } from './natural.js';

type Functions = ReturnType<NativeSession['functions']>;

/** What `flow` says, as bits. */
const STALLED = 1;
const ENDED = 4 | 8;
const HELD = 16;

/** How a session answers calls. */
export interface CallLane {
  readonly native: NativeSession;
  readonly send: (command: number | string, ...args: Argument[]) => unknown;
  readonly sendBuffer: (command: number | string, ...args: Argument[]) => unknown;
  readonly batch: (ends: Uint32Array, asBuffers: boolean, ...args: unknown[]) => unknown[];
}

function open(native: NativeEngine, name: string, onPush: (push: unknown) => void): NativeSession {
  return native.openSession(
    {
      list: (...items: unknown[]) => items,
      map: (items) => {
        const flat = items as unknown[];
        const map = new Map<unknown, unknown>();
        for (let at = 0; at < flat.length; at += 2) map.set(flat[at], flat[at + 1]);
        return map;
      },
      error: (text) => new ReplyError(text as string),
      push: onPush,
    },
    name,
  );
}

/** Opens a session for calls: RESP3, and nothing blocks, since a call returns at once. */
export function openCallLane(native: NativeEngine, onPush: (push: unknown) => void): CallLane {
  const session = open(native, 'in-process:0', onPush);
  session.setProtocol(3);
  session.setDenyBlocking(true);
  const { call, callBuffer, batch } = session.functions();
  return { native: session, send: call, sendBuffer: callBuffer, batch };
}

/** The same for the control plane itself: no gate refuses anything, whoever the users are. */
export function openControlLane(native: NativeEngine): CallLane {
  const lane = openCallLane(native, () => undefined);
  lane.native.passAllGates();
  return lane;
}

/** A session that takes and gives bytes. */
export class ByteLane {
  readonly #native: NativeSession;
  readonly #functions: Functions;
  readonly #leave: () => void;
  #hasEnded = false;

  constructor(
    native: NativeEngine,
    name: string,
    /** Gets output, in order. */
    private readonly onOutput: (bytes: Buffer) => void,
    /** Told once that the engine hangs up. */
    private readonly onEnd: () => void,
    enter: (id: number, wake: () => void) => () => void,
  ) {
    this.#native = open(native, name, () => undefined);
    this.#functions = this.#native.functions();
    this.#leave = enter(this.#native.id, () => this.resume());
  }

  /** Its number: CLIENT ID. */
  get id(): number {
    return this.#native.id;
  }

  /** Whether the engine has hung up or the session was closed. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Hands bytes of requests over. */
  feed(bytes: Uint8Array): void {
    if (!this.#hasEnded) this.#settle(this.#functions.feed(bytes));
  }

  /** Goes on where something has arrived from elsewhere. */
  resume(): void {
    if (!this.#hasEnded) this.#settle(this.#functions.resume());
  }

  #settle(output: Buffer | undefined): void {
    if (output !== undefined) this.onOutput(output);
    for (;;) {
      // Output may have been the end of it for the one who took it.
      if (this.#hasEnded) return;
      const flow = this.#native.flow;
      if ((flow & ENDED) !== 0) {
        this.close();
        this.onEnd();
        return;
      }
      if ((flow & HELD) !== 0) setImmediate(() => this.resume());
      if ((flow & STALLED) === 0) return;
      const more = this.#functions.resume();
      if (more !== undefined) this.onOutput(more);
    }
  }

  /** Ends the session. */
  close(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#leave();
    this.#native.close();
  }
}
