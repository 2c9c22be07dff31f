/**
 * Snapshots: when the dataset is written to its file, and what is said about it. The bytes are the engine's.
 *
 * One save at a time. SAVE, BGSAVE, the save points (looked at once a second) and the end of the server all come here; a
 * save that has failed has writes refused until one succeeds, if the configuration wants that.
 */

import type { Config } from '../config/config.js';
import type { NativeEngine } from '../core/binding.js';
import type { HostCall } from '../core/host-commands.js';
import { type Reply, reply } from '../core/reply.js';

/** The part of the engine that saves. */
export type Saver = Pick<NativeEngine, 'save' | 'saveNow' | 'cancelSave' | 'saves' | 'refuseWrites'>;
type SaveOptions = Parameters<Saver['save']>[0];
type Saved = ReturnType<Saver['saveNow']>;

/** Where lines for operators go. */
export interface SnapshotLog {
  notice(message: string): void;
  warning(message: string): void;
}

/** How a save ended. */
export type SaveResult = 'saved' | 'failed' | 'cancelled';

/** Seconds after a failed save until a save point tries again. */
const RETRY_DELAY_SECONDS = 5;
const CRON_PERIOD_MS = 1000;

const ANOTHER_ACTIVE =
  "ERR Another child process is active (AOF?): can't BGSAVE right now. " +
  'Use BGSAVE SCHEDULE in order to schedule a BGSAVE whenever possible.';

/** Name of the temporary file of this process. */
export function temporaryName(pid: number): string {
  return `temp-${pid}.rdb`;
}

export class Snapshots {
  readonly #native: Saver;
  readonly #config: Config;
  readonly #log: SnapshotLog;
  /** Whether something else keeps the engine's one snapshot busy (a rewrite of the append-only file). */
  isOtherwiseBusy: () => boolean = () => false;
  #running: Promise<SaveResult> | undefined;
  #isScheduled = false;
  /** Another save begins as soon as this thread hears that the one before has ended. */
  #hasNext = false;
  #lastTry = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(native: Saver, config: Config, log: SnapshotLog) {
    this.#native = native;
    this.#config = config;
    this.#log = log;
    config.onChange(['save', 'stop-writes-on-bgsave-error'], () => this.#judgeWrites());
  }

  /** Whether a save is under way. */
  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** Looks at the save points once a second from now on. */
  start(): void {
    this.#timer = setInterval(() => this.tick(Math.floor(Date.now() / 1000)), CRON_PERIOD_MS).unref();
  }

  /** Looks at them no more. */
  stop(): void {
    clearInterval(this.#timer);
  }

  /** Answers SAVE. */
  save(call: HostCall): Reply | Promise<Reply> {
    if (this.#running) return reply.error('ERR Background save already in progress');
    const answer = (result: SaveResult) => (result === 'saved' ? reply.ok : reply.error('ERR'));
    // Who calls in this process waits on the thread that would have to answer later.
    return call.inProcess ? answer(this.saveNow()) : this.run(false).then(answer);
  }

  /** Answers BGSAVE. */
  backgroundSave(call: HostCall): Reply {
    const words = call.args.slice(1).map((word) => word.toString('latin1').toLowerCase());
    if (words.length === 1 && words[0] === 'cancel') return this.#cancel();
    const schedule = words.length === 1 && words[0] === 'schedule';
    if (words.length > 0 && !schedule) return reply.error('ERR syntax error');
    if (call.inTransaction) {
      // Begun now, it would save the transaction's first half.
      if (this.#running) return reply.error('ERR Background save already in progress');
      this.#isScheduled = true;
      setImmediate(() => this.tick(Math.floor(Date.now() / 1000)));
      return reply.simple('Background saving scheduled');
    }
    if (this.#running) return this.#saveNext(this.#running);
    if (this.isOtherwiseBusy()) {
      if (!schedule) return reply.error(ANOTHER_ACTIVE);
      this.#isScheduled = true;
      return reply.simple('Background saving scheduled');
    }
    void this.run(true);
    return reply.simple('Background saving started');
  }

  /** A save that has ended, but for its message to this thread, keeps nobody from the next. */
  #saveNext(running: Promise<SaveResult>): Reply {
    if (this.#hasNext || this.#native.saves().isSaving) return reply.error('ERR Background save already in progress');
    this.#hasNext = true;
    void running.then(() => {
      this.#hasNext = false;
      return this.run(true);
    });
    return reply.simple('Background saving started');
  }

  #cancel(): Reply {
    if (this.#running && this.#native.cancelSave()) {
      this.#log.notice('Background saving will be aborted due to user request');
      return reply.simple('Background saving cancelled');
    }
    if (this.#isScheduled) {
      this.#log.notice('Scheduled background saving will be cancelled due to user request');
      this.#isScheduled = false;
      return reply.simple('Scheduled background saving cancelled');
    }
    return reply.error('ERR Background saving is currently not in progress or scheduled');
  }

  /** Begins what is due at a time (Unix seconds): a scheduled save, or that of a save point. */
  tick(now: number): void {
    if (this.#running || this.isOtherwiseBusy()) return;
    const { changes, lastSave, isOk } = this.#native.saves();
    if (!isOk && now - this.#lastTry <= RETRY_DELAY_SECONDS) return;
    if (this.#isScheduled) {
      void this.run(true);
      return;
    }
    const due = this.#config.get('save').find((point) => changes >= point.changes && now - lastSave > point.seconds);
    if (!due) return;
    this.#log.notice(`${due.changes} changes in ${due.seconds} seconds. Saving...`);
    void this.run(true);
  }

  /** Whether the configuration asks for snapshots. */
  get isWanted(): boolean {
    return this.#config.get('save').length > 0;
  }

  /** Saves on a thread of its own; never rejects. There must be no save under way. */
  run(background: boolean): Promise<SaveResult> {
    this.#isScheduled = false;
    this.#lastTry = Math.floor(Date.now() / 1000);
    if (background) this.#log.notice(`Background saving started by pid ${process.pid}`);
    const saving = new Promise<SaveResult>((resolve) => {
      const options = this.#options(background);
      const settle = (saved: Saved) => resolve(this.#settle(options, saved));
      try {
        this.#native.save(options, settle);
      } catch (error) {
        settle(impossible(error));
      }
    }).finally(() => {
      this.#running = undefined;
    });
    this.#running = saving;
    return saving;
  }

  /** Saves on this thread. */
  saveNow(): SaveResult {
    const options = this.#options(false);
    try {
      return this.#settle(options, this.#native.saveNow(options));
    } catch (error) {
      return this.#settle(options, impossible(error));
    }
  }

  /** Calls a save under way off, and waits for its end. */
  async abandon(): Promise<void> {
    if (!this.#running) return;
    this.#native.cancelSave();
    await this.#running;
  }

  #options(background: boolean): SaveOptions {
    const config = this.#config;
    const policy = config.get('maxmemory-policy');
    return {
      directory: config.get('dir'),
      file: config.get('dbfilename'),
      temporary: temporaryName(process.pid),
      version: Number(config.get('rdb-version')),
      compression: config.get('rdbcompression'),
      checksum: config.get('rdbchecksum'),
      incrementalFsync: config.get('rdb-save-incremental-fsync'),
      background,
      keyDelay: Math.max(0, config.get('rdb-key-save-delay')),
      access: policy.endsWith('lru') ? 1 : policy.endsWith('lfu') ? 2 : 0,
      decayMinutes: config.get('lfu-decay-time'),
    };
  }

  #settle(options: SaveOptions, saved: Saved): SaveResult {
    const { background } = options;
    if (saved.isCancelled) {
      this.#log.notice('Background saving cancelled');
      return 'cancelled';
    }
    if (saved.failed !== undefined) {
      this.#log.warning(failureText(options, saved));
      if (background) this.#log.warning('Background saving error');
    } else {
      this.#log.notice('DB saved on disk');
      if (background) this.#log.notice('Background saving terminated with success');
    }
    this.#judgeWrites();
    return saved.failed === undefined ? 'saved' : 'failed';
  }

  /** Has writes refused if they would not be saved, or accepted again. */
  #judgeWrites(): void {
    const { isOk } = this.#native.saves();
    this.#native.refuseWrites(!isOk && this.isWanted && this.#config.get('stop-writes-on-bgsave-error'));
  }
}

/** What stands for the outcome where a save could not even begin. */
function impossible(error: unknown): Saved {
  const reason = error instanceof Error ? error.message : String(error);
  return { failed: 'thread', reason, isCancelled: false, bytes: 0, keys: 0, preimageBytes: 0 };
}

/** Redis's line for a save that has failed. */
function failureText(options: SaveOptions, { failed, reason }: Saved): string {
  const { directory, file, temporary } = options;
  switch (failed) {
    case 'open':
      return `Failed opening the temp RDB file ${temporary} (in server root dir ${directory}) for saving: ${reason}`;
    case 'rename':
      return (
        `Error moving temp DB file ${temporary} on the final destination ${file} ` +
        `(in server root dir ${directory}): ${reason}`
      );
    case 'directory':
      return `Failed to fsync directory while saving DB: ${reason}`;
    case 'thread':
      return `Can't save in background: ${reason}`;
    default:
      return `Write error saving DB on disk(${failed === 'sync' ? 'fsync' : 'rdbSaveRio'}): ${reason}`;
  }
}
