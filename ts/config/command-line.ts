/**
 * The server's command line: `[file] [--option value ...] [-]`, read exactly as redis-server reads its own.
 *
 * Options become configuration lines that stand behind the file's text, so their line numbers in errors count on.
 */

import { encodeText, quoteWord, splitWords } from './words.js';

/** What the command line asks for. */
export type CommandLine =
  | { readonly mode: 'help' | 'version' }
  | {
      readonly mode: 'serve';
      /** The configuration file as given. */
      readonly file: string | undefined;
      /** Whether standard input holds configuration too. */
      readonly stdin: boolean;
      /** The options as configuration text (a byte string), without a leading newline. */
      readonly options: string;
    };

/** Reads the arguments behind the program's name. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const [first] = args;
  if (args.length === 1 && (first === '-v' || first === '--version')) return { mode: 'version' };
  if (args.length === 1 && (first === '-h' || first === '--help')) return { mode: 'help' };
  const file = first !== undefined && !first.startsWith('-') ? first : undefined;
  return { mode: 'serve', file, ...readOptions(file === undefined ? args : args.slice(1)) };
}

function readOptions(args: readonly string[]): { stdin: boolean; options: string } {
  let stdin = false;
  let options = '';
  // Behind an option's name the next word is its value even where that begins with dashes.
  let awaitsValue = false;
  args.forEach((arg, index) => {
    const last = index === args.length - 1;
    if (arg === '-' && (index === 0 || last)) {
      stdin = true;
    } else if (!awaitsValue && arg.startsWith('--')) {
      options += (options === '' ? '' : '\n') + encodeText(arg.slice(2)) + ' ';
      awaitsValue = splitWords(encodeText(arg))?.length === 1;
      // `--save` without a value means none, though other options follow.
      if (awaitsValue && arg.toLowerCase() === '--save' && (last || args[index + 1]?.startsWith('--'))) {
        options += '""';
        awaitsValue = false;
      }
    } else {
      options += quoteWord(encodeText(arg)) + ' ';
      awaitsValue = false;
    }
  });
  return { stdin, options };
}

/** The text for `--help`; `program` is how it was called. */
export function usage(program: string): string {
  return [
    `Usage: ${program} [/path/to/redis.conf] [options] [-]`,
    `       ${program} - (read config from stdin)`,
    `       ${program} -v or --version`,
    `       ${program} -h or --help`,
    '',
    'Examples:',
    `       ${program} (run the server with default conf)`,
    `       echo 'maxmemory 128mb' | ${program} -`,
    `       ${program} /etc/redis/6379.conf`,
    `       ${program} --port 7777`,
    `       ${program} --port 7777 --replicaof 127.0.0.1 8888`,
    `       ${program} /etc/myredis.conf --loglevel verbose -`,
    `       ${program} /etc/myredis.conf --loglevel verbose`,
    '',
  ].join('\n');
}
