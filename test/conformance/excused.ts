/**
 * Differences that are excused, each with its reason. A case is excused whole; to excuse one step, use `differs` there, or
 * CHANGED for a command line that many cases have.
 */

import { describeStep, type Case, type Step } from './case.js';
import type { Front } from './fronts/front.js';
import { atLeast } from './versions.js';
import { bulk, error, notInteger, syntaxError, type Want } from './want.js';

export interface Excuse {
  family: string;
  /** Which cases, by name. */
  names: RegExp;
  /** Which fronts; all but the oracle when left out. */
  fronts?: RegExp;
  reason: string;
}

export const EXCUSED: readonly Excuse[] = [
  {
    family: 'acl',
    names:
      /^rule "\+(get(\|x)?|config(\|get)?|select\|0|debug\|jmap|@read)" for a user who may everything$|^rule "-(get|config(\|get)?|@read)"( twice)?$|^rules (\+get -get|\+get\|x -get|\+@read -@read)(,|$)/i,
    reason: 'rules about commands are shown as they were said since 7.2, not worked out from what they amount to',
  },
  {
    family: 'geo',
    names: /#(c34cb5a7|e7c4c6cf)$/,
    fronts: /^wasm$/,
    reason: 'distances differ in the last digit: sine and cosine are those of another mathematics library in WASM',
  },
  {
    family: 'generic',
    names: /(^|; )MIGRATE 127/i,
    fronts: /^wasm$/,
    reason: 'there are no sockets; MIGRATE says so before it looks at its arguments',
  },
  {
    family: 'scripting',
    names:
      /p?call\('(blpop'|wait'|xread','block')|"local r = redis\.pcal…\((73|150)\)|"redis\.setresp\(3\) (ret…\(71\)|loc…\(269\))/,
    fronts: /^(tcp.*|embedded|wasm)$/,
    reason: 'blocking commands may be called from scripts since 7.2; they answer as if their time were over',
  },
  {
    family: 'observation',
    names: /^(SLOWLOG has what is slow alone|LATENCY tells of a slow command|LATENCY RESET forgets all events)$/,
    fronts: /^wasm$/,
    reason: 'the clock of durations is told by JavaScript once a call, and stands still within it',
  },
  {
    family: 'server',
    names: /^BGSAVE (SCHEDULE x|FOO)$/,
    fronts: /^wasm$/,
    reason: 'there are no files; BGSAVE says so before it looks at its arguments',
  },
  {
    family: 'scripting',
    names: /os\.(clock|time)|os\.c…\(106\)/,
    fronts: /^(tcp.*|embedded|wasm)$/,
    reason: 'os.clock, and with it os, is there since 7.2',
  },
  {
    family: 'generic',
    names: /^SET k v; PEXPIRE k 100000; PEXPIRE k 100000 GT; TTL k$/,
    reason: 'whether GT holds depends on a millisecond passing between the two',
  },
  {
    family: 'connection',
    names: /^CLIENT KILL TYPE pubsub$/,
    fronts: /^(embedded|wasm)$/,
    reason: 'a session within the process leaves its subscriptions when its own thread next turns to it',
  },
  { family: 'server', names: /^DEBUG SDSLEN after SET k v$/, reason: "sizes of allocations are the engine's own" },
  {
    family: 'server',
    names: /^debug help$/i,
    reason: 'lists what there is: no deliberate crash, no restart, no tuning of another allocator',
  },
  {
    family: 'server',
    names: /^INFO latencystats has percentiles$/,
    reason: 'commands that are always brief are measured in one round of eight, so a single call may have no time',
  },
  {
    family: 'server',
    names: /^SHUTDOWN /,
    fronts: /^(embedded|wasm)$/,
    reason: 'an engine within a process ends with it',
  },
  {
    family: 'connection',
    names: /^CLIENT PAUSE WRITE holds/,
    fronts: /^(embedded|wasm)$/,
    reason: 'sessions within the process are not held: they would wait on the thread that ends the pause',
  },
  {
    family: 'connection',
    names: /^CLIENT LIST TYPE normal ID 1$/,
    reason: 'filters of CLIENT LIST may be combined, as in Valkey 8.1',
  },
  { family: 'bitmap', names: /; BITCOUNT k 0$/, reason: 'the end of the range may be left out since 8.0' },
  {
    family: 'blocking',
    names: /^who waits for several keys gets the one that came first$/,
    reason: 'a command that goes on is run anew since 7.2, and looks at its keys in their order',
  },
  {
    family: 'stream',
    names:
      /XGROUP CREATE s g (2|2-0|2-1|3|5-5|18446744073709551615|18446744073709551615-18446744073709551615|\$); XREADGROUP GROUP g c STREAMS s >; XINFO GROUPS s$/,
    reason: 'XREADGROUP makes the consumer though there is nothing to read since 7.2',
  },
  {
    family: 'stream',
    names: /XREAD STREAMS s \+; XREAD COUNT 1 STREAMS s \+$/,
    reason: 'the id + of XREAD came with 7.4',
  },
  {
    family: 'hyperloglog',
    names: /^SET h "HYLL\\x01(\\x00){11}(|\\x00|\\xff\\xff\\xff|\\x7f|\\x80\\x7f\\xff)"; (PFDEBUG DECODE h|PFADD h a)/,
    reason:
      'sparse runs that do not make up all registers are refused whole; the reference notices some of them late or never',
  },
  {
    family: 'dump',
    names: /refuses ((text|integer|list|set|hash|zset|intset|plain node) cut short|a text that ends early)$/,
    reason: 'the reference reads a value that ends early on into the version and the checksum behind it',
  },
  {
    family: 'geo',
    names: /^a radius search that names one outlet twice$/,
    reason:
      'the reference writes to the last STORE, a key that neither COMMAND GETKEYS nor the rights of users know of: refused here',
  },
  { family: 'zset', names: /#63819a54$/, reason: 'what a range by bytes holds is not specified where scores differ' },
];

const MODULES = "modules are native code for another server's interface";
const WITH_REPLICAS = 'comes with replication and the cluster';

const listed = (reason: string, names: string): Array<[string, string]> =>
  names.split(' ').map((name) => [name, reason]);

/**
 * Commands that the engine does not have yet: a case that uses one is skipped with the reason, and lists of commands are
 * compared without them. A container stands for all its subcommands. `not-built.test.ts` fails when one of them is there.
 */
export const NOT_BUILT_YET: ReadonlyMap<string, string> = new Map([
  ...listed(MODULES, 'module|load module|loadex module|unload'),
  ...listed(WITH_REPLICAS, 'replicaof slaveof psync sync replconf failover cluster'),
]);

/** Why the command that `words` begin with is not there; undefined when it is. */
export function notBuilt(words: readonly string[]): string | undefined {
  const [first, second] = [words[0]?.toLowerCase() ?? '', words[1]?.toLowerCase() ?? ''];
  return NOT_BUILT_YET.get(first) ?? NOT_BUILT_YET.get(first.split('|')[0]!) ?? NOT_BUILT_YET.get(`${first}|${second}`);
}

/** The commands that a step names: its own, those it asks COMMAND about, those in raw bytes. */
function namedCommands(step: Step): string[][] {
  const words = step.args.map((argument) => (typeof argument === 'function' ? '' : String(argument)));
  const named = [words];
  if (/^command$/i.test(words[0] ?? '')) named.push(words.slice(2), ...words.slice(2).map((word) => [word]));
  if (/^dryrun$/i.test(words[1] ?? '')) named.push(words.slice(3));
  if (step.bytes !== undefined) {
    named.push(...step.bytes.split(/\r?\n/).map((line) => line.trim().split(/\s+/)));
  }
  return named;
}

/** Whether a command needs the interpreter of scripts. */
function runsScripts([first = '', second = '']: string[]): boolean {
  return (
    /^(eval|evalsha|fcall)(_ro)?$/i.test(first) || /^(script|function) (load|restore)$/i.test(`${first} ${second}`)
  );
}

function unbuiltReason(test: Case): string | undefined {
  return test.steps
    .flatMap(namedCommands)
    .map(notBuilt)
    .find((reason) => reason !== undefined);
}

/** A reply that newer versions changed. */
interface Change {
  family: string;
  /** The step as it is written. */
  line: RegExp;
  since: string;
  want: Want;
  reason: string;
}

const CHANGED: readonly Change[] = [
  {
    family: 'list',
    line: /^LPOS .* RANK -9223372036854775808/,
    since: '7.2',
    want: error('ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807'),
    reason: 'the lowest integer has no negation: refused since 7.2',
  },
  {
    family: 'sort',
    line: /^OBJECT ENCODING d$/,
    since: '7.2',
    want: bulk('listpack'),
    reason: 'small lists are listpacks since 7.2',
  },
  {
    family: 'bitmap',
    line: /^BITCOUNT a a( a){0,2}$/,
    since: '7.2',
    want: notInteger,
    reason: 'arguments are checked though the key is missing since 7.2',
  },
  {
    family: 'bitmap',
    line: /^BITCOUNT a a a a a( a)*$/,
    since: '7.2',
    want: syntaxError,
    reason: 'arguments are checked though the key is missing since 7.2',
  },
  {
    family: 'blocking',
    line: /^B\w+ k .*\b(inf|9223372036854775807|1e20)$/,
    since: '7.2',
    want: error('ERR timeout is out of range'),
    reason: 'a timeout beyond the clock is told from a negative one since 7.2',
  },
  {
    family: 'stream',
    line: /^XREAD STREAMS s t 0$/,
    since: '7.2',
    want: error("ERR Unbalanced 'xread' list of streams: for each stream key an ID or '$' must be specified."),
    reason: 'the error names the command as it is since 7.2',
  },
];

/** What `step` answers on `front` instead of what the oracle answers; undefined where nothing changed. */
export function changed(family: string, step: Step, front: Front): Want | undefined {
  const of = CHANGED.filter((change) => change.family === family && atLeast(front.version, change.since));
  if (of.length === 0) return undefined;
  const line = describeStep(step);
  return of.find((change) => change.line.test(line))?.want;
}

/** Why `test` is not run on `front`; undefined when it is. */
export function skipReason(test: Case, front: Front): string | undefined {
  if (test.since && !atLeast(front.latest, test.since)) return `came with ${test.since}, this is ${front.latest}`;
  const missing = test.needs?.find((need) => !front.offers.has(need));
  if (missing) return `this front has no ${missing}`;
  if (front.name === 'wasm' && test.steps.flatMap(namedCommands).some(runsScripts)) {
    return 'the interpreter of scripts is native code, which WASM has no place for';
  }
  const unbuilt = front.name === 'oracle' ? undefined : unbuiltReason(test);
  if (unbuilt) return unbuilt;
  return EXCUSED.find(
    (excuse) =>
      excuse.family === test.family &&
      excuse.names.test(test.name) &&
      (excuse.fronts ? excuse.fronts.test(front.name) : front.name !== 'oracle'),
  )?.reason;
}
