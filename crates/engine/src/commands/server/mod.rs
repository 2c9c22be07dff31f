//! The server family: what concerns all of the keyspace, the process, or the command table itself.

mod acl;
mod command;
mod dbsize;
mod debug;
mod flush;
mod info;
mod lolwut;
mod memory;
mod module;
mod role;
mod swapdb;
mod time;
mod touch;

pub(crate) use command::command_keys;

use crate::table::{HostRow, SessionRow};

/// The version of the reference that this is compatible with, as HELLO and INFO say it.
pub const REDIS_VERSION: &str = "7.2.4";

/// The family's rows.
pub(crate) const ROWS: &[&[SessionRow]] = &[
    &[
        dbsize::DBSIZE,
        debug::DEBUG,
        flush::FLUSHALL,
        flush::FLUSHDB,
        info::INFO,
        lolwut::LOLWUT,
        module::MODULE_HELP,
        module::MODULE_LIST,
        role::LASTSAVE,
        role::ROLE,
        swapdb::SWAPDB,
        time::TIME,
    ],
    acl::ROWS,
    command::ROWS,
    memory::ROWS,
];

/// The rows that only hold subcommands.
pub(crate) const CONTAINERS: &[HostRow] = &[acl::ACL, module::MODULE];
