//! Access clocks: what the 24-bit stamp of an entry means, for eviction and OBJECT IDLETIME / FREQ.
//!
//! ```text
//! LRU   seconds of Unix time, modulo 2^24 (194 days)
//! LFU   minutes of Unix time, modulo 2^16 (45 days) : 16 | logarithmic counter : 8
//! ```
//!
//! The counter of LFU starts at 5, so that a new key is not the first to go; each access raises it by one with the chance
//! 1 / ((counter - 5) × `lfu-log-factor` + 1), and each `lfu-decay-time` minutes without access lower it by one. However
//! often a command looks at a key, that is one access.

use hematite_base::random::Random;

const LRU_MASK: u32 = (1 << 24) - 1;
const COUNTER_START: u32 = 5;
const COUNTER_MAX: u32 = 255;

/// The LRU clock at a Unix time in milliseconds.
#[inline(always)]
pub fn lru_clock(now_ms: i64) -> u32 {
    (now_ms / 1000) as u32 & LRU_MASK
}

/// Seconds since an LRU stamp.
pub fn idle_seconds(stamp: u32, now_ms: i64) -> u32 {
    lru_clock(now_ms).wrapping_sub(stamp) & LRU_MASK
}

/// Parameters of LFU, and its chance.
#[derive(Clone, Debug)]
pub struct Lfu {
    /// `lfu-log-factor`.
    pub log_factor: u32,
    /// `lfu-decay-time`, minutes; 0: no decay.
    pub decay_minutes: u32,
    /// Decides whether an access counts.
    pub random: Random,
    /// Parts of the hashes of the keys that were counted last, 0 where there is none.
    pub counted: [u32; COUNTED_MAX],
}

/// Keys of one command that are remembered as counted.
pub const COUNTED_MAX: usize = 4;

impl Default for Lfu {
    fn default() -> Self {
        Lfu::new(10, 1, Random::new(0))
    }
}

impl Lfu {
    /// For one command.
    pub fn new(log_factor: u32, decay_minutes: u32, random: Random) -> Self {
        Lfu { log_factor, decay_minutes, random, counted: [0; COUNTED_MAX] }
    }
    /// Whether this is the command's first access to a key of this hash, as far as is remembered.
    fn is_first(&mut self, hash: u64) -> bool {
        let part = (hash >> 32) as u32 | 1;
        let is_first = !self.counted.contains(&part);
        if is_first {
            self.counted.rotate_right(1);
            self.counted[0] = part;
        }
        is_first
    }
    /// What goes into [`View::stamp`](crate::View::stamp) under LFU: the minutes, modulo 2^16.
    pub fn clock(now_ms: i64) -> u32 {
        (now_ms / 60_000) as u32 & 0xffff
    }
    /// The counter of a stamp as it is at a clock, decay included.
    pub fn counter(&self, stamp: u32, clock: u32) -> u32 {
        let (minutes, counter) = (stamp >> 8, stamp & COUNTER_MAX);
        let passed = clock.wrapping_sub(minutes) & 0xffff;
        counter.saturating_sub(passed.checked_div(self.decay_minutes).unwrap_or(0))
    }
    /// The stamp after an access; 0 stands for a key that has just been made.
    pub fn accessed(&mut self, stamp: u32, clock: u32) -> u32 {
        if stamp == 0 {
            return clock << 8 | COUNTER_START;
        }
        let counter = self.counter(stamp, clock);
        let base = counter.saturating_sub(COUNTER_START);
        let counts = counter < COUNTER_MAX
            && self.random.unit() < 1.0 / (f64::from(base) * f64::from(self.log_factor) + 1.0);
        clock << 8 | (counter + u32::from(counts))
    }
}

/// The stamp after an access, from the key's hash, the old stamp (0: a new key) and the clock: LFU counts the access, LRU, where
/// there is no LFU, takes the clock.
#[inline(always)]
pub(crate) fn restamp(lfu: Option<&mut Lfu>, hash: u64, old: u32, clock: u32) -> u32 {
    let Some(lfu) = lfu else { return clock };
    if lfu.is_first(hash) { lfu.accessed(old, clock) } else { old }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn idle_time_wraps() {
        let now_ms = 1_000 * (1 << 24) + 5_000;
        assert_eq!(lru_clock(now_ms), 5);
        assert_eq!(idle_seconds(LRU_MASK - 4, now_ms), 10);
    }

    #[test]
    fn the_counter_grows_with_the_logarithm_and_decays() {
        let mut lfu = Lfu::default();
        let mut stamp = lfu.accessed(0, 7);
        assert_eq!(lfu.counter(stamp, 7), 5);
        for _ in 0..100_000 {
            stamp = lfu.accessed(stamp, 7);
        }
        // The reference's table says 143 for 100K accesses at factor 10.
        assert!((120..170).contains(&lfu.counter(stamp, 7)), "{}", lfu.counter(stamp, 7));
        assert_eq!(lfu.counter(stamp, 7 + 30), lfu.counter(stamp, 7) - 30);
        assert_eq!(lfu.counter(7 << 8 | 3, 6), 0, "the clock went around");
        lfu.decay_minutes = 0;
        assert_eq!(lfu.counter(7 << 8 | 3, 900), 3);
    }
}
