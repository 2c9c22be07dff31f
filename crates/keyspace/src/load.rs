//! Load: the exchange of everything for something else, so that a load that fails can be taken back.

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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::{Entry, NewBody};
    use crate::stripe::Options;

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
}
