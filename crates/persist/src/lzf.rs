//! LZF: the compression of long strings in RDB files (Marc Lehmann's format, a window of 8 KiB).
//!
//! ```text
//!   000nnnnn  bytes                       n + 1 bytes as they are
//!   lllooooo  oooooooo                    copy l + 2 bytes from o + 1 bytes back, l from 1 to 6
//!   111ooooo  llllllll  oooooooo          copy l + 9 bytes from o + 1 bytes back
//! ```
//!
//! Matches of four bytes and more are looked for: one of three takes two, and the literals behind it a head of their own.
//!
//! Both ways write into a buffer with some slack behind it, so that short runs, of which there are many, are copied as whole
//! blocks. Compressed bytes of unknown origin allocate as they unpack: what they claim costs nothing.

const LITERALS_MAX: usize = 32;
const DISTANCE_MAX: usize = 1 << 13;
const MATCH_MAX: usize = (1 << 8) + (1 << 3);
/// Bytes without a match after which the steps get longer, as a power of two.
const PATIENCE_BITS: usize = 6;
/// Bytes that are copied at once.
const BLOCK: usize = 16;
/// Room behind what is written: a run of literals with its head, and what blocks write too much.
const SLACK: usize = 64;
/// Room that is made at a time while unpacking, at least.
const ROOM: usize = 1 << 10;

/// Appends the compressed form of `input` to `out` if that takes at most `len_max` bytes; else leaves `out` as it was.
/// Whether it did.
pub fn compress(input: &[u8], len_max: usize, out: &mut Vec<u8>) -> bool {
    // The table has about as many slots as there are positions: to clear it is most of the work for short texts.
    match input.len() {
        0..=64 => compress_with::<u8, 64>(input, len_max, out),
        65..=255 => compress_with::<u8, 256>(input, len_max, out),
        256..=1024 => compress_with::<u16, 1024>(input, len_max, out),
        1025..=65_535 => compress_with::<u16, 8192>(input, len_max, out),
        _ => compress_with::<u32, 8192>(input, len_max, out),
    }
}

/// A position in the input; the table is small where it is.
trait Place: Copy + Default {
    fn new(at: usize) -> Self;
    fn at(self) -> usize;
}

macro_rules! places {
    ($($number:ty),*) => {$(
        impl Place for $number {
            #[inline(always)]
            fn new(at: usize) -> Self {
                at as $number
            }
            #[inline(always)]
            fn at(self) -> usize {
                self as usize
            }
        }
    )*};
}
places!(u8, u16, u32);

/// The same with a table of so many positions, a power of two, each of which holds any index of the input.
fn compress_with<P: Place, const SLOTS: usize>(input: &[u8], len_max: usize, out: &mut Vec<u8>) -> bool {
    let start = out.len();
    out.resize(start + len_max.min(input.len() + input.len() / LITERALS_MAX + 1) + SLACK, 0);
    let written = Packer { input, out: &mut out[start..], end: 0, len_max }.run::<P, SLOTS>();
    out.truncate(start + written.unwrap_or(0));
    written.is_some()
}

/// A compression under way.
struct Packer<'a> {
    input: &'a [u8],
    out: &'a mut [u8],
    /// How much of `out` was written.
    end: usize,
    len_max: usize,
}

impl Packer<'_> {
    /// How many bytes were written; None where they would be too many.
    #[inline(always)]
    fn run<P: Place, const SLOTS: usize>(mut self) -> Option<usize> {
        let input = self.input;
        // Where nothing was remembered stands the first position, which is one like any other, but for itself.
        let mut table = [P::default(); SLOTS];
        let (mut at, mut literals_from) = (1, 0);
        while let Some(bytes) = eight(input, at) {
            let slot = &mut table[slot::<SLOTS>(bytes)];
            let candidate = slot.at();
            *slot = P::new(at);
            let differing = eight(input, candidate).map_or(u64::MAX, |there| there ^ bytes);
            if differing as u32 != 0 || at - candidate > DISTANCE_MAX {
                at += 1 + ((at - literals_from) >> PATIENCE_BITS);
                continue;
            }
            let len = if differing != 0 {
                (differing.trailing_zeros() / 8) as usize
            } else {
                match_len(input, candidate, at)
            };
            self.literals(literals_from, at)?;
            self.push_match(at - candidate - 1, len);
            if self.end > self.len_max {
                return None;
            }
            at += len;
            literals_from = at;
            // A position within the match is a likely start of the next one.
            if let Some(bytes) = eight(input, at - 2) {
                table[self::slot::<SLOTS>(bytes)] = P::new(at - 2);
            }
        }
        self.literals(literals_from, input.len())?;
        Some(self.end)
    }

    /// Appends the bytes of the input from one place to another; None where that is too much.
    #[inline(always)]
    fn literals(&mut self, mut from: usize, to: usize) -> Option<()> {
        while from < to {
            let len = (to - from).min(LITERALS_MAX);
            self.out[self.end] = len as u8 - 1;
            put_run(self.out, self.end + 1, &self.input[from..], len);
            self.end += 1 + len;
            if self.end > self.len_max {
                return None;
            }
            from += len;
        }
        Some(())
    }

    #[inline(always)]
    fn push_match(&mut self, distance: usize, len: usize) {
        let (high, low) = ((distance >> 8) as u8, distance as u8);
        let bytes = match len - 2 {
            len @ 1..=6 => [(len as u8) << 5 | high, low, 0],
            len => [7 << 5 | high, (len - 7) as u8, low],
        };
        put(self.out, self.end, bytes);
        self.end += if len <= 8 { 2 } else { 3 };
    }
}

/// The bytes at a place. They are there: the callers leave enough room behind them.
#[inline(always)]
fn block<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    *bytes[at..].first_chunk().expect("room behind")
}

/// Writes bytes to a place, with the same condition.
#[inline(always)]
fn put<const N: usize>(out: &mut [u8], at: usize, bytes: [u8; N]) {
    *out[at..].first_chunk_mut().expect("room behind") = bytes;
}

/// Copies the first `len` bytes of `from`, at most [`LITERALS_MAX`], and whatever follows them within a block.
#[inline(always)]
fn put_run(out: &mut [u8], at: usize, from: &[u8], len: usize) {
    if let (true, Some(bytes)) = (len <= BLOCK, from.first_chunk::<BLOCK>()) {
        put(out, at, *bytes);
    } else if let Some(bytes) = from.first_chunk::<LITERALS_MAX>() {
        put(out, at, *bytes);
    } else {
        out[at..at + len].iter_mut().zip(&from[..len]).for_each(|(to, from)| *to = *from);
    }
}

/// The eight bytes at a place, if there are as many.
#[inline(always)]
fn eight(input: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*input.get(at..at + 8)?.first_chunk()?))
}

/// The slot of the first four of eight bytes.
#[inline(always)]
fn slot<const SLOTS: usize>(bytes: u64) -> usize {
    ((bytes as u32).wrapping_mul(0x9e37_79b1) >> (32 - SLOTS.ilog2())) as usize
}

/// How far the bytes at both places agree; at least eight, as the caller has seen.
#[inline(always)]
fn match_len(input: &[u8], candidate: usize, at: usize) -> usize {
    let most = (input.len() - at).min(MATCH_MAX);
    let mut len = 8;
    while len + 8 <= most {
        let (a, b) = (block(input, candidate + len), block(input, at + len));
        let differing = u64::from_le_bytes(a) ^ u64::from_le_bytes(b);
        if differing != 0 {
            return len + (differing.trailing_zeros() / 8) as usize;
        }
        len += 8;
    }
    while len < most && input[candidate + len] == input[at + len] {
        len += 1;
    }
    len
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

/// Unpacks to `len` bytes at the front of `out`, whose content is replaced; what lies behind them means nothing, and is kept
/// so that the next text need not clear it again. False if the bytes are no LZF, or unpack to another length.
pub fn decompress(packed: &[u8], len: usize, out: &mut Vec<u8>) -> bool {
    let (mut rest, mut end) = (packed, 0);
    while !rest.is_empty() {
        if out.len() < end + MATCH_MAX + SLACK {
            out.resize((2 * out.len()).max(ROOM), 0);
        }
        let Some((piece, tail)) = next(rest) else { return false };
        match piece {
            Piece::Literals(literals) => {
                put_run(out, end, &rest[1..], literals.len());
                end += literals.len();
            }
            Piece::Match { distance, len } => {
                if distance > end {
                    return false;
                }
                copy_back(out, end, distance, len);
                end += len;
            }
        }
        if end > len {
            return false;
        }
        rest = tail;
    }
    end == len
}

/// Copies `len` bytes, and a few more, from `distance` bytes back to `end`; they may overlap.
#[inline(always)]
fn copy_back(out: &mut [u8], end: usize, distance: usize, len: usize) {
    // What repeats within a block repeats at a multiple of its distance, too.
    let wide = if distance < BLOCK { distance * BLOCK.div_ceil(distance) } else { distance };
    let mut done = if distance < BLOCK { wide.min(len) } else { 0 };
    for at in end..end + done {
        out[at] = out[at - distance];
    }
    while done < len {
        let (from, to) = (end + done - wide, end + done);
        put::<BLOCK>(out, to, block(out, from));
        done += BLOCK;
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
        let mut out = Vec::new();
        assert!(decompress(packed, input.len(), &mut out));
        assert_eq!(out[..input.len()], *input);
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
    fn every_length_comes_back() {
        // Digits repeat often and briefly; zeros all the time.
        let digits: String = (0..20_000u64).map(|n| (n * n % 1009).to_string()).collect();
        let zeros = vec![0; 70_000];
        for text in [digits.repeat(2).as_bytes(), &zeros] {
            let borders = [64, 255, 256, 1024, 1025, 8192, 65_535, 65_536, 66_000];
            for len in (0..300).chain(borders.into_iter().flat_map(|len| len - 1..len + 2)) {
                round_trip(&text[..len.min(text.len())]);
                round_trip(&text[text.len() / 3..][..len.min(text.len() / 2)]);
            }
        }
    }

    #[test]
    fn refuses_what_is_no_lzf() {
        let mut out = Vec::new();
        for packed in [&[5, 1, 2][..], &[0x20], &[0x20, 0], &[0, 1, 0x20, 1], &[0, 1, 0xe0, 3], &[0xff]] {
            assert!((0..300).all(|len| !decompress(packed, len, &mut out)), "{packed:?}");
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
                prop_assert!(out.len() >= len);
            }
        }
    }
}
