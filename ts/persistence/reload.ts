/**
 * DEBUG LOADAOF and DEBUG RELOAD: what is in memory is written to its files and loaded from them again.
 */

import { setTimeout } from 'node:timers/promises';
import type { Config } from '../config/config.js';
import type { NativeEngine } from '../core/binding.js';
import type { HostCall, HostCommands } from '../core/host-commands.js';
import { type Reply, reply } from '../core/reply.js';
import type { AppendOnlyFile } from './append-only.js';
import { reason } from './files.js';
import { reloadSnapshot } from './loading.js';
import type { SnapshotLog, Snapshots } from './snapshots.js';

/** Time between two looks at whether a snapshot or a rewrite has ended, milliseconds. */
const PERIOD_MS = 10;

/** A keyspace with its files. */
export interface Reloaded {
  readonly native: NativeEngine;
  readonly config: Config;
  readonly log: SnapshotLog;
  readonly snapshots: Snapshots;
  readonly appendOnly: AppendOnlyFile;
}

/** Answers DEBUG's subcommands about files, for a keyspace that has some. */
export function answerReloads(hosts: HostCommands, keyspace: Reloaded): void {
  const { native, config, log, snapshots, appendOnly } = keyspace;
  native.reloadByFiles();
  const isBusy = () => snapshots.isRunning || appendOnly.isRewriting;
  const whenIdle = (answer: (call: HostCall) => Reply) => (call: HostCall) => {
    if (!isBusy() || call.inProcess) return answer(call);
    return (async () => {
      while (isBusy()) await setTimeout(PERIOD_MS);
      return answer(call);
    })();
  };

  /** Saves, unless told not to, and loads. Nobody writes in between. */
  const reload = (call: HostCall): Reply => {
    const words = call.args.slice(2).map((word) => word.toString('latin1').toLowerCase());
    const isNew = words.includes('nosave');
    const keep = !words.includes('noflush') ? 'nothing' : words.includes('merge') ? 'others' : 'everything';
    native.holdWrites(true);
    try {
      if (!isNew && snapshots.saveNow() !== 'saved') return reply.error('ERR');
      reloadSnapshot(native, config, log, keep);
    } catch (error) {
      log.warning(`DEBUG RELOAD has failed, the dataset is as it was: ${reason(error)}`);
      return reply.error('ERR Error trying to load the RDB dump');
    } finally {
      native.holdWrites(false);
    }
    if (isNew) appendOnly.outdate();
    log.notice('DB reloaded by DEBUG RELOAD');
    return reply.ok;
  };

  hosts.set('debug|reload', whenIdle(reload));
  hosts.set(
    'debug|loadaof',
    whenIdle(() => appendOnly.reload()),
  );
}
