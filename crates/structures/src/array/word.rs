//! Word: the value of one slot in eight bytes, with nothing on the heap where it is short or a number.
//!
//! ```text
//!   bit 63  62 61                                             0
//!      +------+------------------------------------------------+
//!      |  0 0 | 0: nothing; else the address of a Text          |
//!      |  0 1 | an integer of 62 bits, with its sign            |
//!      |  1 0 | sign (1) | scale (5) | digits (56)              |   -?digits.digits, "scale" of them behind the point
//!      |  1 1 | 0 (3) | length (3) | up to 7 bytes (56)         |
//!      +------+------------------------------------------------+
//! ```
//!
//! What is read is byte for byte what was written: a text is kept as a number only if the number has that one text. So `10.50`
//! is a decimal (1050, scale 2), and `010.5`, `1e3` and `+1` are texts.

use crate::text_set::text::Text;
use crate::thin::Thin;
use hematite_base::number;
use std::ptr::NonNull;

const TAG_SHIFT: u32 = 62;
const PAYLOAD: u64 = (1 << TAG_SHIFT) - 1;
const INTEGER: u64 = 0b01;
const DECIMAL: u64 = 0b10;
const SMALL: u64 = 0b11;

const DIGITS_BITS: u32 = 56;
const DIGITS: u64 = (1 << DIGITS_BITS) - 1;
const SCALE_MAX: usize = 31;
const SIGN: u64 = 1 << 61;
/// Longest text that fits into the word itself, bytes.
const SMALL_MAX: usize = 7;
/// Longest text of a word that owns no Text, bytes: a sign, a zero, a point and 31 digits.
const TEXT_MAX: usize = 34;

/// Where a word that is a number, or short, writes its text.
pub struct WordText([u8; TEXT_MAX]);

impl Default for WordText {
    fn default() -> WordText {
        WordText([0; TEXT_MAX])
    }
}

/// See the head of the file.
#[repr(transparent)]
#[derive(Default)]
pub struct Word(u64);

impl Word {
    /// Keeps a copy of a text.
    pub fn new(text: &[u8]) -> Word {
        if let Some(n) = number::parse_i64(text)
            && (n << 2) >> 2 == n
        {
            return Word(INTEGER << TAG_SHIFT | (n as u64 & PAYLOAD));
        }
        if text.len() <= SMALL_MAX {
            let mut bytes = [0; 8];
            bytes[..text.len()].copy_from_slice(text);
            return Word(SMALL << TAG_SHIFT | (text.len() as u64) << DIGITS_BITS | u64::from_le_bytes(bytes));
        }
        match decimal(text) {
            Some(payload) => Word(DECIMAL << TAG_SHIFT | payload),
            None => Word(Text::new(text).into_raw().as_ptr().expose_provenance() as u64),
        }
    }
    /// A word that holds 48 bits for its container.
    pub(super) fn immediate(bits: u64) -> Word {
        Word(INTEGER << TAG_SHIFT | bits)
    }
    /// Those bits.
    pub(super) fn bits(&self) -> u64 {
        self.0 & PAYLOAD
    }
    /// Whether it holds nothing.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.0 == 0
    }
    /// The integer, if it is kept as one: then its text is the canonical one.
    #[inline]
    pub fn as_integer(&self) -> Option<i64> {
        (self.0 >> TAG_SHIFT == INTEGER).then_some((self.0 << 2) as i64 >> 2)
    }
    /// The text; empty for a word that holds nothing.
    #[inline]
    pub fn text<'a>(&'a self, space: &'a mut WordText) -> &'a [u8] {
        match self.0 >> TAG_SHIFT {
            INTEGER => {
                let mut digits = number::Digits::default();
                let text = digits.i64((self.0 << 2) as i64 >> 2);
                space.0[..text.len()].copy_from_slice(text);
                &space.0[..text.len()]
            }
            DECIMAL => write_decimal(self.0, space),
            SMALL => {
                space.0[..8].copy_from_slice(&(self.0 & DIGITS).to_le_bytes());
                &space.0[..(self.0 >> DIGITS_BITS) as usize & 7]
            }
            _ => self.owned().map_or(&[], |raw| {
                // SAFETY: a word with an address owns the Text there for as long as it lives.
                unsafe { Text::bytes_at(raw) }
            }),
        }
    }
    /// Bytes of heap that it owns, rounded up as allocators do.
    #[inline]
    pub fn heap_bytes(&self) -> usize {
        self.owned().map_or(0, |raw| {
            // SAFETY: as in `text`; ManuallyDrop keeps this second handle from freeing.
            std::mem::ManuallyDrop::new(unsafe { Text::from_raw(raw) }).heap_bytes()
        })
    }
    /// The address of the Text that it owns.
    #[inline(always)]
    fn owned(&self) -> Option<NonNull<u8>> {
        match self.0 >> TAG_SHIFT {
            0 => NonNull::new(std::ptr::with_exposed_provenance_mut(self.0 as usize)),
            _ => None,
        }
    }
}

impl std::fmt::Debug for Word {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "\"{}\"", self.text(&mut WordText::default()).escape_ascii())
    }
}

impl Clone for Word {
    fn clone(&self) -> Word {
        match self.owned() {
            Some(_) => Word::new(self.text(&mut WordText::default())),
            None => Word(self.0),
        }
    }
}

impl Drop for Word {
    #[inline]
    fn drop(&mut self) {
        if let Some(raw) = self.owned() {
            // SAFETY: the address came from `into_raw` in `new`, and this word alone owns it.
            drop(unsafe { Text::from_raw(raw) });
        }
    }
}

/// Sign, scale and digits of a text that is what [`write_decimal`] would make of them.
fn decimal(text: &[u8]) -> Option<u64> {
    let (sign, unsigned) = match text {
        [b'-', unsigned @ ..] => (SIGN, unsigned),
        _ => (0, text),
    };
    let point = unsigned.iter().position(|byte| *byte == b'.')?;
    let scale = unsigned.len() - point - 1;
    let is_canonical = point == 1 || point > 1 && unsigned[0] != b'0';
    if !is_canonical || !(1..=SCALE_MAX).contains(&scale) {
        return None;
    }
    let mut digits: u64 = 0;
    for byte in unsigned[..point].iter().chain(&unsigned[point + 1..]) {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        digits = digits.checked_mul(10)?.checked_add(digit.into())?;
        if digits > DIGITS {
            return None;
        }
    }
    Some(sign | (scale as u64) << DIGITS_BITS | digits)
}

/// The text of a decimal, written from its end.
fn write_decimal(word: u64, space: &mut WordText) -> &[u8] {
    let (mut digits, scale) = (word & DIGITS, (word >> DIGITS_BITS) as usize & SCALE_MAX);
    let (mut at, mut written) = (TEXT_MAX, 0);
    while digits > 0 || written <= scale {
        if written == scale {
            at -= 1;
            space.0[at] = b'.';
        }
        at -= 1;
        space.0[at] = b'0' + (digits % 10) as u8;
        digits /= 10;
        written += 1;
    }
    if word & SIGN != 0 {
        at -= 1;
        space.0[at] = b'-';
    }
    &space.0[at..]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(text: &str) -> u64 {
        let word = Word::new(text.as_bytes());
        assert_eq!(word.text(&mut WordText::default()), text.as_bytes());
        assert_eq!(word.clone().text(&mut WordText::default()), text.as_bytes());
        assert_eq!(word.heap_bytes() > 0, word.0 >> TAG_SHIFT == 0, "{text}");
        assert!(!word.is_empty());
        word.0 >> TAG_SHIFT
    }

    #[test]
    fn what_is_read_is_what_was_written() {
        let largest = (1i64 << 61) - 1;
        for text in ["0", "-1", "12345678901", &largest.to_string(), &(-largest - 1).to_string()] {
            assert_eq!(tag(text), INTEGER, "{text}");
        }
        for text in ["", "a", "-", "-0", "+1", "007", "1.5", "-0.0", "\0\0\0", "seven77"] {
            assert_eq!(tag(text), SMALL, "{text:?}");
        }
        for text in [
            "3.141592653589793",
            "-2.718281828459045",
            "1000000.0",
            "-0.00000",
            "0.0000000000000000000000000000001",
            "10.50000",
            "-72057594037927.935",
            "0.000000",
            "-0.1234567890123456",
            "1.234567890123456",
        ] {
            assert_eq!(tag(text), DECIMAL, "{text}");
        }
        for text in [
            "eight888",
            "001.25000",
            "1.0e+100",
            "12345678.",
            ".12345678",
            "--1.00000",
            "1.2.3.4.5",
            "72057594037927.937",
            "9223372036854775807",
            "-9223372036854775808",
            "0.00000000000000000000000000000001",
            "1.00000-2",
        ] {
            assert_eq!(tag(text), 0, "{text}");
        }
        assert_eq!(tag(&"x".repeat(70_000)), 0);
        assert!(Word::default().is_empty() && Word::default().text(&mut WordText::default()).is_empty());
    }
}
