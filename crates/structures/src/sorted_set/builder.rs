//! Building a sorted set in one go, from members in any order: cheapest when they come in order or in reverse order.

use super::index::OrderedIndex;
use super::member::{Member, MemberRef};
use super::{Hasher, SortedSet};

/// Collects members and turns them into a [`SortedSet`] with a tightly packed index.
pub struct SortedSetBuilder {
    /// Its index stays empty until the end.
    set: SortedSet,
    members: Vec<MemberRef>,
}

impl SortedSetBuilder {
    /// A builder for about `len` members. The caller bounds a `len` that it was told by someone else.
    pub fn new(hasher: Hasher, len: usize) -> SortedSetBuilder {
        let mut set = SortedSet::new(hasher);
        set.dict.reserve(len);
        SortedSetBuilder { set, members: Vec::with_capacity(len) }
    }

    /// Adds a member; false, and nothing changes, if it is there already. The score must not be NaN.
    pub fn push(&mut self, member: &[u8], score: f64) -> bool {
        let hash = self.set.hasher.hash(member);
        if self.set.find(hash, member).is_some() {
            return false;
        }
        self.members.push(self.set.own(hash, Member::new(member, score)));
        true
    }

    /// Adds a member, or changes the score of one that is there: `merge` is told its present score and answers with the
    /// new one, not NaN.
    pub fn merge(&mut self, member: &[u8], merge: impl FnOnce(Option<f64>) -> f64) {
        let hash = self.set.hasher.hash(member);
        match self.set.find(hash, member) {
            // SAFETY: the dict of the set owns the member, and no index holds it before the end.
            Some(found) => unsafe { found.set_score(merge(Some(found.score()))) },
            None => self.members.push(self.set.own(hash, Member::new(member, merge(None)))),
        }
    }

    /// The set of all members pushed.
    pub fn finish(mut self) -> SortedSet {
        // SAFETY: the dict of the set owns all members, they are distinct, and they are in order after the sort.
        unsafe {
            self.members
                .sort_unstable_by(|a, b| a.key().cmp(&b.key()).then_with(|| a.bytes().cmp(b.bytes())));
            self.set.index = OrderedIndex::from_sorted(&self.members);
        }
        self.set
    }
}
