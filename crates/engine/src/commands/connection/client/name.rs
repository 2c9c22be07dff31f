//! CLIENT SETNAME, GETNAME, SETINFO: what a connection says of itself.

use crate::commands::prelude::*;

/// CLIENT GETNAME: see <https://valkey.io/commands/client-getname/>.
pub const CLIENT_GETNAME: Row = Row {
    spec: Spec {
        group: Group::Connection,
        since: "2.6.9",
        summary: "Returns the name of the connection.",
        complexity: "O(1)",
        arity: 2,
        flags: Flags::NOSCRIPT.or(Flags::LOADING.or(Flags::STALE.or(Flags::SENTINEL))),
        acl: Acl::CONNECTION,
        reply: "string | null",
        ..Spec::new("client|getname")
    },
    run: client_getname,
};

/// CLIENT SETNAME: see <https://valkey.io/commands/client-setname/>.
pub const CLIENT_SETNAME: Row = Row {
    spec: Spec {
        group: Group::Connection,
        since: "2.6.9",
        summary: "Sets the connection name.",
        complexity: "O(1)",
        arity: 3,
        flags: Flags::NOSCRIPT.or(Flags::LOADING.or(Flags::STALE.or(Flags::SENTINEL))),
        acl: Acl::CONNECTION,
        tips: &["request_policy:all_nodes", "response_policy:all_succeeded"],
        args: &[Arg::new("connection-name", Kind::Text)],
        reply: "ok",
        ..Spec::new("client|setname")
    },
    run: client_setname,
};

/// CLIENT SETINFO: see <https://valkey.io/commands/client-setinfo/>.
pub const CLIENT_SETINFO: Row = Row {
    spec: Spec {
        group: Group::Connection,
        since: "7.2.0",
        summary: "Sets information specific to the client or connection.",
        complexity: "O(1)",
        arity: 4,
        flags: Flags::NOSCRIPT.or(Flags::LOADING.or(Flags::STALE.or(Flags::SENTINEL))),
        acl: Acl::CONNECTION,
        tips: &["request_policy:all_nodes", "response_policy:all_succeeded"],
        args: &[Arg::new(
            "attr",
            Kind::OneOf(&[
                Arg::new("libname", Kind::Text).token("lib-name"),
                Arg::new("libver", Kind::Text).token("lib-ver"),
            ]),
        )],
        reply: "ok",
        ..Spec::new("client|setinfo")
    },
    run: client_setinfo,
};

/// Whether a text can stand in CLIENT LIST: printable ASCII without blanks.
fn is_plain(text: &[u8]) -> bool {
    text.iter().all(|b| (b'!'..=b'~').contains(b))
}

/// Refuses names that would break CLIENT LIST.
pub(in crate::commands::connection) fn validate(name: &[u8]) -> Result<(), Error> {
    if is_plain(name) {
        return Ok(());
    }
    Err(Error::fixed("ERR Client names cannot contain spaces, newlines or special characters."))
}

/// Names the connection; an empty name takes the name away.
pub(in crate::commands::connection) fn set(call: &mut Call, name: &[u8]) {
    call.session.card.traits.lock().name = name.to_vec();
}

fn client_setname(call: &mut Call) -> Result<(), Error> {
    validate(call.args[2])?;
    set(call, call.args[2]);
    call.reply.ok();
    Ok(())
}

fn client_getname(call: &mut Call) -> Result<(), Error> {
    let name = call.session.card.traits.lock().name.clone();
    if name.is_empty() {
        call.reply.null()
    } else {
        call.reply.bulk(&name)
    }
    Ok(())
}

fn client_setinfo(call: &mut Call) -> Result<(), Error> {
    let (attribute, value) = (call.args[2], call.args[3]);
    let is_name = attribute.eq_ignore_ascii_case(b"lib-name");
    if !is_name && !attribute.eq_ignore_ascii_case(b"lib-ver") {
        return Err(Error::Bytes([b"ERR Unrecognized option '", attribute, b"'"].concat()));
    }
    if !is_plain(value) {
        let problem = b" cannot contain spaces, newlines or special characters.";
        return Err(Error::Bytes([b"ERR ", attribute, &problem[..]].concat()));
    }
    let mut traits = call.session.card.traits.lock();
    let place = if is_name { &mut traits.lib_name } else { &mut traits.lib_ver };
    *place = value.to_vec();
    drop(traits);
    call.reply.ok();
    Ok(())
}
