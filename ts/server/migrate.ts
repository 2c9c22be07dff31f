/**
 * MIGRATE: keys go to another server by DUMP and RESTORE, and are deleted here once the target has said that it has them.
 *
 * Redis stands still meanwhile. Here everybody goes on: the keys are watched, and deleted only if they are still what was sent.
 * A key that was changed on its way is sent again, over the copy that the target has of it, and after some rounds writes are
 * held until it has gone. So a key's last value is never lost, and no client waits for another server's answer unless it writes
 * while a key is moved that is written to all the time.
 */

import type { NativeEngine } from '../core/binding.js';
import { type CallLane, openControlLane } from '../core/lane.js';
import type { HostCall, HostHandler } from '../core/host-commands.js';
import { ReplyError } from '../core/natural.js';
import { type Reply, reply } from '../core/reply.js';
import { type Link, LinkError, Links } from './migration-link.js';

const TIMEOUT_MS = 1000;
/** Rounds after which writes are held, and after which it is given up. */
const ROUNDS_FREE = 2;
const ROUNDS_MAX = 8;

interface Request {
  readonly host: string;
  readonly port: number;
  readonly keys: readonly Buffer[];
  readonly db: string;
  readonly timeoutMs: number;
  readonly copies: boolean;
  readonly replaces: boolean;
  /** Words of AUTH. */
  readonly credentials: readonly Buffer[] | undefined;
}

/** A key as it is sent. */
interface Sent {
  readonly key: Buffer;
  readonly payload: Buffer;
  /** When it expires, Unix milliseconds; -1: never. */
  readonly expiresAt: number;
}

/** What came of one round. */
interface Round {
  /** Keys that the target has now. */
  readonly moved: readonly Sent[];
  /** What the target has refused, or that it could not be reached. */
  readonly failure: string | undefined;
}

/** A 64-bit integer as Redis reads it, in its shortest form. */
function integer(word: Buffer): string | undefined {
  const text = word.toString('latin1');
  if (!/^(0|-?[1-9]\d{0,18})$/.test(text)) return undefined;
  return BigInt.asIntN(64, BigInt(text)) === BigInt(text) ? text : undefined;
}

/** The arguments; a text is the error. */
function parse(args: readonly Buffer[]): Request | string {
  const [, host, port, key, db, timeout] = args as [Buffer, Buffer, Buffer, Buffer, Buffer, Buffer];
  let [copies, replaces] = [false, false];
  let credentials: readonly Buffer[] | undefined;
  let keys: readonly Buffer[] = [key];
  for (let at = 6; at < args.length; at += 1) {
    const word = (args[at] as Buffer).toString('latin1').toLowerCase();
    const left = args.length - at - 1;
    if (word === 'copy') copies = true;
    else if (word === 'replace') replaces = true;
    else if ((word === 'auth' && left >= 1) || (word === 'auth2' && left >= 2)) {
      const count = word === 'auth' ? 1 : 2;
      credentials = args.slice(at + 1, at + 1 + count);
      at += count;
    } else if (word === 'keys') {
      if (key.length > 0) return 'ERR When using MIGRATE KEYS option, the key argument must be set to the empty string';
      keys = args.slice(at + 1);
      break;
    } else return 'ERR syntax error';
  }
  const [timeoutMs, index] = [integer(timeout), integer(db)];
  if (timeoutMs === undefined || index === undefined) return 'ERR value is not an integer or out of range';
  return {
    host: host.toString(),
    port: Math.max(0, Number.parseInt(port.toString('latin1'), 10) || 0) & 0xffff,
    keys,
    db: index,
    timeoutMs: Number(timeoutMs) > 0 ? Math.min(Number(timeoutMs), 0x7fffffff) : TIMEOUT_MS,
    copies,
    replaces,
    credentials,
  };
}

/** Answers MIGRATE for an engine. */
export function migrator(native: NativeEngine): HostHandler {
  const links = new Links();
  links.onCount = (count) => native.setInformation('stats', ['migrate_cached_sockets', `${count}`]);
  return (call) => {
    if (!call.mayWait) return reply.error('ERR MIGRATE waits for another server: send it over a connection');
    const request = parse(call.args);
    if (typeof request === 'string') return reply.error(request);
    return new Migration(native, links, call, request).run();
  };
}

/** One call. */
class Migration {
  readonly #lane: CallLane;
  #isHolding = false;

  constructor(
    private readonly native: NativeEngine,
    private readonly links: Links,
    call: HostCall,
    private readonly request: Request,
  ) {
    this.#lane = openControlLane(native);
    this.#lane.send('SELECT', call.db);
  }

  async run(): Promise<Reply> {
    try {
      return await this.#rounds();
    } catch (error) {
      if (error instanceof ReplyError) return reply.error(error.message);
      throw error;
    } finally {
      if (this.#isHolding) this.native.holdWrites(false);
      this.#lane.native.close();
    }
  }

  async #rounds(): Promise<Reply> {
    const { copies, replaces } = this.request;
    let entries = this.#read(this.request.keys);
    if (entries.length === 0) return reply.simple('NOKEY');
    let failure: string | undefined;
    for (let round = 1; ; round += 1) {
      const outcome = await this.#transfer(entries, replaces || round > 1);
      failure ??= outcome.failure;
      const changed = copies ? [] : this.#remove(outcome.moved);
      if (changed.length === 0 || outcome.failure !== undefined) break;
      if (round === ROUNDS_MAX) return reply.error('TRYAGAIN Keys change faster than they can be migrated');
      if (round >= ROUNDS_FREE && !this.#isHolding) {
        this.#isHolding = true;
        this.native.holdWrites(true);
      }
      entries = this.#read(changed);
    }
    return failure === undefined ? reply.ok : reply.error(failure);
  }

  /** Watches keys, and takes those that are there. */
  #read(keys: readonly Buffer[]): Sent[] {
    if (keys.length === 0) return [];
    const read = () => keys.map((key) => this.#entry(key)).filter((entry) => entry !== undefined);
    this.#lane.send('WATCH', ...keys);
    let entries = read();
    if (!this.request.copies) return entries;
    // Nobody looks again later, so value and expiry have to be of one instant.
    this.#lane.send('MULTI');
    if (this.#lane.send('EXEC') === null) this.native.exclusively(() => void (entries = read()));
    return entries;
  }

  #entry(key: Buffer): Sent | undefined {
    const expiresAt = this.#lane.send('PEXPIRETIME', key) as number;
    const payload = this.#lane.sendBuffer('DUMP', key) as Buffer | null;
    return payload === null ? undefined : { key, payload, expiresAt };
  }

  #isStill(entry: Sent): boolean {
    const now = this.#entry(entry.key);
    return now !== undefined && now.expiresAt === entry.expiresAt && now.payload.equals(entry.payload);
  }

  /** Sends entries and reads what the target says; a link that was closed meanwhile is opened anew, once. */
  async #transfer(entries: readonly Sent[], replaces: boolean): Promise<Round> {
    const { host, port, timeoutMs } = this.request;
    for (let isRetry = false; ; isRetry = true) {
      const moved: Sent[] = [];
      let link: Link | undefined;
      try {
        link = await this.links.take(host, port, timeoutMs, isRetry);
        const failure = await this.#send(link, entries, replaces, moved);
        this.links.give(host, port, link);
        return { moved, failure };
      } catch (error) {
        link?.close();
        if (!(error instanceof LinkError)) throw error;
        if (isRetry || error.hasTimedOut || moved.length > 0) return { moved, failure: error.message };
      }
    }
  }

  /** One attempt over a link: fills `moved`, and gives the first refusal. Throws `LinkError`. */
  async #send(link: Link, entries: readonly Sent[], replaces: boolean, moved: Sent[]): Promise<string | undefined> {
    const { db, timeoutMs, credentials } = this.request;
    const before = [...(credentials ? [['AUTH', ...credentials]] : []), ...(link.db === db ? [] : [['SELECT', db]])];
    let failure: string | undefined;
    const refuse = (text: Buffer) => {
      failure ??= `ERR Target instance replied with error: ${text.toString()}`;
      link.db = undefined;
    };
    link.send(...before);
    for (const _ of before) {
      const answer = await link.next(timeoutMs);
      if (answer.kind === 'error') refuse(answer.text);
    }
    // What cannot be put where it belongs is not sent at all.
    if (failure !== undefined) return failure;
    link.db = db;
    const now = Date.now();
    const alive = entries.filter(({ expiresAt }) => expiresAt < 0 || expiresAt >= now);
    link.send(
      ...alive.map(({ key, payload, expiresAt }) => {
        const ttl = expiresAt < 0 ? 0 : Math.max(1, expiresAt - now);
        return ['RESTORE', key, `${ttl}`, payload, ...(replaces ? ['REPLACE'] : [])];
      }),
    );
    for (const entry of alive) {
      const answer = await link.next(timeoutMs);
      if (answer.kind === 'error') refuse(answer.text);
      else moved.push(entry);
    }
    return failure;
  }

  /** Deletes what has moved, unless it was changed meanwhile; gives the keys that were. */
  #remove(moved: readonly Sent[]): Buffer[] {
    if (moved.length === 0) {
      this.#lane.send('UNWATCH');
      return [];
    }
    this.#lane.send('MULTI');
    this.#lane.send('DEL', ...moved.map(({ key }) => key));
    if (this.#lane.send('EXEC') !== null) return [];
    const changed: Buffer[] = [];
    this.native.exclusively(() => {
      for (const entry of moved) {
        if (this.#isStill(entry)) this.#lane.send('DEL', entry.key);
        else if (this.#lane.send('EXISTS', entry.key) === 1) changed.push(entry.key);
      }
    });
    return changed;
  }
}
