//! Subcommands of DEBUG that are about files: the control plane, which knows them, answers.

use crate::commands::prelude::*;
use crate::host::HostCall;
use crate::session::Parked;

/// Hands the command over as `debug`; its session waits for the answer. The caller has all gates, and leaves them before
/// anybody can answer.
pub(super) fn ask(call: &mut Call) -> Result<(), Error> {
    let Some(host) = &call.shared.options.host else {
        return Err(Error::fixed("ERR this command needs the control plane, which is not there"));
    };
    // A transaction would hold the gates that the answer needs.
    if call.local.nesting > 0 {
        return Err(Error::fixed("ERR this subcommand of DEBUG can't be part of a transaction"));
    }
    call.session.parked = Some(Parked::Host { is_silent: call.session.is_silent() });
    host.call(HostCall::of(call.session, "debug", call.args));
    Ok(())
}
