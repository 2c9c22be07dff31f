/**
 * The wire itself: well-formed, odd and hostile bytes, inline commands, and when the server hangs up.
 * A transcript is everything that came back and whether the peer closed.
 */

import { Family, by, raw } from '../case.js';

export const protocol = new Family('protocol', { protocols: [2] });

/** HELLO tells the version and the connection's id, which differ from server to server. */
const IDENTITY = { mask: /\$\d+\r\n\d+\.\d+\.\d+\r\n|\$2\r\nid\r\n:\d+\r\n/g };

const bytes = (text: string, trickle = false): void => {
  const step = raw(text, { trickle });
  protocol.add(text.startsWith('HELLO') ? by(IDENTITY, step) : step);
};

/* Well-formed, whole and a byte at a time. */
const GOOD = ['*1\r\n$4\r\nPING\r\n', '*2\r\n$4\r\nECHO\r\n$0\r\n\r\n', '*2\r\n$4\r\nECHO\r\n$5\r\na\r\nbc\r\n', '*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$3\r\n\x00\xff\n\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\n',
  '*1\r\n$4\r\nPING\r\n*1\r\n$4\r\nPING\r\n*1\r\n$4\r\nPING\r\n', 'PING\r\n', 'PING\n', 'ECHO hello\r\n', 'SET k "a b"\r\nGET k\r\n', '*1\r\n$4\r\nPING\r\nPING\r\n*1\r\n$4\r\nPING\r\n',
  '*2\r\n$4\r\nECHO\r\n$3\r\n*1\r\r\n', '*2\r\n$4\r\nECHO\r\n$11\r\n*1\r\n$4\r\nPIN\r\n', '\r\nPING\r\n', '\n\n\nPING\n', '*0\r\nPING\r\n', '*-1\r\nPING\r\n', '*0\r\n*0\r\n*0\r\n*1\r\n$4\r\nPING\r\n', '   PING   \r\n', '\tPING\r\n'];
for (const text of GOOD) {
  bytes(text);
  bytes(text, true);
}

/* Counts and lengths no one should believe, with and without a command behind them. */
const NUMBERS = ['', '0', '-1', '-2', '-0', '+1', '+3', '01', '003', ' 1', '1 ', '1.0', '1e3', 'a', '1a', 'a1', '0x1', '--1', '1024', '1048575', '1048576', '1048577', '2147483647', '2147483648', '-2147483648', '-2147483649', '4294967295', '4294967296', '9223372036854775807',
  '9223372036854775808', '-9223372036854775808', '18446744073709551615', '18446744073709551616', '99999999999999999999999999', '536870912', '536870913', '1000000000', '\x00', '1\x00', '*', '$', '\t1', '１'];
for (const number of NUMBERS) {
  const text = Buffer.from(number, 'latin1').toString('latin1');
  bytes(`*${text}\r\n`);
  bytes(`*${text}\r\nPING\r\n`);
  bytes(`*1\r\n$${text}\r\n`);
  bytes(`*1\r\n$${text}\r\nPING\r\n`);
  bytes(`*2\r\n$4\r\nECHO\r\n$${text}\r\nabc\r\n`);
  bytes(`PING\r\n*${text}\r\n*1\r\n$4\r\nPING\r\n`);
  bytes(`*2\r\n$3\r\nGET\r\n$${text}\r\n`, true);
}

/* Where a bulk should be, something else. */
for (const type of ['+', '-', ':', '*', '%', '~', '_', ',', '#', '(', '!', '=', '>', '|', ' ', '\x00', '\r', '\n', 'x', '\xff', '"']) {
  bytes(`*1\r\n${type}4\r\nPING\r\n`);
  bytes(`*2\r\n$4\r\nECHO\r\n${type}3\r\nabc\r\n`);
  bytes(`${type}4\r\nPING\r\n`);
  bytes(`*1\r\n${type}`);
}

/* Half frames: silence, the connection stays. */
const WHOLE = '*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5\r\nhello\r\n';
for (let length = 1; length < WHOLE.length; length += 1) {
  bytes(WHOLE.slice(0, length));
  protocol.titled(`a frame in two parts, cut after ${length} bytes`, raw(WHOLE.slice(0, length)), raw(`${WHOLE.slice(length)}*2\r\n$3\r\nGET\r\n$1\r\nk\r\n`));
  protocol.titled(`a frame in two parts behind a PING, cut after ${length} bytes`, raw(`PING\r\n${WHOLE.slice(0, length)}`), raw(`${WHOLE.slice(length)}PING\r\n`));
}

/* Bulk bodies whose end is not where it was said to be. */
for (const text of ['*1\r\n$4\r\nPINGXX', '*1\r\n$4\r\nPINGXX*1\r\n$4\r\nPING\r\n', '*1\r\n$3\r\nPING\r\n', '*1\r\n$5\r\nPING\r\n', '*1\r\n$5\r\nPING\r\n*1\r\n$4\r\nPING\r\n', '*2\r\n$4\r\nECHO\r\n$3\r\nabcdef\r\n', '*1\n$4\nPING\n', '*1\r$4\rPING\r', '*1\r\n$4\r\nPING\n\n',
  '*1\r\n$4\nPING\r\n', '*1\n$4\r\nPING\r\n', '*1 \r\n$4\r\nPING\r\n', '*1\r\n$4 \r\nPING\r\n', '*1\r\n\r\n$4\r\nPING\r\n', '*1\r\n$4\r\n\r\nPI\r\n', '*1\r\n*1\r\n$4\r\nPING\r\n', '*2\r\n*1\r\n$4\r\nPING\r\n$4\r\nPING\r\n', '*3\r\n$3\r\nSET\r\n*1\r\n$1\r\nk\r\n$1\r\nv\r\n', '*1\r\n$-1\r\n', '*2\r\n$3\r\nGET\r\n$-1\r\n', '**1\r\n', '*$1\r\n', '$1\r\n', '$4\r\nPING\r\n']) {
  bytes(text);
  bytes(`${text}PING\r\n`);
}

/* Inline commands. */
for (const line of ['PING', 'ping', 'ECHO "a b"', "ECHO 'a b'", 'ECHO "a\\x41\\n\\r\\t\\a\\b\\\\\\""', "ECHO 'it\\'s'", "ECHO 'a\\x41'", 'ECHO "a', "ECHO 'a", 'ECHO "a"b', "ECHO 'a'b", 'ECHO a"b"', 'ECHO a"b', 'ECHO ""', "ECHO ''", 'ECHO "" ""', '""', "''", '"PING"', "'PING'", 'ECHO a\tb', 'ECHO \x00', 'ECHO a\x00b', '\x00', 'ECHO \xff\xfe', 'FOO', 'FOO bar', 'GET', 'SET k', 'ECHO "\\xzz"', 'ECHO "\\x4"',
  'ECHO \\x41', 'ECHO a\\', 'ECHO "a\\', '   ', '', '\t', 'ECHO   a', 'MULTI', 'EXEC', 'PING PING', 'HELLO 3', 'HELLO 2', 'ECHO a\rb', 'ECHO *1', '{"a":1}', '<xml/>', '#comment', '//', 'EVAL "return 1" 0', 'ECHO "a\nb"', 'ECHO \x0b', 'ECHO a\x0bb', 'ECHO\x0ca']) {
  bytes(`${line}\r\n`);
  bytes(`${line}\nPING\r\n`);
  bytes(`${line}\r\nPING\r\n`, line.length < 12);
}
for (const size of [100, 16_000, 60_000, 65_000]) {
  protocol.titled(`an inline ECHO of ${size} bytes`, raw(`ECHO ${'x'.repeat(size)}\r\n`));
  protocol.titled(`an inline line of ${size} bytes that does not end`, raw('x'.repeat(size)));
}
for (const size of [65_537, 70_000, 200_000]) {
  protocol.titled(`an inline line of ${size} bytes that does not end`, raw('x'.repeat(size)));
  protocol.titled(`a count of ${size} digits`, raw(`*${'1'.repeat(size)}`));
  protocol.titled(`a length of ${size} digits`, raw(`*1\r\n$${'1'.repeat(size)}`));
}

/* Other protocols that lose their way. */
for (const text of ['POST / HTTP/1.1\r\n', 'POST / HTTP/1.1\r\nHost: localhost\r\n\r\n', 'Host: localhost\r\n', 'host: localhost\r\n', 'HOST: x\r\n', 'post\r\n', 'PoSt /x\r\n', 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n', 'GET / HTTP/1.1\r\n', '*1\r\n$4\r\nPOST\r\n', '*1\r\n$5\r\nHost:\r\n', 'HEAD / HTTP/1.0\r\n\r\n', 'OPTIONS * HTTP/1.1\r\n',
  'PING\r\nPOST /\r\nPING\r\n', 'PING\r\nHost: a\r\nPING\r\n', 'MULTI\r\nPOST /\r\n', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n', 'SSH-2.0-OpenSSH_9.6\r\n', 'EHLO example\r\n', '\x00\x00\x00\x08\x04\xd2\x16\x2f\n', 'get k\r\nPOST\r\n', 'PUT / HTTP/1.1\r\nHost:x\r\nPING\r\n', 'Hosts: a\r\n', 'POSTS\r\n']) bytes(text);

/* Many commands at once, errors among them do not stop the rest. */
protocol.titled('a pipeline of 1,000 PINGs', raw('*1\r\n$4\r\nPING\r\n'.repeat(1000)));
protocol.titled('a pipeline of 5,000 inline PINGs', raw('PING\r\n'.repeat(5000)));
protocol.titled('errors inside a pipeline', raw('PING\r\nFOO\r\nGET\r\nSET k v\r\nINCR k\r\nPING\r\n'));
protocol.titled('a protocol error inside a pipeline drops the rest', raw('PING\r\n*1\r\n$abc\r\nPING\r\n'));
protocol.titled('commands before a protocol error took hold', raw('SET k v\r\n*1\r\n$abc\r\nSET k w\r\n'), 'GET k');
protocol.titled('many arguments', raw(`*1001\r\n$3\r\nDEL\r\n${'$1\r\na\r\n'.repeat(1000)}`));
protocol.titled('ten thousand arguments', raw(`*10001\r\n$6\r\nEXISTS\r\n${'$1\r\na\r\n'.repeat(10000)}`));
protocol.titled('a value of one megabyte', raw(`*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1048576\r\n${'v'.repeat(1_048_576)}\r\n`), 'STRLEN k');
protocol.titled('a megabyte claimed, little sent', raw('*2\r\n$4\r\nECHO\r\n$1048576\r\nabc'));
protocol.titled('a gigabyte claimed', raw('*2\r\n$4\r\nECHO\r\n$1073741824\r\nabc'));
protocol.titled('512 MB claimed is allowed, and waited for', raw('*2\r\n$4\r\nECHO\r\n$536870912\r\nabc'));
protocol.titled('a million arguments claimed', raw('*1048576\r\n$3\r\nDEL\r\n$1\r\na\r\n'));
for (const limit of ['1048576', '2097152']) {
  protocol.with({ name: `proto-max-bulk-len ${limit}: one byte more`, config: { 'proto-max-bulk-len': limit } }, raw(`*2\r\n$4\r\nECHO\r\n$${Number(limit) + 1}\r\n`));
  protocol.with({ name: `proto-max-bulk-len ${limit}: just that`, config: { 'proto-max-bulk-len': limit } }, raw(`*2\r\n$4\r\nECHO\r\n$${limit}\r\n`));
}
protocol.with({ name: 'client-query-buffer-limit closes', config: { 'client-query-buffer-limit': '1048576' } }, raw(`*2\r\n$4\r\nECHO\r\n$1500000\r\n${'x'.repeat(1_400_000)}`));

/* The name of an unknown command is cut and cleaned in the error. */
for (const size of [127, 128, 129, 500]) protocol.titled(`an unknown command of ${size} bytes`, raw(`*2\r\n$${size}\r\n${'C'.repeat(size)}\r\n$${size}\r\n${'a'.repeat(size)}\r\n`));
bytes('*2\r\n$5\r\nFO\r\nO\r\n$4\r\na\r\nb\r\n');
bytes('*1\r\n$0\r\n\r\n');
bytes('*2\r\n$0\r\n\r\n$0\r\n\r\n');
bytes('*1\r\n$4\r\n\x00\x01\x02\x03\r\n');
