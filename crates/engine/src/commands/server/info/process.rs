//! INFO: the process, its clients, its role.

use super::{Fields, Scene, fields};
use crate::commands::server::REDIS_VERSION;
use std::sync::atomic::Ordering::Relaxed;

pub(super) fn server(scene: &Scene) -> Fields {
    let Scene { shared, now, .. } = scene;
    let uptime_s = now.mono_us.saturating_sub(shared.options.started.mono_us) / 1_000_000;
    fields! {
        "redis_version": REDIS_VERSION,
        "hematite_version": env!("CARGO_PKG_VERSION"),
        "redis_git_sha1": "00000000",
        "redis_git_dirty": 0,
        "redis_build_id": "0000000000000000",
        "redis_mode": "standalone",
        "os": std::env::consts::OS,
        "arch_bits": usize::BITS,
        "monotonic_clock": "POSIX clock_gettime",
        "multiplexing_api": "none",
        "atomicvar_api": "rust-core",
        "gcc_version": "0.0.0",
        "process_id": 0,
        "process_supervised": "no",
        "run_id": shared.identity.run_id,
        "tcp_port": 0,
        "server_time_usec": shared.unix_us(*now),
        "uptime_in_seconds": uptime_s,
        "uptime_in_days": uptime_s / 86_400,
        "hz": 10,
        "configured_hz": 10,
        "lru_clock": (now.unix_ms / 1000) & 0x00ff_ffff,
        "executable": "",
        "config_file": "",
        "io_threads_active": i32::from(shared.workers.load(Relaxed) > 1),
    }
}

pub(super) fn clients(scene: &Scene) -> Fields {
    let Scene { shared, figures, .. } = scene;
    fields! {
        "connected_clients": figures.clients,
        "cluster_connections": 0,
        "maxclients": shared.limits.clients_max.load(Relaxed),
        "client_recent_max_input_buffer": figures.buffers_max.0,
        "client_recent_max_output_buffer": figures.buffers_max.1,
        "blocked_clients": figures.blocked,
        "tracking_clients": shared.tracking.sizes()[0],
        "pubsub_clients": figures.subscribers,
        "clients_in_timeout_table": 0,
        "total_blocking_keys": shared.waiting.sizes().1,
        "total_blocking_keys_on_nokey": 0,
    }
}

pub(super) fn replication(scene: &Scene) -> Fields {
    fields! {
        "role": "master",
        "connected_slaves": 0,
        "master_failover_state": "no-failover",
        "master_replid": scene.shared.identity.replication_id.lock(),
        "master_replid2": "0".repeat(40),
        "master_repl_offset": 0,
        "second_repl_offset": -1,
        "repl_backlog_active": 0,
        "repl_backlog_size": 1 << 20,
        "repl_backlog_first_byte_offset": 0,
        "repl_backlog_histlen": 0,
    }
}

pub(super) fn cpu(scene: &Scene) -> Fields {
    let figures = (scene.shared.options.cpu)();
    let seconds = |us: u64| format!("{}.{:06}", us / 1_000_000, us % 1_000_000);
    fields! {
        "used_cpu_sys": seconds(figures.system_us),
        "used_cpu_user": seconds(figures.user_us),
        "used_cpu_sys_children": seconds(0),
        "used_cpu_user_children": seconds(0),
    }
}

pub(super) fn cluster(_: &Scene) -> Fields {
    fields! { "cluster_enabled": 0, }
}
