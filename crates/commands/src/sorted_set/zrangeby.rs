//! ZRANGEBYSCORE, ZRANGEBYLEX and their reverses: ranges with the kind in the command's name.

use super::arguments::LIMIT;
use super::query::{By, Given};
use super::zrange::reply_range;
use crate::prelude::*;

/// ZRANGEBYLEX: see <https://valkey.io/commands/zrangebylex/>.
pub const ZRANGEBYLEX: Row = Row {
    spec: Spec {
        group: Group::SortedSet,
        since: "2.8.9",
        summary: "Returns members in a sorted set within a lexicographical range.",
        complexity: "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements being returned. If M is constant (e.g. always asking for the first 10 elements with LIMIT), you can consider it O(log(N)).",
        arity: -4,
        flags: Flags::READONLY,
        acl: Acl::SORTEDSET,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        deprecated: Some(("6.2.0", "`ZRANGE` with the `BYLEX` argument")),
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("min", Kind::Text),
            Arg::new("max", Kind::Text),
            LIMIT,
        ],
        reply: "array<string>",
        ..Spec::new("zrangebylex")
    },
    run: zrangebylex,
};

/// ZRANGEBYSCORE: see <https://valkey.io/commands/zrangebyscore/>.
pub const ZRANGEBYSCORE: Row = Row {
    spec: Spec {
        group: Group::SortedSet,
        since: "1.0.5",
        summary: "Returns members in a sorted set within a range of scores.",
        complexity: "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements being returned. If M is constant (e.g. always asking for the first 10 elements with LIMIT), you can consider it O(log(N)).",
        arity: -4,
        flags: Flags::READONLY,
        acl: Acl::SORTEDSET,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        history: &[("2.0.0", "Added the `WITHSCORES` modifier.")],
        deprecated: Some(("6.2.0", "`ZRANGE` with the `BYSCORE` argument")),
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("min", Kind::Double),
            Arg::new("max", Kind::Double),
            Arg::new("withscores", Kind::Token).token("WITHSCORES").optional().since("2.0.0"),
            LIMIT,
        ],
        reply: "array<string> | array<tuple<string, double>>",
        ..Spec::new("zrangebyscore")
    },
    run: zrangebyscore,
};

/// ZREVRANGEBYLEX: see <https://valkey.io/commands/zrevrangebylex/>.
pub const ZREVRANGEBYLEX: Row = Row {
    spec: Spec {
        group: Group::SortedSet,
        since: "2.8.9",
        summary: "Returns members in a sorted set within a lexicographical range in reverse order.",
        complexity: "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements being returned. If M is constant (e.g. always asking for the first 10 elements with LIMIT), you can consider it O(log(N)).",
        arity: -4,
        flags: Flags::READONLY,
        acl: Acl::SORTEDSET,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        deprecated: Some(("6.2.0", "`ZRANGE` with the `REV` and `BYLEX` arguments")),
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("max", Kind::Text),
            Arg::new("min", Kind::Text),
            LIMIT,
        ],
        reply: "array<string>",
        ..Spec::new("zrevrangebylex")
    },
    run: zrevrangebylex,
};

/// ZREVRANGEBYSCORE: see <https://valkey.io/commands/zrevrangebyscore/>.
pub const ZREVRANGEBYSCORE: Row = Row {
    spec: Spec {
        group: Group::SortedSet,
        since: "2.2.0",
        summary: "Returns members in a sorted set within a range of scores in reverse order.",
        complexity: "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements being returned. If M is constant (e.g. always asking for the first 10 elements with LIMIT), you can consider it O(log(N)).",
        arity: -4,
        flags: Flags::READONLY,
        acl: Acl::SORTEDSET,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        history: &[("2.1.6", "`min` and `max` can be exclusive.")],
        deprecated: Some(("6.2.0", "`ZRANGE` with the `REV` and `BYSCORE` arguments")),
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("max", Kind::Double),
            Arg::new("min", Kind::Double),
            Arg::new("withscores", Kind::Token).token("WITHSCORES").optional(),
            LIMIT,
        ],
        reply: "array<string> | array<tuple<string, double>>",
        ..Spec::new("zrevrangebyscore")
    },
    run: zrevrangebyscore,
};

fn zrangebylex(ctx: &mut Context) -> Result<(), Error> {
    range_by(ctx, By::Lex, false)
}

fn zrangebyscore(ctx: &mut Context) -> Result<(), Error> {
    range_by(ctx, By::Score, false)
}

fn zrevrangebylex(ctx: &mut Context) -> Result<(), Error> {
    range_by(ctx, By::Lex, true)
}

fn zrevrangebyscore(ctx: &mut Context) -> Result<(), Error> {
    range_by(ctx, By::Score, true)
}

fn range_by(ctx: &mut Context, by: By, reverse: bool) -> Result<(), Error> {
    reply_range(ctx, Given { by: Some(by), reverse: Some(reverse), is_stored: false })
}
