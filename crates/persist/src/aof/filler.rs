//! Filler: what lies behind the last group of a file that is synced after each.
//!
//! ```text
//!   offset   0 mod 64                                                      63 mod 64
//!            # # # # # # # # # # # # # # # # # # # # # # # # # # # ... # # \n          lines that readers skip
//!   ... group │# # # # ... # \n│# # # ... # \n│ ... end of the file                   a group may end within one
//! ```
//!
//! To append makes a file longer, so each sync has to write the file system's own notes as well, and to wait for them. To write
//! over bytes that are there already does not. So the file is lengthened by many groups at once, with lines that mean nothing;
//! what is left of them is cut off when the file is closed.
//!
//! A line ends at each multiple of its length, so what is left of it behind a group is a line, too, unless only its end is:
//! a group does not end there. And where a sector of a group has never reached the disk, whole lines show it.

use crate::storage::{File, read_full_at};
use std::io;
use std::ops::{Range, RangeInclusive};

/// Bytes of a line; divides the sectors of all disks, and is short enough for all readers.
pub(super) const LINE: u64 = 64;
/// Bytes by which a file is lengthened, and the part of its own length that it is where that lies between them.
const AHEAD_BYTES: RangeInclusive<u64> = 64 << 10..=256 << 10;
const AHEAD_PARTS: u64 = 16;
/// Bytes that are looked at together.
const LOOK_BYTES: u64 = 64 << 10;

/// The byte of filler at an offset of the file.
fn byte(offset: u64) -> u8 {
    if offset % LINE == LINE - 1 { b'\n' } else { b'#' }
}

/// The line that an offset lies in, from there on.
fn rest_of_line(offset: u64) -> Range<u64> {
    offset..offset - offset % LINE + LINE
}

/// Whether bytes at an offset are those of filler.
fn is_filler(offset: u64, bytes: &[u8]) -> bool {
    (offset..).zip(bytes).all(|(at, found)| byte(at) == *found)
}

/// Where the next filler ends that begins at an offset; a file ends with a line. The sync that follows has the file system's notes
/// to write, so a file that has grown is lengthened by more.
pub(super) fn end_ahead(from: u64) -> u64 {
    (from + (from / AHEAD_PARTS).clamp(*AHEAD_BYTES.start(), *AHEAD_BYTES.end())).next_multiple_of(LINE)
}

/// Filler for a range of offsets.
pub(super) fn lines(range: Range<u64>) -> Vec<u8> {
    range.map(byte).collect()
}

/// Whether a group may end there: not if filler behind it would begin with the end of a line.
pub(super) fn may_begin(offset: u64) -> bool {
    byte(offset) == b'#'
}

/// Bytes of the line of filler, or of what is left of one, that begins with these bytes at an offset; it may be more than there
/// are. `None` if they are something else, or too few to tell.
pub(super) fn line_at(offset: u64, bytes: &[u8]) -> Option<usize> {
    let line = rest_of_line(offset);
    let size = (line.end - line.start) as usize;
    // Annotations begin with one such character, too.
    (bytes.len() > 1 && is_filler(offset, &bytes[..size.min(bytes.len())])).then_some(size)
}

/// Whether there is a line of filler, or what of one lies within these bytes at an offset.
pub(super) fn is_within(offset: u64, bytes: &[u8]) -> bool {
    let end = offset + bytes.len() as u64;
    let mut at = offset;
    while at < end {
        let next = rest_of_line(at).end;
        if is_filler(at, &bytes[(at - offset) as usize..(next.min(end) - offset) as usize]) {
            return true;
        }
        at = next;
    }
    false
}

/// Where the filler begins that a file ends with; its length if there is none.
pub(super) fn end_of_data(file: &dyn File) -> io::Result<u64> {
    let len = file.len()?;
    let mut end = len;
    loop {
        let start = end.saturating_sub(LOOK_BYTES);
        let mut bytes = vec![0; (end - start) as usize];
        let count = read_full_at(file, start, &mut bytes)?;
        if count < bytes.len() {
            return Ok(start + count as u64);
        }
        let filler =
            (start..end).rev().zip(bytes.iter().rev()).take_while(|(at, found)| byte(*at) == **found);
        let begin = end - filler.count() as u64;
        if begin > start || begin == 0 {
            // The end of a line alone is what something else ends with.
            return Ok(if begin == len || may_begin(begin) { begin } else { begin + 1 });
        }
        end = begin;
    }
}
