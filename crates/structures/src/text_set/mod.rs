//! TextSet: a large set of strings, a [`Dict`] over one allocation a member (its bytes behind a length, see `text`).
//!
//! About 11 bytes a member beside the allocation itself, which is one byte longer than the member (nine from 255 bytes
//! on). Look-ups of many members at once overlap their cache misses: [`TextSet::retain_contained`].

#[cfg(test)]
mod tests;
pub(crate) mod text;

use crate::dict::{Dict, Reading, Walk};
use crate::dismantle::Dismantle;
use crate::thin::Ref;
use hematite_base::hash::Hasher;
use text::Text;

/// How many look-ups are under way at a time.
pub const BATCH: usize = 32;

/// A set of strings; see the head of the file.
pub struct TextSet {
    dict: Dict<Text>,
    hasher: Hasher,
    text_bytes: usize,
    /// Its reading, if one is under way.
    reading: Reading<Text>,
}

/// A member to be looked up, with its hash.
#[derive(Clone, Copy, Debug)]
pub struct Probe<'a> {
    hash: u64,
    member: &'a [u8],
}

impl<'a> Probe<'a> {
    /// The member.
    pub fn member(&self) -> &'a [u8] {
        self.member
    }
}

/// The bytes of a member for as long as its set is borrowed.
#[inline(always)]
fn bytes<'a>(text: &Ref<'a, Text>) -> &'a [u8] {
    // SAFETY: a Ref is a live member of a set that is borrowed for 'a, and members never move or change.
    unsafe { &*std::ptr::from_ref(text.bytes()) }
}

impl TextSet {
    /// An empty set that hashes with `hasher`. Allocates nothing.
    pub fn new(hasher: Hasher) -> TextSet {
        TextSet { dict: Dict::new(), hasher, text_bytes: 0, reading: Reading::default() }
    }
    /// Number of members.
    #[inline]
    pub fn len(&self) -> usize {
        self.dict.len()
    }
    /// Whether there is no member.
    pub fn is_empty(&self) -> bool {
        self.dict.is_empty()
    }
    /// Bytes that the set has allocated.
    pub fn heap_bytes(&self) -> usize {
        self.text_bytes + self.dict.table_bytes()
    }

    /// Whether `member` is in the set.
    #[inline]
    pub fn contains(&self, member: &[u8]) -> bool {
        self.dict.find(self.hasher.hash(member), |t| t.bytes() == member).is_some()
    }
    /// See [`Dict::prefetch`].
    pub fn prefetch(&self, hashes: &[u64]) {
        self.dict.prefetch(hashes);
    }
    /// Adds `member`; whether it was new.
    pub fn insert(&mut self, member: &[u8]) -> bool {
        let hash = self.hasher.hash(member);
        if self.dict.find(hash, |t| t.bytes() == member).is_some() {
            return false;
        }
        self.keep(hash);
        let text = Text::new(member);
        self.text_bytes += text.heap_bytes();
        let hasher = &self.hasher;
        self.dict.insert_unique(hash, text, |t| hasher.hash(t.bytes()));
        true
    }
    /// See [`Dict::reserve`].
    pub fn reserve(&mut self, len: usize) {
        self.dict.reserve(len);
    }
    /// Removes `member`; whether it was there.
    pub fn remove(&mut self, member: &[u8]) -> bool {
        self.take(self.hasher.hash(member), |t| t.bytes() == member).is_some()
    }
    fn take(&mut self, hash: u64, eq: impl FnMut(&Text) -> bool) -> Option<Text> {
        self.keep(hash);
        let hasher = &self.hasher;
        let text = self.dict.remove(hash, eq, |t| hasher.hash(t.bytes()))?;
        self.text_bytes -= text.heap_bytes();
        Some(text)
    }

    /// Begins to read all members as they are now; [`TextSet::read_on`] gives them out.
    pub fn begin_reading(&mut self) {
        self.reading.begin();
    }
    /// Whether a reading is under way.
    pub fn is_being_read(&self) -> bool {
        self.reading.is_under_way()
    }
    /// Calls `f` with about `count` members more of those that were there at the beginning; whether there are others.
    pub fn read_on(&mut self, count: usize, mut f: impl FnMut(&[u8])) -> bool {
        let hasher = &self.hasher;
        self.reading.read_on(&self.dict, count, |t| hasher.hash(t.bytes()), |t| f(t.bytes()))
    }
    /// Reads no more.
    pub fn stop_reading(&mut self) {
        self.reading.stop();
    }
    /// Before the member with this hash comes or goes.
    #[inline]
    fn keep(&mut self, hash: u64) {
        let hasher = &self.hasher;
        self.reading.keep(&self.dict, hash, |t| hasher.hash(t.bytes()), |t| Text::new(t.bytes()));
    }

    /// A look-up to be made in this set, or in any other one with the same hash function.
    #[inline]
    pub fn probe<'a>(&self, member: &'a [u8]) -> Probe<'a> {
        Probe { hash: self.hasher.hash(member), member }
    }
    /// Keeps those of `probes` whose members are in the set if `wanted`, else the others. Their misses overlap, so this
    /// is made for [`BATCH`] at a time. The probes come from a set with the same hash function.
    pub fn retain_contained(&self, probes: &mut Vec<Probe<'_>>, wanted: bool) {
        for probe in &*probes {
            self.dict.prefetch_bucket(probe.hash);
        }
        for probe in &*probes {
            self.dict.prefetch_item(probe.hash);
        }
        probes.retain(|p| self.dict.find(p.hash, |t| t.bytes() == p.member).is_some() == wanted);
    }

    /// Every member, in no particular order.
    pub fn iter(&self) -> Members<'_> {
        Members(self.dict.walk())
    }
    /// Calls `f` for some members and returns the next cursor, 0 at the end; start with 0. A member that is there from
    /// the first call to the last is seen at least once.
    pub fn scan(&self, cursor: u64, mut f: impl FnMut(&[u8])) -> u64 {
        self.dict.scan(cursor, |text| f(text.bytes()))
    }
    /// A member, each with the same chance. `random` gives 64 random bits a call.
    pub fn random(&self, random: impl FnMut() -> u64) -> Option<&[u8]> {
        self.dict.random(random).map(|text| bytes(&text))
    }
    /// Calls `f` for `count` different members, every choice with the same chance.
    pub fn sample(&self, count: usize, random: impl FnMut() -> u64, mut f: impl FnMut(&[u8])) {
        self.dict.sample(count, random, |text| f(text.bytes()));
    }
    /// Takes a member out, each with the same chance, and hands it to `with`.
    pub fn pop_random<R>(&mut self, random: impl FnMut() -> u64, with: impl FnOnce(&[u8]) -> R) -> Option<R> {
        let chosen = self.dict.random(random)?;
        let (address, hash) = (chosen.address(), self.hasher.hash(chosen.bytes()));
        let text = self.take(hash, |t| t.address() == address)?;
        Some(with(text.bytes()))
    }
    /// Gives the set up, to be dropped in steps.
    pub fn dismantle(self) -> impl Dismantle + use<> {
        self.dict.dismantle()
    }
}

impl Clone for TextSet {
    fn clone(&self) -> TextSet {
        let mut copy = TextSet::new(self.hasher.clone());
        copy.extend(self.iter());
        copy
    }
}

impl<'a> Extend<&'a [u8]> for TextSet {
    fn extend<I: IntoIterator<Item = &'a [u8]>>(&mut self, members: I) {
        for member in members {
            self.insert(member);
        }
    }
}

impl std::fmt::Debug for TextSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// All members of a set.
pub struct Members<'a>(Walk<'a, Text>);

impl<'a> Iterator for Members<'a> {
    type Item = &'a [u8];

    #[inline]
    fn next(&mut self) -> Option<&'a [u8]> {
        self.0.next().map(|text| bytes(&text))
    }
}
