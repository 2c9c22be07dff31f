//! Tag search in plain arithmetic: eight bytes in a register (any target, Miri, WASM).

/// Bit `i` is set where byte `i` of `word` equals `tag`, for `i` in 0..7.
#[inline(always)]
pub fn matches(word: u64, tag: u8) -> u32 {
    const LOW: u64 = 0x0101_0101_0101_0101;
    const LOW7: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let difference = word ^ (LOW * u64::from(tag));
    // Exact zero-byte test: no carry crosses a byte.
    let zero = !(((difference & LOW7) + LOW7) | difference | LOW7);
    // Gather the high bits of the eight bytes into the top byte.
    ((zero >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56) as u32 & 0x7f
}
