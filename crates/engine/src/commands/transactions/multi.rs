//! MULTI: from here on commands are queued.

use crate::commands::prelude::*;
use crate::transaction::Transaction;

/// MULTI: see <https://valkey.io/commands/multi/>.
pub const MULTI: Row = Row {
    spec: Spec {
        group: Group::Transactions,
        since: "1.2.0",
        summary: "Starts a transaction.",
        complexity: "O(1)",
        arity: 1,
        flags: Flags::NOSCRIPT
            .or(Flags::LOADING.or(Flags::STALE.or(Flags::FAST.or(Flags::NO_MULTI.or(Flags::ALLOW_BUSY))))),
        acl: Acl::TRANSACTION,
        reply: "ok",
        ..Spec::new("multi")
    },
    run: multi,
};

fn multi(call: &mut Call) -> Result<(), Error> {
    if call.session.transaction.is_some() {
        return Err(Error::fixed("ERR MULTI calls can not be nested"));
    }
    call.session.transaction = Some(Transaction::default());
    call.reply.ok();
    Ok(())
}
