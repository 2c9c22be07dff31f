//! CLIENT CAPA and CLIENT IMPORT-SOURCE: what a client can do, and whether it feeds an import.

use crate::commands::prelude::*;

/// CLIENT CAPA: see <https://valkey.io/commands/client-capa/>.
pub const CLIENT_CAPA: Row = Row {
    spec: Spec {
        group: Group::Connection,
        since: "8.0.0",
        summary: "A client claims its capability.",
        complexity: "O(1)",
        arity: -3,
        flags: Flags::NOSCRIPT.or(Flags::LOADING.or(Flags::STALE)),
        acl: Acl::CONNECTION,
        args: &[Arg::new("capability", Kind::Text).multiple()],
        reply: "ok",
        ..Spec::new("client|capa")
    },
    run: client_capa,
};

/// CLIENT IMPORT-SOURCE: see <https://valkey.io/commands/client-import-source/>.
pub const CLIENT_IMPORT_SOURCE: Row = Row {
    spec: Spec {
        group: Group::Connection,
        since: "8.1.0",
        summary: "Marks this client as an import source when the server is in import mode.",
        complexity: "O(1)",
        arity: 3,
        flags: Flags::NOSCRIPT.or(Flags::LOADING.or(Flags::STALE)),
        acl: Acl::CONNECTION,
        args: &[Arg::new(
            "enabled",
            Kind::OneOf(&[
                Arg::new("on", Kind::Token).token("ON"),
                Arg::new("off", Kind::Token).token("OFF"),
            ]),
        )],
        reply: "ok",
        ..Spec::new("client|import-source")
    },
    run: client_import_source,
};

fn client_capa(call: &mut Call) -> Result<(), Error> {
    // Capabilities that nobody knows are no error, so that clients can claim those to come.
    if call.args[2..].iter().any(|capability| capability.eq_ignore_ascii_case(b"redirect")) {
        call.session.card.traits.lock().can_redirect = true;
    }
    call.reply.ok();
    Ok(())
}

fn client_import_source(call: &mut Call) -> Result<(), Error> {
    // There is no import mode, so the only thing that can be said truly is that this is no source.
    if !call.args[2].eq_ignore_ascii_case(b"off") {
        return Err(Error::fixed("ERR Server is not in import mode"));
    }
    call.reply.ok();
    Ok(())
}
