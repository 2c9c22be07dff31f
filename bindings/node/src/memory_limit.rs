//! The memory limit, as TypeScript sets it.

use crate::engine::NativeEngine;
use hematite_engine::{MemorySettings, PackingSettings};
use napi_derive::napi;

/// The limit's directives; sizes in bytes.
#[napi(object)]
pub struct NativeMemoryLimit {
    /// 0: no limit.
    pub maxmemory: f64,
    pub maxmemory_policy: String,
    pub maxmemory_samples: u32,
    pub maxmemory_eviction_tenacity: u32,
    /// 0: no limit.
    pub maxmemory_clients: f64,
    pub activedefrag: bool,
    pub active_defrag_ignore_bytes: f64,
    /// Per cent.
    pub active_defrag_threshold_lower: u32,
}

#[napi]
impl NativeEngine {
    /// Sets how much memory may be used, and what happens beyond it.
    #[napi]
    pub fn set_memory_limit(&self, limit: NativeMemoryLimit) {
        self.core().engine.set_memory(MemorySettings {
            bytes_max: limit.maxmemory as u64,
            policy: limit.maxmemory_policy,
            samples: limit.maxmemory_samples as usize,
            tenacity: limit.maxmemory_eviction_tenacity,
            client_bytes_max: limit.maxmemory_clients as u64,
        });
        self.core().engine.set_packing(PackingSettings {
            is_on: limit.activedefrag,
            ignored_bytes: limit.active_defrag_ignore_bytes as u64,
            percent_min: limit.active_defrag_threshold_lower,
        });
    }
}
