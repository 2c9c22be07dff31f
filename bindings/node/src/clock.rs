//! The clocks: the engine has none.

use hematite_engine::Now;
use std::sync::OnceLock;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

static ORIGIN: OnceLock<Instant> = OnceLock::new();

fn since_origin() -> std::time::Duration {
    ORIGIN.get_or_init(Instant::now).elapsed()
}

/// Nanoseconds since some time in the past.
pub fn nanoseconds() -> u64 {
    since_origin().as_nanos() as u64
}

/// The time.
pub fn now() -> Now {
    let unix_ms = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64);
    Now { unix_ms, mono_us: since_origin().as_micros() as u64 }
}
