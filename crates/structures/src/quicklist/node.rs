//! One node of a quicklist: a listpack, a single large element, or a compressed listpack; or one of these, shared with a
//! frozen copy of the list until this list changes it.

use crate::listpack::{Element, Iter, Listpack};
use std::sync::Arc;

/// Listpacks shorter than this are not worth compressing.
const COMPRESS_BYTES_MIN: usize = 48;
/// Compression has to save at least this much.
const SAVING_BYTES_MIN: usize = 8;

#[derive(Clone)]
pub(super) enum Node {
    Packed(Listpack),
    /// One element that is too large for a listpack. The outer box keeps a node at 16 bytes.
    Plain(Box<Box<[u8]>>),
    Compressed(Box<Compressed>),
    /// A node that a frozen copy of the list has, too; never one of this sort again.
    Shared(Arc<Node>),
}

#[derive(Clone)]
pub(super) struct Compressed {
    lzf: Box<[u8]>,
    bytes: usize,
}

impl Compressed {
    fn listpack(&self) -> Listpack {
        let bytes = lzf::decompress(&self.lzf, self.bytes).expect("compressed by this list");
        Listpack::from_bytes(&bytes).expect("was a listpack before it was compressed")
    }
}

impl Node {
    pub(super) fn plain(value: &[u8]) -> Self {
        Node::Plain(Box::new(value.into()))
    }

    pub(super) fn is_plain(&self) -> bool {
        match self {
            Node::Plain(_) => true,
            Node::Shared(node) => node.is_plain(),
            _ => false,
        }
    }

    /// Size of the listpack (uncompressed) or of the plain element, in bytes.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Node::Packed(pack) => pack.bytes(),
            Node::Plain(value) => value.len(),
            Node::Compressed(compressed) => compressed.bytes,
            Node::Shared(node) => node.bytes(),
        }
    }

    /// Size of the allocations behind the node.
    pub(super) fn heap_bytes(&self) -> usize {
        match self {
            Node::Packed(pack) => pack.heap_bytes(),
            Node::Plain(value) => size_of::<Box<[u8]>>() + value.len(),
            Node::Compressed(compressed) => size_of::<Compressed>() + compressed.lzf.len(),
            Node::Shared(node) => size_of::<Node>() + 16 + node.heap_bytes(),
        }
    }

    /// The node's content for reading; a compressed one is unpacked beside it.
    #[inline]
    pub(super) fn view(&self) -> View<'_> {
        match self {
            Node::Packed(pack) => View::Packed(pack),
            Node::Plain(value) => View::Plain(value),
            Node::Compressed(compressed) => View::Unpacked(compressed.listpack()),
            Node::Shared(node) => node.view(),
        }
    }

    /// Makes the node one that others may have, too, and gives a copy of it.
    pub(super) fn share(&mut self) -> Node {
        if !matches!(self, Node::Shared(_)) {
            let node = std::mem::replace(self, Node::Packed(Listpack::new()));
            *self = Node::Shared(Arc::new(node));
        }
        self.clone()
    }

    /// Takes a node that others may have for this list alone: a copy, where somebody does.
    #[inline]
    pub(super) fn own(&mut self) {
        if let Node::Shared(node) = self {
            let node = std::mem::replace(node, Arc::new(Node::Packed(Listpack::new())));
            *self = Arc::try_unwrap(node).unwrap_or_else(|shared| (*shared).clone());
        }
    }

    /// The node's listpack, uncompressed for good; `None` if plain.
    #[inline]
    pub(super) fn open(&mut self) -> Option<&mut Listpack> {
        self.own();
        if let Node::Compressed(compressed) = self {
            *self = Node::Packed(compressed.listpack());
        }
        match self {
            Node::Packed(pack) => Some(pack),
            _ => None,
        }
    }

    /// Compresses a listpack where that saves anything. Plain nodes stay as they are.
    pub(super) fn compress(&mut self) {
        self.own();
        let Node::Packed(pack) = self else { return };
        let bytes = pack.bytes();
        if bytes < COMPRESS_BYTES_MIN {
            return;
        }
        if let Ok(lzf) = lzf::compress(pack.as_bytes())
            && lzf.len() + SAVING_BYTES_MIN < bytes
        {
            *self = Node::Compressed(Box::new(Compressed { lzf: lzf.into(), bytes }));
        }
    }
}

/// A node's content.
pub(super) enum View<'a> {
    Packed(&'a Listpack),
    Plain(&'a [u8]),
    Unpacked(Listpack),
}

impl View<'_> {
    /// The listpack, or the single element in its stead.
    #[inline]
    pub(super) fn content(&self) -> Result<&Listpack, Element<'_>> {
        match self {
            View::Packed(pack) => Ok(pack),
            View::Unpacked(pack) => Ok(pack),
            View::Plain(value) => Err(Element::Bytes(value)),
        }
    }

    /// The element at `offset` within the node.
    #[inline]
    pub(super) fn get(&self, offset: usize) -> Option<Element<'_>> {
        match self.content() {
            Ok(pack) => pack.get(offset as i64),
            Err(element) => (offset == 0).then_some(element),
        }
    }

    /// All elements.
    #[inline]
    pub(super) fn elements(&self) -> NodeElements<'_> {
        match self.content() {
            Ok(pack) => NodeElements::Packed(pack.iter()),
            Err(element) => NodeElements::Plain(Some(element)),
        }
    }
}

/// The elements of one node, from both ends.
pub(super) enum NodeElements<'a> {
    Packed(Iter<'a>),
    Plain(Option<Element<'a>>),
}

impl<'a> Iterator for NodeElements<'a> {
    type Item = Element<'a>;

    #[inline]
    fn next(&mut self) -> Option<Element<'a>> {
        match self {
            NodeElements::Packed(entries) => entries.next(),
            NodeElements::Plain(element) => element.take(),
        }
    }
}

impl DoubleEndedIterator for NodeElements<'_> {
    #[inline]
    fn next_back(&mut self) -> Option<Self::Item> {
        match self {
            NodeElements::Packed(entries) => entries.next_back(),
            NodeElements::Plain(element) => element.take(),
        }
    }
}
