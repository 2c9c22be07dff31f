/** The manifest: what is written is read, numbers go on, and nothing that could lead elsewhere is accepted. */

import { describe, expect, test } from 'vitest';
import { Manifest, ManifestError } from './manifest.js';

const parse = (text: string) => Manifest.parse(Buffer.from(text));

describe('manifest', () => {
  test('the life of one', () => {
    let manifest = new Manifest();
    expect(manifest.isEmpty).toBe(true);
    const first = manifest.nextIncrement('a.aof');
    manifest = manifest.withIncrement(first).withBase(manifest.nextBase('a.aof', 'rdb'), first);
    expect(manifest.toBytes().toString()).toBe(
      'file a.aof.1.base.rdb seq 1 type b\nfile a.aof.1.incr.aof seq 1 type i\n',
    );
    const second = manifest.nextIncrement('a.aof');
    manifest = manifest.withIncrement(second);
    expect(manifest.dataset.map((part) => part.name)).toEqual([
      'a.aof.1.base.rdb',
      'a.aof.1.incr.aof',
      'a.aof.2.incr.aof',
    ]);
    manifest = manifest.withBase(manifest.nextBase('a.aof', 'rdb'), second);
    expect(manifest.toBytes().toString()).toBe(
      'file a.aof.2.base.rdb seq 2 type b\n' +
        'file a.aof.1.base.rdb seq 1 type h\n' +
        'file a.aof.1.incr.aof seq 1 type h\n' +
        'file a.aof.2.incr.aof seq 2 type i\n',
    );
    expect(parse(manifest.toBytes().toString())).toEqual(manifest);
    // Numbers go on though their files are history.
    expect(manifest.nextBase('a.aof', 'rdb').sequence).toBe(3);
    expect(manifest.withoutHistory().dataset).toEqual(manifest.dataset);
  });

  test('names with blanks and other letters are quoted, as the reference quotes them', () => {
    const name = 'my "fü.aof';
    const manifest = new Manifest({ name, sequence: 1, kind: 'b' });
    expect(manifest.toBytes().toString()).toBe('file "my \\"f\\xc3\\xbc.aof" seq 1 type b\n');
    expect(parse(manifest.toBytes().toString()).base?.name).toBe(name);
  });

  test('comments and further pairs are passed over', () => {
    const manifest = parse('# a comment\nfile x seq 1 type b since 5\n');
    expect(manifest.base).toEqual({ name: 'x', sequence: 1, kind: 'b' });
  });

  test.each([
    ['', 1, 'empty'],
    ['file x seq 1 type b', 1, 'does not end'],
    ['\n', 1, 'pairs'],
    ['file x seq 1 type\n', 1, 'pairs'],
    ['file "x seq 1 type b\n', 1, 'pairs'],
    ['file x seq 1 sort b\n', 1, 'file, seq and type'],
    ['file ../x seq 1 type b\n', 1, 'not just a filename'],
    ['file /etc/passwd seq 1 type b\n', 1, 'not just a filename'],
    ['file x seq 0 type b\n', 1, 'positive'],
    ['file x seq -1 type b\n', 1, 'positive'],
    ['file x seq 99999999999999999999 type b\n', 1, 'positive'],
    ['file x seq 1 type z\n', 1, "unknown type 'z'"],
    ['file x seq 1 type b\nfile y seq 2 type b\n', 2, 'second base'],
    ['file x seq 2 type i\nfile y seq 2 type i\n', 2, 'do not rise'],
    [`file ${'x'.repeat(2000)} seq 1 type b\n`, 1, 'too long'],
  ])('%j is refused', (text, line, reason) => {
    const error = (() => {
      try {
        parse(text);
      } catch (thrown) {
        return thrown;
      }
    })() as ManifestError;
    expect(error).toBeInstanceOf(ManifestError);
    expect(error.line).toBe(line);
    expect(error.message).toContain(reason);
  });
});
