//! ARLEN, ARCOUNT, ARNEXT and ARINFO: what is said of an array without its values.

use super::{READS, array_of};
use crate::prelude::*;
use hematite_structures::array::{Array, INDEX_MAX};

/// ARLEN: see <https://redis.io/docs/latest/commands/arlen/>.
pub const ARLEN: Row = Row {
    spec: Spec {
        group: Group::Array,
        since: "8.8.0",
        summary: "Returns the length of an array (max index + 1).",
        complexity: "O(1)",
        arity: 2,
        flags: Flags::READONLY.or(Flags::FAST),
        acl: Acl::ARRAY,
        keys: READS,
        args: &[Arg::new("key", Kind::Key).key_spec(0)],
        reply: "integer",
        ..Spec::new("arlen")
    },
    run: arlen,
};

/// ARCOUNT: see <https://redis.io/docs/latest/commands/arcount/>.
pub const ARCOUNT: Row = Row {
    spec: Spec {
        group: Group::Array,
        since: "8.8.0",
        summary: "Returns the number of non-empty elements in an array.",
        complexity: "O(1)",
        arity: 2,
        flags: Flags::READONLY.or(Flags::FAST),
        acl: Acl::ARRAY,
        keys: READS,
        args: &[Arg::new("key", Kind::Key).key_spec(0)],
        reply: "integer",
        ..Spec::new("arcount")
    },
    run: arcount,
};

/// ARNEXT: see <https://redis.io/docs/latest/commands/arnext/>.
pub const ARNEXT: Row = Row {
    spec: Spec {
        group: Group::Array,
        since: "8.8.0",
        summary: "Returns the next index ARINSERT would use.",
        complexity: "O(1)",
        arity: 2,
        flags: Flags::READONLY.or(Flags::FAST),
        acl: Acl::ARRAY,
        keys: READS,
        args: &[Arg::new("key", Kind::Key).key_spec(0)],
        reply: "integer | null",
        ..Spec::new("arnext")
    },
    run: arnext,
};

/// ARINFO: see <https://redis.io/docs/latest/commands/arinfo/>.
pub const ARINFO: Row = Row {
    spec: Spec {
        group: Group::Array,
        since: "8.8.0",
        summary: "Returns metadata about an array.",
        complexity: "O(1), or O(N) with FULL option where N is the number of slices.",
        arity: -2,
        flags: Flags::READONLY,
        acl: Acl::ARRAY,
        keys: READS,
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("full", Kind::Token).token("FULL").optional(),
        ],
        reply: "map<string, integer | double>",
        ..Spec::new("arinfo")
    },
    run: arinfo,
};

fn arlen(ctx: &mut Context) -> Result<(), Error> {
    figure(ctx, Array::len)
}

fn arcount(ctx: &mut Context) -> Result<(), Error> {
    figure(ctx, Array::count)
}

fn figure(ctx: &mut Context, of: fn(&Array) -> u64) -> Result<(), Error> {
    let figure = match ctx.db.read(ctx.args[1]) {
        Some(entry) => of(array_of(&entry)?),
        None => 0,
    };
    ctx.reply.unsigned(figure);
    Ok(())
}

/// Where the next value is appended; `None` behind the last index.
fn next_index(array: &Array) -> Option<u64> {
    match array.cursor {
        None => Some(0),
        Some(INDEX_MAX) => None,
        Some(cursor) => Some(cursor + 1),
    }
}

fn arnext(ctx: &mut Context) -> Result<(), Error> {
    let next = match ctx.db.read(ctx.args[1]) {
        Some(entry) => next_index(array_of(&entry)?),
        None => Some(0),
    };
    match next {
        Some(next) => ctx.reply.unsigned(next),
        None => ctx.reply.null(),
    }
    Ok(())
}

fn arinfo(ctx: &mut Context) -> Result<(), Error> {
    let is_full = ctx.args.len() > 2;
    if is_full && !(ctx.args.len() == 3 && ctx.is(2, "full")) {
        return Err(Error::Syntax);
    }
    let entry = ctx.db.read(ctx.args[1]).ok_or(Error::NoSuchKey)?;
    let array = array_of(&entry)?;
    let (table, blocks) = array.table();
    let figures = [
        ("count", array.count()),
        ("len", array.len()),
        ("next-insert-index", next_index(array).unwrap_or(0)),
        ("slices", array.slices() as u64),
        ("directory-size", table),
        ("super-dir-entries", blocks),
        ("slice-size", array.shape().slice_len() as u64),
    ];
    let reply = &mut ctx.reply;
    reply.map(if is_full { 12 } else { 7 });
    for (name, figure) in figures {
        reply.bulk(name.as_bytes());
        reply.unsigned(figure);
    }
    if !is_full {
        return Ok(());
    }
    let layout = array.layout();
    for (name, slices) in [("dense-slices", layout.dense), ("sparse-slices", layout.sparse)] {
        reply.bulk(name.as_bytes());
        reply.unsigned(slices as u64);
    }
    let averages = [
        ("avg-dense-size", layout.dense_slots, layout.dense),
        ("avg-dense-fill", layout.dense_values, layout.dense_slots),
        ("avg-sparse-size", layout.sparse_room, layout.sparse),
    ];
    for (name, sum, of) in averages {
        reply.bulk(name.as_bytes());
        reply.double(if of == 0 { 0.0 } else { sum as f64 / of as f64 });
    }
    Ok(())
}
