//! Fill: how full the spans of each class are, and so which blocks should move.
//!
//! Where values of one size give way to values of another, the blocks that are left keep spans that are mostly free. Nobody
//! but their owner can move them; the owner asks whether it should ([`crate::is_sparse`]). A class is sparse where more than
//! one block in [`BLOCKS_PER_FREE`] is free; of its spans those should be emptied that are no fuller than the mean, into those
//! that are.
//!
//! The counts are kept by the batch, beside the central lists, and read without their locks: they may be off by what is on
//! its way.

use crate::class::{COUNT, SIZES};
use crate::span::SPAN_BYTES;
use std::sync::atomic::{AtomicIsize, AtomicU32, Ordering::Relaxed};

/// A class is worth packing where more than one in so many of its blocks is free.
const BLOCKS_PER_FREE: usize = 20;

/// Of one class.
#[repr(align(64))]
struct Fill {
    /// Spans, full ones too.
    spans: AtomicIsize,
    /// Blocks that threads use or keep.
    blocks: AtomicIsize,
    /// A span with fewer blocks out than this should be emptied, as it was at the last [`survey`]; 0: none.
    emptier_than: AtomicU32,
}

static FILLS: [Fill; COUNT] = [const {
    Fill { spans: AtomicIsize::new(0), blocks: AtomicIsize::new(0), emptier_than: AtomicU32::new(0) }
}; COUNT];

impl Fill {
    /// Blocks that are out, and those that the spans have room for.
    fn blocks(&self, class: usize) -> (usize, usize) {
        let all = self.spans.load(Relaxed).max(0) as usize * capacity(class);
        (all.min(self.blocks.load(Relaxed).max(0) as usize), all)
    }
}

/// Blocks of a span.
fn capacity(class: usize) -> usize {
    SPAN_BYTES / usize::from(SIZES[class])
}

/// Counts spans that a class gets or, negative, gives away.
#[inline]
pub(crate) fn note_spans(class: usize, count: isize) {
    FILLS[class].spans.fetch_add(count, Relaxed);
}

/// Counts blocks that threads get or, negative, give back.
#[inline]
pub(crate) fn note_blocks(class: usize, count: isize) {
    FILLS[class].blocks.fetch_add(count, Relaxed);
}

/// A span of the class with fewer blocks out than this should be emptied; 0: none should.
#[inline]
pub(crate) fn emptier_than(class: usize) -> u32 {
    FILLS[class].emptier_than.load(Relaxed)
}

/// Bytes of free blocks of all classes.
pub(crate) fn free_bytes() -> usize {
    let of_class = |(class, fill): (usize, &Fill)| {
        let (used, all) = fill.blocks(class);
        (all - used) * usize::from(SIZES[class])
    };
    FILLS.iter().enumerate().map(of_class).sum()
}

/// Looks at how full the spans are; the bytes of free blocks of classes where moving blocks together would empty spans.
pub(crate) fn survey() -> usize {
    let of_class = |(class, fill): (usize, &Fill)| {
        let (used, all) = fill.blocks(class);
        let free = all - used;
        let is_sparse = free >= capacity(class) && free * BLOCKS_PER_FREE > all;
        // Those at the mean, too, for all may be alike; but none that are full.
        let mean = used.div_ceil((all / capacity(class)).max(1));
        let emptier_than = if is_sparse { (mean + 1).min(capacity(class)) } else { 0 };
        fill.emptier_than.store(emptier_than as u32, Relaxed);
        if is_sparse { free * usize::from(SIZES[class]) } else { 0 }
    };
    FILLS.iter().enumerate().map(of_class).sum()
}
