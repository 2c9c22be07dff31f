//! Watch: how long the journal's sink takes to write, for LATENCY, under the names that the reference has for it.
//!
//! The journal has no clock of its own, and nobody is to pay for readings that nobody wants: while the latency monitor is off, a
//! write costs one relaxed load more.

use super::Sink;
use crate::engine::Shared;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, OnceLock, Weak};

/// See the head of the file.
#[derive(Default)]
pub(crate) struct Watch {
    is_on: AtomicBool,
    /// Whose journal it is: its clock, and its latency monitor.
    shared: OnceLock<Weak<Shared>>,
}

/// A write that is being measured.
pub(super) struct Measured {
    shared: Arc<Shared>,
    since_ns: u64,
    /// `appendfsync always`: the write returns once it is synced.
    is_synced: bool,
    /// A sync in the background was under way.
    was_syncing: bool,
}

impl Watch {
    /// Says whose journal it is.
    pub fn attach(&self, shared: &Arc<Shared>) {
        let _ = self.shared.set(Arc::downgrade(shared));
    }
    /// Whether writes are measured: `latency-monitor-threshold` is not 0.
    pub fn set(&self, is_on: bool) {
        self.is_on.store(is_on, Relaxed);
    }
    /// A write to the sink begins.
    #[inline]
    pub(super) fn begin(&self, sink: &dyn Sink) -> Option<Measured> {
        if self.is_on.load(Relaxed) { self.measure(sink) } else { None }
    }
    #[cold]
    fn measure(&self, sink: &dyn Sink) -> Option<Measured> {
        let shared = self.shared.get()?.upgrade()?;
        let (is_synced, was_syncing) = (sink.syncs_each_write(), sink.is_syncing());
        Some(Measured { since_ns: (shared.options.clock_ns)(), shared, is_synced, was_syncing })
    }
}

impl Measured {
    /// It has ended, well or not. Under `always` write and sync are one; otherwise what may have held it up names a second event.
    #[cold]
    pub(super) fn end(self) {
        let Measured { shared, since_ns, is_synced, was_syncing } = self;
        let ms = (shared.options.clock_ns)().saturating_sub(since_ns) / 1_000_000;
        if is_synced {
            return shared.latency.add("aof-fsync-always", ms);
        }
        shared.latency.add("aof-write", ms);
        let circumstance = match (was_syncing, shared.keyspace.has_snapshot()) {
            (true, _) => "aof-write-pending-fsync",
            (false, true) => "aof-write-active-child",
            (false, false) => "aof-write-alone",
        };
        shared.latency.add(circumstance, ms);
    }
}
