//! Load: many entries at once from a file, and the exchange of everything for something else.
//!
//! Entries are taken in batches, so that the cache misses of one batch overlap. Whoever loads keeps everybody else out.

use crate::entry::Entry;
use crate::stripe::{Db, Keyspace};
use crate::value::Value;
use hematite_structures::packed::Body;

/// All that a keyspace held, by stripe. It belongs to the keyspace that it was taken from, whose hash function it follows.
#[derive(Default)]
pub struct Contents(Vec<Vec<Db>>);

impl std::fmt::Debug for Contents {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Contents").finish_non_exhaustive()
    }
}

impl Keyspace {
    /// Adds entries to their databases; the vector is emptied. Stops at the first whose key is there already, and returns
    /// it.
    pub fn load(&self, batch: &mut Vec<(usize, Entry)>) -> Result<(), Entry> {
        const AHEAD: usize = 32;
        let mut hashes = [0u64; AHEAD];
        let mut entries = batch.drain(..);
        while entries.len() > 0 {
            let group = &entries.as_slice()[..entries.len().min(AHEAD)];
            for ((db, entry), hash) in group.iter().zip(&mut hashes) {
                *hash = self.hash(entry.name());
                self.prefetch_bucket(*db, *hash);
            }
            let count = group.len();
            for ((db, entry), hash) in entries.by_ref().take(count).zip(hashes) {
                self.load_one(db, hash, entry)?;
            }
        }
        Ok(())
    }

    fn load_one(&self, db: usize, hash: u64, mut entry: Entry) -> Result<(), Entry> {
        let mut state = self.lock(self.stripe_of(hash));
        let part = state.db_mut(db);
        if part.dict.find(hash, |e| e.name() == entry.name()).is_some() {
            return Err(entry);
        }
        if let Body::Value(Value::Hash(table)) = entry.body()
            && table.next_expiry().is_some()
        {
            part.note_new(&mut entry);
        }
        part.dict.insert_unique(hash, entry, self.rehash());
        Ok(())
    }

    /// Takes everything out and puts something else in its place. The caller has made sure that no view is alive.
    pub fn exchange(&self, contents: Contents) -> Contents {
        let mut contents = contents.0.into_iter();
        let taken = (0..self.stripes()).map(|stripe| {
            let databases = contents.next().unwrap_or_default();
            self.lock(stripe).exchange(databases)
        });
        Contents(taken.collect())
    }

    /// Number of keys of a database that have an expiry.
    pub fn expires(&self, db: usize) -> usize {
        (0..self.stripes()).map(|s| self.lock(s).db(db).map_or(0, |d| d.dict.marked_len())).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::NewBody;
    use crate::stripe::Options;

    #[test]
    fn loads_and_exchanges() {
        let keyspace = Keyspace::new(&Options { stripes: 4, seed: 3, ..Options::default() });
        let entry =
            |n: u64| Entry::new(format!("k{n}").as_bytes(), (n % 2 == 0).then_some(n), NewBody::Integer(1));
        let mut batch: Vec<_> = (0..1000).map(|n| ((n % 3) as usize, entry(n))).collect();
        assert!(keyspace.load(&mut batch).is_ok());
        assert_eq!((keyspace.len(0), keyspace.len(1), keyspace.len(2)), (334, 333, 333));
        assert_eq!(keyspace.expires(0), 167);
        let mut batch = vec![(0, entry(1)), (0, entry(3)), (0, entry(4))];
        assert_eq!(keyspace.load(&mut batch).err().map(|e| e.name().to_vec()), Some(b"k3".to_vec()));
        let before = keyspace.exchange(Contents::default());
        assert!(keyspace.is_empty());
        assert!(keyspace.load(&mut vec![(5, entry(1))]).is_ok());
        let other = keyspace.exchange(before);
        assert_eq!((keyspace.len(0), keyspace.len(5)), (335, 0));
        keyspace.exchange(other);
        assert_eq!((keyspace.len(0), keyspace.len(5)), (0, 1));
    }
}
