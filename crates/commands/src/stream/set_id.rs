//! XSETID.

use super::{id, last_entry_id, stream_mut};
use crate::prelude::*;
use hematite_structures::stream::StreamId;

/// XSETID: see <https://valkey.io/commands/xsetid/>.
pub const XSETID: Row = Row {
    spec: Spec {
        group: Group::Stream,
        since: "5.0.0",
        summary: "An internal command for replicating stream values.",
        complexity: "O(1)",
        arity: -3,
        flags: Flags::WRITE.or(Flags::DENYOOM.or(Flags::FAST)),
        acl: Acl::STREAM,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::UPDATE),
            notes: "",
        }],
        history: &[("7.0.0", "Added the `entries_added` and `max_deleted_entry_id` arguments.")],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("last-id", Kind::Text),
            Arg::new("entries-added", Kind::Integer).token("ENTRIESADDED").optional().since("7.0.0"),
            Arg::new("max-deleted-id", Kind::Text).token("MAXDELETEDID").optional().since("7.0.0"),
        ],
        reply: "ok",
        ..Spec::new("xsetid")
    },
    run: xsetid,
};

fn xsetid(ctx: &mut Context) -> Result<(), Error> {
    let key = ctx.args[1];
    let last_id = id::parse(ctx.args[2], 0)?;
    let (mut added, mut max_deleted, mut at) = (None, StreamId::MIN, 3);
    while at < ctx.args.len() {
        let has_value = at + 1 < ctx.args.len();
        if has_value && ctx.is(at, "entriesadded") {
            let count = u64::try_from(ctx.integer(at + 1)?);
            added = Some(count.map_err(|_| Error::fixed("ERR entries_added must be positive"))?);
        } else if has_value && ctx.is(at, "maxdeletedid") {
            max_deleted = id::parse(ctx.args[at + 1], 0)?;
            if last_id < max_deleted {
                return Err(Error::fixed(
                    "ERR The ID specified in XSETID is smaller than the provided max_deleted_entry_id",
                ));
            }
        } else {
            return Err(Error::Syntax);
        }
        at += 2;
    }
    // Redis 7.0 records what later versions refuse.
    let may_go_back = ctx.is_replayed();
    let mut entry = ctx.db.write(key).ok_or(Error::NoSuchKey)?;
    let stream = stream_mut(&mut entry)?;
    if last_id < stream.max_deleted_id && !may_go_back {
        return Err(Error::fixed(
            "ERR The ID specified in XSETID is smaller than current max_deleted_entry_id",
        ));
    }
    if !stream.is_empty() {
        if last_id < last_entry_id(stream) {
            return Err(Error::fixed(
                "ERR The ID specified in XSETID is smaller than the target stream top item",
            ));
        }
        if added.is_some_and(|added| stream.len() > added) {
            return Err(Error::fixed(
                "ERR The entries_added specified in XSETID is smaller than the target stream length",
            ));
        }
    }
    stream.last_id = last_id;
    stream.entries_added = added.unwrap_or(stream.entries_added);
    if max_deleted != StreamId::MIN {
        stream.max_deleted_id = max_deleted;
    }
    drop(entry);
    let db = ctx.db.db;
    ctx.db.effects.dirty += 1;
    ctx.db.effects.event(Class::STREAM, "xsetid", db, key);
    ctx.reply.ok();
    Ok(())
}
