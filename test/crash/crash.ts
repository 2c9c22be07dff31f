/**
 * Kills a server with SIGKILL at random moments under load, starts it again on the same files, and counts what it has
 * forgotten of the writes that it had acknowledged.
 *
 * Each writer appends consecutive numbers to a list of its own, in pipelines, and counts the replies. After a restart the
 * list must be 1, 2, 3 ... without a gap or a repetition, and at least as long as what was acknowledged. Sometimes a rewrite
 * of the append-only file is under way when the server dies. The same is measured for a redis-server, for comparison.
 *
 * Most of a round is the start of Node, which waits for this and that; so several servers, each with a directory of its own,
 * are killed side by side.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../conformance/fronts/process.js';
import { decodeReply, type Shown } from '../oracle/redis-server.js';

export type Program = 'hematite' | 'redis-server';
export type Policy = 'always' | 'everysec';

export interface CrashOptions {
  readonly program: Program;
  readonly policy: Policy;
  /** Kills, at most. */
  readonly kills: number;
  /** Seconds after which no further kill is begun. */
  readonly seconds: number;
  readonly writers?: number;
  /** Servers side by side. */
  readonly lanes?: number;
  /** Commands that a writer has under way. */
  readonly pipeline?: number;
  readonly seed?: number;
  /** The longest time under load before a kill, milliseconds. */
  readonly loadMs?: number;
  readonly report?: (result: CrashResult) => void;
}

export interface CrashResult {
  readonly kills: number;
  readonly acknowledged: number;
  /** Acknowledged writes that were not there after the restart. */
  readonly lost: number;
  /** Lists that had gaps, repetitions or foreign elements. */
  readonly broken: number;
  /** Kills during a rewrite. */
  readonly duringRewrite: number;
}

const ENTRY = fileURLToPath(new URL('../../dist/cli/hematite.js', import.meta.url));
const START_MS_MAX = 60_000;
const LOAD_MS_MAX = 60;
const LANES = 4;
/** What V8 has compiled is kept from start to start. */
const COMPILE_CACHE = join(tmpdir(), 'hematite-crash-compile-cache');

/** A generator whose numbers repeat with its seed. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<void>;
  /** It says that it is ready, or has ended. */
  readonly ready: Promise<void>;
  output(): string;
}

function start(options: CrashOptions, directory: string, port: number): Running {
  const [command, leading] = options.program === 'hematite' ? [process.execPath, [ENTRY]] : ['redis-server', []];
  const settings = ['--port', `${port}`, '--dir', directory, '--save', '', '--appendonly', 'yes'];
  // Small files, so that rewrites begin by themselves too.
  const more = ['--appendfsync', options.policy, '--auto-aof-rewrite-min-size', '256kb'];
  const child = spawn(command as string, [...(leading as string[]), ...settings, ...more], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_COMPILE_CACHE: COMPILE_CACHE },
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => void (text += chunk.toString()));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const ready = new Promise<void>((resolve) => {
    const look = () => void (text.includes('Ready to accept connections') && resolve());
    child.stdout?.on('data', look);
    child.once('exit', () => resolve());
  });
  return { child, ended, ready, output: () => text };
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket));
    socket.once('error', reject);
  });
}

/** Sends one command and waits for its reply. */
function ask(socket: Socket, ...words: string[]): Promise<Shown> {
  return new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(0);
    const listen = (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      try {
        const reply = decodeReply(bytes);
        socket.off('data', listen);
        resolve(reply);
      } catch {
        // The rest is still to come.
      }
    };
    socket.on('data', listen);
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('the connection was closed')));
    socket.write(frame(words));
  });
}

function frame(words: readonly string[]): string {
  return `*${words.length}\r\n` + words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('');
}

/** Waits until the server answers; its output if it ends instead. */
async function untilReady(server: Running, port: number): Promise<Socket> {
  const until = Date.now() + START_MS_MAX;
  let hasEnded = false;
  void server.ended.then(() => (hasEnded = true));
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([server.ready, new Promise((resolve) => (timer = setTimeout(resolve, START_MS_MAX)))]);
  clearTimeout(timer);
  while (Date.now() < until && !hasEnded) {
    try {
      const socket = await open(port);
      if ((await ask(socket, 'PING')) === 'PONG') return socket;
      socket.destroy();
    } catch {
      // Not yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`the server does not come back:\n${server.output()}`);
}

/** Appends numbers to its list until the connection ends. */
class Writer {
  sent = 0;
  acknowledged = 0;
  readonly #socket: Socket;
  #isRefused = false;

  constructor(
    readonly list: string,
    socket: Socket,
    pipeline: number,
  ) {
    this.#socket = socket;
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => this.#take(chunk, pipeline));
    this.#send(pipeline);
  }

  #send(count: number): void {
    let text = '';
    for (let i = 0; i < count; i += 1) text += frame(['RPUSH', this.list, `${(this.sent += 1)}`]);
    this.#socket.write(text);
  }

  #take(chunk: Buffer, pipeline: number): void {
    // Replies are integers: one line each. An error ends the counting.
    if (chunk.includes('-')) this.#isRefused = true;
    if (this.#isRefused) return;
    let replies = 0;
    for (const byte of chunk) if (byte === 10) replies += 1;
    this.acknowledged += replies;
    if (this.sent - this.acknowledged < pipeline && !this.#socket.destroyed) this.#send(pipeline);
  }
}

/** What a list holds: how many numbers from 1 on, and whether nothing else. */
function judge(found: Shown): { readonly length: number; readonly isWhole: boolean } {
  const items = Array.isArray(found) ? found : [];
  const isWhole = items.every((item, index) => item === `${index + 1}`);
  return { length: items.length, isWhole };
}

/** What all lanes have come to. */
class Tally {
  kills = 0;
  acknowledged = 0;
  lost = 0;
  broken = 0;
  duringRewrite = 0;
  /** Kills that were begun. */
  begun = 0;

  get result(): CrashResult {
    const { kills, acknowledged, lost, broken, duringRewrite } = this;
    return { kills, acknowledged, lost, broken, duringRewrite };
  }
}

export async function crash(options: CrashOptions): Promise<CrashResult> {
  const tally = new Tally();
  const until = Date.now() + options.seconds * 1000;
  const ports = new Set<number>();
  while (ports.size < Math.min(options.lanes ?? LANES, options.kills)) ports.add(await freePort());
  const lanes = [...ports].map((port, lane) =>
    runLane(options, tally, until, port, random((options.seed ?? 1) + 7919 * lane)),
  );
  await Promise.all(lanes);
  return tally.result;
}

/** One server after the other in one directory. */
async function runLane(
  options: CrashOptions,
  tally: Tally,
  until: number,
  port: number,
  chance: () => number,
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'hematite-crash-'));
  let server = start(options, directory, port);
  try {
    let socket = await untilReady(server, port);
    while (tally.begun < options.kills && Date.now() < until) {
      tally.begun += 1;
      const writers = await load(options, port);
      const rewrites = chance() < 0.2;
      if (rewrites) void ask(socket, 'BGREWRITEAOF').catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, chance() * (options.loadMs ?? LOAD_MS_MAX)));
      server.child.kill('SIGKILL');
      await server.ended;
      // What the kernel had of the replies arrives before the end of the connection.
      await new Promise((resolve) => setTimeout(resolve, 5));
      server = start(options, directory, port);
      socket = await untilReady(server, port);
      await count(tally, socket, writers, rewrites);
      await ask(socket, 'FLUSHALL');
      options.report?.(tally.result);
    }
    socket.destroy();
  } finally {
    server.child.kill('SIGKILL');
    await server.ended;
    // A child of redis-server may still be writing.
    rmSync(directory, { recursive: true, force: true, maxRetries: 50, retryDelay: 100 });
  }
}

async function load(options: CrashOptions, port: number): Promise<Writer[]> {
  const count = options.writers ?? 4;
  const sockets = await Promise.all(Array.from({ length: count }, () => open(port)));
  return sockets.map((socket, index) => new Writer(`list:${index}`, socket, options.pipeline ?? 16));
}

async function count(tally: Tally, socket: Socket, writers: Writer[], rewrites: boolean): Promise<void> {
  for (const writer of writers) {
    const { length, isWhole } = judge(await ask(socket, 'LRANGE', writer.list, '0', '-1'));
    tally.acknowledged += writer.acknowledged;
    tally.lost += Math.max(0, writer.acknowledged - length);
    if (!isWhole || length > writer.sent) tally.broken += 1;
  }
  tally.duringRewrite += rewrites ? 1 : 0;
  tally.kills += 1;
}
