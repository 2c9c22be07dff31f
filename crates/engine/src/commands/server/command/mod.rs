//! COMMAND: the command table, as it is.

mod describe;
mod docs;
mod getkeys;
mod help;
mod keys;
mod list;

pub(crate) use keys::keys as command_keys;

use crate::commands::prelude::*;

/// The family's rows.
pub(crate) const ROWS: &[Row] = &[
    describe::COMMAND,
    list::COMMAND_COUNT,
    docs::COMMAND_DOCS,
    getkeys::COMMAND_GETKEYS,
    getkeys::COMMAND_GETKEYSANDFLAGS,
    help::COMMAND_HELP,
    describe::COMMAND_INFO,
    list::COMMAND_LIST,
];
