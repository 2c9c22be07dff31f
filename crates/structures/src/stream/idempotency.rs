//! Idempotency: which messages a stream's producers have sent lately, so that one that is sent again is not added again.
//!
//! ```text
//!   producer id → { message id → entry's id }     found by what the producer calls its message
//!                 [ message id, ... ]             the same in the order in which they came: the oldest is forgotten first
//! ```
//!
//! Invariant: the two views of a producer hold the same message ids, which they share. A message is forgotten when its
//! producer has sent as many after it as are kept, or once it is as old as the limit says: its age is that of its entry's
//! id, so nothing but the id is stored, and a replica or a file that is loaded forgets at the same moment.

use super::StreamId;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// How much is remembered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct IdempotencyLimits {
    /// For how long a message is remembered, seconds.
    pub duration_s: u32,
    /// How many messages of each producer are.
    pub messages_max: u32,
}

/// See the head of the file.
#[derive(Clone, Debug)]
pub struct Idempotency {
    limits: IdempotencyLimits,
    producers: BTreeMap<Box<[u8]>, Producer>,
    /// Number of producers at which those whose messages are all too old are looked for again.
    sweep_at: usize,
    /// Messages that were ever added.
    pub added: u64,
    /// Messages that were recognised as sent before.
    pub duplicates: u64,
}

#[derive(Clone, Debug, Default)]
struct Producer {
    messages: BTreeMap<Arc<[u8]>, StreamId>,
    order: VecDeque<Arc<[u8]>>,
}

/// Producers below which nobody looks for idle ones.
const SWEEP_MIN: usize = 16;

impl Idempotency {
    /// Remembers nothing yet.
    pub fn new(limits: IdempotencyLimits) -> Idempotency {
        Idempotency { limits, producers: BTreeMap::new(), sweep_at: SWEEP_MIN, added: 0, duplicates: 0 }
    }

    /// How much is remembered.
    pub fn limits(&self) -> IdempotencyLimits {
        self.limits
    }

    /// Sets the limits; if they are others than before, everything is forgotten.
    pub fn set_limits(&mut self, limits: IdempotencyLimits) {
        if limits != self.limits {
            self.limits = limits;
            self.producers.clear();
            self.sweep_at = SWEEP_MIN;
        }
    }

    /// The id under which a producer's message was added, if that is still remembered.
    pub fn find(&self, producer: &[u8], message: &[u8], now_ms: u64) -> Option<StreamId> {
        let id = *self.producers.get(producer)?.messages.get(message)?;
        (!self.is_too_old(id, now_ms)).then_some(id)
    }

    /// Remembers that a producer's message was added under `id`, and forgets what is over the limits.
    pub fn record(&mut self, producer: &[u8], message: &[u8], id: StreamId, now_ms: u64) {
        let limits = self.limits;
        let is_old = |id: StreamId| is_too_old(limits, id, now_ms);
        if self.producers.len() >= self.sweep_at {
            self.producers.retain(|_, producer| {
                producer.forget_while(is_old);
                !producer.order.is_empty()
            });
            self.sweep_at = (2 * self.producers.len()).max(SWEEP_MIN);
        }
        if !self.producers.contains_key(producer) {
            self.producers.insert(producer.into(), Producer::default());
        }
        let Some(producer) = self.producers.get_mut(producer) else { return };
        producer.forget(message);
        producer.forget_while(is_old);
        while producer.order.len() >= limits.messages_max as usize && producer.forget_oldest() {}
        let message: Arc<[u8]> = message.into();
        producer.order.push_back(Arc::clone(&message));
        producer.messages.insert(message, id);
        self.added += 1;
    }

    fn is_too_old(&self, id: StreamId, now_ms: u64) -> bool {
        is_too_old(self.limits, id, now_ms)
    }

    /// Number of producers that are remembered.
    pub fn producers_len(&self) -> usize {
        self.producers.len()
    }

    /// Number of messages that are.
    pub fn messages_len(&self) -> usize {
        self.producers.values().map(|producer| producer.order.len()).sum()
    }

    /// Everything that is remembered, producer by producer, the oldest message first: producer, message, entry's id.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8], StreamId)> {
        self.producers.iter().flat_map(|(name, producer)| {
            let id = |message: &Arc<[u8]>| producer.messages.get(message).copied().unwrap_or(StreamId::MIN);
            producer.order.iter().map(move |message| (&name[..], &message[..], id(message)))
        })
    }

    /// Bytes allocated, about: what the maps' nodes take is estimated.
    pub fn heap_bytes(&self) -> usize {
        let message = |message: &Arc<[u8]>| message.len() + 64;
        let names = self.producers.keys().map(|name| name.len() + 96).sum::<usize>();
        names + self.producers.values().flat_map(|producer| &producer.order).map(message).sum::<usize>()
    }
}

fn is_too_old(limits: IdempotencyLimits, id: StreamId, now_ms: u64) -> bool {
    id.ms.saturating_add(u64::from(limits.duration_s) * 1000) <= now_ms
}

impl Producer {
    fn forget_oldest(&mut self) -> bool {
        let Some(message) = self.order.pop_front() else { return false };
        self.messages.remove(&message);
        true
    }

    fn forget_while(&mut self, is_old: impl Fn(StreamId) -> bool) {
        while let Some(oldest) = self.order.front()
            && self.messages.get(oldest).is_none_or(|id| is_old(*id))
        {
            self.forget_oldest();
        }
    }

    /// Forgets a message out of order: it was remembered, but is too old, and comes again.
    fn forget(&mut self, message: &[u8]) {
        if self.messages.remove(message).is_some() {
            self.order.retain(|other| other[..] != *message);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: IdempotencyLimits = IdempotencyLimits { duration_s: 10, messages_max: 3 };

    #[test]
    fn remembers_as_many_and_as_long_as_it_should() {
        let mut known = Idempotency::new(LIMITS);
        for n in 0..4u64 {
            known.record(b"p", &[n as u8], StreamId::new(1000 + n, 0), 1000 + n);
        }
        assert_eq!(known.find(b"p", &[0], 2000), None);
        assert_eq!(known.find(b"p", &[1], 2000), Some(StreamId::new(1001, 0)));
        assert_eq!(known.find(b"q", &[1], 2000), None);
        assert_eq!(known.find(b"p", &[1], 11_001), None);
        assert_eq!((known.messages_len(), known.added), (3, 4));
        // Of the three, the two that are too old go; the one that comes again is recorded anew.
        known.record(b"p", &[1], StreamId::new(11_002, 0), 11_002);
        assert_eq!(known.iter().map(|(_, message, _)| message[0]).collect::<Vec<_>>(), [3, 1]);
        known.set_limits(LIMITS);
        assert_eq!(known.messages_len(), 2);
        known.set_limits(IdempotencyLimits { messages_max: 5, ..LIMITS });
        assert_eq!((known.messages_len(), known.producers_len()), (0, 0));
    }

    #[test]
    fn idle_producers_do_not_gather() {
        let mut known = Idempotency::new(LIMITS);
        for n in 0..1000u64 {
            let now = n * 1000;
            known.record(&n.to_le_bytes(), b"m", StreamId::new(now, 0), now);
        }
        assert!(known.producers_len() <= 32, "{}", known.producers_len());
    }
}
