//! INFO: memory, persistence, keyspace.

use super::figures::{human, ratio};
use super::{Fields, Scene, fields};
use std::sync::atomic::Ordering::Relaxed;

pub(super) fn memory(scene: &Scene) -> Fields {
    let Scene { shared, figures, .. } = scene;
    let memory = figures.memory;
    let startup = shared.identity.startup_bytes;
    let overhead = startup + figures.client_bytes as u64;
    let dataset = figures.dataset_bytes(overhead);
    let percent = |n: f64| format!("{:.2}%", n * 100.0);
    let (limit, lazy) = (shared.memory.settings(), shared.memory.objects_in_flight());
    let fragmentation = ratio(memory.resident, memory.used);
    // What the allocator holds for blocks in use and between them; what else is resident is the process's own.
    let active = memory.used + memory.idle;
    let fragmentation_bytes = memory.resident as i64 - memory.used as i64;
    let scripts = shared.script_figures();
    let mut lines = fields! {
        "used_memory": memory.used,
        "used_memory_human": human(memory.used),
        "used_memory_rss": memory.resident,
        "used_memory_rss_human": human(memory.resident),
        "used_memory_peak": memory.peak,
        "used_memory_peak_human": human(memory.peak),
        "used_memory_peak_perc": percent(ratio(memory.used, memory.peak)),
        "used_memory_overhead": overhead,
        "used_memory_startup": startup,
        "used_memory_dataset": dataset,
        "used_memory_dataset_perc": percent(ratio(dataset, memory.used.saturating_sub(startup))),
        "allocator_allocated": memory.used,
        "allocator_active": active,
        "allocator_resident": active,
        "total_system_memory": memory.system,
        "total_system_memory_human": human(memory.system),
        "used_memory_lua": scripts.machine_bytes,
        "used_memory_vm_eval": scripts.machine_bytes,
        "used_memory_lua_human": human(scripts.machine_bytes),
        "used_memory_scripts_eval": scripts.script_bytes,
        "number_of_cached_scripts": scripts.scripts,
        "number_of_functions": scripts.functions,
        "number_of_libraries": scripts.libraries,
        "used_memory_vm_functions": 0,
        "used_memory_vm_total": scripts.machine_bytes,
        "used_memory_vm_total_human": human(scripts.machine_bytes),
        "used_memory_functions": scripts.library_bytes,
        "used_memory_scripts": scripts.script_bytes + scripts.library_bytes,
        "used_memory_scripts_human": human(scripts.script_bytes + scripts.library_bytes),
    };
    lines.extend(fields! {
        "maxmemory": limit.bytes_max,
        "maxmemory_human": human(limit.bytes_max),
        "maxmemory_policy": limit.policy,
        "allocator_frag_ratio": format!("{:.2}", ratio(active, memory.used)),
        "allocator_frag_bytes": memory.idle,
        "allocator_rss_ratio": "1.00",
        "allocator_rss_bytes": 0,
        "rss_overhead_ratio": format!("{:.2}", ratio(memory.resident, active)),
        "rss_overhead_bytes": memory.resident as i64 - active as i64,
        "mem_fragmentation_ratio": format!("{fragmentation:.2}"),
        "mem_fragmentation_bytes": fragmentation_bytes,
        "mem_not_counted_for_evict": shared.uncounted_bytes(),
        "mem_replication_backlog": 0,
        "mem_total_replication_buffers": 0,
        "mem_clients_slaves": 0,
        "mem_clients_normal": figures.client_bytes,
        "mem_cluster_links": 0,
        "mem_aof_buffer": 0,
        "mem_allocator": "libc",
        "active_defrag_running": u8::from(shared.packing.since_us.load(Relaxed) != 0),
        "lazyfree_pending_objects": lazy.0,
        "lazyfreed_objects": lazy.1,
    });
    lines
}

pub(super) fn persistence(scene: &Scene) -> Fields {
    let persistence = &scene.shared.persistence;
    let saves = persistence.saves();
    let (done, total, seconds) = persistence.saving(scene.now).unwrap_or((0, 0, -1));
    let kept = persistence.kept_bytes();
    let percent = if total == 0 { 0.0 } else { done as f64 * 100.0 / total as f64 };
    let mut lines = fields! {
        "loading": u8::from(persistence.is_loading()),
        "async_loading": 0,
        "current_cow_peak": kept,
        "current_cow_size": kept,
        "current_cow_size_age": 0,
        "current_fork_perc": format!("{percent:.2}"),
        "current_save_keys_processed": done,
        "current_save_keys_total": total,
        "rdb_changes_since_last_save": scene.figures.dirty.saturating_sub(saves.changes),
        "rdb_bgsave_in_progress": u8::from(persistence.is_saving()),
        "rdb_last_save_time": saves.last_s,
        "rdb_last_bgsave_status": if saves.is_ok { "ok" } else { "err" },
        "rdb_last_bgsave_time_sec": saves.seconds,
        "rdb_current_bgsave_time_sec": seconds,
        "rdb_saves": saves.count,
        "rdb_last_cow_size": saves.preimage_bytes,
        "rdb_last_load_keys_expired": saves.expired,
        "rdb_last_load_keys_loaded": saves.loaded,
    };
    lines.extend(append_only_file(scene));
    lines.extend(persistence.loading_lines(scene.now, scene.figures.memory.used));
    lines
}

fn append_only_file(scene: &Scene) -> Fields {
    let journal = &scene.shared.journal;
    let figures = journal.figures();
    let since = figures.rewriting_since_s;
    let status = |is_ok: bool| if is_ok { "ok" } else { "err" };
    let mut lines = fields! {
        "aof_enabled": u8::from(journal.is_on()),
        "aof_rewrite_in_progress": u8::from(since.is_some()),
        "aof_rewrite_scheduled": u8::from(figures.is_scheduled),
        "aof_last_rewrite_time_sec": figures.last_seconds,
        "aof_current_rewrite_time_sec": since.map_or(-1, |since| (scene.now.unix_ms / 1000 - since).max(0)),
        "aof_last_bgrewrite_status": status(figures.last_is_ok),
        "aof_rewrites": figures.rewrites,
        "aof_rewrites_consecutive_failures": figures.failures,
        "aof_last_write_status": status(!journal.has_failed()),
        "aof_last_cow_size": 0,
        "module_fork_in_progress": 0,
        "module_fork_last_cow_size": 0,
    };
    if journal.is_on() {
        let (size, is_syncing) = journal.file_figures();
        lines.extend(fields! {
            "aof_current_size": figures.before_bytes + size,
            "aof_base_size": figures.base_bytes,
            "aof_pending_rewrite": 0,
            "aof_buffer_length": journal.waiting_bytes(),
            "aof_pending_bio_fsync": u8::from(is_syncing),
            "aof_delayed_fsync": figures.delayed_syncs,
        });
    }
    lines
}

pub(super) fn keyspace(scene: &Scene) -> Fields {
    let keyspace = &scene.shared.keyspace;
    let line = |db: usize| {
        let census = keyspace.census(db, scene.now.unix_ms);
        // As in the reference, the mean is known once active expiry has gone round.
        let is_known = census.sampled > 0 && scene.shared.limits.active_expire.load(Relaxed);
        let mean_ms = if is_known { census.ttl_sum_ms / census.sampled } else { 0 };
        let text = format!("keys={},expires={},avg_ttl={mean_ms}", census.keys, census.expires);
        (census.keys > 0).then(|| (format!("db{db}"), text))
    };
    (0..keyspace.databases()).filter_map(line).collect()
}
