/**
 * The bytes front tested without an engine: a session that answers PING and closes on QUIT.
 * What it proves: replies split over feeds, output that arises later, and hanging up all reach the reader.
 */

import { expect, it } from 'vitest';
import { bytesFront, feedFront } from './fronts/bytes.js';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const base = { version: '7.2.4', latest: '99' };

it('cuts a stream of bytes in replies', async () => {
  const connection = await feedFront({
    name: 'split',
    ...base,
    openFeed: () => (bytes) => Buffer.from(text(bytes) === 'a' ? '+PO' : 'NG\r\n:1\r\n$2\r\nab\r\n'),
  }).open();
  connection.write(Buffer.from('a'));
  connection.write(Buffer.from('b'));
  expect((await connection.read(3)).map(text)).toEqual(['+PONG\r\n', ':1\r\n', '$2\r\nab\r\n']);
  await expect(connection.read(1, 20)).rejects.toThrow('no reply within 20 ms');
  connection.close();
});

it('reads what a session says later, and sees it hang up', async () => {
  let asked = 0;
  let closed = false;
  const front = bytesFront({
    name: 'late',
    ...base,
    openSession: () => ({
      feed: (bytes) => {
        closed = text(bytes).startsWith('QUIT');
        return Buffer.from(closed ? '+OK\r\n' : '');
      },
      poll: () => {
        asked += 1;
        return Buffer.from(asked === 3 ? '*1\r\n$1\r\nx\r\n' : '');
      },
      closed: () => closed,
    }),
  });
  const connection = await front.open();
  expect(text((await connection.read(1))[0]!)).toBe('*1\r\n$1\r\nx\r\n');
  connection.write(Buffer.from('QUIT\r\n'));
  expect(await connection.drain(50)).toEqual({ bytes: Buffer.from('+OK\r\n'), closed: true });
  connection.close();
});
