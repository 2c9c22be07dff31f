//! Dropping a dict segment by segment, from the end of its directory.

use super::segment::Segment;
use super::{Dict, SLOTS};
use crate::prefetch;
use crate::thin::{Thin, address};
use std::marker::PhantomData;

/// How many buckets ahead of the one that is emptied items are brought in.
const AHEAD: usize = 2;

/// What is left of a dict that is being dropped: the segments at the front of its directory.
pub struct Dismantling<T: Thin> {
    directory: Vec<Segment>,
    global: u8,
    items: PhantomData<T>,
}

// SAFETY: it owns its items and its buckets; sending it sends them.
unsafe impl<T: Thin + Send> Send for Dismantling<T> {}

impl<T: Thin> Dict<T> {
    /// Gives the dict up, to be dropped in steps.
    pub fn dismantle(mut self) -> Dismantling<T> {
        self.take_apart()
    }

    /// The same, leaving an empty dict.
    pub(super) fn take_apart(&mut self) -> Dismantling<T> {
        self.len = 0;
        let (directory, global) = (std::mem::take(&mut self.directory), std::mem::take(&mut self.global));
        Dismantling { directory, global, items: PhantomData }
    }
}

impl<T: Thin> Dismantling<T> {
    /// Hands about `count` items to `sink`, a segment's more at most; how many it was. 0: nothing is left.
    pub fn step_with(&mut self, count: usize, mut sink: impl FnMut(T)) -> usize {
        let mut done = 0;
        while done < count
            && let Some(segment) = self.directory.last().copied()
        {
            let copies = 1 << (self.global - segment.depth);
            self.directory.truncate(self.directory.len() - copies);
            done += empty(segment, &mut sink);
            // SAFETY: all copies of the header are gone, and so are the items.
            unsafe { segment.free() };
        }
        done
    }
}

/// Hands all items of a segment over, which nobody may look at afterwards.
fn empty<T: Thin>(segment: Segment, sink: &mut impl FnMut(T)) -> usize {
    let len = usize::from(segment.len);
    let bring = |bucket: usize| {
        if bucket < len {
            each(segment, bucket, |value| {
                // SAFETY: the slot is occupied: the address is an item's.
                prefetch::read(unsafe { address(value) }.as_ptr());
            });
        }
    };
    (0..AHEAD).for_each(bring);
    let mut done = 0;
    for bucket in 0..len {
        bring(bucket + AHEAD);
        each(segment, bucket, |value| {
            done += 1;
            // SAFETY: occupied slots own their items, and each is taken once.
            sink(unsafe { T::from_raw(address(value)) });
        });
    }
    done
}

#[inline(always)]
fn each(segment: Segment, bucket: usize, mut f: impl FnMut(u64)) {
    let bucket = segment.bucket(bucket);
    let mut occupied = bucket.occupied();
    while occupied != 0 {
        let slot = occupied.trailing_zeros() as usize;
        debug_assert!(slot < SLOTS);
        f(bucket.slots[slot]);
        occupied &= occupied - 1;
    }
}

impl<T: Thin> Drop for Dismantling<T> {
    fn drop(&mut self) {
        self.step_with(usize::MAX, drop);
    }
}
