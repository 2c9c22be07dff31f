//! TextMap: a large map from strings to strings, a [`Dict`] over one allocation an entry ([`Packed`]: name and value).
//!
//! ```text
//!   dict:      hash(name) ──► slot ──► [ 5 bytes | deadline? | name | value ]
//!   deadlines: (deadline, hash(name)), in order; only where some entry has one
//! ```
//!
//! A value that is a canonical integer is kept as one, in 3 or 8 bytes. A value is replaced in its place while the
//! allocation's size class stays. A deadline is a number that an entry may carry, at 8 bytes and about 25 in the ordered
//! index; entries without one, and maps without any, pay nothing. What a deadline means is the owner's affair.
//!
//! The index finds an entry by its hash and its deadline: two entries that agree in both share a place in it, and the
//! second one's place is lost when the first goes. With 64-bit hashes this happens to nobody, and harms nothing but the
//! order in which [`TextMap::take_due`] finds entries.

#[cfg(test)]
mod tests;

use crate::dict::{Dict, Reading, Walk};
use crate::dismantle::Dismantle;
use crate::listpack::{Element, parse_integer};
use crate::packed::{Body, NewBody, Packed};
use crate::thin::Ref;
use hematite_base::hash::Hasher;
use std::collections::BTreeSet;

/// Values too long to be kept inside of their record are kept behind it.
type Record = Packed<Box<Box<[u8]>>>;

/// Longest name, bytes.
pub const NAME_BYTES_MAX: usize = (1 << 31) - 1;
/// Longest value that is kept inside of its record, bytes: the record's lengths and their sum have 31 bits.
const INLINE_BYTES_MAX: usize = 1 << 30;
/// Bytes of one deadline in the index, at its usual fill.
const DEADLINE_BYTES: usize = 24;

/// Deadlines with the hashes of their entries; most maps have none, and pay a pointer.
type Deadlines = Option<Box<Index>>;
#[derive(Clone, Default)]
struct Index(BTreeSet<(u64, u64)>);

/// See the head of the file.
pub struct TextMap {
    dict: Dict<Record>,
    hasher: Hasher,
    record_bytes: usize,
    deadlines: Deadlines,
    /// Its reading, if one is under way.
    reading: Reading<Record>,
}

/// An entry, borrowed from its map.
pub struct Field<'a>(Ref<'a, Record>);

impl<'a> Field<'a> {
    /// The name.
    #[inline]
    pub fn name(&self) -> &'a [u8] {
        name_of(&self.0)
    }
    /// The value.
    #[inline]
    pub fn value(&self) -> Element<'a> {
        value_of(&self.0)
    }
    /// The deadline, if there is one.
    #[inline]
    pub fn deadline(&self) -> Option<u64> {
        self.0.extra()
    }
}

#[inline]
fn name_of<'a>(record: &Ref<'a, Record>) -> &'a [u8] {
    // SAFETY: the name lies in the record's allocation, which its map owns and keeps unchanged for 'a; the handle that it
    // is read through need not live as long.
    unsafe { &*std::ptr::from_ref(record.name()) }
}

#[inline]
fn value_of<'a>(record: &Ref<'a, Record>) -> Element<'a> {
    match value(record) {
        Element::Int(n) => Element::Int(n),
        // SAFETY: as in `name_of`; a long value lies in an allocation that the record owns.
        Element::Bytes(bytes) => Element::Bytes(unsafe { &*std::ptr::from_ref(bytes) }),
    }
}

#[inline]
fn value(record: &Record) -> Element<'_> {
    match record.body() {
        Body::Bytes(bytes) => Element::Bytes(bytes),
        Body::Integer(n) => Element::Int(n),
        Body::Value(long) => Element::Bytes(long),
    }
}

fn body(value: &[u8]) -> NewBody<'_, Box<Box<[u8]>>> {
    if value.len() <= 20
        && let Some(n) = parse_integer(value)
    {
        return NewBody::Integer(n);
    }
    if value.len() > INLINE_BYTES_MAX {
        return NewBody::Value(Box::new(value.into()));
    }
    NewBody::Bytes(value)
}

/// Bytes of a record with what it owns.
fn size(record: &Record) -> usize {
    record.allocated() + if let Body::Value(long) = record.body() { 16 + long.len() } else { 0 }
}

impl TextMap {
    /// An empty map that hashes with `hasher`. Allocates nothing.
    pub fn new(hasher: Hasher) -> TextMap {
        TextMap { dict: Dict::new(), hasher, record_bytes: 0, deadlines: None, reading: Reading::default() }
    }
    /// Number of entries.
    #[inline]
    pub fn len(&self) -> usize {
        self.dict.len()
    }
    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.dict.is_empty()
    }
    /// Bytes that the map has allocated.
    pub fn heap_bytes(&self) -> usize {
        let deadlines = self.deadlines.as_ref().map_or(0, |d| 24 + d.0.len() * DEADLINE_BYTES);
        self.record_bytes + self.dict.table_bytes() + deadlines
    }

    /// The entry of `name`.
    #[inline]
    pub fn get(&self, name: &[u8]) -> Option<Field<'_>> {
        self.dict.find(self.hasher.hash(name), |r| r.name() == name).map(Field)
    }
    /// See [`Dict::prefetch`].
    pub fn prefetch(&self, hashes: &[u64]) {
        self.dict.prefetch(hashes);
    }
    /// Gives `name` a value; whether it was new. The deadline of an entry that was there goes unless `keep_deadline`.
    ///
    /// # Panics
    /// If the name is longer than [`NAME_BYTES_MAX`].
    pub fn insert(&mut self, name: &[u8], value: &[u8], keep_deadline: bool) -> bool {
        let hash = self.hasher.hash(name);
        self.keep(hash);
        if let Some(mut record) = self.dict.find_mut(hash, |r| r.name() == name) {
            let before = size(&record);
            if !keep_deadline && let Some(at) = record.extra() {
                record.set_extra(None);
                forget(&mut self.deadlines, at, hash);
            }
            record.set_body(body(value));
            self.record_bytes = self.record_bytes - before + size(&record);
            return false;
        }
        let record = Record::new(name, None, body(value));
        self.record_bytes += size(&record);
        let hasher = &self.hasher;
        self.dict.insert_unique(hash, record, |r| hasher.hash(r.name()));
        true
    }
    /// See [`Dict::reserve`].
    pub fn reserve(&mut self, len: usize) {
        self.dict.reserve(len);
    }
    /// Removes `name`; whether it was there.
    pub fn remove(&mut self, name: &[u8]) -> bool {
        self.take(self.hasher.hash(name), |r| r.name() == name).is_some()
    }
    fn take(&mut self, hash: u64, eq: impl FnMut(&Record) -> bool) -> Option<Record> {
        self.keep(hash);
        let hasher = &self.hasher;
        let record = self.dict.remove(hash, eq, |r| hasher.hash(r.name()))?;
        self.record_bytes -= size(&record);
        if let Some(at) = record.extra() {
            forget(&mut self.deadlines, at, hash);
        }
        Some(record)
    }

    /// Every entry, in no particular order.
    pub fn iter(&self) -> Fields<'_> {
        Fields(self.dict.walk())
    }
    /// Calls `f` with name, value and deadline of some entries and returns the next cursor, 0 at the end; start with 0.
    /// An entry that is there from the first call to the last is seen at least once.
    pub fn scan(&self, cursor: u64, mut f: impl FnMut(&[u8], Element<'_>, Option<u64>)) -> u64 {
        self.dict.scan(cursor, |record| f(record.name(), value(record), record.extra()))
    }
    /// An entry, each with the same chance. `random` gives 64 random bits a call.
    pub fn random(&self, random: impl FnMut() -> u64) -> Option<Field<'_>> {
        self.dict.random(random).map(Field)
    }
    /// Calls `f` for `count` different entries, every choice with the same chance.
    pub fn sample(&self, count: usize, random: impl FnMut() -> u64, mut f: impl FnMut(&Field<'_>)) {
        self.dict.sample(count, random, |record| f(&Field(record)));
    }
    /// Gives the map up, to be dropped in steps.
    pub fn dismantle(self) -> impl Dismantle + use<> {
        let deadlines = self.deadlines.map(|index| index.0).unwrap_or_default();
        (self.dict.dismantle(), deadlines.into_iter())
    }
}

/// A copy of a record.
fn duplicate(record: &Record) -> Record {
    let body = match record.body() {
        Body::Bytes(bytes) => NewBody::Bytes(bytes),
        Body::Integer(n) => NewBody::Integer(n),
        Body::Value(long) => NewBody::Value(long.clone()),
    };
    Record::new(record.name(), record.extra(), body)
}

/// Reading as it was at one instant.
impl TextMap {
    /// Begins to read all entries as they are now; [`TextMap::read_on`] gives them out.
    pub fn begin_reading(&mut self) {
        self.reading.begin();
    }
    /// Whether a reading is under way.
    pub fn is_being_read(&self) -> bool {
        self.reading.is_under_way()
    }
    /// Calls `f` with name, value and deadline of about `count` entries more of those that were there at the beginning; whether
    /// there are others.
    pub fn read_on(&mut self, count: usize, mut f: impl FnMut(&[u8], Element<'_>, Option<u64>)) -> bool {
        let hasher = &self.hasher;
        let tell = |r: &Record| f(r.name(), value(r), r.extra());
        self.reading.read_on(&self.dict, count, |r| hasher.hash(r.name()), tell)
    }
    /// Reads no more.
    pub fn stop_reading(&mut self) {
        self.reading.stop();
    }
    /// Before the entry with this hash comes, changes or goes.
    #[inline]
    fn keep(&mut self, hash: u64) {
        let hasher = &self.hasher;
        self.reading.keep(&self.dict, hash, |r| hasher.hash(r.name()), duplicate);
    }
}

/// Deadlines.
impl TextMap {
    /// Sets or removes the deadline of `name`; whether there is such an entry.
    pub fn set_deadline(&mut self, name: &[u8], deadline: Option<u64>) -> bool {
        let hash = self.hasher.hash(name);
        self.keep(hash);
        let Some(mut record) = self.dict.find_mut(hash, |r| r.name() == name) else { return false };
        let (before, old) = (record.allocated(), record.extra());
        record.set_extra(deadline);
        self.record_bytes = self.record_bytes - before + record.allocated();
        drop(record);
        if let Some(at) = old {
            forget(&mut self.deadlines, at, hash);
        }
        if let Some(at) = deadline {
            self.deadlines.get_or_insert_default().0.insert((at, hash));
        }
        true
    }
    /// Number of entries with a deadline.
    pub fn deadlines(&self) -> usize {
        self.deadlines.as_ref().map_or(0, |d| d.0.len())
    }
    /// The earliest deadline.
    #[inline]
    pub fn next_deadline(&self) -> Option<u64> {
        Some(self.deadlines.as_ref()?.0.first()?.0)
    }
    /// Number of entries with a deadline before `now`; takes time in proportion to the answer.
    pub fn due(&self, now: u64) -> usize {
        self.deadlines.as_ref().map_or(0, |d| d.0.range(..(now, 0)).count())
    }
    /// Takes out up to `count` entries with a deadline before `now`, the earliest first, and tells `taken` their names.
    pub fn take_due(&mut self, now: u64, count: usize, mut taken: impl FnMut(&[u8])) {
        for _ in 0..count {
            let Some(&(at, hash)) = self.deadlines.as_ref().and_then(|d| d.0.first()).filter(|d| d.0 < now)
            else {
                return;
            };
            match self.take(hash, |r| r.extra() == Some(at)) {
                Some(record) => taken(record.name()),
                None => forget(&mut self.deadlines, at, hash),
            }
        }
    }
}

/// Takes a deadline out of the index; the index itself goes with its last one.
fn forget(deadlines: &mut Deadlines, at: u64, hash: u64) {
    if let Some(index) = deadlines {
        index.0.remove(&(at, hash));
        if index.0.is_empty() {
            *deadlines = None;
        }
    }
}

impl Clone for TextMap {
    fn clone(&self) -> TextMap {
        let mut copy = TextMap::new(self.hasher.clone());
        copy.record_bytes = self.record_bytes;
        copy.deadlines.clone_from(&self.deadlines);
        let hasher = &self.hasher;
        for field in self.iter() {
            copy.dict
                .insert_unique(hasher.hash(field.name()), duplicate(&field.0), |r| hasher.hash(r.name()));
        }
        copy
    }
}

impl std::fmt::Debug for TextMap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map().entries(self.iter().map(|field| (field.name(), field.value()))).finish()
    }
}

/// All entries of a map.
pub struct Fields<'a>(Walk<'a, Record>);

impl<'a> Iterator for Fields<'a> {
    type Item = Field<'a>;

    #[inline]
    fn next(&mut self) -> Option<Field<'a>> {
        self.0.next().map(Field)
    }
}
