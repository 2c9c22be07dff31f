//! COMMAND HELP.

use crate::commands::help;
use crate::commands::prelude::*;

/// COMMAND HELP: see <https://valkey.io/commands/command-help/>.
pub const COMMAND_HELP: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "5.0.0",
        summary: "Returns helpful text about the different subcommands.",
        complexity: "O(1)",
        arity: 2,
        flags: Flags::LOADING.or(Flags::STALE.or(Flags::SENTINEL)),
        acl: Acl::CONNECTION,
        reply: "array<string>",
        ..Spec::new("command|help")
    },
    run: command_help,
};

fn command_help(call: &mut Call) -> Result<(), Error> {
    help::write(call, TEXT);
    Ok(())
}

const TEXT: &[&str] = &[
    "(no subcommand)",
    "    Return details about all Redis commands.",
    "COUNT",
    "    Return the total number of commands in this Redis server.",
    "LIST",
    "    Return a list of all commands in this Redis server.",
    "INFO [<command-name> ...]",
    "    Return details about multiple Redis commands.",
    "    If no command names are given, documentation details for all",
    "    commands are returned.",
    "DOCS [<command-name> ...]",
    "    Return documentation details about multiple Redis commands.",
    "    If no command names are given, documentation details for all",
    "    commands are returned.",
    "GETKEYS <full-command>",
    "    Return the keys from a full Redis command.",
    "GETKEYSANDFLAGS <full-command>",
    "    Return the keys and the access flags from a full Redis command.",
];
