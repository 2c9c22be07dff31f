//! How bytes travel: one small trait, two ways to do it.
//!
//! A driver owns the sockets of its thread. It reports to the [`Reactor`] while it polls, and takes orders between
//! polls. Output leaves at the latest with the next poll.

pub(crate) mod mio;
#[cfg(target_os = "linux")]
pub(crate) mod uring;

use std::io;
use std::sync::mpsc;
use std::time::Duration;

use crate::connection::Connection;
use crate::listen::ListenerId;
use crate::reactor::{Reactor, Token};
use crate::service::Service;
use crate::socket::{ListenSocket, Stream};

/// What became of output.
pub(crate) enum Sent {
    /// The kernel has all of it, so many bytes.
    Drained(usize),
    /// The kernel has so many bytes of it for sure; `Reactor::send_finished` will tell when to send more.
    Pending(usize),
    /// The socket is broken.
    Failed(io::Error),
}

/// One thread's sockets.
pub(crate) trait Driver {
    /// Waits for events, at most `timeout`, and reports them.
    fn poll<S: Service>(&mut self, reactor: &mut Reactor<S>, timeout: Duration) -> io::Result<()>;

    /// Accepts from this socket from now on.
    fn add_listener(&mut self, id: ListenerId, socket: ListenSocket) -> io::Result<()>;
    /// Closes a listening socket; `done` is dropped when it is closed.
    fn remove_listener(&mut self, id: ListenerId, done: Option<mpsc::Sender<()>>);
    /// Takes up accepting again after `Reactor::accept_failed`.
    fn retry_accepts(&mut self);

    /// Takes a connection over and reads from it.
    fn add_connection(&mut self, stream: Stream) -> io::Result<Token>;
    /// Sends the connection's output. `awaited`: something is to happen as soon as it is sent.
    fn send<S: Service>(&mut self, token: Token, connection: &mut Connection<S>, awaited: bool) -> Sent;
    /// Stops or goes on reading. Bytes may still be reported in the batch after a stop.
    fn set_reading(&mut self, token: Token, reading: bool);
    /// Closes the socket. Nothing is reported of the token afterwards, until it is given out again.
    fn close(&mut self, token: Token);
}
