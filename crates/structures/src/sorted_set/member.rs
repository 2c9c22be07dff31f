//! A member of a sorted set: score and bytes in one allocation behind one thin pointer.
//!
//! ```text
//!   byte 0        8          9                       (short: up to 254 bytes)
//!        +--------+----------+---------------
//!        | score  | len (u8) | bytes ...
//!        +--------+----------+---------------
//!        | score  | 255      | len (u64 LE) | bytes ...          (long)
//!        +--------+----------+--------------+----
//! ```
//!
//! The allocation is aligned to 4 and its size rounded up to 4. [`Member`] owns it and lives in the set's dict;
//! [`MemberRef`] is the bare pointer that the ordered index keeps. A member's bytes never change; its score changes
//! only through [`MemberRef::set_score`], called by the set while the member is out of the index.

use hematite_base::size_class::{LOOSE_ALIGN, taken};
use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::ptr::NonNull;

const LEN: usize = 8;
const LONG: u8 = 255;
const SHORT_HEADER: usize = 9;
const LONG_HEADER: usize = 17;

/// The owner of one member's allocation.
#[derive(Debug)]
pub struct Member(NonNull<u8>);

/// A copyable handle to a member that someone else owns.
///
/// Every method reads through the pointer; the handle is only made from a live [`Member`] and only kept by an index
/// that is emptied of it before that member is dropped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MemberRef(NonNull<u8>);

// SAFETY: the allocation is plain data; whoever holds the handle mutably (through the set) is its only user.
unsafe impl Send for Member {}
// SAFETY: shared access only reads.
unsafe impl Sync for Member {}
// SAFETY: as for `Member`; the set that keeps the handle also keeps the owner.
unsafe impl Send for MemberRef {}
// SAFETY: shared access only reads.
unsafe impl Sync for MemberRef {}

fn header_size(len: usize) -> usize {
    if len < LONG as usize { SHORT_HEADER } else { LONG_HEADER }
}

fn layout(len: usize) -> Layout {
    let size = header_size(len) + len;
    Layout::from_size_align(size, LOOSE_ALIGN).expect("member length fits in memory").pad_to_align()
}

impl Member {
    /// Copies `bytes` beside `score` into a fresh allocation.
    pub fn new(bytes: &[u8], score: f64) -> Member {
        let layout = layout(bytes.len());
        // SAFETY: the layout has a non-zero size (the header); every write below lies within it.
        unsafe {
            let Some(at) = NonNull::new(alloc(layout)) else { handle_alloc_error(layout) };
            at.cast::<f64>().write_unaligned(score);
            if bytes.len() < LONG as usize {
                at.add(LEN).write(bytes.len() as u8);
            } else {
                at.add(LEN).write(LONG);
                at.add(LEN + 1).cast::<u64>().write_unaligned(bytes.len() as u64);
            }
            let to = at.add(header_size(bytes.len()));
            to.copy_from_nonoverlapping(NonNull::from(bytes).cast(), bytes.len());
            Member(at)
        }
    }

    /// The handle under which an index keeps this member.
    pub fn handle(&self) -> MemberRef {
        MemberRef(self.0)
    }

    /// The member's bytes.
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: `self` owns the allocation and is borrowed for as long as the slice.
        unsafe { self.handle().bytes() }
    }

    /// The member's score.
    pub fn score(&self) -> f64 {
        // SAFETY: `self` owns the allocation.
        unsafe { self.handle().score() }
    }

    /// Bytes of this member's allocation, rounded up as allocators do.
    pub fn heap_bytes(&self) -> usize {
        taken(layout(self.bytes().len()))
    }

    /// Gives the allocation away as a bare pointer; [`Member::from_raw`] takes it back.
    pub fn into_raw(self) -> NonNull<u8> {
        let raw = self.0;
        std::mem::forget(self);
        raw
    }

    /// Takes back what [`Member::into_raw`] gave away.
    ///
    /// # Safety
    /// `raw` came from `into_raw` and is taken back only once.
    pub unsafe fn from_raw(raw: NonNull<u8>) -> Member {
        Member(raw)
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        let layout = layout(self.bytes().len());
        // SAFETY: allocated in `new` with the same layout, freed only here.
        unsafe { dealloc(self.0.as_ptr(), layout) }
    }
}

impl MemberRef {
    /// Brings the member in before it is read.
    pub fn prefetch(self) {
        crate::prefetch::read(self.0.as_ptr());
    }

    /// The member's score.
    ///
    /// # Safety
    /// The member is alive.
    pub unsafe fn score(self) -> f64 {
        // SAFETY: the first eight bytes of a live member are its score.
        unsafe { self.0.cast::<f64>().read_unaligned() }
    }

    /// Replaces the member's score.
    ///
    /// # Safety
    /// The member is alive, no one else reads it at the same time, and no index orders it by the old score.
    pub unsafe fn set_score(self, score: f64) {
        // SAFETY: as in `score`; the caller is the only user.
        unsafe { self.0.cast::<f64>().write_unaligned(score) }
    }

    /// The member's bytes.
    ///
    /// # Safety
    /// The member is alive, and stays so for `'a`.
    pub unsafe fn bytes<'a>(self) -> &'a [u8] {
        // SAFETY: the header tells the length that `Member::new` wrote behind it.
        unsafe {
            let short = self.0.add(LEN).read();
            let len = if short == LONG {
                self.0.add(LEN + 1).cast::<u64>().read_unaligned() as usize
            } else {
                short as usize
            };
            std::slice::from_raw_parts(self.0.add(header_size(len)).as_ptr(), len)
        }
    }

    /// The score as an integer of the same order (see [`order_key`]).
    ///
    /// # Safety
    /// The member is alive.
    pub unsafe fn key(self) -> u64 {
        // SAFETY: the caller's.
        order_key(unsafe { self.score() })
    }
}

/// Maps scores to integers of the same order; `-0.0` and `0.0` are equal. NaN is not a score.
pub fn order_key(score: f64) -> u64 {
    debug_assert!(!score.is_nan());
    let bits = (score + 0.0).to_bits();
    if bits >> 63 == 0 { bits | 1 << 63 } else { !bits }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_key_orders_as_the_scores_do() {
        let scores = [
            f64::NEG_INFINITY,
            -1e300,
            -1.5,
            -f64::MIN_POSITIVE,
            0.0,
            5e-324,
            1.0,
            1.5,
            1e300,
            f64::INFINITY,
        ];
        assert!(scores.windows(2).all(|w| order_key(w[0]) < order_key(w[1])));
        assert_eq!(order_key(-0.0), order_key(0.0));
    }

    #[test]
    fn members_of_every_length_keep_bytes_and_score() {
        for len in [0, 1, 7, 8, 253, 254, 255, 256, 70_000] {
            let bytes: Vec<u8> = (0..len).map(|i| i as u8).collect();
            let member = Member::new(&bytes, -2.5);
            assert_eq!((member.bytes(), member.score()), (&bytes[..], -2.5));
            let raw = member.into_raw();
            // SAFETY: given away one line above.
            let member = unsafe { Member::from_raw(raw) };
            assert_eq!(member.heap_bytes() % 4, 0);
            assert_eq!(member.bytes().len(), len);
        }
    }
}
