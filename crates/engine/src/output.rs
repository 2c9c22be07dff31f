//! Output: reply bytes on their way to the front.

use std::io::IoSlice;

/// A session stops executing while more than this waits to be sent, bytes.
pub const HIGH_WATER: usize = 1 << 20;
/// A drained buffer larger than this is given back, bytes.
const KEEP_MAX: usize = 64 << 10;

/// Bytes to be sent, in order.
#[derive(Default, Debug)]
pub struct Output {
    bytes: Vec<u8>,
    sent: usize,
}

impl Output {
    /// Number of bytes waiting.
    pub fn len(&self) -> usize {
        self.bytes.len() - self.sent
    }
    /// Where replies are appended.
    pub fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }
    /// Fills `slices` with what waits; returns how many were filled.
    pub fn slices<'a>(&'a self, slices: &mut [IoSlice<'a>]) -> usize {
        if self.len() == 0 || slices.is_empty() {
            return 0;
        }
        slices[0] = IoSlice::new(&self.bytes[self.sent..]);
        1
    }
    /// Drops the first `n` bytes.
    pub fn consume(&mut self, n: usize) {
        self.sent = (self.sent + n).min(self.bytes.len());
        if self.sent == self.bytes.len() {
            self.sent = 0;
            if self.bytes.capacity() > KEEP_MAX { self.bytes = Vec::new() } else { self.bytes.clear() }
        }
    }
    /// Exchanges what waits for an empty buffer.
    pub fn take(&mut self, mut spare: Vec<u8>) -> Vec<u8> {
        spare.clear();
        if self.sent > 0 {
            self.bytes.drain(..self.sent);
            self.sent = 0;
        }
        std::mem::replace(&mut self.bytes, spare)
    }
    /// Bytes of heap.
    pub fn capacity(&self) -> usize {
        self.bytes.capacity()
    }
}
