//! INFO: counters of all that was done, by command and by error.

use super::{Fields, Scene, fields};
use crate::latency::Sums;
use std::sync::atomic::Ordering::Relaxed;

pub(super) fn stats(scene: &Scene) -> Fields {
    let Scene { shared, figures, now } = scene;
    let over_ms = shared.memory.over_ms(*now);
    let [operations, input, output] = shared.rates.lock().per_second();
    let [opened, rejected] = [0, 1].map(|at: usize| shared.connections[at].load(Relaxed));
    let [_, tracked_keys, tracked_items, tracked_prefixes] = shared.tracking.sizes();
    let [channels, patterns, shards] = shared.pubsub.sizes();
    let packing = &shared.packing;
    let refusals = shared.acl.log.lock().refusals;
    let kilo = |n: f64| format!("{:.2}", n / 1024.0);
    let mut lines = fields! {
        "total_connections_received": opened,
        "total_commands_processed": figures.executed,
        "instantaneous_ops_per_sec": operations.round(),
        "total_net_input_bytes": figures.input_bytes,
        "total_net_output_bytes": figures.output_bytes,
        "total_net_repl_input_bytes": 0,
        "total_net_repl_output_bytes": 0,
        "instantaneous_input_kbps": kilo(input),
        "instantaneous_output_kbps": kilo(output),
        "instantaneous_input_repl_kbps": "0.00",
        "instantaneous_output_repl_kbps": "0.00",
        "rejected_connections": rejected,
        "sync_full": 0,
        "sync_partial_ok": 0,
        "sync_partial_err": 0,
        "expired_keys": figures.expired,
        "expired_stale_perc": "0.00",
        "expired_time_cap_reached_count": 0,
        "expire_cycle_cpu_milliseconds": shared.expire_ms(),
        "evicted_keys": figures.evicted,
        "evicted_clients": shared.clients.evicted(),
        "total_eviction_exceeded_time": over_ms.0,
        "current_eviction_exceeded_time": over_ms.1,
        "keyspace_hits": figures.hits,
        "keyspace_misses": figures.misses,
        "pubsub_channels": channels,
        "pubsub_patterns": patterns,
        "pubsubshard_channels": shards,
    };
    lines.extend(fields! {
        "latest_fork_usec": 0,
        "total_forks": 0,
        "migrate_cached_sockets": 0,
        "slave_expires_tracked_keys": 0,
        "active_defrag_hits": packing.moves.load(Relaxed),
        "active_defrag_misses": packing.keys[1].load(Relaxed),
        "active_defrag_key_hits": packing.keys[0].load(Relaxed),
        "active_defrag_key_misses": packing.keys[1].load(Relaxed),
        "total_active_defrag_time": packing.time_us.load(Relaxed) / 1000,
        "current_active_defrag_time": packing.current_ms(*now),
        "tracking_total_keys": tracked_keys,
        "tracking_total_items": tracked_items,
        "tracking_total_prefixes": tracked_prefixes,
        "unexpected_error_replies": 0,
        "total_error_replies": figures.errors,
        "dump_payload_sanitizations": 0,
        "total_reads_processed": figures.executed,
        "total_writes_processed": figures.executed,
        "io_threaded_reads_processed": 0,
        "io_threaded_writes_processed": 0,
        "reply_buffer_shrinks": 0,
        "reply_buffer_expands": 0,
        "acl_access_denied_auth": refusals[0],
        "acl_access_denied_cmd": refusals[1],
        "acl_access_denied_key": refusals[2],
        "acl_access_denied_channel": refusals[3],
    });
    lines
}

pub(super) fn command_stats(scene: &Scene) -> Fields {
    let all = scene.shared.statistics.lock();
    let line = |command: &crate::table::Command| {
        let sum = |pick: fn(&crate::statistics::CommandCounters) -> u64| -> u64 {
            all.iter().map(|worker| pick(&worker.commands[command.id])).sum()
        };
        let calls = sum(|c| c.calls.get());
        let (rejected, failed) = (sum(|c| c.rejected.get()), sum(|c| c.failed.get()));
        let microseconds = sum(|c| c.nanoseconds.get()) / 1000;
        let each = if calls == 0 { 0.0 } else { microseconds as f64 / calls as f64 };
        let text = format!(
            "calls={calls},usec={microseconds},usec_per_call={each:.2},rejected_calls={rejected},failed_calls={failed}"
        );
        (calls + rejected + failed > 0).then(|| (format!("cmdstat_{}", command.spec.name), text))
    };
    scene.shared.table.iter().filter_map(line).collect()
}

pub(super) fn error_stats(scene: &Scene) -> Fields {
    let errors = scene.shared.errors.lock();
    errors.iter().map(|(code, count)| (format!("errorstat_{code}"), format!("count={count}"))).collect()
}

pub(super) fn latency_stats(scene: &Scene) -> Fields {
    let all = scene.shared.statistics.lock();
    let percentiles = scene.shared.observation.thresholds.lock().percentiles.clone();
    let line = |command: &crate::table::Command| {
        let mut measured =
            all.iter().filter_map(|worker| worker.commands[command.id].latency.get()).peekable();
        measured.peek()?;
        let mut sums = Sums::default();
        measured.for_each(|histogram| histogram.add_to(&mut sums));
        if sums.is_empty() {
            return None;
        }
        let shown: Vec<String> = percentiles
            .iter()
            .map(|percent| format!("p{percent}={:.3}", sums.percentile(*percent) as f64 / 1000.0))
            .collect();
        Some((format!("latency_percentiles_usec_{}", command.spec.name), shown.join(",")))
    };
    scene.shared.table.iter().filter_map(line).collect()
}
