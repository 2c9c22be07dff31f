//! Tag search with SSE2, which every x86-64 processor has.

use core::arch::x86_64::{_mm_cmpeq_epi8, _mm_cvtsi64_si128, _mm_movemask_epi8, _mm_set1_epi8};

/// Bit `i` is set where byte `i` of `word` equals `tag`, for `i` in 0..7.
#[inline(always)]
pub fn matches(word: u64, tag: u8) -> u32 {
    // SAFETY: SSE2 is part of x86-64's baseline; the intrinsics touch registers only.
    unsafe {
        let group = _mm_cvtsi64_si128(word as i64);
        _mm_movemask_epi8(_mm_cmpeq_epi8(group, _mm_set1_epi8(tag as i8))) as u32 & 0x7f
    }
}
