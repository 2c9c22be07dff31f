//! The stream family: entries under rising ids, and groups of consumers that share them.
//!
//! What groups do is journaled as XCLAIM, XGROUP SETID and XGROUP CREATECONSUMER with all numbers said, as the reference
//! does, since it depends on time and on who asked ([`propagation`]).

mod ack;
mod add;
mod arguments;
mod autoclaim;
mod claim;
mod delete;
mod group;
mod id;
mod idempotency;
mod info;
mod nack;
mod pending;
mod propagation;
mod range;
mod read;
mod read_group;
mod references;
mod set_id;
mod trim;

use crate::context::Context;
use crate::element::ElementReply;
use crate::error::Error;
use crate::spec::Row;
use hematite_keyspace::{Body, Class, Entry, EntryMut, Value};
use hematite_resp::Encoder;
use hematite_structures::stream::{ConsumerId, Group, Stream, StreamId};

/// The family's rows.
pub const ROWS: &[Row] = &[
    ack::XACK,
    add::XADD,
    autoclaim::XAUTOCLAIM,
    claim::XCLAIM,
    delete::XACKDEL,
    delete::XDEL,
    delete::XDELEX,
    group::XGROUP,
    group::XGROUP_CREATE,
    group::XGROUP_CREATECONSUMER,
    group::XGROUP_DELCONSUMER,
    group::XGROUP_DESTROY,
    group::XGROUP_HELP,
    group::XGROUP_SETID,
    idempotency::XCFGSET,
    idempotency::XIDMPRECORD,
    info::XINFO,
    info::XINFO_CONSUMERS,
    info::XINFO_GROUPS,
    info::XINFO_HELP,
    info::XINFO_STREAM,
    nack::XNACK,
    pending::XPENDING,
    range::XLEN,
    range::XRANGE,
    range::XREVRANGE,
    read::XREAD,
    read_group::XREADGROUP,
    set_id::XSETID,
    trim::XTRIM,
];

/// The stream that an entry holds.
fn stream_of(entry: &Entry) -> Result<&Stream, Error> {
    match entry.body() {
        Body::Value(Value::Stream(stream)) => Ok(stream),
        _ => Err(Error::WrongType),
    }
}

/// The same, to be changed.
fn stream_mut<'e>(entry: &'e mut EntryMut<'_>) -> Result<&'e mut Stream, Error> {
    match entry.value_mut() {
        Some(Value::Stream(stream)) => Ok(stream),
        _ => Err(Error::WrongType),
    }
}

/// Replies with an entry: its id, and its fields and values in one array.
fn reply_with_entry(reply: &mut Encoder, entry: &hematite_structures::stream::Entry) {
    reply.array(2);
    id::reply_with(reply, entry.id);
    reply_with_pairs(reply, entry);
}

fn reply_with_pairs(reply: &mut Encoder, entry: &hematite_structures::stream::Entry) {
    reply.array(2 * entry.len());
    for (field, value) in entry.pairs() {
        reply.element(field);
        reply.element(value);
    }
}

/// `NOGROUP No such key '<key>' or consumer group '<group>'`, and what follows.
fn no_group(key: &[u8], group: &[u8], tail: &str) -> Error {
    let parts: [&[u8]; 6] =
        [b"NOGROUP No such key '", key, b"' or consumer group '", group, b"'", tail.as_bytes()];
    Error::Bytes(parts.concat())
}

/// Records a change of a group: nobody watches it, but it counts and is told.
fn record_group_change(ctx: &mut Context, event: &'static str, key: &[u8]) {
    let db = ctx.db.db;
    ctx.db.effects.dirty += 1;
    ctx.db.effects.event(Class::STREAM, event, db, key);
}

/// The consumer of this name, made if it is not there, and seen now; whether it was made.
fn seen_consumer(group: &mut Group, name: &[u8], now_ms: i64) -> (ConsumerId, bool) {
    let (id, is_new) = group.consumer_or_create(name, now_ms);
    if let Some(consumer) = group.consumer_mut(id) {
        consumer.seen_time_ms = now_ms;
    }
    (id, is_new)
}

/// Notes that a consumer got something.
fn set_active(group: &mut Group, consumer: ConsumerId, now_ms: i64) {
    if let Some(consumer) = group.consumer_mut(consumer) {
        consumer.active_time_ms = now_ms;
    }
}

/// The id of the newest entry; 0-0 if there is none.
fn last_entry_id(stream: &Stream) -> StreamId {
    stream.last().map_or(StreamId::MIN, |entry| entry.id)
}
