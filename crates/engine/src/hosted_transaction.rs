//! Hosted transactions: EXEC whose queue holds commands that the control plane answers.
//!
//! ```text
//!   thread of the front                        thread of the control plane
//!   EXEC ── a stand-in takes the session's place
//!      the session ── HostCall `exec` ───────► all gates are collected
//!   others' bytes, messages: kept              advance: runs the queue up to a command of the control plane
//!                                              its handler answers; advance goes on behind it ... until the end
//!      the session ◄── Message::Return ─────── what was written is confirmed
//!   the session is itself again, with EXEC's reply
//! ```
//!
//! So the transaction is one atomic operation and its commands take hold in their order, as they do elsewhere; and the thread of
//! the front waits for nobody. A session is in one place at a time: with its front, in [`HostedTransactions`], or with whoever
//! has taken it from there.

use crate::direct::{Exclusive, keep};
use crate::dispatch::{Chance, after_reply};
use crate::engine::{Engine, Shared};
use crate::flow::{Now, SessionId};
use crate::host::HostCall;
use crate::registry::Message;
use crate::session::{Parked, Session};
use crate::table::Command;
use crate::transaction::{self, Transaction};
use crate::worker::Worker;
use hematite_commands::Error;
use hematite_resp::Encoder;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::sync::atomic::Ordering::Relaxed;

/// The name of the call that hands a transaction over.
const CALL: &str = "exec";

/// Sessions whose transactions are the control plane's to run.
#[derive(Default)]
pub struct HostedTransactions(Mutex<BTreeMap<SessionId, Place>>);

/// Where such a session is.
enum Place {
    /// Here.
    Waiting(Box<Session>),
    /// With whoever runs it.
    Taken,
    /// There as well, and its front has ended.
    Orphaned,
}

/// A session on its way back to its front.
pub struct Returning(Box<Session>);

impl std::fmt::Debug for Returning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Returning({})", self.0.id())
    }
}

/// A transaction in the hands of the control plane.
pub struct HostedTransaction {
    session: Session,
    transaction: Transaction,
    /// The command that is next.
    next: usize,
    has_begun: bool,
    /// What the session had before.
    denied_blocking: bool,
}

impl Shared {
    /// EXEC: hands the session over with its transaction, and puts a stand-in in its place.
    pub(crate) fn host_transaction(&self, session: &mut Session, transaction: Transaction) {
        let Some(host) = &self.options.host else { return };
        let mut stand_in = session.stand_in(true);
        stand_in.parked = Some(Parked::Host { is_silent: false });
        stand_in.unconfirmed = std::mem::take(&mut session.unconfirmed);
        let mut away = std::mem::replace(session, stand_in);
        away.transaction = Some(transaction);
        // What its front has read ahead will be read again.
        away.parser = Default::default();
        let call = HostCall::of(&away, CALL, &[]);
        self.hosted.0.lock().insert(away.id(), Place::Waiting(Box::new(away)));
        host.call(call);
    }

    /// The front of a session has ended: what is to be ended with it.
    pub(crate) fn orphan(&self, id: SessionId) -> Option<Session> {
        let mut places = self.hosted.0.lock();
        match places.remove(&id)? {
            Place::Waiting(session) => Some(*session),
            Place::Taken | Place::Orphaned => {
                places.insert(id, Place::Orphaned);
                None
            }
        }
    }
}

impl Engine {
    /// Takes a session that was handed over for its transaction; it is to be given back, whatever becomes of that.
    pub fn take_transaction(&self, id: SessionId) -> Option<HostedTransaction> {
        let mut places = self.shared.hosted.0.lock();
        match places.remove(&id)? {
            Place::Waiting(mut session) => {
                places.insert(id, Place::Taken);
                let transaction = session.transaction.take().unwrap_or_default();
                let denied_blocking = session.deny_blocking;
                let session = *session;
                Some(HostedTransaction { session, transaction, next: 0, has_begun: false, denied_blocking })
            }
            other => {
                places.insert(id, other);
                None
            }
        }
    }

    /// Gives a session back to its front. If that has ended meanwhile the session is to be closed.
    #[must_use]
    pub fn return_transaction(&self, hosted: HostedTransaction) -> Option<Session> {
        let mut session = hosted.session;
        // Places in the output of this thread's rounds mean nothing to the front.
        session.unconfirmed = Default::default();
        let mut places = self.shared.hosted.0.lock();
        match places.remove(&session.id()) {
            Some(Place::Taken) => {
                let card = session.card.clone();
                card.send(Message::Return(Returning(Box::new(session))));
                None
            }
            _ => Some(session),
        }
    }

    /// The control plane has answered a transaction instead of running it. False if that one does not wait for it.
    pub(crate) fn refuse_transaction(&self, id: SessionId, reply: &[u8]) -> bool {
        let Some(mut hosted) = self.take_transaction(id) else { return false };
        hosted.give_up(&self.shared);
        hosted.session.output.buffer().extend_from_slice(reply);
        after_reply(&mut hosted.session, 0);
        // Its front is there, or it would have taken the session along.
        drop(self.return_transaction(hosted));
        true
    }
}

impl HostedTransaction {
    fn give_up(&mut self, shared: &Shared) {
        self.transaction = Transaction::default();
        self.session.card.queued.store(-1, Relaxed);
        self.session.unwatch(&shared.watching);
    }

    /// Refuses what has not begun; `None`: since a program that has run for long is in the way.
    pub fn refuse(&mut self, engine: &Engine, reason: Option<&'static str>) {
        let shared = &engine.shared;
        let reason = reason.map_or_else(|| shared.running.refusal(), Error::fixed);
        let text = transaction::abort(shared, &mut self.session, &reason.text());
        self.transaction = Transaction::default();
        Encoder::new(self.session.output.buffer(), self.session.protocol).error(&text);
        after_reply(&mut self.session, 0);
    }

    /// Looks at what EXEC looks at first; false if nothing of the queue is to run.
    fn begin(&mut self, chance: &mut Chance<'_, '_>) -> bool {
        self.has_begun = true;
        if chance.is_paused(&self.session, self.transaction.may_write) {
            // Back to its front, where it waits for the end of the pause.
            self.session.transaction = Some(std::mem::take(&mut self.transaction));
            keep(&mut self.session, &[b"EXEC"]);
            return false;
        }
        let count = self.transaction.len();
        if !transaction::begin(chance, &mut self.session, count) {
            self.transaction = Transaction::default();
            return false;
        }
        self.session.deny_blocking = true;
        true
    }

    fn advance(&mut self, chance: &mut Chance<'_, '_>, reply: Option<Vec<u8>>) -> Option<HostCall> {
        if !self.has_begun && !self.begin(chance) {
            return None;
        }
        if let Some(reply) = reply {
            chance.shared.note_answered(&self.session.card, &reply);
            self.session.output.buffer().extend_from_slice(&reply);
        }
        while let Some(args) = self.transaction.queued.get(self.next) {
            self.next += 1;
            let args: Vec<&[u8]> = args.iter().map(|a| &a[..]).collect();
            if let Some(name) = transaction::run_unless_hosted(chance, &mut self.session, &args) {
                let call = HostCall::of(&self.session, name, &args);
                return Some(HostCall { is_in_transaction: true, may_wait: false, ..call });
            }
        }
        None
    }

    /// Everything has run, or nothing: what follows EXEC.
    fn finish(&mut self, chance: &mut Chance<'_, '_>) {
        let (shared, session) = (chance.shared, &mut self.session);
        session.deny_blocking = self.denied_blocking;
        if session.transaction.is_some() {
            return;
        }
        session.card.queued.store(-1, Relaxed);
        chance.serve();
        if shared.spectators.load(Relaxed) != 0
            && let Some(command) = shared.table.find(b"exec")
        {
            chance.after_command(session, command, &[b"EXEC"]);
        }
        if !chance.local.pending.changed.is_empty() {
            chance.local.broadcast(shared, Some(session));
        }
        after_reply(session, 0);
        chance.note_written(session, 0);
    }
}

impl Exclusive<'_, '_> {
    /// Runs a transaction up to its next command of the control plane, which is to be answered without waiting for anything; the
    /// answer, in the form of the call's protocol, is for the next call of this. `None`: it has come to its end.
    pub fn advance(
        &mut self,
        hosted: &mut HostedTransaction,
        reply: Option<Vec<u8>>,
        now: Now,
    ) -> Option<HostCall> {
        let Exclusive { shared, local, turn } = self;
        local.refresh(shared);
        local.session = hosted.session.id();
        local.last = now;
        local.timer.begin(shared.options.clock_ns);
        let mut chance = Chance::new(shared, local, now, turn);
        chance.local.nesting += 1;
        let call = hosted.advance(&mut chance, reply);
        chance.local.nesting -= 1;
        chance.local.is_in_transaction = call.is_some();
        if call.is_none() {
            hosted.finish(&mut chance);
        }
        local.timer.end(&local.statistics, shared.options.clock_ns);
        call
    }
}

impl Worker {
    /// Has the journal confirm what a transaction has written, which this worker has run.
    pub fn confirm_transaction(&mut self, hosted: &mut HostedTransaction) {
        self.confirm(&mut hosted.session);
    }
}

impl Session {
    /// The session is back from the control plane; what stood in its place has kept what came meanwhile.
    pub(crate) fn return_in_place(&mut self, returning: Returning) {
        let mut stand_in = std::mem::replace(self, *returning.0);
        // Its places stay where they are: what it has is put before what comes back.
        let places = std::mem::take(&mut stand_in.unconfirmed);
        self.rejoin(stand_in);
        self.unconfirmed = places;
    }
}

impl Returning {
    /// The session, for its front has ended.
    pub(crate) fn into_session(self) -> Session {
        *self.0
    }
}

/// Whether a command can be answered in a transaction: what waits for another server can't.
pub(crate) fn may_be_hosted(command: &Command) -> bool {
    command.spec.name != "migrate"
}
