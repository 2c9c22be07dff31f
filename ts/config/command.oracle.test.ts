/**
 * CONFIG beside a real redis-server: defaults, accepted and refused values with their texts, REWRITE.
 */

import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeReply } from '../core/reply.js';
import { handleConfigCommand } from './command.js';
import { Config } from './config.js';
import { fromBytes, toBytes } from './words.js';
import { decodeReply, hasOracle, Oracle, type Shown } from '../../test/oracle/redis-server.js';

const REMOTE = { local: true, loading: false };

function ask(config: Config, ...words: string[]): Shown {
  return decodeReply(encodeReply(handleConfigCommand(config, words.map(toBytes), REMOTE), 2));
}

function pairs(reply: Shown): Map<string, string> {
  const flat = reply as string[];
  return new Map(flat.flatMap((name, at) => (at % 2 === 0 ? [[name, flat[at + 1] as string] as const] : [])));
}

/** Values that depend on how and where a server was started, or on which Hematite departs from Redis. */
const APART = new Set(['port', 'dir', 'io-threads', 'save', 'appendonly', 'loglevel']);

describe.runIf(hasOracle())('beside redis-server', () => {
  let oracle: Oracle;
  beforeAll(async () => {
    oracle = await Oracle.start(['--save', '', '--appendonly', 'no']);
  });
  afterAll(() => oracle.stop());

  test('every directive of the oracle is known, under the same default', async () => {
    const theirs = pairs(await oracle.call('CONFIG', 'GET', '*'));
    const ours = pairs(ask(new Config(), 'CONFIG', 'GET', '*'));
    expect([...theirs.keys()].filter((name) => !ours.has(name))).toEqual([]);
    const different = [...theirs].filter(([name, value]) => !APART.has(name) && ours.get(name) !== value);
    expect(different).toEqual([]);
    expect(theirs.size).toBeGreaterThan(180);
  });

  const VALUES = ['', '0', '1', '-1', '5', '05', '+5', ' 5', '5 ', '1kb', '1MB', '5%', '101%', '-1%', '%', 'yes', 'NO'];
  const MORE = ['x', '99999999999999999999', '9223372036854775807', '9223372036854775808', '4294967296', '1.5gb', 'mb'];

  test('plain values of every modifiable directive get the same answer and leave the same value', async () => {
    const config = new Config();
    const names = [...pairs(await oracle.call('CONFIG', 'GET', '*')).keys()].filter((name) => !SIDE_EFFECTS.test(name));
    const differences: unknown[] = [];
    let asked = 0;
    for (const name of names) {
      for (const value of [...VALUES, ...MORE]) {
        const set = ['CONFIG', 'SET', name, value];
        const theirs = [await oracle.call(...set), await oracle.call('CONFIG', 'GET', name)];
        const ours = [ask(config, ...set), ask(config, 'CONFIG', 'GET', name)];
        if (JSON.stringify(ours) !== JSON.stringify(theirs)) differences.push({ set, ours, theirs });
        asked += 1;
      }
    }
    expect(differences).toEqual([]);
    expect(asked).toBeGreaterThan(3000);
  });

  test.each(COMMANDS().map((words) => ({ words, shown: JSON.stringify(words) })))('$shown', async ({ words }) => {
    const config = new Config();
    // A directory of the oracle's own would show in errors about files only.
    const ours = ask(config, ...words);
    expect(ours).toEqual(await oracle.call(...words));
    const name = words[2];
    if (words[1] !== 'SET' || name === undefined || ours !== 'OK') return;
    expect(ask(config, 'CONFIG', 'GET', name)).toEqual(await oracle.call('CONFIG', 'GET', name));
  });
});

/**
 * Left out of the sweep: what listens, forks, replicates, names files or limits the host, so that the answer is the
 * host's and not the parser's; and loglevel, to which 7.2 added a level.
 */
const SIDE_EFFECTS =
  /^(port|bind|tls-.*|maxclients|appendonly|jemalloc-bg-thread|oom-score-adj.*|dir|loglevel|activedefrag|io-threads|save)$/;

function COMMANDS(): string[][] {
  const set = (name: string, value: string) => ['CONFIG', 'SET', name, value];
  return [
    ['CONFIG'],
    ['CONFIG', 'GET'],
    ['CONFIG', 'SET'],
    ['CONFIG', 'SET', 'a'],
    ['CONFIG', 'SET', 'a', 'b'],
    ['CONFIG', 'SET', 'a', 'b', 'c'],
    ['CONFIG', 'HELP'],
    ['CONFIG', 'HELP', 'x'],
    ['CONFIG', 'NoSuch'],
    ['CONFIG', 'x\r\ny'],
    ['CONFIG', 'constructor'],
    ['CONFIG', 'REWRITE'],
    ['CONFIG', 'REWRITE', 'x'],
    ['CONFIG', 'RESETSTAT'],
    ['CONFIG', 'GET', 'nosuch*'],
    ['CONFIG', 'GET', 'databases', 'DATABASES'],
    ['CONFIG', 'GET', 'DataBases', 'database*'],
    ['CONFIG', 'GET', 'rdb-key*'],
    ['CONFIG', 'GET', 'rdb-key-save-delay'],
    ['CONFIG', 'GET', 'user'],
    ['CONFIG', 'SET', 'maxmemory', '1mb', 'maxmemory', '2mb'],
    ['CONFIG', 'SET', 'maxmemory', '1mb', 'MAXMEMORY', '2mb'],
    ['CONFIG', 'SET', 'slave-priority', '5', 'replica-priority', '6'],
    ['CONFIG', 'SET', 'slave-priority', 'x'],
    ['CONFIG', 'SET', 'SLAVE-priority', 'x'],
    ['CONFIG', 'SET', 'timeout', '7', 'hz', 'x'],
    ['CONFIG', 'SET', 'timeout', '7', 'nosuch', 'x'],
    ['CONFIG', 'SET', 'DATABASES', '7', 'timeout', '1'],
    ['CONFIG', 'SET', 'databases', '7', 'nosuch', '1'],
    ['CONFIG', 'SET', 'user', 'x'],
    ['CONFIG', 'SET', 'include', 'x'],
    set('dir', '/'),
    set('dbfilename', 'a/b'),
    set('save', ''),
    set('save', '900 1 300 10'),
    set('save', '900'),
    set('save', '900  1'),
    set('save', '0 1'),
    set('save', '+9 1'),
    set('client-output-buffer-limit', ''),
    set('client-output-buffer-limit', 'normal 1 2'),
    set('client-output-buffer-limit', 'foo 1 2 3'),
    set('client-output-buffer-limit', 'master 1 2 3'),
    set('client-output-buffer-limit', 'normal 1mb 2kb -3'),
    set('client-output-buffer-limit', 'normal 1x 2kb 3'),
    set('notify-keyspace-events', 'q'),
    set('notify-keyspace-events', 'KEA'),
    set('notify-keyspace-events', 'nmEd$'),
    set('notify-keyspace-events', 'g$lshzxetd'),
    set('notify-keyspace-events', 'An'),
    set('latency-tracking-info-percentiles', '50 99.99 100.0'),
    set('latency-tracking-info-percentiles', '50 101'),
    set('latency-tracking-info-percentiles', 'a b'),
    set('latency-tracking-info-percentiles', '50  99'),
    set('latency-tracking-info-percentiles', ''),
    set('shutdown-on-sigint', 'force nosave now'),
    set('shutdown-on-sigint', 'default force'),
    set('shutdown-on-sigint', 'nosave save'),
    set('shutdown-on-sigint', 'foo'),
    set('shutdown-on-sigterm', ''),
    set('oom-score-adj-values', '1 2'),
    set('oom-score-adj-values', '1 2 9999'),
    set('oom-score-adj', 'x'),
    set('proc-title-template', '{foo}'),
    set('proc-title-template', '{title} {listen-addr'),
    set('proc-title-template', '{title} {port}'),
    set('cluster-announce-hostname', 'a_b'),
    set('cluster-announce-hostname', 'h'.repeat(256)),
    set('maxmemory-policy', 'x'),
    set('maxmemory-policy', 'ALLKEYS-LRU'),
    set('masterauth', 'a\xff\0b'),
    set('bind', 'a b c d e f g h i j k l m n o p q'),
    set('maxclients', '0'),
    set('port', '70000'),
    set('port', 'abc'),
    set('replicaof', 'a 1'),
  ];
}

const FILE = `# head comment

port 7203
bind 127.0.0.1


slave-priority 50
MAXMEMORY 100mb
save 900 1
save 300 10
save 60 5
# middle
include inc*.conf
client-output-buffer-limit normal 1 1 1
list-max-ziplist-entries 5
rename-command FLUSHALL xx
logfile ""
appendonly no
timeout 5
timeout 6
  hz 20   
masterauth "a b\\n\\xff"
`;

/** Lines in the order of the file up to the signature, the appended ones sorted: Redis appends in hash order. */
function comparable(text: string, port: string): { kept: string[]; appended: string[] } {
  const lines = text.replace(port, 'PORT').split('\n');
  const at = lines.indexOf('# Generated by CONFIG REWRITE');
  return { kept: lines.slice(0, at + 1), appended: lines.slice(at + 1).sort() };
}

describe.runIf(hasOracle())('CONFIG REWRITE beside redis-server', () => {
  test('comments, order, aliases, repeated and unknown lines', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'hematite-rewrite-'));
    const [theirs, ours] = [join(directory, 'theirs.conf'), join(directory, 'ours.conf')];
    writeFileSync(theirs, toBytes(FILE));
    writeFileSync(join(directory, 'inc1.conf'), 'tcp-keepalive 100\n');
    writeFileSync(theirs, FILE.replace('inc*', `${directory}/inc*`), 'latin1');
    copyFileSync(theirs, ours);
    const oracle = await Oracle.start([], theirs);
    const start = ['--port', String(oracle.port), '--dir', oracle.directory];
    const { parseCommandLine } = await import('./command-line.js');
    const line = parseCommandLine([ours, ...start]);
    if (line.mode !== 'serve') throw new Error('not a server command line');
    const describeUsers = () => ['default on nopass ~* &* +@all'];
    const config = Config.fromCommandLine(line, undefined, { describeUsers });
    const set = ['maxmemory', '3gb', 'save', '10 1', 'notify-keyspace-events', 'KEA', 'maxmemory-clients', '5%'];
    const limits = ['client-output-buffer-limit', 'slave 5mb 5 5', 'masteruser', 'x"y', 'list-compress-depth', '2'];
    for (const words of [['SET', ...set, ...limits], ['REWRITE'], ['REWRITE']]) {
      expect(await oracle.call('CONFIG', ...words)).toBe('OK');
      expect(ask(config, 'CONFIG', ...words)).toBe('OK');
    }
    const [their, our] = [theirs, ours].map((path) => fromBytes(readFileSync(path))) as [string, string];
    await oracle.stop();
    rmSync(directory, { recursive: true });
    const port = String(oracle.port);
    // The number of threads is by core count here, one in Redis; neither writes its own default.
    expect(comparable(our, port)).toEqual(comparable(their, port));
  });
});
