//! Tests of the engine's own commands, by topic.

mod connection;
mod journal;
mod pubsub;
mod server;
mod statistics;
