//! DBSIZE: how many keys the database holds.

use crate::commands::prelude::*;

/// DBSIZE: see <https://valkey.io/commands/dbsize/>.
pub const DBSIZE: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "1.0.0",
        summary: "Returns the number of keys in the database.",
        complexity: "O(1)",
        arity: 1,
        flags: Flags::READONLY.or(Flags::FAST),
        acl: Acl::KEYSPACE,
        tips: &["request_policy:all_shards", "response_policy:agg_sum"],
        reply: "integer",
        ..Spec::new("dbsize")
    },
    run: dbsize,
};

fn dbsize(call: &mut Call) -> Result<(), Error> {
    call.reply.integer(call.shared.keyspace.len(call.session.db) as i64);
    Ok(())
}
