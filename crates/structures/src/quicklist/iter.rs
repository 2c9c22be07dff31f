//! Walking a list, from any index in either direction, and its nodes as they go into a dump.

use super::Quicklist;
use super::node::{Node, View};
use crate::listpack::{Element, Listpack, Position};
use std::borrow::Cow;
use std::ops::ControlFlow;

/// Which way to walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the first element to the last.
    Forward,
    /// From the last element to the first.
    Backward,
}

/// A walk over a list. An element is lent until the next step, for a compressed node is unpacked in the walk itself.
pub struct Iter<'a> {
    list: &'a Quicklist,
    direction: Direction,
    /// The node to enter once `view` is used up.
    node: usize,
    /// Where in that node to begin; `None` for its first element in walking direction.
    offset: Option<usize>,
    view: View<'a>,
    /// The next entry of `view`; `None` where it is used up.
    position: Option<Position>,
}

impl Iter<'_> {
    /// The next element.
    #[inline]
    #[expect(clippy::should_implement_trait, reason = "the element is borrowed from the walk")]
    pub fn next(&mut self) -> Option<Element<'_>> {
        if self.position.is_none() {
            self.view = self.list.nodes.get(self.node)?.view();
            self.position = self.enter();
            self.node = match self.direction {
                Direction::Forward => self.node + 1,
                Direction::Backward => self.node.wrapping_sub(1),
            };
        }
        match self.view.content() {
            Err(element) => Some(element),
            Ok(pack) => {
                let at = self.position?;
                self.position = match self.direction {
                    Direction::Forward => pack.next(at),
                    Direction::Backward => pack.prev(at),
                };
                Some(pack.element(at))
            }
        }
    }

    /// Where to begin in a listpack just entered.
    fn enter(&mut self) -> Option<Position> {
        let offset = self.offset.take();
        let pack = self.view.content().ok()?;
        match (offset, self.direction) {
            (Some(offset), _) => pack.seek(offset as i64),
            (None, Direction::Forward) => pack.first(),
            (None, Direction::Backward) => pack.last(),
        }
    }
}

impl Quicklist {
    /// Walks from the element at `index` on; from nowhere if there is none.
    pub fn iter_from(&self, index: usize, direction: Direction) -> Iter<'_> {
        let (node, offset) = if index < self.len { self.locate(index) } else { (usize::MAX, 0) };
        Iter { list: self, direction, node, offset: Some(offset), view: View::Plain(&[]), position: None }
    }

    /// Walks over all elements.
    pub fn iter(&self, direction: Direction) -> Iter<'_> {
        let first = if direction == Direction::Forward { 0 } else { self.len.wrapping_sub(1) };
        self.iter_from(first, direction)
    }

    /// Calls `each` with up to `count` elements from `index` on, until it breaks: the fast way through a range.
    pub fn for_each<B>(
        &self,
        index: usize,
        count: usize,
        direction: Direction,
        mut each: impl FnMut(Element<'_>) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        if index >= self.len || count == 0 {
            return ControlFlow::Continue(());
        }
        let (mut node, offset) = self.locate(index);
        let mut offset = Some(offset);
        let mut left = count;
        while let Some(own) = self.nodes.get(node) {
            let view = own.view();
            match (view.content(), direction) {
                (Err(element), _) => {
                    each(element)?;
                    left -= 1;
                }
                (Ok(pack), Direction::Forward) => {
                    let start = offset.take().and_then(|offset| pack.seek(offset as i64));
                    let elements = start.map_or_else(|| pack.iter(), |pos| pack.iter_from(pos));
                    for element in elements.take(left) {
                        each(element)?;
                        left -= 1;
                    }
                }
                (Ok(pack), Direction::Backward) => {
                    let beyond = offset.take().and_then(|offset| pack.seek(offset as i64 + 1));
                    let elements = beyond.map_or_else(|| pack.iter(), |pos| pack.iter_until(pos));
                    for element in elements.rev().take(left) {
                        each(element)?;
                        left -= 1;
                    }
                }
            }
            if left == 0 {
                break;
            }
            offset = None;
            node = if direction == Direction::Forward { node + 1 } else { node.wrapping_sub(1) };
        }
        ControlFlow::Continue(())
    }

    /// The nodes in order, as they go into a dump.
    pub fn nodes(&self) -> Nodes<'_> {
        self.nodes_from(0)
    }

    /// The same without the first so many, at most as many as there are.
    pub fn nodes_from(&self, node: usize) -> Nodes<'_> {
        Nodes { nodes: self.nodes.range(node..) }
    }
}

/// A node as it goes into a dump.
#[derive(Debug)]
pub enum NodeRef<'a> {
    /// A listpack; a compressed one is unpacked.
    Packed(Cow<'a, Listpack>),
    /// One large element.
    Plain(&'a [u8]),
}

/// The nodes of a list in order.
pub struct Nodes<'a> {
    nodes: std::collections::vec_deque::Iter<'a, Node>,
}

impl<'a> Iterator for Nodes<'a> {
    type Item = NodeRef<'a>;

    fn next(&mut self) -> Option<NodeRef<'a>> {
        Some(match self.nodes.next()?.view() {
            View::Packed(pack) => NodeRef::Packed(Cow::Borrowed(pack)),
            View::Plain(value) => NodeRef::Plain(value),
            View::Unpacked(pack) => NodeRef::Packed(Cow::Owned(pack)),
        })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.nodes.size_hint()
    }
}
