/** The TCP front: any server that speaks RESP on a port. */

import { connect, type Socket } from 'node:net';
import type { Need } from '../case.js';
import { Inbox, type Connection, type Front } from './front.js';

const ALL_NEEDS: ReadonlySet<Need> = new Set(['connections', 'hangup', 'raw', 'blocking', 'network']);

class TcpConnection implements Connection {
  private readonly inbox = new Inbox();

  constructor(private readonly socket: Socket) {
    socket.on('data', (bytes: Buffer) => this.inbox.push(bytes));
    socket.on('error', () => this.inbox.end());
    socket.on('close', () => this.inbox.end());
  }

  write(bytes: Buffer): void {
    if (!this.socket.destroyed) this.socket.write(bytes);
  }

  read(count: number, timeoutMs?: number): Promise<Buffer[]> {
    return this.inbox.read(count, timeoutMs);
  }

  drain(quietMs: number): Promise<{ bytes: Buffer; closed: boolean }> {
    return this.inbox.drain(quietMs);
  }

  close(): void {
    this.socket.destroy();
  }
}

/** Opens one connection; rejects when nobody listens. */
export function openTcp(port: number, host = '127.0.0.1'): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host, noDelay: true });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(new TcpConnection(socket));
    });
  });
}

/** A front over TCP; `stop` ends whatever serves the port. */
export function tcpFront(options: {
  name: string;
  port: number;
  host?: string;
  version: string;
  latest?: string;
  stop?: () => Promise<void>;
}): Front {
  return {
    name: options.name,
    offers: ALL_NEEDS,
    version: options.version,
    latest: options.latest ?? options.version,
    open: () => openTcp(options.port, options.host),
    close: async () => {
      await options.stop?.();
    },
  };
}
