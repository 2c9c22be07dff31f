//! Persist: the reference's files as bytes. RDB files are written and read in pieces, values as DUMP payloads.
//!
//! **Persist never opens a file, reads a clock or learns what a command is**: bytes come from a [`rdb::Source`] and leave
//! in vectors, the time comes as an argument.
#![forbid(unsafe_code)]

mod checksum;
mod dump;
mod error;
pub mod lzf;
pub mod rdb;
pub mod report;

pub use checksum::Crc64;
pub use dump::{dump, is_intact, restore};
pub use error::Error;
