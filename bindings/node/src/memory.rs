//! Memory: mimalloc, and how much of it is in use.
//!
//! Each thread adds up what it takes and gives back, and hands the sum to the process's counter once it exceeds
//! [`SLACK`]: an allocation costs an addition, and the figure is exact to [`SLACK`] bytes a thread. What JavaScript allocates
//! is not in it.

use hematite_engine::MemoryFigures;
use mimalloc::MiMalloc;
use std::alloc::{GlobalAlloc, Layout};
use std::cell::Cell;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};

/// Bytes that a thread may have taken or given back unseen.
const SLACK: i64 = 16 << 10;

static USED: AtomicI64 = AtomicI64::new(0);
static PEAK: AtomicI64 = AtomicI64::new(0);
static SYSTEM: AtomicU64 = AtomicU64::new(0);

thread_local! {
    static UNSEEN: Cell<i64> = const { Cell::new(0) };
}

/// mimalloc that counts.
pub struct Counting;

#[inline]
fn count(bytes: i64) {
    // A thread that is going away has no cell any more; what it frees then is not seen.
    let _ = UNSEEN.try_with(|unseen| {
        let sum = unseen.get() + bytes;
        if sum.abs() <= SLACK {
            unseen.set(sum);
        } else {
            unseen.set(0);
            let used = USED.fetch_add(sum, Relaxed) + sum;
            if used > PEAK.load(Relaxed) {
                PEAK.fetch_max(used, Relaxed);
            }
        }
    });
}

// SAFETY: every call goes to mimalloc with the caller's arguments; counting neither allocates nor panics.
unsafe impl GlobalAlloc for Counting {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as i64);
        // SAFETY: the caller keeps the trait's contract.
        unsafe { MiMalloc.alloc(layout) }
    }
    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as i64);
        // SAFETY: the caller keeps the trait's contract.
        unsafe { MiMalloc.alloc_zeroed(layout) }
    }
    #[inline]
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(-(layout.size() as i64));
        // SAFETY: the caller keeps the trait's contract.
        unsafe { MiMalloc.dealloc(pointer, layout) }
    }
    #[inline]
    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size as i64 - layout.size() as i64);
        // SAFETY: the caller keeps the trait's contract.
        unsafe { MiMalloc.realloc(pointer, layout, size) }
    }
}

/// Says how much memory the machine has, bytes.
pub fn set_system(bytes: u64) {
    SYSTEM.store(bytes, Relaxed);
}

/// A reading.
pub fn figures() -> MemoryFigures {
    let used = USED.load(Relaxed).max(0) as u64;
    let peak = (PEAK.load(Relaxed).max(0) as u64).max(used);
    let resident = memory_stats::memory_stats().map_or(used, |stats| stats.physical_mem as u64);
    MemoryFigures { used, peak, resident, system: SYSTEM.load(Relaxed) }
}
