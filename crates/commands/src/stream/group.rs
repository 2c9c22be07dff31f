//! XGROUP: consumer groups and their consumers.

use super::{id, record_group_change, stream_mut};
use crate::prelude::*;
use hematite_structures::loose::LooseBox;
use hematite_structures::stream::{Group as ConsumerGroup, Stream, StreamId};

/// XGROUP: see <https://valkey.io/commands/xgroup/>.
pub const XGROUP: Row = Row {
    spec: Spec {
        group: Group::Stream,
        since: "5.0.0",
        summary: "A container for consumer groups commands.",
        complexity: "Depends on subcommand.",
        arity: -2,
        flags: Flags::NONE,
        acl: Acl::NONE,
        ..Spec::new("xgroup")
    },
    run: xgroup,
};

/// XGROUP CREATE: see <https://valkey.io/commands/xgroup-create/>.
pub const XGROUP_CREATE: Row = Row {
    spec: Spec {
        group: Group::Stream,
        since: "5.0.0",
        summary: "Creates a consumer group.",
        complexity: "O(1)",
        arity: -5,
        flags: Flags::WRITE.or(Flags::DENYOOM),
        acl: Acl::STREAM,
        keys: &[KeySpec {
            begin: Begin::Index(2),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::INSERT),
            notes: "",
        }],
        history: &[("7.0.0", "Added the `entries_read` named argument.")],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("group", Kind::Text),
            Arg::new(
                "id-selector",
                Kind::OneOf(&[Arg::new("id", Kind::Text), Arg::new("new-id", Kind::Token).token("$")]),
            ),
            Arg::new("mkstream", Kind::Token).token("MKSTREAM").optional(),
            Arg::new("entriesread", Kind::Integer).token("ENTRIESREAD").optional().display("entries-read"),
        ],
        reply: "ok",
        ..Spec::new("xgroup|create")
    },
    run: xgroup_create,
};

/// XGROUP CREATECONSUMER: see <https://valkey.io/commands/xgroup-createconsumer/>.
pub const XGROUP_CREATECONSUMER: Row = Row {
    spec: Spec {
        group: Group::Stream,
        since: "6.2.0",
        summary: "Creates a consumer in a consumer group.",
        complexity: "O(1)",
        arity: 5,
        flags: Flags::WRITE.or(Flags::DENYOOM),
        acl: Acl::STREAM,
        keys: &[KeySpec {
            begin: Begin::Index(2),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::INSERT),
            notes: "",
        }],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("group", Kind::Text),
            Arg::new("consumer", Kind::Text),
        ],
        reply: "integer",
        ..Spec::new("xgroup|createconsumer")
    },
    run: xgroup_createconsumer,
};

/// XGROUP DELCONSUMER: see <https://valkey.io/commands/xgroup-delconsumer/>.
pub const XGROUP_DELCONSUMER: Row = Row {
    spec: Spec {
        group: Group::Stream,
        since: "5.0.0",
        summary: "Deletes a consumer from a consumer group.",
        complexity: "O(1)",
        arity: 5,
        flags: Flags::WRITE,
        acl: Acl::STREAM,
        keys: &[KeySpec {
            begin: Begin::Index(2),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::DELETE),
            notes: "",
        }],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("group", Kind::Text),
            Arg::new("consumer", Kind::Text),
        ],
        reply: "integer",
        ..Spec::new("xgroup|delconsumer")
    },
    run: xgroup_delconsumer,
};

/// XGROUP DESTROY: see <https://valkey.io/commands/xgroup-destroy/>.
pub const XGROUP_DESTROY: Row = Row {
    spec: Spec {
        group: Group::Stream,
        since: "5.0.0",
        summary: "Destroys a consumer group.",
        complexity: "O(N) where N is the number of entries in the group's pending entries list (PEL).",
        arity: 4,
        flags: Flags::WRITE,
        acl: Acl::STREAM,
        keys: &[KeySpec {
            begin: Begin::Index(2),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::DELETE),
            notes: "",
        }],
        args: &[Arg::new("key", Kind::Key).key_spec(0), Arg::new("group", Kind::Text)],
        reply: "integer",
        ..Spec::new("xgroup|destroy")
    },
    run: xgroup_destroy,
};

/// XGROUP HELP: see <https://valkey.io/commands/xgroup-help/>.
pub const XGROUP_HELP: Row = Row {
    spec: Spec {
        group: Group::Stream,
        since: "5.0.0",
        summary: "Returns helpful text about the different subcommands.",
        complexity: "O(1)",
        arity: 2,
        flags: Flags::LOADING.or(Flags::STALE),
        acl: Acl::STREAM,
        reply: "array<string>",
        ..Spec::new("xgroup|help")
    },
    run: xgroup_help,
};

/// XGROUP SETID: see <https://valkey.io/commands/xgroup-setid/>.
pub const XGROUP_SETID: Row = Row {
    spec: Spec {
        group: Group::Stream,
        since: "5.0.0",
        summary: "Sets the last-delivered ID of a consumer group.",
        complexity: "O(1)",
        arity: -5,
        flags: Flags::WRITE,
        acl: Acl::STREAM,
        keys: &[KeySpec {
            begin: Begin::Index(2),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::UPDATE),
            notes: "",
        }],
        history: &[("7.0.0", "Added the optional `entries_read` argument.")],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("group", Kind::Text),
            Arg::new(
                "id-selector",
                Kind::OneOf(&[Arg::new("id", Kind::Text), Arg::new("new-id", Kind::Token).token("$")]),
            ),
            Arg::new("entriesread", Kind::Integer).token("ENTRIESREAD").optional().display("entries-read"),
        ],
        reply: "ok",
        ..Spec::new("xgroup|setid")
    },
    run: xgroup_setid,
};

fn xgroup(ctx: &mut Context) -> Result<(), Error> {
    Err(Error::unknown_subcommand(ctx.args[1], ctx.spec.name))
}

fn xgroup_help(ctx: &mut Context) -> Result<(), Error> {
    ctx.help(&[
        "XGROUP <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "CREATE <key> <groupname> <id|$> [option]",
        "    Create a new consumer group. Options are:",
        "    * MKSTREAM",
        "      Create the empty stream if it does not exist.",
        "    * ENTRIESREAD entries_read",
        "      Set the group's entries_read counter (internal use).",
        "CREATECONSUMER <key> <groupname> <consumer>",
        "    Create a new consumer in the specified group.",
        "DELCONSUMER <key> <groupname> <consumer>",
        "    Remove the specified consumer.",
        "DESTROY <key> <groupname>",
        "    Remove the specified group.",
        "SETID <key> <groupname> <id|$> [ENTRIESREAD entries_read]",
        "    Set the current group ID and entries_read counter.",
    ]);
    Ok(())
}

const NO_KEY: &str = "ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the MKSTREAM option to create an empty stream automatically.";

fn no_such_group(key: &[u8], group: &[u8]) -> Error {
    let parts: [&[u8]; 5] = [b"NOGROUP No such consumer group '", group, b"' for key name '", key, b"'"];
    Error::Bytes(parts.concat())
}

/// What CREATE and SETID say after the id.
#[derive(Default)]
struct Options {
    creates_stream: bool,
    entries_read: Option<u64>,
}

fn parse_options(ctx: &Context, is_create: bool) -> Result<Options, Error> {
    let (mut options, mut at) = (Options::default(), 5);
    while at < ctx.args.len() {
        if is_create && ctx.is(at, "mkstream") {
            options.creates_stream = true;
            at += 1;
        } else if ctx.is(at, "entriesread") && at + 1 < ctx.args.len() {
            options.entries_read = match ctx.integer(at + 1)? {
                -1 => None,
                read => Some(
                    u64::try_from(read)
                        .map_err(|_| Error::fixed("ERR value for ENTRIESREAD must be positive or -1"))?,
                ),
            };
            at += 2;
        } else {
            return Err(wrong_subcommand(ctx.args[1]));
        }
    }
    Ok(options)
}

fn wrong_subcommand(given: &[u8]) -> Error {
    let head: &[u8] = b"ERR unknown subcommand or wrong number of arguments for '";
    Error::Bytes([head, &given[..given.len().min(128)], b"'. Try XGROUP HELP."].concat())
}

/// `$` for the stream's last id, or an id.
fn parse_last_id(stream: Option<&Stream>, text: &[u8]) -> Result<StreamId, Error> {
    match text {
        b"$" => Ok(stream.map_or(StreamId::MIN, |stream| stream.last_id)),
        text => id::parse(text, 0),
    }
}

fn xgroup_create(ctx: &mut Context) -> Result<(), Error> {
    let (key, name, last) = (ctx.args[2], ctx.args[3], ctx.args[4]);
    let options = parse_options(ctx, true)?;
    let is_made = if let Some(mut entry) = ctx.db.write(key) {
        let stream = stream_mut(&mut entry)?;
        if ctx.args.len() > 8 {
            return Err(wrong_subcommand(ctx.args[1]));
        }
        let last_id = parse_last_id(Some(stream), last)?;
        stream.add_group(name, ConsumerGroup::new(last_id, options.entries_read))
    } else if !options.creates_stream {
        return Err(Error::fixed(NO_KEY));
    } else if ctx.args.len() > 8 {
        return Err(wrong_subcommand(ctx.args[1]));
    } else {
        let mut stream = Stream::new();
        let last_id = parse_last_id(None, last)?;
        stream.add_group(name, ConsumerGroup::new(last_id, options.entries_read));
        ctx.db.add(Entry::new(key, None, NewBody::Value(Value::Stream(LooseBox::new(stream)))));
        let db = ctx.db.db;
        ctx.db.effects.touch(db, key);
        true
    };
    if !is_made {
        return Err(Error::fixed("BUSYGROUP Consumer Group name already exists"));
    }
    record_group_change(ctx, "xgroup-create", key);
    ctx.reply.ok();
    Ok(())
}

/// Runs `change` on the group that the arguments name, and on its stream's last id.
fn with_group<R>(
    ctx: &mut Context,
    change: impl FnOnce(&mut ConsumerGroup, StreamId, i64) -> Result<R, Error>,
) -> Result<R, Error> {
    let (key, name, now) = (ctx.args[2], ctx.args[3], ctx.clock_ms());
    let mut entry = ctx.db.write(key).ok_or(Error::fixed(NO_KEY))?;
    let stream = stream_mut(&mut entry)?;
    let last_id = stream.last_id;
    let group = stream.group_mut(name).ok_or_else(|| no_such_group(key, name))?;
    change(group, last_id, now)
}

fn xgroup_setid(ctx: &mut Context) -> Result<(), Error> {
    let (key, text) = (ctx.args[2], ctx.args[4]);
    let options = parse_options(ctx, false)?;
    with_group(ctx, |group, stream_last_id, _| {
        group.last_id = if text == b"$" { stream_last_id } else { id::parse_or_end(text)? };
        group.entries_read = options.entries_read;
        Ok(())
    })?;
    record_group_change(ctx, "xgroup-setid", key);
    ctx.reply.ok();
    Ok(())
}

fn xgroup_createconsumer(ctx: &mut Context) -> Result<(), Error> {
    let (key, name) = (ctx.args[2], ctx.args[4]);
    let is_new = with_group(ctx, |group, _, now| Ok(group.consumer_or_create(name, now).1))?;
    if is_new {
        record_group_change(ctx, "xgroup-createconsumer", key);
    }
    ctx.reply.integer(i64::from(is_new));
    Ok(())
}

fn xgroup_delconsumer(ctx: &mut Context) -> Result<(), Error> {
    let (key, name) = (ctx.args[2], ctx.args[4]);
    let pending = with_group(ctx, |group, _, _| Ok(group.delete_consumer(name)))?;
    if pending.is_some() {
        record_group_change(ctx, "xgroup-delconsumer", key);
    }
    ctx.reply.integer(pending.unwrap_or(0) as i64);
    Ok(())
}

fn xgroup_destroy(ctx: &mut Context) -> Result<(), Error> {
    let (key, name) = (ctx.args[2], ctx.args[3]);
    let mut entry = ctx.db.write(key).ok_or(Error::fixed(NO_KEY))?;
    let is_gone = stream_mut(&mut entry)?.remove_group(name).is_some();
    drop(entry);
    if is_gone {
        record_group_change(ctx, "xgroup-destroy", key);
        // Who reads from the group is to hear of it.
        let db = ctx.db.db;
        ctx.db.effects.touch(db, key);
    }
    ctx.reply.integer(i64::from(is_gone));
    Ok(())
}
