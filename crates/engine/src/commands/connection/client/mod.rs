//! CLIENT: what a client may ask about connections, and do to them.

mod capability;
mod filter;
mod help;
mod identity;
mod kill;
mod line;
mod list;
mod modes;
pub(super) mod name;
mod pause;
mod reply;
mod tracking;
mod unblock;

pub(crate) use line::{client_line, memory_bytes};
pub(crate) use pause::Pauses;

use crate::commands::prelude::*;

/// CLIENT: see <https://valkey.io/commands/client/>.
pub const CLIENT: HostRow = HostRow {
    spec: Spec {
        group: Group::Connection,
        since: "2.4.0",
        summary: "A container for client connection commands.",
        complexity: "Depends on subcommand.",
        arity: -2,
        flags: Flags::SENTINEL,
        acl: Acl::NONE,
        ..Spec::new("client")
    },
    run: (),
};

/// The subcommands' rows.
pub(crate) const ROWS: &[Row] = &[
    tracking::CLIENT_CACHING,
    capability::CLIENT_CAPA,
    name::CLIENT_GETNAME,
    tracking::CLIENT_GETREDIR,
    help::CLIENT_HELP,
    identity::CLIENT_ID,
    capability::CLIENT_IMPORT_SOURCE,
    list::CLIENT_INFO,
    kill::CLIENT_KILL,
    list::CLIENT_LIST,
    modes::CLIENT_NO_EVICT,
    modes::CLIENT_NO_TOUCH,
    pause::CLIENT_PAUSE,
    reply::CLIENT_REPLY,
    name::CLIENT_SETINFO,
    name::CLIENT_SETNAME,
    tracking::CLIENT_TRACKING,
    tracking::CLIENT_TRACKINGINFO,
    unblock::CLIENT_UNBLOCK,
    pause::CLIENT_UNPAUSE,
];
