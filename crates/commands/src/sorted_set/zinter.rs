//! ZINTER, ZINTERSTORE and ZINTERCARD: members that all sets have.

use super::arguments::AGGREGATE;
use super::combine::{self, Operation};
use crate::prelude::*;

/// ZINTER: see <https://valkey.io/commands/zinter/>.
pub const ZINTER: Row = Row {
    spec: Spec {
        group: Group::SortedSet,
        since: "6.2.0",
        summary: "Returns the intersect of multiple sorted sets.",
        complexity: "O(N*K)+O(M*log(M)) worst case with N being the smallest input sorted set, K being the number of input sorted sets and M being the number of elements in the resulting sorted set.",
        arity: -3,
        flags: Flags::READONLY,
        acl: Acl::SORTEDSET,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::KeyNum { count: 0, first: 1, step: 1 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        args: &[
            Arg::new("numkeys", Kind::Integer),
            Arg::new("key", Kind::Key).multiple().key_spec(0),
            Arg::new("weight", Kind::Integer).token("WEIGHTS").optional().multiple(),
            AGGREGATE,
            Arg::new("withscores", Kind::Token).token("WITHSCORES").optional(),
        ],
        reply: "array<string> | array<tuple<string, double>>",
        ..Spec::new("zinter")
    },
    run: zinter,
};

/// ZINTERCARD: see <https://valkey.io/commands/zintercard/>.
pub const ZINTERCARD: Row = Row {
    spec: Spec {
        group: Group::SortedSet,
        since: "7.0.0",
        summary: "Returns the number of members of the intersect of multiple sorted sets.",
        complexity: "O(N*K) worst case with N being the smallest input sorted set, K being the number of input sorted sets.",
        arity: -3,
        flags: Flags::READONLY,
        acl: Acl::SORTEDSET,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::KeyNum { count: 0, first: 1, step: 1 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        args: &[
            Arg::new("numkeys", Kind::Integer),
            Arg::new("key", Kind::Key).multiple().key_spec(0),
            Arg::new("limit", Kind::Integer).token("LIMIT").optional(),
        ],
        reply: "integer",
        ..Spec::new("zintercard")
    },
    run: zintercard,
};

/// ZINTERSTORE: see <https://valkey.io/commands/zinterstore/>.
pub const ZINTERSTORE: Row = Row {
    spec: Spec {
        group: Group::SortedSet,
        since: "2.0.0",
        summary: "Stores the intersect of multiple sorted sets in a key.",
        complexity: "O(N*K)+O(M*log(M)) worst case with N being the smallest input sorted set, K being the number of input sorted sets and M being the number of elements in the resulting sorted set.",
        arity: -4,
        flags: Flags::WRITE.or(Flags::DENYOOM),
        acl: Acl::SORTEDSET,
        keys: &[
            KeySpec {
                begin: Begin::Index(1),
                find: Find::Range { last: 0, step: 1, limit: 0 },
                flags: KeyFlags::OW.or(KeyFlags::UPDATE),
                notes: "",
            },
            KeySpec {
                begin: Begin::Index(2),
                find: Find::KeyNum { count: 0, first: 1, step: 1 },
                flags: KeyFlags::RO.or(KeyFlags::ACCESS),
                notes: "",
            },
        ],
        args: &[
            Arg::new("destination", Kind::Key).key_spec(0),
            Arg::new("numkeys", Kind::Integer),
            Arg::new("key", Kind::Key).multiple().key_spec(1),
            Arg::new("weight", Kind::Integer).token("WEIGHTS").optional().multiple(),
            AGGREGATE,
        ],
        reply: "integer",
        ..Spec::new("zinterstore")
    },
    run: zinterstore,
};

fn zinter(ctx: &mut Context) -> Result<(), Error> {
    combine::reply(ctx, Operation::Intersection)
}

fn zinterstore(ctx: &mut Context) -> Result<(), Error> {
    combine::store_at_first(ctx, Operation::Intersection)
}

fn zintercard(ctx: &mut Context) -> Result<(), Error> {
    combine::count(ctx)
}
