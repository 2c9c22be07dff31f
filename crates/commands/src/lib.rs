//! Commands: the command table's rows and the handlers of the data plane, a folder a family.
//!
//! **A handler never sees a socket, a file, a lock, a clock, a thread or a client.** It gets a [`Context`].
#![forbid(unsafe_code)]

pub mod array;
pub mod bitmap;
pub mod context;
mod element;
pub mod error;
mod expiration;
pub mod generic;
pub mod geo;
pub mod hash;
pub mod hyperloglog;
pub mod keys;
pub mod list;
mod reply;
mod scan;
pub mod server;
pub mod set;
pub mod settings;
pub mod sorted_set;
pub mod spec;
pub mod stream;
pub mod string;
#[cfg(test)]
pub(crate) mod testing;
mod timeout;

pub use context::{Blocking, Context, GivenUp, Wait};
pub use error::Error;
pub use settings::Settings;
pub use spec::{Data, Row, Spec};

/// Every row of the data plane, family by family.
pub fn rows() -> impl Iterator<Item = &'static Row> {
    [
        array::ROWS,
        bitmap::ROWS,
        generic::ROWS,
        geo::ROWS,
        hash::ROWS,
        hyperloglog::ROWS,
        list::ROWS,
        server::ROWS,
        set::ROWS,
        sorted_set::ROWS,
        stream::ROWS,
        string::ROWS,
    ]
    .into_iter()
    .flatten()
}

/// What every command file needs.
pub(crate) mod prelude {
    pub use crate::context::Context;
    pub use crate::error::Error;
    pub use crate::spec::{Acl, Arg, Begin, Find, Flags, Group, KeyFlags, KeySpec, Kind, Row, Spec};
    pub use hematite_keyspace::{Body, Class, Entry, EntryExt, Expiry, NewBody, Text, Value};
}
