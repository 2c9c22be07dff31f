//! Latency: how long the calls of a command took, in buckets that are at most 1/128 wide.
//!
//! ```text
//! value        0 .. 255          256 .. 511        512 .. 1023   ...  up to 2^30 ns
//! bucket       0 .. 255 (1 ns)   256 .. 383 (2)    384 .. 511 (4 ns wide)
//! ```
//!
//! The buckets are those of HdrHistogram with two significant digits, which the reference uses, so that percentiles fall on
//! the same values.

use crate::statistics::Counter;

/// Longest time that has a bucket of its own, nanoseconds.
const MAX_NS: u64 = (1 << 30) - 1;
const BUCKETS: usize = 256 + 22 * 128;

/// See the head of the file. It has one writer.
#[derive(Debug)]
pub struct Histogram {
    counts: Box<[Counter]>,
}

impl Default for Histogram {
    fn default() -> Self {
        Histogram { counts: std::iter::repeat_with(Counter::default).take(BUCKETS).collect() }
    }
}

fn bucket(nanoseconds: u64) -> usize {
    let value = nanoseconds.min(MAX_NS);
    if value < 256 {
        return value as usize;
    }
    let shift = value.ilog2() - 7;
    (shift as usize * 128) + (value >> shift) as usize
}

/// The longest time that falls into a bucket, nanoseconds.
fn longest(bucket: usize) -> u64 {
    if bucket < 256 {
        return bucket as u64;
    }
    let shift = (bucket / 128 - 1) as u32;
    let within = (bucket % 128 + 128) as u64;
    ((within + 1) << shift) - 1
}

impl Histogram {
    /// Records `count` calls of the same time.
    pub fn record(&self, nanoseconds: u64, count: u64) {
        self.counts[bucket(nanoseconds)].add(count);
    }
    /// Forgets everything.
    pub fn reset(&self) {
        self.counts.iter().for_each(Counter::reset);
    }
    /// Adds this histogram's counts to `sums`.
    pub fn add_to(&self, sums: &mut Sums) {
        for (sum, count) in sums.0.iter_mut().zip(&self.counts) {
            *sum += count.get();
        }
    }
}

/// The sum of several histograms.
pub struct Sums(Vec<u64>);

impl Default for Sums {
    fn default() -> Self {
        Sums(vec![0; BUCKETS])
    }
}

impl Sums {
    /// Whether nothing was recorded.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|count| *count == 0)
    }
    /// Number of calls recorded.
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }
    /// How many calls ended within about 1, 2, 4, 8 ... microseconds: the longest time of the bucket into which that many
    /// times 1024 nanoseconds fall, in microseconds, and the calls up to it; only where calls have come to the last.
    pub fn doubling_steps(&self) -> Vec<(u64, u64)> {
        let (mut steps, mut seen, mut next) = (Vec::new(), 0, 0);
        let mut level: u64 = 1024;
        while level <= MAX_NS {
            let within = bucket(level);
            let more: u64 = self.0[next..=within].iter().sum();
            if more > 0 {
                seen += more;
                steps.push((longest(within) / 1000, seen));
            }
            (next, level) = (within + 1, level * 2);
        }
        let rest: u64 = self.0[next..].iter().sum();
        if rest > 0 {
            steps.push((MAX_NS / 1000, seen + rest));
        }
        steps
    }
    /// The time within which `percent` of the calls ended, nanoseconds.
    pub fn percentile(&self, percent: f64) -> u64 {
        let total: u64 = self.0.iter().sum();
        let wanted = ((percent / 100.0 * total as f64).ceil() as u64).max(1);
        let mut seen = 0;
        for (bucket, count) in self.0.iter().enumerate() {
            seen += count;
            if seen >= wanted {
                return longest(bucket);
            }
        }
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_contiguous_and_hold_what_falls_into_them() {
        let mut last = 0;
        for value in (0..100_000).chain((100_000..MAX_NS).step_by(99_991)).chain([MAX_NS]) {
            let at = bucket(value);
            assert!(at == last || value >= 100_000 || at == last + 1, "gap at {value}");
            assert!(longest(at) >= value && (at == 0 || longest(at - 1) < value), "bounds at {value}");
            last = at;
        }
        assert_eq!(bucket(MAX_NS), BUCKETS - 1);
        assert_eq!(longest(bucket(15_000)), 15_039);
    }

    #[test]
    fn steps_double() {
        let histogram = Histogram::default();
        [900, 3_000, 30_000, 31_000, 40_000, 2_000_000_000]
            .iter()
            .for_each(|value| histogram.record(*value, 1));
        let mut sums = Sums::default();
        histogram.add_to(&mut sums);
        assert_eq!(sums.doubling_steps(), [(1, 1), (4, 2), (33, 4), (66, 5), (1_073_741, 6)]);
    }

    #[test]
    fn percentiles_of_a_known_distribution() {
        let histogram = Histogram::default();
        (1..=100).for_each(|value| histogram.record(value, 1));
        let mut sums = Sums::default();
        histogram.add_to(&mut sums);
        assert_eq!((sums.total(), sums.doubling_steps()), (100, vec![(1, 100)]));
        assert_eq!([50.0, 99.0, 99.9].map(|p| sums.percentile(p)), [50, 99, 100]);
    }
}
