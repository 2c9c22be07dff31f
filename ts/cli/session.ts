/**
 * What lasts while connections come and go: where to connect, as whom, which database and protocol, inside MULTI or not.
 *
 * A session connects on demand and sets each new connection up (AUTH, SELECT, HELLO). Set-up errors are reported and the
 * connection is kept, since the server may still answer other commands. The prompt is the session's state in one line.
 */
import type { AggregateReply, Reply } from '../core/resp.js';
import { Connection } from './connection.js';
import type { CliOptions } from './options.js';

export class Session {
  readonly options: CliOptions;
  readonly #report: (message: string) => void;
  readonly #onPush: ((push: AggregateReply) => void) | undefined;
  #connection: Connection | undefined;
  #dbBeforeMulti = 0;
  db: number;
  inMulti = false;

  /** `report` prints a message for people (without newline); `onPush` takes push messages as they come. */
  constructor(options: CliOptions, report: (message: string) => void, onPush?: (push: AggregateReply) => void) {
    this.options = options;
    this.#report = report;
    this.#onPush = onPush;
    this.db = options.db;
  }

  get connected(): boolean {
    return this.#connection !== undefined && !this.#connection.closed;
  }

  /** The open connection, made if there is none. @throws ConnectionError */
  async connection(): Promise<Connection> {
    if (!this.#connection || this.#connection.closed) this.#connection = await this.#open();
    return this.#connection;
  }

  /** Drop the connection; the next command makes a new one. */
  disconnect(): void {
    this.#connection?.close();
    this.#connection = undefined;
    this.inMulti = false;
  }

  /** Point the session at another server. */
  retarget(host: string, port: number): void {
    this.disconnect();
    this.options.host = host;
    this.options.port = port;
    delete this.options.socket;
  }

  async #open(): Promise<Connection> {
    this.inMulti = false;
    const { options } = this;
    const connection = await Connection.open(options);
    connection.onPush = this.#onPush;
    if (options.password !== undefined) {
      const credentials = options.user === undefined ? [options.password] : [options.user, options.password];
      await this.#setUp(connection, ['AUTH', ...credentials], 'AUTH');
    }
    if (options.protocol !== undefined) {
      const silent = options.protocol === 2 || options.format === 'json' || options.format === 'quoted-json';
      await this.#setUp(connection, ['HELLO', String(options.protocol)], `HELLO ${options.protocol}`, silent);
    }
    if (this.db !== 0 && !(await this.#setUp(connection, ['SELECT', String(this.db)], `SELECT ${this.db}`)))
      this.db = 0;
    return connection;
  }

  async #setUp(connection: Connection, command: string[], name: string, silent = false): Promise<boolean> {
    const reply = await connection.call(...command);
    if (reply.kind !== 'error') return true;
    if (!silent) this.#report(`${name} failed: ${reply.text.toString()}`);
    return false;
  }

  /** Follow what a command that was answered did to the connection's state. */
  note(args: readonly Buffer[], reply: Reply): void {
    const command = String(args[0]).toLowerCase();
    const failed = reply.kind === 'error';
    if (command === 'select' && args.length === 2 && !failed) {
      this.db = Number.parseInt(String(args[1]), 10) || 0;
    } else if (command === 'multi' && !failed) {
      this.inMulti = true;
      this.#dbBeforeMulti = this.db;
    } else if (command === 'exec' && this.inMulti) {
      this.inMulti = false;
      if (failed || reply.kind === 'null') this.db = this.#dbBeforeMulti;
    } else if (command === 'discard' && !failed) {
      this.inMulti = false;
      this.db = this.#dbBeforeMulti;
    } else if (command === 'reset' && !failed) {
      this.inMulti = false;
      this.db = 0;
    } else if (command === 'hello' && !failed && args.length > 1) {
      this.options.protocol = String(args[1]) === '3' ? 3 : 2;
    }
  }

  /** `127.0.0.1:6379[2](TX)> `, the socket's path in place of the address, or `not connected> `. */
  prompt(): string {
    if (!this.connected) return 'not connected> ';
    const { host, port, socket } = this.options;
    const place = socket ? `redis ${socket}` : `${host.includes(':') ? `[${host}]` : host}:${port}`;
    return `${place}${this.db === 0 ? '' : `[${this.db}]`}${this.inMulti ? '(TX)' : ''}> `;
  }
}
