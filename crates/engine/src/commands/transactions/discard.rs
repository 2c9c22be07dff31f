//! DISCARD: forgets what MULTI queued.

use crate::commands::prelude::*;

/// DISCARD: see <https://valkey.io/commands/discard/>.
pub const DISCARD: Row = Row {
    spec: Spec {
        group: Group::Transactions,
        since: "2.0.0",
        summary: "Discards a transaction.",
        complexity: "O(N), when N is the number of queued commands",
        arity: 1,
        flags: Flags::NOSCRIPT.or(Flags::LOADING.or(Flags::STALE.or(Flags::FAST.or(Flags::ALLOW_BUSY)))),
        acl: Acl::TRANSACTION,
        reply: "ok",
        ..Spec::new("discard")
    },
    run: discard,
};

fn discard(call: &mut Call) -> Result<(), Error> {
    if call.session.transaction.take().is_none() {
        return Err(Error::fixed("ERR DISCARD without MULTI"));
    }
    call.session.unwatch(&call.shared.watching);
    call.reply.ok();
    Ok(())
}
