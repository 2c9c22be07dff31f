/**
 * The file of lines typed before, oldest first, a line each: ~/.hematite_history, or what HEMATITE_HISTFILE says.
 *
 * Lines that hold credentials are neither written nor kept in memory. The file is readable by its owner alone. A history
 * that cannot be read or written is no reason to stop.
 */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

export const HISTORY_LINES_MAX = 1000;

/** A dotfile's path: from the environment variable, else in the home directory; undefined: switched off. */
export function dotfile(variable: string, name: string, env: NodeJS.ProcessEnv): string | undefined {
  const override = env[variable];
  if (override !== undefined) return override === '' || override === '/dev/null' ? undefined : override;
  return join(env.HOME || homedir(), name);
}

/** Lines of the file, newest first, as readline wants them; a file grown past twice the limit is cut to the limit. */
export function loadHistory(path: string | undefined): string[] {
  if (!path) return [];
  try {
    const lines = readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    const kept = lines.slice(-HISTORY_LINES_MAX);
    if (lines.length > 2 * HISTORY_LINES_MAX) writeFileSync(path, `${kept.join('\n')}\n`, { mode: 0o600 });
    return kept.reverse();
  } catch {
    return [];
  }
}

export function appendHistory(path: string | undefined, line: string): void {
  if (!path) return;
  try {
    appendFileSync(path, `${line}\n`, { mode: 0o600 });
  } catch {
    // A read-only home: go on without.
  }
}

const SECRET_DIRECTIVE = /^(requirepass|(master|primary)(auth|user)|tls-(client-)?key-file-pass)$/;
const SECRET_SENTINEL_OPTION = /^(auth-pass|auth-user|sentinel-pass|sentinel-user)$/;

/** Whether a command carries credentials and must not be remembered. */
export function isSensitive(args: readonly string[]): boolean {
  const words = args.map((arg) => arg.toLowerCase());
  const [command, sub] = words;
  switch (command) {
    case 'auth':
      return true;
    case 'acl':
      return sub === 'setuser' || sub === 'deluser' || sub === 'getuser';
    case 'config':
      return sub === 'set' && words.some((word) => SECRET_DIRECTIVE.test(word));
    case 'hello':
      return words.includes('auth');
    case 'migrate':
      return words.includes('auth') || words.includes('auth2');
    case 'sentinel':
      return (sub === 'set' || sub === 'config') && words.some((word) => SECRET_SENTINEL_OPTION.test(word));
    default:
      return command !== undefined && /^\d+$/.test(command) && args.length > 1 && isSensitive(args.slice(1));
  }
}
