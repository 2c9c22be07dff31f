//! The portable driver: edge-triggered readiness (epoll, kqueue, IOCP) through mio.
//!
//! An edge is kept in the slot (`readable`) until reading has come to its end, so that reading can stop at any point
//! for fairness or backpressure. Output is written straight from the session, in place.

use std::collections::VecDeque;
use std::io::{self, IoSlice, Read, Write};
use std::sync::mpsc;
use std::time::Duration;

use ::mio::event::{Event, Source};
use ::mio::{Events, Interest, Poll, Registry, Token as MioToken, Waker};

use super::{Driver, Sent};
use crate::connection::Connection;
use crate::listen::ListenerId;
use crate::mailbox::Bell;
use crate::reactor::{Reactor, Token};
use crate::service::Service;
use crate::socket::{ListenSocket, Stream};

/// Size of the one buffer that all sockets of the thread are read into.
const READ_BUFFER_BYTES: usize = 64 << 10;
/// Reads of one socket in a row.
const READS_IN_A_ROW: usize = 4;
/// Accepts of one listener in a row.
const ACCEPTS_IN_A_ROW: usize = 256;
/// Tokens from here on are listeners.
const LISTENERS: usize = 1 << 48;
const WAKER: MioToken = MioToken(usize::MAX);

/// On Linux a read that fills less than the buffer has emptied the socket, and what comes later is a new edge
/// (epoll(7)); elsewhere only `WouldBlock` says so.
const SHORT_READ_IS_END: bool = cfg!(target_os = "linux");

enum Socket {
    Tcp(::mio::net::TcpStream),
    #[cfg(unix)]
    Unix(::mio::net::UnixStream),
}

macro_rules! each {
    ($socket:expr, $name:ident => $work:expr) => {
        match $socket {
            Socket::Tcp($name) => $work,
            #[cfg(unix)]
            Socket::Unix($name) => $work,
        }
    };
}

impl Socket {
    fn source(&mut self) -> &mut dyn Source {
        each!(self, socket => socket)
    }
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        each!(self, socket => socket.read(buffer))
    }
    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        each!(self, socket => socket.write_vectored(slices))
    }
}

enum Acceptor {
    Tcp(::mio::net::TcpListener),
    #[cfg(unix)]
    Unix(::mio::net::UnixListener),
}

impl Acceptor {
    fn source(&mut self) -> &mut dyn Source {
        match self {
            Acceptor::Tcp(listener) => listener,
            #[cfg(unix)]
            Acceptor::Unix(listener) => listener,
        }
    }
    fn accept(&self) -> io::Result<Stream> {
        match self {
            Acceptor::Tcp(listener) => listener.accept().map(|(stream, _)| Stream::Tcp(stream.into())),
            #[cfg(unix)]
            Acceptor::Unix(listener) => listener.accept().map(|(stream, _)| Stream::Unix(stream.into())),
        }
    }
}

struct Slot {
    socket: Socket,
    /// An edge has come and the socket has not been read to its end since.
    readable: bool,
    /// The kernel has said that the peer sends no more: read until it shows.
    read_closed: bool,
    /// The last write did not take everything.
    blocked: bool,
    reading: bool,
    /// In `again`.
    queued: bool,
}

struct ListenerSlot {
    id: ListenerId,
    acceptor: Acceptor,
    pending: bool,
    failed: bool,
}

/// See the head of the file.
pub(crate) struct MioDriver {
    poll: Poll,
    events: Events,
    slots: Vec<Option<Slot>>,
    free: Vec<Token>,
    /// Freed since the last poll; not given out again before events that name them are gone.
    freed: Vec<Token>,
    listeners: Vec<Option<ListenerSlot>>,
    /// Sockets with input left.
    again: VecDeque<Token>,
    buffer: Box<[u8]>,
}

struct MioBell(Waker);

impl Bell for MioBell {
    fn ring(&self) {
        // Fails only when the poll is gone, and then nobody is there to be woken.
        let _ = self.0.wake();
    }
}

impl MioDriver {
    pub(crate) fn new() -> io::Result<(Self, Box<dyn Bell>)> {
        let poll = Poll::new()?;
        let waker = Waker::new(poll.registry(), WAKER)?;
        let driver = MioDriver {
            poll,
            events: Events::with_capacity(1024),
            slots: Vec::new(),
            free: Vec::new(),
            freed: Vec::new(),
            listeners: Vec::new(),
            again: VecDeque::new(),
            buffer: vec![0; READ_BUFFER_BYTES].into_boxed_slice(),
        };
        Ok((driver, Box::new(MioBell(waker))))
    }

    fn on_event<S: Service>(&mut self, reactor: &mut Reactor<S>, event: &Event) {
        let token = event.token().0;
        if token >= LISTENERS {
            if let Some(Some(listener)) = self.listeners.get_mut(token - LISTENERS) {
                listener.pending = true;
            }
            return;
        }
        let Some(Some(slot)) = self.slots.get_mut(token) else { return };
        if (event.is_writable() || event.is_error()) && slot.blocked {
            slot.blocked = false;
            reactor.send_finished(token);
        }
        if event.is_readable() || event.is_read_closed() || event.is_error() {
            slot.readable = true;
            slot.read_closed |= event.is_read_closed() || event.is_error();
            self.read(reactor, token);
        }
    }

    fn read<S: Service>(&mut self, reactor: &mut Reactor<S>, token: Token) {
        let Some(Some(slot)) = self.slots.get_mut(token) else { return };
        for _ in 0..READS_IN_A_ROW {
            if !slot.readable || !slot.reading {
                return;
            }
            match slot.socket.read(&mut self.buffer) {
                Ok(0) => {
                    slot.readable = false;
                    slot.reading = false;
                    return reactor.ended(token);
                }
                Ok(n) => {
                    if SHORT_READ_IS_END && n < self.buffer.len() && !slot.read_closed {
                        slot.readable = false;
                    }
                    if !reactor.received(token, &self.buffer[..n]) {
                        break;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => slot.readable = false,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => {
                    slot.readable = false;
                    slot.reading = false;
                    return reactor.failed(token);
                }
            }
        }
        self.read_later(token);
    }

    fn read_later(&mut self, token: Token) {
        if let Some(Some(slot)) = self.slots.get_mut(token)
            && slot.readable
            && slot.reading
            && !slot.queued
        {
            slot.queued = true;
            self.again.push_back(token);
        }
    }

    fn accept_all<S: Service>(&mut self, reactor: &mut Reactor<S>) {
        for listener in self.listeners.iter_mut().flatten() {
            if !listener.pending || listener.failed {
                continue;
            }
            for _ in 0..ACCEPTS_IN_A_ROW {
                match listener.acceptor.accept() {
                    Ok(stream) => reactor.accepted(listener.id, stream),
                    Err(error) => match error.kind() {
                        io::ErrorKind::WouldBlock => {
                            listener.pending = false;
                            break;
                        }
                        io::ErrorKind::Interrupted | io::ErrorKind::ConnectionAborted => {}
                        _ => {
                            listener.failed = true;
                            reactor.accept_failed(&error);
                            break;
                        }
                    },
                }
            }
        }
    }

    fn has_backlog(&self) -> bool {
        !self.again.is_empty() || self.listeners.iter().flatten().any(|l| l.pending && !l.failed)
    }
}

impl Driver for MioDriver {
    fn poll<S: Service>(&mut self, reactor: &mut Reactor<S>, timeout: Duration) -> io::Result<()> {
        self.free.append(&mut self.freed);
        let timeout = if self.has_backlog() { Duration::ZERO } else { timeout };
        let polled = self.poll.poll(&mut self.events, Some(timeout));
        reactor.begin_batch();
        match polled {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(()),
            other => other?,
        }
        let backlog = self.again.len();
        let events = std::mem::replace(&mut self.events, Events::with_capacity(0));
        for event in events.iter() {
            self.on_event(reactor, event);
        }
        self.events = events;
        for _ in 0..backlog {
            let Some(token) = self.again.pop_front() else { break };
            if let Some(Some(slot)) = self.slots.get_mut(token) {
                slot.queued = false;
                self.read(reactor, token);
            }
        }
        self.accept_all(reactor);
        Ok(())
    }

    fn add_listener(&mut self, id: ListenerId, socket: ListenSocket) -> io::Result<()> {
        let mut acceptor = match socket {
            ListenSocket::Tcp(listener) => Acceptor::Tcp(::mio::net::TcpListener::from_std(listener)),
            #[cfg(unix)]
            ListenSocket::Unix(listener) => Acceptor::Unix(::mio::net::UnixListener::from_std(listener)),
        };
        let place = self.listeners.iter().position(Option::is_none).unwrap_or(self.listeners.len());
        self.poll.registry().register(acceptor.source(), MioToken(LISTENERS + place), Interest::READABLE)?;
        // Connections may have come in before the registration.
        let slot = Some(ListenerSlot { id, acceptor, pending: true, failed: false });
        if place == self.listeners.len() {
            self.listeners.push(slot);
        } else {
            self.listeners[place] = slot;
        }
        Ok(())
    }

    fn remove_listener(&mut self, id: ListenerId, done: Option<mpsc::Sender<()>>) {
        for place in &mut self.listeners {
            if place.as_ref().is_some_and(|listener| listener.id == id)
                && let Some(mut listener) = place.take()
            {
                let _ = self.poll.registry().deregister(listener.acceptor.source());
            }
        }
        drop(done);
    }

    fn retry_accepts(&mut self) {
        for listener in self.listeners.iter_mut().flatten() {
            listener.failed = false;
        }
    }

    fn add_connection(&mut self, stream: Stream) -> io::Result<Token> {
        let mut socket = wrap(stream)?;
        let token = self.free.last().copied().unwrap_or(self.slots.len());
        register(self.poll.registry(), &mut socket, token)?;
        let slot = Some(Slot {
            socket,
            readable: false,
            read_closed: false,
            blocked: false,
            reading: true,
            queued: false,
        });
        if self.free.pop().is_some() {
            self.slots[token] = slot;
        } else {
            self.slots.push(slot);
        }
        Ok(token)
    }

    fn send<S: Service>(&mut self, token: Token, connection: &mut Connection<S>, _awaited: bool) -> Sent {
        let Some(Some(slot)) = self.slots.get_mut(token) else { return Sent::Drained(0) };
        let mut total = 0;
        while connection.has_output() {
            let mut offered = 0;
            let sent = connection.send_in_place(|slices| {
                offered = slices.iter().map(|slice| slice.len()).sum();
                if offered == 0 { Ok(0) } else { slot.socket.write_vectored(slices) }
            });
            match sent {
                Ok(_) if offered == 0 => break,
                Ok(0) => return Sent::Failed(io::ErrorKind::WriteZero.into()),
                Ok(sent) => total += sent,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    slot.blocked = true;
                    return Sent::Pending(total);
                }
                Err(error) => return Sent::Failed(error),
            }
        }
        Sent::Drained(total)
    }

    fn set_reading(&mut self, token: Token, reading: bool) {
        if let Some(Some(slot)) = self.slots.get_mut(token) {
            slot.reading = reading;
        }
        self.read_later(token);
    }

    fn close(&mut self, token: Token) {
        if let Some(mut slot) = self.slots.get_mut(token).and_then(Option::take) {
            let _ = self.poll.registry().deregister(slot.socket.source());
            self.freed.push(token);
        }
    }
}

fn wrap(stream: Stream) -> io::Result<Socket> {
    Ok(match stream {
        Stream::Tcp(stream) => {
            stream.set_nonblocking(true)?;
            Socket::Tcp(::mio::net::TcpStream::from_std(stream))
        }
        #[cfg(unix)]
        Stream::Unix(stream) => {
            stream.set_nonblocking(true)?;
            Socket::Unix(::mio::net::UnixStream::from_std(stream))
        }
    })
}

fn register(registry: &Registry, socket: &mut Socket, token: Token) -> io::Result<()> {
    registry.register(socket.source(), MioToken(token), Interest::READABLE | Interest::WRITABLE)
}
