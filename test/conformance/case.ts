/**
 * What a conformance case is, and the words in which cases are written.
 *
 * A case is a named program: steps that send commands (or raw bytes) over one or more connections, each with a way to
 * compare its replies. It starts on an empty keyspace. Expected replies are recorded from the oracle (expected/*.json),
 * or, for commands newer than the oracle, written beside the step with `want`.
 */

import { argumentLabel, splitLine, type Argument } from './arguments.js';
import { comparisonFor } from './comparisons.js';
import type { Compare } from './compare.js';
import type { Want } from './want.js';

export type { Argument, CaseContext } from './arguments.js';

export type StepKind =
  /** Send a command and read `replies` replies. */
  | 'command'
  /** Send a command, read nothing: its reply is read by a later `receive`. */
  | 'send'
  /** Read `replies` replies. */
  | 'receive'
  /** Send bytes as they are; the transcript is everything that came back and whether the peer hung up. */
  | 'raw'
  /** Let `milliseconds` pass. */
  | 'sleep'
  /** Wait until `replies` clients are blocked. */
  | 'await-blocked'
  /** Repeat a SCAN-like command until the cursor is 0; the transcript is the set of elements. */
  | 'scan'
  /** Close the connection from our side. */
  | 'close'
  /** Nothing more must have arrived on the connection. */
  | 'silence';

export interface Step {
  kind: StepKind;
  /** Name of the connection; 'main' unless told. */
  on: string;
  args: Argument[];
  replies: number;
  milliseconds?: number;
  bytes?: string;
  /** `raw` only: bytes are written one at a time. */
  trickle?: boolean;
  compare?: Compare;
  /** Hand-written reply, for commands the oracle does not have. */
  want?: Want;
  /** From this version the reply is `want` and not what the oracle says. */
  differs?: { since: string; want?: Want; check?: (value: any) => string | undefined; reason: string };
}

export interface Case {
  family: string;
  name: string;
  steps: Step[];
  protocols: ReadonlyArray<2 | 3>;
  /** First version that has what this case asks for; the oracle runs it only if it is that new. */
  since?: string;
  /** Set while the case runs, put back afterwards. */
  config?: Record<string, string>;
  /** Runs on connections of its own. */
  fresh: boolean;
  /** Needs more than a request-reply session from the front. */
  needs?: Need[];
}

/** `connections`: several at once; `hangup`: closing is visible; `raw`: bytes that are no command; `blocking`: time passes while a session waits. */
export type Need = 'connections' | 'hangup' | 'raw' | 'blocking' | 'network';

/** A step as written: a line of text, an argument array, or a `Step` made by the words below. */
export type StepText = string | readonly Argument[] | Step;

/** Commands that leave traces in the session, so that the case gets its own connection. */
const SESSION_COMMANDS =
  /^(hello|auth|client|select|reset|quit|multi|watch|subscribe|psubscribe|ssubscribe|monitor|readonly|readwrite|asking|debug|swapdb|exec|script|acl|config|shutdown)$/i;

export interface CaseOptions {
  since?: string;
  protocols?: ReadonlyArray<2 | 3>;
  config?: Record<string, string>;
  needs?: Need[];
  name?: string;
}

/** Collects the cases of one family. `add('SET k v', 'GET k')` names the case after its program. */
export class Family {
  readonly cases: Case[] = [];
  private readonly names = new Set<string>();

  constructor(
    readonly name: string,
    private readonly defaults: CaseOptions = {},
  ) {}

  /** A case whose name is its program. */
  add(...steps: StepText[]): void {
    this.with({}, ...steps);
  }

  /** A case with a title of its own. */
  titled(name: string, ...steps: StepText[]): void {
    this.with({ name }, ...steps);
  }

  /** One case for each line, all after the same preparation. */
  each(preparation: readonly StepText[], lines: readonly StepText[], after: readonly StepText[] = []): void {
    for (const line of lines) this.add(...preparation, line, ...after);
  }

  /** A case with options. */
  with(options: CaseOptions, ...texts: StepText[]): void {
    const merged = { ...this.defaults, ...options };
    const steps = texts.map(toStep);
    const program = steps.map(describeStep).join('; ');
    const name = merged.name ?? (program.length > 240 ? `${program.slice(0, 200)}… #${fingerprint(program)}` : program);
    if (this.names.has(name)) return this.duplicate(name, merged);
    this.names.add(name);
    const others = steps.some((step) => step.on !== 'main');
    const needs = new Set<Need>(merged.needs ?? []);
    if (others) needs.add('connections');
    if (steps.some((step) => step.kind === 'raw')) needs.add('raw');
    this.cases.push({
      family: this.name,
      name,
      steps,
      since: merged.since,
      config: merged.config,
      needs: [...needs],
      protocols: merged.protocols ?? [2, 3],
      fresh: others || steps.some((step) => step.kind === 'raw' || SESSION_COMMANDS.test(commandName(step))),
    });
  }

  /** Generators overlap at their edges; an explicit title used twice is a mistake in the suite. */
  private duplicate(name: string, options: CaseOptions): void {
    if (options.name !== undefined) throw new Error(`two cases are named ${this.name}: ${name}`);
  }
}

function toStep(text: StepText): Step {
  if (typeof text === 'string') return command(text);
  return Array.isArray(text) ? command(text as readonly Argument[]) : (text as Step);
}

function toArguments(line: string | readonly Argument[]): Argument[] {
  return typeof line === 'string' ? splitLine(line) : [...line];
}

function command(line: string | readonly Argument[]): Step {
  const args = toArguments(line);
  return { kind: 'command', on: 'main', args, replies: 1, compare: comparisonFor(args) };
}

/** The command word of a step, lower case; '' when it has none. */
export function commandName(step: Step): string {
  const first = step.args[0];
  return first === undefined || typeof first === 'function' ? '' : String(first).toLowerCase();
}

/** How a step reads in names and failures. */
export function describeStep(step: Step): string {
  const where = step.on === 'main' ? '' : `${step.on}> `;
  const words = step.args.map(argumentLabel).join(' ');
  switch (step.kind) {
    case 'raw':
      return `${where}raw ${JSON.stringify(step.bytes!.length > 80 ? `${step.bytes!.slice(0, 60)}…#${fingerprint(step.bytes!)}` : step.bytes)}${step.trickle ? ' a byte at a time' : ''}`;
    case 'receive':
      return `${where}receive ${step.replies}`;
    case 'send':
      return `${where}send ${words}`;
    case 'scan':
      return `${where}scan all ${words}`;
    case 'sleep':
      return `sleep ${step.milliseconds}`;
    case 'await-blocked':
      return `await ${step.replies} blocked`;
    case 'close':
      return `${where}close`;
    case 'silence':
      return `${where}silence`;
    default:
      return `${where}${words}`;
  }
}

/** Short stable fingerprint (FNV-1a, 32 bits) that keeps long generated names apart. */
export function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return (hash >>> 0).toString(16);
}

/* The words in which steps are written. */

/** Compare the reply of `line` by `compare` and not by the command's default. */
export function by(compare: Compare | undefined, line: string | readonly Argument[] | Step): Step {
  const step = toStep(line);
  return { ...step, compare };
}

/** Run `line` on connection `name`. */
export function on(name: string, line: string | readonly Argument[] | Step): Step {
  return { ...toStep(line), on: name };
}

/** A command whose replies come as `count` separate frames (SUBSCRIBE), or none (CLIENT REPLY OFF). */
export function replies(count: number, line: string | readonly Argument[] | Step): Step {
  return { ...toStep(line), replies: count };
}

/** Send `line` on `name` and go on; read its reply later with `receive`. */
export function send(name: string, line: string | readonly Argument[]): Step {
  return { ...command(line), kind: 'send', on: name, replies: 0 };
}

export function receive(name: string, count = 1, compare?: Compare): Step {
  return { kind: 'receive', on: name, args: [], replies: count, compare };
}

export function sleep(milliseconds: number): Step {
  return { kind: 'sleep', on: 'main', args: [], replies: 0, milliseconds };
}

export function blocked(count: number): Step {
  return { kind: 'await-blocked', on: 'main', args: [], replies: count };
}

/** Raw bytes (latin1) to a connection of its own. */
export function raw(bytes: string, options: { trickle?: boolean; on?: string } = {}): Step {
  return { kind: 'raw', on: options.on ?? 'raw', args: [], replies: 0, bytes, trickle: options.trickle };
}

/** Nothing must have arrived on `name`. */
export function silence(name: string): Step {
  return { kind: 'silence', on: name, args: [], replies: 0 };
}

export function close(name: string): Step {
  return { kind: 'close', on: name, args: [], replies: 0 };
}

/** A whole SCAN, HSCAN, SSCAN or ZSCAN, its elements as a set. The cursor in `line` is replaced on the way. */
export function scan(line: string | readonly Argument[]): Step {
  return { ...command(line), kind: 'scan', compare: undefined };
}

/** The decoded reply must satisfy `check`; nothing is recorded. */
export function holds(
  line: string | readonly Argument[] | Step,
  check: (value: any) => string | boolean | undefined | void,
): Step {
  const step = toStep(line);
  return {
    ...step,
    compare: {
      check: (value) => {
        const verdict = check(value);
        if (verdict === false) return 'the condition does not hold';
        return typeof verdict === 'string' ? verdict : undefined;
      },
    },
  };
}

/** The hand-written reply of a command that the oracle does not have. */
export function want(line: string | readonly Argument[] | Step, reply: Want): Step {
  return { ...toStep(line), want: reply };
}

/** The oracle's reply holds below version `since`; from there on it is `reply`, for the `reason` given. */
export function differs(line: string | readonly Argument[] | Step, since: string, reply: Want, reason: string): Step {
  return { ...toStep(line), differs: { since, want: reply, reason } };
}
