/**
 * What is said about several measurements of one thing.
 */

/** The middle value; NaN of nothing. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return NaN;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Median, and half the distance between the extremes as a part of it. */
export function summary(values) {
  const middle = median(values);
  const spread = values.length > 1 ? (Math.max(...values) - Math.min(...values)) / 2 / middle : 0;
  return { median: middle, spread, values };
}
