/** Argument texts, hints and completion over hand-made argument trees of the shapes that commands have. */
import { describe, expect, it } from 'vitest';
import { complete } from './complete.js';
import { argumentsText, type ArgumentDoc, type CommandDoc, type CommandDocs } from './docs.js';
import { hintFor } from './hints.js';
import { isSensitive } from './history.js';
import { lineHint } from './interactive.js';

const arg = (name: string, more: Partial<ArgumentDoc> = {}): ArgumentDoc => ({
  name,
  type: 'string',
  optional: false,
  multiple: false,
  multipleToken: false,
  children: [],
  ...more,
});
const token = (word: string, more: Partial<ArgumentDoc> = {}) =>
  arg(word.toLowerCase(), { type: 'pure-token', token: word, ...more });
const oneof = (children: ArgumentDoc[], more: Partial<ArgumentDoc> = {}) =>
  arg('choice', { type: 'oneof', children, ...more });
const block = (children: ArgumentDoc[], more: Partial<ArgumentDoc> = {}) =>
  arg('block', { type: 'block', children, ...more });
const optional = { optional: true };
const multiple = { multiple: true };

const TREES: Record<string, ArgumentDoc[]> = {
  get: [arg('key')],
  set: [
    arg('key'),
    arg('value'),
    oneof([token('NX'), token('XX')], optional),
    token('GET', optional),
    oneof([arg('seconds', { token: 'EX' }), arg('milliseconds', { token: 'PX' }), token('KEEPTTL')], optional),
  ],
  mset: [block([arg('key'), arg('value')], multiple)],
  zadd: [
    arg('key'),
    oneof([token('NX'), token('XX')], optional),
    token('CH', optional),
    block([arg('score'), arg('member')], multiple),
  ],
  sort: [
    arg('key'),
    arg('pattern', { token: 'BY', ...optional }),
    block([arg('offset'), arg('count')], { token: 'LIMIT', ...optional }),
    arg('pattern', { token: 'GET', multiple: true, multipleToken: true, ...optional }),
    token('ALPHA', optional),
  ],
  zunion: [
    arg('numkeys'),
    arg('key', multiple),
    arg('weight', { token: 'WEIGHTS', ...multiple, ...optional }),
    oneof([token('SUM'), token('MIN')], { token: 'AGGREGATE', ...optional }),
  ],
  lpop: [arg('key'), arg('count', optional)],
  blpop: [arg('key', multiple), arg('timeout')],
  ping: [arg('message', optional)],
};

const docs: CommandDocs = new Map();
const add = (name: string, args: ArgumentDoc[], into: Map<string, CommandDoc> = docs, title = name): CommandDoc => {
  const doc: CommandDoc = {
    name: title.toUpperCase(),
    summary: '',
    since: '',
    group: 'test',
    args,
    subcommands: new Map(),
  };
  into.set(name, doc);
  return doc;
};
for (const [name, args] of Object.entries(TREES)) add(name, args);
const config = add('config', []);
add('get', [arg('parameter', multiple)], config.subcommands, 'config get');
add('resetstat', [], config.subcommands, 'config resetstat');

describe('argument texts', () => {
  it.each([
    ['set', 'key value [NX|XX] [GET] [EX seconds|PX milliseconds|KEEPTTL]'],
    ['mset', 'key value [key value ...]'],
    ['sort', 'key [BY pattern] [LIMIT offset count] [GET pattern [GET pattern ...]] [ALPHA]'],
    ['zunion', 'numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE SUM|MIN]'],
  ])('%s', (name, text) => {
    expect(argumentsText(TREES[name]!)).toBe(text);
  });
});

describe('hints', () => {
  it.each([
    ['get', 'key'],
    ['get k', ''],
    ['get k k', ''],
    ['set k', 'value [NX|XX] [GET] [EX seconds|PX milliseconds|KEEPTTL]'],
    ['set k v nx', '[GET] [EX seconds|PX milliseconds|KEEPTTL]'],
    ['set k v EX', 'seconds [NX|XX] [GET]'],
    ['set k v EX 10', '[NX|XX] [GET]'],
    ['set k v get px 5 xx', ''],
    ['set k v bogus', ''],
    ['mset a', 'value [key value ...]'],
    ['mset a b', '[key value ...]'],
    ['mset a b c', 'value [key value ...]'],
    ['zadd k', '[NX|XX] [CH] score member [score member ...]'],
    ['zadd k ch', '[NX|XX] score member [score member ...]'],
    ['zadd k 1', 'member [score member ...]'],
    ['zadd k 1 a', '[score member ...]'],
    ['sort k limit', 'offset count [BY pattern] [GET pattern [GET pattern ...]] [ALPHA]'],
    ['sort k limit 0', 'count [BY pattern] [GET pattern [GET pattern ...]] [ALPHA]'],
    ['sort k get a', '[GET pattern ...] [BY pattern] [LIMIT offset count] [ALPHA]'],
    ['sort k get a get b alpha', '[BY pattern] [LIMIT offset count]'],
    ['zunion 2 a b', '[key ...] [WEIGHTS weight [weight ...]] [AGGREGATE SUM|MIN]'],
    ['zunion 2 a b weights 1', '[weight ...] [AGGREGATE SUM|MIN]'],
    ['zunion 2 a b aggregate', 'SUM|MIN [WEIGHTS weight [weight ...]]'],
    ['lpop k', '[count]'],
    ['lpop k 1', ''],
    ['blpop k', '[key ...] timeout'],
    ['ping', '[message]'],
    ['config', 'subcommand [argument [argument ...]]'],
    ['config get', 'parameter [parameter ...]'],
    ['config nonsense', ''],
    ['unknown', ''],
  ])('%s', (line, hint) => {
    expect(hintFor(docs, line.split(' '))).toBe(hint);
  });

  it('stands apart from the line by one blank, and skips a repeat count', () => {
    expect(lineHint(docs, 'get')).toBe(' key');
    expect(lineHint(docs, 'get ')).toBe('key');
    expect(lineHint(docs, '3 get')).toBe(' key');
    expect(lineHint(docs, 'get "a')).toBe('');
    expect(lineHint(docs, '')).toBe('');
  });
});

describe('completion', () => {
  it.each<[string, string[]]>([
    ['ge', ['get']],
    ['GE', ['GET']],
    ['s', ['set', 'sort']],
    ['config ', ['get', 'resetstat']],
    ['CONFIG R', ['RESETSTAT']],
    ['set k v ', ['EX', 'GET', 'KEEPTTL', 'NX', 'PX', 'XX']],
    ['set k v k', ['keepttl']],
    ['set k v nx ', ['EX', 'GET', 'KEEPTTL', 'PX']],
    ['set k v ex ', []],
    ['zunion 1 a ', ['AGGREGATE', 'WEIGHTS']],
    ['zunion 1 a aggregate ', ['MIN', 'SUM']],
    ['get ', []],
    ['help con', ['config']],
    ['help @', ['@test']],
    ['help config ', ['get', 'resetstat']],
    ['set "k ', []],
    [':set ', ['hints', 'nohints']],
  ])('%j', (line, candidates) => {
    expect(complete(docs, line)[0]).toEqual(candidates);
  });
});

describe('history', () => {
  it.each<[string, boolean]>([
    ['auth x', true],
    ['AUTH u p', true],
    ['3 auth x', true],
    ['acl setuser u >p', true],
    ['acl whoami', false],
    ['config set requirepass x', true],
    ['config set maxmemory 1', false],
    ['hello 3 auth u p', true],
    ['hello 3', false],
    ['migrate h 1 k 0 5 AUTH2 u p', true],
    ['get auth', false],
  ])('%s', (line, sensitive) => {
    expect(isSensitive(line.split(' '))).toBe(sensitive);
  });
});
