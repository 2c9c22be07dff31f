//! ACL HELP.

use crate::commands::help;
use crate::commands::prelude::*;

/// ACL HELP: see <https://valkey.io/commands/acl-help/>.
pub const ACL_HELP: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "6.0.0",
        summary: "Returns helpful text about the different subcommands.",
        complexity: "O(1)",
        arity: 2,
        flags: Flags::LOADING.or(Flags::STALE.or(Flags::SENTINEL)),
        reply: "array<string>",
        ..Spec::new("acl|help")
    },
    run: acl_help,
};

fn acl_help(call: &mut Call) -> Result<(), Error> {
    help::write(call, TEXT);
    Ok(())
}

const TEXT: &[&str] = &[
    "CAT [<category>]",
    "    List all commands that belong to <category>, or all command categories",
    "    when no category is specified.",
    "DELUSER <username> [<username> ...]",
    "    Delete a list of users.",
    "DRYRUN <username> <command> [<arg> ...]",
    "    Returns whether the user can execute the given command without executing the command.",
    "GETUSER <username>",
    "    Get the user's details.",
    "GENPASS [<bits>]",
    "    Generate a secure 256-bit user password. The optional `bits` argument can",
    "    be used to specify a different size.",
    "LIST",
    "    Show users details in config file format.",
    "LOAD",
    "    Reload users from the ACL file.",
    "LOG [<count> | RESET]",
    "    Show the ACL log entries.",
    "SAVE",
    "    Save the current config to the ACL file.",
    "SETUSER <username> <attribute> [<attribute> ...]",
    "    Create or modify a user with the specified attributes.",
    "USERS",
    "    List all the registered usernames.",
    "WHOAMI",
    "    Return the current connection username.",
];
