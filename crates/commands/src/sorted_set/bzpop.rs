//! BZPOPMIN and BZPOPMAX: take a member from an end of the first of several sorted sets, or wait for one.

use super::zpop::{End, Layout, first_key, pop};
use crate::context::{GivenUp, Wait};
use crate::prelude::*;
use crate::timeout;
use hematite_keyspace::sorted_set::SortedSetRef;

/// BZPOPMAX: see <https://valkey.io/commands/bzpopmax/>.
pub const BZPOPMAX: Row = Row {
    spec: Spec {
        group: Group::SortedSet,
        since: "5.0.0",
        summary: "Removes and returns the member with the highest score from one or more sorted sets. Blocks until a member available otherwise.  Deletes the sorted set if the last element was popped.",
        complexity: "O(log(N)) with N being the number of elements in the sorted set.",
        arity: -3,
        flags: Flags::WRITE.or(Flags::FAST.or(Flags::BLOCKING)),
        acl: Acl::SORTEDSET,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: -2, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::ACCESS.or(KeyFlags::DELETE)),
            notes: "",
        }],
        history: &[("6.0.0", "`timeout` is interpreted as a double instead of an integer.")],
        args: &[Arg::new("key", Kind::Key).multiple().key_spec(0), Arg::new("timeout", Kind::Double)],
        reply: "null | tuple<string, string, double>",
        ..Spec::new("bzpopmax")
    },
    run: bzpopmax,
};

/// BZPOPMIN: see <https://valkey.io/commands/bzpopmin/>.
pub const BZPOPMIN: Row = Row {
    spec: Spec {
        group: Group::SortedSet,
        since: "5.0.0",
        summary: "Removes and returns the member with the lowest score from one or more sorted sets. Blocks until a member is available otherwise. Deletes the sorted set if the last element was popped.",
        complexity: "O(log(N)) with N being the number of elements in the sorted set.",
        arity: -3,
        flags: Flags::WRITE.or(Flags::FAST.or(Flags::BLOCKING)),
        acl: Acl::SORTEDSET,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: -2, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::ACCESS.or(KeyFlags::DELETE)),
            notes: "",
        }],
        history: &[("6.0.0", "`timeout` is interpreted as a double instead of an integer.")],
        args: &[Arg::new("key", Kind::Key).multiple().key_spec(0), Arg::new("timeout", Kind::Double)],
        reply: "null | tuple<string, string, double>",
        ..Spec::new("bzpopmin")
    },
    run: bzpopmin,
};

fn bzpopmin(ctx: &mut Context) -> Result<(), Error> {
    pop_or_wait(ctx, End::Lowest)
}

fn bzpopmax(ctx: &mut Context) -> Result<(), Error> {
    pop_or_wait(ctx, End::Highest)
}

fn pop_or_wait(ctx: &mut Context, end: End) -> Result<(), Error> {
    let last = ctx.args.len() - 1;
    let until_ms = timeout::seconds(ctx.args[last], ctx.now_ms())?;
    let keys = &ctx.args[1..last];
    if is_worth_a_run(ctx, keys)
        && let Some(key) = first_key(ctx, keys)?
        && pop(ctx, key, end, 1, Layout::KeyFlat)?
    {
        ctx.db.effects.instead(|| vec![vec![end.command().to_vec(), key.to_vec()]]);
        return Ok(());
    }
    wait(ctx, keys, until_ms);
    Ok(())
}

/// Whether to look for a member. A command that has waited goes on waiting, whatever else its keys hold, until one of them
/// is a sorted set.
pub(super) fn is_worth_a_run(ctx: &mut Context, keys: &[&[u8]]) -> bool {
    !ctx.blocking.again
        || keys.iter().any(|key| ctx.db.peek(key).is_some_and(|entry| SortedSetRef::of(&entry).is_ok()))
}

/// Waits for one of the keys, or answers as if the time were over where waiting is not allowed.
pub(super) fn wait(ctx: &mut Context, keys: &[&[u8]], until_ms: Option<i64>) {
    if ctx.blocking.denied {
        ctx.reply.null_array();
        return;
    }
    ctx.blocking.wait = Some(Box::new(Wait {
        keys: keys.iter().map(|key| key.to_vec()).collect(),
        until_ms,
        given_up: GivenUp::NullArray,
        unblock_on_delete: false,
        due_ms: None,
        replaced: Vec::new(),
    }));
}
