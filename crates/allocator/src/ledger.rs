//! Ledger: how many bytes are allocated.
//!
//! Each thread adds up what it takes and gives back, and enters the sum in the books when it passes [`PENDING_MAX`], so
//! the usual allocation touches no shared line. What is read is off by at most that much for each other thread.

use std::sync::atomic::{AtomicI64, Ordering::Relaxed};

/// Bytes that a thread may keep to itself.
pub(crate) const PENDING_MAX: i64 = 32 * 1024;

static USED: AtomicI64 = AtomicI64::new(0);
static PEAK: AtomicI64 = AtomicI64::new(0);

/// Enters a thread's sum.
pub(crate) fn enter(bytes: i64) {
    let used = USED.fetch_add(bytes, Relaxed) + bytes;
    if used > PEAK.load(Relaxed) {
        PEAK.fetch_max(used, Relaxed);
    }
}

/// What has been entered, and the highest that it ever was.
pub(crate) fn read() -> (i64, i64) {
    (USED.load(Relaxed), PEAK.load(Relaxed))
}
