//! Tracking: what lets clients cache. Who tracks is told when a key changes that it has read (or whose name begins with a
//! prefix, in broadcast mode): as a push over RESP3, as a message of the channel `__redis__:invalidate` to the subscriber
//! that it names over RESP2.
//!
//! - A read is entered under the locks of its keys, and whoever changes a key tells the readers after having given those
//!   locks back: a reader either sees the change or is told of it.
//! - A client is told once: it has to read the key again to be told again. The database plays no part.
//! - The client whose command made the change is told after that command's reply ([`Pending::own`]); changes of a batch
//!   for those who track prefixes leave together at its end ([`Pending::changed`]).
//!
//! Where nobody tracks, no command costs more: tracking is one of those that follow touched keys ([`crate::watching`]).

mod prefixes;
mod readers;
mod switch;

pub(crate) use switch::Wish;

use crate::engine::Shared;
use crate::flow::SessionId;
use crate::registry::Card;
use crate::worker::Local;
use hematite_commands::keys::{KeyAt, find_keys};
use hematite_commands::spec::{Flags, Spec};
use hematite_resp::{Encoder, Protocol};
use parking_lot::RwLock;
use prefixes::Prefixes;
use readers::Readers;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

/// How a client tracks: what CLIENT TRACKING ON said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mode {
    /// By prefixes, not by what it has read.
    pub broadcast: bool,
    /// Only what it reads after CLIENT CACHING YES.
    pub opt_in: bool,
    /// Not what it reads after CLIENT CACHING NO.
    pub opt_out: bool,
    /// Not what it changes itself.
    pub no_loop: bool,
    /// Who is told in its stead; 0: itself.
    pub redirect: SessionId,
}

/// A client that tracks.
pub(crate) struct Tracker {
    pub card: Arc<Card>,
    pub mode: Mode,
    /// CLIENT CACHING was said, and holds for the next command.
    pub caching: AtomicBool,
    /// Who should be told in its stead was gone.
    pub is_broken: AtomicBool,
}

impl std::fmt::Debug for Tracker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Not the card: it leads back here.
        f.debug_struct("Tracker").field("id", &self.card.id).field("mode", &self.mode).finish_non_exhaustive()
    }
}

/// What a worker has to tell later.
#[derive(Default)]
pub(crate) struct Pending {
    /// For the session whose command is being executed, after its reply.
    pub own: Vec<Arc<[u8]>>,
    /// Keys that were changed since the batch began, and by whom, for those who track prefixes.
    pub changed: Vec<(Box<[u8]>, SessionId)>,
}

/// All that is tracked.
pub struct Tracking {
    trackers: RwLock<HashMap<SessionId, Arc<Tracker>>>,
    count: AtomicUsize,
    readers: Readers,
    prefixes: Prefixes,
}

impl Default for Tracking {
    fn default() -> Self {
        Tracking {
            trackers: RwLock::default(),
            count: AtomicUsize::new(0),
            readers: Readers::new(1_000_000),
            prefixes: Prefixes::default(),
        }
    }
}

/// What an invalidation says: these keys, or all there are.
#[derive(Clone, Copy)]
enum News<'a> {
    Keys(&'a [&'a [u8]]),
    All,
}

/// The channel over which those are told who speak RESP2.
const CHANNEL: &[u8] = b"__redis__:invalidate";

impl News<'_> {
    /// `speaks`: what the target speaks, whose form it has; `meant`: what the tracker speaks, whose null it has.
    fn encode(self, speaks: Protocol, meant: Protocol) -> Arc<[u8]> {
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, speaks);
        if speaks == Protocol::Resp3 {
            encoder.push(2);
            encoder.bulk(b"invalidate");
        } else {
            encoder.push(3);
            encoder.bulk(b"message");
            encoder.bulk(CHANNEL);
        }
        match self {
            News::Keys(keys) => {
                encoder.array(keys.len());
                keys.iter().for_each(|key| encoder.bulk(key));
            }
            News::All => {
                encoder.protocol = meant;
                encoder.null();
            }
        }
        bytes.into()
    }
}

impl Tracking {
    /// Whether anybody tracks.
    #[inline(always)]
    pub fn any(&self) -> bool {
        self.count.load(Relaxed) != 0
    }
    /// Number of clients that track, of keys that were read, of readings, of prefixes.
    pub fn sizes(&self) -> [usize; 4] {
        let (keys, items) = self.readers.sizes();
        [self.count.load(Relaxed), keys, items, self.prefixes.len()]
    }
    /// Sets `tracking-table-max-keys`; 0 is no limit.
    pub fn set_keys_max(&self, keys_max: usize) {
        self.readers.set_keys_max(keys_max);
    }
    /// The client with this id, if it tracks.
    pub fn get(&self, id: SessionId) -> Option<Arc<Tracker>> {
        self.trackers.read().get(&id).cloned()
    }
}

impl Shared {
    /// Enters what a client has read. The caller holds the locks of the keys.
    #[cold]
    pub(crate) fn remember_reads(&self, card: &Card, spec: &Spec, args: &[&[u8]]) {
        if !self.tracking.any() || !spec.flags.has(Flags::READONLY) {
            return;
        }
        let Some(tracker) = self.tracking.get(card.id) else { return };
        let caching = tracker.caching.load(Relaxed);
        let Mode { broadcast, opt_in, opt_out, .. } = tracker.mode;
        if broadcast || opt_in && !caching || opt_out && caching {
            return;
        }
        let mut keys: Vec<KeyAt> = Vec::new();
        if find_keys(spec, args, &mut keys).is_err() {
            return;
        }
        for key in keys.iter().map(|found| args[found.at]) {
            self.tracking.readers.enter(self.keyspace.hash(key), key, card.id);
        }
    }

    /// Tells those who have read a key, and notes it for those who track prefixes.
    #[cold]
    pub(crate) fn invalidate(&self, key: &[u8], by: SessionId, pending: &mut Pending) {
        for reader in self.tracking.readers.take(self.keyspace.hash(key), key) {
            if let Some(tracker) = self.tracking.get(reader)
                && !tracker.mode.broadcast
                && !(tracker.mode.no_loop && reader == by)
            {
                self.tell(&tracker, News::Keys(&[key]), by, &mut pending.own);
            }
        }
        if self.tracking.prefixes.len() > 0 {
            pending.changed.push((key.into(), by));
        }
    }

    /// Everything (of a database) is gone.
    pub(crate) fn invalidate_all(&self, is_everything: bool, by: SessionId, pending: &mut Pending) {
        if !self.tracking.any() {
            return;
        }
        let trackers: Vec<Arc<Tracker>> = self.tracking.trackers.read().values().cloned().collect();
        for tracker in trackers {
            self.tell(&tracker, News::All, by, &mut pending.own);
        }
        if is_everything {
            self.tracking.readers.clear();
        }
    }

    /// Tells those who track prefixes what has changed; what is for the session at work itself is returned.
    #[cold]
    pub(crate) fn broadcast(&self, pending: &mut Pending, at_work: SessionId) -> Vec<Arc<[u8]>> {
        let mut own = Vec::new();
        let mut changed = std::mem::take(&mut pending.changed);
        changed.sort();
        for (prefix, ids) in self.tracking.prefixes.all() {
            let of_prefix: Vec<&(Box<[u8]>, SessionId)> =
                changed.iter().filter(|(key, _)| key.starts_with(&prefix)).collect();
            if of_prefix.is_empty() {
                continue;
            }
            for tracker in ids.iter().filter_map(|id| self.tracking.get(*id)) {
                let is_told = |by: SessionId| !(tracker.mode.no_loop && by == tracker.card.id);
                let mut keys: Vec<&[u8]> =
                    of_prefix.iter().filter(|(_, by)| is_told(*by)).map(|(key, _)| &key[..]).collect();
                keys.dedup();
                if !keys.is_empty() {
                    self.tell(&tracker, News::Keys(&keys), at_work, &mut own);
                }
            }
        }
        own
    }

    /// Sends news to a tracker, or to whom it redirects them. What is for the session at work goes to `own`.
    fn tell(&self, tracker: &Tracker, news: News<'_>, at_work: SessionId, own: &mut Vec<Arc<[u8]>>) {
        let redirect = tracker.mode.redirect;
        let target = match redirect {
            0 => Arc::clone(&tracker.card),
            _ => match self.registry.get(redirect).filter(|card| !card.killed.load(Relaxed)) {
                Some(card) => card,
                None => return self.tell_broken(tracker, at_work, own),
            },
        };
        let speaks = target.protocol();
        if speaks == Protocol::Resp3 || redirect != 0 && target.is_subscriber() {
            self.hand(&target, news.encode(speaks, tracker.card.protocol()), at_work, own);
        }
    }

    fn tell_broken(&self, tracker: &Tracker, at_work: SessionId, own: &mut Vec<Arc<[u8]>>) {
        tracker.is_broken.store(true, Relaxed);
        if tracker.card.protocol() == Protocol::Resp3 {
            let mut bytes = Vec::new();
            let mut encoder = Encoder::new(&mut bytes, Protocol::Resp3);
            encoder.push(2);
            encoder.bulk(b"tracking-redir-broken");
            encoder.integer(tracker.mode.redirect as i64);
            self.hand(&tracker.card, bytes.into(), at_work, own);
        }
    }

    fn hand(&self, target: &Card, bytes: Arc<[u8]>, at_work: SessionId, own: &mut Vec<Arc<[u8]>>) {
        if target.id == at_work {
            own.push(bytes);
        } else {
            target.push(bytes, self.limits.output_limit(target).hard_bytes.load(Relaxed));
        }
    }

    /// Forgets the keys that are too many, after the limit was lowered or many were read, and tells their readers.
    pub(crate) fn trim_tracking(&self, local: &mut Local) {
        if !self.tracking.any() {
            return;
        }
        while let Some((key, ids)) = self.tracking.readers.evict(&mut local.random) {
            for tracker in ids.iter().filter_map(|id| self.tracking.get(*id)) {
                self.tell(&tracker, News::Keys(&[&key]), 0, &mut local.pending.own);
            }
        }
    }
}
