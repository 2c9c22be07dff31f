//! HyperLogLog: how many distinct elements were seen, within 0.81 %, in at most 12 KiB.
//!
//! ```text
//!   "HYLL"  encoding:u8 (0 dense, 1 sparse)  0 0 0  cached:u64le  registers
//! ```
//!
//! A HyperLogLog is an ordinary string; these functions read and change its bytes, which are those of the reference,
//! bit for bit. `cached` is the last estimate; its top bit says that the registers have changed since. Small ones
//! are sparse (see `sparse`) and become dense (see `registers`) when a register passes 32 or the string would grow
//! past a configured size.
//!
//! Every function takes foreign bytes: it answers [`Corrupted`] where they make no sense. Call [`validate`] first;
//! it alone tells a string that is no HyperLogLog.

mod estimate;
mod registers;
mod sparse;
#[cfg(test)]
mod tests;

use registers::{DENSE_BYTES, Histogram, Unpacked};
use sparse::{Raised, Run};

/// Number of registers.
pub const REGISTERS: usize = 1 << 14;
const HEADER: usize = 16;
const MAGIC: &[u8; 4] = b"HYLL";
const DENSE: u8 = 0;
const SPARSE: u8 = 1;
/// Top bit of the cached estimate: stale.
const STALE: u64 = 1 << 63;

/// The string is no HyperLogLog at all (the reference's `WRONGTYPE Key is not a valid HyperLogLog string value.`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotHyperLogLog;

/// The header is right but the registers are not (the reference's `INVALIDOBJ Corrupted HLL object detected`).
/// What was to be changed may have been changed in part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Corrupted;

/// How the registers are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Six bits a register.
    Dense,
    /// Runs of equal registers.
    Sparse,
}

/// A new, empty HyperLogLog: sparse, with a valid cached estimate of 0.
pub fn create() -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER + 2);
    bytes.extend(MAGIC);
    bytes.extend([SPARSE, 0, 0, 0]);
    bytes.extend([0; 8]);
    bytes.extend(sparse::empty());
    bytes
}

/// Whether `bytes` is a HyperLogLog by its header; sparse runs are checked only as they are read.
pub fn validate(bytes: &[u8]) -> Result<(), NotHyperLogLog> {
    let valid = bytes.len() >= HEADER
        && bytes.starts_with(MAGIC)
        && (bytes[4] == SPARSE || bytes[4] == DENSE && bytes.len() == HEADER + DENSE_BYTES);
    if valid { Ok(()) } else { Err(NotHyperLogLog) }
}

/// How the registers are stored.
pub fn encoding(bytes: &[u8]) -> Encoding {
    if bytes.get(4) == Some(&DENSE) { Encoding::Dense } else { Encoding::Sparse }
}

/// The packed registers of a dense HyperLogLog.
fn dense(bytes: &[u8]) -> Result<&[u8], Corrupted> {
    if bytes.len() == HEADER + DENSE_BYTES { Ok(&bytes[HEADER..]) } else { Err(Corrupted) }
}

fn dense_mut(bytes: &mut [u8]) -> Result<&mut [u8], Corrupted> {
    if bytes.len() == HEADER + DENSE_BYTES { Ok(&mut bytes[HEADER..]) } else { Err(Corrupted) }
}

/// The cached estimate, unless it is stale.
pub fn cached_count(bytes: &[u8]) -> Option<u64> {
    let cached = u64::from_le_bytes(*bytes.get(8..)?.first_chunk()?);
    (cached & STALE == 0).then_some(cached)
}

/// Stores an estimate in the header.
pub fn set_cached_count(bytes: &mut [u8], count: u64) {
    if let Some(cached) = bytes.get_mut(8..HEADER) {
        cached.copy_from_slice(&count.to_le_bytes());
    }
}

/// Marks the cached estimate as stale: to be called after any change. Only the top bit is touched.
pub fn invalidate_cache(bytes: &mut [u8]) {
    if let Some(top) = bytes.get_mut(HEADER - 1) {
        *top |= 0x80;
    }
}

/// Adds an element; returns whether a register was raised, in which case the cached estimate is stale.
/// A sparse HyperLogLog becomes dense rather than longer than `sparse_bytes_max` bytes.
pub fn add(bytes: &mut Vec<u8>, element: &[u8], sparse_bytes_max: usize) -> Result<bool, Corrupted> {
    let (index, rank) = estimate::place(element);
    let raised = raise(bytes, index, rank, sparse_bytes_max)?;
    if raised {
        invalidate_cache(bytes);
    }
    Ok(raised)
}

/// The same for one that is dense, which stays as long as it is.
pub fn add_dense(bytes: &mut [u8], element: &[u8]) -> Result<bool, Corrupted> {
    let (index, rank) = estimate::place(element);
    let raised = raise_dense(bytes, index, rank)?;
    if raised {
        invalidate_cache(bytes);
    }
    Ok(raised)
}

fn raise(bytes: &mut Vec<u8>, index: usize, value: u8, sparse_bytes_max: usize) -> Result<bool, Corrupted> {
    if encoding(bytes) == Encoding::Sparse {
        match sparse::raise(bytes, index, value, sparse_bytes_max)? {
            Raised::No => return Ok(false),
            Raised::Yes => return Ok(true),
            Raised::NeedsDense => to_dense(bytes)?,
        };
    }
    raise_dense(bytes, index, value)
}

fn raise_dense(bytes: &mut [u8], index: usize, value: u8) -> Result<bool, Corrupted> {
    let registers = dense_mut(bytes)?;
    let raised = registers::get(registers, index) < value;
    if raised {
        registers::set(registers, index, value);
    }
    Ok(raised)
}

/// Makes a sparse HyperLogLog dense; returns whether it was sparse. On error nothing is changed.
pub fn to_dense(bytes: &mut Vec<u8>) -> Result<bool, Corrupted> {
    if encoding(bytes) == Encoding::Dense {
        return Ok(false);
    }
    let registers = registers(bytes)?;
    let mut dense = vec![0; HEADER + DENSE_BYTES];
    dense[..HEADER].copy_from_slice(bytes.get(..HEADER).ok_or(Corrupted)?);
    dense[4] = DENSE;
    registers::pack(&registers, &mut dense[HEADER..]);
    *bytes = dense;
    Ok(true)
}

/// All registers, one byte each.
pub fn registers(bytes: &[u8]) -> Result<Box<[u8; REGISTERS]>, Corrupted> {
    let mut union = Union::new();
    union.absorb(bytes)?;
    Ok(union.registers)
}

/// Estimates the number of distinct elements, whatever the cached estimate says.
pub fn count(bytes: &[u8]) -> Result<u64, Corrupted> {
    let histogram = match encoding(bytes) {
        Encoding::Dense => registers::histogram_packed(dense(bytes)?),
        Encoding::Sparse => {
            let mut histogram: Histogram = [0; 64];
            sparse::for_each_run(bytes, |_, run| match run {
                Run::Zero { len } | Run::ExtendedZero { len } => histogram[0] += len as u32,
                Run::Value { value, len } => histogram[usize::from(value)] += len as u32,
            })?;
            histogram
        }
    };
    Ok(estimate::cardinality(&histogram))
}

/// The sparse runs as text (`Z:` XZERO, `z:` ZERO, `v:value,length`), for debugging; `None` if dense.
pub fn decode_sparse(bytes: &[u8]) -> Option<Result<String, Corrupted>> {
    if encoding(bytes) == Encoding::Dense {
        return None;
    }
    let mut words = Vec::new();
    let walked = sparse::for_each_run(bytes, |_, run| {
        words.push(match run {
            Run::Zero { len } => format!("z:{len}"),
            Run::ExtendedZero { len } => format!("Z:{len}"),
            Run::Value { value, len } => format!("v:{value},{len}"),
        });
    });
    Some(walked.map(|()| words.join(" ")))
}

/// The union of several HyperLogLogs, unpacked to 16 KiB while it is being built.
pub struct Union {
    registers: Box<Unpacked>,
    dense: bool,
}

impl Default for Union {
    fn default() -> Self {
        Self::new()
    }
}

impl Union {
    /// The union of nothing.
    pub fn new() -> Self {
        Self { registers: Box::new([0; REGISTERS]), dense: false }
    }

    /// Takes the elements of `bytes` in.
    pub fn absorb(&mut self, bytes: &[u8]) -> Result<(), Corrupted> {
        match encoding(bytes) {
            Encoding::Dense => {
                self.dense = true;
                registers::raise(&mut self.registers, dense(bytes)?);
                Ok(())
            }
            Encoding::Sparse => sparse::for_each_run(bytes, |first, run| {
                if let Run::Value { value, len } = run {
                    for own in &mut self.registers[first..first + len] {
                        *own = value.max(*own);
                    }
                }
            }),
        }
    }

    /// Estimates the number of distinct elements in the union.
    pub fn count(&self) -> u64 {
        estimate::cardinality(&registers::histogram_unpacked(&self.registers))
    }

    /// Writes the union into `target`, which must have been absorbed too or be new, and marks its cached estimate
    /// as stale. The target becomes dense if anything absorbed was, or as [`add`] would make it.
    pub fn store(&self, target: &mut Vec<u8>, sparse_bytes_max: usize) -> Result<(), Corrupted> {
        if self.dense {
            to_dense(target)?;
        }
        for (index, &value) in self.registers.iter().enumerate() {
            if encoding(target) == Encoding::Dense {
                // The union is at least as great as the target everywhere: what is left is written as a whole.
                registers::pack(&self.registers, dense_mut(target)?);
                break;
            }
            if value > 0 {
                raise(target, index, value, sparse_bytes_max)?;
            }
        }
        invalidate_cache(target);
        Ok(())
    }
}
