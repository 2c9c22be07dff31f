/**
 * ioredis and node-redis over TLS, with a client certificate and a user of its own.
 */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../conformance/fronts/process.js';
import { Authority, certificatesMissing } from '../../server/certificates.js';
import { startHematite, type Server } from './server.js';

const missing = certificatesMissing();

describe.skipIf(missing)(`over TLS${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let folder: string;
  let server: Server;
  let port: number;
  let tls: { ca: Buffer; cert: Buffer; key: Buffer; host: string };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hematite-tls-clients-'));
    const authority = new Authority(folder, 'authority');
    const own = authority.issue('server', 'localhost', 'serverAuth');
    const client = authority.issue('client', 'app', 'clientAuth');
    const read = (path: string) => readFileSync(path);
    tls = { ca: read(authority.cert), cert: read(client.cert), key: read(client.key), host: 'localhost' };
    port = await freePort();
    server = await startHematite(
      ...['--bind', '127.0.0.1', '--tls-port', `${port}`, '--tls-cert-file', own.cert, '--tls-key-file', own.key],
      ...['--tls-ca-cert-file', authority.cert, '--tls-auth-clients-user', 'CN'],
      ...['--user', 'app', 'on', '>secret', '+@all', '~app:*', '&app:*'],
    );
  }, 30_000);

  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('serves ioredis', async () => {
    const redis = new Redis({ host: '127.0.0.1', port, tls, lazyConnect: true });
    await redis.connect();
    expect(await redis.call('ACL', 'WHOAMI')).toBe('app');
    const value = Buffer.alloc(2_000_000, 'grüß dich');
    await redis.set('app:k', value);
    expect((await redis.getBuffer('app:k'))?.equals(value)).toBe(true);
    const many = redis.pipeline();
    for (let n = 0; n < 1000; n += 1) many.incr('app:n');
    expect((await many.exec())?.at(-1)).toEqual([null, 1000]);
    await expect(redis.get('other')).rejects.toThrow(/NOPERM/);
    const listener = redis.duplicate();
    const heard = new Promise((resolve) => listener.on('message', (_channel, text) => resolve(text)));
    await listener.subscribe('app:news');
    await redis.publish('app:news', 'hello');
    expect(await heard).toBe('hello');
    await expect(redis.publish('news', 'x')).rejects.toThrow(/NOPERM/);
    listener.disconnect();
    redis.disconnect();
  });

  it('serves node-redis, and refuses who shows no certificate', async () => {
    const socket = { host: '127.0.0.1', port, tls: true as const, servername: 'localhost', ca: tls.ca };
    const client = createClient({ RESP: 3, socket: { ...socket, cert: tls.cert, key: tls.key } });
    client.on('error', () => undefined);
    await client.connect();
    expect(String(await client.sendCommand(['ACL', 'WHOAMI']))).toBe('app');
    await client.hSet('app:h', { one: '1', two: '2' });
    expect({ ...(await client.hGetAll('app:h')) }).toEqual({ one: '1', two: '2' });
    await expect(client.get('other')).rejects.toThrow(/NOPERM/);
    await client.close();
    const nobody = createClient({ socket: { ...socket, reconnectStrategy: false } });
    nobody.on('error', () => undefined);
    await expect(nobody.connect().then(() => nobody.ping())).rejects.toThrow();
  });

  it('lets users in by password, and only to what is theirs', async () => {
    const plain = new Redis({ port: server.port, username: 'app', password: 'secret', lazyConnect: true });
    await plain.connect();
    expect(await plain.set('app:x', 1)).toBe('OK');
    await expect(plain.set('x', 1)).rejects.toThrow(/NOPERM/);
    plain.disconnect();
    const wrong = new Redis({
      ...{ port: server.port, username: 'app', password: 'no', lazyConnect: true },
      retryStrategy: () => null,
    });
    wrong.on('error', () => undefined);
    await expect(wrong.connect().then(() => wrong.get('app:x'))).rejects.toThrow();
    wrong.disconnect();
  });
});
