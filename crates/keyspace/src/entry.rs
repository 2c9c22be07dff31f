//! Entry: a key with its value, expiry and access clock in one allocation (layout: `structures::packed`).
//!
//! The record's name is the key, its extra word the expiry in milliseconds, its stamp the access clock: seconds for LRU,
//! minutes and a counter for LFU.

use crate::text::Text;
use crate::value::{Kind, Value};
use crate::view::WrongType;
use hematite_base::number::Digits;
use hematite_structures::marked::ItemMut;
use hematite_structures::packed::{self, Body, Packed};
use hematite_structures::thin_bytes;
use smallvec::SmallVec;
use thin_vec::ThinVec;

/// A key and what it holds.
pub type Entry = Packed<Value>;
/// An entry to be changed in its place; the dict and the expiry index follow.
pub type EntryMut<'a> = ItemMut<'a, Entry, &'a crate::stripe::Rehash>;
/// What an entry is to hold.
pub type NewBody<'a> = packed::NewBody<'a, Value>;

/// Owner flag: a short string that OBJECT ENCODING calls raw, since it was changed in place.
const RAW: u8 = 0b0001_0000;
/// Longest string kept inside its entry, bytes.
pub(crate) const INLINE_MAX: usize = 1024;
/// Longest string that is `embstr`, bytes.
const EMBSTR_MAX: usize = 44;

/// What happens to a key's expiry when its value is replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expiry {
    /// The key lives on as before.
    Keep,
    /// The key lives until it is deleted.
    Never,
    /// The key goes at this Unix time in milliseconds.
    At(i64),
}

/// What an entry means to the keyspace.
pub trait EntryExt {
    /// The value's type.
    fn kind(&self) -> Kind;
    /// The name that OBJECT ENCODING answers.
    fn encoding(&self) -> &'static str;
    /// Unix time in milliseconds at which the key goes.
    fn expires_at(&self) -> Option<i64>;
    /// Sets or removes the expiry.
    fn set_expires_at(&mut self, at: Option<i64>);
    /// Whether the key is gone at `now_ms`.
    fn is_expired(&self, now_ms: i64) -> bool;
    /// The string's bytes, if it is kept as bytes.
    fn text(&self) -> Option<&[u8]>;
    /// The string, however it is kept.
    fn string(&self) -> Result<Text<'_>, WrongType>;
    /// Sets a string, as an integer where it is one in canonical form.
    fn set_string(&mut self, text: &[u8]) -> Option<Value>;
    /// Sets a string's bytes: never an integer, `embstr` to OBJECT ENCODING while it is short.
    fn set_bytes(&mut self, text: &[u8]) -> Option<Value>;
    /// Sets a string's bytes after a change in place: never an integer, and `raw` to OBJECT ENCODING.
    fn set_raw(&mut self, text: &[u8]) -> Option<Value>;
    /// Sets an integer; in its place where the entry held one of the same width. The entry must hold a string.
    fn set_integer(&mut self, n: i64);
    /// Puts bytes at the end of a string, which becomes raw; its new length.
    fn append(&mut self, tail: &[u8]) -> Result<usize, WrongType>;
    /// A string's bytes to be changed in place, filled with zeros up to `len_min`; the string becomes raw.
    fn bytes_mut_filled(&mut self, len_min: usize) -> Result<&mut [u8], WrongType>;
    /// Bytes that the key takes: its allocation, what the value owns, and its place in the dict.
    fn memory_bytes(&self) -> usize;
    /// See [`Value::drop_effort`].
    fn drop_effort(&self) -> usize;
    /// The same value, expiry and clock under another key.
    fn duplicate(&self, key: &[u8]) -> Entry;
}

/// The body for a string: an integer where it is one in canonical form, inline where it is short.
pub fn string_body(text: &[u8]) -> NewBody<'_> {
    if text.len() <= 20
        && let Some(n) = hematite_base::number::parse_i64(text)
    {
        return NewBody::Integer(n);
    }
    raw_body(text)
}

fn raw_body(text: &[u8]) -> NewBody<'_> {
    if text.len() <= INLINE_MAX {
        NewBody::Bytes(text)
    } else {
        NewBody::Value(Value::Text(thin_bytes::copy(text).into()))
    }
}

/// Room for a string of `len` bytes that has grown once and will again: twice as much, at most 1 MiB more.
fn roomy(len: usize) -> usize {
    len + len.min(1 << 20)
}

impl EntryExt for Entry {
    #[inline]
    fn kind(&self) -> Kind {
        match self.body() {
            Body::Value(value) => value.kind(),
            _ => Kind::String,
        }
    }
    fn encoding(&self) -> &'static str {
        match self.body() {
            Body::Integer(_) => "int",
            Body::Bytes(bytes) if bytes.len() <= EMBSTR_MAX && self.owner_flags() & RAW == 0 => "embstr",
            Body::Bytes(_) => "raw",
            Body::Value(value) => value.encoding(),
        }
    }
    #[inline(always)]
    fn expires_at(&self) -> Option<i64> {
        self.extra().map(|at| at as i64)
    }
    fn set_expires_at(&mut self, at: Option<i64>) {
        self.set_extra(at.map(|at| at as u64));
    }
    #[inline(always)]
    fn is_expired(&self, now_ms: i64) -> bool {
        self.expires_at().is_some_and(|at| at < now_ms)
    }
    #[inline(always)]
    fn text(&self) -> Option<&[u8]> {
        match self.body() {
            Body::Bytes(bytes) => Some(bytes),
            Body::Value(value) => value.as_text(),
            Body::Integer(_) => None,
        }
    }
    #[inline(always)]
    fn string(&self) -> Result<Text<'_>, WrongType> {
        match self.body() {
            Body::Bytes(bytes) => Ok(Text::Bytes(bytes)),
            Body::Integer(n) => Ok(Text::Integer(n)),
            Body::Value(value) => value.as_text().map(Text::Bytes).ok_or(WrongType),
        }
    }
    fn set_string(&mut self, text: &[u8]) -> Option<Value> {
        self.set_owner_flags(self.owner_flags() & !RAW);
        self.set_body(string_body(text))
    }
    fn set_bytes(&mut self, text: &[u8]) -> Option<Value> {
        self.set_owner_flags(self.owner_flags() & !RAW);
        self.set_body(raw_body(text))
    }
    fn set_raw(&mut self, text: &[u8]) -> Option<Value> {
        self.set_owner_flags(self.owner_flags() | RAW);
        self.set_body(raw_body(text))
    }
    fn set_integer(&mut self, n: i64) {
        self.set_owner_flags(self.owner_flags() & !RAW);
        if !self.replace_integer(n) {
            self.set_body(NewBody::Integer(n));
        }
    }
    fn append(&mut self, tail: &[u8]) -> Result<usize, WrongType> {
        let len = self.string()?.len();
        let bytes = self.bytes_mut_filled(len + tail.len())?;
        bytes[len..].copy_from_slice(tail);
        Ok(bytes.len())
    }
    fn bytes_mut_filled(&mut self, len_min: usize) -> Result<&mut [u8], WrongType> {
        let mut digits = Digits::default();
        let text = self.string()?;
        let is_inline = matches!(self.body(), Body::Bytes(_));
        let len = text.len();
        if !(is_inline && len >= len_min) && self.value_mut().is_none() {
            let text = self.string()?;
            let text = text.bytes(&mut digits);
            let len_new = len_min.max(len);
            if len_new > INLINE_MAX {
                let mut grown = ThinVec::with_capacity(roomy(len_new));
                thin_bytes::extend(&mut grown, text);
                self.set_body(NewBody::Value(Value::Text(grown.into())));
            } else {
                let mut grown = SmallVec::<[u8; 128]>::from_slice(text);
                grown.resize(len_new, 0);
                self.set_body(NewBody::Bytes(&grown));
            }
        }
        self.set_owner_flags(self.owner_flags() | RAW);
        if let Body::Bytes(_) = self.body() {
            return self.bytes_mut().ok_or(WrongType);
        }
        let text = self.value_mut().and_then(Value::as_text_mut).ok_or(WrongType)?;
        if text.len() < len_min {
            text.change(|text| {
                if text.capacity() < len_min {
                    text.reserve_exact(roomy(len_min) - text.len());
                }
                thin_bytes::fill_to(text, len_min);
            });
        }
        Ok(text)
    }
    fn memory_bytes(&self) -> usize {
        let owned = match self.body() {
            Body::Value(value) => value.heap_bytes(),
            _ => 0,
        };
        // A slot of the dict at its usual load, and one of the expiry index.
        self.allocated() + owned + 11 + if self.extra().is_some() { 11 } else { 0 }
    }
    fn drop_effort(&self) -> usize {
        match self.body() {
            Body::Value(value) => value.drop_effort(),
            _ => 1,
        }
    }
    fn duplicate(&self, key: &[u8]) -> Entry {
        let body = match self.body() {
            Body::Bytes(bytes) => NewBody::Bytes(bytes),
            Body::Integer(n) => NewBody::Integer(n),
            Body::Value(value) => NewBody::Value(value.duplicate()),
        };
        let copy = Entry::new(key, self.extra(), body);
        copy.set_owner_flags(self.owner_flags());
        copy.touch(self.stamp());
        copy
    }
}
