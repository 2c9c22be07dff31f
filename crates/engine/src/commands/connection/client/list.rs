//! CLIENT LIST and CLIENT INFO: connections in lines of `field=value`.

use super::filter::{Filter, Form};
use super::line;
use crate::commands::prelude::*;

/// CLIENT LIST: see <https://valkey.io/commands/client-list/>.
pub const CLIENT_LIST: Row = Row {
    spec: Spec {
        group: Group::Connection,
        since: "2.4.0",
        summary: "Lists open connections.",
        complexity: "O(N) where N is the number of client connections",
        arity: -2,
        flags: Flags::ADMIN.or(Flags::NOSCRIPT.or(Flags::LOADING.or(Flags::STALE.or(Flags::SENTINEL)))),
        acl: Acl::CONNECTION,
        tips: &["nondeterministic_output"],
        history: &[
            ("2.8.12", "Added unique client `id` field."),
            ("5.0.0", "Added optional `TYPE` filter."),
            ("6.0.0", "Added `user` field."),
            (
                "6.2.0",
                "Added `argv-mem`, `tot-mem`, `laddr` and `redir` fields and the optional `ID` filter.",
            ),
            ("7.0.0", "Added `resp`, `multi-mem`, `rbs` and `rbp` fields."),
            ("7.0.3", "Added `ssub` field."),
            (
                "8.0.0",
                "Replaced `master` `TYPE` with `primary`. `master` still supported for backward compatibility.",
            ),
        ],
        args: &[
            Arg::new(
                "client-type",
                Kind::OneOf(&[
                    Arg::new("normal", Kind::Token).token("normal"),
                    Arg::new("master", Kind::Token).token("master"),
                    Arg::new("replica", Kind::Token).token("replica"),
                    Arg::new("pubsub", Kind::Token).token("pubsub"),
                ]),
            )
            .token("TYPE")
            .optional()
            .since("5.0.0"),
            Arg::new("client-id", Kind::Integer).token("ID").optional().multiple().since("6.2.0"),
        ],
        reply: "string",
        ..Spec::new("client|list")
    },
    run: client_list,
};

/// CLIENT INFO: see <https://valkey.io/commands/client-info/>.
pub const CLIENT_INFO: Row = Row {
    spec: Spec {
        group: Group::Connection,
        since: "6.2.0",
        summary: "Returns information about the connection.",
        complexity: "O(1)",
        arity: 2,
        flags: Flags::NOSCRIPT.or(Flags::LOADING.or(Flags::STALE.or(Flags::SENTINEL))),
        acl: Acl::CONNECTION,
        tips: &["nondeterministic_output"],
        reply: "string",
        ..Spec::new("client|info")
    },
    run: client_info,
};

fn client_list(call: &mut Call) -> Result<(), Error> {
    let filter = Filter::parse(&call.args[2..], Form::List, &call.shared.acl)?;
    let mut text = Vec::new();
    for card in filter.select(call) {
        line::write(&mut text, call.shared, &card, call.now);
        text.push(b'\n');
    }
    call.reply.verbatim(b"txt", &text);
    Ok(())
}

fn client_info(call: &mut Call) -> Result<(), Error> {
    let mut text = Vec::new();
    line::write(&mut text, call.shared, &call.session.card, call.now);
    text.push(b'\n');
    call.reply.verbatim(b"txt", &text);
    Ok(())
}
