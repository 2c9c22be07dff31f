/**
 * The client as a whole against a real redis-server, beside redis-cli: the same words, the same standard input, the same
 * output, errors and exit code. Skipped where redis-server and redis-cli are not installed.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run as bench } from './bench.js';
import { run, type CliStreams } from './repl.js';

const installed = ['redis-server', 'redis-cli'].every((program) => spawnSync(program, ['--version']).status === 0);
const folder = mkdtempSync(join(tmpdir(), 'hematite-cli-'));

function collector(): { stream: PassThrough; text: () => string } {
  const stream = new PassThrough();
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return { stream, text: () => Buffer.concat(chunks).toString('latin1') };
}

async function hematite(argv: string[], stdin = ''): Promise<{ stdout: string; stderr: string; code: number }> {
  const [out, err] = [collector(), collector()];
  const streams = {
    stdin: Readable.from(stdin === '' ? [] : [Buffer.from(stdin)]),
    stdout: out.stream,
    stderr: err.stream,
    env: { HOME: folder },
  } as unknown as CliStreams;
  const code = await run(argv, streams);
  await sleep(0);
  return { stdout: out.text(), stderr: err.text(), code };
}

describe.skipIf(!installed)('beside redis-cli', () => {
  let server: ChildProcess;
  let port = 0;

  beforeAll(async () => {
    const probe = createServer();
    await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
    port = (probe.address() as AddressInfo).port;
    await new Promise((resolve) => probe.close(resolve));
    server = spawn(
      'redis-server',
      [
        '--port',
        String(port),
        '--bind',
        '127.0.0.1',
        '--save',
        '',
        '--appendonly',
        'no',
        '--dir',
        folder,
        '--unixsocket',
        join(folder, 'redis.sock'),
        '--enable-debug-command',
        'yes',
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    for await (const chunk of server.stdout!) if (String(chunk).includes('Ready to accept')) break;
    const seed = [
      'SET a "x\\ny"',
      'RPUSH l 1 2 3',
      'SADD s m',
      'ZADD z 1.5 a 2 b',
      'HSET h f v',
      'XADD st 1-1 k v',
      'SET k1 1',
    ];
    expect((await hematite(['-p', String(port)], seed.join('\n'))).stderr).toBe('');
    writeFileSync(join(folder, 'e.lua'), 'return {KEYS[1], ARGV[1], ARGV[2]}');
  });
  afterAll(() => {
    server.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  const same = async (argv: string[], stdin = '') => {
    const words = ['-p', String(port), ...argv];
    const theirs = spawnSync('redis-cli', words, {
      input: stdin,
      encoding: 'latin1',
      env: { ...process.env, HOME: folder },
    });
    const ours = await hematite(words, stdin);
    expect(ours).toEqual({ stdout: theirs.stdout, stderr: theirs.stderr, code: theirs.status });
  };

  const LINES = [
    'ping',
    '--no-raw get a',
    '--raw get a',
    '--no-raw set b 1',
    '--csv lrange l 0 -1',
    '--json hgetall h',
    '-3 --no-raw hgetall h',
    '-3 --json zrange z 0 -1 withscores',
    '-2 --json hgetall h',
    'foo',
    '-e foo',
    '-n 99 ping',
    '-n 2 dbsize',
    '-3 -n 2 ping',
    '-a x ping',
    '-a x --no-auth-warning ping',
    '--nonsense',
    '-n',
    '-d , -D ; lrange l 0 -1',
    '--no-raw xinfo stream st full',
    '-3 --no-raw xinfo stream st full',
    '-3 --no-raw command docs set zadd xadd sort',
    '-3 --json command docs set zadd',
    '--no-raw command info get',
    '--no-raw acl help',
    '--no-raw lolwut',
    '--no-raw cluster info',
    '-3 --json debug protocol verbatim',
    '-3 --show-pushes yes debug protocol push',
    '--scan --pattern k*',
    '--scan --pattern a* --no-raw',
    'help get',
    'help config',
    'help nosuch',
    '--bigkeys',
    '--memkeys',
    '--memkeys-samples 3',
    '--hotkeys',
    '--eval FOLDER/e.lua k , a1 a2',
    '--eval FOLDER/none',
    '-s FOLDER/redis.sock ping',
    '-s FOLDER/none ping',
    '-u redis://u:p@127.0.0.1:PORT/2 ping',
    'quit',
    '-r 2 echo hi',
    ...[
      'string',
      'list',
      'hash',
      'set',
      'sorted-set',
      'stream',
      'generic',
      'server',
      'geo',
      'scripting',
      'cluster',
      'bitmap',
      'pubsub',
      'connection',
      'transactions',
      'hyperloglog',
    ].map((group) => `help @${group}`),
  ];
  it.each(LINES)('%s', async (line) => {
    await same(line.replace('FOLDER', folder).replace('PORT', String(port)).split(' '));
  });

  it.each<[string, string[], string]>([
    ['-x', ['-x', 'set', 'fromstdin'], 'bytes\n\0'],
    ['-X', ['-X', 'tag', 'set', 'tagged', 'tag'], 'value'],
    ['-X without its tag', ['-X', 'tag', 'get', 'a'], 'value'],
    ['quoted input', ['--quoted-input', 'set', '"a\\x00b"', 'v'], ''],
    ['pipe', ['--pipe'], 'SET p 1\r\nfoo\r\n*1\r\n$4\r\nPING\r\n'],
    ['pipe without a last newline', ['--pipe'], 'SET p 1'],
    ['pipe of nothing', ['--pipe'], ''],
    ['lines', [], 'ping\n"foo\n\n  \n3 ping\nget nokey\nselect 3\nset x 1\nmulti\nget x\nexec\nhelp get\nquit\nping\n'],
    ['lines, standard', ['--no-raw'], 'select 3\nget x\nselect 0\nmulti\nselect 5\ndiscard\nget a\nclear'],
    ['lines over connections', [], 'connect 127.0.0.1 1\nping\nconnect 127.0.0.1 PORT\nping\n'],
    [
      'invalidations',
      ['-3', '--show-pushes', 'yes', '--no-raw'],
      'set k1 1\nclient tracking on\nget k1\nset k1 2\nping\n',
    ],
  ])('%s', async (_, argv, stdin) => {
    await same(argv, stdin.replace('PORT', String(port)));
  });

  it('comes back after the server closed the connection', async () => {
    const { stdout } = await hematite(['-p', String(port)], 'ping\nclient kill type normal skipme no\nping\n');
    expect(stdout).toBe('PONG\n1\nPONG\n');
  });

  it('streams what a channel brings until the connection is closed', async () => {
    const lines: string[] = [];
    const [out, err] = [new PassThrough(), new PassThrough()];
    out.on('data', (chunk: Buffer) => lines.push(...String(chunk).trimEnd().split('\n')));
    const streams = { stdin: Readable.from([]), stdout: out, stderr: err, env: {} } as unknown as CliStreams;
    const listening = run(['-p', String(port), '-3', '--csv', 'subscribe', 'ch'], streams);
    await sleep(100);
    await hematite(['-p', String(port), 'publish', 'ch', 'hello']);
    await hematite(['-p', String(port), 'client', 'kill', 'type', 'pubsub']);
    expect(await listening).toBe(1);
    expect(lines).toEqual([
      'Reading messages... (press Ctrl-C to quit)',
      '"subscribe","ch",1',
      '"message","ch","hello"',
    ]);
  });

  it.skipIf(spawnSync('openssl', ['version']).status !== 0)('speaks TLS, and verifies the certificate', async () => {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const made = spawnSync('openssl', [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      key,
      '-out',
      cert,
      '-days',
      '2',
      '-subj',
      '/CN=localhost',
      '-addext',
      'subjectAltName=DNS:localhost,IP:127.0.0.1',
    ]);
    expect(made.status).toBe(0);
    const front = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (socket) => {
      const back = connect(port, '127.0.0.1');
      socket
        .on('error', () => back.destroy())
        .pipe(back)
        .pipe(socket);
    });
    front.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
    const secure = String((front.address() as AddressInfo).port);
    const pong = { stdout: 'PONG\n', stderr: '', code: 0 };
    expect(await hematite(['-p', secure, '--tls', '--cacert', cert, 'ping'])).toEqual(pong);
    expect(await hematite(['-p', secure, '--tls', '--insecure', 'ping'])).toEqual(pong);
    expect(await hematite(['--cacert', cert, '-u', `rediss://localhost:${secure}`, 'ping'])).toEqual(pong);
    const refused = await hematite(['-p', secure, '--tls', 'ping']);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/^Could not connect to Redis at 127\.0\.0\.1:\d+: .*self-signed certificate/);
    front.close();
  });

  it('samples latency once for output that is no terminal', async () => {
    const { stdout, code } = await hematite(['-p', String(port), '--csv', '--latency', '-i', '0.1']);
    expect(stdout).toMatch(/^\d+,\d+,\d+\.\d\d,\d+\n$/);
    expect(code).toBe(0);
  });

  it('benchmarks', async () => {
    const [out, err] = [collector(), collector()];
    const argv = [
      '-p',
      String(port),
      '-n',
      '500',
      '-c',
      '5',
      '-P',
      '4',
      '-r',
      '100',
      '-t',
      'set,get,lrange_100,ping',
      '--csv',
    ];
    expect(await bench(argv, out.stream, err.stream)).toBe(0);
    const rows = out.text().trimEnd().split('\n').slice(1);
    expect(rows.map((row) => row.split(',')[0])).toEqual([
      '"PING_INLINE"',
      '"PING_MBULK"',
      '"SET"',
      '"GET"',
      '"LRANGE_100 (first 100 elements)"',
    ]);
    for (const row of rows) expect(Number(row.split(',')[1]!.replaceAll('"', ''))).toBeGreaterThan(0);
    expect(Number((await hematite(['-p', String(port), 'dbsize'])).stdout)).toBeGreaterThan(50);
    expect(await bench(['-p', String(port), '-t', 'nonsense'], out.stream, err.stream)).toBe(1);
    expect(err.text()).toBe("Unknown test 'nonsense'\n");
  });
});
