/**
 * The engine as WASM: sessions that take and give bytes, for places without the native addon.
 *
 * Requests are written straight into the module's memory and replies are read from there. There is one thread: what would
 * come from elsewhere (wake-ups, commands that TypeScript answers) waits in the module's queues and is fetched after
 * each call.
 */

import { createRequire } from 'node:module';
import { encodeReply, type Reply, reply } from './reply.js';

/** The generated module, as far as it is used here. */
interface WasmModule {
  WasmEngine: new (databases: number, seed: bigint, unixMs: number, monotonicUs: number) => WasmEngine;
  memory_object(): { readonly buffer: ArrayBuffer };
}

interface WasmEngine {
  open(unixMs: number, monotonicUs: number): number;
  close(session: number, unixMs: number, monotonicUs: number): void;
  room(length: number): number;
  feed(session: number, length: number, unixMs: number, monotonicUs: number): number;
  resume(session: number, unixMs: number, monotonicUs: number): number;
  output_length(session: number): number;
  output_pointer(session: number): number;
  output_piece(session: number): number;
  consume(session: number, length: number): void;
  cron(unixMs: number, monotonicUs: number): void;
  woken(): number | undefined;
  host_call(): WasmHostCall | undefined;
  answer(session: number, reply: Uint8Array): void;
  begin_transaction(session: number): void;
  advance(reply: Uint8Array | undefined, unixMs: number, monotonicUs: number): WasmHostCall | undefined;
  configure(directive: string, value: number): boolean;
  set_directive(name: string, text: string): boolean;
  set_notifications(classes: string): boolean;
  set_memory_limit(maxmemory: number, policy: string, samples: number, tenacity: number): void;
  set_password(password: Uint8Array): void;
  set_acl_options(newUsersHearAll: boolean, logEntriesMax: number): void;
  set_information(section: string, lines: string): void;
  reset_statistics(): void;
  save_snapshot(unixMs: number, monotonicUs: number): Uint8Array;
  load_snapshot(file: Uint8Array, unixMs: number, monotonicUs: number): string | undefined;
}

interface WasmHostCall {
  readonly session: number;
  readonly command: string;
  readonly protocol: number;
  readonly db: number;
  readonly length: number;
  argument(index: number): Uint8Array;
  free(): void;
}

const STALLED = 1;
const ENDED = 4 | 8;

/** Answers a command that the engine leaves to TypeScript. */
export type WasmHost = (command: string, args: readonly Buffer[]) => Reply;

/** One keyspace. */
export class WasmKeyspace {
  readonly #module: WasmModule;
  readonly #engine: WasmEngine;
  readonly #sessions = new Map<number, WasmSession>();
  readonly #memory: { readonly buffer: ArrayBuffer };
  /** The module's memory, made anew when it has grown: its old buffer is empty then. */
  #bytes: Uint8Array;
  /** Answers CONFIG and its like. */
  host: WasmHost = (command) => reply.error(`ERR '${command}' is not available here`);

  constructor(options: { databases: number; seed: bigint }) {
    // The path leads from dist/core to the package's root.
    this.#module = createRequire(import.meta.url)('../../bindings/wasm/pkg/hematite_wasm.js') as WasmModule;
    this.#engine = new this.#module.WasmEngine(options.databases, options.seed, Date.now(), monotonicUs());
    this.#memory = this.#module.memory_object();
    this.#bytes = new Uint8Array(this.#memory.buffer);
  }

  /** Opens a session. */
  open(): WasmSession {
    const id = this.#engine.open(Date.now(), monotonicUs());
    const session = new WasmSession(this, id);
    this.#sessions.set(id, session);
    return session;
  }

  /** Periodic work: expiry, time-outs. Due about ten times a second. */
  cron(): void {
    this.#engine.cron(Date.now(), monotonicUs());
    this.#settle();
  }

  /** Sets a setting by its directive's name. */
  configure(directive: string, value: number | boolean): void {
    this.#engine.configure(directive, Number(value));
  }

  /** Sets a directive of observation from its text. */
  setDirective(name: string, text: string): boolean {
    return this.#engine.set_directive(name, text);
  }

  /** Sets the classes of keyspace events that are published. */
  setNotifications(classes: string): void {
    this.#engine.set_notifications(classes);
  }

  /** Sets `maxmemory` (bytes; 0: no limit) and what belongs to it. */
  setMemoryLimit(maxmemory: number, policy: string, samples: number, tenacity: number): void {
    this.#engine.set_memory_limit(maxmemory, policy, samples, tenacity);
  }

  /** Sets the default user's password. */
  setPassword(password: Uint8Array): void {
    this.#engine.set_password(password);
  }

  /** Sets what new users hear and how many entries ACL LOG keeps. */
  setAclOptions(newUsersHearAll: boolean, logEntriesMax: number): void {
    this.#engine.set_acl_options(newUsersHearAll, logEntriesMax);
  }

  /** Sets fields of an INFO section. */
  setInformation(section: string, fields: readonly string[]): void {
    this.#engine.set_information(section, fields.join('\n'));
  }

  /** The whole keyspace as an RDB file. */
  dump(): Uint8Array {
    return this.#engine.save_snapshot(Date.now(), monotonicUs());
  }

  /** Replaces the whole keyspace by what an RDB file holds. Throws, and changes nothing, if it cannot be read. */
  load(snapshot: Uint8Array): void {
    if (!(snapshot instanceof Uint8Array)) throw new TypeError('a snapshot is the bytes of an RDB file, a Uint8Array');
    const failure = this.#engine.load_snapshot(snapshot, Date.now(), monotonicUs());
    if (failure !== undefined) throw new Error(`the snapshot cannot be read: ${failure}`);
  }

  /** CONFIG RESETSTAT. */
  resetStatistics(): void {
    this.#engine.reset_statistics();
  }

  /** Hands bytes to a session; its replies are then in its output. */
  feed(session: WasmSession, bytes: Uint8Array): void {
    const at = this.#engine.room(bytes.length);
    this.#view().set(bytes, at);
    this.#take(session, this.#engine.feed(session.id, bytes.length, Date.now(), monotonicUs()));
    this.#settle();
  }

  /** Forgets a session. */
  close(session: WasmSession): void {
    if (this.#sessions.delete(session.id)) this.#engine.close(session.id, Date.now(), monotonicUs());
  }

  #take(session: WasmSession, flow: number): void {
    this.#drain(session);
    while ((flow & STALLED) !== 0) {
      flow = this.#engine.resume(session.id, Date.now(), monotonicUs());
      this.#drain(session);
    }
    if ((flow & ENDED) !== 0) session.hasEnded = true;
  }

  #drain(session: WasmSession): void {
    for (
      let length = this.#engine.output_piece(session.id);
      length > 0;
      length = this.#engine.output_piece(session.id)
    ) {
      const at = this.#engine.output_pointer(session.id);
      const piece = Buffer.allocUnsafe(length);
      piece.set(this.#view().subarray(at, at + length));
      session.output.push(piece);
      this.#engine.consume(session.id, length);
    }
  }

  #view(): Uint8Array {
    if (this.#bytes.length === 0) this.#bytes = new Uint8Array(this.#memory.buffer);
    return this.#bytes;
  }

  /** Answers a call and frees it. */
  #answer(call: WasmHostCall): Uint8Array {
    const args = Array.from({ length: call.length }, (_, index) => Buffer.from(call.argument(index)));
    const answer = encodeReply(this.host(call.command, args), call.protocol === 3 ? 3 : 2);
    call.free();
    return answer;
  }

  /** Runs a transaction that holds commands which TypeScript answers. */
  #transact(session: number): void {
    const [unixMs, us] = [Date.now(), monotonicUs()];
    this.#engine.begin_transaction(session);
    let call = this.#engine.advance(undefined, unixMs, us);
    while (call !== undefined) call = this.#engine.advance(this.#answer(call), unixMs, us);
  }

  /** Answers what waits for TypeScript, and lets go on who was woken, until nothing is left. */
  #settle(): void {
    for (;;) {
      const call = this.#engine.host_call();
      if (call !== undefined) {
        const { session } = call;
        if (call.command === 'exec') {
          call.free();
          this.#transact(session);
        } else this.#engine.answer(session, this.#answer(call));
        continue;
      }
      const id = this.#engine.woken();
      if (id === undefined) return;
      const session = this.#sessions.get(id);
      if (session) this.#take(session, this.#engine.resume(id, Date.now(), monotonicUs()));
    }
  }
}

/** One session. */
export class WasmSession {
  /** Replies and messages, in order, until they are taken. */
  readonly output: Buffer[] = [];
  /** Whether the engine has hung up. */
  hasEnded = false;

  constructor(
    readonly keyspace: WasmKeyspace,
    readonly id: number,
  ) {}

  /** Hands bytes of requests over and takes what is answered at once. */
  feed(bytes: Uint8Array): Buffer {
    if (!this.hasEnded) this.keyspace.feed(this, bytes);
    return this.take();
  }

  /** Takes what has come up since. */
  take(): Buffer {
    if (this.output.length === 1) return this.output.pop() as Buffer;
    return Buffer.concat(this.output.splice(0));
  }

  /** Ends the session. */
  close(): void {
    this.keyspace.close(this);
  }
}

function monotonicUs(): number {
  return Math.round(performance.now() * 1000);
}
