/**
 * Glob matching as Redis does it (`*`, `?`, `[abc]`, `[^a-z]`, `\x`), for CONFIG GET (ignoring case) and included files.
 */

/** Whether `text` as a whole matches `pattern`, ignoring ASCII case. */
export function matchesGlob(pattern: string, text: string): boolean {
  return matchFrom(pattern.toLowerCase(), 0, text.toLowerCase(), 0);
}

/** Whether a file's name matches `pattern`, minding case. */
export function matchesFileGlob(pattern: string, name: string): boolean {
  return matchFrom(pattern, 0, name, 0);
}

/** Whether CONFIG GET takes `pattern` for a glob rather than for a name. */
export function isGlob(pattern: string): boolean {
  return /[[*?]/.test(pattern);
}

function matchFrom(pattern: string, from: number, text: string, at: number): boolean {
  // The last star seen is the only one that backtracking has to return to, which keeps the work quadratic at worst.
  let starPattern = -1;
  let starText = 0;
  let p = from;
  let t = at;
  while (t < text.length) {
    if (pattern[p] === '*') {
      starPattern = ++p;
      starText = t;
      continue;
    }
    const next = p < pattern.length ? matchOne(pattern, p, text[t] as string) : -1;
    if (next >= 0) {
      p = next;
      t += 1;
    } else if (starPattern >= 0) {
      p = starPattern;
      t = ++starText;
    } else {
      return false;
    }
  }
  while (pattern[p] === '*') p += 1;
  return p >= pattern.length;
}

/** The index behind the pattern element at `p` if it matches `char`, else -1. */
function matchOne(pattern: string, p: number, char: string): number {
  const element = pattern[p];
  if (element === '?') return p + 1;
  if (element === '[') return matchClass(pattern, p + 1, char);
  if (element === '\\' && p + 1 < pattern.length) return pattern[p + 1] === char ? p + 2 : -1;
  return element === char ? p + 1 : -1;
}

function matchClass(pattern: string, start: number, char: string): number {
  let p = start;
  const negated = pattern[p] === '^';
  if (negated) p += 1;
  let found = false;
  // An unclosed class ends with the pattern, as in Redis.
  while (p < pattern.length && pattern[p] !== ']') {
    if (pattern[p] === '\\' && p + 1 < pattern.length) {
      p += 1;
      found ||= pattern[p] === char;
    } else if (pattern[p + 1] === '-' && p + 2 < pattern.length) {
      const [low, high] = [pattern[p] as string, pattern[p + 2] as string].sort() as [string, string];
      found ||= char >= low && char <= high;
      p += 2;
    } else {
      found ||= pattern[p] === char;
    }
    p += 1;
  }
  return found === negated ? -1 : Math.min(p + 1, pattern.length);
}
