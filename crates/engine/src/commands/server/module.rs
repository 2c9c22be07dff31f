//! MODULE: native modules are never loaded here, so there is nothing to list; extensions come by other ways.

use crate::commands::help;
use crate::commands::prelude::*;

/// MODULE: see <https://valkey.io/commands/module/>.
pub const MODULE: HostRow = HostRow {
    spec: Spec {
        group: Group::Server,
        since: "4.0.0",
        summary: "A container for module commands.",
        complexity: "Depends on subcommand.",
        arity: -2,
        flags: Flags::NONE,
        acl: Acl::NONE,
        ..Spec::new("module")
    },
    run: (),
};

/// MODULE HELP: see <https://valkey.io/commands/module-help/>.
pub const MODULE_HELP: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "5.0.0",
        summary: "Returns helpful text about the different subcommands.",
        complexity: "O(1)",
        arity: 2,
        flags: Flags::LOADING.or(Flags::STALE),
        acl: Acl::NONE,
        reply: "array<string>",
        ..Spec::new("module|help")
    },
    run: module_help,
};

/// MODULE LIST: see <https://valkey.io/commands/module-list/>.
pub const MODULE_LIST: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "4.0.0",
        summary: "Returns all loaded modules.",
        complexity: "O(N) where N is the number of loaded modules.",
        arity: 2,
        flags: Flags::ADMIN.or(Flags::NOSCRIPT),
        acl: Acl::NONE,
        tips: &["nondeterministic_output_order"],
        reply: "array<any>",
        ..Spec::new("module|list")
    },
    run: module_list,
};

fn module_help(call: &mut Call) -> Result<(), Error> {
    help::write(call, TEXT);
    Ok(())
}

fn module_list(call: &mut Call) -> Result<(), Error> {
    call.reply.array(0);
    Ok(())
}

const TEXT: &[&str] = &[
    "LIST",
    "    Return a list of loaded modules.",
    "LOAD <path> [<arg> ...]",
    "    Load a module library from <path>, passing to it any optional arguments.",
    "LOADEX <path> [[CONFIG NAME VALUE] [CONFIG NAME VALUE]] [ARGS ...]",
    "    Load a module library from <path>, while passing it module configurations and optional arguments.",
    "UNLOAD <name>",
    "    Unload a module.",
];
