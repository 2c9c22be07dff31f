/**
 * The server's log, in Redis's format, so that tools which read Redis logs read ours:
 *
 *     4711:M 21 Nov 2026 14:00:00.123 * Ready to accept connections tcp
 *     pid:role, local time, level mark, message
 *
 * Roles are M (master), S (replica), C (start-up and children), X (Sentinel). Marks are `.` debug, `-` verbose,
 * `*` notice, `#` warning. A log file is opened for each line, so that it can be rotated by renaming it.
 */

import { appendFileSync, writeSync } from 'node:fs';

export type LogLevel = 'debug' | 'verbose' | 'notice' | 'warning';
export type LogRole = 'M' | 'S' | 'C' | 'X';

const RANKS = { debug: 0, verbose: 1, notice: 2, warning: 3, nothing: 4 } as const;
const MARKS = { debug: '.', verbose: '-', notice: '*', warning: '#' } as const;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export class Log {
  /** The least level that is written; `nothing` silences the log. */
  threshold: LogLevel | 'nothing' = 'notice';
  role: LogRole = 'C';
  /** The absolute path of the log file; undefined is standard output. */
  file: string | undefined;

  debug(message: string): void {
    this.write('debug', message);
  }

  verbose(message: string): void {
    this.write('verbose', message);
  }

  notice(message: string): void {
    this.write('notice', message);
  }

  warning(message: string): void {
    this.write('warning', message);
  }

  /** Writes one line if its level is reached. */
  write(level: LogLevel, message: string): void {
    if (RANKS[level] < RANKS[this.threshold]) return;
    this.#output(formatLogLine(process.pid, this.role, new Date(), level, message));
  }

  /** Writes text as it is, for the banner, as a notice. */
  raw(text: string): void {
    if (RANKS.notice >= RANKS[this.threshold]) this.#output(text);
  }

  #output(text: string): void {
    try {
      if (this.file !== undefined) appendFileSync(this.file, text);
      else writeSync(1, text);
    } catch {
      // A full disk or a closed terminal must not take the server down, and there is nowhere else to say it.
    }
  }
}

/** One line with its newline; `time` is shown in the local time zone. */
export function formatLogLine(pid: number, role: LogRole, time: Date, level: LogLevel, message: string): string {
  const pad = (value: number, width = 2) => String(value).padStart(width, '0');
  const date = `${pad(time.getDate())} ${MONTHS[time.getMonth()]} ${time.getFullYear()}`;
  const clock = `${pad(time.getHours())}:${pad(time.getMinutes())}:${pad(time.getSeconds())}`;
  return `${pid}:${role} ${date} ${clock}.${pad(time.getMilliseconds(), 3)} ${MARKS[level]} ${message}\n`;
}
