/**
 * How results are read from what a test runner leaves: each function takes `{ output, out, status }` (all its text, its
 * report folder, its exit status) and gives `{ passed, failed, skipped, failures }`; `failures` are the failed tests by name, with
 * what they said where the runner tells, for the summary at the end.
 */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

function number(text) {
  return text === undefined ? 0 : Number(text);
}

/** How many lines of a failed test's message the summary shows. */
const MESSAGE_LINES = 12;

function firstCaptures(output, pattern) {
  return [...output.matchAll(pattern)].map((match) => match[1]);
}

function sum(output, pattern) {
  let total = 0;
  for (const match of output.matchAll(pattern)) total += Number(match[1]);
  return total;
}

/** A command that is one check by itself. */
export function exitStatus({ status }) {
  return status === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
}

/** `N passed, N failed[, N skipped]`, the last such line. */
export function lastLine({ output }) {
  const found = [...output.matchAll(/^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?\s*$/gm)].at(-1);
  return { passed: number(found?.[1]), failed: number(found?.[2]), skipped: number(found?.[3]) };
}

/** `test result: ok. 3 passed; 0 failed; 1 ignored; ...` of every test binary. */
export function cargoTest({ output }) {
  return {
    passed: sum(output, /^test result: .*?(\d+) passed;/gm),
    failed: sum(output, /^test result: .*? (\d+) failed;/gm),
    skipped: sum(output, /^test result: .*? (\d+) ignored;/gm),
    failures: firstCaptures(output, /^test (.+) \.\.\. FAILED$/gm),
  };
}

/** A failed test of vitest's report: its whole name and the beginning of what it said. */
function vitestFailure({ fullName, failureMessages }) {
  const message = (failureMessages ?? []).join('\n').split('\n').slice(0, MESSAGE_LINES).join('\n    ');
  return `${fullName}\n    ${message}`;
}

/** The JSON report; files that could not even be loaded are failures too. */
export function vitest({ out }) {
  const path = join(out, 'vitest.json');
  if (!existsSync(path)) return { passed: 0, failed: 0, skipped: 0 };
  const report = JSON.parse(readFileSync(path, 'utf8'));
  const unloaded = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloaded.length,
    skipped: report.numPendingTests + report.numTodoTests,
    failures: [
      ...unloaded.map((file) => `${file.name}\n    ${file.message}`),
      ...report.testResults
        .flatMap((file) => file.assertionResults)
        .filter((test) => test.status === 'failed')
        .map(vitestFailure),
    ],
  };
}

/** `3 passed, 1 failed, 2 skipped in 0.12s`, in whatever order, and errors as failures. */
export function pytest({ output }) {
  const line = output.split('\n').findLast((each) => / in [\d.]+s/.test(each)) ?? '';
  const count = (word) => number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1]);
  return {
    passed: count('passed'),
    failed: count('failed') + count('error'),
    skipped: count('skipped'),
    failures: firstCaptures(output, /^(?:FAILED|ERROR) (.+)$/gm),
  };
}

/** Top-level results of `go test -v`. */
export function goTest({ output }) {
  const count = (word) => [...output.matchAll(new RegExp(`^--- ${word}: `, 'gm'))].length;
  return {
    passed: count('PASS'),
    failed: count('FAIL'),
    skipped: count('SKIP'),
    failures: firstCaptures(output, /^--- FAIL: (.+)$/gm),
  };
}
