//! Those who change entries while a snapshot runs: what they do before, so that the snapshot has the state of its epoch.

use super::{MOVED_EFFORT_MIN, MOVED_TEXT_BYTES_MIN, Moved, pieces};
use crate::entry::Entry;
use crate::stripe::{Db, Keyspace};
use crate::value::Value;
use hematite_structures::packed::{Body, NewBody};
use std::sync::atomic::Ordering::Relaxed;

/// Whether a value that leaves the keyspace is moved to the writer rather than encoded.
fn is_worth_moving(entry: &Entry) -> bool {
    match entry.body() {
        Body::Value(Value::Text(text)) => text.len() >= MOVED_TEXT_BYTES_MIN,
        Body::Value(value) => value.free_effort() > MOVED_EFFORT_MIN,
        _ => false,
    }
}

impl Keyspace {
    /// Before an entry of database `db` changes or goes; called only while a snapshot runs.
    #[cold]
    #[inline(never)]
    pub(crate) fn save_first(&self, db: usize, entry: &mut Entry) {
        let epoch = self.phase.epoch.read();
        if let Some(epoch) = epoch.as_ref().filter(|epoch| !epoch.is_saved(entry)) {
            if !epoch.open(epoch.original(db), entry) {
                epoch.save(db, entry);
            }
            epoch.set_saved(entry);
        }
    }

    /// Before the value of a key is dropped, with its key or overwritten; called only while a snapshot runs. A large value
    /// moves to the writer, and the key holds an empty string instead.
    #[cold]
    #[inline(never)]
    pub(crate) fn hand_over(&self, db: usize, part: &mut Db, hash: u64, key: &[u8]) {
        let Some(epoch) = self.phase.epoch() else { return };
        let Some(mut entry) = part.dict.find_mut(hash, |e| e.name() == key, self.rehash()) else { return };
        let is_being_read = pieces::is_being_read(&entry);
        if epoch.is_saved(&entry) && !is_being_read {
            return;
        }
        if !is_being_read && (!is_worth_moving(&entry) || epoch.is_cancelled.load(Relaxed)) {
            epoch.save(db, &entry);
            epoch.set_saved(&entry);
            return;
        }
        let stand_in = Entry::new(key, entry.extra(), NewBody::Bytes(b""));
        stand_in.set_owner_flags(epoch.parity);
        stand_in.touch(entry.stamp());
        let whole = std::mem::replace(&mut *entry, stand_in);
        drop(entry);
        if let Body::Value(value) = whole.body() {
            part.forget_noted(key, value);
        }
        epoch.take_over(epoch.original(db), whole);
    }

    /// Runs `f`, which moves whole databases about, where the walk is not; called under all gates. `f` may hand over what it
    /// has taken out, by the database's number.
    pub(crate) fn rearrange<R>(
        &self,
        exchanged: Option<(usize, usize)>,
        f: impl FnOnce(&mut dyn FnMut(usize, Db) -> Option<Db>) -> R,
    ) -> R {
        let Some(epoch) = self.phase.epoch().filter(|_| self.phase.is_running()) else {
            return f(&mut |_, part| Some(part));
        };
        let _walk = epoch.walk.lock();
        let is_cancelled = epoch.is_cancelled.load(Relaxed);
        let result = f(&mut |db, part| {
            if is_cancelled {
                return Some(part);
            }
            let db = epoch.original(db);
            epoch.moved.lock().push(Moved::Part(db, part, 0));
            None
        });
        let mut layout = epoch.layout.write();
        layout.changes += 1;
        if let Some((a, b)) = exchanged {
            layout.original.swap(a, b);
        }
        result
    }
}
