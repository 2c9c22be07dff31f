//! Directory: a directory of the file system, behind the traits of persistence.

use crate::file::DiskFile;
use hematite_persist::storage::{File, Storage};
use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// See the head of the file.
pub struct Directory(pub PathBuf);

impl Storage for Directory {
    fn open(&self, name: &str) -> io::Result<Arc<dyn File>> {
        Ok(Arc::new(DiskFile::open(&self.0.join(name))?))
    }
    fn read(&self, name: &str) -> io::Result<Arc<dyn File>> {
        Ok(Arc::new(DiskFile::read(&self.0.join(name))?))
    }
    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(self.0.join(from), self.0.join(to))
    }
    fn remove(&self, name: &str) -> io::Result<()> {
        fs::remove_file(self.0.join(name))
    }
    fn sync_dir(&self) -> io::Result<()> {
        // Elsewhere directories can't be opened, and need not be synced.
        if cfg!(unix) { fs::File::open(&self.0)?.sync_all() } else { Ok(()) }
    }
    fn list(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.0)? {
            let entry = entry?;
            if entry.file_type()?.is_file() {
                names.extend(entry.file_name().into_string());
            }
        }
        Ok(names)
    }
}
