/**
 * `hematite cli`: a client for people and scripts, against any Redis-compatible server.
 *
 *     hematite cli                     the prompt
 *     hematite cli SET key value       one command
 *     echo 'GET key' | hematite cli    commands from standard input, a line each
 *     hematite cli --scan              a mode (--pipe, --eval, --bigkeys, --stat, --latency ...)
 *
 * This file only chooses among them. Options: options.ts; the connection and its state: connection.ts, session.ts; a
 * command and its printing: command.ts, render.ts; the prompt: interactive.ts, hints.ts, complete.ts; modes/.
 */
import type { ReadStream } from 'node:tty';
import { CommandRunner, type Output } from './command.js';
import { ConnectionError } from './connection.js';
import { LineInterpreter, runLines, runPrompt } from './interactive.js';
import { hotkeysMode } from './modes/hotkeys.js';
import { keySizesMode } from './modes/key_sizes.js';
import { evalCommand } from './modes/eval.js';
import { latencyMode } from './modes/latency.js';
import { pipeMode } from './modes/pipe.js';
import { ModeError, scanMode } from './modes/scan.js';
import { statMode } from './modes/stat.js';
import { parseOptions, usage, UsageError, type CliOptions } from './options.js';
import { unquote } from './quoting.js';
import { renderPush, type OutputFormat } from './render.js';
import { Session } from './session.js';
import { readAll, readPassword } from './stdin.js';
import { VERSION } from './version.js';

/** The streams and the environment to work with; the process's own unless a test gives others. */
export interface CliStreams {
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WritableStream;
  env: NodeJS.ProcessEnv;
}

/** Run the client with the words behind `hematite cli`; resolves to the process's exit code. */
export async function run(argv: string[], streams: CliStreams = process): Promise<number> {
  const output: Output = {
    write: (bytes) => void streams.stdout.write(bytes),
    error: (text) => void streams.stderr.write(text),
  };
  // A reader that went away (`| head`) ends the client quietly.
  const leave = () => process.exit(0);
  streams.stdout.on('error', leave);
  try {
    return await new Client(parseOptions(argv, streams.env), streams, output).run();
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof ConnectionError || error instanceof ModeError)) throw error;
    output.error(`${error.message}\n`);
    return 1;
  } finally {
    streams.stdout.off('error', leave);
  }
}

class Client {
  readonly #options: CliOptions;
  readonly #streams: CliStreams;
  readonly #output: Output;
  readonly #format: OutputFormat;
  readonly #session: Session;

  constructor(options: CliOptions, streams: CliStreams, output: Output) {
    this.#options = options;
    this.#streams = streams;
    this.#output = output;
    const terminal = streams.stdout.isTTY === true || streams.env.FAKETTY !== undefined;
    this.#format = options.format ?? (terminal ? 'standard' : 'raw');
    const showPushes = options.showPushes ?? terminal;
    this.#session = new Session(
      options,
      (message) => output.error(`${message}\n`),
      showPushes ? (push) => output.write(renderPush(push, this.#format)) : undefined,
    );
  }

  async run(): Promise<number> {
    const options = this.#options;
    if (options.mode === 'version') {
      this.#output.write(`hematite cli ${VERSION}\n`);
      return 0;
    }
    if (options.mode === 'help') {
      this.#output.write(usage(VERSION));
      return 0;
    }
    if (options.askPassword && !(await this.#askPassword())) return 1;
    if (options.warnAboutPassword) {
      this.#output.error(
        "Warning: Using a password with '-a' or '-u' option on the command line interface may not be safe.\n",
      );
    }
    try {
      if (options.mode === 'command' && options.command.length === 0 && !options.lastArgumentFromStdin)
        return await this.#interactive();
      if (options.mode === 'command' || options.mode === 'eval') return await this.#command();
      return await this.#mode();
    } finally {
      this.#session.disconnect();
      this.#streams.stdin.pause();
    }
  }

  async #askPassword(): Promise<boolean> {
    const write = (text: string) => this.#output.error(text);
    const password = await readPassword(this.#streams.stdin as ReadStream, write, 'Please input password: ');
    if (password === undefined) return false;
    this.#options.password = password;
    this.#options.warnAboutPassword = false;
    return true;
  }

  async #interactive(): Promise<number> {
    const { stdin, stdout, env } = this.#streams;
    const runner = new CommandRunner(this.#session, this.#output, this.#format, true);
    const interpreter = new LineInterpreter(this.#session, runner, this.#output, this.#format === 'standard');
    await interpreter.connect();
    if (stdin.isTTY && stdout.isTTY) await runPrompt(interpreter, stdin, stdout, env);
    else await runLines(interpreter, stdin);
    return 0;
  }

  async #command(): Promise<number> {
    const args = await this.#arguments();
    const runner = new CommandRunner(this.#session, this.#output, this.#format, false);
    const interpreter = new LineInterpreter(this.#session, runner, this.#output, false);
    if (/^(help|\?)$/i.test(String(args[0]))) {
      await interpreter.connect();
      await interpreter.interpret(args.map(String).join(' '));
      return 0;
    }
    const command = this.#options.mode === 'eval' ? evalCommand(this.#options.evalFile as string, args) : args;
    const { lost, failed } = await runner.run(command, this.#options.repeat);
    return lost || (failed && this.#options.errorExit) ? 1 : 0;
  }

  /** The command's words, unquoted where asked, with standard input in the place of -x or -X. */
  async #arguments(): Promise<Buffer[]> {
    const { command, quotedInput, lastArgumentFromStdin, stdinTag } = this.#options;
    const args = command.map((word) => {
      const bytes = quotedInput ? unquote(word) : Buffer.from(word);
      if (!bytes) throw new UsageError('Invalid quoted string');
      return bytes;
    });
    if (lastArgumentFromStdin) args.push(await readAll(this.#streams.stdin));
    if (stdinTag === undefined) return args;
    const at = args.findIndex((arg) => arg.toString() === stdinTag);
    if (at < 0) throw new UsageError('Using -X option but stdin tag not match.');
    args[at] = await readAll(this.#streams.stdin);
    return args;
  }

  async #mode(): Promise<number> {
    const options = this.#options;
    const connection = await this.#session.connection();
    const abort = new AbortController();
    const interrupt = () => abort.abort();
    // These two simply die of Ctrl-C; the others have something to say first.
    if (options.mode !== 'pipe' && options.mode !== 'scan') process.once('SIGINT', interrupt);
    try {
      switch (options.mode) {
        case 'pipe':
          return await pipeMode(connection, this.#streams.stdin, this.#output, options.pipeTimeoutSeconds);
        case 'scan':
          return await scanMode(connection, options, this.#output, this.#format);
        case 'bigkeys':
        case 'memkeys':
          return await keySizesMode(connection, options, this.#output, abort.signal);
        case 'hotkeys':
          return await hotkeysMode(connection, options, this.#output, abort.signal);
        case 'stat':
          return await statMode(connection, options, this.#output, abort.signal);
        default:
          return await latencyMode(connection, options, this.#output, this.#format, abort.signal);
      }
    } finally {
      process.off('SIGINT', interrupt);
    }
  }
}

/** The subcommand: its code becomes the process's. */
export async function main(args: readonly string[]): Promise<void> {
  process.exitCode = await run([...args]);
}
