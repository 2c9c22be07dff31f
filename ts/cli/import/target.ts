/**
 * Where imported keys go: a server over a connection, or a directory by way of an engine in this process.
 */

import type { Engine } from '../../index.js';
import { ReplyError } from '../../core/natural.js';
import type { Connection } from '../connection.js';

/** A key on its way. */
export interface Entry {
  readonly key: Buffer;
  readonly payload: Buffer;
  /** Milliseconds until it expires; 0: never. */
  readonly ttlMs: number;
}

export interface ImportTarget {
  /** Restores keys in a database; for each what was said against it, or undefined. */
  restore(db: number, entries: readonly Entry[], replaces: boolean): Promise<(string | undefined)[]>;
  /** Restores libraries of functions; what was said against them. */
  functions(payload: Buffer, replaces: boolean): Promise<string | undefined>;
  /** Whether what was restored outlives this process already. */
  readonly isSafe: boolean;
  close(): void;
}

function restoreWords({ key, payload, ttlMs }: Entry, replaces: boolean): (string | Buffer)[] {
  return [key, `${ttlMs}`, payload, ...(replaces ? ['REPLACE'] : [])];
}

export class ServerTarget implements ImportTarget {
  readonly isSafe = true;
  #db: number | undefined;

  constructor(private readonly connection: Connection) {}

  async restore(db: number, entries: readonly Entry[], replaces: boolean): Promise<(string | undefined)[]> {
    const select = this.#db === db ? [] : [['SELECT', `${db}`]];
    const replies = await this.connection.callAll([
      ...select,
      ...entries.map((entry) => ['RESTORE', ...restoreWords(entry, replaces)]),
    ]);
    const errors = replies.map((reply) => (reply.kind === 'error' ? reply.text.toString() : undefined));
    if (select.length > 0) {
      const refusal = errors.shift();
      if (refusal !== undefined) throw new Error(`the target has no database ${db}: ${refusal}`);
      this.#db = db;
    }
    return errors;
  }

  async functions(payload: Buffer, replaces: boolean): Promise<string | undefined> {
    const answer = await this.connection.call('FUNCTION', 'RESTORE', payload, replaces ? 'REPLACE' : 'APPEND');
    return answer.kind === 'error' ? answer.text.toString() : undefined;
  }

  close(): void {
    this.connection.close();
  }
}

export class DirectoryTarget implements ImportTarget {
  /** The snapshot is written when it is closed. */
  readonly isSafe = false;

  constructor(private readonly engine: Engine) {}

  async restore(db: number, entries: readonly Entry[], replaces: boolean): Promise<(string | undefined)[]> {
    this.engine.call('SELECT', db);
    return entries.map((entry) => this.#try(() => this.engine.call('RESTORE', ...restoreWords(entry, replaces))));
  }

  async functions(payload: Buffer, replaces: boolean): Promise<string | undefined> {
    return this.#try(() => this.engine.call('FUNCTION RESTORE', payload, replaces ? 'REPLACE' : 'APPEND'));
  }

  #try(run: () => void): string | undefined {
    try {
      run();
      return undefined;
    } catch (error) {
      if (error instanceof ReplyError) return error.message;
      throw error;
    }
  }

  close(): void {
    this.engine.close();
  }
}
