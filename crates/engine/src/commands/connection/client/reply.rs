//! CLIENT REPLY: whether commands are answered at all. Dispatch leaves the replies out.

use crate::commands::prelude::*;
use crate::session::ReplyMode;

/// CLIENT REPLY: see <https://valkey.io/commands/client-reply/>.
pub const CLIENT_REPLY: Row = Row {
    spec: Spec {
        group: Group::Connection,
        since: "3.2.0",
        summary: "Instructs the server whether to reply to commands.",
        complexity: "O(1)",
        arity: 3,
        flags: Flags::NOSCRIPT.or(Flags::LOADING.or(Flags::STALE.or(Flags::SENTINEL))),
        acl: Acl::CONNECTION,
        args: &[Arg::new(
            "action",
            Kind::OneOf(&[
                Arg::new("on", Kind::Token).token("ON"),
                Arg::new("off", Kind::Token).token("OFF"),
                Arg::new("skip", Kind::Token).token("SKIP"),
            ]),
        )],
        reply: "ok",
        ..Spec::new("client|reply")
    },
    run: client_reply,
};

fn client_reply(call: &mut Call) -> Result<(), Error> {
    let mode = call.args[2];
    if mode.eq_ignore_ascii_case(b"on") {
        call.session.reply_mode = ReplyMode::On;
        call.reply.ok();
    } else if mode.eq_ignore_ascii_case(b"off") {
        call.session.reply_mode = ReplyMode::Off;
    } else if mode.eq_ignore_ascii_case(b"skip") {
        if call.session.reply_mode != ReplyMode::Off {
            call.session.reply_mode = ReplyMode::SkipNext;
        }
    } else {
        return Err(Error::Syntax);
    }
    Ok(())
}
