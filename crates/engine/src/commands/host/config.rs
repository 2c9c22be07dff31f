//! CONFIG: the rows of its subcommands; the control plane, which holds the configuration, answers all but HELP.

use crate::commands::help;
use crate::dispatch::Call;
use crate::table::{HostRow as Row, SessionRow};
use hematite_commands::Error;
use hematite_commands::spec::*;

/// CONFIG: see <https://valkey.io/commands/config/>.
pub const CONFIG: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "2.0.0",
        summary: "A container for server configuration commands.",
        complexity: "Depends on subcommand.",
        arity: -2,
        flags: Flags::NONE,
        acl: Acl::NONE,
        ..Spec::new("config")
    },
    run: (),
};

/// CONFIG GET: see <https://valkey.io/commands/config-get/>.
pub const CONFIG_GET: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "2.0.0",
        summary: "Returns the effective values of configuration parameters.",
        complexity: "O(N) when N is the number of configuration parameters provided",
        arity: -3,
        flags: Flags::ADMIN.or(Flags::NOSCRIPT.or(Flags::LOADING.or(Flags::STALE))),
        acl: Acl::NONE,
        history: &[("7.0.0", "Added the ability to pass multiple pattern parameters in one call")],
        args: &[Arg::new("parameter", Kind::Text).multiple()],
        reply: "map<string, string>",
        ..Spec::new("config|get")
    },
    run: (),
};

/// CONFIG HELP: see <https://valkey.io/commands/config-help/>.
pub const CONFIG_HELP: SessionRow = SessionRow {
    spec: Spec {
        group: Group::Server,
        since: "5.0.0",
        summary: "Returns helpful text about the different subcommands.",
        complexity: "O(1)",
        arity: 2,
        flags: Flags::LOADING.or(Flags::STALE),
        acl: Acl::NONE,
        reply: "array<string>",
        ..Spec::new("config|help")
    },
    run: config_help,
};

/// CONFIG RESETSTAT: see <https://valkey.io/commands/config-resetstat/>.
pub const CONFIG_RESETSTAT: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "2.0.0",
        summary: "Resets the server's statistics.",
        complexity: "O(1)",
        arity: 2,
        flags: Flags::ADMIN.or(Flags::NOSCRIPT.or(Flags::LOADING.or(Flags::STALE))),
        acl: Acl::NONE,
        tips: &["request_policy:all_nodes", "response_policy:all_succeeded"],
        reply: "ok",
        ..Spec::new("config|resetstat")
    },
    run: (),
};

/// CONFIG REWRITE: see <https://valkey.io/commands/config-rewrite/>.
pub const CONFIG_REWRITE: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "2.8.0",
        summary: "Persists the effective configuration to file.",
        complexity: "O(1)",
        arity: 2,
        flags: Flags::ADMIN.or(Flags::NOSCRIPT.or(Flags::LOADING.or(Flags::STALE))),
        acl: Acl::NONE,
        tips: &["request_policy:all_nodes", "response_policy:all_succeeded"],
        reply: "ok",
        ..Spec::new("config|rewrite")
    },
    run: (),
};

/// CONFIG SET: see <https://valkey.io/commands/config-set/>.
pub const CONFIG_SET: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "2.0.0",
        summary: "Sets configuration parameters in-flight.",
        complexity: "O(N) when N is the number of configuration parameters provided",
        arity: -4,
        flags: Flags::ADMIN.or(Flags::NOSCRIPT.or(Flags::LOADING.or(Flags::STALE))),
        acl: Acl::NONE,
        tips: &["request_policy:all_nodes", "response_policy:all_succeeded"],
        history: &[("7.0.0", "Added the ability to set multiple parameters in one call.")],
        args: &[Arg::new(
            "data",
            Kind::Block(&[Arg::new("parameter", Kind::Text), Arg::new("value", Kind::Text)]),
        )
        .multiple()],
        reply: "ok",
        ..Spec::new("config|set")
    },
    run: (),
};

const HELP: [&str; 8] = [
    "GET <pattern>",
    "    Return parameters matching the glob-like <pattern> and their values.",
    "SET <directive> <value>",
    "    Set the configuration <directive> to <value>.",
    "RESETSTAT",
    "    Reset statistics reported by the INFO command.",
    "REWRITE",
    "    Rewrite the configuration file.",
];

fn config_help(call: &mut Call) -> Result<(), Error> {
    help::write(call, &HELP);
    Ok(())
}
