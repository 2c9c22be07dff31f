/**
 * Directives of cluster mode.
 */

import { directive } from '../kind.js';
import { choice, integer, memory, optionalText, text, yesNo } from '../scalars.js';
import { INT32_MAX, INT64_MAX, UINT64_MAX } from '../units.js';

const natural = integer(0n, INT32_MAX);
const port = integer(0n, 65535n);
const HOST_NAME_LENGTH_MAX = 255;

function checkHostName(name: string): string | undefined {
  if (name.length > HOST_NAME_LENGTH_MAX) return 'Hostnames must be less than 256 characters';
  if (!/^[A-Za-z0-9.-]*$/.test(name)) return 'Hostnames may only contain alphanumeric characters, hyphens or dots';
  return undefined;
}

function checkNodeName(name: string): string | undefined {
  if (name.length > HOST_NAME_LENGTH_MAX) return 'Announced human nodename must be less than 256 characters';
  // Printable ASCII without what separates fields in nodes.conf.
  if (!/^[!-~]*$/.test(name) || /[!#$%&()*+:;<>?@[\]^{|}~,="'/`\\]/.test(name)) {
    return 'Announced human node name contained invalid character';
  }
  return undefined;
}

export const cluster = [
  directive('cluster-enabled', yesNo(), false, 'Run as a node of a cluster.', { immutable: true }),
  directive('cluster-config-file', text(), 'nodes.conf', 'File in which the node keeps its state.', {
    immutable: true,
  }),
  directive('cluster-node-timeout', integer(0n, INT64_MAX), 15000n, 'Milliseconds until a node counts as failing.'),
  directive('cluster-port', port, 0n, 'Port of the bus; 0 is the port plus 10000.', { immutable: true }),
  directive('cluster-replica-validity-factor', natural, 10n, 'Node timeouts after which data is too old to win.', {
    aliases: ['cluster-slave-validity-factor'],
  }),
  directive('cluster-migration-barrier', natural, 1n, 'Replicas that a master keeps when one migrates.'),
  directive('cluster-allow-replica-migration', yesNo(), true, 'Let replicas move to orphaned masters.'),
  directive('cluster-require-full-coverage', yesNo(), true, 'Stop when slots are uncovered.'),
  directive('cluster-replica-no-failover', yesNo(), false, 'Never start a failover.', {
    aliases: ['cluster-slave-no-failover'],
  }),
  directive('cluster-allow-reads-when-down', yesNo(), false, 'Answer reads while the cluster is down.'),
  directive('cluster-allow-pubsubshard-when-down', yesNo(), true, 'The same for sharded pub/sub.'),
  directive('cluster-link-sendbuf-limit', memory(0n, UINT64_MAX), 0n, 'Unsent bytes at which a bus link is closed.'),
  directive('cluster-announce-ip', optionalText(), '', 'Address to announce.'),
  directive('cluster-announce-port', port, 0n, 'Port to announce.'),
  directive('cluster-announce-tls-port', port, 0n, 'TLS port to announce.'),
  directive('cluster-announce-bus-port', port, 0n, 'Bus port to announce.'),
  directive('cluster-announce-hostname', optionalText(checkHostName), '', 'Host name to announce.'),
  directive('cluster-announce-human-nodename', optionalText(checkNodeName), '', 'Name for logs.', {
    origin: 'redis-7.2',
  }),
  directive('cluster-announce-client-ipv4', optionalText(), '', 'IPv4 address for clients.', { origin: 'valkey' }),
  directive('cluster-announce-client-ipv6', optionalText(), '', 'IPv6 address for clients.', { origin: 'valkey' }),
  directive('cluster-announce-client-port', port, 0n, 'Port for clients.', { origin: 'valkey' }),
  directive('cluster-announce-client-tls-port', port, 0n, 'TLS port for clients.', { origin: 'valkey' }),
  directive(
    'cluster-preferred-endpoint-type',
    choice(['ip', 'hostname', 'unknown-endpoint']),
    'ip',
    'How redirections name a node.',
  ),
  directive('cluster-blacklist-ttl', natural, 60n, 'Seconds for which a forgotten node stays out.', {
    origin: 'valkey',
  }),
  directive('cluster-manual-failover-timeout', integer(1n, INT32_MAX), 5000n, 'Milliseconds for CLUSTER FAILOVER.', {
    origin: 'valkey',
  }),
  directive('cluster-slot-stats-enabled', yesNo(), false, 'Keep statistics for each slot.', { origin: 'redis-8' }),
  directive('cluster-databases', integer(1n, INT32_MAX), 1n, 'Databases in cluster mode.', {
    immutable: true,
    origin: 'valkey',
  }),
] as const;
