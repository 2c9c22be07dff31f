//! Effects: what a command did, for whoever follows: watchers, blocked clients, notifications, tracking, the journal.
//!
//! Recording costs only where somebody follows: [`Record`] says who does.

use crate::value::Value;
use std::sync::Arc;

/// Classes of keyspace events (`notify-keyspace-events`); a set of bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Class(pub u32);

impl Class {
    /// `g`: commands of no type, as DEL and EXPIRE.
    pub const GENERIC: Class = Class(1 << 2);
    /// `$`: strings.
    pub const STRING: Class = Class(1 << 3);
    /// `l`: lists.
    pub const LIST: Class = Class(1 << 4);
    /// `s`: sets.
    pub const SET: Class = Class(1 << 5);
    /// `h`: hashes.
    pub const HASH: Class = Class(1 << 6);
    /// `z`: sorted sets.
    pub const ZSET: Class = Class(1 << 7);
    /// `x`: keys that expired.
    pub const EXPIRED: Class = Class(1 << 8);
    /// `e`: keys that were evicted.
    pub const EVICTED: Class = Class(1 << 9);
    /// `t`: streams.
    pub const STREAM: Class = Class(1 << 10);
    /// `m`: reads of a key that is not there.
    pub const KEY_MISS: Class = Class(1 << 11);
    /// `d`: module types.
    pub const MODULE: Class = Class(1 << 13);
    /// `n`: keys that came to be.
    pub const NEW: Class = Class(1 << 14);
    /// `a`: arrays.
    pub const ARRAY: Class = Class(1 << 23);
}

/// Who follows; a set of bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Record(pub u8);

impl Record {
    /// Somebody waits for or watches keys: record those that are touched.
    pub const KEYS: Record = Record(1);
    /// Keyspace notifications are on.
    pub const EVENTS: Record = Record(2);
    /// Writes go to the journal.
    pub const JOURNAL: Record = Record(4);
    /// Whether any bit of `other` is set.
    #[inline(always)]
    pub fn has(self, other: Record) -> bool {
        self.0 & other.0 != 0
    }
}

/// A keyspace event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its class.
    pub class: Class,
    /// Its name, `set` for example.
    pub name: &'static str,
    /// The database's index.
    pub db: usize,
    /// The key.
    pub key: Box<[u8]>,
}

/// Is told of what expires, under the lock of its stripe: before anybody can write to the key again, and before the command
/// that found it. So the order in which a journal writes is that in which things took hold, whoever looked at the key.
pub trait Deletions: Send + Sync + std::fmt::Debug {
    /// A key is gone.
    fn key(&self, db: usize, key: &[u8]);
    /// A field of a hash is gone.
    fn field(&self, db: usize, key: &[u8], field: &[u8]);
}

/// What a command did.
#[derive(Debug, Default)]
pub struct Effects {
    /// Who follows.
    pub record: Record,
    /// Number of changes, as `rdb_changes_since_last_save` counts them.
    pub dirty: u64,
    /// Keys that were changed, created or deleted, with their database.
    pub touched: Vec<(usize, Box<[u8]>)>,
    /// Keys in which something waits for its time now, though nothing was changed: those who wait for that look again.
    pub woken: Vec<(usize, Box<[u8]>)>,
    /// Keyspace events in order.
    pub events: Vec<Event>,
    /// Commands that stand for what happened instead of the command as it came; recorded under JOURNAL only.
    pub instead: Option<Vec<Vec<Vec<u8>>>>,
    /// Is told of what expires.
    pub deletions: Option<Arc<dyn Deletions>>,
    /// Values too large to be dropped here and now.
    pub trash: Vec<Value>,
    /// The real time, Unix milliseconds, while a journal is replayed at time zero; otherwise 0.
    pub replayed_at_ms: i64,
}

impl Effects {
    /// Records a changed key (counted as one change) and its event.
    #[inline]
    pub fn changed(&mut self, class: Class, name: &'static str, db: usize, key: &[u8]) {
        self.dirty += 1;
        if self.record.0 != 0 {
            self.follow(class, name, db, key);
        }
    }
    #[cold]
    fn follow(&mut self, class: Class, name: &'static str, db: usize, key: &[u8]) {
        self.touch(db, key);
        self.event(class, name, db, key);
    }
    /// Records a key as touched, without counting a change.
    pub fn touch(&mut self, db: usize, key: &[u8]) {
        if self.record.has(Record::KEYS) {
            self.touched.push((db, key.into()));
        }
    }
    /// Has those look again who wait for what is pending in a key.
    pub fn wake(&mut self, db: usize, key: &[u8]) {
        if self.record.has(Record::KEYS) {
            self.woken.push((db, key.into()));
        }
    }
    /// Records an event alone.
    pub fn event(&mut self, class: Class, name: &'static str, db: usize, key: &[u8]) {
        if self.record.has(Record::EVENTS) {
            self.events.push(Event { class, name, db, key: key.into() });
        }
    }
    /// A key expired.
    #[cold]
    pub fn expired_key(&mut self, db: usize, key: &[u8]) {
        if let Some(deletions) = &self.deletions {
            deletions.key(db, key);
        }
    }
    /// A field of a hash expired.
    #[cold]
    pub fn expired_field(&mut self, db: usize, key: &[u8], field: &[u8]) {
        if let Some(deletions) = &self.deletions {
            deletions.field(db, key, field);
        }
    }
    /// Has the journal write these commands instead of the one that came. Called only where a journal is kept.
    pub fn instead(&mut self, commands: impl FnOnce() -> Vec<Vec<Vec<u8>>>) {
        if self.record.has(Record::JOURNAL) {
            self.instead = Some(commands());
        }
    }
    /// Whether there is anything for those who follow.
    #[inline(always)]
    pub fn is_quiet(&self) -> bool {
        let is_unrecorded = self.record.0 == 0
            || self.touched.is_empty()
                && self.woken.is_empty()
                && self.events.is_empty()
                && self.instead.is_none();
        is_unrecorded && self.trash.is_empty()
    }
    /// Forgets everything but who follows.
    #[cold]
    pub fn clear(&mut self) {
        self.dirty = 0;
        self.instead = None;
        self.touched.clear();
        self.woken.clear();
        self.events.clear();
        self.trash.clear();
    }
}
