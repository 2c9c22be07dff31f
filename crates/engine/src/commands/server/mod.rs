//! The server family: what concerns all of the keyspace, the process, or the command table itself.

mod acl;
mod command;
mod commandlog;
mod dbsize;
mod debug;
mod flush;
mod hotkeys;
mod info;
mod latency;
mod lolwut;
mod memory;
mod module;
mod monitor;
mod role;
mod slowlog;
mod swapdb;
mod time;
mod touch;
mod waitaof;

pub(crate) use command::command_keys;

use crate::table::{HostRow, SessionRow};

/// The version of the reference that this is compatible with, as HELLO and INFO say it.
pub const REDIS_VERSION: &str = "7.2.4";

/// The family's rows.
pub(crate) const ROWS: &[&[SessionRow]] = &[
    &[
        commandlog::COMMANDLOG_GET,
        commandlog::COMMANDLOG_HELP,
        commandlog::COMMANDLOG_LEN,
        commandlog::COMMANDLOG_RESET,
        dbsize::DBSIZE,
        debug::DEBUG,
        flush::FLUSHALL,
        flush::FLUSHDB,
        info::INFO,
        lolwut::LOLWUT,
        module::MODULE_HELP,
        module::MODULE_LIST,
        monitor::MONITOR,
        role::LASTSAVE,
        role::ROLE,
        slowlog::SLOWLOG_GET,
        slowlog::SLOWLOG_HELP,
        slowlog::SLOWLOG_LEN,
        slowlog::SLOWLOG_RESET,
        swapdb::SWAPDB,
        time::TIME,
        waitaof::WAITAOF,
    ],
    acl::ROWS,
    command::ROWS,
    hotkeys::ROWS,
    latency::ROWS,
    memory::ROWS,
];

/// The rows that only hold subcommands.
pub(crate) const CONTAINERS: &[HostRow] =
    &[acl::ACL, commandlog::COMMANDLOG, hotkeys::HOTKEYS, latency::LATENCY, module::MODULE, slowlog::SLOWLOG];
