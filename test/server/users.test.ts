/**
 * Users in files: `user` lines of the configuration, the ACL file, CONFIG REWRITE, and what the start says of mistakes.
 */

import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { freePort } from '../conformance/fronts/process.js';
import { ServerProcess } from './server-process.js';

let folder: string;
let children: ChildProcess[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hematite-users-'));
  children = [];
});

afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

interface Server {
  /** The reply to each line of one connection. */
  ask(...lines: string[]): Promise<string[]>;
  output(): string;
  readonly ended: Promise<number | null>;
}

/** A server with this configuration file. */
async function start(configuration: string): Promise<Server> {
  const port = await freePort();
  const file = join(folder, 'redis.conf');
  writeFileSync(file, `port ${port}\nbind 127.0.0.1\nsave ""\ndir ${folder}\n${configuration}`);
  const server = await ServerProcess.run(port, [file]);
  children.push(server.child);
  return { ask: (...lines) => converse(port, lines), output: () => server.output, ended: server.ended };
}

async function converse(port: number, lines: readonly string[]): Promise<string[]> {
  const socket = connect(port, '127.0.0.1');
  const replies: string[] = [];
  try {
    for (const line of lines) {
      replies.push(
        await new Promise<string>((resolve, reject) => {
          // Replies here are small, and come in one piece.
          socket.once('data', (chunk: Buffer) => resolve(chunk.toString('latin1')));
          socket.once('error', reject);
          socket.once('close', () => resolve('hung up'));
          socket.write(`${line}\r\n`);
        }),
      );
    }
  } finally {
    socket.destroy();
  }
  return replies;
}

/** The lines of an ACL LIST reply. */
const users = (reply: string): string[] => reply.split('\r\n').filter((line) => line.startsWith('user '));

describe('user lines', () => {
  test('declare users, and CONFIG REWRITE writes them', async () => {
    const server = await start('requirepass secret\nuser ann on >p ~a* (+get ~b)\nuser off +@all\n');
    const [refused, , list, , rewritten] = await server.ask(
      ...['PING', 'AUTH secret', 'ACL LIST', 'ACL SETUSER ann resetkeys +set', 'CONFIG REWRITE'],
    );
    expect(refused).toBe('-NOAUTH Authentication required.\r\n');
    const ann =
      'user ann on #148de9c5a7a44d19e56cd9ae1a554bf67847afb0c58f6e12fa29ac7ddfca9940 ~a* resetchannels -@all ' +
      '(~b resetchannels -@all +get)';
    expect(users(list as string)).toEqual([
      ann,
      'user default on #2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b ~* &* +@all',
      'user off off resetchannels +@all',
    ]);
    expect(server.output()).toContain("The user 'off' is disabled");
    expect(rewritten).toBe('+OK\r\n');
    const file = readFileSync(join(folder, 'redis.conf'), 'latin1');
    expect(file).toContain(ann.replace('~a* resetchannels -@all', 'resetchannels -@all +set'));
    expect(file.match(/^user /gm)).toHaveLength(3);
  });

  test('a line for the default user replaces what it was', async () => {
    const server = await start('user default on >x +ping\n');
    const replies = await server.ask('PING', 'AUTH x', 'PING', 'GET k', 'CONFIG GET requirepass');
    expect(replies[0]).toMatch(/^-NOAUTH/);
    expect(replies.slice(1, 3)).toEqual(['+OK\r\n', '+PONG\r\n']);
    expect(replies[3]).toMatch(/^-NOPERM/);
  });

  test.each([
    ['user a on what', ">>> 'user a on what'\nError in user declaration 'a': Syntax error"],
    ['user a on allkeys ~x', "Error in user declaration 'on': Adding a pattern after the * pattern"],
    ['user a on\nuser a off', "Error in user declaration 'a': Duplicate user found."],
    ['user', 'Bad directive or wrong number of arguments'],
    ['user a on +nosuch', "Error loading ACL rule '+nosuch' for the user named 'a': Unknown command"],
    ['user "a b" on', 'Spaces not allowed in ACL usernames'],
    ['user a on\naclfile users.acl', 'Configuring Redis with users defined in redis.conf and at the same setting'],
    ['aclfile none.acl', "Error loading ACLs, opening file 'none.acl': No such file or directory"],
  ])('%j is refused at the start', async (lines, text) => {
    writeFileSync(join(folder, 'users.acl'), '');
    const server = await start(`${lines}\n`);
    expect(await server.ended).toBe(1);
    expect(server.output()).toContain(text);
  });
});

describe('the ACL file', () => {
  test('is read at the start and by ACL LOAD, and written by ACL SAVE', async () => {
    const file = join(folder, 'users.acl');
    writeFileSync(file, 'user ann on nopass ~a +@all\n\n');
    const server = await start('aclfile users.acl\n');
    expect(users((await server.ask('ACL LIST'))[0] as string)).toEqual([
      'user ann on nopass ~a resetchannels +@all',
      'user default on nopass ~* &* +@all',
    ]);
    expect(await server.ask('ACL SETUSER bob on +get', 'ACL SAVE')).toEqual(['+OK\r\n', '+OK\r\n']);
    expect(readFileSync(file, 'latin1')).toBe(
      'user ann on nopass ~a resetchannels +@all\nuser bob on resetchannels -@all +get\nuser default on nopass ~* &* +@all\n',
    );
    expect(readdirSync(folder).filter((name) => name.includes('tmp'))).toEqual([]);
    writeFileSync(file, 'user ann off\nuser what what\n');
    const [refused] = await server.ask('ACL LOAD');
    expect(refused).toBe(
      '-ERR users.acl:2: Syntax error. WARNING: ACL errors detected, no change to the previously active ACL rules was performed\r\n',
    );
    writeFileSync(file, 'user carl on nopass +@all allkeys\n');
    expect(await server.ask('ACL LOAD', 'ACL USERS')).toEqual(['+OK\r\n', '*2\r\n$4\r\ncarl\r\n$7\r\ndefault\r\n']);
    rmSync(file);
    expect((await server.ask('ACL LOAD'))[0]).toMatch(
      /^-ERR Error loading ACLs, opening file 'users.acl': No such file/,
    );
  });

  test('ACL LOAD hangs up on users other than default, after whoever asked has heard', async () => {
    writeFileSync(join(folder, 'users.acl'), 'user ann on nopass +@all allkeys\n');
    const server = await start('aclfile users.acl\n');
    expect(await server.ask('AUTH ann x', 'ACL LOAD', 'PING')).toEqual(['+OK\r\n', '+OK\r\n', 'hung up']);
    expect(await server.ask('ACL LOAD', 'PING')).toEqual(['+OK\r\n', '+PONG\r\n']);
  });

  test('what cannot be written is told', async () => {
    writeFileSync(join(folder, 'users.acl'), '');
    const server = await start('aclfile users.acl\n');
    rmSync(folder, { recursive: true, force: true });
    expect((await server.ask('ACL SAVE'))[0]).toMatch(/^-ERR There was an error trying to save the ACLs\./);
    expect(server.output()).toContain('Saving ACLs to users.acl: No such file or directory');
  });
});
