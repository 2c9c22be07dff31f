//! Blocks: bytes in memory that a file may take past the system's cache.

use super::{BLOCK_BYTES, File, write_all_at};
use std::io;

/// Bytes that are written at a time.
pub(crate) const CHUNK_BYTES: usize = 256 << 10;

/// A buffer that begins with a block of memory.
#[derive(Default)]
pub(crate) struct Blocks(Vec<u8>);

impl Blocks {
    /// So many bytes of it.
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
