/**
 * Numbers as configuration spells them: strict integers, octal modes, and amounts of memory with a unit.
 *
 * Units are case-insensitive: `k`, `m`, `g` are powers of 1000; `kb`, `mb`, `gb` powers of 1024; `b` and none are bytes.
 */

export const UINT64_MAX = (1n << 64n) - 1n;
export const INT32_MAX = 2n ** 31n - 1n;
export const UINT32_MAX = 2n ** 32n - 1n;
export const INT64_MAX = 2n ** 63n - 1n;
export const INT32_MIN = -(2n ** 31n);
export const INT64_MIN = -(2n ** 63n);

const MULTIPLIERS: Readonly<Record<string, bigint>> = {
  '': 1n,
  b: 1n,
  k: 1000n,
  kb: 1024n,
  m: 1000n ** 2n,
  mb: 1024n ** 2n,
  g: 1000n ** 3n,
  gb: 1024n ** 3n,
};

/** An integer in its only canonical spelling (no sign `+`, no spaces, no leading zero) that fits 64 bits; else null. */
export function parseInteger(text: string): bigint | null {
  if (!/^(0|-?[1-9][0-9]{0,18})$/.test(text)) return null;
  const value = BigInt(text);
  return value > INT64_MAX || value < INT64_MIN ? null : value;
}

/** An octal number, as for file modes; else null. */
export function parseOctal(text: string): bigint | null {
  return /^[0-7]{1,21}$/.test(text) ? BigInt('0o' + text) : null;
}

/** An unsigned amount of memory in bytes, wrapping at 64 bits as in Redis; else null. No digits at all mean 0. */
export function parseMemory(text: string): bigint | null {
  const match = /^([0-9]{0,126})([a-zA-Z]*)$/.exec(text);
  if (!match) return null;
  const multiplier = MULTIPLIERS[(match[2] as string).toLowerCase()];
  if (multiplier === undefined) return null;
  const digits = BigInt(match[1] || '0');
  return BigInt.asUintN(64, (digits > UINT64_MAX ? UINT64_MAX : digits) * multiplier);
}

/** An amount of memory in the largest unit that divides it, as CONFIG REWRITE writes it. */
export function formatMemory(bytes: bigint): string {
  if (bytes === 0n) return '0';
  for (const unit of ['gb', 'mb', 'kb'] as const) {
    const size = MULTIPLIERS[unit] as bigint;
    if (bytes % size === 0n) return bytes / size + unit;
  }
  return bytes.toString();
}
