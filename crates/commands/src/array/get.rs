//! ARGET, ARMGET, ARGETRANGE and ARLASTITEMS: values by position, holes included.

use super::{READS, REPLIES_MAX, array_of, index_of, reply_with_found};
use crate::prelude::*;
use hematite_base::number;
use hematite_structures::array::Array;

/// ARGET: see <https://redis.io/docs/latest/commands/arget/>.
pub const ARGET: Row = Row {
    spec: Spec {
        group: Group::Array,
        since: "8.8.0",
        summary: "Gets the value at an index in an array.",
        complexity: "O(1)",
        arity: 3,
        flags: Flags::READONLY.or(Flags::FAST),
        acl: Acl::ARRAY,
        keys: READS,
        args: &[Arg::new("key", Kind::Key).key_spec(0), Arg::new("index", Kind::Integer)],
        reply: "string | null",
        ..Spec::new("arget")
    },
    run: arget,
};

/// ARMGET: see <https://redis.io/docs/latest/commands/armget/>.
pub const ARMGET: Row = Row {
    spec: Spec {
        group: Group::Array,
        since: "8.8.0",
        summary: "Gets values at multiple indices in an array.",
        complexity: "O(N) where N is the number of indices",
        arity: -3,
        flags: Flags::READONLY.or(Flags::FAST),
        acl: Acl::ARRAY,
        keys: READS,
        args: &[Arg::new("key", Kind::Key).key_spec(0), Arg::new("index", Kind::Integer).multiple()],
        reply: "array<string | null>",
        ..Spec::new("armget")
    },
    run: armget,
};

/// ARGETRANGE: see <https://redis.io/docs/latest/commands/argetrange/>.
pub const ARGETRANGE: Row = Row {
    spec: Spec {
        group: Group::Array,
        since: "8.8.0",
        summary: "Gets values in a range of indices.",
        complexity: "O(N) where N is the range length",
        arity: 4,
        flags: Flags::READONLY,
        acl: Acl::ARRAY,
        keys: READS,
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("start", Kind::Integer),
            Arg::new("end", Kind::Integer),
        ],
        reply: "array<string | null>",
        ..Spec::new("argetrange")
    },
    run: argetrange,
};

/// ARLASTITEMS: see <https://redis.io/docs/latest/commands/arlastitems/>.
pub const ARLASTITEMS: Row = Row {
    spec: Spec {
        group: Group::Array,
        since: "8.8.0",
        summary: "Returns the most recently inserted elements.",
        complexity: "O(N) where N is the count",
        arity: -3,
        flags: Flags::READONLY,
        acl: Acl::ARRAY,
        keys: READS,
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("count", Kind::Integer),
            Arg::new("rev", Kind::Token).token("REV").optional(),
        ],
        reply: "array<string | null>",
        ..Spec::new("arlastitems")
    },
    run: arlastitems,
};

fn arget(ctx: &mut Context) -> Result<(), Error> {
    let entry = ctx.db.read(ctx.args[1]);
    let array = entry.as_ref().map(|entry| array_of(entry)).transpose()?;
    let index = index_of(ctx.args[2])?;
    reply_with_found(&mut ctx.reply, array.and_then(|array| array.get(index)));
    Ok(())
}

fn armget(ctx: &mut Context) -> Result<(), Error> {
    let indices = &ctx.args[2..];
    let entry = ctx.db.read(ctx.args[1]);
    let array = entry.as_ref().map(|entry| array_of(entry)).transpose()?;
    let start = ctx.reply.position();
    ctx.reply.array(indices.len());
    for index in indices {
        let index = match index_of(index) {
            Ok(index) => index,
            Err(error) => {
                ctx.reply.truncate(start);
                return Err(error);
            }
        };
        reply_with_found(&mut ctx.reply, array.and_then(|array| array.get(index)));
    }
    Ok(())
}

fn argetrange(ctx: &mut Context) -> Result<(), Error> {
    let (start, end) = (index_of(ctx.args[2])?, index_of(ctx.args[3])?);
    let entry = ctx.db.read(ctx.args[1]);
    let array = entry.as_ref().map(|entry| array_of(entry)).transpose()?;
    let len = start.abs_diff(end) + 1;
    if len > REPLIES_MAX {
        return Err(Error::Text(format!("ERR range exceeds maximum of {REPLIES_MAX} items").into()));
    }
    ctx.reply.array(len as usize);
    for at in 0..len {
        let index = if start <= end { start + at } else { start - at };
        reply_with_found(&mut ctx.reply, array.and_then(|array| array.get(index)));
    }
    Ok(())
}

fn arlastitems(ctx: &mut Context) -> Result<(), Error> {
    let count = number::parse_i64(ctx.args[2]).ok_or(Error::fixed("ERR invalid COUNT"))?;
    let Some(count) = u64::try_from(count).ok().filter(|count| *count > 0) else {
        ctx.reply.array(0);
        return Ok(());
    };
    let is_reversed = match ctx.args.len() {
        3 => false,
        4 if ctx.is(3, "rev") => true,
        4 => return Err(Error::Syntax),
        _ => return Err(Error::arity(ctx.spec.name)),
    };
    let entry = ctx.db.read(ctx.args[1]);
    let Some(array) = entry.as_ref().map(|entry| array_of(entry)).transpose()? else {
        ctx.reply.array(0);
        return Ok(());
    };
    let count = count.min(array.count());
    ctx.reply.array(count as usize);
    let newest = array.cursor.unwrap_or(array.len() - 1);
    for at in 0..count {
        let back = if is_reversed { at } else { count - 1 - at };
        reply_with_found(&mut ctx.reply, array.get(position_before(array, newest, back)));
    }
    Ok(())
}

/// The position `back` steps before `newest`, where the last position of the array comes before its first.
fn position_before(array: &Array, newest: u64, back: u64) -> u64 {
    match newest.checked_sub(back) {
        Some(position) => position,
        // Less than the number of values, which is at most the length.
        None => array.len() - (back - newest),
    }
}
