//! Quicklist: a long list as a row of listpacks.
//!
//! ```text
//!   nodes:  [ listpack ][ listpack ][ large element ][ lzf ][ listpack ]     VecDeque, 16 bytes a node
//!   counts: [       680 ][      340 ][             1 ][ 680 ][        7 ]    VecDeque, 4 bytes a node
//! ```
//!
//! A push or pop at an end touches the first or last listpack, which has room at both of its ends; a new node is
//! begun where the configured limit would be passed ([`Fill`]). An index is found by summing `counts`, which lie
//! side by side, in blocks that the compiler turns into vector additions: a list of 100 million elements is 600 KB of
//! counts. Nodes are cut and joined by the reference's rules, so that a list built by the same commands has the same
//! nodes.
//!
//! With a compression depth of n > 0, listpacks are kept as LZF but for n nodes at each end.
//!
//! Invariants: no node is empty; `counts[i]` is the number of elements of `nodes[i]`; `len` is their sum.

mod change;
mod fill;
mod iter;
mod node;
#[cfg(test)]
mod tests;

pub use fill::Fill;
pub use iter::{Direction, Iter, NodeRef, Nodes};

use crate::dismantle::Dismantle;
use crate::listpack::{BYTES_MAX, Element, Listpack};
use node::Node;
use std::collections::VecDeque;

/// Room for an entry's own bytes beside its text and the listpack's header.
const LARGE_BYTES: usize = BYTES_MAX - 64;

/// How a list lays out its elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Limit of one node (`list-max-listpack-size`).
    pub fill: Fill,
    /// Nodes at each end that are never compressed; 0 compresses nothing (`list-compress-depth`).
    pub compress_depth: u16,
    /// Elements of this many bytes get a node of their own, outside of any listpack.
    pub packed_threshold_bytes: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { fill: Fill::default(), compress_depth: 0, packed_threshold_bytes: 1 << 30 }
    }
}

/// A list of strings.
#[derive(Clone)]
pub struct Quicklist {
    nodes: VecDeque<Node>,
    counts: VecDeque<u32>,
    len: usize,
    settings: Settings,
}

impl Quicklist {
    /// An empty list.
    pub fn new(settings: Settings) -> Self {
        Self { nodes: VecDeque::new(), counts: VecDeque::new(), len: 0, settings }
    }

    /// Gives the list up, to be dropped in steps.
    pub fn dismantle(self) -> impl Dismantle + use<> {
        Vec::from(self.nodes)
    }

    /// A list whose first node is `pack` (none if it is empty).
    pub fn from_listpack(pack: Listpack, settings: Settings) -> Self {
        let mut list = Self::new(settings);
        list.append_listpack(pack);
        list
    }

    /// Appends a node as loaded; an empty one is dropped.
    pub fn append_listpack(&mut self, pack: Listpack) {
        if !pack.is_empty() {
            let count = pack.len();
            self.insert_node(self.nodes.len(), Node::Packed(pack), count);
            self.settle(self.nodes.len() - 1);
        }
    }

    /// Appends a node of one large element as loaded.
    pub fn append_plain(&mut self, value: &[u8]) {
        self.insert_node(self.nodes.len(), Node::plain(value), 1);
        self.settle(self.nodes.len() - 1);
    }

    /// The only node, if there is just one and it is an uncompressed listpack: what a list that has become short
    /// can be converted back to.
    pub fn single_listpack(&self) -> Option<&Listpack> {
        match (self.nodes.len(), self.nodes.front()) {
            (1, Some(Node::Packed(pack))) => Some(pack),
            _ => None,
        }
    }

    /// Gives up the list for its only listpack, or hands the list back.
    pub fn into_listpack(mut self) -> Result<Listpack, Self> {
        if self.single_listpack().is_none() {
            return Err(self);
        }
        match self.nodes.pop_front() {
            Some(Node::Packed(pack)) => Ok(pack),
            _ => unreachable!("just seen to be a listpack"),
        }
    }

    /// A copy of the list as it is now, which shares its nodes until they are changed here: a few nanoseconds a node.
    pub fn freeze(&mut self) -> Quicklist {
        Quicklist {
            nodes: self.nodes.iter_mut().map(Node::share).collect(),
            counts: self.counts.clone(),
            len: self.len,
            settings: self.settings,
        }
    }

    /// The settings in force.
    pub fn settings(&self) -> Settings {
        self.settings
    }

    /// Changes the settings for operations to come; nodes stay as they are until touched.
    pub fn configure(&mut self, settings: Settings) {
        self.settings = settings;
    }

    /// Number of elements.
    #[inline]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no element.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Number of nodes.
    pub fn node_count(&self) -> usize {
        self.nodes.len()
    }

    /// Bytes of all allocations behind the list. Walks the nodes.
    pub fn heap_bytes(&self) -> usize {
        self.nodes.capacity() * size_of::<Node>()
            + self.counts.capacity() * size_of::<u32>()
            + self.nodes.iter().map(Node::heap_bytes).sum::<usize>()
    }

    /// An element's index from one that counts from the end if negative.
    #[inline]
    pub fn resolve(&self, index: i64) -> Option<usize> {
        let index = if index < 0 { index.checked_add_unsigned(self.len as u64)? } else { index };
        usize::try_from(index).ok().filter(|&index| index < self.len)
    }

    /// Calls `read` with the element at `index` (counted from the end if negative).
    #[inline]
    pub fn get<R>(&self, index: i64, read: impl FnOnce(Element<'_>) -> R) -> Option<R> {
        let (node, offset) = self.locate(self.resolve(index)?);
        self.nodes[node].view().get(offset).map(read)
    }

    /// The node that holds the element at `index`, and its offset therein. `index` is below `len`.
    fn locate(&self, index: usize) -> (usize, usize) {
        debug_assert!(index < self.len);
        let first = self.counts[0] as usize;
        let last = self.nodes.len() - 1;
        let last_start = self.len - self.counts[last] as usize;
        if index < first {
            return (0, index);
        }
        if index >= last_start {
            return (last, index - last_start);
        }
        let (head, tail) = self.counts.as_slices();
        let (mut node, mut rest) = (0, index as u64);
        for block in head.chunks(64).chain(tail.chunks(64)) {
            let sum: u64 = block.iter().map(|&count| u64::from(count)).sum();
            if rest >= sum {
                rest -= sum;
                node += block.len();
                continue;
            }
            for &count in block {
                if rest < u64::from(count) {
                    return (node, rest as usize);
                }
                rest -= u64::from(count);
                node += 1;
            }
        }
        unreachable!("the counts sum to len")
    }

    fn is_large(&self, len: usize) -> bool {
        len >= self.settings.packed_threshold_bytes || len > LARGE_BYTES
    }

    /// Whether an element of `len` bytes may join node `node`, if there is such a node.
    #[inline]
    fn admits(&self, node: usize, len: usize) -> bool {
        match self.nodes.get(node) {
            Some(own) if !own.is_plain() && !self.is_large(len) => {
                self.settings.fill.admits(own.bytes(), self.counts[node] as usize, len)
            }
            _ => false,
        }
    }

    /// A node of one element.
    fn node_of(&self, value: &[u8]) -> Node {
        let mut pack = Listpack::new();
        if self.is_large(value.len()) || pack.push_back(value).is_err() {
            return Node::plain(value);
        }
        Node::Packed(pack)
    }

    fn insert_node(&mut self, at: usize, node: Node, count: usize) {
        self.nodes.insert(at, node);
        self.counts.insert(at, count as u32);
        self.len += count;
    }

    fn remove_node(&mut self, at: usize) {
        self.nodes.remove(at);
        self.len -= self.counts.remove(at).unwrap_or(0) as usize;
    }

    /// Prepends an element.
    #[inline]
    pub fn push_front(&mut self, value: &[u8]) {
        if self.admits(0, value.len()) && self.add_to(0, |pack| pack.push_front(value).is_ok()) {
            return;
        }
        self.insert_node(0, self.node_of(value), 1);
        self.settle(0);
    }

    /// Appends an element.
    #[inline]
    pub fn push_back(&mut self, value: &[u8]) {
        let last = self.nodes.len().wrapping_sub(1);
        if self.admits(last, value.len()) && self.add_to(last, |pack| pack.push_back(value).is_ok()) {
            return;
        }
        self.insert_node(self.nodes.len(), self.node_of(value), 1);
        self.settle(self.nodes.len() - 1);
    }

    /// Runs `add` on the node's listpack, and counts one element more if it succeeds.
    #[inline]
    fn add_to(&mut self, node: usize, add: impl FnOnce(&mut Listpack) -> bool) -> bool {
        let added = self.nodes[node].open().is_some_and(add);
        if added {
            self.counts[node] += 1;
            self.len += 1;
        }
        added
    }

    /// Removes the first element after calling `read` with it.
    #[inline]
    pub fn pop_front<R>(&mut self, read: impl FnOnce(Element<'_>) -> R) -> Option<R> {
        if self.is_empty() {
            return None;
        }
        let answer = self.nodes[0].view().get(0).map(read);
        self.remove_at(0, 0);
        answer
    }

    /// Removes the last element after calling `read` with it.
    #[inline]
    pub fn pop_back<R>(&mut self, read: impl FnOnce(Element<'_>) -> R) -> Option<R> {
        let last = self.nodes.len().checked_sub(1)?;
        let offset = self.counts[last] as usize - 1;
        let answer = self.nodes[last].view().get(offset).map(read);
        self.remove_at(last, offset);
        answer
    }

    /// Moves the last element to the front.
    pub fn rotate(&mut self) {
        if let Some(value) = self.pop_back(|element| element.to_vec()) {
            self.push_front(&value);
        }
    }

    /// Brings compression in line after a change near node `near`: the ends open, what lies between compressed.
    #[inline]
    fn settle(&mut self, near: usize) {
        if self.settings.compress_depth > 0 {
            self.settle_compression(near);
        }
    }

    fn settle_compression(&mut self, near: usize) {
        let (len, depth) = (self.nodes.len(), usize::from(self.settings.compress_depth));
        for from_end in 0..depth.min(len) {
            self.nodes[from_end].open();
            self.nodes[len - 1 - from_end].open();
        }
        let inner = depth..len.saturating_sub(depth);
        // A change touches at most two neighbours on each side and moves each boundary by at most two nodes.
        let around = |node: usize| node.saturating_sub(3)..node + 4;
        for node in around(near).chain(around(depth)).chain(around(inner.end)) {
            if inner.contains(&node) {
                self.nodes[node].compress();
            }
        }
    }
}
