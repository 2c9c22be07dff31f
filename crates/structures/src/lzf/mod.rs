//! LZF: the compression of long strings in RDB files (Marc Lehmann's format, a window of 8 KiB).
//!
//! ```text
//!   000nnnnn  bytes                       n + 1 bytes as they are
//!   lllooooo  oooooooo                    copy l + 2 bytes from o + 1 bytes back, l from 1 to 6
//!   111ooooo  llllllll  oooooooo          copy l + 9 bytes from o + 1 bytes back
//! ```
//!
//! Matches of four bytes and more are looked for: one of three takes two, and the literals behind it a head of their own. The
//! distance of the last match is tried first, for the elements of a collection are alike: how far it goes is known two loads
//! later, while the table has to be asked by a hash for a place to load from, and all that follows waits for the answer.
//!
//! Both ways write into a buffer with some slack behind it, so that short runs, of which there are many, are copied as whole
//! blocks. Compressed bytes of unknown origin allocate as they unpack: what they claim costs nothing.
//!
//! Near the ends of the input, where whole blocks would reach beyond it, both ways go on with checked steps. What is unsafe
//! is in two loops, [`Packer::pack`] and [`Unpacker::unpack`]; each looks first whether there is room for what a round reads
//! and writes at most.

#[cfg(test)]
mod tests;

const LITERALS_MAX: usize = 32;
const DISTANCE_MAX: usize = 1 << 13;
const MATCH_MAX: usize = (1 << 8) + (1 << 3);
/// Bytes without a match after which the steps get longer, as a power of two.
const PATIENCE_BITS: usize = 6;
/// Bytes that are copied at once.
const BLOCK: usize = 16;
/// Room behind what is written: a run of literals with its head, a match, and what blocks write too much.
const SLACK: usize = 64;
/// Bytes of compressed input that a round of unpacking reads, but for long runs: a head and a block.
const ROUND: usize = 1 + BLOCK;
/// Room that a round of unpacking takes at most.
const ROUND_ROOM: usize = MATCH_MAX + SLACK;
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
        1025..=2048 => compress_with::<u16, 2048>(input, len_max, out),
        2049..=4096 => compress_with::<u16, 4096>(input, len_max, out),
        4097..=65_535 => compress_with::<u16, 8192>(input, len_max, out),
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
    let len_max = len_max.min(input.len() + input.len() / LITERALS_MAX + 1);
    out.resize(start + len_max + SLACK, 0);
    let mut packer = Packer { input, out: &mut out[start..], at: 1, literals_from: 0, end: 0, len_max };
    let written = packer.run::<P, SLOTS>();
    out.truncate(start + written.unwrap_or(0));
    written.is_some()
}

/// A compression under way. `out` has [`SLACK`] beyond `len_max`.
struct Packer<'a> {
    input: &'a [u8],
    out: &'a mut [u8],
    /// How far the input was looked at; at least 1.
    at: usize,
    /// What was looked at from here on is not yet written. At most `at`.
    literals_from: usize,
    /// How much of `out` was written.
    end: usize,
    len_max: usize,
}

impl Packer<'_> {
    /// How many bytes were written; None where they would be too many.
    #[inline(always)]
    fn run<P: Place, const SLOTS: usize>(&mut self) -> Option<usize> {
        // Where nothing was remembered stands the first position, which is one like any other, but for itself.
        let mut table = [P::default(); SLOTS];
        self.pack(&mut table)?;
        self.pack_rest(&mut table)?;
        self.literals(self.input.len())?;
        Some(self.end)
    }

    /// Goes on while there are two blocks to look at.
    #[inline(always)]
    fn pack<P: Place, const SLOTS: usize>(&mut self, table: &mut [P; SLOTS]) -> Option<()> {
        let input = self.input;
        let Some(last) = input.len().checked_sub(BLOCK) else { return Some(()) };
        let (mut at, mut literals_from, mut distance) = (self.at, self.literals_from, 1);
        while at <= last {
            // SAFETY: 1 <= distance <= at, and sixteen bytes follow `at`. So they do follow any place before it.
            let (bytes, likely) = unsafe { (eight(input, at), eight(input, at - distance)) };
            let slot = &mut table[slot::<SLOTS>(bytes)];
            let candidate = slot.at();
            *slot = P::new(at);
            let mut differing = likely ^ bytes;
            if differing as u32 != 0 {
                // SAFETY: the table was given places before `at` only, all of them of this input.
                differing = unsafe { eight(input, candidate) } ^ bytes;
                if differing as u32 != 0 || at - candidate > DISTANCE_MAX {
                    at += 1 + ((at - literals_from) >> PATIENCE_BITS);
                    continue;
                }
                distance = at - candidate;
            }
            // SAFETY: as above.
            let next = unsafe { eight(input, at + 8) ^ eight(input, at + 8 - distance) };
            let len = match_len(input, at, distance, differing, next);
            (self.at, self.literals_from) = (at, literals_from);
            if at - literals_from <= BLOCK {
                // SAFETY: sixteen bytes follow `literals_from`, which is at most `at`. `end` is at most `len_max`, and behind it are
                // SLACK bytes.
                unsafe { self.few_literals(at) };
            } else {
                self.literals(at)?;
            }
            self.push_match(distance - 1, len);
            if self.end > self.len_max {
                return None;
            }
            at += len;
            literals_from = at;
            // A position within the match is a likely start of the next one.
            if at <= last {
                // SAFETY: a match has four bytes at least, and sixteen follow `at`.
                table[self::slot::<SLOTS>(unsafe { eight(input, at - 2) })] = P::new(at - 2);
            }
        }
        (self.at, self.literals_from) = (at, literals_from);
        Some(())
    }

    /// Goes on to the end, with checks.
    #[inline(always)]
    fn pack_rest<P: Place, const SLOTS: usize>(&mut self, table: &mut [P; SLOTS]) -> Option<()> {
        let input = self.input;
        while let Some(bytes) = checked_eight(input, self.at) {
            let slot = &mut table[slot::<SLOTS>(bytes)];
            let candidate = slot.at();
            *slot = P::new(self.at);
            let differing = checked_eight(input, candidate).map_or(u64::MAX, |there| there ^ bytes);
            if differing as u32 != 0 || self.at - candidate > DISTANCE_MAX {
                self.at += 1;
                continue;
            }
            let len = input[self.at..].iter().zip(&input[candidate..]).take_while(|(a, b)| a == b).count();
            self.literals(self.at)?;
            self.push_match(self.at - candidate - 1, len);
            if self.end > self.len_max {
                return None;
            }
            self.at += len;
            self.literals_from = self.at;
        }
        Some(())
    }

    /// Appends the bytes up to `to`, [`BLOCK`] at most, as literals. None at all, as between two matches, are a case like any
    /// other: who could tell which comes next?
    ///
    /// # Safety
    /// `BLOCK` bytes of the input follow `literals_from`, and `end` is at most `len_max`.
    #[inline(always)]
    unsafe fn few_literals(&mut self, to: usize) {
        let len = to - self.literals_from;
        debug_assert!(len <= BLOCK && self.end <= self.len_max);
        debug_assert!(self.literals_from + BLOCK <= self.input.len());
        // SAFETY: the caller's promise; `out` has SLACK bytes beyond `len_max`.
        unsafe {
            let to = self.out.as_mut_ptr().add(self.end);
            to.write((len as u8).wrapping_sub(1));
            copy_block(self.input.as_ptr().add(self.literals_from), to.add(1));
        }
        self.end += len + usize::from(len != 0);
    }

    /// Appends the bytes up to `to` as literals; None where that is too much.
    fn literals(&mut self, to: usize) -> Option<()> {
        for run in self.input[self.literals_from..to].chunks(LITERALS_MAX) {
            let (head, end) = (self.end, self.end + 1 + run.len());
            self.out[head] = run.len() as u8 - 1;
            self.out[head + 1..end].copy_from_slice(run);
            self.end = end;
            if end > self.len_max {
                return None;
            }
        }
        Some(())
    }

    #[inline(always)]
    fn push_match(&mut self, distance: usize, len: usize) {
        let (high, low, beyond_head) = ((distance >> 8) as u8, distance as u8, len.wrapping_sub(9) as u8);
        let is_long = len > 8;
        let head = (len.min(9) as u8 - 2) << 5 | high;
        let place = self.out[self.end..].first_chunk_mut().expect("room behind");
        *place = [head, if is_long { beyond_head } else { low }, low];
        self.end += 2 + usize::from(is_long);
    }
}

/// The eight bytes at a place.
///
/// # Safety
/// They are within `bytes`.
#[inline(always)]
unsafe fn eight(bytes: &[u8], at: usize) -> u64 {
    debug_assert!(at + 8 <= bytes.len());
    // SAFETY: the caller's promise.
    u64::from_le(unsafe { bytes.as_ptr().add(at).cast::<u64>().read_unaligned() })
}

/// The eight bytes at a place, if there are as many.
#[inline(always)]
fn checked_eight(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// Copies a block.
///
/// # Safety
/// It can be read and written. The two may overlap.
#[inline(always)]
unsafe fn copy_block(from: *const u8, to: *mut u8) {
    // SAFETY: the caller's promise.
    unsafe { to.cast::<[u8; BLOCK]>().write_unaligned(from.cast::<[u8; BLOCK]>().read_unaligned()) };
}

/// The slot of the first four of eight bytes.
#[inline(always)]
fn slot<const SLOTS: usize>(bytes: u64) -> usize {
    ((bytes as u32).wrapping_mul(0x9e37_79b1) >> (32 - SLOTS.ilog2())) as usize
}

/// How far the bytes at `at` agree with those `distance` before. `differing` is how the first eight differ, not in the first
/// four; `next` how those after them do.
#[inline(always)]
fn match_len(input: &[u8], at: usize, distance: usize, differing: u64, next: u64) -> usize {
    let (differing, before) = if differing != 0 { (differing, 0) } else { (next, 8) };
    if differing != 0 {
        return before + (differing.trailing_zeros() / 8) as usize;
    }
    long_match_len(input, at, distance)
}

/// The same where a block agrees.
#[inline(never)]
fn long_match_len(input: &[u8], at: usize, distance: usize) -> usize {
    let (here, there) = (&input[at..], &input[at - distance..]);
    let most = here.len().min(MATCH_MAX);
    let mut len = BLOCK;
    while len + 8 <= most
        && let (Some(a), Some(b)) = (checked_eight(here, len), checked_eight(there, len))
    {
        if a != b {
            return len + ((a ^ b).trailing_zeros() / 8) as usize;
        }
        len += 8;
    }
    while len < most && here[len] == there[len] {
        len += 1;
    }
    len
}

/// Unpacks to `len` bytes at the front of `out`, whose content is replaced; what lies behind them means nothing, and is kept
/// so that the next text need not clear it again. False if the bytes are no LZF, or unpack to another length.
pub fn decompress(packed: &[u8], len: usize, out: &mut Vec<u8>) -> bool {
    let mut unpacker = Unpacker { packed, at: 0, end: 0, len };
    while unpacker.at < packed.len() {
        if out.len() < unpacker.end + ROUND_ROOM {
            out.resize((2 * out.len()).max(ROOM), 0);
        }
        if !unpacker.unpack(out) || !unpacker.step(out) || unpacker.end > len {
            return false;
        }
    }
    unpacker.end == len
}

/// Compressed bytes on their way out.
struct Unpacker<'a> {
    packed: &'a [u8],
    /// How much of it was read.
    at: usize,
    /// How much was written.
    end: usize,
    /// How much there is to be written.
    len: usize,
}

impl Unpacker<'_> {
    /// Goes on while there is room for a round on both sides; false where the bytes are no LZF.
    #[inline(always)]
    fn unpack(&mut self, out: &mut [u8]) -> bool {
        let (packed, mut at, mut end) = (self.packed, self.at, self.end);
        let at_max = packed.len().saturating_sub(ROUND);
        let end_max = out.len().saturating_sub(ROUND_ROOM).min(self.len);
        let out = out.as_mut_ptr();
        while at < at_max && end < end_max {
            // SAFETY: more than ROUND bytes follow `at`.
            let word =
                u32::from_le(unsafe { packed.as_ptr().add(at).cast::<u32>().read_unaligned() }) as usize;
            let head = word & 255;
            if head < 32 {
                if head >= BLOCK && at >= at_max.saturating_sub(BLOCK) {
                    break;
                }
                // SAFETY: as above, and another block where it is needed; more than ROUND_ROOM bytes follow `end`.
                unsafe {
                    let (from, to) = (packed.as_ptr().add(at + 1), out.add(end));
                    copy_block(from, to);
                    if head >= BLOCK {
                        copy_block(from.add(BLOCK), to.add(BLOCK));
                    }
                }
                at += head + 2;
                end += head + 1;
                continue;
            }
            let is_long = head >= 7 << 5;
            let (len, low) =
                if is_long { ((word >> 8 & 255) + 9, word >> 16) } else { ((head >> 5) + 2, word >> 8) };
            let distance = ((head & 31) << 8 | low & 255) + 1;
            at += 2 + usize::from(is_long);
            if distance > end {
                return false;
            }
            // SAFETY: `distance` bytes were written before `end`, and more than ROUND_ROOM follow it; `len` is at most MATCH_MAX.
            unsafe { copy_back(out.add(end), distance, len) };
            end += len;
        }
        (self.at, self.end) = (at, end);
        true
    }

    /// Goes on by one piece wherever it ends, if there is room for it; false where the bytes are no LZF.
    fn step(&mut self, out: &mut [u8]) -> bool {
        let Some((&head, rest)) = self.packed.get(self.at..).and_then(<[u8]>::split_first) else {
            return true;
        };
        if out.len() < self.end + ROUND_ROOM {
            return true;
        }
        if head < 32 {
            let len = usize::from(head) + 1;
            let Some(literals) = rest.get(..len) else { return false };
            out[self.end..self.end + len].copy_from_slice(literals);
            (self.at, self.end) = (self.at + 1 + len, self.end + len);
            return true;
        }
        let (len, low, taken) = match (head >> 5, rest) {
            (7, &[extra, low, ..]) => (usize::from(extra) + 9, low, 3),
            (7, _) | (_, []) => return false,
            (len, &[low, ..]) => (usize::from(len) + 2, low, 2),
        };
        let distance = (usize::from(head & 31) << 8 | usize::from(low)) + 1;
        if distance > self.end {
            return false;
        }
        // SAFETY: `distance` bytes were written before `end`, and ROUND_ROOM follow it; `len` is at most MATCH_MAX.
        unsafe { copy_back(out.as_mut_ptr().add(self.end), distance, len) };
        (self.at, self.end) = (self.at + taken, self.end + len);
        true
    }
}

/// Copies `len` bytes from `distance` bytes back to `to`, and up to two blocks more; they may overlap.
///
/// # Safety
/// `distance` bytes before `to` can be read, and `len` and two blocks from there on written.
#[inline(always)]
unsafe fn copy_back(to: *mut u8, distance: usize, len: usize) {
    // SAFETY: the caller's promise, here and below. What is read lies before what was written.
    unsafe {
        if distance >= BLOCK {
            copy_block(to.sub(distance), to);
            let mut done = BLOCK;
            while done < len {
                copy_block(to.sub(distance).add(done), to.add(done));
                done += BLOCK;
            }
            return;
        }
        // What repeats within a block repeats at a multiple of its distance, too.
        let wide = distance * BLOCK.div_ceil(distance);
        let mut done = wide.min(len);
        if distance >= 8 && len <= BLOCK {
            // Without reading what has only just been written.
            let low = to.sub(distance).cast::<u64>().read_unaligned();
            let high = to.sub(distance).add(8).cast::<u64>().read_unaligned();
            let (low, high) = (u64::from_le(low), u64::from_le(high));
            let known = 8 * (distance - 8) as u32;
            let high = high & !(u64::MAX << known) | low << known;
            to.cast::<u64>().write_unaligned(low.to_le());
            to.add(8).cast::<u64>().write_unaligned(high.to_le());
            return;
        }
        for at in 0..done {
            to.add(at).write(to.add(at).sub(distance).read());
        }
        while done < len {
            copy_block(to.add(done).sub(wide), to.add(done));
            done += BLOCK;
        }
    }
}
