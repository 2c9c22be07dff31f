//! Text: a string as a handler reads it, kept as bytes or as an integer.

use hematite_base::number::{self, Digits};

/// A string value, borrowed from its entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Text<'a> {
    /// Bytes.
    Bytes(&'a [u8]),
    /// The decimal text of an integer.
    Integer(i64),
}

impl<'a> Text<'a> {
    /// The bytes; `digits` holds them where the string is an integer.
    #[inline]
    pub fn bytes<'d>(self, digits: &'d mut Digits) -> &'d [u8]
    where
        'a: 'd,
    {
        match self {
            Text::Bytes(bytes) => bytes,
            Text::Integer(n) => digits.i64(n),
        }
    }
    /// Length in bytes.
    pub fn len(self) -> usize {
        self.bytes(&mut Digits::default()).len()
    }
    /// Whether it is the empty string.
    pub fn is_empty(self) -> bool {
        matches!(self, Text::Bytes([]))
    }
    /// The integer that it is in canonical form.
    #[inline]
    pub fn integer(self) -> Option<i64> {
        match self {
            Text::Bytes(bytes) => number::parse_i64(bytes),
            Text::Integer(n) => Some(n),
        }
    }
    /// Whether it is these bytes.
    pub fn is(self, bytes: &[u8]) -> bool {
        self.bytes(&mut Digits::default()) == bytes
    }
}
