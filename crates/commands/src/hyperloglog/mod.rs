//! The HyperLogLog family: strings that estimate how many distinct elements were seen.

mod add;
mod count;
mod debug;
mod merge;

use crate::error::Error;
use crate::spec::Row;
use hematite_keyspace::{Entry, EntryExt};
use hematite_structures::hyperloglog::{self, Corrupted};

/// The family's rows.
pub const ROWS: &[Row] = &[add::PFADD, count::PFCOUNT, debug::PFDEBUG, debug::PFSELFTEST, merge::PFMERGE];

/// The bytes of the HyperLogLog that an entry holds.
fn bytes_of(entry: &Entry) -> Result<&[u8], Error> {
    entry.string()?;
    let bytes = entry.text().filter(|bytes| hyperloglog::validate(bytes).is_ok());
    bytes.ok_or(Error::fixed("WRONGTYPE Key is not a valid HyperLogLog string value."))
}

/// What is answered where the registers make no sense.
fn corrupted(Corrupted: Corrupted) -> Error {
    Error::fixed("INVALIDOBJ Corrupted HLL object detected")
}
