//! Allocator: slabs for sizes up to 32 KiB, mimalloc for the others, with the bytes in use counted.
//!
//! A keyspace is millions of small records. mimalloc serves 88 bytes as 96 and 24 as 32; the slabs here serve every
//! multiple of 8 up to 256 (of 4 up to 124 for what may lie there), of 16 up to 512, of 32 up to 2048 and four sizes a
//! doubling up to 32 KiB (`class`). The layout that comes with every free tells whose block it is, so blocks have no header.
//!
//! ```text
//! alloc(layout) ─► class ─┬─ ours ──► thread cache ──batches──► central list of the class ──► spans of 64 KiB ──► regions
//!                         └─ larger, or aligned to more than its class ──► mimalloc
//! ```
//!
//! What one thread has allocated another one may free, millions at a time, and neither waits for the other for longer than
//! a batch takes: see `central` and `region`.
//!
//! With structures, pump and bindings this is a room where `unsafe` may live. Only bindings and benches name it, as their
//! `#[global_allocator]`; **no room learns which allocator it runs on.**
//!
//! The slabs are Bonwick's ("The Slab Allocator", USENIX 1994) with the thread caches of his later magazines
//! ("Magazines and Vmem", USENIX 2001), but linked through the blocks themselves.

mod backing;
mod cache;
mod central;
mod class;
mod fill;
mod huge;
mod ledger;
mod lock;
mod region;
mod span;

use backing::BACKING;
pub use huge::HugePages;
use std::alloc::{GlobalAlloc, Layout};
use std::ptr::null_mut;

/// The allocator: `#[global_allocator] static ALLOCATOR: Hematite = Hematite;`
pub struct Hematite;

/// Bytes allocated and not freed, each block counted as what it takes in its size class. Accurate to 32 KiB for each
/// other thread; 0 unless [`Hematite`] is the global allocator.
pub fn used() -> usize {
    (ledger::read().0 + cache::pending()).max(0) as usize
}

/// The highest that [`used`] has been, to the same accuracy.
pub fn peak() -> usize {
    (ledger::read().1).max(0).unsigned_abs().max(used() as u64) as usize
}

/// Gives memory that nobody uses back to the system (MEMORY PURGE, or after much has been deleted): what this thread and
/// the central lists keep, and what mimalloc keeps. Other threads' caches, up to 8 KiB a class, stay. Takes some
/// milliseconds a GiB.
pub fn purge() {
    cache::empty();
    central::purge();
    backing::purge();
}

/// Gives back what this thread keeps of sizes that it has not used since the last call: ten times a second, say.
pub fn trim() {
    cache::trim();
}

/// Gives back all that this thread keeps: before it waits for long.
pub fn rest() {
    cache::empty();
}

/// Bytes that the slabs hold beside the blocks that threads use or keep.
pub fn idle() -> usize {
    fill::free_bytes()
}

/// Bytes that lie free between blocks in use, as far as moving these together would give them back to the system.
pub fn sparse_bytes() -> usize {
    fill::survey()
}

/// Whether a block in use should be moved, so that where it lies can be given back: see [`packing`]. An address that is not in
/// a block of ours may be asked for, too: it never should.
pub fn is_sparse(block: *const u8) -> bool {
    central::is_sparse(block)
}

/// Runs `f`, which moves blocks for which [`is_sparse`] holds: it copies each and frees the old one. Copies lie where memory
/// is fullest; what the thread keeps for itself otherwise is given back before.
pub fn packing<R>(f: impl FnOnce() -> R) -> R {
    cache::bypass(f)
}

/// Our class if the slabs serve this layout, and the bytes that its block takes.
#[inline(always)]
fn route(layout: Layout) -> (Option<usize>, usize) {
    if layout.size() > class::SIZE_MAX {
        return (None, class::taken_by_foreign(layout.size()));
    }
    let (class, taken) = class::of(layout.size(), layout.align());
    // Blocks begin at multiples of their size.
    if layout.align() > 8 && (layout.align() > class::ALIGN_MAX || taken & (layout.align() - 1) != 0) {
        return (None, class::taken_by_foreign(layout.size()));
    }
    (Some(class), taken)
}

// SAFETY: blocks are disjoint and of the size and alignment asked for: a class's blocks are multiples of its size,
// everything else is the backing allocator's. A free and its allocation take the same route, which depends on the layout
// alone. Nothing here unwinds.
unsafe impl GlobalAlloc for Hematite {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let (class, taken) = route(layout);
        if let Some(class) = class {
            return cache::allocate(class, taken);
        }
        // SAFETY: the caller's promise.
        let block = unsafe { BACKING.alloc(layout) };
        if !block.is_null() {
            cache::note(taken as i64);
        }
        block
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let (class, taken) = route(layout);
        // SAFETY: the caller's promise; the route is that of the allocation.
        unsafe {
            if let Some(class) = class {
                return cache::free(class, taken, block);
            }
            BACKING.dealloc(block, layout);
        }
        cache::note(-(taken as i64));
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        let (class, taken) = route(layout);
        if let Some(class) = class {
            let block = cache::allocate(class, taken);
            if !block.is_null() {
                // SAFETY: the block has at least the layout's size.
                unsafe { block.write_bytes(0, layout.size()) };
            }
            return block;
        }
        // SAFETY: the caller's promise.
        let block = unsafe { BACKING.alloc_zeroed(layout) };
        if !block.is_null() {
            cache::note(taken as i64);
        }
        block
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller promises that size and alignment make a layout.
        let to = unsafe { Layout::from_size_align_unchecked(size, layout.align()) };
        match (route(layout), route(to)) {
            ((Some(old), _), (Some(new), _)) if old == new => block,
            ((None, before), (None, after)) => {
                // SAFETY: the caller's promise; the block is the backing allocator's and stays so.
                let block = unsafe { BACKING.realloc(block, layout, size) };
                if !block.is_null() {
                    cache::note(after as i64 - before as i64);
                }
                block
            }
            // SAFETY: the caller's promise.
            _ => unsafe { self.relocate(block, layout, to) },
        }
    }
}

impl Hematite {
    /// Moves a block to where its new layout belongs.
    ///
    /// # Safety
    /// `block` was allocated with `from`.
    #[cold]
    unsafe fn relocate(&self, block: *mut u8, from: Layout, to: Layout) -> *mut u8 {
        // SAFETY: both blocks have the bytes that are copied; the old one is freed once.
        unsafe {
            let moved = self.alloc(to);
            if moved.is_null() {
                return null_mut();
            }
            moved.copy_from_nonoverlapping(block, from.size().min(to.size()));
            self.dealloc(block, from);
            moved
        }
    }
}
