//! Accepted and listening sockets of either family, as std holds them; drivers wrap or number them as they need.

use std::io::{self, Write};
use std::net::{TcpListener, TcpStream};
#[cfg(unix)]
use std::os::unix::net::{UnixListener, UnixStream};
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};

/// A connection.
pub(crate) enum Stream {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(UnixStream),
}

/// A socket to accept from; non-blocking.
pub(crate) enum ListenSocket {
    Tcp(TcpListener),
    #[cfg(unix)]
    Unix(UnixListener),
}

impl Stream {
    /// Sets what every connection gets: no Nagle, and keepalive as configured.
    pub(crate) fn prepare(&self, keepalive: Option<Duration>) -> io::Result<()> {
        let Stream::Tcp(tcp) = self else { return Ok(()) };
        tcp.set_nodelay(true)?;
        if let Some(idle) = keepalive {
            // As the reference: first probe after `idle`, then every third of it, dead after three.
            let interval = Duration::from_secs((idle.as_secs() / 3).max(1));
            let keepalive = TcpKeepalive::new().with_time(idle).with_interval(interval);
            #[cfg(not(windows))]
            let keepalive = keepalive.with_retries(3);
            SockRef::from(tcp).set_tcp_keepalive(&keepalive)?;
        }
        Ok(())
    }

    /// Says one short thing to a client that gets no session. Best effort: a fresh socket's buffer is empty.
    pub(crate) fn farewell(self, words: &[u8]) {
        match self {
            Stream::Tcp(mut tcp) => {
                let _ = tcp.set_nonblocking(true).and_then(|()| tcp.write_all(words));
            }
            #[cfg(unix)]
            Stream::Unix(mut unix) => {
                let _ = unix.set_nonblocking(true).and_then(|()| unix.write_all(words));
            }
        }
    }

    /// Client address, own address (`ip:port`) and whether the client is on this machine; `None` for unix sockets
    /// and connections that are gone already.
    pub(crate) fn addresses(&self) -> Option<(String, String, bool)> {
        let Stream::Tcp(tcp) = self else { return None };
        let peer = tcp.peer_addr().ok()?;
        let local = tcp.local_addr().ok()?;
        Some((peer.to_string(), local.to_string(), peer.ip().to_canonical().is_loopback()))
    }

    /// The file descriptor, -1 where there is no such thing.
    pub(crate) fn descriptor(&self) -> i32 {
        #[cfg(unix)]
        {
            use std::os::fd::AsRawFd;
            match self {
                Stream::Tcp(tcp) => tcp.as_raw_fd(),
                Stream::Unix(unix) => unix.as_raw_fd(),
            }
        }
        #[cfg(not(unix))]
        -1
    }
}

#[cfg(target_os = "linux")]
impl ListenSocket {
    pub(crate) fn descriptor(&self) -> i32 {
        use std::os::fd::AsRawFd;
        match self {
            ListenSocket::Tcp(tcp) => tcp.as_raw_fd(),
            ListenSocket::Unix(unix) => unix.as_raw_fd(),
        }
    }

    /// Wraps what an accept on this socket gave.
    pub(crate) fn stream(&self, fd: std::os::fd::OwnedFd) -> Stream {
        match self {
            ListenSocket::Tcp(_) => Stream::Tcp(fd.into()),
            ListenSocket::Unix(_) => Stream::Unix(fd.into()),
        }
    }
}
