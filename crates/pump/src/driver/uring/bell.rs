//! The bell of an io_uring thread: an eventfd, of which a read is always in flight.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

use io_uring::types::Fd;
use io_uring::{opcode, squeue};

use crate::mailbox::Bell;

/// The thread's end.
pub(super) struct EventFd {
    fd: OwnedFd,
    /// Where the kernel puts the number of rings; on the heap so that it does not move.
    count: Box<[u8; 8]>,
}

/// The others' end.
pub(super) struct EventFdBell(File);

impl EventFd {
    pub(super) fn new() -> io::Result<(Self, EventFdBell)> {
        // SAFETY: makes a descriptor, touches no memory.
        let fd = unsafe { libc::eventfd(0, libc::EFD_CLOEXEC) };
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: just made, and nobody else's.
        let fd = unsafe { OwnedFd::from_raw_fd(fd) };
        let bell = EventFdBell(fd.try_clone()?.into());
        Ok((EventFd { fd, count: Box::new([0; 8]) }, bell))
    }

    /// A request that completes when the bell rings. One at a time; `self` must live until it has completed.
    pub(super) fn read(&mut self) -> squeue::Entry {
        opcode::Read::new(Fd(self.fd.as_raw_fd()), self.count.as_mut_ptr(), 8).build()
    }

    /// Gives the memory up without freeing it.
    pub(super) fn leak(&mut self) {
        std::mem::forget(std::mem::replace(&mut self.count, Box::new([0; 8])));
    }
}

impl Bell for EventFdBell {
    fn ring(&self) {
        // Adds to a counter; blocks only at 2^64 - 2 rings that nobody heard, fails never.
        let _ = (&self.0).write(&1u64.to_ne_bytes());
    }
}
