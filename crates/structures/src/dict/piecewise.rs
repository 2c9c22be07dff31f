//! Reading a dict as it is at one instant, piece by piece, while it goes on changing.
//!
//! ```text
//!   hash order   0 ........ cursor ............ 2^40        item, changed meanwhile:
//!                |  given out  |  still to come |            behind the cursor   it was given out: nothing to do
//!                                                            before it           a copy is kept and given out, its hash noted
//! ```
//!
//! A hash that is noted is passed over when the cursor comes to it: what it had at the beginning was kept, and what is there
//! now came later. Each item of the beginning is so given out once, as it was. Two items whose 64 bits of hash are the same
//! would count as one; with a keyed hash that happens to nobody.

use super::Dict;
use super::scan::CURSOR_BITS;
use crate::thin::Thin;
use std::collections::HashSet;

/// Buckets whose items are brought in at once.
const AHEAD_BUCKETS: usize = 6;

/// The reading of a dict, if one is under way.
pub struct Reading<T>(Option<Box<Piecewise<T>>>);

struct Piecewise<T> {
    /// Hashes below it, told by their first bits, were given out.
    cursor: u64,
    has_passed_all: bool,
    /// The items before it were asked for.
    brought_in: u64,
    noted: HashSet<u64>,
    /// Copies of items.
    kept: Vec<T>,
}

impl<T> Default for Reading<T> {
    fn default() -> Self {
        Reading(None)
    }
}

impl<T: Thin> Reading<T> {
    /// Begins to read what the dict has at present.
    pub fn begin(&mut self) {
        let (noted, kept) = (HashSet::new(), Vec::new());
        self.0 = Some(Box::new(Piecewise { cursor: 0, has_passed_all: false, brought_in: 0, noted, kept }));
    }
    /// Reads no more.
    pub fn stop(&mut self) {
        self.0 = None;
    }
    /// Whether a reading is under way.
    pub fn is_under_way(&self) -> bool {
        self.0.is_some()
    }
    /// Before the item with this hash comes, changes or goes: keeps what is there of the beginning.
    #[inline]
    pub fn keep(
        &mut self,
        dict: &Dict<T>,
        hash: u64,
        rehash: impl Fn(&T) -> u64,
        copy: impl FnOnce(&T) -> T,
    ) {
        if let Some(piecewise) = &mut self.0 {
            piecewise.keep(dict, hash, rehash, copy);
        }
    }
    /// Calls `f` with about `count` more of the items that were there at the beginning, in no particular order; whether there
    /// may be others. If not, the reading has ended.
    pub fn read_on(
        &mut self,
        dict: &Dict<T>,
        count: usize,
        rehash: impl Fn(&T) -> u64,
        mut f: impl FnMut(&T),
    ) -> bool {
        let Some(piecewise) = &mut self.0 else { return false };
        std::mem::take(&mut piecewise.kept).iter().for_each(&mut f);
        piecewise.read(dict, count, rehash, f);
        if piecewise.has_passed_all {
            self.stop();
        }
        self.is_under_way()
    }
}

impl<T: Thin> Piecewise<T> {
    #[cold]
    fn keep(&mut self, dict: &Dict<T>, hash: u64, rehash: impl Fn(&T) -> u64, copy: impl FnOnce(&T) -> T) {
        let is_ahead = !self.has_passed_all && hash >> (64 - CURSOR_BITS) >= self.cursor;
        if is_ahead && self.noted.insert(hash) {
            self.kept.extend(dict.find(hash, |item| rehash(item) == hash).map(|item| copy(&item)));
        }
    }

    fn read(&mut self, dict: &Dict<T>, count: usize, rehash: impl Fn(&T) -> u64, mut f: impl FnMut(&T)) {
        let mut given = 0;
        while !self.has_passed_all && given < count {
            // An empty bucket costs something, too.
            given += 1;
            if self.cursor >= self.brought_in {
                self.brought_in = dict.prefetch_buckets(self.cursor, AHEAD_BUCKETS);
            }
            let noted = &self.noted;
            let next = dict.scan_between(self.cursor, &rehash, |item, hash| {
                if noted.is_empty() || !noted.contains(&hash) {
                    given += 1;
                    f(item);
                }
            });
            (self.cursor, self.has_passed_all) = (next, next == 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::text_set::TextSet;
    use hematite_base::hash::Hasher;
    use hematite_base::random::Random;
    use std::collections::BTreeSet;

    fn name(n: u64) -> Vec<u8> {
        format!("member:{n}").into_bytes()
    }

    #[test]
    fn what_is_read_is_what_was_there() {
        for seed in 0..40 {
            let mut random = Random::new(seed);
            let mut set = TextSet::new(Hasher::new(seed));
            let before = 1 + random.below(20_000);
            for n in 0..before {
                set.insert(&name(n));
            }
            let mut read = BTreeSet::new();
            set.begin_reading();
            let mut goes_on = true;
            while goes_on {
                // Some rounds grow the set, others shrink it to nothing.
                for _ in 0..random.below(3_000) {
                    let n = random.below(2 * before);
                    if random.below(3) < seed % 4 {
                        set.remove(&name(n))
                    } else {
                        set.insert(&name(n))
                    };
                }
                let count = 1 + random.below(3_000) as usize;
                goes_on = set.read_on(count, |member| assert!(read.insert(member.to_vec()), "twice"));
            }
            assert!(read == (0..before).map(name).collect(), "seed {seed}");
            assert!(!set.is_being_read());
        }
    }
}
