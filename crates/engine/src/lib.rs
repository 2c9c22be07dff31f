//! Engine: sessions and dispatch. Bytes come in with the time, reply bytes and effects go out.
//!
//! **The engine never opens a socket or a file, reads a clock or starts a thread**: a front (pump, binding) does.
#![forbid(unsafe_code)]

use std::sync::Arc;

/// Identifies a session for as long as the process lives (CLIENT ID).
pub type SessionId = u64;

/// The time as the front read it, once a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// Milliseconds since the Unix epoch.
    pub unix_ms: i64,
    /// Microseconds of a monotonic clock with any origin.
    pub mono_us: u64,
}

/// Makes the thread that owns a session call [`Worker::resume`] soon. Called from any thread.
pub trait Wake: Send + Sync {
    /// Asks for `session` to be resumed.
    fn wake(&self, session: SessionId);
}

/// How a session came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// TCP without encryption.
    Tcp,
    /// A unix socket.
    Unix,
    /// TCP under TLS.
    Tls,
    /// No socket: embedded, under a client library, or WASM.
    InProcess,
}

/// What CLIENT LIST says of the other end.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Transport of the connection.
    pub transport: Transport,
    /// `ip:port` of the client, or the path of the unix socket followed by `:0`.
    pub addr: String,
    /// `ip:port` of the listening side.
    pub laddr: String,
    /// File descriptor, -1 where there is none.
    pub fd: i32,
    /// Whether the address is a loopback address or a unix socket (protected mode).
    pub local: bool,
}

/// What the front has to do after a call; a set of bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Flow(u8);

impl Flow {
    /// Go on reading.
    pub const CONTINUE: Flow = Flow(0);
    /// Output is over the high-water mark: stop reading, resume once it has drained.
    pub const STALLED: Flow = Flow(1);
    /// The session waits for a wake; bytes may still be fed and are kept.
    pub const PARKED: Flow = Flow(2);
    /// Send what is left of the output, then hang up. Nothing more is read.
    pub const CLOSE: Flow = Flow(4);
    /// Hang up at once; the output is dropped.
    pub const KILL: Flow = Flow(8);

    /// Whether all bits of `other` are set.
    pub fn has(self, other: Flow) -> bool {
        self.0 & other.0 == other.0 && other.0 != 0
    }
    /// Union of both sets.
    pub fn and(self, other: Flow) -> Flow {
        Flow(self.0 | other.0)
    }
}

/// One keyspace with everything around it; clones share it.
#[derive(Clone, Default)]
pub struct Engine {}

/// A thread's way into the engine.
pub struct Worker {
    next: SessionId,
}

/// One client's state.
pub struct Session {
    id: SessionId,
    out: Vec<u8>,
}

impl Engine {
    /// A worker for the calling thread.
    pub fn worker(&self) -> Worker {
        Worker { next: 1 }
    }
}

impl Worker {
    /// Opens a session. An error is what to say to the client before hanging up.
    pub fn open(&mut self, peer: Peer, waker: Arc<dyn Wake>, now: Now) -> Result<Session, Vec<u8>> {
        let _ = (peer, waker, now);
        self.next += 1;
        Ok(Session { id: self.next, out: Vec::new() })
    }
    /// Takes what arrived, executes what is whole, leaves replies in the session's output.
    pub fn feed(&mut self, session: &mut Session, bytes: &[u8], now: Now) -> Flow {
        let _ = now;
        session.out.extend(bytes.iter().filter(|b| **b == b'\n').flat_map(|_| *b"+PONG\r\n"));
        Flow::CONTINUE
    }
    /// Goes on after a wake or once stalled output has drained.
    pub fn resume(&mut self, session: &mut Session, now: Now) -> Flow {
        let _ = (session, now);
        Flow::CONTINUE
    }
    /// Periodic check of one session (idle timeout, buffer limits); the front calls it about once a second.
    pub fn tick(&mut self, session: &mut Session, now: Now) -> Flow {
        let _ = (session, now);
        Flow::CONTINUE
    }
    /// Ends a session.
    pub fn close(&mut self, session: Session, now: Now) {
        let _ = (session, now);
    }
    /// The worker's share of periodic work. `worker.cron` is due at least every 100 ms and whenever
    /// [`Worker::next_deadline_us`] has passed.
    pub fn cron(&mut self, now: Now) {
        let _ = now;
    }
    /// When the next blocked session of this worker times out, on the clock of [`Now::mono_us`].
    pub fn next_deadline_us(&self) -> Option<u64> {
        None
    }
}

impl Session {
    /// The session's id.
    pub fn id(&self) -> SessionId {
        self.id
    }
    /// Bytes waiting to be sent.
    pub fn output_len(&self) -> usize {
        self.out.len()
    }
    /// Up to `slices.len()` pieces of the output, in order, as many as there are; returns how many were filled.
    pub fn output_slices<'a>(&'a self, slices: &mut [std::io::IoSlice<'a>]) -> usize {
        if self.out.is_empty() {
            return 0;
        }
        slices[0] = std::io::IoSlice::new(&self.out);
        1
    }
    /// Exchanges the pending output for `spare`, which must be empty, and returns what was pending.
    pub fn take_output(&mut self, spare: Vec<u8>) -> Vec<u8> {
        debug_assert!(spare.is_empty());
        std::mem::replace(&mut self.out, spare)
    }
    /// Drops the first `n` bytes of the output: they were sent.
    pub fn consume_output(&mut self, n: usize) {
        self.out.drain(..n);
    }
}
