/**
 * The embedded engine as the suite wants it: sessions that take and give bytes, all on one keyspace.
 */

import { open } from 'hematite';

const engine = open({ config: { 'enable-debug-command': 'yes', save: '' } });

/** A session; output that arises by itself waits for the next `poll`. */
export function openSession() {
  const chunks = [];
  let hasEnded = false;
  const lane = engine.connect(
    'conformance:0',
    (bytes) => chunks.push(bytes),
    () => (hasEnded = true),
  );
  const take = () => Buffer.concat(chunks.splice(0));
  return {
    feed(bytes) {
      lane.feed(bytes);
      return take();
    },
    poll: take,
    closed: () => hasEnded,
    close: () => lane.close(),
  };
}

export function stop() {
  engine.close();
}
