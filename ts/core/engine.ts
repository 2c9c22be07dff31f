/**
 * The typed engine: one keyspace in this process, called synchronously.
 *
 * Every command is a method (generated from the command table); `call` takes any command by name, `batch` runs several in
 * one crossing, `listen` serves the same keyspace to other processes, `command` adds commands written here.
 */

import { totalmem } from 'node:os';
import type { Argument, Key } from './arguments.js';
import { NativeEngine } from './binding.js';
import { COMMAND_NAMES, Commands } from './generated/commands.js';
import { HostCommands, type HostCall } from './host-commands.js';
import { ByteLane, type CallLane, openCallLane } from './lane.js';
import { errorReply, type Natural, toReply } from './natural.js';
import { type Reply, reply } from './reply.js';

/** How an engine is opened. */
export interface EngineOptions {
  /** Number of databases; 16 by default. */
  readonly databases?: number;
  /** Name under which worker threads of this process open the same keyspace. */
  readonly share?: string;
  /** Seed of hashing and chance, for runs that repeat themselves; the system's by default. */
  readonly seed?: number;
  /** Locks that the keyspace is split into, a power of two; 1024 by default. */
  readonly stripes?: number;
}

/** Where to listen. */
export interface ListenOptions {
  /** TCP port; 0 lets the system choose. */
  readonly port?: number;
  /** 127.0.0.1 by default. */
  readonly host?: string;
  /** Path of a unix socket instead. */
  readonly path?: string;
  /** Threads that serve clients; said by the first call. */
  readonly threads?: number;
}

/** Something that listens. */
export interface Listener {
  /** The port that it has; 0 for a unix socket. */
  readonly port: number;
  /** Stops listening; connections stay. */
  close(): void;
}

/** A command written in TypeScript. */
export interface CommandDefinition {
  readonly name: string;
  /** Arguments with the name; negative: at least that many. -1 by default. */
  readonly arity?: number;
  /** Positions of the keys: first, last (negative: from the end), step. None by default. */
  readonly keys?: readonly [first: number, last: number, step: number];
  /** Flags as COMMAND names them: `write`, `readonly`, `fast` ... */
  readonly flags?: readonly string[];
  readonly summary?: string;
  /** Whether the function gets its arguments as Buffers. */
  readonly buffers?: boolean;
}

/** The words that a batch records. */
type Recorded = {
  readonly [Name in keyof Commands as Name extends `${string}Buffer` ? never : Name]: (
    ...args: Parameters<Commands[Name]>
  ) => void;
};

/** Records commands; replies come as the result of `batch`, in order. */
export interface Batch extends Recorded {
  call(command: string, ...args: Argument[]): void;
}

/** Arguments that one crossing takes; JavaScript engines bound the number of a call's arguments. */
const BATCH_ARGS_MAX = 4096;
/** How deep commands written here may call each other. */
const DEPTH_MAX = 2;

let ids: Float64Array | undefined;

/** What the native functions call each command; the same for every engine of the process. */
function commandIds(native: NativeEngine): Float64Array {
  ids ??= Float64Array.from(COMMAND_NAMES, (name) => native.commandId(name) ?? -1);
  return ids;
}

/** Splits `config get` and `CONFIG|GET` alike. */
function words(command: string): string[] {
  return command.split(/[ |]/);
}

class Recorder extends Commands {
  readonly args: unknown[] = [];
  readonly ends: number[] = [];

  constructor(protected readonly ids: ArrayLike<number>) {
    super();
  }

  protected readonly send = (id: number | string, ...args: Argument[]): unknown => {
    this.args.push(id, ...args);
    this.ends.push(this.args.length);
    return undefined;
  };

  protected readonly sendBuffer = this.send;

  call(command: string, ...args: Argument[]): void {
    const [name, ...rest] = words(command);
    this.send(name as string, ...rest, ...args);
  }
}

/** Commands over one session. */
abstract class Session extends Commands {
  protected readonly ids: ArrayLike<number>;
  protected readonly send: (id: number, ...args: Argument[]) => unknown;
  protected readonly sendBuffer: (id: number, ...args: Argument[]) => unknown;
  readonly #lane: CallLane;

  constructor(native: NativeEngine, onPush: (push: unknown) => void) {
    super();
    this.ids = commandIds(native);
    this.#lane = openCallLane(native, onPush);
    this.send = this.#lane.send;
    this.sendBuffer = this.#lane.sendBuffer;
  }

  /** Runs any command: `call('SET', 'k', 'v')`, `call('CONFIG GET', 'port')`. Throws `ReplyError`. */
  call(command: string, ...args: Argument[]): unknown {
    const [name, ...rest] = words(command);
    return this.#lane.send(name as string, ...rest, ...args);
  }

  /** As `call`, with Buffers for strings. */
  callBuffer(command: string, ...args: Argument[]): unknown {
    const [name, ...rest] = words(command);
    return this.#lane.sendBuffer(name as string, ...rest, ...args);
  }

  /** Runs what `record` calls, in order and in one crossing; errors stand among the replies as `ReplyError` objects. */
  batch(record: (batch: Batch) => void, options: { readonly buffers?: boolean } = {}): unknown[] {
    const recorder = new Recorder(this.ids);
    record(recorder as unknown as Batch);
    const { args, ends } = recorder;
    if (args.length <= BATCH_ARGS_MAX)
      return this.#lane.batch(Uint32Array.from(ends), options.buffers === true, ...args);
    return this.#batchInParts(args, ends, options.buffers === true);
  }

  /** More arguments than a call can have: as many crossings as needed. */
  #batchInParts(args: readonly unknown[], ends: readonly number[], asBuffers: boolean): unknown[] {
    const replies: unknown[] = [];
    let at = 0;
    while (at < ends.length) {
      const base = at === 0 ? 0 : (ends[at - 1] as number);
      let next = at + 1;
      while (next < ends.length && (ends[next] as number) - base <= BATCH_ARGS_MAX) next += 1;
      const part = Uint32Array.from(ends.slice(at, next), (end) => end - base);
      for (const each of this.#lane.batch(part, asBuffers, ...args.slice(base, ends[next - 1]))) replies.push(each);
      at = next;
    }
    return replies;
  }

  protected endSession(): void {
    this.#lane.native.close();
  }
}

/** What a command written in TypeScript runs other commands with, as one atomic operation. */
export class Context extends Session {
  /** Ends the context with its engine. */
  end(): void {
    this.endSession();
  }
}

export class Engine extends Session {
  /** The binding's engine, for what composes a server of it. */
  readonly native: NativeEngine;
  /** Called with what comes unasked: pub/sub messages, invalidations. */
  onPush: (push: unknown) => void = () => undefined;
  /** Called by `close` while everything is still there; what it throws keeps the engine open. */
  beforeClose: () => void = () => undefined;
  readonly #hosts: HostCommands | undefined;
  readonly #contexts: Context[] = [];
  readonly #wakes = new Map<number, () => void>();
  #depth = 0;
  #addsCommands = false;
  #listeners = new Set<number>();
  #isServing = false;
  #keepAlive: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: EngineOptions = {}) {
    const native = new NativeEngine({
      databases: options.databases ?? 16,
      stripes: options.stripes ?? 1024,
      ...(options.seed === undefined ? {} : { seed: options.seed }),
      ...(options.share === undefined ? {} : { share: options.share }),
      ticks: true,
      systemMemory: totalmem(),
    });
    super(native, (push) => this.onPush(push));
    this.native = native;
    native.setWake((id) => this.#wakes.get(id)?.());
    if (native.isOwner) {
      this.#hosts = new HostCommands(native, true);
      this.#hosts.beforeTransaction = () => this.#openContexts();
    }
  }

  /** The commands that TypeScript answers; only the thread that has opened the keyspace first answers them. */
  get hosts(): HostCommands | undefined {
    return this.#hosts;
  }

  /** Without a key: the whole keyspace as an RDB file, which Redis and Valkey read, too. With one: the command DUMP. */
  override dump(): Uint8Array;
  override dump(key: Key): string | null;
  override dump(key?: Key): Uint8Array | string | null {
    return key === undefined ? this.native.saveSnapshot() : super.dump(key);
  }

  /** Replaces the whole keyspace by what an RDB file holds. Throws, and changes nothing, if it cannot be read. */
  load(snapshot: Uint8Array): void {
    if (!(snapshot instanceof Uint8Array)) throw new TypeError('a snapshot is the bytes of an RDB file, a Uint8Array');
    this.native.loadSnapshot(Buffer.from(snapshot.buffer, snapshot.byteOffset, snapshot.byteLength));
  }

  /** Serves this keyspace to other processes too; keeps the process running until it is closed. */
  listen(options: ListenOptions): Listener {
    if (!this.#isServing) this.#serve(options.threads ?? 1);
    const { listener, failure } = this.native.listen({
      ...(options.path === undefined ? { host: options.host ?? '127.0.0.1' } : { path: options.path }),
      port: options.port ?? 0,
      backlog: 511,
    });
    if (!listener) {
      const where = options.path ?? `${options.host ?? '127.0.0.1'}:${options.port ?? 0}`;
      throw Object.assign(new Error(`listen ${failure?.code}: ${failure?.message} ${where}`), { code: failure?.code });
    }
    this.#listeners.add(listener.id);
    this.#keepAlive ??= setInterval(() => undefined, 0x7fffffff);
    return { port: listener.port, close: () => this.#unlisten(listener.id) };
  }

  #serve(threads: number): void {
    const warn = (level: string, message: string) => {
      if (level === 'warning') process.emitWarning(message, 'HematiteWarning');
    };
    this.native.startPump({ threads, driver: 'auto', tcpKeepalive: 300, hz: 10 }, warn);
    this.#isServing = true;
  }

  #unlisten(id: number): void {
    if (!this.#listeners.delete(id)) return;
    this.native.unlisten(id);
    if (this.#listeners.size > 0) return;
    clearInterval(this.#keepAlive);
    this.#keepAlive = undefined;
  }

  /**
   * Adds a command that every client can call. While `run` runs, nobody else executes anything, so what it does through
   * its context is one atomic operation; it has to return its reply, not a promise of it.
   */
  command(definition: CommandDefinition, run: (context: Context, ...args: never[]) => Natural): void {
    if (!this.#hosts) throw new Error('commands are added by the thread that has opened the keyspace first');
    const [firstKey, lastKey, keyStep] = definition.keys ?? [0, 0, 0];
    const name = definition.name.toLowerCase();
    this.native.define({
      name,
      arity: definition.arity ?? -1,
      flags: [...(definition.flags ?? [])],
      firstKey,
      lastKey,
      keyStep,
      summary: definition.summary ?? '',
    });
    this.#addsCommands = true;
    this.#hosts.set(name, (call) => this.#run(call, definition, run));
  }

  /** Removes a command that was added. */
  removeCommand(name: string): boolean {
    this.#hosts?.delete(name.toLowerCase());
    return this.native.undefine(name);
  }

  /** All contexts that may be needed: no session can be opened while the gates are held. */
  #openContexts(): void {
    if (this.#addsCommands && !this.native.isExclusive) {
      while (this.#contexts.length < DEPTH_MAX) this.#contexts.push(new Context(this.native, () => undefined));
    }
  }

  #run(call: HostCall, definition: CommandDefinition, run: (context: Context, ...args: never[]) => Natural): Reply {
    if (this.#depth >= DEPTH_MAX) return reply.error('ERR host commands call each other too deeply');
    this.#openContexts();
    const context = this.#contexts[this.#depth] as Context;
    const given = call.args.slice(1);
    const args = definition.buffers === true ? given : given.map((arg) => arg.toString());
    let answer: Reply = reply.null;
    this.#depth += 1;
    try {
      this.native.exclusively(() => {
        answer = this.#answer(context, call.db, run, args);
      });
    } catch (error) {
      // The disk has refused what the command wrote.
      if (error instanceof Error && error.message.startsWith('MISCONF ')) return reply.error(error.message);
      throw error;
    } finally {
      this.#depth -= 1;
    }
    return answer;
  }

  #answer(
    context: Context,
    db: number,
    run: (context: Context, ...args: never[]) => Natural,
    args: readonly (string | Buffer)[],
  ): Reply {
    try {
      context.call('SELECT', db);
      const value: unknown = run(context, ...(args as never[]));
      if (value instanceof Promise) {
        value.catch(() => undefined);
        return reply.error('ERR a host command has to return its reply, not a promise of it');
      }
      return toReply(value as Natural);
    } catch (error) {
      return errorReply(error);
    }
  }

  /** Opens a session that speaks bytes: what client libraries are connected to. */
  connect(name: string, onOutput: (bytes: Buffer) => void, onEnd: () => void): ByteLane {
    return new ByteLane(this.native, name, onOutput, onEnd, (id, wake) => {
      this.#wakes.set(id, wake);
      return () => this.#wakes.delete(id);
    });
  }

  /** Whether `close` was called. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Stops listening and ends the sessions. The keyspace goes once no thread has it open any more. */
  close(): void {
    if (this.#isClosed) return;
    this.beforeClose();
    this.#isClosed = true;
    for (const id of [...this.#listeners]) this.#unlisten(id);
    if (this.#isServing) this.native.stopPump(500);
    for (const context of this.#contexts) context.end();
    this.endSession();
  }
}
