//! Changes in the middle of a list: insert, replace, delete, and how nodes are cut and joined.

use super::node::Node;
use super::{Direction, Quicklist};
use crate::listpack::{Listpack, Needle};

/// Which side of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Before,
    After,
}

impl Quicklist {
    /// Inserts before the element at `index` (below `len`; else nothing happens and the answer is false).
    pub fn insert_before(&mut self, index: usize, value: &[u8]) -> bool {
        self.insert(index, value, Side::Before)
    }

    /// Inserts after the element at `index` (below `len`; else nothing happens and the answer is false).
    pub fn insert_after(&mut self, index: usize, value: &[u8]) -> bool {
        self.insert(index, value, Side::After)
    }

    fn insert(&mut self, index: usize, value: &[u8], side: Side) -> bool {
        if index >= self.len {
            return false;
        }
        let (node, offset) = self.locate(index);
        let last = self.counts[node] as usize - 1;
        let at_edge = if side == Side::After { offset == last } else { offset == 0 };
        let neighbour = if side == Side::After { node + 1 } else { node.wrapping_sub(1) };
        let len = value.len();
        let added = if self.admits(node, len) {
            let at = if side == Side::After { offset + 1 } else { offset };
            self.add_to(node, |pack| insert_at(pack, at, value))
        } else if at_edge && self.admits(neighbour, len) {
            self.add_to(neighbour, |pack| match side {
                Side::After => pack.push_front(value).is_ok(),
                Side::Before => pack.push_back(value).is_ok(),
            })
        } else {
            false
        };
        if !added {
            self.insert_apart(node, offset, value, side, at_edge);
        }
        self.settle(node);
        true
    }

    /// Inserts where no node has room: as a node between two, or by cutting the node in two.
    fn insert_apart(&mut self, node: usize, offset: usize, value: &[u8], side: Side, at_edge: bool) {
        if at_edge || self.nodes[node].is_plain() {
            let at = if side == Side::After { node + 1 } else { node };
            self.insert_node(at, self.node_of(value), 1);
            return;
        }
        let cut = if side == Side::After { offset + 1 } else { offset };
        self.cut(node, cut);
        if self.is_large(value.len()) {
            self.insert_node(node + 1, self.node_of(value), 1);
            return;
        }
        // The element joins the half that was cut off; joining starts from the half that stayed, as the reference
        // does it: the left one when inserting after, the right one when inserting before.
        let (half, centre) = if side == Side::After { (node + 1, node) } else { (node, node + 1) };
        let joined = self.add_to(half, |pack| match side {
            Side::After => pack.push_front(value).is_ok(),
            Side::Before => pack.push_back(value).is_ok(),
        });
        if !joined {
            self.insert_node(node + 1, Node::plain(value), 1);
            return;
        }
        self.join_around(centre);
    }

    /// Cuts a listpack node in two, the first of which keeps `keep` elements (more than 0, less than all).
    fn cut(&mut self, node: usize, keep: usize) {
        let count = self.counts[node] as usize;
        let Some(pack) = self.nodes[node].open() else { return };
        let Some(pos) = pack.seek(keep as i64) else { return };
        let rest = pack.split_off(pos);
        pack.shrink_to_fit();
        self.counts[node] = keep as u32;
        self.nodes.insert(node + 1, Node::Packed(rest));
        self.counts.insert(node + 1, (count - keep) as u32);
    }

    /// Joins small neighbours: the two before `centre`, the two after it, then `centre` with either side.
    fn join_around(&mut self, mut centre: usize) {
        if centre >= 2 && self.join(centre - 2) {
            centre -= 1;
        }
        self.join(centre + 1);
        if centre >= 1 && self.join(centre - 1) {
            centre -= 1;
        }
        self.join(centre);
    }

    /// Joins node `left` and the one after it if both are listpacks and fit into one.
    fn join(&mut self, left: usize) -> bool {
        let (Some(a), Some(b)) = (self.nodes.get(left), self.nodes.get(left + 1)) else { return false };
        let count = self.counts[left] as usize + self.counts[left + 1] as usize;
        if a.is_plain() || b.is_plain() || !self.settings.fill.admits_merged(a.bytes() + b.bytes(), count) {
            return false;
        }
        let Some(mut right) = self.nodes.remove(left + 1) else { return false };
        let joined = match (self.nodes[left].open(), right.open()) {
            (Some(pack), Some(other)) => pack.append(other).is_ok(),
            _ => false,
        };
        if joined {
            self.counts.remove(left + 1);
            self.counts[left] = count as u32;
        } else {
            self.nodes.insert(left + 1, right);
        }
        joined
    }

    /// Replaces the element at `index` (counted from the end if negative); false if there is none.
    pub fn set(&mut self, index: i64, value: &[u8]) -> bool {
        let Some(index) = self.resolve(index) else { return false };
        let (node, offset) = self.locate(index);
        let large = self.is_large(value.len());
        if self.nodes[node].is_plain() {
            // A small element in a plain node's place gets a listpack, or joins a neighbour.
            if large {
                self.nodes[node] = Node::plain(value);
            } else {
                self.insert(index, value, Side::After);
                self.remove_at(node, 0);
            }
            return true;
        }
        let replaced = !large
            && self.nodes[node].open().is_some_and(|pack| {
                pack.seek(offset as i64).is_some_and(|pos| pack.replace(pos, value).is_ok())
            });
        if replaced {
            self.settle(node);
        } else {
            self.insert(index, value, Side::After);
            let (node, offset) = self.locate(index);
            self.remove_at(node, offset);
        }
        true
    }

    /// Removes the element at `index`; false if there is none.
    pub fn remove(&mut self, index: usize) -> bool {
        if index >= self.len {
            return false;
        }
        let (node, offset) = self.locate(index);
        self.remove_at(node, offset);
        true
    }

    #[inline]
    pub(super) fn remove_at(&mut self, node: usize, offset: usize) {
        if self.counts[node] == 1 {
            self.remove_node(node);
        } else {
            self.remove_within(node, offset, 1);
        }
        self.settle(node);
    }

    /// Removes `count` elements of a listpack node, and not all of them.
    fn remove_within(&mut self, node: usize, offset: usize, count: usize) {
        let own = self.counts[node] as usize;
        let Some(pack) = self.nodes[node].open() else { return };
        // Counted from the end where that is nearer: long nodes do not know their length.
        let index = if offset * 2 < own { offset as i64 } else { offset as i64 - own as i64 };
        let Some(pos) = pack.seek(index) else { return };
        pack.delete_from(pos, count);
        self.counts[node] -= count as u32;
        self.len -= count;
    }

    /// Removes up to `count` elements from `start` on; returns how many.
    pub fn delete_range(&mut self, start: usize, count: usize) -> usize {
        if start >= self.len || count == 0 {
            return 0;
        }
        let count = count.min(self.len - start);
        let (first, offset) = self.locate(start);
        let (mut node, mut left) = (first, count);
        if offset > 0 {
            let here = left.min(self.counts[node] as usize - offset);
            self.remove_within(node, offset, here);
            left -= here;
            node += 1;
        }
        let mut end = node;
        while end < self.nodes.len() && left >= self.counts[end] as usize {
            left -= self.counts[end] as usize;
            end += 1;
        }
        self.nodes.drain(node..end);
        self.len -= self.counts.drain(node..end).map(|own| own as usize).sum::<usize>();
        if left > 0 {
            self.remove_within(node, 0, left);
        }
        self.settle(first);
        count
    }

    /// Removes the first `most` elements equal to `value` in walking direction (0: all of them); returns how many.
    pub fn remove_value(&mut self, value: &[u8], most: usize, direction: Direction) -> usize {
        let needle = Needle::new(value);
        let most = if most == 0 { usize::MAX } else { most };
        let (mut removed, nodes) = (0, self.nodes.len());
        for step in 0..nodes {
            if removed == most {
                break;
            }
            let node = if direction == Direction::Forward { step } else { nodes - 1 - step };
            removed += self.remove_value_within(node, needle, most - removed, direction);
        }
        if removed > 0 {
            self.drop_empty_nodes();
            (0..self.nodes.len()).for_each(|node| self.settle(node));
        }
        removed
    }

    fn remove_value_within(
        &mut self,
        node: usize,
        needle: Needle<'_>,
        most: usize,
        direction: Direction,
    ) -> usize {
        let found = {
            let view = self.nodes[node].view();
            view.elements().any(|element| needle.matches(element))
        };
        if !found {
            return 0;
        }
        let removed = match (self.nodes[node].open(), direction) {
            (None, _) => 1,
            (Some(pack), Direction::Forward) => remove_forward(pack, needle, most),
            (Some(pack), Direction::Backward) => remove_backward(pack, needle, most),
        };
        self.counts[node] -= removed as u32;
        self.len -= removed;
        removed
    }

    fn drop_empty_nodes(&mut self) {
        let mut counts = self.counts.iter();
        self.nodes.retain(|_| counts.next().is_some_and(|&count| count > 0));
        self.counts.retain(|&count| count > 0);
    }
}

/// Inserts so that the element has index `at`.
fn insert_at(pack: &mut Listpack, at: usize, value: &[u8]) -> bool {
    match pack.seek(at as i64) {
        Some(pos) => pack.insert_before(pos, value).is_ok(),
        None => pack.push_back(value).is_ok(),
    }
}

fn remove_forward(pack: &mut Listpack, needle: Needle<'_>, most: usize) -> usize {
    let mut removed = 0;
    let mut at = pack.first();
    while removed < most {
        let Some(found) = at.and_then(|from| pack.find_from(from, needle.bytes(), 0)) else { break };
        at = pack.delete(found);
        removed += 1;
    }
    removed
}

fn remove_backward(pack: &mut Listpack, needle: Needle<'_>, most: usize) -> usize {
    let mut removed = 0;
    let mut at = pack.last();
    while let Some(pos) = at {
        if removed == most {
            break;
        }
        at = pack.prev(pos);
        if needle.matches(pack.element(pos)) {
            pack.delete(pos);
            removed += 1;
        }
    }
    removed
}
