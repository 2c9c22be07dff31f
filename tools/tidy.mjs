/**
 * The house rules that no compiler checks: arrows between rooms, a head on every file, no leftovers, sizes.
 *
 * Each rule gives a list of offences; each rule on each file is one check. Ends with `N passed, N failed`.
 */

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { root } from './build.mjs';

const LINES_MAX = 500;

/** Which Rust rooms a room may depend on. */
const RUST_ARROWS = {
  base: [],
  allocator: ['base'],
  structures: ['base'],
  resp: ['base'],
  keyspace: ['base', 'structures'],
  persist: ['base', 'structures', 'resp', 'keyspace'],
  commands: ['base', 'structures', 'resp', 'keyspace', 'persist'],
  engine: ['base', 'structures', 'resp', 'keyspace', 'persist', 'commands'],
  script: ['base', 'resp', 'commands', 'engine'],
  pump: ['base', 'resp', 'engine'],
  node: ['allocator', 'base', 'resp', 'persist', 'commands', 'engine', 'pump', 'script'],
  wasm: ['base', 'resp', 'commands', 'engine'],
};

/** Which TypeScript rooms a room may import, beside itself; `server` and the root wire everything. */
const TS_ARROWS = { core: [], config: ['core'] };
const TS_ROOM_DEFAULT = ['core', 'config'];
const TS_COMPOSERS = new Set(['server', 'cli', '']);

function files() {
  const { stdout } = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  return stdout.split('\n').filter((path) => /\.(rs|ts|mjs|toml)$/.test(path));
}

function rustArrows(path, text) {
  const room = /^(?:crates|bindings)\/(\w+)\/Cargo\.toml$/.exec(path)?.[1];
  if (room === undefined || RUST_ARROWS[room] === undefined) return [];
  // Tests may reach further than the room itself.
  const dependencies = text.split(/^\[dev-dependencies\]/m)[0];
  const used = [...dependencies.matchAll(/^hematite-(\w+)\b/gm)].map((match) => match[1]);
  return used.filter((name) => !RUST_ARROWS[room].includes(name)).map((name) => `${room} may not depend on ${name}`);
}

function roomOf(path) {
  const parts = path.split('/');
  return parts.length > 2 ? parts[1] : '';
}

function tsArrows(path, text) {
  if (!path.startsWith('ts/') || path.endsWith('.test.ts')) return [];
  const room = roomOf(path);
  if (TS_COMPOSERS.has(room)) return [];
  const allowed = [room, ...(TS_ARROWS[room] ?? TS_ROOM_DEFAULT)];
  return [...text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)]
    .map((match) => join(dirname(path), match[1]))
    .filter((target) => target.startsWith('ts/') && !allowed.includes(roomOf(target)))
    .map((target) => `${room} may not import ${target}`);
}

function head(path, text) {
  const body = text.replace(/^#!.*\n/, '');
  if (path.endsWith('.rs')) return body.startsWith('//!') ? [] : ['does not open with a doc comment (//!)'];
  if (/\.(ts|mjs)$/.test(path)) return body.startsWith('/**') ? [] : ['does not open with a doc comment (/**)'];
  return [];
}

function leftovers(path, text) {
  if (path.startsWith('tools/tidy')) return [];
  const found = [...text.matchAll(/\b(TODO|FIXME|XXX|HACK|todo!|unimplemented!|dbg!)/g)];
  return found.map((match) => `leftover ${match[1]}`);
}

function size(path, text) {
  const lines = text.split('\n').length - 1;
  const generated = path.includes('/generated/');
  return lines > LINES_MAX && !generated ? [`${lines} lines (at most ${LINES_MAX})`] : [];
}

function names(path) {
  const stem = basename(path).split('.')[0];
  return /^(utils?|helpers?|common|manager)$/i.test(stem) ? [`"${stem}" says nothing about what it holds`] : [];
}

const rules = { rustArrows, tsArrows, head, leftovers, size, names };

let passed = 0;
let failed = 0;
for (const path of files()) {
  const text = readFileSync(join(root, path), 'utf8');
  for (const rule of Object.values(rules)) {
    const offences = rule(path, text);
    for (const offence of offences) console.log(`${path}: ${offence}`);
    if (offences.length > 0) failed += 1;
    else passed += 1;
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
