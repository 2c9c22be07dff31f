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
import { tmpdir } from 'node:os';
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

/** Runs a command, shows and keeps its output; resolves with `{ status, output, timedOut }`. */
function execute(suite, out) {
  const [program, ...args] = suite.command.map((word) => word.replace('{out}', out));
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: join(root, suite.cwd ?? ''),
      env: { ...process.env, FORCE_COLOR: '0', NO_COLOR: '1', CARGO_TERM_COLOR: 'never', ...suite.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
    });
    running = child;
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
        process.stdout.write(text);
      });
    }
    const finish = (status) => {
      clearTimeout(limit);
      running = undefined;
      resolve({ status, output, timedOut });
    };
    child.once('error', (error) => {
      console.log(error.message);
      finish(127);
    });
    child.once('close', (code) => finish(code ?? 1));
  });
}

let running;
for (const name of ['SIGINT', 'SIGTERM']) {
  process.once(name, () => {
    if (running) stop(running);
    process.exit(1);
  });
}

/** Runs one suite; a runner that ends badly without naming a failed test is itself one failure. */
async function runSuite(suite) {
  const out = mkdtempSync(join(tmpdir(), 'hematite-test-'));
  const started = performance.now();
  const { status, output, timedOut } = await execute(suite, out);
  const result = counts[suite.count]({ output, out, status });
  rmSync(out, { recursive: true, force: true });
  let note = '';
  if (timedOut) note = `stopped after ${suite.limitSeconds} s`;
  else if (status !== 0 && result.failed === 0) note = `ended with status ${status}`;
  if (note !== '') result.failed = Math.max(result.failed, 1);
  return { name: suite.name, ...result, note, seconds: (performance.now() - started) / 1000 };
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
  for (const suite of chosen) {
    console.log(`\n=== ${suite.name}`);
    const why = obstacle(suite);
    if (why === null) {
      results.push(await runSuite(suite));
    } else {
      console.log(`!!! ${suite.name} DID NOT RUN: ${why}`);
      const missed = names.length > 0 ? { failed: 1, skipped: 0 } : { failed: 0, skipped: 1 };
      results.push({ name: suite.name, passed: 0, ...missed, note: `did not run: ${why}` });
    }
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
