//! Regions: where spans come from, and where their memory goes.
//!
//! ```text
//! region, 16 MiB    [ headers | span 1 | span 2 | ... | span 255 ]      aligned to its size
//! headers           links, a bit for each span: free; and the spans' own headers, side by side
//! ```
//!
//! A block's address leads to its region, and its place there to its span's header.
//!
//! Regions are the system's own: a span is given back by the thread that found it empty, 64 KiB at a time. mimalloc would
//! have the thread that once asked for a span give it back, and as many as there are in one go, within some later call:
//! 128 ms were seen in one allocation after another thread had dropped three million nodes.
//!
//! A span that nobody uses has no pages; a region without a used span goes, unless it is the last one with room.

use crate::lock::Lock;
use crate::span::{Block, SPAN_BYTES, Span};
use std::ptr::{NonNull, null_mut};
#[cfg(target_os = "linux")]
use std::sync::atomic::AtomicU8;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Bytes of a region, and its alignment.
pub(crate) const REGION_BYTES: usize = if cfg!(miri) { 1 << 20 } else { 16 << 20 };
const SPANS: usize = REGION_BYTES / SPAN_BYTES;
const WORDS: usize = SPANS.div_ceil(64);

/// A region's headers; their place is the first span's.
#[repr(C)]
struct Region {
    spans: [Span; SPANS],
    next: *mut Region,
    previous: *mut Region,
    /// The neighbours among all regions.
    younger: *mut Region,
    older: *mut Region,
    free: [u64; WORDS],
    free_count: usize,
}

const _: () = assert!(size_of::<Region>() <= SPAN_BYTES);

/// The regions that have room, and all there are, each doubly linked.
struct Pool {
    head: *mut Region,
    youngest: *mut Region,
}

// SAFETY: regions are reached under the lock only, but for the headers of spans that are somebody's.
unsafe impl Send for Pool {}

static POOL: Lock<Pool> = Lock::new(Pool { head: null_mut(), youngest: null_mut() });

/// A bit for each place at which a region can be, by its address: whether one is there.
static PLACES: [AtomicU64; PLACES_MAX / 64] = [const { AtomicU64::new(0) }; PLACES_MAX / 64];
/// Places in what an address can reach: 47 bits on today's systems.
const PLACES_MAX: usize =
    ((1u64 << if cfg!(target_pointer_width = "64") { 47 } else { 32 }) / REGION_BYTES as u64) as usize;

/// Whether an address lies in a region.
pub(crate) fn contains(address: *const u8) -> bool {
    let place = address.addr() / REGION_BYTES;
    PLACES.get(place / 64).is_some_and(|word| word.load(Relaxed) >> (place % 64) & 1 != 0)
}

/// Notes that a region comes or goes. One beyond the places is never found, so nothing in it is ever moved.
fn note_place(region: *mut u8, is_there: bool) {
    let place = region.addr() / REGION_BYTES;
    let Some(word) = PLACES.get(place / 64) else { return };
    if is_there {
        word.fetch_or(1 << (place % 64), Relaxed);
    } else {
        word.fetch_and(!(1 << (place % 64)), Relaxed);
    }
}

/// For each place of a region, a bit for each stretch of it that is mapped by a huge page, as far as is known.
#[cfg(target_os = "linux")]
static HUGE: [AtomicU8; PLACES_MAX] = [const { AtomicU8::new(0) }; PLACES_MAX];

/// Bytes of a stretch: a bit's.
const STRETCH_BYTES: usize = REGION_BYTES / 8;

/// Whether the stretch at an address is known to be mapped by a huge page.
#[cfg(target_os = "linux")]
pub(crate) fn is_huge(address: usize) -> bool {
    let (place, bit) = stretch(address);
    HUGE.get(place).is_some_and(|bits| bits.load(Relaxed) & bit != 0)
}

/// Notes that it is so, or, where some of its memory goes, is not.
#[cfg(target_os = "linux")]
pub(crate) fn note_huge(address: usize, is_huge: bool) {
    let (place, bit) = stretch(address);
    let Some(bits) = HUGE.get(place) else { return };
    if is_huge {
        bits.fetch_or(bit, Relaxed);
    } else if bits.load(Relaxed) & bit != 0 {
        bits.fetch_and(!bit, Relaxed);
    }
}

#[cfg(not(target_os = "linux"))]
fn note_huge(_: usize, _: bool) {}

/// The place of a stretch's region, and its bit there.
#[cfg(target_os = "linux")]
fn stretch(address: usize) -> (usize, u8) {
    (address / REGION_BYTES, 1 << (address % REGION_BYTES / STRETCH_BYTES))
}

/// The header of the span that a block lies in.
#[inline(always)]
pub(crate) fn span_of(block: *mut Block) -> *mut Span {
    let index = (block.addr() & (REGION_BYTES - 1)) / SPAN_BYTES;
    region_of(block.cast()).cast::<Span>().wrapping_add(index)
}

#[inline(always)]
fn region_of(within: *mut u8) -> *mut Region {
    within.map_addr(|address| address & !(REGION_BYTES - 1)).cast()
}

/// Where a span's blocks begin.
pub(crate) fn blocks_of(span: *mut Span) -> *mut u8 {
    let region = region_of(span.cast());
    region.cast::<u8>().wrapping_add(index_of(span) * SPAN_BYTES)
}

/// The place of a span in its region; the headers are the first thing there.
fn index_of(span: *mut Span) -> usize {
    (span.addr() & (REGION_BYTES - 1)) / size_of::<Span>()
}

/// A span that nobody uses; `None` where memory has run out. Its header is to be written first.
pub(crate) fn obtain() -> Option<NonNull<Span>> {
    let mut pool = POOL.lock();
    if pool.head.is_null() {
        drop(pool);
        let region = create()?;
        pool = POOL.lock();
        // SAFETY: the region is new and has room.
        unsafe {
            pool.enter(region.as_ptr());
            pool.link(region.as_ptr());
        }
    }
    // SAFETY: regions in the list are live and have room; the lock is held.
    unsafe {
        let region = pool.head;
        let word = (0..WORDS).find(|word| (*region).free[*word] != 0)?;
        let bit = (*region).free[word].trailing_zeros() as usize;
        (*region).free[word] &= !(1 << bit);
        (*region).free_count -= 1;
        if (*region).free_count == 0 {
            pool.unlink(region);
        }
        NonNull::new(region.cast::<Span>().add(word * 64 + bit))
    }
}

/// Takes a span back and its memory from it.
///
/// # Safety
/// It came from `obtain`; nothing points to its blocks, and nobody uses its header.
pub(crate) unsafe fn give(span: NonNull<Span>) {
    let index = index_of(span.as_ptr());
    // SAFETY: the span is the caller's; its region is live as long as one of its spans is not free.
    unsafe {
        system::discard(blocks_of(span.as_ptr()));
        note_huge(blocks_of(span.as_ptr()).addr(), false);
        let region = region_of(span.as_ptr().cast());
        let mut pool = POOL.lock();
        (*region).free[index / 64] |= 1 << (index % 64);
        (*region).free_count += 1;
        if (*region).free_count == 1 {
            pool.link(region);
        }
        let is_only = (*region).next.is_null() && (*region).previous.is_null();
        if (*region).free_count == SPANS - 1 && !is_only {
            pool.unlink(region);
            pool.leave(region);
            drop(pool);
            note_place(region.cast(), false);
            (0..8).for_each(|n| note_huge(region.addr() + n * STRETCH_BYTES, false));
            system::unmap(region.cast());
        }
    }
}

/// A new region, all of whose spans are free.
fn create() -> Option<NonNull<Region>> {
    let region: NonNull<Region> = system::map()?.cast();
    // SAFETY: the memory is a region's, and nobody else knows of it. The headers of free spans are never read.
    unsafe {
        let at = region.as_ptr();
        (&raw mut (*at).next).write(null_mut());
        (&raw mut (*at).previous).write(null_mut());
        (&raw mut (*at).younger).write(null_mut());
        (&raw mut (*at).older).write(null_mut());
        (&raw mut (*at).free).write(std::array::from_fn(free_bits));
        (&raw mut (*at).free_count).write(SPANS - 1);
    }
    note_place(region.as_ptr().cast(), true);
    Some(region)
}

/// A word of a region whose spans are all free, but for the first one, which there is none of.
fn free_bits(word: usize) -> u64 {
    let all = if SPANS < 64 { (1 << SPANS) - 1 } else { u64::MAX };
    if word == 0 { all & !1 } else { all }
}

/// Writes the addresses of regions into `addresses`, from the `skipped`-th youngest on; returns how many there were. They may
/// be gone by the time that the caller looks.
#[cfg(target_os = "linux")]
pub(crate) fn list(skipped: usize, addresses: &mut [usize]) -> usize {
    let pool = POOL.lock();
    let mut at = pool.youngest;
    let (mut position, mut count) = (0, 0);
    while !at.is_null() && count < addresses.len() {
        if position >= skipped {
            addresses[count] = at.addr();
            count += 1;
        }
        position += 1;
        // SAFETY: regions in the list are live while the lock is held.
        at = unsafe { (*at).older };
    }
    count
}

impl Pool {
    /// # Safety
    /// `region` is live, and not among all regions.
    unsafe fn enter(&mut self, region: *mut Region) {
        // SAFETY: the youngest region is live or null.
        unsafe {
            (*region).older = self.youngest;
            if !self.youngest.is_null() {
                (*self.youngest).younger = region;
            }
        }
        self.youngest = region;
    }
    /// # Safety
    /// `region` is live, and among all regions.
    unsafe fn leave(&mut self, region: *mut Region) {
        // SAFETY: the neighbours of a region in the list are live.
        unsafe {
            let (younger, older) = ((*region).younger, (*region).older);
            if younger.is_null() {
                self.youngest = older;
            } else {
                (*younger).older = older;
            }
            if !older.is_null() {
                (*older).younger = younger;
            }
        }
    }
    /// # Safety
    /// `region` is live, and not in the list.
    unsafe fn link(&mut self, region: *mut Region) {
        // SAFETY: the head is live or null.
        unsafe {
            (*region).next = self.head;
            (*region).previous = null_mut();
            if !self.head.is_null() {
                (*self.head).previous = region;
            }
        }
        self.head = region;
    }
    /// # Safety
    /// `region` is live, and in the list.
    unsafe fn unlink(&mut self, region: *mut Region) {
        // SAFETY: the neighbours of a region in the list are live.
        unsafe {
            let (next, previous) = ((*region).next, (*region).previous);
            if previous.is_null() {
                self.head = next;
            } else {
                (*previous).next = next;
            }
            if !next.is_null() {
                (*next).previous = previous;
            }
            (*region).next = null_mut();
            (*region).previous = null_mut();
        }
    }
}

#[cfg(all(unix, not(any(miri, hematite_backing = "system"))))]
mod system {
    use super::{REGION_BYTES, SPAN_BYTES};
    use std::ptr::{NonNull, null_mut};

    /// Memory for a region, which has pages as it is touched.
    pub fn map() -> Option<NonNull<u8>> {
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANON | libc::MAP_NORESERVE;
        // SAFETY: an anonymous mapping anywhere; what lies outside of the aligned half goes back at once.
        unsafe {
            let mapped = libc::mmap(null_mut(), 2 * REGION_BYTES, protection, flags, -1, 0);
            if mapped == libc::MAP_FAILED {
                return None;
            }
            let before = mapped.addr().wrapping_neg() & (REGION_BYTES - 1);
            let start = mapped.add(before);
            if before > 0 {
                libc::munmap(mapped, before);
            }
            libc::munmap(start.add(REGION_BYTES), REGION_BYTES - before);
            // Huge pages cost 2 MiB a step of memory in use, and milliseconds where one is zeroed in the middle of a command;
            // where it pays, they come later (`huge`).
            #[cfg(target_os = "linux")]
            libc::madvise(start, REGION_BYTES, libc::MADV_NOHUGEPAGE);
            NonNull::new(start.cast())
        }
    }

    /// Gives a region back.
    ///
    /// # Safety
    /// It came from `map`, and nobody uses it.
    pub unsafe fn unmap(region: *mut u8) {
        // SAFETY: the caller's promise.
        unsafe { libc::munmap(region.cast(), REGION_BYTES) };
    }

    /// Leaves a span's place without pages.
    ///
    /// # Safety
    /// The place is the caller's.
    pub unsafe fn discard(blocks: *mut u8) {
        #[cfg(target_os = "linux")]
        const ADVICE: libc::c_int = libc::MADV_DONTNEED;
        #[cfg(not(target_os = "linux"))]
        const ADVICE: libc::c_int = libc::MADV_FREE;
        // SAFETY: the caller's promise; a span is a whole number of pages.
        unsafe { libc::madvise(blocks.cast(), SPAN_BYTES, ADVICE) };
    }
}

/// Regions of the backing allocator: memory goes back by whole regions.
#[cfg(any(not(unix), miri, hematite_backing = "system"))]
mod system {
    use super::REGION_BYTES;
    use crate::backing::BACKING;
    use std::alloc::{GlobalAlloc, Layout};
    use std::ptr::NonNull;

    const LAYOUT: Layout = match Layout::from_size_align(REGION_BYTES, REGION_BYTES) {
        Ok(layout) => layout,
        Err(_) => unreachable!(),
    };

    /// Memory for a region.
    pub fn map() -> Option<NonNull<u8>> {
        // SAFETY: the layout is not empty.
        NonNull::new(unsafe { BACKING.alloc(LAYOUT) })
    }

    /// Gives a region back.
    ///
    /// # Safety
    /// It came from `map`, and nobody uses it.
    pub unsafe fn unmap(region: *mut u8) {
        // SAFETY: allocated in `map` with this layout.
        unsafe { BACKING.dealloc(region, LAYOUT) };
    }

    /// Nothing: the memory stays the region's.
    ///
    /// # Safety
    /// None is needed; the other implementation asks for it.
    pub unsafe fn discard(_: *mut u8) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn spans_are_apart_and_come_back() {
        let mut seen = HashSet::new();
        for round in 0..2 {
            let spans: Vec<_> = (0..3 * SPANS).map(|_| obtain().unwrap()).collect();
            for span in &spans {
                let blocks = blocks_of(span.as_ptr());
                assert_eq!(blocks.addr() % SPAN_BYTES, 0);
                // SAFETY: the span is ours.
                unsafe { blocks.write_bytes(0xA5, SPAN_BYTES) };
                let last = blocks.wrapping_add(SPAN_BYTES - 8).cast();
                assert_eq!((span_of(blocks.cast()), span_of(last)), (span.as_ptr(), span.as_ptr()));
                assert!(seen.insert(*span) || round > 0, "given out twice");
            }
            // SAFETY: each came from `obtain`, once.
            spans.into_iter().for_each(|span| unsafe { give(span) });
        }
    }
}
