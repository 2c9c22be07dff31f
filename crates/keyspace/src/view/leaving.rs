//! Keys that leave, for good or for another name, and what becomes of the values.

use super::{KeyHash, View};
use crate::entry::Entry;
use crate::stripe::Keyspace;
use crate::value::Value;
use hematite_structures::packed::Body;

/// Values with more allocations than this are dropped elsewhere where that is asked for.
const EFFORT_MAX: usize = 64;
/// Values with more than this always are: nobody shall wait for so many.
pub(crate) const EFFORT_AT_ONCE_MAX: usize = 1024;

impl View<'_> {
    /// Deletes a key; whether it was there. Large values are dropped elsewhere if `lazily`, very large ones always.
    pub fn delete(&mut self, key: &[u8], lazily: bool) -> bool {
        if self.keyspace.phase.is_running() {
            self.hand_over(key);
        }
        match self.take(key) {
            Some(entry) => {
                self.give_up(entry, lazily);
                true
            }
            None => false,
        }
    }
    /// Gives what `from` holds to `to`, with its expiry; whatever `to` held goes. Whether `from` was there.
    pub fn rename(&mut self, from: &[u8], to: &[u8], lazily: bool) -> bool {
        let Some(mut entry) = self.take_to_move(from) else { return false };
        self.delete(to, lazily);
        entry.rename(to);
        self.add(entry);
        true
    }
    /// Takes a key out with all it holds, to be dropped or changed.
    pub fn take(&mut self, key: &[u8]) -> Option<Entry> {
        let hash = self.hash_of(key);
        self.expire_if_due(key, hash);
        self.remove_hashed(key, hash)
    }
    /// Takes a key out with all it holds, to be [added](View::add) elsewhere before the locks are given up.
    pub fn take_to_move(&mut self, key: &[u8]) -> Option<Entry> {
        let hash = self.hash_of(key);
        self.expire_if_due(key, hash);
        self.remove_after(key, hash, Keyspace::save_first)
    }
    pub(crate) fn remove_hashed(&mut self, key: &[u8], hash: KeyHash) -> Option<Entry> {
        self.remove_after(key, hash, Keyspace::save_before_going)
    }
    /// Takes a key out after `save` has seen to it that a snapshot that runs has it.
    fn remove_after(
        &mut self,
        key: &[u8],
        hash: KeyHash,
        save: impl FnOnce(&Keyspace, usize, &mut Entry),
    ) -> Option<Entry> {
        let (keyspace, db) = (self.keyspace, self.db);
        let part = self.part(hash);
        if keyspace.phase.is_running()
            && let Some(mut entry) = part.dict.find_mut(hash, |e| e.name() == key, keyspace.rehash())
        {
            save(keyspace, db, &mut entry);
        }
        let entry = part.dict.remove(hash, |e| e.name() == key, keyspace.rehash())?;
        if let Body::Value(value) = entry.body() {
            part.forget_noted(key, value);
        }
        Some(entry)
    }
    /// Before a key goes or what it holds is dropped; called only while a snapshot runs.
    #[cold]
    pub(crate) fn hand_over(&mut self, key: &[u8]) {
        let (keyspace, db, hash) = (self.keyspace, self.db, self.hash_of(key));
        keyspace.hand_over(db, self.part(hash), hash, key);
    }
    /// Drops an entry that was taken out; a large value goes to the trash if `lazily`, a very large one always.
    #[inline]
    pub(crate) fn give_up(&mut self, entry: Entry, lazily: bool) {
        if let Body::Value(value) = entry.body()
            && value.drop_effort() > if lazily { EFFORT_MAX } else { EFFORT_AT_ONCE_MAX }
        {
            self.effects.trash.extend(entry.into_value());
        }
    }
    /// Gives a value up: small ones are dropped here, others go to the trash.
    #[inline]
    pub fn discard(&mut self, value: Option<Value>) {
        if let Some(value) = value
            && value.drop_effort() > EFFORT_MAX
        {
            self.effects.trash.push(value);
        }
    }
}
