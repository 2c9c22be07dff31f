//! Statistics: counters that each worker keeps for itself and INFO adds up.
//!
//! A worker writes its own with relaxed stores; nobody else does, so no line moves between cores but for readers.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// A counter with one writer.
#[derive(Default, Debug)]
pub struct Counter(AtomicU64);

impl Counter {
    /// Adds; only the owner may.
    #[inline(always)]
    pub fn add(&self, n: u64) {
        self.0.store(self.0.load(Relaxed).wrapping_add(n), Relaxed);
    }
    /// Reads.
    pub fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
    /// Back to zero.
    pub fn reset(&self) {
        self.0.store(0, Relaxed);
    }
}

/// Of one command.
#[derive(Default, Debug)]
pub struct CommandCounters {
    /// Executions.
    pub calls: Counter,
    /// Time in them, nanoseconds.
    pub nanoseconds: Counter,
    /// Refusals before execution.
    pub rejected: Counter,
    /// Executions that ended in an error.
    pub failed: Counter,
}

/// Of one worker.
#[derive(Debug)]
pub struct Statistics {
    /// By command id.
    pub commands: Vec<CommandCounters>,
    /// Commands executed.
    pub executed: Counter,
    /// Reads that found their key.
    pub hits: Counter,
    /// Reads that did not.
    pub misses: Counter,
    /// Keys that expired.
    pub expired: Counter,
    /// Changes (`rdb_changes_since_last_save`).
    pub dirty: Counter,
    /// Error replies.
    pub errors: Counter,
    /// Bytes fed.
    pub input_bytes: Counter,
    /// Bytes of replies.
    pub output_bytes: Counter,
}

impl Statistics {
    /// For a table of `commands` rows.
    pub fn new(commands: usize) -> Self {
        Statistics {
            commands: (0..commands).map(|_| CommandCounters::default()).collect(),
            executed: Counter::default(),
            hits: Counter::default(),
            misses: Counter::default(),
            expired: Counter::default(),
            dirty: Counter::default(),
            errors: Counter::default(),
            input_bytes: Counter::default(),
            output_bytes: Counter::default(),
        }
    }
    /// CONFIG RESETSTAT.
    pub fn reset(&self) {
        for command in &self.commands {
            for counter in [&command.calls, &command.nanoseconds, &command.rejected, &command.failed] {
                counter.reset();
            }
        }
        for counter in [
            &self.executed,
            &self.hits,
            &self.misses,
            &self.expired,
            &self.errors,
            &self.input_bytes,
            &self.output_bytes,
        ] {
            counter.reset();
        }
    }
}
