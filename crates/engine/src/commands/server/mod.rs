//! The server family: what concerns all of the keyspace, the process, or the command table itself.

mod command;
mod dbsize;
mod debug;
mod flush;
mod info;
mod lolwut;
mod memory;
mod swapdb;
mod time;
mod touch;

use crate::table::SessionRow;

/// The version of the reference that this is compatible with, as HELLO and INFO say it.
pub(crate) const REDIS_VERSION: &str = "7.2.4";

/// The family's rows.
pub(crate) const ROWS: &[&[SessionRow]] = &[
    &[
        dbsize::DBSIZE,
        debug::DEBUG,
        flush::FLUSHALL,
        flush::FLUSHDB,
        info::INFO,
        lolwut::LOLWUT,
        swapdb::SWAPDB,
        time::TIME,
    ],
    command::ROWS,
    memory::ROWS,
];
