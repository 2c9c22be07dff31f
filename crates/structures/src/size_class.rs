//! Size classes: the allocation sizes that growing byte containers step through.
//!
//! Multiples of 16 up to 128, then four steps a doubling (160, 192, 224, 256, 320 ...). The common allocators
//! (jemalloc, mimalloc) hand out exactly these sizes, so the slack that a container keeps is memory that it would
//! have been given anyway. A class fits one byte: class 99 is already 1 GiB.

/// The smallest class whose size is at least `bytes`. `bytes` is at most 2^32.
pub(crate) const fn class_for(bytes: usize) -> u8 {
    if bytes <= 128 {
        return if bytes == 0 { 0 } else { (bytes.div_ceil(16) - 1) as u8 };
    }
    let last = bytes - 1;
    let group = last.ilog2() - 7;
    let step = (last - (128 << group)) / (32 << group);
    (8 + 4 * group + step as u32) as u8
}

/// The size of `class` in bytes.
pub(crate) const fn class_bytes(class: u8) -> usize {
    if class < 8 {
        return 16 * (class as usize + 1);
    }
    let (group, step) = ((class - 8) / 4, (class - 8) % 4);
    (128 << group) + (32 << group) * (step as usize + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_size_gets_the_smallest_class_that_holds_it() {
        for bytes in (0..20_000).chain([1 << 20, (1 << 20) + 1, 1 << 30, (1 << 30) + 4]) {
            let class = class_for(bytes);
            assert!(class_bytes(class) >= bytes);
            assert!(class == 0 || class_bytes(class - 1) < bytes, "{bytes} fits a smaller class");
        }
    }
}
