//! ACL WHOAMI: the user that the connection is.

use super::OPEN;
use crate::commands::prelude::*;

/// ACL WHOAMI: see <https://valkey.io/commands/acl-whoami/>.
pub const ACL_WHOAMI: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "6.0.0",
        summary: "Returns the authenticated username of the current connection.",
        complexity: "O(1)",
        arity: 2,
        flags: OPEN,
        reply: "string",
        ..Spec::new("acl|whoami")
    },
    run: acl_whoami,
};

fn acl_whoami(call: &mut Call) -> Result<(), Error> {
    call.reply.bulk(&call.session.rights.user.name);
    Ok(())
}
