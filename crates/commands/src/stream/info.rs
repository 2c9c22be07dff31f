//! XINFO: streams, groups and consumers from inside.

use super::read_group::has_tombstones;
use super::{id, reply_with_entry, stream_of};
use crate::prelude::*;
use crate::reply::array_around;
use hematite_resp::Encoder;
use hematite_structures::stream::{Group as ConsumerGroup, Stream, StreamId};

/// XINFO: see <https://valkey.io/commands/xinfo/>.
pub const XINFO: Row = Row {
    spec: Spec {
        group: Group::Stream,
        since: "5.0.0",
        summary: "A container for stream introspection commands.",
        complexity: "Depends on subcommand.",
        arity: -2,
        flags: Flags::NONE,
        acl: Acl::NONE,
        ..Spec::new("xinfo")
    },
    run: xinfo,
};

/// XINFO CONSUMERS: see <https://valkey.io/commands/xinfo-consumers/>.
pub const XINFO_CONSUMERS: Row = Row {
    spec: Spec {
        group: Group::Stream,
        since: "5.0.0",
        summary: "Returns a list of the consumers in a consumer group.",
        complexity: "O(1)",
        arity: 4,
        flags: Flags::READONLY,
        acl: Acl::STREAM,
        keys: &[KeySpec {
            begin: Begin::Index(2),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        tips: &["nondeterministic_output"],
        history: &[("7.2.0", "Added the `inactive` field, and changed the meaning of `idle`.")],
        args: &[Arg::new("key", Kind::Key).key_spec(0), Arg::new("group", Kind::Text)],
        reply: "array<map<string, any>>",
        ..Spec::new("xinfo|consumers")
    },
    run: xinfo_consumers,
};

/// XINFO GROUPS: see <https://valkey.io/commands/xinfo-groups/>.
pub const XINFO_GROUPS: Row = Row {
    spec: Spec {
        group: Group::Stream,
        since: "5.0.0",
        summary: "Returns a list of the consumer groups of a stream.",
        complexity: "O(1)",
        arity: 3,
        flags: Flags::READONLY,
        acl: Acl::STREAM,
        keys: &[KeySpec {
            begin: Begin::Index(2),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        history: &[("7.0.0", "Added the `entries-read` and `lag` fields")],
        args: &[Arg::new("key", Kind::Key).key_spec(0)],
        reply: "array<map<string, any>>",
        ..Spec::new("xinfo|groups")
    },
    run: xinfo_groups,
};

/// XINFO HELP: see <https://valkey.io/commands/xinfo-help/>.
pub const XINFO_HELP: Row = Row {
    spec: Spec {
        group: Group::Stream,
        since: "5.0.0",
        summary: "Returns helpful text about the different subcommands.",
        complexity: "O(1)",
        arity: 2,
        flags: Flags::LOADING.or(Flags::STALE),
        acl: Acl::STREAM,
        reply: "array<string>",
        ..Spec::new("xinfo|help")
    },
    run: xinfo_help,
};

/// XINFO STREAM: see <https://valkey.io/commands/xinfo-stream/>.
pub const XINFO_STREAM: Row = Row {
    spec: Spec {
        group: Group::Stream,
        since: "5.0.0",
        summary: "Returns information about a stream.",
        complexity: "O(1)",
        arity: -3,
        flags: Flags::READONLY,
        acl: Acl::STREAM,
        keys: &[KeySpec {
            begin: Begin::Index(2),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        history: &[
            ("6.0.0", "Added the `FULL` modifier."),
            (
                "7.0.0",
                "Added the `max-deleted-entry-id`, `entries-added`, `recorded-first-entry-id`, `entries-read` and `lag` fields",
            ),
            ("7.2.0", "Added the `active-time` field, and changed the meaning of `seen-time`."),
            (
                "8.6.0",
                "Added the `idmp-*`, `pids-tracked` and `iids-*` fields of streams whose producers number their messages.",
            ),
            ("8.8.0", "Added the `nacked-count` field of groups with released messages."),
        ],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new(
                "full-block",
                Kind::Block(&[
                    Arg::new("full", Kind::Token).token("FULL"),
                    Arg::new("count", Kind::Integer).token("COUNT").optional(),
                ]),
            )
            .optional(),
        ],
        reply: "map<string, any>",
        ..Spec::new("xinfo|stream")
    },
    run: xinfo_stream,
};

fn xinfo(ctx: &mut Context) -> Result<(), Error> {
    Err(Error::unknown_subcommand(ctx.args[1], ctx.spec.name))
}

fn xinfo_help(ctx: &mut Context) -> Result<(), Error> {
    ctx.help(&[
        "XINFO <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "CONSUMERS <key> <groupname>",
        "    Show consumers of <groupname>.",
        "GROUPS <key>",
        "    Show the stream consumer groups.",
        "STREAM <key> [FULL [COUNT <count>]",
        "    Show information about the stream.",
    ]);
    Ok(())
}

fn xinfo_consumers(ctx: &mut Context) -> Result<(), Error> {
    let (key, name, now) = (ctx.args[2], ctx.args[3], ctx.now_ms());
    let entry = ctx.db.read(key).ok_or(Error::NoSuchKey)?;
    let group = stream_of(&entry)?.group(name).ok_or_else(|| {
        let parts: [&[u8]; 5] = [b"NOGROUP No such consumer group '", name, b"' for key name '", key, b"'"];
        Error::Bytes(parts.concat())
    })?;
    let reply = &mut ctx.reply;
    reply.array(group.consumers().len());
    for (_, consumer) in group.consumers() {
        let inactive = match consumer.active_time_ms {
            -1 => -1,
            time => now.saturating_sub(time).max(0),
        };
        reply.map(4);
        reply.bulk(b"name");
        reply.bulk(consumer.name());
        reply.bulk(b"pending");
        reply.integer(consumer.pending_len() as i64);
        reply.bulk(b"idle");
        reply.integer(now.saturating_sub(consumer.seen_time_ms).max(0));
        reply.bulk(b"inactive");
        reply.integer(inactive);
    }
    Ok(())
}

fn xinfo_groups(ctx: &mut Context) -> Result<(), Error> {
    let entry = ctx.db.read(ctx.args[2]).ok_or(Error::NoSuchKey)?;
    let stream = stream_of(&entry)?;
    let reply = &mut ctx.reply;
    reply.array(stream.groups().len());
    for (name, group) in stream.groups() {
        reply.map(6);
        reply.bulk(b"name");
        reply.bulk(name);
        reply.bulk(b"consumers");
        reply.integer(group.consumers().len() as i64);
        reply.bulk(b"pending");
        reply.integer(group.pending_len() as i64);
        reply_with_progress(reply, stream, group);
    }
    Ok(())
}

/// Last id, entries read and lag, as fields of a map.
fn reply_with_progress(reply: &mut Encoder, stream: &Stream, group: &ConsumerGroup) {
    let integer = |name: &[u8], value: Option<u64>, reply: &mut Encoder| {
        reply.bulk(name);
        match value {
            Some(value) => reply.integer(value as i64),
            None => reply.null(),
        }
    };
    reply.bulk(b"last-delivered-id");
    id::reply_with(reply, group.last_id);
    integer(b"entries-read", group.entries_read, reply);
    integer(b"lag", lag(stream, group), reply);
}

/// Entries that the group has yet to read, if that can be told.
fn lag(stream: &Stream, group: &ConsumerGroup) -> Option<u64> {
    let added = stream.entries_added;
    if added == 0 {
        return Some(0);
    }
    match group.entries_read {
        Some(read) if !has_tombstones(stream, group.last_id) => Some(added.wrapping_sub(read)),
        _ => stream.added_up_to(group.last_id).map(|read| added.wrapping_sub(read)),
    }
}

fn xinfo_stream(ctx: &mut Context) -> Result<(), Error> {
    let wrong = || {
        let parts: [&[u8]; 3] = [
            b"ERR unknown subcommand or wrong number of arguments for '",
            ctx.args[1],
            b"'. Try XINFO HELP.",
        ];
        Error::Bytes(parts.concat())
    };
    let count = match ctx.args.len() {
        3 => Ok(None),
        4 | 6 if !ctx.is(3, "full") => Err(wrong()),
        4 => Ok(Some(10)),
        6 if !ctx.is(4, "count") => Err(wrong()),
        6 => ctx.integer(5).map(|count| Some(crate::context::to_count(count).unwrap_or(10))),
        _ => Err(wrong()),
    };
    let entry = ctx.db.read(ctx.args[2]).ok_or(Error::NoSuchKey)?;
    let stream = stream_of(&entry)?;
    let reply = &mut ctx.reply;
    let count = count?;
    let idempotency = if stream.idempotency().is_some() { 6 } else { 0 };
    reply.map(idempotency + if count.is_none() { 10 } else { 9 });
    reply_with_head(reply, stream);
    match count {
        None => reply_with_edges(reply, stream),
        Some(0) => reply_with_details(reply, stream, usize::MAX),
        Some(count) => reply_with_details(reply, stream, count),
    }
    Ok(())
}

fn reply_with_head(reply: &mut Encoder, stream: &Stream) {
    for (name, value) in [
        ("length", stream.len()),
        ("radix-tree-keys", stream.node_count() as u64),
        ("radix-tree-nodes", radix_nodes(stream)),
    ] {
        reply.bulk(name.as_bytes());
        reply.integer(value as i64);
    }
    reply.bulk(b"last-generated-id");
    id::reply_with(reply, stream.last_id);
    reply.bulk(b"max-deleted-entry-id");
    id::reply_with(reply, stream.max_deleted_id);
    reply.bulk(b"entries-added");
    reply.integer(stream.entries_added as i64);
    reply.bulk(b"recorded-first-entry-id");
    id::reply_with(reply, stream.first_id());
    // Only where it is used: who knows nothing of it sees the reply of old.
    let Some(known) = stream.idempotency() else { return };
    for (name, value) in [
        ("idmp-duration", known.limits().duration_s.into()),
        ("idmp-maxsize", known.limits().messages_max.into()),
        ("pids-tracked", known.producers_len() as u64),
        ("iids-tracked", known.messages_len() as u64),
        ("iids-added", known.added),
        ("iids-duplicates", known.duplicates),
    ] {
        reply.bulk(name.as_bytes());
        reply.integer(value as i64);
    }
}

fn reply_with_edges(reply: &mut Encoder, stream: &Stream) {
    reply.bulk(b"groups");
    reply.integer(stream.groups().len() as i64);
    for (name, entry) in [("first-entry", stream.first()), ("last-entry", stream.last())] {
        reply.bulk(name.as_bytes());
        match entry {
            Some(entry) => reply_with_entry(reply, &entry),
            None => reply.null(),
        }
    }
}

fn reply_with_details(reply: &mut Encoder, stream: &Stream, count: usize) {
    reply.bulk(b"entries");
    array_around(reply, |reply| {
        let entries = stream.range(StreamId::MIN, StreamId::MAX).take(count);
        entries.map(|entry| reply_with_entry(reply, &entry)).count()
    });
    reply.bulk(b"groups");
    reply.array(stream.groups().len());
    for (name, group) in stream.groups() {
        let released = group.released_len();
        reply.map(if released > 0 { 8 } else { 7 });
        reply.bulk(b"name");
        reply.bulk(name);
        reply_with_progress(reply, stream, group);
        reply.bulk(b"pel-count");
        reply.integer(group.pending_len() as i64);
        if released > 0 {
            reply.bulk(b"nacked-count");
            reply.integer(released as i64);
        }
        reply.bulk(b"pending");
        array_around(reply, |reply| {
            let pending = group.pending_range(StreamId::MIN, StreamId::MAX).take(count);
            pending
                .map(|(id, pending)| {
                    reply.array(4);
                    id::reply_with(reply, id);
                    reply.bulk(group.consumer(pending.consumer()).map_or(b"", |consumer| consumer.name()));
                    reply.integer(pending.delivery_time_ms);
                    reply.integer(i64::try_from(pending.delivery_count).unwrap_or(i64::MAX));
                })
                .count()
        });
        reply.bulk(b"consumers");
        reply_with_consumers(reply, group, count);
    }
}

fn reply_with_consumers(reply: &mut Encoder, group: &ConsumerGroup, count: usize) {
    reply.array(group.consumers().len());
    for (number, consumer) in group.consumers() {
        reply.map(5);
        reply.bulk(b"name");
        reply.bulk(consumer.name());
        reply.bulk(b"seen-time");
        reply.integer(consumer.seen_time_ms);
        reply.bulk(b"active-time");
        reply.integer(consumer.active_time_ms);
        reply.bulk(b"pel-count");
        reply.integer(consumer.pending_len() as i64);
        reply.bulk(b"pending");
        array_around(reply, |reply| {
            let pending = group.consumer_pending_range(number, StreamId::MIN, StreamId::MAX).take(count);
            pending
                .map(|(id, pending)| {
                    reply.array(3);
                    id::reply_with(reply, id);
                    reply.integer(pending.delivery_time_ms);
                    reply.integer(i64::try_from(pending.delivery_count).unwrap_or(i64::MAX));
                })
                .count()
        });
    }
}

/// Nodes that the reference's radix tree has for the same nodes of entries: it compresses runs of bytes without a fork.
fn radix_nodes(stream: &Stream) -> u64 {
    let keys: Vec<[u8; 16]> = stream.nodes().map(|(id, _)| id.to_be_bytes()).collect();
    if keys.is_empty() { 1 } else { radix_nodes_below(&keys, 0) }
}

/// Nodes for keys that share their first `depth` bytes.
fn radix_nodes_below(keys: &[[u8; 16]], depth: usize) -> u64 {
    if depth == 16 {
        return 1;
    }
    let (first, last) = (&keys[0], &keys[keys.len() - 1]);
    // Keys are in order, so what the outermost ones share all share.
    let shared = (depth..16).take_while(|at| first[*at] == last[*at]).count();
    if shared > 0 {
        return 1 + radix_nodes_below(keys, depth + shared);
    }
    1 + keys.chunk_by(|a, b| a[depth] == b[depth]).map(|part| radix_nodes_below(part, depth + 1)).sum::<u64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn radix_nodes_are_those_of_a_compressed_tree() {
        let nodes = |ids: &[(u64, u64)]| {
            let keys: Vec<_> = ids.iter().map(|(ms, seq)| StreamId::new(*ms, *seq).to_be_bytes()).collect();
            radix_nodes_below(&keys, 0)
        };
        // One run and its leaf; a run, a fork and two leaves.
        assert_eq!(nodes(&[(1, 1)]), 2);
        assert_eq!(nodes(&[(1, 1), (1, 2)]), 4);
        // A fork in the middle, behind which either side runs on to its leaf.
        assert_eq!(nodes(&[(1, 1), (2, 1)]), 6);
    }
}
