/**
 * The append-only file: which files there are, when they are rewritten, what operators are told.
 *
 * The bytes are the native engine's. A rewrite goes
 *
 *     new incremental file → manifest names it → [one instant: journal goes over, snapshot begins] → base is written
 *     → manifest names the base → what it stands for is removed
 *
 * so that at each moment the manifest on the disk gives the whole dataset, whatever ends the process. Where there was no
 * append-only file before, the new incremental file has a temporary name until its base is there.
 */

import { join } from 'node:path';
import type { Config } from '../config/config.js';
import type { NativeEngine, NativeRewritten } from '../core/binding.js';
import { type Reply, reply } from '../core/reply.js';
import {
  type Journalist,
  type Place,
  folderOf,
  manifestPath,
  planLoad,
  prepareManifest,
  readManifest,
  reportLoad,
} from './append-only-load.js';
import { type Files, disk, reason } from './files.js';
import { LoadError } from './loading.js';
import { type Rewrite, planRewrite, requestOf, temporaryName } from './append-only-rewrite.js';
import { Manifest, type Part } from './manifest.js';
import { removeStaleFiles } from './temporary-files.js';

/** Time between two looks at errors and sizes, milliseconds. */
const PERIOD_MS = 100;
/** A failing disk is mentioned this often, milliseconds. */
const COMPLAINT_MS = 30_000;
/** Rewrites that fail in a row before the next waits, and how long at most. */
const FAILURES_MAX = 3;
const DELAY_MINUTES_MAX = 60;

export interface AppendOnlyOptions {
  readonly files?: Files;
  readonly log: Journalist;
  /** Whether a snapshot is being saved: a rewrite waits for it. */
  readonly isSaving?: () => boolean;
  readonly now?: () => number;
}

export class AppendOnlyFile {
  readonly #native: NativeEngine;
  readonly #config: Config;
  readonly #log: Journalist;
  readonly #files: Files;
  readonly #now: () => number;
  readonly #isSaving: () => boolean;
  readonly #place: Place;
  #manifest = new Manifest();
  /** `no`, writing to `increment`, or waiting for the first base. */
  #isOn = false;
  #rewrite: Rewrite | undefined;
  #isScheduled = false;
  #lastSeconds = -1;
  #lastIsOk = true;
  #rewrites = 0;
  #failures = 0;
  #retryAtMs = 0;
  /** Bytes after the last rewrite, or at the start. */
  #baseBytes = 0;
  #complainedMs = 0;
  #isFailing = false;
  /** What a rewrite which has failed has left the journal with. */
  #left: Part | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(native: NativeEngine, config: Config, options: AppendOnlyOptions) {
    this.#native = native;
    this.#config = config;
    this.#log = options.log;
    this.#files = options.files ?? disk;
    this.#now = options.now ?? Date.now;
    this.#isSaving = options.isSaving ?? (() => false);
    this.#place = {
      directory: config.get('dir'),
      folder: config.get('appenddirname'),
      stem: config.get('appendfilename'),
    };
    native.setAofTimestamps(config.get('aof-timestamp-enabled'));
    config.onChange(['aof-timestamp-enabled'], () => native.setAofTimestamps(config.get('aof-timestamp-enabled')));
    config.onChange(['appendfsync', 'no-appendfsync-on-rewrite'], () => this.#applyPolicy());
    config.onChange(['appendonly'], () => this.#follow());
  }

  /** Loads what is there and begins to record, as `appendonly yes` says at the start. Throws `LoadError`. */
  async start(): Promise<void> {
    this.#native.aofLoadBegins();
    // A second server that finds its port taken has ended before it touches the files of the first.
    await new Promise((resolve) => setImmediate(resolve));
    const plan = this.#plan();
    if (plan) {
      const loaded = await new Promise<Parameters<typeof reportLoad>[1]>((done) => this.#native.aofLoad(plan, done));
      this.#begin(plan, loaded);
    } else {
      this.#beginEmpty();
    }
  }

  /** The same on the calling thread. */
  startNow(): void {
    const plan = this.#plan();
    if (plan) this.#begin(plan, this.#native.aofLoadNow(plan));
    else this.#beginEmpty();
  }

  #plan() {
    this.#manifest = prepareManifest(this.#files, this.#place, this.#log);
    return this.#manifest.isEmpty ? undefined : this.#planOf(this.#manifest);
  }

  #planOf(manifest: Manifest) {
    return planLoad(this.#files, this.#place, manifest, {
      cutTruncated: this.#config.get('aof-load-truncated'),
      lfu: this.#config.get('maxmemory-policy').endsWith('lfu'),
      checksum: this.#config.get('rdbchecksum'),
    });
  }

  #begin(plan: Parameters<typeof reportLoad>[0], loaded: Parameters<typeof reportLoad>[1]): void {
    reportLoad(plan, loaded, this.#log);
    try {
      // A last file that does not take what was left for it: writes are refused until a rewrite has made new ones.
      if (typeof loaded.unappended === 'string') this.#native.aofHold(loaded.unappended);
      else this.#open();
    } catch (error) {
      throw new LoadError(`Fatal error: can't open the append-only file: ${reason(error)}`);
    }
    this.#isOn = true;
    this.#native.aofLoadEnded(loaded.keys);
    this.#baseBytes = this.#sizeOf(this.#manifest.dataset);
    this.#clean();
    removeStaleFiles(folderOf(this.#place));
    this.#keep();
  }

  /** Goes on with the last incremental file, or begins one. */
  #open(): void {
    let increment = this.#manifest.last;
    if (increment) {
      this.#log.notice(`Opening AOF incr file ${increment.name} on server start`);
    } else {
      increment = this.#manifest.nextIncrement(this.#place.stem);
      this.#log.notice(`Creating AOF incr file ${increment.name} on server start`);
      this.#files.create(this.#path(increment.name));
      this.#write(this.#manifest.withIncrement(increment));
    }
    this.#native.aofStart(this.#path(increment.name), this.#config.get('appendfsync'));
  }

  /** Nothing was there: the dataset as it is, empty as a rule, becomes the base. */
  #beginEmpty(): void {
    this.#isOn = true;
    this.#log.notice('Creating AOF base and incr files on server start');
    const prepared = this.#prepareRewrite();
    if (typeof prepared === 'string')
      throw new LoadError(`Fatal error: can't create the append-only file: ${prepared}`);
    this.#endRewrite(prepared, this.#native.aofRewriteNow(requestOf(prepared, this.#place, this.#config)));
    if (!this.#lastIsOk) throw new LoadError("Fatal error: can't create the append-only file");
    this.#native.aofLoadEnded(0);
    this.#keep();
  }

  /** Answers BGREWRITEAOF. */
  handle(call: { readonly inTransaction: boolean }): Reply {
    if (this.#rewrite) return reply.error('ERR Background append only file rewriting already in progress');
    if (this.#isSaving() || call.inTransaction) {
      this.#isScheduled = true;
      this.#tell();
      if (call.inTransaction) setImmediate(() => this.#isScheduled && this.handle({ inTransaction: false }));
      return reply.simple('Background append only file rewriting scheduled');
    }
    this.#failures = 0;
    const failure = this.#beginRewrite();
    if (failure !== undefined) {
      this.#log.warning(`Can't rewrite append only file in background: ${failure}`);
      return reply.error(
        "ERR Can't execute an AOF background rewriting. Please check the server logs for more information.",
      );
    }
    return reply.simple('Background append only file rewriting started');
  }

  /** Answers DEBUG LOADAOF: has everything written, and loads the files in the place of what is in memory. */
  reload(): Reply {
    const failure = this.#reload();
    if (failure === undefined) return reply.ok;
    this.#log.warning(`DEBUG LOADAOF has failed, the dataset is as it was: ${failure}`);
    return reply.error(`ERR Error trying to load the AOF files: ${failure}`);
  }

  /** A text is why that could not be; then what is in memory is as it was. */
  #reload(): string | undefined {
    if (!this.#isOn) return 'there are none, appendonly is off';
    if (this.#rewrite || this.#isSaving()) return 'a rewrite or a snapshot is being written';
    try {
      const manifest = readManifest(this.#files, this.#place);
      if (!manifest.last) return 'the manifest names no file that is written to';
      // A file that this server writes to does not end within a command: one that does is wrong, and is left as it is.
      const plan = { ...this.#planOf(manifest), cutTruncated: false };
      reportLoad(plan, this.#native.aofReload(plan, this.#config.get('appendfsync')), this.#log);
      this.#manifest = manifest;
      this.#log.notice('Append Only File loaded by DEBUG LOADAOF');
    } catch (error) {
      // Files that cannot be loaded do not hold the dataset: a rewrite makes new ones that do.
      if (error instanceof LoadError) this.#isScheduled = true;
      return reason(error);
    }
    this.#tell();
    return undefined;
  }

  /** What is in memory is no longer what the files give: has them rewritten soon. */
  outdate(): void {
    this.#isScheduled ||= this.#isOn;
    this.#tell();
  }

  /** Whether a rewrite is under way. */
  get isRewriting(): boolean {
    return this.#rewrite !== undefined;
  }

  /** Writes and syncs what waits, and ends. */
  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    if (!this.#isOn) return;
    this.#isOn = false;
    try {
      this.#log.notice('Calling fsync() on the AOF file.');
      this.#native.aofStop();
    } catch (error) {
      this.#log.warning(`Fail to fsync the AOF file: ${reason(error)}`);
    }
  }

  /** CONFIG SET appendonly. */
  #follow(): string | undefined {
    const wanted = this.#config.get('appendonly');
    if (wanted === this.#isOn) return undefined;
    if (!wanted) {
      if (this.#native.isExclusive) return 'the file cannot be closed within a transaction';
      this.stop();
      this.#tell();
      return undefined;
    }
    try {
      this.#manifest = readManifest(this.#files, this.#place);
    } catch (error) {
      this.#log.warning(reason(error));
      return 'Unable to turn on AOF. Check server logs.';
    }
    this.#isOn = true;
    this.#native.aofAwait();
    this.#keep();
    if (this.#isSaving() || this.#rewrite) {
      this.#isScheduled = true;
      return undefined;
    }
    const failure = this.#beginRewrite();
    if (failure === undefined) return undefined;
    this.#isOn = false;
    this.#native.aofRelease();
    this.#log.warning(`Unable to turn on AOF: ${failure}`);
    return 'Unable to turn on AOF. Check server logs.';
  }

  #applyPolicy(): string | undefined {
    const holds = this.#rewrite !== undefined && this.#config.get('no-appendfsync-on-rewrite');
    try {
      this.#native.setAofPolicy(holds ? 'no' : this.#config.get('appendfsync'));
      return undefined;
    } catch (error) {
      return `can't sync the append-only file: ${reason(error)}`;
    }
  }

  /** Makes the files of a rewrite; a text is why that could not be. */
  #prepareRewrite(): Rewrite | string {
    const rewrite = planRewrite(this.#manifest, this.#place, this.#config, {
      ...this.#native.aofStatus(),
      isKept: this.#isOn,
      left: this.#left,
      nowMs: this.#now(),
    });
    const { increment } = rewrite;
    this.#isScheduled = false;
    try {
      this.#files.makeDirectory(folderOf(this.#place));
      if (increment) {
        this.#files.create(this.#path(rewrite.temporaryIncrement ?? increment.name));
        if (!rewrite.temporaryIncrement) this.#write(this.#manifest.withIncrement(increment));
      }
    } catch (error) {
      return reason(error);
    }
    return rewrite;
  }

  /** Begins a rewrite; a text is why it could not. */
  #beginRewrite(): string | undefined {
    const rewrite = this.#prepareRewrite();
    if (typeof rewrite === 'string') return rewrite;
    this.#rewrite = rewrite;
    this.#rewrites += 1;
    this.#log.notice('Background append only file rewriting started');
    this.#native.aofRewrite(requestOf(rewrite, this.#place, this.#config), (rewritten) =>
      this.#endRewrite(rewrite, rewritten),
    );
    this.#applyPolicy();
    this.#tell();
    return undefined;
  }

  #endRewrite(rewrite: Rewrite, rewritten: NativeRewritten): void {
    this.#rewrite = undefined;
    this.#lastSeconds = Math.floor((this.#now() - rewrite.startedMs) / 1000);
    try {
      if (typeof rewritten.reason === 'string') throw new Error(rewritten.reason);
      if (rewrite.increment && !this.#isOn) throw new Error('the append-only file was turned off meanwhile');
      this.#adopt(rewrite);
      this.#native.aofRelease();
      this.#lastIsOk = true;
      this.#failures = 0;
      this.#baseBytes = this.#sizeOf(this.#manifest.dataset);
      this.#log.notice(
        `Background AOF rewrite finished successfully: ${rewritten.keys} keys, ${rewritten.baseBytes} bytes, ` +
          `${rewritten.seconds.toFixed(3)} seconds`,
      );
      this.#clean();
    } catch (error) {
      this.#log.warning(`Background AOF rewrite failed: ${reason(error)}`);
      if (rewrite.temporaryIncrement !== undefined) {
        if (rewritten.hasSwitched) this.#leave(rewrite.increment);
        else this.#discard(rewrite.increment);
      }
      this.#fail();
    }
    this.#applyPolicy();
    this.#tell();
  }

  /** The manifest comes to name the new base. */
  #adopt(rewrite: Rewrite): void {
    const { base, increment, temporaryIncrement } = rewrite;
    if (increment && temporaryIncrement !== undefined) {
      this.#files.rename(this.#path(temporaryIncrement), this.#path(increment.name));
    }
    const listed = increment && temporaryIncrement ? this.#manifest.withIncrement(increment) : this.#manifest;
    this.#write(listed.withBase(base, increment));
    this.#leave(undefined);
  }

  /** The journal has left the file of a rewrite that has failed, for another such file or for one that stays. */
  #leave(next: Part | undefined): void {
    this.#discard(this.#left);
    this.#left = next;
  }

  #discard(increment: Part | undefined): void {
    if (increment === undefined) return;
    try {
      this.#files.remove(this.#path(temporaryName(increment)));
      this.#files.remove(this.#path(`${increment.name}.tail`));
    } catch (error) {
      this.#log.warning(`Can't remove superfluous AOF files: ${reason(error)}`);
    }
  }

  #fail(): void {
    this.#lastIsOk = false;
    this.#failures += 1;
    const over = this.#failures - FAILURES_MAX;
    const minutes = over < 0 ? 0 : Math.min(2 ** over, DELAY_MINUTES_MAX);
    this.#retryAtMs = this.#now() + Math.max(minutes * 60_000, 1000);
    // What the journal goes to has no base: nothing of it counts until there is one.
    if (this.#isOn && this.#manifest.isEmpty) this.#isScheduled = true;
  }

  /** Removes what a rewrite has made superfluous, once the manifest says so. */
  #clean(): void {
    if (this.#manifest.history.length === 0 || this.#config.get('aof-disable-auto-gc')) return;
    const gone = this.#manifest.history;
    try {
      this.#write(this.#manifest.withoutHistory());
      for (const part of gone) {
        this.#files.remove(this.#path(part.name));
        // What waits for the disk; gone already, unless the disk has failed.
        this.#files.remove(this.#path(`${part.name}.tail`));
      }
    } catch (error) {
      this.#log.warning(`Can't remove superfluous AOF files: ${reason(error)}`);
    }
  }

  #write(manifest: Manifest): void {
    this.#files.replace(manifestPath(this.#place), manifest.toBytes());
    this.#manifest = manifest;
  }

  #path(name: string): string {
    return join(folderOf(this.#place), name);
  }

  #sizeOf(parts: readonly Part[]): number {
    const size = (part: Part) => {
      try {
        return this.#files.size(this.#path(part.name));
      } catch {
        return 0;
      }
    };
    return parts.reduce((sum, part) => sum + size(part), 0);
  }

  #keep(): void {
    this.#timer ??= setInterval(() => this.cron(), PERIOD_MS);
    this.#timer.unref();
    this.#tell();
  }

  /** Looks at errors, and at whether it is time for a rewrite. */
  cron(): void {
    if (!this.#isOn) return;
    const status = this.#native.aofStatus();
    this.#complain(status.failure ?? undefined);
    if (this.#rewrite || this.#isSaving()) return;
    const mayRetry = this.#now() >= this.#retryAtMs;
    if ((this.#isScheduled || status.hasLost) && mayRetry) {
      const failure = this.#beginRewrite();
      if (failure !== undefined) this.#fail();
      return;
    }
    if (!status.failure && mayRetry) this.#rewriteIfGrown(status.size);
  }

  #rewriteIfGrown(size: number): void {
    const percentage = this.#config.get('auto-aof-rewrite-percentage');
    if (percentage === 0) return;
    const current = this.#beforeBytes() + size;
    if (current <= Number(this.#config.get('auto-aof-rewrite-min-size'))) return;
    const growth = Math.floor((current * 100) / Math.max(this.#baseBytes, 1)) - 100;
    if (growth < percentage) return;
    this.#log.notice(`Starting automatic rewriting of AOF on ${growth}% growth`);
    const failure = this.#beginRewrite();
    if (failure === undefined) return;
    this.#log.warning(`Can't rewrite append only file in background: ${failure}`);
    this.#fail();
  }

  /** Bytes of the files before the one that is written to; they do not change. */
  #beforeBytes(): number {
    const { manifest, bytes } = this.#before;
    if (manifest === this.#manifest) return bytes;
    const size = this.#sizeOf(this.#manifest.dataset.filter((part) => part !== this.#manifest.last));
    this.#before = { manifest: this.#manifest, bytes: size };
    return size;
  }

  #before: { manifest: Manifest | undefined; bytes: number } = { manifest: undefined, bytes: 0 };

  #complain(failure: string | undefined): void {
    if (failure === undefined) {
      if (this.#isFailing) this.#log.warning('AOF write error looks solved, writes are accepted again.');
      this.#isFailing = false;
      this.#complainedMs = 0;
      return;
    }
    this.#isFailing = true;
    if (this.#complainedMs !== 0 && this.#now() - this.#complainedMs < COMPLAINT_MS) return;
    this.#complainedMs = this.#now();
    this.#log.warning(`Error writing to the AOF file: ${failure}`);
  }

  /** What INFO shows. */
  #tell(): void {
    this.#native.setAofFigures({
      beforeBytes: this.#beforeBytes(),
      baseBytes: this.#baseBytes,
      ...(this.#rewrite ? { rewritingSince: Math.floor(this.#rewrite.startedMs / 1000) } : {}),
      isScheduled: this.#isScheduled,
      lastSeconds: this.#lastSeconds,
      lastIsOk: this.#lastIsOk,
      rewrites: this.#rewrites,
      failures: this.#failures,
    });
  }
}
