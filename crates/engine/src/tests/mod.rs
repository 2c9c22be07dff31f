//! Tests of the engine's own commands, by topic.

mod connection;
mod server;
mod statistics;
