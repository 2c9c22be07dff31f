//! A socket's place in the io_uring driver, and what the kernel has of it.

use std::sync::mpsc;

use super::pace::Heard;
use crate::listen::ListenerId;
use crate::socket::{ListenSocket, Stream};

/// What is being sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Sending {
    /// Nothing.
    Nothing,
    /// On trial: over once submitted, unless a completion says otherwise.
    Trial,
    /// Until its completion comes.
    Waiting,
}

/// A connection. `operations` counts its requests that will still post a final completion; the socket is closed and
/// the place given away when the connection is closing and the kernel has nothing of it any more.
pub(super) struct Slot {
    pub(super) stream: Stream,
    pub(super) operations: u32,
    pub(super) receiving: bool,
    /// A cancellation of the receive is under way.
    pub(super) stopping: bool,
    pub(super) want_reading: bool,
    pub(super) sending: Sending,
    /// What is being sent. Not touched while `sending` is anything but `Nothing`; the kernel reads its heap memory,
    /// which stays where it is when the slot moves.
    pub(super) output: Vec<u8>,
    /// How much of it the kernel has taken.
    pub(super) sent: usize,
    pub(super) closing: bool,
    pub(super) heard: Heard,
}

impl Slot {
    pub(super) fn new(stream: Stream) -> Self {
        Slot {
            stream,
            operations: 0,
            receiving: false,
            stopping: false,
            want_reading: true,
            sending: Sending::Nothing,
            output: Vec::new(),
            sent: 0,
            closing: false,
            heard: Heard::default(),
        }
    }

    /// Whether the kernel has nothing of it.
    pub(super) fn idle(&self) -> bool {
        self.operations == 0 && self.sending == Sending::Nothing
    }
}

/// A listening socket.
pub(super) struct ListenerSlot {
    pub(super) id: ListenerId,
    pub(super) socket: ListenSocket,
    pub(super) operations: u32,
    pub(super) accepting: bool,
    /// Accepting failed and waits for a retry.
    pub(super) failed: bool,
    pub(super) closing: bool,
    /// Dropped with the slot: the one who waits for the end of the listener then knows.
    pub(super) done: Option<mpsc::Sender<()>>,
}

/// Emptied send buffers, last in first out so that the next reply is written to memory that is in the cache.
#[derive(Default)]
pub(super) struct SparePool {
    buffers: Vec<Vec<u8>>,
    bytes: usize,
}

/// Larger buffers are freed.
const SPARE_BYTES_MAX: usize = 64 << 10;
/// All spares together.
const POOL_BYTES_MAX: usize = 1 << 20;

impl SparePool {
    pub(super) fn get(&mut self) -> Vec<u8> {
        let buffer = self.buffers.pop().unwrap_or_default();
        self.bytes -= buffer.capacity();
        buffer
    }

    pub(super) fn put(&mut self, mut buffer: Vec<u8>) {
        let capacity = buffer.capacity();
        if capacity > 0 && capacity <= SPARE_BYTES_MAX && self.bytes + capacity <= POOL_BYTES_MAX {
            buffer.clear();
            self.bytes += capacity;
            self.buffers.push(buffer);
        }
    }
}
