//! File: a file of the system behind the traits of persistence, at any offset and from several threads.

use hematite_engine::Progress;
use hematite_persist::rdb::Source;
use hematite_persist::storage::{File, words};
#[cfg(target_os = "linux")]
use hematite_persist::storage::{Region, Which};
#[cfg(unix)]
use std::fs::TryLockError;
use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
#[cfg(unix)]
use std::time::Duration;
use std::time::Instant;

/// How long one waits for a process that is about to end and still has its files.
#[cfg(unix)]
const PREDECESSOR: Duration = Duration::from_secs(3);

/// A file of the system.
pub struct DiskFile {
    file: fs::File,
    path: PathBuf,
    /// The same file past the system's cache, if that can be.
    direct: OnceLock<Option<fs::File>>,
    /// How long syncs have taken, a mean that forgets, microseconds.
    sync_us: AtomicU64,
}

impl DiskFile {
    /// Opens a file to read and write it; made if it is not there.
    pub fn open(path: &Path) -> io::Result<DiskFile> {
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).create(true).truncate(false).open(path)?;
        Ok(DiskFile::new(file, path))
    }
    /// Opens a file to read it.
    pub fn read(path: &Path) -> io::Result<DiskFile> {
        Ok(DiskFile::new(fs::File::open(path)?, path))
    }
    fn new(file: fs::File, path: &Path) -> DiskFile {
        DiskFile { file, path: path.to_owned(), direct: OnceLock::new(), sync_us: AtomicU64::new(0) }
    }
    #[cfg(target_os = "linux")]
    fn direct(&self) -> Option<&fs::File> {
        use std::os::fd::AsRawFd;
        use std::os::unix::fs::OpenOptionsExt;
        // By its number: the file may have got another name.
        let open = || {
            let path = format!("/proc/self/fd/{}", self.file.as_raw_fd());
            OpenOptions::new().write(true).custom_flags(libc::O_DIRECT).open(path).ok()
        };
        self.direct.get_or_init(open).as_ref()
    }
    #[cfg(not(target_os = "linux"))]
    fn direct(&self) -> Option<&fs::File> {
        self.direct.get_or_init(|| None).as_ref()
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
    fn write_blocks_at(&self, offset: u64, blocks: &[u8]) -> io::Result<usize> {
        match self.direct().map(|direct| positioned::write(direct, blocks, offset)) {
            // Some file systems say only now that they can't.
            None => self.write_at(offset, blocks),
            Some(Err(error)) if error.kind() == io::ErrorKind::InvalidInput => self.write_at(offset, blocks),
            Some(outcome) => outcome,
        }
    }
    #[cfg(target_os = "linux")]
    fn region(&self, which: Which) -> Option<Box<dyn Region>> {
        crate::region::open(&self.path, which)
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
    // Elsewhere a lock would keep others from reading, too.
    #[cfg(unix)]
    fn own(&self) -> io::Result<()> {
        let began = Instant::now();
        loop {
            match self.file.try_lock() {
                Err(TryLockError::WouldBlock) if began.elapsed() < PREDECESSOR => {
                    std::thread::sleep(PREDECESSOR / 100);
                }
                Err(TryLockError::WouldBlock) => {
                    return Err(io::Error::other("another process writes to it"));
                }
                // Some file systems know no locks.
                Ok(()) | Err(TryLockError::Error(_)) => return Ok(()),
            }
        }
    }
    #[cfg(unix)]
    fn release(&self) {
        let _ = self.file.unlock();
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
