//! Streams: nodes, figures, groups, what is pending for whom. Versions 2 and 3 of the type added figures.

use super::super::encode::IDEMPOTENCY_LIMITS as LIMITS;
use super::super::kind;
use super::{Decoder, Input};
use crate::Error;
use hematite_keyspace::Value;
use hematite_structures::loose::LooseBox;
use hematite_structures::stream::{ConsumerId, Group, Idempotency, IdempotencyLimits, Stream, StreamId};

/// An entry that is pending in a group.
struct Pending {
    id: StreamId,
    delivery_time_ms: i64,
    delivery_count: u64,
    owner: Owner,
}

/// Whose a pending entry is, as far as was read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Owner {
    Unknown,
    Consumer(ConsumerId),
    Released,
}

/// What is pending in a group, in the order of the ids, while its owners are read.
struct PendingEntries {
    entries: Vec<Pending>,
    /// Where the next one to be claimed probably is: a consumer's ids are in order, too, and often side by side.
    next: usize,
}

impl PendingEntries {
    /// The entry of this id if nobody has claimed it so far.
    fn unclaimed(&mut self, id: StreamId) -> Option<&mut Pending> {
        if self.entries.get(self.next).is_none_or(|entry| entry.id != id) {
            self.next = self.entries.binary_search_by_key(&id, |entry| entry.id).ok()?;
        }
        let entry = &mut self.entries[self.next];
        self.next += 1;
        Some(entry).filter(|entry| entry.owner == Owner::Unknown)
    }
}

impl Decoder<'_> {
    pub(super) fn stream(&mut self, input: &mut Input<'_>, kind: u8) -> Result<Option<Value>, Error> {
        let mut stream = Stream::new();
        for _ in 0..input.length()? {
            let key = input.string()?;
            let Ok(key) = <[u8; 16]>::try_from(key) else {
                return Err(input.error("a node of a stream whose key is no id"));
            };
            let node = self.listpack(input)?;
            if stream.push_node(StreamId::from_be_bytes(key), node).is_err() {
                return Err(input.error("a listpack that is no node of its stream"));
            }
        }
        let length = input.length()?;
        if length != stream.len() {
            return Err(input.error(format!("a stream of {} entries that claims {length}", stream.len())));
        }
        stream.last_id = id(input)?;
        let newest = stream.nodes().next_back().map(|(master, _)| master);
        let newest = stream.last().map(|entry| entry.id).max(newest);
        if newest.is_some_and(|newest| newest > stream.last_id) {
            return Err(input.error("a stream with an entry after its last id"));
        }
        stream.entries_added = stream.len();
        if kind != kind::STREAM_LISTPACKS {
            id(input)?;
            stream.max_deleted_id = id(input)?;
            stream.entries_added = input.length()?;
            if stream.entries_added < stream.len() {
                return Err(input.error("a stream with more entries than were ever added"));
            }
        }
        for _ in 0..input.length()? {
            self.read_name(input)?;
            let name = self.scratch.clone();
            let group = self.group(input, kind, &stream)?;
            if !stream.add_group(&name, group) {
                return Err(input.error("a group of a stream twice"));
            }
        }
        if kind >= kind::STREAM_LISTPACKS_4 {
            idempotency(input, &mut stream)?;
        }
        Ok(Some(Value::Stream(LooseBox::new(stream))))
    }

    fn group(&mut self, input: &mut Input<'_>, kind: u8, stream: &Stream) -> Result<Group, Error> {
        let last_id = id(input)?;
        let entries_read = match kind {
            kind::STREAM_LISTPACKS => stream.added_up_to(last_id),
            _ => Some(input.length()?).filter(|read| *read <= i64::MAX as u64),
        };
        let mut group = Group::new(last_id, entries_read);
        let mut pending = pending(input)?;
        for _ in 0..input.length()? {
            self.consumer(input, kind, &mut group, &mut pending)?;
        }
        // In the order of their ids, so that every one goes to the end of what is there.
        for entry in &pending.entries {
            if let Owner::Consumer(number) = entry.owner {
                group.assign(entry.id, number, entry.delivery_time_ms, entry.delivery_count);
            }
        }
        if kind >= kind::STREAM_LISTPACKS_5 {
            released(input, &mut group, &mut pending)?;
        }
        match pending.entries.iter().all(|entry| entry.owner != Owner::Unknown) {
            true => Ok(group),
            false => Err(input.error("an entry of a stream that is pending for no consumer")),
        }
    }

    fn consumer(
        &mut self,
        input: &mut Input<'_>,
        kind: u8,
        group: &mut Group,
        pending: &mut PendingEntries,
    ) -> Result<(), Error> {
        self.read_name(input)?;
        let seen_time_ms = input.time_ms()?;
        // The best estimate where it is not said.
        let active_time_ms = if kind >= kind::STREAM_LISTPACKS_3 { input.time_ms()? } else { seen_time_ms };
        let (number, is_new) = group.consumer_or_create(&self.scratch, seen_time_ms);
        if !is_new {
            return Err(input.error("a consumer of a stream twice"));
        }
        if let Some(consumer) = group.consumer_mut(number) {
            consumer.active_time_ms = active_time_ms;
        }
        for _ in 0..input.length()? {
            let id = StreamId::from_be_bytes(input.array()?);
            let Some(entry) = pending.unclaimed(id) else {
                return Err(input.error("an entry pending for a consumer, but not for its group alone"));
            };
            entry.owner = Owner::Consumer(number);
        }
        Ok(())
    }
}

/// What was released in a group, first come first.
fn released(input: &mut Input<'_>, group: &mut Group, pending: &mut PendingEntries) -> Result<(), Error> {
    for _ in 0..input.length()? {
        let id = StreamId::from_be_bytes(input.array()?);
        let Some(entry) = pending.unclaimed(id) else {
            return Err(input.error("a released entry that is not pending, or for a consumer"));
        };
        entry.owner = Owner::Released;
        group.release(id, entry.delivery_count);
    }
    Ok(())
}

/// What producers have sent. A stream of which nothing was ever recorded is left without.
fn idempotency(input: &mut Input<'_>, stream: &mut Stream) -> Result<(), Error> {
    let (duration_s, messages_max) = (input.length()?, input.length()?);
    let (Ok(duration_s), Ok(messages_max)) = (u32::try_from(duration_s), u32::try_from(messages_max)) else {
        return Err(input.error("limits of a stream's producers that cannot be"));
    };
    let limits = IdempotencyLimits { duration_s, messages_max: messages_max.clamp(1, 10_000) };
    let mut known = Idempotency::new(limits);
    for _ in 0..input.length()? {
        let producer = input.string()?.to_vec();
        for _ in 0..input.length()? {
            let message = input.string()?.to_vec();
            // What is too old by now is forgotten when it is looked for.
            known.record(&producer, &message, id(input)?, 0);
        }
    }
    (known.added, known.duplicates) = (input.length()?, input.length()?);
    if limits != LIMITS || known.producers_len() > 0 || known.added > 0 || known.duplicates > 0 {
        stream.set_idempotency(known);
    }
    Ok(())
}

/// What is pending in a group, in the order of the ids.
fn pending(input: &mut Input<'_>) -> Result<PendingEntries, Error> {
    let mut entries: Vec<Pending> = Vec::new();
    for _ in 0..input.length()? {
        let id = StreamId::from_be_bytes(input.array()?);
        let delivery_time_ms = input.time_ms()?;
        let delivery_count = input.length()?;
        if entries.last().is_some_and(|last| last.id >= id) {
            return Err(input.error("pending entries of a stream out of order"));
        }
        entries.push(Pending { id, delivery_time_ms, delivery_count, owner: Owner::Unknown });
    }
    Ok(PendingEntries { entries, next: 0 })
}

fn id(input: &mut Input<'_>) -> Result<StreamId, Error> {
    Ok(StreamId::new(input.length()?, input.length()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_claimed_once_in_whatever_order() {
        let pending = |n| Pending {
            id: StreamId::new(n, 0),
            delivery_time_ms: 0,
            delivery_count: 1,
            owner: Owner::Unknown,
        };
        let mut entries = PendingEntries { entries: (0..6).map(pending).collect(), next: 0 };
        let mut claim = |n| {
            let entry = entries.unclaimed(StreamId::new(n, 0));
            entry.map(|entry| entry.owner = Owner::Released).is_some()
        };
        assert_eq!([0, 1, 4, 5, 3, 2].map(&mut claim), [true; 6]);
        assert_eq!([2, 3, 0, 5, 6, 9].map(&mut claim), [false; 6]);
    }
}
