//! Walking a range of a stream's entries, oldest first or newest first.

use super::id_map::Range;
use super::node::{Entry, Master};
use super::{Stream, StreamId};
use crate::listpack::{Listpack, Position};

/// The node that a walk is in.
struct Current<'a> {
    master_id: StreamId,
    lp: &'a Listpack,
    master: Master,
    /// Forward: the next entry. Backward: the entry seen last, None before the first.
    at: Option<Position>,
}

/// The living entries of a range, oldest first.
pub struct Entries<'a> {
    nodes: Range<'a, Listpack>,
    current: Option<Current<'a>>,
    start: StreamId,
    end: StreamId,
}

/// The living entries of a range, newest first.
pub struct EntriesBackward<'a>(Entries<'a>);

impl Stream {
    /// The entries from `start` to `end`, both included, oldest first.
    pub fn range(&self, start: StreamId, end: StreamId) -> Entries<'_> {
        let from = self.nodes.floor(start).unwrap_or(start);
        Entries { nodes: self.nodes.range(from, end), current: None, start, end }
    }

    /// The entries from `start` to `end`, both included, newest first.
    pub fn range_backward(&self, start: StreamId, end: StreamId) -> EntriesBackward<'_> {
        EntriesBackward(self.range(start, end))
    }
}

/// Calls `f` with the living entries of a node, oldest first.
pub fn for_each_of_node<'a>(master_id: StreamId, lp: &'a Listpack, mut f: impl FnMut(Entry<'a>)) {
    let Some(master) = Master::read(lp) else { return };
    let mut at = master.entries_at;
    while let Some(spot) = at.and_then(|at| master.spot(lp, master_id, at)) {
        at = spot.next(lp);
        if !spot.is_deleted {
            f(spot.entry(lp, &master));
        }
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = Entry<'a>;

    fn next(&mut self) -> Option<Entry<'a>> {
        loop {
            let Some(current) = &mut self.current else {
                let (master_id, lp) = self.nodes.next()?;
                let master = Master::read(lp)?;
                self.current = Some(Current { master_id, lp, master, at: master.entries_at });
                continue;
            };
            let Some(at) = current.at else {
                self.current = None;
                continue;
            };
            let spot = current.master.spot(current.lp, current.master_id, at)?;
            if spot.id > self.end {
                return None;
            }
            current.at = spot.next(current.lp);
            if !spot.is_deleted && spot.id >= self.start {
                return Some(spot.entry(current.lp, &current.master));
            }
        }
    }
}

impl<'a> Iterator for EntriesBackward<'a> {
    type Item = Entry<'a>;

    fn next(&mut self) -> Option<Entry<'a>> {
        let walk = &mut self.0;
        loop {
            let Some(current) = &mut walk.current else {
                let (master_id, lp) = walk.nodes.next_back()?;
                walk.current = Some(Current { master_id, lp, master: Master::read(lp)?, at: None });
                continue;
            };
            let Some(spot) = current.master.spot_before(current.lp, current.master_id, current.at) else {
                walk.current = None;
                continue;
            };
            if spot.id < walk.start {
                return None;
            }
            current.at = Some(spot.at());
            if !spot.is_deleted && spot.id <= walk.end {
                return Some(spot.entry(current.lp, &current.master));
            }
        }
    }
}
