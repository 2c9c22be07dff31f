//! How many files the process may have open: sockets are files, so `maxclients` depends on it.

use crate::engine::NativeEngine;
use napi_derive::napi;

/// The limit before and after an attempt to raise it.
#[napi(object)]
pub struct NativeFileLimit {
    pub before: f64,
    pub after: f64,
    /// Why it could not be raised to what was asked for.
    pub error: Option<String>,
}

#[napi]
impl NativeEngine {
    /// Raises the number of files that may be open to `wanted` if it is less; as far as may be where that is too much.
    #[napi]
    pub fn raise_file_limit(&self, wanted: f64) -> NativeFileLimit {
        let (before, after, error) = raise(wanted as u64);
        NativeFileLimit { before: before as f64, after: after as f64, error }
    }
}

#[cfg(unix)]
fn raise(wanted: u64) -> (u64, u64, Option<String>) {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the structure is valid for writing.
    if unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit) } != 0 {
        return (wanted, wanted, Some(std::io::Error::last_os_error().to_string()));
    }
    // Its type is not the same on every system.
    #[allow(clippy::unnecessary_cast, reason = "needed where it has another sign")]
    let (before, most) = (limit.rlim_cur as u64, limit.rlim_max as u64);
    if before >= wanted {
        return (before, before, None);
    }
    // With privileges the hard limit can be raised too; without, the soft one up to it.
    let mut error = None;
    for (soft, hard) in [(wanted, wanted.max(most)), (most, most)] {
        let new = libc::rlimit { rlim_cur: soft as libc::rlim_t, rlim_max: hard as libc::rlim_t };
        // SAFETY: the structure is valid for reading.
        if unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &new) } == 0 {
            return (before, soft, error);
        }
        error.get_or_insert_with(|| std::io::Error::last_os_error().to_string());
    }
    (before, before, error)
}

#[cfg(not(unix))]
fn raise(wanted: u64) -> (u64, u64, Option<String>) {
    // There is no such limit.
    (wanted, wanted, None)
}
