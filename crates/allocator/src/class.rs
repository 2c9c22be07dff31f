//! Classes: which sizes the slabs serve: the rungs of `hematite_base::size_class` up to [`SIZE_MAX`], and for what may lie at
//! multiples of four the sizes between the first of them.
//!
//! mimalloc serves what is larger, in four steps a doubling, and in whole pages beyond 64 KiB.

use hematite_base::size_class::{LOOSE_ALIGN, LOOSE_MAX, class_bytes, class_for, rounded, rounded_loose};

/// Largest size that the slabs serve; beyond it everything is mimalloc's.
pub(crate) const SIZE_MAX: usize = 32768;
/// Classes of the ladder.
const RUNGS: usize = class_for(SIZE_MAX) as usize + 1;
/// The least of the sizes between the first rungs, and how many there are.
const BETWEEN_MIN: usize = 12;
const BETWEEN: usize = (LOOSE_MAX - BETWEEN_MIN) / 8 + 1;
/// Number of classes that the slabs serve: the rungs, and what lies between them.
pub(crate) const COUNT: usize = RUNGS + BETWEEN;
/// Strictest alignment of a class whose size is a multiple of it.
pub(crate) const ALIGN_MAX: usize = 4096;

/// Sizes of our classes in bytes.
pub(crate) static SIZES: [u16; COUNT] = {
    let mut sizes = [0; COUNT];
    let mut class = 0;
    while class < COUNT {
        sizes[class] = bytes_of(class) as u16;
        class += 1;
    }
    sizes
};

/// The size of a class in bytes.
pub(crate) const fn bytes_of(class: usize) -> usize {
    if class < RUNGS { class_bytes(class as u8) } else { BETWEEN_MIN + 8 * (class - RUNGS) }
}

/// Sizes up to here are looked up.
const TABLE_BYTES_MAX: usize = 2048;
/// Class by size in units of 4, rounded up: of what may lie at multiples of four, and of what may not.
static CLASSES: [[u8; TABLE_BYTES_MAX / 4 + 1]; 2] = {
    let mut classes = [[0; TABLE_BYTES_MAX / 4 + 1]; 2];
    let mut unit = 1;
    while unit < classes[0].len() {
        let bytes = unit * 4;
        let rung = class_for(bytes);
        let is_between = rounded_loose(bytes) < class_bytes(rung);
        classes[0][unit] = if is_between { (RUNGS + (bytes - BETWEEN_MIN) / 8) as u8 } else { rung };
        classes[1][unit] = rung;
        unit += 1;
    }
    classes
};

/// The class of a size of at most [`SIZE_MAX`] and an alignment, and the bytes that its blocks take.
#[inline(always)]
pub(crate) fn of(size: usize, align: usize) -> (usize, usize) {
    let class = usize::from(if size <= TABLE_BYTES_MAX {
        CLASSES[usize::from(align > LOOSE_ALIGN)][size.div_ceil(4)]
    } else {
        class_for(size)
    });
    (class, usize::from(SIZES[class]))
}

/// Bytes that mimalloc takes for a size: its size class, or whole pages from 64 KiB on.
#[inline]
pub(crate) fn taken_by_foreign(size: usize) -> usize {
    match size {
        0..=8 => 8,
        9..=128 => size.next_multiple_of(16),
        129..=65536 => size.next_multiple_of(1 << ((size - 1).ilog2() - 2)),
        _ => rounded_to_pages(size),
    }
}

fn rounded_to_pages(size: usize) -> usize {
    size.wrapping_add(4095) & !4095
}

const _: () = assert!(rounded(SIZE_MAX) == SIZE_MAX);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_size_is_served_by_the_smallest_class_that_holds_it() {
        for size in 1..=SIZE_MAX {
            for align in [1, 4, 8] {
                let (class, taken) = of(size, align);
                assert_eq!(taken, if align > 4 { rounded(size) } else { rounded_loose(size) });
                assert_eq!(usize::from(SIZES[class]), taken);
                assert!(taken >= size && taken % align == 0, "{size} takes {taken}");
            }
        }
        assert_eq!(SIZES[..4], [8, 16, 24, 32]);
        assert_eq!(usize::from(SIZES[RUNGS - 1]), SIZE_MAX);
        assert_eq!((usize::from(SIZES[RUNGS]), usize::from(SIZES[COUNT - 1])), (BETWEEN_MIN, LOOSE_MAX));
    }

    #[test]
    fn foreign_sizes_step_four_times_a_doubling() {
        assert_eq!([1, 8, 9, 17, 129, 161, 4097].map(taken_by_foreign), [8, 8, 16, 32, 160, 192, 5120]);
        assert_eq!(taken_by_foreign(65537), 69632);
    }
}
