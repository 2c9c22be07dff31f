//! Tail: the end of a file that is synced in the background, in memory that the kernel keeps.
//!
//! ```text
//!   file      ─── written ───────────────────┤ drained
//!   region    │head│ ring: byte o of the file lies at o modulo the ring's size │
//!                        begin ─────── drained ──────── end        what the ring holds, offsets of the file
//! ```
//!
//! To append a few kilobytes at a time takes a call of the system each, and fresh pages of its cache, which it writes out later.
//! A group is copied into the ring instead, and is as safe there from the end of the process. A thread of the front carries it to
//! the file in large pieces of whole blocks, past the cache. What a process that was killed has left there, the next one
//! appends to the file ([`take_in`]) before it reads it.
//!
//! Invariants:
//! - The [`head`] tells of a group once its bytes are in the ring, and before anybody is told that they are safe.
//! - The file holds what lies before `drained`, and nothing behind `end`. The ring holds all bytes from `drained` on, those before
//!   them in its granule, and one block more.
//! - What is taken in follows what the file holds, and has the right checksums.

mod head;
#[cfg(test)]
mod tests;

use super::digest;
use crate::storage::blocks::{Blocks, CHUNK_BYTES};
use crate::storage::{BLOCK_BYTES, File, Region, Which, read_full_at, write_all_at};
use head::{Found, Head, Layout};
use std::io;
use std::ops::Range;

const BLOCK: u64 = BLOCK_BYTES as u64;

/// See the head of the file.
pub(super) struct Tail {
    region: Box<dyn Region>,
    layout: Layout,
    head: Head,
    drained: u64,
    end: u64,
}

/// Bytes to be carried to the file.
pub(super) struct Piece {
    /// Where they go.
    pub range: Range<u64>,
    /// They are whole blocks, and need not be in the system's cache.
    is_direct: bool,
}

impl Piece {
    /// Writes the bytes at the start of a buffer to the file.
    pub fn write(&self, file: &dyn File, buffer: &mut Blocks) -> io::Result<()> {
        let count = (self.range.end - self.range.start) as usize;
        match self.is_direct {
            true => buffer.write(file, self.range.start, count),
            false => write_all_at(file, self.range.start, buffer.bytes(count)),
        }
    }
}

/// How much is carried to the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drain {
    /// Whole chunks.
    Chunks,
    /// All there is.
    All,
}

impl Tail {
    /// Begins where a file ends. `None`: the front has no such memory, or the file can't be read.
    pub fn begin(file: &dyn File, end: u64) -> Option<Tail> {
        let mut region = file.region(Which::New)?;
        let layout = Layout::of(&*region)?;
        Head::clear(&mut *region);
        let begin = layout.floor(end).saturating_sub(BLOCK);
        let mut bytes = vec![0; (end - begin) as usize];
        if read_full_at(file, begin, &mut bytes).ok()? < bytes.len() {
            return None;
        }
        layout.copy_in(&mut *region, begin, &bytes);
        let mut head = Head::new(layout, begin, end, &bytes[(layout.floor(end) - begin) as usize..]);
        head.publish(&mut *region);
        Some(Tail { region, layout, head, drained: end, end })
    }
    /// Whether the next process would find it.
    pub fn is_there(&self) -> bool {
        self.region.is_there()
    }
    /// Ends it, so that nobody takes anything in. Nothing waits.
    pub fn remove(mut self) {
        Head::clear(&mut *self.region);
        self.region.remove();
    }
    fn chunk(&self) -> u64 {
        (CHUNK_BYTES as u64).min(self.layout.ring / 4 / BLOCK * BLOCK)
    }
    /// Bytes that are not in the file yet.
    pub fn waiting(&self) -> u64 {
        self.end - self.drained
    }
    /// Whether it is worth while to carry some of it to the file.
    pub fn is_heavy(&self) -> bool {
        self.waiting() >= self.chunk()
    }
    /// Appends bytes, if there is room.
    pub fn push(&mut self, bytes: &[u8]) -> bool {
        let end = self.end + bytes.len() as u64;
        let kept = self.layout.floor(self.drained).saturating_sub(BLOCK);
        if end - kept > self.layout.ring {
            return false;
        }
        self.layout.copy_in(&mut *self.region, self.end, bytes);
        self.head.cover(bytes);
        self.head.publish(&mut *self.region);
        self.end = end;
        true
    }
    /// What is to be carried to the file next, copied to the start of `buffer`, which has room for [`Tail::chunk`].
    pub fn next(&self, wanted: Drain, buffer: &mut Blocks) -> Option<Piece> {
        if self.waiting() == 0 || wanted == Drain::Chunks && !self.is_heavy() {
            return None;
        }
        let floor = self.drained - self.drained % BLOCK;
        let whole = (self.end - self.end % BLOCK).min(floor + self.chunk());
        // What piles up goes to the system's cache, which takes it as fast as it can be copied, rather than wait for the disk.
        let is_direct = whole > self.drained && self.waiting() <= self.layout.ring / 2;
        let range = match is_direct {
            true => floor..whole,
            false => self.drained..self.end.min(self.drained + self.chunk()),
        };
        let bytes = buffer.bytes((range.end - range.start) as usize);
        self.layout.copy_out(&*self.region, range.start, bytes);
        Some(Piece { range, is_direct })
    }
    /// Notes that the file holds what lies before an offset.
    pub fn note_drained(&mut self, offset: u64) {
        self.drained = self.drained.max(offset);
        self.head.set_drained(self.drained);
        self.head.publish(&mut *self.region);
    }
}

/// What a process that was killed has left with the kernel.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Left {
    /// What belongs behind the file's end.
    pub bytes: Vec<u8>,
    /// How many bytes more there are which do not follow what the file holds, or are damaged.
    pub ignored: u64,
}

/// Looks at what a process that was killed has left for a file. Nothing changes.
pub fn left_behind(file: &dyn File) -> io::Result<Left> {
    file.region(Which::Left).map_or(Ok(Left::default()), |region| missing(file, &*region))
}

/// Appends what belongs behind the file's end, and syncs it. After an error the file is as it was, if that can be, and it can be
/// tried again.
pub fn take_in(file: &dyn File) -> io::Result<Left> {
    let Some(mut region) = file.region(Which::Left) else { return Ok(Left::default()) };
    let left = missing(file, &*region)?;
    if !left.bytes.is_empty() {
        let len = file.len()?;
        write_all_at(file, len, &left.bytes).and_then(|()| file.sync()).inspect_err(|_| {
            let _ = file.truncate(len);
        })?;
    }
    if left.ignored == 0 {
        region.remove();
    }
    Ok(left)
}

/// A file with bytes that could not be appended to it, to be read.
pub struct Extended<'f> {
    file: &'f dyn File,
    len: u64,
    more: Vec<u8>,
}

impl<'f> Extended<'f> {
    /// A file, and what follows it.
    pub fn new(file: &'f dyn File, more: Vec<u8>) -> io::Result<Extended<'f>> {
        Ok(Extended { file, len: file.len()?, more })
    }
}

impl File for Extended<'_> {
    fn write_at(&self, _: u64, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::Unsupported.into())
    }
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        if offset < self.len {
            let count = buffer.len().min((self.len - offset) as usize);
            return self.file.read_at(offset, &mut buffer[..count]);
        }
        let rest = self.more.get((offset - self.len) as usize..).unwrap_or_default();
        let count = buffer.len().min(rest.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }
    fn sync(&self) -> io::Result<()> {
        Ok(())
    }
    fn truncate(&self, _: u64) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
    fn len(&self) -> io::Result<u64> {
        Ok(self.len + self.more.len() as u64)
    }
}

fn missing(file: &dyn File, region: &dyn Region) -> io::Result<Left> {
    let Some(Found { layout, begin, drained, end, good }) = Found::in_region(region) else {
        return Ok(Left::default());
    };
    let len = file.len()?;
    let from = begin.max(len.saturating_sub(BLOCK));
    let nothing = Left { bytes: Vec::new(), ignored: end - drained };
    if len == end && drained == end {
        return Ok(Left::default());
    }
    // A file that was cut stays so: that may have been an operator's wish.
    if len < drained || len > end || from > len || end - from > layout.ring {
        return Ok(nothing);
    }
    // What both hold is the same, unless the file was exchanged, or written to by another server.
    let (mut there, mut here) = (vec![0; (len - from) as usize], vec![0; (end - from) as usize]);
    layout.copy_out(region, from, &mut here);
    if read_full_at(file, from, &mut there)? < there.len() || !here.starts_with(&there) {
        return Ok(nothing);
    }
    let good = good.max(len);
    here.truncate((good - from) as usize);
    Ok(Left { bytes: here.split_off(there.len()), ignored: end - good })
}
