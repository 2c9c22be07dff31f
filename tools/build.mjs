/**
 * Brings the checkout up to date: npm packages, native binding (release), TypeScript. Needs nothing but Node itself.
 *
 * Each step first compares times or a hash, so that an up-to-date checkout costs a few milliseconds. `npm start`,
 * `npm test` and `npm run bench` all begin here.
 */

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Skipped while looking for sources: what builds write. */
const OUTPUTS = new Set(['target', 'node_modules', 'npm', 'pkg']);

/** The latest modification under `path`, in milliseconds, of files whose name `wanted` accepts; 0 if there is none. */
export function newest(path, wanted) {
  const at = join(root, path);
  if (!existsSync(at)) return 0;
  const stat = statSync(at);
  if (!stat.isDirectory()) return stat.mtimeMs;
  let latest = 0;
  for (const entry of readdirSync(at, { withFileTypes: true })) {
    if (OUTPUTS.has(entry.name)) continue;
    if (entry.isDirectory() || wanted(entry.name)) latest = Math.max(latest, newest(join(path, entry.name), wanted));
  }
  return latest;
}

function fail(message) {
  console.error(`\n${message}`);
  process.exit(1);
}

/** `npm` is a script on Windows, which only a shell can start. */
const onWindows = process.platform === 'win32';

/** Runs a build step; what it prints goes to standard error, since standard output belongs to the server. */
function attempt(title, command, args) {
  console.error(`· ${title}`);
  const shell = onWindows && command === 'npm';
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], shell });
  if (error) fail(`${command} could not be started: ${error.message}`);
  return status === 0;
}

/** A step without which there is no going on. */
function step(title, command, args) {
  if (!attempt(title, command, args)) fail(`${title} failed.`);
}

/** What the installed packages depend on: both files, since either may be edited by hand. */
function lockHash() {
  const hash = createHash('sha256');
  for (const name of ['package.json', 'package-lock.json']) hash.update(readFileSync(join(root, name)));
  return hash.digest('hex');
}

function installPackages() {
  const stamp = join(root, 'node_modules', '.hematite-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lockHash()) return;
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  // A package.json that is being worked on does not agree with its lock file; npm install settles that.
  if (!attempt('Installing npm packages', 'npm', ['ci', ...quiet])) {
    step('Installing npm packages and updating package-lock.json', 'npm', ['install', ...quiet]);
  }
  writeFileSync(stamp, lockHash());
}

function nativeArtifact() {
  const at = join(root, 'bindings', 'node');
  const names = readdirSync(at).filter((name) => name.endsWith('.node'));
  return names.length > 0 ? Math.min(...names.map((name) => statSync(join(at, name)).mtimeMs)) : 0;
}

function requireCargo() {
  const { status } = spawnSync('cargo', ['--version'], { stdio: 'ignore' });
  if (status !== 0) fail('Building Hematite needs Rust (cargo) and a C compiler. See https://rustup.rs.');
}

function buildNative() {
  const isSource = (name) => name.endsWith('.rs') || name.endsWith('.toml');
  const sources = ['crates', 'bindings/node', 'Cargo.toml', 'Cargo.lock'].map((path) => newest(path, isSource));
  if (Math.max(...sources) <= nativeArtifact()) return;
  requireCargo();
  const binding = ['--manifest-path', 'bindings/node/Cargo.toml', '--package-json-path', 'package.json'];
  const output = ['--output-dir', 'bindings/node', '--js', 'index.js', '--dts', 'index.d.ts'];
  step('Building the engine (release)', process.execPath, [
    join(root, 'node_modules', '@napi-rs', 'cli', 'dist', 'cli.js'),
    ...['build', '--platform', '--release', '--esm'],
    ...binding,
    ...output,
  ]);
}

function buildTypeScript() {
  const stamp = join(root, 'dist', '.built');
  const isSource = (name) => name.endsWith('.ts') || name.endsWith('.json');
  const sources = ['ts', 'tsconfig.json', 'package-lock.json'].map((path) => newest(path, isSource));
  if (existsSync(stamp) && Math.max(...sources) <= statSync(stamp).mtimeMs) return;
  rmSync(stamp, { force: true });
  step('Compiling TypeScript', process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc')]);
  chmodSync(join(root, 'dist', 'cli', 'hematite.js'), 0o755);
  if (existsSync(join(root, 'dist', 'server', 'main.js'))) {
    step('Bundling the server', process.execPath, [join(root, 'tools', 'bundle.mjs')]);
  }
  writeFileSync(stamp, '');
}

/** Does whatever is missing or out of date; exits with a message where a step fails. */
export function prepare() {
  installPackages();
  buildNative();
  buildTypeScript();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) prepare();
