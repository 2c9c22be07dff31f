//! XDEL, XDELEX and XACKDEL: entries deleted by id.

use super::arguments::IDS;
use super::references::References;
use super::{id, stream_mut, stream_of};
use crate::prelude::*;
use hematite_base::number::parse_i64;
use hematite_structures::stream::StreamId;

/// What becomes of entries that groups refer to.
const REFERENCES: Arg = Arg::new(
    "condition",
    Kind::OneOf(&[
        Arg::new("keepref", Kind::Token).token("KEEPREF"),
        Arg::new("delref", Kind::Token).token("DELREF"),
        Arg::new("acked", Kind::Token).token("ACKED"),
    ]),
)
.optional();

/// XDEL: see <https://valkey.io/commands/xdel/>.
pub const XDEL: Row = Row {
    spec: Spec {
        group: Group::Stream,
        since: "5.0.0",
        summary: "Returns the number of messages after removing them from a stream.",
        complexity: "O(1) for each single item to delete in the stream, regardless of the stream size.",
        arity: -3,
        flags: Flags::WRITE.or(Flags::FAST),
        acl: Acl::STREAM,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::DELETE),
            notes: "",
        }],
        args: &[Arg::new("key", Kind::Key).key_spec(0), Arg::new("ID", Kind::Text).multiple()],
        reply: "integer",
        ..Spec::new("xdel")
    },
    run: xdel,
};

/// XDELEX: see <https://redis.io/commands/xdelex/>.
pub const XDELEX: Row = Row {
    spec: Spec {
        group: Group::Stream,
        since: "8.2.0",
        summary: "Deletes entries from a stream, with a say in what becomes of references to them.",
        complexity: "O(1) for each entry ID processed, regardless of the stream size.",
        arity: -5,
        flags: Flags::WRITE.or(Flags::FAST),
        acl: Acl::STREAM,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::DELETE),
            notes: "",
        }],
        args: &[Arg::new("key", Kind::Key).key_spec(0), REFERENCES, IDS],
        reply: "array<integer>",
        ..Spec::new("xdelex")
    },
    run: xdelex,
};

/// XACKDEL: see <https://redis.io/commands/xackdel/>.
pub const XACKDEL: Row = Row {
    spec: Spec {
        group: Group::Stream,
        since: "8.2.0",
        summary: "Acknowledges entries for a consumer group, and deletes them where they are not needed any more.",
        complexity: "O(1) for each entry ID processed.",
        arity: -6,
        flags: Flags::WRITE.or(Flags::FAST),
        acl: Acl::STREAM,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::UPDATE.or(KeyFlags::DELETE)),
            notes: "",
        }],
        args: &[Arg::new("key", Kind::Key).key_spec(0), Arg::new("group", Kind::Text), REFERENCES, IDS],
        reply: "array<integer>",
        ..Spec::new("xackdel")
    },
    run: xackdel,
};

/// What XDELEX and XACKDEL answer for an id.
const MISSING: i64 = -1;
const DELETED: i64 = 1;
const STILL_NEEDED: i64 = 2;

fn parse_ids(args: &[&[u8]]) -> Result<Vec<StreamId>, Error> {
    args.iter().map(|arg| id::parse(arg, 0)).collect()
}

fn xdel(ctx: &mut Context) -> Result<(), Error> {
    let key = ctx.args[1];
    let Some(mut entry) = ctx.db.write(key) else {
        ctx.reply.integer(0);
        return Ok(());
    };
    let stream = stream_mut(&mut entry)?;
    let ids = parse_ids(&ctx.args[2..])?;
    let deleted = ids.into_iter().filter(|id| stream.delete(*id)).count();
    drop(entry);
    record(ctx, key, deleted as u64, deleted as u64);
    ctx.reply.integer(deleted as i64);
    Ok(())
}

fn record(ctx: &mut Context, key: &[u8], deleted: u64, changes: u64) {
    if deleted > 0 {
        ctx.db.also_changed(Class::STREAM, "xdel", key);
    }
    ctx.db.effects.dirty += changes;
}

/// `[KEEPREF|DELREF|ACKED] IDS numids id [id ...]` from `at` on, in either order.
fn parse(ctx: &Context, mut at: usize) -> Result<(References, Vec<StreamId>), Error> {
    let args = ctx.args;
    let (mut references, mut ids) = (None, None);
    while at < args.len() {
        if let Some(word) = References::parse(args[at]).filter(|_| references.is_none()) {
            references = Some(word);
            at += 1;
        } else if ctx.is(at, "ids") && at + 1 < args.len() && ids.is_none() {
            let count = parse_i64(args[at + 1]).filter(|count| *count > 0);
            let count = count.ok_or(Error::fixed("ERR Number of IDs must be a positive integer"))?;
            let first = at + 2;
            let end = usize::try_from(count).ok().and_then(|count| first.checked_add(count));
            let end = end.filter(|end| *end <= args.len());
            let end =
                end.ok_or(Error::fixed("ERR The `numids` parameter must match the number of arguments"))?;
            ids = Some(parse_ids(&args[first..end])?);
            at = end;
        } else {
            return Err(Error::Syntax);
        }
    }
    Ok((references.unwrap_or_default(), ids.ok_or(Error::Syntax)?))
}

fn reply_all_missing(ctx: &mut Context, ids: &[StreamId]) {
    ctx.reply.array(ids.len());
    ids.iter().for_each(|_| ctx.reply.integer(MISSING));
}

fn xdelex(ctx: &mut Context) -> Result<(), Error> {
    let key = ctx.args[1];
    let (references, ids) = parse(ctx, 2)?;
    let Some(mut entry) = ctx.db.write(key) else {
        reply_all_missing(ctx, &ids);
        return Ok(());
    };
    let stream = stream_mut(&mut entry)?;
    let mut deleted = 0;
    ctx.reply.array(ids.len());
    for id in ids {
        let is_there = stream.get(id).is_some();
        let goes = is_there && references.allow(stream, id);
        if goes {
            deleted += u64::from(stream.delete(id));
        }
        references.settle(stream, id);
        ctx.reply.integer(match (is_there, goes) {
            (false, _) => MISSING,
            (true, true) => DELETED,
            (true, false) => STILL_NEEDED,
        });
    }
    drop(entry);
    record(ctx, key, deleted, deleted);
    Ok(())
}

fn xackdel(ctx: &mut Context) -> Result<(), Error> {
    let (key, name) = (ctx.args[1], ctx.args[2]);
    let (references, ids) = parse(ctx, 3)?;
    let has_group = match ctx.db.read(key) {
        Some(entry) => stream_of(&entry)?.group(name).is_some(),
        None => false,
    };
    let Some(mut entry) = ctx.db.write(key).filter(|_| has_group) else {
        reply_all_missing(ctx, &ids);
        return Ok(());
    };
    let stream = stream_mut(&mut entry)?;
    let (mut deleted, mut changes) = (0, 0);
    ctx.reply.array(ids.len());
    for id in ids {
        let is_acknowledged = stream.group_mut(name).is_some_and(|group| group.acknowledge(id));
        let goes = is_acknowledged && references.allow(stream, id);
        changes += u64::from(is_acknowledged);
        if goes {
            deleted += u64::from(stream.delete(id));
        }
        if is_acknowledged {
            references.settle(stream, id);
        }
        ctx.reply.integer(match (is_acknowledged, goes) {
            (false, _) => MISSING,
            (true, true) => DELETED,
            (true, false) => STILL_NEEDED,
        });
    }
    drop(entry);
    record(ctx, key, deleted, changes);
    Ok(())
}
