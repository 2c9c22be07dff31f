//! ZREMRANGEBYRANK, ZREMRANGEBYSCORE and ZREMRANGEBYLEX: take ranges out.

use super::query::{Span, ranks_of};
use super::{bound, changed};
use crate::prelude::*;
use hematite_keyspace::sorted_set::SortedSetMut;

/// ZREMRANGEBYLEX: see <https://valkey.io/commands/zremrangebylex/>.
pub const ZREMRANGEBYLEX: Row = Row {
    spec: Spec {
        group: Group::SortedSet,
        since: "2.8.9",
        summary: "Removes members in a sorted set within a lexicographical range. Deletes the sorted set if all members were removed.",
        complexity: "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements removed by the operation.",
        arity: 4,
        flags: Flags::WRITE,
        acl: Acl::SORTEDSET,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::DELETE),
            notes: "",
        }],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("min", Kind::Text),
            Arg::new("max", Kind::Text),
        ],
        reply: "integer",
        ..Spec::new("zremrangebylex")
    },
    run: zremrangebylex,
};

/// ZREMRANGEBYRANK: see <https://valkey.io/commands/zremrangebyrank/>.
pub const ZREMRANGEBYRANK: Row = Row {
    spec: Spec {
        group: Group::SortedSet,
        since: "2.0.0",
        summary: "Removes members in a sorted set within a range of indexes. Deletes the sorted set if all members were removed.",
        complexity: "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements removed by the operation.",
        arity: 4,
        flags: Flags::WRITE,
        acl: Acl::SORTEDSET,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::DELETE),
            notes: "",
        }],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("start", Kind::Integer),
            Arg::new("stop", Kind::Integer),
        ],
        reply: "integer",
        ..Spec::new("zremrangebyrank")
    },
    run: zremrangebyrank,
};

/// ZREMRANGEBYSCORE: see <https://valkey.io/commands/zremrangebyscore/>.
pub const ZREMRANGEBYSCORE: Row = Row {
    spec: Spec {
        group: Group::SortedSet,
        since: "1.2.0",
        summary: "Removes members in a sorted set within a range of scores. Deletes the sorted set if all members were removed.",
        complexity: "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements removed by the operation.",
        arity: 4,
        flags: Flags::WRITE,
        acl: Acl::SORTEDSET,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::DELETE),
            notes: "",
        }],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("min", Kind::Double),
            Arg::new("max", Kind::Double),
        ],
        reply: "integer",
        ..Spec::new("zremrangebyscore")
    },
    run: zremrangebyscore,
};

fn zremrangebyrank(ctx: &mut Context) -> Result<(), Error> {
    let span = Span::Rank(ctx.integer(2)?, ctx.integer(3)?);
    remove(ctx, span, "zremrangebyrank")
}

fn zremrangebyscore(ctx: &mut Context) -> Result<(), Error> {
    let (min, max) = bound::scores(ctx.args[2], ctx.args[3])?;
    remove(ctx, Span::Score(min, max), "zremrangebyscore")
}

fn zremrangebylex(ctx: &mut Context) -> Result<(), Error> {
    let (min, max) = bound::lex(ctx.args[2], ctx.args[3])?;
    remove(ctx, Span::Lex(min, max), "zremrangebylex")
}

fn remove(ctx: &mut Context, span: Span<'_>, event: &'static str) -> Result<(), Error> {
    let key = ctx.args[1];
    let (mut count, mut is_everything) = (0, false);
    if let Some(mut entry) = ctx.db.write(key) {
        let mut set = SortedSetMut::of(&mut entry)?;
        let ranks = ranks_of(&span, set.get(), false);
        is_everything = ranks == (0..set.get().len());
        // A set that goes as a whole is dropped as a whole, below.
        count = if is_everything { ranks.end } else { set.remove_range(ranks, |_, _| {}) };
    }
    if count > 0 {
        changed(ctx, event, key, count);
    }
    if is_everything {
        ctx.db.delete(key, true);
        ctx.db.also_changed(Class::GENERIC, "del", key);
    }
    ctx.reply.integer(count as i64);
    Ok(())
}
