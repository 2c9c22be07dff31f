/**
 * TLS as clients see it: versions, client certificates that are asked for or not, users by certificate, reload, and what
 * the start says of material that is no good.
 */

import { type ChildProcess, execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../conformance/fronts/process.js';
import { program, ServerProcess } from './server-process.js';
import { Authority, certificatesMissing, encrypt, type Pair } from './certificates.js';

const missing = certificatesMissing();
let folder: string;
let authority: Authority;
let stranger: Authority;
let server: Pair;
let client: Pair;
let children: ChildProcess[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hematite-tls-'));
  if (missing) return;
  authority = new Authority(folder, 'authority');
  stranger = new Authority(folder, 'stranger');
  server = authority.issue('server', 'localhost', 'serverAuth');
  client = authority.issue('client', 'ann', 'clientAuth', 'URI:urn:user:bob,DNS:x');
}, 30_000);

afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children = [];
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Server {
  readonly port: number;
  readonly child: ChildProcess;
  output(): string;
  readonly ended: Promise<number | null>;
}

/** A server that listens for TLS alone, unless `args` say more. */
async function start(...args: string[]): Promise<Server> {
  const port = await freePort();
  const material = ['--tls-cert-file', server.cert, '--tls-key-file', server.key, '--tls-ca-cert-file', authority.cert];
  const running = await ServerProcess.run(port, [
    ...['--port', '0', '--bind', '127.0.0.1', '--tls-port', `${port}`, '--save', '', '--dir', folder],
    ...['--loglevel', 'verbose', ...material, ...args],
  ]);
  children.push(running.child);
  return { port, child: running.child, output: () => running.output, ended: running.ended };
}

/** A connection; what it answers comes from `ask`. */
class Client {
  #chunks: string[] = [];
  #isOver = false;
  #wake: () => void = () => undefined;

  private constructor(readonly socket: TLSSocket) {
    socket.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk.toString('latin1'));
      this.#wake();
    });
    const end = () => {
      this.#isOver = true;
      this.#wake();
    };
    socket.on('close', end);
    socket.on('error', end);
  }

  static open(port: number, options: ConnectionOptions = {}): Promise<Client> {
    return new Promise((resolve, reject) => {
      const ca = readFileSync(authority.cert);
      const socket = connect({ host: '127.0.0.1', port, servername: 'localhost', ca, ...options });
      socket.once('error', reject);
      socket.once('secureConnect', () => {
        socket.removeListener('error', reject);
        resolve(new Client(socket));
      });
    });
  }

  /** The reply to a line, once it ends with `until`; what came before the end if it ends. */
  async ask(line: string, until = '\r\n'): Promise<string> {
    this.#chunks = [];
    this.socket.write(`${line}\r\n`);
    while (!this.#chunks.slice(-2).join('').endsWith(until) && !this.#isOver) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    return this.#isOver && this.#chunks.length === 0 ? 'hung up' : this.#chunks.join('');
  }
}

const withCertificate = (pair: Pair) => ({ cert: readFileSync(pair.cert), key: readFileSync(pair.key) });

describe.skipIf(missing)(`TLS${missing ? ` (skipped: ${missing})` : ''}`, () => {
  test('commands go both ways, large ones too, in both versions', async () => {
    const { port } = await start('--tls-auth-clients', 'no');
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      const c = await Client.open(port, { maxVersion });
      expect(c.socket.getProtocol()).toBe(maxVersion);
      expect(await c.ask('PING')).toBe('+PONG\r\n');
      const value = 'x'.repeat(3_000_000);
      expect(await c.ask(`*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$${value.length}\r\n${value}`)).toBe('+OK\r\n');
      expect(await c.ask('GET k', 'x\r\n')).toBe(`$${value.length}\r\n${value}\r\n`);
      c.socket.end();
    }
  });

  test('a client certificate is required by default', async () => {
    const { port, output } = await start();
    const with_ = await Client.open(port, withCertificate(client));
    expect(await with_.ask('PING')).toBe('+PONG\r\n');
    // In TLS 1.3 the client hears of it only after its own part is done.
    const without = await Client.open(port).then((c) => c.ask('PING'), String);
    expect(without).toMatch(/hung up|certificate required/i);
    const wrong = stranger.issue('wrong', 'ann', 'clientAuth');
    const strange = await Client.open(port, withCertificate(wrong)).then((c) => c.ask('PING'), String);
    expect(strange).toMatch(/hung up|unknown ca|alert/i);
    expect(output()).toContain('Error in the encrypted stream');
  });

  test('optional certificates are checked if they are shown', async () => {
    const { port } = await start('--tls-auth-clients', 'optional');
    expect(await (await Client.open(port)).ask('PING')).toBe('+PONG\r\n');
    expect(await (await Client.open(port, withCertificate(client))).ask('PING')).toBe('+PONG\r\n');
    const wrong = stranger.issue('wrong2', 'ann', 'clientAuth');
    const strange = await Client.open(port, withCertificate(wrong)).then((c) => c.ask('PING'), String);
    expect(strange).toMatch(/hung up|unknown ca|alert/i);
  });

  test('the client refuses a server of another authority', async () => {
    const { port } = await start('--tls-auth-clients', 'no');
    await expect(Client.open(port, { ca: readFileSync(stranger.cert) })).rejects.toThrow(/certificate|issuer/);
  });

  test('a certificate names the user', async () => {
    const { port } = await start('--tls-auth-clients-user', 'CN', '--requirepass', 'secret');
    const nobody = await Client.open(port, withCertificate(client));
    expect(await nobody.ask('PING')).toBe('-NOAUTH Authentication required.\r\n');
    await nobody.ask('AUTH secret');
    await nobody.ask('ACL SETUSER ann on >x +@all ~ann:*');
    await nobody.ask('ACL SETUSER urn:user:bob on +acl|whoami');
    const ann = await Client.open(port, withCertificate(client));
    expect(await ann.ask('ACL WHOAMI')).toBe('$3\r\nann\r\n');
    expect(await ann.ask('GET other')).toMatch(/^-NOPERM/);
    await nobody.ask('CONFIG SET tls-auth-clients-user uri');
    const bob = await Client.open(port, withCertificate(client));
    expect(await bob.ask('ACL WHOAMI', 'bob\r\n')).toBe('$12\r\nurn:user:bob\r\n');
    await nobody.ask('ACL SETUSER urn:user:bob off');
    const off = await Client.open(port, withCertificate(client));
    expect(await off.ask('PING')).toBe('-NOAUTH Authentication required.\r\n');
  });

  test('certificates are exchanged under way, and connections stay', async () => {
    const renewed = authority.issue('renewed', 'renewed', 'serverAuth');
    const live = { cert: join(folder, 'live.crt'), key: join(folder, 'live.key') };
    const use = (pair: Pair) => {
      copyFileSync(pair.cert, live.cert);
      copyFileSync(pair.key, live.key);
    };
    use(server);
    const { port } = await start('--tls-auth-clients', 'no', '--tls-cert-file', live.cert, '--tls-key-file', live.key);
    const old = await Client.open(port);
    expect(old.socket.getPeerCertificate().subject.CN).toBe('localhost');
    use(renewed);
    expect(await old.ask(`CONFIG SET tls-cert-file ${live.cert} tls-key-file ${live.key}`)).toBe('+OK\r\n');
    const next = await Client.open(port);
    expect(next.socket.getPeerCertificate().subject.CN).toBe('renewed');
    expect(await old.ask('PING')).toBe('+PONG\r\n');
    copyFileSync(server.key, live.key);
    expect(await old.ask(`CONFIG SET tls-cert-file ${live.cert}`)).toBe(
      "-ERR CONFIG SET failed (possibly related to argument 'tls-cert-file') - Unable to update TLS configuration. Check server logs.\r\n",
    );
    const still = await Client.open(port);
    expect(still.socket.getPeerCertificate().subject.CN).toBe('renewed');
    use(server);
    expect(await old.ask('CONFIG SET tls-auto-reload-interval 1')).toBe('+OK\r\n');
    await expect
      .poll(async () => (await Client.open(port)).socket.getPeerCertificate().subject.CN, { timeout: 8_000 })
      .toBe('localhost');
  });

  test('a key under a passphrase, a folder of authorities, versions and ciphers', async () => {
    const key = encrypt(server, 'open sesame');
    const { port } = await start(
      ...['--tls-key-file', key, '--tls-key-file-pass', 'open sesame', '--tls-ca-cert-dir', folder],
      ...[
        '--tls-protocols',
        'TLSv1.3',
        '--tls-ciphersuites',
        'TLS_CHACHA20_POLY1305_SHA256',
        '--tls-prefer-server-ciphers',
        'yes',
      ],
    );
    const c = await Client.open(port, withCertificate(client));
    expect(await c.ask('PING')).toBe('+PONG\r\n');
    expect(c.socket.getCipher().standardName).toBe('TLS_CHACHA20_POLY1305_SHA256');
    await expect(Client.open(port, { ...withCertificate(client), maxVersion: 'TLSv1.2' })).rejects.toThrow();
  });

  test('sessions are resumed, unless they are not to be', async () => {
    for (const [caching, resumed] of [
      ['yes', true],
      ['no', false],
    ] as const) {
      const { port } = await start('--tls-auth-clients', 'no', '--tls-session-caching', caching);
      const first = await Client.open(port, { maxVersion: 'TLSv1.2' });
      await first.ask('PING');
      const session = first.socket.getSession();
      const second = await Client.open(port, { maxVersion: 'TLSv1.2', ...(session ? { session } : {}) });
      expect(second.socket.isSessionReused()).toBe(resumed);
    }
  });

  test('tls-port can be moved, closed and opened', async () => {
    const plain = await freePort();
    const { port } = await start('--port', `${plain}`, '--tls-auth-clients', 'no');
    const admin = await Client.open(port);
    const other = await freePort();
    expect(await admin.ask(`CONFIG SET tls-port ${other}`)).toBe('+OK\r\n');
    await expect(Client.open(port)).rejects.toThrow(/ECONNREFUSED/);
    expect(await (await Client.open(other)).ask('PING')).toBe('+PONG\r\n');
    expect(await admin.ask('CONFIG SET tls-port 0')).toBe('+OK\r\n');
    await expect(Client.open(other)).rejects.toThrow(/ECONNREFUSED/);
    expect(await admin.ask('PING')).toBe('+PONG\r\n');
  });

  test('the start says what is wrong', async () => {
    const wrongs: readonly (readonly [readonly string[], string])[] = [
      [['--tls-cert-file', ''], 'No tls-cert-file configured!'],
      [['--tls-key-file', ''], 'No tls-key-file configured!'],
      [['--tls-ca-cert-file', ''], 'Either tls-ca-cert-file or tls-ca-cert-dir must be specified'],
      [['--tls-cert-file', '/nowhere'], 'Failed to load certificate: /nowhere: No such file or directory'],
      [['--tls-key-file', client.key], 'Failed to load private key: it is not that of the certificate'],
      [['--tls-protocols', 'SSLv3'], 'Invalid tls-protocols specified.'],
      [['--tls-ciphersuites', 'NOSUCH'], 'Failed to configure ciphersuites: NOSUCH'],
    ];
    for (const [args, text] of wrongs) {
      const { ended, output } = await start(...args);
      expect(await ended).toBe(1);
      expect(output()).toContain(text);
      expect(output()).toContain('Failed to configure TLS. Check logs for more info.');
    }
  }, 30_000);

  test('bytes that are no TLS end the connection and nothing else', async () => {
    const { port } = await start('--tls-auth-clients', 'no');
    const { connect: connectTcp } = await import('node:net');
    const raw = connectTcp(port, '127.0.0.1');
    const over = new Promise<void>((resolve) => raw.once('close', () => resolve()));
    raw.on('error', () => undefined);
    raw.resume();
    raw.write('PING\r\n'.repeat(1000));
    await over;
    expect(await (await Client.open(port)).ask('PING')).toBe('+PONG\r\n');
  });

  test('hematite cli speaks TLS', async () => {
    const { port } = await start();
    const cli = (...args: string[]) =>
      new Promise<string>((resolve) => {
        execFile(process.execPath, [program, 'cli', '-p', `${port}`, ...args], (_error, stdout, stderr) =>
          resolve(stdout + stderr),
        );
      });
    const proof = ['--cert', client.cert, '--key', client.key];
    expect(await cli('--tls', '--cacert', authority.cert, ...proof, 'PING')).toBe('PONG\n');
    expect(await cli('--tls', '--insecure', ...proof, '--sni', 'localhost', 'PING')).toBe('PONG\n');
    expect(await cli('--tls', '--cacert', stranger.cert, ...proof, 'PING')).toContain('Could not connect');
    expect(await cli('--tls', '--cacert', authority.cert, 'PING')).not.toContain('PONG');
    expect(await cli('PING')).not.toContain('PONG');
  }, 30_000);
});
