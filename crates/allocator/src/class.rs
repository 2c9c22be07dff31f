//! Classes: which sizes the slabs serve, and what every size really takes.
//!
//! ```text
//! bytes        8 16 24 32 40 48 56 64 72 80 ... 128 136 ... 256 272 ... 320 336 ... 512 544 ... 640 ... 2048
//! served by    m  m  s  m  s  m  s  m  s  m      m   s       m   s       m   s       m   s       m       m
//! ```
//!
//! Steps of 8 up to 256, of 16 up to 512, of 32 up to 2048. Where mimalloc (multiples of 16 up to 128, then four
//! steps a doubling) has the same size it serves it (m); the sizes that it would round up further are ours (s).

/// Largest size that the tables know; beyond it everything is mimalloc's.
pub(crate) const SIZE_MAX: usize = 2048;
/// Number of classes that the slabs serve.
pub(crate) const COUNT: usize = 71;
/// No class of ours: the size is mimalloc's.
pub(crate) const FOREIGN: u8 = u8::MAX;

/// Sizes of our classes in bytes.
pub(crate) const SIZES: [u16; COUNT] = TABLES.sizes;

struct Tables {
    sizes: [u16; COUNT],
    /// By size in units of 8, rounded up: our class, or [`FOREIGN`].
    class: [u8; SIZE_MAX / 8 + 1],
    /// By the same index: bytes that the block takes.
    taken: [u16; SIZE_MAX / 8 + 1],
}

static TABLES_IN_MEMORY: Tables = TABLES;
const TABLES: Tables = build();

/// What mimalloc makes of a size: 8, multiples of 16 up to 128, then four steps a doubling.
const fn foreign(size: usize) -> usize {
    if size <= 8 {
        return 8;
    }
    if size <= 128 {
        return size.next_multiple_of(16);
    }
    size.next_multiple_of(1 << ((size - 1).ilog2() - 2))
}

/// The step that a size is rounded up to before it is decided who serves it.
const fn ours(size: usize) -> usize {
    match size {
        0..=256 => size.next_multiple_of(8),
        257..=512 => size.next_multiple_of(16),
        _ => size.next_multiple_of(32),
    }
}

const fn build() -> Tables {
    let mut tables =
        Tables { sizes: [0; COUNT], class: [FOREIGN; SIZE_MAX / 8 + 1], taken: [0; SIZE_MAX / 8 + 1] };
    let (mut unit, mut count) = (1, 0);
    while unit <= SIZE_MAX / 8 {
        let size = ours(unit * 8);
        tables.taken[unit] = size as u16;
        if foreign(size) != size {
            if count == 0 || tables.sizes[count - 1] as usize != size {
                tables.sizes[count] = size as u16;
                count += 1;
            }
            tables.class[unit] = (count - 1) as u8;
        }
        unit += 1;
    }
    assert!(count == COUNT);
    tables
}

/// Who serves a size of at most [`SIZE_MAX`], and the bytes that the block takes.
#[inline(always)]
pub(crate) fn of(size: usize) -> (u8, usize) {
    let unit = size.div_ceil(8);
    (TABLES_IN_MEMORY.class[unit], usize::from(TABLES_IN_MEMORY.taken[unit]))
}

/// Bytes that mimalloc takes for a size: its size class, or whole pages from 64 KiB on.
#[inline]
pub(crate) fn taken_by_foreign(size: usize) -> usize {
    if size > 65536 { size.wrapping_add(4095) & !4095 } else { foreign(size) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_size_is_served_by_the_one_that_wastes_least() {
        for size in 1..=SIZE_MAX {
            let (class, taken) = of(size);
            assert_eq!(taken, ours(size));
            assert!(taken >= size && taken <= foreign(size).max(8), "{size} takes {taken}");
            if class == FOREIGN {
                assert_eq!(foreign(size), taken, "{size}");
            } else {
                assert_eq!(usize::from(SIZES[usize::from(class)]), taken);
                assert!(foreign(size) > taken, "{size} is as well served by mimalloc");
            }
        }
        assert_eq!(SIZES[..4], [24, 40, 56, 72]);
        assert_eq!(SIZES[COUNT - 1], 2016);
    }

    #[test]
    fn foreign_sizes_step_four_times_a_doubling() {
        assert_eq!([1, 8, 9, 17, 129, 161, 4097].map(foreign), [8, 8, 16, 32, 160, 192, 5120]);
        assert_eq!(taken_by_foreign(65537), 69632);
    }
}
