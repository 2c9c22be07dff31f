//! MONITOR: shows every command as it is executed. See [`crate::monitoring`].

use crate::commands::prelude::*;

/// MONITOR: see <https://valkey.io/commands/monitor/>.
pub const MONITOR: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "1.0.0",
        summary: "Listens for all requests received by the server in real-time.",
        arity: 1,
        flags: Flags::ADMIN.or(Flags::NOSCRIPT.or(Flags::LOADING.or(Flags::STALE))),
        acl: Acl::NONE,
        ..Spec::new("monitor")
    },
    run: monitor,
};

fn monitor(call: &mut Call) -> Result<(), Error> {
    if call.session.deny_blocking {
        return Err(Error::fixed("ERR MONITOR isn't allowed for DENY BLOCKING client"));
    }
    // Who monitors already gets no second answer, as in the reference.
    if call.shared.monitor(call.session) {
        call.reply.ok();
    }
    Ok(())
}
