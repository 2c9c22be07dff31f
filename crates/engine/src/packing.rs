//! Packing: memory that lies free between keys is given back, by moving these together while commands go on.
//!
//! Where values of one size give way to values of another, those that are left keep pages that are mostly empty. The allocator
//! says how much lies free so, and which blocks should move; workers walk over the keyspace and move these. With a memory
//! limit, which is meant for what the system sees too, that is done always; without one, if `activedefrag` says so. Two work
//! at it:
//!
//! - periodic work, in slices of at most half a millisecond, the more often the more there is;
//! - who evicts: the more lies free, the longer, so that a storm of writes is as fast as memory can be packed.
//!
//! Elements of large collections stay where they are. Where a walk over all keys has moved little of what lies free, there is
//! a rest, unless it becomes more. Nothing moves while a snapshot is written.

use crate::dispatch::Chance;
use crate::engine::Shared;
use crate::flow::Now;
use crate::gate::Turn;
use crate::worker::{Local, Worker};
use hematite_keyspace::{Position, Repacked};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};

/// How long a slice takes, and how many keys are looked at in it: whatever comes first.
const SLICE: Effort = Effort { keys: 4_096, limit_ns: 500_000 };
/// How long one who evicts helps at most. What is done is bounded by keys before: if time were all, memory would grow where the
/// processor is taken away.
const ASSIST_NS: u64 = 4_000_000;
/// Keys looked at for each that was evicted, where those who evict help most. Where spans are alike and a part `f` of their
/// blocks is free, each block given back to the system costs `1 / f` moves, and about every other key that is looked at moves.
const KEYS_PER_EVICTED: usize = 32;
/// They help after so many.
const EVICTED_MIN: usize = 32;
/// From the beginning of a slice to the next, microseconds, by the part of what is in use that lies free beside it: the more,
/// the more often.
const PERIODS_US: [(u64, u64); 3] = [(16, 1_000), (25, 2_500), (u64::MAX, 10_000)];
/// With a limit, less than this is let be, bytes; and this part of what is in use.
const SPARSE_MIN: u64 = 1 << 20;
const SPARSE_PART: u64 = 50;
/// The part of the limit that may lie free before those who evict help, and by how much more they help longest.
const ASSIST_PART: u64 = 48;
/// Keys looked at under one hold of a stripe's lock.
const KEYS_PER_LOCK: usize = 64;
/// A regular cron is not put off by slices for longer, microseconds.
const CRON_US: u64 = 90_000;
/// A walk that has moved less than this part of what lies free was in vain.
const GAIN_PART: u64 = 16;
/// The rest after a walk in vain, microseconds; it ends early where an eighth more lies free than then.
const REST_US: u64 = 5_000_000;

/// What the front's allocator does for packing.
#[derive(Clone, Copy, Debug)]
pub struct PackingAllocator {
    /// Bytes that lie free between blocks and would be given back if these moved together.
    pub sparse_bytes: fn() -> u64,
    /// Whether the block at an address should be moved; any address may be asked for.
    pub is_sparse: fn(*const u8) -> bool,
    /// Runs what moves blocks: meanwhile new ones lie where memory is fullest.
    pub within: fn(&mut dyn FnMut()),
}

/// Bounds of what is done at once.
#[derive(Clone, Copy, Debug)]
struct Effort {
    keys: usize,
    limit_ns: u64,
}

/// What is done without a memory limit: the directives of Redis's active defragmentation. With one, memory is always packed.
#[derive(Clone, Copy, Debug, Default)]
pub struct PackingSettings {
    /// `activedefrag`.
    pub is_on: bool,
    /// `active-defrag-ignore-bytes`: what may lie free between blocks.
    pub ignored_bytes: u64,
    /// `active-defrag-threshold-lower`: the same as a part of what is in use, per cent.
    pub percent_min: u32,
}

/// What packing did so far.
#[derive(Debug)]
pub(crate) struct Packing {
    /// Without a limit: bytes and per cent of what is in use that may lie free; `u64::MAX`: nothing is done.
    unlimited: [AtomicU64; 2],
    /// The next stripe, modulo their number.
    stripe: AtomicUsize,
    /// Allocations moved, and their bytes.
    pub moves: AtomicU64,
    bytes: AtomicU64,
    /// Keys of which something was moved, and those that could stay.
    pub keys: [AtomicU64; 2],
    /// Time spent, microseconds.
    pub time_us: AtomicU64,
    /// Since when there is something to do, microseconds of the monotonic clock; 0: there is nothing.
    pub since_us: AtomicU64,
    /// Bytes moved when the walk over all stripes began.
    bytes_before: AtomicU64,
    /// The end of a rest, microseconds of the monotonic clock, and what lay free when it began.
    rest_until_us: AtomicU64,
    rest_sparse: AtomicU64,
}

/// A worker's part.
#[derive(Debug, Default)]
pub(crate) struct PackingSlice {
    at: Option<Position>,
    /// When the next slice is due, on the clock of [`Now::mono_us`].
    pub due_us: Option<u64>,
    /// When cron ran as a whole.
    pub cron_us: u64,
    /// Keys that this worker has evicted since it helped.
    pub evicted: usize,
}

impl Default for Packing {
    fn default() -> Packing {
        let zero = AtomicU64::default;
        Packing {
            unlimited: [AtomicU64::new(u64::MAX), zero()],
            stripe: AtomicUsize::new(0),
            moves: zero(),
            bytes: zero(),
            keys: [zero(), zero()],
            time_us: zero(),
            since_us: zero(),
            bytes_before: zero(),
            rest_until_us: zero(),
            rest_sparse: zero(),
        }
    }
}

impl Packing {
    pub fn set(&self, settings: PackingSettings) {
        self.unlimited[0].store(if settings.is_on { settings.ignored_bytes } else { u64::MAX }, Relaxed);
        self.unlimited[1].store(u64::from(settings.percent_min), Relaxed);
    }
    /// For how long there has been something to do, milliseconds.
    pub fn current_ms(&self, now: Now) -> u64 {
        match self.since_us.load(Relaxed) {
            0 => 0,
            since => now.mono_us.saturating_sub(since) / 1000,
        }
    }
    /// CONFIG RESETSTAT.
    pub fn reset_statistics(&self) {
        for count in [&self.moves, &self.keys[0], &self.keys[1], &self.time_us] {
            count.store(0, Relaxed);
        }
    }
    fn count(&self, done: Repacked) {
        self.moves.fetch_add(done.moves as u64, Relaxed);
        self.bytes.fetch_add(done.bytes as u64, Relaxed);
        self.keys[0].fetch_add(done.keys as u64, Relaxed);
        self.keys[1].fetch_add((done.seen - done.keys) as u64, Relaxed);
    }
    /// The stripe to go on with. With the last one ends a walk over all: if it was in vain, there is a rest.
    fn next_stripe(&self, stripes: usize, sparse: u64, now: Now) -> usize {
        let at = self.stripe.fetch_add(1, Relaxed);
        if at > 0 && at.is_multiple_of(stripes) {
            let bytes = self.bytes.load(Relaxed);
            let gain = bytes.saturating_sub(self.bytes_before.swap(bytes, Relaxed));
            if gain < sparse / GAIN_PART {
                self.rest_sparse.store(sparse, Relaxed);
                self.rest_until_us.store(now.mono_us + REST_US, Relaxed);
            }
        }
        at % stripes
    }
    fn rests(&self, sparse: u64, now: Now) -> bool {
        let until_us = self.rest_until_us.load(Relaxed);
        until_us != 0 && now.mono_us < until_us && sparse < self.rest_sparse.load(Relaxed) / 8 * 9
    }
}

impl Shared {
    /// What lies free between blocks, if that is too much and something can be done about it.
    fn sparse_bytes(&self, allocator: &PackingAllocator, now: Now) -> Option<u64> {
        let [ignored, percent] = self.packing.unlimited.each_ref().map(|it| it.load(Relaxed));
        let is_limited = self.memory.is_limited();
        if !is_limited && ignored == u64::MAX {
            return None;
        }
        let sparse = (allocator.sparse_bytes)();
        let used = (self.options.used_bytes)();
        let is_much = if is_limited {
            sparse > SPARSE_MIN && sparse > used / SPARSE_PART
        } else {
            sparse > ignored && sparse > used / 100 * percent
        };
        let is_possible = || !self.packing.rests(sparse, now) && !self.persistence.is_loading();
        (is_much && is_possible() && self.keyspace.can_repack()).then_some(sparse)
    }

    /// Moves some of what lies sparse. The caller holds its gate.
    fn pack(&self, local: &mut Local, allocator: &PackingAllocator, sparse: u64, effort: Effort, now: Now) {
        let clock_ns = self.options.clock_ns;
        let begin_ns = clock_ns();
        let (keyspace, packing) = (&self.keyspace, &self.packing);
        let (mut at, mut seen) = (local.packing.at.take(), 0);
        (allocator.within)(&mut || {
            while seen < effort.keys && clock_ns().saturating_sub(begin_ns) < effort.limit_ns {
                let start = || Position::start(packing.next_stripe(keyspace.stripes(), sparse, now));
                let position = at.get_or_insert_with(start);
                let done = keyspace.repack(position, KEYS_PER_LOCK, &allocator.is_sparse);
                packing.count(done);
                // A stripe that is empty counts, too.
                seen += done.seen + 1;
                if position.is_over {
                    at = None;
                    if packing.rests(sparse, now) || !keyspace.can_repack() {
                        break;
                    }
                }
            }
        });
        local.packing.at = at;
        packing.time_us.fetch_add(clock_ns().saturating_sub(begin_ns) / 1000, Relaxed);
    }
}

impl Chance<'_, '_> {
    /// After a round of eviction: helps where much lies free between blocks.
    pub(crate) fn pack_along(&mut self) {
        if self.local.packing.evicted < EVICTED_MIN {
            return;
        }
        let evicted = std::mem::take(&mut self.local.packing.evicted);
        let Some(allocator) = self.shared.options.packing else { return };
        let Some(sparse) = self.shared.sparse_bytes(&allocator, self.now) else { return };
        let enough = self.shared.memory.bytes_max() / ASSIST_PART;
        let over = sparse.saturating_sub(enough).min(enough);
        if over > 0 {
            let keys = ((evicted * KEYS_PER_EVICTED) as u64 * over / enough) as usize;
            let effort = Effort { keys, limit_ns: ASSIST_NS };
            self.shared.pack(self.local, &allocator, sparse, effort, self.now);
        }
    }
}

impl Worker {
    /// A call of cron that came for a slice alone: whether that was all there was to do.
    pub(crate) fn pack_between(&mut self, now: Now) -> bool {
        let slice = &self.local.packing;
        let is_alone = slice.due_us.is_some_and(|due| due <= now.mono_us)
            && now.mono_us.saturating_sub(slice.cron_us) < CRON_US
            && self.next_wait_us().is_none_or(|until| until > now.mono_us);
        if is_alone {
            self.pack(now);
        }
        is_alone
    }

    /// A slice of packing, if there is something to do.
    pub(crate) fn pack(&mut self, now: Now) {
        let Worker { shared, gate, local } = self;
        let Some(allocator) = shared.options.packing else { return };
        let Some(sparse) = shared.sparse_bytes(&allocator, now) else {
            local.packing.due_us = None;
            shared.packing.since_us.store(0, Relaxed);
            return;
        };
        let used = (shared.options.used_bytes)();
        let period_us = PERIODS_US.iter().find(|(part, _)| sparse >= used / part).map_or(0, |(_, us)| *us);
        local.packing.due_us = Some(now.mono_us + period_us);
        let _ = shared.packing.since_us.compare_exchange(0, now.mono_us.max(1), Relaxed, Relaxed);
        let turn = Turn::begin_unless_busy(gate, &shared.running);
        if !turn.is_refused() {
            shared.pack(local, &allocator, sparse, SLICE, now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Engine, Options};
    use crate::memory_limit::MemorySettings;
    use crate::testing::Harness;

    const EVERYTHING: PackingAllocator =
        PackingAllocator { sparse_bytes: || 8 << 20, is_sparse: |_| true, within: |f| f() };

    /// Whether packing has moved something since it was last asked.
    fn has_moved(h: &Harness) -> bool {
        h.engine.shared.packing.moves.swap(0, Relaxed) > 0
    }

    #[test]
    fn periodic_work_packs_under_a_limit_or_where_it_is_asked_to() {
        let options = Options { packing: Some(EVERYTHING), ..Options::default() };
        let mut h = Harness::over(Engine::new(options), 1);
        let c = h.open(0);
        for at in 0..100 {
            h.say(c, &format!("SET k{at} v{at}"));
            h.say(c, &format!("RPUSH l{at} a b {at}"));
        }
        h.pass(6_000);
        assert!(!has_moved(&h), "there is no limit");
        h.engine.set_memory(MemorySettings { bytes_max: 1 << 30, ..MemorySettings::default() });
        h.pass(6_000);
        assert!(has_moved(&h));
        h.engine.set_memory(MemorySettings::default());
        let asked = |ignored_bytes| PackingSettings { is_on: true, ignored_bytes, percent_min: 10 };
        h.engine.set_packing(asked(9 << 20));
        h.pass(6_000);
        assert!(!has_moved(&h), "it is ignored");
        h.engine.set_packing(asked(7 << 20));
        h.pass(6_000);
        assert!(has_moved(&h));
        for at in 0..100 {
            assert_eq!(
                h.say(c, &format!("GET k{at}")),
                format!("${}\r\nv{at}\r\n", 1 + at.to_string().len())
            );
            assert_eq!(h.say(c, &format!("LINDEX l{at} 1")), "$1\r\nb\r\n");
        }
    }

    #[test]
    fn a_walk_in_vain_is_followed_by_a_rest() {
        let packing = Packing::default();
        let now = Now { unix_ms: 0, mono_us: 5 };
        for _ in 0..4 {
            packing.next_stripe(4, 1 << 20, now);
            packing.count(Repacked { moves: 10, bytes: 1 << 18, ..Repacked::default() });
        }
        assert_eq!(packing.next_stripe(4, 1 << 20, now), 0);
        assert!(!packing.rests(1 << 20, now), "it has moved as much as lies free");
        for _ in 0..4 {
            packing.next_stripe(4, 1 << 20, now);
        }
        assert!(packing.rests(1 << 20, now));
        assert!(!packing.rests(2 << 20, now), "there is more now");
        assert!(!packing.rests(1 << 20, Now { unix_ms: 0, mono_us: 6 + REST_US }));
    }
}
