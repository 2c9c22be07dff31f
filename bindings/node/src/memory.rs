//! The process's memory, as INFO wants to know it. What JavaScript allocates is in the resident size alone.

use hematite_engine::{MemoryFigures, PackingAllocator};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

static SYSTEM: AtomicU64 = AtomicU64::new(0);

/// Says how much memory the machine has, bytes.
pub fn set_system(bytes: u64) {
    SYSTEM.store(bytes, Relaxed);
}

/// Bytes that Rust has allocated: for every command, so without asking the system.
pub fn used_bytes() -> u64 {
    hematite_allocator::used() as u64
}

/// What lies sparse is moved together.
pub const PACKING: PackingAllocator = PackingAllocator {
    sparse_bytes: || hematite_allocator::sparse_bytes() as u64,
    is_sparse: hematite_allocator::is_sparse,
    within: |f| hematite_allocator::packing(f),
};

/// A reading.
pub fn figures() -> MemoryFigures {
    let used = hematite_allocator::used() as u64;
    let resident = memory_stats::memory_stats().map_or(used, |stats| stats.physical_mem as u64);
    MemoryFigures {
        used,
        idle: hematite_allocator::idle() as u64,
        peak: hematite_allocator::peak() as u64,
        resident,
        system: SYSTEM.load(Relaxed),
    }
}
