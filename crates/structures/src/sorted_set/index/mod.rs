//! The ordered index of a sorted set: a counted B+-tree over pointers to members.
//!
//! ```text
//!                     inner:  first member, score and count of each child
//!                    /    |    \
//!               leaf <-> leaf <-> leaf:  up to 99 member pointers in order, a two-byte code of each score
//! ```
//!
//! The order is (score, bytes); no two members are equal. Ranks are sums of counts on the way down. The reference's
//! skiplist visits one member a step, some twenty of them for a million members, each a cache miss; here four or five
//! nodes answer from their own lines, at about 12 bytes a member.
//!
//! The index does not own its members: whoever inserts one keeps it alive, with an unchanged score and unchanged bytes,
//! until it has been taken out. That is the contract behind every `unsafe` here; [`SortedSet`](super::SortedSet) keeps it.
//!
//! Nodes: a leaf splits when it is full, in halves, or at its end where members arrive in order, so that sorted input
//! leaves full leaves behind. A node that falls below a quarter merges with a neighbour if both fill at most three
//! quarters of one; a node that is empty goes.

mod build;
#[cfg(test)]
mod check;
mod dismantling;
mod inner;
mod insert;
mod iter;
mod leaf;
mod remove;

use super::bounds::{Boundary, Through};
use super::member::{MemberRef, order_key};
use inner::{Child, Inner, Slot};
pub(super) use iter::Members;
use leaf::Leaf;

/// The tree. Its methods are unsafe where they look at members: see the contract at the head of this file.
pub(super) struct OrderedIndex {
    root: Option<Child>,
    /// Levels of inner nodes above the leaves.
    height: usize,
    len: u64,
    /// Bytes of all nodes.
    bytes: usize,
}

// SAFETY: the nodes are plain data that only the index refers to; members are `Send` and `Sync` themselves.
unsafe impl Send for OrderedIndex {}
// SAFETY: shared access only reads.
unsafe impl Sync for OrderedIndex {}

impl OrderedIndex {
    pub const fn new() -> OrderedIndex {
        OrderedIndex { root: None, height: 0, len: 0, bytes: 0 }
    }

    pub fn len(&self) -> u64 {
        self.len
    }

    /// Bytes of all nodes.
    pub fn heap_bytes(&self) -> usize {
        self.bytes
    }

    /// The leaf in which `boundary` falls, and how many members lie before that leaf.
    ///
    /// # Safety
    /// The members are alive.
    unsafe fn descend(&self, boundary: &impl Boundary) -> Option<(Leaf, u64)> {
        let (mut child, mut before) = (self.root?, 0);
        for _ in 0..self.height {
            // SAFETY: inner nodes lie above level 0; members are alive.
            let (inner, i) = unsafe { (child.inner(), child.inner().locate(boundary)) };
            child = inner.child(i);
            child.prefetch();
            before += inner.total_before(i);
        }
        // SAFETY: `height` levels down lie the leaves.
        Some((unsafe { child.leaf() }, before))
    }

    /// How many members lie before `boundary`.
    ///
    /// # Safety
    /// The members are alive.
    pub unsafe fn count_before(&self, boundary: &impl Boundary) -> u64 {
        // SAFETY: the caller's; the leaf is one of this tree.
        unsafe { self.descend(boundary).map_or(0, |(leaf, before)| before + leaf.partition(boundary) as u64) }
    }

    /// The rank of a member, if it is in the index.
    ///
    /// # Safety
    /// The members are alive, this one among them.
    pub unsafe fn rank(&self, member: MemberRef) -> Option<u64> {
        // SAFETY: the caller's; the leaf is one of this tree.
        unsafe {
            let key = member.key();
            let (leaf, before) = self.descend(&Through { key, bytes: member.bytes() })?;
            Some(before + leaf.position(member, key)? as u64)
        }
    }

    /// The leaf and the position within it of the member at `rank < len`.
    fn seek(&self, mut rank: u64) -> Option<(Leaf, usize)> {
        if rank >= self.len {
            return None;
        }
        let mut child = self.root?;
        for _ in 0..self.height {
            // SAFETY: inner nodes lie above level 0.
            let inner = unsafe { child.inner() };
            let (i, within) = inner.at_rank(rank);
            (child, rank) = (inner.child(i), within);
        }
        // SAFETY: `height` levels down lie the leaves.
        Some((unsafe { child.leaf() }, rank as usize))
    }

    /// The member at `rank`.
    pub fn at_rank(&self, rank: u64) -> Option<MemberRef> {
        self.at_rank_with(rank, []).map(|(member, [])| member)
    }

    /// The member at `rank` and its neighbours in the same leaf at these distances, towards the highest or the lowest.
    pub fn at_rank_with<const N: usize>(
        &self,
        rank: u64,
        distances: [isize; N],
    ) -> Option<(MemberRef, [Option<MemberRef>; N])> {
        let (leaf, at) = self.seek(rank)?;
        // SAFETY: `seek` found a leaf of this tree.
        let members = unsafe { leaf.members() };
        let neighbour = |distance| members.get(at.checked_add_signed(distance)?).copied();
        Some((*members.get(at)?, distances.map(neighbour)))
    }

    /// Gives a member that is in the index a new score, in place where its neighbours allow.
    ///
    /// # Safety
    /// The members are alive, and nothing else uses this one meanwhile.
    pub unsafe fn update(&mut self, member: MemberRef, score: f64) {
        // SAFETY: the caller's; the score changes while the member's place already answers to the new one (rotation
        // within the inside of a leaf) or while it is out of the index.
        unsafe {
            if !self.update_in_leaf(member, score) {
                self.remove(member);
                member.set_score(score);
                self.insert(member);
            }
        }
    }

    /// Moves the member within its leaf if it neither leaves it nor becomes or was its first.
    unsafe fn update_in_leaf(&mut self, member: MemberRef, score: f64) -> bool {
        // SAFETY: the caller's.
        unsafe {
            let (old, new, bytes) = (member.key(), order_key(score), member.bytes());
            let Some((leaf, _)) = self.descend(&Through { key: old, bytes }) else { return false };
            let Some(from) = leaf.position(member, old) else { return false };
            // The member itself still stands at its old place: among those before the new place if it moves up.
            let to = leaf.partition(&Through { key: new, bytes }) - (new >= old) as usize;
            let is_inside = from > 0 && to > 0 && (to + 1 < leaf.len() || leaf.next().is_none());
            if is_inside {
                member.set_score(score);
                leaf.rotate(from, to, new);
            }
            is_inside
        }
    }

    fn slot_of(child: Child, level: usize) -> Slot {
        // SAFETY: the child is part of the tree, on this level, and not empty; its first member is alive.
        unsafe {
            let (first, count) = if level == 0 {
                (child.leaf().members()[0], child.leaf().len() as u64)
            } else {
                (child.inner().first(0), child.inner().total())
            };
            Slot { key: first.key(), count, first, child }
        }
    }

    /// Writes down anew what `inner` keeps of its child `i`, after that child or its pointer changed.
    fn refresh(inner: &mut Inner, i: usize, child: Child, level: usize, count: u64) {
        let old = inner.slot(i);
        // SAFETY: as in `slot_of`.
        unsafe {
            let first = if level == 0 { child.leaf().members()[0] } else { child.inner().first(0) };
            let key = if first == old.first { old.key } else { first.key() };
            inner.set(i, Slot { key, count, first, child });
        }
    }
}

impl Drop for OrderedIndex {
    fn drop(&mut self) {
        self.take_apart();
    }
}
