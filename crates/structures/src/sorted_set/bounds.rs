//! Boundaries in the order (score, bytes): the ends of score and lexicographic ranges, and the place of a member.
//!
//! A boundary splits the order in two; [`Boundary::precedes`] says on which side a member lies. Where the scores
//! decide, the boundary also names the score (as [`order_key`]), so that the index need not look at the member.

use super::member::{MemberRef, order_key};
use std::cmp::Ordering;

/// One end of a range of scores.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum ScoreBound {
    /// The bound itself belongs to the range.
    Included(f64),
    /// The bound itself does not belong to the range.
    Excluded(f64),
}

/// One end of a lexicographic range (meaningful while all scores are equal).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LexBound<'a> {
    /// Before every member (`-`).
    Lowest,
    /// After every member (`+`).
    Highest,
    /// The bound itself belongs to the range (`[`).
    Included(&'a [u8]),
    /// The bound itself does not belong to the range (`(`).
    Excluded(&'a [u8]),
}

/// A monotone split of the order: all members that precede it come first.
pub(super) trait Boundary {
    /// Members with a smaller key precede the boundary, those with a larger one do not. None: the key says nothing.
    fn key(&self) -> Option<u64>;

    /// Whether `member` lies before the boundary; asked where the key leaves it open.
    ///
    /// # Safety
    /// `member` is alive.
    unsafe fn precedes(&self, member: MemberRef) -> bool;
}

/// The boundary right after (`through`) or right before a score.
pub(super) struct AtScore {
    key: u64,
    through: bool,
}

impl AtScore {
    /// The boundary below which members are too small for a range that starts at `bound`.
    pub fn start(bound: ScoreBound) -> AtScore {
        match bound {
            ScoreBound::Included(score) => AtScore { key: order_key(score), through: false },
            ScoreBound::Excluded(score) => AtScore { key: order_key(score), through: true },
        }
    }

    /// The boundary before which members are small enough for a range that ends at `bound`.
    pub fn end(bound: ScoreBound) -> AtScore {
        let AtScore { key, through } = AtScore::start(bound);
        AtScore { key, through: !through }
    }
}

impl Boundary for AtScore {
    fn key(&self) -> Option<u64> {
        Some(self.key)
    }

    unsafe fn precedes(&self, member: MemberRef) -> bool {
        // SAFETY: the caller's.
        match unsafe { member.key() }.cmp(&self.key) {
            Ordering::Less => true,
            Ordering::Equal => self.through,
            Ordering::Greater => false,
        }
    }
}

/// The boundary right after (`through`) or right before some bytes, whatever the scores.
pub(super) struct AtBytes<'a> {
    bytes: &'a [u8],
    through: bool,
}

impl<'a> AtBytes<'a> {
    /// The boundary at which a range that starts at `bound` begins; Err: nothing (false) or everything (true) precedes.
    pub fn start(bound: LexBound<'a>) -> Result<AtBytes<'a>, bool> {
        match bound {
            LexBound::Lowest => Err(false),
            LexBound::Highest => Err(true),
            LexBound::Included(bytes) => Ok(AtBytes { bytes, through: false }),
            LexBound::Excluded(bytes) => Ok(AtBytes { bytes, through: true }),
        }
    }

    /// The boundary at which a range that ends at `bound` is over; Err as for `start`.
    pub fn end(bound: LexBound<'a>) -> Result<AtBytes<'a>, bool> {
        AtBytes::start(bound).map(|AtBytes { bytes, through }| AtBytes { bytes, through: !through })
    }
}

impl Boundary for AtBytes<'_> {
    fn key(&self) -> Option<u64> {
        None
    }

    unsafe fn precedes(&self, member: MemberRef) -> bool {
        // SAFETY: the caller's.
        match unsafe { member.bytes() }.cmp(self.bytes) {
            Ordering::Less => true,
            Ordering::Equal => self.through,
            Ordering::Greater => false,
        }
    }
}

/// The boundary right after the place of a member with this score and these bytes.
pub(super) struct Through<'a> {
    pub key: u64,
    pub bytes: &'a [u8],
}

impl Boundary for Through<'_> {
    fn key(&self) -> Option<u64> {
        Some(self.key)
    }

    unsafe fn precedes(&self, member: MemberRef) -> bool {
        // SAFETY: the caller's.
        let order = unsafe { member.key().cmp(&self.key).then_with(|| member.bytes().cmp(self.bytes)) };
        order != Ordering::Greater
    }
}
