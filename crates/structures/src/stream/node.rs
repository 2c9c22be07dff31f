//! A stream's node: entries in one listpack, as deltas to the node's first entry.
//!
//! ```text
//!   master: count | deleted | fields N | field 1 .. field N | 0
//!   entry:  flags | ms delta | seq delta | value 1 .. value N                      | elements before this one
//!      or:  flags | ms delta | seq delta | pairs P | field 1 | value 1 .. value P  | elements before this one
//! ```
//!
//! Byte for byte the reference's, so that dumps carry it verbatim. The node's key is its master id, to which the deltas
//! are added (wrapping). An entry with flag 2 has the master's fields and only stores values; flag 1 marks a deleted
//! entry, which stays until its node goes. `count` counts the living, `deleted` the others.

use super::StreamId;
use crate::listpack::{Element, Listpack, Position, TooLarge};

/// The most bytes a node may take, whatever the limits say: 1 GiB.
const NODE_BYTES_MAX: usize = 1 << 30;
/// An element's bytes beside its text at most: encoding and back length.
const ELEMENT_OVERHEAD: usize = 11;
const DELETED: i64 = 1;
const SAME_FIELDS: i64 = 2;

/// When the last node is full and another begins.
#[derive(Clone, Copy, Debug)]
pub struct NodeLimits {
    /// Bytes of a node; 0 for no limit but 1 GiB.
    pub bytes_max: usize,
    /// Entries of a node, deleted ones included; 0 for no limit.
    pub entries_max: u64,
}

/// The head of a node.
#[derive(Clone, Copy)]
pub(super) struct Master {
    pub count: u64,
    pub deleted: u64,
    fields: usize,
    /// The number of fields; the fields follow.
    fields_at: Position,
    /// The first entry; None in a node without any.
    pub entries_at: Option<Position>,
}

/// Where an entry lies within its node.
#[derive(Clone, Copy)]
pub(super) struct Spot {
    pub id: StreamId,
    pub is_deleted: bool,
    at: Position,
    has_own_fields: bool,
    pairs: usize,
    /// The first value, or the first field if the entry has its own.
    body: Position,
}

/// An entry of a stream.
#[derive(Clone, Copy)]
pub struct Entry<'a> {
    /// The entry's id.
    pub id: StreamId,
    lp: &'a Listpack,
    master_fields: Option<Position>,
    body: Position,
    pairs: usize,
}

fn integer(lp: &Listpack, at: Position) -> Option<i64> {
    lp.element(at).as_integer()
}

fn advance(lp: &Listpack, at: Position, by: usize) -> Option<Position> {
    (0..by).try_fold(at, |at, _| lp.next(at))
}

impl Master {
    pub fn read(lp: &Listpack) -> Option<Master> {
        let at = lp.first()?;
        let count = u64::try_from(integer(lp, at)?).ok()?;
        let at = lp.next(at)?;
        let deleted = u64::try_from(integer(lp, at)?).ok()?;
        let fields_at = lp.next(at)?;
        let fields = usize::try_from(integer(lp, fields_at)?).ok()?;
        let terminator = advance(lp, fields_at, fields.checked_add(1)?)?;
        Some(Master { count, deleted, fields, fields_at, entries_at: lp.next(terminator) })
    }

    /// Writes both counts; positions are void afterwards.
    pub fn set_counts(lp: &mut Listpack, count: u64, deleted: u64) {
        let mut at = lp.first();
        for new in [count, deleted] {
            let Some(here) = at else { return };
            if integer(lp, here) != Some(new as i64) {
                // At most one more byte, for which `has_room` left room: it cannot fail.
                let _ = lp.replace(here, Element::Int(new as i64));
            }
            at = lp.next(here);
        }
    }

    /// The entry whose flags are at `at`, in the node of `master_id`.
    pub fn spot(&self, lp: &Listpack, master_id: StreamId, at: Position) -> Option<Spot> {
        let flags = integer(lp, at)?;
        let ms_at = lp.next(at)?;
        let seq_at = lp.next(ms_at)?;
        let id = StreamId {
            ms: master_id.ms.wrapping_add(integer(lp, ms_at)? as u64),
            seq: master_id.seq.wrapping_add(integer(lp, seq_at)? as u64),
        };
        let body = lp.next(seq_at)?;
        let has_own_fields = flags & SAME_FIELDS == 0;
        let (pairs, body) = if has_own_fields {
            (usize::try_from(integer(lp, body)?).ok()?, lp.next(body)?)
        } else {
            (self.fields, body)
        };
        Some(Spot { id, is_deleted: flags & DELETED != 0, at, has_own_fields, pairs, body })
    }

    /// The entry that lies before the end of the node (None) or before the one at `at`.
    pub fn spot_before(&self, lp: &Listpack, master_id: StreamId, at: Option<Position>) -> Option<Spot> {
        let count_at = match at {
            Some(at) if self.entries_at == Some(at) => return None,
            Some(at) => lp.prev(at)?,
            None => lp.last()?,
        };
        let elements = usize::try_from(integer(lp, count_at)?).ok().filter(|&n| n > 0)?;
        let at = (0..elements).try_fold(count_at, |at, _| lp.prev(at))?;
        self.spot(lp, master_id, at)
    }

    fn first_field(&self, lp: &Listpack) -> Option<Position> {
        lp.next(self.fields_at)
    }

    fn has_fields(&self, lp: &Listpack, elements: &[impl AsRef<[u8]>]) -> bool {
        let Some(at) = self.first_field(lp) else { return false };
        self.fields * 2 == elements.len()
            && lp
                .iter_from(at)
                .zip(elements.iter().step_by(2))
                .all(|(own, given)| own.eq_bytes(given.as_ref()))
    }
}

impl Spot {
    pub fn at(&self) -> Position {
        self.at
    }

    fn body_len(&self) -> usize {
        if self.has_own_fields { self.pairs.saturating_mul(2) } else { self.pairs }
    }

    /// The place of the next entry.
    pub fn next(&self, lp: &Listpack) -> Option<Position> {
        advance(lp, self.body, self.body_len().checked_add(1)?)
    }

    pub fn mark_deleted(&self, lp: &mut Listpack) {
        if let Some(flags) = integer(lp, self.at) {
            // Flags take one byte before and after.
            let _ = lp.replace(self.at, Element::Int(flags | DELETED));
        }
    }

    pub fn entry<'a>(&self, lp: &'a Listpack, master: &Master) -> Entry<'a> {
        let master_fields = if self.has_own_fields { None } else { master.first_field(lp) };
        Entry { id: self.id, lp, master_fields, body: self.body, pairs: self.pairs }
    }
}

impl<'a> Entry<'a> {
    /// Number of field-value pairs.
    pub fn len(&self) -> usize {
        self.pairs
    }

    /// Whether the entry has no pair at all, which only a foreign dump can bring about.
    pub fn is_empty(&self) -> bool {
        self.pairs == 0
    }

    /// The fields with their values, in the order in which they were given.
    pub fn pairs(&self) -> impl Iterator<Item = (Element<'a>, Element<'a>)> + use<'a> {
        let mut body = self.lp.iter_from(self.body);
        let mut master = self.master_fields.map(|at| self.lp.iter_from(at));
        (0..self.pairs).map_while(move |_| {
            let field = match &mut master {
                Some(master) => master.next()?,
                None => body.next()?,
            };
            Some((field, body.next()?))
        })
    }
}

/// The last entry of a node, living or not.
pub(super) fn last_spot(lp: &Listpack, master_id: StreamId) -> Option<Spot> {
    Master::read(lp)?.spot_before(lp, master_id, None)
}

/// Whether another entry of these elements belongs into the node.
pub(super) fn has_room(lp: &Listpack, elements: &[impl AsRef<[u8]>], limits: NodeLimits) -> bool {
    let text: usize = elements.iter().map(|e| e.as_ref().len()).sum();
    let bytes_max = if limits.bytes_max == 0 { NODE_BYTES_MAX } else { limits.bytes_max.min(NODE_BYTES_MAX) };
    if lp.bytes() + text >= bytes_max || lp.would_exceed(room_for(elements)) {
        return false;
    }
    let counted = lp.iter().take(2).map(|count| count.as_integer().map_or(u64::MAX, |n| n as u64));
    limits.entries_max == 0 || counted.fold(0, u64::saturating_add) < limits.entries_max
}

/// Bytes that a new node with an entry of these elements takes at most.
fn room_for(elements: &[impl AsRef<[u8]>]) -> usize {
    let text: usize = elements.iter().map(|e| e.as_ref().len()).sum();
    text.saturating_add((elements.len() + 8) * ELEMENT_OVERHEAD)
}

/// A node without entries whose master has these fields.
pub(super) fn begin(elements: &[impl AsRef<[u8]>]) -> Result<Listpack, TooLarge> {
    let mut lp = Listpack::new();
    if lp.would_exceed(room_for(elements)) {
        return Err(TooLarge);
    }
    for number in [0, 0, elements.len() as i64 / 2] {
        lp.push_back(Element::Int(number))?;
    }
    for field in elements.iter().step_by(2) {
        lp.push_back(Element::Bytes(field.as_ref()))?;
    }
    lp.push_back(Element::Int(0))?;
    Ok(lp)
}

/// Appends an entry to the node of `master_id`; the caller saw to it that there is room.
pub(super) fn append(
    lp: &mut Listpack,
    master_id: StreamId,
    id: StreamId,
    elements: &[impl AsRef<[u8]>],
) -> Result<(), TooLarge> {
    let Some(master) = Master::read(lp) else { return Err(TooLarge) };
    let head = |flags| {
        let deltas = [id.ms.wrapping_sub(master_id.ms), id.seq.wrapping_sub(master_id.seq)];
        [flags, deltas[0] as i64, deltas[1] as i64].into_iter().map(Element::Int)
    };
    let texts = elements.iter().map(|element| Element::Bytes(element.as_ref()));
    let tail = |written: usize| std::iter::once(Element::Int(written as i64));
    if master.has_fields(lp, elements) {
        push_all(lp, head(SAME_FIELDS).chain(texts.skip(1).step_by(2)).chain(tail(elements.len() / 2 + 3)))?;
    } else {
        let pairs = std::iter::once(Element::Int(elements.len() as i64 / 2));
        push_all(lp, head(0).chain(pairs).chain(texts).chain(tail(elements.len() + 4)))?;
    }
    Master::set_counts(lp, master.count + 1, master.deleted);
    Ok(())
}

/// Appends elements, two at a time.
fn push_all<'e>(lp: &mut Listpack, mut elements: impl Iterator<Item = Element<'e>>) -> Result<(), TooLarge> {
    while let Some(one) = elements.next() {
        match elements.next() {
            Some(other) => lp.push_pair(one, other)?,
            None => lp.push_back(one)?,
        }
    }
    Ok(())
}

/// Whether a foreign listpack is a node: counts true, every entry whole, ids rising. Its head if so.
pub(super) fn validate(lp: &Listpack, master_id: StreamId) -> Option<Master> {
    let mut elements = lp.iter();
    let count = u64::try_from(elements.next_integer()?).ok()?;
    let deleted = u64::try_from(elements.next_integer()?).ok()?;
    let fields_at = elements.position()?;
    let fields = usize::try_from(elements.next_integer()?).ok()?;
    elements.pass(fields)?;
    if elements.next_integer()? != 0 {
        return None;
    }
    let master = Master { count, deleted, fields, fields_at, entries_at: elements.position() };
    let (mut last, mut seen, mut seen_deleted) = (None, 0, 0);
    while elements.position().is_some() {
        let flags = elements.next_integer()?;
        let id = StreamId {
            ms: master_id.ms.wrapping_add(elements.next_integer()? as u64),
            seq: master_id.seq.wrapping_add(elements.next_integer()? as u64),
        };
        let head_and_body = if flags & SAME_FIELDS == 0 {
            let pairs = usize::try_from(elements.next_integer()?).ok()?;
            elements.pass(pairs.checked_mul(2)?)?;
            4 + 2 * pairs
        } else {
            elements.pass(fields)?;
            3 + fields
        };
        let is_whole = elements.next_integer()? == i64::try_from(head_and_body).ok()?;
        if !is_whole || id < master_id || last.is_some_and(|last| last >= id) {
            return None;
        }
        last = Some(id);
        seen += 1;
        seen_deleted += u64::from(flags & DELETED != 0);
    }
    let is_true = deleted == seen_deleted && count.checked_add(deleted)? == seen;
    (is_true && seen > 0).then_some(master)
}
