/**
 * Rights from the command table: for each row and each of its key specs, a user who may and one who may not.
 *
 * The rows come from COMMAND INFO of the server under test, so none is left out; arguments are made from the key specs
 * alone, since rights are checked before a handler sees them. Every argument is a name that the user may access, and one,
 * where the key spec puts a key, is not.
 */

import type { Connection, Front } from './fronts/front.js';
import { decodeAll, encodeCommand, toValue } from './resp.js';

/** Where keys begin, how many there are, and what happens to them; undefined where only the command itself knows. */
interface KeySpec {
  readonly flags: ReadonlySet<string>;
  readonly index?: number;
  readonly keyword?: { readonly word: string; readonly from: number };
  readonly range?: { readonly last: number; readonly step: number; readonly limit: number };
  readonly count?: { readonly at: number; readonly first: number };
}

export interface Row {
  /** `container|name` for a subcommand. */
  readonly name: string;
  readonly arity: number;
  readonly flags: ReadonlySet<string>;
  readonly keys: readonly KeySpec[];
}

const ALLOWED = 'allowed';
const OTHER = 'other';
const USER = 'rights-user';

/** A session that asks and answers. */
class Client {
  constructor(private readonly connection: Connection) {}

  async call(...words: string[]): Promise<any> {
    this.connection.write(encodeCommand(words.map((word) => Buffer.from(word, 'latin1'))));
    return toValue(decodeAll((await this.connection.read(1, 10_000))[0]!.toString('latin1'))[0]!);
  }

  /** The error that a command earns; undefined for any other reply. */
  async error(...words: string[]): Promise<string | undefined> {
    this.connection.write(encodeCommand(words.map((word) => Buffer.from(word, 'latin1'))));
    const raw = (await this.connection.read(1, 10_000))[0]!.toString('latin1');
    return raw.startsWith('-') ? raw.slice(1).trimEnd() : undefined;
  }

  close(): void {
    this.connection.close();
  }
}

function keySpecOf(raw: any): KeySpec {
  const { begin_search: begin, find_keys: find } = raw;
  const spec = begin.spec ?? {};
  const keys = find.spec ?? {};
  return {
    flags: new Set((raw.flags as string[]).map((flag) => flag.toLowerCase())),
    ...(begin.type === 'index' ? { index: Number(spec.index) } : {}),
    ...(begin.type === 'keyword' ? { keyword: { word: spec.keyword, from: Number(spec.startfrom) } } : {}),
    ...(find.type === 'range'
      ? { range: { last: Number(keys.lastkey), step: Number(keys.keystep), limit: Number(keys.limit) } }
      : {}),
    ...(find.type === 'keynum' ? { count: { at: Number(keys.keynumidx), first: Number(keys.firstkey) } } : {}),
  };
}

/** All rows but those that only hold others. */
function rowsOf(reply: any[]): Row[] {
  return reply.flatMap((row: any[]): Row[] => {
    const subcommands = row[9] as any[][];
    if (subcommands.length > 0) return rowsOf(subcommands);
    return [{ name: row[0], arity: Number(row[1]), flags: new Set(row[2]), keys: row[8].map(keySpecOf) }];
  });
}

/** The fewest words that the row takes, every argument one that may be accessed. */
function plain(row: Row): string[] {
  const words = row.name.split('|');
  while (words.length < Math.abs(row.arity)) words.push(ALLOWED);
  return words;
}

function fill(words: string[], length: number): void {
  while (words.length < length) words.push(ALLOWED);
}

/** Words in which one key of this spec is `name`; undefined where the spec does not say how to find it. */
function withKey(row: Row, wanted: KeySpec, name: string): string[] | undefined {
  const words = plain(row);
  // The other specs have one key each.
  for (const spec of row.keys.filter((each) => each.index !== undefined)) {
    const { index = 0, count } = spec;
    fill(words, index + Math.max(count?.at ?? 0, count?.first ?? 0) + 1);
    if (count) words[index + count.at] = '1';
  }
  let first: number;
  if (wanted.keyword) {
    if (row.arity >= 0) return undefined;
    fill(words, Math.abs(wanted.keyword.from));
    words.push(wanted.keyword.word);
    // Several keys are told from one by the empty string in its place.
    if (row.name === 'migrate') words[3] = '';
    first = words.length;
    fill(words, first + (wanted.range?.limit === 2 ? 2 : 1));
  } else if (wanted.index !== undefined) {
    first = wanted.index;
    fill(words, first + 1);
  } else {
    return undefined;
  }
  if (wanted.count) first += wanted.count.first;
  else if (!wanted.range) return undefined;
  fill(words, first + 1);
  words[first] = name;
  return words;
}

/** What a user needs to access a key of this spec; undefined where it depends on arguments. */
function needs(row: Row, spec: KeySpec): { read: boolean; write: boolean } | undefined {
  const has = (...flags: string[]) => flags.some((flag) => spec.flags.has(flag));
  if (!has('variable_flags')) return { read: has('access'), write: has('insert', 'delete', 'update') };
  if (row.name === 'set') return { read: false, write: true };
  if (row.name === 'bitfield') return { read: true, write: false };
  return undefined;
}

export interface Outcome {
  /** Rows and key specs that were tried. */
  rows: number;
  keySpecs: number;
  checks: number;
  /** What was not as it should be. */
  complaints: string[];
}

/** Tries every row of the front. */
export async function tryRights(front: Front): Promise<Outcome> {
  const [admin, user] = [new Client(await front.open()), new Client(await front.open())];
  await admin.call('HELLO', '3');
  const rows = rowsOf(await admin.call('COMMAND'));
  const outcome: Outcome = { rows: rows.length, keySpecs: 0, checks: 0, complaints: [] };
  const expect = (what: string, got: unknown, wanted: unknown) => {
    outcome.checks += 1;
    if (got !== wanted) outcome.complaints.push(`${what}: ${String(got)} instead of ${String(wanted)}`);
  };
  const rules = async (...given: string[]) => {
    const failure = await admin.error('ACL', 'SETUSER', USER, 'reset', 'on', 'nopass', ...given);
    if (failure !== undefined) throw new Error(failure);
  };
  const dryRun = (words: string[]) => admin.call('ACL', 'DRYRUN', USER, ...words);
  await rules('+@all');
  await user.call('AUTH', USER, 'x');
  for (const row of rows) {
    await tryCommand(row, rules, dryRun, user, expect);
    for (const spec of row.keys.filter((each) => !each.flags.has('not_key'))) {
      outcome.keySpecs += 1;
      await tryKeySpec(row, spec, rules, dryRun, user, expect);
    }
  }
  await tryChannels(rows, rules, dryRun, user, expect);
  await admin.call('ACL', 'DELUSER', USER);
  admin.close();
  user.close();
  return outcome;
}

type Rules = (...given: string[]) => Promise<void>;
type DryRun = (words: string[]) => Promise<unknown>;
type Expect = (what: string, got: unknown, wanted: unknown) => void;

async function tryCommand(row: Row, rules: Rules, dryRun: DryRun, user: Client, expect: Expect): Promise<void> {
  const words = plain(row);
  await rules('allkeys', 'allchannels', `+${row.name}`);
  expect(`${row.name} alone is allowed`, await dryRun(words), 'OK');
  await rules('allkeys', 'allchannels', '+@all', `-${row.name}`);
  // Whoever is not authenticated may say these, so nobody can be kept from it.
  if (row.flags.has('no_auth')) return expect(`${row.name} can't be forbidden`, await dryRun(words), 'OK');
  const reason = `this user has no permissions to run the '${row.name}' command`;
  expect(`${row.name} alone is forbidden`, await dryRun(words), reason.replace('this', 'This'));
  const error = await user.error(...words);
  // What the configuration forbids is refused for that reason first; EXEC says that the transaction is gone.
  if (/ command not allowed\. If the enable-/.test(error ?? '')) return;
  expect(row.name, error?.replace(/^EXECABORT .* because of: /, ''), `NOPERM ${reason}`);
}

async function tryKeySpec(
  row: Row,
  spec: KeySpec,
  rules: Rules,
  dryRun: DryRun,
  user: Client,
  expect: Expect,
): Promise<void> {
  const [right, wrong] = [withKey(row, spec, ALLOWED), withKey(row, spec, OTHER)];
  if (!right || !wrong) return;
  const line = wrong.join(' ');
  await rules('+@all', 'allchannels', `~${ALLOWED}`);
  expect(`${right.join(' ')} with ~${ALLOWED}`, await dryRun(right), 'OK');
  const refusal = `This user has no permissions to access the '${OTHER}' key`;
  expect(`${line} with ~${ALLOWED}`, await dryRun(wrong), refusal);
  expect(
    line,
    await user.error(...wrong),
    'NOPERM this user has no permissions to access one of the keys used as arguments',
  );
  const needed = needs(row, spec);
  if (!needed) return;
  await rules('+@all', 'allchannels', `~${ALLOWED}`, `%R~${OTHER}`);
  expect(`${line} with %R~${OTHER}`, await dryRun(wrong), needed.write ? refusal : 'OK');
  await rules('+@all', 'allchannels', `~${ALLOWED}`, `%W~${OTHER}`);
  expect(`${line} with %W~${OTHER}`, await dryRun(wrong), needed.read ? refusal : 'OK');
}

async function tryChannels(
  rows: readonly Row[],
  rules: Rules,
  dryRun: DryRun,
  user: Client,
  expect: Expect,
): Promise<void> {
  await rules('+@all', 'allkeys', 'resetchannels', `&${ALLOWED}`);
  const of = (...names: string[]) => rows.filter((row) => names.includes(row.name));
  for (const row of of('publish', 'spublish', 'subscribe', 'ssubscribe', 'psubscribe')) {
    const right = plain(row);
    const wrong = right.with(1, OTHER);
    expect(right.join(' '), await dryRun(right), 'OK');
    expect(wrong.join(' '), await dryRun(wrong), `This user has no permissions to access the '${OTHER}' channel`);
    expect(
      wrong.join(' '),
      await user.error(...wrong),
      'NOPERM this user has no permissions to access one of the channels used as arguments',
    );
  }
  for (const row of of('unsubscribe', 'sunsubscribe', 'punsubscribe', 'pubsub|numsub')) {
    expect(`${row.name} ${OTHER}`, await dryRun([...row.name.split('|'), OTHER]), 'OK');
  }
}
