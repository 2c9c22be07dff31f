//! Rows of the commands that the control plane answers: said here so that dispatch, COMMAND and ACL know them as all others.

mod acl;
mod bgrewriteaof;
mod config;
mod migrate;
mod save;
mod shutdown;

use crate::table::{HostRow, SessionRow};

/// The rows.
pub(crate) const ROWS: &[HostRow] = &[
    bgrewriteaof::BGREWRITEAOF,
    acl::ACL_LOAD,
    acl::ACL_SAVE,
    config::CONFIG_GET,
    config::CONFIG_RESETSTAT,
    config::CONFIG_REWRITE,
    config::CONFIG_SET,
    migrate::MIGRATE,
    save::BGSAVE,
    save::SAVE,
    shutdown::SHUTDOWN,
];

/// The rows that only hold subcommands.
pub(crate) const CONTAINERS: &[HostRow] = &[config::CONFIG];

/// Rows of subcommands that need nobody's answer.
pub(crate) const SESSION_ROWS: &[SessionRow] = &[config::CONFIG_HELP];
