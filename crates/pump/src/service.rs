//! What a pump thread drives: the surface of the engine's worker as a trait, so that tests can drive the pump with
//! a scripted session (one that stalls, parks, panics) and a bench with an empty one.

use std::io::IoSlice;
use std::sync::Arc;

use hematite_engine::{Flow, Now, Peer, Session, SessionId, Wake, Worker};

/// One thread's share of an engine. Lives and dies on its thread, so it need not be `Send`.
/// The meaning of each call is that of the method of the same name of [`Worker`] or [`Session`].
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
    /// Makes sure that what this round has written may be acknowledged; called before anything is sent. If not, every session
    /// that something is to be sent to is handed to `withdraw` first.
    fn commit(&mut self) -> bool {
        true
    }
    /// Takes back the replies to what could not be committed.
    fn withdraw(&mut self, _session: &mut Self::Session) {}
    /// Ends a session; called exactly once for each that was opened.
    fn close(&mut self, session: Self::Session, now: Now);
    /// Periodic work.
    fn cron(&mut self, now: Now);
    /// When `cron` is due at the latest, on the clock of [`Now::mono_us`].
    fn next_deadline_us(&self) -> Option<u64>;

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

impl Service for Worker {
    type Session = Session;

    fn open(&mut self, peer: Peer, waker: Arc<dyn Wake>, now: Now) -> Result<Session, Vec<u8>> {
        Worker::open(self, peer, waker, now)
    }
    fn feed(&mut self, session: &mut Session, bytes: &[u8], now: Now) -> Flow {
        Worker::feed(self, session, bytes, now)
    }
    fn trust(&mut self, session: &mut Session, user: &[u8]) -> bool {
        Worker::trust(self, session, user)
    }
    fn resume(&mut self, session: &mut Session, now: Now) -> Flow {
        Worker::resume(self, session, now)
    }
    fn tick(&mut self, session: &mut Session, now: Now) -> Flow {
        Worker::tick(self, session, now)
    }
    fn commit(&mut self) -> bool {
        Worker::commit(self).is_ok()
    }
    fn withdraw(&mut self, session: &mut Session) {
        Worker::withdraw(self, session);
    }
    fn close(&mut self, session: Session, now: Now) {
        Worker::close(self, session, now);
    }
    fn cron(&mut self, now: Now) {
        Worker::cron(self, now);
    }
    fn next_deadline_us(&self) -> Option<u64> {
        Worker::next_deadline_us(self)
    }
    fn id(session: &Session) -> SessionId {
        session.id()
    }
    fn answers_after_end(_: &Session) -> bool {
        // As in the reference, where only blocked clients ever wait.
        false
    }
    fn output_len(session: &Session) -> usize {
        session.output_len()
    }
    fn output_slices<'a>(session: &'a Session, slices: &mut [IoSlice<'a>]) -> usize {
        session.output_slices(slices)
    }
    fn consume_output(session: &mut Session, n: usize) {
        session.consume_output(n);
    }
    fn take_output(session: &mut Session, spare: Vec<u8>) -> Vec<u8> {
        session.take_output(spare)
    }
}
