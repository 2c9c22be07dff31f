/**
 * Rendering against redis-cli itself: a server that answers fixed bytes is asked by the real redis-cli in every format,
 * and what it prints must be what `render` gives. Skipped where redis-cli is not installed.
 */
import { execFile, spawnSync } from 'node:child_process';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseReplies, type AggregateReply, type Reply } from '../core/resp.js';
import { render, renderPush, type OutputFormat } from './render.js';

const bulk = (s: string) => `$${Buffer.byteLength(s, 'latin1')}\r\n${s}\r\n`;
const ten = (item: string) => item.repeat(11);

/** Wire bytes (latin1) that both protocols have. */
const RESP2 = [
  '+OK\r\n',
  '+\r\n',
  '-ERR something bad\r\n',
  ':0\r\n',
  ':-9223372036854775808\r\n',
  '$-1\r\n',
  '*-1\r\n',
  '*0\r\n',
  bulk(''),
  bulk('plain'),
  bulk('with "quotes" and \\ and \x00\x01\x7f\xff'),
  bulk('caf\xc3\xa9\n\r\t\x07\x08\x0b\x0c'),
  bulk("it's"),
  `*1\r\n${bulk('a')}`,
  `*3\r\n${bulk('a')}$-1\r\n:3\r\n`,
  `*11\r\n${ten(bulk('x'))}`,
  `*2\r\n*2\r\n:1\r\n*1\r\n${bulk('deep')}*0\r\n`,
  `*2\r\n*11\r\n${ten(':7\r\n')}*11\r\n${ten('*2\r\n:1\r\n$-1\r\n')}`,
  '*2\r\n-ERR inner\r\n+fine\r\n',
  '*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n',
  `*2\r\n${bulk('0')}*2\r\n${bulk('a')}${bulk('b')}`,
];

/** Wire bytes that need protocol 3. */
const RESP3 = [
  '_\r\n',
  '#t\r\n',
  '#f\r\n',
  ',3.25\r\n',
  ',1e+20\r\n',
  ',inf\r\n',
  ',-inf\r\n',
  '=8\r\ntxt:a\n"b\r\n',
  '%0\r\n',
  '~0\r\n',
  `%1\r\n${bulk('k')}${bulk('v')}`,
  `%2\r\n+a\r\n*2\r\n:1\r\n:2\r\n+b\r\n%1\r\n:1\r\n#t\r\n`,
  `%11\r\n${ten('+k\r\n*2\r\n+x\r\n_\r\n')}`,
  '~3\r\n+a\r\n:1\r\n,2.5\r\n',
  `~11\r\n${ten('~2\r\n+a\r\n_\r\n')}`,
  '%3\r\n:1\r\n#t\r\n,1.5\r\n#f\r\n#t\r\n_\r\n',
  '%2\r\n_\r\n:1\r\n*1\r\n:1\r\n*2\r\n:2\r\n:3\r\n',
  '*3\r\n#t\r\n_\r\n=7\r\nmkd:# x\r\n',
  '%1\r\n=7\r\ntxt:key\r\n~1\r\n+v\r\n',
  '*2\r\n%1\r\n+a\r\n+b\r\n~2\r\n+c\r\n*0\r\n',
  '%4\r\n+a\r\n=7\r\ntxt:1\n2\r\n+d\r\n%1\r\n:0\r\n:1\r\n+e\r\n*1\r\n%1\r\n:1\r\n*2\r\n:1\r\n:2\r\n+f\r\n*1\r\n*1\r\n~2\r\n:1\r\n:2\r\n',
  `%1\r\n${bulk('a "q"\n')}:1\r\n`,
];

const FORMATS: [OutputFormat, string][] = [
  ['standard', '--no-raw'],
  ['raw', '--raw'],
  ['csv', '--csv'],
  ['json', '--json'],
  ['quoted-json', '--quoted-json'],
];
const installed = spawnSync('redis-cli', ['--version']).status === 0;
const parse = (wire: string) => parseReplies(Buffer.from(wire, 'latin1'))[0] as Reply;

describe.skipIf(!installed)('as redis-cli prints it', () => {
  let server: Server;
  let answer = '';
  const run = promisify(execFile);

  beforeAll(async () => {
    server = createServer((socket) => {
      socket.on('data', (data) => {
        const hello = data.includes('HELLO');
        socket.write(Buffer.from(hello ? '%1\r\n+proto\r\n:3\r\n' : answer, 'latin1'));
      });
      socket.on('error', () => socket.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => server.close());

  const cases = [
    ...RESP2.map((wire) => ['-2', wire] as const),
    ...RESP2.concat(RESP3).map((wire) => ['-3', wire] as const),
  ];
  it.each(cases)('%s %j', async (protocol, wire) => {
    answer = wire;
    const { port } = server.address() as AddressInfo;
    for (const [format, flag] of FORMATS) {
      const { stdout } = await run('redis-cli', ['-p', String(port), protocol, flag, 'x'], { encoding: 'buffer' });
      expect(render(parse(wire), format).toString('latin1'), flag).toBe(stdout.toString('latin1'));
    }
  });

  it('uses the delimiters -d and -D', async () => {
    answer = '*3\r\n:1\r\n*2\r\n+a\r\n+b\r\n_\r\n';
    const { port } = server.address() as AddressInfo;
    const { stdout } = await run('redis-cli', ['-p', String(port), '-3', '-d', ', ', '-D', ';\n', 'x'], {
      encoding: 'buffer',
    });
    expect(render(parse(answer), 'raw', { element: ', ', reply: ';\n' })).toEqual(stdout);
  });
});

describe('beyond redis-cli', () => {
  it('prints big numbers', () => {
    const reply = parse('(123456789012345678901\r\n');
    expect(render(reply, 'standard').toString()).toBe('(big number) 123456789012345678901\n');
    for (const format of ['raw', 'csv', 'json'] as const)
      expect(render(reply, format).toString()).toBe('123456789012345678901\n');
  });

  it('prints attributes before their reply, for people only', () => {
    const reply = parse('|1\r\n+popularity\r\n,0.5\r\n*2\r\n+a\r\n+b\r\n');
    expect(render(reply, 'standard').toString()).toBe('1| popularity => (double) 0.5\n1) a\n2) b\n');
    expect(render(reply, 'json').toString()).toBe('["a","b"]\n');
  });

  it('keeps JSON valid where a key is an aggregate', () => {
    const out = render(parse('%1\r\n*2\r\n+a\r\n+"\r\n+c\r\n'), 'json').toString();
    expect(JSON.parse(out)).toEqual({ '["a","\\""]': 'c' });
  });

  it('shortens invalidations', () => {
    const push = parse(`>2\r\n${bulk('invalidate')}*2\r\n${bulk('k1')}${bulk('a b')}`) as AggregateReply;
    expect(renderPush(push).toString()).toBe("-> invalidate: 'k1', 'a b'\n");
    expect(renderPush(parse('>2\r\n+x\r\n:1\r\n') as AggregateReply).toString()).toBe('1) x\n2) (integer) 1\n');
  });
});
