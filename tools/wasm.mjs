/**
 * Builds the WASM package into bindings/wasm/pkg (for Node) and bindings/wasm/pkg-web.
 *
 * The compiler, in this order: $WASM_RUSTC; the ordinary one if it has the target; one put together earlier in
 * .cache/wasm; on Debian as root, one put together now from its packages rustc-web and rust-web-src. Otherwise it says
 * what to do. rustup is never called.
 */

import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { newest, root } from './build.mjs';

const TARGET = 'wasm32-unknown-unknown';
const SOURCE = '/usr/lib/rustlib/src/rust/library';
const DEBIAN_PACKAGES = ['rustc-web', 'cargo-web', 'rust-web-src', 'lld-22'];

function read(command, ...args) {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

function run(command, args, options = {}) {
  console.error(`· ${command} ${args.join(' ')}`);
  const { status } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], ...options });
  if (status !== 0) throw new Error(`${command} failed`);
}

function hasTarget(rustc) {
  const folder = read(rustc, '--print', 'target-libdir', '--target', TARGET);
  return folder !== undefined && existsSync(folder) && readdirSync(folder).some((f) => /^libcore-.*\.rlib$/.test(f));
}

function mayInstall() {
  return process.platform === 'linux' && process.getuid?.() === 0 && read('apt-get', '--version') !== undefined;
}

/** A linker for WASM: that of the compiler's LLVM, else rustup's, else any. */
function findLinker(host, llvm) {
  const candidates = [`/usr/lib/llvm-${llvm}/bin/lld`];
  const toolchains = join(homedir(), '.rustup', 'toolchains');
  if (existsSync(toolchains)) {
    for (const name of readdirSync(toolchains)) {
      candidates.push(join(toolchains, name, 'lib', 'rustlib', host, 'bin', 'rust-lld'));
    }
  }
  if (existsSync('/usr/lib')) {
    for (const name of readdirSync('/usr/lib'))
      if (name.startsWith('llvm-')) candidates.push(`/usr/lib/${name}/bin/lld`);
  }
  return candidates.find((path) => existsSync(path));
}

/** std for the target, built from Debian's sources with Debian's compiler. */
function buildStandardLibrary(work, host) {
  mkdirSync(join(work, 'src'), { recursive: true });
  writeFileSync(join(work, 'src', 'lib.rs'), '');
  writeFileSync(
    join(work, 'Cargo.toml'),
    '[package]\nname = "standard-library"\nversion = "0.0.0"\nedition = "2021"\n[workspace]\n',
  );
  const env = {
    ...process.env,
    RUSTC: '/usr/bin/rustc',
    RUSTC_BOOTSTRAP: '1',
    CARGO_TARGET_DIR: join(work, 'target'),
    CARGO_PROFILE_RELEASE_DEBUG: '0',
    RUSTFLAGS: `-C embed-bitcode=yes --remap-path-prefix=${SOURCE}=/rustc/std`,
  };
  delete env.RUSTUP_TOOLCHAIN;
  const flags = ['build', '--release', '--target', TARGET, '-Z', 'build-std=std,panic_abort,test'];
  run('/usr/bin/cargo', flags, { cwd: work, env });
  return join(work, 'target', TARGET, 'release', 'deps');
}

/** Puts a private toolchain together: Debian's compiler with its own sysroot, which holds the target. */
function assemble(folder) {
  const described = read('/usr/bin/rustc', '-vV') ?? '';
  const host = /^host: (.*)$/m.exec(described)?.[1];
  const llvm = /^LLVM version: (\d+)/m.exec(described)?.[1];
  if (host === undefined || !existsSync(join(SOURCE, 'std'))) throw new Error('rustc-web or rust-web-src is not there');
  const work = join(tmpdir(), `hematite-wasm-${process.pid}`);
  const libraries = buildStandardLibrary(work, host);
  const rustlib = join(folder, 'lib', 'rustlib');
  rmSync(folder, { recursive: true, force: true });
  for (const path of [join(folder, 'bin'), join(rustlib, TARGET, 'lib'), join(rustlib, host, 'bin')]) {
    mkdirSync(path, { recursive: true });
  }
  for (const file of readdirSync(libraries)) {
    if (file.endsWith('.rlib') && !file.startsWith('libstandard_library')) {
      cpSync(join(libraries, file), join(rustlib, TARGET, 'lib', file));
    }
  }
  symlinkSync(`/usr/lib/rustlib/${host}/lib`, join(rustlib, host, 'lib'));
  symlinkSync('/usr/lib/rustlib/src', join(rustlib, 'src'));
  const linker = findLinker(host, llvm);
  if (linker === undefined) throw new Error(`no linker for WASM: apt-get install lld-${llvm}`);
  symlinkSync(linker, join(rustlib, host, 'bin', 'rust-lld'));
  // A link to rustc would find the sysroot in /usr again, so it is wrapped.
  const rustc = join(folder, 'bin', 'rustc');
  writeFileSync(rustc, `#!/bin/sh\nexec /usr/bin/rustc --sysroot "${folder}" "$@"\n`);
  chmodSync(rustc, 0o755);
  rmSync(work, { recursive: true, force: true });
  return rustc;
}

/** A compiler that has the target, or undefined with the reason printed. */
export function wasmCompiler() {
  if (process.env.WASM_RUSTC) return process.env.WASM_RUSTC;
  if (hasTarget('rustc')) return 'rustc';
  const folder = join(root, '.cache', 'wasm');
  const cached = join(folder, 'bin', 'rustc');
  if (existsSync(cached) && hasTarget(cached)) return cached;
  if (!existsSync(join(SOURCE, 'std')) || read('/usr/bin/rustc', '-vV') === undefined) {
    if (!mayInstall()) return undefined;
    const install = ['install', '-y', '--no-install-recommends', ...DEBIAN_PACKAGES];
    if (spawnSync('apt-get', install, { stdio: ['ignore', 2, 2] }).status !== 0) {
      run('apt-get', ['update']);
      run('apt-get', install);
    }
  }
  return assemble(folder);
}

/** Whether the package is there and no source is newer. */
export function isCurrent() {
  const module = join(root, 'bindings', 'wasm', 'pkg', 'hematite_wasm_bg.wasm');
  if (!existsSync(module)) return false;
  const isSource = (name) => name.endsWith('.rs') || name.endsWith('.toml');
  const sources = ['crates', 'bindings/wasm/src', 'bindings/wasm/Cargo.toml', 'Cargo.lock', 'tools/wasm.mjs'];
  return Math.max(...sources.map((path) => newest(path, isSource))) <= statSync(module).mtimeMs;
}

/** Builds the package if a source is newer. */
export function buildWasm() {
  if (isCurrent()) return;
  const rustc = wasmCompiler();
  if (rustc === undefined) throw new Error(`The WASM build needs the Rust target: rustup target add ${TARGET}`);
  const env = { ...process.env, RUSTC: rustc };
  // Flags for the host's compiler are not for this one.
  delete env.RUSTFLAGS;
  if (rustc !== 'rustc') delete env.RUSTUP_TOOLCHAIN;
  const targetFolder = process.env.CARGO_TARGET_DIR ?? join(root, 'target');
  const wasmFolder = join(targetFolder, 'wasm');
  const build = [
    'build',
    '-p',
    'hematite-wasm',
    '--profile',
    'release',
    '--target',
    TARGET,
    '--target-dir',
    wasmFolder,
  ];
  run('cargo', build, { env: { ...env, RUSTFLAGS: '-C target-feature=+simd128,+bulk-memory' } });
  const generator = join(targetFolder, 'wasm-bindgen');
  const manifest = join('bindings', 'wasm', 'bindgen', 'Cargo.toml');
  run('cargo', ['build', '--release', '--manifest-path', manifest, '--target-dir', generator]);
  const built = join(wasmFolder, TARGET, 'release', 'hematite_wasm.wasm');
  for (const [target, name] of [
    ['nodejs', 'pkg'],
    ['web', 'pkg-web'],
  ]) {
    const folder = join(root, 'bindings', 'wasm', name);
    rmSync(folder, { recursive: true, force: true });
    run(join(generator, 'release', 'hematite-wasm-bindgen'), [target, built, folder]);
    const module = join(folder, 'hematite_wasm_bg.wasm');
    const optimizer = join(root, 'node_modules', 'binaryen', 'bin', 'wasm-opt');
    const features = [
      '--enable-simd',
      '--enable-bulk-memory',
      '--enable-nontrapping-float-to-int',
      '--enable-sign-ext',
      '--enable-mutable-globals',
      '--enable-reference-types',
      '--enable-multivalue',
    ];
    const flags = [module, '-o', module, '-O3', '--strip-debug', '--strip-producers'];
    run(process.execPath, [optimizer, ...flags, ...features]);
    // Node takes a folder's .js for what package.json says; the generated code for Node is CommonJS.
    writeFileSync(join(folder, 'package.json'), `{ "type": "${target === 'nodejs' ? 'commonjs' : 'module'}" }\n`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) buildWasm();
