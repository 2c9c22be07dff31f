/**
 * The server's listeners: opened from the configuration, and moved when `port` or `bind` change.
 */

import type { NativeBindFailure, NativeEngine } from '../core/binding.js';
import type { Config } from '../config/config.js';
import type { Log } from './log.js';

/** Failures after which the other addresses are still tried: the machine lacks this kind of address. */
const UNSUPPORTED = new Set(['EAFNOSUPPORT']);

export class Listeners {
  readonly #native: NativeEngine;
  readonly #config: Config;
  readonly #log: Log;
  #tcp: number[] = [];
  #unix: number | undefined;

  constructor(native: NativeEngine, config: Config, log: Log) {
    this.#native = native;
    this.#config = config;
    this.#log = log;
    config.onChange(['port', 'bind'], (changed) => this.#move(changed.has('port')));
  }

  /** Opens what the configuration names; a text says that the server can't start, and has been logged by the caller. */
  open(): string | undefined {
    const port = this.#config.get('port');
    if (port !== 0 && !this.#openTcp()) return `Failed listening on port ${port} (tcp), aborting.`;
    const failure = this.#openUnix();
    if (failure !== undefined) return failure;
    if (this.#tcp.length === 0 && this.#unix === undefined) return 'Configured to not listen anywhere, exiting.';
    return undefined;
  }

  /** What is open: `tcp`, `unix`. */
  kinds(): string[] {
    return [...(this.#tcp.length > 0 ? ['tcp'] : []), ...(this.#unix !== undefined ? ['unix'] : [])];
  }

  /** Opens all TCP listeners, or none. */
  #openTcp(): boolean {
    const opened: number[] = [];
    for (const bind of this.#config.get('bind')) {
      const optional = bind.startsWith('-');
      const address = optional ? bind.slice(1) : bind;
      const port = this.#config.get('port');
      const { listener, failure } = this.#native.listen({
        host: anyAddress(address),
        port,
        backlog: this.#config.get('tcp-backlog'),
      });
      if (listener) {
        opened.push(listener.id);
        continue;
      }
      const why = failure as NativeBindFailure;
      this.#log.warning(
        `Warning: Could not create server TCP listening socket ${address}:${port}: ${bindFailureText(why)}`,
      );
      if ((optional && why.code === 'EADDRNOTAVAIL') || UNSUPPORTED.has(why.code)) continue;
      for (const id of opened) this.#native.unlisten(id);
      return false;
    }
    this.#tcp = opened;
    return true;
  }

  #openUnix(): string | undefined {
    const path = this.#config.get('unixsocket');
    if (path === undefined) return undefined;
    const mode = this.#config.get('unixsocketperm');
    const { listener, failure } = this.#native.listen({
      path,
      ...(mode === 0 ? {} : { mode }),
      backlog: this.#config.get('tcp-backlog'),
    });
    if (listener) this.#unix = listener.id;
    return failure ? `Failed opening Unix socket: ${bindFailureText(failure)}` : undefined;
  }

  /** The old addresses are left first, since new ones may overlap; if the new ones can't be had, they are taken back. */
  #move(isPort: boolean): string | undefined {
    for (const id of this.#tcp) this.#native.unlisten(id);
    this.#tcp = [];
    if (this.#config.get('port') === 0 || this.#openTcp()) return undefined;
    return isPort ? 'Unable to listen on this port. Check server logs.' : 'Failed to bind to specified addresses.';
  }
}

function anyAddress(address: string): string {
  if (address === '*') return '0.0.0.0';
  return address === '::*' ? '::' : address;
}

function bindFailureText(failure: NativeBindFailure): string {
  return failure.code === 'ENOTFOUND' ? failure.message : `bind: ${failure.message}`;
}
