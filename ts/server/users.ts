/**
 * Users as files have them: `user` lines of the configuration, and the ACL file with ACL LOAD and ACL SAVE.
 *
 * The engine reads and writes the rules; here are the files, and what the log and the operator are told.
 */

import { readFileSync } from 'node:fs';
import { type Config, replaceFile } from '../config/config.js';
import { systemErrorText } from '../config/system-error.js';
import { fromBytes, toBytes } from '../config/words.js';
import type { NativeEngine, NativeRuleFault } from '../core/binding.js';
import { type Reply, reply } from '../core/reply.js';

type Users = Pick<NativeEngine, 'declareUser' | 'disabledUsers' | 'loadUsers' | 'usersText'>;

/** Where users are told of by the start and by ACL SAVE. */
interface Log {
  notice(message: string): void;
  warning(message: string): void;
}

/** The reply to ACL LOAD and SAVE where there is no ACL file. */
export const NO_USER_FILE: Reply = reply.error(
  'ERR This Redis instance is not configured to use an ACL file. You may want to specify users via the ACL SETUSER ' +
    'command and then issue a CONFIG REWRITE (assuming you have a Redis configuration file set) in order to store ' +
    'users in the Redis configuration.',
);

const TWO_PLACES =
  'Configuring Redis with users defined in redis.conf and at the same setting an ACL file path is invalid. This setup ' +
  'is very likely to lead to configuration errors and security holes, please define either an ACL file or declare ' +
  'users directly in your redis.conf, but not both.';

/**
 * Judges the `user` lines of one configuration, in their order: a function from the words behind `user` to what is wrong.
 */
export function userLineChecker(
  check: (words: Buffer[]) => NativeRuleFault | null | undefined,
): (words: readonly string[]) => string | undefined {
  const seen = new Set<string>();
  return (words) => {
    const name = words[0] as string;
    const failed = (word: string, reason: string) => `Error in user declaration '${word}': ${reason}`;
    if (seen.has(name)) {
      return failed(name, 'Duplicate user found. A user can only be defined once in config files');
    }
    seen.add(name);
    const fault = check(words.map(toBytes));
    // The reference counts the words from the directive, and rules from 0: so it names the word two before the rule.
    return fault ? failed(['user', ...words][fault.rule] ?? name, fault.reason) : undefined;
  };
}

/** Makes the users that the configuration or the ACL file declare; a text says why the server can't start. */
export function makeUsers(users: Users, config: Config, log?: Log): string | undefined {
  const lines = config.lines('user');
  if (config.get('aclfile') !== '') {
    if (lines.length > 0) return TWO_PLACES;
    const failure = loadFile(users, config, 0);
    return failure && `Aborting Redis startup because of ACL errors: ${failure}`;
  }
  for (const words of lines) {
    const failure = users.declareUser(words.map(toBytes));
    if (failure) {
      log?.warning(fromBytes(failure));
      return 'Critical error while loading ACLs. Exiting.';
    }
  }
  for (const name of users.disabledUsers()) {
    log?.notice(
      `The user '${fromBytes(name)}' is disabled (there is no 'on' modifier in the user description). ` +
        'Make sure this is not a configuration error.',
    );
  }
  return undefined;
}

/** Answers ACL LOAD and ACL SAVE. */
export function handleAclCommand(
  users: Users,
  config: Config,
  call: { readonly command: string; readonly session: number },
  log?: Log,
): Reply {
  if (config.get('aclfile') === '') return NO_USER_FILE;
  if (call.command === 'acl|load') {
    const failure = loadFile(users, config, call.session);
    return failure === undefined ? reply.ok : reply.error(`ERR ${failure}`);
  }
  try {
    replaceFile(config.get('aclfile'), users.usersText());
    return reply.ok;
  } catch (error) {
    log?.warning(`Saving ACLs to ${config.get('aclfile')}: ${systemErrorText(error)}`);
    return reply.error(
      'ERR There was an error trying to save the ACLs. Please check the server logs for more information',
    );
  }
}

/** Takes the users from the ACL file; a text says what is wrong with it. */
function loadFile(users: Users, config: Config, caller: number): string | undefined {
  const path = config.get('aclfile');
  let text: Buffer;
  try {
    text = readFileSync(path);
  } catch (error) {
    return `Error loading ACLs, opening file '${path}': ${systemErrorText(error)}`;
  }
  const failure = users.loadUsers(text, config.bytes('aclfile'), caller);
  return failure ? failure.toString() : undefined;
}
