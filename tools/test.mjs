/**
 * `npm test`: brings the build up to date, runs every suite of tools/suites.mjs one after another, and sums up.
 *
 * The last line is `N passed, N failed, N skipped` over all runners, and before it stands what failed, by name, so that the
 * end of a log tells; the exit status is 0 only if nothing failed.
 * A suite that cannot run here says so, loudly, where it stands and again at the end, and counts as one skipped.
 * With names behind it (`npm test -- unit rust`) only those suites run; what cannot be run then is a failure.
 */

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepare, root } from './build.mjs';
import * as counts from './counts.mjs';
import { needs } from './needs.mjs';
import { suites } from './suites.mjs';

const GRACE_MS = 5000;

/** Why a suite cannot run, after trying to change that; null if it can. */
function obstacle(suite) {
  for (const name of suite.needs ?? []) {
    const need = needs[name];
    if (!need.present()) need.install?.();
    if (!need.present()) return `${name} is missing (${need.advice})`;
  }
  return null;
}

/** Ends a suite with everything it has started: it leads its own process group. */
function stop(child) {
  const signal = (name) => {
    try {
      process.kill(process.platform === 'win32' ? child.pid : -child.pid, name);
    } catch {
      // It has ended in the meantime.
    }
  };
  signal('SIGTERM');
  setTimeout(() => signal('SIGKILL'), GRACE_MS).unref();
}

/** Runs a command, keeps its output and hands it to `show`; resolves with `{ status, output, timedOut }`. */
function execute(suite, out, show) {
  const [program, ...args] = suite.command.map((word) => word.replace('{out}', out));
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: join(root, suite.cwd ?? ''),
      env: { ...process.env, FORCE_COLOR: '0', NO_COLOR: '1', CARGO_TERM_COLOR: 'never', ...suite.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
    });
    running.add(child);
    let output = '';
    let timedOut = false;
    const limit = setTimeout(() => {
      timedOut = true;
      stop(child);
    }, suite.limitSeconds * 1000);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text) => {
        output += text;
        show(text);
      });
    }
    const finish = (status) => {
      clearTimeout(limit);
      running.delete(child);
      resolve({ status, output, timedOut });
    };
    child.once('error', (error) => {
      show(`${error.message}\n`);
      finish(127);
    });
    child.once('close', (code) => finish(code ?? 1));
  });
}

const running = new Set();
for (const name of ['SIGINT', 'SIGTERM']) {
  process.once(name, () => {
    for (const child of running) stop(child);
    process.exit(1);
  });
}

/** Runs one suite; a runner that ends badly without naming a failed test is itself one failure. */
async function runSuite(suite, show) {
  const out = mkdtempSync(join(tmpdir(), 'hematite-test-'));
  const started = performance.now();
  const { status, output, timedOut } = await execute(suite, out, show);
  const result = counts[suite.count]({ output, out, status });
  rmSync(out, { recursive: true, force: true });
  let note = '';
  if (timedOut) note = `stopped after ${suite.limitSeconds} s`;
  else if (status !== 0 && result.failed === 0) note = `ended with status ${status}`;
  if (note !== '') result.failed = Math.max(result.failed, 1);
  return { name: suite.name, ...result, note, seconds: (performance.now() - started) / 1000 };
}

/** Runs a suite, or says why it cannot; `wanted`: it was asked for by name, so that it may not be missing. */
async function attempt(suite, wanted, show) {
  show(`\n=== ${suite.name}\n`);
  const why = obstacle(suite);
  if (why === null) return runSuite(suite, show);
  show(`!!! ${suite.name} DID NOT RUN: ${why}\n`);
  const missed = wanted ? { failed: 1, skipped: 0 } : { failed: 0, skipped: 1 };
  return { name: suite.name, passed: 0, ...missed, note: `did not run: ${why}` };
}

/** Runs suites that bear one another's company, as many at once as there are cores; results in their order. */
async function attemptTogether(suites, wanted) {
  const results = new Array(suites.length);
  let next = 0;
  const work = async () => {
    while (next < suites.length) {
      const index = next++;
      let printed = '';
      results[index] = await attempt(suites[index], wanted, (text) => (printed += text));
      process.stdout.write(printed);
    }
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), suites.length) }, work));
  return results;
}

/** Neighbours that may run together, each other suite by itself. */
function grouped(suites) {
  const groups = [];
  for (const suite of suites) {
    const last = groups.at(-1);
    if (suite.together !== undefined && last?.[0].together === suite.together) last.push(suite);
    else groups.push([suite]);
  }
  return groups;
}

function reportLine({ name, passed, failed, skipped, note, seconds }) {
  const mark = failed > 0 ? 'FAILED' : passed === 0 ? 'not run' : 'ok';
  const time = seconds === undefined ? '' : `${seconds.toFixed(1)} s`;
  const sums = `${passed} passed, ${failed} failed, ${skipped} skipped`;
  return `${mark.padEnd(8)} ${name.padEnd(24)} ${sums.padEnd(40)} ${time.padStart(8)}  ${note}`.trimEnd();
}

function chosenSuites(names) {
  const unknown = names.filter((name) => !suites.some((suite) => suite.name === name));
  if (unknown.length > 0) {
    console.error(`No such suite: ${unknown.join(', ')}. There are: ${suites.map(({ name }) => name).join(', ')}`);
    process.exit(2);
  }
  return suites.filter((suite) => (names.length === 0 || names.includes(suite.name)) && (suite.present?.() ?? true));
}

async function main(names) {
  const chosen = chosenSuites(names);
  prepare();
  const results = [];
  const show = (text) => process.stdout.write(text);
  for (const group of grouped(chosen)) {
    if (group.length > 1) results.push(...(await attemptTogether(group, names.length > 0)));
    else results.push(await attempt(group[0], names.length > 0, show));
  }
  console.log('');
  for (const result of results) console.log(reportLine(result));
  for (const { name, failures } of results)
    for (const failure of failures ?? []) console.log(`\nFAILED   ${name}: ${failure}`);
  const total = (key) => results.reduce((sum, result) => sum + result[key], 0);
  console.log(`\n${total('passed')} passed, ${total('failed')} failed, ${total('skipped')} skipped`);
  process.exit(total('failed') > 0 ? 1 : 0);
}

await main(process.argv.slice(2));
