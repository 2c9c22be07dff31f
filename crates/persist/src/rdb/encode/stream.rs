//! A stream as the file has it: its nodes, its figures, its groups with what is pending.

use super::super::{Options, VERSION, VERSION_VALKEY_9, kind, write};
use hematite_structures::listpack::Listpack;
use hematite_structures::stream::{Group, Idempotency, IdempotencyLimits, Stream, StreamId};

/// The form that says all there is of a stream, the lowest of several. Valkey's files have none for what Redis 8 brought,
/// and do without: released entries then count as acknowledged.
pub(super) fn kind_of(stream: &Stream, options: &Options) -> u8 {
    if options.version == VERSION_VALKEY_9 {
        kind::STREAM_LISTPACKS_3
    } else if stream.groups().any(|(_, group)| group.released_len() > 0) {
        kind::STREAM_LISTPACKS_5
    } else if stream.idempotency().is_some() {
        kind::STREAM_LISTPACKS_4
    } else {
        kind::STREAM_LISTPACKS_3
    }
}

/// Appends a stream.
pub(super) fn encode(out: &mut Vec<u8>, stream: &Stream, options: &Options) {
    write::length(out, stream.node_count() as u64);
    for (id, node) in stream.nodes() {
        encode_node(out, id, node, options.compression);
    }
    encode_rest(out, stream, options);
}

/// Appends a node with the id of its master entry.
pub(super) fn encode_node(out: &mut Vec<u8>, id: StreamId, node: &Listpack, compression: bool) {
    write::plain(out, &id.to_be_bytes());
    write::string(out, node.as_bytes(), compression);
}

/// Appends what stands behind the nodes.
pub(super) fn encode_rest(out: &mut Vec<u8>, stream: &Stream, options: &Options) {
    let kind = if options.version >= VERSION { kind_of(stream, options) } else { kind::STREAM_LISTPACKS_2 };
    let compression = options.compression;
    write::length(out, stream.len());
    id(out, stream.last_id);
    id(out, stream.first_id());
    id(out, stream.max_deleted_id);
    write::length(out, stream.entries_added);
    write::length(out, stream.groups().len() as u64);
    for (name, group) in stream.groups() {
        write::string(out, name, compression);
        encode_group(out, group, kind, options);
    }
    if kind >= kind::STREAM_LISTPACKS_4 {
        encode_idempotency(out, stream.idempotency(), compression);
    }
}

/// The limits where nothing is remembered: the reference's defaults.
pub(crate) const LIMITS: IdempotencyLimits = IdempotencyLimits { duration_s: 100, messages_max: 100 };

fn encode_idempotency(out: &mut Vec<u8>, known: Option<&Idempotency>, compression: bool) {
    let limits = known.map_or(LIMITS, Idempotency::limits);
    write::length(out, limits.duration_s.into());
    write::length(out, limits.messages_max.into());
    let messages: Vec<_> = known.into_iter().flat_map(Idempotency::iter).collect();
    write::length(out, known.map_or(0, Idempotency::producers_len) as u64);
    for messages in messages.chunk_by(|a, b| a.0 == b.0) {
        write::string(out, messages[0].0, compression);
        write::length(out, messages.len() as u64);
        for (_, message, added) in messages {
            write::string(out, message, compression);
            id(out, *added);
        }
    }
    write::length(out, known.map_or(0, |known| known.added));
    write::length(out, known.map_or(0, |known| known.duplicates));
}

fn id(out: &mut Vec<u8>, id: StreamId) {
    write::length(out, id.ms);
    write::length(out, id.seq);
}

fn encode_group(out: &mut Vec<u8>, group: &Group, kind: u8, options: &Options) {
    id(out, group.last_id);
    // Unknown is -1, as 64 bits without a sign.
    write::length(out, group.entries_read.unwrap_or(u64::MAX));
    let has_released = kind == kind::STREAM_LISTPACKS_5;
    let left_out = if has_released { 0 } else { group.released_len() };
    write::length(out, (group.pending_len() - left_out) as u64);
    let pending = group.pending_range(StreamId::MIN, StreamId::MAX);
    for (id, pending) in pending.filter(|(_, pending)| has_released || !pending.is_released()) {
        out.extend_from_slice(&id.to_be_bytes());
        write::time_ms(out, pending.delivery_time_ms);
        write::length(out, pending.delivery_count);
    }
    write::length(out, group.consumers().len() as u64);
    for (_, consumer) in group.consumers() {
        write::string(out, consumer.name(), options.compression);
        write::time_ms(out, consumer.seen_time_ms);
        if options.version >= VERSION {
            write::time_ms(out, consumer.active_time_ms);
        }
        write::length(out, consumer.pending_len() as u64);
        consumer.pending_ids().for_each(|id| out.extend_from_slice(&id.to_be_bytes()));
    }
    if has_released {
        let pending = group.pending_range(StreamId::MIN, StreamId::MAX);
        let mut released: Vec<_> = pending.filter(|(_, pending)| pending.is_released()).collect();
        released.sort_unstable_by_key(|(_, pending)| pending.claim_order());
        write::length(out, released.len() as u64);
        released.iter().for_each(|(id, _)| out.extend_from_slice(&id.to_be_bytes()));
    }
}
