//! Publish and subscribe: who listens to which channel, and the way of a message to them.
//!
//! A message is encoded once for each protocol in use and shared by all who get it; it travels through their mailboxes. The
//! registry is read-locked while a message is handed out, so whoever has left a channel has already got all that it will
//! ever get from there, and messages of one publisher arrive in their order.
//!
//! A session that hears what it said itself gets the message before the reply of the command that sent it.

use crate::engine::{Limits, Shared};
use crate::flow::SessionId;
use crate::registry::{Card, Message};
use crate::session::Session;
use hematite_base::glob;
use hematite_keyspace::Event;
use hematite_resp::{Encoder, Protocol};
use parking_lot::RwLock;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// What a session can listen to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    Channel,
    Pattern,
    Shard,
}

impl Subject {
    const ALL: [Subject; 3] = [Subject::Channel, Subject::Pattern, Subject::Shard];
}

/// Who listens, by name.
type Listeners = BTreeMap<Box<[u8]>, BTreeMap<SessionId, Arc<Card>>>;

/// All subscriptions.
#[derive(Default)]
pub struct PubSub {
    /// By [`Subject`].
    names: RwLock<[Listeners; 3]>,
    /// Names that anybody listens to.
    count: AtomicUsize,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Delivery {
    /// How often it was delivered.
    pub receivers: usize,
    /// Whether the publisher is among those who got it.
    pub to_self: bool,
}

impl PubSub {
    /// Whether anybody listens to anything.
    #[inline]
    pub fn any(&self) -> bool {
        self.count.load(Relaxed) != 0
    }
    /// Number of channels, patterns and shard channels that anybody listens to.
    pub fn sizes(&self) -> [usize; 3] {
        let names = self.names.read();
        [0, 1, 2].map(|at: usize| names[at].len())
    }
    /// Number of sessions that listen to a name.
    pub(crate) fn listeners(&self, kind: Subject, name: &[u8]) -> usize {
        self.names.read()[kind as usize].get(name).map_or(0, BTreeMap::len)
    }
    /// Names that anybody listens to, those alone that match the pattern.
    pub(crate) fn names(&self, kind: Subject, pattern: Option<&[u8]>) -> Vec<Box<[u8]>> {
        let names = self.names.read();
        let keys = names[kind as usize].keys();
        keys.filter(|name| pattern.is_none_or(|pattern| glob::matches(pattern, name))).cloned().collect()
    }
    /// Shows every subscription.
    pub(crate) fn each(&self, mut show: impl FnMut(Subject, &[u8], &Arc<Card>)) {
        let names = self.names.read();
        for (kind, of_kind) in Subject::ALL.into_iter().zip(names.iter()) {
            for (name, listeners) in of_kind {
                listeners.values().for_each(|card| show(kind, name, card));
            }
        }
    }
    fn add(&self, kind: Subject, name: &[u8], card: &Arc<Card>) {
        let mut names = self.names.write();
        names[kind as usize].entry(name.into()).or_default().insert(card.id, Arc::clone(card));
        self.recount(&names);
    }
    fn remove(&self, kind: Subject, name: &[u8], id: SessionId) {
        let mut names = self.names.write();
        let of_kind = &mut names[kind as usize];
        if let Some(listeners) = of_kind.get_mut(name) {
            listeners.remove(&id);
            if listeners.is_empty() {
                of_kind.remove(name);
            }
        }
        self.recount(&names);
    }
    fn recount(&self, names: &[Listeners; 3]) {
        self.count.store(names.iter().map(BTreeMap::len).sum(), Relaxed);
    }

    /// Hands a message to all who listen to the channel, then to those whose patterns it matches.
    pub(crate) fn publish(
        &self,
        kind: Subject,
        channel: &[u8],
        text: &[u8],
        limits: &Limits,
        from: SessionId,
    ) -> Delivery {
        let mut delivery = Delivery::default();
        if !self.any() {
            return delivery;
        }
        let bytes_max = limits.pubsub_output.hard_bytes.load(Relaxed);
        let names = self.names.read();
        let mut deliver = |parts: &[&[u8]], listeners: &BTreeMap<SessionId, Arc<Card>>| {
            let mut pushed = Pushed { parts, encoded: [None, None] };
            for (id, card) in listeners {
                card.push(pushed.of(card.protocol()), bytes_max);
                delivery.to_self |= *id == from;
            }
            delivery.receivers += listeners.len();
        };
        let word: &[u8] = if kind == Subject::Shard { b"smessage" } else { b"message" };
        if let Some(listeners) = names[kind as usize].get(channel) {
            deliver(&[word, channel, text], listeners);
        }
        if kind == Subject::Channel {
            for (pattern, listeners) in &names[Subject::Pattern as usize] {
                if glob::matches(pattern, channel) {
                    deliver(&[b"pmessage", pattern, channel, text], listeners);
                }
            }
        }
        delivery
    }
}

/// A message in the forms of both protocols, made when first asked for.
struct Pushed<'a> {
    parts: &'a [&'a [u8]],
    encoded: [Option<Arc<[u8]>>; 2],
}

impl Pushed<'_> {
    fn of(&mut self, protocol: Protocol) -> Arc<[u8]> {
        let encoded = &mut self.encoded[usize::from(protocol == Protocol::Resp3)];
        let made = encoded.get_or_insert_with(|| {
            let mut bytes = Vec::new();
            let mut encoder = Encoder::new(&mut bytes, protocol);
            encoder.push(self.parts.len());
            self.parts.iter().for_each(|part| encoder.bulk(part));
            bytes.into()
        });
        Arc::clone(made)
    }
}

/// What one session listens to.
#[derive(Debug, Default)]
pub(crate) struct Subscriptions {
    /// By [`Subject`].
    names: [BTreeSet<Box<[u8]>>; 3],
}

impl Session {
    /// Whether it listens to anything.
    #[inline(always)]
    pub(crate) fn is_subscriber(&self) -> bool {
        self.subscriptions.is_some()
    }
    /// Names of this kind that the session listens to.
    pub(crate) fn subscribed(&self, kind: Subject) -> Vec<Box<[u8]>> {
        let subscriptions = self.subscriptions.as_ref();
        subscriptions.map(|s| s.names[kind as usize].iter().cloned().collect()).unwrap_or_default()
    }
    /// The number that confirmations tell: shard channels count by themselves.
    pub(crate) fn subscription_count(&self, kind: Subject) -> usize {
        let [channels, patterns, shards] = self.subscription_counts();
        if kind == Subject::Shard { shards } else { channels + patterns }
    }
    fn subscription_counts(&self) -> [usize; 3] {
        let subscriptions = self.subscriptions.as_ref();
        subscriptions.map(|s| [0, 1, 2].map(|at: usize| s.names[at].len())).unwrap_or_default()
    }
    /// Begins to listen.
    pub(crate) fn subscribe(&mut self, pubsub: &PubSub, kind: Subject, name: &[u8]) {
        let subscriptions = self.subscriptions.get_or_insert_default();
        if subscriptions.names[kind as usize].insert(name.into()) {
            pubsub.add(kind, name, &self.card);
        }
        self.show_subscriptions();
    }
    /// Stops listening, if it did.
    pub(crate) fn unsubscribe(&mut self, pubsub: &PubSub, kind: Subject, name: &[u8]) {
        let Some(subscriptions) = &mut self.subscriptions else { return };
        if subscriptions.names[kind as usize].remove(name) {
            pubsub.remove(kind, name, self.card.id);
        }
        if subscriptions.names.iter().all(BTreeSet::is_empty) {
            self.subscriptions = None;
        }
        self.show_subscriptions();
    }
    /// Stops listening to anything.
    pub(crate) fn unsubscribe_all(&mut self, pubsub: &PubSub) {
        let Some(subscriptions) = self.subscriptions.take() else { return };
        for kind in Subject::ALL {
            for name in &subscriptions.names[kind as usize] {
                pubsub.remove(kind, name, self.card.id);
            }
        }
        self.show_subscriptions();
    }
    fn show_subscriptions(&self) {
        for (shown, count) in self.card.subscriptions.iter().zip(self.subscription_counts()) {
            shown.store(count, Relaxed);
        }
    }
    /// Takes what has come so far; returns the bytes of it that are pushed.
    pub(crate) fn take_pushed(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for message in self.card.mail() {
            match message {
                Message::Push(pushed) => bytes.extend_from_slice(&pushed),
                // A command is being executed, so nothing is parked that these could be for.
                Message::Reply(_) | Message::Return(_) | Message::GoOn => {}
                Message::Kill => self.ending = crate::flow::Flow::KILL,
            }
        }
        bytes
    }
    /// Ends a session that reads too slowly, as `client-output-buffer-limit` says for its class.
    pub(crate) fn check_output(&mut self, limits: &Limits, unix_ms: i64) {
        let limit = if self.is_subscriber() { &limits.pubsub_output } else { &limits.normal_output };
        let (hard, soft) = (limit.hard_bytes.load(Relaxed), limit.soft_bytes.load(Relaxed));
        let waiting = self.output.len();
        if soft == 0 || waiting <= soft {
            self.slow_since_ms = None;
        } else {
            let since_ms = *self.slow_since_ms.get_or_insert(unix_ms);
            if unix_ms - since_ms > limit.soft_seconds.load(Relaxed) as i64 * 1000 {
                self.ending = crate::flow::Flow::KILL;
            }
        }
        if hard != 0 && waiting > hard {
            self.ending = crate::flow::Flow::KILL;
        }
    }
}

impl Shared {
    /// Publishes keyspace events as `notify-keyspace-events` wants; whether `from` got any of them.
    pub(crate) fn notify(&self, events: &[Event], from: SessionId) -> bool {
        let wanted = self.limits.notify.load(Relaxed);
        let mut to_self = false;
        for event in events.iter().filter(|event| event.class.0 & wanted != 0) {
            let mut publish = |channel: &[u8], text: &[u8]| {
                let delivery = self.pubsub.publish(Subject::Channel, channel, text, &self.limits, from);
                to_self |= delivery.to_self;
            };
            if wanted & NOTIFY_KEYSPACE != 0 {
                let channel = [format!("__keyspace@{}__:", event.db).as_bytes(), &event.key].concat();
                publish(&channel, event.name.as_bytes());
            }
            if wanted & NOTIFY_KEYEVENT != 0 {
                publish(format!("__keyevent@{}__:{}", event.db, event.name).as_bytes(), &event.key);
            }
        }
        to_self
    }
}

/// `K`: events are published by key.
const NOTIFY_KEYSPACE: u32 = 1;
/// `E`: events are published by name.
const NOTIFY_KEYEVENT: u32 = 2;

/// The set that `notify-keyspace-events` means: `K`, `E` and the bits of [`hematite_keyspace::Class`]; 0 if nothing would
/// ever be published. `None` if a letter has no meaning.
pub(crate) fn notify_classes(letters: &str) -> Option<u32> {
    use hematite_keyspace::Class;
    let types = [
        ('g', Class::GENERIC),
        ('$', Class::STRING),
        ('l', Class::LIST),
        ('s', Class::SET),
        ('h', Class::HASH),
        ('z', Class::ZSET),
        ('x', Class::EXPIRED),
        ('e', Class::EVICTED),
        ('t', Class::STREAM),
        ('d', Class::MODULE),
        ('a', Class::ARRAY),
    ];
    let mut classes = 0;
    for letter in letters.chars() {
        classes |= match letter {
            'K' => NOTIFY_KEYSPACE,
            'E' => NOTIFY_KEYEVENT,
            'A' => types.iter().fold(0, |all, (_, class)| all | class.0),
            'm' => Class::KEY_MISS.0,
            'n' => Class::NEW.0,
            _ => types.iter().find(|(of, _)| *of == letter)?.1.0,
        };
    }
    let is_published = classes & (NOTIFY_KEYSPACE | NOTIFY_KEYEVENT) != 0;
    Some(if is_published { classes } else { 0 })
}
