//! Walking a dict by position in hash order: SCAN cursors, and fair random picks.
//!
//! A cursor is the first 40 bits of a hash: everything below it has been seen. Growing, splitting, shrinking and merging
//! keep the order of hashes, so a cursor means the same whatever happened to the table in between: an item that is there
//! from the first call to the last is seen at least once.

use super::segment::{BUCKETS_MAX, SLOTS, Segment};
use super::{Dict, Place};
use crate::thin::{Ref, Thin, address};

/// Bits of a cursor.
pub const CURSOR_BITS: u32 = 40;

impl<T: Thin> Dict<T> {
    /// Calls `f` for the items of the bucket at `cursor` and returns the next cursor, 0 after the last bucket.
    pub fn scan(&self, cursor: u64, mut f: impl FnMut(&T)) -> u64 {
        if self.is_empty() {
            return 0;
        }
        // SAFETY: values of occupied slots; self is borrowed while `f` runs.
        self.scan_values(cursor, |value| f(unsafe { Ref::<T>::new(address(value)) }.get()))
    }

    /// Brings in the beginnings of the items that [`Dict::scan`] would call its function for, and returns the same next cursor.
    #[inline]
    fn prefetch_scan(&self, cursor: u64) -> u64 {
        if self.is_empty() {
            return 0;
        }
        self.scan_values(cursor, |value| {
            // SAFETY: values of occupied slots.
            let item = unsafe { address(value) }.as_ptr();
            crate::prefetch::read(item);
            crate::prefetch::read(item.wrapping_add(64));
        })
    }

    /// Brings in the items of some buckets from `cursor` on; the cursor after them, the highest number after the last one.
    pub fn prefetch_buckets(&self, cursor: u64, buckets: usize) -> u64 {
        let mut ahead = cursor;
        for _ in 0..buckets {
            ahead = self.prefetch_scan(ahead);
            if ahead == 0 {
                return u64::MAX;
            }
        }
        ahead
    }

    /// Calls `f` with the items whose hashes lie between `cursor` and the next one, which it returns, 0 after the last bucket.
    /// Other than with [`Dict::scan`], no item is seen again by a later call, and none is passed over, whatever happens to the
    /// table between the calls.
    pub fn scan_between(&self, cursor: u64, rehash: impl Fn(&T) -> u64, mut f: impl FnMut(&T, u64)) -> u64 {
        if self.is_empty() {
            return 0;
        }
        let (segment, home, next) = self.place_of(cursor);
        let end = if next == 0 { u64::MAX } else { next };
        // A mark that splits have used up places an item by fewer bits than the cursor has: up to one bucket too early.
        let first = if segment.depth == segment.base { home } else { home.saturating_sub(1) };
        for bucket in first..=home {
            segment.for_each_at_home(bucket, |value| {
                // SAFETY: the value of an occupied slot; self is borrowed while `f` runs.
                let item = unsafe { Ref::<T>::new(address(value)) };
                let hash = rehash(item.get());
                if (cursor..end).contains(&(hash >> (64 - CURSOR_BITS))) {
                    f(item.get(), hash);
                }
            });
        }
        next
    }

    /// Calls `f` for the slot values of the bucket at `cursor`; the dict is not empty.
    #[inline(always)]
    fn scan_values(&self, cursor: u64, f: impl FnMut(u64)) -> u64 {
        let (segment, home, next) = self.place_of(cursor);
        segment.for_each_at_home(home, f);
        next
    }

    /// Segment and bucket of a cursor, and the cursor after the bucket, 0 after the last one; the dict is not empty.
    #[inline(always)]
    fn place_of(&self, cursor: u64) -> (&Segment, usize, u64) {
        let hash = cursor << (64 - CURSOR_BITS);
        let segment = &self.directory[self.index_of(hash)];
        let x = (hash << segment.depth) >> 48;
        let len = u64::from(segment.len);
        let home = (x * len) >> 16;
        let prefix = (hash >> 1) >> (63 - segment.depth);
        let next = if home + 1 == len {
            u128::from(prefix + 1) << (CURSOR_BITS - u32::from(segment.depth))
        } else {
            let x_next = ((home + 1) << 16).div_ceil(len);
            (u128::from(prefix) << (CURSOR_BITS - u32::from(segment.depth)))
                + (u128::from(x_next) << (CURSOR_BITS - 16 - u32::from(segment.depth)))
        };
        (segment, home as usize, if next >> CURSOR_BITS != 0 { 0 } else { next as u64 })
    }

    /// One item, each with the same chance. `random` gives 64 random bits a call.
    pub fn random(&self, mut random: impl FnMut() -> u64) -> Option<Ref<'_, T>> {
        if self.is_empty() {
            return None;
        }
        loop {
            let (a, b) = (random(), random());
            let segment = &self.directory[self.index_of(a)];
            let place = if self.global == 0 {
                Place {
                    bucket: (b % u64::from(segment.len)) as usize,
                    slot: ((b >> 32) % SLOTS as u64) as usize,
                }
            } else {
                // A small segment, or one with several directory entries, is refused in proportion.
                let copies = 1u64 << (self.global - segment.depth);
                let bucket = b % (u64::from(segment.len.max(BUCKETS_MAX)) * copies);
                if bucket >= u64::from(segment.len) {
                    continue;
                }
                Place { bucket: bucket as usize, slot: ((b >> 32) % SLOTS as u64) as usize }
            };
            let bucket = segment.bucket(place.bucket);
            if bucket.tags[place.slot] != 0 {
                // SAFETY: occupied; the borrow of self outlives the Ref.
                return Some(unsafe { Ref::new(address(bucket.slots[place.slot])) });
            }
        }
    }
}
