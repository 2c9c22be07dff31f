//! An array as the file has it: its values with their indices, and where the last one was appended.
//!
//! ```text
//!   count  0 | 1 cursor  then for each value:  index  1 int64 (LE) | 3 string of up to 7 bytes | 0 string
//! ```
//!
//! Readers take a number as 2 and a double as well: so the reference writes `3.25`. Here it goes as a string, which keeps
//! every digit.

use super::super::{array_tag as tag, write};
use hematite_structures::array::{Array, Word, WordText};

/// Longest string that goes as a small one, bytes.
const SMALL_MAX: usize = 7;

/// Appends an array.
pub(super) fn encode(out: &mut Vec<u8>, array: &Array, compression: bool) {
    encode_head(out, array);
    array.for_each(|index, word| encode_slot(out, index, word, compression));
}

/// Appends what stands before the values.
pub(super) fn encode_head(out: &mut Vec<u8>, array: &Array) {
    write::length(out, array.count());
    write::length(out, array.cursor.is_some().into());
    if let Some(cursor) = array.cursor {
        write::length(out, cursor);
    }
}

/// Appends a value with its index.
pub(super) fn encode_slot(out: &mut Vec<u8>, index: u64, word: &Word, compression: bool) {
    write::length(out, index);
    if let Some(n) = word.as_integer() {
        write::length(out, tag::INTEGER);
        out.extend_from_slice(&n.to_le_bytes());
        return;
    }
    let mut space = WordText::default();
    let text = word.text(&mut space);
    write::length(out, if text.len() <= SMALL_MAX { tag::SMALL } else { tag::TEXT });
    write::string(out, text, compression);
}
