/**
 * The engine as WASM, as the suite wants it: sessions that take and give bytes, all on one keyspace.
 */

import { openWasm } from 'hematite/wasm';

const keyspace = openWasm({ config: { 'enable-debug-command': 'yes', save: '' } });
const timer = setInterval(() => keyspace.cron(), 20);

/** A session; output that arises by itself waits for the next `poll`. */
export function openSession() {
  const session = keyspace.open();
  return {
    feed: (bytes) => session.feed(bytes),
    poll: () => session.take(),
    closed: () => session.hasEnded,
    close: () => session.close(),
  };
}

export function stop() {
  clearInterval(timer);
}
