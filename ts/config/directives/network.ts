/**
 * Directives of listeners, clients and TLS.
 */

import { directive } from '../kind.js';
import { bindAddresses, outputBufferLimits } from '../lists.js';
import { choice, integer, memory, memoryOrPercent, octal, optionalText, yesNo } from '../scalars.js';
import { INT32_MAX, INT64_MAX, UINT32_MAX } from '../units.js';

const KiB = 1024n;
const MiB = 1024n * KiB;
const port = integer(0n, 65535n);
const natural = integer(0n, INT32_MAX);

export const network = [
  directive('bind', bindAddresses, ['*', '-::*'], 'Addresses to listen on; a leading - may fail silently.', {
    effect: 'live',
  }),
  directive('port', port, 6379n, 'TCP port; 0 listens on none.', { effect: 'live' }),
  directive('bind-source-addr', optionalText(), '', 'Address from which outgoing connections start.'),
  directive('protected-mode', yesNo(), true, 'Refuse other hosts while the default user has no password.', {
    effect: 'live',
  }),
  directive('tcp-backlog', natural, 511n, 'Length of the queue of connections not yet accepted.', {
    immutable: true,
    effect: 'live',
  }),
  directive('tcp-keepalive', natural, 300n, 'Seconds between keep-alive probes; 0 sends none.', { effect: 'live' }),
  directive('timeout', natural, 0n, 'Seconds after which an idle client is closed; 0 never.', { effect: 'live' }),
  directive('unixsocket', optionalText(), '', 'Path of a unix socket to listen on.', {
    immutable: true,
    effect: 'live',
  }),
  directive('unixsocketperm', octal(0n, 0o777n), 0n, 'Mode of the unix socket; 0 leaves it to the umask.', {
    immutable: true,
    effect: 'live',
  }),
  directive('unixsocketgroup', optionalText(), '', 'Group that owns the unix socket.', {
    immutable: true,
    origin: 'valkey',
  }),
  directive('mptcp', yesNo(), false, 'Listen with Multipath TCP.', { immutable: true, origin: 'valkey' }),
  directive('socket-mark-id', integer(0n, UINT32_MAX), 0n, 'Mark for the routing of listening sockets.', {
    immutable: true,
  }),
  directive('maxclients', integer(1n, UINT32_MAX), 10000n, 'Greatest number of clients at once.', { effect: 'live' }),
  directive(
    'max-new-connections-per-cycle',
    integer(1n, 1000n),
    10n,
    'Connections accepted before commands run again.',
    {
      origin: 'redis-8',
      effect: 'never',
    },
  ),
  directive('max-new-tls-connections-per-cycle', integer(1n, 1000n), 1n, 'The same for TLS connections.', {
    origin: 'redis-8',
    effect: 'never',
  }),
  directive('proto-max-bulk-len', memory(MiB, INT64_MAX), 512n * MiB, 'Longest bulk string a client may send.', {
    effect: 'live',
  }),
  directive('client-query-buffer-limit', memory(MiB, INT64_MAX), 1024n * MiB, 'Most bytes of one unread request.', {
    effect: 'live',
  }),
  directive(
    'client-output-buffer-limit',
    outputBufferLimits,
    {
      normal: { hardBytes: 0n, softBytes: 0n, softSeconds: 0 },
      slave: { hardBytes: 256n * MiB, softBytes: 64n * MiB, softSeconds: 60 },
      pubsub: { hardBytes: 32n * MiB, softBytes: 8n * MiB, softSeconds: 60 },
    },
    'Unread output at which clients of a class are closed.',
    { effect: 'live' },
  ),
  directive('maxmemory-clients', memoryOrPercent(), 0n, 'Memory of all clients together before some are closed.', {
    effect: 'live',
  }),
  directive('tracking-table-max-keys', integer(0n, INT64_MAX), 1000000n, 'Keys remembered for client-side caching.', {
    effect: 'live',
  }),
] as const;

const tlsFile = optionalText();
const live = { effect: 'live' } as const;
const file = { effect: 'live', volatile: true } as const;

export const tls = [
  directive('tls-port', port, 0n, 'TCP port for TLS; 0 listens on none.', live),
  directive('tls-cert-file', tlsFile, '', 'Certificate of the server.', file),
  directive('tls-key-file', tlsFile, '', 'Private key of the server.', file),
  directive('tls-key-file-pass', tlsFile, '', 'Passphrase of the key.', {
    sensitive: true,
    effect: 'live',
    volatile: true,
  }),
  directive('tls-client-cert-file', tlsFile, '', 'Certificate for outgoing connections.'),
  directive('tls-client-key-file', tlsFile, '', 'Key for outgoing connections.'),
  directive('tls-client-key-file-pass', tlsFile, '', 'Passphrase of that key.', { sensitive: true }),
  directive('tls-dh-params-file', tlsFile, '', 'Diffie-Hellman parameters for old clients.', { effect: 'never' }),
  directive('tls-ca-cert-file', tlsFile, '', 'Certificate authorities, as a bundle.', file),
  directive('tls-ca-cert-dir', tlsFile, '', 'Certificate authorities, as a directory.', file),
  directive(
    'tls-auth-clients',
    choice(['no', 'yes', 'optional']),
    'yes',
    'Whether clients present certificates.',
    live,
  ),
  directive(
    'tls-auth-clients-user',
    choice(['off', 'cn', 'uri']),
    'off',
    'Certificate field that names the ACL user.',
    {
      effect: 'live',
      origin: 'valkey',
    },
  ),
  directive('tls-auto-reload-interval', natural, 0n, 'Seconds between checks of the certificate files.', {
    effect: 'live',
    origin: 'valkey',
  }),
  directive('tls-replication', yesNo(), false, 'Use TLS towards the master.'),
  directive('tls-cluster', yesNo(), false, 'Use TLS on the cluster bus.'),
  directive('tls-protocols', optionalText(), '', 'TLS versions to allow.', live),
  directive('tls-ciphers', optionalText(), '', 'Ciphers up to TLS 1.2.', live),
  directive('tls-ciphersuites', optionalText(), '', 'Cipher suites of TLS 1.3.', live),
  directive('tls-prefer-server-ciphers', yesNo(), false, "Prefer the server's order of ciphers.", live),
  directive('tls-session-caching', yesNo(), true, 'Let clients resume sessions.', live),
  directive('tls-session-cache-size', natural, 20480n, 'Sessions remembered.', live),
  directive('tls-session-cache-timeout', natural, 300n, 'Seconds for which they are.', { effect: 'never' }),
] as const;
