/**
 * URIs as the -u option takes them: redis://[user[:password]@]host[:port][/db], rediss:// for TLS.
 */

import { type CliOptions, integer, port, UsageError } from './options.js';

/** Sets what a URI says. @throws UsageError */
export function parseUri(options: CliOptions, uri: string): void {
  const scheme = /^(rediss?|valkeys?):\/\//i.exec(uri);
  if (!scheme) throw new UsageError('Invalid URI scheme');
  if (/^(rediss|valkeys)$/i.test(scheme[1] as string)) options.tls.enabled = true;
  const rest = uri.slice(scheme[0].length);
  const at = rest.lastIndexOf('@');
  try {
    if (at >= 0) {
      const [user, password] = splitOnce(rest.slice(0, at), ':');
      if (password === undefined) {
        options.password = decodeURIComponent(user);
      } else {
        if (user !== '') options.user = decodeURIComponent(user);
        options.password = decodeURIComponent(password);
      }
    }
    const [authority, path] = splitOnce(rest.slice(at + 1), '/');
    const address = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(authority);
    if (!address) throw new UsageError(`Invalid URI: '${uri}'`);
    if (address[1]) options.host = decodeURIComponent(address[1].replace(/^\[|\]$/g, ''));
    if (address[2]) options.port = port(address[2]);
    const db = (path ?? '').replace(/\?.*$/, '');
    if (db !== '') options.db = integer(db, 'database number');
  } catch (error) {
    throw error instanceof URIError ? new UsageError(`Invalid URI: '${uri}'`) : error;
  }
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
