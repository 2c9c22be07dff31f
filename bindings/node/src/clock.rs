//! The clocks: the engine has none.

use hematite_engine::{CpuFigures, Now};
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

/// The process's time on the processors.
pub fn processors() -> CpuFigures {
    #[cfg(unix)]
    {
        // SAFETY: rusage is plain integers, for which zero is valid; getrusage writes to it alone.
        let usage = unsafe {
            let mut usage: libc::rusage = std::mem::zeroed();
            libc::getrusage(libc::RUSAGE_SELF, &mut usage);
            usage
        };
        let microseconds = |time: libc::timeval| time.tv_sec as u64 * 1_000_000 + time.tv_usec as u64;
        CpuFigures { system_us: microseconds(usage.ru_stime), user_us: microseconds(usage.ru_utime) }
    }
    #[cfg(not(unix))]
    CpuFigures::default()
}
