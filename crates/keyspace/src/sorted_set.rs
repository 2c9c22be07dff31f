//! Sorted sets in either encoding, behind one face to read and one to change.
//!
//! ```text
//!   packed:  member score member score ...   a listpack in order of (score, bytes); whole scores are integer entries
//!   large:   structures::sorted_set
//! ```
//!
//! A packed set becomes a large one when it passes [`Limits`], and never goes back by itself; [`assemble`] chooses the
//! encoding of a set that is made as a whole. Ranks count from 0 at the lowest score.

use crate::entry::Entry;
use crate::value::Value;
use crate::view::WrongType;
use hematite_base::hash::Hasher;
use hematite_base::number;
use hematite_structures::listpack::{DecimalBuffer, Element, Listpack, Pairs, Position, TooLarge};
use hematite_structures::loose::LooseBox;
use hematite_structures::packed::Body;
use hematite_structures::sorted_set::{self as large, SortedSet, SortedSetBuilder};
pub use hematite_structures::sorted_set::{LexBound, ScoreBound};
use std::cmp::Ordering;
use std::ops::Range;

/// How large a packed set may grow.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Most members.
    pub entries_max: usize,
    /// Longest member, bytes.
    pub value_bytes_max: usize,
}

/// Bytes that a score and the headers of a pair take at most in a listpack.
const PAIR_OVERHEAD: usize = 64;

/// A sorted set to be read.
#[derive(Clone, Copy, Debug)]
pub enum SortedSetRef<'a> {
    /// A listpack.
    Packed(&'a Listpack),
    /// A dict and an index.
    Large(&'a SortedSet),
}

/// The order of two elements by their text.
pub fn compare(a: Element<'_>, b: Element<'_>) -> Ordering {
    a.text(&mut DecimalBuffer::new()).cmp(b.text(&mut DecimalBuffer::new()))
}

/// The score that an element of a packed set says.
#[inline]
pub fn score_of(element: Element<'_>) -> f64 {
    match element {
        Element::Int(n) => n as f64,
        Element::Bytes(text) => number::parse_f64(text).unwrap_or(0.0),
    }
}

impl<'a> SortedSetRef<'a> {
    /// The sorted set of an entry.
    #[inline]
    pub fn of(entry: &'a Entry) -> Result<SortedSetRef<'a>, WrongType> {
        match entry.body() {
            Body::Value(value) => SortedSetRef::of_value(value).ok_or(WrongType),
            _ => Err(WrongType),
        }
    }
    /// The sorted set that a value is.
    #[inline]
    pub fn of_value(value: &'a Value) -> Option<SortedSetRef<'a>> {
        match value {
            Value::SortedSetPacked(pack) => Some(SortedSetRef::Packed(pack)),
            Value::SortedSet(set) => Some(SortedSetRef::Large(set)),
            _ => None,
        }
    }
    /// Number of members.
    pub fn len(self) -> u64 {
        match self {
            SortedSetRef::Packed(pack) => pack.len() as u64 / 2,
            SortedSetRef::Large(set) => set.len() as u64,
        }
    }
    /// Whether there is no member.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
    /// The score of a member.
    #[inline]
    pub fn score(self, member: &[u8]) -> Option<f64> {
        match self {
            SortedSetRef::Packed(pack) => {
                let at = pack.find(member, 1)?;
                Some(score_of(pack.element(pack.next(at)?)))
            }
            SortedSetRef::Large(set) => set.score(member),
        }
    }
    /// The same for a member of another collection.
    pub fn score_of(self, member: Element<'_>) -> Option<f64> {
        self.score(member.text(&mut DecimalBuffer::new()))
    }
    /// Rank and score of a member.
    pub fn rank(self, member: &[u8]) -> Option<(u64, f64)> {
        match self {
            SortedSetRef::Packed(pack) => {
                let at = pack.find(member, 1)?;
                let rank = pack.iter_until(at).count() as u64 / 2;
                Some((rank, score_of(pack.element(pack.next(at)?))))
            }
            SortedSetRef::Large(set) => set.rank(member),
        }
    }
    /// The ranks of the members with scores from `min` to `max`.
    pub fn score_ranks(self, min: ScoreBound, max: ScoreBound) -> Range<u64> {
        match self {
            SortedSetRef::Packed(pack) => {
                let below = |score: f64| match min {
                    ScoreBound::Included(min) => score < min,
                    ScoreBound::Excluded(min) => score <= min,
                };
                let within = |score: f64| match max {
                    ScoreBound::Included(max) => score <= max,
                    ScoreBound::Excluded(max) => score < max,
                };
                stretch(pack, |_, score| below(score_of(score)), |_, score| within(score_of(score)))
            }
            SortedSetRef::Large(set) => set.score_ranks(min, max),
        }
    }
    /// The ranks of the members from `min` to `max` in the order of their bytes; all scores should be equal.
    pub fn lex_ranks(self, min: LexBound<'_>, max: LexBound<'_>) -> Range<u64> {
        match self {
            SortedSetRef::Packed(pack) => {
                let below = |member: Element<'_>| match min {
                    LexBound::Lowest => false,
                    LexBound::Highest => true,
                    LexBound::Included(min) => compare(member, Element::Bytes(min)).is_lt(),
                    LexBound::Excluded(min) => compare(member, Element::Bytes(min)).is_le(),
                };
                let within = |member: Element<'_>| match max {
                    LexBound::Lowest => false,
                    LexBound::Highest => true,
                    LexBound::Included(max) => compare(member, Element::Bytes(max)).is_le(),
                    LexBound::Excluded(max) => compare(member, Element::Bytes(max)).is_lt(),
                };
                stretch(pack, |member, _| below(member), |member, _| within(member))
            }
            SortedSetRef::Large(set) => set.lex_ranks(min, max),
        }
    }
    /// The members with ranks in `ranks` (clamped), to be walked from either end.
    pub fn range(self, ranks: Range<u64>) -> Entries<'a> {
        match self {
            SortedSetRef::Packed(pack) => {
                let len = self.len();
                let end = ranks.end.min(len);
                let left = end.saturating_sub(ranks.start);
                let start = pack.seek(2 * ranks.start.min(len) as i64).filter(|_| left > 0);
                let pairs = start.map_or_else(|| pack.pairs(), |at| pack.pairs_from(at));
                Entries(Inner::Packed(PackedEntries { pairs, left, skip_back: len - end }))
            }
            SortedSetRef::Large(set) => Entries(Inner::Large(set.range(ranks))),
        }
    }
    /// All members in order.
    pub fn iter(self) -> Entries<'a> {
        self.range(0..u64::MAX)
    }
}

/// The ranks from the first pair that is not `below` up to the first from there that is not `within`.
fn stretch(
    pack: &Listpack,
    below: impl Fn(Element<'_>, Element<'_>) -> bool,
    within: impl Fn(Element<'_>, Element<'_>) -> bool,
) -> Range<u64> {
    let mut pairs =
        pack.pairs().enumerate().skip_while(|(_, (member, score))| below(*member, *score)).peekable();
    let Some(&(start, _)) = pairs.peek() else {
        let len = pack.len() as u64 / 2;
        return len..len;
    };
    let count = pairs.take_while(|(_, (member, score))| within(*member, *score)).count();
    start as u64..(start + count) as u64
}

/// Members and scores in order of rank.
pub struct Entries<'a>(Inner<'a>);

enum Inner<'a> {
    Packed(PackedEntries<'a>),
    Large(large::Entries<'a>),
}

/// Members and scores of a packed set as they are stored.
pub struct PackedEntries<'a> {
    pairs: Pairs<'a>,
    left: u64,
    /// Pairs at the end that do not belong to the range; passed over by the first step from the back.
    skip_back: u64,
}

impl<'a> Iterator for PackedEntries<'a> {
    type Item = (Element<'a>, Element<'a>);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        self.pairs.next()
    }
}

impl DoubleEndedIterator for PackedEntries<'_> {
    #[inline]
    fn next_back(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        for _ in 0..std::mem::take(&mut self.skip_back) {
            self.pairs.next_back();
        }
        self.pairs.next_back()
    }
}

impl<'a> Entries<'a> {
    /// The entries as they are stored, if the set is packed.
    pub fn packed(self) -> Result<PackedEntries<'a>, Entries<'a>> {
        match self.0 {
            Inner::Packed(entries) => Ok(entries),
            large => Err(Entries(large)),
        }
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = (Element<'a>, f64);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            Inner::Packed(entries) => entries.next().map(|(member, score)| (member, score_of(score))),
            Inner::Large(entries) => entries.next().map(|(member, score)| (Element::Bytes(member), score)),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = match &self.0 {
            Inner::Packed(entries) => entries.left as usize,
            Inner::Large(entries) => entries.len(),
        };
        (left, Some(left))
    }
}

impl DoubleEndedIterator for Entries<'_> {
    #[inline]
    fn next_back(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            Inner::Packed(entries) => entries.next_back().map(|(member, score)| (member, score_of(score))),
            Inner::Large(entries) => {
                entries.next_back().map(|(member, score)| (Element::Bytes(member), score))
            }
        }
    }
}

impl ExactSizeIterator for Entries<'_> {}

/// A sorted set to be changed.
pub struct SortedSetMut<'a>(&'a mut Value);

impl<'a> SortedSetMut<'a> {
    /// The sorted set of an entry.
    #[inline]
    pub fn of(entry: &'a mut Entry) -> Result<SortedSetMut<'a>, WrongType> {
        entry.value_mut().and_then(SortedSetMut::of_value).ok_or(WrongType)
    }
    /// The sorted set that a value is.
    #[inline]
    pub fn of_value(value: &'a mut Value) -> Option<SortedSetMut<'a>> {
        matches!(value, Value::SortedSetPacked(_) | Value::SortedSet(_)).then_some(SortedSetMut(value))
    }
    /// The set, to be read.
    #[inline]
    pub fn get(&self) -> SortedSetRef<'_> {
        SortedSetRef::of_value(self.0).expect("made of sorted sets only")
    }
    /// Adds or changes `member` as `decide` says: it is told the present score and answers with the new one (not NaN), or
    /// with None to leave everything as it is.
    #[inline]
    pub fn upsert(
        &mut self,
        member: &[u8],
        limits: Limits,
        hasher: &Hasher,
        decide: impl FnOnce(Option<f64>) -> Option<f64>,
    ) {
        let pack = match &mut *self.0 {
            Value::SortedSet(set) => return set.upsert(member, decide),
            Value::SortedSetPacked(pack) => pack,
            _ => return,
        };
        if let Some(at) = pack.find(member, 1) {
            let Some(score_at) = pack.next(at) else { return };
            let old = score_of(pack.element(score_at));
            if let Some(new) = decide(Some(old))
                && new != old
            {
                pack.delete_from(at, 2);
                // It was there a moment ago, so there is room for it (a score takes at most 24 bytes more).
                let _ = insert(pack, member, new);
            }
        } else if let Some(score) = decide(None) {
            let fits = pack.len() / 2 < limits.entries_max
                && member.len() <= limits.value_bytes_max
                && !pack.would_exceed(member.len() + PAIR_OVERHEAD);
            if fits && insert(pack, member, score).is_ok() {
                return;
            }
            self.enlarge(hasher).insert(member, score);
        }
    }
    /// Makes it a large set if it is not one.
    pub fn enlarge(&mut self, hasher: &Hasher) -> &mut SortedSet {
        if let Value::SortedSetPacked(pack) = &*self.0 {
            let mut builder = SortedSetBuilder::new(hasher.clone(), pack.len() / 2 + 1);
            let mut buffer = DecimalBuffer::new();
            for (member, score) in pack.pairs() {
                builder.push(member.text(&mut buffer), score_of(score));
            }
            *self.0 = Value::SortedSet(LooseBox::new(builder.finish()));
        }
        match &mut *self.0 {
            Value::SortedSet(set) => set,
            _ => unreachable!("made of sorted sets only"),
        }
    }
    /// Removes a member; its score if it was there.
    pub fn remove(&mut self, member: &[u8]) -> Option<f64> {
        match &mut *self.0 {
            Value::SortedSet(set) => set.remove(member),
            Value::SortedSetPacked(pack) => {
                let at = pack.find(member, 1)?;
                let score = score_of(pack.element(pack.next(at)?));
                pack.delete_from(at, 2);
                Some(score)
            }
            _ => None,
        }
    }
    /// Removes the members with ranks in `ranks` (clamped), lowest first; `removed` is told each. Returns how many.
    pub fn remove_range(&mut self, ranks: Range<u64>, mut removed: impl FnMut(Element<'_>, f64)) -> u64 {
        if let Value::SortedSet(set) = &mut *self.0 {
            return set.remove_range(ranks, |member, score| removed(Element::Bytes(member), score));
        }
        let entries = self.get().range(ranks.clone());
        let count = entries.len() as u64;
        entries.for_each(|(member, score)| removed(member, score));
        if let Value::SortedSetPacked(pack) = &mut *self.0
            && count > 0
        {
            pack.delete_range(2 * ranks.start as i64, 2 * count as usize);
        }
        count
    }
    /// Removes the lowest or the highest member and hands it to `with`.
    pub fn pop<R>(&mut self, highest: bool, with: impl FnOnce(Element<'_>, f64) -> R) -> Option<R> {
        match &mut *self.0 {
            Value::SortedSet(set) if highest => {
                set.pop_max(|member, score| with(Element::Bytes(member), score))
            }
            Value::SortedSet(set) => set.pop_min(|member, score| with(Element::Bytes(member), score)),
            Value::SortedSetPacked(pack) => {
                let mut pairs = pack.pairs();
                let (at, member, score) =
                    if highest { pairs.next_back_with_position()? } else { pairs.next_with_position()? };
                let result = with(member, score_of(score));
                pack.delete_from(at, 2);
                Some(result)
            }
            _ => None,
        }
    }
}

/// Inserts a pair in its place.
fn insert(pack: &mut Listpack, member: &[u8], score: f64) -> Result<(), TooLarge> {
    let place = place_of(pack, member, score);
    let mut text = number::DoubleText::default();
    // Adding 0 makes -0 a whole number: packed sets don't tell the two apart.
    let element = match number::as_whole(score + 0.0) {
        Some(n) => Element::Int(n),
        None => Element::Bytes(text.format(score)),
    };
    match place {
        Some(at) => pack.insert_pair_before(at, member, element).map(|_| ()),
        None => pack.push_pair(member, element),
    }
}

/// The position of the first pair after (score, member).
fn place_of(pack: &Listpack, member: &[u8], score: f64) -> Option<Position> {
    let mut pairs = pack.pairs();
    // Scores often grow, as time does.
    if let Some((_, last)) = pack.pairs().next_back()
        && score_of(last) < score
    {
        return None;
    }
    while let Some((at, other, other_score)) = pairs.next_with_position() {
        let other_score = score_of(other_score);
        if other_score > score || other_score == score && compare(other, Element::Bytes(member)).is_gt() {
            return Some(at);
        }
    }
    None
}

/// A set of distinct members in the encoding that its size asks for. `members` is called for each walk over them; they
/// come in order, or nearly: out of order is slower only.
pub fn assemble<'m, I: ExactSizeIterator<Item = (Element<'m>, f64)>>(
    members: impl Fn() -> I,
    limits: Limits,
    hasher: &Hasher,
) -> Value {
    let mut buffer = DecimalBuffer::new();
    let packed = members().len() <= limits.entries_max
        && members().all(|(member, _)| member.text_len() <= limits.value_bytes_max);
    if packed {
        let mut pack = Listpack::new();
        if members().all(|(member, score)| insert(&mut pack, member.text(&mut buffer), score).is_ok()) {
            pack.shrink_to_fit();
            return Value::SortedSetPacked(pack);
        }
    }
    let mut builder = SortedSetBuilder::new(hasher.clone(), members().len());
    for (member, score) in members() {
        builder.push(member.text(&mut buffer), score);
    }
    Value::SortedSet(LooseBox::new(builder.finish()))
}
