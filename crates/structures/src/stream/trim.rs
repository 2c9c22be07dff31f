//! Removing entries of a stream: one by id, or the oldest by count or id, with the reference's work per node.

use super::node::{Master, last_spot};
use super::{Stream, StreamId};

/// What to trim a stream to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Trim {
    /// At most so many entries.
    MaxLen(u64),
    /// No entry with a lower id.
    MinId(StreamId),
}

impl Stream {
    /// Removes the entry with this id; whether it was there. Raises the highest deleted id.
    pub fn delete(&mut self, id: StreamId) -> bool {
        if self.is_being_read()
            && let Some(master_id) = self.nodes.floor(id)
        {
            self.reading.keep(&self.nodes, master_id);
        }
        let Some((master_id, lp)) = self.nodes.floor_mut(id) else { return false };
        let Some(master) = Master::read(lp) else { return false };
        let mut at = master.entries_at;
        let spot = loop {
            let Some(spot) = at.and_then(|at| master.spot(lp, master_id, at)) else { return false };
            if spot.id >= id {
                break spot;
            }
            at = spot.next(lp);
        };
        if spot.id != id || spot.is_deleted {
            return false;
        }
        if master.count <= 1 {
            self.nodes.remove(master_id);
        } else {
            spot.mark_deleted(lp);
            Master::set_counts(lp, master.count - 1, master.deleted + 1);
        }
        self.length -= 1;
        self.max_deleted_id = self.max_deleted_id.max(id);
        if id == self.first_id || self.length == 0 {
            self.find_first();
        }
        true
    }

    /// Removes the oldest entries; how many went. `approximate`: whole nodes only, for speed. `limit`, unless 0: stop
    /// before a node that would bring the entries looked at past it.
    pub fn trim(&mut self, to: Trim, approximate: bool, limit: u64) -> u64 {
        let mut trimmed = 0;
        while let Some((master_id, lp)) = self.nodes.first() {
            if matches!(to, Trim::MaxLen(max) if self.length <= max) {
                break;
            }
            let Some(master) = Master::read(lp) else { break };
            if limit > 0 && trimmed + master.count > limit {
                break;
            }
            let goes_whole = match to {
                Trim::MaxLen(max) => self.length.saturating_sub(master.count) >= max,
                Trim::MinId(min) => last_spot(lp, master_id).is_some_and(|last| last.id < min),
            };
            if !goes_whole {
                if !approximate {
                    trimmed += self.trim_node(master_id, to);
                }
                break;
            }
            self.reading.keep(&self.nodes, master_id);
            self.nodes.remove(master_id);
            self.length -= master.count;
            trimmed += master.count;
        }
        if trimmed > 0 {
            self.find_first();
        }
        trimmed
    }

    /// Marks the oldest entries of the first node as deleted.
    fn trim_node(&mut self, master_id: StreamId, to: Trim) -> u64 {
        self.reading.keep(&self.nodes, master_id);
        let Some(lp) = self.nodes.get_mut(master_id) else { return 0 };
        let Some(master) = Master::read(lp) else { return 0 };
        let (mut at, mut trimmed) = (master.entries_at, 0);
        while let Some(spot) = at.and_then(|at| master.spot(lp, master_id, at)) {
            let is_done = match to {
                Trim::MaxLen(max) => self.length <= max,
                Trim::MinId(min) => spot.id >= min,
            };
            if is_done {
                break;
            }
            at = spot.next(lp);
            if !spot.is_deleted {
                spot.mark_deleted(lp);
                trimmed += 1;
                self.length -= 1;
            }
        }
        if trimmed > 0 {
            Master::set_counts(lp, master.count - trimmed, master.deleted + trimmed);
        }
        trimmed
    }
}
