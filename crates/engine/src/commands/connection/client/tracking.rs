//! CLIENT TRACKING, CACHING, GETREDIR, TRACKINGINFO: client-side caching. See [`crate::tracking`].

use crate::commands::prelude::*;
use crate::tracking::{Tracker, Wish};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

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

/// CLIENT TRACKING: see <https://valkey.io/commands/client-tracking/>.
pub const CLIENT_TRACKING: Row = Row {
    spec: Spec {
        group: Group::Connection,
        since: "6.0.0",
        summary: "Controls server-assisted client-side caching for the connection.",
        complexity: "O(1). Some options may introduce additional complexity.",
        arity: -3,
        flags: Flags::NOSCRIPT.or(Flags::LOADING.or(Flags::STALE.or(Flags::SENTINEL))),
        acl: Acl::CONNECTION,
        args: &[
            Arg::new(
                "status",
                Kind::OneOf(&[
                    Arg::new("on", Kind::Token).token("ON"),
                    Arg::new("off", Kind::Token).token("OFF"),
                ]),
            ),
            Arg::new("client-id", Kind::Integer).token("REDIRECT").optional(),
            Arg::new("prefix", Kind::Text).token("PREFIX").optional().multiple().multiple_token(),
            Arg::new("BCAST", Kind::Token).token("BCAST").optional(),
            Arg::new("OPTIN", Kind::Token).token("OPTIN").optional(),
            Arg::new("OPTOUT", Kind::Token).token("OPTOUT").optional(),
            Arg::new("NOLOOP", Kind::Token).token("NOLOOP").optional(),
        ],
        reply: "ok",
        ..Spec::new("client|tracking")
    },
    run: client_tracking,
};

/// Reads the options of CLIENT TRACKING.
fn parse<'a>(call: &Call<'a, '_>) -> Result<Wish<'a>, Error> {
    let mut wish = Wish::default();
    let mut rest = &call.args[3..];
    while let [word, tail @ ..] = rest {
        rest = tail;
        match (word.to_ascii_lowercase().as_slice(), tail) {
            (b"redirect", [id, tail @ ..]) => {
                rest = tail;
                if wish.mode.redirect != 0 {
                    return Err(Error::fixed("ERR A client can only redirect to a single other client"));
                }
                let id = hematite_base::number::parse_i64(id).ok_or(Error::NotInteger)?;
                let card = u64::try_from(id).ok().and_then(|id| call.shared.registry.get(id));
                let gone = Error::fixed("ERR The client ID you want redirect to does not exist");
                wish.mode.redirect = card.ok_or(gone)?.id;
            }
            (b"prefix", [prefix, tail @ ..]) => {
                rest = tail;
                wish.prefixes.push(prefix);
            }
            (b"bcast", _) => wish.mode.broadcast = true,
            (b"optin", _) => wish.mode.opt_in = true,
            (b"optout", _) => wish.mode.opt_out = true,
            (b"noloop", _) => wish.mode.no_loop = true,
            _ => return Err(Error::Syntax),
        }
    }
    Ok(wish)
}

fn client_tracking(call: &mut Call) -> Result<(), Error> {
    let wish = parse(call)?;
    let (mode, status) = (&wish.mode, call.args[2]);
    if status.eq_ignore_ascii_case(b"off") {
        call.shared.untrack(call.session);
    } else if status.eq_ignore_ascii_case(b"on") {
        if !mode.broadcast && !wish.prefixes.is_empty() {
            return Err(Error::fixed("ERR PREFIX option requires BCAST mode to be enabled"));
        }
        call.shared.track(call.session, &wish)?;
    } else {
        return Err(Error::Syntax);
    }
    call.reply.ok();
    Ok(())
}

/// The mode in which the client tracks, if it does.
fn tracker(call: &Call) -> Option<Arc<Tracker>> {
    call.shared.tracking.get(call.session.id())
}

fn client_caching(call: &mut Call) -> Result<(), Error> {
    let Some(tracker) = tracker(call) else {
        return Err(Error::fixed(
            "ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or OPTOUT mode enabled",
        ));
    };
    let word = call.args[2];
    if word.eq_ignore_ascii_case(b"yes") {
        if !tracker.mode.opt_in {
            return Err(Error::fixed(
                "ERR CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode.",
            ));
        }
    } else if word.eq_ignore_ascii_case(b"no") {
        if !tracker.mode.opt_out {
            return Err(Error::fixed(
                "ERR CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode.",
            ));
        }
    } else {
        return Err(Error::Syntax);
    }
    tracker.caching.store(true, Relaxed);
    call.reply.ok();
    Ok(())
}

fn client_getredir(call: &mut Call) -> Result<(), Error> {
    let redirect = tracker(call).map_or(-1, |tracker| tracker.mode.redirect as i64);
    call.reply.integer(redirect);
    Ok(())
}

fn client_trackinginfo(call: &mut Call) -> Result<(), Error> {
    let tracker = tracker(call);
    let flags = tracker.as_deref().map_or_else(|| vec!["off"], flags);
    let reply = &mut call.reply;
    reply.map(3);
    reply.bulk(b"flags");
    reply.set(flags.len());
    flags.iter().for_each(|flag| reply.bulk(flag.as_bytes()));
    reply.bulk(b"redirect");
    reply.integer(tracker.map_or(-1, |tracker| tracker.mode.redirect as i64));
    reply.bulk(b"prefixes");
    let prefixes = call.shared.tracking.prefixes_of(call.session.id());
    reply.array(prefixes.len());
    prefixes.iter().for_each(|prefix| reply.bulk(prefix));
    Ok(())
}

/// What CLIENT TRACKINGINFO calls flags.
fn flags(tracker: &Tracker) -> Vec<&'static str> {
    let (mode, caching) = (&tracker.mode, tracker.caching.load(Relaxed));
    let all = [
        (true, "on"),
        (mode.broadcast, "bcast"),
        (mode.opt_in, "optin"),
        (mode.opt_in && caching, "caching-yes"),
        (mode.opt_out, "optout"),
        (mode.opt_out && caching, "caching-no"),
        (mode.no_loop, "noloop"),
        (tracker.is_broken.load(Relaxed), "broken_redirect"),
    ];
    all.iter().filter(|(is, _)| *is).map(|(_, name)| *name).collect()
}
