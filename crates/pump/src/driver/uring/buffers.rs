//! Receive buffers that the kernel picks from: a provided buffer ring.
//!
//! ```text
//!   entries (shared with the kernel)          memory, one mapping
//!   ┌────────────────────────────┐            ┌──────────┬──────────┬─────
//!   │ addr len bid │ ...   tail  │ ─────────► │ buffer 0 │ buffer 1 │ ...
//!   └────────────────────────────┘            └──────────┴──────────┴─────
//! ```
//!
//! A buffer is the kernel's from the moment its entry is behind the tail, and ours from the completion that names
//! it until it is given back. Buffers go round in turn, so only `provided` of them are in use at first: a thread
//! with few clients touches little memory and stays within its cache. A receive that finds none (ENOBUFS) doubles
//! them as long as there are fewer than clients: what few of them send at a stretch waits in their sockets, and is read
//! from the same buffers in the next round. The memory is never freed before all receives are over; see the driver's
//! `Drop`.

use std::io;
use std::sync::atomic::{AtomicU16, Ordering::Release};

use io_uring::types::BufRingEntry;

use super::ring::Ring;

/// Size of one buffer.
pub(super) const BUFFER_BYTES: usize = 16 << 10;
/// Buffers in use at first.
const PROVIDED_AT_FIRST: u16 = 8;
/// The only buffer group of a ring.
pub(super) const GROUP: u16 = 0;

/// An anonymous mapping, aligned to pages; its pages cost memory once they are touched.
struct Mapping {
    start: *mut u8,
    length: usize,
}

impl Mapping {
    fn new(length: usize) -> io::Result<Self> {
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        // SAFETY: a new anonymous mapping touches nothing that exists.
        let start = unsafe { libc::mmap(std::ptr::null_mut(), length, protection, flags, -1, 0) };
        if start == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        Ok(Mapping { start: start.cast(), length })
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        if self.length > 0 {
            // SAFETY: mapped in `new` with this length and unmapped only here.
            unsafe { libc::munmap(self.start.cast(), self.length) };
        }
    }
}

/// See the head of the file.
pub(super) struct ReceiveBuffers {
    entries: Mapping,
    memory: Mapping,
    /// Entries of the ring, a power of two.
    capacity: u16,
    provided: u16,
    tail: u16,
}

impl ReceiveBuffers {
    /// Registers a ring for up to `most` buffers (rounded to a power of two, 8 to 32768).
    pub(super) fn new(ring: &Ring, most: u16) -> io::Result<Self> {
        let capacity = most.clamp(PROVIDED_AT_FIRST, 1 << 15).next_power_of_two();
        let entries = Mapping::new(usize::from(capacity) * size_of::<BufRingEntry>())?;
        let memory = Mapping::new(usize::from(capacity) * BUFFER_BYTES)?;
        // SAFETY: the entries are page-aligned, large enough, zeroed, and outlive the ring's use (driver's `Drop`).
        unsafe { ring.submitter().register_buf_ring_with_flags(entries.start as u64, capacity, GROUP, 0)? };
        let mut buffers = ReceiveBuffers { entries, memory, capacity, provided: 0, tail: 0 };
        buffers.provide(PROVIDED_AT_FIRST);
        Ok(buffers)
    }

    fn provide(&mut self, count: u16) {
        for buffer in self.provided..(self.provided + count).min(self.capacity) {
            self.provided += 1;
            self.give_back(buffer);
        }
    }

    /// A receive found no buffer: puts more into use, if there are any and so many clients need them.
    pub(super) fn grow(&mut self, clients: usize) {
        if usize::from(self.provided) < clients {
            self.provide(self.provided);
        }
    }

    /// What the kernel has put into a buffer.
    pub(super) fn bytes(&self, buffer: u16, length: usize) -> &[u8] {
        assert!(buffer < self.provided && length <= BUFFER_BYTES);
        // SAFETY: inside the mapping by the assertion. The kernel named this buffer in a completion and so does not
        // write to it until `give_back`, which needs `&mut self` and so ends this borrow.
        unsafe {
            std::slice::from_raw_parts(self.memory.start.add(usize::from(buffer) * BUFFER_BYTES), length)
        }
    }

    /// Hands a buffer back to the kernel.
    pub(super) fn give_back(&mut self, buffer: u16) {
        assert!(buffer < self.provided);
        let base: *mut BufRingEntry = self.entries.start.cast();
        let place = usize::from(self.tail & (self.capacity - 1));
        // SAFETY: `place` and `buffer` are below the capacity. The kernel reads an entry only once it is behind the
        // tail, and there are never more buffers than entries, so this one is not being read. The tail shares the
        // first entry's unused field, which the setters leave alone.
        unsafe {
            let entry = &mut *base.add(place);
            entry.set_addr(self.memory.start.add(usize::from(buffer) * BUFFER_BYTES) as u64);
            entry.set_len(BUFFER_BYTES as u32);
            entry.set_bid(buffer);
        }
        self.tail = self.tail.wrapping_add(1);
        // SAFETY: the tail lies in the mapping, aligned; the kernel only reads it.
        let tail = unsafe { AtomicU16::from_ptr(BufRingEntry::tail(base).cast_mut()) };
        tail.store(self.tail, Release);
    }
}

impl ReceiveBuffers {
    /// Gives the memory up without freeing it.
    pub(super) fn leak(&mut self) {
        for mapping in [&mut self.entries, &mut self.memory] {
            let nothing = Mapping { start: std::ptr::NonNull::dangling().as_ptr(), length: 0 };
            std::mem::forget(std::mem::replace(mapping, nothing));
        }
    }
}
