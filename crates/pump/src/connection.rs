//! One connection, apart from its socket: the session, what is held back, and what is to happen next.
//!
//! ```text
//!   OPEN ── Flow::CLOSE, end of input, shutdown ──► CLOSING ── output sent ──► closed
//!     └──── Flow::KILL, socket error, panic ──────► KILLED ──────────────────► closed
//! ```
//!
//! The unsent bytes are `wire` (made by a codec), then the session's output. While the driver sends, `sending` is
//! set and the session may append more; the driver never holds a pointer into the session.

use std::io::IoSlice;

use hematite_engine::Flow;

use crate::codec::Codec;
use crate::service::Service;

/// Session output taken through a codec in one go; what waits in `wire` is bounded by about twice as much.
const CODEC_CHUNK_BYTES: usize = 64 << 10;

/// How far a connection has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Phase {
    /// Reading and answering.
    Open,
    /// Sends what is left, reads no more.
    Closing,
    /// Ends now.
    Killed,
}

/// A connection with a session.
pub(crate) struct Connection<S: Service> {
    pub(crate) session: S::Session,
    pub(crate) codec: Option<Box<dyn Codec>>,
    codec_finished: bool,
    /// What the codec made and the driver has not taken yet.
    wire: Vec<u8>,
    /// Input that arrived while the session was stalled.
    pub(crate) held: Vec<u8>,
    pub(crate) phase: Phase,
    /// The last flow had STALLED.
    pub(crate) stalled: bool,
    /// The last flow had PARKED.
    pub(crate) parked: bool,
    /// Bytes fed since the session was parked.
    pub(crate) parked_bytes: usize,
    /// The peer sends no more.
    pub(crate) ended: bool,
    /// The driver has output of this connection that it has not sent yet.
    pub(crate) sending: bool,
    /// What the driver was last told about reading.
    pub(crate) reading: bool,
    /// In the core's list of connections to settle.
    pub(crate) dirty: bool,
    /// Something arrived since the last tick.
    pub(crate) active: bool,
    /// The session holds a spare buffer of the driver.
    pub(crate) has_spare: bool,
}

impl<S: Service> Connection<S> {
    pub(crate) fn new(session: S::Session, codec: Option<Box<dyn Codec>>) -> Self {
        Connection {
            session,
            codec,
            codec_finished: false,
            wire: Vec::new(),
            held: Vec::new(),
            phase: Phase::Open,
            stalled: false,
            parked: false,
            parked_bytes: 0,
            ended: false,
            sending: false,
            reading: true,
            dirty: false,
            active: true,
            has_spare: false,
        }
    }

    /// Takes note of what the engine wants.
    pub(crate) fn apply(&mut self, flow: Flow) {
        self.stalled = flow.has(Flow::STALLED);
        self.parked = flow.has(Flow::PARKED);
        if !self.parked {
            self.parked_bytes = 0;
        }
        if flow.has(Flow::KILL) {
            self.phase = Phase::Killed;
        } else if flow.has(Flow::CLOSE) {
            self.close_after_output();
        }
    }

    /// No more input; what is in the output still goes out.
    pub(crate) fn close_after_output(&mut self) {
        if self.phase == Phase::Open {
            self.phase = Phase::Closing;
        }
        self.stalled = false;
        self.parked = false;
        self.held = Vec::new();
    }

    /// Whether anything is unsent, apart from what the driver has already.
    pub(crate) fn has_output(&self) -> bool {
        !self.wire.is_empty() || S::output_len(&self.session) > 0
    }

    /// Whether the next drained output has to be acted upon.
    pub(crate) fn awaits_drain(&self) -> bool {
        self.stalled || self.phase == Phase::Closing || self.ended || !self.reading
    }

    /// Where the codec puts what it has to say on its own account.
    pub(crate) fn codec_and_wire(&mut self) -> Option<(&mut Box<dyn Codec>, &mut Vec<u8>)> {
        let wire = &mut self.wire;
        self.codec.as_mut().map(|codec| (codec, wire))
    }

    /// Takes session output through the codec until `wire` holds a chunk.
    fn encode(&mut self) -> Result<(), String> {
        let Some(codec) = self.codec.as_mut() else { return Ok(()) };
        while self.wire.len() < CODEC_CHUNK_BYTES && S::output_len(&self.session) > 0 {
            let mut slices = [IoSlice::new(&[])];
            if S::output_slices(&self.session, &mut slices) == 0 {
                break;
            }
            let chunk = slices[0].len().min(CODEC_CHUNK_BYTES);
            codec.outbound(&slices[0][..chunk], &mut self.wire)?;
            S::consume_output(&mut self.session, chunk);
        }
        Ok(())
    }

    /// Moves the unsent bytes out, leaving `spare` (empty) for the bytes to come.
    pub(crate) fn take(&mut self, spare: Vec<u8>) -> Result<Vec<u8>, String> {
        if self.codec.is_some() {
            self.encode()?;
            return Ok(std::mem::replace(&mut self.wire, spare));
        }
        self.has_spare = spare.capacity() > 0;
        Ok(S::take_output(&mut self.session, spare))
    }

    /// Shows the unsent bytes in place to `send`, which returns how many it has sent; those are dropped.
    pub(crate) fn send_in_place<E>(
        &mut self,
        send: impl FnOnce(&[IoSlice<'_>]) -> Result<usize, E>,
    ) -> Result<usize, E>
    where
        E: From<std::io::Error>,
    {
        self.encode().map_err(std::io::Error::other)?;
        if self.codec.is_some() {
            let sent = send(&[IoSlice::new(&self.wire)])?;
            self.wire.drain(..sent);
            return Ok(sent);
        }
        let mut slices = [IoSlice::new(&[]); 16];
        let filled = S::output_slices(&self.session, &mut slices);
        let sent = send(&slices[..filled])?;
        S::consume_output(&mut self.session, sent);
        Ok(sent)
    }

    /// Lets the codec say goodbye, once.
    pub(crate) fn finish_codec(&mut self) {
        if let Some(codec) = self.codec.as_mut()
            && !self.codec_finished
        {
            self.codec_finished = true;
            codec.finish(&mut self.wire);
        }
    }
}
