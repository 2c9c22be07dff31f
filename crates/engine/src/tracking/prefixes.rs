//! Prefixes: which clients are told of every key whose name begins so.

use crate::flow::SessionId;
use parking_lot::RwLock;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

#[derive(Default)]
pub(super) struct Prefixes {
    clients: RwLock<BTreeMap<Box<[u8]>, BTreeSet<SessionId>>>,
    count: AtomicUsize,
}

impl Prefixes {
    /// Number of prefixes.
    pub fn len(&self) -> usize {
        self.count.load(Relaxed)
    }
    /// Everything.
    pub fn all(&self) -> BTreeMap<Box<[u8]>, BTreeSet<SessionId>> {
        self.clients.read().clone()
    }
    /// Those of a client, in order.
    pub fn of(&self, id: SessionId) -> Vec<Box<[u8]>> {
        let clients = self.clients.read();
        clients.iter().filter(|(_, ids)| ids.contains(&id)).map(|(prefix, _)| prefix.clone()).collect()
    }
    pub fn add(&self, prefix: &[u8], id: SessionId) {
        let mut clients = self.clients.write();
        clients.entry(prefix.into()).or_default().insert(id);
        self.count.store(clients.len(), Relaxed);
    }
    /// A client is no more.
    pub fn remove(&self, id: SessionId) {
        let mut clients = self.clients.write();
        clients.retain(|_, ids| {
            ids.remove(&id);
            !ids.is_empty()
        });
        self.count.store(clients.len(), Relaxed);
    }
}
