/**
 * Commands that TypeScript answers, whoever calls them: a client over a socket, or a session in this process.
 *
 * The engine hands over a call and parks its session; a handler's reply is encoded for that session's protocol and sent
 * back. A reply that is there at once lets an in-process session go on within the same crossing.
 */

import type { NativeEngine } from './binding.js';
import { encodeReply, type Protocol, type Reply, reply } from './reply.js';

/** One call. */
export interface HostCall {
  /** The session's number: CLIENT ID. */
  readonly session: number;
  /** The row's name: `config|get`. */
  readonly command: string;
  /** All words, the command's name included. */
  readonly args: readonly Buffer[];
  readonly protocol: Protocol;
  /** The database that the session has selected. */
  readonly db: number;
  /** Whether the session has no socket. */
  readonly inProcess: boolean;
  /** Whether the client is on this machine. */
  readonly isLocal: boolean;
  /** Whether the answer may come later: a call from JavaScript returns with it. */
  readonly mayWait: boolean;
  /** Whether it is one of a transaction's commands: everybody else waits until it is answered. */
  readonly inTransaction: boolean;
}

/** Answers a call; undefined means that there is no reply any more, since the session ends. */
export type HostHandler = (call: HostCall) => Reply | undefined | Promise<Reply | undefined>;

const IN_PROCESS = 1;
const LOCAL = 2;
const MAY_WAIT = 4;
const IN_TRANSACTION = 8;
/** The call that asks for a transaction to be run. */
const TRANSACTION = 'exec';

export class HostCommands {
  readonly #native: NativeEngine;
  readonly #handlers = new Map<string, HostHandler>();
  /** Told of what a handler throws: a fault of the program, not of the client. */
  onFault: (error: unknown, command: string) => void = () => undefined;
  /** Told that a transaction is about to run. */
  beforeTransaction: () => void = () => undefined;

  /** Becomes the engine's control plane; `everywhere`: for calls of all threads, not only of this one. */
  constructor(native: NativeEngine, everywhere: boolean) {
    this.#native = native;
    native.setHandler((session, command, args, protocol, db, traits) => {
      if (command === TRANSACTION) this.#transact(session);
      else this.#take(callOf(session, command, args, protocol, db, traits));
    }, everywhere);
  }

  /** Has `handler` answer a command; a container's name stands for all of its subcommands. */
  set(name: string, handler: HostHandler): void {
    this.#handlers.set(name, handler);
  }

  delete(name: string): void {
    this.#handlers.delete(name);
  }

  /** A transaction that holds such commands runs on this thread, from its first command to its last. */
  #transact(session: number): void {
    this.beforeTransaction();
    this.#native.transact(session, (...given) => {
      const call = callOf(...given);
      return encodeReply(this.#answerNow(call), call.protocol);
    });
  }

  #answerNow(call: HostCall): Reply {
    try {
      const answer = this.#call(call);
      if (answer !== undefined && !(answer instanceof Promise)) return answer;
      answer?.catch((error) => this.onFault(error, call.command));
      return reply.error(`ERR '${call.command}' takes its time, which a transaction does not have`);
    } catch (error) {
      this.onFault(error, call.command);
      return fault(error);
    }
  }

  #call(call: HostCall): ReturnType<HostHandler> {
    const handler = this.#handlers.get(call.command) ?? this.#handlers.get(call.command.split('|')[0] as string);
    return handler ? handler(call) : reply.error(`ERR '${call.command}' is not available here`);
  }

  #take(call: HostCall): void {
    try {
      const answer = this.#call(call);
      if (answer instanceof Promise) {
        answer.then(
          (value) => this.#answer(call, value),
          (error) => this.#fault(call, error),
        );
      } else {
        this.#answer(call, answer);
      }
    } catch (error) {
      this.#fault(call, error);
    }
  }

  #answer(call: HostCall, value: Reply | undefined): void {
    if (value !== undefined) this.#native.answer(call.session, encodeReply(value, call.protocol));
  }

  #fault(call: HostCall, error: unknown): void {
    this.onFault(error, call.command);
    this.#answer(call, fault(error));
  }
}

function fault(error: unknown): Reply {
  return reply.error(`ERR ${error instanceof Error ? error.message : String(error)}`);
}

function callOf(
  session: number,
  command: string,
  args: readonly Buffer[],
  protocol: number,
  db: number,
  traits: number,
): HostCall {
  const is = (trait: number) => (traits & trait) !== 0;
  return {
    session,
    command,
    args,
    protocol: protocol === 3 ? 3 : 2,
    db,
    inProcess: is(IN_PROCESS),
    isLocal: is(LOCAL),
    mayWait: is(MAY_WAIT),
    inTransaction: is(IN_TRANSACTION),
  };
}
