//! The Node binding: one engine, its pump, and sessions without a socket, for TypeScript. **Glue only**: what a command does
//! is the engine's affair, what an operator wants is TypeScript's.
//!
//! ```text
//!   JS thread ── NativeEngine ── Desk (one a thread: worker, hot functions) ──┐
//!   worker_threads ── NativeEngine ── Desk ───────────────────────────────────┼─► Core ─► Engine
//!   pump threads (hm-io-N) ───────────────────────────────────────────────────┘     └─► Bridge ─► JS (host commands)
//! ```
//!
//! - `core`: what all threads share; engines by name for worker_threads.
//! - `host`: commands that TypeScript answers, from pump threads through a queue, in process within the same crossing.
//! - `desk`, `lane`: a JS thread's way into the engine, and its sessions.
//! - `aof`, `aof_check`, `aof_loader`, `aof_reload`, `file`, `region`: the append-only file, and the threads that tend it.
//! - `saver`, `loader`, `directory`: snapshots to a file and back, on threads of their own.
//! - `invoke`, `arguments`, `reply`: the hot path, on N-API itself: one crossing, arguments straight into the engine, the
//!   reply straight into a JS value.

mod aof;
#[cfg_attr(test, allow(dead_code, reason = "exported to JavaScript only where it is no test"))]
mod aof_check;
mod aof_loader;
mod aof_reload;
mod arguments;
mod clock;
mod core;
mod desk;
mod directory;
mod engine;
mod file;
mod files;
mod host;
mod invoke;
mod lane;
mod loader;
mod memory;
mod memory_limit;
mod network;
mod observation;
#[cfg_attr(test, allow(dead_code, reason = "exported to JavaScript only where it is no test"))]
mod rdb_file;
#[cfg(target_os = "linux")]
mod region;
mod reply;
mod rights;
mod saver;
mod snapshot;
mod tls;

#[global_allocator]
static ALLOCATOR: hematite_allocator::Hematite = hematite_allocator::Hematite;
