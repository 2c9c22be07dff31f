//! Iteration over a range of ranks of the ordered index, from both ends, along the links between leaves.

use super::super::member::MemberRef;
use super::OrderedIndex;
use super::leaf::Leaf;
use std::marker::PhantomData;

/// How many members ahead of the walk are brought in.
const AHEAD: usize = 8;

/// The members of a range of ranks in order.
pub struct Members<'a> {
    /// Where the next member from the front lies, and where the next from the back.
    ends: Option<[(Leaf, usize); 2]>,
    left: u64,
    index: PhantomData<&'a OrderedIndex>,
}

impl OrderedIndex {
    /// The members with ranks `from..to` (clamped).
    pub fn ranks(&self, from: u64, to: u64) -> Members<'_> {
        let left = to.min(self.len).saturating_sub(from);
        let ends = match left {
            0 => None,
            _ => self.seek(from).zip(self.seek(from + left - 1)).map(|(front, back)| [front, back]),
        };
        Members { ends, left, index: PhantomData }
    }
}

impl Iterator for Members<'_> {
    type Item = MemberRef;

    fn next(&mut self) -> Option<MemberRef> {
        self.left = self.left.checked_sub(1)?;
        let (leaf, at) = &mut self.ends.as_mut()?[0];
        // SAFETY: the index is borrowed, so its leaves stay as they are; `at` lies within the leaf while members are left.
        unsafe {
            let members = leaf.members();
            let member = members[*at];
            *at += 1;
            if let Some(soon) = members.get(*at + AHEAD) {
                soon.prefetch();
            }
            if *at == members.len()
                && let Some(next) = leaf.next()
            {
                (*leaf, *at) = (next, 0);
            }
            Some(member)
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left as usize, Some(self.left as usize))
    }
}

impl DoubleEndedIterator for Members<'_> {
    fn next_back(&mut self) -> Option<MemberRef> {
        self.left = self.left.checked_sub(1)?;
        let (leaf, at) = &mut self.ends.as_mut()?[1];
        // SAFETY: as in `next`.
        unsafe {
            let members = leaf.members();
            let member = members[*at];
            if *at > 0 {
                *at -= 1;
                if let Some(soon) = at.checked_sub(AHEAD) {
                    members[soon].prefetch();
                }
            } else if let Some(prev) = leaf.prev() {
                (*leaf, *at) = (prev, prev.len() - 1);
            }
            Some(member)
        }
    }
}

impl ExactSizeIterator for Members<'_> {}
