/**
 * The configuration of an engine within the process: what its opener gave, with neither sockets nor threads of its own.
 */

import { Config } from './config.js';
import { encodeText, quoteWord } from './words.js';

/** Directives by their names, as in redis.conf. */
export type Directives = Readonly<Record<string, string | number>>;

/** The configuration that these directives make, 16 databases unless they say otherwise. Throws where one is wrong. */
export function inProcessConfig(given: Directives, resetStatistics: () => void): Config {
  const config = new Config({ resetStatistics });
  const lines = Object.entries({ databases: 16, ...given, 'io-threads': 1, port: 0 }).map(
    ([name, value]) => `${name} ${quoteWord(encodeText(String(value)))}`,
  );
  config.load(lines.join('\n'));
  return config;
}
