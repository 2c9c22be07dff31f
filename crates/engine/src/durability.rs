//! Durability: who waits for the append-only file to be synced (WAITAOF).
//!
//! The journal counts bytes of records: `appended` when a session has written, `durable` once a sync has made them safe from a
//! loss of power. A session remembers the first after each of its writes, and waits until the second has come as far. Whoever
//! syncs (a thread of the front, or a commit under `always`) then calls [`Engine::serve_durable`].

use crate::engine::{Engine, Shared};
use crate::flow::SessionId;
use crate::journal::Journal;
use hematite_commands::{Error, GivenUp};
use hematite_resp::Encoder;
use parking_lot::Mutex;
use std::sync::atomic::{AtomicBool, Ordering::Acquire, Ordering::Release, Ordering::SeqCst};

/// What is said to those who wait for a file that there is not.
pub(crate) const OFF: Error =
    Error::fixed("ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.");

/// Sessions in WAITAOF.
#[derive(Debug, Default)]
pub(crate) struct Durability {
    any: AtomicBool,
    /// Each is in [`crate::waiting`] too, unless it was answered since.
    sessions: Mutex<Vec<SessionId>>,
}

impl Journal {
    /// Whether what was appended up to `written` would survive a loss of power.
    pub(crate) fn is_durable(&self, written: u64) -> bool {
        self.is_on() && !self.is_base_missing.load(Acquire) && self.durable.load(Acquire) >= written
    }
    /// Whether there is a file to wait for, or there will be one.
    pub(crate) fn has_file(&self) -> bool {
        self.is_on() || self.is_base_missing.load(Acquire)
    }
    /// The first base of the files is to be written: until [`Journal::release`] nothing is durable.
    pub fn await_base(&self) {
        self.is_base_missing.store(true, Release);
    }
}

impl Shared {
    /// WAITAOF's reply: this server's file, and those of replicas.
    pub(crate) fn write_durability(&self, reply: &mut Encoder, written: u64) {
        reply.array(2);
        reply.integer(i64::from(self.journal.is_durable(written)));
        reply.integer(0);
    }

    /// Enters a session that is in [`crate::waiting`] already.
    pub(crate) fn await_durability(&self, session: SessionId) {
        self.durability.sessions.lock().push(session);
        self.durability.any.store(true, SeqCst);
        // A sync between the look and the entry has not seen it.
        self.serve_durable();
    }

    /// Answers those whose writes are durable now, and those who wait for what cannot be any more.
    pub(crate) fn serve_durable(&self) {
        if !self.durability.any.load(SeqCst) {
            return;
        }
        let mut sessions = self.durability.sessions.lock();
        sessions.retain(|session| self.is_still_waiting(*session));
        self.durability.any.store(!sessions.is_empty(), SeqCst);
    }

    fn is_still_waiting(&self, session: SessionId) -> bool {
        let Some(waiter) = self.waiting.get(session) else { return false };
        let GivenUp::Durability { written, local, replicas } = waiter.wait.given_up else { return false };
        let is_off = local && !self.journal.has_file();
        let is_over = replicas == 0 && self.journal.is_durable(written);
        if !is_off && !is_over {
            return true;
        }
        // Whoever takes the waiter out answers it.
        if let Some(waiter) = self.waiting.remove(session) {
            if is_off { waiter.fail(&OFF) } else { waiter.time_out(self) }
        }
        false
    }
}

impl Engine {
    /// Answers those in WAITAOF whose writes have been synced: called after a sync, and when the journal has ended.
    pub fn serve_durable(&self) {
        self.shared.serve_durable();
    }
}
