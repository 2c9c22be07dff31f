//! AOF: the append-only file. Commands as clients send them, one after the other, with annotations that readers skip.
//!
//! ```text
//!   #CRC:--------\r\n                          checksums begin here: nothing before it is covered
//!   *2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n          a group: what one write has handed to the kernel
//!   *3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n
//!   #CRC:1a2b3c4d\r\n                          CRC-32C of all bytes since the line before, in lower-case hex (a space may follow)
//!   #TS:1700000000\r\n                         a time, Unix seconds (`aof-timestamp-enabled`); covered as commands are
//!   #####...####\n                            filler, at the end: see `filler`
//! ```
//!
//! The reference skips lines that begin with `#`, so it loads these files; what it appends has no checksums, and neither do
//! the files that it wrote. A line of dashes begins anew after them.

mod base;
mod filler;
mod reader;
mod tail;
mod writer;

#[cfg(test)]
mod tests;

pub use base::{Base, entry_as_commands, pieces_as_commands, select_as_command};
pub use reader::{Batch, Fault, Reader};
pub use tail::{Drain, Extended, Left, left_behind, take_in};
pub use writer::{Policy, Writer};

use crc_fast::{CrcAlgorithm, Digest};

/// Bytes of a checksum's line.
const LINE_BYTES: usize = 15;
/// The same, with a space at the end: the group may not end where it would without.
const PADDED_LINE_BYTES: usize = LINE_BYTES + 1;
/// The line that checksums begin with.
const BEGIN: &[u8; LINE_BYTES] = b"#CRC:--------\r\n";

/// The checksum's line for some bytes.
fn line_of(checksum: u32) -> [u8; LINE_BYTES] {
    let mut line = *BEGIN;
    for (index, place) in line[5..13].iter_mut().enumerate() {
        *place = b"0123456789abcdef"[(checksum >> (28 - 4 * index) & 15) as usize];
    }
    line
}

/// A line's checksum, if it is one; `Some(None)` for the line that checksums begin with.
fn checksum_in(line: &[u8]) -> Option<Option<u32>> {
    if line == BEGIN {
        return Some(None);
    }
    let digits = line.strip_prefix(b"#CRC:")?.strip_suffix(b"\r\n")?;
    let digits = digits.strip_suffix(b" ").unwrap_or(digits);
    let is_hex = digits.len() == 8 && digits.iter().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let text = std::str::from_utf8(digits).ok().filter(|_| is_hex)?;
    u32::from_str_radix(text, 16).ok().map(Some)
}

/// Bytes of the checksum's line that bytes begin with.
fn checksum_at(bytes: &[u8]) -> Option<usize> {
    let is_one = |size: &usize| bytes.get(..*size).is_some_and(|line| checksum_in(line).is_some());
    [LINE_BYTES, PADDED_LINE_BYTES].into_iter().find(is_one)
}

fn digest() -> Digest {
    Digest::new(CrcAlgorithm::Crc32Iscsi)
}

fn checksum(bytes: &[u8]) -> u32 {
    crc_fast::checksum(CrcAlgorithm::Crc32Iscsi, bytes) as u32
}
