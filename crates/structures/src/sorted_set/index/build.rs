//! Bulk building of the ordered index from members that are already in order: full leaves, level upon level.

use super::super::member::MemberRef;
use super::inner::{FANOUT, Inner};
use super::leaf::{CAPACITY_MAX, Leaf};
use super::{OrderedIndex, Slot};

impl OrderedIndex {
    /// An index over `members`, which are in order and distinct.
    ///
    /// # Safety
    /// The contract of the index, for all members.
    pub unsafe fn from_sorted(members: &[MemberRef]) -> OrderedIndex {
        let mut index = OrderedIndex::new();
        index.len = members.len() as u64;
        let mut last: Option<Leaf> = None;
        let mut level: Vec<Slot> = Vec::with_capacity(members.len().div_ceil(CAPACITY_MAX));
        for run in members.chunks(CAPACITY_MAX) {
            let leaf = Leaf::alloc(run.len());
            // SAFETY: the leaf is fresh and has room for the run; members are alive.
            unsafe {
                run.iter().for_each(|&member| leaf.push_uncoded(member));
                leaf.recode();
                Leaf::link(last, Some(leaf));
                index.bytes += leaf.heap_bytes();
            }
            last = Some(leaf);
            level.push(Self::slot_of(leaf.into(), 0));
        }
        while level.len() > 1 {
            index.height += 1;
            // Even shares, so that no node is left with a single child.
            let nodes = level.len().div_ceil(FANOUT);
            let share = level.len().div_ceil(nodes);
            level = level.chunks(share).map(|slots| index.parent_of(slots)).collect();
        }
        index.root = level.first().map(|slot| slot.child);
        index
    }

    /// A new inner node over `slots`, one level below `height`.
    fn parent_of(&mut self, slots: &[Slot]) -> Slot {
        let mut inner = Inner::new();
        slots.iter().for_each(|&slot| inner.push(slot));
        self.bytes += size_of::<Inner>();
        Self::slot_of(inner.into(), self.height)
    }
}
