/**
 * The command line of `hematite cli`: one table of options, from which parsing and `--help` both derive.
 *
 * Options stand before the command; the first word that is not one begins the command, whose own dashes are left alone.
 * Names and meanings are redis-cli's.
 */
import { readFileSync } from 'node:fs';
import type { OutputFormat } from './render.js';
import { unquote } from './quoting.js';
import { parseUri } from './uri.js';

export type Mode =
  | 'command'
  | 'pipe'
  | 'eval'
  | 'scan'
  | 'bigkeys'
  | 'memkeys'
  | 'hotkeys'
  | 'latency'
  | 'latency-history'
  | 'stat'
  | 'help'
  | 'version';

export interface TlsOptions {
  enabled: boolean;
  sni?: string;
  caFile?: string;
  certFile?: string;
  keyFile?: string;
  ciphers?: string;
  insecure: boolean;
}

export interface CliOptions {
  host: string;
  port: number;
  socket?: string;
  user?: string;
  password?: string;
  askPassword: boolean;
  warnAboutPassword: boolean;
  db: number;
  /** RESP version asked for; undefined: what the server starts with. */
  protocol?: 2 | 3;
  tls: TlsOptions;
  /** Limit on connecting, in milliseconds; 0: none. */
  timeoutMs: number;
  repeat: number;
  intervalMs: number;
  lastArgumentFromStdin: boolean;
  stdinTag?: string;
  elementDelimiter: string;
  replyDelimiter: string;
  /** Undefined: standard on a terminal, raw elsewhere. */
  format?: OutputFormat;
  quotedInput: boolean;
  showPushes?: boolean;
  errorExit: boolean;
  cluster: boolean;
  verbose: boolean;
  mode: Mode;
  evalFile?: string;
  pattern?: Buffer;
  scanCount?: number;
  scanType?: string;
  memkeysSamples?: number;
  pipeTimeoutSeconds: number;
  command: string[];
}

/** What the user wrote cannot be followed; the message is the whole of what to print. */
export class UsageError extends Error {
  override name = 'UsageError';
}

interface OptionRow {
  flags: string[];
  /** Name of the value in the help text; absent where the option takes none. */
  value?: string;
  help: string;
  apply: (options: CliOptions, value: string) => void;
}

const row = (flags: string, help: string, apply: OptionRow['apply'], value?: string): OptionRow => ({
  flags: flags.split(' '),
  help,
  apply,
  ...(value ? { value } : {}),
});

export function integer(text: string, what: string): number {
  if (!/^-?\d+$/.test(text)) throw new UsageError(`Invalid ${what}: '${text}'`);
  return Number(text);
}

function seconds(text: string, what: string): number {
  const value = Number(text);
  if (text === '' || !Number.isFinite(value) || value < 0) throw new UsageError(`Invalid ${what}: '${text}'`);
  return value;
}

export function port(text: string): number {
  const value = integer(text, 'server port');
  if (value < 0 || value > 65535) throw new UsageError('Invalid server port.');
  return value;
}

function readable(path: string): string {
  try {
    readFileSync(path);
  } catch (error) {
    throw new UsageError(`Can't read '${path}': ${(error as Error).message}`);
  }
  return path;
}

const OPTIONS: OptionRow[] = [
  row(
    '-h',
    'Server hostname (default: 127.0.0.1).',
    (o, v) => {
      o.host = v;
    },
    '<hostname>',
  ),
  row(
    '-p',
    'Server port (default: 6379).',
    (o, v) => {
      o.port = port(v);
    },
    '<port>',
  ),
  row(
    '-s',
    'Server socket (overrides hostname and port).',
    (o, v) => {
      o.socket = v;
    },
    '<socket>',
  ),
  row(
    '-a --pass',
    'Password; safer in the REDISCLI_AUTH environment variable (this option takes precedence).',
    (o, v) => {
      o.password = v;
    },
    '<password>',
  ),
  row(
    '--user',
    "Sent as 'AUTH username password'. Needs a password.",
    (o, v) => {
      o.user = v;
    },
    '<username>',
  ),
  row('--askpass', 'Ask for the password; -a and REDISCLI_AUTH are ignored.', (o) => {
    o.askPassword = true;
  }),
  row('--no-auth-warning', 'No warning about a password on the command line.', (o) => {
    o.warnAboutPassword = false;
  }),
  row('-u', 'Server address: redis://user:password@host:port/db, or rediss:// for TLS.', parseUri, '<uri>'),
  row(
    '-n',
    'Database number.',
    (o, v) => {
      o.db = integer(v, 'database number');
    },
    '<db>',
  ),
  row('-2', 'Start the session in RESP2.', (o) => {
    o.protocol = 2;
  }),
  row('-3', 'Start the session in RESP3.', (o) => {
    o.protocol = 3;
  }),
  row(
    '-t',
    'Limit on connecting, in seconds (default: none).',
    (o, v) => {
      o.timeoutMs = seconds(v, 'connection timeout') * 1000;
    },
    '<timeout>',
  ),
  row('-c', 'Cluster mode: follow -MOVED and -ASK redirections.', (o) => {
    o.cluster = true;
  }),
  row('--tls', 'Connect over TLS.', (o) => {
    o.tls.enabled = true;
  }),
  row(
    '--sni',
    'Server name indication for TLS.',
    (o, v) => {
      o.tls.sni = v;
    },
    '<host>',
  ),
  row(
    '--cacert',
    'CA certificate to verify the server with (default: the trusted roots).',
    (o, v) => {
      o.tls.caFile = readable(v);
    },
    '<file>',
  ),
  row(
    '--cert',
    'Client certificate.',
    (o, v) => {
      o.tls.certFile = readable(v);
    },
    '<file>',
  ),
  row(
    '--key',
    "The client certificate's private key.",
    (o, v) => {
      o.tls.keyFile = readable(v);
    },
    '<file>',
  ),
  row(
    '--tls-ciphers --tls-ciphersuites',
    'Ciphers in order of preference, colon-separated.',
    (o, v) => {
      o.tls.ciphers = o.tls.ciphers ? `${o.tls.ciphers}:${v}` : v;
    },
    '<list>',
  ),
  row('--insecure', "Do not verify the server's certificate.", (o) => {
    o.tls.insecure = true;
  }),
  row(
    '-r',
    'Run the command N times; -1: for ever.',
    (o, v) => {
      o.repeat = integer(v, 'repeat count');
    },
    '<repeat>',
  ),
  row(
    '-i',
    'With -r, seconds between runs (0.1 works); with --scan and --stat per cycle, with key samplers per 100 cycles.',
    (o, v) => {
      o.intervalMs = seconds(v, 'interval') * 1000;
    },
    '<interval>',
  ),
  row('-x', 'Read the last argument from standard input.', (o) => {
    o.lastArgumentFromStdin = true;
  }),
  row(
    '-X',
    'Read the argument <tag> from standard input.',
    (o, v) => {
      o.stdinTag = v;
    },
    '<tag>',
  ),
  row(
    '-d',
    'Between the elements of a reply, raw format (default: \\n).',
    (o, v) => {
      o.elementDelimiter = v;
    },
    '<delimiter>',
  ),
  row(
    '-D',
    'Between replies, raw format (default: \\n).',
    (o, v) => {
      o.replyDelimiter = v;
    },
    '<delimiter>',
  ),
  row('-e', 'Exit with an error code when a command fails.', (o) => {
    o.errorExit = true;
  }),
  row('--raw', 'Raw replies (default where the output is no terminal).', (o) => {
    o.format = 'raw';
  }),
  row('--no-raw', 'Formatted replies even where the output is no terminal.', (o) => {
    o.format = 'standard';
  }),
  row('--csv', 'Replies as CSV.', (o) => {
    o.format = 'csv';
  }),
  row('--json', 'Replies as JSON (RESP3 unless -2 is given).', (o) => {
    o.format = 'json';
  }),
  row('--quoted-json', 'As --json, with ASCII-safe quoted strings.', (o) => {
    o.format = 'quoted-json';
  }),
  row('--quoted-input', 'Read arguments as quoted strings.', (o) => {
    o.quotedInput = true;
  }),
  row(
    '--show-pushes',
    'Whether to print push messages: yes or no (default: on a terminal).',
    (o, v) => {
      o.showPushes = v.toLowerCase() !== 'no';
    },
    '<yn>',
  ),
  row('--pipe', 'Send raw protocol, or commands line by line, from standard input: mass insertion.', (o) => {
    o.mode = 'pipe';
  }),
  row(
    '--pipe-timeout',
    'With --pipe, give up when no reply came for N seconds after all was sent (default: 30; 0: never).',
    (o, v) => {
      o.pipeTimeoutSeconds = seconds(v, 'pipe timeout');
    },
    '<n>',
  ),
  row(
    '--eval',
    'Run the Lua script in the file: key1 key2 , arg1 arg2.',
    (o, v) => {
      o.mode = 'eval';
      o.evalFile = v;
    },
    '<file>',
  ),
  row('--scan', 'List the keys with SCAN.', (o) => {
    o.mode = 'scan';
  }),
  row(
    '--pattern',
    'Key pattern for --scan and the key samplers (default: *).',
    (o, v) => {
      o.pattern = Buffer.from(v);
    },
    '<pat>',
  ),
  row(
    '--quoted-pattern',
    'As --pattern, as a quoted string.',
    (o, v) => {
      o.pattern = unquoted(v, '--quoted-pattern');
    },
    '<pat>',
  ),
  row(
    '--count',
    'COUNT of each SCAN.',
    (o, v) => {
      o.scanCount = integer(v, 'count');
    },
    '<count>',
  ),
  row(
    '--type',
    'Only keys of this type, with --scan.',
    (o, v) => {
      o.scanType = v;
    },
    '<type>',
  ),
  row('--bigkeys', 'Sample keys, looking for those with many elements.', (o) => {
    o.mode = 'bigkeys';
  }),
  row('--memkeys', 'Sample keys, looking for those that take much memory.', (o) => {
    o.mode = 'memkeys';
  }),
  row(
    '--memkeys-samples',
    'As --memkeys, with N elements sampled in each key.',
    (o, v) => {
      o.mode = 'memkeys';
      o.memkeysSamples = integer(v, 'number of samples');
    },
    '<n>',
  ),
  row('--hotkeys', 'Sample keys, looking for hot ones (needs an LFU maxmemory-policy).', (o) => {
    o.mode = 'hotkeys';
  }),
  row('--latency', 'Measure latency continuously; raw or CSV output: for one interval (1 s), one line.', (o) => {
    o.mode = 'latency';
  }),
  row('--latency-history', 'As --latency, a line for each interval (default: 15 s).', (o) => {
    o.mode = 'latency-history';
  }),
  row('--stat', 'Rolling figures of the server: keys, memory, clients, requests.', (o) => {
    o.mode = 'stat';
  }),
  row('--verbose', 'Say more.', (o) => {
    o.verbose = true;
  }),
  row('--version -v', 'Print the version and exit.', (o) => {
    o.mode = 'version';
  }),
  row('--help', 'Print this help and exit.', (o) => {
    o.mode = 'help';
  }),
];

const BY_FLAG = new Map(OPTIONS.flatMap((option) => option.flags.map((flag) => [flag, option] as const)));

function unquoted(text: string, flag: string): Buffer {
  const bytes = unquote(text);
  if (!bytes) throw new UsageError(`Invalid quoted string specified for ${flag}.`);
  return bytes;
}

/** The options of `argv` (without program and subcommand). @throws UsageError */
export function parseOptions(argv: readonly string[], env: NodeJS.ProcessEnv = process.env): CliOptions {
  const options: CliOptions = {
    host: '127.0.0.1',
    port: 6379,
    askPassword: false,
    warnAboutPassword: true,
    db: 0,
    tls: { enabled: false, insecure: false },
    timeoutMs: 0,
    repeat: 1,
    intervalMs: 0,
    lastArgumentFromStdin: false,
    elementDelimiter: '\n',
    replyDelimiter: '\n',
    quotedInput: false,
    errorExit: false,
    cluster: false,
    verbose: false,
    mode: 'command',
    pipeTimeoutSeconds: 30,
    command: [],
  };
  let at = 0;
  for (; at < argv.length; at++) {
    const word = argv[at] as string;
    const last = at === argv.length - 1;
    if (word === '-h' && last) {
      options.mode = 'help';
      continue;
    }
    const option = BY_FLAG.get(word);
    if (!option) {
      if (!word.startsWith('-')) break;
      throw new UsageError(`Unrecognized option or bad number of args for: '${word}'`);
    }
    if (option.value && last) throw new UsageError(`Unrecognized option or bad number of args for: '${word}'`);
    option.apply(options, option.value ? (argv[++at] as string) : '');
  }
  options.command = argv.slice(at);
  if (options.lastArgumentFromStdin && options.stdinTag !== undefined) {
    throw new UsageError('Options -x and -X are mutually exclusive.');
  }
  const json = options.format === 'json' || options.format === 'quoted-json';
  if (options.protocol === undefined && json) options.protocol = 3;
  if (options.password === undefined) {
    options.warnAboutPassword = false;
    if (env.REDISCLI_AUTH !== undefined) options.password = env.REDISCLI_AUTH;
  }
  return options;
}

/** The text of `--help`. */
export function usage(version: string): string {
  const lines = OPTIONS.map((option) => {
    const head = `  ${option.flags.join(', ')}${option.value ? ` ${option.value}` : ''}`;
    return head.length < 27 ? `${head.padEnd(27)}${option.help}` : `${head}\n${' '.repeat(27)}${option.help}`;
  });
  return `hematite cli ${version}

Usage: hematite cli [OPTIONS] [cmd [arg [arg ...]]]
${lines.join('\n')}

Examples:
  cat /etc/passwd | hematite cli -x set mypasswd
  hematite cli -D "" --raw dump key > key.dump && hematite cli -X tag restore key2 0 tag replace < key.dump
  hematite cli -r 100 -i 1 info | grep used_memory_human:
  hematite cli --quoted-input set '"null-\\x00-separated"' value
  hematite cli --eval myscript.lua key1 key2 , arg1 arg2 arg3
  hematite cli --scan --pattern '*:12345*'

Without a command the interactive mode starts; type "help" there.
`;
}
