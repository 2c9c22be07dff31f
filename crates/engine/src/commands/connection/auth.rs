//! AUTH: proves who the client is; without a name it is `default`. The users are kept by [`crate::acl`].

use crate::acl::user::DEFAULT_NAME;
use crate::commands::prelude::*;

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

const NOT_CONFIGURED: Error = Error::fixed(
    "ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?",
);

fn auth(call: &mut Call) -> Result<(), Error> {
    let (user, password) = match call.args {
        [_, _] if call.shared.acl.is_passwordless() => return Err(NOT_CONFIGURED),
        [_, password] => (DEFAULT_NAME, *password),
        [_, user, password] => (*user, *password),
        _ => return Err(Error::Syntax),
    };
    authenticate(call, user, password)?;
    call.reply.ok();
    Ok(())
}

/// Makes the session the user whose password is given.
pub(super) fn authenticate(call: &mut Call, user: &[u8], password: &[u8]) -> Result<(), Error> {
    call.shared.authenticate(call.session, user, password, call.args[0], call.now)
}
