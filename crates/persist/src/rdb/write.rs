//! Write: lengths, strings and numbers as the file has them.

use super::packed;
use hematite_base::number::{Digits, parse_i64};
use hematite_structures::listpack::Element;
use hematite_structures::lzf;

/// Strings up to this many bytes are never packed.
const COMPRESS_ABOVE: usize = 20;
/// The longest text that may be an integer of 32 bits.
const INTEGER_TEXT_MAX: usize = 11;

/// Appends a length.
#[inline]
pub fn length(out: &mut Vec<u8>, len: u64) {
    match len {
        0..64 => out.push(len as u8),
        64..16_384 => out.extend_from_slice(&[0x40 | (len >> 8) as u8, len as u8]),
        _ => match u32::try_from(len) {
            Ok(len) => {
                out.push(0x80);
                out.extend_from_slice(&len.to_be_bytes());
            }
            Err(_) => {
                out.push(0x81);
                out.extend_from_slice(&len.to_be_bytes());
            }
        },
    }
}

/// Appends a string, as an integer or packed where it can be.
#[inline]
pub fn string(out: &mut Vec<u8>, text: &[u8], compression: bool) {
    if text.len() <= INTEGER_TEXT_MAX
        && let Some(n) = parse_i64(text).and_then(|n| i32::try_from(n).ok())
    {
        return integer_32(out, n);
    }
    if compression && text.len() > COMPRESS_ABOVE && compressed(out, text) {
        return;
    }
    plain(out, text);
}

/// Appends a string as it is.
#[inline]
pub fn plain(out: &mut Vec<u8>, text: &[u8]) {
    length(out, text.len() as u64);
    out.extend_from_slice(text);
}

/// Appends the string that is an integer's text.
#[inline]
pub fn integer(out: &mut Vec<u8>, n: i64) {
    match i32::try_from(n) {
        Ok(n) => integer_32(out, n),
        Err(_) => plain(out, Digits::default().i64(n)),
    }
}

#[inline]
fn integer_32(out: &mut Vec<u8>, n: i32) {
    let bytes = n.to_le_bytes();
    let (kind, width) = match n {
        -128..=127 => (packed::INT8, 1),
        -32_768..=32_767 => (packed::INT16, 2),
        _ => (packed::INT32, 4),
    };
    out.push(0xC0 | kind);
    out.extend_from_slice(&bytes[..width]);
}

/// Appends an element of a collection as a string.
#[inline]
pub fn element(out: &mut Vec<u8>, element: Element<'_>, compression: bool) {
    match element {
        Element::Int(n) => integer(out, n),
        Element::Bytes(text) => string(out, text, compression),
    }
}

/// Appends a string packed as LZF if that saves more than its own head; whether it did.
fn compressed(out: &mut Vec<u8>, text: &[u8]) -> bool {
    let start = out.len();
    out.push(0xC0 | packed::LZF);
    let head = out.len();
    if !lzf::compress(text, text.len() - 4, out) {
        out.truncate(start);
        return false;
    }
    // The length of what was packed stands before it, and is known only now.
    let packed_len = out.len() - head;
    length(out, packed_len as u64);
    length(out, text.len() as u64);
    let lengths = out.len() - head - packed_len;
    out[head..].rotate_right(lengths);
    true
}

/// Appends a time in Unix milliseconds.
#[inline]
pub fn time_ms(out: &mut Vec<u8>, at: i64) {
    out.extend_from_slice(&at.to_le_bytes());
}
