//! Listpack: a sequence of strings and integers in one run of bytes, the encoding of every small collection.
//!
//! ```text
//!   total:u32le  count:u16le  entry entry ...  FF
//! ```
//!
//! The bytes are those of the reference's listpack, so that dumps and snapshots carry them verbatim. `count` is
//! 65535 where the listpack has that many entries or more, and must then be found by walking. See `codec` for the
//! bytes of an entry and `raw` for the allocation. A [`Listpack`] is 8 bytes; its allocation carries 3 bytes beside
//! the listpack and the slack of its size class.
//!
//! **Positions.** A [`Position`] is the byte offset of an entry. It stays valid until the listpack is changed at or
//! before it; methods that change the listpack return the position to go on from. A stale position is safe, but
//! names some other entry, a nonsense element, or panics.

mod codec;
mod element;
mod find;
mod iter;
mod raw;
#[cfg(test)]
mod tests;

pub use element::{DecimalBuffer, Element, Needle, parse_integer};
pub use iter::{Iter, Pairs};

use codec::{
    Piece, backlen_size, checked_entry_len, checked_short, decode, entry_len, is_canonical, read_backlen,
};
use raw::Raw;

const HEADER: usize = 6;
const END: u8 = 0xFF;
/// The count field's value for "too many to say".
const COUNT_UNKNOWN: u16 = u16::MAX;
/// Most bytes that a listpack may have: 1 GiB, the reference's own safety limit.
pub const BYTES_MAX: usize = 1 << 30;

/// Longest text of an integer.
const INTEGER_TEXT_MAX: usize = 20;

/// What foreign bytes are like.
struct Survey {
    is_canonical: bool,
    text_len_max: usize,
}

/// Why bytes are not a listpack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Invalid;

/// The operation would make the listpack larger than [`BYTES_MAX`]; nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge;

/// The offset of an entry within a listpack; see the module's head for how long it stays valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position(u32);

impl Position {
    #[inline(always)]
    fn at(self) -> usize {
        self.0 as usize
    }
}

/// An owned listpack behind one thin pointer.
pub struct Listpack {
    raw: Raw,
}

impl Default for Listpack {
    fn default() -> Self {
        Self::new()
    }
}

impl Clone for Listpack {
    fn clone(&self) -> Self {
        Self { raw: Raw::copy_of(self.as_bytes()) }
    }
}

impl std::fmt::Debug for Listpack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl PartialEq for Listpack {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for Listpack {}

impl Listpack {
    /// An empty listpack.
    pub fn new() -> Self {
        Self { raw: Raw::copy_of(&[7, 0, 0, 0, 0, 0, END]) }
    }

    /// Takes over foreign bytes after validating all of them. Whatever the reference writes is kept byte for byte;
    /// values in needlessly long forms (5 as 64 bits, digits as a string), which it reads but never writes, are
    /// rewritten.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Invalid> {
        Self::from_bytes_bounded(bytes).map(|(pack, _)| pack)
    }

    /// The same, and a number that the length of no element's text exceeds.
    pub fn from_bytes_bounded(bytes: &[u8]) -> Result<(Self, usize), Invalid> {
        let survey = Self::survey(bytes)?;
        let foreign = Self { raw: Raw::copy_of(bytes) };
        let pack = if survey.is_canonical { foreign } else { foreign.rewritten()? };
        Ok((pack, survey.text_len_max))
    }

    /// Looks at all of some bytes of unknown origin, once.
    fn survey(bytes: &[u8]) -> Result<Survey, Invalid> {
        Self::validate(bytes, false)?;
        let (mut pos, end, mut entries) = (HEADER, bytes.len() - 1, 0usize);
        let mut survey = Survey { is_canonical: true, text_len_max: 0 };
        while pos < end {
            entries += 1;
            let entry = checked_short(bytes, pos, end);
            let (len, text_len, is_usual) = match entry {
                Some(short) => short,
                None => {
                    let len = checked_entry_len(bytes, pos, end).ok_or(Invalid)?;
                    (len, len.max(INTEGER_TEXT_MAX), is_canonical(bytes, pos))
                }
            };
            survey.is_canonical &= is_usual;
            survey.text_len_max = survey.text_len_max.max(text_len);
            pos += len;
        }
        let count = u16::from_le_bytes([bytes[4], bytes[5]]);
        if count != COUNT_UNKNOWN && usize::from(count) != entries { Err(Invalid) } else { Ok(survey) }
    }

    /// The same elements in canonical form.
    fn rewritten(&self) -> Result<Self, Invalid> {
        let mut pack = Self::new();
        for element in self {
            pack.push_back(element).map_err(|TooLarge| Invalid)?;
        }
        Ok(pack)
    }

    /// Checks the header and the end byte, and if `deep` every entry and the count.
    pub fn validate(bytes: &[u8], deep: bool) -> Result<(), Invalid> {
        if deep {
            return Self::survey(bytes).map(|_| ());
        }
        let (Some(header), Some(&END)) = (bytes.first_chunk::<HEADER>(), bytes.last()) else {
            return Err(Invalid);
        };
        let total = u32::from_le_bytes([header[0], header[1], header[2], header[3]]) as usize;
        if bytes.len() <= HEADER || total != bytes.len() || total > BYTES_MAX {
            return Err(Invalid);
        }
        Ok(())
    }

    /// The listpack's bytes, header and end byte included.
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        self.raw.bytes()
    }

    /// Size of the listpack in bytes, header and end byte included.
    #[inline]
    pub fn bytes(&self) -> usize {
        self.as_bytes().len()
    }

    /// Brings in the listpack's beginning.
    pub fn prefetch(&self) {
        self.raw.prefetch();
    }

    /// Size of the allocation behind the listpack in bytes.
    pub fn heap_bytes(&self) -> usize {
        self.raw.heap_bytes()
    }

    /// Gives back the slack beyond the smallest size class that holds the listpack.
    pub fn shrink_to_fit(&mut self) {
        self.raw.shrink_to_fit();
    }

    /// Number of entries. Walks the listpack only if it has 65535 entries or more.
    #[inline]
    pub fn len(&self) -> usize {
        match self.count() {
            COUNT_UNKNOWN => self.iter().count(),
            count => usize::from(count),
        }
    }

    /// Whether there is no entry.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.bytes() == HEADER + 1
    }

    #[inline]
    fn count(&self) -> u16 {
        let bytes = self.as_bytes();
        u16::from_le_bytes([bytes[4], bytes[5]])
    }

    /// Adds to the count field, unless it says "unknown"; reaching 65535 makes it say so.
    #[inline]
    fn add_count(&mut self, added: usize) {
        let count = self.count();
        if count != COUNT_UNKNOWN {
            self.raw.set_count(u16::try_from(usize::from(count) + added).unwrap_or(COUNT_UNKNOWN));
        }
    }

    #[inline]
    fn subtract_count(&mut self, removed: usize) {
        let count = self.count();
        if count != COUNT_UNKNOWN {
            self.raw.set_count(count - removed as u16);
        } else if self.is_empty() {
            self.raw.set_count(0);
        }
    }

    /// Offset of the end byte.
    #[inline]
    fn end(&self) -> usize {
        self.bytes() - 1
    }

    /// Whether adding entries of `additional` bytes in all (payloads; up to 10 bytes an entry come on top and are
    /// not counted) would pass [`BYTES_MAX`].
    pub fn would_exceed(&self, additional: usize) -> bool {
        self.bytes().saturating_add(additional) > BYTES_MAX
    }

    /// Position of the first entry.
    #[inline]
    pub fn first(&self) -> Option<Position> {
        (!self.is_empty()).then_some(Position(HEADER as u32))
    }

    /// Position of the last entry.
    #[inline]
    pub fn last(&self) -> Option<Position> {
        self.before(self.end())
    }

    /// Position of the entry after the one at `pos`.
    #[inline]
    pub fn next(&self, pos: Position) -> Option<Position> {
        let bytes = self.as_bytes();
        let next = pos.at() + entry_len(bytes, pos.at());
        (next < bytes.len() - 1).then_some(Position(next as u32))
    }

    /// Position of the entry before the one at `pos`.
    #[inline]
    pub fn prev(&self, pos: Position) -> Option<Position> {
        self.before(pos.at())
    }

    #[inline]
    fn before(&self, end: usize) -> Option<Position> {
        if end <= HEADER {
            return None;
        }
        let len = read_backlen(self.as_bytes(), end)?;
        Some(Position((end - len - backlen_size(len)) as u32))
    }

    /// Position of the entry at `index`, counted from the end if negative (-1 is the last). Walks from the nearer
    /// end.
    pub fn seek(&self, index: i64) -> Option<Position> {
        let count = self.count();
        if count == COUNT_UNKNOWN {
            return self.seek_uncounted(index);
        }
        let len = i64::from(count);
        let index = if index < 0 { index + len } else { index };
        if index < 0 || index >= len {
            return None;
        }
        self.seek_uncounted(if index * 2 < len { index } else { index - len })
    }

    fn seek_uncounted(&self, index: i64) -> Option<Position> {
        let bytes = self.as_bytes();
        if index < 0 {
            let mut pos = self.last()?;
            for _ in index..-1 {
                pos = self.prev(pos)?;
            }
            return Some(pos);
        }
        let (mut at, end) = (HEADER, bytes.len() - 1);
        for _ in 0..index {
            if at >= end {
                return None;
            }
            at += entry_len(bytes, at);
        }
        (at < end).then_some(Position(at as u32))
    }

    /// The element at `pos`.
    #[inline]
    pub fn element(&self, pos: Position) -> Element<'_> {
        decode(self.as_bytes(), pos.at()).0
    }

    /// The element at `index`, counted from the end if negative.
    #[inline]
    pub fn get(&self, index: i64) -> Option<Element<'_>> {
        self.seek(index).map(|pos| self.element(pos))
    }
}

/// Changes.
impl Listpack {
    fn splice(
        &mut self,
        at: usize,
        remove: usize,
        pieces: &[Piece<'_>],
        entries: usize,
    ) -> Result<(), TooLarge> {
        let insert: usize = pieces.iter().map(Piece::len).sum();
        if self.bytes() - remove + insert > BYTES_MAX {
            return Err(TooLarge);
        }
        self.raw.splice(at, remove, pieces);
        self.add_count(entries);
        Ok(())
    }

    /// Appends an element. A string that is a canonical integer is stored as one (here and below).
    #[inline]
    pub fn push_back<'e>(&mut self, element: impl Into<Element<'e>>) -> Result<(), TooLarge> {
        self.splice(self.end(), 0, &[Piece::encode(element.into())], 1)
    }

    /// Prepends an element.
    #[inline]
    pub fn push_front<'e>(&mut self, element: impl Into<Element<'e>>) -> Result<(), TooLarge> {
        self.splice(HEADER, 0, &[Piece::encode(element.into())], 1)
    }

    /// Appends two elements at once: a field and its value, a member and its score.
    pub fn push_pair<'e>(
        &mut self,
        first: impl Into<Element<'e>>,
        second: impl Into<Element<'e>>,
    ) -> Result<(), TooLarge> {
        self.splice(self.end(), 0, &[Piece::encode(first.into()), Piece::encode(second.into())], 2)
    }

    /// Inserts an element before the one at `pos`; returns the new element's position.
    pub fn insert_before<'e>(
        &mut self,
        pos: Position,
        element: impl Into<Element<'e>>,
    ) -> Result<Position, TooLarge> {
        self.splice(pos.at(), 0, &[Piece::encode(element.into())], 1)?;
        Ok(pos)
    }

    /// Inserts two elements before the one at `pos`; returns the first one's position.
    pub fn insert_pair_before<'e>(
        &mut self,
        pos: Position,
        first: impl Into<Element<'e>>,
        second: impl Into<Element<'e>>,
    ) -> Result<Position, TooLarge> {
        self.splice(pos.at(), 0, &[Piece::encode(first.into()), Piece::encode(second.into())], 2)?;
        Ok(pos)
    }

    /// Inserts an element after the one at `pos`; returns the new element's position.
    pub fn insert_after<'e>(
        &mut self,
        pos: Position,
        element: impl Into<Element<'e>>,
    ) -> Result<Position, TooLarge> {
        let at = pos.at() + entry_len(self.as_bytes(), pos.at());
        self.insert_before(Position(at as u32), element)
    }

    /// Puts another element in the place of the one at `pos`, which stays valid.
    pub fn replace<'e>(&mut self, pos: Position, element: impl Into<Element<'e>>) -> Result<(), TooLarge> {
        let len = entry_len(self.as_bytes(), pos.at());
        self.splice(pos.at(), len, &[Piece::encode(element.into())], 0)
    }

    /// Removes the entry at `pos`; returns the position of the entry that followed it.
    #[inline]
    pub fn delete(&mut self, pos: Position) -> Option<Position> {
        self.delete_from(pos, 1)
    }

    /// Removes up to `count` entries from `pos` on; returns the position of the entry that followed them.
    pub fn delete_from(&mut self, pos: Position, count: usize) -> Option<Position> {
        let bytes = self.as_bytes();
        let (mut at, mut removed) = (pos.at(), 0);
        while removed < count && at < bytes.len() - 1 {
            at += entry_len(bytes, at);
            removed += 1;
        }
        self.raw.splice(pos.at(), at - pos.at(), &[]);
        self.subtract_count(removed);
        (pos.at() < self.end()).then_some(pos)
    }

    /// Removes up to `count` entries from `index` on (counted from the end if negative); returns how many.
    pub fn delete_range(&mut self, index: i64, count: usize) -> usize {
        let Some(pos) = self.seek(index) else { return 0 };
        let before = self.len();
        self.delete_from(pos, count);
        before - self.len()
    }

    /// Removes all entries.
    pub fn clear(&mut self) {
        *self = Self::new();
    }

    /// Appends the entries of `other`.
    pub fn append(&mut self, other: &Self) -> Result<(), TooLarge> {
        self.splice_all(self.end(), other)
    }

    /// Prepends the entries of `other`, in their order.
    pub fn prepend(&mut self, other: &Self) -> Result<(), TooLarge> {
        self.splice_all(HEADER, other)
    }

    fn splice_all(&mut self, at: usize, other: &Self) -> Result<(), TooLarge> {
        let entries = self.len() + other.len();
        self.splice(at, 0, &[Piece::verbatim(&other.as_bytes()[HEADER..other.end()])], 0)?;
        self.raw.set_count(u16::try_from(entries).unwrap_or(COUNT_UNKNOWN));
        Ok(())
    }

    /// Moves the entry at `pos` and all after it into a listpack of their own.
    pub fn split_off(&mut self, pos: Position) -> Self {
        let (at, end, len) = (pos.at(), self.end(), self.len());
        let mut rest = Self::new();
        rest.raw.splice(HEADER, 0, &[Piece::verbatim(&self.as_bytes()[at..end])]);
        self.raw.splice(at, end - at, &[]);
        let kept = self.iter().count();
        self.raw.set_count(u16::try_from(kept).unwrap_or(COUNT_UNKNOWN));
        rest.raw.set_count(u16::try_from(len - kept).unwrap_or(COUNT_UNKNOWN));
        rest
    }
}
