//! A stream as the file has it: its nodes, its figures, its groups with what is pending.

use super::super::{Options, VERSION, write};
use hematite_structures::stream::{Group, Stream, StreamId};

/// Appends a stream.
pub(super) fn encode(out: &mut Vec<u8>, stream: &Stream, options: &Options) {
    let compression = options.compression;
    write::length(out, stream.node_count() as u64);
    for (id, node) in stream.nodes() {
        write::string(out, &id.to_be_bytes(), compression);
        write::string(out, node.as_bytes(), compression);
    }
    write::length(out, stream.len());
    id(out, stream.last_id);
    id(out, stream.first_id());
    id(out, stream.max_deleted_id);
    write::length(out, stream.entries_added);
    write::length(out, stream.groups().len() as u64);
    for (name, group) in stream.groups() {
        write::string(out, name, compression);
        encode_group(out, group, options);
    }
}

fn id(out: &mut Vec<u8>, id: StreamId) {
    write::length(out, id.ms);
    write::length(out, id.seq);
}

fn encode_group(out: &mut Vec<u8>, group: &Group, options: &Options) {
    id(out, group.last_id);
    // Unknown is -1, as 64 bits without a sign.
    write::length(out, group.entries_read.unwrap_or(u64::MAX));
    write::length(out, group.pending_len() as u64);
    for (id, pending) in group.pending_range(StreamId::MIN, StreamId::MAX) {
        out.extend_from_slice(&id.to_be_bytes());
        write::time_ms(out, pending.delivery_time_ms);
        write::length(out, pending.delivery_count);
    }
    write::length(out, group.consumers().len() as u64);
    for (number, consumer) in group.consumers() {
        write::string(out, consumer.name(), options.compression);
        write::time_ms(out, consumer.seen_time_ms);
        if options.version >= VERSION {
            write::time_ms(out, consumer.active_time_ms);
        }
        write::length(out, consumer.pending_len() as u64);
        for (id, _) in group.consumer_pending_range(number, StreamId::MIN, StreamId::MAX) {
            out.extend_from_slice(&id.to_be_bytes());
        }
    }
}
