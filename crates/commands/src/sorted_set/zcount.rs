//! ZCARD, ZCOUNT and ZLEXCOUNT: how many members there are, in all or in a range.

use super::bound;
use crate::prelude::*;
use hematite_keyspace::sorted_set::SortedSetRef;

/// ZCARD: see <https://valkey.io/commands/zcard/>.
pub const ZCARD: Row = Row {
    spec: Spec {
        group: Group::SortedSet,
        since: "1.2.0",
        summary: "Returns the number of members in a sorted set.",
        complexity: "O(1)",
        arity: 2,
        flags: Flags::READONLY.or(Flags::FAST),
        acl: Acl::SORTEDSET,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO,
            notes: "",
        }],
        args: &[Arg::new("key", Kind::Key).key_spec(0)],
        reply: "integer",
        ..Spec::new("zcard")
    },
    run: zcard,
};

/// ZCOUNT: see <https://valkey.io/commands/zcount/>.
pub const ZCOUNT: Row = Row {
    spec: Spec {
        group: Group::SortedSet,
        since: "2.0.0",
        summary: "Returns the count of members in a sorted set that have scores within a range.",
        complexity: "O(log(N)) with N being the number of elements in the sorted set.",
        arity: 4,
        flags: Flags::READONLY.or(Flags::FAST),
        acl: Acl::SORTEDSET,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("min", Kind::Double),
            Arg::new("max", Kind::Double),
        ],
        reply: "integer",
        ..Spec::new("zcount")
    },
    run: zcount,
};

/// ZLEXCOUNT: see <https://valkey.io/commands/zlexcount/>.
pub const ZLEXCOUNT: Row = Row {
    spec: Spec {
        group: Group::SortedSet,
        since: "2.8.9",
        summary: "Returns the number of members in a sorted set within a lexicographical range.",
        complexity: "O(log(N)) with N being the number of elements in the sorted set.",
        arity: 4,
        flags: Flags::READONLY.or(Flags::FAST),
        acl: Acl::SORTEDSET,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("min", Kind::Text),
            Arg::new("max", Kind::Text),
        ],
        reply: "integer",
        ..Spec::new("zlexcount")
    },
    run: zlexcount,
};

fn zcard(ctx: &mut Context) -> Result<(), Error> {
    count(ctx, |set| set.len())
}

fn zcount(ctx: &mut Context) -> Result<(), Error> {
    let (min, max) = bound::scores(ctx.args[2], ctx.args[3])?;
    count(ctx, |set| {
        let ranks = set.score_ranks(min, max);
        ranks.end - ranks.start
    })
}

fn zlexcount(ctx: &mut Context) -> Result<(), Error> {
    let (min, max) = bound::lex(ctx.args[2], ctx.args[3])?;
    count(ctx, |set| {
        let ranks = set.lex_ranks(min, max);
        ranks.end - ranks.start
    })
}

fn count(ctx: &mut Context, of: impl FnOnce(SortedSetRef<'_>) -> u64) -> Result<(), Error> {
    let count = match ctx.db.read(ctx.args[1]) {
        Some(entry) => of(SortedSetRef::of(&entry)?),
        None => 0,
    };
    ctx.reply.integer(count as i64);
    Ok(())
}
