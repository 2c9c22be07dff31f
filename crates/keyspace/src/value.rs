//! Value: what a key holds beyond a short string or an integer; one variant an encoding, eight bytes each and one for the tag, at
//! any address.

use crate::hash::HashTable;
use hematite_structures::array::Array;
use hematite_structures::dismantle::Dismantle;
use hematite_structures::intset::Intset;
use hematite_structures::listpack::Listpack;
use hematite_structures::loose::{LooseBox, LooseBytes};
use hematite_structures::prefetch;
use hematite_structures::quicklist::Quicklist;
use hematite_structures::sorted_set::SortedSet;
use hematite_structures::stream::Stream;
use hematite_structures::text_set::TextSet;
use std::ptr::from_ref;
use thin_vec::ThinVec;

/// The type of a value, as TYPE names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Strings, and what is made of them: bitmaps, HyperLogLogs.
    String,
    /// Lists.
    List,
    /// Sets.
    Set,
    /// Sorted sets.
    SortedSet,
    /// Hashes.
    Hash,
    /// Streams.
    Stream,
    /// Arrays.
    Array,
}

impl Kind {
    /// The name that TYPE answers.
    pub fn name(self) -> &'static str {
        match self {
            Kind::String => "string",
            Kind::List => "list",
            Kind::Set => "set",
            Kind::SortedSet => "zset",
            Kind::Hash => "hash",
            Kind::Stream => "stream",
            Kind::Array => "array",
        }
    }
}

/// A value with an allocation of its own.
pub enum Value {
    /// A string too long to be kept in its entry, or one that grows.
    Text(LooseBytes),
    /// A list that fits one listpack.
    ListPacked(Listpack),
    /// A longer list.
    List(LooseBox<Quicklist>),
    /// A small set of integers.
    Intset(Intset),
    /// A small set.
    SetPacked(Listpack),
    /// A larger set.
    Set(LooseBox<TextSet>),
    /// A small hash: field, value, field, value.
    HashPacked(Listpack),
    /// A larger hash, or one whose fields expire.
    Hash(LooseBox<HashTable>),
    /// A small sorted set: member, score, in order of the scores.
    SortedSetPacked(Listpack),
    /// A larger sorted set.
    SortedSet(LooseBox<SortedSet>),
    /// A stream.
    Stream(LooseBox<Stream>),
    /// An array.
    Array(LooseBox<Array>),
}

const _: () = assert!(size_of::<Value>() == 1 + size_of::<usize>() && align_of::<Value>() == 1);

/// Bytes of a string that take as long as an allocation of a table: eight pages.
const TEXT_EFFORT_BYTES: usize = 32 * 1024;
/// Nodes of a stream that stand for all.
const STREAM_NODES_SEEN: usize = 64;

impl Value {
    /// After a command that wrote many elements at once: what is kept in a listpack keeps no room for more. A later element
    /// makes room again, so this is not for commands that write one or two.
    pub fn shrink_to_fit(&mut self) {
        if let Value::ListPacked(pack)
        | Value::SetPacked(pack)
        | Value::HashPacked(pack)
        | Value::SortedSetPacked(pack) = self
        {
            pack.shrink_to_fit();
        }
    }

    /// Brings in what a command will read first: of a large collection what belongs to elements with these hashes, if any are
    /// known, of anything else its beginning.
    pub fn prefetch(&self, hashes: &[u64]) {
        fn beginning<T>(of: &T) {
            prefetch::read(from_ref(of).cast());
        }
        match self {
            Value::Set(set) if hashes.is_empty() => beginning(&**set),
            Value::Hash(table) if hashes.is_empty() => beginning(&**table),
            Value::SortedSet(set) if hashes.is_empty() => beginning(&**set),
            Value::Set(set) => set.prefetch(hashes),
            Value::Hash(table) => table.fields.prefetch(hashes),
            Value::SortedSet(set) => set.prefetch(hashes),
            Value::List(list) => beginning(&**list),
            Value::Stream(stream) => beginning(&**stream),
            Value::Array(array) => beginning(&**array),
            Value::Intset(set) => set.prefetch(),
            Value::ListPacked(pack)
            | Value::SetPacked(pack)
            | Value::HashPacked(pack)
            | Value::SortedSetPacked(pack) => pack.prefetch(),
            Value::Text(_) => {}
        }
    }

    /// The string's bytes, if the value is a string: the one place that tells strings from other values.
    #[inline(always)]
    pub fn as_text(&self) -> Option<&[u8]> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }
    /// The same, to be changed.
    #[inline(always)]
    pub fn as_text_mut(&mut self) -> Option<&mut LooseBytes> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }
    /// The value's type.
    pub fn kind(&self) -> Kind {
        match self {
            Value::Text(_) => Kind::String,
            Value::ListPacked(_) | Value::List(_) => Kind::List,
            Value::Intset(_) | Value::SetPacked(_) | Value::Set(_) => Kind::Set,
            Value::HashPacked(_) | Value::Hash(_) => Kind::Hash,
            Value::SortedSetPacked(_) | Value::SortedSet(_) => Kind::SortedSet,
            Value::Stream(_) => Kind::Stream,
            Value::Array(_) => Kind::Array,
        }
    }
    /// The name that OBJECT ENCODING answers.
    pub fn encoding(&self) -> &'static str {
        match self {
            Value::Text(_) => "raw",
            Value::ListPacked(_) | Value::SetPacked(_) | Value::HashPacked(_) | Value::SortedSetPacked(_) => {
                "listpack"
            }
            Value::List(_) => "quicklist",
            Value::Intset(_) => "intset",
            Value::Set(_) => "hashtable",
            Value::Hash(table) => table.encoding(),
            Value::SortedSet(_) => "skiplist",
            Value::Stream(_) => "stream",
            Value::Array(_) => "sliced-array",
        }
    }
    /// Bytes of heap that the value owns.
    pub fn heap_bytes(&self) -> usize {
        match self {
            Value::Text(text) => text.capacity() + 16,
            Value::ListPacked(pack)
            | Value::SetPacked(pack)
            | Value::HashPacked(pack)
            | Value::SortedSetPacked(pack) => pack.heap_bytes(),
            Value::List(list) => size_of::<Quicklist>() + list.heap_bytes(),
            Value::Intset(set) => set.heap_bytes(),
            Value::Set(set) => size_of::<TextSet>() + set.heap_bytes(),
            Value::Hash(table) => size_of::<HashTable>() + table.fields.heap_bytes(),
            Value::SortedSet(set) => size_of::<SortedSet>() + set.heap_bytes(),
            Value::Stream(stream) => size_of::<Stream>() + stream.heap_bytes(),
            Value::Array(array) => size_of::<Array>() + array.heap_bytes(),
        }
    }
    /// The same in a time that does not grow with a stream: of its nodes only some are looked at.
    pub fn heap_bytes_about(&self) -> usize {
        match self {
            Value::Stream(stream) => size_of::<Stream>() + stream.heap_bytes_by(STREAM_NODES_SEEN),
            other => other.heap_bytes(),
        }
    }
    /// A measure of how long dropping it takes: its allocations, or the pages that the system takes back, in their
    /// stead.
    pub fn drop_effort(&self) -> usize {
        match self {
            Value::Text(text) => 1 + text.capacity() / TEXT_EFFORT_BYTES,
            other => other.free_effort(),
        }
    }
    /// Gives a large value up, to be dropped in steps; a small one is dropped.
    pub(crate) fn dismantle(self) -> Option<Box<dyn Dismantle>> {
        Some(match self {
            Value::List(list) => Box::new(list.into_inner().dismantle()),
            Value::Set(set) => Box::new(set.into_inner().dismantle()),
            Value::Hash(table) => Box::new(table.into_inner().fields.dismantle()),
            Value::SortedSet(set) => Box::new(set.into_inner().dismantle()),
            Value::Stream(stream) => Box::new(stream.into_inner().dismantle()),
            Value::Array(array) => Box::new(array.into_inner().dismantle()),
            _ => return None,
        })
    }
    /// The number of allocations, roughly.
    pub fn free_effort(&self) -> usize {
        match self {
            Value::List(list) => list.node_count(),
            Value::Set(set) => set.len(),
            Value::Hash(table) => table.fields.len(),
            Value::SortedSet(set) => set.len(),
            Value::Stream(stream) => stream.node_count() + stream.pending_len() / 32,
            Value::Array(array) => array.free_effort(),
            _ => 1,
        }
    }
    /// Where the value's bytes lie, if they are one allocation; for comparison only.
    pub(crate) fn address(&self) -> Option<*const u8> {
        match self {
            Value::Text(text) => Some(text.as_ptr()),
            Value::ListPacked(pack)
            | Value::SetPacked(pack)
            | Value::HashPacked(pack)
            | Value::SortedSetPacked(pack) => Some(pack.as_bytes().as_ptr()),
            Value::Intset(set) => Some(set.as_bytes().as_ptr()),
            _ => None,
        }
    }
    /// Moves a value of one allocation to a new one; a string keeps its room to grow.
    pub(crate) fn relocate(&mut self) {
        match self {
            Value::Text(text) => {
                let mut moved = ThinVec::with_capacity(text.capacity());
                hematite_structures::thin_bytes::extend(&mut moved, text);
                *text = moved.into();
            }
            _ if self.address().is_some() => *self = self.duplicate(),
            _ => {}
        }
    }
    /// A copy of its own.
    pub fn duplicate(&self) -> Value {
        match self {
            Value::Text(text) => Value::Text(hematite_structures::thin_bytes::copy(text).into()),
            Value::ListPacked(pack) => Value::ListPacked(pack.clone()),
            Value::List(list) => Value::List(list.clone()),
            Value::Intset(set) => Value::Intset(set.clone()),
            Value::SetPacked(pack) => Value::SetPacked(pack.clone()),
            Value::Set(set) => Value::Set(set.clone()),
            Value::HashPacked(pack) => Value::HashPacked(pack.clone()),
            Value::Hash(table) => Value::Hash(LooseBox::new(table.duplicate())),
            Value::SortedSetPacked(pack) => Value::SortedSetPacked(pack.clone()),
            Value::SortedSet(set) => Value::SortedSet(set.clone()),
            Value::Stream(stream) => Value::Stream(stream.clone()),
            Value::Array(array) => Value::Array(array.clone()),
        }
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} of {} bytes", self.encoding(), self.heap_bytes())
    }
}
