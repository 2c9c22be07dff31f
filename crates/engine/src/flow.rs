//! What passes between the engine and a front besides bytes: the time, who is there, what to do next.

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

/// Makes the thread that owns a session call [`crate::Worker::resume`] soon. Called from any thread.
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

    /// A program is next in the session's query: the front is to call [`crate::Worker::run_apart`].
    pub const APART: Flow = Flow(16);

    /// Whether all bits of `other` are set.
    pub fn has(self, other: Flow) -> bool {
        self.0 & other.0 == other.0 && other.0 != 0
    }
    /// Union of both sets.
    pub fn and(self, other: Flow) -> Flow {
        Flow(self.0 | other.0)
    }
}
