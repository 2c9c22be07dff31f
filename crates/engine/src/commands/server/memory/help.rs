//! MEMORY HELP.

use crate::commands::help;
use crate::commands::prelude::*;

/// MEMORY HELP: see <https://valkey.io/commands/memory-help/>.
pub const MEMORY_HELP: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "4.0.0",
        summary: "Returns helpful text about the different subcommands.",
        complexity: "O(1)",
        arity: 2,
        flags: Flags::LOADING.or(Flags::STALE),
        acl: Acl::NONE,
        reply: "array<string>",
        ..Spec::new("memory|help")
    },
    run: memory_help,
};

fn memory_help(call: &mut Call) -> Result<(), Error> {
    help::write(call, TEXT);
    Ok(())
}

const TEXT: &[&str] = &[
    "DOCTOR",
    "    Return memory problems reports.",
    "MALLOC-STATS",
    "    Return internal statistics report from the memory allocator.",
    "PURGE",
    "    Attempt to purge dirty pages for reclamation by the allocator.",
    "STATS",
    "    Return information about the memory usage of the server.",
    "USAGE <key> [SAMPLES <count>]",
    "    Return memory in bytes used by <key> and its value. Nested values are",
    "    sampled up to <count> times (default: 5, 0 means sample all).",
];
