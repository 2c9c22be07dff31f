/**
 * redis-commander: its web interface shows what the server holds, and changes it.
 */

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createClient } from 'redis';
import { expect, test } from 'vitest';
import { freePort } from '../../conformance/fronts/process.js';
import { eventually, useServer } from './server.mjs';

const server = useServer();

test('redis-commander: connections, tree of keys, values, commands', async () => {
  const client = await createClient({ url: server.url }).connect();
  await client.set('user:1', 'ada');
  await client.hSet('user:2', { name: 'grace', born: '1906' });
  await client.rPush('list', ['a', 'b']);
  const port = await freePort();
  const entry = join(import.meta.dirname, 'node_modules/redis-commander/bin/redis-commander.js');
  const options = ['--redis-host', '127.0.0.1', '--redis-port', `${server.port}`, '--address', '127.0.0.1'];
  const web = spawn(process.execPath, [entry, ...options, '--port', `${port}`, '--no-save'], { stdio: 'ignore' });
  try {
    const url = `http://127.0.0.1:${port}`;
    const get = async (path) => (await fetch(url + path)).json();
    await eventually(() =>
      fetch(url).then(
        (response) => (response.ok ? true : undefined),
        () => undefined,
      ),
    );
    const [connection] = await eventually(async () => {
      const { connections = [] } = await get('/connections');
      return connections.length > 0 ? connections : undefined;
    });
    const id = connection.conId;
    const keys = await eventually(() => get(`/apiv2/keys/${id}/*`).catch(() => undefined));
    expect(JSON.stringify(keys)).toContain('user');
    expect(JSON.stringify(await get('/apiv2/server/info'))).toContain('Redis version');
    expect(await get(`/apiv2/key/${id}/user:1`)).toMatchObject({ type: 'string', value: 'ada' });
    expect(JSON.stringify(await get(`/apiv2/key/${id}/user:2`))).toContain('grace');
    const form = new URLSearchParams({ cmd: 'INCRBY visits 7' });
    expect(await (await fetch(`${url}/apiv2/exec/${id}`, { method: 'POST', body: form })).json()).toMatchObject({
      data: 7,
    });
    expect(await client.get('visits')).toBe('7');
  } finally {
    web.kill('SIGKILL');
    await client.close();
  }
});
