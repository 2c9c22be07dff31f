//! Insertion into the ordered index.

use super::super::bounds::{Boundary, Through};
use super::super::member::MemberRef;
use super::inner::{Child, FANOUT, Inner};
use super::leaf::{CAPACITY_MAX, Leaf};
use super::{OrderedIndex, Slot};

/// What became of a child after an insertion: it may have moved, and it may have split.
struct Grown {
    child: Child,
    right: Option<Child>,
    /// The split came from a member beyond the last one: nodes above split at their end as well.
    at_end: bool,
}

impl OrderedIndex {
    /// Adds a member that is not in the index.
    ///
    /// # Safety
    /// The contract of the index: the member stays alive and unchanged until it is taken out.
    pub unsafe fn insert(&mut self, member: MemberRef) {
        // SAFETY: the caller's.
        let (key, bytes) = unsafe { (member.key(), member.bytes()) };
        self.len += 1;
        let Some(root) = self.root else {
            self.root = Some(self.first_leaf(member, key).into());
            return;
        };
        let grown = self.insert_under(root, self.height, member, &Through { key, bytes });
        self.root = Some(grown.child);
        if let Some(right) = grown.right {
            let mut root = Inner::new();
            root.push(Self::slot_of(grown.child, self.height));
            root.push(Self::slot_of(right, self.height));
            self.bytes += size_of::<Inner>();
            self.root = Some(root.into());
            self.height += 1;
        }
    }

    /// A new leaf with one member.
    fn first_leaf(&mut self, member: MemberRef, key: u64) -> Leaf {
        let leaf = Leaf::alloc(1);
        // SAFETY: the leaf is fresh and has room.
        unsafe {
            self.bytes += leaf.heap_bytes();
            leaf.insert(0, member, key);
        }
        leaf
    }

    fn insert_under(&mut self, child: Child, level: usize, member: MemberRef, place: &Through) -> Grown {
        if level == 0 {
            // SAFETY: level 0 are leaves.
            return unsafe { self.insert_in_leaf(child.leaf(), member, place) };
        }
        // SAFETY: inner nodes lie above; this is the only reference to this node until it returns.
        let inner = unsafe { child.inner_mut() };
        // SAFETY: the members are alive.
        let i = unsafe { inner.locate(place) };
        inner.child(i).prefetch();
        let grown = self.insert_under(inner.child(i), level - 1, member, place);
        let Some(right) = grown.right else {
            let count = inner.slot(i).count + 1;
            Self::refresh(inner, i, grown.child, level - 1, count);
            return Grown { child, right: None, at_end: false };
        };
        let right = Self::slot_of(right, level - 1);
        let count = inner.slot(i).count + 1 - right.count;
        Self::refresh(inner, i, grown.child, level - 1, count);
        let right = self.insert_slot(inner, i + 1, right, grown.at_end);
        Grown { child, right, at_end: grown.at_end }
    }

    /// Adds a slot to an inner node; the right half, if the node had to split.
    fn insert_slot(&mut self, inner: &mut Inner, at: usize, slot: Slot, at_end: bool) -> Option<Child> {
        if inner.len() < FANOUT {
            inner.insert(at, slot);
            return None;
        }
        let middle = if at_end { FANOUT } else { FANOUT / 2 };
        let mut right = inner.split(middle);
        self.bytes += size_of::<Inner>();
        if at <= middle && middle < FANOUT {
            inner.insert(at, slot);
        } else {
            right.insert(at - middle, slot);
        }
        Some(right.into())
    }

    unsafe fn insert_in_leaf(&mut self, leaf: Leaf, member: MemberRef, place: &Through) -> Grown {
        // SAFETY: the leaf and its members are alive, and the tree's alone.
        unsafe {
            let (at, key) = (leaf.partition(place), place.key().unwrap_or_default());
            if !leaf.is_full() {
                let leaf = self.fit_leaf(leaf, leaf.len() + 1);
                leaf.insert(at, member, key);
                return Grown { child: leaf.into(), right: None, at_end: false };
            }
            if at == CAPACITY_MAX && leaf.next().is_none() {
                let right = self.first_leaf(member, key);
                Leaf::link(Some(leaf), Some(right));
                return Grown { child: leaf.into(), right: Some(right.into()), at_end: true };
            }
            if at == 0 && leaf.prev().is_none() {
                let left = self.first_leaf(member, key);
                Leaf::link(Some(left), Some(leaf));
                return Grown { child: left.into(), right: Some(leaf.into()), at_end: false };
            }
            self.split_leaf(leaf, at, member, key)
        }
    }

    unsafe fn split_leaf(&mut self, leaf: Leaf, at: usize, member: MemberRef, key: u64) -> Grown {
        // SAFETY: as in `insert_in_leaf`; both halves are smaller than the largest leaf.
        unsafe {
            let middle = CAPACITY_MAX / 2;
            self.bytes -= leaf.heap_bytes();
            let (left, right) = leaf.split(middle);
            self.bytes += left.heap_bytes() + right.heap_bytes();
            let (left, right) = if at <= middle {
                let left = self.fit_leaf(left, middle + 1);
                left.insert(at, member, key);
                (left, right)
            } else {
                let right = self.fit_leaf(right, right.len() + 1);
                right.insert(at - middle, member, key);
                (left, right)
            };
            Grown { child: left.into(), right: Some(right.into()), at_end: false }
        }
    }

    /// `Leaf::fit`, accounted for.
    pub(super) unsafe fn fit_leaf(&mut self, leaf: Leaf, len: usize) -> Leaf {
        // SAFETY: the caller's.
        unsafe {
            self.bytes -= leaf.heap_bytes();
            let leaf = leaf.fit(len);
            self.bytes += leaf.heap_bytes();
            leaf
        }
    }
}
