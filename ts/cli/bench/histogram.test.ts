/** Percentiles of the histogram against sorting. */
import { expect, it } from 'vitest';
import { LatencyHistogram } from './histogram.js';

it('stays within 0.1 % of the exact percentiles', () => {
  const histogram = new LatencyHistogram();
  const values: number[] = [];
  for (let i = 0, x = 1; i < 20_000; i++) {
    x = (x * 48271) % 2147483647;
    const value = Math.floor(Math.exp((x / 2147483647) * 20));
    values.push(value);
    histogram.record(value);
  }
  values.sort((a, b) => a - b);
  for (const percent of [1, 50, 95, 99, 99.9, 100]) {
    const exact = values[Math.ceil((percent / 100) * values.length) - 1] as number;
    expect(histogram.percentileUs(percent)).toBeGreaterThanOrEqual(exact);
    expect(histogram.percentileUs(percent)).toBeLessThanOrEqual(exact * 1.001);
  }
  expect(histogram.minUs).toBe(values[0]);
  expect(histogram.maxUs).toBe(values.at(-1));
});

it('is zero when empty, and takes the largest values', () => {
  const histogram = new LatencyHistogram();
  expect(histogram.percentileUs(50)).toBe(0);
  histogram.record(1e12);
  expect(histogram.percentileUs(50)).toBe(2 ** 32 - 1);
});
