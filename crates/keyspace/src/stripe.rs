//! Stripes: the keyspace split by hash, each part under a lock of its own.
//!
//! ```text
//! hash   63 ........ 24 | 23 ...... 8 | 7 ... 0
//!        dict position  | stripe      | tag
//! ```
//!
//! A stripe holds its part of every database, so a command over two databases needs no more locks than its keys have
//! stripes. Locks are taken in ascending order. The line of the lock is that of the first database's dict.

use crate::entry::Entry;
use crate::field_expiry::NotedHashes;
use crate::snapshot::Phase;
use hematite_base::hash::Hasher;
use hematite_structures::lock::{self, Lock};
use hematite_structures::marked::MarkedDict;
use hematite_structures::packed::Body;
use smallvec::SmallVec;

/// How a keyspace is made.
#[derive(Clone, Debug)]
pub struct Options {
    /// Number of databases (SELECT).
    pub databases: usize,
    /// Number of stripes, rounded up to a power of two of at most 65536. One is right for a single thread.
    pub stripes: usize,
    /// Seed of the hash function; unpredictable to clients.
    pub seed: u64,
}

impl Default for Options {
    fn default() -> Self {
        Options { databases: 16, stripes: 1024, seed: 0 }
    }
}

/// One database's part of a stripe.
#[derive(Default)]
pub(crate) struct Db {
    pub dict: MarkedDict<Entry>,
    /// Hashes whose fields expire; most databases have none.
    pub noted: Option<Box<NotedHashes>>,
}

impl Db {
    /// Brings in the entries of some buckets from a cursor on, then the beginnings of their values.
    pub fn prefetch_from(&self, mut cursor: u64, buckets: usize) {
        let dict = self.dict.items();
        dict.prefetch_buckets(cursor, buckets);
        for _ in 0..buckets {
            cursor = dict.scan(cursor, |entry| {
                if let Body::Value(value) = entry.body() {
                    value.prefetch(&[]);
                }
            });
            if cursor == 0 {
                return;
            }
        }
    }
    /// Brings in the entry that is probably the one of a hash.
    #[inline(always)]
    pub fn prefetch_entry(&self, hash: u64) {
        if let Some(entry) = self.dict.items().likely(hash) {
            let entry = std::ptr::without_provenance::<u8>(entry.address());
            hematite_structures::prefetch::read(entry);
            hematite_structures::prefetch::read(entry.wrapping_add(64));
        }
    }
}

/// What a stripe's lock guards.
#[derive(Default)]
pub(crate) struct State {
    first: Db,
    /// Databases from 1 on, as far as they have been used.
    rest: Vec<Db>,
    /// Where active expiry goes on, by database.
    pub expire_cursors: Vec<u64>,
}

impl State {
    #[inline(always)]
    pub fn db(&self, index: usize) -> Option<&Db> {
        if index == 0 { Some(&self.first) } else { self.rest.get(index - 1) }
    }
    #[inline(always)]
    pub fn db_mut(&mut self, index: usize) -> &mut Db {
        if index == 0 {
            return &mut self.first;
        }
        if self.rest.len() < index {
            self.rest.resize_with(index, Db::default);
        }
        &mut self.rest[index - 1]
    }
    pub fn swap(&mut self, a: usize, b: usize) {
        let taken = std::mem::take(self.db_mut(a));
        let other = std::mem::replace(self.db_mut(b), taken);
        *self.db_mut(a) = other;
    }
    pub fn databases(&self) -> usize {
        1 + self.rest.len()
    }
    /// Takes all databases out and puts others in their place.
    pub fn exchange(&mut self, databases: Vec<Db>) -> Vec<Db> {
        let mut databases = databases.into_iter();
        let first = std::mem::replace(&mut self.first, databases.next().unwrap_or_default());
        let rest = std::mem::replace(&mut self.rest, databases.collect());
        self.expire_cursors.clear();
        std::iter::once(first).chain(rest).collect()
    }
}

#[repr(align(128))]
struct Stripe(Lock<State>);

pub(crate) type Guard<'a> = lock::Guard<'a, State>;

/// Locked stripes by number.
pub(crate) type Held<'k> = SmallVec<[(usize, Guard<'k>); 1]>;

/// Hashes an entry by its key.
pub type Rehash = dyn Fn(&Entry) -> u64 + Send + Sync;

/// All databases; see the head of the file.
pub struct Keyspace {
    stripes: Box<[Stripe]>,
    hasher: Hasher,
    rehash: Box<Rehash>,
    databases: usize,
    pub(crate) phase: Phase,
}

impl Keyspace {
    /// An empty keyspace.
    pub fn new(options: &Options) -> Self {
        let count = options.stripes.clamp(1, 1 << 16).next_power_of_two();
        let stripes = (0..count).map(|_| Stripe(Lock::new(State::default()))).collect();
        let hasher = Hasher::new(options.seed);
        let rehash = Box::new({
            let hasher = hasher.clone();
            move |entry: &Entry| hasher.hash(entry.name())
        });
        Keyspace { stripes, hasher, rehash, databases: options.databases.max(1), phase: Phase::default() }
    }
    /// Number of databases.
    pub fn databases(&self) -> usize {
        self.databases
    }
    /// Number of stripes.
    pub fn stripes(&self) -> usize {
        self.stripes.len()
    }
    /// The hash of a key.
    #[inline(always)]
    pub fn hash(&self, key: &[u8]) -> u64 {
        self.hasher.hash(key)
    }
    /// The stripe of a hash.
    #[inline(always)]
    pub fn stripe_of(&self, hash: u64) -> usize {
        (hash >> 8) as usize & (self.stripes.len() - 1)
    }
    /// The hash function, which the tables inside of values share.
    pub fn hasher(&self) -> &Hasher {
        &self.hasher
    }
    pub(crate) fn rehash(&self) -> &Rehash {
        &*self.rehash
    }
    #[inline(always)]
    pub(crate) fn lock(&self, stripe: usize) -> Guard<'_> {
        self.stripes[stripe].0.lock()
    }

    /// Locks the stripes of these keys, in ascending order, and brings in what the keys lead to in a database: where there are
    /// several, memory is waited for once, not once a key.
    #[inline(never)]
    pub(crate) fn lock_all<'k>(&'k self, db: usize, keys: &[&[u8]]) -> Held<'k> {
        let hashes: SmallVec<[u64; 16]> = keys.iter().map(|key| self.hash(key)).collect();
        hashes.iter().for_each(|hash| self.prefetch_stripe(*hash));
        let mut stripes: SmallVec<[usize; 16]> = hashes.iter().map(|hash| self.stripe_of(*hash)).collect();
        stripes.sort_unstable();
        stripes.dedup();
        let held: Held<'k> = stripes.into_iter().map(|stripe| (stripe, self.lock(stripe))).collect();
        if hashes.len() > 1 {
            let part = |hash: &u64| {
                let at = held.binary_search_by_key(&self.stripe_of(*hash), |(stripe, _)| *stripe).ok()?;
                held[at].1.db(db)
            };
            for hash in &hashes {
                part(hash).inspect(|part| part.dict.items().prefetch_bucket(*hash));
            }
            for hash in &hashes {
                part(hash).inspect(|part| part.prefetch_entry(*hash));
            }
        }
        held
    }

    /// Brings in the lock of a hash's stripe, to be taken soon.
    #[inline(always)]
    pub fn prefetch_stripe(&self, hash: u64) {
        let stripe = &self.stripes[self.stripe_of(hash)];
        hematite_structures::prefetch::write(std::ptr::from_ref(stripe).cast());
    }
    /// Brings in the dict's bucket of a hash. A stripe that is busy is left alone.
    #[inline(always)]
    pub fn prefetch_bucket(&self, db: usize, hash: u64) {
        if let Some(state) = self.stripes[self.stripe_of(hash)].0.try_lock()
            && let Some(db) = state.db(db)
        {
            db.dict.items().prefetch_bucket(hash);
        }
    }
    /// Brings in the entry that is probably the one of a hash.
    #[inline(always)]
    pub fn prefetch_entry(&self, db: usize, hash: u64) {
        if let Some(state) = self.stripes[self.stripe_of(hash)].0.try_lock()
            && let Some(db) = state.db(db)
        {
            db.prefetch_entry(hash);
        }
    }
    /// Brings in what commands will read first within the value of a hash's key; see [`crate::value::Value::prefetch`].
    #[inline(always)]
    pub fn prefetch_within<'e>(&self, db: usize, hash: u64, elements: impl Iterator<Item = &'e [u8]>) {
        if let Some(state) = self.stripes[self.stripe_of(hash)].0.try_lock()
            && let Some(db) = state.db(db)
            && let Some(entry) = db.dict.items().likely(hash)
            && let Body::Value(value) = entry.body()
        {
            // Collections hash as the keyspace does.
            let hashes: SmallVec<[u64; 32]> = elements.map(|element| self.hash(element)).collect();
            value.prefetch(&hashes);
        }
    }
}
