//! Watching: which sessions WATCH which keys. Whoever touches a key marks them; EXEC looks at the mark.

use crate::registry::Card;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed, Ordering::SeqCst};

/// The watchers of each key.
type Watchers = HashMap<Box<[u8]>, Vec<Arc<Card>>>;

/// Watched keys by database.
#[derive(Default)]
pub struct Watching {
    keys: Mutex<HashMap<usize, Watchers>>,
    /// Watched keys, and those who follow whatever is touched.
    count: AtomicUsize,
}

impl Watching {
    /// Whether anybody watches or follows at all.
    #[inline(always)]
    pub fn any(&self) -> bool {
        self.count.load(Relaxed) != 0
    }
    /// Somebody follows all keys that are touched, as the trackers of keys do: commands record them from now on.
    pub fn follow(&self) {
        self.count.fetch_add(1, SeqCst);
    }
    /// Somebody does so no more.
    pub fn unfollow(&self) {
        self.count.fetch_sub(1, SeqCst);
    }
    /// Has a session watch a key that it did not watch before.
    pub fn add(&self, card: &Arc<Card>, db: usize, key: &[u8]) {
        let mut keys = self.keys.lock();
        keys.entry(db).or_default().entry(key.into()).or_default().push(Arc::clone(card));
        self.count.fetch_add(1, SeqCst);
    }
    /// A session watches a key no more.
    pub fn remove(&self, card: &Card, db: usize, key: &[u8]) {
        let mut keys = self.keys.lock();
        let Some(of_db) = keys.get_mut(&db) else { return };
        let Some(watchers) = of_db.get_mut(key) else { return };
        if let Some(at) = watchers.iter().position(|c| c.id == card.id) {
            watchers.swap_remove(at);
            self.count.fetch_sub(1, SeqCst);
        }
        if watchers.is_empty() {
            of_db.remove(key);
        }
    }
    /// Marks those who watch a key.
    pub fn touch(&self, db: usize, key: &[u8]) {
        let keys = self.keys.lock();
        for card in keys.get(&db).and_then(|of_db| of_db.get(key)).into_iter().flatten() {
            card.is_dirty.store(true, Relaxed);
        }
    }
    /// Marks those who watch a key of this database for which `is_touched` holds (FLUSHDB, SWAPDB).
    pub fn touch_where(&self, db: usize, mut is_touched: impl FnMut(&[u8]) -> bool) {
        let keys = self.keys.lock();
        for (key, cards) in keys.get(&db).into_iter().flatten() {
            if is_touched(key) {
                cards.iter().for_each(|card| card.is_dirty.store(true, Relaxed));
            }
        }
    }
}
