//! RDB files for the command line: whether one is whole, what it holds, what its keys take. The bytes are read here.

use crate::clock;
use hematite_persist::rdb::Source;
use hematite_persist::report;
use napi::bindgen_prelude::{FnArgs, Function};
use napi::{Error, Result};
use napi_derive::napi;
use std::fs::File;
use std::io::Read;

/// A file on the disk.
struct Opened(File);

impl Source for Opened {
    fn read(&mut self, into: &mut [u8]) -> std::result::Result<usize, String> {
        self.0.read(into).map_err(|error| error.to_string())
    }
}

fn open(path: &str) -> Result<Opened> {
    File::open(path).map(Opened).map_err(|error| failed(path, error))
}

fn failed(path: &str, reason: impl std::fmt::Display) -> Error {
    Error::from_reason(format!("{path}: {reason}"))
}

/// Reads a whole file; what it holds in numbers, as JSON. The error names the offset and the reason.
#[napi]
pub fn check_rdb_file(path: String) -> Result<String> {
    report::check(&mut open(&path)?, clock::now().unix_ms).map_err(|error| failed(&path, error))
}

/// Gives the contents of a file as JSON, in chunks.
#[napi(ts_args_type = "path: string, write: (chunk: string) => void")]
pub fn print_rdb_file(path: String, write: Function<'_, FnArgs<(String,)>, ()>) -> Result<()> {
    let write = |chunk: &str| write.call((chunk.to_owned(),).into()).map_err(|error| error.to_string());
    report::contents(&mut open(&path)?, clock::now().unix_ms, write).map_err(|error| failed(&path, error))
}

/// What the keys of a file take in memory, as JSON: by type, and by their first `depth` words, which end with `separator`.
#[napi]
pub fn measure_rdb_file(path: String, depth: u32, separator: String) -> Result<String> {
    let separator = separator.bytes().next().unwrap_or(b':');
    report::memory(&mut open(&path)?, clock::now().unix_ms, depth as usize, separator)
        .map_err(|error| failed(&path, error))
}
