//! Load: entries that come from a file, and the exchange of everything for something else, so that a load that fails can be
//! taken back.

use crate::entry::Entry;
use crate::snapshot::PARITY;
use crate::stripe::{Db, Keyspace};

/// All that a keyspace held, by stripe. It belongs to the keyspace that it was taken from, whose hash function it follows.
#[derive(Default)]
pub struct Contents(Vec<Vec<Db>>);

impl std::fmt::Debug for Contents {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Contents").finish_non_exhaustive()
    }
}

impl Keyspace {
    /// Takes everything out and puts something else in its place. The caller has made sure that no view is alive and no
    /// snapshot runs.
    pub fn exchange(&self, contents: Contents) -> Contents {
        let mut contents = contents.0.into_iter();
        let taken = (0..self.stripes()).map(|stripe| {
            let databases = contents.next().unwrap_or_default();
            self.lock(stripe).exchange(databases)
        });
        Contents(taken.collect())
    }

    /// Brings back contents that were taken out, beside what has come in their place. A key that both have stays as it is here
    /// if `replaces`; otherwise it is an error, which names it, and everything is as it was. The caller has made sure that no
    /// view is alive and no snapshot runs.
    pub fn join(&self, contents: Contents, replaces: bool) -> Result<(), (Contents, Box<[u8]>)> {
        if !replaces && let Some(key) = self.first_in_both(&contents) {
            return Err((contents, key));
        }
        for (stripe, databases) in contents.0.into_iter().enumerate() {
            let mut state = self.lock(stripe);
            for (index, db) in databases.into_iter().enumerate() {
                let part = state.db_mut(index);
                let (mut items, marked) = db.dict.dismantle();
                // The list of those that expire goes before the keys that it refers to.
                drop(marked);
                items.step_with(usize::MAX, |entry| {
                    let hash = self.hash(entry.name());
                    if part.dict.find(hash, |e| e.name() == entry.name()).is_none() {
                        part.insert(hash, entry, self.rehash());
                    }
                });
            }
        }
        Ok(())
    }

    /// A key of contents that were taken out that is here as well.
    fn first_in_both(&self, contents: &Contents) -> Option<Box<[u8]>> {
        contents.0.iter().enumerate().find_map(|(stripe, databases)| {
            let state = self.lock(stripe);
            databases.iter().enumerate().find_map(|(index, db)| {
                let here = state.db(index)?;
                let is_here = |name: &[u8]| here.dict.find(self.hash(name), |e| e.name() == name).is_some();
                db.dict.items().iter().find(|entry| is_here(entry.name())).map(|entry| entry.name().into())
            })
        })
    }

    /// Puts in entries that were read from a file, with their databases, all of which are there. The vector is emptied. A key
    /// that is there already ends it.
    pub fn load_batch(&self, batch: &mut Vec<(usize, Entry)>) -> Result<(), Box<[u8]>> {
        let hashes: Vec<u64> = batch.iter().map(|(_, entry)| self.hash(entry.name())).collect();
        hashes.iter().for_each(|hash| self.prefetch_stripe(*hash));
        // The lines of the locks arrive while those before are looked at, and so do the buckets.
        for ((db, _), hash) in batch.iter().zip(&hashes) {
            self.prefetch_bucket(*db, *hash);
        }
        let parity = self.phase.parity();
        for ((db, entry), hash) in batch.drain(..).zip(hashes) {
            let mut state = self.lock(self.stripe_of(hash));
            let part = state.db_mut(db);
            if part.dict.find(hash, |e| e.name() == entry.name()).is_some() {
                return Err(entry.name().into());
            }
            entry.set_owner_flags(entry.owner_flags() & !PARITY | parity);
            part.insert(hash, entry, self.rehash());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::NewBody;
    use crate::stripe::Options;
    use hematite_structures::packed::Body;

    #[test]
    fn exchanges() {
        let keyspace = Keyspace::new(&Options { stripes: 4, seed: 3, ..Options::default() });
        let entry = |n: u64| {
            let expires_at = (n.is_multiple_of(2)).then_some(n);
            Entry::new(format!("k{n}").as_bytes(), expires_at, NewBody::Integer(1))
        };
        let mut batch: Vec<_> = (0..1000).map(|n| ((n % 3) as usize, entry(n))).collect();
        assert!(keyspace.load_batch(&mut batch).is_ok());
        assert_eq!((keyspace.len(0), keyspace.len(1), keyspace.len(2)), (334, 333, 333));
        let before = keyspace.exchange(Contents::default());
        assert!(keyspace.is_empty());
        assert!(keyspace.load_batch(&mut vec![(5, entry(1))]).is_ok());
        let other = keyspace.exchange(before);
        assert_eq!((keyspace.len(0), keyspace.len(5)), (334, 0));
        keyspace.exchange(other);
        assert_eq!((keyspace.len(0), keyspace.len(5)), (0, 1));
    }

    #[test]
    fn joins_what_was_taken_out() {
        let keyspace = Keyspace::new(&Options { stripes: 4, seed: 3, ..Options::default() });
        let put = |keys: std::ops::Range<u64>, value: i64| {
            let entry = |n: u64| Entry::new(format!("k{n}").as_bytes(), None, NewBody::Integer(value));
            keyspace
                .load_batch(&mut keys.map(|n| ((n % 3) as usize, entry(n))).collect())
                .expect("they are new");
        };
        put(0..1000, 1);
        let before = keyspace.exchange(Contents::default());
        put(900..1100, 2);
        let (before, key) = keyspace.join(before, false).expect_err("both have keys from 900 on");
        assert!(key.starts_with(b"k9"), "{}", key.escape_ascii());
        assert_eq!((0..3).map(|db| keyspace.len(db)).sum::<usize>(), 200, "nothing has changed");
        assert!(keyspace.join(before, true).is_ok());
        assert_eq!((0..3).map(|db| keyspace.len(db)).sum::<usize>(), 1100);
        let mut sum = 0;
        (0..3).for_each(|db| {
            keyspace.for_each(db, 0, |entry| match entry.body() {
                Body::Integer(value) => sum += value,
                _ => panic!("all are integers"),
            });
        });
        assert_eq!(sum, 900 + 2 * 200, "what has come stays");
        // And nothing is in the way of keys that nobody has.
        let before = keyspace.exchange(Contents::default());
        put(2000..2100, 3);
        assert!(keyspace.join(before, false).is_ok());
        assert_eq!((0..3).map(|db| keyspace.len(db)).sum::<usize>(), 1200);
    }
}
