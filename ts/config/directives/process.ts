/**
 * Directives of the process: threads, files, logging, identity, protection.
 */

import { availableParallelism } from 'node:os';
import { directive } from '../kind.js';
import { choices, oomScores, percentiles, workingDirectory } from '../lists.js';
import { choice, integer, optionalText, text, yesNo } from '../scalars.js';
import { INT32_MAX, INT64_MAX } from '../units.js';
import { encodeText } from '../words.js';

const natural = integer(0n, INT32_MAX);
const guarded = choice(['no', 'yes', 'local']);

/** One pump thread a core up to eight: beyond that a keyspace of ordinary size gains little, and each thread costs. */
function threadsByCoreCount(): bigint {
  return BigInt(Math.min(availableParallelism(), 8));
}

/** Variables that a process title may use, each in braces. */
const TITLE_VARIABLES = ['title', 'listen-addr', 'server-mode', 'port', 'tls-port', 'unixsocket', 'config-file'];

function checkTitle(template: string): string | undefined {
  const rest = template.replace(/\{([^{}]*)\}/g, (all, name: string) => (TITLE_VARIABLES.includes(name) ? '' : all));
  return template === '' || /[{}]/.test(rest) ? 'template format is invalid or contains unknown variables' : undefined;
}

const shutdown = choices(['default', 'save', 'nosave', 'now', 'force'], (given) =>
  given.has('save') && given.has('nosave')
    ? "shutdown options SAVE and NOSAVE can't be used simultaneously"
    : undefined,
);

export const serverProcess = [
  directive('io-threads', integer(1n, 128n), threadsByCoreCount(), 'Threads that serve clients; by core count.', {
    immutable: true,
    effect: 'live',
  }),
  directive('io-driver', choice(['auto', 'uring', 'mio']), 'auto', 'How sockets are driven; auto prefers io_uring.', {
    immutable: true,
    effect: 'live',
    origin: 'hematite',
  }),
  directive('io-threads-do-reads', yesNo(), false, 'Threads always read here.', { immutable: true, effect: 'never' }),
  directive('io-threads-always-active', yesNo(), false, 'Threads are always active here.', {
    hidden: true,
    effect: 'never',
    origin: 'valkey',
  }),
  directive('events-per-io-thread', natural, 2n, 'Events that wake a further thread.', {
    hidden: true,
    effect: 'never',
    origin: 'valkey',
  }),
  directive('prefetch-batch-max-size', integer(0n, 128n), 16n, 'Commands whose keys are prefetched together.', {
    effect: 'never',
    origin: 'valkey',
  }),
  directive('databases', integer(1n, INT32_MAX), 16n, 'Number of databases.', { immutable: true, effect: 'live' }),
  directive('daemonize', yesNo(), false, 'Run in the background.', { immutable: true, effect: 'live' }),
  directive('supervised', choice(['upstart', 'systemd', 'auto', 'no']), 'no', 'Tell a supervisor when ready.', {
    immutable: true,
  }),
  directive('pidfile', optionalText(), '', 'File that holds the process id.', { immutable: true, effect: 'live' }),
  directive('dir', workingDirectory, encodeText(process.cwd()), 'Working directory: data files and relative paths.', {
    protected: true,
    denyLoading: true,
    effect: 'live',
  }),
  directive('loglevel', choice(['debug', 'verbose', 'notice', 'warning', 'nothing']), 'notice', 'What is logged.', {
    effect: 'live',
  }),
  directive('logfile', text(), '', 'File to log to; empty is standard output.', { immutable: true, effect: 'live' }),
  directive('syslog-enabled', yesNo(), false, 'Log to syslog.', { immutable: true }),
  directive('syslog-ident', text(), 'redis', 'Name in syslog.', { immutable: true }),
  directive(
    'syslog-facility',
    choice(['user', 'local0', 'local1', 'local2', 'local3', 'local4', 'local5', 'local6', 'local7']),
    'local0',
    'Facility in syslog.',
    { immutable: true },
  ),
  directive('hide-user-data-from-log', yesNo(), true, 'Keep keys and values out of the log.', { origin: 'redis-8' }),
  directive('log-format', choice(['legacy', 'logfmt']), 'legacy', 'Form of log lines.', {
    immutable: true,
    origin: 'valkey',
  }),
  directive('log-timestamp-format', choice(['legacy', 'iso8601', 'milliseconds']), 'legacy', 'Form of log times.', {
    immutable: true,
    origin: 'valkey',
  }),
  directive('always-show-logo', yesNo(), false, 'Show the banner though standard output is no terminal.', {
    immutable: true,
    effect: 'live',
  }),
  directive('set-proc-title', yesNo(), true, 'Say in the process title what it serves.', {
    immutable: true,
    effect: 'live',
  }),
  directive(
    'proc-title-template',
    text(checkTitle),
    '{title} {listen-addr} {server-mode}',
    'Form of the process title.',
    { effect: 'live' },
  ),
  directive('locale-collate', text(), '', 'Locale for sorting text.', { origin: 'redis-7.2' }),
  directive('crash-log-enabled', yesNo(), true, 'Log a report when crashing.', { effect: 'never' }),
  directive('crash-memcheck-enabled', yesNo(), true, 'Test memory when crashing.', { effect: 'never' }),
  directive('use-exit-on-panic', yesNo(), false, 'Exit instead of aborting.', { hidden: true, effect: 'never' }),
  directive('ignore-warnings', text(), '', 'Start-up warnings not to give.'),
  directive('disable-thp', yesNo(), true, 'Turn off transparent huge pages.', { immutable: true, effect: 'never' }),
  directive(
    'oom-score-adj',
    choice(['no', 'yes', 'relative', 'absolute'], { relative: 'yes' }),
    'no',
    'Adjust the OOM score.',
  ),
  directive('oom-score-adj-values', oomScores, [0, 200, 800], 'By how much, for master, replica and child.'),
  directive('server-cpulist', optionalText(), '', 'Cores for the serving threads.', {
    immutable: true,
    aliases: ['server_cpulist'],
  }),
  directive('bio-cpulist', optionalText(), '', 'Cores for background work.', {
    immutable: true,
    aliases: ['bio_cpulist'],
  }),
  directive('aof-rewrite-cpulist', optionalText(), '', 'Cores for rewriting the AOF.', {
    immutable: true,
    aliases: ['aof_rewrite_cpulist'],
  }),
  directive('bgsave-cpulist', optionalText(), '', 'Cores for snapshots.', {
    immutable: true,
    aliases: ['bgsave_cpulist'],
  }),
  directive('shutdown-timeout', natural, 10n, 'Seconds to wait for replicas when shutting down.'),
  directive('shutdown-on-sigint', shutdown, [], 'How SIGINT shuts down.', { effect: 'live' }),
  directive('shutdown-on-sigterm', shutdown, [], 'How SIGTERM shuts down.', { effect: 'live' }),
  directive('watchdog-period', natural, 0n, 'Milliseconds after which a stall is logged.', {
    hidden: true,
    effect: 'never',
  }),
  directive('extended-redis-compatibility', yesNo(), false, 'Hematite always says redis where clients look.', {
    effect: 'never',
    origin: 'valkey',
  }),
  directive('availability-zone', text(), '', 'Zone that is told to clients.', { origin: 'valkey' }),
] as const;

export const security = [
  directive('requirepass', optionalText(), '', 'Password of the default user.', { sensitive: true, effect: 'live' }),
  directive('aclfile', text(), '', 'File that holds the users.', { immutable: true, effect: 'live' }),
  directive('acllog-max-len', integer(0n, INT64_MAX), 128n, 'Entries kept in ACL LOG.', { effect: 'live' }),
  directive('acl-pubsub-default', choice(['allchannels', 'resetchannels']), 'resetchannels', 'Channels of new users.', {
    effect: 'live',
  }),
  directive('enable-protected-configs', guarded, 'no', 'Who may set protected directives.', {
    immutable: true,
    effect: 'live',
  }),
  directive('enable-debug-command', guarded, 'no', 'Who may use DEBUG.', { immutable: true, effect: 'live' }),
  directive('enable-module-command', guarded, 'no', 'Who may use MODULE.', { immutable: true, effect: 'never' }),
  directive('enable-debug-assert', yesNo(), false, 'Check expensive invariants.', {
    immutable: true,
    hidden: true,
    effect: 'never',
    origin: 'redis-7.2',
  }),
] as const;

export const observation = [
  directive(
    'slowlog-log-slower-than',
    integer(-1n, INT64_MAX),
    10000n,
    'Microseconds from which a command is logged.',
    {
      aliases: ['commandlog-execution-slower-than'],
      effect: 'live',
    },
  ),
  directive('slowlog-max-len', integer(0n, INT64_MAX), 128n, 'Entries kept in the slow log.', {
    aliases: ['commandlog-slow-execution-max-len'],
    effect: 'live',
  }),
  directive(
    'commandlog-request-larger-than',
    integer(-1n, INT64_MAX),
    1048576n,
    'Bytes from which a request is logged.',
    {
      origin: 'valkey',
      effect: 'live',
    },
  ),
  directive('commandlog-large-request-max-len', integer(0n, INT64_MAX), 128n, 'Such entries kept.', {
    origin: 'valkey',
    effect: 'live',
  }),
  directive('commandlog-reply-larger-than', integer(-1n, INT64_MAX), 1048576n, 'Bytes from which a reply is logged.', {
    origin: 'valkey',
    effect: 'live',
  }),
  directive('commandlog-large-reply-max-len', integer(0n, INT64_MAX), 128n, 'Such entries kept.', {
    origin: 'valkey',
    effect: 'live',
  }),
  directive('latency-monitor-threshold', integer(0n, INT64_MAX), 0n, 'Milliseconds from which latency is sampled.', {
    effect: 'live',
  }),
  directive('latency-tracking', yesNo(), true, 'Track the latency of each command.', { effect: 'live' }),
  directive('latency-tracking-info-percentiles', percentiles, [50, 99, 99.9], 'Percentiles in INFO latencystats.', {
    effect: 'live',
  }),
] as const;
