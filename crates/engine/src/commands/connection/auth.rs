//! AUTH: proves who the client is. There is one user, `default`, with `requirepass` as its password.

use crate::commands::prelude::*;
use crate::engine::Shared;
use crate::session::Session;
use subtle::ConstantTimeEq;

/// AUTH: see <https://valkey.io/commands/auth/>.
pub const AUTH: Row = Row {
    spec: Spec {
        group: Group::Connection,
        since: "1.0.0",
        summary: "Authenticates the connection.",
        complexity: "O(N) where N is the number of passwords defined for the user",
        arity: -2,
        flags: Flags::NOSCRIPT.or(Flags::LOADING
            .or(Flags::STALE.or(Flags::FAST.or(Flags::NO_AUTH.or(Flags::SENTINEL.or(Flags::ALLOW_BUSY)))))),
        acl: Acl::CONNECTION,
        history: &[("6.0.0", "Added ACL style (username and password).")],
        args: &[Arg::new("username", Kind::Text).optional().since("6.0.0"), Arg::new("password", Kind::Text)],
        reply: "ok",
        ..Spec::new("auth")
    },
    run: auth,
};

const WRONG: Error = Error::fixed("WRONGPASS invalid username-password pair or user is disabled.");
const NOT_CONFIGURED: Error = Error::fixed(
    "ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?",
);

fn auth(call: &mut Call) -> Result<(), Error> {
    match call.args {
        [_, password] => {
            if call.shared.password.read().is_empty() {
                return Err(NOT_CONFIGURED);
            }
            authenticate(call.shared, call.session, b"default", password)?;
        }
        [_, user, password] => authenticate(call.shared, call.session, user, password)?,
        _ => return Err(Error::Syntax),
    }
    call.reply.ok();
    Ok(())
}

/// Lets the session in if the password is the user's. The comparison takes the same time whatever the password is.
pub(super) fn authenticate(
    shared: &Shared,
    session: &mut Session,
    user: &[u8],
    password: &[u8],
) -> Result<(), Error> {
    let wanted = shared.password.read();
    let matches = wanted.is_empty() || bool::from(wanted.as_slice().ct_eq(password));
    if user != b"default" || !matches {
        return Err(WRONG);
    }
    session.authenticated = true;
    Ok(())
}
