//! LZF: the compression of long strings in RDB files (Marc Lehmann's format, a window of 8 KiB).
//!
//! ```text
//!   000nnnnn  bytes                       n + 1 bytes as they are
//!   lllooooo  oooooooo                    copy l + 2 bytes from o + 1 bytes back, l from 1 to 6
//!   111ooooo  llllllll  oooooooo          copy l + 9 bytes from o + 1 bytes back
//! ```
//!
//! Compressed bytes of unknown origin are walked once before anything is allocated: [`unpacked_len`] tells what they
//! really unpack to.

const LITERALS_MAX: usize = 32;
const DISTANCE_MAX: usize = 1 << 13;
const MATCH_MAX: usize = (1 << 8) + (1 << 3);
/// A match takes up to three bytes, so shorter ones gain nothing.
const MATCH_MIN: usize = 3;
/// Positions that are remembered, as a power of two: no more than the window has.
const TABLE_BITS_MAX: u32 = 13;
/// Bytes without a match after which the steps get longer, as a power of two.
const PATIENCE_BITS: usize = 6;

/// Appends the compressed form of `input` to `out` if that takes at most `len_max` bytes; else leaves `out` as it was.
/// Whether it did.
pub fn compress(input: &[u8], len_max: usize, out: &mut Vec<u8>) -> bool {
    let start = out.len();
    let bits = (usize::BITS - input.len().leading_zeros()).clamp(5, TABLE_BITS_MAX);
    // Positions plus one; 0 is none.
    let mut table = vec![0u32; 1 << bits];
    let (mut at, mut literals_from) = (0, 0);
    let limit = input.len().saturating_sub(MATCH_MIN);
    while at < limit {
        let slot = &mut table[slot(input, at, bits)];
        let candidate = (*slot as usize).wrapping_sub(1);
        *slot = at as u32 + 1;
        // Where no position was remembered the candidate is the highest number of all.
        let is_match = candidate < at
            && at - candidate <= DISTANCE_MAX
            && input[candidate..candidate + 3] == input[at..at + 3];
        if !is_match {
            at += 1 + ((at - literals_from) >> PATIENCE_BITS);
            continue;
        }
        let len = match_len(input, candidate, at);
        push_literals(out, &input[literals_from..at]);
        push_match(out, at - candidate - 1, len);
        if out.len() - start > len_max {
            out.truncate(start);
            return false;
        }
        at += len;
        literals_from = at;
        // The last position within the match is a likely start of the next one.
        if at < limit {
            table[self::slot(input, at - 1, bits)] = at as u32;
        }
    }
    push_literals(out, &input[literals_from..]);
    let fits = out.len() - start <= len_max;
    if !fits {
        out.truncate(start);
    }
    fits
}

#[inline(always)]
fn slot(input: &[u8], at: usize, bits: u32) -> usize {
    let three = u32::from_le_bytes([input[at], input[at + 1], input[at + 2], 0]);
    (three.wrapping_mul(0x9e37_79b1) >> (32 - bits)) as usize
}

/// How far the bytes at both places agree; at least three, as the caller has seen.
#[inline]
fn match_len(input: &[u8], candidate: usize, at: usize) -> usize {
    let most = (input.len() - at).min(MATCH_MAX);
    let pairs = input[candidate + 3..].iter().zip(&input[at + 3..at + most]);
    3 + pairs.take_while(|(a, b)| a == b).count()
}

fn push_literals(out: &mut Vec<u8>, literals: &[u8]) {
    for run in literals.chunks(LITERALS_MAX) {
        out.push(run.len() as u8 - 1);
        out.extend_from_slice(run);
    }
}

fn push_match(out: &mut Vec<u8>, distance: usize, len: usize) {
    let (high, low) = ((distance >> 8) as u8, distance as u8);
    match len - 2 {
        len @ 1..=6 => out.extend_from_slice(&[(len as u8) << 5 | high, low]),
        len => out.extend_from_slice(&[7 << 5 | high, (len - 7) as u8, low]),
    }
}

/// One piece of compressed bytes.
enum Piece<'a> {
    Literals(&'a [u8]),
    Match { distance: usize, len: usize },
}

/// The next piece and what follows it; None where the bytes end within it.
#[inline(always)]
fn next(packed: &[u8]) -> Option<(Piece<'_>, &[u8])> {
    let (&head, rest) = packed.split_first()?;
    if head < 32 {
        let (literals, rest) = rest.split_at_checked(usize::from(head) + 1)?;
        return Some((Piece::Literals(literals), rest));
    }
    let (extra, rest) = match head >> 5 {
        7 => rest.split_first().map(|(&extra, rest)| (usize::from(extra), rest))?,
        _ => (0, rest),
    };
    let (&low, rest) = rest.split_first()?;
    let len = usize::from(head >> 5) + 2 + extra;
    Some((Piece::Match { distance: (usize::from(head & 31) << 8 | usize::from(low)) + 1, len }, rest))
}

/// How many bytes compressed bytes unpack to; None if they are no LZF.
pub fn unpacked_len(packed: &[u8]) -> Option<usize> {
    let (mut len, mut rest) = (0usize, packed);
    while !rest.is_empty() {
        let (piece, tail) = next(rest)?;
        rest = tail;
        len += match piece {
            Piece::Literals(literals) => literals.len(),
            Piece::Match { distance, .. } if distance > len => return None,
            Piece::Match { len, .. } => len,
        };
    }
    Some(len)
}

/// Unpacks into `out`, whose content is replaced, if the result has `len` bytes. Whether it has.
pub fn decompress(packed: &[u8], len: usize, out: &mut Vec<u8>) -> bool {
    out.clear();
    if unpacked_len(packed) != Some(len) {
        return false;
    }
    out.reserve_exact(len);
    let mut rest = packed;
    while let Some((piece, tail)) = next(rest) {
        rest = tail;
        match piece {
            Piece::Literals(literals) => out.extend_from_slice(literals),
            Piece::Match { distance, len } => copy_back(out, distance, len),
        }
    }
    true
}

/// Appends `len` bytes from `distance` bytes back, which may be among those just appended.
#[inline]
fn copy_back(out: &mut Vec<u8>, distance: usize, len: usize) {
    let from = out.len() - distance;
    let mut left = len;
    while left > 0 {
        // What has been copied is there to be copied again: the stretch doubles.
        let step = left.min(out.len() - from);
        out.extend_from_within(from..from + step);
        left -= step;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn round_trip(input: &[u8]) -> Option<usize> {
        let mut packed = b"before".to_vec();
        if !compress(input, usize::MAX, &mut packed) {
            panic!("no limit was set");
        }
        let packed = &packed[6..];
        assert_eq!(unpacked_len(packed), Some(input.len()));
        let mut out = Vec::new();
        assert!(decompress(packed, input.len(), &mut out));
        assert_eq!(out, input);
        // The crate that the lists use for their inner nodes reads it, too.
        assert_eq!(
            lzf::decompress(packed, input.len()).ok().filter(|_| !input.is_empty()).unwrap_or_default(),
            input
        );
        Some(packed.len())
    }

    #[test]
    fn compresses_what_repeats() {
        assert_eq!(round_trip(&[b'a'; 1000]), Some(14));
        assert!(round_trip("hello world, ".repeat(100).as_bytes()).unwrap() < 50);
        let text: String = (0..2000).map(|n| format!("user:{n} ")).collect();
        assert!(round_trip(text.as_bytes()).unwrap() < text.len() * 7 / 10);
        let mut far = vec![0u8; 20_000];
        far.iter_mut().enumerate().for_each(|(at, b)| *b = ((at * at) >> 7) as u8);
        round_trip(&far);
        let mut out = vec![1];
        assert!(!compress(&[b'a'; 1000], 13, &mut out));
        assert_eq!(out, [1]);
    }

    #[test]
    fn refuses_what_is_no_lzf() {
        let mut out = Vec::new();
        for packed in [&[5, 1, 2][..], &[0x20], &[0x20, 0], &[0, 1, 0x20, 1], &[0, 1, 0xe0, 3], &[0xff]] {
            assert_eq!(unpacked_len(packed), None, "{packed:?}");
            assert!(!decompress(packed, 3, &mut out));
        }
        assert!(!decompress(&[0, 1], 2, &mut out), "another length");
    }

    proptest! {
        #[test]
        fn round_trips(words in prop::collection::vec((0u8..4, 1usize..40), 0..200)) {
            let input: Vec<u8> = words.iter().flat_map(|&(w, n)| std::iter::repeat_n(b'a' + w, n % 9).chain([n as u8])).collect();
            round_trip(&input);
        }
        #[test]
        fn never_panics(packed in prop::collection::vec(any::<u8>(), 0..60), len in 0usize..4000) {
            let mut out = Vec::new();
            if decompress(&packed, len, &mut out) {
                prop_assert_eq!(out.len(), len);
            }
        }
    }
}
