//! Readers: which clients have read which keys, since they were last told of a change.
//!
//! ```text
//! shard (hash of the key) ─► hash ─► [(key, [client, client ...])]     nearly always one key a hash
//! ```
//!
//! Clients that have gone stay in the lists until their keys change, as in the reference; they are not told then.

use crate::flow::SessionId;
use hematite_base::random::Random;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Locks that the table is split into.
const SHARDS: usize = 64;

/// Keys of one hash, each with its readers in ascending order.
type Slot = Vec<(Box<[u8]>, Vec<SessionId>)>;

pub(super) struct Readers {
    shards: Vec<Mutex<BTreeMap<u64, Slot>>>,
    keys: AtomicUsize,
    items: AtomicUsize,
    keys_max: AtomicUsize,
}

impl Readers {
    /// A table of at most so many keys; 0 is no limit.
    pub fn new(keys_max: usize) -> Self {
        Readers {
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            keys: AtomicUsize::new(0),
            items: AtomicUsize::new(0),
            keys_max: AtomicUsize::new(keys_max),
        }
    }
    pub fn set_keys_max(&self, keys_max: usize) {
        self.keys_max.store(keys_max, Relaxed);
    }
    /// Number of keys, and of readers summed over them.
    pub fn sizes(&self) -> (usize, usize) {
        (self.keys.load(Relaxed), self.items.load(Relaxed))
    }
    fn shard(&self, hash: u64) -> &Mutex<BTreeMap<u64, Slot>> {
        &self.shards[(hash >> 32) as usize % SHARDS]
    }
    /// A client has read a key.
    pub fn enter(&self, hash: u64, key: &[u8], id: SessionId) {
        let mut shard = self.shard(hash).lock();
        let slot = shard.entry(hash).or_default();
        let readers = match slot.iter_mut().find(|(known, _)| **known == *key) {
            Some((_, readers)) => readers,
            None => {
                self.keys.fetch_add(1, Relaxed);
                slot.push((key.into(), Vec::new()));
                &mut slot.last_mut().expect("one was pushed").1
            }
        };
        if let Err(at) = readers.binary_search(&id) {
            readers.insert(at, id);
            self.items.fetch_add(1, Relaxed);
        }
    }
    /// Takes a key's readers out.
    pub fn take(&self, hash: u64, key: &[u8]) -> Vec<SessionId> {
        let mut shard = self.shard(hash).lock();
        let Some(slot) = shard.get_mut(&hash) else { return Vec::new() };
        let Some(at) = slot.iter().position(|(known, _)| **known == *key) else { return Vec::new() };
        let (_, readers) = slot.swap_remove(at);
        if slot.is_empty() {
            shard.remove(&hash);
        }
        self.forgot(1, readers.len());
        readers
    }
    /// Takes some key and its readers out if there are more keys than there may be.
    pub fn evict(&self, random: &mut Random) -> Option<(Box<[u8]>, Vec<SessionId>)> {
        let max = self.keys_max.load(Relaxed);
        if max == 0 || self.keys.load(Relaxed) <= max {
            return None;
        }
        let start = random.bits() as usize % SHARDS;
        for at in 0..SHARDS {
            let mut shard = self.shards[(start + at) % SHARDS].lock();
            // The first at or after any point, else the first of all: hashes are spread evenly, so any key may be hit.
            let pivot = random.bits();
            let chosen = shard.range(pivot..).next().or_else(|| shard.iter().next()).map(|(hash, _)| *hash);
            let Some(hash) = chosen else { continue };
            let slot = shard.get_mut(&hash)?;
            let taken = slot.pop();
            if slot.is_empty() {
                shard.remove(&hash);
            }
            if let Some((_, readers)) = &taken {
                self.forgot(1, readers.len());
            }
            return taken;
        }
        None
    }
    /// Forgets everything.
    pub fn clear(&self) {
        for shard in &self.shards {
            let taken = std::mem::take(&mut *shard.lock());
            let lengths = taken.values().flatten().map(|(_, readers)| readers.len());
            let (keys, items) = lengths.fold((0, 0), |(keys, items), more| (keys + 1, items + more));
            self.forgot(keys, items);
        }
    }
    fn forgot(&self, keys: usize, items: usize) {
        self.keys.fetch_sub(keys, Relaxed);
        self.items.fetch_sub(items, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_are_entered_once_and_taken_out_at_once() {
        let readers = Readers::new(0);
        for (key, id) in [(&b"a"[..], 2), (b"a", 1), (b"a", 2), (b"b", 1)] {
            // Two keys of one hash are still two keys.
            readers.enter(7, key, id);
        }
        assert_eq!(readers.sizes(), (2, 3));
        assert_eq!(readers.take(7, b"a"), [1, 2]);
        assert!(readers.take(7, b"a").is_empty() && readers.take(8, b"b").is_empty());
        assert_eq!(readers.sizes(), (1, 1));
        readers.clear();
        assert_eq!(readers.sizes(), (0, 0));
    }

    #[test]
    fn too_many_keys_are_evicted() {
        let (readers, mut random) = (Readers::new(10), Random::new(1));
        for n in 0..1000u64 {
            readers.enter(n.wrapping_mul(0x9e37_79b9_7f4a_7c15), &n.to_le_bytes(), n);
        }
        let mut evicted = 0;
        while readers.evict(&mut random).is_some() {
            evicted += 1;
        }
        assert_eq!((evicted, readers.sizes()), (990, (10, 10)));
    }
}
