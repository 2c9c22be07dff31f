//! MEMORY: where the memory goes. MEMORY USAGE, which looks at one key, is a data command; its family has HELP too.

mod doctor;
mod stats;

use crate::commands::prelude::*;

/// MEMORY PURGE: see <https://valkey.io/commands/memory-purge/>.
pub const MEMORY_PURGE: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "4.0.0",
        summary: "Asks the allocator to release memory.",
        complexity: "Depends on how much memory is allocated, could be slow",
        arity: 2,
        flags: Flags::NONE,
        acl: Acl::NONE,
        tips: &["request_policy:all_shards", "response_policy:all_succeeded"],
        reply: "ok",
        ..Spec::new("memory|purge")
    },
    run: memory_purge,
};

/// MEMORY MALLOC-STATS: see <https://valkey.io/commands/memory-malloc-stats/>.
pub const MEMORY_MALLOC_STATS: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "4.0.0",
        summary: "Returns the allocator statistics.",
        complexity: "Depends on how much memory is allocated, could be slow",
        arity: 2,
        flags: Flags::NONE,
        acl: Acl::NONE,
        tips: &["nondeterministic_output", "request_policy:all_shards", "response_policy:special"],
        reply: "string",
        ..Spec::new("memory|malloc-stats")
    },
    run: memory_malloc_stats,
};

/// The subcommands' rows.
pub(crate) const ROWS: &[Row] =
    &[doctor::MEMORY_DOCTOR, MEMORY_MALLOC_STATS, MEMORY_PURGE, stats::MEMORY_STATS];

fn memory_purge(call: &mut Call) -> Result<(), Error> {
    (call.shared.options.purge)();
    // The other workers follow with their next cron.
    call.shared.reclaim.ask();
    call.reply.ok();
    Ok(())
}

fn memory_malloc_stats(call: &mut Call) -> Result<(), Error> {
    call.reply.verbatim(b"txt", b"Stats not supported for the current allocator");
    Ok(())
}
