/**
 * Latencies in whole microseconds, in buckets exact below 2048 µs and within 0.1 % above.
 *
 *     value       0 .. 2047        2048 .. 4095     4096 .. 8191     ...
 *     bucket      one each         1024, 2 wide     1024, 4 wide     ...
 */
const EXACT = 2048;
const HALF = EXACT / 2;
const MAX_US = 2 ** 32 - 1;
const BUCKETS = EXACT + HALF * 21;

export class LatencyHistogram {
  readonly #counts = new Float64Array(BUCKETS);
  #count = 0;
  #total = 0;
  #min = Infinity;
  #max = 0;

  /** Record `count` requests that each took `us` microseconds. */
  record(us: number, count = 1): void {
    const value = Math.min(MAX_US, Math.max(0, Math.round(us)));
    this.#counts[bucketOf(value)]! += count;
    this.#count += count;
    this.#total += value * count;
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
  }

  get count(): number {
    return this.#count;
  }

  get minUs(): number {
    return this.#count === 0 ? 0 : this.#min;
  }

  get maxUs(): number {
    return this.#max;
  }

  get meanUs(): number {
    return this.#count === 0 ? 0 : this.#total / this.#count;
  }

  /** The smallest latency, in µs, that `percent` of the requests did not exceed. */
  percentileUs(percent: number): number {
    const wanted = Math.max(1, Math.ceil((percent / 100) * this.#count));
    let seen = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      seen += this.#counts[bucket] as number;
      if (seen >= wanted) return Math.min(upperBound(bucket), this.#max);
    }
    return this.#max;
  }
}

function bucketOf(value: number): number {
  if (value < EXACT) return value;
  const shift = 31 - Math.clz32(value) - 10;
  return EXACT + (shift - 1) * HALF + ((value >>> shift) - HALF);
}

/** The largest value that falls into a bucket. */
function upperBound(bucket: number): number {
  if (bucket < EXACT) return bucket;
  const shift = Math.floor((bucket - EXACT) / HALF) + 1;
  const slot = ((bucket - EXACT) % HALF) + HALF;
  return (slot + 1) * 2 ** shift - 1;
}
