//! ARSET and ARMSET: values at indices that are said.

use super::{INVALID_INDEX, UPDATES, change, index_of};
use crate::prelude::*;
use hematite_structures::array::INDEX_MAX;

/// ARSET: see <https://redis.io/docs/latest/commands/arset/>.
pub const ARSET: Row = Row {
    spec: Spec {
        group: Group::Array,
        since: "8.8.0",
        summary: "Sets one or more contiguous values starting at an index in an array.",
        complexity: "O(N) where N is the number of values",
        arity: -4,
        flags: Flags::WRITE.or(Flags::DENYOOM).or(Flags::FAST),
        acl: Acl::ARRAY,
        keys: UPDATES,
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("index", Kind::Integer),
            Arg::new("value", Kind::Text).multiple(),
        ],
        reply: "integer",
        ..Spec::new("arset")
    },
    run: arset,
};

/// ARMSET: see <https://redis.io/docs/latest/commands/armset/>.
pub const ARMSET: Row = Row {
    spec: Spec {
        group: Group::Array,
        since: "8.8.0",
        summary: "Sets multiple index-value pairs in an array.",
        complexity: "O(N) where N is the number of pairs",
        arity: -4,
        flags: Flags::WRITE.or(Flags::DENYOOM).or(Flags::FAST),
        acl: Acl::ARRAY,
        keys: UPDATES,
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("data", Kind::Block(&[Arg::new("index", Kind::Integer), Arg::new("value", Kind::Text)]))
                .multiple(),
        ],
        reply: "integer",
        ..Spec::new("armset")
    },
    run: armset,
};

fn arset(ctx: &mut Context) -> Result<(), Error> {
    let (start, values) = (index_of(ctx.args[2])?, &ctx.args[3..]);
    let last = start.checked_add(values.len() as u64 - 1).filter(|last| *last <= INDEX_MAX);
    if last.is_none() {
        return Err(Error::fixed("ERR array index overflow"));
    }
    let new = change(ctx, |array| {
        let values = values.iter().zip(start..);
        Ok(values.filter(|(value, index)| array.set(*index, value)).count())
    })?;
    finish(ctx, "arset", values.len(), new)
}

fn armset(ctx: &mut Context) -> Result<(), Error> {
    let pairs = &ctx.args[2..];
    if !pairs.len().is_multiple_of(2) {
        return Err(Error::arity(ctx.spec.name));
    }
    for pair in pairs.chunks_exact(2) {
        index_of(pair[0])?;
    }
    let new = change(ctx, |array| {
        let mut new = 0;
        for pair in pairs.chunks_exact(2) {
            let index = index_of(pair[0]).map_err(|_| INVALID_INDEX)?;
            new += usize::from(array.set(index, pair[1]));
        }
        Ok(new)
    })?;
    finish(ctx, "armset", pairs.len() / 2, new)
}

fn finish(ctx: &mut Context, event: &'static str, values: usize, new: usize) -> Result<(), Error> {
    ctx.db.changed(Class::ARRAY, event, ctx.args[1]);
    ctx.db.effects.dirty += values as u64 - 1;
    ctx.reply.integer(new as i64);
    Ok(())
}
