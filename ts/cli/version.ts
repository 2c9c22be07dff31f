/** The package's version, read from the nearest package.json that is this package's own. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const VERSION = findVersion(dirname(fileURLToPath(import.meta.url)));

function findVersion(start: string): string {
  for (let folder = start; folder !== dirname(folder); folder = dirname(folder)) {
    try {
      const found = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
        name?: string;
        version?: string;
      };
      if (found.name === 'hematite' && found.version) return found.version;
    } catch {
      // No package.json here: look in the parent.
    }
  }
  return 'unknown';
}
