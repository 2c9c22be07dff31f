/**
 * Caches and sessions: keyv, cacheable, connect-redis under express-session.
 */

import KeyvRedis from '@keyv/redis';
import { Cacheable } from 'cacheable';
import { RedisStore } from 'connect-redis';
import express from 'express';
import session from 'express-session';
import Keyv from 'keyv';
import { createClient } from 'redis';
import { expect, test } from 'vitest';
import { eventually, overEachFront } from './server.mjs';

/** Serves an application on a free port; its URL and a way to end it. */
async function serve(app) {
  const listener = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => listener.once('listening', resolve));
  return { url: `http://127.0.0.1:${listener.address().port}`, close: () => listener.close() };
}

overEachFront((front) => {
  const options = () => ({ socket: front.socket() });
  const stores = [
    ['options', () => new KeyvRedis(options())],
    ['a client', () => new KeyvRedis(createClient(options()))],
  ];

  test.each(stores)('keyv by %s: values, several at once, expiry, namespaces, iteration, clear', async (_, store) => {
    const users = new Keyv(store(), { namespace: 'users' });
    const other = new Keyv(store(), { namespace: 'other' });
    await users.set('ada', { born: 1815, tags: ['first'] });
    await users.set('brief', 'soon gone', 30);
    await other.set('ada', 'another');
    await users.setMany([
      { key: 'grace', value: 1906 },
      { key: 'alan', value: 1912 },
    ]);
    expect(await users.get('ada')).toEqual({ born: 1815, tags: ['first'] });
    expect(await users.get(['grace', 'nobody', 'alan'])).toEqual([1906, undefined, 1912]);
    await eventually(async () => ((await users.has('brief')) ? undefined : true));
    const names = [];
    for await (const [name] of users.iterator()) names.push(name);
    expect(names.sort()).toEqual(['ada', 'alan', 'grace']);
    expect(await users.delete('grace')).toBe(true);
    await users.clear();
    expect(await users.get('ada')).toBeUndefined();
    expect(await other.get('ada')).toBe('another');
    await users.disconnect();
    await other.disconnect();
  });

  test.each(stores)('cacheable by %s: a second layer fills the first, getOrSet computes once', async (name, store) => {
    const once = `once-${name}`;
    const writer = new Cacheable({ secondary: store(), ttl: '1m' });
    const reader = new Cacheable({ secondary: store() });
    await writer.set('k', { a: 1 });
    expect(await reader.get('k')).toEqual({ a: 1 });
    let computed = 0;
    const compute = async () => (computed += 1);
    const values = await Promise.all(Array.from({ length: 10 }, () => writer.getOrSet(once, compute)));
    expect(new Set(values)).toEqual(new Set([1]));
    expect(await reader.get(once)).toBe(1);
    await writer.delete('k');
    expect(await new Cacheable({ secondary: store() }).get('k')).toBeUndefined();
    await writer.disconnect();
    await reader.disconnect();
  });

  test('express-session with connect-redis: one session over two servers, destroyed for both', async () => {
    const client = await createClient(options()).connect();
    const application = () => {
      const app = express();
      const store = new RedisStore({ client, prefix: 'sess:', ttl: 60 });
      app.use(session({ store, secret: 'a secret', resave: false, saveUninitialized: false }));
      app.get('/', (request, response) => {
        request.session.visits = (request.session.visits ?? 0) + 1;
        response.json(request.session.visits);
      });
      app.get('/leave', (request, response) => request.session.destroy(() => response.json('gone')));
      app.get('/all', (_, response, next) =>
        store.length().then(
          (count) => response.json(count),
          (error) => next(error),
        ),
      );
      return app;
    };
    const [one, two] = await Promise.all([serve(application()), serve(application())]);
    const first = await fetch(one.url);
    const cookie = first.headers.get('set-cookie').split(';')[0];
    const visit = async (where, path = '/') => (await fetch(where.url + path, { headers: { cookie } })).json();
    expect(await first.json()).toBe(1);
    expect(await visit(two)).toBe(2);
    expect(await visit(one)).toBe(3);
    const [key] = await client.keys('sess:*');
    expect(await client.ttl(key)).toBeGreaterThan(55);
    expect(await visit(one, '/all')).toBe(1);
    expect(await visit(two, '/leave')).toBe('gone');
    expect(await visit(one)).toBe(1);
    one.close();
    two.close();
    client.destroy();
  });
});
