//! File: a file of the system behind the traits of persistence, at any offset and from several threads.

use hematite_engine::Progress;
use hematite_persist::rdb::Source;
use hematite_persist::storage::{File, words};
use std::fs::{self, OpenOptions};
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Instant;

/// A file of the system.
pub struct DiskFile {
    file: fs::File,
    /// How long syncs have taken, a mean that forgets, microseconds.
    sync_us: AtomicU64,
}

impl DiskFile {
    /// Opens a file to read and write it; made if it is not there.
    pub fn open(path: &Path) -> io::Result<DiskFile> {
        OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path).map(DiskFile::from)
    }
    /// Opens a file to read it.
    pub fn read(path: &Path) -> io::Result<DiskFile> {
        fs::File::open(path).map(DiskFile::from)
    }
}

impl From<fs::File> for DiskFile {
    fn from(file: fs::File) -> DiskFile {
        DiskFile { file, sync_us: AtomicU64::new(0) }
    }
}

/// Reading and writing at an offset, by the names that systems have for it.
#[cfg(unix)]
mod positioned {
    use std::os::unix::fs::FileExt;

    pub fn read(file: &std::fs::File, buffer: &mut [u8], offset: u64) -> std::io::Result<usize> {
        file.read_at(buffer, offset)
    }
    pub fn write(file: &std::fs::File, bytes: &[u8], offset: u64) -> std::io::Result<usize> {
        file.write_at(bytes, offset)
    }
}
#[cfg(windows)]
mod positioned {
    use std::os::windows::fs::FileExt;

    pub fn read(file: &std::fs::File, buffer: &mut [u8], offset: u64) -> std::io::Result<usize> {
        file.seek_read(buffer, offset)
    }
    pub fn write(file: &std::fs::File, bytes: &[u8], offset: u64) -> std::io::Result<usize> {
        file.seek_write(bytes, offset)
    }
}

impl File for DiskFile {
    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<usize> {
        positioned::write(&self.file, bytes, offset)
    }
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        positioned::read(&self.file, buffer, offset)
    }
    fn sync(&self) -> io::Result<()> {
        let began = Instant::now();
        let result = self.file.sync_data();
        // An eighth of the newest: one that takes very long does not count for long.
        let (mean, newest) = (self.sync_us.load(Relaxed), began.elapsed().as_micros() as u64);
        self.sync_us.store(if mean == 0 { newest } else { mean - mean / 8 + newest / 8 }, Relaxed);
        result
    }
    fn sync_us(&self) -> u64 {
        self.sync_us.load(Relaxed)
    }
    fn truncate(&self, len: u64) -> io::Result<()> {
        self.file.set_len(len)
    }
    fn len(&self) -> io::Result<u64> {
        self.file.metadata().map(|metadata| metadata.len())
    }
}

/// A file's bytes from its start on, counted as they are read.
pub struct Sequence<'f> {
    file: &'f DiskFile,
    offset: u64,
    progress: &'f Progress,
}

impl<'f> Sequence<'f> {
    /// From the start of a file.
    pub fn new(file: &'f DiskFile, progress: &'f Progress) -> Sequence<'f> {
        Sequence { file, offset: 0, progress }
    }
}

impl Source for Sequence<'_> {
    fn read(&mut self, into: &mut [u8]) -> Result<usize, String> {
        let count = self.file.read_at(self.offset, into).map_err(|error| words(&error))?;
        self.offset += count as u64;
        self.progress.done.fetch_add(count as u64, Relaxed);
        Ok(count)
    }
}
