/**
 * A keyspace inside this process: `node examples/embedded.mjs`.
 */

import { open } from 'hematite';

const db = open();

db.set('greeting', 'hello', { ex: 60 });
console.log(db.get('greeting'), db.ttl('greeting')); // hello 60

// Several commands in one crossing.
const [, count] = db.batch((batch) => {
  batch.set('visits', 41);
  batch.incr('visits');
});
console.log(count); // 42

// A command of our own: atomic, and callable by every client.
db.command({ name: 'rotate', arity: 3, keys: [1, 2, 1], flags: ['write'] }, (context, a, b) => {
  const [x, y] = context.mget(a, b);
  context.mset([a, y ?? ''], [b, x ?? '']);
  return [y, x];
});
console.log(db.call('ROTATE', 'greeting', 'visits')); // [ '42', 'hello' ]

db.close();
