//! CLIENT KILL: hangs up on connections, by address (the old form) or by filters.

use super::filter::{Filter, Form};
use crate::commands::prelude::*;
use crate::flow::Flow;

/// CLIENT KILL: see <https://valkey.io/commands/client-kill/>.
pub const CLIENT_KILL: Row = Row {
    spec: Spec {
        group: Group::Connection,
        since: "2.4.0",
        summary: "Terminates open connections.",
        complexity: "O(N) where N is the number of client connections",
        arity: -3,
        flags: Flags::ADMIN.or(Flags::NOSCRIPT.or(Flags::LOADING.or(Flags::STALE.or(Flags::SENTINEL)))),
        acl: Acl::CONNECTION,
        history: &[
            ("2.8.12", "Added new filter format."),
            ("2.8.12", "`ID` option."),
            ("3.2.0", "Added `master` type in for `TYPE` option."),
            (
                "5.0.0",
                "Replaced `slave` `TYPE` with `replica`. `slave` still supported for backward compatibility.",
            ),
            ("6.2.0", "`LADDR` option."),
            ("8.0.0", "`MAXAGE` option."),
            (
                "8.0.0",
                "Replaced `master` `TYPE` with `primary`. `master` still supported for backward compatibility.",
            ),
        ],
        args: &[Arg::new(
            "filter",
            Kind::OneOf(&[
                Arg::new("old-format", Kind::Text).display("ip:port").deprecated("2.8.12"),
                Arg::new(
                    "new-format",
                    Kind::OneOf(&[
                        Arg::new("client-id", Kind::Integer).token("ID").optional().since("2.8.12"),
                        Arg::new(
                            "client-type",
                            Kind::OneOf(&[
                                Arg::new("normal", Kind::Token).token("normal"),
                                Arg::new("master", Kind::Token).token("master").since("3.2.0"),
                                Arg::new("primary", Kind::Token).token("primary").since("8.0.0"),
                                Arg::new("slave", Kind::Token).token("slave"),
                                Arg::new("replica", Kind::Token).token("replica").since("5.0.0"),
                                Arg::new("pubsub", Kind::Token).token("pubsub"),
                            ]),
                        )
                        .token("TYPE")
                        .optional()
                        .since("2.8.12"),
                        Arg::new("username", Kind::Text).token("USER").optional(),
                        Arg::new("addr", Kind::Text).token("ADDR").optional().display("ip:port"),
                        Arg::new("laddr", Kind::Text)
                            .token("LADDR")
                            .optional()
                            .display("ip:port")
                            .since("6.2.0"),
                        Arg::new(
                            "skipme",
                            Kind::OneOf(&[
                                Arg::new("yes", Kind::Token).token("YES"),
                                Arg::new("no", Kind::Token).token("NO"),
                            ]),
                        )
                        .token("SKIPME")
                        .optional(),
                        Arg::new("maxage", Kind::Integer).token("MAXAGE").optional().since("8.0.0"),
                    ]),
                )
                .multiple(),
            ]),
        )],
        reply: "ok | integer",
        ..Spec::new("client|kill")
    },
    run: client_kill,
};

fn client_kill(call: &mut Call) -> Result<(), Error> {
    let old_form = call.args.len() == 3;
    let filter = if old_form {
        Filter::of_address(call.args[2])
    } else {
        Filter::parse(&call.args[2..], Form::Kill, &call.shared.acl)?
    };
    let mut killed = 0;
    for card in filter.select(call) {
        killed += 1;
        if card.id == call.session.id() {
            // It has asked, so it hears the answer.
            call.session.ending = Flow::CLOSE;
        } else {
            card.kill();
        }
    }
    match (old_form, killed) {
        (true, 0) => return Err(Error::fixed("ERR No such client")),
        (true, _) => call.reply.ok(),
        (false, _) => call.reply.integer(killed),
    }
    Ok(())
}
