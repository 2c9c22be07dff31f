//! CLIENT CACHING, GETREDIR, TRACKINGINFO: client-side caching, as seen by a connection that has not turned it on.

use crate::commands::prelude::*;

/// CLIENT CACHING: see <https://valkey.io/commands/client-caching/>.
pub const CLIENT_CACHING: Row = Row {
    spec: Spec {
        group: Group::Connection,
        since: "6.0.0",
        summary: "Instructs the server whether to track the keys in the next request.",
        complexity: "O(1)",
        arity: 3,
        flags: Flags::NOSCRIPT.or(Flags::LOADING.or(Flags::STALE.or(Flags::SENTINEL))),
        acl: Acl::CONNECTION,
        args: &[Arg::new(
            "mode",
            Kind::OneOf(&[
                Arg::new("yes", Kind::Token).token("YES"),
                Arg::new("no", Kind::Token).token("NO"),
            ]),
        )],
        reply: "ok",
        ..Spec::new("client|caching")
    },
    run: client_caching,
};

/// CLIENT GETREDIR: see <https://valkey.io/commands/client-getredir/>.
pub const CLIENT_GETREDIR: Row = Row {
    spec: Spec {
        group: Group::Connection,
        since: "6.0.0",
        summary: "Returns the client ID to which the connection's tracking notifications are redirected.",
        complexity: "O(1)",
        arity: 2,
        flags: Flags::NOSCRIPT.or(Flags::LOADING.or(Flags::STALE.or(Flags::SENTINEL))),
        acl: Acl::CONNECTION,
        reply: "0 | -1 | integer",
        ..Spec::new("client|getredir")
    },
    run: client_getredir,
};

/// CLIENT TRACKINGINFO: see <https://valkey.io/commands/client-trackinginfo/>.
pub const CLIENT_TRACKINGINFO: Row = Row {
    spec: Spec {
        group: Group::Connection,
        since: "6.2.0",
        summary: "Returns information about server-assisted client-side caching for the connection.",
        complexity: "O(1)",
        arity: 2,
        flags: Flags::NOSCRIPT.or(Flags::LOADING.or(Flags::STALE.or(Flags::SENTINEL))),
        acl: Acl::CONNECTION,
        reply: "map<string, any>",
        ..Spec::new("client|trackinginfo")
    },
    run: client_trackinginfo,
};

fn client_caching(_call: &mut Call) -> Result<(), Error> {
    Err(Error::fixed(
        "ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or OPTOUT mode enabled",
    ))
}

fn client_getredir(call: &mut Call) -> Result<(), Error> {
    call.reply.integer(-1);
    Ok(())
}

fn client_trackinginfo(call: &mut Call) -> Result<(), Error> {
    let reply = &mut call.reply;
    reply.map(3);
    reply.bulk(b"flags");
    reply.set(1);
    reply.bulk(b"off");
    reply.bulk(b"redirect");
    reply.integer(-1);
    reply.bulk(b"prefixes");
    reply.array(0);
    Ok(())
}
