//! CLIENT UNBLOCK: ends another connection's wait in a blocking command.

use crate::commands::help;
use crate::commands::prelude::*;

/// CLIENT UNBLOCK: see <https://valkey.io/commands/client-unblock/>.
pub const CLIENT_UNBLOCK: Row = Row {
    spec: Spec {
        group: Group::Connection,
        since: "5.0.0",
        summary: "Unblocks a client blocked by a blocking command from a different connection.",
        complexity: "O(log N) where N is the number of client connections",
        arity: -3,
        flags: Flags::ADMIN.or(Flags::NOSCRIPT.or(Flags::LOADING.or(Flags::STALE.or(Flags::SENTINEL)))),
        acl: Acl::CONNECTION,
        args: &[
            Arg::new("client-id", Kind::Integer),
            Arg::new(
                "unblock-type",
                Kind::OneOf(&[
                    Arg::new("timeout", Kind::Token).token("TIMEOUT"),
                    Arg::new("error", Kind::Token).token("ERROR"),
                ]),
            )
            .optional(),
        ],
        reply: "integer",
        ..Spec::new("client|unblock")
    },
    run: client_unblock,
};

const UNBLOCKED: Error = Error::fixed("UNBLOCKED client unblocked via CLIENT UNBLOCK");

fn client_unblock(call: &mut Call) -> Result<(), Error> {
    if call.args.len() > 4 {
        return Err(help::misuse(call));
    }
    let error = match call.args.get(3) {
        None => false,
        Some(word) if word.eq_ignore_ascii_case(b"timeout") => false,
        Some(word) if word.eq_ignore_ascii_case(b"error") => true,
        Some(_) => return Err(Error::fixed("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR")),
    };
    let id = hematite_base::number::parse_i64(call.args[2]).ok_or(Error::NotInteger)?;
    let waiter = u64::try_from(id).ok().and_then(|id| call.shared.waiting.remove(id));
    // Whoever takes the waiter out answers it: a second caller is told that there was nobody.
    match &waiter {
        None => {}
        Some(waiter) if error => waiter.fail(&UNBLOCKED),
        Some(waiter) => waiter.time_out(call.shared),
    }
    call.reply.integer(i64::from(waiter.is_some()));
    Ok(())
}
