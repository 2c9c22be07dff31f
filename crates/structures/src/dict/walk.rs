//! Walking all items of a dict with their cache misses overlapped.
//!
//! The items lie wherever the allocator put them, so each costs a miss. A [`Walk`] reads addresses some items ahead of
//! the one that it gives out and asks for their lines.

use super::{Dict, SLOTS};
use crate::prefetch;
use crate::thin::{Ref, Thin, address};
use std::collections::HashSet;
use std::ptr::NonNull;

/// How many items are asked for ahead.
const AHEAD: usize = 16;

/// The addresses of all items, segment by segment, bucket by bucket: nearly in the order of their hashes.
struct Addresses<'a, T: Thin> {
    dict: &'a Dict<T>,
    segment: usize,
    bucket: usize,
    /// Slots of the bucket that are still to come.
    slots: u32,
}

impl<T: Thin> Addresses<'_, T> {
    #[inline]
    fn next(&mut self) -> Option<NonNull<u8>> {
        while self.slots == 0 {
            let segment = self.dict.directory.get(self.segment)?;
            if self.bucket == usize::from(segment.len) {
                self.segment += 1 << (self.dict.global - segment.depth);
                self.bucket = 0;
                continue;
            }
            self.slots = segment.bucket(self.bucket).occupied();
            self.bucket += 1;
        }
        let slot = self.slots.trailing_zeros() as usize;
        debug_assert!(slot < SLOTS);
        self.slots &= self.slots - 1;
        let value = self.dict.directory[self.segment].bucket(self.bucket - 1).slots[slot];
        // SAFETY: the slot is occupied.
        Some(unsafe { address(value) })
    }
}

/// See the head of the file.
pub struct Walk<'a, T: Thin> {
    addresses: Addresses<'a, T>,
    ring: [Option<NonNull<u8>>; AHEAD],
    at: usize,
}

impl<'a, T: Thin> Walk<'a, T> {
    fn new(dict: &'a Dict<T>) -> Self {
        let mut walk = Walk {
            addresses: Addresses { dict, segment: 0, bucket: 0, slots: 0 },
            ring: [None; AHEAD],
            at: 0,
        };
        for place in 0..AHEAD {
            walk.ring[place] = walk.fetch();
        }
        walk
    }
    #[inline]
    fn fetch(&mut self) -> Option<NonNull<u8>> {
        let next = self.addresses.next()?;
        prefetch::read(next.as_ptr());
        Some(next)
    }
}

impl<'a, T: Thin> Iterator for Walk<'a, T> {
    type Item = Ref<'a, T>;

    #[inline]
    fn next(&mut self) -> Option<Ref<'a, T>> {
        let raw = self.ring[self.at]?;
        self.ring[self.at] = self.fetch();
        self.at = (self.at + 1) % AHEAD;
        // SAFETY: the address of an item; the borrow of the dict outlives the Ref.
        Some(unsafe { Ref::new(raw) })
    }
}

impl<T: Thin> Dict<T> {
    /// Every item, in no particular order, brought in ahead of its turn.
    pub fn walk(&self) -> Walk<'_, T> {
        Walk::new(self)
    }

    /// Calls `f` for `count` different items (all of them if there are fewer), every choice with the same chance.
    /// `random` gives 64 random bits a call.
    pub fn sample(&self, count: usize, mut random: impl FnMut() -> u64, mut f: impl FnMut(Ref<'_, T>)) {
        // Many of them: walk all and take each with the chance that the rest needs it (Knuth's selection sampling).
        if count > self.len() / 4 {
            let (mut wanted, mut left) = (count.min(self.len()), self.len());
            for item in self.walk() {
                if below(&mut random, left) < wanted {
                    wanted -= 1;
                    f(item);
                }
                left -= 1;
            }
            return;
        }
        // Few: draw until enough have come for the first time; a draw fails with a chance of a quarter at most.
        let mut seen = HashSet::with_capacity(count);
        while seen.len() < count {
            let Some(item) = self.random(&mut random) else { return };
            if seen.insert(item.address()) {
                f(item);
            }
        }
    }
}

/// A number below `bound`, which is not 0, each with the same chance but for one in 2^32 or less.
fn below(random: &mut impl FnMut() -> u64, bound: usize) -> usize {
    ((u128::from(random()) * bound as u128) >> 64) as usize
}
