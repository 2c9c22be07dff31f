//! Registry: what other threads may know of a session and do to it.
//!
//! A session belongs to one thread. Its card is shared: CLIENT LIST reads it, CLIENT KILL and replies from elsewhere reach the
//! session through its mailbox and the wake of its front.

use crate::acl::user::{DEFAULT_ID, DEFAULT_NAME};
use crate::flow::{Now, Peer, SessionId, Wake};
use crate::hosted_transaction::Returning;
use crate::tracking::Tracker;
use hematite_resp::Protocol;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, AtomicUsize, Ordering::Relaxed};

/// Something for a session, sent from anywhere.
#[derive(Debug)]
pub enum Message {
    /// Reply bytes for the command that the session is parked on; it goes on after them.
    Reply(Vec<u8>),
    /// Something published, encoded for the session's protocol.
    Push(Arc<[u8]>),
    /// Look again whether you may go on (the pause is over).
    GoOn,
    /// The session itself, whose transaction the control plane has run.
    Return(Returning),
    /// Hang up.
    Kill,
}

/// What does not change often.
#[derive(Clone, Debug, Default)]
pub struct Traits {
    /// CLIENT SETNAME.
    pub name: Vec<u8>,
    /// CLIENT SETINFO LIB-NAME.
    pub lib_name: Vec<u8>,
    /// CLIENT SETINFO LIB-VER.
    pub lib_ver: Vec<u8>,
    /// The name of the user that it is.
    pub user: Box<[u8]>,
    /// RESP version.
    pub protocol: Protocol,
    /// CLIENT NO-EVICT.
    pub no_evict: bool,
    /// CLIENT NO-TOUCH.
    pub no_touch: bool,
    /// CLIENT CAPA REDIRECT.
    pub can_redirect: bool,
    /// CLIENT TRACKING.
    pub(crate) tracker: Option<Arc<Tracker>>,
}

/// A session as others see it.
pub struct Card {
    /// Its id.
    pub id: SessionId,
    /// The other end.
    pub peer: Peer,
    /// When it was opened, Unix milliseconds.
    pub opened_ms: i64,
    /// Last time that a command came, Unix milliseconds.
    pub active_ms: AtomicI64,
    /// Its database.
    pub db: AtomicUsize,
    /// Last command's id; `usize::MAX` before the first.
    pub command: AtomicUsize,
    /// Bytes of requests waiting, capacity.
    pub query: [AtomicUsize; 2],
    /// Bytes of replies waiting, capacity.
    pub output: [AtomicUsize; 2],
    /// Bytes that its fieldsets take.
    pub fieldset_bytes: AtomicUsize,
    /// Bytes of it in the sum that `maxmemory-clients` limits.
    pub counted_bytes: AtomicUsize,
    /// Totals: bytes in, bytes out, commands.
    pub totals: [AtomicU64; 3],
    /// Whether it waits in a blocking command.
    pub blocked: AtomicBool,
    /// Whether somebody has hung up on it, though its thread may not know yet.
    pub killed: AtomicBool,
    /// Whether it said MONITOR.
    pub is_monitor: AtomicBool,
    /// A key that it watches was touched.
    pub is_dirty: AtomicBool,
    /// Commands queued by MULTI; -1 without one.
    pub queued: AtomicI64,
    /// Bytes of their arguments.
    pub queued_bytes: AtomicUsize,
    /// The id of the user that it is.
    pub user_id: AtomicU64,
    /// What does not change often.
    pub traits: Mutex<Traits>,
    /// Channels, patterns and shard channels that it listens to.
    pub subscriptions: [AtomicUsize; 3],
    is_resp3: AtomicBool,
    mailbox: Mutex<Vec<Message>>,
    /// Pushed bytes in the mailbox.
    pushed_bytes: AtomicUsize,
    mail: AtomicBool,
    waker: Arc<dyn Wake>,
}

impl Card {
    /// Sends something and wakes the session's thread.
    pub fn send(&self, message: Message) {
        self.mailbox.lock().push(message);
        if !self.mail.swap(true, std::sync::atomic::Ordering::AcqRel) {
            self.waker.wake(self.id);
        }
    }
    /// Sends pushed bytes, unless more than `bytes_max` would wait in the mailbox: then it hangs up. 0 is no limit.
    pub fn push(&self, bytes: Arc<[u8]>, bytes_max: usize) {
        if self.killed.load(Relaxed) {
            return;
        }
        let waiting = self.pushed_bytes.fetch_add(bytes.len(), Relaxed) + bytes.len();
        if bytes_max != 0 && waiting > bytes_max {
            self.kill();
        } else {
            self.send(Message::Push(bytes));
        }
    }
    /// Bytes pushed to it that its thread has not taken yet.
    pub fn pushed_bytes(&self) -> usize {
        self.pushed_bytes.load(Relaxed)
    }
    /// Number of those pushes, and their bytes.
    pub fn pushes(&self) -> (usize, usize) {
        let count = |message: &&Message| matches!(message, Message::Push(_));
        match self.pushed_bytes() {
            0 => (0, 0),
            bytes => (self.mailbox.lock().iter().filter(count).count(), bytes),
        }
    }
    /// Whether it listens to anything.
    pub fn is_subscriber(&self) -> bool {
        self.subscriptions.iter().any(|count| count.load(Relaxed) != 0)
    }
    /// RESP version, without a lock.
    pub fn protocol(&self) -> Protocol {
        if self.is_resp3.load(Relaxed) { Protocol::Resp3 } else { Protocol::Resp2 }
    }
    /// Notes the RESP version.
    pub fn set_protocol(&self, protocol: Protocol) {
        self.traits.lock().protocol = protocol;
        self.is_resp3.store(protocol == Protocol::Resp3, Relaxed);
    }
    /// Hangs up: nobody sees it from now on, and its thread closes it soon.
    pub fn kill(&self) {
        self.killed.store(true, Relaxed);
        self.send(Message::Kill);
    }
    /// Takes what was sent.
    pub fn mail(&self) -> Vec<Message> {
        if !self.mail.swap(false, std::sync::atomic::Ordering::AcqRel) {
            return Vec::new();
        }
        let mut mailbox = self.mailbox.lock();
        self.pushed_bytes.store(0, Relaxed);
        std::mem::take(&mut *mailbox)
    }
}

/// All sessions by id.
#[derive(Default)]
pub struct Registry {
    cards: Mutex<BTreeMap<SessionId, Arc<Card>>>,
    next: AtomicU64,
}

impl Registry {
    /// Enters a new session, unless there are `max` already.
    pub fn open(&self, peer: Peer, waker: Arc<dyn Wake>, now: Now, max: usize) -> Option<Arc<Card>> {
        let mut cards = self.cards.lock();
        if cards.len() >= max {
            return None;
        }
        let id = self.next.fetch_add(1, Relaxed) + 1;
        let card = Arc::new(Card {
            id,
            peer,
            opened_ms: now.unix_ms,
            active_ms: AtomicI64::new(now.unix_ms),
            db: AtomicUsize::new(0),
            command: AtomicUsize::new(usize::MAX),
            query: Default::default(),
            output: Default::default(),
            fieldset_bytes: AtomicUsize::new(0),
            counted_bytes: AtomicUsize::new(0),
            totals: Default::default(),
            blocked: AtomicBool::new(false),
            killed: AtomicBool::new(false),
            is_monitor: AtomicBool::new(false),
            is_dirty: AtomicBool::new(false),
            queued: AtomicI64::new(-1),
            queued_bytes: AtomicUsize::new(0),
            user_id: AtomicU64::new(DEFAULT_ID),
            traits: Mutex::new(Traits { user: DEFAULT_NAME.into(), ..Traits::default() }),
            subscriptions: Default::default(),
            is_resp3: AtomicBool::new(false),
            mailbox: Mutex::new(Vec::new()),
            pushed_bytes: AtomicUsize::new(0),
            mail: AtomicBool::new(false),
            waker,
        });
        cards.insert(id, Arc::clone(&card));
        Some(card)
    }
    /// A session has ended.
    pub fn close(&self, id: SessionId) {
        self.cards.lock().remove(&id);
    }
    /// The session with this id.
    pub fn get(&self, id: SessionId) -> Option<Arc<Card>> {
        self.cards.lock().get(&id).cloned()
    }
    /// All sessions in the order of their ids.
    pub fn all(&self) -> Vec<Arc<Card>> {
        self.cards.lock().values().cloned().collect()
    }
}
