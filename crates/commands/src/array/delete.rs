//! ARDEL and ARDELRANGE: values taken away; the key goes with the last one.

use super::{DELETES, array_mut, index_of};
use crate::prelude::*;
use hematite_structures::array::Array;

/// ARDEL: see <https://redis.io/docs/latest/commands/ardel/>.
pub const ARDEL: Row = Row {
    spec: Spec {
        group: Group::Array,
        since: "8.8.0",
        summary: "Deletes elements at the specified indices in an array.",
        complexity: "O(N) where N is the number of indices to delete",
        arity: -3,
        flags: Flags::WRITE.or(Flags::FAST),
        acl: Acl::ARRAY,
        keys: DELETES,
        args: &[Arg::new("key", Kind::Key).key_spec(0), Arg::new("index", Kind::Integer).multiple()],
        reply: "integer",
        ..Spec::new("ardel")
    },
    run: ardel,
};

/// ARDELRANGE: see <https://redis.io/docs/latest/commands/ardelrange/>.
pub const ARDELRANGE: Row = Row {
    spec: Spec {
        group: Group::Array,
        since: "8.8.0",
        summary: "Deletes elements in one or more ranges.",
        complexity: "Proportional to the number of existing elements / slices touched, not to the numeric span of the requested ranges",
        arity: -4,
        flags: Flags::WRITE,
        acl: Acl::ARRAY,
        keys: DELETES,
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new(
                "range",
                Kind::Block(&[Arg::new("start", Kind::Integer), Arg::new("end", Kind::Integer)]),
            )
            .multiple(),
        ],
        reply: "integer",
        ..Spec::new("ardelrange")
    },
    run: ardelrange,
};

fn ardel(ctx: &mut Context) -> Result<(), Error> {
    let indices: Vec<u64> = ctx.args[2..].iter().map(|index| index_of(index)).collect::<Result<_, _>>()?;
    remove(ctx, "ardel", |array| indices.iter().map(|index| u64::from(array.remove(*index))).sum())
}

fn ardelrange(ctx: &mut Context) -> Result<(), Error> {
    let ends = &ctx.args[2..];
    if !ends.len().is_multiple_of(2) {
        return Err(Error::arity(ctx.spec.name));
    }
    let ends: Vec<u64> = ends.iter().map(|index| index_of(index)).collect::<Result<_, _>>()?;
    remove(ctx, "ardelrange", |array| {
        let ranges = ends.chunks_exact(2);
        ranges.map(|range| array.remove_range(range[0].min(range[1]), range[0].max(range[1]))).sum()
    })
}

/// Has values removed, and replies with their number.
fn remove(
    ctx: &mut Context,
    event: &'static str,
    remove: impl FnOnce(&mut Array) -> u64,
) -> Result<(), Error> {
    let key = ctx.args[1];
    let Some(mut entry) = ctx.db.write(key) else {
        ctx.reply.integer(0);
        return Ok(());
    };
    let array = array_mut(&mut entry)?;
    let removed = remove(array);
    let is_empty = array.is_empty();
    drop(entry);
    if removed > 0 {
        ctx.db.changed(Class::ARRAY, event, key);
        ctx.db.effects.dirty += removed - 1;
    }
    if is_empty {
        ctx.db.delete(key, false);
        ctx.db.also_changed(Class::GENERIC, "del", key);
    }
    ctx.reply.unsigned(removed);
    Ok(())
}
