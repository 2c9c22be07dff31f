//! Pump: the native transport. Threads, sockets, io_uring with a mio fallback, TCP and unix listeners.
//!
//! **The only room that opens a socket, and it knows no command.** It moves bytes between sockets and
//! [`Service::feed`] (the engine's worker), tells the engine the time, and obeys the [`Flow`] it answers.
//!
//! ```text
//!   listeners ──► thread 0 accepts ──► least loaded thread (mailbox)
//!                                           │
//!   thread: loop { wait ► events ► feed ► settle (send, pause, close) ► mailbox ► cron and ticks }
//!              ▲                                   │
//!              └──────────── Driver: uring | mio ──┘
//! ```
//!
//! - [`service`]: what a thread drives; the engine's worker, or a scripted one in tests.
//! - `attendant`: the engine's worker, and how others are served while it runs a program for long.
//! - `reactor`: one thread's connections, apart from how their bytes travel.
//! - `driver`: how their bytes travel; io_uring and mio behind one trait.
//! - [`codec`]: a layer between socket bytes and the service, for TLS.
//! - [`tls`]: that layer.
//! - `docs/pump.md` shows the life of a buffer.
//!
//! [`Flow`]: hematite_engine::Flow

mod attendant;
pub mod codec;
mod config;
mod connection;
mod driver;
mod error;
mod listen;
mod mailbox;
mod pump;
mod reactor;
pub mod service;
mod socket;
mod stats;
pub mod tls;

pub use config::{Config, DriverChoice, DriverKind, Level, Listen, ListenAddress, Log};
pub use error::{BindReason, Error};
pub use listen::{Listener, ListenerId};
pub use pump::{DriverReport, Pump};
pub use service::Service;
pub use stats::{Stats, ThreadStats};
