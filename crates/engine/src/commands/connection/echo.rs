//! ECHO: the argument back.

use crate::commands::prelude::*;

/// ECHO: see <https://valkey.io/commands/echo/>.
pub const ECHO: Row = Row {
    spec: Spec {
        group: Group::Connection,
        since: "1.0.0",
        summary: "Returns the given string.",
        complexity: "O(1)",
        arity: 2,
        flags: Flags::LOADING.or(Flags::STALE.or(Flags::FAST)),
        acl: Acl::CONNECTION,
        args: &[Arg::new("message", Kind::Text)],
        reply: "string",
        ..Spec::new("echo")
    },
    run: echo,
};

fn echo(call: &mut Call) -> Result<(), Error> {
    call.reply.bulk(call.args[1]);
    Ok(())
}
