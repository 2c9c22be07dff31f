//! The engine's own commands: those that need the session or all of the keyspace, and the rows of those that the control
//! plane answers.

mod connection;
mod hash;
mod help;
mod host;
mod pubsub;
mod scripting;
pub(crate) mod server;
mod transactions;

pub(crate) use connection::{Pauses, client_line, memory_bytes};
pub use server::REDIS_VERSION;
pub(crate) use server::command_keys;

use crate::table::{CompoundRow, HostRow, SessionRow};

/// Rows whose handlers are here.
pub(crate) fn session_rows() -> impl Iterator<Item = &'static SessionRow> {
    [
        connection::ROWS,
        server::ROWS,
        &scripting::ROWS,
        &[hash::ROWS, host::SESSION_ROWS, pubsub::ROWS, transactions::ROWS],
    ]
    .into_iter()
    .flatten()
    .copied()
    .flatten()
}

/// Rows of commands that run others.
pub(crate) fn compound_rows() -> impl Iterator<Item = &'static CompoundRow> {
    [hash::COMPOUND_ROWS, scripting::COMPOUND_ROWS, transactions::COMPOUND_ROWS].into_iter().flatten()
}

/// Rows of the control plane.
pub(crate) fn host_rows() -> impl Iterator<Item = &'static HostRow> {
    [host::ROWS].into_iter().flatten()
}

/// Rows that only hold subcommands.
pub(crate) fn container_rows() -> impl Iterator<Item = &'static HostRow> {
    [
        connection::CONTAINERS,
        hash::CONTAINERS,
        host::CONTAINERS,
        pubsub::CONTAINERS,
        scripting::CONTAINERS,
        server::CONTAINERS,
    ]
    .into_iter()
    .flatten()
}

/// What every command file here needs.
pub(crate) mod prelude {
    pub(crate) use crate::dispatch::Call;
    pub(crate) use crate::table::{HostRow, SessionRow as Row};
    pub(crate) use hematite_commands::Error;
    pub(crate) use hematite_commands::spec::*;
}
