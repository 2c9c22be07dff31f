//! ZUNION and ZUNIONSTORE: members that any of the sets has.

use super::arguments::AGGREGATE;
use super::combine::{self, Operation};
use crate::prelude::*;

/// ZUNION: see <https://valkey.io/commands/zunion/>.
pub const ZUNION: Row = Row {
    spec: Spec {
        group: Group::SortedSet,
        since: "6.2.0",
        summary: "Returns the union of multiple sorted sets.",
        complexity: "O(N)+O(M*log(M)) with N being the sum of the sizes of the input sorted sets, and M being the number of elements in the resulting sorted set.",
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
        ..Spec::new("zunion")
    },
    run: zunion,
};

/// ZUNIONSTORE: see <https://valkey.io/commands/zunionstore/>.
pub const ZUNIONSTORE: Row = Row {
    spec: Spec {
        group: Group::SortedSet,
        since: "2.0.0",
        summary: "Stores the union of multiple sorted sets in a key.",
        complexity: "O(N)+O(M log(M)) with N being the sum of the sizes of the input sorted sets, and M being the number of elements in the resulting sorted set.",
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
        ..Spec::new("zunionstore")
    },
    run: zunionstore,
};

fn zunion(ctx: &mut Context) -> Result<(), Error> {
    combine::reply(ctx, Operation::Union)
}

fn zunionstore(ctx: &mut Context) -> Result<(), Error> {
    combine::store_at_first(ctx, Operation::Union)
}
