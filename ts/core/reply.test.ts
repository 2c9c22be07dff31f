/**
 * Replies on the wire, in both protocols.
 */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { encodeReply, type Reply, reply } from './reply.js';
import { HEMATITE_VERSION } from './version.js';

const one = reply.integer(1);

test.each<[string, Reply, string, string]>([
  ['status', reply.simple('a\r\nb'), '+a  b\r\n', '+a  b\r\n'],
  ['error', reply.error('ERR x\ny'), '-ERR x y\r\n', '-ERR x y\r\n'],
  ['integer', reply.integer(-5n), ':-5\r\n', ':-5\r\n'],
  ['bulk', reply.bulk('é'), '$2\r\né\r\n', '$2\r\né\r\n'],
  ['null', reply.null, '$-1\r\n', '_\r\n'],
  ['null array', reply.nullArray, '*-1\r\n', '_\r\n'],
  ['array', reply.array([one, reply.array([])]), '*2\r\n:1\r\n*0\r\n', '*2\r\n:1\r\n*0\r\n'],
  ['set', reply.set([one]), '*1\r\n:1\r\n', '~1\r\n:1\r\n'],
  ['push', reply.push([one]), '*1\r\n:1\r\n', '>1\r\n:1\r\n'],
  ['map', reply.map([[one, reply.null]]), '*2\r\n:1\r\n$-1\r\n', '%1\r\n:1\r\n_\r\n'],
  ['double', reply.double(1.5), '$3\r\n1.5\r\n', ',1.5\r\n'],
  ['infinity', reply.double(-Infinity), '$4\r\n-inf\r\n', ',-inf\r\n'],
  ['negative zero', reply.double(-0), '$2\r\n-0\r\n', ',-0\r\n'],
  ['boolean', reply.boolean(false), ':0\r\n', '#f\r\n'],
  ['big number', reply.bignumber(1n << 64n), '$20\r\n18446744073709551616\r\n', '(18446744073709551616\r\n'],
  ['verbatim', reply.verbatim('hi'), '$2\r\nhi\r\n', '=6\r\ntxt:hi\r\n'],
])('%s', (_name, value, resp2, resp3) => {
  expect(encodeReply(value, 2).toString()).toBe(resp2);
  expect(encodeReply(value, 3).toString()).toBe(resp3);
});

test('the version is the package’s', () => {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  expect(HEMATITE_VERSION).toBe(manifest.version);
});
