//! Engine: sessions and dispatch. Bytes come in with the time, reply bytes and effects go out.
//!
//! **The engine never opens a socket or a file, reads a clock or starts a thread**: a front (pump, binding) does. The way of
//! a command: [`Worker::feed`] → `batch` (parse, hash, prefetch) → `dispatch` (the gates in order) → handler → effects.
#![forbid(unsafe_code)]

mod acl;
mod admission;
mod aof_figures;
mod apart;
mod batch;
mod client_memory;
mod commands;
mod confirmation;
mod data_call;
mod direct;
mod dispatch;
mod durability;
mod engine;
mod fieldsets;
mod flow;
mod gate;
mod host;
mod host_command;
mod hosted_transaction;
mod identity;
mod journal;
mod latency;
mod loading;
mod memory_limit;
mod monitoring;
mod observe;
mod output;
mod packing;
mod persistence;
mod pubsub;
mod query;
mod rdb_file;
mod reclaim;
mod registry;
mod reloading;
mod replay;
pub mod scripting;
mod serving;
mod session;
mod snapshot;
mod statistics;
pub mod table;
mod table_json;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod timer;
mod tracking;
mod transaction;
mod trash;
mod waiting;
mod watching;
mod worker;

pub use acl::check_user;
pub use aof_figures::AofFigures;
pub use commands::REDIS_VERSION;
pub use direct::Exclusive;
pub use engine::{CpuFigures, Engine, Limits, MemoryFigures, Options, OutputLimit};
pub use flow::{Flow, Now, Peer, SessionId, Transport, Wake};
pub use hematite_commands::Settings;
pub use hematite_keyspace::{Entry, Options as KeyspaceOptions};
pub use hematite_persist::rdb;
pub use hematite_resp::Protocol;
pub use host::{Host, HostCall};
pub use host_command::HostCommand;
pub use hosted_transaction::HostedTransaction;
pub use journal::{DiskError, Journal, Sink};
pub use loading::{LoadBatch, Loading};
pub use memory_limit::MemorySettings;
pub use observe::Thresholds;
pub use packing::{PackingAllocator, PackingSettings};
pub use persistence::{Persistence, Progress, Saves};
pub use rdb_file::{Keep, Loaded};
pub use reloading::{Arrival, Aside};
pub use replay::{ReplayError, Replayed};
pub use session::Session;
pub use snapshot::{Purpose, Snapshot, SnapshotOptions};
pub use trash::Trash;
pub use worker::Worker;
