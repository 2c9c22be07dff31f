//! Segment: a run of cache-line buckets that share the top `depth` bits of their hashes.
//!
//! ```text
//! bucket (64 bytes)
//!  0      6  7         8                                    64
//! +--------+----------+--------+--------+-- ... --+--------+
//! | 7 tags | overflow | slot 0 | slot 1 |         | slot 6 |
//! +--------+----------+--------+--------+-- ... --+--------+
//! tag       0: slot free; else the low byte of the hash (1 for 0)
//! overflow  how many items that live further on had this bucket on their way; 255 sticks
//! slot      bits 0..48 address of the item, bits 48..64 `mark`: 16 bits of the hash, from bit `base` down
//! ```
//!
//! An item's home is `x * buckets >> 16` with `x = mark << (depth - base)`: the hash's bits below the segment's prefix.
//! The mapping keeps the order of hashes, whatever the number of buckets. A full home sends the item to the next bucket
//! (around the end), counting in `overflow`. Growing and splitting read marks only, never the items: that is what the
//! 16 bits are for. When splits have used up more than [`SLACK`] of them, one split reads the items and fills them again.

use super::group;
use crate::thin::ADDRESS;
use std::alloc::{Layout, alloc_zeroed, dealloc, handle_alloc_error};

pub(super) const SLOTS: usize = 7;
/// Bits of the mark that splits may use up; what is left (12) places an item among the buckets.
pub(super) const SLACK: u8 = 4;
/// Buckets after a split and before merging is thought of.
pub(super) const BUCKETS_MIN_SPLIT: u16 = 64;
/// A segment splits rather than grow beyond this.
pub(super) const BUCKETS_MAX: u16 = 128;
/// Deepest split; position and prefix together stay within 40 bits of a SCAN cursor.
pub(super) const DEPTH_MAX: u8 = 24;
const STICKY: u8 = 255;

#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub(super) struct Bucket {
    pub tags: [u8; SLOTS],
    pub overflow: u8,
    pub slots: [u64; SLOTS],
}

impl Bucket {
    #[inline(always)]
    fn word(&self) -> u64 {
        let mut bytes = [0; 8];
        bytes[..SLOTS].copy_from_slice(&self.tags);
        u64::from_le_bytes(bytes)
    }
    /// Slots whose tag is `tag`, as a bit mask.
    #[inline(always)]
    pub fn matches(&self, tag: u8) -> u32 {
        group::matches(self.word(), tag)
    }
    /// Occupied slots, as a bit mask.
    #[inline(always)]
    pub fn occupied(&self) -> u32 {
        !group::matches(self.word(), 0) & 0x7f
    }
}

/// The tag of a hash: its low byte, never the 0 that means free.
#[inline(always)]
pub(super) fn tag_of(hash: u64) -> u8 {
    (hash as u8).max(1)
}

/// A segment's header. Where several directory entries point to one segment, only the first one's `count` is kept.
#[derive(Clone, Copy)]
pub(super) struct Segment {
    buckets: *mut Bucket,
    pub count: u32,
    pub len: u16,
    pub depth: u8,
    pub base: u8,
}

/// Where an item is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Place {
    pub bucket: usize,
    pub slot: usize,
}

impl Segment {
    pub fn new(len: u16, depth: u8, base: u8) -> Segment {
        let layout = Layout::array::<Bucket>(usize::from(len)).expect("a segment is a few KiB");
        // SAFETY: the layout is not empty: a segment has at least one bucket.
        let buckets = unsafe { alloc_zeroed(layout) }.cast::<Bucket>();
        if buckets.is_null() {
            handle_alloc_error(layout);
        }
        Segment { buckets, count: 0, len, depth, base }
    }

    /// # Safety
    /// Nobody uses this segment's buckets afterwards; copies of the header are forgotten.
    pub unsafe fn free(self) {
        let layout = Layout::array::<Bucket>(usize::from(self.len)).expect("as in new");
        // SAFETY: allocated in `new` with this layout; the caller gives the last copy.
        unsafe { dealloc(self.buckets.cast(), layout) };
    }

    #[inline(always)]
    pub fn bucket(&self, index: usize) -> &Bucket {
        debug_assert!(index < usize::from(self.len));
        // SAFETY: `buckets` has `len` initialised elements (zero is a valid Bucket).
        unsafe { &*self.buckets.add(index) }
    }
    #[inline(always)]
    pub fn bucket_mut(&mut self, index: usize) -> &mut Bucket {
        debug_assert!(index < usize::from(self.len));
        // SAFETY: as above; `&mut self` of the directory's entry is the only way here.
        unsafe { &mut *self.buckets.add(index) }
    }
    #[inline(always)]
    pub fn address_of(&self, index: usize) -> *const u8 {
        self.buckets.wrapping_add(index).cast::<u8>()
    }

    #[inline(always)]
    pub fn mark_of(&self, hash: u64) -> u16 {
        ((hash << self.base) >> 48) as u16
    }
    #[inline(always)]
    pub fn home_of_mark(&self, mark: u16) -> usize {
        let x = mark << (self.depth - self.base);
        (usize::from(x) * usize::from(self.len)) >> 16
    }
    #[inline(always)]
    pub fn home_of_hash(&self, hash: u64) -> usize {
        self.home_of_mark(self.mark_of(hash))
    }
    #[inline(always)]
    pub fn next(&self, bucket: usize) -> usize {
        if bucket + 1 == usize::from(self.len) { 0 } else { bucket + 1 }
    }
    /// How many items this segment takes before it grows: 15/16 of its slots.
    #[inline(always)]
    pub fn room(len: u16) -> u32 {
        let slots = u32::from(len) * SLOTS as u32;
        slots - slots / 16
    }
    pub fn is_full(&self) -> bool {
        self.count >= Self::room(self.len)
    }

    /// Places an occupied slot value; there must be a free slot somewhere.
    #[inline]
    pub fn place(&mut self, value: u64, tag: u8) -> Place {
        let mut bucket = self.home_of_mark((value >> 48) as u16);
        loop {
            let b = self.bucket_mut(bucket);
            let free = b.matches(0);
            if free != 0 {
                let slot = free.trailing_zeros() as usize;
                b.tags[slot] = tag;
                b.slots[slot] = value;
                self.count += 1;
                return Place { bucket, slot };
            }
            b.overflow = b.overflow.saturating_add(1);
            bucket = self.next(bucket);
        }
    }

    /// Takes the slot value out of a place.
    pub fn take(&mut self, place: Place) -> u64 {
        let value = self.bucket(place.bucket).slots[place.slot];
        let mut bucket = self.home_of_mark((value >> 48) as u16);
        while bucket != place.bucket {
            let b = self.bucket_mut(bucket);
            if b.overflow != STICKY {
                b.overflow -= 1;
            }
            bucket = self.next(bucket);
        }
        let b = self.bucket_mut(place.bucket);
        b.tags[place.slot] = 0;
        b.slots[place.slot] = 0;
        self.count -= 1;
        value
    }

    /// Looks for an item by tag, mark and `eq` on the address.
    #[inline(always)]
    pub fn find(&self, hash: u64, mut eq: impl FnMut(u64) -> bool) -> Option<Place> {
        let (tag, mark) = (tag_of(hash), self.mark_of(hash));
        let mut bucket = self.home_of_mark(mark);
        for _ in 0..self.len {
            let b = self.bucket(bucket);
            let mut hits = b.matches(tag);
            while hits != 0 {
                let slot = hits.trailing_zeros() as usize;
                let value = b.slots[slot];
                if (value >> 48) as u16 == mark && eq(value) {
                    return Some(Place { bucket, slot });
                }
                hits &= hits - 1;
            }
            if b.overflow == 0 {
                return None;
            }
            bucket = self.next(bucket);
        }
        None
    }

    /// Calls `f(value, tag)` for every item.
    pub fn for_each(&self, mut f: impl FnMut(u64, u8)) {
        for index in 0..usize::from(self.len) {
            let b = self.bucket(index);
            let mut occupied = b.occupied();
            while occupied != 0 {
                let slot = occupied.trailing_zeros() as usize;
                f(b.slots[slot], b.tags[slot]);
                occupied &= occupied - 1;
            }
        }
    }

    /// Calls `f(value)` for the items whose home is `home`.
    pub fn for_each_at_home(&self, home: usize, mut f: impl FnMut(u64)) {
        let mut bucket = home;
        for _ in 0..self.len {
            let b = self.bucket(bucket);
            let mut occupied = b.occupied();
            while occupied != 0 {
                let value = b.slots[occupied.trailing_zeros() as usize];
                if self.home_of_mark((value >> 48) as u16) == home {
                    f(value);
                }
                occupied &= occupied - 1;
            }
            if b.overflow == 0 {
                return;
            }
            bucket = self.next(bucket);
        }
    }

    /// Bytes of the buckets.
    pub fn bytes(&self) -> usize {
        usize::from(self.len) * size_of::<Bucket>()
    }

    /// The same buckets in another allocation; frees the old one.
    ///
    /// # Safety
    /// Copies of the header are forgotten.
    pub unsafe fn relocated(self) -> Segment {
        let to = Segment { count: self.count, ..Segment::new(self.len, self.depth, self.base) };
        // SAFETY: both have `len` buckets; items are not dropped with the old ones, which the caller gives up.
        unsafe {
            to.buckets.copy_from_nonoverlapping(self.buckets, usize::from(self.len));
            self.free();
        }
        to
    }

    /// The same items in `len` buckets; frees the old ones.
    pub fn resized(self, len: u16) -> Segment {
        let mut to = Segment::new(len, self.depth, self.base);
        self.for_each(|value, tag| {
            to.place(value, tag);
        });
        // SAFETY: every item moved on; `self` is consumed.
        unsafe { self.free() };
        to
    }
}

/// The next size up: single buckets to 8, then quarter steps of the power of two below (mimalloc's size classes).
pub(super) fn grown(len: u16) -> u16 {
    if len < 8 { len + 1 } else { len + (1 << (len.ilog2() - 2)) }
}

/// The smallest size that holds `count` items with room to grow by a quarter step.
pub(super) fn fitting(count: u32) -> u16 {
    let mut len = 1;
    while Segment::room(len) <= count + count / 16 {
        len = grown(len);
    }
    len
}

/// A slot value with another mark.
#[inline(always)]
pub(super) fn with_mark(value: u64, mark: u16) -> u64 {
    (value & ADDRESS) | (u64::from(mark) << 48)
}
