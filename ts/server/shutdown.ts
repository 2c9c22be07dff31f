/**
 * How the server ends: SHUTDOWN with its options, SIGTERM, SIGINT.
 *
 * Where save points are set, or SAVE is asked for, the dataset is saved first, while writes wait, so that nothing that was
 * acknowledged is missing. If that fails the server stays, unless it is forced to go.
 */

import type { HostCall } from '../core/host-commands.js';
import { type Reply, reply } from '../core/reply.js';
import type { SaveResult } from '../persistence/snapshots.js';

/** What SHUTDOWN was asked for. */
export interface ShutdownOptions {
  readonly save: boolean;
  readonly nosave: boolean;
  readonly now: boolean;
  readonly force: boolean;
  readonly abort: boolean;
}

const FAILED = 'ERR Errors trying to SHUTDOWN. Check logs.';

/** Reads the words behind SHUTDOWN; undefined is a syntax error. */
export function parseShutdown(words: readonly string[]): ShutdownOptions | undefined {
  const given = new Set<string>();
  for (const word of words) {
    const option = word.toLowerCase();
    if (!['save', 'nosave', 'now', 'force', 'abort'].includes(option)) return undefined;
    given.add(option);
  }
  const has = (option: string) => given.has(option);
  const options = {
    save: has('save'),
    nosave: has('nosave'),
    now: has('now'),
    force: has('force'),
    abort: has('abort'),
  };
  if (options.save && options.nosave) return undefined;
  if (options.abort && given.size > 1) return undefined;
  return options;
}

/** What the end of the server has to do with. */
export interface Ending {
  notice(text: string): void;
  warn(text: string): void;
  /** Whether a dataset is being loaded: what is there then must not be saved. */
  isLoading(): boolean;
  /** Whether save points are set. */
  isSaveWanted(): boolean;
  /** Whether a save is under way. */
  isSaving(): boolean;
  /** Calls a save under way off, and waits for its end. */
  abandonSave(): Promise<void>;
  /** Saves. */
  save(): Promise<SaveResult>;
  /** Has writes wait, or lets them go. */
  holdWrites(hold: boolean): void;
  /** Ends the process. */
  end(): void;
}

/** The one shutdown that may be under way. */
export class Shutdown {
  #isUnderWay = false;
  #isAborted = false;

  constructor(private readonly ending: Ending) {}

  /** Whether the server is about to end. */
  get isUnderWay(): boolean {
    return this.#isUnderWay;
  }

  /** Answers SHUTDOWN; there is no reply where the process ends. */
  handle(call: HostCall): Reply | Promise<Reply | undefined> {
    const options = parseShutdown(call.args.slice(1).map((word) => word.toString('latin1')));
    if (options === undefined) return reply.error('ERR syntax error');
    if (options.abort) return this.#abort();
    if (this.#isUnderWay) return reply.error(FAILED);
    this.ending.warn('User requested shutdown...');
    return this.run(options).then((hasEnded) => (hasEnded ? undefined : reply.error(FAILED)));
  }

  /** Ends the server as a signal's directive says; resolves with false if it stays. */
  signal(name: string, flags: readonly string[]): Promise<boolean> {
    this.ending.notice(`Received ${name} scheduling shutdown...`);
    this.ending.warn('User requested shutdown...');
    const has = (flag: string) => flags.includes(flag);
    return this.run({ save: has('save'), nosave: has('nosave'), now: has('now'), force: has('force'), abort: false });
  }

  /** Ends the server; resolves with false if it stays, since it could not be saved. */
  async run(options: ShutdownOptions): Promise<boolean> {
    const { ending } = this;
    this.#isUnderWay = true;
    this.#isAborted = false;
    if (ending.isSaving()) {
      ending.warn('There is a child saving an .rdb. Killing it!');
      await ending.abandonSave();
    }
    const saves = !ending.isLoading() && !options.nosave && (options.save || ending.isSaveWanted());
    if (saves && !(await this.#save(options.force))) {
      this.#isUnderWay = false;
      ending.holdWrites(false);
      ending.warn('Errors trying to shut down the server. Check the logs for more information.');
      return false;
    }
    ending.end();
    return true;
  }

  /** The last snapshot; whether the server may go. */
  async #save(force: boolean): Promise<boolean> {
    const { ending } = this;
    ending.notice('Saving the final RDB snapshot before exiting.');
    ending.holdWrites(true);
    const result = await ending.save();
    if (this.#isAborted) return false;
    if (result === 'saved') return true;
    ending.warn(force ? 'Error trying to save the DB. Exit anyway.' : "Error trying to save the DB, can't exit.");
    return force;
  }

  #abort(): Reply {
    if (!this.#isUnderWay) return reply.error('ERR No shutdown in progress.');
    this.#isAborted = true;
    this.ending.notice('Shutdown manually aborted.');
    void this.ending.abandonSave();
    return reply.ok;
  }
}
