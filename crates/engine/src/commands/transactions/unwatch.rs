//! UNWATCH: forgets the watched keys.

use crate::commands::prelude::*;

/// UNWATCH: see <https://valkey.io/commands/unwatch/>.
pub const UNWATCH: Row = Row {
    spec: Spec {
        group: Group::Transactions,
        since: "2.2.0",
        summary: "Forgets about watched keys of a transaction.",
        complexity: "O(1)",
        arity: 1,
        flags: Flags::NOSCRIPT.or(Flags::LOADING.or(Flags::STALE.or(Flags::FAST.or(Flags::ALLOW_BUSY)))),
        acl: Acl::TRANSACTION,
        reply: "ok",
        ..Spec::new("unwatch")
    },
    run: unwatch,
};

fn unwatch(call: &mut Call) -> Result<(), Error> {
    call.session.unwatch(&call.shared.watching);
    call.reply.ok();
    Ok(())
}
