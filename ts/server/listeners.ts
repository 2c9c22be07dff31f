/**
 * The server's listeners: opened from the configuration, and moved when `port`, `tls-port` or `bind` change.
 */

import type { NativeBindFailure, NativeEngine } from '../core/binding.js';
import type { Config } from '../config/config.js';
import type { Log } from './log.js';
import type { Tls } from './tls.js';

/** Failures after which the other addresses are still tried: the machine lacks this kind of address. */
const UNSUPPORTED = new Set(['EAFNOSUPPORT']);

/** What listens on a port. */
interface Kind {
  readonly name: 'tcp' | 'tls';
  readonly directive: 'port' | 'tls-port';
  /** The listeners that are open. */
  open: number[];
}

export class Listeners {
  readonly #native: NativeEngine;
  readonly #config: Config;
  readonly #log: Log;
  readonly #tls: Tls;
  readonly #kinds: readonly Kind[] = [
    { name: 'tcp', directive: 'port', open: [] },
    { name: 'tls', directive: 'tls-port', open: [] },
  ];
  #unix: number | undefined;

  constructor(native: NativeEngine, config: Config, log: Log, tls: Tls) {
    this.#native = native;
    this.#config = config;
    this.#log = log;
    this.#tls = tls;
    config.onChange(['port', 'tls-port', 'bind'], (changed) => {
      const moved = this.#kinds.filter((kind) => changed.has(kind.directive));
      if (moved.length > 0) return this.#move(moved, 'Unable to listen on this port. Check server logs.');
      return this.#move(this.#kinds, 'Failed to bind to specified addresses.');
    });
  }

  /** Opens what the configuration names; a text says that the server can't start, and has been logged by the caller. */
  open(): string | undefined {
    if (this.#tls.isWanted && !this.#tls.load()) return 'Failed to configure TLS. Check logs for more info.';
    for (const kind of this.#kinds) {
      const port = this.#config.get(kind.directive);
      if (port !== 0 && !this.#openPort(kind)) return `Failed listening on port ${port} (${kind.name}), aborting.`;
    }
    const failure = this.#openUnix();
    if (failure !== undefined) return failure;
    if (this.kinds().length === 0) return 'Configured to not listen anywhere, exiting.';
    return undefined;
  }

  /** What is open: `tcp`, `tls`, `unix`. */
  kinds(): string[] {
    const ports = this.#kinds.filter((kind) => kind.open.length > 0).map((kind) => kind.name);
    return [...ports, ...(this.#unix !== undefined ? ['unix'] : [])];
  }

  /** Opens all listeners of a kind, or none. */
  #openPort(kind: Kind): boolean {
    const opened: number[] = [];
    const port = this.#config.get(kind.directive);
    for (const bind of this.#config.get('bind')) {
      const optional = bind.startsWith('-');
      const address = optional ? bind.slice(1) : bind;
      const { listener, failure } = this.#native.listen({
        host: anyAddress(address),
        port,
        backlog: this.#config.get('tcp-backlog'),
        tls: kind.name === 'tls',
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
    kind.open = opened;
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
  #move(kinds: readonly Kind[], refusal: string): string | undefined {
    for (const kind of kinds) {
      for (const id of kind.open) this.#native.unlisten(id);
      kind.open = [];
    }
    for (const kind of kinds) {
      if (this.#config.get(kind.directive) === 0) continue;
      if (kind.name === 'tls' && !this.#tls.load()) return 'Unable to update TLS configuration. Check server logs.';
      if (!this.#openPort(kind)) return refusal;
    }
    return undefined;
  }
}

function anyAddress(address: string): string {
  if (address === '*') return '0.0.0.0';
  return address === '::*' ? '::' : address;
}

function bindFailureText(failure: NativeBindFailure): string {
  return failure.code === 'ENOTFOUND' ? failure.message : `bind: ${failure.message}`;
}
