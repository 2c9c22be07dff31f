//! Backlog: what those who change entries have left to the writer, counted, so that whoever runs commands can let it catch up.

use super::{Epoch, Moved};
use crate::entry::Entry;
use crate::stripe::Keyspace;
use crate::value::Value;
use hematite_structures::packed::Body;
use std::sync::atomic::Ordering::Relaxed;

/// Taken to be the size of an allocation of a collection, bytes.
const ALLOCATION_BYTES: usize = 64;
/// The most that one entry counts for in the backlog, bytes: what adds up are many.
const WEIGHT_BYTES_MAX: usize = 1 << 20;

/// About the bytes that an entry keeps from being freed while it waits for the writer. Takes no longer than to look at it.
pub(super) fn weight(entry: &Entry) -> u64 {
    let bytes = match entry.body() {
        Body::Value(Value::Text(text)) => text.len(),
        Body::Value(value) => value.free_effort() * ALLOCATION_BYTES,
        Body::Bytes(_) | Body::Integer(_) => 0,
    };
    bytes.min(WEIGHT_BYTES_MAX) as u64
}

impl Epoch {
    /// Moves an entry of database `db` at the epoch to the writer.
    pub(super) fn take_over(&self, db: usize, entry: Entry) {
        self.backlog_bytes.fetch_add(weight(&entry), Relaxed);
        self.moved.lock().push(Moved::Entry(db, entry));
    }
    /// The writer has taken so much of what waited; what selects databases was not counted.
    pub(super) fn relieve(&self, bytes: u64) {
        let rest = |backlog: u64| Some(backlog.saturating_sub(bytes));
        let _ = self.backlog_bytes.fetch_update(Relaxed, Relaxed, rest);
    }
}

impl Keyspace {
    /// Bytes that those who change entries have left to the writer of a snapshot and that it has not taken yet; 0 while there
    /// is none. Memory beyond that of the keyspace.
    pub fn snapshot_backlog(&self) -> u64 {
        match self.phase.is_running() {
            true => self.phase.epoch().map_or(0, |epoch| epoch.backlog_bytes.load(Relaxed)),
            false => 0,
        }
    }
}
