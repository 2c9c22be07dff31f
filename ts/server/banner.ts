/**
 * What the server says of itself when it starts: the banner and the process title.
 */

import type { Config } from '../config/config.js';
import { HEMATITE_VERSION, REDIS_VERSION } from '../core/version.js';

/** Version, mode, port and threads, on a few lines. */
export function banner(config: Config, driver: string): string {
  const port = config.get('port');
  const rows: readonly (readonly [string, string])[] = [
    ['mode', 'standalone'],
    ['port', port === 0 ? 'none' : String(port)],
    ...(config.get('unixsocket') === undefined ? [] : [['unix', config.get('unixsocket') as string] as const]),
    ['threads', `${config.get('io-threads')} (${driver})`],
    ['pid', String(process.pid)],
  ];
  const facts = rows.map(([name, value]) => `${name} ${value}`).join(' · ');
  return `\n  ⬢ Hematite ${HEMATITE_VERSION} · speaks Redis ${REDIS_VERSION}\n    ${facts}\n\n`;
}

/** The process title after `proc-title-template`. */
export function processTitle(config: Config): string {
  const port = config.get('port');
  const [first = '*'] = config.get('bind');
  const address = port === 0 ? (config.get('unixsocket') ?? '') : `${first.replace(/^-/, '')}:${port}`;
  const values: Record<string, string> = {
    title: 'hematite',
    'listen-addr': address,
    'server-mode': '',
    port: String(port),
    'tls-port': String(config.get('tls-port')),
    unixsocket: config.get('unixsocket') ?? '',
    'config-file': config.file ?? '',
  };
  return config
    .get('proc-title-template')
    .replace(/\{([^{}]*)\}/g, (all, name: string) => values[name] ?? all)
    .trim();
}
