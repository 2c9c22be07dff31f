//! EXEC: runs what MULTI queued.

use crate::dispatch::Chance;
use crate::session::Session;
use crate::table::CompoundRow;
use hematite_commands::Error;
use hematite_commands::spec::*;

/// EXEC: see <https://valkey.io/commands/exec/>.
pub const EXEC: CompoundRow = CompoundRow {
    spec: Spec {
        group: Group::Transactions,
        since: "1.2.0",
        summary: "Executes all commands in a transaction.",
        complexity: "Depends on commands in the transaction",
        arity: 1,
        flags: Flags::NOSCRIPT.or(Flags::LOADING.or(Flags::STALE.or(Flags::SKIP_SLOWLOG))),
        acl: Acl::TRANSACTION,
        reply: "array<any> | null",
        ..Spec::new("exec")
    },
    run: exec,
};

fn exec(chance: &mut Chance, session: &mut Session, _: &[&[u8]]) -> Result<(), Error> {
    crate::transaction::exec(chance, session)
}
