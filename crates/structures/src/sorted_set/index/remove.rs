//! Removal from the ordered index: one member, or a range of ranks a leaf at a time.

use super::super::bounds::Through;
use super::super::member::MemberRef;
use super::OrderedIndex;
use super::inner::{Child, FANOUT, Inner};
use super::leaf::{CAPACITY_MAX, Leaf};

/// What to take out.
enum Which<'a> {
    /// This member, which is in the index.
    Member(MemberRef, Through<'a>),
    /// Members from this rank on, as many as lie in one leaf, but no more than `max`; each goes to the sink first.
    Ranks { at: u64, max: u64, sink: &'a mut dyn FnMut(MemberRef) },
}

/// What is left of a child, and how many members went.
struct Shrunk {
    child: Option<Child>,
    removed: u64,
}

impl OrderedIndex {
    /// Takes out a member that is in the index.
    ///
    /// # Safety
    /// The members are alive.
    pub unsafe fn remove(&mut self, member: MemberRef) {
        // SAFETY: the caller's.
        let place = unsafe { Through { key: member.key(), bytes: member.bytes() } };
        let removed = self.take(Which::Member(member, place));
        // A member that stayed behind would dangle once its owner drops it.
        assert_eq!(removed, 1, "the member was in the index");
    }

    /// Takes out the members with ranks `from..to` (clamped), in order; `sink` sees each while it is still alive and in
    /// the order. It must not drop members: collect them, and drop them after this returns.
    ///
    /// # Safety
    /// The members are alive until this returns.
    pub unsafe fn remove_ranks(&mut self, from: u64, to: u64, sink: &mut dyn FnMut(MemberRef)) {
        let mut left = to.min(self.len).saturating_sub(from);
        while left > 0 {
            let removed = self.take(Which::Ranks { at: from, max: left, sink });
            debug_assert!(removed > 0);
            left -= removed;
        }
    }

    fn take(&mut self, which: Which) -> u64 {
        let Some(root) = self.root else { return 0 };
        let Shrunk { child, removed } = self.take_under(root, self.height, which);
        self.len -= removed;
        self.root = child;
        if child.is_none() {
            self.height = 0;
        }
        self.lower_root();
        removed
    }

    /// Drops root nodes that have only one child.
    fn lower_root(&mut self) {
        while let (Some(root), 1..) = (self.root, self.height) {
            // SAFETY: above level 0 lie inner nodes; this one is unhooked before it is freed.
            unsafe {
                if root.inner().len() > 1 {
                    return;
                }
                self.root = Some(root.inner().child(0));
                self.height -= 1;
                self.free_inner(root);
            }
        }
    }

    unsafe fn free_inner(&mut self, child: Child) {
        // SAFETY: the caller's: no one refers to the node any more.
        drop(unsafe { child.into_inner() });
        self.bytes -= size_of::<Inner>();
    }

    fn take_under(&mut self, child: Child, level: usize, which: Which) -> Shrunk {
        if level == 0 {
            // SAFETY: level 0 are leaves.
            return unsafe { self.take_in_leaf(child.leaf(), which) };
        }
        // SAFETY: inner nodes lie above; this is the only reference to this node until it returns or frees it.
        let inner = unsafe { child.inner_mut() };
        let (i, which) = match which {
            // SAFETY: the members are alive.
            Which::Member(member, place) => (unsafe { inner.locate(&place) }, Which::Member(member, place)),
            Which::Ranks { at, max, sink } => {
                let (i, at) = inner.at_rank(at);
                (i, Which::Ranks { at, max, sink })
            }
        };
        inner.child(i).prefetch();
        let Shrunk { child: below, removed } = self.take_under(inner.child(i), level - 1, which);
        if let Some(below) = below {
            let count = inner.slot(i).count - removed;
            Self::refresh(inner, i, below, level - 1, count);
            self.merge_if_small(inner, i, level - 1);
            return Shrunk { child: Some(child), removed };
        }
        inner.remove(i);
        if inner.len() > 0 {
            return Shrunk { child: Some(child), removed };
        }
        // SAFETY: the node is empty and its parent forgets it.
        unsafe { self.free_inner(child) };
        Shrunk { child: None, removed }
    }

    unsafe fn take_in_leaf(&mut self, leaf: Leaf, which: Which) -> Shrunk {
        // SAFETY: the leaf and its members are alive, and the tree's alone.
        unsafe {
            let removed = match which {
                Which::Member(member, place) => match leaf.position(member, place.key) {
                    Some(at) => {
                        leaf.remove(at, 1);
                        1
                    }
                    None => 0,
                },
                Which::Ranks { at, max, sink } => {
                    let at = at as usize;
                    let count = (leaf.len() - at).min(max.min(CAPACITY_MAX as u64) as usize);
                    leaf.members()[at..at + count].iter().for_each(|&member| sink(member));
                    leaf.remove(at, count);
                    count
                }
            };
            if leaf.len() > 0 {
                let leaf = self.fit_leaf(leaf, leaf.len());
                return Shrunk { child: Some(leaf.into()), removed: removed as u64 };
            }
            Leaf::link(leaf.prev(), leaf.next());
            self.bytes -= leaf.heap_bytes();
            leaf.free();
            Shrunk { child: None, removed: removed as u64 }
        }
    }

    /// Merges child `i` with a neighbour if it is less than a quarter full and both fit well into one.
    fn merge_if_small(&mut self, inner: &mut Inner, i: usize, level: usize) {
        let full = if level == 0 { CAPACITY_MAX } else { FANOUT };
        // SAFETY: the children lie on `level`.
        let fill =
            |child: Child| unsafe { if level == 0 { child.leaf().len() } else { child.inner().len() } };
        let own = fill(inner.child(i));
        if own * 4 >= full {
            return;
        }
        let fits = |other: usize| own + fill(inner.child(other)) <= full * 3 / 4;
        let left = if i > 0 && fits(i - 1) {
            i - 1
        } else if i + 1 < inner.len() && fits(i + 1) {
            i
        } else {
            return;
        };
        let (to, from) = (inner.slot(left), inner.slot(left + 1));
        // SAFETY: both children lie on `level`; the right one is forgotten here after it gave its content away.
        let merged = unsafe {
            if level == 0 {
                self.bytes -= to.child.leaf().heap_bytes() + from.child.leaf().heap_bytes();
                let merged = to.child.leaf().merge(from.child.leaf());
                self.bytes += merged.heap_bytes();
                merged.into()
            } else {
                to.child.inner_mut().append(from.child.inner());
                self.free_inner(from.child);
                to.child
            }
        };
        inner.remove(left + 1);
        Self::refresh(inner, left, merged, level, to.count + from.count);
    }
}
