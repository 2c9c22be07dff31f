//! Reading a stream's nodes as they are at one instant, some at a time, while the stream goes on changing.
//!
//! ```text
//!   master ids   ..... cursor ............ last      a node that changes, goes or comes meanwhile:
//!                given out  | still to come |        up to the cursor   it was given out: nothing to do
//!                                                    behind it          noted; what is there is kept and given out in its place
//!                                                    behind `last`      it came later
//! ```
//!
//! Nodes are given out in the order of their ids. A node that comes with an id that is noted, or that nothing was kept for,
//! came later: the ids of an emptied stream may begin again further down.

use super::{IdMap, Stream, StreamId};
use crate::listpack::Listpack;
use std::collections::{BTreeMap, BTreeSet};

/// The reading of a stream, if one is under way. A copy of the stream is not being read.
#[derive(Default)]
pub(super) struct Reading(Option<Box<Nodewise>>);

impl Clone for Reading {
    fn clone(&self) -> Self {
        Reading(None)
    }
}

struct Nodewise {
    /// The node given out last.
    cursor: Option<StreamId>,
    /// The last node of the beginning.
    last: StreamId,
    noted: BTreeSet<StreamId>,
    kept: BTreeMap<StreamId, Listpack>,
}

impl Reading {
    /// Before the node of this id comes, changes or goes.
    #[inline]
    pub fn keep(&mut self, nodes: &IdMap<Listpack>, id: StreamId) {
        if let Some(nodewise) = &mut self.0 {
            nodewise.keep(nodes, id);
        }
    }
}

impl Nodewise {
    #[cold]
    fn keep(&mut self, nodes: &IdMap<Listpack>, id: StreamId) {
        if self.cursor.is_none_or(|cursor| id > cursor) && id <= self.last && self.noted.insert(id) {
            self.kept.extend(nodes.get(id).map(|node| (id, node.clone())));
        }
    }

    /// Gives out so many nodes; whether that were all.
    fn read(
        &mut self,
        nodes: &IdMap<Listpack>,
        count: usize,
        mut f: impl FnMut(StreamId, &Listpack),
    ) -> bool {
        let start = match self.cursor {
            None => Some(StreamId::MIN),
            Some(cursor) => cursor.next(),
        };
        let noted = &self.noted;
        let ahead = start.map(|start| nodes.range(start, self.last));
        let mut ahead = ahead.into_iter().flatten().filter(|(id, _)| !noted.contains(id)).peekable();
        for _ in 0..count {
            let kept = self.kept.first_key_value().map(|(id, _)| *id);
            let present = ahead.peek().map(|(id, _)| *id);
            let id = match (kept, present) {
                (None, None) => return true,
                (Some(kept), None) => kept,
                (None, Some(present)) => present,
                (Some(kept), Some(present)) => kept.min(present),
            };
            if kept == Some(id) {
                self.kept.pop_first().into_iter().for_each(|(id, node)| f(id, &node));
            } else {
                ahead.next().into_iter().for_each(|(id, node)| f(id, node));
            }
            self.cursor = Some(id);
        }
        false
    }
}

impl Stream {
    /// Begins to read all nodes as they are now; [`Stream::read_on`] gives them out. What else there is of the stream is
    /// not kept: see [`Stream::freeze_groups`] for the groups.
    pub fn begin_reading(&mut self) {
        // No node has the lowest id.
        let last = self.nodes.last().map_or(StreamId::MIN, |(last, _)| last);
        let (noted, kept) = (BTreeSet::new(), BTreeMap::new());
        self.reading = Reading(Some(Box::new(Nodewise { cursor: None, last, noted, kept })));
    }
    /// Whether a reading is under way.
    pub fn is_being_read(&self) -> bool {
        self.reading.0.is_some()
    }
    /// Calls `f` with about `count` nodes more of those that were there at the beginning, and their master ids, in their order;
    /// whether there may be others. If not, the reading has ended.
    pub fn read_on(&mut self, count: usize, f: impl FnMut(StreamId, &Listpack)) -> bool {
        let Some(nodewise) = &mut self.reading.0 else { return false };
        if nodewise.read(&self.nodes, count, f) {
            self.stop_reading();
        }
        self.is_being_read()
    }
    /// Reads no more.
    pub fn stop_reading(&mut self) {
        self.reading = Reading(None);
    }
}
