//! Region: memory of which the kernel knows by a file, `appendonly.aof.1.incr.aof.tail`, and which it keeps when this process is
//! killed. See `hematite_persist::aof` for what is in it.

use hematite_persist::storage::{Region, Which};
use memmap2::MmapMut;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Bytes of it: how much may wait for the disk while a few pieces are on their way, and a block for its head.
const REGION_BYTES: u64 = (4 << 20) + 4096;
/// Before the name that a file has until it counts.
const TEMPORARY: &str = "temp-";

struct Mapped {
    map: MmapMut,
    /// Locked as long as this process has the memory, so that no other takes it for left.
    file: File,
    path: PathBuf,
}

/// The memory of a file, if there is some or some can be had.
pub fn open(file: &Path, which: Which) -> Option<Box<dyn Region>> {
    // A file that gets its final name keeps its memory.
    let name = file.file_name()?.to_str()?;
    let path = file.with_file_name(format!("{}.tail", name.strip_prefix(TEMPORARY).unwrap_or(name)));
    let file = match which {
        Which::Left => OpenOptions::new().read(true).write(true).open(&path),
        Which::New => make(&path),
    };
    let file = file.ok()?;
    file.try_lock().ok()?;
    // SAFETY: the file is locked, and nobody changes its size.
    let map = unsafe { MmapMut::map_mut(&file) }.ok()?;
    Some(Box::new(Mapped { map, file, path }))
}

/// Makes the file, in the place of one that nothing was taken from.
fn make(path: &Path) -> io::Result<File> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let file = OpenOptions::new().read(true).write(true).create_new(true).open(path)?;
    // Room is taken now: a disk that is full must not end the process later.
    // SAFETY: the descriptor is open.
    let outcome = unsafe { libc::posix_fallocate(file.as_raw_fd(), 0, REGION_BYTES as libc::off_t) };
    if outcome != 0 {
        let _ = fs::remove_file(path);
        return Err(io::Error::from_raw_os_error(outcome));
    }
    Ok(file)
}

impl Region for Mapped {
    fn size(&self) -> usize {
        self.map.len()
    }
    fn read_at(&self, at: usize, into: &mut [u8]) {
        into.copy_from_slice(&self.map[at..at + into.len()]);
    }
    fn write_at(&mut self, at: usize, bytes: &[u8]) {
        self.map[at..at + bytes.len()].copy_from_slice(bytes);
    }
    fn is_there(&self) -> bool {
        self.file.metadata().is_ok_and(|metadata| metadata.nlink() > 0)
    }
    fn remove(&mut self) {
        // What can't be removed has nothing to give.
        let _ = fs::remove_file(&self.path);
    }
}
