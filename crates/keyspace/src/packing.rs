//! Packing: keys and values that lie where memory has become sparse move together, in bounded steps, so that what they leave
//! behind can be given back. Only the allocator knows what is sparse; it is asked about addresses.
//!
//! Moved are entries, values of one allocation (strings, listpacks, intsets), and the tables that lead to entries. Larger
//! collections stay where they are.

use crate::entry::Entry;
use crate::stripe::Keyspace;
use hematite_structures::packed::Body;
use smallvec::SmallVec;

/// Where a walk over a stripe goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// The stripe.
    pub stripe: usize,
    db: usize,
    cursor: u64,
    /// Everything in the stripe has been looked at.
    pub is_over: bool,
}

impl Position {
    /// The beginning of a stripe.
    pub fn start(stripe: usize) -> Self {
        Position { stripe, ..Position::default() }
    }
}

/// What one step did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Repacked {
    /// Keys looked at.
    pub seen: usize,
    /// Keys of which something was moved.
    pub keys: usize,
    /// Allocations moved.
    pub moves: usize,
    /// Their bytes, roughly.
    pub bytes: usize,
}

/// Buckets whose entries are brought in at once.
const AHEAD_BUCKETS: usize = 4;

/// Whether an allocation at an address should be moved.
type IsSparse<'a> = &'a dyn Fn(*const u8) -> bool;

fn value_is_sparse(entry: &Entry, is_sparse: IsSparse) -> bool {
    matches!(entry.body(), Body::Value(value) if value.address().is_some_and(is_sparse))
}

impl Keyspace {
    /// Whether anything may be moved at present: not while a snapshot is written.
    pub fn can_repack(&self) -> bool {
        !self.phase.is_running()
    }

    /// Looks at some keys of one stripe under one hold of its lock, `keys_max` and some buckets' at most, and moves what
    /// lies sparse. Nothing is moved while a snapshot is written.
    pub fn repack(&self, at: &mut Position, keys_max: usize, is_sparse: IsSparse) -> Repacked {
        let mut done = Repacked::default();
        let mut state = self.lock(at.stripe);
        if self.phase.is_running() {
            at.is_over = true;
            return done;
        }
        while done.seen < keys_max {
            if at.db >= state.databases() {
                at.is_over = true;
                break;
            }
            let part = state.db_mut(at.db);
            if at.cursor == 0 {
                let (moves, bytes) = part.dict.relocate_tables(is_sparse);
                done.moves += moves;
                done.bytes += bytes;
            }
            // Waits for memory once, not once a key.
            part.dict.items().prefetch_buckets(at.cursor, AHEAD_BUCKETS);
            let mut sparse: SmallVec<[(u64, *const u8); 16]> = SmallVec::new();
            for _ in 0..AHEAD_BUCKETS {
                at.cursor = part.dict.items().scan(at.cursor, |entry| {
                    done.seen += 1;
                    if is_sparse(entry.address()) || value_is_sparse(entry, is_sparse) {
                        sparse.push((self.hash(entry.name()), entry.address()));
                    }
                });
                if at.cursor == 0 {
                    break;
                }
            }
            for (hash, address) in sparse {
                let found = part.dict.find_mut(hash, |entry| entry.address() == address, self.rehash());
                let Some(mut entry) = found else { continue };
                done.keys += 1;
                if is_sparse(entry.address()) {
                    entry.relocate();
                    done.moves += 1;
                    done.bytes += entry.allocated();
                }
                if value_is_sparse(&entry, is_sparse)
                    && let Some(value) = entry.value_mut()
                {
                    value.relocate();
                    done.moves += 1;
                    done.bytes += value.heap_bytes();
                }
            }
            if at.cursor == 0 {
                at.db += 1;
            }
        }
        done
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effects::Effects;
    use crate::entry::{EntryExt, Expiry};
    use crate::stripe::Options;
    use crate::view::Scope;
    use std::cell::RefCell;
    use std::collections::BTreeSet;

    /// Every address at which something of a keyspace lies.
    fn addresses(keyspace: &Keyspace) -> BTreeSet<usize> {
        let seen = RefCell::new(BTreeSet::new());
        for stripe in 0..keyspace.stripes() {
            let mut at = Position::start(stripe);
            while !at.is_over {
                keyspace.repack(&mut at, 10, &|address| {
                    seen.borrow_mut().insert(address.addr());
                    false
                });
            }
        }
        seen.into_inner()
    }

    #[test]
    fn what_moves_stays_what_it_was() {
        let keyspace = Keyspace::new(&Options { stripes: 4, ..Options::default() });
        let mut effects = Effects::default();
        let text = |n: usize| vec![n as u8; n * 7];
        for n in 0..400 {
            let mut view = keyspace.view(Scope::Everything, n % 3, 0, &mut effects);
            let expiry = if n % 2 == 0 { Expiry::At(1_000_000 + n as i64) } else { Expiry::Never };
            view.set_string(format!("key {n}").as_bytes(), &text(n), expiry);
        }
        let before = addresses(&keyspace);
        assert!(before.len() > 600, "entries, and strings beside them");
        let (mut keys, mut moves) = (0, 0);
        for stripe in 0..4 {
            let mut at = Position::start(stripe);
            while !at.is_over {
                // Whatever was there before is sparse; what has moved is not.
                let done = keyspace.repack(&mut at, 7, &|address| before.contains(&address.addr()));
                keys += done.keys;
                moves += done.moves;
                assert!(done.seen < 40, "a step has its bounds");
            }
        }
        assert!(keys >= 400 && moves >= 600, "{keys} keys, {moves} moves");
        for n in 0..400 {
            let mut view = keyspace.view(Scope::Everything, n % 3, 0, &mut effects);
            let entry = view.read(format!("key {n}").as_bytes()).expect("it is there");
            assert_eq!(entry.text(), Some(&text(n)[..]));
            assert_eq!(entry.expires_at(), (n % 2 == 0).then_some(1_000_000 + n as i64));
        }
        let expired: usize = (0..3).map(|db| keyspace.census(db, 0).expires).sum();
        assert_eq!(expired, 200, "those with an expiry are still listed");
    }
}
