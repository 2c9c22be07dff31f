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
//! - `end` in the head is raised once the bytes before it are in the ring, and before anybody is told that they are safe.
//! - The file holds what lies before `drained`, and nothing behind `end`. The ring holds all bytes from `drained` on, those before
//!   them in its block, and one block more.
//! - After a loss of power the head tells of another time ([`Region::boot`]), so that nothing of the ring is taken in: the file
//!   has what was synced.

#[cfg(test)]
mod tests;

use crate::storage::blocks::{Blocks, CHUNK_BYTES};
use crate::storage::{BLOCK_BYTES, File, Region, Which, read_full_at, write_all_at};
use std::io;
use std::ops::Range;
use std::sync::atomic::{Ordering, compiler_fence};

const BLOCK: u64 = BLOCK_BYTES as u64;
/// Bytes before the ring.
const HEAD_BYTES: usize = BLOCK_BYTES;
/// Begins the head.
const MAGIC: u64 = u64::from_le_bytes(*b"HMTAIL01");

/// Where in the head they are: little-endian numbers.
const MAGIC_AT: usize = 0;
const BOOT_AT: usize = 16;
const BEGIN_AT: usize = 32;
const END_AT: usize = 40;
const DRAINED_AT: usize = 48;

/// See the head of the file.
pub(super) struct Tail {
    region: Box<dyn Region>,
    /// The ring's size, whole blocks.
    ring: u64,
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

/// The place of an offset in the region, and how many bytes follow it there.
fn place(ring: u64, offset: u64) -> (usize, usize) {
    let at = offset % ring;
    (HEAD_BYTES + at as usize, (ring - at) as usize)
}

/// Copies the file's bytes at an offset out of the ring.
fn copy_out(region: &dyn Region, ring: u64, offset: u64, into: &mut [u8]) {
    let (at, room) = place(ring, offset);
    let (first, rest) = into.split_at_mut(into.len().min(room));
    region.read_at(at, first);
    region.read_at(HEAD_BYTES, rest);
}

fn number(region: &dyn Region, at: usize) -> u64 {
    let mut bytes = [0; 8];
    region.read_at(at, &mut bytes);
    u64::from_le_bytes(bytes)
}

fn ring_of(region: &dyn Region) -> u64 {
    let ring = region.size().saturating_sub(HEAD_BYTES) as u64;
    ring - ring % BLOCK
}

impl Tail {
    /// Begins where a file ends. `None`: the front has no such memory, or the file can't be read.
    pub fn begin(file: &dyn File, end: u64) -> Option<Tail> {
        let region = file.region(Which::New).filter(|region| ring_of(&**region) >= 4 * BLOCK)?;
        let mut tail = Tail { ring: ring_of(&*region), region, drained: end, end };
        tail.publish(MAGIC_AT, 0);
        let begin = (end - end % BLOCK).saturating_sub(BLOCK);
        let mut bytes = vec![0; (end - begin) as usize];
        if read_full_at(file, begin, &mut bytes).ok()? < bytes.len() {
            return None;
        }
        tail.copy_in(begin, &bytes);
        let boot = tail.region.boot();
        tail.region.write_at(BOOT_AT, &boot.to_le_bytes());
        tail.region.write_at(BEGIN_AT, &begin.to_le_bytes());
        tail.region.write_at(END_AT, &end.to_le_bytes());
        tail.region.write_at(DRAINED_AT, &end.to_le_bytes());
        tail.publish(MAGIC_AT, MAGIC);
        Some(tail)
    }
    /// Ends it, so that nobody takes anything in. Nothing waits.
    pub fn remove(mut self) {
        self.publish(MAGIC_AT, 0);
        self.region.remove();
    }
    /// Writes a number of the head once all that was written before is there: whoever ends the process ends it between two
    /// instructions.
    fn publish(&mut self, at: usize, number: u64) {
        compiler_fence(Ordering::SeqCst);
        self.region.write_at(at, &number.to_le_bytes());
        compiler_fence(Ordering::SeqCst);
    }
    fn copy_in(&mut self, offset: u64, bytes: &[u8]) {
        let (at, room) = place(self.ring, offset);
        let (first, rest) = bytes.split_at(bytes.len().min(room));
        self.region.write_at(at, first);
        self.region.write_at(HEAD_BYTES, rest);
    }
    fn chunk(&self) -> u64 {
        (CHUNK_BYTES as u64).min(self.ring / 4 / BLOCK * BLOCK)
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
        let kept = (self.drained - self.drained % BLOCK).saturating_sub(BLOCK);
        if end - kept > self.ring {
            return false;
        }
        self.copy_in(self.end, bytes);
        self.publish(END_AT, end);
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
        let is_direct = whole > self.drained && self.waiting() <= self.ring / 2;
        let range = match is_direct {
            true => floor..whole,
            false => self.drained..self.end.min(self.drained + self.chunk()),
        };
        copy_out(&*self.region, self.ring, range.start, buffer.bytes((range.end - range.start) as usize));
        Some(Piece { range, is_direct })
    }
    /// Notes that the file holds what lies before an offset.
    pub fn note_drained(&mut self, offset: u64) {
        self.drained = self.drained.max(offset);
        self.publish(DRAINED_AT, self.drained);
    }
}

/// Bytes that a process which was killed has left behind a file's end, and that belong to it. Nothing changes.
pub fn left_behind(file: &dyn File) -> io::Result<Vec<u8>> {
    file.region(Which::Left).map_or(Ok(Vec::new()), |region| missing(file, &*region))
}

/// Appends those bytes to the file, and syncs it; how many there were. After an error it can be tried again.
pub fn take_in(file: &dyn File) -> io::Result<u64> {
    let Some(mut region) = file.region(Which::Left) else { return Ok(0) };
    let bytes = missing(file, &*region)?;
    if !bytes.is_empty() {
        write_all_at(file, file.len()?, &bytes)?;
        file.sync()?;
    }
    region.remove();
    Ok(bytes.len() as u64)
}

/// What the ring holds behind the file's end; nothing if it is another file's, or another time's.
fn missing(file: &dyn File, region: &dyn Region) -> io::Result<Vec<u8>> {
    let ring = ring_of(region);
    let mut boot = [0; 16];
    if ring == 0 || number(region, MAGIC_AT) != MAGIC {
        return Ok(Vec::new());
    }
    region.read_at(BOOT_AT, &mut boot);
    let [begin, end, drained] = [BEGIN_AT, END_AT, DRAINED_AT].map(|at| number(region, at));
    let len = file.len()?;
    let from = begin.max(len.saturating_sub(BLOCK));
    let is_same_time = u128::from_le_bytes(boot) == region.boot();
    // A file that was cut stays so: that may have been an operator's wish.
    if !is_same_time || len < drained || from > len || len >= end || end - from > ring {
        return Ok(Vec::new());
    }
    // What both hold is the same, unless the file was exchanged, or written to by another server.
    let (mut there, mut here) = (vec![0; (len - from) as usize], vec![0; (end - from) as usize]);
    copy_out(region, ring, from, &mut here);
    if read_full_at(file, from, &mut there)? < there.len() || !here.starts_with(&there) {
        return Ok(Vec::new());
    }
    Ok(here.split_off(there.len()))
}
