//! ARINSERT, ARRING and ARSEEK: values behind the one that was written last, in an array that grows or in a ring.

use super::{INVALID_INDEX, UPDATES, array_mut, change};
use crate::prelude::*;
use hematite_base::number::{parse_i64, parse_u64_as_c};
use hematite_structures::array::{Array, INDEX_MAX, WordText};

/// ARINSERT: see <https://redis.io/docs/latest/commands/arinsert/>.
pub const ARINSERT: Row = Row {
    spec: Spec {
        group: Group::Array,
        since: "8.8.0",
        summary: "Inserts one or more values at consecutive indices.",
        complexity: "O(N) where N is the number of values",
        arity: -3,
        flags: Flags::WRITE.or(Flags::DENYOOM).or(Flags::FAST),
        acl: Acl::ARRAY,
        keys: UPDATES,
        args: &[Arg::new("key", Kind::Key).key_spec(0), Arg::new("value", Kind::Text).multiple()],
        reply: "integer",
        ..Spec::new("arinsert")
    },
    run: arinsert,
};

/// ARRING: see <https://redis.io/docs/latest/commands/arring/>.
pub const ARRING: Row = Row {
    spec: Spec {
        group: Group::Array,
        since: "8.8.0",
        summary: "Inserts values into a ring buffer of specified size, wrapping and truncating as needed.",
        complexity: "O(M) normally, O(N+M) on ring resize, where N is the maximum of the old and new ring size and M is the number of inserted values",
        arity: -4,
        flags: Flags::WRITE.or(Flags::DENYOOM),
        acl: Acl::ARRAY,
        keys: UPDATES,
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("size", Kind::Integer),
            Arg::new("value", Kind::Text).multiple(),
        ],
        reply: "integer",
        ..Spec::new("arring")
    },
    run: arring,
};

/// ARSEEK: see <https://redis.io/docs/latest/commands/arseek/>.
pub const ARSEEK: Row = Row {
    spec: Spec {
        group: Group::Array,
        since: "8.8.0",
        summary: "Sets the ARINSERT / ARRING cursor to a specific index.",
        complexity: "O(1)",
        arity: 3,
        flags: Flags::WRITE.or(Flags::FAST),
        acl: Acl::ARRAY,
        keys: UPDATES,
        args: &[Arg::new("key", Kind::Key).key_spec(0), Arg::new("index", Kind::Integer)],
        reply: "integer",
        ..Spec::new("arseek")
    },
    run: arseek,
};

fn arinsert(ctx: &mut Context) -> Result<(), Error> {
    let values = &ctx.args[2..];
    let last = change(ctx, |array| {
        let start = array.cursor.map_or(0, |cursor| cursor.saturating_add(1));
        let last = start.checked_add(values.len() as u64 - 1).filter(|last| *last <= INDEX_MAX);
        let last = last.ok_or(Error::fixed("ERR insert index overflow"))?;
        for (value, index) in values.iter().zip(start..) {
            array.set(index, value);
        }
        array.cursor = Some(last);
        Ok(last)
    })?;
    finish(ctx, "arinsert", values.len(), last)
}

fn arring(ctx: &mut Context) -> Result<(), Error> {
    let size = parse_i64(ctx.args[2]).ok_or(Error::fixed("ERR invalid size"))?;
    let Some(size) = u64::try_from(size).ok().filter(|size| *size > 0) else {
        return Err(Error::fixed("ERR size must be positive"));
    };
    let values = &ctx.args[3..];
    let last = change(ctx, |array| {
        if let Some(kept) = kept_on_resize(array, size) {
            *array = rebuilt(array, kept);
        }
        let mut last = 0;
        for value in values {
            last = array.cursor.map_or(0, |cursor| (cursor + 1) % size);
            array.set(last, value);
            array.cursor = Some(last);
        }
        Ok(last)
    })?;
    finish(ctx, "arring", values.len(), last)
}

fn finish(ctx: &mut Context, event: &'static str, values: usize, last: u64) -> Result<(), Error> {
    ctx.db.changed(Class::ARRAY, event, ctx.args[1]);
    ctx.db.effects.dirty += values as u64 - 1;
    ctx.reply.unsigned(last);
    Ok(())
}

/// How many positions of the ring stay when it gets another size and must be built anew: it shrinks, or it has wrapped and
/// would go on overwriting its beginning instead of growing. ARSEEK to 0 says where to go on, and is heeded.
fn kept_on_resize(array: &Array, size: u64) -> Option<u64> {
    let len = array.len();
    if size < len {
        return Some(size);
    }
    let has_wrapped = size > len && array.cursor.is_some_and(|cursor| cursor + 1 < len);
    has_wrapped.then_some(len)
}

/// The newest values, at most `kept`, from index 0 on in the order in which they were written. A hole ends them.
fn rebuilt(array: &Array, kept: u64) -> Array {
    let len = array.len();
    let mut ring = Array::new(array.shape());
    let newest = array.cursor.map_or(len - 1, |cursor| cursor % len);
    let before = |position: u64, back: u64| match position.checked_sub(back) {
        Some(position) => position,
        None => len - (back - position),
    };
    let count = (0..kept).take_while(|back| array.get(before(newest, *back)).is_some()).count() as u64;
    for at in 0..count {
        if let Some(word) = array.get(before(newest, count - 1 - at)) {
            ring.set(at, word.text(&mut WordText::default()));
        }
    }
    ring.cursor = count.checked_sub(1);
    ring
}

fn arseek(ctx: &mut Context) -> Result<(), Error> {
    let key = ctx.args[1];
    // One beyond the last index: nothing can be appended any more.
    let index = parse_u64_as_c(ctx.args[2]).ok_or(INVALID_INDEX)?;
    let Some(mut entry) = ctx.db.write(key) else {
        ctx.reply.integer(0);
        return Ok(());
    };
    array_mut(&mut entry)?.cursor = index.checked_sub(1);
    drop(entry);
    ctx.db.changed(Class::ARRAY, "arseek", key);
    ctx.reply.integer(1);
    Ok(())
}
