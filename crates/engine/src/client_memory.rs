//! Memory of clients: `maxmemory-clients`, which hangs up on those that take most when all together take too much.
//!
//! Each session's share of the sum is brought up to date whenever it was worked on, and all shares ten times a second, so
//! that a limit set while clients are connected takes hold. Sessions of this process are counted but never hung up on, as
//! are those that have said CLIENT NO-EVICT.

use crate::commands::memory_bytes;
use crate::engine::Shared;
use crate::flow::Transport;
use crate::registry::Card;
use std::cmp::Reverse;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// The limit and the sum.
#[derive(Debug, Default)]
pub(crate) struct ClientMemory {
    bytes_max: AtomicU64,
    /// Bytes of all clients; wraps below zero while several threads settle at once.
    bytes: AtomicU64,
    evicted: AtomicU64,
}

impl ClientMemory {
    /// Sets `maxmemory-clients`, bytes; 0: no limit.
    pub fn set_limit(&self, bytes_max: u64) {
        self.bytes_max.store(bytes_max, Relaxed);
    }
    /// Clients that were hung up on.
    pub fn evicted(&self) -> u64 {
        self.evicted.load(Relaxed)
    }
    /// CONFIG RESETSTAT.
    pub fn reset_statistics(&self) {
        self.evicted.store(0, Relaxed);
    }
    /// Has the sum follow what a session takes; one that is on its way out counts as gone.
    fn settle(&self, card: &Card, bytes: usize) {
        let bytes = if card.killed.load(Relaxed) { 0 } else { bytes };
        let before = card.counted_bytes.swap(bytes, Relaxed);
        self.bytes.fetch_add((bytes as u64).wrapping_sub(before as u64), Relaxed);
    }
    /// Bytes above the limit.
    fn over(&self) -> u64 {
        let max = self.bytes_max.load(Relaxed);
        let bytes = self.bytes.load(Relaxed);
        if max == 0 || bytes > i64::MAX as u64 { 0 } else { bytes.saturating_sub(max) }
    }
}

impl Shared {
    /// A session was worked on.
    #[inline]
    pub fn note_client_memory(&self, card: &Card) {
        if self.clients.bytes_max.load(Relaxed) != 0 {
            self.clients.settle(card, memory_bytes(card));
            if self.clients.over() != 0 {
                self.evict_clients();
            }
        }
    }

    /// A session has ended.
    pub fn forget_client_memory(&self, card: &Card) {
        self.clients.settle(card, 0);
    }

    /// Counts everybody; ten times a second where there is a limit.
    pub fn count_client_memory(&self) {
        if self.clients.bytes_max.load(Relaxed) == 0 {
            return;
        }
        for card in self.registry.all() {
            self.clients.settle(&card, memory_bytes(&card));
        }
        if self.clients.over() != 0 {
            self.evict_clients();
        }
    }

    /// Hangs up on the largest clients until the others fit.
    #[cold]
    fn evict_clients(&self) {
        let may_go = |card: &Arc<Card>| {
            card.peer.transport != Transport::InProcess
                && !card.killed.load(Relaxed)
                && !card.traits.lock().no_evict
        };
        let mut cards: Vec<Arc<Card>> = self.registry.all().into_iter().filter(may_go).collect();
        cards.sort_by_key(|card| Reverse(card.counted_bytes.load(Relaxed)));
        for card in cards {
            if self.clients.over() == 0 {
                break;
            }
            card.kill();
            self.clients.settle(&card, 0);
            self.clients.evicted.fetch_add(1, Relaxed);
        }
    }
}
