//! Tests of the engine's own commands, by topic.

mod connection;
mod eviction;
mod journal;
mod pubsub;
mod server;
mod statistics;
