//! CLIENT NO-EVICT and CLIENT NO-TOUCH: switches of one connection.

use crate::commands::prelude::*;

/// CLIENT NO-EVICT: see <https://valkey.io/commands/client-no-evict/>.
pub const CLIENT_NO_EVICT: Row = Row {
    spec: Spec {
        group: Group::Connection,
        since: "7.0.0",
        summary: "Sets the client eviction mode of the connection.",
        complexity: "O(1)",
        arity: 3,
        flags: Flags::ADMIN.or(Flags::NOSCRIPT.or(Flags::LOADING.or(Flags::STALE.or(Flags::SENTINEL)))),
        acl: Acl::CONNECTION,
        args: &[Arg::new(
            "enabled",
            Kind::OneOf(&[
                Arg::new("on", Kind::Token).token("ON"),
                Arg::new("off", Kind::Token).token("OFF"),
            ]),
        )],
        reply: "ok",
        ..Spec::new("client|no-evict")
    },
    run: client_no_evict,
};

/// CLIENT NO-TOUCH: see <https://valkey.io/commands/client-no-touch/>.
pub const CLIENT_NO_TOUCH: Row = Row {
    spec: Spec {
        group: Group::Connection,
        since: "7.2.0",
        summary: "Controls whether commands sent by the client affect the LRU/LFU of accessed keys.",
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
        ..Spec::new("client|no-touch")
    },
    run: client_no_touch,
};

fn is_on(word: &[u8]) -> Result<bool, Error> {
    match () {
        () if word.eq_ignore_ascii_case(b"on") => Ok(true),
        () if word.eq_ignore_ascii_case(b"off") => Ok(false),
        () => Err(Error::Syntax),
    }
}

fn client_no_evict(call: &mut Call) -> Result<(), Error> {
    call.session.card.traits.lock().no_evict = is_on(call.args[2])?;
    call.reply.ok();
    Ok(())
}

fn client_no_touch(call: &mut Call) -> Result<(), Error> {
    call.session.no_touch = is_on(call.args[2])?;
    call.session.card.traits.lock().no_touch = call.session.no_touch;
    call.reply.ok();
    Ok(())
}
