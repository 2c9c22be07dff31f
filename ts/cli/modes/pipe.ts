/**
 * `--pipe`: standard input goes to the server as it is, protocol or inline commands; replies are counted on the way.
 *
 * What was sent is not parsed, so the number of replies to expect is unknown. After the last byte an ECHO of twenty random
 * bytes follows: when the server echoes them, everything before has been answered.
 */
import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import { encodeCommand, type Reply } from '../../core/resp.js';
import type { Connection } from '../connection.js';
import type { Output } from '../command.js';

/** The exit code: 1 where a reply was an error or the last reply did not come. */
export async function pipeMode(
  connection: Connection,
  input: Readable,
  output: Output,
  timeoutSeconds: number,
): Promise<number> {
  const magic = randomBytes(20);
  let errors = 0;
  let replies = 0;
  let lastReplyAt = performance.now();
  let finished: (outcome: string) => void = () => undefined;
  const end = new Promise<string>((resolve) => {
    finished = resolve;
  });
  connection.onClose = (error) => finished(error.message);
  connection.onReply = (reply: Reply) => {
    lastReplyAt = performance.now();
    if (reply.kind === 'bulk' && reply.text.equals(magic)) {
      output.write('Last reply received from server.\n');
      finished('');
      return;
    }
    replies++;
    if (reply.kind !== 'error') return;
    errors++;
    output.error(`${reply.text.toString()}\n`);
  };
  for await (const chunk of input) {
    if (!connection.send(Buffer.from(chunk as Buffer))) await connection.drained();
    if (connection.closed) break;
  }
  if (!connection.closed) {
    output.write('All data transferred. Waiting for the last reply...\n');
    // The empty line ends an inline command that lacks its newline.
    connection.send(Buffer.concat([Buffer.from('\r\n'), encodeCommand(['ECHO', magic])]));
  }
  lastReplyAt = performance.now();
  const timer =
    timeoutSeconds === 0
      ? undefined
      : setInterval(() => {
          if (performance.now() - lastReplyAt > timeoutSeconds * 1000)
            finished(`No replies for ${timeoutSeconds} seconds: exiting.`);
        }, 100);
  const problem = await end;
  clearInterval(timer);
  if (problem !== '') {
    output.error(`${problem}\n`);
    errors++;
  }
  output.write(`errors: ${errors}, replies: ${replies}\n`);
  return errors > 0 ? 1 : 0;
}
