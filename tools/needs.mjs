/**
 * Tools that suites need: how to see that one is there, and how to get it where that is possible.
 *
 * Each entry is `{ present(): boolean, install?(): void, advice }`.
 */

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './build.mjs';
import { buildWasm, isCurrent as wasmIsCurrent } from './wasm.mjs';

function succeeds(command, ...args) {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

function show(command, ...args) {
  console.log(`· ${[command, ...args].join(' ')}`);
  return spawnSync(command, args, { cwd: root, stdio: 'inherit' }).status === 0;
}

/** Debian packages, where this is Debian and we may. */
function aptInstall(...packages) {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !succeeds('apt-get', '--version')) return;
  const install = ['install', '-y', '--no-install-recommends', ...packages];
  if (!show('apt-get', ...install) && show('apt-get', 'update')) show('apt-get', ...install);
}

const python = join(root, '.cache', 'python');
const requirements = join(root, 'test', 'clients', 'python', 'requirements.txt');

const libraries = join(root, 'test', 'clients', 'libraries');
const libraryLock = join(libraries, 'package-lock.json');

/** What a file holds, shortly. */
function digest(path) {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

export const needs = {
  wasm: {
    present: () => wasmIsCurrent(),
    install: () => buildWasm(),
    advice: 'rustup target add wasm32-unknown-unknown',
  },
  'redis-server': {
    present: () => succeeds('redis-server', '--version'),
    install: () => aptInstall('redis-server'),
    advice: 'install redis-server, which answers beside Hematite',
  },
  nightly: {
    present: () => succeeds('cargo', '+nightly', '--version'),
    advice: 'rustup toolchain install nightly',
  },
  'cargo-fuzz': {
    present: () => succeeds('cargo', 'fuzz', '--version'),
    install: () => show('cargo', 'install', 'cargo-fuzz', '--locked'),
    advice: 'cargo install cargo-fuzz',
  },
  'library-packages': {
    present: () => {
      const stamp = join(libraries, 'node_modules', '.lock');
      return existsSync(stamp) && readFileSync(stamp, 'utf8') === digest(libraryLock);
    },
    install: () => {
      const arguments_ = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', libraries];
      if (show('npm', ...arguments_)) writeFileSync(join(libraries, 'node_modules', '.lock'), digest(libraryLock));
    },
    advice: 'npm ci --prefix test/clients/libraries --ignore-scripts',
  },
  maven: {
    present: () => succeeds('mvn', '--version') && succeeds('javac', '-version'),
    install: () => aptInstall('default-jdk-headless', 'maven'),
    advice: 'install a JDK and Maven',
  },
  go: { present: () => succeeds('go', 'version'), install: () => aptInstall('golang-go'), advice: 'install Go' },
  'python-packages': {
    present: () => {
      const stamp = join(python, '.requirements');
      return existsSync(stamp) && readFileSync(stamp, 'utf8') === digest(requirements);
    },
    install: () => {
      if (!succeeds('python3', '-c', 'import venv, ensurepip')) aptInstall('python3', 'python3-venv');
      const made = show('python3', '-m', 'venv', python);
      const pip = join(python, 'bin', 'pip');
      if (made && show(pip, 'install', '-q', '-r', requirements))
        writeFileSync(join(python, '.requirements'), digest(requirements));
    },
    advice: 'install Python 3 with venv; its packages are in test/clients/python/requirements.txt',
  },
};
