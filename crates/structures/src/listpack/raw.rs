//! The allocation behind a listpack: one thin pointer, room at both ends.
//!
//! ```text
//!   ptr ─► class:u8  start:u16
//!          ... front gap (start bytes) ...
//!          total:u32le  count:u16le  entries  FF      ◄─ the listpack, `total` bytes
//!          ... back gap ...
//!                                                     class_bytes(class) bytes in all
//! ```
//!
//! An insertion or deletion moves whichever side of it is shorter, so pushing and popping is cheap at both ends.
//! Invariants: `start + total` lies within the class; the listpack's bytes are initialised; its last byte is FF.

use super::codec::Piece;
use super::{END, HEADER};
use hematite_base::size_class::{class_bytes, class_for, growth_class_for};
use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::ptr::{self, NonNull};

/// Class and front gap. Three bytes, so that what they leave of a class is most often enough.
const PREFIX: usize = 3;
/// The front gap has 16 bits.
const START_MAX: usize = (1 << 16) - 1;

/// The pointer may lie at any address.
#[repr(C, packed)]
pub(super) struct Raw {
    ptr: NonNull<u8>,
}

// SAFETY: `Raw` owns its allocation alone, and hands out references only through `&self` and `&mut self`.
unsafe impl Send for Raw {}
// SAFETY: as above; there is no interior mutability.
unsafe impl Sync for Raw {}

impl Raw {
    /// A copy of `listpack`, which is at least a header and the end byte.
    pub(super) fn copy_of(listpack: &[u8]) -> Self {
        assert!(listpack.len() > HEADER && listpack.len() <= super::BYTES_MAX);
        let raw = Self::allocate(class_for(listpack.len() + PREFIX), 0);
        // SAFETY: the class holds the prefix and `listpack.len()` bytes, and the allocation is new.
        unsafe { ptr::copy_nonoverlapping(listpack.as_ptr(), raw.ptr.as_ptr().add(PREFIX), listpack.len()) };
        raw
    }

    /// A fresh allocation whose listpack bytes are yet to be written.
    fn allocate(class: u8, start: usize) -> Self {
        let layout = Self::layout(class);
        // SAFETY: no class has size 0.
        let Some(ptr) = NonNull::new(unsafe { alloc(layout) }) else { handle_alloc_error(layout) };
        let mut raw = Self { ptr };
        raw.set_prefix(class, start);
        raw
    }

    /// Brings in the beginning of the allocation.
    pub(super) fn prefetch(&self) {
        let ptr = self.ptr;
        crate::prefetch::read(ptr.as_ptr());
        crate::prefetch::read(ptr.as_ptr().wrapping_add(64));
    }

    fn layout(class: u8) -> Layout {
        Layout::from_size_align(class_bytes(class), 1).expect("a class is far below isize::MAX")
    }

    fn set_prefix(&mut self, class: u8, start: usize) {
        debug_assert!(start <= START_MAX);
        // SAFETY: the allocation begins with the prefix.
        unsafe {
            self.ptr.write(class);
            self.ptr.add(1).cast::<u16>().write_unaligned(start as u16);
        }
    }

    #[inline(always)]
    fn class(&self) -> u8 {
        // SAFETY: the allocation begins with the prefix, written by `allocate`.
        unsafe { self.ptr.read() }
    }

    #[inline(always)]
    fn start(&self) -> usize {
        // SAFETY: as in `class`.
        usize::from(unsafe { self.ptr.add(1).cast::<u16>().read_unaligned() })
    }

    /// Where the listpack begins.
    #[inline(always)]
    fn base(&self) -> *mut u8 {
        // SAFETY: the prefix and the front gap lie within the allocation.
        unsafe { self.ptr.as_ptr().add(PREFIX + self.start()) }
    }

    #[inline(always)]
    fn total(&self) -> usize {
        // SAFETY: the listpack begins with its header, whose first four bytes are the total.
        u32::from_le_bytes(unsafe { self.base().cast::<[u8; 4]>().read() }) as usize
    }

    /// The listpack, header and end byte included.
    #[inline(always)]
    pub(super) fn bytes(&self) -> &[u8] {
        // SAFETY: `total` bytes from `base` are within the allocation and initialised (invariant).
        unsafe { std::slice::from_raw_parts(self.base(), self.total()) }
    }

    /// Writes the header's count field.
    #[inline]
    pub(super) fn set_count(&mut self, count: u16) {
        // SAFETY: the header's six bytes are within the allocation.
        unsafe { self.base().add(4).cast::<[u8; 2]>().write(count.to_le_bytes()) };
    }

    /// Size of the allocation in bytes.
    pub(super) fn heap_bytes(&self) -> usize {
        class_bytes(self.class())
    }

    /// Replaces `remove` bytes of entries from offset `at` by `pieces`. The count field is the caller's affair.
    ///
    /// Panics if the range is not within the entries, or if the result would pass `BYTES_MAX`.
    #[inline]
    pub(super) fn splice(&mut self, at: usize, remove: usize, pieces: &[Piece<'_>]) {
        let total = self.total();
        assert!(at >= HEADER && remove < total && at < total - remove, "range outside the entries");
        let insert: usize = pieces.iter().map(Piece::len).sum();
        let new_total = total - remove + insert;
        assert!(new_total <= super::BYTES_MAX, "listpack too large");
        if insert <= remove {
            self.close(at, remove, insert, total);
        } else {
            self.open(at, remove, insert, total);
        }
        let base = self.base();
        // SAFETY: `open` and `close` leave `new_total` bytes from `base` within the allocation, of which `insert`
        // bytes from `at` are free to write; the pieces sum to `insert` and cannot alias `self`.
        unsafe {
            base.cast::<[u8; 4]>().write((new_total as u32).to_le_bytes());
            let mut to = base.add(at);
            for piece in pieces {
                let [head, payload, tail] = piece.runs();
                to = copy_few(head, to);
                ptr::copy_nonoverlapping(payload.as_ptr(), to, payload.len());
                to = copy_few(tail, to.add(payload.len()));
            }
        }
        debug_assert_eq!(self.bytes().last(), Some(&END));
    }

    /// Makes the hole at `at` smaller, from `remove` to `insert` bytes; gives memory back below half use.
    fn close(&mut self, at: usize, remove: usize, insert: usize, total: usize) {
        let shrink = remove - insert;
        let new_total = total - shrink;
        let (class, start) = (self.class(), self.start());
        let tail = total - at - remove;
        if (new_total + PREFIX) * 2 <= class_bytes(class) && class > 0 {
            self.reallocate(class_for(new_total + PREFIX), 0, at, remove, insert, total);
        } else if at < tail && start + shrink <= START_MAX {
            // SAFETY: both ranges lie within the old listpack.
            unsafe { ptr::copy(self.base(), self.base().add(shrink), at) };
            self.set_prefix(class, start + shrink);
        } else if shrink > 0 {
            // SAFETY: both ranges lie within the old listpack.
            unsafe { ptr::copy(self.base().add(at + remove), self.base().add(at + insert), tail) };
        }
    }

    /// Makes the hole at `at` larger, from `remove` to `insert` bytes: by the shorter side if its gap has the room,
    /// else by centring the listpack in its gaps, else by the next class, with all the slack on the shorter side.
    fn open(&mut self, at: usize, remove: usize, insert: usize, total: usize) {
        let grow = insert - remove;
        let (class, start) = (self.class(), self.start());
        let capacity = class_bytes(class) - PREFIX;
        let back = capacity - start - total;
        let tail = total - at - remove;
        let head_is_shorter = at < tail;
        if head_is_shorter && start >= grow {
            // SAFETY: the front gap has `grow` bytes, so the destination lies within the allocation.
            unsafe { ptr::copy(self.base(), self.base().sub(grow), at) };
            self.set_prefix(class, start - grow);
        } else if !head_is_shorter && back >= grow {
            // SAFETY: the back gap has `grow` bytes, so the destination lies within the allocation.
            unsafe { ptr::copy(self.base().add(at + remove), self.base().add(at + insert), tail) };
        } else if start + back >= grow {
            self.centre(((start + back - grow) / 2).min(START_MAX), at, remove, insert, tail);
        } else {
            let class = growth_class_for(total + grow + PREFIX);
            let slack = class_bytes(class) - PREFIX - (total + grow);
            let start = if head_is_shorter { slack.min(START_MAX) } else { 0 };
            self.reallocate(class, start, at, remove, insert, total);
        }
    }

    /// Moves the listpack to `new_start` within its allocation, widening the hole at `at` on the way.
    fn centre(&mut self, new_start: usize, at: usize, remove: usize, insert: usize, tail: usize) {
        let old = self.base();
        let old_start = self.start();
        self.set_prefix(self.class(), new_start);
        let new = self.base();
        // SAFETY: the caller chose `new_start` so that the grown listpack fits. Going left, the head's destination
        // ends before the old tail begins; going right, the tail's begins after the old head ends; so neither
        // copy overwrites what the other has yet to read.
        unsafe {
            if new_start < old_start {
                ptr::copy(old, new, at);
                ptr::copy(old.add(at + remove), new.add(at + insert), tail);
            } else {
                ptr::copy(old.add(at + remove), new.add(at + insert), tail);
                ptr::copy(old, new, at);
            }
        }
    }

    fn reallocate(&mut self, class: u8, start: usize, at: usize, remove: usize, insert: usize, total: usize) {
        let new = Self::allocate(class, start);
        let tail = total - at - remove;
        // SAFETY: the class holds the prefix, `start` and the new total; the two allocations are distinct.
        unsafe {
            ptr::copy_nonoverlapping(self.base(), new.base(), at);
            ptr::copy_nonoverlapping(self.base().add(at + remove), new.base().add(at + insert), tail);
        }
        *self = new;
    }

    /// Moves to the smallest class that holds the listpack.
    pub(super) fn shrink_to_fit(&mut self) {
        if class_for(self.total() + PREFIX) < self.class() {
            *self = Self::copy_of(self.bytes());
        }
    }
}

/// Copies a handful of bytes, mostly one, without a call; returns where they end.
///
/// # Safety
/// `to` must be valid for writing `run.len()` bytes, and `run` must not overlap them.
#[inline(always)]
unsafe fn copy_few(run: &[u8], to: *mut u8) -> *mut u8 {
    if let [byte] = *run {
        // SAFETY: the caller's promise.
        unsafe { to.write(byte) };
    } else {
        // SAFETY: the caller's promise.
        unsafe { ptr::copy_nonoverlapping(run.as_ptr(), to, run.len()) };
    }
    // SAFETY: at most one past what the caller promised.
    unsafe { to.add(run.len()) }
}

impl Drop for Raw {
    fn drop(&mut self) {
        // SAFETY: allocated by `allocate` with the layout of this class, and not used after.
        unsafe { dealloc(self.ptr.as_ptr(), Self::layout(self.class())) };
    }
}
