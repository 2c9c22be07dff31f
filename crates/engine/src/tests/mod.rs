//! Tests of the engine's own commands, by topic.

mod blocking;
mod commands_base;
mod connection;
mod eviction;
mod floods;
mod himport;
mod hosted_transaction;
mod journal;
mod large_values;
mod observe;
mod pubsub;
mod rdb;
mod server;
mod statistics;
mod tracking;
mod waitaof;
