//! Walking a range of a sorted set from either end.

use super::index::Members;

/// Members and scores in order.
pub struct Entries<'a>(Members<'a>);

impl<'a> Entries<'a> {
    /// The members of an index that a borrowed set owns with them.
    pub(super) fn new(members: Members<'a>) -> Entries<'a> {
        Entries(members)
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = (&'a [u8], f64);

    fn next(&mut self) -> Option<Self::Item> {
        // SAFETY: the set is borrowed for 'a, so its dict keeps the members alive and unchanged.
        self.0.next().map(|member| unsafe { (member.bytes(), member.score()) })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl DoubleEndedIterator for Entries<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        // SAFETY: as in `next`.
        self.0.next_back().map(|member| unsafe { (member.bytes(), member.score()) })
    }
}

impl ExactSizeIterator for Entries<'_> {}
