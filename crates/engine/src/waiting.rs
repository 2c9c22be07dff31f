//! Waiting: sessions parked in blocking commands, by the keys that they wait for.
//!
//! A waiter keeps all that its command needs to run again: whoever touches the key runs it on the waiter's behalf, in the
//! order of arrival, before anybody else can see the key, and sends the reply to the waiter's session. To make that one
//! atomic operation, dispatch runs a command whose keys are awaited with everything locked. A waiter enters under the locks of
//! its keys, and dispatch looks here under the locks of its own, so neither can miss the other.

use crate::engine::Shared;
use crate::flow::SessionId;
use crate::registry::{Card, Message};
use crate::table::Command;
use hematite_commands::spec::{Flags, Spec};
use hematite_commands::{Error, GivenUp, Wait};
use hematite_keyspace::Scope;
use hematite_resp::{Encoder, Protocol};
use parking_lot::Mutex;
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed, Ordering::SeqCst};

/// One session's blocking command.
pub struct Waiter {
    /// The session.
    pub card: Arc<Card>,
    /// Its command's id.
    pub command: usize,
    /// The command's arguments.
    pub args: Vec<Vec<u8>>,
    /// Form of the reply.
    pub protocol: Protocol,
    /// The session's database.
    pub db: usize,
    /// CLIENT NO-TOUCH.
    pub no_touch: bool,
    /// What it waits for.
    pub wait: Wait,
}

impl Waiter {
    /// A waiter for a command with these arguments.
    pub fn new(card: &Arc<Card>, command: &Command, args: &[&[u8]], db: usize, wait: Wait) -> Self {
        let (protocol, no_touch) = {
            let traits = card.traits.lock();
            (traits.protocol, traits.no_touch)
        };
        let args = args.iter().map(|a| a.to_vec()).collect();
        Waiter { card: Arc::clone(card), command: command.id, args, protocol, db, no_touch, wait }
    }
    /// Sends what a command that gave up replies.
    pub fn time_out(&self, shared: &Shared) {
        let mut reply = Vec::new();
        let mut encoder = Encoder::new(&mut reply, self.protocol);
        match self.wait.given_up {
            GivenUp::Null => encoder.null(),
            GivenUp::NullArray => encoder.null_array(),
            GivenUp::Zero => encoder.integer(0),
            GivenUp::Durability { written, .. } => shared.write_durability(&mut encoder, written),
        }
        self.card.send(Message::Reply(reply));
    }
    /// Sends an error instead of a reply.
    pub fn fail(&self, error: &Error) {
        let mut reply = Vec::new();
        Encoder::new(&mut reply, self.protocol).error(&error.text());
        self.card.send(Message::Reply(reply));
    }
}

#[derive(Default)]
struct Inner {
    /// Waiting sessions by database and key, in the order of arrival.
    queues: HashMap<usize, HashMap<Box<[u8]>, VecDeque<SessionId>>>,
    waiters: HashMap<SessionId, Entry>,
    /// When waiters give up or are to look again, whichever is first, Unix milliseconds.
    deadlines: BTreeSet<(i64, SessionId)>,
}

struct Entry {
    waiter: Arc<Waiter>,
    /// When it is to look again, Unix milliseconds.
    due_ms: Option<i64>,
}

impl Entry {
    /// When something is to be done about it.
    fn deadline(&self) -> Option<i64> {
        self.waiter.wait.until_ms.into_iter().chain(self.due_ms.filter(|due| *due < i64::MAX)).min()
    }
}

/// What a deadline that has passed asks for.
pub enum Ended {
    /// The wait is over: the waiter was taken out and is to be answered.
    Over(Arc<Waiter>),
    /// The waiter may find something now.
    Due(Arc<Waiter>),
    /// Somebody else was faster.
    Gone,
}

/// All waiters.
#[derive(Default)]
pub struct Waiting {
    inner: Mutex<Inner>,
    count: AtomicUsize,
}

impl Waiting {
    /// Whether anybody waits at all.
    #[inline(always)]
    pub fn any(&self) -> bool {
        self.count.load(Relaxed) != 0
    }
    /// Number of waiting sessions, and of keys that they wait for.
    pub fn sizes(&self) -> (usize, usize) {
        let inner = self.inner.lock();
        (inner.waiters.len(), inner.queues.values().map(HashMap::len).sum())
    }
    /// Enters a waiter, last in each of its queues. The caller holds the locks of its keys.
    pub fn add(&self, waiter: Waiter) {
        let mut inner = self.inner.lock();
        let id = waiter.card.id;
        let queues = inner.queues.entry(waiter.db).or_default();
        for key in &waiter.wait.keys {
            let queue = queues.entry(key[..].into()).or_default();
            // BLPOP k k waits once.
            if queue.back() != Some(&id) {
                queue.push_back(id);
            }
        }
        waiter.card.blocked.store(true, Relaxed);
        let entry = Entry { due_ms: waiter.wait.due_ms, waiter: Arc::new(waiter) };
        inner.deadlines.extend(entry.deadline().map(|deadline| (deadline, id)));
        inner.waiters.insert(id, entry);
        self.count.store(inner.waiters.len(), SeqCst);
    }
    /// Takes a waiter out, if it is still there: whoever gets it sends the reply.
    pub fn remove(&self, id: SessionId) -> Option<Arc<Waiter>> {
        self.take(&mut self.inner.lock(), id)
    }
    fn take(&self, inner: &mut Inner, id: SessionId) -> Option<Arc<Waiter>> {
        let entry = inner.waiters.remove(&id)?;
        if let Some(deadline) = entry.deadline() {
            inner.deadlines.remove(&(deadline, id));
        }
        let waiter = entry.waiter;
        if let Some(queues) = inner.queues.get_mut(&waiter.db) {
            for key in &waiter.wait.keys {
                if let Some(queue) = queues.get_mut(&key[..]) {
                    queue.retain(|other| *other != id);
                    if queue.is_empty() {
                        queues.remove(&key[..]);
                    }
                }
            }
        }
        waiter.card.blocked.store(false, Relaxed);
        self.count.store(inner.waiters.len(), SeqCst);
        Some(waiter)
    }
    /// Puts a waiter that was called in vain at the end of its queues, to look again when it says. Everything is locked.
    pub fn requeue(&self, waiter: &Waiter, due_ms: Option<i64>) {
        let inner = &mut *self.inner.lock();
        let id = waiter.card.id;
        let Some(entry) = inner.waiters.get_mut(&id) else { return };
        if let Some(deadline) = entry.deadline() {
            inner.deadlines.remove(&(deadline, id));
        }
        entry.due_ms = due_ms;
        inner.deadlines.extend(entry.deadline().map(|deadline| (deadline, id)));
        let Some(queues) = inner.queues.get_mut(&waiter.db) else { return };
        for key in &waiter.wait.keys {
            if let Some(queue) = queues.get_mut(&key[..])
                && let Some(at) = queue.iter().position(|other| *other == id)
            {
                queue.remove(at);
                queue.push_back(id);
            }
        }
    }
    /// Does what a waiter's deadline asks for, if it has passed.
    pub fn end(&self, id: SessionId, now_ms: i64) -> Ended {
        let inner = &mut *self.inner.lock();
        let Some(entry) = inner.waiters.get_mut(&id) else { return Ended::Gone };
        let Some(deadline) = entry.deadline().filter(|deadline| *deadline <= now_ms) else {
            return Ended::Gone;
        };
        if entry.waiter.wait.until_ms.is_some_and(|until| until <= now_ms) {
            return self.take(inner, id).map_or(Ended::Gone, Ended::Over);
        }
        inner.deadlines.remove(&(deadline, id));
        // Until the run tells anew.
        entry.due_ms = None;
        let waiter = Arc::clone(&entry.waiter);
        inner.deadlines.extend(entry.deadline().map(|deadline| (deadline, id)));
        Ended::Due(waiter)
    }
    /// Has a waiter that could not be called look again then.
    pub fn postpone(&self, waiter: &Waiter, due_ms: i64) {
        let inner = &mut *self.inner.lock();
        let Some(entry) = inner.waiters.get_mut(&waiter.card.id) else { return };
        if let Some(deadline) = entry.deadline() {
            inner.deadlines.remove(&(deadline, waiter.card.id));
        }
        entry.due_ms = Some(due_ms);
        inner.deadlines.extend(entry.deadline().map(|deadline| (deadline, waiter.card.id)));
    }
    /// When something is to be done about a waiter, Unix milliseconds, and which it is.
    pub fn next_deadline(&self) -> Option<(i64, SessionId)> {
        if !self.any() {
            return None;
        }
        self.inner.lock().deadlines.first().copied()
    }
    /// A waiter that is still there.
    pub fn get(&self, id: SessionId) -> Option<Arc<Waiter>> {
        self.inner.lock().waiters.get(&id).map(|entry| Arc::clone(&entry.waiter))
    }
    /// Who waits for a key, first come first.
    pub fn queue(&self, db: usize, key: &[u8]) -> Vec<SessionId> {
        let inner = self.inner.lock();
        let queue = inner.queues.get(&db).and_then(|queues| queues.get(key));
        queue.map(|q| q.iter().copied().collect()).unwrap_or_default()
    }
    /// Whether anybody waits for one of these keys, in whatever database.
    pub fn is_awaited<'a>(&self, keys: impl IntoIterator<Item = &'a [u8]>) -> bool {
        let inner = self.inner.lock();
        keys.into_iter().any(|key| inner.queues.values().any(|queues| queues.contains_key(key)))
    }
    /// Every key of a database that somebody waits for.
    pub fn keys(&self, db: usize) -> Vec<Box<[u8]>> {
        let inner = self.inner.lock();
        inner.queues.get(&db).map(|queues| queues.keys().cloned().collect()).unwrap_or_default()
    }
}

/// Whether somebody waits for a key that the command may change.
#[cold]
pub(crate) fn is_awaited(shared: &Shared, spec: &Spec, scope: Scope<'_>) -> bool {
    if !spec.flags.has(Flags::WRITE) {
        return false;
    }
    match scope {
        Scope::Key(key, _) => shared.waiting.is_awaited([key]),
        Scope::Keys(keys) => shared.waiting.is_awaited(keys.iter().copied()),
        Scope::Everything | Scope::Nothing => false,
    }
}
