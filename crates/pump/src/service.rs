//! What a pump thread drives: the surface of the engine's worker as a trait (`attendant` implements it), so that tests can drive the pump with
//! a scripted session (one that stalls, parks, panics) and a bench with an empty one.

use std::io::IoSlice;
use std::sync::Arc;
use std::time::Duration;

use hematite_engine::{Flow, Now, Peer, SessionId, Wake};

/// One thread's share of an engine. Lives and dies on its thread, so it need not be `Send`.
/// The meaning of each call is that of the method of the same name of [`Worker`] or [`Session`].
///
/// [`Worker`]: hematite_engine::Worker
/// [`Session`]: hematite_engine::Session
pub trait Service: 'static {
    /// One client's state.
    type Session;

    /// Opens a session; an error is what to say before hanging up.
    fn open(&mut self, peer: Peer, waker: Arc<dyn Wake>, now: Now) -> Result<Self::Session, Vec<u8>>;
    /// Takes what arrived.
    fn feed(&mut self, session: &mut Self::Session, bytes: &[u8], now: Now) -> Flow;
    /// Makes the session the user that its peer has proved to be; whether there is such a user.
    fn trust(&mut self, session: &mut Self::Session, user: &[u8]) -> bool {
        let _ = (session, user);
        false
    }
    /// Goes on after a wake or once stalled output has drained.
    fn resume(&mut self, session: &mut Self::Session, now: Now) -> Flow;
    /// Once a second and session.
    fn tick(&mut self, session: &mut Self::Session, now: Now) -> Flow;
    /// How long to go on collecting what arrives before `commit`, so that it is done once for more of them; asked again after
    /// each look. Zero: not at all.
    fn patience(&mut self) -> Duration {
        Duration::ZERO
    }
    /// Makes sure that what this round has written may be acknowledged; called before anything is sent. If not, every session
    /// that something is to be sent to is handed to `withdraw` first.
    fn commit(&mut self) -> bool {
        true
    }
    /// How long to rest after a round; whatever arrives meanwhile waits.
    fn respite(&mut self) -> Duration {
        Duration::ZERO
    }
    /// Takes back the replies to what could not be committed.
    fn withdraw(&mut self, _session: &mut Self::Session) {}
    /// Ends a session; called exactly once for each that was opened.
    fn close(&mut self, session: Self::Session, now: Now);
    /// Periodic work.
    fn cron(&mut self, now: Now);
    /// When `cron` is due at the latest, on the clock of [`Now::mono_us`].
    fn next_deadline_us(&self) -> Option<u64>;

    /// Whether a session is away, in something that runs for long: `go_on` is to be called between rounds.
    fn is_engaged(&self) -> bool {
        false
    }
    /// Lets what runs for long go on for a moment. Once it has ended: the session that was away, and its flow.
    fn go_on(&mut self) -> Option<(Self::Session, Flow)> {
        None
    }
    /// The session is back in its place; `stand_in` has stood there, and `flow` is the session's own. Returns what holds now.
    fn rejoin(&mut self, session: &mut Self::Session, stand_in: Self::Session, flow: Flow, now: Now) -> Flow {
        let _ = (session, stand_in, now);
        flow
    }

    /// The session's id.
    fn id(session: &Self::Session) -> SessionId;
    /// Whether a parked session whose peer has stopped sending (but may still read) will have something to say yet:
    /// not while it is blocked on keys, where nobody would be there to get them.
    fn answers_after_end(session: &Self::Session) -> bool;
    /// Bytes waiting to be sent.
    fn output_len(session: &Self::Session) -> usize;
    /// Pieces of the output, in order; returns how many were filled.
    fn output_slices<'a>(session: &'a Self::Session, slices: &mut [IoSlice<'a>]) -> usize;
    /// Drops the first `n` bytes of the output.
    fn consume_output(session: &mut Self::Session, n: usize);
    /// Exchanges the output for an empty buffer.
    fn take_output(session: &mut Self::Session, spare: Vec<u8>) -> Vec<u8>;
}
