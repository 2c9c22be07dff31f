/**
 * The child's side of a load that runs in a process of its own; `../child.mjs` is the other.
 *
 * Settings come as JSON in the first argument. The child prepares, says `{ ready }`, waits for a word, works, and says
 * `{ result }`; or `{ error }` at any time. It ends with its parent.
 */

import { connect } from 'node:net';

/** Runs `prepare(settings)`, and the function that it gives once the parent says so. */
export async function serve(prepare) {
  process.once('disconnect', () => process.exit(1));
  process.once('unhandledRejection', (error) => process.send({ error: error.message }));
  try {
    const run = await prepare(JSON.parse(process.argv[2]));
    await new Promise((resolve) => {
      process.once('message', resolve);
      process.send({ ready: true });
    });
    process.send({ result: await run() });
  } catch (error) {
    process.send({ error: error.message });
  }
}

/** A connected socket; `fail` hears of it when the server hangs up. */
export function connected(port, fail) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    socket.once('error', reject);
    socket.once('connect', () => resolve(socket));
    socket.once('close', () => fail(new Error('the server hung up')));
  });
}

/** Sends `bytes` and resolves once exactly `expected` has come back; rejects on anything else. */
export function exchange(socket, bytes, expected) {
  return new Promise((resolve, reject) => {
    let reply = Buffer.alloc(0);
    const onData = (chunk) => {
      reply = reply.length === 0 ? chunk : Buffer.concat([reply, chunk]);
      const isSound = expected.subarray(0, reply.length).equals(reply);
      if (isSound && reply.length < expected.length) return;
      socket.off('data', onData);
      if (isSound) resolve();
      else reject(new Error(`unexpected reply: ${reply.subarray(0, 200).toString('latin1')}`));
    };
    socket.on('data', onData);
    socket.write(bytes);
  });
}
