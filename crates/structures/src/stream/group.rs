//! A consumer group: what was delivered to whom and not yet acknowledged.
//!
//! ```text
//!   group.pending:      id → (consumer, time, count)     each pending entry once
//!   consumer.pending:   { id }                           the same ids, by consumer
//!   order:              consumers' numbers, sorted by name
//! ```
//!
//! Invariant: an id is in exactly one consumer's set if it is in the group's map and owned, in that of the consumer that
//! the map names, and in none otherwise. Every change goes through this file.
//!
//! A pending entry that was released (XNACK) is nobody's until it is claimed: its time is 0, and a running number keeps the
//! order in which entries were released.

use super::StreamId;
use super::id_map::IdMap;

/// A consumer's number within its group; reused after the consumer is deleted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ConsumerId(u32);

/// Who owns what was released.
const NOBODY: ConsumerId = ConsumerId(u32::MAX);

/// An entry that was delivered but not acknowledged.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pending {
    /// When it was delivered last, in ms.
    pub delivery_time_ms: i64,
    /// How often it was delivered.
    pub delivery_count: u64,
    consumer: ConsumerId,
    /// Which release it was, of those that were released.
    release: u32,
}

impl Pending {
    /// To whom it was delivered last; a number that no consumer has if it was released since.
    pub fn consumer(&self) -> ConsumerId {
        self.consumer
    }

    /// Whether it was given back, and is nobody's.
    pub fn is_released(&self) -> bool {
        self.consumer == NOBODY
    }

    /// What is to be delivered anew first: what was released, in that order, then what has waited longest.
    pub fn claim_order(&self) -> (bool, i64) {
        if self.is_released() { (false, self.release.into()) } else { (true, self.delivery_time_ms) }
    }
}

/// A member of a group.
#[derive(Clone)]
pub struct Consumer {
    name: Box<[u8]>,
    /// When it last asked for anything, in ms.
    pub seen_time_ms: i64,
    /// When it last got anything, in ms; -1 before that.
    pub active_time_ms: i64,
    pending: IdMap<()>,
}

impl Consumer {
    /// The consumer's name.
    pub fn name(&self) -> &[u8] {
        &self.name
    }

    /// The ids of the entries from `start` on that it has not acknowledged.
    pub fn pending_ids(&self, start: StreamId) -> impl Iterator<Item = StreamId> {
        self.pending.range(start, StreamId::MAX).map(|(id, ())| id)
    }

    /// How many entries it has not acknowledged.
    pub fn pending_len(&self) -> usize {
        self.pending.len()
    }
}

/// A consumer group.
#[derive(Clone)]
pub struct Group {
    /// The highest id that was delivered.
    pub last_id: StreamId,
    /// The logical number of entries read so far, where it is known.
    pub entries_read: Option<u64>,
    pending: IdMap<Pending>,
    consumers: Vec<Option<Consumer>>,
    order: Vec<ConsumerId>,
    /// How many of the pending entries are nobody's.
    released: usize,
    /// Number of the next release.
    next_release: u32,
}

impl Group {
    /// A group that has delivered everything up to `last_id`.
    pub fn new(last_id: StreamId, entries_read: Option<u64>) -> Group {
        let (pending, consumers, order) = (IdMap::default(), Vec::new(), Vec::new());
        Group { last_id, entries_read, pending, consumers, order, released: 0, next_release: 0 }
    }

    fn place_of(&self, name: &[u8]) -> Result<usize, usize> {
        self.order.binary_search_by(|&id| self.consumer(id).map_or(&[][..], |c| &c.name).cmp(name))
    }

    /// The consumer of this name.
    pub fn find_consumer(&self, name: &[u8]) -> Option<ConsumerId> {
        self.place_of(name).ok().map(|at| self.order[at])
    }

    /// The consumer of this name, made if it is not there; the flag tells whether it was made.
    pub fn consumer_or_create(&mut self, name: &[u8], now_ms: i64) -> (ConsumerId, bool) {
        let at = match self.place_of(name) {
            Ok(at) => return (self.order[at], false),
            Err(at) => at,
        };
        let fresh = Consumer {
            name: name.into(),
            seen_time_ms: now_ms,
            active_time_ms: -1,
            pending: IdMap::default(),
        };
        let has_gap = self.order.len() < self.consumers.len();
        let gap = if has_gap { self.consumers.iter().position(Option::is_none) } else { None };
        let number = gap.unwrap_or(self.consumers.len());
        match self.consumers.get_mut(number) {
            Some(slot) => *slot = Some(fresh),
            None => self.consumers.push(Some(fresh)),
        }
        let id = ConsumerId(number as u32);
        self.order.insert(at, id);
        (id, true)
    }

    /// A consumer by its number; None if it is gone.
    pub fn consumer(&self, id: ConsumerId) -> Option<&Consumer> {
        self.consumers.get(id.0 as usize)?.as_ref()
    }

    /// A consumer by its number, to set its times.
    pub fn consumer_mut(&mut self, id: ConsumerId) -> Option<&mut Consumer> {
        self.consumers.get_mut(id.0 as usize)?.as_mut()
    }

    /// All consumers in the order of their names.
    pub fn consumers(&self) -> impl ExactSizeIterator<Item = (ConsumerId, &Consumer)> + Clone {
        self.order
            .iter()
            .map(|&id| (id, self.consumers[id.0 as usize].as_ref().expect("listed consumers exist")))
    }

    /// The consumer with so many before it in the order of their names.
    pub fn consumer_at(&self, place: usize) -> Option<(ConsumerId, &Consumer)> {
        let id = *self.order.get(place)?;
        Some((id, self.consumer(id)?))
    }

    /// Removes a consumer and forgets what it had pending; how many entries that were.
    pub fn delete_consumer(&mut self, name: &[u8]) -> Option<usize> {
        let id = self.order.remove(self.place_of(name).ok()?);
        let consumer = self.consumers[id.0 as usize].take()?;
        for (entry, ()) in consumer.pending.iter() {
            self.pending.remove(entry);
        }
        Some(consumer.pending.len())
    }

    /// How many entries are pending in all.
    pub fn pending_len(&self) -> usize {
        self.pending.len()
    }

    /// What is pending under `id`.
    pub fn pending(&self, id: StreamId) -> Option<&Pending> {
        self.pending.get(id)
    }

    /// The same, to set time and count.
    pub fn pending_mut(&mut self, id: StreamId) -> Option<&mut Pending> {
        self.pending.get_mut(id)
    }

    /// The pending entries from `start` to `end`, both included.
    pub fn pending_range(
        &self,
        start: StreamId,
        end: StreamId,
    ) -> impl DoubleEndedIterator<Item = (StreamId, &Pending)> {
        self.pending.range(start, end)
    }

    /// The same for one consumer; nothing if it is gone.
    pub fn consumer_pending_range(
        &self,
        consumer: ConsumerId,
        start: StreamId,
        end: StreamId,
    ) -> impl DoubleEndedIterator<Item = (StreamId, &Pending)> {
        let ids = self.consumer(consumer).map(|c| c.pending.range(start, end));
        ids.into_iter().flatten().filter_map(|(id, ())| Some((id, self.pending.get(id)?)))
    }

    /// Makes `id` pending for `consumer` with this time and count, taking it from whoever had it. False, and nothing
    /// changes, if there is no such consumer.
    pub fn assign(
        &mut self,
        id: StreamId,
        consumer: ConsumerId,
        delivery_time_ms: i64,
        delivery_count: u64,
    ) -> bool {
        if self.consumer(consumer).is_none() {
            return false;
        }
        let pending = Pending { delivery_time_ms, delivery_count, consumer, release: 0 };
        let old = self.pending.insert(id, pending).map(|old| old.consumer);
        self.released -= usize::from(old == Some(NOBODY));
        if old != Some(consumer) {
            if let Some(owner) = old.and_then(|old| self.consumer_mut(old)) {
                owner.pending.remove(id);
            }
            if let Some(owner) = self.consumer_mut(consumer) {
                owner.pending.insert(id, ());
            }
        }
        true
    }

    /// Gives `id` back: it stays pending, last of those that are nobody's, with this count. It need not have been pending.
    pub fn release(&mut self, id: StreamId, delivery_count: u64) {
        let release = self.next_release;
        self.next_release = self.next_release.wrapping_add(1);
        let pending = Pending { delivery_time_ms: 0, delivery_count, consumer: NOBODY, release };
        let old = self.pending.insert(id, pending).map(|old| old.consumer);
        self.released += usize::from(old != Some(NOBODY));
        if let Some(owner) = old.and_then(|old| self.consumer_mut(old)) {
            owner.pending.remove(id);
        }
    }

    /// How many of the pending entries were released.
    pub fn released_len(&self) -> usize {
        self.released
    }

    /// Forgets `id`: it was acknowledged, or its entry is gone. Whether it was pending.
    pub fn acknowledge(&mut self, id: StreamId) -> bool {
        let Some(pending) = self.pending.remove(id) else { return false };
        self.released -= usize::from(pending.is_released());
        if let Some(owner) = self.consumer_mut(pending.consumer) {
            owner.pending.remove(id);
        }
        true
    }

    /// A copy of the group as it is now, which shares what is pending until that is changed here.
    pub fn freeze(&mut self) -> Group {
        let consumer = |consumer: &mut Consumer| Consumer {
            name: consumer.name.clone(),
            pending: consumer.pending.freeze(),
            ..*consumer
        };
        Group {
            pending: self.pending.freeze(),
            consumers: self.consumers.iter_mut().map(|slot| slot.as_mut().map(consumer)).collect(),
            order: self.order.clone(),
            ..*self
        }
    }

    /// Bytes allocated.
    pub fn heap_bytes(&self) -> usize {
        let consumers = self.consumers.iter().flatten().map(|c| c.name.len() + c.pending.heap_bytes());
        self.pending.heap_bytes()
            + consumers.sum::<usize>()
            + self.consumers.capacity() * size_of::<Option<Consumer>>()
            + self.order.capacity() * size_of::<ConsumerId>()
    }
}
