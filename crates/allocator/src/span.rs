//! Span: 64 KiB of blocks of one class, aligned to its size. Its header lies with those of its region's other spans.
//!
//! ```text
//!  0         size      2 size                                                  65536
//! +---------+---------+---------+-- ... --+---------+------- ... -------+------+
//! | block 0 | block 1 | block 2 |         |         | never used        | rest |
//! +---------+---------+---------+-- ... --+---------+------- ... -------+------+
//!                                                   ^ fresh
//! ```
//!
//! Blocks behind `fresh` have never been given out and their memory is not touched before they are. A block on a free
//! list keeps the next one's address in its first eight bytes. Blocks begin at multiples of their size, so whole pages
//! hold blocks of a page and more.
//!
//! A span belongs to its class's central list; everything here happens under that list's lock.

use crate::class::SIZES;
use crate::region;
use std::ptr::{NonNull, null_mut};

/// Bytes of a span, and its alignment.
pub(crate) const SPAN_BYTES: usize = 65536;

/// A block that nobody uses. It may lie at any multiple of four.
#[repr(C, packed(4))]
pub(crate) struct Block {
    pub next: *mut Block,
}

/// A span's header; see the head of the file.
#[repr(C, align(64))]
pub(crate) struct Span {
    pub next: *mut Span,
    pub previous: *mut Span,
    free: *mut Block,
    /// Offset of the first block that was never given out.
    fresh: u32,
    pub used: u32,
    pub capacity: u32,
    size: u32,
    /// Never changes while one of its blocks is out.
    pub class: u32,
}

const _: () = assert!(size_of::<Span>() == 64);

impl Span {
    /// Writes the header of a span, which is empty.
    ///
    /// # Safety
    /// The span came from `region::obtain`, and nobody else uses it.
    pub unsafe fn create(span: NonNull<Span>, class: usize) -> *mut Span {
        let size = u32::from(SIZES[class]);
        let capacity = SPAN_BYTES as u32 / size;
        let (next, previous, free) = (null_mut(), null_mut(), null_mut());
        // SAFETY: the caller's promise.
        unsafe {
            span.write(Span { next, previous, free, fresh: 0, used: 0, capacity, size, class: class as u32 })
        };
        span.as_ptr()
    }

    /// The span that a block lies in.
    #[inline(always)]
    pub fn of(block: *mut Block) -> *mut Span {
        region::span_of(block)
    }

    /// Takes up to `wanted` blocks and puts them before `list`. Returns the new list and how many were taken.
    ///
    /// # Safety
    /// `span` is live and its class's lock is held.
    pub unsafe fn take(span: *mut Span, wanted: u32, mut list: *mut Block) -> (*mut Block, u32) {
        let mut taken = 0;
        let blocks = region::blocks_of(span);
        // SAFETY: free blocks lie within the span and are nobody's; behind `fresh` there is room for the rest of the
        // capacity.
        unsafe {
            while taken < wanted && !(*span).free.is_null() {
                let block = (*span).free;
                (*span).free = (*block).next;
                (*block).next = list;
                list = block;
                taken += 1;
            }
            let size = (*span).size;
            let end = (*span).capacity * size;
            let fresh = ((end - (*span).fresh) / size).min(wanted - taken);
            // Downwards, so that they are used upwards.
            for n in (0..fresh).rev() {
                let block = blocks.add(((*span).fresh + n * size) as usize).cast::<Block>();
                (*block).next = list;
                list = block;
            }
            (*span).fresh += fresh * size;
            taken += fresh;
            (*span).used += taken;
        }
        (list, taken)
    }

    /// Takes a block back.
    ///
    /// # Safety
    /// `block` came from `take` of this span and nobody uses it; the class's lock is held.
    #[inline(always)]
    pub unsafe fn give(span: *mut Span, block: *mut Block) {
        // SAFETY: the caller's promise.
        unsafe {
            (*block).next = (*span).free;
            (*span).free = block;
            (*span).used -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn blocks_are_apart_and_come_back() {
        for (class, &size) in SIZES.iter().enumerate() {
            let at = region::obtain().unwrap();
            // SAFETY: a new span, given back below; nobody else knows of it.
            unsafe {
                let span = Span::create(at, class);
                let start = region::blocks_of(span);
                let mut seen = HashSet::new();
                loop {
                    let (mut list, taken) = Span::take(span, 7, null_mut());
                    if taken == 0 {
                        break;
                    }
                    for _ in 0..taken {
                        let block = list;
                        list = (*block).next;
                        assert_eq!(Span::of(block), span);
                        let offset = block.addr() - start.addr();
                        assert_eq!(offset % usize::from(size), 0);
                        assert!(offset + usize::from(size) <= SPAN_BYTES);
                        assert!(seen.insert(block));
                    }
                    assert!(list.is_null());
                }
                assert_eq!(seen.len(), SPAN_BYTES / usize::from(size));
                for &block in &seen {
                    Span::give(span, block);
                }
                assert_eq!((*span).used, 0);
                let (_, taken) = Span::take(span, u32::MAX, null_mut());
                assert_eq!(taken as usize, seen.len());
                region::give(at);
            }
        }
    }
}
