//! Query: request bytes that could not be executed yet.

/// Capacity that an empty query keeps, bytes.
const KEEP_MAX: usize = 16 << 10;

/// Bytes from the start of the first frame that was not executed.
#[derive(Default, Debug)]
pub struct Query {
    bytes: Vec<u8>,
    used: usize,
}

impl Query {
    /// What is there.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[self.used..]
    }
    /// Whether nothing is.
    pub fn is_empty(&self) -> bool {
        self.used == self.bytes.len()
    }
    /// Appends bytes. `wanted`: the current frame's size where it is known; room for it is made as its bytes come in, at
    /// most twice what is there, so an announced length alone takes no memory.
    pub fn push(&mut self, bytes: &[u8], wanted: usize) {
        if self.used > 0 && self.used >= self.bytes.len() / 2 {
            self.bytes.drain(..self.used);
            self.used = 0;
        }
        let need = self.bytes.len() + bytes.len();
        if need > self.bytes.capacity() {
            let target = (self.used + wanted).clamp(need, 2 * need);
            self.bytes.reserve_exact(target - self.bytes.len());
        }
        self.bytes.extend_from_slice(bytes);
    }
    /// Drops the first `n` bytes: they were executed.
    pub fn consume(&mut self, n: usize) {
        self.used += n;
        if self.is_empty() {
            self.used = 0;
            if self.bytes.capacity() > KEEP_MAX { self.bytes = Vec::new() } else { self.bytes.clear() }
        }
    }
    /// Bytes waiting and bytes of heap.
    pub fn sizes(&self) -> (usize, usize) {
        (self.bytes.len() - self.used, self.bytes.capacity())
    }
}
