//! Active expiry: finds keys whose time has come though nobody looks at them, in bounded steps.
//!
//! Each call works through some stripes from where it left off: in each, buckets of the expiry index in order, until the
//! stripe's share of the effort is spent. The reference samples at random; walking in order finds every expired key within
//! one round and looks at none twice. Expired fields of hashes go by the same calls: see `field_expiry`.

use crate::effects::{Class, Effects};
use crate::entry::EntryExt;
use crate::stripe::Keyspace;

/// How much one call may do.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// Keys looked at in all.
    pub keys_max: usize,
    /// Keys looked at under one hold of a stripe's lock.
    pub keys_per_lock_max: usize,
}

/// What one call did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Keys looked at.
    pub seen: usize,
    /// Keys deleted.
    pub expired: usize,
    /// Fields of hashes deleted, or looked at too early.
    pub fields: usize,
}

impl Keyspace {
    /// Deletes expired keys of the stripes `stripes` (a worker's share), beginning at the share's `cursor`-th.
    pub fn expire_some(
        &self,
        stripes: &mut dyn Iterator<Item = usize>,
        now_ms: i64,
        effort: Effort,
        effects: &mut Effects,
    ) -> Outcome {
        let mut outcome = Outcome::default();
        for stripe in stripes {
            if outcome.seen >= effort.keys_max {
                break;
            }
            self.expire_stripe(stripe, now_ms, effort, effects, &mut outcome);
            while outcome.seen < effort.keys_max {
                // The lock is let go between rounds, however many fields of a hash are due.
                let fields = self.expire_fields(stripe, now_ms, effort.keys_per_lock_max, effects);
                outcome.seen += fields;
                outcome.fields += fields;
                if fields < effort.keys_per_lock_max {
                    break;
                }
            }
        }
        outcome
    }

    fn expire_stripe(
        &self,
        stripe: usize,
        now_ms: i64,
        effort: Effort,
        effects: &mut Effects,
        outcome: &mut Outcome,
    ) {
        let mut state = self.lock(stripe);
        for db in 0..state.databases() {
            if state.db(db).is_none_or(|d| d.dict.marked_len() == 0) {
                continue;
            }
            if state.expire_cursors.len() <= db {
                state.expire_cursors.resize(db + 1, 0);
            }
            let mut cursor = state.expire_cursors[db];
            let (mut seen, mut due) = (0, Vec::new());
            let part = state.db_mut(db);
            while seen < effort.keys_per_lock_max {
                cursor = part.dict.scan_marked(cursor, |entry| {
                    seen += 1;
                    if entry.is_expired(now_ms) {
                        due.push(entry.name().to_vec());
                    }
                });
                if cursor == 0 {
                    break;
                }
            }
            for key in &due {
                let hash = self.hash(key);
                if self.phase.is_running() {
                    self.hand_over(db, part, hash, key);
                }
                let removed = part.dict.remove(hash, |e| e.name() == &key[..], self.rehash());
                if let Some(value) = removed.and_then(|e| e.into_value()) {
                    part.forget_noted(key, &value);
                    effects.trash.push(value);
                }
                effects.expired_key(db, key);
                effects.touch(db, key);
                effects.event(Class::EXPIRED, "expired", db, key);
            }
            state.expire_cursors[db] = cursor;
            outcome.seen += seen;
            outcome.expired += due.len();
        }
    }
}
