//! Field expiry: removes the fields of hashes whose time has come, when they are looked at and actively.
//!
//! Each part of a stripe notes its hashes with expiring fields by the time at which the first one goes: one note a hash,
//! and nothing for hashes without. A note may be early (the field was persisted, deleted or put off since): then the hash
//! is noted again for its present time. It is never late: whoever gives a field an earlier expiry says so
//! ([`View::note_field_expiry`]), and keys that come with expiring fields (COPY, RENAME, RESTORE) are noted as they are
//! added.

use crate::effects::{Class, Effects};
use crate::entry::{Entry, EntryMut};
use crate::stripe::{Db, Keyspace, Rehash};
use crate::value::Value;
use crate::view::{KeyHash, View};
use hematite_structures::packed::Body;
use std::collections::BTreeSet;

/// Hashes with expiring fields: the Unix time in milliseconds when the first one goes, and the key.
#[derive(Default)]
pub(crate) struct NotedHashes(BTreeSet<(i64, Box<[u8]>)>);

impl Db {
    /// Takes back the note of a hash that leaves its key.
    #[inline]
    pub fn forget_noted(&mut self, key: &[u8], value: &Value) {
        if let Value::Hash(table) = value
            && let Some(at) = table.noted_ms
        {
            self.forget(at, key);
        }
    }
    fn forget(&mut self, at: i64, key: &[u8]) {
        if let Some(noted) = &mut self.noted {
            noted.0.remove(&(at, key.into()));
            if noted.0.is_empty() {
                self.noted = None;
            }
        }
    }
    /// Puts in an entry whose key is not there.
    pub fn insert(&mut self, hash: KeyHash, entry: Entry, rehash: &Rehash) {
        if matches!(entry.body(), Body::Value(Value::Hash(_))) {
            self.insert_noted(hash, entry, rehash);
        } else {
            self.dict.insert_unique(hash, entry, rehash);
        }
    }
    fn insert_noted<'a>(&'a mut self, hash: KeyHash, entry: Entry, rehash: &'a Rehash) -> EntryMut<'a> {
        let mut entry = entry;
        let name = entry.name().to_vec();
        if let Some(Value::Hash(table)) = entry.value_mut()
            && let Some(at) = table.next_expiry()
        {
            table.noted_ms = Some(at);
            self.note(at, &name);
        }
        self.dict.insert_unique(hash, entry, rehash)
    }
    fn note(&mut self, at: i64, key: &[u8]) {
        self.noted.get_or_insert_default().0.insert((at, key.into()));
    }
    /// The first hash whose note lies before `now_ms`; the note is taken.
    fn next_due(&mut self, now_ms: i64) -> Option<Box<[u8]>> {
        let first = self.noted.as_mut()?.0.first().filter(|(at, _)| *at < now_ms)?.clone();
        self.forget(first.0, &first.1);
        Some(first.1)
    }
}

impl View<'_> {
    /// Adds a hash that comes with expiring fields.
    #[cold]
    pub(crate) fn add_noted(&mut self, hash: KeyHash, entry: Entry) -> EntryMut<'_> {
        let rehash = self.rehash();
        self.part(hash).insert_noted(hash, entry, rehash)
    }
    /// To be called after fields of a hash were given an expiry.
    pub fn note_field_expiry(&mut self, key: &[u8]) {
        let (hash, rehash) = (self.hash_of(key), self.rehash());
        let part = self.part(hash);
        let change = part.dict.find_mut(hash, |e| e.name() == key, rehash).and_then(|mut entry| {
            let Some(Value::Hash(table)) = entry.value_mut() else { return None };
            let next = table.next_expiry().filter(|next| table.noted_ms.is_none_or(|noted| *next < noted))?;
            Some((table.noted_ms.replace(next), next))
        });
        if let Some((before, next)) = change {
            if let Some(before) = before {
                part.forget(before, key);
            }
            part.note(next, key);
        }
    }
    /// Removes a field that was found expired, with what the reference says about it: a HDEL to the journal, an event, and
    /// the end of the key with its last field. Whether the key is gone.
    #[cold]
    pub fn expire_field(&mut self, key: &[u8], field: &[u8]) -> bool {
        let (hash, rehash, db) = (self.hash_of(key), self.rehash(), self.db);
        let shared = self.shared();
        let part = self.part(hash);
        let Some(mut entry) = part.dict.find_mut(hash, |e| e.name() == key, rehash) else { return true };
        if shared.phase.is_running() {
            shared.save_first(db, &mut entry);
        }
        let Some(Value::Hash(table)) = entry.value_mut() else { return false };
        if !table.fields.remove(field) {
            return false;
        }
        let is_last = table.fields.is_empty();
        drop(entry);
        self.effects.expired_field(db, key, field);
        self.effects.touch(db, key);
        self.effects.event(Class::HASH, "hexpired", db, key);
        if is_last {
            self.remove_hashed(key, hash);
            self.effects.event(Class::GENERIC, "del", db, key);
        }
        is_last
    }
}

impl Keyspace {
    /// Removes up to `count` expired fields of one stripe's hashes; how many, early notes included.
    pub(crate) fn expire_fields(
        &self,
        stripe: usize,
        now_ms: i64,
        count: usize,
        effects: &mut Effects,
    ) -> usize {
        let mut state = self.lock(stripe);
        let mut left = count;
        for db in 0..state.databases() {
            if state.db(db).is_none_or(|part| part.noted.is_none()) {
                continue;
            }
            let part = state.db_mut(db);
            while left > 0
                && let Some(key) = part.next_due(now_ms)
            {
                // A note that was early costs as much as a field.
                left -= self.expire_fields_of(part, db, &key, now_ms, left, effects).clamp(1, left);
            }
        }
        count - left
    }

    /// Removes up to `count` expired fields of a hash whose note was taken, and notes it again if need be.
    fn expire_fields_of(
        &self,
        part: &mut Db,
        db: usize,
        key: &[u8],
        now_ms: i64,
        count: usize,
        effects: &mut Effects,
    ) -> usize {
        let hash = self.hash(key);
        let rehash = self.rehash();
        let Some(mut entry) = part.dict.find_mut(hash, |e| e.name() == key, rehash) else { return 0 };
        if self.phase.is_running() {
            self.save_first(db, &mut entry);
        }
        let Some(Value::Hash(table)) = entry.value_mut() else { return 0 };
        let mut removed = 0;
        table.fields.take_due(now_ms.max(0) as u64, count, |field| {
            removed += 1;
            effects.expired_field(db, key, field);
        });
        let (is_last, next) = (table.fields.is_empty(), table.next_expiry());
        table.noted_ms = next;
        if is_last && self.phase.is_running() {
            self.finish_reading(&mut entry);
        }
        drop(entry);
        if let Some(next) = next {
            part.note(next, key);
        }
        if removed > 0 {
            effects.touch(db, key);
            effects.event(Class::HASH, "hexpired", db, key);
        }
        if is_last {
            part.dict.remove(hash, |e| e.name() == key, rehash);
            effects.event(Class::GENERIC, "del", db, key);
        }
        removed
    }
}
