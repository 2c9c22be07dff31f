//! An ordered map from stream ids: the nodes of a stream, the pending entries of a group.
//!
//! ```text
//!   chunks: [ first id | ids: [id; <= 128] | values: [V; <= 128] ]  [ first id | shared ──► ids, values ]  [ ... ]
//! ```
//!
//! Two levels of sorted runs. Ids nearly always arrive in order and leave in order, so the last chunk fills up before
//! the next begins and the first empties: an id costs its 16 bytes and its value, with no pointers between. An
//! operation searches the chunks, then one chunk; a change in the middle moves at most one chunk's content, and one time
//! in dozens the list of chunks. The reference keeps these in a radix tree of big-endian keys, at several times the
//! memory for ids that share few bytes beyond the time.
//!
//! A frozen copy of the map shares the chunks; whoever changes one first makes a copy of it for itself.

use super::StreamId;
use crate::dismantle::Dismantle;
use std::collections::VecDeque;
use std::sync::Arc;

const CHUNK: usize = 128;

/// The map; an empty one owns no memory.
#[derive(Clone)]
pub struct IdMap<V> {
    chunks: VecDeque<Chunk<V>>,
    len: usize,
}

/// A sorted run; never empty while it is in the map.
#[derive(Clone)]
struct Chunk<V> {
    first: StreamId,
    run: Run<V>,
}

/// The content of a chunk.
#[derive(Clone)]
enum Run<V> {
    Own(Columns<V>),
    /// A frozen copy of the map has it, too, or had it.
    Shared(Arc<Columns<V>>),
}

/// Ids and their values, side by side.
#[derive(Clone)]
struct Columns<V> {
    ids: Vec<StreamId>,
    values: Vec<V>,
}

/// A place between entries: chunk and offset, the offset always within the chunk, or (chunks, 0) at the end.
type Place = (usize, usize);

impl<V> Default for IdMap<V> {
    fn default() -> Self {
        IdMap { chunks: VecDeque::new(), len: 0 }
    }
}

impl<V> Chunk<V> {
    fn one(id: StreamId, value: V) -> Chunk<V> {
        Chunk { first: id, run: Run::Own(Columns { ids: vec![id], values: vec![value] }) }
    }

    #[inline]
    fn columns(&self) -> &Columns<V> {
        match &self.run {
            Run::Own(columns) => columns,
            Run::Shared(columns) => columns,
        }
    }

    #[inline]
    fn ids(&self) -> &[StreamId] {
        &self.columns().ids
    }

    fn heap_bytes(&self) -> usize {
        let Columns { ids, values } = self.columns();
        ids.capacity() * size_of::<StreamId>() + values.capacity() * size_of::<V>()
    }

    /// Makes the content one that others may have, too, and gives a chunk that has it.
    fn share(&mut self) -> Chunk<V> {
        if let Run::Own(Columns { ids, values }) = &mut self.run {
            let columns = Columns { ids: std::mem::take(ids), values: std::mem::take(values) };
            self.run = Run::Shared(Arc::new(columns));
        }
        match &self.run {
            Run::Own(_) => unreachable!("just shared"),
            Run::Shared(columns) => Chunk { first: self.first, run: Run::Shared(Arc::clone(columns)) },
        }
    }
}

impl<V: Clone> Run<V> {
    /// The content for this map alone: a copy, where somebody else has it.
    #[inline]
    fn own(&mut self) -> &mut Columns<V> {
        if let Run::Shared(columns) = self {
            let none = Columns { ids: Vec::new(), values: Vec::new() };
            let columns = std::mem::replace(columns, Arc::new(none));
            *self = Run::Own(Arc::unwrap_or_clone(columns));
        }
        match self {
            Run::Own(columns) => columns,
            Run::Shared(_) => unreachable!("just made its own"),
        }
    }
}

impl<V: Clone> Chunk<V> {
    #[inline]
    fn own(&mut self) -> &mut Columns<V> {
        self.run.own()
    }

    fn insert(&mut self, at: usize, id: StreamId, value: V) {
        let Columns { ids, values } = self.own();
        ids.insert(at, id);
        values.insert(at, value);
        self.first = ids[0];
    }

    /// Moves the upper half into a chunk of its own.
    fn split(&mut self) -> Chunk<V> {
        let columns = self.own();
        let (ids, values) = (columns.ids.split_off(CHUNK / 2), columns.values.split_off(CHUNK / 2));
        columns.shrink();
        Chunk { first: ids[0], run: Run::Own(Columns { ids, values }) }
    }
}

impl<V> Columns<V> {
    fn shrink(&mut self) {
        self.ids.shrink_to_fit();
        self.values.shrink_to_fit();
    }
}

/// What is left of a map that is being dropped.
struct Dismantling<V>(Vec<Chunk<V>>);

impl<V: Send + Sync> Dismantle for Dismantling<V> {
    fn step(&mut self, count: usize) -> usize {
        let kept = self.0.len().saturating_sub(count.div_ceil(CHUNK));
        self.0.drain(kept..).map(|chunk| chunk.ids().len().max(1)).sum()
    }
}

impl<V: Send + Sync> IdMap<V> {
    /// Gives the map up, to be dropped in steps.
    pub fn dismantle(self) -> impl Dismantle + use<V> {
        Dismantling(Vec::from(self.chunks))
    }
}

impl<V> IdMap<V> {
    /// A copy of the map as it is now, which shares its chunks until they are changed here or there: some ten nanoseconds for
    /// each hundred entries.
    pub fn freeze(&mut self) -> IdMap<V> {
        IdMap { chunks: self.chunks.iter_mut().map(Chunk::share).collect(), len: self.len }
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Bytes allocated, without what the values own.
    pub fn heap_bytes(&self) -> usize {
        self.chunks.capacity() * size_of::<Chunk<V>>()
            + self.chunks.iter().map(Chunk::heap_bytes).sum::<usize>()
    }

    /// The chunk in which `id` is or would be: the last that starts at or before it, or else the first.
    fn chunk_of(&self, id: StreamId) -> usize {
        self.chunks.partition_point(|chunk| chunk.first <= id).saturating_sub(1)
    }

    /// The place of `id` (Ok), or where it would go within its chunk (Err: the offset may be one past the chunk's end).
    fn find(&self, id: StreamId) -> Result<Place, Place> {
        if let Some(last) = self.chunks.back()
            && last.ids().last() < Some(&id)
        {
            // In order, as nearly always.
            return Err((self.chunks.len() - 1, last.ids().len()));
        }
        let chunk = self.chunk_of(id);
        match self.chunks.get(chunk).map(|c| c.ids().binary_search(&id)) {
            Some(Ok(at)) => Ok((chunk, at)),
            Some(Err(at)) => Err((chunk, at)),
            None => Err((0, 0)),
        }
    }

    /// The place of the first entry at or after `id`.
    fn lower_bound(&self, id: StreamId) -> Place {
        match self.find(id) {
            Ok(place) => place,
            Err(place) => self.normal(place),
        }
    }

    fn normal(&self, (chunk, at): Place) -> Place {
        match self.chunks.get(chunk) {
            Some(c) if at >= c.ids().len() => (chunk + 1, 0),
            _ => (chunk, at),
        }
    }

    fn entry(&self, (chunk, at): Place) -> Option<(StreamId, &V)> {
        let Columns { ids, values } = self.chunks.get(chunk)?.columns();
        Some((*ids.get(at)?, values.get(at)?))
    }

    /// The value of `id`.
    pub fn get(&self, id: StreamId) -> Option<&V> {
        Some(self.entry(self.find(id).ok()?)?.1)
    }

    /// The entry with the lowest id.
    pub fn first(&self) -> Option<(StreamId, &V)> {
        self.entry((0, 0))
    }

    /// The entry with the highest id.
    pub fn last(&self) -> Option<(StreamId, &V)> {
        let Columns { ids, values } = self.chunks.back()?.columns();
        Some((*ids.last()?, values.last()?))
    }

    /// The id of the last entry at or before `id`.
    pub fn floor(&self, id: StreamId) -> Option<StreamId> {
        match self.find(id) {
            Ok(_) => Some(id),
            Err((chunk, at)) => self.chunks.get(chunk)?.ids().get(at.checked_sub(1)?).copied(),
        }
    }

    /// The entries with ids from `start` to `end`, both included, from either end.
    pub fn range(&self, start: StreamId, end: StreamId) -> Range<'_, V> {
        let front = self.lower_bound(start);
        let back = match end.next() {
            Some(past) => self.lower_bound(past),
            None => (self.chunks.len(), 0),
        };
        Range { map: self, front, back: back.max(front) }
    }

    /// All entries.
    pub fn iter(&self) -> Range<'_, V> {
        self.range(StreamId::MIN, StreamId::MAX)
    }
}

impl<V: Clone> IdMap<V> {
    /// The value of `id`, to be changed.
    pub fn get_mut(&mut self, id: StreamId) -> Option<&mut V> {
        let (chunk, at) = self.find(id).ok()?;
        self.chunks.get_mut(chunk)?.own().values.get_mut(at)
    }

    /// The value of the highest id, to be changed.
    pub fn last_mut(&mut self) -> Option<(StreamId, &mut V)> {
        let Columns { ids, values } = self.chunks.back_mut()?.own();
        Some((*ids.last()?, values.last_mut()?))
    }

    /// The last entry at or before `id`, to be changed.
    pub fn floor_mut(&mut self, id: StreamId) -> Option<(StreamId, &mut V)> {
        let (chunk, at) = match self.find(id) {
            Ok((chunk, at)) => (chunk, at),
            // `find` picks a chunk that starts at or before `id` unless there is none.
            Err((chunk, at)) => (chunk, at.checked_sub(1)?),
        };
        let Columns { ids, values } = self.chunks.get_mut(chunk)?.own();
        Some((*ids.get(at)?, values.get_mut(at)?))
    }

    /// Sets the value of `id`; the old one.
    pub fn insert(&mut self, id: StreamId, value: V) -> Option<V> {
        let (mut chunk, mut at) = match self.find(id) {
            Ok((chunk, at)) => {
                return Some(std::mem::replace(&mut self.chunks[chunk].own().values[at], value));
            }
            Err(place) => place,
        };
        self.len += 1;
        let Some(present) = self.chunks.get_mut(chunk).filter(|c| c.ids().len() == CHUNK) else {
            match self.chunks.get_mut(chunk) {
                Some(present) => present.insert(at, id, value),
                None => self.chunks.push_back(Chunk::one(id, value)),
            }
            return None;
        };
        if at == CHUNK {
            // In order: full chunks stay behind.
            self.chunks.insert(chunk + 1, Chunk::one(id, value));
            return None;
        }
        let upper = present.split();
        if at > CHUNK / 2 {
            (chunk, at) = (chunk + 1, at - CHUNK / 2);
            self.chunks.insert(chunk, upper);
        } else {
            self.chunks.insert(chunk + 1, upper);
        }
        self.chunks[chunk].insert(at, id, value);
        None
    }

    /// Takes `id` out.
    pub fn remove(&mut self, id: StreamId) -> Option<V> {
        let (i, at) = self.find(id).ok()?;
        let chunk = &mut self.chunks[i];
        let columns = chunk.run.own();
        columns.ids.remove(at);
        let value = columns.values.remove(at);
        self.len -= 1;
        match columns.ids.first() {
            Some(&first) => chunk.first = first,
            None => {
                self.chunks.remove(i);
                self.shrink_list();
                return Some(value);
            }
        }
        if columns.ids.len() * 4 <= columns.ids.capacity() {
            columns.shrink();
            self.merge(i);
        }
        Some(value)
    }

    /// Joins a sparse chunk with the next, if both fill half a chunk at most.
    fn merge(&mut self, i: usize) {
        let i = if i + 1 < self.chunks.len() { i } else { i.saturating_sub(1) };
        let (Some(left), Some(right)) = (self.chunks.get(i), self.chunks.get(i + 1)) else { return };
        if left.ids().len() + right.ids().len() <= CHUNK / 2
            && let Some(mut right) = self.chunks.remove(i + 1)
        {
            let (left, right) = (self.chunks[i].own(), right.own());
            left.ids.append(&mut right.ids);
            left.values.append(&mut right.values);
            self.shrink_list();
        }
    }

    fn shrink_list(&mut self) {
        if self.chunks.len() * 4 <= self.chunks.capacity() {
            self.chunks.shrink_to(self.chunks.len() * 2);
        }
    }
}

/// A walk over a range of an [`IdMap`].
pub struct Range<'a, V> {
    map: &'a IdMap<V>,
    front: Place,
    back: Place,
}

impl<'a, V> Iterator for Range<'a, V> {
    type Item = (StreamId, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        if self.front >= self.back {
            return None;
        }
        let place = self.front;
        self.front = self.map.normal((place.0, place.1 + 1));
        self.map.entry(place)
    }
}

impl<V> DoubleEndedIterator for Range<'_, V> {
    fn next_back(&mut self) -> Option<Self::Item> {
        if self.front >= self.back {
            return None;
        }
        self.back = match self.back {
            (chunk, 0) => (chunk - 1, self.map.chunks[chunk - 1].ids().len() - 1),
            (chunk, at) => (chunk, at - 1),
        };
        self.map.entry(self.back)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn id() -> impl Strategy<Value = StreamId> {
        (0u64..40, 0u64..50).prop_map(|(ms, seq)| StreamId::new(ms, seq))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 2 } else { 64 }))]

        #[test]
        fn behaves_as_a_btree_map(
            ops in prop::collection::vec((0u8..10, id(), any::<u32>()), 1..3000),
            start in id(), end in id(),
        ) {
            let (mut map, mut model) = (IdMap::default(), BTreeMap::new());
            for (kind, id, value) in ops {
                if kind < 6 {
                    prop_assert_eq!(map.insert(id, value), model.insert(id, value));
                } else if kind < 9 {
                    prop_assert_eq!(map.remove(id), model.remove(&id));
                } else if let Some(&first) = model.keys().next() {
                    prop_assert_eq!(map.first().map(|(id, _)| id), Some(first));
                    prop_assert_eq!(map.remove(first), model.remove(&first));
                }
            }
            prop_assert_eq!(map.len(), model.len());
            prop_assert!(map.iter().eq(model.iter().map(|(&id, value)| (id, value))));
            prop_assert!(map.iter().rev().eq(model.iter().rev().map(|(&id, value)| (id, value))));
            prop_assert_eq!(map.last(), model.iter().next_back().map(|(&id, value)| (id, value)));
            prop_assert_eq!(map.floor(start), model.range(..=start).next_back().map(|(&id, _)| id));
            prop_assert_eq!(map.floor_mut(start).map(|(id, _)| id), map.floor(start));
            prop_assert_eq!(map.get(start), model.get(&start));
            if start <= end {
                let expected: Vec<_> = model.range(start..=end).map(|(&id, value)| (id, value)).collect();
                prop_assert!(map.range(start, end).eq(expected.iter().copied()));
                prop_assert!(map.range(start, end).rev().eq(expected.iter().rev().copied()));
            } else {
                prop_assert!(map.range(start, end).next().is_none());
                prop_assert!(map.range(start, end).next_back().is_none());
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 2 } else { 64 }))]

        #[test]
        fn a_frozen_copy_stays_as_it_was(
            before in prop::collection::vec(id(), 0..2000),
            changes in prop::collection::vec((0u8..10, id(), any::<u32>()), 1..600),
        ) {
            let mut map = IdMap::default();
            before.iter().for_each(|&id| { map.insert(id, 7); });
            let mut model: BTreeMap<_, _> = before.iter().map(|&id| (id, 7)).collect();
            let (frozen, expected) = (map.freeze(), model.clone());
            let again = map.freeze();
            for (kind, id, value) in changes {
                match kind {
                    0..4 => prop_assert_eq!(map.insert(id, value), model.insert(id, value)),
                    4..7 => prop_assert_eq!(map.remove(id), model.remove(&id)),
                    _ => if let Some((at, own)) = map.floor_mut(id) {
                        *own = value;
                        model.insert(at, value);
                    }
                }
            }
            prop_assert!(map.iter().eq(model.iter().map(|(&id, value)| (id, value))));
            for frozen in [frozen, again] {
                prop_assert_eq!(frozen.len(), expected.len());
                prop_assert!(frozen.iter().eq(expected.iter().map(|(&id, value)| (id, value))));
            }
        }
    }

    #[test]
    fn ids_in_order_cost_little_more_than_themselves() {
        let mut map = IdMap::default();
        for i in 0..100_000 {
            map.insert(StreamId::new(i, 0), i);
        }
        assert!(map.heap_bytes() < 100_000 * 26, "{}", map.heap_bytes());
        for i in 0..100_000 {
            assert_eq!(map.remove(StreamId::new(i, 0)), Some(i));
        }
        assert!(map.is_empty() && map.heap_bytes() < 1024);
    }
}
