//! Replace: a file that is there whole or not at all.
//!
//! ```text
//! open temporary ─► write ... ─► sync ─► rename over the target ─► sync the directory
//! ```
//!
//! Whatever fails, the target is what it was before, and the temporary file is removed. The disk is a trait, so that tests
//! can have any call fail.

use std::fmt;
use std::io;

/// What a disk can do; paths are relative to a directory of the disk's.
pub trait Disk {
    /// A file open for writing.
    type File: DiskFile;
    /// Makes an empty file, or empties the one that is there.
    fn create(&self, name: &str) -> io::Result<Self::File>;
    /// Gives a file another name, whatever had that name before.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;
    /// Makes renaming last.
    fn sync_directory(&self) -> io::Result<()>;
    /// Removes a file.
    fn remove(&self, name: &str) -> io::Result<()>;
}

/// A file open for writing.
pub trait DiskFile {
    /// Writes bytes at the end.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// Makes what was written last.
    fn sync(&mut self) -> io::Result<()>;
}

/// Which step failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The temporary file could not be opened.
    Open,
    /// Or written.
    Write,
    /// Or synced.
    Sync,
    /// Or renamed.
    Rename,
    /// The directory could not be synced: the new file is there, and may be gone after a loss of power.
    SyncDirectory,
}

/// Why there is no new file.
#[derive(Debug)]
pub struct Failure {
    /// Which step failed.
    pub step: Step,
    /// The system's reason.
    pub error: io::Error,
}

impl Failure {
    /// The reason in the system's words, without its number.
    pub fn reason(&self) -> String {
        let text = self.error.to_string();
        text.split(" (os error").next().unwrap_or_default().to_owned()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.step, self.reason())
    }
}

/// Names and habits of one replacement.
#[derive(Clone, Copy, Debug)]
pub struct Replacement<'a> {
    /// The temporary file.
    pub temporary: &'a str,
    /// The file that is to be replaced.
    pub target: &'a str,
    /// Bytes after which is synced on the way, so that the last sync is short; 0: only at the end.
    pub sync_bytes: usize,
}

/// What a source of bytes says.
pub enum Next {
    /// These come next.
    Bytes(Vec<u8>),
    /// That was all.
    End,
    /// The file is not wanted any more.
    Cancel,
}

/// Writes what `next` gives (it gets the last buffer back) and puts it in the target's place. `Ok(None)`: called off.
pub fn replace<D: Disk>(
    disk: &D,
    names: Replacement<'_>,
    mut next: impl FnMut(Vec<u8>) -> Next,
) -> Result<Option<u64>, Failure> {
    let failed = |step| move |error| Failure { step, error };
    let mut file = disk.create(names.temporary).map_err(failed(Step::Open))?;
    let written = write_all(&mut file, names.sync_bytes, &mut next);
    drop(file);
    let replaced = match written {
        Ok(Some(bytes)) => {
            disk.rename(names.temporary, names.target).map_err(failed(Step::Rename)).map(|()| Some(bytes))
        }
        other => other,
    };
    match replaced {
        Ok(Some(bytes)) => disk.sync_directory().map_err(failed(Step::SyncDirectory)).map(|()| Some(bytes)),
        other => {
            // Nothing more can be done if that fails too; the next start removes what is left.
            let _ = disk.remove(names.temporary);
            other
        }
    }
}

fn write_all(
    file: &mut impl DiskFile,
    sync_bytes: usize,
    next: &mut impl FnMut(Vec<u8>) -> Next,
) -> Result<Option<u64>, Failure> {
    let failed = |step| move |error| Failure { step, error };
    let (mut total, mut unsynced, mut spare) = (0, 0, Vec::new());
    loop {
        match next(spare) {
            Next::Bytes(bytes) => {
                file.write(&bytes).map_err(failed(Step::Write))?;
                total += bytes.len() as u64;
                unsynced += bytes.len();
                if sync_bytes > 0 && unsynced >= sync_bytes {
                    file.sync().map_err(failed(Step::Sync))?;
                    unsynced = 0;
                }
                spare = bytes;
            }
            Next::End => {
                file.sync().map_err(failed(Step::Sync))?;
                return Ok(Some(total));
            }
            Next::Cancel => return Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::{Cell, RefCell};
    use std::collections::BTreeMap;
    use std::rc::Rc;

    /// A disk in memory whose `fails_at`-th call fails, and all after it if `stays_broken`.
    #[derive(Default)]
    struct Memory {
        files: Rc<RefCell<BTreeMap<String, Vec<u8>>>>,
        calls: Rc<Cell<usize>>,
        fails_at: usize,
        stays_broken: bool,
    }
    struct Open {
        disk: Memory,
        name: String,
    }
    impl Memory {
        fn again(&self) -> Memory {
            Memory {
                files: Rc::clone(&self.files),
                calls: Rc::clone(&self.calls),
                fails_at: self.fails_at,
                stays_broken: self.stays_broken,
            }
        }
        fn call(&self) -> io::Result<()> {
            self.calls.set(self.calls.get() + 1);
            let at = self.calls.get();
            if at == self.fails_at || self.stays_broken && at > self.fails_at {
                return Err(io::Error::from_raw_os_error(28));
            }
            Ok(())
        }
    }
    impl Disk for Memory {
        type File = Open;
        fn create(&self, name: &str) -> io::Result<Open> {
            self.call()?;
            self.files.borrow_mut().insert(name.to_owned(), Vec::new());
            Ok(Open { disk: self.again(), name: name.to_owned() })
        }
        fn rename(&self, from: &str, to: &str) -> io::Result<()> {
            self.call()?;
            let file = self.files.borrow_mut().remove(from).expect("it was created");
            self.files.borrow_mut().insert(to.to_owned(), file);
            Ok(())
        }
        fn sync_directory(&self) -> io::Result<()> {
            self.call()
        }
        fn remove(&self, name: &str) -> io::Result<()> {
            self.call()?;
            self.files.borrow_mut().remove(name);
            Ok(())
        }
    }
    impl DiskFile for Open {
        fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
            let result = self.disk.call();
            // A full disk takes some of it.
            let taken = if result.is_ok() { bytes.len() } else { bytes.len() / 2 };
            let mut files = self.disk.files.borrow_mut();
            files.get_mut(&self.name).expect("it is open").extend_from_slice(&bytes[..taken]);
            result
        }
        fn sync(&mut self) -> io::Result<()> {
            self.disk.call()
        }
    }

    const NAMES: Replacement<'_> = Replacement { temporary: "temp-1.rdb", target: "dump.rdb", sync_bytes: 8 };

    fn run(disk: &Memory, cancels: bool) -> Result<Option<u64>, Failure> {
        let mut left = 5;
        replace(disk, NAMES, |_| {
            left -= 1;
            match left {
                0 if cancels => Next::Cancel,
                0 => Next::End,
                _ => Next::Bytes(b"12345".to_vec()),
            }
        })
    }

    fn target(disk: &Memory) -> Vec<u8> {
        disk.files.borrow()["dump.rdb"].clone()
    }

    fn disk(fails_at: usize, stays_broken: bool) -> Memory {
        let disk = Memory { fails_at, stays_broken, ..Memory::default() };
        disk.files.borrow_mut().insert("dump.rdb".into(), b"old".to_vec());
        disk
    }

    #[test]
    fn the_new_file_takes_the_old_ones_place() {
        let disk = disk(0, false);
        assert_eq!(run(&disk, false).expect("nothing fails"), Some(20));
        assert_eq!(target(&disk), b"12345".repeat(4));
        assert_eq!(disk.files.borrow().len(), 1);
        // Open, four times write, two syncs on the way and one at the end, rename, the directory.
        assert_eq!(disk.calls.get(), 10);
    }

    #[test]
    fn whatever_call_fails_the_old_file_stays_whole() {
        for stays_broken in [false, true] {
            for at in 1..=9 {
                let disk = disk(at, stays_broken);
                let failure = run(&disk, false).expect_err("a call failed");
                assert_eq!(failure.reason(), "No space left on device");
                assert_eq!(target(&disk), b"old", "call {at}");
                let left = if stays_broken && at > 1 { 2 } else { 1 };
                assert_eq!(disk.files.borrow().len(), left, "call {at}");
            }
        }
        // Once renamed, the new file is there; that it may not last is told.
        let disk = disk(10, false);
        assert_eq!(run(&disk, false).expect_err("a call failed").step, Step::SyncDirectory);
        assert_eq!(target(&disk).len(), 20);
    }

    #[test]
    fn what_is_called_off_leaves_nothing() {
        let disk = disk(0, false);
        assert_eq!(run(&disk, true).expect("nothing fails"), None);
        assert_eq!(target(&disk), b"old");
        assert_eq!(disk.files.borrow().len(), 1);
    }
}
