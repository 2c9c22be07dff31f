//! ZDIFF and ZDIFFSTORE: members that only the first of the sets has.

use super::combine::{self, Operation};
use crate::prelude::*;

/// ZDIFF: see <https://valkey.io/commands/zdiff/>.
pub const ZDIFF: Row = Row {
    spec: Spec {
        group: Group::SortedSet,
        since: "6.2.0",
        summary: "Returns the difference between multiple sorted sets.",
        complexity: "O(L + (N-K)log(N)) worst case where L is the total number of elements in all the sets, N is the size of the first set, and K is the size of the result set.",
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
            Arg::new("withscores", Kind::Token).token("WITHSCORES").optional(),
        ],
        reply: "array<string> | array<tuple<string, double>>",
        ..Spec::new("zdiff")
    },
    run: zdiff,
};

/// ZDIFFSTORE: see <https://valkey.io/commands/zdiffstore/>.
pub const ZDIFFSTORE: Row = Row {
    spec: Spec {
        group: Group::SortedSet,
        since: "6.2.0",
        summary: "Stores the difference of multiple sorted sets in a key.",
        complexity: "O(L + (N-K)log(N)) worst case where L is the total number of elements in all the sets, N is the size of the first set, and K is the size of the result set.",
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
        ],
        reply: "integer",
        ..Spec::new("zdiffstore")
    },
    run: zdiffstore,
};

fn zdiff(ctx: &mut Context) -> Result<(), Error> {
    combine::reply(ctx, Operation::Difference)
}

fn zdiffstore(ctx: &mut Context) -> Result<(), Error> {
    combine::store_at_first(ctx, Operation::Difference)
}
