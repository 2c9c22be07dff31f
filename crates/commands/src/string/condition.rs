//! Condition: what SET and DELEX ask of a key before they act: NX, XX, and comparisons of the value or its digest.

use crate::prelude::*;
use hematite_base::hash;
use hematite_base::number::Digits;

/// Hexadecimal digits of a digest.
const DIGEST_DIGITS: usize = 16;

/// A condition; the value is the argument as it came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Condition<'a> {
    /// None.
    #[default]
    Always,
    /// NX: no key.
    Missing,
    /// XX: a key.
    Present,
    /// IFEQ: a string equal to this.
    Equal(&'a [u8]),
    /// IFNE: no key, or a string that differs.
    Unequal(&'a [u8]),
    /// IFDEQ: a string with this digest.
    DigestEqual(&'a [u8]),
    /// IFDNE: no key, or a string with another digest.
    DigestUnequal(&'a [u8]),
}

impl<'a> Condition<'a> {
    /// The comparison of a name and its value.
    pub fn comparison(name: &[u8], value: &'a [u8]) -> Option<Condition<'a>> {
        let make: fn(&'a [u8]) -> Condition<'a> = match name.to_ascii_lowercase().as_slice() {
            b"ifeq" => Condition::Equal,
            b"ifne" => Condition::Unequal,
            b"ifdeq" => Condition::DigestEqual,
            b"ifdne" => Condition::DigestUnequal,
            _ => return None,
        };
        Some(make(value))
    }
    /// Takes the option of SET at `at`, if it is one: how many arguments it used, or 0 if it is none, or if another
    /// condition came before.
    pub fn take(&mut self, ctx: &Context<'a, '_>, at: usize) -> usize {
        let (condition, used) = if ctx.is(at, "nx") {
            (Condition::Missing, 1)
        } else if ctx.is(at, "xx") {
            (Condition::Present, 1)
        } else if at + 1 < ctx.args.len()
            && let Some(comparison) = Condition::comparison(ctx.args[at], ctx.args[at + 1])
        {
            (comparison, 2)
        } else {
            return 0;
        };
        let is_first = *self == Condition::Always;
        // NX NX says it twice; a second comparison is refused.
        let is_again = used == 1 && *self == condition;
        if !is_first && !is_again {
            return 0;
        }
        *self = condition;
        used
    }
    /// Whether it looks at the value: the journal can't carry it then.
    pub fn is_of_value(self) -> bool {
        !matches!(self, Condition::Always | Condition::Missing | Condition::Present)
    }
    /// Whether it holds for a key.
    pub fn holds(self, ctx: &mut Context, key: &[u8]) -> Result<bool, Error> {
        match self {
            Condition::Always => return Ok(true),
            // An attempt counts as an access.
            Condition::Missing => return Ok(ctx.db.write(key).is_none()),
            Condition::Present => return Ok(ctx.db.exists(key)),
            _ => {}
        }
        match ctx.db.peek(key) {
            Some(entry) => self.holds_for(entry.string()?),
            None => Ok(matches!(self, Condition::Unequal(_) | Condition::DigestUnequal(_))),
        }
    }
    /// Whether a comparison holds for a string.
    pub fn holds_for(self, text: Text) -> Result<bool, Error> {
        Ok(match self {
            Condition::Equal(value) => text.is(value),
            Condition::Unequal(value) => !text.is(value),
            Condition::DigestEqual(digest) => parse_digest(digest)? == digest_of(text),
            Condition::DigestUnequal(digest) => parse_digest(digest)? != digest_of(text),
            Condition::Always | Condition::Present => true,
            Condition::Missing => false,
        })
    }
}

/// The digest of a string.
pub(super) fn digest_of(text: Text) -> u64 {
    hash::digest(text.bytes(&mut Digits::default()))
}

fn parse_digest(text: &[u8]) -> Result<u64, Error> {
    std::str::from_utf8(text)
        .ok()
        .filter(|text| text.len() == DIGEST_DIGITS && text.bytes().all(|b| b.is_ascii_hexdigit()))
        .and_then(|text| u64::from_str_radix(text, 16).ok())
        .ok_or(Error::fixed("ERR must be exactly 16 hexadecimal characters"))
}
