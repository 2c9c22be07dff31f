/**
 * Connections for stress: commands as words, replies as values, many at a time.
 */

import type { Connection } from '../conformance/fronts/front.js';
import { openTcp } from '../conformance/fronts/tcp.js';
import { decodeAll, encodeCommand, type Reply } from '../conformance/resp.js';

/** An error reply as a value. */
export class Refusal {
  constructor(readonly text: string) {}
}

export type Value = string | number | null | Refusal | Value[];

function valueOf({ type, text, items }: Reply): Value {
  if (items !== undefined) return items.map(valueOf);
  if (text === undefined) return null;
  if (type === '-') return new Refusal(text);
  return type === ':' ? Number(text) : text;
}

/** How long a reply may take on a busy machine; what takes longer waits for ever. */
const PATIENCE_MS = 60_000;

export class Client {
  private constructor(private readonly connection: Connection) {}

  static async open(port: number): Promise<Client> {
    return new Client(await openTcp(port));
  }

  /** Sends commands as one pipeline; rejects if the server hangs up or does not answer. */
  async pipeline(commands: readonly (readonly (string | number)[])[], patienceMs = PATIENCE_MS): Promise<Value[]> {
    this.send(commands);
    const replies = await this.connection.read(commands.length, patienceMs);
    return replies.map((reply) => valueOf(decodeAll(reply)[0] as Reply));
  }

  send(commands: readonly (readonly (string | number)[])[]): void {
    const bytes = commands.map((words) => encodeCommand(words.map((word) => Buffer.from(String(word)))));
    this.connection.write(Buffer.concat(bytes));
  }

  async call(...words: (string | number)[]): Promise<Value> {
    return (await this.pipeline([words]))[0] as Value;
  }

  /** The reply to a command that was sent before. */
  async reply(patienceMs = PATIENCE_MS): Promise<Value> {
    const [reply] = await this.connection.read(1, patienceMs);
    return valueOf(decodeAll(reply as Buffer)[0] as Reply);
  }

  close(): void {
    this.connection.close();
  }
}

/** Opens `count` connections, a hundred at a time. */
export async function openMany(port: number, count: number): Promise<Client[]> {
  const clients: Client[] = [];
  while (clients.length < count) {
    const wave = Math.min(100, count - clients.length);
    clients.push(...(await Promise.all(Array.from({ length: wave }, () => Client.open(port)))));
  }
  return clients;
}

/** How long a stress test runs: HEMATITE_STRESS_SECONDS, by default 20. */
export const stressSeconds = Number(process.env.HEMATITE_STRESS_SECONDS ?? 20);

/** A whole number below `limit`. */
export const below = (limit: number): number => Math.floor(Math.random() * limit);

/** The items in a random order. */
export function shuffled<T>(items: readonly T[]): T[] {
  const result = [...items];
  for (let at = result.length - 1; at > 0; at -= 1) {
    const other = below(at + 1);
    [result[at], result[other]] = [result[other] as T, result[at] as T];
  }
  return result;
}
