/**
 * How the server ends: SHUTDOWN with its options, SIGTERM, SIGINT.
 *
 * Nothing is written to disk yet, so an explicit wish to save is refused unless it is forced: losing what somebody asked to
 * keep is worse than staying.
 */

import type { HostCall } from '../core/host-commands.js';
import { type Reply, reply } from '../core/reply.js';

/** What SHUTDOWN was asked for. */
export interface ShutdownOptions {
  readonly save: boolean;
  readonly nosave: boolean;
  readonly now: boolean;
  readonly force: boolean;
  readonly abort: boolean;
}

/** Reads the words behind SHUTDOWN; undefined is a syntax error. */
export function parseShutdown(words: readonly string[]): ShutdownOptions | undefined {
  const given = new Set<string>();
  for (const word of words) {
    const option = word.toLowerCase();
    if (!['save', 'nosave', 'now', 'force', 'abort'].includes(option)) return undefined;
    given.add(option);
  }
  const has = (option: string) => given.has(option);
  const options = {
    save: has('save'),
    nosave: has('nosave'),
    now: has('now'),
    force: has('force'),
    abort: has('abort'),
  };
  if (options.save && options.nosave) return undefined;
  if (options.abort && given.size > 1) return undefined;
  return options;
}

/** Answers SHUTDOWN; `end` ends the process, and then no reply is sent. */
export function handleShutdown(call: HostCall, warn: (text: string) => void, end: () => void): Reply | undefined {
  const options = parseShutdown(call.args.slice(1).map((word) => word.toString('latin1')));
  if (options === undefined) return reply.error('ERR syntax error');
  if (options.abort) return reply.error('ERR No shutdown in progress.');
  warn('User requested shutdown...');
  if (options.save && !options.force) {
    warn('Error trying to save the DB, can not exit: saving is not available in this version.');
    return reply.error('ERR Errors trying to SHUTDOWN. Check logs.');
  }
  end();
  return undefined;
}
