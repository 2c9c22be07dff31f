//! CLIENT ID: the number by which others name this connection.

use crate::commands::prelude::*;

/// CLIENT ID: see <https://valkey.io/commands/client-id/>.
pub const CLIENT_ID: Row = Row {
    spec: Spec {
        group: Group::Connection,
        since: "5.0.0",
        summary: "Returns the unique client ID of the connection.",
        complexity: "O(1)",
        arity: 2,
        flags: Flags::NOSCRIPT.or(Flags::LOADING.or(Flags::STALE.or(Flags::SENTINEL))),
        acl: Acl::CONNECTION,
        reply: "integer",
        ..Spec::new("client|id")
    },
    run: client_id,
};

fn client_id(call: &mut Call) -> Result<(), Error> {
    call.reply.integer(call.session.id() as i64);
    Ok(())
}
