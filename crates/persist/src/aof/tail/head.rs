//! The head of a tail's region: what its ring holds, with checksums.
//!
//! ```text
//!   region    slot 0 │ slot 1 │ ring of whole granules
//!   slot      magic, sequence, begin, end, drained, its own checksum │ a checksum a granule
//! ```
//!
//! The slots are written in turns, so whoever is killed while one is written leaves the other. A granule's checksum covers its
//! bytes up to the end: a ring that has been on a disk, moved to another machine or met a loss of power is right as far as they
//! are, and tells nothing of the rounds before.

use super::{BLOCK, digest};
use crate::aof::checksum;
use crate::storage::{BLOCK_BYTES, Region};
use crc_fast::Digest;
use std::sync::atomic::{Ordering, compiler_fence};

/// Bytes before the ring.
const HEAD_BYTES: usize = BLOCK_BYTES;
const SLOT_BYTES: usize = HEAD_BYTES / 2;
/// Begins a slot.
const MAGIC: u64 = u64::from_le_bytes(*b"HMTAIL02");

/// Where in a slot they are: little-endian numbers, of 64 bits but for the checksums, which have 32.
const MAGIC_AT: usize = 0;
const SEQUENCE_AT: usize = 8;
pub(super) const BEGIN_AT: usize = 16;
pub(super) const END_AT: usize = 24;
pub(super) const DRAINED_AT: usize = 32;
const CHECKSUM_AT: usize = 40;
const SUMS_AT: usize = 64;
/// The most granules.
const SUMS_MAX: u64 = 256;

/// How a region is divided.
#[derive(Clone, Copy)]
pub(super) struct Layout {
    /// Bytes of the ring, whole granules.
    pub ring: u64,
    /// Bytes of a granule, whole blocks.
    pub granule: u64,
}

impl Layout {
    /// That of a region; `None` if it is too small for a ring.
    pub fn of(region: &dyn Region) -> Option<Layout> {
        let room = region.size().saturating_sub(HEAD_BYTES) as u64;
        let granule = room.div_ceil(SUMS_MAX).next_multiple_of(BLOCK);
        let ring = room - room % granule.max(1);
        (ring >= 4 * granule && granule > 0).then_some(Layout { ring, granule })
    }
    /// The start of the granule of an offset.
    pub fn floor(self, offset: u64) -> u64 {
        offset - offset % self.granule
    }
    fn sum_at(self, offset: u64) -> usize {
        SUMS_AT + 4 * (offset % self.ring / self.granule) as usize
    }
    fn slot_bytes(self) -> usize {
        SUMS_AT + 4 * (self.ring / self.granule) as usize
    }
    /// The place of the file's byte at an offset in the region, and how many bytes follow it there.
    fn place(self, offset: u64) -> (usize, usize) {
        let at = offset % self.ring;
        (HEAD_BYTES + at as usize, (self.ring - at) as usize)
    }
    /// Copies the file's bytes at an offset out of the ring.
    pub fn copy_out(self, region: &dyn Region, offset: u64, into: &mut [u8]) {
        let (at, room) = self.place(offset);
        let (first, rest) = into.split_at_mut(into.len().min(room));
        region.read_at(at, first);
        region.read_at(HEAD_BYTES, rest);
    }
    /// Copies the file's bytes at an offset into the ring.
    pub fn copy_in(self, region: &mut dyn Region, offset: u64, bytes: &[u8]) {
        let (at, room) = self.place(offset);
        let (first, rest) = bytes.split_at(bytes.len().min(room));
        region.write_at(at, first);
        region.write_at(HEAD_BYTES, rest);
    }
}

/// See the head of the file.
pub(super) struct Head {
    layout: Layout,
    slot: [u8; SLOT_BYTES],
    sequence: u64,
    end: u64,
    /// The checksum of the last granule so far.
    running: Digest,
}

fn put(slot: &mut [u8], at: usize, number: u64) {
    slot[at..at + 8].copy_from_slice(&number.to_le_bytes());
}

fn number(slot: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(std::array::from_fn(|index| slot[at + index]))
}

fn sum(slot: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(std::array::from_fn(|index| slot[at + index]))
}

/// Gives a slot the checksum of what it tells.
fn seal(slot: &mut [u8]) {
    put(slot, CHECKSUM_AT, 0);
    let checksum = checksum(slot);
    put(slot, CHECKSUM_AT, u64::from(checksum));
}

impl Head {
    /// Of a ring that holds the file's last bytes, from `begin` on; `held` are those of the last granule.
    pub fn new(layout: Layout, begin: u64, end: u64, held: &[u8]) -> Head {
        let mut slot = [0; SLOT_BYTES];
        put(&mut slot, MAGIC_AT, MAGIC);
        put(&mut slot, BEGIN_AT, begin);
        put(&mut slot, DRAINED_AT, end);
        let mut head = Head { layout, slot, sequence: 0, end: layout.floor(end), running: digest() };
        head.cover(held);
        head
    }
    /// Has the checksums cover bytes behind the end.
    pub fn cover(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let rest = self.layout.granule - self.end % self.layout.granule;
            let (now, later) = bytes.split_at(bytes.len().min(rest as usize));
            self.running.update(now);
            let at = self.layout.sum_at(self.end);
            self.slot[at..at + 4].copy_from_slice(&(self.running.finalize() as u32).to_le_bytes());
            if now.len() as u64 == rest {
                self.running = digest();
            }
            self.end += now.len() as u64;
            bytes = later;
        }
    }
    /// Notes that the file holds what lies before an offset.
    pub fn set_drained(&mut self, drained: u64) {
        put(&mut self.slot, DRAINED_AT, drained);
    }
    /// Writes it, once all that was written before is there: whoever ends the process ends it between two instructions.
    pub fn publish(&mut self, region: &mut dyn Region) {
        self.sequence += 1;
        let slot = &mut self.slot[..self.layout.slot_bytes()];
        put(slot, SEQUENCE_AT, self.sequence);
        put(slot, END_AT, self.end);
        seal(slot);
        compiler_fence(Ordering::SeqCst);
        region.write_at(SLOT_BYTES * (self.sequence % 2) as usize, slot);
        compiler_fence(Ordering::SeqCst);
    }
    /// Has nobody find a ring in a region.
    pub fn clear(region: &mut dyn Region) {
        region.write_at(0, &[0; HEAD_BYTES]);
    }
}

/// What another process has left in a region.
pub(super) struct Found {
    pub layout: Layout,
    pub begin: u64,
    pub drained: u64,
    /// Where what was written ends, and how far it is right.
    pub end: u64,
    pub good: u64,
}

impl Found {
    /// Looks for it.
    pub fn in_region(region: &dyn Region) -> Option<Found> {
        let layout = Layout::of(region)?;
        let slot = [0, 1].into_iter().filter_map(|index| read_slot(region, layout, index));
        let slot = slot.max_by_key(|slot| number(slot, SEQUENCE_AT))?;
        let [begin, drained, end] = [BEGIN_AT, DRAINED_AT, END_AT].map(|at| number(&slot, at));
        let is_whole =
            begin <= layout.floor(drained) && drained <= end && end - layout.floor(drained) <= layout.ring;
        let mut found = Found { layout, begin, drained, end, good: drained };
        is_whole.then(|| {
            found.check(region, &slot);
            found
        })
    }
    /// Compares the checksums, granule by granule.
    fn check(&mut self, region: &dyn Region, slot: &[u8]) {
        let mut from = self.layout.floor(self.drained);
        while from < self.end {
            let to = self.end.min(from.saturating_add(self.layout.granule));
            let mut bytes = vec![0; (to - from) as usize];
            self.layout.copy_out(region, from, &mut bytes);
            if checksum(&bytes) != sum(slot, self.layout.sum_at(from)) {
                return;
            }
            (self.good, from) = (to, to);
        }
    }
}

fn read_slot(region: &dyn Region, layout: Layout, index: usize) -> Option<Vec<u8>> {
    let mut slot = vec![0; layout.slot_bytes()];
    region.read_at(SLOT_BYTES * index, &mut slot);
    let told = number(&slot, CHECKSUM_AT);
    seal(&mut slot);
    (number(&slot, MAGIC_AT) == MAGIC && told == number(&slot, CHECKSUM_AT)).then_some(slot)
}

/// Gives a slot that was changed by hand the right checksum.
#[cfg(test)]
pub(super) fn reseal(region: &mut dyn Region, at: usize) {
    let layout = Layout::of(region).expect("it is large enough");
    let mut slot = vec![0; layout.slot_bytes()];
    region.read_at(at, &mut slot);
    seal(&mut slot);
    region.write_at(at, &slot);
}
