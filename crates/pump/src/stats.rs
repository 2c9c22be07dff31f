//! Counters that other threads read while the pump runs. Each thread is the only writer of its own, so it stores
//! instead of adding atomically, once a batch.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};

/// One thread's counters, on cache lines of their own.
#[repr(align(128))]
#[derive(Default)]
pub(crate) struct Counters {
    /// Connections assigned to the thread and not yet closed; also written by the accepting thread.
    pub(crate) connections: AtomicUsize,
    pub(crate) accepted: AtomicU64,
    pub(crate) rejected: AtomicU64,
    pub(crate) input_bytes: AtomicU64,
    pub(crate) output_bytes: AtomicU64,
    pub(crate) batches: AtomicU64,
}

impl Counters {
    pub(crate) fn read(&self) -> ThreadStats {
        ThreadStats {
            connections: self.connections.load(Relaxed),
            accepted: self.accepted.load(Relaxed),
            rejected: self.rejected.load(Relaxed),
            input_bytes: self.input_bytes.load(Relaxed),
            output_bytes: self.output_bytes.load(Relaxed),
            batches: self.batches.load(Relaxed),
        }
    }
}

/// A reading of one thread's counters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ThreadStats {
    /// Connections open now.
    pub connections: usize,
    /// Connections that got a session since the start.
    pub accepted: u64,
    /// Connections that the engine refused since the start.
    pub rejected: u64,
    /// Bytes received.
    pub input_bytes: u64,
    /// Bytes sent.
    pub output_bytes: u64,
    /// Times the thread waited for the kernel.
    pub batches: u64,
}

/// A reading of all counters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// The sum over all threads.
    pub total: ThreadStats,
    /// Thread by thread.
    pub threads: Vec<ThreadStats>,
}

impl Stats {
    pub(crate) fn gather(threads: impl Iterator<Item = ThreadStats>) -> Self {
        let threads: Vec<ThreadStats> = threads.collect();
        let total = threads.iter().fold(ThreadStats::default(), |sum, t| ThreadStats {
            connections: sum.connections + t.connections,
            accepted: sum.accepted + t.accepted,
            rejected: sum.rejected + t.rejected,
            input_bytes: sum.input_bytes + t.input_bytes,
            output_bytes: sum.output_bytes + t.output_bytes,
            batches: sum.batches + t.batches,
        });
        Stats { total, threads }
    }
}
