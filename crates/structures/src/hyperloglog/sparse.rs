//! The sparse registers: runs of equal values.
//!
//! ```text
//!   00llllll            ZERO   l + 1 registers are 0          (1..=64)
//!   01llllll llllllll   XZERO  l + 1 registers are 0          (1..=16384)
//!   1vvvvvll            VAL    l + 1 registers are v + 1      (1..=4 registers, values 1..=32)
//! ```
//!
//! A register is raised by replacing the run it lies in by up to three, after which neighbouring VAL runs of equal
//! value are joined, within five runs of the place of change. The steps are those of the reference, so that the
//! bytes are too.

use super::{Corrupted, HEADER, REGISTERS};

const ZERO_LEN_MAX: usize = 64;
const VAL_LEN_MAX: usize = 4;
pub(super) const VAL_MAX: u8 = 32;

/// One run: what it says and how many bytes it takes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Run {
    Zero { len: usize },
    ExtendedZero { len: usize },
    Value { value: u8, len: usize },
}

impl Run {
    fn at(bytes: &[u8], at: usize) -> Option<Self> {
        let first = *bytes.get(at)?;
        Some(match first >> 6 {
            0 => Run::Zero { len: usize::from(first & 63) + 1 },
            1 => {
                let len = usize::from(first & 63) << 8 | usize::from(*bytes.get(at + 1)?);
                Run::ExtendedZero { len: len + 1 }
            }
            _ => Run::Value { value: (first >> 2 & 31) + 1, len: usize::from(first & 3) + 1 },
        })
    }

    fn registers(self) -> usize {
        let (Run::Zero { len } | Run::ExtendedZero { len } | Run::Value { len, .. }) = self;
        len
    }

    fn bytes(self) -> usize {
        if matches!(self, Run::ExtendedZero { .. }) { 2 } else { 1 }
    }
}

fn value_byte(value: u8, len: usize) -> u8 {
    0x80 | (value - 1) << 2 | (len - 1) as u8
}

/// Up to five bytes of runs, on their way into the string.
#[derive(Default)]
struct Sequence {
    bytes: [u8; 5],
    len: usize,
}

impl Sequence {
    fn push(&mut self, byte: u8) {
        self.bytes[self.len] = byte;
        self.len += 1;
    }

    fn zeros(&mut self, len: usize) {
        match len {
            0 => {}
            1..=ZERO_LEN_MAX => self.push((len - 1) as u8),
            _ => {
                self.push(0x40 | ((len - 1) >> 8) as u8);
                self.push((len - 1) as u8);
            }
        }
    }

    fn values(&mut self, value: u8, len: usize) {
        if len > 0 {
            self.push(value_byte(value, len));
        }
    }
}

/// What came of an attempt to raise a register.
pub(super) enum Raised {
    /// The register was as great already.
    No,
    /// The register was raised.
    Yes,
    /// The sparse form cannot hold it, or would grow past its limit; nothing was changed.
    NeedsDense,
}

/// The runs of no register set.
pub(super) fn empty() -> [u8; 2] {
    [0x40 | ((REGISTERS - 1) >> 8) as u8, (REGISTERS - 1) as u8]
}

/// Raises register `index` of the sparse HyperLogLog `bytes` to `value`, unless it is as great already.
pub(super) fn raise(
    bytes: &mut Vec<u8>,
    index: usize,
    value: u8,
    bytes_max: usize,
) -> Result<Raised, Corrupted> {
    if value > VAL_MAX {
        return Ok(Raised::NeedsDense);
    }
    let (mut at, mut first, mut previous) = (HEADER, 0, HEADER);
    let run = loop {
        let run = Run::at(bytes, at).ok_or(Corrupted)?;
        if index < first + run.registers() {
            break run;
        }
        previous = at;
        at += run.bytes();
        first += run.registers();
    };
    let after = first + run.registers() - index - 1;
    let mut sequence = Sequence::default();
    match run {
        Run::Value { value: own, .. } if own >= value => return Ok(Raised::No),
        Run::Value { value: own, .. } => {
            sequence.values(own, index - first);
            sequence.values(value, 1);
            sequence.values(own, after);
        }
        Run::Zero { .. } | Run::ExtendedZero { .. } => {
            sequence.zeros(index - first);
            sequence.values(value, 1);
            sequence.zeros(after);
        }
    }
    // A run that is replaced in place may stay though the string is past the limit, which can be lowered any time.
    if sequence.len > run.bytes() && bytes.len() + sequence.len - run.bytes() > bytes_max {
        return Ok(Raised::NeedsDense);
    }
    bytes.splice(at..at + run.bytes(), sequence.bytes[..sequence.len].iter().copied());
    join_neighbours(bytes, previous);
    Ok(Raised::Yes)
}

/// Joins VAL runs of equal value among the five runs from `at` on.
fn join_neighbours(bytes: &mut Vec<u8>, mut at: usize) {
    for _ in 0..5 {
        let Some(run) = Run::at(bytes, at) else { return };
        if let (Run::Value { value, len }, Some(Run::Value { value: next, len: more })) =
            (run, Run::at(bytes, at + 1))
            && value == next
            && len + more <= VAL_LEN_MAX
        {
            // Stays at the joined run: the one after may join as well.
            bytes[at + 1] = value_byte(value, len + more);
            bytes.remove(at);
            continue;
        }
        at += run.bytes();
    }
}

/// Calls `each(first register, run)` for every run; an error if they do not cover the registers exactly.
pub(super) fn for_each_run(bytes: &[u8], mut each: impl FnMut(usize, Run)) -> Result<(), Corrupted> {
    let (mut at, mut first) = (HEADER, 0);
    while at < bytes.len() {
        let run = Run::at(bytes, at).ok_or(Corrupted)?;
        if first + run.registers() > REGISTERS {
            return Err(Corrupted);
        }
        each(first, run);
        at += run.bytes();
        first += run.registers();
    }
    if first == REGISTERS { Ok(()) } else { Err(Corrupted) }
}
