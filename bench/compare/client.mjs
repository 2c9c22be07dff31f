/**
 * A small client for set-up and for timing single commands. It understands as much of RESP as it must: where a reply ends.
 */

import { connect } from 'node:net';

/** Replies of a fill that may be on their way at a time, counted in commands. */
const WINDOW = 20_000;
const CHUNK_BYTES = 64 * 1024;
const MARKS = { error: 0x2d, bulk: 0x24, lineEnd: 0x0a };

/** A command as bytes. Words are strings, numbers or buffers. */
export function encode(words) {
  const parts = [Buffer.from(`*${words.length}\r\n`)];
  for (const word of words) {
    const bytes = Buffer.isBuffer(word) ? word : Buffer.from(String(word), 'latin1');
    parts.push(Buffer.from(`$${bytes.length}\r\n`), bytes, Buffer.from('\r\n'));
  }
  return Buffer.concat(parts);
}

/** The same for words that are plain text, as text: several times faster, for fills. */
function encodeText(words) {
  let text = `*${words.length}\r\n`;
  for (const word of words) {
    const each = String(word);
    text += `$${each.length}\r\n${each}\r\n`;
  }
  return text;
}

class Client {
  #socket;
  #onData = undefined;
  #onEnd = undefined;

  constructor(socket) {
    this.#socket = socket;
    socket.on('data', (bytes) => this.#onData?.(bytes));
    socket.on('close', () => this.#onEnd?.(new Error('the server hung up')));
    socket.on('error', () => undefined);
  }

  /** Sends `bytes` and takes replies until `isDone(chunk)`; the first call comes at once, with an empty chunk. */
  #exchange(bytes, isDone) {
    return new Promise((resolve, reject) => {
      this.#onEnd = reject;
      this.#onData = (chunk) => {
        try {
          if (isDone(chunk)) resolve();
        } catch (error) {
          reject(error);
        }
      };
      this.#socket.write(bytes);
      this.#onData(Buffer.alloc(0));
    });
  }

  /** A command with a one-line or bulk reply, as text. */
  async text(...words) {
    let reply = '';
    await this.#exchange(encode(words), (chunk) => {
      reply += chunk.toString('latin1');
      const end = reply.indexOf('\r\n');
      if (end < 0) return false;
      if (reply[0] !== '$' || reply.startsWith('$-1')) return true;
      return reply.length >= end + 2 + Number(reply.slice(1, end)) + 2;
    });
    if (reply[0] === '-') throw new Error(`${words[0]}: ${reply.trim()}`);
    return reply[0] === '$' ? reply.slice(reply.indexOf('\r\n') + 2, -2) : reply.slice(1, -2);
  }

  /** A command with any reply: milliseconds until its last byte was there. An error reply is thrown. */
  time(...words) {
    return this.timeAll([words]);
  }

  /** The same for several commands that are sent at once. */
  async timeAll(commands) {
    // What comes behind an ECHO of something that no reply holds has been answered before.
    const marker = `end-${Math.random()}`;
    const tail = Buffer.from(`$${marker.length}\r\n${marker}\r\n`);
    const bytes = Buffer.concat([...commands.map(encode), encode(['ECHO', marker])]);
    let last = Buffer.alloc(0);
    let first;
    const begin = performance.now();
    await this.#exchange(bytes, (chunk) => {
      if (chunk.length === 0) return false;
      first ??= chunk;
      last = chunk.length >= tail.length ? chunk : Buffer.concat([last, chunk]).subarray(-tail.length);
      return last.subarray(-tail.length).equals(tail);
    });
    if (first[0] === MARKS.error)
      throw new Error(`${commands[0][0]}: ${first.subarray(0, first.indexOf('\r')).toString('latin1')}`);
    return performance.now() - begin;
  }

  /** Runs all commands of an iterable; each must be answered by one line or one bulk of digits, none by an error. */
  async fill(commands) {
    const iterator = commands[Symbol.iterator]();
    let [sent, answered, isOver] = [0, 0, false];
    const more = () => {
      while (!isOver && sent - answered < WINDOW) {
        let text = '';
        while (!isOver && text.length < CHUNK_BYTES) {
          const { value, done } = iterator.next();
          if (done) {
            isOver = true;
          } else {
            text += encodeText(value);
            sent += 1;
          }
        }
        if (text !== '') this.#socket.write(text, 'latin1');
      }
    };
    let lineMark;
    await this.#exchange('', (chunk) => {
      for (let at = 0; at < chunk.length;) {
        lineMark ??= chunk[at];
        if (lineMark === MARKS.error) throw new Error(chunk.subarray(at, at + 100).toString('latin1'));
        const end = chunk.indexOf(MARKS.lineEnd, at);
        if (end < 0) break;
        // The length of a bulk is a line of its own.
        if (lineMark !== MARKS.bulk) answered += 1;
        lineMark = undefined;
        at = end + 1;
      }
      more();
      return isOver && answered === sent;
    });
    return sent;
  }

  close() {
    this.#socket.destroy();
  }
}

/** A client, or undefined if nobody listens. */
export function connectOnce(port) {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    socket.once('error', () => resolve(undefined));
    socket.once('connect', () => resolve(new Client(socket)));
  });
}

/** A client of a server that is known to listen. */
export async function open(server) {
  const client = await connectOnce(server.port);
  if (client === undefined) throw new Error(`${server.kind} does not listen on ${server.port}`);
  return client;
}

/** Opens a client for `work` and closes it. */
export async function withClient(server, work) {
  const client = await open(server);
  try {
    return await work(client);
  } finally {
    client.close();
  }
}
