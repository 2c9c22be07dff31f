//! Intset: a small set of integers as one sorted array of the narrowest width that holds them all.
//!
//! ```text
//!   ptr ─► width:u32le (2, 4 or 8)  count:u32le  integers, little endian, ascending
//! ```
//!
//! The bytes are those of the reference's intset, so that dumps and snapshots carry them verbatim. The width only
//! grows. An [`Intset`] is 8 bytes; its allocation is the smallest size class that holds header and integers, so no
//! capacity needs to be stored: it follows from width and count.

#[cfg(test)]
mod tests;

use hematite_base::size_class::{class_bytes, growth_class_for};
use std::alloc::{Layout, alloc, dealloc, handle_alloc_error, realloc};
use std::ptr::{self, NonNull};

const HEADER: usize = 8;
/// Most integers that an intset may have: as in the reference, its bytes stay within 1 GiB.
pub const COUNT_MAX: usize = (1 << 30) / 8 - 1;

/// Why bytes are not an intset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Invalid;

/// An owned intset behind one thin pointer.
///
/// Invariants: the allocation has the size of `growth_class_for(bytes)`; `bytes` bytes of it are initialised; width is 2, 4
/// or 8 and the integers ascend strictly. The pointer may lie at any address.
#[repr(C, packed)]
pub struct Intset {
    ptr: NonNull<u8>,
}

// SAFETY: an `Intset` owns its allocation alone, and hands out references only through `&self` and `&mut self`.
unsafe impl Send for Intset {}
// SAFETY: as above; there is no interior mutability.
unsafe impl Sync for Intset {}

/// The narrowest width in bytes that holds `value`.
const fn width_of(value: i64) -> usize {
    match value {
        -32_768..=32_767 => 2,
        -2_147_483_648..=2_147_483_647 => 4,
        _ => 8,
    }
}

#[inline(always)]
fn read(integers: &[u8], width: usize, index: usize) -> i64 {
    let at = &integers[index * width..];
    match width {
        2 => i64::from(i16::from_le_bytes([at[0], at[1]])),
        4 => i64::from(i32::from_le_bytes([at[0], at[1], at[2], at[3]])),
        _ => i64::from_le_bytes([at[0], at[1], at[2], at[3], at[4], at[5], at[6], at[7]]),
    }
}

fn write(integers: &mut [u8], width: usize, index: usize, value: i64) {
    integers[index * width..][..width].copy_from_slice(&value.to_le_bytes()[..width]);
}

fn layout(bytes: usize) -> Layout {
    Layout::from_size_align(class_bytes(growth_class_for(bytes)), 4).expect("a class is far below isize::MAX")
}

impl Default for Intset {
    fn default() -> Self {
        Self::new()
    }
}

impl Clone for Intset {
    fn clone(&self) -> Self {
        Self::copy_of(self.as_bytes())
    }
}

impl std::fmt::Debug for Intset {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl Intset {
    /// An empty intset.
    pub fn new() -> Self {
        Self::copy_of(&[2, 0, 0, 0, 0, 0, 0, 0])
    }

    /// Brings in the set's beginning.
    pub fn prefetch(&self) {
        crate::prefetch::read(self.ptr.as_ptr());
    }

    /// Takes over foreign bytes after validating all of them. An empty set is not valid, as in the reference.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Invalid> {
        Self::validate(bytes, true)?;
        Ok(Self::copy_of(bytes))
    }

    /// Checks header and size, and if `deep` that the integers ascend strictly.
    pub fn validate(bytes: &[u8], deep: bool) -> Result<(), Invalid> {
        let header = bytes.first_chunk::<HEADER>().ok_or(Invalid)?;
        let width = u32::from_le_bytes([header[0], header[1], header[2], header[3]]) as usize;
        let count = u32::from_le_bytes([header[4], header[5], header[6], header[7]]) as usize;
        let fits = matches!(width, 2 | 4 | 8) && (1..=COUNT_MAX).contains(&count);
        if !fits || bytes.len() != HEADER + count * width {
            return Err(Invalid);
        }
        let integers = &bytes[HEADER..];
        let ascending = |at| read(integers, width, at - 1) < read(integers, width, at);
        if deep && !(1..count).all(ascending) { Err(Invalid) } else { Ok(()) }
    }

    fn copy_of(bytes: &[u8]) -> Self {
        let layout = layout(bytes.len());
        // SAFETY: no class has size 0.
        let Some(ptr) = NonNull::new(unsafe { alloc(layout) }) else { handle_alloc_error(layout) };
        // SAFETY: the class holds `bytes.len()` bytes, and the allocation is new.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), ptr.as_ptr(), bytes.len()) };
        Self { ptr }
    }

    #[inline(always)]
    fn header(&self) -> (usize, usize) {
        // SAFETY: the allocation begins with the header, aligned to 4.
        let [width, count] = unsafe { self.ptr.cast::<[u32; 2]>().read() };
        (u32::from_le(width) as usize, u32::from_le(count) as usize)
    }

    /// The intset's bytes, header included.
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        // SAFETY: so many bytes are initialised (invariant).
        unsafe { std::slice::from_raw_parts(self.ptr.as_ptr(), self.bytes()) }
    }

    fn as_bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: so many bytes are initialised (invariant), and `self` is borrowed alone.
        unsafe { std::slice::from_raw_parts_mut(self.ptr.as_ptr(), self.bytes()) }
    }

    #[inline]
    fn integers(&self) -> &[u8] {
        &self.as_bytes()[HEADER..]
    }

    /// Sets width and count, and resizes the allocation; bytes that come to the end are zero.
    fn resize(&mut self, width: usize, count: usize) {
        let (old, new) = (self.bytes(), HEADER + width * count);
        let (old_layout, new_layout) = (layout(old), layout(new));
        if old_layout != new_layout {
            // SAFETY: the allocation has the layout of its byte count (invariant), and the new size is not 0.
            let moved = unsafe { realloc(self.ptr.as_ptr(), old_layout, new_layout.size()) };
            let Some(ptr) = NonNull::new(moved) else { handle_alloc_error(new_layout) };
            self.ptr = ptr;
        }
        // SAFETY: the allocation now holds `new` bytes and begins with the header.
        unsafe {
            if new > old {
                self.ptr.as_ptr().add(old).write_bytes(0, new - old);
            }
            self.ptr.cast::<[u32; 2]>().write([(width as u32).to_le(), (count as u32).to_le()]);
        }
    }

    /// Size of the intset in bytes, header included.
    #[inline]
    pub fn bytes(&self) -> usize {
        let (width, count) = self.header();
        HEADER + width * count
    }

    /// Size of the allocation in bytes.
    pub fn heap_bytes(&self) -> usize {
        layout(self.bytes()).size()
    }

    /// Number of integers.
    #[inline]
    pub fn len(&self) -> usize {
        self.header().1
    }

    /// Whether there is no integer.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The integer at `index` in ascending order. Any uniformly drawn index gives a fair random member.
    #[inline]
    pub fn get(&self, index: usize) -> Option<i64> {
        let (width, count) = self.header();
        (index < count).then(|| read(self.integers(), width, index))
    }

    /// The index of `value`, or the index at which it would have to be inserted.
    #[inline]
    pub fn search(&self, value: i64) -> Result<usize, usize> {
        let (width, count) = self.header();
        let integers = self.integers();
        match width {
            2 => search(count, value, |at| read(integers, 2, at)),
            4 => search(count, value, |at| read(integers, 4, at)),
            _ => search(count, value, |at| read(integers, 8, at)),
        }
    }

    /// Whether `value` is a member.
    #[inline]
    pub fn contains(&self, value: i64) -> bool {
        width_of(value) <= self.header().0 && self.search(value).is_ok()
    }

    /// Adds `value`; returns whether it was new. Full at [`COUNT_MAX`], where nothing is added.
    pub fn add(&mut self, value: i64) -> bool {
        let (width, count) = self.header();
        let needed = width_of(value);
        if count >= COUNT_MAX {
            return false;
        }
        if needed > width {
            self.widen_and_add(needed, value);
            return true;
        }
        let Err(index) = self.search(value) else { return false };
        self.resize(width, count + 1);
        let integers = &mut self.as_bytes_mut()[HEADER..];
        integers.copy_within(index * width..count * width, (index + 1) * width);
        write(integers, width, index, value);
        true
    }

    /// A value that needs a greater width is beyond all others: it goes to one of the ends.
    fn widen_and_add(&mut self, width: usize, value: i64) {
        let (old_width, count) = self.header();
        self.resize(width, count + 1);
        let shift = usize::from(value < 0);
        let integers = &mut self.as_bytes_mut()[HEADER..];
        for index in (0..count).rev() {
            let own = read(integers, old_width, index);
            write(integers, width, index + shift, own);
        }
        write(integers, width, if value < 0 { 0 } else { count }, value);
    }

    /// Removes `value`; returns whether it was a member. The width stays.
    pub fn remove(&mut self, value: i64) -> bool {
        let (width, count) = self.header();
        if width_of(value) > width {
            return false;
        }
        let Ok(index) = self.search(value) else { return false };
        self.as_bytes_mut()[HEADER..].copy_within((index + 1) * width.., index * width);
        self.resize(width, count - 1);
        true
    }

    /// The integers in ascending order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = i64> + ExactSizeIterator + Clone + '_ {
        let (width, count) = self.header();
        let integers = self.integers();
        (0..count).map(move |index| read(integers, width, index))
    }
}

/// Binary search without a branch on the comparison: the interval halves by a conditional move.
#[inline(always)]
fn search(count: usize, value: i64, read: impl Fn(usize) -> i64) -> Result<usize, usize> {
    if count == 0 {
        return Err(0);
    }
    let (mut base, mut size) = (0, count);
    while size > 1 {
        let half = size / 2;
        base = if read(base + half) <= value { base + half } else { base };
        size -= half;
    }
    match read(base).cmp(&value) {
        std::cmp::Ordering::Equal => Ok(base),
        std::cmp::Ordering::Less => Err(base + 1),
        std::cmp::Ordering::Greater => Err(base),
    }
}

impl Drop for Intset {
    fn drop(&mut self) {
        // SAFETY: the allocation has the layout of its byte count (invariant), and is not used after.
        unsafe { dealloc(self.ptr.as_ptr(), layout(self.bytes())) };
    }
}
