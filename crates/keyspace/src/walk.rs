//! Walks over many keys: counting, SCAN, random picks, flushing. They lock one stripe at a time.
//!
//! A SCAN cursor is a position within a stripe (40 bits) and the stripe's number above it.

use crate::entry::{Entry, EntryExt};
use crate::remains::Remains;
use crate::stripe::{Db, Keyspace};
use crate::view::EFFORT_AT_ONCE_MAX;
use hematite_base::random::Random;
use hematite_structures::dict::Dict;

pub(crate) const POSITION_BITS: u32 = 40;

/// A database's contents, taken out of the keyspace to be dropped by whoever has the time.
pub struct Dropped(Vec<Db>);

impl Dropped {
    /// Number of keys.
    pub fn len(&self) -> usize {
        self.0.iter().map(|db| db.dict.items().len()).sum()
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Whether dropping it takes so long that others would wait.
    pub fn is_large(&self) -> bool {
        let keys = self.0.iter().flat_map(|db| db.dict.items().iter());
        let mut effort = 0;
        self.len() > EFFORT_AT_ONCE_MAX
            || keys.into_iter().any(|entry| {
                effort += entry.drop_effort();
                effort > EFFORT_AT_ONCE_MAX
            })
    }
    /// The same, to be dropped in steps.
    pub fn into_remains(self) -> Remains {
        Remains::of_databases(self.0)
    }
}

impl std::fmt::Debug for Dropped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dropped").finish_non_exhaustive()
    }
}

/// Figures of one database for INFO and MEMORY STATS.
#[derive(Clone, Copy, Debug, Default)]
pub struct Census {
    /// Number of keys, expired ones that nobody has looked at included.
    pub keys: usize,
    /// Number of keys with an expiry.
    pub expires: usize,
    /// Bytes of the tables of keys.
    pub table_bytes: usize,
    /// Bytes of the tables of keys with an expiry.
    pub expires_table_bytes: usize,
    /// Sum of what is left to live, milliseconds, over a sample of `sampled` keys with an expiry.
    pub ttl_sum_ms: i64,
    /// Size of that sample.
    pub sampled: i64,
}

impl Keyspace {
    /// Number of keys in a database.
    pub fn len(&self, db: usize) -> usize {
        (0..self.stripes()).map(|s| self.lock(s).db(db).map_or(0, |d| d.dict.items().len())).sum()
    }
    /// Number of keys in all databases, roughly: one stripe in sixteen is looked at.
    pub fn len_estimate(&self) -> usize {
        let one_in = 16.min(self.stripes());
        let sampled = (0..self.stripes()).step_by(one_in).map(|stripe| {
            let state = self.lock(stripe);
            (0..state.databases())
                .filter_map(|db| state.db(db))
                .map(|db| db.dict.items().len())
                .sum::<usize>()
        });
        sampled.sum::<usize>() * one_in
    }
    /// Whether no database holds a key.
    pub fn is_empty(&self) -> bool {
        (0..self.databases()).all(|db| self.len(db) == 0)
    }
    /// Figures of a database.
    pub fn census(&self, db: usize, now_ms: i64) -> Census {
        let mut census = Census::default();
        for stripe in 0..self.stripes() {
            let state = self.lock(stripe);
            let Some(part) = state.db(db) else { continue };
            census.keys += part.dict.items().len();
            census.expires += part.dict.marked_len();
            census.table_bytes += part.dict.items().table_bytes();
            census.expires_table_bytes += part.dict.marked_table_bytes();
            if part.dict.marked_len() > 0 && census.sampled < 64 {
                part.dict.scan_marked(0, |entry| {
                    census.ttl_sum_ms += entry.expires_at().map_or(0, |at| (at - now_ms).max(0));
                    census.sampled += 1;
                });
            }
        }
        census
    }

    /// Calls `f` for a handful of keys at `cursor`, expired ones left out, and returns the next cursor, 0 at the end.
    pub fn scan(&self, db: usize, cursor: u64, now_ms: i64, f: impl FnMut(&Entry)) -> u64 {
        self.scan_with_due(db, cursor, now_ms, f, |_| ())
    }

    /// The same; `due` gets the expired ones.
    pub fn scan_with_due(
        &self,
        db: usize,
        cursor: u64,
        now_ms: i64,
        mut f: impl FnMut(&Entry),
        mut due: impl FnMut(&Entry),
    ) -> u64 {
        let mut stripe = (cursor >> POSITION_BITS) as usize;
        let mut position = cursor & ((1 << POSITION_BITS) - 1);
        while stripe < self.stripes() {
            let state = self.lock(stripe);
            if let Some(part) = state.db(db).filter(|part| !part.dict.items().is_empty()) {
                let next = part.dict.items().scan(position, |entry| {
                    if entry.is_expired(now_ms) {
                        due(entry);
                    } else {
                        f(entry);
                    }
                });
                if next != 0 {
                    return (stripe as u64) << POSITION_BITS | next;
                }
                return if stripe + 1 == self.stripes() { 0 } else { (stripe as u64 + 1) << POSITION_BITS };
            }
            (stripe, position) = (stripe + 1, 0);
        }
        0
    }

    /// Calls `f` for every key that has not expired, stripe by stripe.
    pub fn for_each(&self, db: usize, now_ms: i64, mut f: impl FnMut(&Entry)) {
        for stripe in 0..self.stripes() {
            let state = self.lock(stripe);
            for entry in state.db(db).iter().flat_map(|part| part.dict.items().iter()) {
                if !entry.is_expired(now_ms) {
                    f(&entry);
                }
            }
        }
    }

    /// Calls `f` with a random key, stripes weighted by their size, and returns its answer.
    pub fn random<R>(&self, db: usize, random: &mut Random, f: impl FnOnce(&Entry) -> R) -> Option<R> {
        self.random_where(
            db,
            random,
            |part| part.dict.items().len(),
            |part, bits| part.dict.items().random(bits).map(|e| f(&e)),
        )
    }
    /// The same among the keys with an expiry.
    pub fn random_with_expiry<R>(
        &self,
        db: usize,
        random: &mut Random,
        f: impl FnOnce(&Entry) -> R,
    ) -> Option<R> {
        self.random_where(
            db,
            random,
            |part| part.dict.marked_len(),
            |part, bits| part.dict.random_marked(bits).map(|e| f(&e)),
        )
    }
    fn random_where<R>(
        &self,
        db: usize,
        random: &mut Random,
        len: impl Fn(&Db) -> usize,
        pick: impl FnOnce(&Db, &mut dyn FnMut() -> u64) -> Option<R>,
    ) -> Option<R> {
        let lens: Vec<usize> = (0..self.stripes()).map(|s| self.lock(s).db(db).map_or(0, &len)).collect();
        let mut at = random.below(lens.iter().sum::<usize>() as u64) as usize;
        for (stripe, len) in lens.into_iter().enumerate() {
            if at < len {
                let state = self.lock(stripe);
                return pick(state.db(db)?, &mut || random.bits());
            }
            at -= len;
        }
        None
    }

    /// Takes everything out of a database, or of all of them. The caller drops it, or has it dropped.
    /// While a snapshot runs, its writer gets it instead, and drops it once it is saved.
    pub fn flush(&self, db: Option<usize>) -> Dropped {
        let mut dropped = Vec::new();
        self.rearrange(None, |hand_over| {
            for stripe in 0..self.stripes() {
                let mut state = self.lock(stripe);
                for index in 0..state.databases() {
                    if db.is_none_or(|db| db == index)
                        && !state.db(index).is_some_and(|d| d.dict.items().is_empty())
                    {
                        dropped.extend(hand_over(index, std::mem::take(state.db_mut(index))));
                    }
                }
            }
        });
        Dropped(dropped)
    }

    /// Makes room for about so many keys in a database that has none yet. The caller bounds a number that it was told by
    /// someone else.
    pub fn reserve(&self, db: usize, keys: usize) {
        let share = keys / self.stripes();
        // Chance gives some stripes more than their share: by its root, and seldom by twice that.
        let share = share + (share as f64).sqrt() as usize;
        for stripe in 0..self.stripes() {
            self.lock(stripe).db_mut(db).dict.reserve(share);
        }
    }

    /// Exchanges two databases. The caller has made sure that no view is alive.
    pub fn swap(&self, a: usize, b: usize) {
        self.rearrange(Some((a, b)), |_| {
            for stripe in 0..self.stripes() {
                self.lock(stripe).swap(a, b);
            }
        });
    }

    /// The dict of a database's stripe, for tests and figures.
    pub fn with_items<R>(&self, db: usize, stripe: usize, f: impl FnOnce(&Dict<Entry>) -> R) -> Option<R> {
        self.lock(stripe).db(db).map(|part| f(part.dict.items()))
    }
}
