//! Reclaiming: memory that the allocator keeps after a burst (large replies, large deletions) goes back to the system.
//!
//! What an allocator keeps, it keeps by thread, so each worker gives back its own: about once a second one of them looks how
//! far what the process holds has grown beyond what is in use since it was last given back, and if that is much, every
//! worker purges with its next cron. MEMORY PURGE asks for the same.

use crate::engine::Shared;
use crate::flow::Now;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// How often somebody looks, microseconds.
const PERIOD_US: u64 = 1_000_000;
/// Growth that is worth a purge, bytes: without a memory limit, and with one, of which it must be a part besides.
const GROWTH_MIN: u64 = 32 << 20;
const LIMITED_GROWTH_MIN: u64 = 4 << 20;
const LIMIT_PART: u64 = 32;

/// When to give memory back.
#[derive(Debug, Default)]
pub struct Reclaim {
    /// Purges asked for so far.
    asked: AtomicU64,
    /// When somebody looks again, on the clock of [`Now::mono_us`].
    next_us: AtomicU64,
    /// The least that lay between what is held and what is in use since the last purge, bytes; 0: not seen yet.
    floor: AtomicU64,
}

impl Reclaim {
    /// Has every worker give back what it can.
    pub fn ask(&self) {
        self.asked.fetch_add(1, Relaxed);
        self.floor.store(0, Relaxed);
    }
    /// Whether so much lies idle that it should be given back.
    fn is_much(&self, resident: u64, used: u64, limit: u64) -> bool {
        let gap = resident.saturating_sub(used).max(1);
        let floor = self.floor.load(Relaxed);
        if floor == 0 || gap < floor {
            self.floor.store(gap, Relaxed);
            return false;
        }
        let growth_min = match limit {
            0 => GROWTH_MIN.max(used / 4),
            limit => LIMITED_GROWTH_MIN.max(limit / LIMIT_PART),
        };
        gap - floor >= growth_min
    }
}

impl Shared {
    /// A worker's share; `done` is how many purges it has made.
    pub(crate) fn reclaim(&self, done: &mut u64, now: Now) {
        let reclaim = &self.reclaim;
        let next_us = reclaim.next_us.load(Relaxed);
        let is_mine = now.mono_us >= next_us
            && reclaim.next_us.compare_exchange(next_us, now.mono_us + PERIOD_US, Relaxed, Relaxed).is_ok();
        if is_mine {
            let memory = (self.options.memory)();
            if reclaim.is_much(memory.resident, memory.used, self.memory.bytes_max()) {
                reclaim.ask();
            }
        }
        let asked = reclaim.asked.load(Relaxed);
        if asked != *done {
            *done = asked;
            (self.options.purge)();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_is_given_back_once() {
        let reclaim = Reclaim::default();
        const MIB: u64 = 1 << 20;
        assert!(!reclaim.is_much(60 * MIB, 10 * MIB, 0), "this is what a quiet process holds");
        assert!(!reclaim.is_much(80 * MIB, 10 * MIB, 0));
        assert!(reclaim.is_much(160 * MIB, 10 * MIB, 0));
        reclaim.ask();
        assert!(
            !reclaim.is_much(160 * MIB, 10 * MIB, 0),
            "it could not be given back, so it is the new floor"
        );
        assert!(!reclaim.is_much(1060 * MIB, 1000 * MIB, 0), "data is no growth");
        assert!(!reclaim.is_much(1160 * MIB, 1000 * MIB, 0), "a tenth of the data may lie idle");
        assert!(reclaim.is_much(1400 * MIB, 1000 * MIB, 0));
        assert!(!reclaim.is_much(1070 * MIB, 1000 * MIB, 1000 * MIB));
        assert!(
            reclaim.is_much(1140 * MIB, 1000 * MIB, 1000 * MIB),
            "a limit is meant for what the system sees"
        );
    }
}
