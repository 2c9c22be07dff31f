/**
 * Runs cases on a front and hands back transcripts: for each step the raw bytes that came back, latin1.
 *
 * A case without session state runs in one write on a pooled connection (FLUSHALL, then its steps), which is what lets
 * thousands of cases pass in seconds. Cases that change session state, wait, or use several connections get their own.
 */

import { argumentBytes, type CaseContext } from './arguments.js';
import { canonical, condensed } from './compare.js';
import { describeStep, type Case, type Step } from './case.js';
import type { Connection, Front } from './fronts/front.js';
import { decodeAll, encodeCommand, toValue } from './resp.js';

export type Transcript = string[];

/** Appended to a raw transcript when the peer hung up. */
export const HUNG_UP = '<hung up>';

const FLUSHALL = encodeCommand([Buffer.from('FLUSHALL')]);
const HELLO_3 = encodeCommand([Buffer.from('HELLO'), Buffer.from('3')]);
/** How long silence must last before a raw exchange counts as over. */
const QUIET_MS = 4;
const QUIET_RECORDING_MS = 100;
const HANG_UP_PATIENCE_MS = 2_000;
/** How long what a raw exchange expects may be missing, and how long a server may take to notice that a client is gone. */
const LATE_PATIENCE_MS = 5_000;
const SCAN_ROUNDS_MAX = 10_000;

export class Runner {
  private readonly pool = new Map<2 | 3, Connection>();
  private control: Connection | undefined;

  /** `latePatienceMs`: how long what a raw exchange expects may be missing. */
  constructor(
    private readonly front: Front,
    private readonly options: { recording?: boolean; latePatienceMs?: number } = {},
  ) {}

  /** `expected` tells raw steps how much to wait for. */
  async run(test: Case, protocol: 2 | 3, expected?: readonly (string | undefined)[]): Promise<Transcript> {
    const touched = configurationTouched(test);
    const restore = touched.length > 0 ? await this.configure(test.config ?? {}, touched) : undefined;
    try {
      if (!test.fresh && test.steps.every(isPlain)) return await this.runPipelined(test, protocol);
      return await this.runSteps(test, protocol, expected);
    } finally {
      await restore?.();
    }
  }

  async close(): Promise<void> {
    for (const connection of this.pool.values()) connection.close();
    this.pool.clear();
    this.control?.close();
    this.control = undefined;
  }

  /** One command on the control connection; its raw reply. */
  async ask(...words: string[]): Promise<string> {
    this.control ??= await this.front.open();
    this.control.write(encodeCommand(words.map((word) => Buffer.from(word, 'latin1'))));
    try {
      return (await this.control.read(1))[0]!.toString('latin1');
    } catch (error) {
      this.control.close();
      this.control = undefined;
      throw error;
    }
  }

  /** Sets what the case asks for; returns what puts everything back that the case asks for or sets itself. */
  private async configure(settings: Record<string, string>, touched: readonly string[]): Promise<() => Promise<void>> {
    const before: string[][] = [];
    for (const name of touched) {
      const reply = decodeAll(await this.ask('CONFIG', 'GET', name))[0]!;
      if (reply.items?.length === 2) before.push(toValue(reply) as string[]);
    }
    const pairs = Object.entries(settings).flat();
    const reply = pairs.length > 0 ? await this.ask('CONFIG', 'SET', ...pairs) : '+OK';
    if (!reply.startsWith('+OK')) throw new Error(`CONFIG SET ${JSON.stringify(settings)}: ${reply}`);
    return async () => {
      for (const [name, value] of before) await this.ask('CONFIG', 'SET', name!, value!);
    };
  }

  private async runPipelined(test: Case, protocol: 2 | 3): Promise<Transcript> {
    const connection = await this.pooled(protocol);
    const context: CaseContext = { value: () => undefined, protocol };
    const frames = test.steps.map((step) =>
      encodeCommand(step.args.map((argument) => argumentBytes(argument, context))),
    );
    const total = test.steps.reduce((sum, step) => sum + step.replies, 1);
    connection.write(Buffer.concat([FLUSHALL, ...frames]));
    try {
      const replies = await connection.read(total);
      let next = 1;
      return test.steps.map((step) => joined(replies.slice(next, (next += step.replies))));
    } catch (error) {
      // Whatever is still under way belongs to this case: never let the next one read it.
      connection.close();
      this.pool.delete(protocol);
      throw error;
    }
  }

  private async runSteps(test: Case, protocol: 2 | 3, expected?: readonly (string | undefined)[]): Promise<Transcript> {
    await this.ask('FLUSHALL');
    const connections = new Map<string, Connection>();
    const transcript: Transcript = [];
    const context: CaseContext = { value: (index) => toValue(decodeAll(transcript[index]!)[0]!), protocol };
    try {
      for (const [index, step] of test.steps.entries()) {
        try {
          transcript.push(await this.runStep(step, connections, context, expected?.[index]));
        } catch (error) {
          throw new Error(`step ${index + 1}  ${describeStep(step)}\n    ${(error as Error).message}`);
        }
      }
      return transcript;
    } finally {
      for (const connection of connections.values()) connection.close();
    }
  }

  private async runStep(
    step: Step,
    connections: Map<string, Connection>,
    context: CaseContext,
    expected?: string,
  ): Promise<string> {
    if (step.kind === 'sleep') return pause(step.milliseconds!);
    if (step.kind === 'await-blocked') return this.awaitBlocked(step.replies);
    const connection = await this.named(step, connections, context.protocol);
    switch (step.kind) {
      case 'raw':
        return this.exchangeRaw(step, connection, expected);
      case 'receive':
        return joined(await connection.read(step.replies));
      case 'silence':
        return (await connection.drain(this.options.recording ? QUIET_RECORDING_MS : QUIET_MS * 5)).bytes.toString(
          'latin1',
        );
      case 'scan':
        return scanAll(connection, step, context);
      case 'close':
        connections.delete(step.on);
        return this.hangUp(connection);
      default:
        connection.write(encodeCommand(step.args.map((argument) => argumentBytes(argument, context))));
        return joined(await connection.read(step.replies));
    }
  }

  private async named(step: Step, connections: Map<string, Connection>, protocol: 2 | 3): Promise<Connection> {
    const known = connections.get(step.on);
    if (known) return known;
    const connection = await this.front.open();
    connections.set(step.on, connection);
    // Raw connections stay as a stranger finds them.
    if (protocol === 3 && step.kind !== 'raw') await greet(connection);
    return connection;
  }

  private async pooled(protocol: 2 | 3): Promise<Connection> {
    const known = this.pool.get(protocol);
    if (known) return known;
    const connection = await this.front.open();
    if (protocol === 3) await greet(connection);
    this.pool.set(protocol, connection);
    return connection;
  }

  private async exchangeRaw(step: Step, connection: Connection, expected?: string): Promise<string> {
    const bytes = Buffer.from(step.bytes!, 'latin1');
    if (step.trickle) {
      for (const byte of bytes) {
        connection.write(Buffer.from([byte]));
        await new Promise((resolve) => setImmediate(resolve));
      }
    } else {
      connection.write(bytes);
    }
    const hangsUp = expected?.endsWith(HUNG_UP) ?? false;
    const quiet = this.options.recording ? QUIET_RECORDING_MS : hangsUp ? HANG_UP_PATIENCE_MS : QUIET_MS;
    const deadline = Date.now() + (this.options.latePatienceMs ?? LATE_PATIENCE_MS);
    let received = '';
    for (;;) {
      const answer = await connection.drain(quiet);
      received += answer.bytes.toString('latin1');
      if (answer.closed) return received + HUNG_UP;
      if (expected === undefined || Date.now() > deadline) return received;
      // A loaded machine takes its time: what is not yet all there has not disagreed.
      if (condensed(canonical(received, step.compare), step.compare) === expected) return received;
    }
  }

  /** Closes a connection of the case and waits until the server has noticed. */
  private async hangUp(connection: Connection): Promise<string> {
    const before = await this.clients('connected');
    const deadline = Date.now() + LATE_PATIENCE_MS;
    connection.close();
    while ((await this.clients('connected')) >= before && Date.now() < deadline) await pause(1);
    return '';
  }

  private async awaitBlocked(count: number): Promise<string> {
    const deadline = Date.now() + 3_000;
    for (;;) {
      const found = await this.clients('blocked');
      if (found === count) return '';
      if (Date.now() > deadline) throw new Error(`${found} clients are blocked, not ${count}`);
      await pause(1);
    }
  }

  /** How many clients of a kind INFO tells of. */
  private async clients(kind: 'connected' | 'blocked'): Promise<number> {
    return Number(new RegExp(`${kind}_clients:(\\d+)`).exec(await this.ask('INFO', 'clients'))?.[1] ?? 0);
  }
}

/** Directives that a case sets, by its options or by its own CONFIG SET. */
function configurationTouched(test: Case): string[] {
  const own = test.steps
    .filter((step) => /^config set/i.test(`${String(step.args[0])} ${String(step.args[1])}`))
    .flatMap((step) =>
      step.args
        .slice(2)
        .filter((_argument, index) => index % 2 === 0)
        .map(String),
    );
  return [...new Set([...Object.keys(test.config ?? {}), ...own])].filter((name) => /^[\w-]+$/.test(name));
}

function isPlain(step: Step): boolean {
  return step.kind === 'command' && step.on === 'main' && !step.args.some((argument) => typeof argument === 'function');
}

function joined(replies: readonly Buffer[]): string {
  return replies.map((reply) => reply.toString('latin1')).join('');
}

async function greet(connection: Connection): Promise<void> {
  connection.write(HELLO_3);
  const reply = (await connection.read(1))[0]!.toString('latin1');
  if (!reply.startsWith('%')) throw new Error(`HELLO 3 was answered ${reply}`);
}

function pause(milliseconds: number): Promise<string> {
  return new Promise((resolve) => setTimeout(() => resolve(''), milliseconds));
}

/** Follows the cursor to its end; returns the distinct elements, sorted, as an array reply. Errors come back as they are. */
async function scanAll(connection: Connection, step: Step, context: CaseContext): Promise<string> {
  const args = step.args.map((argument) => argumentBytes(argument, context));
  const cursorAt = args[0]!.toString('latin1').toLowerCase() === 'scan' ? 1 : 2;
  const paired = /^(hscan|zscan)$/i.test(args[0]!.toString('latin1'));
  const seen = new Set<string>();
  for (let round = 0; round < SCAN_ROUNDS_MAX; round += 1) {
    connection.write(encodeCommand(args));
    const raw = (await connection.read(1))[0]!.toString('latin1');
    const reply = decodeAll(raw)[0]!;
    if (!reply.items) return raw;
    const elements = reply.items[1]!.items!.map((item) => item.text ?? '');
    for (let index = 0; index < elements.length; index += paired ? 2 : 1) {
      seen.add(paired ? `${elements[index]}=${elements[index + 1]}` : elements[index]!);
    }
    args[cursorAt] = Buffer.from(reply.items[0]!.text!);
    if (reply.items[0]!.text === '0') {
      const sorted = [...seen].sort();
      return `*${sorted.length}\r\n${sorted.map((element) => `$${element.length}\r\n${element}\r\n`).join('')}`;
    }
  }
  throw new Error(`the cursor did not return to 0 within ${SCAN_ROUNDS_MAX} rounds`);
}
