/**
 * Raw records of runs in bench/record/, with all that one must know to judge them.
 */

import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { canPin, root } from './servers.mjs';

const firstLine = (program, ...args) =>
  (spawnSync(program, args, { encoding: 'utf8', cwd: root }).stdout ?? '').split('\n')[0].trim();

/** Versions and machine, taken before anything is measured: the load is what others make. */
export function circumstances(options) {
  return {
    date: new Date().toISOString(),
    machine: {
      processor: cpus()[0]?.model ?? 'unknown',
      cores: availableParallelism(),
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      kernel: release(),
      loadBefore: loadavg().map((each) => Math.round(each * 100) / 100),
      pinned: canPin,
    },
    versions: {
      hematite: JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version,
      commit: firstLine('git', 'describe', '--always', '--dirty'),
      node: process.version,
      rust: firstLine('rustc', '--version'),
      redis: firstLine('redis-server', '--version'),
      load: firstLine('redis-benchmark', '--version'),
      ...(options.rival === undefined
        ? {}
        : { rival: firstLine(options.rival.program, '--version') || options.rival.name }),
    },
    options,
  };
}

/** What else took part, and where: `Redis 7.0.15, Node 20.20.2, ...`. */
export function surroundings({ machine, versions }) {
  const { processor, cores, kernel } = machine;
  const redis = /v=(\S+)/.exec(versions.redis)?.[1] ?? versions.redis;
  return `Redis ${redis}, Node ${versions.node.slice(1)}, ${processor}, ${cores} cores, Linux ${kernel}`;
}

/** One sentence for below the table. */
export function caption(record) {
  const { date, machine, versions } = record;
  return (
    `Hematite ${versions.hematite} (${versions.commit}), ${surroundings(record)}, ` +
    `load before ${machine.loadBefore[0]}, ${date.slice(0, 10)}.`
  );
}

/** All records that are kept, the oldest first. */
export function kept() {
  const directory = join(root, 'bench', 'record');
  const names = readdirSync(directory).filter((name) => name.endsWith('.json'));
  return names.sort().map((name) => JSON.parse(readFileSync(join(directory, name), 'utf8')));
}

/** Writes the record; gives its path. Quick runs are kept apart, outside version control. */
export function keep(record) {
  const directory = join(root, 'bench', 'record', record.options.quick ? 'tmp' : '');
  mkdirSync(directory, { recursive: true });
  const path = join(directory, `${record.date.replace(/[:.]/g, '-')}.json`);
  writeFileSync(path, `${JSON.stringify(record, null, 1)}\n`);
  return path;
}
