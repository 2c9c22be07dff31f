/**
 * The prompt: read a line, do what it says, again. With a terminal there are line editing, history, completion and hints;
 * without one, lines are taken from standard input as they are, as bytes.
 *
 * Hints are drawn behind the cursor, and taken away before readline handles the next key, so readline never learns of
 * them. While a command runs the terminal is out of raw mode: Ctrl-C then interrupts the command, not the client.
 */
import { readFileSync } from 'node:fs';
import { createInterface, type Interface } from 'node:readline';
import type { ReadStream, WriteStream } from 'node:tty';
import type { CommandRunner, Output } from './command.js';
import { complete } from './complete.js';
import { ConnectionError } from './connection.js';
import { fetchDocs, type CommandDocs } from './docs.js';
import { helpText } from './help.js';
import { hintFor } from './hints.js';
import { appendHistory, dotfile, HISTORY_LINES_MAX, isSensitive, loadHistory } from './history.js';
import { splitArguments } from './quoting.js';
import type { Session } from './session.js';
import { readLines } from './stdin.js';

const SLOW_MS = 500;

/** What a line asks for, carried out; shared by the terminal's prompt and by lines from a pipe. */
export class LineInterpreter {
  readonly session: Session;
  readonly #runner: CommandRunner;
  readonly #output: Output;
  readonly #timing: boolean;
  hints = true;
  docs: CommandDocs = new Map();

  /** `timing`: say how long slow commands took. */
  constructor(session: Session, runner: CommandRunner, output: Output, timing: boolean) {
    this.session = session;
    this.#runner = runner;
    this.#output = output;
    this.#timing = timing;
  }

  /** Connect, and report what went wrong. */
  async connect(): Promise<void> {
    try {
      await this.session.connection();
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      this.#output.error(`${error.message}\n`);
    }
  }

  async loadDocs(): Promise<void> {
    if (this.docs.size > 0 || !this.session.connected) return;
    try {
      this.docs = await fetchDocs(await this.session.connection());
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
    }
  }

  /** Do what `line` says; false where it asks to leave. */
  async interpret(line: string | Buffer, signal?: AbortSignal): Promise<boolean> {
    let args = splitArguments(line);
    if (!args) {
      this.#output.write('Invalid argument(s)\n');
      return true;
    }
    if (args.length === 0) return true;
    let repeat = 1;
    if (args.length > 1 && /^[+-]?\d+$/.test(String(args[0]))) {
      repeat = Number(args[0]);
      if (repeat <= 0 || !Number.isSafeInteger(repeat)) {
        this.#output.write('Invalid repeat command option value.\n');
        return true;
      }
      args = args.slice(1);
    }
    const words = args.map(String);
    const command = (words[0] as string).toLowerCase();
    if (command === 'quit' || command === 'exit') return false;
    if (await this.#ownCommand(command, words)) return true;
    const started = performance.now();
    await this.#runner.run(args, repeat, signal);
    const elapsedMs = performance.now() - started;
    if (this.#timing && elapsedMs >= SLOW_MS && !signal?.aborted)
      this.#output.write(`(${(elapsedMs / 1000).toFixed(2)}s)\n`);
    return true;
  }

  /** The commands that never reach the server; false where `words` is none of them. */
  async #ownCommand(command: string, words: string[]): Promise<boolean> {
    if (command.startsWith(':')) {
      this.setPreference(words, '');
    } else if (command === 'help' || command === '?') {
      await this.loadDocs();
      this.#output.write(helpText(this.docs, words.slice(1)));
    } else if (command === 'clear' && words.length === 1) {
      this.#output.write('\x1b[H\x1b[2J');
    } else if (command === 'connect' && words.length === 3) {
      this.session.retarget(words[1] as string, Number.parseInt(words[2] as string, 10) || 0);
      await this.connect();
    } else {
      return false;
    }
    return true;
  }

  /** `:set hints`, from the prompt or (`origin` names it) from the preferences file. */
  setPreference(words: readonly string[], origin: string): void {
    const name = words[1]?.toLowerCase();
    if (words[0]?.toLowerCase() !== ':set' || words.length < 2) {
      this.#output.error(`${origin}unknown internal command '${words[0] ?? ''}'\n`);
    } else if (name === 'hints' || name === 'nohints') {
      this.hints = name === 'hints';
    } else {
      this.#output.error(`${origin}unknown preference '${words[1]}'\n`);
    }
  }

  loadPreferences(path: string | undefined): void {
    if (!path) return;
    let text: string;
    try {
      text = readFileSync(path, 'utf8');
    } catch {
      return;
    }
    for (const line of text.split('\n')) {
      const words = splitArguments(line)?.map(String);
      if (words && words.length > 0) this.setPreference(words, '.hematiterc: ');
    }
  }
}

/** Carry out each line of `input`, which is no terminal. */
export async function runLines(interpreter: LineInterpreter, input: NodeJS.ReadStream): Promise<void> {
  for await (const line of readLines(input)) {
    if (!(await interpreter.interpret(line))) return;
  }
}

/** The prompt on a terminal, until the user leaves. */
export async function runPrompt(
  interpreter: LineInterpreter,
  input: ReadStream,
  output: WriteStream,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const historyPath = dotfile('HEMATITE_HISTFILE', '.hematite_history', env);
  interpreter.loadPreferences(dotfile('HEMATITE_RCFILE', '.hematiterc', env));
  await interpreter.loadDocs();
  await new Prompt(interpreter, input, output, historyPath).run();
}

class Prompt {
  readonly #interpreter: LineInterpreter;
  readonly #input: ReadStream;
  readonly #output: WriteStream;
  readonly #historyPath: string | undefined;
  readonly #readline: Interface & { history?: string[] };
  readonly #lines: string[] = [];
  #wake: (() => void) | undefined;
  #closed = false;
  #busy = false;
  #hintShown = false;

  constructor(interpreter: LineInterpreter, input: ReadStream, output: WriteStream, historyPath: string | undefined) {
    this.#interpreter = interpreter;
    this.#input = input;
    this.#output = output;
    this.#historyPath = historyPath;
    this.#readline = createInterface({
      input,
      output,
      terminal: true,
      historySize: HISTORY_LINES_MAX,
      history: loadHistory(historyPath),
      tabSize: 8,
      completer: (line: string) => this.#complete(line),
    });
    this.#listen();
  }

  /** Prompt and carry out, until quit or end of input. */
  async run(): Promise<void> {
    for (;;) {
      const line = await this.#nextLine();
      if (line === undefined) break;
      if (!(await this.#carryOut(line))) break;
    }
    this.#readline.close();
    this.#input.pause();
  }

  #listen(): void {
    const readline = this.#readline;
    readline.on('line', (line) => {
      this.#lines.push(line);
      this.#wake?.();
    });
    readline.on('close', () => {
      this.#closed = true;
      this.#wake?.();
    });
    // Ctrl-C throws away what is typed; on an empty line it leaves.
    readline.on('SIGINT', () => {
      const typed = readline.line !== '';
      if (typed) readline.write(null, { ctrl: true, name: 'e' });
      this.#output.write('\n');
      if (!typed) {
        readline.close();
        return;
      }
      readline.write(null, { ctrl: true, name: 'u' });
    });
    // readline adds a line before it announces it: this is the place to take secrets out again.
    readline.on('history', (history: string[]) => {
      if (history[0] !== undefined && secret(history[0])) history.shift();
    });
    this.#input.prependListener('keypress', () => this.#eraseHint());
    this.#input.on('keypress', () => this.#drawHint());
  }

  async #nextLine(): Promise<string | undefined> {
    if (this.#lines.length === 0 && !this.#closed) {
      this.#input.setRawMode(true);
      this.#readline.setPrompt(this.#interpreter.session.prompt());
      this.#readline.prompt();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
    return this.#lines.shift();
  }

  async #carryOut(line: string): Promise<boolean> {
    if (line.trim() !== '' && !secret(line)) appendHistory(this.#historyPath, line);
    const abort = new AbortController();
    const interrupt = () => abort.abort();
    this.#busy = true;
    this.#readline.pause();
    this.#input.setRawMode(false);
    process.on('SIGINT', interrupt);
    try {
      return await this.#interpreter.interpret(line, abort.signal);
    } finally {
      process.off('SIGINT', interrupt);
      this.#busy = false;
      if (abort.signal.aborted) {
        this.#output.write('\n');
        await this.#interpreter.connect();
      }
      await this.#interpreter.loadDocs();
    }
  }

  #complete(line: string): [string[], string] {
    const [candidates, word] = complete(this.#interpreter.docs, line);
    return [candidates.length === 1 ? [`${candidates[0]} `] : candidates, word];
  }

  #eraseHint(): void {
    if (!this.#hintShown) return;
    this.#hintShown = false;
    this.#output.write('\x1b[0K');
  }

  /** Draw the hint behind the cursor, as much as the row holds, and put the cursor back. */
  #drawHint(): void {
    const { line, cursor } = this.#readline;
    if (this.#busy || this.#closed || !this.#interpreter.hints || line === '' || cursor !== line.length) return;
    const hint = lineHint(this.#interpreter.docs, line);
    const room = this.#output.columns - this.#readline.getCursorPos().cols - 1;
    const shown = hint.slice(0, Math.max(0, room));
    if (shown.trim() === '') return;
    this.#hintShown = true;
    this.#output.write(`\x1b[90m${shown}\x1b[0m\x1b[${shown.length}D`);
  }
}

/** What to draw behind `line`, its leading blank included where the line does not end with one. */
export function lineHint(docs: CommandDocs, line: string): string {
  const words = splitArguments(line)?.map(String);
  if (!words || words.length === 0) return '';
  const counted = words.length > 1 && /^\d+$/.test(words[0] as string) ? words.slice(1) : words;
  const hint = hintFor(docs, counted);
  if (hint === '') return '';
  return /\s$/.test(line) ? hint : ` ${hint}`;
}

function secret(line: string): boolean {
  const words = splitArguments(line)?.map(String) ?? line.trim().split(/\s+/);
  return isSensitive(words);
}
