//! Disk: a directory of the file system, for what the engine's files need of it.

use hematite_persist::replace::{Disk, DiskFile};
use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;

/// See the head of the file.
pub struct Directory(pub PathBuf);

/// A file open for writing.
pub struct Open(File);

impl Disk for Directory {
    type File = Open;
    fn create(&self, name: &str) -> io::Result<Open> {
        File::create(self.0.join(name)).map(Open)
    }
    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        std::fs::rename(self.0.join(from), self.0.join(to))
    }
    fn sync_directory(&self) -> io::Result<()> {
        // Windows opens no directories, and needs none of it: renaming lasts there.
        if cfg!(windows) { Ok(()) } else { File::open(&self.0)?.sync_all() }
    }
    fn remove(&self, name: &str) -> io::Result<()> {
        std::fs::remove_file(self.0.join(name))
    }
}

impl DiskFile for Open {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes)
    }
    fn sync(&mut self) -> io::Result<()> {
        self.0.sync_data()
    }
}
