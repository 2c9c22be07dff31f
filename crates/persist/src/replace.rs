//! Replace: a file that is there whole or not at all.
//!
//! ```text
//! open temporary ─► write ... ─► sync ─► rename over the target ─► sync the directory
//! ```
//!
//! Whatever fails, the target is what it was before, and the temporary file is removed.

use crate::storage::{File, Storage, words, write_all_at};
use std::fmt;
use std::io;

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
        words(&self.error)
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
pub fn replace(
    storage: &dyn Storage,
    names: Replacement<'_>,
    mut next: impl FnMut(Vec<u8>) -> Next,
) -> Result<Option<u64>, Failure> {
    let failed = |step| move |error| Failure { step, error };
    let file = storage.open(names.temporary).map_err(failed(Step::Open))?;
    // It may be left from before.
    let emptied = file.truncate(0).map_err(failed(Step::Open));
    let written = emptied.and_then(|()| write_all(&*file, names.sync_bytes, &mut next));
    drop(file);
    let replaced = match written {
        Ok(Some(bytes)) => {
            storage.rename(names.temporary, names.target).map_err(failed(Step::Rename)).map(|()| Some(bytes))
        }
        other => other,
    };
    match replaced {
        Ok(Some(bytes)) => storage.sync_dir().map_err(failed(Step::SyncDirectory)).map(|()| Some(bytes)),
        other => {
            // Nothing more can be done if that fails too; the next start removes what is left.
            let _ = storage.remove(names.temporary);
            other
        }
    }
}

fn write_all(
    file: &dyn File,
    sync_bytes: usize,
    next: &mut impl FnMut(Vec<u8>) -> Next,
) -> Result<Option<u64>, Failure> {
    let failed = |step| move |error| Failure { step, error };
    let (mut total, mut unsynced, mut spare) = (0, 0, Vec::new());
    loop {
        match next(spare) {
            Next::Bytes(bytes) => {
                write_all_at(file, total, &bytes).map_err(failed(Step::Write))?;
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
    use crate::storage::memory::{Fault, MemoryStorage, Plan};
    use hematite_base::random::Random;

    const NAMES: Replacement<'_> = Replacement { temporary: "temp-1.rdb", target: "dump.rdb", sync_bytes: 8 };

    fn run(disk: &MemoryStorage, cancels: bool) -> Result<Option<u64>, Failure> {
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

    fn disk(plan: Option<Plan>) -> MemoryStorage {
        let disk = MemoryStorage::default();
        disk.put("dump.rdb", b"old");
        disk.plan(plan);
        disk
    }

    #[test]
    fn the_new_file_takes_the_old_ones_place() {
        let disk = disk(None);
        assert_eq!(run(&disk, false).expect("nothing fails"), Some(20));
        assert_eq!(disk.content("dump.rdb"), Some(b"12345".repeat(4)));
        assert_eq!(disk.content("temp-1.rdb"), None);
        // Open, empty, four times write, two syncs on the way and one at the end, rename, the directory.
        assert_eq!(disk.calls(), 11);
    }

    #[test]
    fn whatever_call_fails_the_old_file_stays_whole() {
        for for_ever in [false, true] {
            for call in 0..10 {
                let disk = disk(Some(Plan { call, fault: Fault::Broken, for_ever }));
                run(&disk, false).expect_err("a call failed");
                assert_eq!(disk.content("dump.rdb").as_deref(), Some(&b"old"[..]), "call {call}");
                let has_left = disk.content("temp-1.rdb").is_some();
                assert_eq!(has_left, for_ever && call > 0, "call {call}");
            }
        }
        // Once renamed, the new file is there; that it may not last is told.
        let disk = disk(Some(Plan { call: 10, fault: Fault::Broken, for_ever: false }));
        assert_eq!(run(&disk, false).expect_err("a call failed").step, Step::SyncDirectory);
        assert_eq!(disk.content("dump.rdb").map(|file| file.len()), Some(20));
    }

    #[test]
    fn a_full_disk_is_told_and_short_writes_go_on() {
        let full = disk(Some(Plan { call: 3, fault: Fault::Full, for_ever: true }));
        let failure = run(&full, false).expect_err("there is no space");
        assert_eq!((failure.step, failure.reason().as_str()), (Step::Write, "No space left on device"));
        assert_eq!(full.content("dump.rdb").as_deref(), Some(&b"old"[..]));
        let short = disk(Some(Plan { call: 3, fault: Fault::Short, for_ever: false }));
        assert_eq!(run(&short, false).expect("it goes on"), Some(20));
        assert_eq!(short.content("dump.rdb"), Some(b"12345".repeat(4)));
    }

    #[test]
    fn a_loss_of_power_leaves_one_of_both_files() {
        for seed in 0..200 {
            for call in 0..12 {
                let disk = disk(None);
                disk.die_at(call);
                let told = run(&disk, false);
                let after = disk.after_power_loss(&mut Random::new(seed));
                let file = after.content("dump.rdb").expect("there is always one");
                assert!(file == b"old" || file == b"12345".repeat(4), "call {call}: {file:?}");
                assert!(told.is_err() || file.len() == 20, "what was told is there");
            }
        }
    }

    #[test]
    fn what_is_called_off_leaves_nothing() {
        let disk = disk(None);
        assert_eq!(run(&disk, true).expect("nothing fails"), None);
        assert_eq!(disk.content("dump.rdb").as_deref(), Some(&b"old"[..]));
        assert_eq!(disk.content("temp-1.rdb"), None);
    }
}
