//! The bytes of one listpack entry.
//!
//! ```text
//!   entry = encoding+payload, then backlen (the length of encoding+payload, readable from its right end)
//!
//!   0vvvvvvv                              7-bit unsigned integer
//!   10llllll  bytes                       string shorter than 64
//!   110vvvvv vvvvvvvv                     13-bit signed integer, high bits first
//!   1110llll llllllll  bytes              string shorter than 4096, high bits first
//!   F0 len:u32le  bytes                   longer string
//!   F1 i16le | F2 i24le | F3 i32le | F4 i64le
//!
//!   backlen: 7 bits a byte, most significant byte first; every byte but the first has its top bit set
//! ```
//!
//! Functions that take a position assume that it is the start of an entry of a valid listpack; anywhere else they
//! answer nonsense or panic, and never touch memory outside the slice.

use super::INTEGER_TEXT_MAX;
use super::element::{Element, parse_integer};

/// Length of an entry by its first byte, backlen included; 0 where the length is not in the first byte.
static ENTRY_LEN: [u8; 256] = entry_len_table();

const fn entry_len_table() -> [u8; 256] {
    let mut table = [0u8; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte {
            0x00..=0x7F => 2,
            0x80..=0xBF => (byte as u8 & 63) + 2,
            0xC0..=0xDF => 3,
            0xF1 => 4,
            0xF2 => 5,
            0xF3 => 6,
            0xF4 => 10,
            _ => 0,
        };
        byte += 1;
    }
    table
}

/// Bytes that the backlen of an entry with `len` bytes of encoding and payload takes.
#[inline]
pub(super) const fn backlen_size(len: usize) -> usize {
    // The limits are the format's own: one below the power of two but for the first.
    match len {
        0..=127 => 1,
        128..=16_382 => 2,
        16_383..=2_097_150 => 3,
        2_097_151..=268_435_454 => 4,
        _ => 5,
    }
}

fn write_backlen(len: usize, out: &mut [u8; 5]) -> usize {
    let size = backlen_size(len);
    for (at, slot) in out[..size].iter_mut().enumerate() {
        let bits = (len >> (7 * (size - 1 - at))) as u8 & 127;
        *slot = if at == 0 { bits } else { bits | 128 };
    }
    size
}

/// Reads the backlen that ends just before `end`; returns the length it names, or `None` if it is too long or runs
/// out of the slice.
#[inline]
pub(super) fn read_backlen(bytes: &[u8], end: usize) -> Option<usize> {
    let last = *bytes.get(end.wrapping_sub(1))?;
    let mut value = usize::from(last & 127);
    if last & 128 == 0 {
        return Some(value);
    }
    for back in 2..=5usize {
        let byte = *bytes.get(end.wrapping_sub(back))?;
        value |= usize::from(byte & 127) << (7 * (back - 1));
        if byte & 128 == 0 {
            return Some(value);
        }
    }
    None
}

/// Length of the entry at `pos`, backlen included.
///
/// Walks are bound by the latency from one entry's first byte to the next entry's position. A short string's length
/// is computed, for that is a load faster than a table; integers of mixed widths would mispredict, so they are
/// looked up.
#[inline(always)]
pub(super) fn entry_len(bytes: &[u8], pos: usize) -> usize {
    let first = bytes[pos];
    if first & 0xC0 == 0x80 {
        return usize::from(first & 63) + 2;
    }
    match ENTRY_LEN[usize::from(first)] {
        0 => long_string(bytes, pos).2,
        len => usize::from(len),
    }
}

/// Offset of the payload, its length, and the whole entry's length, of a 12-bit or 32-bit string at `pos`.
#[inline]
fn long_string(bytes: &[u8], pos: usize) -> (usize, usize, usize) {
    let (head, len) = if bytes[pos] == 0xF0 {
        (5, u32::from_le_bytes(array(bytes, pos + 1)) as usize)
    } else {
        (2, usize::from(bytes[pos] & 15) << 8 | usize::from(bytes[pos + 1]))
    };
    (pos + head, len, head + len + backlen_size(head + len))
}

#[inline(always)]
fn array<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    let chunk = bytes[at..].first_chunk();
    *chunk.expect("an entry lies within its listpack")
}

/// The element at `pos`, and the entry's whole length.
#[inline(always)]
pub(super) fn decode(bytes: &[u8], pos: usize) -> (Element<'_>, usize) {
    let first = bytes[pos];
    if first < 0x80 {
        (Element::Int(i64::from(first)), 2)
    } else if first < 0xC0 {
        let len = usize::from(first & 63);
        (Element::Bytes(&bytes[pos + 1..pos + 1 + len]), len + 2)
    } else if first < 0xE0 {
        let raw = u16::from(first & 31) << 8 | u16::from(bytes[pos + 1]);
        // Sign-extends 13 bits.
        (Element::Int(i64::from((raw << 3) as i16 >> 3)), 3)
    } else {
        decode_wide(bytes, pos, first)
    }
}

#[inline]
fn decode_wide(bytes: &[u8], pos: usize, first: u8) -> (Element<'_>, usize) {
    let at = pos + 1;
    match first {
        0xF1 => (Element::Int(i64::from(i16::from_le_bytes(array(bytes, at)))), 4),
        0xF2 => {
            let [a, b, c] = array(bytes, at);
            (Element::Int(i64::from(i32::from_le_bytes([0, a, b, c]) >> 8)), 5)
        }
        0xF3 => (Element::Int(i64::from(i32::from_le_bytes(array(bytes, at)))), 6),
        0xF4 => (Element::Int(i64::from_le_bytes(array(bytes, at))), 10),
        _ => {
            let (payload, len, whole) = long_string(bytes, pos);
            (Element::Bytes(&bytes[payload..payload + len]), whole)
        }
    }
}

/// Whether the entry at `pos` is the one that this room would write. No two forms of a value have the same length.
pub(super) fn is_canonical(bytes: &[u8], pos: usize) -> bool {
    let (element, len) = decode(bytes, pos);
    Piece::encode(element).len() == len
}

/// For most entries of unknown origin: the whole length, a number that the length of the text does not exceed, and whether
/// it is the usual form. None for anything but a well-formed short string or integer.
#[inline(always)]
pub(super) fn checked_short(bytes: &[u8], pos: usize, end: usize) -> Option<(usize, usize, bool)> {
    let first = bytes[pos];
    match first {
        0x00..=0x7F => (pos + 2 <= end && bytes[pos + 1] == 1).then_some((2, 3, true)),
        0x80..=0xBF => {
            let len = usize::from(first & 63);
            let is_well_formed = pos + len + 2 <= end && usize::from(bytes[pos + 1 + len]) == len + 1;
            let text = is_well_formed.then(|| &bytes[pos + 1..pos + 1 + len])?;
            let may_be_integer = matches!(text.first(), Some(b'0'..=b'9' | b'-'));
            Some((len + 2, len, !may_be_integer || parse_integer(text).is_none()))
        }
        // Of thirteen bits. Those of seven have a shorter form.
        0xC0..=0xDF => {
            (pos + 3 <= end && bytes[pos + 2] == 2).then(|| (3, 5, first != 0xC0 || bytes[pos + 1] > 127))
        }
        0xF1..=0xF4 => checked_wide_integer(bytes, pos, end),
        _ => None,
    }
}

/// The same for an integer of 16, 24, 32 or 64 bits.
#[inline]
fn checked_wide_integer(bytes: &[u8], pos: usize, end: usize) -> Option<(usize, usize, bool)> {
    // By the first byte: width in bytes, and as how many bits the value has a shorter form.
    let (width, narrower) =
        [(2, 13), (3, 16), (4, 24), (8, 32)][usize::from(bytes[pos].wrapping_sub(0xF1)) & 3];
    let value = bytes[..end].get(pos + 1..)?.get(..width)?;
    if pos + width + 2 > end || usize::from(bytes[pos + 1 + width]) != width + 1 {
        return None;
    }
    let mut wide = [0; 8];
    wide[..width].copy_from_slice(value);
    let unused = 64 - 8 * width as u32;
    let value = i64::from_le_bytes(wide) << unused >> unused;
    Some((width + 2, INTEGER_TEXT_MAX, value << (64 - narrower) >> (64 - narrower) != value))
}

/// Length of the entry at `pos` if it lies wholly before `end` and is well formed, for bytes of unknown origin.
pub(super) fn checked_entry_len(bytes: &[u8], pos: usize, end: usize) -> Option<usize> {
    let first = *bytes[..end].get(pos)?;
    let head = match first {
        0xF5..=0xFF => return None,
        0xF0 => 5,
        0xE0..=0xEF => 2,
        _ => 1,
    };
    if end - pos < head {
        return None;
    }
    let len = entry_len(bytes, pos);
    let next = pos.checked_add(len).filter(|&next| next <= end)?;
    // Exactly the bytes that would be written: a backlen that merely reads right could continue into the payload.
    let named = read_backlen(&bytes[pos..next], len)?;
    let mut expected = [0; 5];
    let size = write_backlen(named, &mut expected);
    (named + size == len && bytes[next - size..next] == expected[..size]).then_some(len)
}

/// An entry on its way into a listpack: what stands before and after the payload, and the payload itself.
pub(super) struct Piece<'a> {
    head: [u8; 16],
    head_len: u8,
    payload: &'a [u8],
    tail: [u8; 5],
    tail_len: u8,
}

impl<'a> Piece<'a> {
    /// Encodes an element; a string that is a canonical integer becomes one.
    #[inline]
    pub(super) fn encode(element: Element<'a>) -> Self {
        match element {
            Element::Int(value) => Self::integer(value),
            Element::Bytes(bytes) => match parse_integer(bytes) {
                Some(value) => Self::integer(value),
                None => Self::string(bytes),
            },
        }
    }

    /// Whole entries that are encoded already.
    pub(super) fn verbatim(entries: &'a [u8]) -> Self {
        Self { head: [0; 16], head_len: 0, payload: entries, tail: [0; 5], tail_len: 0 }
    }

    fn integer(value: i64) -> Self {
        let mut head = [0u8; 16];
        let wide = value.to_le_bytes();
        let len = match value {
            0..=127 => {
                head[0] = value as u8;
                1
            }
            -4096..=4095 => {
                head[0] = 0xC0 | (value >> 8) as u8 & 31;
                head[1] = value as u8;
                2
            }
            _ => {
                let (mark, width) = match value {
                    -32_768..=32_767 => (0xF1, 2),
                    -8_388_608..=8_388_607 => (0xF2, 3),
                    -2_147_483_648..=2_147_483_647 => (0xF3, 4),
                    _ => (0xF4, 8),
                };
                head[0] = mark;
                head[1..9].copy_from_slice(&wide);
                1 + width
            }
        };
        // Every integer is shorter than 128 bytes: one byte of backlen, which is the length itself.
        head[len] = len as u8;
        Self { head, head_len: len as u8 + 1, payload: &[], tail: [0; 5], tail_len: 0 }
    }

    fn string(bytes: &'a [u8]) -> Self {
        let mut head = [0u8; 16];
        let head_len = match bytes.len() {
            len @ 0..=63 => {
                head[0] = 0x80 | len as u8;
                1
            }
            len @ 64..=4095 => {
                head[0] = 0xE0 | (len >> 8) as u8;
                head[1] = len as u8;
                2
            }
            len => {
                head[0] = 0xF0;
                head[1..5].copy_from_slice(&(len as u32).to_le_bytes());
                5
            }
        };
        let mut tail = [0; 5];
        let tail_len = write_backlen(head_len + bytes.len(), &mut tail);
        Self { head, head_len: head_len as u8, payload: bytes, tail, tail_len: tail_len as u8 }
    }

    /// Bytes that the piece takes in the listpack.
    #[inline]
    pub(super) fn len(&self) -> usize {
        usize::from(self.head_len) + self.payload.len() + usize::from(self.tail_len)
    }

    /// The first byte: kind, and length of a short string.
    #[inline(always)]
    pub(super) fn first(&self) -> u8 {
        self.head[0]
    }

    /// Offsets of a byte in the middle and of the last byte of what tells one value from another.
    #[inline]
    pub(super) fn probes(&self) -> (usize, usize) {
        match self.payload.len() {
            // An integer: the two bytes before the backlen.
            0 => (usize::from(self.head_len).saturating_sub(3), usize::from(self.head_len).saturating_sub(2)),
            len => (usize::from(self.head_len) + len / 2, usize::from(self.head_len) + len - 1),
        }
    }

    /// The byte at `offset`, which is before the tail.
    #[inline]
    pub(super) fn byte(&self, offset: usize) -> u8 {
        match offset.checked_sub(usize::from(self.head_len)) {
            None => self.head[offset],
            Some(offset) => self.payload[offset],
        }
    }

    /// Whether `bytes` begin with the piece's encoding and payload.
    #[inline(always)]
    pub(super) fn matches(&self, bytes: &[u8]) -> bool {
        let head = usize::from(self.head_len);
        bytes.len() > head + self.payload.len()
            && bytes[..head] == self.head[..head]
            && bytes[head..head + self.payload.len()] == *self.payload
    }

    /// The three runs of bytes that make up the piece.
    #[inline]
    pub(super) fn runs(&self) -> [&[u8]; 3] {
        [&self.head[..usize::from(self.head_len)], self.payload, &self.tail[..usize::from(self.tail_len)]]
    }
}
