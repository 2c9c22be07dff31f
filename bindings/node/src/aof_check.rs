//! Looks through an append-only file without an engine: whether it is whole, and how far it is right.

use crate::file::{DiskFile, Sequence};
use hematite_base::hash::Hasher;
use hematite_engine::Progress;
use hematite_engine::rdb::{Encodings, LoadOptions, Loader, Sink};
use hematite_persist::aof::{Fault, Reader, left_behind, take_in};
use hematite_persist::storage::{File, read_full_at, words};
use napi::{Error, Result};
use napi_derive::napi;
use std::path::Path;

/// Commands looked at together.
const BATCH: usize = 1024;

/// What was found.
#[napi(object)]
pub struct NativeAofCheck {
    /// Bytes of the file.
    pub size: f64,
    /// How many of them are filler at its end, which is written over by the next groups.
    pub filler: f64,
    /// Bytes that a process which was killed has left with the kernel, to be appended: see `aofTakeIn`.
    pub left: f64,
    /// Bytes there that do not follow what the file holds, or are damaged.
    pub ignored: f64,
    /// Bytes of the RDB file that it begins with; 0: there is none.
    pub rdb_bytes: f64,
    /// Keys in that.
    pub keys: f64,
    /// Commands that were read.
    pub commands: f64,
    /// Whether the file, or its end, has checksums.
    pub has_checksums: bool,
    /// What is wrong, if anything is: `rdb`, `truncated`, `corrupt`, `read`.
    pub fault: Option<String>,
    /// Where that shows.
    pub offset: f64,
    pub reason: String,
    /// What lies before it is right: where a fix cuts.
    pub good: f64,
    /// Where the file ends for being read up to a time only: what is before that is whole.
    pub before_later: Option<f64>,
}

/// Counts keys and drops them.
struct Keys(u64);

impl Sink for Keys {
    fn entry(&mut self, _: usize, _: hematite_engine::Entry) -> std::result::Result<(), String> {
        self.0 += 1;
        Ok(())
    }
}

/// Looks through a file, up to the first annotation of a time later than `until`, Unix seconds. An error is the system's reason
/// why it can't be read.
#[napi]
pub fn check_aof(path: String, until: Option<f64>) -> Result<NativeAofCheck> {
    look_through(Path::new(&path), until).map_err(|error| Error::from_reason(words(&error)))
}

/// Appends to a file what a process that was killed has left with the kernel; how many bytes there were. An error is the
/// system's reason.
#[napi]
pub fn aof_take_in(path: String) -> Result<f64> {
    let taken = DiskFile::open(Path::new(&path)).and_then(|file| take_in(&file));
    taken.map(|left| left.bytes.len() as f64).map_err(|error| Error::from_reason(words(&error)))
}

fn look_through(path: &Path, until: Option<f64>) -> std::io::Result<NativeAofCheck> {
    let file = DiskFile::read(path)?;
    let left = left_behind(&file)?;
    let mut check = NativeAofCheck {
        size: file.len()? as f64,
        filler: 0.0,
        left: left.bytes.len() as f64,
        ignored: left.ignored as f64,
        rdb_bytes: 0.0,
        keys: 0.0,
        commands: 0.0,
        has_checksums: false,
        fault: None,
        offset: 0.0,
        reason: String::new(),
        good: 0.0,
        before_later: None,
    };
    let mut magic = [0; 5];
    let mut from = 0;
    if read_full_at(&file, 0, &mut magic)? == 5 && magic == *b"REDIS" {
        let (progress, encodings) = (Progress::default(), Encodings::new(Hasher::new(0)));
        let options = LoadOptions { has_tail: true, skips_expired: false, ..LoadOptions::default() };
        let (mut source, mut keys) = (Sequence::new(&file, &progress), Keys(0));
        let mut loader = Loader::new(&mut source, &encodings, options);
        let read = loader.run(&mut keys);
        from = loader.offset();
        check.keys = keys.0 as f64;
        check.rdb_bytes = from as f64;
        if let Err(error) = read {
            check.fault = Some("rdb".into());
            check.offset = error.offset() as f64;
            check.reason = error.to_string();
            return Ok(check);
        }
    }
    let mut reader = Reader::new(&file, from)?;
    reader.read_until(until.map_or(i64::MAX, |seconds| seconds as i64));
    check.filler = check.size - reader.total() as f64;
    let fault = loop {
        match reader.next(BATCH) {
            Ok(Some(batch)) => check.commands += batch.ends.len() as f64,
            Ok(None) => break None,
            Err(fault) => break Some(fault),
        }
    };
    check.has_checksums = reader.has_checksums();
    check.good = check.size;
    check.before_later = reader.before_later().map(|offset| offset as f64);
    match fault {
        None => {}
        Some(Fault::Io(error)) => return Err(error),
        Some(Fault::Truncated { whole }) => {
            check.fault = Some("truncated".into());
            check.reason = "it ends within a command or a transaction".into();
            (check.offset, check.good) = (whole as f64, whole as f64);
        }
        Some(Fault::Corrupt { at, good, reason }) => {
            check.fault = Some("corrupt".into());
            check.reason = reason;
            (check.offset, check.good) = (at as f64, good as f64);
        }
    }
    Ok(check)
}
