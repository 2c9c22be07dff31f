//! PING: are you there?

use crate::commands::prelude::*;
use hematite_resp::Protocol;

/// PING: see <https://valkey.io/commands/ping/>.
pub const PING: Row = Row {
    spec: Spec {
        group: Group::Connection,
        since: "1.0.0",
        summary: "Returns the server's liveliness response.",
        complexity: "O(1)",
        arity: -1,
        flags: Flags::FAST.or(Flags::SENTINEL),
        acl: Acl::CONNECTION,
        tips: &["request_policy:all_shards", "response_policy:all_succeeded"],
        args: &[Arg::new("message", Kind::Text).optional()],
        reply: "'PONG' | string",
        ..Spec::new("ping")
    },
    run: ping,
};

fn ping(call: &mut Call) -> Result<(), Error> {
    match call.args {
        // A subscriber of RESP2 can tell it from a message only by its form.
        [_] | [_, _] if call.session.is_subscriber() && call.session.protocol == Protocol::Resp2 => {
            call.reply.array(2);
            call.reply.bulk(b"pong");
            call.reply.bulk(call.args.get(1).copied().unwrap_or_default());
        }
        [_] => call.reply.simple("PONG"),
        [_, text] => call.reply.bulk(text),
        _ => return Err(Error::arity("ping")),
    }
    Ok(())
}
