/**
 * Messages between servers: socket.io with the Redis adapter and the streams adapter, graphql-redis-subscriptions.
 */

import { createServer } from 'node:http';
import { createAdapter, createShardedAdapter } from '@socket.io/redis-adapter';
import { createAdapter as createStreamsAdapter } from '@socket.io/redis-streams-adapter';
import { RedisPubSub } from 'graphql-redis-subscriptions';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { Server } from 'socket.io';
import { io } from 'socket.io-client';
import { expect, test } from 'vitest';
import { eventually, overEachFront } from './server.mjs';

/** Ends a client of either library. */
const end = (client) => (client instanceof Redis ? client.quit() : client.close());

/** A socket.io server on a free port, with its clients' URL. */
async function socketServer(adapter) {
  const http = createServer();
  const sockets = new Server(http, { adapter });
  await new Promise((resolve) => http.listen(0, '127.0.0.1', resolve));
  return { sockets, url: `http://127.0.0.1:${http.address().port}`, close: () => sockets.close() };
}

async function connected(url) {
  const socket = io(url, { transports: ['websocket'] });
  await new Promise((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
  const heard = [];
  socket.onAny((...message) => heard.push(message));
  return { socket, heard };
}

/** Rooms, broadcasts with acknowledgements, remote sockets and serverSideEmit over two servers. */
async function speakAcross(one, two) {
  const [a, b] = [await connected(one.url), await connected(two.url)];
  b.socket.on('question', (answer) => answer('b'));
  a.socket.on('question', (answer) => answer('a'));
  await eventually(async () => ((await one.sockets.fetchSockets()).length === 2 ? true : undefined));
  one.sockets.emit('to-all', 1, Buffer.from([1, 2, 255]));
  await eventually(() => (b.heard.length > 0 ? true : undefined));
  expect(b.heard[0][0]).toBe('to-all');
  expect([...b.heard[0][2]]).toEqual([1, 2, 255]);
  one.sockets.socketsJoin('room');
  await eventually(async () => ((await two.sockets.in('room').fetchSockets()).length === 2 ? true : undefined));
  two.sockets.to('room').except(b.socket.id).emit('to-room', 'x');
  await eventually(() => (a.heard.some(([name]) => name === 'to-room') ? true : undefined));
  expect(b.heard.some(([name]) => name === 'to-room')).toBe(false);
  const answers = await one.sockets.timeout(5_000).emitWithAck('question');
  expect(answers.sort()).toEqual(['a', 'b']);
  const told = new Promise((resolve) => two.sockets.once('hello', resolve));
  one.sockets.serverSideEmit('hello', 'from one');
  expect(await told).toBe('from one');
  one.sockets.disconnectSockets();
  await eventually(() => (b.socket.connected ? undefined : true));
  for (const { socket } of [a, b]) socket.disconnect();
}

overEachFront((front) => {
  const makers = {
    'node-redis': () => createClient({ socket: front.socket() }).connect(),
    ioredis: () => new Redis(front.ioredis()),
  };

  test.each([
    ['Redis', 'node-redis', createAdapter],
    ['sharded', 'node-redis', createShardedAdapter],
    ['Redis', 'ioredis', createAdapter],
    ['sharded', 'ioredis', createShardedAdapter],
  ])('socket.io with the %s adapter over %s, two servers', async (_, library, adapter) => {
    const clients = await Promise.all([1, 2, 3, 4].map(makers[library]));
    const one = await socketServer(adapter(clients[0], clients[1]));
    const two = await socketServer(adapter(clients[2], clients[3]));
    await speakAcross(one, two);
    await Promise.all([one.close(), two.close()]);
    await Promise.all(clients.map(end));
  });

  test.each(['node-redis', 'ioredis'])('socket.io with the streams adapter over %s, two servers', async (library) => {
    const clients = await Promise.all([1, 2].map(makers[library]));
    const [one, two] = await Promise.all(
      clients.map((client) => socketServer(createStreamsAdapter(client, { blockTimeInMs: 100 }))),
    );
    await speakAcross(one, two);
    const { xLen = clients[0].xlen } = clients[0];
    expect(await xLen.call(clients[0], 'socket.io')).toBeGreaterThan(3);
    await Promise.all([one.close(), two.close()]);
    await Promise.all(clients.map(end));
  });

  test('graphql-redis-subscriptions: channels, patterns and asynchronous iterators', async () => {
    const [publisher, subscriber] = [new Redis(front.ioredis()), new Redis(front.ioredis())];
    const pubsub = new RedisPubSub({ publisher, subscriber });
    const heard = [];
    const id = await pubsub.subscribe('added', (message) => heard.push(message));
    await pubsub.subscribe('post.*', (message) => heard.push(message), { pattern: true });
    const iterator = pubsub.asyncIterator(['added', 'removed']);
    const next = iterator.next();
    await eventually(async () => ((await publisher.pubsub('NUMSUB', 'removed'))[1] === 1 ? true : undefined));
    await pubsub.publish('added', { id: 7, text: 'héllo' });
    await pubsub.publish('post.new', { id: 8 });
    expect(await next).toEqual({ done: false, value: { id: 7, text: 'héllo' } });
    await eventually(() => (heard.length === 2 ? true : undefined));
    expect(heard).toEqual([{ id: 7, text: 'héllo' }, { id: 8 }]);
    pubsub.unsubscribe(id);
    await iterator.return();
    await eventually(async () => ((await publisher.pubsub('NUMSUB', 'added'))[1] === 0 ? true : undefined));
    await pubsub.close();
  });
});
