//! Checks of the tree's invariants, for tests.

use super::inner::{Child, FANOUT, Inner};
use super::{Leaf, OrderedIndex, Slot};

impl OrderedIndex {
    /// Panics where the tree contradicts itself: counts, first members, links, bytes.
    pub fn check(&self) {
        let mut leaves = Vec::new();
        let mut bytes = 0;
        if let Some(root) = self.root {
            let slot = Self::check_under(root, self.height, &mut leaves, &mut bytes);
            assert_eq!(slot.count, self.len);
        }
        assert_eq!(bytes, self.bytes);
        for (i, leaf) in leaves.iter().enumerate() {
            // SAFETY: leaves of a living tree.
            let (prev, next) = unsafe { (leaf.prev(), leaf.next()) };
            assert_eq!(prev, i.checked_sub(1).map(|i| leaves[i]));
            assert_eq!(next, leaves.get(i + 1).copied());
        }
    }

    fn check_under(child: Child, level: usize, leaves: &mut Vec<Leaf>, bytes: &mut usize) -> Slot {
        // SAFETY: nodes of a living tree, each on its level.
        unsafe {
            if level == 0 {
                let leaf = child.leaf();
                assert!(leaf.len() > 0);
                leaf.check_codes();
                *bytes += leaf.heap_bytes();
                leaves.push(leaf);
            } else {
                let inner = child.inner();
                assert!((1..=FANOUT).contains(&inner.len()));
                *bytes += size_of::<Inner>();
                for i in 0..inner.len() {
                    let (kept, found) =
                        (inner.slot(i), Self::check_under(inner.child(i), level - 1, leaves, bytes));
                    assert_eq!((kept.key, kept.count, kept.first), (found.key, found.count, found.first));
                }
            }
            Self::slot_of(child, level)
        }
    }
}
