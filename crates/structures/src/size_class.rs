//! Size classes: the allocation sizes that growing byte containers step through.
//!
//! Multiples of 8 up to 128, then eight steps a doubling up to 1024 (144, 160 ... 288, 320 ... 576, 640 ...), then four
//! (1280, 1536, 1792, 2048, 2560 ...). The allocator (`hematite-allocator`) hands out exactly these sizes, so the slack
//! that a container keeps is memory that it would have been given anyway. A class fits one byte: class 119 is 1 GiB.

/// The first class of the steps that are an eighth of a doubling, and of those that are a quarter.
const EIGHTHS: u8 = 16;
const QUARTERS: u8 = EIGHTHS + 3 * 8;

/// The smallest class whose size is at least `bytes`. `bytes` is at most 2^32.
pub(crate) const fn class_for(bytes: usize) -> u8 {
    if bytes <= 128 {
        return if bytes == 0 { 0 } else { (bytes.div_ceil(8) - 1) as u8 };
    }
    let last = bytes - 1;
    let doubling = last.ilog2();
    let above = last - (1 << doubling);
    if bytes <= 1024 {
        return EIGHTHS + 8 * (doubling as u8 - 7) + (above >> (doubling - 3)) as u8;
    }
    QUARTERS + 4 * (doubling as u8 - 10) + (above >> (doubling - 2)) as u8
}

/// The size of `class` in bytes.
pub(crate) const fn class_bytes(class: u8) -> usize {
    if class < EIGHTHS {
        return 8 * (class as usize + 1);
    }
    if class < QUARTERS {
        let (group, step) = ((class - EIGHTHS) / 8, (class - EIGHTHS) % 8);
        return (128 << group) + (16 << group) * (step as usize + 1);
    }
    let (group, step) = ((class - QUARTERS) / 4, (class - QUARTERS) % 4);
    (1024 << group) + (256 << group) * (step as usize + 1)
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
            assert!(class == 0 || class_bytes(class - 1) < bytes, "{bytes} fits a smaller class");
        }
    }

    #[test]
    fn steps_widen_as_the_head_says() {
        let sizes = [1, 9, 128, 129, 257, 513, 1024, 1025, 2049, 1 << 30];
        assert_eq!(
            sizes.map(|bytes| class_bytes(class_for(bytes))),
            [8, 16, 128, 144, 288, 576, 1024, 1280, 2560, 1 << 30]
        );
        assert_eq!(class_for(1 << 30), 119);
    }
}
