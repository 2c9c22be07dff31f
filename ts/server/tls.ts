/**
 * TLS material: the files that `tls-*` directives name, read, decrypted and handed to the pump; again when a directive is
 * set (to the same path, too: the file may be another one) and, with `tls-auto-reload-interval`, when a file changes.
 *
 * Connections that are there stay as they are, whatever is reloaded.
 */

import { createPrivateKey } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config/config.js';
import type { DirectiveName } from '../config/schema.js';
import { systemErrorText } from '../config/system-error.js';
import type { NativeEngine, NativeTls } from '../core/binding.js';

interface Log {
  notice(message: string): void;
  warning(message: string): void;
}

/** Directives that new connections depend on. */
const MATERIAL: readonly DirectiveName[] = [
  'tls-cert-file',
  'tls-key-file',
  'tls-key-file-pass',
  'tls-ca-cert-file',
  'tls-ca-cert-dir',
  'tls-auth-clients',
  'tls-auth-clients-user',
  'tls-protocols',
  'tls-ciphers',
  'tls-ciphersuites',
  'tls-prefer-server-ciphers',
  'tls-session-caching',
  'tls-session-cache-size',
];

const PROTOCOLS: Readonly<Record<string, string | undefined>> = { 'tlsv1.2': '1.2', 'tlsv1.3': '1.3' };
/** Known, but spoken by nobody here any more. */
const OLD_PROTOCOLS = ['tlsv1', 'tlsv1.1'];

/** What CONFIG SET answers when the new material is no good. */
const NOT_UPDATED = 'Unable to update TLS configuration. Check server logs.';

/** A mistake in the configuration, worded for the log. */
class TlsMistake extends Error {}

export class Tls {
  readonly #native: Pick<NativeEngine, 'setTls'>;
  readonly #config: Config;
  readonly #log: Log;
  #seen = '';
  #timer: NodeJS.Timeout | undefined;

  constructor(native: Pick<NativeEngine, 'setTls'>, config: Config, log: Log) {
    this.#native = native;
    this.#config = config;
    this.#log = log;
    config.onChange(MATERIAL, () => (this.isWanted && !this.load() ? NOT_UPDATED : undefined));
    config.onChange(['tls-auto-reload-interval'], () => this.#watch());
  }

  /** Whether anything listens for TLS. */
  get isWanted(): boolean {
    return this.#config.get('tls-port') !== 0;
  }

  /** Hands the material to the pump; false if it is no good, which the log tells. */
  load(): boolean {
    let failure: string | null | undefined;
    try {
      failure = this.#native.setTls(readTls(this.#config));
      this.#seen = this.#stamp();
    } catch (error) {
      if (!(error instanceof TlsMistake)) throw error;
      failure = error.message;
    }
    if (failure) this.#log.warning(failure);
    this.#watch();
    return !failure;
  }

  /** Looks at the files from time to time, if that is wanted. */
  #watch(): void {
    clearInterval(this.#timer);
    const seconds = this.isWanted ? this.#config.get('tls-auto-reload-interval') : 0;
    if (seconds > 0) this.#timer = setInterval(() => this.#reloadChanged(), seconds * 1000).unref();
  }

  #reloadChanged(): void {
    if (this.#stamp() === this.#seen) return;
    if (this.load()) this.#log.notice('TLS certificates have changed and were reloaded.');
    // What is no good is told once, not at every look.
    else this.#seen = this.#stamp();
  }

  /** Changes when a file does. */
  #stamp(): string {
    const files = [
      this.#config.get('tls-cert-file'),
      this.#config.get('tls-key-file'),
      this.#config.get('tls-ca-cert-file'),
      ...filesOf(this.#config.get('tls-ca-cert-dir')),
    ];
    return files
      .map((path) => {
        const stat = path === undefined ? undefined : statSync(path, { throwIfNoEntry: false });
        return stat ? `${path} ${stat.ino} ${stat.size} ${stat.mtimeMs}` : '';
      })
      .join('\n');
  }
}

/** Reads what the directives name; throws `TlsMistake`. */
function readTls(config: Config): NativeTls {
  const certificate = config.get('tls-cert-file');
  if (certificate === undefined) throw new TlsMistake('No tls-cert-file configured!');
  const key = config.get('tls-key-file');
  if (key === undefined) throw new TlsMistake('No tls-key-file configured!');
  const clientCertificates = config.get('tls-auth-clients');
  const [file, folder] = [config.get('tls-ca-cert-file'), config.get('tls-ca-cert-dir')];
  if (clientCertificates !== 'no' && file === undefined && folder === undefined) {
    throw new TlsMistake(
      'Either tls-ca-cert-file or tls-ca-cert-dir must be specified when tls-cluster, tls-replication or ' +
        'tls-auth-clients are enabled!',
    );
  }
  return {
    certificates: read(certificate, 'certificate'),
    key: decrypted(read(key, 'private key'), config.get('tls-key-file-pass'), key),
    authorities: authorities(file, folder),
    clientCertificates,
    userField: config.get('tls-auth-clients-user'),
    versions: versions(config.get('tls-protocols') ?? ''),
    ciphers: names(config.get('tls-ciphers')),
    cipherSuites: names(config.get('tls-ciphersuites')),
    preferServerCiphers: config.get('tls-prefer-server-ciphers'),
    sessionsMax: config.get('tls-session-caching') ? config.get('tls-session-cache-size') : 0,
  };
}

function read(path: string, what: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new TlsMistake(`Failed to load ${what}: ${path}: ${systemErrorText(error)}`);
  }
}

/** The key without its passphrase, if it has one. */
function decrypted(key: Buffer, passphrase: string | undefined, path: string): Buffer {
  if (!key.includes('ENCRYPTED')) return key;
  try {
    const plain = createPrivateKey({ key, ...(passphrase === undefined ? {} : { passphrase }) });
    return Buffer.from(plain.export({ type: 'pkcs8', format: 'pem' }));
  } catch (error) {
    throw new TlsMistake(`Failed to load private key: ${path}: ${(error as Error).message}`);
  }
}

/** All authorities as one PEM text; files of the folder that hold no certificate do not matter. */
function authorities(file: string | undefined, folder: string | undefined): Buffer {
  const texts = file === undefined ? [] : [read(file, 'CA certificate(s)')];
  for (const path of filesOf(folder)) {
    const text = read(path, 'CA certificate(s)');
    if (text.includes('-----BEGIN CERTIFICATE-----')) texts.push(text);
  }
  return Buffer.concat(texts.flatMap((text) => [text, Buffer.from('\n')]));
}

function filesOf(folder: string | undefined): string[] {
  if (folder === undefined) return [];
  try {
    const paths = readdirSync(folder).map((name) => join(folder, name));
    return paths.filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
  } catch (error) {
    throw new TlsMistake(`Failed to load CA certificate(s): ${folder}: ${systemErrorText(error)}`);
  }
}

function versions(text: string): string[] {
  const found = new Set<string>();
  for (const word of text.split(' ').filter(Boolean)) {
    const version = PROTOCOLS[word.toLowerCase()];
    if (version !== undefined) found.add(version);
    else if (!OLD_PROTOCOLS.includes(word.toLowerCase())) {
      throw new TlsMistake('Invalid tls-protocols specified. Use a combination of TLSv1.2 TLSv1.3');
    }
  }
  if (text.trim() !== '' && found.size === 0) {
    throw new TlsMistake(`None of the versions in tls-protocols '${text}' is supported: TLSv1.2 and TLSv1.3 are.`);
  }
  return [...found];
}

function names(text: string | undefined): string[] {
  return (text ?? '').split(':').filter(Boolean);
}
