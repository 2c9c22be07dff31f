//! Blocks: bytes in memory that a file may take past the system's cache, and a writer of such.

use super::{BLOCK_BYTES, File, write_all_at};
use std::io;

/// Bytes that a [`Sequential`] writes at a time.
pub(crate) const CHUNK_BYTES: usize = 256 << 10;

/// A buffer that begins with a block of memory.
#[derive(Default)]
pub(crate) struct Blocks(Vec<u8>);

impl Blocks {
    /// So many bytes of it. They are what they were if it had as many before.
    pub fn bytes(&mut self, count: usize) -> &mut [u8] {
        if self.0.len() < count + BLOCK_BYTES {
            self.0.resize(count + BLOCK_BYTES, 0);
        }
        let start = self.0.as_ptr().align_offset(BLOCK_BYTES);
        &mut self.0[start..start + count]
    }
    /// Writes whole blocks from its start on to a file, past the system's cache if that can be.
    pub fn write(&mut self, file: &dyn File, offset: u64, count: usize) -> io::Result<()> {
        let bytes = &*self.bytes(count);
        let taken = file.write_blocks_at(offset, bytes)?;
        write_all_at(file, offset + taken as u64, &bytes[taken..])
    }
}

/// Writes a file from its start to its end.
#[derive(Default)]
pub(crate) struct Sequential {
    blocks: Blocks,
    /// Bytes in the buffer, and where they go.
    held: usize,
    offset: u64,
}

impl Sequential {
    /// Takes the next bytes of the file; how many were written to it.
    pub fn push(&mut self, file: &dyn File, mut bytes: &[u8]) -> io::Result<usize> {
        let before = self.offset;
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(CHUNK_BYTES - self.held));
            self.blocks.bytes(CHUNK_BYTES)[self.held..self.held + now.len()].copy_from_slice(now);
            self.held += now.len();
            bytes = later;
            if self.held == CHUNK_BYTES {
                self.blocks.write(file, self.offset, CHUNK_BYTES)?;
                (self.offset, self.held) = (self.offset + CHUNK_BYTES as u64, 0);
            }
        }
        Ok((self.offset - before) as usize)
    }
    /// Writes what is left; the file's length.
    pub fn finish(mut self, file: &dyn File) -> io::Result<u64> {
        write_all_at(file, self.offset, self.blocks.bytes(self.held))?;
        Ok(self.offset + self.held as u64)
    }
}
