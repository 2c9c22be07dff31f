//! What a pump is started with. Values are those of the running server; parsing options is the control plane's.

use std::fmt;
use std::net::SocketAddr;
#[cfg(unix)]
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::codec::CodecFactory;

/// Severity of a log line, as in the reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// For developers.
    Debug,
    /// Chatty.
    Verbose,
    /// Worth knowing in production.
    Notice,
    /// Something is wrong.
    Warning,
}

/// Receives log lines; called from any pump thread, must not block for long.
pub type Log = Arc<dyn Fn(Level, String) + Send + Sync>;

/// Which driver to use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum DriverChoice {
    /// io_uring where the kernel has what it takes, else mio.
    #[default]
    Auto,
    /// io_uring or an error.
    Uring,
    /// mio: epoll, kqueue or IOCP.
    Mio,
}

impl std::str::FromStr for DriverChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(DriverChoice::Auto),
            "uring" => Ok(DriverChoice::Uring),
            "mio" => Ok(DriverChoice::Mio),
            _ => Err(format!("unknown io driver '{text}': auto, uring or mio")),
        }
    }
}

/// The driver in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DriverKind {
    /// io_uring.
    Uring,
    /// mio.
    Mio,
}

impl fmt::Display for DriverKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            DriverKind::Uring => "uring",
            DriverKind::Mio => "mio",
        })
    }
}

/// Where to listen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListenAddress {
    /// IPv4 or IPv6 (IPv6 only, never both on one socket); port 0 lets the kernel choose.
    Tcp(SocketAddr),
    /// A unix socket. A stale socket file at `path` is removed first; `mode` is applied before anyone can connect.
    #[cfg(unix)]
    Unix {
        /// The socket's file.
        path: PathBuf,
        /// Permission bits, e.g. `0o700`; `None` leaves what the umask gave.
        mode: Option<u32>,
    },
}

impl fmt::Display for ListenAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ListenAddress::Tcp(address) => address.fmt(f),
            #[cfg(unix)]
            ListenAddress::Unix { path, .. } => path.display().fmt(f),
        }
    }
}

/// One listener to be.
#[derive(Clone)]
pub struct Listen {
    /// Where.
    pub address: ListenAddress,
    /// Length of the queue of connections not yet accepted (`tcp-backlog`).
    pub backlog: i32,
    /// Layer between socket and service for connections of this listener (TLS); `None` for plain bytes.
    pub codec: Option<Arc<dyn CodecFactory>>,
}

impl Listen {
    /// A plain TCP listener with the reference's backlog of 511.
    pub fn tcp(address: SocketAddr) -> Self {
        Listen { address: ListenAddress::Tcp(address), backlog: 511, codec: None }
    }

    /// A unix socket listener with the reference's backlog of 511.
    #[cfg(unix)]
    pub fn unix(path: impl Into<PathBuf>, mode: Option<u32>) -> Self {
        Listen { address: ListenAddress::Unix { path: path.into(), mode }, backlog: 511, codec: None }
    }
}

/// How to run a pump.
#[derive(Clone)]
pub struct Config {
    /// Number of pump threads, at least 1.
    pub threads: usize,
    /// Which driver.
    pub driver: DriverChoice,
    /// Listeners to open at start; more can be added later.
    pub listen: Vec<Listen>,
    /// TCP keepalive of accepted connections (idle time before the first probe), `None` for off.
    pub tcp_keepalive: Option<Duration>,
    /// Calls of `cron` a second and thread, 1 to 500; below 10 counts as 10.
    pub hz: u32,
    /// Reading from a client stops while more than this many bytes of replies wait behind an unfinished send.
    pub output_pause_bytes: usize,
    /// Reading from a client stops when it has sent this many bytes while its session is parked.
    pub parked_input_bytes: usize,
    /// Most receive buffers (16 KiB each) a thread gives to io_uring; it starts with few and grows on demand.
    pub receive_buffers_max: u16,
    /// Where log lines go.
    pub log: Log,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            threads: 1,
            driver: DriverChoice::Auto,
            listen: Vec::new(),
            tcp_keepalive: Some(Duration::from_secs(300)),
            hz: 10,
            output_pause_bytes: 1 << 20,
            parked_input_bytes: 1 << 20,
            receive_buffers_max: 256,
            log: Arc::new(|_, _| {}),
        }
    }
}
