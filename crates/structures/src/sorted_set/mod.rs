//! SortedSet: a large sorted set, a [`Dict`] by member and an ordered index by (score, bytes) that share one copy of each
//! member.
//!
//! ```text
//!   dict:  hash(member) ──► slot ─────┐
//!                                     ├──►  [ score | len | bytes ]     one allocation a member, owned by the dict
//!   index: (score, bytes) ──► leaf ───┘
//! ```
//!
//! About 11 + 12 bytes a member beside the allocation itself. The index is a counted B+-tree ([`index`]) and not the
//! skiplist of the reference: ranks, ranges by rank, score and bytes, and counts of ranges are all O(log n).
//!
//! Invariant: dict and index hold the same members at all times between calls, and a score changes only while the index
//! knows ([`OrderedIndex::update`]). All unsafe code in this file rests on it: a pointer in the index is alive because
//! the dict owns it.
//!
//! Ranks count from 0 at the lowest score. Ranges are given as ranks: turn bounds into ranks with
//! [`SortedSet::score_ranks`] or [`SortedSet::lex_ranks`], apply offset and limit to these, and walk, count or remove them.

mod bounds;
mod builder;
mod index;
mod member;
mod range;
#[cfg(test)]
mod tests;

use crate::dict::{Dict, Reading};
use crate::dismantle::Dismantle;
use crate::thin::Thin;
use bounds::{AtBytes, AtScore};
pub use bounds::{LexBound, ScoreBound};
pub use builder::SortedSetBuilder;
use hematite_base::hash::Hasher;
use index::OrderedIndex;
use member::{Member, MemberRef};
pub use range::Entries;
use std::ops::Range;
use std::ptr::NonNull;

/// How many members are taken out at a time where many go.
const REMOVAL_BATCH: u64 = 256;
/// Where one is popped, others will be: how far ahead a member's place in the dict is brought in, and the member itself.
const NEXT: [isize; 2] = [2, 6];

// SAFETY: `into_raw` and `from_raw` are inverse; the allocation never moves; `Member` is `Send`.
unsafe impl Thin for Member {
    fn into_raw(self) -> NonNull<u8> {
        Member::into_raw(self)
    }

    unsafe fn from_raw(raw: NonNull<u8>) -> Member {
        // SAFETY: the caller's.
        unsafe { Member::from_raw(raw) }
    }
}

/// What [`SortedSet::insert`] did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Inserted {
    /// The member was not there.
    Added,
    /// The member was there with another score.
    Updated,
    /// The member was there with this score.
    Same,
}

/// A sorted set; see the head of the file.
pub struct SortedSet {
    dict: Dict<Member>,
    index: OrderedIndex,
    hasher: Hasher,
    member_bytes: usize,
    /// Its reading, if one is under way.
    reading: Reading<Member>,
}

impl SortedSet {
    /// An empty set that hashes with `hasher`. Allocates nothing.
    pub fn new(hasher: Hasher) -> SortedSet {
        SortedSet {
            dict: Dict::new(),
            index: OrderedIndex::new(),
            hasher,
            member_bytes: 0,
            reading: Reading::default(),
        }
    }

    /// Number of members.
    pub fn len(&self) -> usize {
        self.dict.len()
    }

    /// Whether there is no member.
    pub fn is_empty(&self) -> bool {
        self.dict.is_empty()
    }

    /// Bytes that the set has allocated: members, dict and index.
    pub fn heap_bytes(&self) -> usize {
        self.member_bytes + self.dict.table_bytes() + self.index.heap_bytes()
    }

    fn find(&self, hash: u64, member: &[u8]) -> Option<MemberRef> {
        Some(self.dict.find(hash, |m| m.bytes() == member)?.handle())
    }

    /// The score of `member`.
    pub fn score(&self, member: &[u8]) -> Option<f64> {
        let found = self.find(self.hasher.hash(member), member)?;
        // SAFETY: the dict owns the member.
        Some(unsafe { found.score() })
    }

    /// See [`Dict::prefetch`].
    pub fn prefetch(&self, hashes: &[u64]) {
        self.dict.prefetch(hashes);
    }

    /// Gives `member` the score, adding it if it is not there. The score must not be NaN.
    pub fn insert(&mut self, member: &[u8], score: f64) -> Inserted {
        let mut inserted = Inserted::Added;
        self.upsert(member, |old| {
            inserted = match old {
                None => Inserted::Added,
                Some(old) if old == score => Inserted::Same,
                Some(_) => Inserted::Updated,
            };
            Some(score)
        });
        inserted
    }

    /// Adds or changes `member` as `decide` says: it is told the present score, and answers with the new one (not NaN),
    /// or with None to leave everything as it is. One look-up for both.
    pub fn upsert(&mut self, member: &[u8], decide: impl FnOnce(Option<f64>) -> Option<f64>) {
        let hash = self.hasher.hash(member);
        if let Some(found) = self.find(hash, member) {
            // SAFETY: the dict owns the member, and the index holds it.
            unsafe {
                let old = found.score();
                if let Some(score) = decide(Some(old))
                    && score != old
                {
                    self.keep(hash);
                    self.index.update(found, score);
                }
            }
        } else if let Some(score) = decide(None) {
            let owned = Member::new(member, score);
            let handle = self.own(hash, owned);
            // SAFETY: the dict owns the member from here on.
            unsafe { self.index.insert(handle) };
        }
    }

    /// Hands a member that is not there yet to the dict.
    fn own(&mut self, hash: u64, member: Member) -> MemberRef {
        self.keep(hash);
        let handle = member.handle();
        self.member_bytes += member.heap_bytes();
        let hasher = &self.hasher;
        self.dict.insert_unique(hash, member, |m| hasher.hash(m.bytes()));
        handle
    }

    /// Takes a member that has left the index out of the dict.
    fn disown(&mut self, hash: u64, handle: MemberRef) -> Option<Member> {
        self.keep(hash);
        let hasher = &self.hasher;
        let member = self.dict.remove(hash, |m| m.handle() == handle, |m| hasher.hash(m.bytes()))?;
        self.member_bytes -= member.heap_bytes();
        Some(member)
    }

    /// Begins to read all members as they are now; [`SortedSet::read_on`] gives them out.
    pub fn begin_reading(&mut self) {
        self.reading.begin();
    }

    /// Whether a reading is under way.
    pub fn is_being_read(&self) -> bool {
        self.reading.is_under_way()
    }

    /// Calls `f` with about `count` members more of those that were there at the beginning, in no particular order; whether
    /// there are others.
    pub fn read_on(&mut self, count: usize, mut f: impl FnMut(&[u8], f64)) -> bool {
        let hasher = &self.hasher;
        self.reading.read_on(&self.dict, count, |m| hasher.hash(m.bytes()), |m| f(m.bytes(), m.score()))
    }

    /// Reads no more.
    pub fn stop_reading(&mut self) {
        self.reading.stop();
    }

    /// Before the member with this hash comes, changes or goes.
    #[inline]
    fn keep(&mut self, hash: u64) {
        let hasher = &self.hasher;
        self.reading.keep(
            &self.dict,
            hash,
            |m| hasher.hash(m.bytes()),
            |m| Member::new(m.bytes(), m.score()),
        );
    }

    /// Removes `member`; its score if it was there.
    pub fn remove(&mut self, member: &[u8]) -> Option<f64> {
        let hash = self.hasher.hash(member);
        let found = self.find(hash, member)?;
        // SAFETY: the dict owns the member until the next line.
        unsafe { self.index.remove(found) };
        self.disown(hash, found).map(|member| member.score())
    }

    /// Rank and score of `member`.
    pub fn rank(&self, member: &[u8]) -> Option<(u64, f64)> {
        let found = self.find(self.hasher.hash(member), member)?;
        // SAFETY: the dict owns all members of the index.
        unsafe { Some((self.index.rank(found)?, found.score())) }
    }

    /// The member at `rank`, with its score.
    pub fn at_rank(&self, rank: u64) -> Option<(&[u8], f64)> {
        let found = self.index.at_rank(rank)?;
        // SAFETY: the dict owns the member and is borrowed with `self`.
        Some(unsafe { (found.bytes(), found.score()) })
    }

    /// The members with ranks in `ranks` (clamped to what is there), to be walked from either end.
    pub fn range(&self, ranks: Range<u64>) -> Entries<'_> {
        Entries::new(self.index.ranks(ranks.start, ranks.end))
    }

    /// All members in order.
    pub fn iter(&self) -> Entries<'_> {
        self.range(0..u64::MAX)
    }

    /// The ranks of the members with scores from `min` to `max`.
    pub fn score_ranks(&self, min: ScoreBound, max: ScoreBound) -> Range<u64> {
        // SAFETY: the dict owns all members of the index.
        let (start, end) = unsafe {
            (self.index.count_before(&AtScore::start(min)), self.index.count_before(&AtScore::end(max)))
        };
        start..end.max(start)
    }

    /// The ranks of the members from `min` to `max` in the order of their bytes. All scores should be equal, as the
    /// reference asks, too; otherwise the answer is some range.
    pub fn lex_ranks(&self, min: LexBound, max: LexBound) -> Range<u64> {
        let place = |boundary: Result<AtBytes, bool>| match boundary {
            // SAFETY: the dict owns all members of the index.
            Ok(boundary) => unsafe { self.index.count_before(&boundary) },
            Err(everything) => {
                if everything {
                    self.index.len()
                } else {
                    0
                }
            }
        };
        let start = place(AtBytes::start(min));
        let end = match max {
            LexBound::Lowest => 0,
            LexBound::Highest => self.index.len(),
            max => place(AtBytes::end(max)),
        };
        start..end.max(start)
    }

    /// Removes the members with ranks in `ranks` (clamped), lowest first; `removed` is told each. Returns how many.
    /// The work is O(log n) for every leaf's worth of members, and O(1) a member.
    pub fn remove_range(&mut self, ranks: Range<u64>, mut removed: impl FnMut(&[u8], f64)) -> u64 {
        let total = ranks.end.min(self.index.len()).saturating_sub(ranks.start);
        let mut batch = Vec::with_capacity(total.min(REMOVAL_BATCH) as usize);
        let mut left = total;
        while left > 0 {
            let count = left.min(REMOVAL_BATCH);
            batch.clear();
            // SAFETY: the dict owns all members of the index until after this returns.
            unsafe {
                self.index.remove_ranks(ranks.start, ranks.start + count, &mut |member| batch.push(member));
            }
            self.drop_members(&batch, &mut removed);
            left -= count;
        }
        total
    }

    /// Drops members that have left the index, with their cache misses overlapped.
    fn drop_members(&mut self, members: &[MemberRef], removed: &mut impl FnMut(&[u8], f64)) {
        const AHEAD: usize = 8;
        let mut hashes = [0; AHEAD];
        for group in members.chunks(AHEAD) {
            for (hash, member) in hashes.iter_mut().zip(group) {
                // SAFETY: the dict still owns the member.
                *hash = self.hasher.hash(unsafe { member.bytes() });
                self.dict.prefetch_bucket(*hash);
            }
            for (&hash, &member) in hashes.iter().zip(group) {
                if let Some(member) = self.disown(hash, member) {
                    removed(member.bytes(), member.score());
                }
            }
        }
    }

    /// Removes the lowest member and hands it to `with`; None if the set is empty.
    pub fn pop_min<R>(&mut self, with: impl FnOnce(&[u8], f64) -> R) -> Option<R> {
        self.pop_rank(0, NEXT, with)
    }

    /// Removes the highest member and hands it to `with`; None if the set is empty.
    pub fn pop_max<R>(&mut self, with: impl FnOnce(&[u8], f64) -> R) -> Option<R> {
        self.pop_rank(self.index.len().checked_sub(1)?, NEXT.map(|distance| -distance), with)
    }

    fn pop_rank<R>(&mut self, rank: u64, next: [isize; 2], with: impl FnOnce(&[u8], f64) -> R) -> Option<R> {
        let (found, [soon, later]) = self.index.at_rank_with(rank, next)?;
        if let Some(later) = later {
            later.prefetch();
        }
        if let Some(soon) = soon {
            // SAFETY: the dict owns all members of the index.
            self.dict.prefetch_bucket(self.hasher.hash(unsafe { soon.bytes() }));
        }
        // SAFETY: the dict owns all members of the index.
        let hash = unsafe {
            self.index.remove_ranks(rank, rank + 1, &mut |_| {});
            self.hasher.hash(found.bytes())
        };
        let member = self.disown(hash, found)?;
        Some(with(member.bytes(), member.score()))
    }

    /// Calls `f` for some members and returns the next cursor, 0 at the end; start with 0. A member that is there from
    /// the first call to the last is seen at least once, whatever else comes and goes.
    pub fn scan(&self, cursor: u64, mut f: impl FnMut(&[u8], f64)) -> u64 {
        self.dict.scan(cursor, |member| f(member.bytes(), member.score()))
    }

    /// Gives the set up, to be dropped in steps.
    pub fn dismantle(self) -> impl Dismantle + use<> {
        (self.index.dismantle(), self.dict.dismantle())
    }
}

impl Clone for SortedSet {
    fn clone(&self) -> SortedSet {
        let mut copy = SortedSetBuilder::new(self.hasher.clone(), self.len());
        self.iter().for_each(|(member, score)| {
            copy.push(member, score);
        });
        copy.finish()
    }
}

impl std::fmt::Debug for SortedSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
