//! The module's memory: what was allocated and not freed, counted, since WASM memory itself never shrinks.

use hematite_engine::MemoryFigures;
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

static USED: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

/// The standard allocator, with the bytes in use counted.
struct Counted;

#[global_allocator]
static ALLOCATOR: Counted = Counted;

fn note(taken: usize, given: usize) {
    // There is one thread, so a load and a store lose nothing.
    let used = USED.load(Relaxed) + taken - given;
    USED.store(used, Relaxed);
    if used > PEAK.load(Relaxed) {
        PEAK.store(used, Relaxed);
    }
}

// SAFETY: every call is handed on to the standard allocator as it came; what is counted beside it changes nothing.
unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise.
        let block = unsafe { System.alloc(layout) };
        if !block.is_null() {
            note(layout.size(), 0);
        }
        block
    }
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(block, layout) };
        note(0, layout.size());
    }
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller's promise.
        let moved = unsafe { System.realloc(block, layout, size) };
        if !moved.is_null() {
            note(size, layout.size());
        }
        moved
    }
}

/// Bytes in use.
pub fn used_bytes() -> u64 {
    USED.load(Relaxed) as u64
}

/// A reading.
pub fn figures() -> MemoryFigures {
    #[cfg(target_arch = "wasm32")]
    let resident = core::arch::wasm32::memory_size(0) as u64 * 65536;
    #[cfg(not(target_arch = "wasm32"))]
    let resident = used_bytes();
    MemoryFigures { used: used_bytes(), idle: 0, peak: PEAK.load(Relaxed) as u64, resident, system: 1 << 32 }
}
