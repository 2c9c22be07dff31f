//! File: a file of the system behind the traits of persistence, at any offset and from several threads.

use hematite_engine::Progress;
use hematite_persist::rdb::Source;
use hematite_persist::storage::{File, words};
use std::fs::{self, OpenOptions};
use std::io;
use std::path::Path;
use std::sync::atomic::Ordering::Relaxed;

/// A file of the system.
pub struct DiskFile(fs::File);

impl DiskFile {
    /// Opens a file to read and write it; made if it is not there.
    pub fn open(path: &Path) -> io::Result<DiskFile> {
        OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path).map(DiskFile)
    }
    /// Opens a file to read it.
    pub fn read(path: &Path) -> io::Result<DiskFile> {
        fs::File::open(path).map(DiskFile)
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
        positioned::write(&self.0, bytes, offset)
    }
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        positioned::read(&self.0, buffer, offset)
    }
    fn sync(&self) -> io::Result<()> {
        self.0.sync_data()
    }
    fn truncate(&self, len: u64) -> io::Result<()> {
        self.0.set_len(len)
    }
    fn len(&self) -> io::Result<u64> {
        self.0.metadata().map(|metadata| metadata.len())
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
