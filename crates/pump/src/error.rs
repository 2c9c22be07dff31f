//! What can go wrong for the one who starts a pump or adds a listener. Errors of single connections end them.

use std::fmt;
use std::io;

use crate::config::DriverKind;

/// Why an address could not be listened on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BindReason {
    /// Another socket listens there.
    AddressInUse,
    /// No interface of this machine has the address.
    AddressNotAvailable,
    /// The process may not bind there.
    PermissionDenied,
    /// The path of a unix socket is too long, its folder is missing, or another file is in the way.
    BadPath,
    /// The kernel does not know this kind of address.
    Unsupported,
    /// Anything else; see the source.
    Other,
}

impl BindReason {
    pub(crate) fn of(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::AddrInUse => BindReason::AddressInUse,
            io::ErrorKind::AddrNotAvailable => BindReason::AddressNotAvailable,
            io::ErrorKind::PermissionDenied => BindReason::PermissionDenied,
            io::ErrorKind::NotFound | io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => {
                BindReason::BadPath
            }
            io::ErrorKind::Unsupported => BindReason::Unsupported,
            #[cfg(unix)]
            _ if error.raw_os_error() == Some(LIBC_EAFNOSUPPORT) => BindReason::Unsupported,
            _ => BindReason::Other,
        }
    }
}

/// `EAFNOSUPPORT`, for which std has no kind.
#[cfg(all(unix, any(target_os = "linux", target_os = "android")))]
const LIBC_EAFNOSUPPORT: i32 = 97;
#[cfg(all(unix, not(any(target_os = "linux", target_os = "android"))))]
const LIBC_EAFNOSUPPORT: i32 = 47;

/// Why a pump or a listener could not be started.
#[derive(Debug)]
pub enum Error {
    /// An address could not be listened on.
    Bind {
        /// The address as it was asked for.
        address: String,
        /// What kind of failure.
        reason: BindReason,
        /// The system's words.
        source: io::Error,
    },
    /// The driver that was asked for cannot run here.
    Driver {
        /// Which one.
        driver: DriverKind,
        /// Why.
        reason: String,
    },
    /// A thread could not be started.
    Thread(io::Error),
    /// The pump has stopped.
    Stopped,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Bind { address, reason, source } => match reason {
                BindReason::AddressInUse => write!(f, "cannot listen on {address}: address already in use"),
                BindReason::PermissionDenied => write!(f, "cannot listen on {address}: permission denied"),
                _ => write!(f, "cannot listen on {address}: {source}"),
            },
            Error::Driver { driver, reason } => write!(f, "io driver {driver} cannot run here: {reason}"),
            Error::Thread(source) => write!(f, "cannot start a pump thread: {source}"),
            Error::Stopped => f.write_str("the pump has stopped"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Bind { source, .. } | Error::Thread(source) => Some(source),
            Error::Driver { .. } | Error::Stopped => None,
        }
    }
}
