//! Report: what an RDB file holds, for people: whether it is whole, its contents as JSON, and figures of memory.

mod check;
mod contents;
mod json;
mod memory;

pub use contents::Contents;
pub use memory::Memory;

use crate::Error;
use crate::rdb::{Encodings, LoadOptions, Loader, Sink, Source, Summary};
use hematite_base::hash::Hasher;

/// Reads a whole file, keys whose time is over included.
fn read(source: &mut dyn Source, sink: &mut dyn Sink, now_ms: i64) -> Result<Summary, Error> {
    let encodings = Encodings::new(Hasher::new(0));
    let options = LoadOptions { now_ms, skips_expired: false, ..LoadOptions::default() };
    Loader::new(source, &encodings, options).run(sink)
}

/// Reads a whole file and tells as JSON what it holds, in numbers; see `check`.
pub fn check(source: &mut dyn Source, now_ms: i64) -> Result<String, Error> {
    let mut counts = check::Counts::new(now_ms);
    let summary = read(source, &mut counts, now_ms)?;
    Ok(counts.to_json(&summary))
}

/// Gives the contents of a file as JSON to `write`, in chunks; see [`Contents`] for the form.
pub fn contents(
    source: &mut dyn Source,
    now_ms: i64,
    write: impl FnMut(&str) -> Result<(), String>,
) -> Result<(), Error> {
    let mut contents = Contents::new(write);
    let summary = read(source, &mut contents, now_ms)?;
    contents.finish().map_err(|reason| Error::new(summary.bytes, reason))
}

/// Tells as JSON what the keys of a file take in memory; see [`Memory`].
pub fn memory(source: &mut dyn Source, now_ms: i64, depth: usize, separator: u8) -> Result<String, Error> {
    let mut memory = Memory::new(depth, separator);
    read(source, &mut memory, now_ms)?;
    Ok(memory.to_json())
}
