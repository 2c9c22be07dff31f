/** Standard input as bytes: everything at once, line by line, or one hidden line from the terminal. */
import type { Readable } from 'node:stream';
import type { ReadStream } from 'node:tty';

export async function readAll(input: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of input) chunks.push(Buffer.from(chunk as Buffer));
  return Buffer.concat(chunks);
}

/** Lines without their newline; a last line without one counts. */
export async function* readLines(input: Readable): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  for await (const piece of input) {
    const chunk = Buffer.from(piece as Buffer);
    let from = 0;
    for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, from)) {
      yield Buffer.concat([...held, chunk.subarray(from, end)]);
      held = [];
      from = end + 1;
    }
    if (from < chunk.length) held.push(chunk.subarray(from));
  }
  if (held.length > 0) yield Buffer.concat(held);
}

/** A line typed without echo, each character shown as `*`. Undefined where the user gave up (Ctrl-C, Ctrl-D). */
export async function readPassword(
  input: ReadStream,
  write: (text: string) => void,
  prompt: string,
): Promise<string | undefined> {
  write(prompt);
  const raw = input.isTTY;
  if (raw) input.setRawMode(true);
  input.setEncoding('utf8');
  try {
    return await collectPassword(input, write, raw);
  } finally {
    if (raw) input.setRawMode(false);
    input.pause();
    write('\n');
  }
}

function collectPassword(input: ReadStream, write: (text: string) => void, echo: boolean): Promise<string | undefined> {
  return new Promise((resolve) => {
    let typed: string[] = [];
    const finish = (value: string | undefined) => {
      input.off('data', onData);
      input.off('end', onEnd);
      resolve(value);
    };
    const onEnd = () => finish(typed.length > 0 ? typed.join('') : undefined);
    const onData = (text: string) => {
      for (const character of text) {
        if (character === '\r' || character === '\n') return finish(typed.join(''));
        if (character === '\x03' || character === '\x04') return finish(undefined);
        if (character === '\x7f' || character === '\b') {
          if (typed.pop() !== undefined && echo) write('\b \b');
        } else if (character === '\x15') {
          if (echo) write('\b \b'.repeat(typed.length));
          typed = [];
        } else {
          typed.push(character);
          if (echo) write('*');
        }
      }
    };
    input.on('data', onData);
    input.on('end', onEnd);
    input.resume();
  });
}
