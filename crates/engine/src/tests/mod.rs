//! Tests of the engine's own commands, by topic.

mod blocking;
mod connection;
mod himport;
mod journal;
mod pubsub;
mod server;
mod statistics;
