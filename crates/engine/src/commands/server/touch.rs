//! What commands over whole databases tell those who watch or wait for keys in them.

use crate::dispatch::Call;
use crate::worker::Ready;
use hematite_keyspace::Scope;

/// Whether a key is in a database.
type Here<'a> = &'a mut dyn FnMut(usize, &[u8]) -> bool;

impl Call<'_, '_> {
    /// Marks those who watch a key of `db` for which `is_touched` holds, and has those who wait for one look again once the
    /// command is over. Everything is locked.
    pub(super) fn touch_where(&mut self, db: usize, is_touched: &dyn Fn(Here, &[u8]) -> bool) {
        let (shared, now_ms) = (self.shared, self.now.unix_ms);
        if !shared.watching.any() && !shared.waiting.any() {
            return;
        }
        let local = &mut *self.local;
        let effects = &mut local.effects;
        let mut here =
            |db: usize, key: &[u8]| shared.keyspace.view(Scope::Everything, db, now_ms, effects).exists(key);
        shared.watching.touch_where(db, |key| is_touched(&mut here, key));
        for key in shared.waiting.keys(db) {
            if is_touched(&mut here, &key) {
                local.ready.push_back(Ready { db, key, is_touched: true });
            }
        }
        local.effects.clear();
    }
}
