//! MEMORY STATS: the figures of memory as a map.

use crate::commands::prelude::*;
use crate::commands::server::info::figures::{Figures, ratio};
use hematite_keyspace::Census;

/// MEMORY STATS: see <https://valkey.io/commands/memory-stats/>.
pub const MEMORY_STATS: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "4.0.0",
        summary: "Returns details about memory usage.",
        complexity: "O(1)",
        arity: 2,
        flags: Flags::NONE,
        acl: Acl::NONE,
        tips: &["nondeterministic_output", "request_policy:all_shards", "response_policy:special"],
        reply: "map<string, any>",
        ..Spec::new("memory|stats")
    },
    run: memory_stats,
};

/// A value of the map.
enum Figure {
    Bytes(u64),
    Signed(i64),
    Ratio(f64),
    Database(Census),
}

fn memory_stats(call: &mut Call) -> Result<(), Error> {
    let shared = call.shared;
    let figures = Figures::gather(shared);
    let databases: Vec<(usize, Census)> = (0..shared.keyspace.databases())
        .map(|db| (db, shared.keyspace.census(db, call.now.unix_ms)))
        .filter(|(_, census)| census.keys > 0)
        .collect();
    let lines = lines(&figures, &databases, shared.identity.startup_bytes);
    call.reply.map(lines.len());
    for (name, figure) in lines {
        call.reply.bulk(name.as_bytes());
        match figure {
            Figure::Bytes(n) => call.reply.integer(n as i64),
            Figure::Signed(n) => call.reply.integer(n),
            Figure::Ratio(n) => call.reply.double(n),
            Figure::Database(census) => {
                call.reply.map(2);
                call.reply.bulk(b"overhead.hashtable.main");
                call.reply.integer(census.table_bytes as i64);
                call.reply.bulk(b"overhead.hashtable.expires");
                call.reply.integer(census.expires_table_bytes as i64);
            }
        }
    }
    Ok(())
}

fn lines(figures: &Figures, databases: &[(usize, Census)], startup: u64) -> Vec<(String, Figure)> {
    use Figure::{Bytes, Database, Ratio, Signed};
    let memory = figures.memory;
    let tables: usize = databases.iter().map(|(_, c)| c.table_bytes + c.expires_table_bytes).sum();
    let keys: usize = databases.iter().map(|(_, census)| census.keys).sum();
    let overhead = startup + figures.client_bytes as u64 + tables as u64;
    let dataset = figures.dataset_bytes(overhead);
    let net = memory.used.saturating_sub(startup);
    let fragmentation = ratio(memory.resident, memory.used);
    let fragmentation_bytes = memory.resident as i64 - memory.used as i64;
    let named = |(name, figure): (&str, Figure)| (name.to_owned(), figure);
    let mut lines: Vec<(String, Figure)> = [
        ("peak.allocated", Bytes(memory.peak)),
        ("total.allocated", Bytes(memory.used)),
        ("startup.allocated", Bytes(startup)),
        ("replication.backlog", Bytes(0)),
        ("clients.slaves", Bytes(0)),
        ("clients.normal", Bytes(figures.client_bytes as u64)),
        ("cluster.links", Bytes(0)),
        ("aof.buffer", Bytes(0)),
        ("lua.caches", Bytes(0)),
        ("functions.caches", Bytes(0)),
    ]
    .into_iter()
    .map(named)
    .collect();
    lines.extend(databases.iter().map(|(db, census)| (format!("db.{db}"), Database(*census))));
    lines.extend(
        [
            ("overhead.total", Bytes(overhead)),
            ("keys.count", Bytes(keys as u64)),
            ("keys.bytes-per-key", Bytes(net / keys.max(1) as u64 * u64::from(keys > 0))),
            ("dataset.bytes", Bytes(dataset)),
            ("dataset.percentage", Ratio(ratio(dataset, net) * 100.0)),
            ("peak.percentage", Ratio(ratio(memory.used, memory.peak) * 100.0)),
            ("allocator.allocated", Bytes(memory.used)),
            ("allocator.active", Bytes(memory.resident)),
            ("allocator.resident", Bytes(memory.resident)),
            ("allocator-fragmentation.ratio", Ratio(fragmentation)),
            ("allocator-fragmentation.bytes", Signed(fragmentation_bytes)),
            ("allocator-rss.ratio", Ratio(1.0)),
            ("allocator-rss.bytes", Signed(0)),
            ("rss-overhead.ratio", Ratio(1.0)),
            ("rss-overhead.bytes", Signed(0)),
            ("fragmentation", Ratio(fragmentation)),
            ("fragmentation.bytes", Signed(fragmentation_bytes)),
        ]
        .into_iter()
        .map(named),
    );
    lines
}
