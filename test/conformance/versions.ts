/** Dotted versions in order: 7.0.15 is older than 7.2. */

/** True when `version` is `since` or newer. */
export function atLeast(version: string, since: string): boolean {
  const have = version.split('.').map(Number);
  const need = since.split('.').map(Number);
  for (let index = 0; index < Math.max(have.length, need.length); index += 1) {
    const difference = (have[index] ?? 0) - (need[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
