//! View: what a command sees of the keyspace: its own keys, under the locks of their stripes, at one point in time.
//!
//! In debug builds a touch outside of the keys that dispatch locked panics: the command's key specs are wrong then. A view
//! over everything ([`Scope::Everything`]) takes locks as it goes; whoever makes one has made sure that no other view is
//! alive (the engine's gates), so no order of locks can matter.
//!
//! Keys that have expired at the view's time are deleted when they are looked at.

mod leaving;

pub(crate) use leaving::EFFORT_AT_ONCE_MAX;

use crate::access::{Lfu, restamp};
use crate::effects::{Class, Effects, Record};
use crate::entry::{Entry, EntryExt, EntryMut, Expiry, NewBody, string_body};
use crate::snapshot::PARITY;
use crate::stripe::{Db, Held, Keyspace, State};
use crate::value::{Kind, Value};
use hematite_base::hash::Hasher;
use hematite_structures::packed::Body;
use hematite_structures::thin::Ref;
use smallvec::SmallVec;

/// A key's hash, computed before.
pub type KeyHash = u64;

/// The keys that a view is for.
#[derive(Clone, Copy, Debug)]
pub enum Scope<'a> {
    /// One key with its hash.
    Key(&'a [u8], KeyHash),
    /// Several keys.
    Keys(&'a [&'a [u8]]),
    /// Everything; no other view may be alive.
    Everything,
    /// No key.
    Nothing,
}

/// A key holds another type than the command is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrongType;

/// What lookups found, for INFO.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counters {
    /// Reads that found their key.
    pub hits: u64,
    /// Reads that did not.
    pub misses: u64,
    /// Keys that expired.
    pub expired: u64,
    /// Keys that were evicted.
    pub evicted: u64,
}

/// See the head of the file.
pub struct View<'k> {
    keyspace: &'k Keyspace,
    /// Locked stripes in ascending order; in a view over everything those taken so far.
    held: Held<'k>,
    everything: bool,
    first: (*const u8, usize, KeyHash),
    /// The selected database.
    pub db: usize,
    /// The time, Unix milliseconds; it stands still for the view's life.
    pub now_ms: i64,
    /// The access clock: [`lru_clock`](crate::lru_clock), or [`Lfu::clock`]; `None` leaves stamps alone (CLIENT NO-TOUCH).
    pub stamp: Option<u32>,
    /// How accesses are counted, under LFU.
    pub lfu: Option<Lfu>,
    /// What was done.
    pub effects: &'k mut Effects,
    /// What was found.
    pub counters: Counters,
}

impl Keyspace {
    /// Locks what `scope` says and gives a view of it.
    // Always inlined, so that the view is built where it is to be used instead of being copied there.
    #[inline(always)]
    pub fn view<'k>(
        &'k self,
        scope: Scope<'_>,
        db: usize,
        now_ms: i64,
        effects: &'k mut Effects,
    ) -> View<'k> {
        let (held, first) = match scope {
            Scope::Key(key, hash) => {
                let stripe = self.stripe_of(hash);
                let held = SmallVec::from_buf([(stripe, self.lock(stripe))]);
                (held, (key.as_ptr(), key.len(), hash))
            }
            Scope::Keys(keys) => (self.lock_all(db, keys), (std::ptr::null(), 0, 0)),
            Scope::Everything | Scope::Nothing => (SmallVec::new(), (std::ptr::null(), 0, 0)),
        };
        View {
            keyspace: self,
            held,
            everything: matches!(scope, Scope::Everything),
            first,
            db,
            now_ms,
            stamp: None,
            lfu: None,
            effects,
            counters: Counters::default(),
        }
    }
}

impl<'k> View<'k> {
    /// The keyspace itself, for walks that lock as they go (SCAN, KEYS). A view over everything gives back the locks that it
    /// has taken so far; any other view must hold none, so that no order of locks is broken.
    pub fn keyspace(&mut self) -> &'k Keyspace {
        if self.everything {
            self.held.clear();
        }
        debug_assert!(self.held.is_empty(), "a walk under the lock of a stripe");
        self.keyspace
    }
    /// The hash function of the keyspace, for collections that need one.
    pub fn hasher(&self) -> &'k Hasher {
        self.keyspace.hasher()
    }
    /// Number of databases.
    pub fn databases(&self) -> usize {
        self.keyspace.databases()
    }
    /// The keyspace, for what takes no lock.
    pub(crate) fn shared(&self) -> &'k Keyspace {
        self.keyspace
    }
    pub(crate) fn rehash(&self) -> &'k crate::stripe::Rehash {
        self.keyspace.rehash()
    }
    /// The hash of a key, remembered for the command's first one.
    #[inline(always)]
    pub fn hash_of(&self, key: &[u8]) -> KeyHash {
        if std::ptr::eq(key.as_ptr(), self.first.0) && key.len() == self.first.1 {
            return self.first.2;
        }
        self.keyspace.hash(key)
    }

    /// The hash of a key, and where among the held stripes its own is. Both are known for the command's only key.
    #[inline(always)]
    fn place_of(&mut self, key: &[u8]) -> (KeyHash, usize) {
        if std::ptr::eq(key.as_ptr(), self.first.0) && key.len() == self.first.1 {
            return (self.first.2, 0);
        }
        let hash = self.keyspace.hash(key);
        (hash, self.index_of(self.keyspace.stripe_of(hash)))
    }

    /// Where among the held stripes this one is.
    #[inline(always)]
    fn index_of(&mut self, stripe: usize) -> usize {
        if matches!(self.held[..], [(only, _)] if only == stripe) { 0 } else { self.index_among_many(stripe) }
    }
    fn index_among_many(&mut self, stripe: usize) -> usize {
        match self.held.binary_search_by_key(&stripe, |(s, _)| *s) {
            Ok(at) => at,
            Err(at) => {
                debug_assert!(self.everything, "a command touched a key that its key specs do not name");
                self.held.insert(at, (stripe, self.keyspace.lock(stripe)));
                at
            }
        }
    }
    #[inline(always)]
    fn state(&mut self, stripe: usize) -> &mut State {
        let at = self.index_of(stripe);
        &mut self.held[at].1
    }
    #[inline(always)]
    pub(crate) fn part(&mut self, hash: KeyHash) -> &mut Db {
        let (stripe, db) = (self.keyspace.stripe_of(hash), self.db);
        self.state(stripe).db_mut(db)
    }

    /// Runs `f` with another database selected.
    pub fn in_db<R>(&mut self, db: usize, f: impl FnOnce(&mut Self) -> R) -> R {
        let before = std::mem::replace(&mut self.db, db);
        let result = f(self);
        self.db = before;
        result
    }

    /// Deletes the key if its time has come.
    #[inline(always)]
    fn expire_if_due(&mut self, key: &[u8], hash: KeyHash) {
        let at = self.index_of(self.keyspace.stripe_of(hash));
        self.expire_if_due_in(at, key, hash);
    }
    /// The same for a key of the stripe that is held at `at`.
    #[inline(always)]
    fn expire_if_due_in(&mut self, at: usize, key: &[u8], hash: KeyHash) {
        let (now, db) = (self.now_ms, self.db);
        let part = self.held[at].1.db_mut(db);
        if part.dict.marked_len() != 0
            && part.dict.find(hash, |e| e.name() == key).is_some_and(|e| e.is_expired(now))
        {
            self.expire(key, hash);
        }
    }
    #[cold]
    fn expire(&mut self, key: &[u8], hash: KeyHash) {
        self.counters.expired += 1;
        if self.keyspace.phase.is_running() {
            self.hand_over(key);
        }
        if let Some(entry) = self.remove_hashed(key, hash) {
            self.give_up(entry, false);
        }
        let db = self.db;
        self.effects.expired_key(db, key);
        self.effects.touch(db, key);
        self.effects.event(Class::EXPIRED, "expired", db, key);
    }

    /// The entry of a key, for reading: renews the access clock and counts hit or miss.
    #[inline]
    pub fn read(&mut self, key: &[u8]) -> Option<Ref<'_, Entry>> {
        self.lookup(key, self.stamp)
    }
    /// The same for commands that ask about a key without using it (TTL, TYPE, EXISTS): the access clock stays.
    #[inline]
    pub fn look(&mut self, key: &[u8]) -> Option<Ref<'_, Entry>> {
        self.lookup(key, None)
    }
    #[inline(always)]
    fn lookup(&mut self, key: &[u8], stamp: Option<u32>) -> Option<Ref<'_, Entry>> {
        let ((hash, at), db) = (self.place_of(key), self.db);
        self.expire_if_due_in(at, key, hash);
        // Fields are borrowed one by one, so that the counters can be written while the entry is lent.
        let state = &mut self.held[at].1;
        let Some(entry) = state.db_mut(db).dict.find(hash, |e| e.name() == key) else {
            self.counters.misses += 1;
            self.effects.event(Class::KEY_MISS, "keymiss", db, key);
            return None;
        };
        self.counters.hits += 1;
        if let Some(now) = stamp {
            let old = entry.stamp();
            let new = restamp(self.lfu.as_mut(), hash, old, now);
            if new != old {
                entry.touch(new);
            }
        }
        Some(entry)
    }
    /// The entry of a key, looked at without leaving a trace (but for expiry).
    pub fn peek(&mut self, key: &[u8]) -> Option<Ref<'_, Entry>> {
        let hash = self.hash_of(key);
        self.expire_if_due(key, hash);
        self.part(hash).dict.find(hash, |e| e.name() == key)
    }
    /// The entry of a key that was looked at before by this view, so that several can be read side by side.
    pub fn found(&self, key: &[u8]) -> Option<Ref<'_, Entry>> {
        let hash = self.hash_of(key);
        let stripe = self.keyspace.stripe_of(hash);
        let at = self.held.binary_search_by_key(&stripe, |(s, _)| *s).ok()?;
        self.held[at].1.db(self.db)?.dict.find(hash, |e| e.name() == key)
    }
    /// Whether a key is there, without leaving a trace.
    pub fn exists(&mut self, key: &[u8]) -> bool {
        self.peek(key).is_some()
    }
    /// The type of a key's value, if it is there.
    pub fn kind(&mut self, key: &[u8]) -> Option<Kind> {
        self.peek(key).map(|e| e.kind())
    }
    /// The entry of a key, to be changed.
    #[inline]
    pub fn write(&mut self, key: &[u8]) -> Option<EntryMut<'_>> {
        let ((hash, at), db) = (self.place_of(key), self.db);
        self.expire_if_due_in(at, key, hash);
        let stamp = self.stamp;
        let rehash = self.keyspace.rehash();
        // Fields are borrowed one by one, as in `lookup`.
        let part = self.held[at].1.db_mut(db);
        let mut entry = part.dict.find_mut(hash, |e| e.name() == key, rehash)?;
        if self.keyspace.phase.is_running() {
            self.keyspace.save_first(db, &mut entry);
        }
        if let Some(now) = stamp {
            entry.touch(restamp(self.lfu.as_mut(), hash, entry.stamp(), now));
        }
        Some(entry)
    }
    /// The string of a key, to be changed. No key is no error; another type is.
    #[inline]
    pub fn write_string(&mut self, key: &[u8]) -> Result<Option<EntryMut<'_>>, WrongType> {
        match self.write(key) {
            None => Ok(None),
            Some(entry) if entry.kind() == Kind::String => Ok(Some(entry)),
            Some(_) => Err(WrongType),
        }
    }

    /// Sets a key to a string, whatever it held.
    #[inline]
    pub fn set_string(&mut self, key: &[u8], text: &[u8], expiry: Expiry) {
        self.set(key, string_body(text), expiry);
    }
    /// Sets a key to a body, whatever it held.
    pub fn set(&mut self, key: &[u8], body: NewBody<'_>, expiry: Expiry) {
        if self.keyspace.phase.is_running() {
            self.hand_over(key);
        }
        let parity = self.keyspace.phase.parity();
        let outcome = match self.write(key) {
            Some(mut entry) => {
                let old = entry.set_body(body);
                entry.set_owner_flags(parity);
                match expiry {
                    Expiry::Keep => {}
                    Expiry::Never => entry.set_extra(None),
                    Expiry::At(at) => entry.set_expires_at(Some(at)),
                }
                Ok(old)
            }
            None => Err(body),
        };
        match outcome {
            Ok(old) => {
                if let Some(old) = &old {
                    let hash = self.hash_of(key);
                    self.part(hash).forget_noted(key, old);
                }
                self.discard(old);
            }
            Err(body) => {
                let at = if let Expiry::At(at) = expiry { Some(at as u64) } else { None };
                self.add(Entry::new(key, at, body));
            }
        }
    }
    /// Adds a key that is known not to be there.
    pub fn add(&mut self, entry: Entry) -> EntryMut<'_> {
        // The name is the entry's own, not an argument, so the remembered hash does not serve.
        let hash = self.keyspace.hash(entry.name());
        let (db, stamp) = (self.db, self.stamp);
        if self.effects.record.has(Record::EVENTS) {
            self.effects.event(Class::NEW, "new", db, entry.name());
        }
        let rehash = self.keyspace.rehash();
        // What is new is no part of a snapshot that runs.
        entry.set_owner_flags(entry.owner_flags() & !PARITY | self.keyspace.phase.parity());
        if self.keyspace.phase.is_running() {
            self.keyspace.follow_reading(db, &entry);
        }
        if let Some(now) = stamp {
            // A record that was taken out (RENAME) counts on; a new one has no stamp yet.
            entry.touch(restamp(self.lfu.as_mut(), hash, entry.stamp(), now));
        }
        if let Body::Value(Value::Hash(table)) = entry.body()
            && table.next_expiry().is_some()
        {
            return self.add_noted(hash, entry);
        }
        self.part(hash).dict.insert_unique(hash, entry, rehash)
    }

    /// Records one more event of a change that [`View::changed`] has counted, for this key or another one.
    pub fn also_changed(&mut self, class: Class, event: &'static str, key: &[u8]) {
        let db = self.db;
        self.effects.touch(db, key);
        self.effects.event(class, event, db, key);
    }
    /// Records a change of `key` in the selected database; see [`Effects::changed`].
    #[inline]
    pub fn changed(&mut self, class: Class, event: &'static str, key: &[u8]) {
        let db = self.db;
        self.effects.changed(class, event, db, key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stripe::Options;
    use hematite_structures::listpack::Listpack;
    use hematite_structures::loose::LooseBox;
    use hematite_structures::text_set::TextSet;

    /// How many values `f` leaves to be dropped elsewhere, with a set of `members` under `k` before.
    fn left(members: usize, f: impl FnOnce(&mut View<'_>)) -> usize {
        let keyspace = Keyspace::new(&Options { stripes: 1, ..Options::default() });
        let mut set = TextSet::new(keyspace.hasher().clone());
        (0..members).for_each(|n| assert!(set.insert(&n.to_le_bytes())));
        let mut effects = Effects::default();
        let mut view = keyspace.view(Scope::Everything, 0, 1000, &mut effects);
        view.set(b"k", NewBody::Value(Value::Set(LooseBox::new(set))), Expiry::Never);
        f(&mut view);
        drop(view);
        effects.trash.len()
    }

    #[test]
    fn nobody_waits_for_a_very_large_value() {
        let delete = |lazily| move |view: &mut View<'_>| assert!(view.delete(b"k", lazily));
        assert_eq!(left(10, delete(true)), 0);
        assert_eq!((left(100, delete(true)), left(100, delete(false))), (1, 0));
        assert_eq!(left(2000, delete(false)), 1);
        let expire = |view: &mut View<'_>| {
            view.write(b"k").expect("it is there").set_expires_at(Some(2000));
            view.now_ms = 3000;
            assert!(!view.exists(b"k"));
        };
        assert_eq!(left(2000, expire), 1);
        let overwrite = |view: &mut View<'_>| {
            view.set(b"k", NewBody::Value(Value::ListPacked(Listpack::new())), Expiry::Never)
        };
        assert_eq!(left(2000, overwrite), 1);
        let rename = |view: &mut View<'_>| {
            view.set_string(b"other", b"v", Expiry::Never);
            assert!(view.rename(b"other", b"k", false));
        };
        assert_eq!(left(2000, rename), 1);
    }
}
