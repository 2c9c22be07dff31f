//! Streams: nodes, figures, groups, what is pending for whom. Versions 2 and 3 of the type added figures.

use super::super::encode::IDEMPOTENCY_LIMITS as LIMITS;
use super::super::kind;
use super::{Decoder, Input};
use crate::Error;
use hematite_keyspace::Value;
use hematite_structures::loose::LooseBox;
use hematite_structures::stream::{Group, Idempotency, IdempotencyLimits, Stream, StreamId};

/// An entry that is pending in a group and not yet claimed by a consumer.
struct Unclaimed {
    id: StreamId,
    delivery_time_ms: i64,
    delivery_count: u64,
    is_claimed: bool,
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
        let mut unclaimed = pending(input)?;
        for _ in 0..input.length()? {
            self.consumer(input, kind, &mut group, &mut unclaimed)?;
        }
        if kind >= kind::STREAM_LISTPACKS_5 {
            released(input, &mut group, &mut unclaimed)?;
        }
        match unclaimed.iter().all(|entry| entry.is_claimed) {
            true => Ok(group),
            false => Err(input.error("an entry of a stream that is pending for no consumer")),
        }
    }

    fn consumer(
        &mut self,
        input: &mut Input<'_>,
        kind: u8,
        group: &mut Group,
        unclaimed: &mut [Unclaimed],
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
            let entry = unclaimed.binary_search_by_key(&id, |entry| entry.id).map(|at| &mut unclaimed[at]);
            match entry {
                Ok(entry) if !entry.is_claimed => {
                    entry.is_claimed = true;
                    group.assign(id, number, entry.delivery_time_ms, entry.delivery_count);
                }
                _ => return Err(input.error("an entry pending for a consumer, but not for its group alone")),
            }
        }
        Ok(())
    }
}

/// What was released in a group, first come first.
fn released(input: &mut Input<'_>, group: &mut Group, unclaimed: &mut [Unclaimed]) -> Result<(), Error> {
    for _ in 0..input.length()? {
        let id = StreamId::from_be_bytes(input.array()?);
        let entry = unclaimed.binary_search_by_key(&id, |entry| entry.id).map(|at| &mut unclaimed[at]);
        match entry {
            Ok(entry) if !entry.is_claimed => {
                entry.is_claimed = true;
                group.release(id, entry.delivery_count);
            }
            _ => return Err(input.error("a released entry that is not pending, or for a consumer")),
        }
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
fn pending(input: &mut Input<'_>) -> Result<Vec<Unclaimed>, Error> {
    let mut entries: Vec<Unclaimed> = Vec::new();
    for _ in 0..input.length()? {
        let id = StreamId::from_be_bytes(input.array()?);
        let delivery_time_ms = input.time_ms()?;
        let delivery_count = input.length()?;
        if entries.last().is_some_and(|last| last.id >= id) {
            return Err(input.error("pending entries of a stream out of order"));
        }
        entries.push(Unclaimed { id, delivery_time_ms, delivery_count, is_claimed: false });
    }
    Ok(entries)
}

fn id(input: &mut Input<'_>) -> Result<StreamId, Error> {
    Ok(StreamId::new(input.length()?, input.length()?))
}
