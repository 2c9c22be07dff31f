/** Certificates for tests, made by openssl: an authority, and what it vouches for. */

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Why there are none; undefined where there are. */
export function certificatesMissing(): string | undefined {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'openssl is not installed';
  }
}

/** Paths of a certificate and its key. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** An authority in a folder. */
export class Authority {
  readonly cert: string;
  readonly #key: string;

  constructor(
    readonly folder: string,
    readonly name: string,
  ) {
    this.cert = join(folder, `${name}.crt`);
    this.#key = join(folder, `${name}.key`);
    openssl(
      'req',
      '-x509',
      ...KEY,
      '-keyout',
      this.#key,
      '-out',
      this.cert,
      '-days',
      '2',
      '-subj',
      `/O=Test/CN=${name}`,
    );
  }

  /** A certificate with this common name; `use`: serverAuth or clientAuth. The files are called `file`. */
  issue(
    file: string,
    commonName: string,
    use: 'serverAuth' | 'clientAuth',
    names = 'DNS:localhost,IP:127.0.0.1',
  ): Pair {
    const at = (suffix: string) => join(this.folder, `${file}.${suffix}`);
    openssl('req', ...KEY, '-keyout', at('key'), '-out', at('csr'), '-subj', `/O=Test/CN=${commonName}`);
    writeFileSync(at('ext'), `basicConstraints=CA:FALSE\nextendedKeyUsage=${use}\nsubjectAltName=${names}\n`);
    openssl(
      ...['x509', '-req', '-in', at('csr'), '-CA', this.cert, '-CAkey', this.#key, '-CAcreateserial'],
      ...['-out', at('crt'), '-days', '2', '-extfile', at('ext')],
    );
    return { cert: at('crt'), key: at('key') };
  }
}

/** The same key under a passphrase. */
export function encrypt(pair: Pair, passphrase: string): string {
  const path = `${pair.key}.enc`;
  openssl('pkcs8', '-topk8', '-in', pair.key, '-out', path, '-passout', `pass:${passphrase}`, '-v2', 'aes-256-cbc');
  return path;
}
