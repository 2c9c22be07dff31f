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

/// A reading under way; `K` is a copy of an item.
pub struct Piecewise<K> {
    /// Hashes below it, told by their first bits, were given out.
    cursor: u64,
    has_passed_all: bool,
    /// The items before it were asked for.
    brought_in: u64,
    noted: HashSet<u64>,
    kept: Vec<K>,
}

impl<K> Default for Piecewise<K> {
    fn default() -> Self {
        Piecewise { cursor: 0, has_passed_all: false, brought_in: 0, noted: HashSet::new(), kept: Vec::new() }
    }
}

impl<K> Piecewise<K> {
    /// Before the item with this hash comes, changes or goes: keeps what is there of the beginning.
    #[cold]
    pub fn keep<T: Thin>(
        &mut self,
        dict: &Dict<T>,
        hash: u64,
        rehash: impl Fn(&T) -> u64,
        copy: impl FnOnce(&T) -> K,
    ) {
        let is_ahead = !self.has_passed_all && hash >> (64 - CURSOR_BITS) >= self.cursor;
        if is_ahead && self.noted.insert(hash) {
            self.kept.extend(dict.find(hash, |item| rehash(item) == hash).map(|item| copy(&item)));
        }
    }

    /// Takes the copies kept.
    pub fn take_kept(&mut self) -> Vec<K> {
        std::mem::take(&mut self.kept)
    }

    /// Calls `f` with about `count` items more; whether there may be others.
    pub fn read<T: Thin>(
        &mut self,
        dict: &Dict<T>,
        count: usize,
        rehash: impl Fn(&T) -> u64,
        mut f: impl FnMut(&T),
    ) -> bool {
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
        !self.has_passed_all || !self.kept.is_empty()
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
