//! A layer between the bytes of a socket and those of a session: where TLS goes.
//!
//! ```text
//!   socket ──► inbound(wire) ──► plain ──► Service::feed
//!                 │ handshake, alerts
//!   socket ◄── wire ◄── outbound(plain) ◄── session output
//! ```
//!
//! A codec never sees a socket and never blocks: bytes in, bytes out. Session output is taken through it only when
//! everything it made before has been sent, so a client that does not read cannot make it grow.

use hematite_engine::Transport;

/// Makes a codec for each connection of a listener.
pub trait CodecFactory: Send + Sync {
    /// What the engine is told about connections of this listener.
    fn transport(&self) -> Transport;
    /// A codec for a new connection.
    fn open(&self) -> Box<dyn Codec>;
}

/// One connection's codec. An error is for the log; the connection is closed after `wire` has been sent.
pub trait Codec: Send {
    /// Takes bytes off the socket. Appends what they mean for the session to `plain`, and what must be said to the
    /// peer on the codec's own account (handshake, alerts) to `wire`; also after an error.
    fn inbound(&mut self, received: &[u8], plain: &mut Vec<u8>, wire: &mut Vec<u8>) -> Result<(), String>;
    /// Takes bytes of the session and appends their form on the socket to `wire`. A codec that is still in its
    /// handshake keeps them and lets them out from `inbound`.
    fn outbound(&mut self, plain: &[u8], wire: &mut Vec<u8>) -> Result<(), String>;
    /// Whether the peer has said that nothing more will come.
    fn has_ended(&self) -> bool {
        false
    }
    /// Names that the peer has just proved to have, the first first: its session becomes the first that is a user's.
    fn take_users(&mut self) -> Vec<Vec<u8>> {
        Vec::new()
    }
    /// Appends the farewell (close_notify). Called once, after the last `outbound`.
    fn finish(&mut self, wire: &mut Vec<u8>);
}
