/**
 * The files of the append-only file on a disk that fails or loses power at its n-th call: whatever n is, the manifest that
 * is left names a whole dataset, and the server goes on.
 */

import { describe, expect, test } from 'vitest';
import { Config } from '../config/config.js';
import type { NativeAofLoad, NativeAofLoaded, NativeEngine, NativeRewrite, NativeRewritten } from '../core/binding.js';
import { AppendOnlyFile } from './append-only.js';
import type { Files } from './files.js';
import { LoadError } from './loading.js';
import { Manifest } from './manifest.js';

class Failure extends Error {}

/** A file, whatever its name is: who has it open follows it. */
interface Inode {
  bytes: Buffer;
}

/** A disk in memory that counts calls which change it, and fails at one of them, or at that and all that follow. */
class Disk implements Files {
  readonly content = new Map<string, Inode>();
  calls = 0;
  failAt = Infinity;
  forEver = false;

  #change(): void {
    const call = this.calls++;
    if (call === this.failAt || (this.forEver && call > this.failAt))
      throw new Failure('ENOSPC: no space left on device, write');
  }
  exists(path: string): boolean {
    return this.content.has(path) || [...this.content.keys()].some((name) => name.startsWith(`${path}/`));
  }
  size(path: string): number {
    return this.read(path).length;
  }
  read(path: string): Buffer {
    return this.open(path).bytes;
  }
  open(path: string): Inode {
    const inode = this.content.get(path);
    if (!inode) throw new Failure('ENOENT: no such file or directory, open');
    return inode;
  }
  list(directory: string): string[] {
    return [...this.content.keys()].filter((path) => path.startsWith(`${directory}/`));
  }
  makeDirectory(): void {
    this.#change();
  }
  create(path: string): void {
    this.#change();
    this.content.set(path, { bytes: Buffer.alloc(0) });
  }
  replace(path: string, bytes: Buffer): void {
    this.#change();
    this.content.set(path, { bytes });
  }
  rename(from: string, to: string): void {
    this.#change();
    this.content.set(to, this.open(from));
    this.content.delete(from);
  }
  remove(path: string): void {
    this.#change();
    this.content.delete(path);
  }
}

/** An engine that counts writes: its journal and its bases are numbers in files. */
class Engine {
  value = 0;
  sink: Inode | undefined;
  rewriteFails = false;

  constructor(readonly disk: Disk) {}

  write(): void {
    this.value += 1;
    if (this.sink) this.sink.bytes = Buffer.concat([this.sink.bytes, Buffer.from('+')]);
  }
  aofLoad(load: NativeAofLoad, done: (loaded: NativeAofLoaded) => void): void {
    done(this.aofLoadNow(load));
  }
  aofLoadNow(load: NativeAofLoad): NativeAofLoaded {
    for (const path of load.paths) {
      const text = this.disk.read(path).toString();
      this.value = text.startsWith('base') ? Number(text.slice(4)) : this.value + text.length;
    }
    return {
      index: 0,
      offset: 0,
      good: 0,
      reason: '',
      cutFrom: 0,
      takenIn: 0,
      ignored: 0,
      keys: 1,
      commands: 0,
      refused: 0,
      refusedIn: 0,
      refusedAt: 0,
      refusal: '',
      seconds: 0,
    };
  }
  aofStart(path: string): void {
    this.sink = this.disk.open(path);
  }
  aofStop(): void {
    this.sink = undefined;
  }
  aofStatus() {
    return { isOn: this.sink !== undefined, size: 0, hasLost: false };
  }
  aofRewriteNow(request: NativeRewrite): NativeRewritten {
    const at = (name: string) => `${request.directory}/${name}`;
    if (typeof request.incremental === 'string') this.sink = this.disk.open(at(request.incremental));
    const base = `base${this.value}`;
    // Somebody writes while the base is being written.
    this.write();
    const hasSwitched = typeof request.incremental === 'string';
    const outcome = { hasSwitched, baseBytes: base.length, keys: 1, seconds: 0 };
    if (this.rewriteFails) return { ...outcome, reason: 'No space left on device' };
    this.disk.content.set(at(request.base), { bytes: Buffer.from(base) });
    return outcome;
  }
  aofRewrite(request: NativeRewrite, done: (rewritten: NativeRewritten) => void): void {
    done(this.aofRewriteNow(request));
  }
  aofAwait(): void {}

  aofRelease(): void {}
  aofLoadBegins(): void {}
  aofLoadEnded(): void {}
  setAofPolicy(): void {}
  setAofTimestamps(): void {}
  setAofFigures(): void {}
}

function configuration(): Config {
  const config = new Config();
  config.load('dir /\nappendonly yes');
  return config;
}

function open(disk: Disk): { engine: Engine; file: AppendOnlyFile; log: string[] } {
  const engine = new Engine(disk);
  const log: string[] = [];
  const say = (text: string) => void log.push(text);
  const options = { files: disk, log: { notice: say, warning: say }, now: () => 1_700_000_000_000 };
  const file = new AppendOnlyFile(engine as unknown as NativeEngine, configuration(), options);
  return { engine, file, log };
}

/** What a new process finds. */
function reload(disk: Disk): number {
  const survivor = new Disk();
  for (const [path, { bytes }] of disk.content) survivor.content.set(path, { bytes });
  const { engine, file } = open(survivor);
  file.startNow();
  file.stop();
  return engine.value;
}

describe('append-only file', () => {
  test('a start, writes, rewrites and a restart', () => {
    const disk = new Disk();
    const { engine, file } = open(disk);
    file.startNow();
    for (let round = 0; round < 3; round += 1) {
      engine.write();
      expect(file.handle({ inTransaction: false })).toMatchObject({
        text: 'Background append only file rewriting started',
      });
      engine.write();
    }
    expect(reload(disk)).toBe(engine.value);
    const manifest = Manifest.parse(disk.read('/appendonlydir/appendonly.aof.manifest'));
    expect(manifest.history).toEqual([]);
    const named = manifest.dataset.map((part) => `/appendonlydir/${part.name}`);
    expect([...disk.content.keys()].sort()).toEqual([...named, '/appendonlydir/appendonly.aof.manifest'].sort());
    file.stop();
  });

  test('the base fails: old base, old and new increments are the dataset', () => {
    const disk = new Disk();
    const { engine, file } = open(disk);
    file.startNow();
    engine.write();
    engine.rewriteFails = true;
    file.handle({ inTransaction: false });
    engine.write();
    expect(reload(disk)).toBe(engine.value);
    engine.rewriteFails = false;
    file.handle({ inTransaction: false });
    engine.write();
    expect(reload(disk)).toBe(engine.value);
    file.stop();
  });

  test.each([false, true])('each call fails in its turn (for ever: %s)', (forEver) => {
    const counting = new Disk();
    scenario(counting);
    expect(counting.calls).toBeGreaterThan(10);
    for (let call = 0; call < counting.calls; call += 1) {
      const disk = new Disk();
      disk.failAt = call;
      disk.forEver = forEver;
      const outcome = scenario(disk);
      if (outcome === undefined) continue;
      // A process that dies now leaves everything that was written.
      expect(reload(disk), `call ${call}`).toBe(outcome.engine.value);
      disk.failAt = Infinity;
      outcome.file.handle({ inTransaction: false });
      outcome.engine.write();
      expect(reload(disk), `call ${call}, later`).toBe(outcome.engine.value);
      outcome.file.stop();
    }
  });

  test('the process dies before each call', () => {
    const counting = new Disk();
    scenario(counting);
    for (let call = 1; call < counting.calls; call += 1) {
      const disk = new Disk();
      disk.failAt = call;
      disk.forEver = true;
      const started = scenario(disk, true);
      if (started) expect(reload(disk), `call ${call}`).toBe(started.engine.value);
      started?.file.stop();
    }
  });
});

/** A start, and two rewrites with writes between. Undefined if the start fails, which is said with a LoadError. */
function scenario(disk: Disk, dies = false): { engine: Engine; file: AppendOnlyFile } | undefined {
  const { engine, file } = open(disk);
  try {
    file.startNow();
  } catch (error) {
    expect(error).toBeInstanceOf(LoadError);
    return undefined;
  }
  for (let round = 0; round < 2; round += 1) {
    engine.write();
    if (dies && disk.calls > disk.failAt) break;
    file.handle({ inTransaction: false });
    engine.write();
  }
  return { engine, file };
}
