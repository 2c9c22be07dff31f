//! Finding a value by comparing encodings, without formatting an integer or building an element an entry.
//!
//! The value is classified once. A string shorter than 64 bytes can equal an entry only where the entry's first
//! byte says "string of that length", so most entries cost one comparison and one table look-up to step over.
//! Foreign listpacks may hold a short string in a longer form, or digits as a string; those are found as well.

use super::codec::{decode, entry_len};
use super::element::parse_integer;
use super::{Element, HEADER, Listpack, Position};

impl Listpack {
    /// Position of the first entry equal to `value` among every `skip + 1`-th entry from the start (`skip` 1 looks
    /// at the first of each pair).
    #[inline]
    pub fn find(&self, value: &[u8], skip: usize) -> Option<Position> {
        self.find_at(HEADER, value, skip)
    }

    /// As [`find`](Self::find), from `pos` on.
    #[inline]
    pub fn find_from(&self, pos: Position, value: &[u8], skip: usize) -> Option<Position> {
        self.find_at(pos.at(), value, skip)
    }

    fn find_at(&self, at: usize, value: &[u8], skip: usize) -> Option<Position> {
        let bytes = self.as_bytes();
        let found = match (parse_integer(value), value.len()) {
            (Some(integer), _) => {
                walk(bytes, at, skip, |at, first| is_integer(bytes, at, first, integer, value))
            }
            (None, 0..=63) => walk(bytes, at, skip, |at, first| {
                if first & 0xC0 == 0x80 {
                    first & 63 == value.len() as u8 && bytes[at + 1..].starts_with(value)
                } else {
                    first >= 0xE0 && is_string(bytes, at, value)
                }
            }),
            (None, _) => walk(bytes, at, skip, |at, first| first >= 0xE0 && is_string(bytes, at, value)),
        };
        found.map(|at| Position(at as u32))
    }
}

/// Offset of the first entry, of every `skip + 1`-th from `at`, for which `matches(offset, first byte)` holds.
#[inline(always)]
fn walk(bytes: &[u8], mut at: usize, skip: usize, matches: impl Fn(usize, u8) -> bool) -> Option<usize> {
    let end = bytes.len() - 1;
    while at < end {
        if matches(at, bytes[at]) {
            return Some(at);
        }
        for _ in 0..=skip {
            if at >= end {
                return None;
            }
            at += entry_len(bytes, at);
        }
    }
    None
}

fn is_string(bytes: &[u8], at: usize, value: &[u8]) -> bool {
    decode(bytes, at).0 == Element::Bytes(value)
}

#[inline(always)]
fn is_integer(bytes: &[u8], at: usize, first: u8, integer: i64, text: &[u8]) -> bool {
    if first < 0x80 {
        return i64::from(first) == integer;
    }
    match decode(bytes, at).0 {
        Element::Int(own) => own == integer,
        Element::Bytes(own) => own == text,
    }
}
