/**
 * Publishes to one channel with many subscribers, and ends once each of them has got each message.
 *
 * Settings: `{ port, subscribers, messages }`; result: `{ seconds }`. So many messages are on their way at a time that
 * neither side waits for the other, and so few that no subscriber's buffer reaches its limit.
 */

import { encode } from '../client.mjs';
import { connected, exchange, serve } from './protocol.mjs';

const CHANNEL = 'news';
const PAYLOAD = 'm'.repeat(64);
/** Messages on their way at most, and messages of one write. */
const WINDOW = 64;
const BURST = 16;
/** Connections that are opened at a time. */
const CONNECTING = 50;

const SUBSCRIBED = Buffer.from(`*3\r\n$9\r\nsubscribe\r\n$${CHANNEL.length}\r\n${CHANNEL}\r\n:1\r\n`);
const MESSAGE = encode(['message', CHANNEL, PAYLOAD]);

async function subscribe(port, count, fail) {
  const sockets = [];
  while (sockets.length < count) {
    const some = Array.from({ length: Math.min(CONNECTING, count - sockets.length) }, async () => {
      const socket = await connected(port, fail);
      await exchange(socket, encode(['SUBSCRIBE', CHANNEL]), SUBSCRIBED);
      return socket;
    });
    sockets.push(...(await Promise.all(some)));
  }
  return sockets;
}

/** Resolves with the seconds that it took until everything had arrived. */
function publish(publisher, sockets, messages, failed) {
  const reply = Buffer.byteLength(`:${sockets.length}\r\n`);
  const command = encode(['PUBLISH', CHANNEL, PAYLOAD]);
  const burst = Buffer.concat(Array(BURST).fill(command));
  const bytesEach = MESSAGE.length * sockets.length;
  const finished = new Promise((resolve) => {
    const begin = performance.now();
    let [sent, answered, delivered] = [0, 0, 0];
    const advance = () => {
      while (sent < messages && sent + BURST - Math.floor(delivered / bytesEach) <= WINDOW) {
        const count = Math.min(BURST, messages - sent);
        publisher.write(burst.subarray(0, command.length * count));
        sent += count;
      }
      if (delivered === messages * bytesEach && answered === messages * reply) {
        resolve((performance.now() - begin) / 1000);
      }
    };
    publisher.on('data', (chunk) => {
      answered += chunk.length;
      advance();
    });
    for (const socket of sockets) {
      socket.on('data', (chunk) => {
        delivered += chunk.length;
        advance();
      });
    }
    advance();
  });
  return Promise.race([finished, failed]);
}

await serve(async ({ port, subscribers, messages }) => {
  let fail;
  const failed = new Promise((_, reject) => (fail = reject));
  failed.catch(() => undefined);
  const sockets = await subscribe(port, subscribers, fail);
  const publisher = await connected(port, fail);
  // One message whose bytes are looked at; of those that are timed only the length is.
  const arrivals = sockets.map((socket) => exchange(socket, '', MESSAGE));
  await exchange(publisher, encode(['PUBLISH', CHANNEL, PAYLOAD]), Buffer.from(`:${subscribers}\r\n`));
  await Promise.race([Promise.all(arrivals), failed]);
  return async () => ({ seconds: await publish(publisher, sockets, messages, failed) });
});
