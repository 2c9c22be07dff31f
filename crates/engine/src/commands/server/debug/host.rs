//! Subcommands of DEBUG that are about files: the control plane, which knows them, answers.

use crate::commands::prelude::*;
use crate::host::hand_over;

/// Hands the command over under a name, `debug|` and the subcommand; its session waits for the answer. The caller has all gates,
/// and leaves them before anybody can answer.
pub(super) fn ask(call: &mut Call, name: &'static str) -> Result<(), Error> {
    // A transaction would hold the gates that the answer needs.
    if call.local.nesting > 0 && call.shared.options.host.is_some() {
        return Err(Error::fixed("ERR this subcommand of DEBUG can't be part of a transaction"));
    }
    hand_over(call.shared, call.session, name, call.args, |_| ())
}
