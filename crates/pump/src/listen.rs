//! Opening listening sockets: TCP with the address reused, unix sockets with stale files removed.

use std::io;
use std::net::SocketAddr;
#[cfg(unix)]
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use socket2::{Domain, Protocol, SockAddr, Socket, Type};

use crate::codec::CodecFactory;
use crate::config::{Listen, ListenAddress};
use crate::error::{BindReason, Error};
use crate::socket::ListenSocket;

/// How long an address that is taken is tried again, and the time between two tries.
const LEFT_BEHIND_MAX: Duration = Duration::from_millis(if cfg!(target_os = "linux") { 1000 } else { 0 });
const LEFT_BEHIND_LOOK: Duration = Duration::from_millis(20);

/// Names a listener of a running pump.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ListenerId(pub(crate) u64);

/// An open listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listener {
    /// Its name, for [`unlisten`](crate::Pump::unlisten).
    pub id: ListenerId,
    /// Where it listens; the port is the one that the kernel chose if 0 was asked for.
    pub address: ListenAddress,
}

impl Listener {
    /// The address of a TCP listener.
    pub fn socket_addr(&self) -> Option<SocketAddr> {
        match &self.address {
            ListenAddress::Tcp(address) => Some(*address),
            #[cfg(unix)]
            ListenAddress::Unix { .. } => None,
        }
    }
}

/// What connections of a listener have in common.
pub(crate) struct ListenSource {
    pub(crate) id: ListenerId,
    /// `path:0` for a unix socket.
    pub(crate) unix_name: Option<String>,
    pub(crate) codec: Option<Arc<dyn CodecFactory>>,
    /// The unix socket's file, removed when the listener is closed.
    #[cfg(unix)]
    pub(crate) path: Option<SocketPath>,
}

/// Opens what is asked for. The address returned has the actual port.
pub(crate) fn open(id: ListenerId, listen: &Listen) -> Result<(ListenSocket, ListenSource, Listener), Error> {
    let opened = match &listen.address {
        ListenAddress::Tcp(address) => open_tcp(id, *address, listen),
        #[cfg(unix)]
        ListenAddress::Unix { path, mode } => open_unix(id, path, *mode, listen),
    };
    opened.map_err(|source| Error::Bind {
        address: listen.address.to_string(),
        reason: BindReason::of(&source),
        source,
    })
}

fn open_tcp(
    id: ListenerId,
    address: SocketAddr,
    listen: &Listen,
) -> io::Result<(ListenSocket, ListenSource, Listener)> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    // On Windows the option would let another process take the port over.
    #[cfg(not(windows))]
    socket.set_reuse_address(true)?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.set_nonblocking(true)?;
    bind(&socket, address)?;
    socket.listen(listen.backlog)?;
    let listener: std::net::TcpListener = socket.into();
    let actual = listener.local_addr()?;
    let source = ListenSource {
        id,
        unix_name: None,
        codec: listen.codec.clone(),
        #[cfg(unix)]
        path: None,
    };
    Ok((ListenSocket::Tcp(listener), source, Listener { id, address: ListenAddress::Tcp(actual) }))
}

/// Binds. A process that was killed may have left the address taken for a moment: the kernel closes what was in
/// the hands of an io_uring after the process is gone.
fn bind(socket: &Socket, address: SocketAddr) -> io::Result<()> {
    let address = SockAddr::from(address);
    let until = Instant::now() + LEFT_BEHIND_MAX;
    loop {
        match socket.bind(&address) {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && Instant::now() < until => {
                std::thread::sleep(LEFT_BEHIND_LOOK);
            }
            result => return result,
        }
    }
}

/// The file of a unix socket that this process made; removed when the listener goes.
#[cfg(unix)]
pub(crate) struct SocketPath {
    path: PathBuf,
    device: u64,
    inode: u64,
}

#[cfg(unix)]
impl SocketPath {
    /// Removes the file, unless another one has taken its place.
    pub(crate) fn remove(&self) {
        use std::os::unix::fs::MetadataExt;
        if let Ok(meta) = std::fs::symlink_metadata(&self.path)
            && (meta.dev(), meta.ino()) == (self.device, self.inode)
        {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

#[cfg(unix)]
fn open_unix(
    id: ListenerId,
    path: &Path,
    mode: Option<u32>,
    listen: &Listen,
) -> io::Result<(ListenSocket, ListenSource, Listener)> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    remove_stale(path)?;
    let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    socket.bind(&SockAddr::unix(path)?)?;
    let meta = std::fs::symlink_metadata(path)?;
    let file = SocketPath { path: path.to_owned(), device: meta.dev(), inode: meta.ino() };
    // Nobody can connect before `listen`, so the permissions are never wider than asked for.
    let listening = mode
        .map_or(Ok(()), |mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)))
        .and_then(|()| socket.listen(listen.backlog));
    if let Err(error) = listening {
        file.remove();
        return Err(error);
    }
    let source = ListenSource {
        id,
        unix_name: Some(format!("{}:0", path.display())),
        codec: listen.codec.clone(),
        path: Some(file),
    };
    Ok((ListenSocket::Unix(socket.into()), source, Listener { id, address: listen.address.clone() }))
}

/// Removes a socket file that nobody listens on. A live one is left, and `bind` will say so.
#[cfg(unix)]
fn remove_stale(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::FileTypeExt;
    match std::fs::symlink_metadata(path) {
        Ok(meta) if meta.file_type().is_socket() => {}
        Ok(_) => {
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, "the path exists and is no socket"));
        }
        Err(_) => return Ok(()),
    }
    match std::os::unix::net::UnixStream::connect(path) {
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => std::fs::remove_file(path),
        _ => Ok(()),
    }
}
