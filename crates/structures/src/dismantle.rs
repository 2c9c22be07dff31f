//! Dismantle: dropping something of millions of allocations in bounded steps.
//!
//! Each large container gives itself up for something that implements [`Dismantle`]: it can be read no more, only be taken
//! apart. What has been taken apart needs no order: tables lose whole segments from their end, with the misses on their
//! items overlapped, which takes a fraction of the time of removing items one by one.
//!
//! Dropping what is left drops it at once.

use crate::dict::Dismantling;
use crate::thin::Thin;
use std::collections::btree_set::IntoIter;

/// Something that is being dropped.
pub trait Dismantle: Send {
    /// Drops about `count` allocations, a few hundred more at most; how many it was. 0: nothing is left.
    fn step(&mut self, count: usize) -> usize;
}

impl<T: Thin + Send> Dismantle for Dismantling<T> {
    fn step(&mut self, count: usize) -> usize {
        self.step_with(count, drop)
    }
}

/// Takes one thing apart after the other.
impl<A: Dismantle, B: Dismantle> Dismantle for (A, B) {
    fn step(&mut self, count: usize) -> usize {
        match self.0.step(count) {
            0 => self.1.step(count),
            done => done,
        }
    }
}

/// Drops items that own one allocation each, or share one.
impl<T: Send> Dismantle for IntoIter<T> {
    fn step(&mut self, count: usize) -> usize {
        self.by_ref().take(count).count()
    }
}

/// The same from the end.
impl<T: Send> Dismantle for Vec<T> {
    fn step(&mut self, count: usize) -> usize {
        let kept = self.len().saturating_sub(count);
        self.drain(kept..).count()
    }
}
