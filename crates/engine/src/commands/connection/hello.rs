//! HELLO: chooses the protocol version, and may authenticate and name the connection on the way.

use super::auth::authenticate;
use super::client::name;
use crate::commands::prelude::*;
use crate::commands::server::REDIS_VERSION;
use hematite_base::number;
use hematite_resp::Protocol;

/// HELLO: see <https://valkey.io/commands/hello/>.
pub const HELLO: Row = Row {
    spec: Spec {
        group: Group::Connection,
        since: "6.0.0",
        summary: "Handshakes with the server.",
        complexity: "O(1)",
        arity: -1,
        flags: Flags::NOSCRIPT.or(Flags::LOADING
            .or(Flags::STALE.or(Flags::FAST.or(Flags::NO_AUTH.or(Flags::SENTINEL.or(Flags::ALLOW_BUSY)))))),
        acl: Acl::CONNECTION,
        history: &[(
            "6.2.0",
            "`protover` made optional; when called without arguments the command reports the current connection's context.",
        )],
        args: &[Arg::new(
            "arguments",
            Kind::Block(&[
                Arg::new("protover", Kind::Integer),
                Arg::new(
                    "auth",
                    Kind::Block(&[Arg::new("username", Kind::Text), Arg::new("password", Kind::Text)]),
                )
                .token("AUTH")
                .optional(),
                Arg::new("clientname", Kind::Text).token("SETNAME").optional(),
            ]),
        )
        .optional()],
        reply: "map<string, any>",
        ..Spec::new("hello")
    },
    run: hello,
};

const NOT_AUTHENTICATED: Error = Error::fixed(
    "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time",
);

/// What the arguments ask for.
#[derive(Default)]
struct Wish<'a> {
    protocol: Option<Protocol>,
    credentials: Option<(&'a [u8], &'a [u8])>,
    name: Option<&'a [u8]>,
}

fn parse<'a>(args: &[&'a [u8]]) -> Result<Wish<'a>, Error> {
    let mut wish = Wish::default();
    let Some(version) = args.get(1) else { return Ok(wish) };
    wish.protocol = match number::parse_i64(version) {
        Some(2) => Some(Protocol::Resp2),
        Some(3) => Some(Protocol::Resp3),
        Some(_) => return Err(Error::fixed("NOPROTO unsupported protocol version")),
        None => return Err(Error::fixed("ERR Protocol version is not an integer or out of range")),
    };
    let mut rest = &args[2..];
    while let [option, tail @ ..] = rest {
        rest = match tail {
            [user, password, tail @ ..] if option.eq_ignore_ascii_case(b"AUTH") => {
                wish.credentials = Some((*user, *password));
                tail
            }
            [given, tail @ ..] if option.eq_ignore_ascii_case(b"SETNAME") => {
                name::validate(given)?;
                wish.name = Some(*given);
                tail
            }
            _ => {
                let text = [b"ERR Syntax error in HELLO option '", *option, b"'"].concat();
                return Err(Error::Bytes(text));
            }
        };
    }
    Ok(wish)
}

fn hello(call: &mut Call) -> Result<(), Error> {
    let wish = parse(call.args)?;
    if let Some((user, password)) = wish.credentials {
        authenticate(call, user, password)?;
    }
    if !call.is_authenticated() {
        return Err(NOT_AUTHENTICATED);
    }
    if let Some(given) = wish.name {
        name::set(call, given);
    }
    if let Some(protocol) = wish.protocol {
        call.session.set_protocol(protocol);
        call.reply.protocol = protocol;
    }
    let (version, id) = (if call.session.protocol == Protocol::Resp3 { 3 } else { 2 }, call.session.id());
    let reply = &mut call.reply;
    reply.map(7);
    reply.bulk(b"server");
    reply.bulk(b"redis");
    reply.bulk(b"version");
    reply.bulk(REDIS_VERSION.as_bytes());
    reply.bulk(b"proto");
    reply.integer(version);
    reply.bulk(b"id");
    reply.integer(id as i64);
    reply.bulk(b"mode");
    reply.bulk(b"standalone");
    reply.bulk(b"role");
    reply.bulk(b"master");
    reply.bulk(b"modules");
    reply.array(0);
    Ok(())
}
