//! Finding a value among the entries.
//!
//! An owned listpack holds every value in its one canonical form, so a value can be sought as bytes. A short listpack
//! is walked entry by entry. Walking a longer one is bound by latency (each entry's place follows from the one
//! before), so there the encoded value is sought in the raw bytes first, a block at a time, and only a match is
//! checked for being an entry, by walking to it from the nearer end. What is not there mostly costs no walk at all.
//! Very short encodings match by chance too often and are walked for.

use super::codec::{Piece, backlen_size, entry_len, read_backlen};
use super::{COUNT_UNKNOWN, Element, HEADER, Listpack, Position};

/// Listpacks shorter than this are walked.
const SCAN_BYTES_MIN: usize = 192;
/// Encodings (payload, encoding and backlen) shorter than this are walked for.
const PATTERN_BYTES_MIN: usize = 4;
const BLOCK: usize = 32;

impl Listpack {
    /// Position of the first entry equal to `value` among every `skip + 1`-th entry from the start (`skip` 1 looks
    /// at the first of each pair).
    #[inline]
    pub fn find(&self, value: &[u8], skip: usize) -> Option<Position> {
        self.find_at(HEADER, value, skip)
    }

    /// As [`find`](Self::find), from `pos` on.
    #[inline]
    pub fn find_from(&self, pos: Position, value: &[u8], skip: usize) -> Option<Position> {
        self.find_at(pos.at(), value, skip)
    }

    fn find_at(&self, at: usize, value: &[u8], skip: usize) -> Option<Position> {
        let bytes = self.as_bytes();
        let piece = Piece::encode(Element::Bytes(value));
        let found = if bytes.len() < at + SCAN_BYTES_MIN || piece.len() < PATTERN_BYTES_MIN {
            walk(bytes, at, skip, &piece)
        } else {
            Scan { bytes, piece, start: at, skip, walked: at, index: 0, tried_back: false }.run(self.count())
        };
        found.map(|at| Position(at as u32))
    }
}

/// Offset of the first entry, of every `skip + 1`-th from `at`, that equals `piece`.
fn walk(bytes: &[u8], mut at: usize, skip: usize, piece: &Piece<'_>) -> Option<usize> {
    let end = bytes.len() - 1;
    let first = piece.first();
    while at < end {
        if bytes[at] == first && piece.matches(&bytes[at..]) {
            return Some(at);
        }
        for _ in 0..=skip {
            if at >= end {
                return None;
            }
            at += entry_len(bytes, at);
        }
    }
    None
}

/// A search of the raw bytes.
struct Scan<'a> {
    bytes: &'a [u8],
    piece: Piece<'a>,
    start: usize,
    skip: usize,
    /// The start of an entry, and its index counted from `start`.
    walked: usize,
    index: usize,
    /// Walking from the back is worth it once; then false matches are checked by going on from `walked`, so that
    /// all checks together cost one walk.
    tried_back: bool,
}

impl Scan<'_> {
    fn run(&mut self, count: u16) -> Option<usize> {
        let bytes = self.bytes;
        let len = self.piece.len();
        // The encoding, the middle and the end of the value, where short texts differ most.
        let (middle, last) = self.piece.probes();
        let probes = [self.piece.first(), self.piece.byte(middle), self.piece.byte(last)];
        let mut at = self.start;
        while at + len.max(last + 1) + BLOCK <= bytes.len() {
            let mut mask = block_mask(bytes, at, [0, middle, last], probes);
            while mask != 0 {
                let candidate = at + mask.trailing_zeros() as usize;
                if self.piece.matches(&bytes[candidate..]) && self.is_entry(candidate, count) {
                    return Some(candidate);
                }
                mask &= mask - 1;
            }
            at += BLOCK;
        }
        (at..(bytes.len() - 1).saturating_sub(len - 1)).find(|&candidate| {
            bytes[candidate] == probes[0]
                && self.piece.matches(&bytes[candidate..])
                && self.is_entry(candidate, count)
        })
    }

    /// Whether an entry that counts begins at `candidate`.
    fn is_entry(&mut self, candidate: usize, count: u16) -> bool {
        let end = self.bytes.len() - 1;
        let whole = self.start == HEADER && count != COUNT_UNKNOWN;
        if whole && !self.tried_back && end - candidate < candidate.saturating_sub(self.walked) {
            self.tried_back = true;
            return self.is_entry_from_back(candidate, usize::from(count));
        }
        while self.walked < candidate {
            self.walked += entry_len(self.bytes, self.walked);
            self.index += 1;
        }
        self.walked == candidate && self.index.is_multiple_of(self.skip + 1)
    }

    fn is_entry_from_back(&self, candidate: usize, count: usize) -> bool {
        let (mut at, mut index) = (self.bytes.len() - 1, count);
        while at > candidate {
            let Some(len) = read_backlen(self.bytes, at) else { return false };
            at -= len + backlen_size(len);
            index -= 1;
        }
        at == candidate && index.is_multiple_of(self.skip + 1)
    }
}

/// Bit `i` says whether all three probes match at `at + i`.
#[inline(always)]
fn block_mask(bytes: &[u8], at: usize, offsets: [usize; 3], probes: [u8; 3]) -> u32 {
    let block = |offset: usize| bytes[at + offset..].first_chunk::<BLOCK>();
    match (block(offsets[0]), block(offsets[1]), block(offsets[2])) {
        (Some(a), Some(b), Some(c)) => mask_of([a, b, c], probes),
        _ => 0,
    }
}

#[cfg(all(target_arch = "x86_64", not(miri)))]
#[inline(always)]
fn mask_of(blocks: [&[u8; BLOCK]; 3], probes: [u8; 3]) -> u32 {
    use std::arch::x86_64::{
        __m128i, _mm_and_si128, _mm_cmpeq_epi8, _mm_loadu_si128, _mm_movemask_epi8, _mm_set1_epi8,
    };
    let half = |start: usize| {
        let equal = |which: usize| {
            let from = &blocks[which][start..start + BLOCK / 2];
            // SAFETY: `from` has sixteen bytes, the load needs no alignment, and SSE2 is part of x86-64.
            unsafe {
                let lanes = _mm_loadu_si128(from.as_ptr().cast::<__m128i>());
                _mm_cmpeq_epi8(lanes, _mm_set1_epi8(probes[which] as i8))
            }
        };
        // SAFETY: SSE2 is part of x86-64.
        unsafe { _mm_movemask_epi8(_mm_and_si128(equal(0), _mm_and_si128(equal(1), equal(2)))) as u32 }
    };
    half(0) | half(BLOCK / 2) << 16
}

#[cfg(not(all(target_arch = "x86_64", not(miri))))]
#[inline(always)]
fn mask_of(blocks: [&[u8; BLOCK]; 3], probes: [u8; 3]) -> u32 {
    mask_of_generic(blocks, probes)
}

/// The portable twin, written so that it compiles to vector comparisons.
#[cfg(any(test, not(all(target_arch = "x86_64", not(miri)))))]
fn mask_of_generic([a, b, c]: [&[u8; BLOCK]; 3], probes: [u8; 3]) -> u32 {
    let mut hits = [0u8; BLOCK];
    let mut any = 0u8;
    for lane in 0..BLOCK {
        let (a, b, c) = (a[lane] == probes[0], b[lane] == probes[1], c[lane] == probes[2]);
        hits[lane] = u8::from(a & b & c);
        any |= hits[lane];
    }
    if any == 0 {
        return 0;
    }
    (0..BLOCK).fold(0, |mask, lane| mask | u32::from(hits[lane]) << lane)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn vectors_agree_with_the_portable_twin(
            blocks in prop::array::uniform3(prop::array::uniform32(0..3u8)),
            probes in prop::array::uniform3(0..3u8),
        ) {
            let blocks = [&blocks[0], &blocks[1], &blocks[2]];
            prop_assert_eq!(mask_of(blocks, probes), mask_of_generic(blocks, probes));
        }
    }
}
