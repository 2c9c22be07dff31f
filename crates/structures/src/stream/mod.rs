//! Stream: an append-only log of entries under rising ids, with consumer groups.
//!
//! ```text
//!   nodes:  master id → listpack of up to 100 entries as deltas (node.rs)      in an IdMap (id_map.rs)
//!   idempotency: producer → its last messages' ids (idempotency.rs)
//!   groups: name → { last id, entries read, pending: id → (consumer, time, count), consumers }   (group.rs)
//! ```
//!
//! Nodes are the reference's byte for byte, and begin, fill and go by its rules, so that dumps and the effects of
//! approximate trimming are the same.
//!
//! Invariants: every node holds at least one entry, and a living one unless an exact trim by id left only deleted ones;
//! ids rise from node to node and within; `length` counts the living entries; `first_id` is the lowest living id, 0-0
//! when there is none.

mod group;
mod id;
mod id_map;
mod idempotency;
mod iter;
mod node;
mod reading;
#[cfg(test)]
mod tests;
mod trim;

use crate::dismantle::Dismantle;
use crate::listpack::{Listpack, TooLarge};
pub use group::{Consumer, ConsumerId, Group, Pending};
pub use id::StreamId;
pub use id_map::{IdMap, Range as IdRange};
pub use idempotency::{Idempotency, IdempotencyLimits};
pub use iter::{Entries, EntriesBackward, for_each_of_node};
pub use node::{Entry, NodeLimits};
use std::collections::BTreeMap;
pub use trim::Trim;

/// Why an entry was not appended; nothing was changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AppendError {
    /// The id is not higher than the last one.
    NotAfterLast,
    /// The elements do not fit in a node.
    TooLarge,
}

/// A foreign listpack is not a node of a stream, or not one that follows the nodes before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct InvalidNode;

/// A stream; see the head of the file.
#[derive(Clone, Default)]
pub struct Stream {
    nodes: IdMap<Listpack>,
    length: u64,
    first_id: StreamId,
    /// The highest id ever given; no lower one is accepted.
    pub last_id: StreamId,
    /// The highest id that was deleted by id.
    pub max_deleted_id: StreamId,
    /// Entries ever added.
    pub entries_added: u64,
    groups: BTreeMap<Box<[u8]>, Group>,
    /// What producers have sent, once one has numbered its messages.
    idempotency: Option<Box<Idempotency>>,
    /// Its reading, if one is under way.
    reading: reading::Reading,
}

impl Stream {
    /// An empty stream.
    pub fn new() -> Stream {
        Stream::default()
    }

    /// Number of entries.
    pub fn len(&self) -> u64 {
        self.length
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The lowest id of an entry; 0-0 if there is none.
    pub fn first_id(&self) -> StreamId {
        self.first_id
    }

    /// Appends an entry of alternating fields and values. Counts it as added and raises the last id.
    pub fn append(
        &mut self,
        id: StreamId,
        elements: &[impl AsRef<[u8]>],
        limits: NodeLimits,
    ) -> Result<(), AppendError> {
        if id <= self.last_id {
            return Err(AppendError::NotAfterLast);
        }
        let too_large = |TooLarge| AppendError::TooLarge;
        if self.is_being_read() {
            let last = self.nodes.last().map(|(last, _)| last);
            last.into_iter().chain([id]).for_each(|id| self.reading.keep(&self.nodes, id));
        }
        match self.nodes.last_mut() {
            Some((master_id, lp)) if node::has_room(lp, elements, limits) => {
                node::append(lp, master_id, id, elements).map_err(too_large)?;
            }
            last => {
                let mut lp = node::begin(elements).map_err(too_large)?;
                node::append(&mut lp, id, id, elements).map_err(too_large)?;
                if let Some((_, full)) = last {
                    full.shrink_to_fit();
                }
                self.nodes.insert(id, lp);
            }
        }
        self.length += 1;
        self.entries_added += 1;
        self.last_id = id;
        if self.length == 1 {
            self.first_id = id;
        }
        Ok(())
    }

    /// The entry with this id.
    pub fn get(&self, id: StreamId) -> Option<Entry<'_>> {
        self.range(id, id).next()
    }

    /// The oldest entry.
    pub fn first(&self) -> Option<Entry<'_>> {
        self.range(StreamId::MIN, StreamId::MAX).next()
    }

    /// The newest entry.
    pub fn last(&self) -> Option<Entry<'_>> {
        self.range_backward(StreamId::MIN, StreamId::MAX).next()
    }

    fn find_first(&mut self) {
        self.first_id = self.first().map_or(StreamId::MIN, |entry| entry.id);
    }

    /// Gives the stream up, to be dropped in steps; a group goes in one.
    pub fn dismantle(self) -> impl Dismantle + use<> {
        (self.nodes.dismantle(), self.groups.into_values().collect::<Vec<_>>())
    }

    /// Number of nodes.
    pub fn node_count(&self) -> usize {
        self.nodes.len()
    }

    /// The nodes with their master ids, as a dump holds them.
    pub fn nodes(&self) -> impl DoubleEndedIterator<Item = (StreamId, &Listpack)> {
        self.nodes.iter()
    }

    /// Adds a node of a dump after those already there, checking every entry. Counts its entries in `len`, but leaves
    /// `last_id` and `entries_added` to the caller, who has them from the dump.
    pub fn push_node(&mut self, master_id: StreamId, lp: Listpack) -> Result<(), InvalidNode> {
        let master = node::validate(&lp, master_id).ok_or(InvalidNode)?;
        if let Some((before, last)) = self.nodes.last() {
            let edge = node::last_spot(last, before).ok_or(InvalidNode)?;
            if master_id <= edge.id {
                return Err(InvalidNode);
            }
        }
        self.length += master.count;
        self.nodes.insert(master_id, lp);
        if self.length == master.count {
            self.find_first();
        }
        Ok(())
    }

    /// How many entries were ever added up to an id, as far as that can be told: deleted entries leave no trace but the
    /// highest of their ids.
    pub fn added_up_to(&self, id: StreamId) -> Option<u64> {
        let added = self.entries_added;
        if added == 0 {
            return Some(0);
        }
        if self.is_empty() && id <= self.last_id {
            return Some(added);
        }
        match id.cmp(&self.last_id) {
            std::cmp::Ordering::Equal => return Some(added),
            std::cmp::Ordering::Greater => return None,
            std::cmp::Ordering::Less => {}
        }
        let before = added.saturating_sub(self.len());
        if self.max_deleted_id == StreamId::MIN || self.max_deleted_id < self.first_id() {
            match id.cmp(&self.first_id()) {
                std::cmp::Ordering::Less => return Some(before),
                std::cmp::Ordering::Equal => return Some(before + 1),
                std::cmp::Ordering::Greater => {}
            }
        }
        None
    }

    /// The group of this name.
    pub fn group(&self, name: &[u8]) -> Option<&Group> {
        self.groups.get(name)
    }

    /// The group of this name, to be changed.
    pub fn group_mut(&mut self, name: &[u8]) -> Option<&mut Group> {
        self.groups.get_mut(name)
    }

    /// Adds a group; false, and nothing changes, if there is one of this name.
    pub fn add_group(&mut self, name: &[u8], group: Group) -> bool {
        if self.groups.contains_key(name) {
            return false;
        }
        self.groups.insert(name.into(), group);
        true
    }

    /// Removes a group.
    pub fn remove_group(&mut self, name: &[u8]) -> Option<Group> {
        self.groups.remove(name)
    }

    /// All groups in the order of their names.
    pub fn groups(&self) -> impl ExactSizeIterator<Item = (&[u8], &Group)> {
        self.groups.iter().map(|(name, group)| (&name[..], group))
    }

    /// All groups in the order of their names, to be changed.
    pub fn groups_mut(&mut self) -> impl ExactSizeIterator<Item = (&[u8], &mut Group)> {
        self.groups.iter_mut().map(|(name, group)| (&name[..], group))
    }

    /// How many entries are pending in all groups together.
    pub fn pending_len(&self) -> usize {
        self.groups.values().map(Group::pending_len).sum()
    }

    /// Copies of all groups as they are now, in the order of their names, which share what is pending until it is changed here.
    pub fn freeze_groups(&mut self) -> Vec<(Box<[u8]>, Group)> {
        self.groups.iter_mut().map(|(name, group)| (name.clone(), group.freeze())).collect()
    }

    /// What producers have sent, if one has numbered its messages or limits were set.
    pub fn idempotency(&self) -> Option<&Idempotency> {
        self.idempotency.as_deref()
    }

    /// The same, to be changed; made with `limits` if it is not there.
    pub fn idempotency_or_create(&mut self, limits: IdempotencyLimits) -> &mut Idempotency {
        self.idempotency.get_or_insert_with(|| Box::new(Idempotency::new(limits)))
    }

    /// Sets what producers have sent, as a dump says it.
    pub fn set_idempotency(&mut self, known: Idempotency) {
        self.idempotency = Some(Box::new(known));
    }

    /// Bytes allocated. Walks the nodes and the groups.
    pub fn heap_bytes(&self) -> usize {
        self.heap_bytes_by(usize::MAX)
    }

    /// The same, with as many nodes looked at and the others taken to be like them.
    pub fn heap_bytes_by(&self, nodes_max: usize) -> usize {
        let seen = self.nodes.len().min(nodes_max);
        let seen_bytes: usize = self.nodes.iter().take(seen).map(|(_, lp)| lp.heap_bytes()).sum();
        let nodes =
            if seen < self.nodes.len() { seen_bytes / seen.max(1) * self.nodes.len() } else { seen_bytes };
        let group = |(name, group): (&[u8], &Group)| {
            name.len() + size_of::<(Box<[u8]>, Group)>() + group.heap_bytes()
        };
        let idempotency = self.idempotency.as_ref().map_or(0, |i| size_of::<Idempotency>() + i.heap_bytes());
        nodes + self.nodes.heap_bytes() + self.groups().map(group).sum::<usize>() + idempotency
    }
}
