//! ACL: users and their rights. The handlers are thin: [`crate::acl`] knows what rights are. LOAD and SAVE, which need a
//! file, are answered by the control plane.

mod cat;
mod dryrun;
mod genpass;
mod help;
mod log;
mod show;
mod whoami;
mod write;

use crate::commands::prelude::*;

/// The family's rows.
pub(crate) const ROWS: &[Row] = &[
    cat::ACL_CAT,
    write::ACL_DELUSER,
    dryrun::ACL_DRYRUN,
    genpass::ACL_GENPASS,
    show::ACL_GETUSER,
    help::ACL_HELP,
    show::ACL_LIST,
    log::ACL_LOG,
    write::ACL_SETUSER,
    show::ACL_USERS,
    whoami::ACL_WHOAMI,
];

/// For administrators, and allowed in every state of the server.
const ADMIN: Flags = Flags::ADMIN.or(OPEN);
/// For everybody.
const OPEN: Flags = Flags::NOSCRIPT.or(Flags::LOADING.or(Flags::STALE.or(Flags::SENTINEL)));

/// ACL: see <https://valkey.io/commands/acl/>.
pub const ACL: HostRow = HostRow {
    spec: Spec {
        group: Group::Server,
        since: "6.0.0",
        summary: "A container for Access List Control commands.",
        complexity: "Depends on subcommand.",
        arity: -2,
        flags: Flags::SENTINEL,
        ..Spec::new("acl")
    },
    run: (),
};
