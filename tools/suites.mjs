/**
 * The suites of `npm test`, in the order in which they run. A new suite is one more entry.
 *
 * - `name`: how it is chosen: `npm test -- unit clients-python`.
 * - `present`: whether this checkout holds the suite at all; absent means yes.
 * - `needs`: tools it cannot run without, by the names in `tools/needs.mjs`, which installs them where it can.
 * - `command`: program and arguments; `{out}` is replaced by an empty folder for reports.
 * - `count`: how its results are read: a name in `tools/counts.mjs`.
 * - `limitSeconds`: after this long it is stopped and counts as one failure.
 * - `together`: neighbours of one such name run at once, as many as there are cores; what they print follows their end.
 * - `env`, `cwd`: further environment, and where it runs (relative to the root).
 */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './build.mjs';

const has = (path) => () => existsSync(join(root, path));
const bin = (name, path) => join(root, 'node_modules', name, path);
const vitest = (...paths) => [
  process.execPath,
  bin('vitest', 'vitest.mjs'),
  'run',
  '--reporter=default',
  '--reporter=json',
  '--outputFile.json={out}/vitest.json',
  ...paths,
];

/** The triple of this machine: a sanitizer must not reach build scripts, and so wants to hear of a target. */
function host() {
  const { stdout } = spawnSync('rustc', ['-vV'], { encoding: 'utf8' });
  return /^host: (\S+)/m.exec(stdout ?? '')?.[1] ?? 'unknown';
}

/** Seconds of each fuzz target: HEMATITE_FUZZ_TARGET_SECONDS. */
const fuzzSeconds = Number(process.env.HEMATITE_FUZZ_TARGET_SECONDS ?? 60);

/** Where a target keeps what it finds, and where its first inputs are, if it has any. */
function seeds(target) {
  const first = join('test', 'fuzz', 'seeds', target);
  if (!existsSync(join(root, first))) return [];
  const found = join('test', 'fuzz', 'corpus', target);
  mkdirSync(join(root, found), { recursive: true });
  return [found, first];
}

/** One suite a fuzz target, so that each has its own limit and its own line. */
function fuzzSuites() {
  const targets = join(root, 'test', 'fuzz', 'fuzz_targets');
  if (!existsSync(targets)) return [];
  return readdirSync(targets)
    .filter((file) => file.endsWith('.rs'))
    .map((file) => file.slice(0, -3))
    .map((target) => ({
      name: `fuzz-${target}`,
      needs: ['nightly', 'cargo-fuzz'],
      command: [
        'cargo',
        '+nightly',
        'fuzz',
        'run',
        '--fuzz-dir',
        'test/fuzz',
        target,
        ...seeds(target),
        '--',
        `-max_total_time=${fuzzSeconds}`,
      ],
      count: 'exitStatus',
      limitSeconds: 900 + fuzzSeconds,
      together: 'fuzz',
    }));
}

export const suites = [
  { name: 'tidy', command: [process.execPath, 'tools/tidy.mjs'], count: 'lastLine', limitSeconds: 60 },
  {
    name: 'types',
    command: [process.execPath, bin('typescript', 'bin/tsc'), '-p', 'tsconfig.test.json'],
    count: 'exitStatus',
    limitSeconds: 120,
  },
  {
    name: 'format',
    command: [
      process.execPath,
      bin('prettier', 'bin/prettier.cjs'),
      '--check',
      'ts',
      'tools',
      'test',
      'bench',
      '--no-error-on-unmatched-pattern',
    ],
    count: 'exitStatus',
    limitSeconds: 120,
  },
  { name: 'rustfmt', command: ['cargo', 'fmt', '--all', '--check'], count: 'exitStatus', limitSeconds: 120 },
  {
    name: 'clippy',
    command: ['cargo', 'clippy', '--workspace', '--all-targets', '--', '-D', 'warnings'],
    count: 'exitStatus',
    limitSeconds: 1200,
  },
  {
    name: 'docs',
    command: [process.execPath, 'tools/docs.mjs', '--check'],
    count: 'exitStatus',
    limitSeconds: 60,
  },
  {
    name: 'generated',
    command: [process.execPath, 'tools/commands.mjs', '--check'],
    count: 'exitStatus',
    limitSeconds: 60,
  },
  {
    // The bindings are tested through the runtime that loads them.
    name: 'rust',
    command: ['cargo', 'test', '--workspace', '--exclude', 'hematite-node', '--exclude', 'hematite-wasm'],
    count: 'cargoTest',
    limitSeconds: 1800,
  },
  { name: 'unit', needs: ['redis-server'], command: vitest(join(root, 'ts', '/')), count: 'vitest', limitSeconds: 600 },
  {
    name: 'conformance',
    present: has('test/conformance'),
    needs: ['redis-server', 'wasm'],
    command: vitest('test/conformance'),
    count: 'vitest',
    limitSeconds: 1800,
  },
  {
    name: 'persistence',
    present: has('test/persistence'),
    needs: ['redis-server'],
    command: vitest('test/persistence'),
    count: 'vitest',
    limitSeconds: 600,
  },
  {
    name: 'server',
    present: has('test/server'),
    command: vitest('test/server'),
    count: 'vitest',
    limitSeconds: 300,
  },
  {
    name: 'crash',
    present: has('test/crash'),
    needs: ['redis-server'],
    command: vitest('test/crash'),
    count: 'vitest',
    limitSeconds: 600,
  },
  {
    name: 'clients-node',
    present: has('test/clients/node'),
    command: vitest('test/clients/node'),
    count: 'vitest',
    limitSeconds: 600,
  },
  {
    name: 'clients-python',
    present: has('test/clients/python'),
    needs: ['python-packages'],
    command: [join(root, '.cache', 'python', 'bin', 'python'), '-m', 'pytest', '-q', 'test/clients/python'],
    count: 'pytest',
    limitSeconds: 600,
  },
  {
    name: 'clients-go',
    present: has('test/clients/go'),
    needs: ['go'],
    command: ['go', 'test', '-v', '-count=1', '.'],
    cwd: 'test/clients/go',
    count: 'goTest',
    limitSeconds: 600,
  },
  {
    // Serializable transfers and linearizable keys; HEMATITE_CONSISTENCY_SECONDS=60 is the long way.
    name: 'consistency',
    present: has('test/clients/go/consistency'),
    needs: ['go'],
    command: ['go', 'test', '-v', '-count=1', './consistency'],
    cwd: 'test/clients/go',
    count: 'goTest',
    limitSeconds: 300 + 4 * Number(process.env.HEMATITE_CONSISTENCY_SECONDS ?? 0),
  },
  {
    // BullMQ, socket.io, express-session and their like, with packages of their own.
    name: 'clients-libraries',
    present: has('test/clients/libraries'),
    needs: ['library-packages'],
    command: [...vitest(), '--config', 'test/clients/libraries/vitest.config.mjs'],
    count: 'vitest',
    limitSeconds: 600,
  },
  {
    name: 'clients-rust',
    present: has('test/clients/rust'),
    command: ['cargo', 'test', '--locked', '--manifest-path', 'test/clients/rust/Cargo.toml'],
    count: 'cargoTest',
    limitSeconds: 900,
  },
  {
    // Jedis and Lettuce.
    name: 'clients-java',
    present: has('test/clients/java'),
    needs: ['maven'],
    command: ['mvn', '-q', '-B', 'test'],
    cwd: 'test/clients/java',
    count: 'exitStatus',
    limitSeconds: 900,
  },
  {
    name: 'stress',
    present: has('test/stress'),
    command: vitest('test/stress'),
    count: 'vitest',
    limitSeconds: 600,
  },
  {
    name: 'tsan',
    present: () => process.platform === 'linux' && has('crates/engine/tests/parallel.rs')(),
    needs: ['nightly'],
    command: ['cargo', '+nightly', 'test', '-p', 'hematite-engine', '--test', 'parallel', '--target', host()],
    env: {
      RUSTFLAGS: '-Zsanitizer=thread -Cunsafe-allow-abi-mismatch=sanitizer',
      TSAN_OPTIONS: `suppressions=${join(root, 'test', 'stress', 'tsan.supp')}`,
      HEMATITE_STRESS_COMMANDS: '8000',
    },
    count: 'cargoTest',
    limitSeconds: 900,
  },
  ...fuzzSuites(),
];
