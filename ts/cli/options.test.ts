/** The command line: what each option means, and what is refused. */
import { describe, expect, it } from 'vitest';
import { parseOptions, usage, UsageError } from './options.js';

const parse = (line: string, env = {}) => parseOptions(line === '' ? [] : line.split(' '), env);

describe('parseOptions', () => {
  it('stops at the command and leaves its dashes alone', () => {
    expect(parse('-p 7000 set a -n').command).toEqual(['set', 'a', '-n']);
    expect(parse('-p 7000 set a -n').port).toBe(7000);
  });

  it.each<[string, object]>([
    ['redis://host', { host: 'host', port: 6379, db: 0 }],
    ['redis://user:p%40ss@host:7000/3', { host: 'host', port: 7000, db: 3, user: 'user', password: 'p@ss' }],
    ['redis://secret@host', { host: 'host', password: 'secret' }],
    ['redis://:secret@host', { password: 'secret' }],
    ['redis://[::1]:7000', { host: '::1', port: 7000 }],
    ['redis://host/', { host: 'host', db: 0 }],
    ['valkey://host:1', { port: 1 }],
  ])('-u %s', (uri, expected) => {
    const options = parse(`-u ${uri}`);
    expect(options).toMatchObject(expected);
    if (!('user' in expected)) expect(options.user).toBeUndefined();
    if (!('password' in expected)) expect(options.password).toBeUndefined();
    expect(options.tls.enabled).toBe(false);
  });

  it('takes TLS from rediss://', () => {
    expect(parse('-u rediss://host').tls.enabled).toBe(true);
  });

  it('prefers -a to the environment, and warns of it alone', () => {
    expect(parse('-a x', { REDISCLI_AUTH: 'y' })).toMatchObject({ password: 'x' });
    expect(parse('', { REDISCLI_AUTH: 'y' })).toMatchObject({ password: 'y', warnAboutPassword: false });
  });

  it('speaks RESP3 for JSON unless told otherwise', () => {
    expect(parse('--json').protocol).toBe(3);
    expect(parse('-2 --json').protocol).toBe(2);
    expect(parse('').protocol).toBeUndefined();
  });

  it('takes -h as help where nothing follows', () => {
    expect(parse('-h').mode).toBe('help');
    expect(parse('-h other').host).toBe('other');
  });

  it.each([
    '--nonsense',
    '-n',
    '-p x',
    '-p 70000',
    '-n x',
    '-i -1',
    '-u http://x',
    '-u redis://%zz@h',
    '--cacert /no/such/file',
    '-x -X tag',
    '--quoted-pattern "a',
  ])('refuses %s', (line) => {
    expect(() => parse(line)).toThrow(UsageError);
  });

  it('names every option in its help', () => {
    const text = usage('1.2.3');
    for (const flag of [
      '-h',
      '--pass',
      '--askpass',
      '--cacert',
      '-X',
      '--quoted-json',
      '--memkeys-samples',
      '--latency-history',
    ]) {
      expect(text).toContain(`${flag} `);
    }
  });
});
