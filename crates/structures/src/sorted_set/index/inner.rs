//! An inner node of the ordered index: for each child its first member, that member's score, and how many it holds.
//!
//! ```text
//!   len | keys: [u64; 32] | counts: [u64; 32] | firsts: [ptr; 32] | children: [ptr; 32]
//! ```
//!
//! `keys[i]` and `firsts[i]` always tell the first member under `children[i]` exactly, so that no separator outlives
//! its member; `counts[i]` tells how many members lie under it, which makes ranks a sum along the way down.

use super::super::bounds::Boundary;
use super::super::member::MemberRef;
use super::leaf::Leaf;
use crate::prefetch;
use std::ptr::NonNull;

/// Children of an inner node at most.
pub const FANOUT: usize = 32;

/// A pointer to a leaf (on level 0) or to an inner node (on any other); the level is known on the way down.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Child(NonNull<()>);

/// # Safety
/// The accessors: the child is alive, lies on the level that the name says, and is used by the caller alone.
#[allow(clippy::missing_safety_doc)]
impl Child {
    pub unsafe fn leaf(self) -> Leaf {
        // SAFETY: the caller's: this pointer was made by `From<Leaf>`.
        unsafe { Leaf::from_raw(self.0) }
    }

    pub unsafe fn inner<'a>(self) -> &'a Inner {
        // SAFETY: the caller's: this pointer was made by `From<Box<Inner>>`.
        unsafe { self.0.cast().as_ref() }
    }

    pub unsafe fn inner_mut<'a>(self) -> &'a mut Inner {
        // SAFETY: as in `inner`.
        unsafe { self.0.cast().as_mut() }
    }

    pub unsafe fn into_inner(self) -> Box<Inner> {
        // SAFETY: as in `inner`; the caller gives the node up.
        unsafe { Box::from_raw(self.0.cast().as_ptr()) }
    }
}

impl Child {
    /// Brings in what a search reads first: a leaf's header and codes, an inner node's keys.
    pub fn prefetch(self) {
        for line in 0..5 {
            prefetch::read(self.0.as_ptr().cast::<u8>().wrapping_add(line * 64));
        }
    }
}

impl From<Leaf> for Child {
    fn from(leaf: Leaf) -> Child {
        Child(leaf.into_raw())
    }
}

impl From<Box<Inner>> for Child {
    fn from(inner: Box<Inner>) -> Child {
        Child(NonNull::from(Box::leak(inner)).cast())
    }
}

/// What an inner node keeps of one child.
#[derive(Clone, Copy, Debug)]
pub struct Slot {
    pub key: u64,
    pub count: u64,
    pub first: MemberRef,
    pub child: Child,
}

/// An inner node: at least one child while it is part of a tree.
pub struct Inner {
    len: usize,
    keys: [u64; FANOUT],
    counts: [u64; FANOUT],
    firsts: [Option<MemberRef>; FANOUT],
    children: [Option<Child>; FANOUT],
}

impl Inner {
    pub fn new() -> Box<Inner> {
        Box::new(Inner {
            len: 0,
            keys: [0; FANOUT],
            counts: [0; FANOUT],
            firsts: [None; FANOUT],
            children: [None; FANOUT],
        })
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn child(&self, i: usize) -> Child {
        self.children[..self.len][i].expect("slots below len are filled")
    }

    pub fn first(&self, i: usize) -> MemberRef {
        self.firsts[..self.len][i].expect("slots below len are filled")
    }

    pub fn slot(&self, i: usize) -> Slot {
        Slot { key: self.keys[i], count: self.counts[i], first: self.first(i), child: self.child(i) }
    }

    pub fn set(&mut self, i: usize, slot: Slot) {
        debug_assert!(i < self.len);
        (self.keys[i], self.counts[i]) = (slot.key, slot.count);
        (self.firsts[i], self.children[i]) = (Some(slot.first), Some(slot.child));
    }

    pub fn insert(&mut self, i: usize, slot: Slot) {
        let len = self.len;
        self.keys.copy_within(i..len, i + 1);
        self.counts.copy_within(i..len, i + 1);
        self.firsts.copy_within(i..len, i + 1);
        self.children.copy_within(i..len, i + 1);
        self.len += 1;
        self.set(i, slot);
    }

    pub fn push(&mut self, slot: Slot) {
        self.insert(self.len, slot);
    }

    pub fn remove(&mut self, i: usize) {
        let len = self.len;
        self.keys.copy_within(i + 1..len, i);
        self.counts.copy_within(i + 1..len, i);
        self.firsts.copy_within(i + 1..len, i);
        self.children.copy_within(i + 1..len, i);
        self.len -= 1;
    }

    /// Moves the slots from `at` on into a new node.
    pub fn split(&mut self, at: usize) -> Box<Inner> {
        let mut right = Inner::new();
        for i in at..self.len {
            right.push(self.slot(i));
        }
        self.len = at;
        right
    }

    /// Appends all slots of the node to the right of this one.
    pub fn append(&mut self, right: &Inner) {
        for i in 0..right.len {
            self.push(right.slot(i));
        }
    }

    /// Members under this node.
    pub fn total(&self) -> u64 {
        self.counts[..self.len].iter().sum()
    }

    /// Members under the children before `i`.
    pub fn total_before(&self, i: usize) -> u64 {
        self.counts[..i].iter().sum()
    }

    /// The child that holds the member at `rank` (clamped to the last), and the rank within it.
    pub fn at_rank(&self, mut rank: u64) -> (usize, u64) {
        for (i, &count) in self.counts[..self.len - 1].iter().enumerate() {
            if rank < count {
                return (i, rank);
            }
            rank -= count;
        }
        (self.len - 1, rank)
    }

    /// The child in which `boundary` falls: the last whose first member precedes it, or else the first.
    ///
    /// # Safety
    /// The first members are alive.
    pub unsafe fn locate(&self, boundary: &impl Boundary) -> usize {
        let keys = &self.keys[..self.len];
        let (low, high) = match boundary.key() {
            Some(key) => {
                let low = keys.partition_point(|&k| k < key);
                (low, low + keys[low..].iter().take_while(|&&k| k == key).count())
            }
            None => (0, self.len),
        };
        // SAFETY: the caller's.
        let precedes =
            |first: &Option<MemberRef>| first.is_some_and(|first| unsafe { boundary.precedes(first) });
        (low + self.firsts[low..high].partition_point(precedes)).saturating_sub(1)
    }
}
