//! BGREWRITEAOF: the row; the control plane, which keeps the append-only file, answers.

use crate::table::HostRow as Row;
use hematite_commands::spec::*;

/// BGREWRITEAOF: see <https://valkey.io/commands/bgrewriteaof/>.
pub const BGREWRITEAOF: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "1.0.0",
        summary: "Asynchronously rewrites the append-only file to disk.",
        complexity: "O(1)",
        arity: 1,
        flags: Flags::ADMIN.or(Flags::NOSCRIPT.or(Flags::NO_ASYNC_LOADING)),
        acl: Acl::NONE,
        reply: "string",
        ..Spec::new("bgrewriteaof")
    },
    run: (),
};
