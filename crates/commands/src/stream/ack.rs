//! XACK.

use super::{id, stream_mut, stream_of};
use crate::prelude::*;

/// XACK: see <https://valkey.io/commands/xack/>.
pub const XACK: Row = Row {
    spec: Spec {
        group: Group::Stream,
        since: "5.0.0",
        summary: "Returns the number of messages that were successfully acknowledged by the consumer group member of a stream.",
        complexity: "O(1) for each message ID processed.",
        arity: -4,
        flags: Flags::WRITE.or(Flags::FAST),
        acl: Acl::STREAM,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::UPDATE),
            notes: "",
        }],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("group", Kind::Text),
            Arg::new("ID", Kind::Text).multiple(),
        ],
        reply: "integer",
        ..Spec::new("xack")
    },
    run: xack,
};

fn xack(ctx: &mut Context) -> Result<(), Error> {
    let (key, name) = (ctx.args[1], ctx.args[2]);
    let has_group = match ctx.db.read(key) {
        Some(entry) => stream_of(&entry)?.group(name).is_some(),
        None => false,
    };
    if !has_group {
        ctx.reply.integer(0);
        return Ok(());
    }
    let ids = ctx.args[3..].iter().map(|arg| id::parse(arg, 0)).collect::<Result<Vec<_>, _>>()?;
    let mut acknowledged = 0;
    if let Some(mut entry) = ctx.db.write(key)
        && let Some(group) = stream_mut(&mut entry)?.group_mut(name)
    {
        acknowledged = ids.into_iter().filter(|id| group.acknowledge(*id)).count();
    }
    ctx.db.effects.dirty += acknowledged as u64;
    ctx.reply.integer(acknowledged as i64);
    Ok(())
}
