//! Kernel: the loops over many bytes, written so that the compiler turns them into vector instructions.
//!
//! Bit 0 is the highest bit of byte 0.

/// Bytes that are worked on at a time.
const BLOCK: usize = 32;

/// Number of set bits.
pub(super) fn count(bytes: &[u8]) -> u64 {
    let blocks = bytes.chunks_exact(BLOCK);
    let tail: u64 = blocks.remainder().iter().map(|byte| u64::from(byte.count_ones())).sum();
    let mut sums = [0u64; BLOCK / 8];
    for block in blocks {
        for (sum, word) in sums.iter_mut().zip(block.chunks_exact(8)) {
            *sum += u64::from(word_of(word).count_ones());
        }
    }
    tail + sums.iter().sum::<u64>()
}

#[inline(always)]
fn word_of(bytes: &[u8]) -> u64 {
    bytes.first_chunk().map_or(0, |word| u64::from_be_bytes(*word))
}

/// Number of set bits from bit `first` to bit `last`, both within the bytes.
pub(super) fn count_range(bytes: &[u8], first: u64, last: u64) -> u64 {
    let (from, to) = ((first >> 3) as usize, (last >> 3) as usize);
    let outside_first = bytes[from] & !(0xff >> (first & 7));
    let outside_last = bytes[to] & !(0xff << (7 - (last & 7)));
    let outside = outside_first.count_ones() + outside_last.count_ones();
    count(&bytes[from..=to]) - u64::from(outside)
}

/// The first bit equal to `bit` from bit `first` to bit `last`, both within the bytes.
pub(super) fn position(bytes: &[u8], bit: bool, first: u64, last: u64) -> Option<u64> {
    let (from, to) = ((first >> 3) as usize, (last >> 3) as usize);
    // Looked for is a one in what is flipped if need be.
    let flip = if bit { 0 } else { 0xff };
    let edge = (bytes[from] ^ flip) & (0xff >> (first & 7));
    let found = if edge != 0 {
        (from as u64) * 8 + u64::from(edge.leading_zeros())
    } else {
        let rest = from + 1;
        let at = rest + skip(&bytes[rest.min(to + 1)..=to], !flip);
        let byte = bytes.get(at).filter(|_| at <= to)? ^ flip;
        at as u64 * 8 + u64::from(byte.leading_zeros())
    };
    (found <= last).then_some(found)
}

/// Number of bytes at the start that are the complement of `other`, which is 0 or 255.
fn skip(bytes: &[u8], other: u8) -> usize {
    let idle = !other;
    let word = u64::from_ne_bytes([idle; 8]);
    let idle_block =
        |block: &&[u8]| block.chunks_exact(8).fold(0, |seen, part| seen | (word_of(part) ^ word)) == 0;
    let blocks = bytes.chunks_exact(BLOCK).take_while(idle_block).count() * BLOCK;
    blocks + bytes[blocks..].iter().take_while(|byte| **byte == idle).count()
}

/// How one more source is worked into the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Keeps what both have.
    And,
    /// Takes what either has.
    Or,
    /// Takes what one of both has.
    Xor,
    /// Takes away what the source has.
    AndNot,
    /// Keeps what the source has and the result has not.
    NotAnd,
}

/// Works `source` into `result`, where they overlap; behind its end a source has no bit.
pub(super) fn combine(result: &mut [u8], source: &[u8], step: Step) {
    let (result, rest) = result.split_at_mut(source.len().min(result.len()));
    match step {
        Step::And => {
            each(result, source, |a, b| a & b);
            rest.fill(0);
        }
        Step::Or => each(result, source, |a, b| a | b),
        Step::Xor => each(result, source, |a, b| a ^ b),
        Step::AndNot => each(result, source, |a, b| a & !b),
        Step::NotAnd => {
            each(result, source, |a, b| !a & b);
            rest.fill(0);
        }
    }
}

/// One more source of ONE: `once` are the bits seen once so far, `more` those seen more often.
pub(super) fn combine_once(once: &mut [u8], more: &mut [u8], source: &[u8]) {
    for ((once, more), source) in once.iter_mut().zip(more).zip(source) {
        *more |= *once & source;
        *once = (*once | source) & !*more;
    }
}

/// Flips every bit.
pub(super) fn invert(bytes: &mut [u8]) {
    bytes.iter_mut().for_each(|byte| *byte = !*byte);
}

#[inline(always)]
fn each(result: &mut [u8], source: &[u8], f: impl Fn(u8, u8) -> u8) {
    for (a, b) in result.iter_mut().zip(source) {
        *a = f(*a, *b);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hematite_base::random::Random;

    fn bit_at(bytes: &[u8], at: u64) -> bool {
        bytes[(at >> 3) as usize] >> (7 - (at & 7)) & 1 == 1
    }

    #[test]
    fn counts_and_finds_as_bit_by_bit() {
        let mut random = Random::new(3);
        for _ in 0..2000 {
            let density = [0, 1, 50, 99, 100][random.below(5) as usize];
            let len = 1 + random.below(100);
            let byte = |random: &mut Random| {
                (0..8).fold(0u8, |byte, _| byte << 1 | u8::from(random.below(100) < density))
            };
            let bytes: Vec<u8> = (0..len).map(|_| byte(&mut random)).collect();
            let first = random.below(len * 8);
            let last = first + random.below(len * 8 - first);
            let ones = (first..=last).filter(|at| bit_at(&bytes, *at)).count() as u64;
            assert_eq!(count_range(&bytes, first, last), ones);
            for bit in [false, true] {
                let expected = (first..=last).find(|at| bit_at(&bytes, *at) == bit);
                assert_eq!(position(&bytes, bit, first, last), expected, "{bytes:?} {bit} {first} {last}");
            }
        }
    }
}
