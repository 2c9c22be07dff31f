//! Size classes: the one ladder of allocation sizes, for the allocator and for all that grows or is counted.
//!
//! ```text
//! bytes   to 256   to 512   to 2048   beyond
//! step         8       16        32   a quarter of the doubling (2560, 3072, 3584, 4096, 5120 ...)
//! ```
//!
//! The allocator (`hematite-allocator`) hands out exactly these sizes, so the slack that a container keeps is memory that
//! it would have been given anyway. What may lie at any multiple of four has the sizes between the first classes, too
//! ([`rounded_loose`]): 12, 20, 28 and so on to 124. A class fits one byte: class 171 is 1 GiB. What grows a little at a
//! time would move too often in steps so fine: it takes wider ones, [`growth_class_for`].

use std::alloc::Layout;

/// The first class of each width of steps.
const SIXTEENS: u8 = 32;
const THIRTY_TWOS: u8 = SIXTEENS + 16;
const QUARTERS: u8 = THIRTY_TWOS + 48;

/// The smallest class whose size is at least `bytes`. `bytes` is at most 2^32.
pub const fn class_for(bytes: usize) -> u8 {
    match bytes {
        0 => 0,
        1..=256 => (bytes.div_ceil(8) - 1) as u8,
        257..=512 => SIXTEENS + ((bytes - 257) / 16) as u8,
        513..=2048 => THIRTY_TWOS + ((bytes - 513) / 32) as u8,
        _ => {
            let last = bytes - 1;
            let doubling = last.ilog2();
            let above = last - (1 << doubling);
            QUARTERS + 4 * (doubling as u8 - 11) + (above >> (doubling - 2)) as u8
        }
    }
}

/// The class for something of `bytes` that is going to grow on: steps of 8 to 128, then an eighth of the doubling to 1024,
/// then a quarter.
pub const fn growth_class_for(bytes: usize) -> u8 {
    let step = match bytes {
        0..=128 => 8,
        129..=1024 => 1 << ((bytes - 1).ilog2() - 3),
        _ => 1 << ((bytes - 1).ilog2() - 2),
    };
    class_for(bytes.next_multiple_of(step))
}

/// What an allocation of `bytes` takes: the size of its class.
#[inline(always)]
pub const fn rounded(bytes: usize) -> usize {
    let step = match bytes {
        0..=256 => 8,
        257..=512 => 16,
        513..=2048 => 32,
        _ => 1 << ((bytes - 1).ilog2() - 2),
    };
    (bytes + step - 1) & !(step - 1)
}

/// The last of the sizes between classes.
pub const LOOSE_MAX: usize = 124;

/// Strictest alignment of the sizes between classes.
pub const LOOSE_ALIGN: usize = 4;

/// What an allocation of a layout takes whose alignment divides the size of its class.
#[inline(always)]
pub const fn taken(layout: Layout) -> usize {
    if layout.align() > LOOSE_ALIGN { rounded(layout.size()) } else { rounded_loose(layout.size()) }
}

/// What an allocation of `bytes` takes that needs to lie at a multiple of no more than four.
#[inline(always)]
pub const fn rounded_loose(bytes: usize) -> usize {
    match bytes {
        0..=8 => 8,
        9..=LOOSE_MAX => (bytes + 3) & !3,
        _ => rounded(bytes),
    }
}

/// The size of `class` in bytes.
pub const fn class_bytes(class: u8) -> usize {
    if class < SIXTEENS {
        return 8 * (class as usize + 1);
    }
    if class < THIRTY_TWOS {
        return 256 + 16 * ((class - SIXTEENS) as usize + 1);
    }
    if class < QUARTERS {
        return 512 + 32 * ((class - THIRTY_TWOS) as usize + 1);
    }
    let (group, step) = ((class - QUARTERS) / 4, (class - QUARTERS) % 4);
    (2048 << group) + (512 << group) * (step as usize + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_size_gets_the_smallest_class_that_holds_it() {
        for bytes in (0..20_000).chain([1 << 20, (1 << 20) + 1, 1 << 30, (1 << 30) + 4]) {
            let class = class_for(bytes);
            assert!(class_bytes(class) >= bytes);
            assert_eq!(class_for(class_bytes(class)), class);
            assert!(bytes == 0 || rounded(bytes) == class_bytes(class), "{bytes}");
            let loose = rounded_loose(bytes);
            assert!(loose >= bytes && (loose == class_bytes(class) || loose == class_bytes(class) - 4));
            assert!(class == 0 || class_bytes(class - 1) < bytes, "{bytes} fits a smaller class");
        }
    }

    #[test]
    fn steps_widen_as_the_head_says() {
        let sizes = [1, 9, 128, 129, 257, 513, 1024, 1025, 2049, 1 << 30];
        assert_eq!(
            sizes.map(|bytes| class_bytes(class_for(bytes))),
            [8, 16, 128, 136, 272, 544, 1024, 1056, 2560, 1 << 30]
        );
        assert_eq!(
            sizes.map(|bytes| class_bytes(growth_class_for(bytes))),
            [8, 16, 128, 144, 288, 576, 1024, 1280, 2560, 1 << 30]
        );
        assert_eq!(class_for(1 << 30), 171);
    }
}
