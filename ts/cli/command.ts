/**
 * One command of the user's, from arguments to printed reply: repeats and intervals, a lost connection tried once more,
 * redirections in cluster mode, and the commands whose replies never end (MONITOR, SUBSCRIBE ...).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Reply } from '../core/resp.js';
import { encodeCommand } from '../core/resp.js';
import type { Connection } from './connection.js';
import { ConnectionError } from './connection.js';
import type { CliOptions } from './options.js';
import { render, type OutputFormat } from './render.js';
import type { Session } from './session.js';

/** Where output goes; the process's own streams, or a test's. */
export interface Output {
  write(bytes: Buffer | string): void;
  error(text: string): void;
}

export interface Outcome {
  /** No reply could be had: the connection is gone. */
  lost: boolean;
  /** The last reply was an error. */
  failed: boolean;
}

const STREAMING = new Set(['monitor', 'subscribe', 'psubscribe', 'ssubscribe']);

/** Commands that answer with lines meant for people: printed as they are, not quoted. */
const RAW_TEXT: readonly string[][] = [
  ['info'],
  ['lolwut'],
  ['debug', 'htstats'],
  ['debug', 'htstats-key'],
  ['debug', 'client-eviction'],
  ['memory', 'malloc-stats'],
  ['memory', 'doctor'],
  ['cluster', 'nodes'],
  ['cluster', 'info'],
  ['client', 'list'],
  ['client', 'info'],
  ['latency', 'graph'],
  ['latency', 'doctor'],
];

export class CommandRunner {
  readonly #session: Session;
  readonly #output: Output;
  readonly #format: OutputFormat;
  readonly #options: CliOptions;
  readonly #interactive: boolean;

  constructor(session: Session, output: Output, format: OutputFormat, interactive: boolean) {
    this.#session = session;
    this.#output = output;
    this.#format = format;
    this.#options = session.options;
    this.#interactive = interactive;
  }

  /** Run `args` `repeat` times (negative: for ever), printing each reply. `signal` ends waiting and streaming. */
  async run(args: readonly Buffer[], repeat: number, signal?: AbortSignal): Promise<Outcome> {
    const command = String(args[0]).toLowerCase();
    const outcome: Outcome = { lost: false, failed: false };
    for (let left = repeat; left !== 0; left -= left > 0 ? 1 : 0) {
      try {
        if (STREAMING.has(command)) await this.#stream(args, signal);
        else outcome.failed = !(await this.#once(args, signal));
      } catch (error) {
        if (!(error instanceof ConnectionError)) throw error;
        if (signal?.aborted) return { lost: true, failed: true };
        if (command === 'shutdown' || command === 'quit') return outcome;
        this.#output.error(`${error.message}\n`);
        return { lost: true, failed: true };
      }
      if (this.#options.intervalMs > 0)
        await sleep(this.#options.intervalMs, undefined, { signal }).catch(() => undefined);
      if (signal?.aborted) break;
    }
    return outcome;
  }

  print(reply: Reply, raw = false): void {
    const delimiters = { element: this.#options.elementDelimiter, reply: this.#options.replyDelimiter };
    if (reply.kind === 'error' && this.#options.errorExit) this.#output.error(`${reply.text.toString()}\n`);
    else this.#output.write(render(reply, this.#format, delimiters, raw));
  }

  /** False where the reply is an error. */
  async #once(args: readonly Buffer[], signal?: AbortSignal): Promise<boolean> {
    let reply = await this.#call(args, signal);
    for (let hops = 0; hops < 16 && this.#options.cluster; hops++) {
      const redirected = await this.#redirect(reply, args, signal);
      if (!redirected) break;
      reply = redirected;
    }
    this.#session.note(args, reply);
    this.print(reply, isRawText(args));
    return reply.kind !== 'error';
  }

  /** Send and wait; where an old connection turns out to be gone, connect again and send once more. */
  async #call(args: readonly Buffer[], signal?: AbortSignal): Promise<Reply> {
    const stop = () => this.#session.disconnect();
    signal?.addEventListener('abort', stop, { once: true });
    try {
      const fresh = !this.#session.connected;
      const connection = await this.#session.connection();
      try {
        return await connection.call(...args);
      } catch (error) {
        const closing = /^(shutdown|quit)$/i.test(String(args[0]));
        if (fresh || closing || signal?.aborted || !(error instanceof ConnectionError)) throw error;
      }
      return await (await this.#session.connection()).call(...args);
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }

  /** The reply from where a MOVED or ASK error points; undefined where `reply` is neither. */
  async #redirect(reply: Reply, args: readonly Buffer[], signal?: AbortSignal): Promise<Reply | undefined> {
    if (reply.kind !== 'error') return undefined;
    const match = /^(MOVED|ASK) (\d+) (.*):(\d+)$/.exec(reply.text.toString());
    if (!match) return undefined;
    const [, kind, slot, host, port] = match as unknown as [string, string, string, string, string];
    if (this.#interactive)
      this.#output.write(`-> Redirected to slot [${slot}] located at ${host || this.#options.host}:${port}\n`);
    this.#session.retarget(host || this.#options.host, Number(port));
    if (kind === 'ASK') await (await this.#session.connection()).call('ASKING');
    return this.#call(args, signal);
  }

  /** Print replies as they come, until the connection closes or `signal` aborts. */
  async #stream(args: readonly Buffer[], signal?: AbortSignal): Promise<void> {
    const connection = await this.#session.connection();
    const monitor = /^monitor$/i.test(String(args[0]));
    if (!monitor && this.#format !== 'raw') {
      this.#output.write('Reading messages... (press Ctrl-C to quit)\n');
    }
    try {
      await listen(connection, args, (reply) => this.print(reply), signal);
    } finally {
      this.#session.disconnect();
    }
  }
}

/** Send `args` and hand over every reply from then on. Resolves on abort, rejects when the connection closes. */
function listen(
  connection: Connection,
  args: readonly Buffer[],
  take: (reply: Reply) => void,
  signal?: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.streaming = true;
    connection.onReply = take;
    connection.onClose = reject;
    signal?.addEventListener('abort', () => resolve(), { once: true });
    connection.send(encodeCommand(args));
  });
}

function isRawText(args: readonly Buffer[]): boolean {
  const words = args.slice(0, 2).map((arg) => arg.toString('latin1').toLowerCase());
  return RAW_TEXT.some((row) => row.every((word, i) => words[i] === word));
}
