//! QUIT: hangs up after the reply.

use crate::commands::prelude::*;
use crate::flow::Flow;

/// QUIT: see <https://valkey.io/commands/quit/>.
pub const QUIT: Row = Row {
    spec: Spec {
        group: Group::Connection,
        since: "1.0.0",
        summary: "Closes the connection.",
        complexity: "O(1)",
        arity: -1,
        flags: Flags::ALLOW_BUSY
            .or(Flags::NOSCRIPT.or(Flags::LOADING.or(Flags::STALE.or(Flags::FAST.or(Flags::NO_AUTH))))),
        acl: Acl::CONNECTION,
        deprecated: Some(("7.2.0", "just closing the connection")),
        reply: "ok",
        ..Spec::new("quit")
    },
    run: quit,
};

fn quit(call: &mut Call) -> Result<(), Error> {
    call.session.ending = Flow::CLOSE;
    call.reply.ok();
    Ok(())
}
