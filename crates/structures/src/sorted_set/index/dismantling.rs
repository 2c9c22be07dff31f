//! Dropping an index node by node; members are left alone.

use super::OrderedIndex;
use super::inner::Child;
use crate::dismantle::Dismantle;

/// Nodes that are still to be freed, with their levels; those under a node go with it.
pub(in super::super) struct Dismantling(Vec<(Child, usize)>);

// SAFETY: the nodes are plain data that only this refers to.
unsafe impl Send for Dismantling {}

impl OrderedIndex {
    /// Gives the index up, to be dropped in steps.
    pub fn dismantle(mut self) -> Dismantling {
        self.take_apart()
    }

    /// The same, leaving an empty index.
    pub(super) fn take_apart(&mut self) -> Dismantling {
        (self.len, self.bytes) = (0, 0);
        Dismantling(self.root.take().map(|root| (root, self.height)).into_iter().collect())
    }
}

impl Dismantle for Dismantling {
    fn step(&mut self, count: usize) -> usize {
        for done in 0..count {
            let Some((child, level)) = self.0.pop() else { return done };
            // SAFETY: every node is reached once, from its only parent, on its level.
            unsafe {
                if level == 0 {
                    child.leaf().free();
                    continue;
                }
                let inner = child.into_inner();
                self.0.extend((0..inner.len()).map(|at| (inner.child(at), level - 1)));
            }
        }
        count
    }
}

impl Drop for Dismantling {
    fn drop(&mut self) {
        self.step(usize::MAX);
    }
}
