/**
 * ioredis (5 and 6) on an engine in this process, without a socket:
 *
 *     import { open } from 'hematite';
 *     import { connector } from 'hematite/ioredis';
 *     const redis = new Redis({ Connector: connector(open()) });
 *
 * Everything else of ioredis works as over TCP: pipelines, transactions, pub/sub, `duplicate`, reconnection.
 */

import type { Engine } from '../core/engine.js';
import { EngineStream } from './stream.js';

/** What ioredis expects of a connector; its own type has protected members that only its own class can have. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type ConnectorClass = new (options: any) => any;

/** The value for ioredis's option `Connector`. */
export function connector(engine: Engine): ConnectorClass {
  return class EngineConnector {
    connecting = false;
    #stream: EngineStream | undefined;

    /** ioredis asks whether a server of this role is the right one. */
    check(): boolean {
      return true;
    }

    connect(): Promise<EngineStream> {
      this.connecting = true;
      return new Promise((resolve, reject) => {
        process.nextTick(() => {
          if (!this.connecting) return reject(new Error('Connection is closed.'));
          if (engine.isClosed) return reject(new Error('The engine is closed.'));
          this.#stream = new EngineStream(engine, 'ioredis:0');
          resolve(this.#stream);
        });
      });
    }

    disconnect(): void {
      this.connecting = false;
      this.#stream?.destroy();
    }
  };
}
