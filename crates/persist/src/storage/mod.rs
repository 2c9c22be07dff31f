//! Storage: files as persistence sees them, so that tests can put anything in place of a disk.
//!
//! The disk itself is the front's; [`memory`] is a disk in memory that fails, tears, reorders and loses power on command.
//! Errors are the system's own, so that what an operator reads is what the disk said.

pub(crate) mod blocks;
pub mod memory;

use std::io;
use std::sync::Arc;

/// What [`File::write_blocks_at`] wants offsets, lengths and addresses to be multiples of, bytes.
pub const BLOCK_BYTES: usize = 4096;

/// An open file. Calls may come from several threads; each is one operation of the system.
pub trait File: Send + Sync {
    /// Writes at an offset; how many bytes were taken, at least one unless there are none.
    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<usize>;
    /// The same for whole blocks ([`BLOCK_BYTES`]), which go past the system's cache where they can.
    fn write_blocks_at(&self, offset: u64, blocks: &[u8]) -> io::Result<usize> {
        self.write_at(offset, blocks)
    }
    /// Memory for what is on its way to the file: that which another process has left, or new memory. `None`: there is none.
    fn region(&self, _which: Which) -> Option<Box<dyn Region>> {
        None
    }
    /// Reads at an offset; how many bytes there were, 0 at the end.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;
    /// Returns once the file's contents and length would survive a loss of power.
    fn sync(&self) -> io::Result<()>;
    /// Cuts the file, or fills it with zeros, to this length.
    fn truncate(&self, len: u64) -> io::Result<()>;
    /// Makes sure that no other process writes to the file, until [`File::release`] or this is closed.
    fn own(&self) -> io::Result<()> {
        Ok(())
    }
    /// Others may write to it.
    fn release(&self) {}
    /// Its length, bytes.
    fn len(&self) -> io::Result<u64>;
    /// How long a sync takes of late, microseconds; 0: nobody knows.
    fn sync_us(&self) -> u64 {
        0
    }
    /// Whether there is nothing in it.
    fn is_empty(&self) -> io::Result<bool> {
        Ok(self.len()? == 0)
    }
}

/// Which memory is asked for: see [`File::region`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// What another process has left.
    Left,
    /// New memory, in the place of what may be there.
    New,
}

/// Memory that belongs to a file and outlives the process: if that is killed, the kernel keeps it; if the machine loses power,
/// its bytes may be anything.
pub trait Region: Send {
    /// Bytes of it.
    fn size(&self) -> usize;
    /// Copies bytes out of it.
    fn read_at(&self, at: usize, into: &mut [u8]);
    /// Copies bytes into it.
    fn write_at(&mut self, at: usize, bytes: &[u8]);
    /// Whether the next process would find it: nobody has removed its file.
    fn is_there(&self) -> bool;
    /// Has nobody find it any more.
    fn remove(&mut self);
}

/// A directory of files.
pub trait Storage: Send + Sync {
    /// Opens a file to read and write it; made if it is not there.
    fn open(&self, name: &str) -> io::Result<Arc<dyn File>>;
    /// Opens a file to read it.
    fn read(&self, name: &str) -> io::Result<Arc<dyn File>>;
    /// Gives a file another name; one that had it is gone.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;
    /// Removes a file.
    fn remove(&self, name: &str) -> io::Result<()>;
    /// Returns once names given and taken would survive a loss of power.
    fn sync_dir(&self) -> io::Result<()>;
    /// The names of all files.
    fn list(&self) -> io::Result<Vec<String>>;
}

/// Writes all bytes at an offset, however many calls that takes.
pub fn write_all_at(file: &dyn File, mut offset: u64, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match file.write_at(offset, bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(taken) => {
                offset += taken as u64;
                bytes = &bytes[taken..];
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Reads until the buffer is full or the file ends; how many bytes there were.
pub fn read_full_at(file: &dyn File, mut offset: u64, mut buffer: &mut [u8]) -> io::Result<usize> {
    let wanted = buffer.len();
    while !buffer.is_empty() {
        match file.read_at(offset, buffer) {
            Ok(0) => break,
            Ok(count) => {
                offset += count as u64;
                buffer = &mut buffer[count..];
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(wanted - buffer.len())
}

/// The system's words for an error: `No space left on device`.
pub fn words(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or_default().to_owned()
}
