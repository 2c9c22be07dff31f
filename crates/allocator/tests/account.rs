//! What the allocator says about itself: exact for a thread alone, and the peak is kept.
//!
//! One test, so that no other thread of the harness allocates meanwhile.

use hematite_allocator::{Hematite, peak, purge, trim, used};
use std::alloc::{GlobalAlloc, Layout};

#[global_allocator]
static ALLOCATOR: Hematite = Hematite;

fn layout(size: usize) -> Layout {
    Layout::from_size_align(size, 8).unwrap()
}

/// By how much `used` grows for one block of a size; it falls back when the block goes.
fn counted(size: usize) -> usize {
    let before = used();
    // SAFETY: the layout is not empty; the block is freed with it.
    unsafe {
        let block = ALLOCATOR.alloc(layout(size));
        let with = used();
        ALLOCATOR.dealloc(block, layout(size));
        assert_eq!(used(), before);
        with - before
    }
}

/// By how much `used` grows for a block reallocated from one size to another.
fn counted_after(from: usize, to: usize) -> usize {
    let before = used();
    // SAFETY: the layouts are not empty; the block is freed with its last one.
    unsafe {
        let block = ALLOCATOR.realloc(ALLOCATOR.alloc(layout(from)), layout(from), to);
        let with = used();
        ALLOCATOR.dealloc(block, layout(to));
        assert_eq!(used(), before);
        with - before
    }
}

#[test]
fn counts_what_blocks_take() {
    let sizes = [1, 24, 33, 86, 96, 250, 260, 600, 1000, 5000, 100_000];
    assert_eq!(sizes.map(counted), [8, 24, 40, 88, 96, 256, 272, 608, 1024, 5120, 102_400]);
    let steps = [(24, 20), (24, 25), (100, 2000), (2000, 3000), (2000, 24), (40, 1 << 20)];
    assert_eq!(steps.map(|(from, to)| counted_after(from, to)), [24, 32, 2016, 3072, 24, 1 << 20]);

    let before = used();
    let held: Vec<Box<[u8; 88]>> = (0..100_000).map(|_| Box::new([1; 88])).collect();
    let expected = 88 * held.len() + (8 * held.len()).next_multiple_of(4096);
    assert_eq!(used() - before, expected);
    assert!(peak() >= used());
    let high = used();
    drop(held);
    assert!(used() <= before);
    assert!(peak() + 64 * 1024 >= high, "the peak is off by what threads keep to themselves at most");

    let kept: Vec<Box<[u8; 40]>> = (0..100).map(|n| Box::new([n; 40])).collect();
    let with = used();
    purge();
    assert_eq!(used(), with, "a purge frees nothing that is in use");
    assert!(kept.iter().zip(0..).all(|(block, n)| **block == [n; 40]));

    // SAFETY: the layout is not empty; zeroed memory is read.
    unsafe {
        for size in [24, 88, 96, 904, 4000] {
            let block = ALLOCATOR.alloc(layout(size));
            block.write_bytes(7, size);
            ALLOCATOR.dealloc(block, layout(size));
            let block = ALLOCATOR.alloc_zeroed(layout(size));
            assert!(std::slice::from_raw_parts(block, size).iter().all(|&byte| byte == 0));
            ALLOCATOR.dealloc(block, layout(size));
        }
    }

    if cfg!(all(target_os = "linux", not(miri))) {
        idle_classes_keep_nothing();
    }
}

/// Bytes of anonymous pages.
fn resident() -> usize {
    let rollup = std::fs::read_to_string("/proc/self/smaps_rollup").unwrap_or_default();
    let line = rollup.lines().find_map(|line| line.strip_prefix("Anonymous:"));
    line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse::<usize>().ok()).unwrap_or(0) * 1024
}

fn idle_classes_keep_nothing() {
    for size in (512..2048).step_by(64) {
        let held: Vec<Vec<u8>> = (0..200).map(|_| vec![1; size]).collect();
        drop(held);
    }
    // The first call sees what there is, the second that nobody has touched it.
    trim();
    let before = resident();
    trim();
    let given_back = before.saturating_sub(resident());
    assert!(given_back > 512 * 1024, "{given_back} bytes");
}
